// The models that the page has opened: each is fetched once.

import { Decoder } from "./decoder.js";
import { seededUniform, standardNormal } from "./random.js";
import { readSafetensors } from "./safetensors.js";

/** @import { Codes, Columns, Entry, Model, Tensors } from "./types.js" */

const SAMPLING_SEED = 1; // of the noise in the map of sampled z

export class Models {
  // base: the address that the models' addresses are relative to.
  /** @param {URL | string} base */
  constructor(base) {
    this.base = base;
    /** @type {Map<string, Promise<Tensors>>} */
    this.opened = new Map(); // files, by their address
    /** @type {Map<Function, Map<string, Promise<any>>>} */
    this.made = new Map(); // objects, by the function that made them and the address of their file
    /** @type {Map<Function, Map<string, Promise<any>>>} */
    this.named = new Map(); // the same with an entry: copies of a bundle have one file, and each its own name
  }

  // A model of the catalogue: {entry, decoder, codes: what `columns` gives}.
  /** @param {Entry} entry @returns {Promise<Model>} */
  open(entry) {
    return this.of(entry, entry.tensors, modelOf);
  }

  // {entry, ...the object that `make` makes of one of the model's files}, once for each model, file and `make`.
  /**
   * @template T @param {Entry} entry @param {string} address @param {(tensors: Tensors) => T} make
   * @returns {Promise<{entry: Entry} & T>}
   */
  of(entry, address, make) {
    const key = JSON.stringify([entry.name, address]);
    return once(within(this.named, make), key, async () => ({ entry, ...(await this.once(address, entry, make)) }));
  }

  // A file of a model's, by its kind (assets.BUNDLE_FILES, or umaps, of which one is named), as readSafetensors gives
  // it.
  /** @param {string} kind @param {Entry} entry @param {string | null} name @returns {Promise<Tensors>} */
  tensors(kind, entry, name = null) {
    return this.fetch([kind, entry.digest, name].filter(Boolean).join("/"), entry);
  }

  // A model's encoder.
  /** @param {Entry} entry @returns {Promise<import("./encoder.js").Encoder>} */
  async encoder(entry) {
    const { encoderOf } = await import("./encoder.js");
    return this.once(`encoders/${entry.digest}`, entry, encoderOf);
  }

  // What was recorded of a model's training, or null.
  /** @param {Entry} entry @returns {Promise<import("./recording.js").Recording | null>} */
  async recording(entry) {
    if (!entry.recording) return null;
    const { recordingOf } = await import("./recording.js");
    return this.once(entry.recording, entry, recordingOf);
  }

  // The object that `make` makes of a file of tensors, once for each address and `make`.
  /**
   * @template T @param {string} address @param {Entry} entry @param {(tensors: Tensors, entry: Entry) => T} make
   * @returns {Promise<T>}
   */
  once(address, entry, make) {
    return once(within(this.made, make), address, async () => make(await this.fetch(address, entry), entry));
  }

  // A file of tensors, fetched once.
  /** @param {string} address @param {Entry} entry @returns {Promise<Tensors>} */
  fetch(address, { name }) {
    return once(this.opened, address, async () => {
      const response = await fetch(new URL(address, this.base));
      if (!response.ok)
        throw new Error(
          (await sentenceOf(response)) ?? `the model ${name} could not be loaded (HTTP ${response.status})`,
        );
      return readSafetensors(await response.arrayBuffer());
    });
  }
}

// The decoder and the codes in a model's file.
/** @param {Tensors} tensors */
const modelOf = (tensors) => ({ decoder: new Decoder(tensors), codes: columns(tensors) });

// Why the server has no such file: its sentence without the full stop; null where another one answered, as a proxy may.
/** @param {Response} response */
async function sentenceOf(response) {
  const isSentence = response.status === 404 && response.headers.get("Content-Type")?.startsWith("text/plain");
  return isSentence ? (await response.text()).replace(/\.$/, "") : null;
}

// The map that `maps` holds under a function.
/** @param {Map<Function, Map<string, Promise<any>>>} maps @param {Function} make */
function within(maps, make) {
  if (!maps.has(make)) maps.set(make, new Map());
  return maps.get(make);
}

// The promise that `opened` holds under a key; `open` makes it, again if it failed.
/**
 * @template T @param {Map<string, Promise<any>>} opened @param {string} key @param {() => Promise<T>} open
 * @returns {Promise<T>}
 */
function once(opened, key, open) {
  if (!opened.has(key)) {
    const opening = open();
    opening.catch(() => opened.delete(key));
    opened.set(key, opening);
  }
  return opened.get(key);
}

// The codes of a model's file by columns, a Float32Array a dimension, and how far out all but the outermost lie.
/** @param {Tensors} tensors @returns {Codes} */
function columns(tensors) {
  const split = (tensor) => {
    const [n, dimensions] = tensor.shape;
    return Array.from({ length: dimensions }, (_, d) =>
      Float32Array.from({ length: n }, (_, row) => tensor.values[row * dimensions + d]),
    );
  };
  const mean = split(tensors["codes.mean"]);
  const far = Float32Array.from(mean[0], (_, row) => Math.max(...mean.map((column) => Math.abs(column[row])))).sort();
  return {
    mean,
    label: tensors["codes.label"].values,
    reach: far[Math.floor(0.998 * far.length)] * 1.05,
    logVar: tensors["codes.log_var"] ? split(tensors["codes.log_var"]) : null,
    umap: tensors["codes.umap"] ? split(tensors["codes.umap"]) : null,
  };
}

// The noise of the map of sampled z: for each dimension one ε an image, the same every time.
/** @param {number} images @param {number} dimensions */
export function samplingNoise(images, dimensions) {
  const uniform = seededUniform(SAMPLING_SEED);
  return Array.from({ length: dimensions }, () => standardNormal(images, uniform));
}

// One draw of z an image, the same draw every time.
/** @param {Codes} codes @returns {Columns} */
export function sample({ mean, logVar }) {
  const noise = samplingNoise(mean[0].length, mean.length);
  return mean.map((column, d) =>
    Float32Array.from(column, (value, row) => value + Math.exp(0.5 * logVar[d][row]) * noise[d][row]),
  );
}
