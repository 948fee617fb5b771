// One bare Node process that computes with the page's modules: see node.py. A line of standard input is a request, a
// line of standard output an answer. What a module fetches is asked of Python, in the same way.
//
// Request: {modules: their addresses, body: of an async function, given: its arguments by name}.
// Answer: {value} or {error}; or {fetch: a path below `base`}, which Python answers with {status, type, bytes}.

import { register } from "node:module";
import { createInterface } from "node:readline";

// The modules are ES modules, as in a browser, though no package.json beside them declares it.
const hook = `export const load = (url, context, next) =>
  next(url, url.endsWith(".js") ? { ...context, format: "module" } : context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const BASE = "http://explorer.invalid/";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const AsyncFunction = (async () => {}).constructor;

// JSON has no NaN, no infinity and no bytes: they travel as {$number: text} and {$bytes: base64}.
function packed(key, value) {
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  return ArrayBuffer.isView(value) ? Array.from(value) : value;
}

function unpacked(key, value) {
  if (value?.$number) return Number(value.$number);
  return value?.$bytes === undefined ? value : Uint8Array.from(Buffer.from(value.$bytes, "base64"));
}

const read = async () => {
  const { value, done } = await lines.next();
  return done ? null : JSON.parse(value, unpacked);
};

const write = (answer) => process.stdout.write(`${JSON.stringify(answer, packed)}\n`);

let last = Promise.resolve(); // one fetch after the other: question and answer are two lines

const ask = (path) => {
  const answer = last.then(() => {
    write({ fetch: path });
    return read();
  });
  last = answer.catch(() => {});
  return answer;
};

globalThis.fetch = async (address) => {
  const { status, type, bytes } = await ask(new URL(address, BASE).href.slice(BASE.length));
  return new Response(bytes, { status, headers: { "Content-Type": type } });
};
const { fetch, setTimeout, clearTimeout } = globalThis; // a body may replace them

for (let request = await read(); request; request = await read()) {
  try {
    const modules = await Promise.all(request.modules.map((address) => import(address)));
    const seen = { base: BASE, ...Object.assign({}, ...modules), ...request.given };
    write({ value: await new AsyncFunction(...Object.keys(seen), request.body)(...Object.values(seen)) });
  } catch (error) {
    write({ error: error.stack ?? String(error) });
  }
  Object.assign(globalThis, { fetch, setTimeout, clearTimeout });
}
