// The explorer in a file of its own: file.js wrote the page, and this runs in it. No server is asked for anything.

import { decode } from "./base85.js";
import { mount } from "../page.js";
import { Address } from "../../kernel/address.js";
import { SINGLE_FILE } from "./single_file.js";

// What the modules take for the server: an address that no host can have, so that it means the same wherever the file
// lies.
export const BASE = SINGLE_FILE.base;

// Mounts the explorer on what the file holds. The state is the file's own, or what the address has after #.
export function open() {
  const data = JSON.parse(document.getElementById("data").textContent);
  answerFetches(data);
  const state = () => stateIn(window.location.hash, data);
  const page = mount(document.querySelector(".live"), { ...data, state: state() }, (sent) =>
    window.history.replaceState(null, "", hashOf(sent)),
  );
  window.addEventListener("hashchange", () => page.update({ ...data, state: state() }));
}

// Plotly, as the module that the explorer imports.
export async function plotly() {
  if (!("Plotly" in window)) {
    const script = document.createElement("script");
    script.textContent = await (await fetch(`${BASE}web/parts/plotly.min.js`)).text();
    document.head.append(script); // runs it
  }
  return window["Plotly"];
}

// Fetches of BASE get what the file holds, unpacked when it is asked for.
function answerFetches({ catalogue }) {
  const outside = window.fetch.bind(window);
  window.fetch = async (what, options) => {
    const address = what instanceof Request ? what.url : String(what);
    if (!address.startsWith(BASE)) return outside(what, options);
    const [name, asked] = address.slice(BASE.length).split("?rows=");
    /** @type {NodeListOf<HTMLScriptElement>} */
    const scripts = document.querySelectorAll("script[data-asset]");
    const held = [...scripts].find((script) => script.dataset.asset === name);
    if (!held) return new Response("this is not in the file", { status: 404 });
    const packed = new Blob([decode(held.textContent)]).stream();
    const content = new Response(packed.pipeThrough(new DecompressionStream("gzip")));
    if (!asked) return content;
    const pixels = new Uint8Array(await content.arrayBuffer());
    return new Response(picturesOf(pixels, name, asked.split(",").map(Number), catalogue));
  };
}

// Of the original pictures of a dataset, those of some rows.
function picturesOf(all, name, rows, catalogue) {
  const { held } = catalogue.find(({ dataset }) => `originals/${dataset}` === name);
  const size = all.length / held.length;
  return new Blob(rows.map((row) => all.subarray(held.indexOf(row) * size, (held.indexOf(row) + 1) * size)));
}

export function hashOf({ revision: _, ...state }) {
  return `#${encodeURIComponent(JSON.stringify(state))}`;
}

// The state that an address names after #: what is illegal there is as in the file's own.
export function stateIn(hash, { state: own, catalogue }) {
  let found;
  try {
    found = JSON.parse(decodeURIComponent(hash.slice(1)));
  } catch {
    return own;
  }
  if (!found || typeof found !== "object") return own;
  const models = Object.fromEntries(catalogue.map((entry) => [entry.name, entry]));
  return new Address("explore", models).check(found, own);
}
