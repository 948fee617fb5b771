// Mounts a live page on what Python gave it: see mounted.py. In place of Streamlit it writes the address, logs each
// change ("sent …": the tests count them), and acknowledges it.

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
  window.history.replaceState(null, "", `?${new URLSearchParams(address.write(state))}`);
  console.debug(`sent ${JSON.stringify(state)}`);
  deliver(data.key, { seen: state.revision });
});
for (const message of messages) deliver(data.key, message);
