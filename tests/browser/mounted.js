// Mounts a live page on what Python gave it: see mounted.py. In place of Streamlit it logs each change ("sent …": the
// tests count them), writes the address, and acknowledges the change. The last two come after the next frame: in the
// app they come from Python, when the page has drawn the change.

const given = JSON.parse(document.getElementById("given").textContent);
const { page, data, messages } = given;
const inside = document.getElementById("mounted").attachShadow({ mode: "open" });
inside.innerHTML = `<style>${given.css}</style>${given.html}`;

const load = (module) => import(new URL(`web/${module}`, new URL(data.assets, document.baseURI)).href);
const [{ mount }, { deliver }, { Address }] = await Promise.all(
  [`${page}/page.js`, "parts/exchange.js", "kernel/address.js"].map(load),
);
const address = new Address(page);
mount(inside.querySelector(".live"), data, (state) => {
  console.debug(`sent ${JSON.stringify(state)}`);
  requestAnimationFrame(() =>
    setTimeout(() => {
      window.history.replaceState(null, "", `?${new URLSearchParams(address.write(state))}`);
      deliver(data.key, { seen: state.revision });
    }),
  );
});
for (const message of messages) deliver(data.key, message);
