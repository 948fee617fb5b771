// Writes a trained model as a bundle, which explorer/store/bundle.py opens.

import { toHalf } from "./half.js";
import { NUMBERS } from "../numbers.js";
import { sha256 } from "./sha256.js";
import { writeSafetensors } from "../safetensors.js";

/**
 * @import { Autoencoder } from "./autoencoder.js"
 * @import { Change } from "./trainer.js"
 * @import { Terms } from "./objectives.js"
 * @typedef {{name: string, bytes: Uint8Array}} BundleFile
 */

const encoded = (text) => new TextEncoder().encode(text);

// The files of a bundle. config: as in the trainer's settings; model: rounded to half precision; evaluated: what
// `evaluate` gives, of that model; labels: of the test set; changes: of settings while it trained; cost: further
// metrics, such as {seconds, device}.
/**
 * @param {{config: object, model: Autoencoder, history: Terms[], labels: Uint8Array, cost?: Record<string, any>,
 *   changes?: Change[],
 *   evaluated: {metrics: Record<string, any>, mean: Float32Array, logVar: Float32Array | null}}} trained
 * @returns {BundleFile[]}
 */
export function bundleFiles({ config, model, history, evaluated, labels, changes = [], cost = {} }) {
  const shape = [labels.length, model.k],
    precise = (values) => ({ shape, values: model.k <= 2 ? values : toHalf(values) });
  const weights = Object.entries(model.tensors()).map(([name, { shape, values }]) => [
    name,
    { shape, values: toHalf(values) },
  ]);
  const contents = {
    weights: writeSafetensors(Object.fromEntries(weights)),
    codes: writeSafetensors({
      mean: precise(evaluated.mean),
      ...(evaluated.logVar ? { log_var: precise(evaluated.logVar) } : {}),
      label: { shape: [labels.length], values: Uint8Array.from(labels) },
    }),
  };
  const digests = Object.fromEntries(Object.entries(contents).map(([role, bytes]) => [role, sha256(bytes)]));
  const manifest = {
    format: NUMBERS.unchanged_format,
    config,
    metrics: { ...evaluated.metrics, ...cost },
    history,
    ...(changes.length ? { format: NUMBERS.bundle_format, changes } : {}),
    files: digests,
  };
  const text = JSON.stringify({ ...manifest, digest: sha256(encoded(pythonJson(manifest))) }, null, 1);
  return [
    ...Object.entries(contents).map(([role, bytes]) => ({
      name: `${role}.${digests[role].slice(0, 12)}.safetensors`,
      bytes,
    })),
    { name: "bundle.json", bytes: encoded(`${text}\n`) },
  ];
}

// JSON as Python's json.dumps(value, sort_keys=True) writes it: a manifest's digest is of this text.
/** @param {any} value @returns {string} */
export function pythonJson(value) {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "number") return pythonNumber(value);
  if (typeof value === "string")
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.keys(value).sort();
  return `{${entries.map((name) => `${pythonJson(name)}: ${pythonJson(value[name])}`).join(", ")}}`;
}

// A number as Python writes the number that it reads from JavaScript's JSON. Only small ones look different.
/** @param {number} value */
function pythonNumber(value) {
  const text = JSON.stringify(value),
    [digits, exponent] = value.toExponential().split("e");
  if (Number.isInteger(value) || Math.abs(value) >= 1e-4) return text;
  return `${digits}e-${exponent.slice(1).padStart(2, "0")}`;
}
