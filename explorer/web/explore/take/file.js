// The explorer as one HTML file that needs no server: modules, Plotly, both models, the state and the theme's colours
// in one page.
//
// The modules stand in an import map, as data: addresses, so that they find each other by name where there is no
// server. Tensors and Plotly are compressed; standalone.js, which runs in the file, answers fetches with them.

import { encode } from "./base85.js";
import { BASE } from "./standalone.js";
import { NAMES } from "../tools.js";
import { SINGLE_FILE } from "./single_file.js";
import { escaped, fill } from "../../kernel/text.js";

const { limit: LIMIT, room: ROOM, of_class: OF_CLASS } = SINGLE_FILE;
const [PLOTLY, STYLES, DOCUMENT] = ["plotly", "styles", "html"].map((name) => SINGLE_FILE[name].join("\n"));
const FIRST = ["explore/page.js", "explore/take/standalone.js"];
// Of an import, static or not: what stands before the module's name, and the name, which may have a tool's name in it.
const IMPORT = /(\b(?:from|import)\s*\(?\s*(["'`]))(\.{1,2}\/[^"'`\s]+?\.js)(?=\2)/g;

// page: a tool's (tools.js), with root; text: what a person reads, as tool.js gives it; state: what the file opens
// with; onProgress(done, all): fetched and packed; signal: an AbortSignal. Resolves to the file.
export async function fileOf(page, text, state, onProgress, signal) {
  if (!window.CompressionStream) throw new Error(text.noCompression);
  let done = 0,
    all = 1;
  const expect = (more) => onProgress(done, (all += more));
  const get = async (address) => {
    const response = await fetch(new URL(address, page.base), { signal }).catch((error) => {
      throw error.name === "AbortError" ? error : new Error(text.noNetwork);
    });
    if (!response.ok) throw new Error(text.notFetched(address, response.status));
    return response;
  };
  const pack = async (address, content = null) => {
    const packed = new Response((content ?? (await get(address)).body).pipeThrough(new CompressionStream("gzip")));
    const letters = encode(new Uint8Array(await packed.arrayBuffer()));
    signal.throwIfAborted();
    onProgress(++done, all);
    return { address, letters };
  };
  // The original pictures of a model's dataset: their pixels, one after the other.
  const packOriginals = async ({ entry, codes }) => {
    const wanted = rowsOf(page, entry, codes);
    await page.originals.fetch(entry, wanted, signal).catch((error) => {
      if (error.name === "AbortError") throw error;
      if (error instanceof TypeError) throw new Error(text.noNetwork);
    }); // a folder's may have changed: what came is taken
    const rows = wanted.filter((row) => page.originals.get(entry, row));
    const pixels = new Blob(rows.map((row) => page.originals.get(entry, row)));
    return { held: { dataset: entry.dataset, rows }, ...(await pack(`originals/${entry.dataset}`, pixels.stream())) };
  };
  const entries = [...new Map(page.panels.map(({ model: { entry } }) => [entry.name, entry])).values()];
  // on the server, which takes its time: only where it was asked for
  const measured = (entry) => page.models.opened.has(`errors/${entry.digest}`);
  const wanted = [
    ...new Set(
      entries.flatMap((entry) => [
        // a bundle and its copy have the same files
        entry.tensors,
        ...madeOf(page, entry),
        `encoders/${entry.digest}`,
        ...(entry.stochastic ? [] : [`latents/${entry.digest}`]),
        ...(measured(entry) ? [`errors/${entry.digest}`] : []),
      ]),
    ),
  ];
  const recorded = entries.filter((entry) => entry.recording);
  const models = page.panels.map(({ model }) => model).filter(({ entry }) => entry.originals);
  const shown = [...new Map(models.map((model) => [model.entry.dataset, model])).values()]; // one of each dataset
  expect(wanted.length + recorded.length + shown.length + 1);
  const modules = await modulesFrom(FIRST, async (name) => (await get(`web/${name}`)).text());
  onProgress(++done, all);
  const assets = await Promise.all(["web/parts/plotly.min.js", ...wanted].map((address) => pack(address)));
  const originals = (await Promise.all(shown.map(packOriginals))).filter(({ held }) => held.rows.length);
  const recordings = await Promise.all(recorded.map(async (entry) => ({ entry, ...(await pack(entry.recording)) })));

  const parts = (kept) => {
    const catalogue = entries.map((entry) => {
      const held = kept.find((one) => one.held?.dataset === entry.dataset)?.held.rows ?? [];
      const recording = kept.find((one) => one.entry === entry)?.address ?? null;
      return {
        ...entry,
        recording,
        originals: held.length > 0,
        originals_each: null,
        held,
        without_originals: held.length ? text.noOriginal : text.noOriginals,
        errors: measured(entry),
        without_errors: text.noErrors,
      };
    });
    const words = { ...page.allWords, no_recording: text.noRecording, nothing_to_replay: text.nothingRecorded };
    const data = { ...page.data, catalogue, runs: 0, words, state, assets: BASE, in_file: true };
    const recordings = kept.filter(({ entry }) => entry).length;
    const held = {
      recordings,
      missing: recorded.length - recordings,
      errors: entries.every(measured),
      limit: LIMIT / 1e6,
      originals: kept.flatMap((one) => one.held ?? []),
    };
    return document_(page, text, modules, data, [...assets, ...kept], held);
  };
  const kept = [];
  let blob = new Blob(parts(kept), { type: "text/html" });
  for (const one of [...originals, ...recordings]) {
    // as many as there is room for
    const larger = new Blob(parts([...kept, one]), { type: "text/html" });
    if (larger.size > LIMIT) continue;
    kept.push(one);
    blob = larger;
  }
  return blob;
}

// The rows of a dataset's original pictures that the file takes, as far as there is room: the picked one, some of each
// class in at most half of the room, and those that were seen on the page.
export function rowsOf({ state, originals, panels }, entry, { label }) {
  const own = panels.filter(({ model }) => model.entry.dataset === entry.dataset);
  const picked = own.map((panel) => panel.pickedRow(state())).filter((row) => row !== null);
  const counts = new Map(),
    some = [];
  for (const [row, which] of label.entries()) {
    const count = counts.get(which) ?? 0;
    counts.set(which, count + 1);
    if (count < OF_CLASS) (some[count] ??= []).push(row); // first one of each class, then another of each
  }
  const most = Math.floor(ROOM / (entry.channels * entry.image_side ** 2));
  const rows = [...new Set([...picked, ...some.flat().slice(0, most / 2), ...originals.rows(entry), ...some.flat()])];
  return rows.slice(0, most).sort((a, b) => a - b);
}

// The UMAPs that were made of a model.
const madeOf = ({ panels }, entry) =>
  [...(panels.find(({ model }) => model.entry === entry).model.made?.keys() ?? [])].map(
    (written) => `umaps/${entry.digest}/${written}`,
  );

// The sources of all modules that can be reached from some, by name. read(name) resolves to a source.
export async function modulesFrom(names, read) {
  const found = new Map();
  const visit = async (name) => {
    if (found.has(name)) return;
    found.set(name, null); // on its way
    const source = await read(name);
    found.set(name, source);
    await Promise.all(importsOf(source, name).map(visit));
  };
  await Promise.all(names.map(visit));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

// The modules that a module imports, by their paths. from: the path of the module.
export function importsOf(source, from) {
  const paths = [...source.matchAll(IMPORT)].map(([, , , address]) => resolved(address, from));
  const ofTools = (path) => (path.includes("${") ? NAMES.map((tool) => path.replace(/\$\{.*?\}/, tool)) : [path]);
  return [...new Set(paths.flatMap(ofTools))];
}

// The path that a relative address means in a module. new URL() would escape the ${ } of a tool's name.
export function resolved(address, from) {
  const path = from.split("/").slice(0, -1);
  for (const part of address.split("/")) {
    if (part === "..") path.pop();
    else if (part !== ".") path.push(part);
  }
  return path.join("/");
}

// A module's source with names in the place of relative addresses.
export const renamed = (source, from) =>
  source.replaceAll(IMPORT, (_, before, __, address) => `${before}explorer/${resolved(address, from)}`);

// The page's text, in parts. held, for what it says of itself: {recordings: how many are in it, missing: how many not,
// errors: are they, originals: [{dataset, rows}], limit: MB}.
function document_(page, text, modules, data, assets, held) {
  // of a data: address, a browser drops line ends; # ends it, and % is its own sign
  const address = (source) =>
    `data:text/javascript;charset=utf-8,${source.replaceAll(/[%#\r\n\t]/g, encodeURIComponent)}`;
  const imports = Object.fromEntries(
    [...modules].map(([name, source]) => [
      `explorer/${name}`,
      address(`${renamed(source, name)}\n//# sourceURL=explorer/${name}`),
    ]),
  );
  imports["explorer/parts/plotly.js"] = imports[`${BASE}web/parts/plotly.js`] = address(PLOTLY);
  const styles = stylesOf(page.root);
  const places = {
    title: escaped(text.title),
    theme: themeOf(page.root, styles + [...modules.values()].join()),
    styles,
    own_styles: STYLES,
    imports: json({ imports }),
    head: escaped(text.head),
    holds: escaped(text.holds),
    foot: text
      .foot(held)
      .map((line) => `<p>${escaped(line)}</p>`)
      .join(""),
    no_scripts: escaped(text.noScripts),
    page: page.html,
    data: json(data),
    too_old: json(text.tooOld),
  };
  const [before, after] = DOCUMENT.split("{assets}").map((part) => fill(part, places));
  const scripts = assets.flatMap(({ address: name, letters }) => [
    `<script type="text/plain" data-asset="${escaped(name)}">`,
    letters,
    "</script>\n",
  ]);
  return [before, ...scripts, after];
}

// The styles that hold where the page stands: those of a component are in its shadow root.
function stylesOf(root) {
  return [...root.getRootNode().styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .map((rule) => rule.cssText)
    .join("\n");
}

// The theme's variables that are used somewhere, as they are now.
function themeOf(root, used) {
  const style = getComputedStyle(root),
    names = [...new Set(used.match(/--st-[a-z0-9-]+/g))].sort();
  const values = names.map((name) => [name, style.getPropertyValue(name).trim()]).filter(([, value]) => value);
  const variables = values.map(([name, value]) => `${name}: ${value};`).join(" ");
  return `:root { color-scheme: ${root.style.colorScheme || "light"}; ${variables} }`;
}

const json = (value) => JSON.stringify(value).replaceAll("<", "\\u003c"); // nothing in it may end the script
