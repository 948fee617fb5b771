// The reader and the writer of addresses, by the table in addresses.js. explorer/address/schema.py is the same in
// Python, and says what a field of the table holds; a test compares the two. No DOM.

import { ADDRESSES } from "./addresses.js";
import { fill } from "./text.js";

const LONGEST_NUMBER = 40; // characters
const LARGE = 1e11; // numbers that are not rounded
const NUMBER = /^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$/;
const INDEX = /^(0|[1-9][0-9]{0,7})$/; // in the one way of writing it

// The kinds' context on each page, for a state: {models: {field: names}} and what follows from the chosen models.
const CONTEXTS = {
  explore: (models) => {
    const all = Object.values(models);
    const fixed = {
      models: { left: Object.keys(models), right: Object.keys(models) },
      images: new Map(all.map((model) => [model.dataset, model.images])),
      classes: Math.max(0, ...all.map((model) => model.classes.length)),
      most_dimensions: Math.max(2, ...all.map((model) => model.latent_dim)),
    };
    return (state) => {
      const chosen = [models[state.left], models[state.right]];
      return {
        ...fixed,
        dimensions: Math.max(...chosen.map((model) => model.latent_dim)),
        near_dimensions: models[state[state.near_side]].latent_dim,
        shared_classes: Math.min(...chosen.map((model) => model.classes.length)),
      };
    };
  },
  why: (models) => (state) => ({
    models: Object.fromEntries(Object.entries(models).map(([field, images]) => [field, Object.keys(images)])),
    images: Math.min(...Object.entries(models).map(([field, images]) => images[state[field]] ?? Infinity)),
  }),
  kl: (models) => (state) => {
    const chosen = (field) => models[field][state[field]] ?? { images: Infinity, latent_dim: 0 },
      [vae, model] = [chosen("vae"), chosen("model")];
    return {
      models: { vae: Object.keys(models.vae), model: Object.keys(models.model) },
      images: Math.min(vae.images, model.images),
      past_dimensions: model.latent_dim + 1,
    };
  },
  reparameterisation: (models) => (state) => ({
    models: { model: Object.keys(models) },
    images: models[state.model].images,
  }),
  adversary: (models) => (state) => ({
    models: { ...models, point: Object.keys(models.point) },
    images: models.point[state.point] ?? Infinity,
  }),
  practice: (known) => () => known,
  scoreboard: (models) => (state) => ({
    datasets: Object.keys(models),
    models: { model: models[state.dataset] },
  }),
};
const SETTINGS = new Map(ADDRESSES.settings.map((setting) => [setting.name, setting]));

// The conditions under which a field is written, see `only` in the table.
const CONDITIONS = {
  dimensions: (state) => state.mean?.length > 2,
  replay: (state) => (state.moment ?? null) !== null,
  near: (state) => state.tool === "near",
};

// The address of one page.
export class Address {
  // page: one of the table's; models: those that the page can show, as the page's module in explorer/address takes
  // them. Models that only this browser has are among them. Of the practice page: {starts, priors}, as there.
  constructor(page, models = {}) {
    this.page = ADDRESSES.pages[page];
    this.context = CONTEXTS[page](models);
  }

  // A state from an address's parameters, {name: text}, and a sentence for each parameter that had to be ignored:
  // {state, problems: [text]}. start: the state where the address names nothing.
  read(params, start) {
    const { fields, tab, tabs } = this.page;
    if (fields) return this.readFields(fields, params, start);
    const chosen = this.readFields([tab], params, { tab: start.tab });
    const open = chosen.state.tab;
    const part = this.readFields(tabs[open], params, start[open]);
    return { state: { ...start, tab: open, [open]: part.state }, problems: [...chosen.problems, ...part.problems] };
  }

  // What `read` gives for an address, also for one that names nothing of the page (of tabs: nothing of the open tab),
  // which opens the state `plain`. Every other address starts from `named` (of tabs: the open one does). An address
  // that names no tab, but anything else of a page of tabs, opens the tab of `named`.
  open(params, plain, named) {
    const { fields, tab, tabs } = this.page;
    const isAny = (known) => known.some(({ name }) => name in params);
    if (fields) return this.read(params, isAny(fields) ? named : plain);
    const first = !isAny([tab]) && isAny(Object.values(tabs).flat()) ? named.tab : plain.tab,
      open = this.readFields([tab], params, { tab: first }).state.tab;
    return this.read(params, { ...plain, tab: first, [open]: (isAny(tabs[open]) ? named : plain)[open] });
  }

  // The address's parameters for a state, {name: text}; of tabs, the open one's.
  write(state) {
    const { fields, tabs } = this.page;
    return fields
      ? this.writeFields(fields, state)
      : { tab: state.tab, ...this.writeFields(tabs[state.tab], state[state.tab]) };
  }

  // A legal state from one that was sent, {name: value}: what is no legal value is as in `start`. Choices of the
  // explorer's tool Near are kept while another tool is open.
  check(sent, start) {
    const { fields, tab, tabs } = this.page;
    if (fields) return this.checkFields(fields, sent, start);
    const parts = Object.keys(tabs).map((name) => [
      name,
      this.checkFields(tabs[name], Object(sent[name]), start[name]),
    ]);
    return { tab: tab.options.includes(sent.tab) ? sent.tab : start.tab, ...Object.fromEntries(parts) };
  }

  checkFields(fields, sent, start) {
    const params = this.writeFields(fields, sent, { kept: ["near"], always: true });
    const { state } = this.readFields(fields, params, start);
    for (const field of fields) {
      const isNothing = sent[field.name] === null && field.kind !== "model" && defaultOf(field) === null;
      if (isNothing || !isWritten(field, state, ["near"])) state[field.name] = defaultOf(field, this.context(state));
    }
    return state;
  }

  readFields(fields, params, start) {
    const state = { ...start },
      problems = {};
    const modelsFirst = [...fields].sort((a, b) => Number(b.kind === "model") - Number(a.kind === "model"));
    for (const field of modelsFirst) {
      const { name } = field,
        known = this.context(state);
      if (!fits(field, state[name], state, known)) state[name] = defaultOf(field, known);
      const written = params[name];
      if (written === undefined) continue;
      try {
        const value = READERS[field.kind](written, { field, known, state });
        if (field.beside && state[field.beside] !== null && value !== defaultOf(field, known)) refuse(field.why_not);
        Object.assign(state, { [name]: value }, presetOf(field, value));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        problems[name] = this.ignored(name, written, error);
      }
    }
    for (const field of fields)
      for (const [name, value] of Object.entries(presetOf(field, state[field.name])))
        // a number was changed
        if (String(state[name]) !== String(value)) state[field.name] = field.options[field.options.length - 1];
    return { state, problems: fields.filter(({ name }) => name in problems).map(({ name }) => problems[name]) };
  }

  // What cannot be written is left out. kept: conditions that hold, whatever the state is; always: also defaults.
  writeFields(fields, state, { kept = [], always = this.page.always } = {}) {
    const params = {},
      ofPreset = new Set();
    for (const field of fields) {
      const { name } = field,
        value = state[name] ?? null;
      for (const each of Object.keys(presetOf(field, value))) ofPreset.add(each);
      if (value === null || ofPreset.has(name)) continue;
      if (!isWritten(field, state, kept)) continue;
      const text = written(value, field, () => this.context(state));
      if (text === null) continue;
      if (always || field.always || String(value) !== String(defaultOf(field))) params[name] = text;
    }
    return params;
  }

  ignored(name, text, refusal) {
    const { reasons, longest_shown: longest } = ADDRESSES;
    const letters = [...text];
    const shown = letters.length <= longest ? text : `${letters.slice(0, longest).join("")}…`;
    return fill(reasons.ignored, { name, written: shown, why: refusal.clause() });
  }
}

// A field of a page's table, by its name: its limits and options.
export function fieldOf(page, name) {
  const { fields, tabs } = ADDRESSES.pages[page];
  return (fields ?? Object.values(tabs).flat()).find((field) => field.name === name);
}

// A number as an address writes it. fine: see `rounded`.
export function numberText(value, fine = false) {
  return rounded(value, fine)
    .toFixed(fine ? ADDRESSES.fine_decimals : ADDRESSES.decimals)
    .replace(/\.?0+$/, "");
}

// A number with all its digits, written as Python writes it.
const exactText = (value) =>
  value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential().replace(/e-(\d)$/, "e-0$1") : String(value);

// The value to four decimals, as the state is kept, so that a link opens exactly what was seen; fine: a value below
// 0.1, such as a learning rate, to six decimals and at most four digits.
export function rounded(value, fine = false) {
  if (!fine || Math.abs(value) >= 0.1) return steps(value, 10 ** ADDRESSES.decimals);
  const parts = 10 ** ADDRESSES.fine_decimals,
    millionths = Math.floor(value * parts + 0.5);
  return (Math.abs(millionths) >= 1e4 ? 10 * Math.floor(millionths / 10 + 0.5) : millionths) / parts;
}

const steps = (value, each) => (Math.abs(value) < LARGE ? Math.floor(value * each + 0.5) / each : value);

// Why a parameter is ignored: a reason of the table, and the values in it.
class Refusal extends Error {
  constructor(reason, values) {
    super(reason);
    this.reason = reason;
    this.values = values;
  }

  clause() {
    const { reasons } = ADDRESSES;
    const options = this.values.options?.map(String);
    const either =
      options && [options.slice(0, -1).join(", "), options[options.length - 1]].filter(Boolean).join(reasons.or);
    const shown = Object.entries(this.values).map(([key, value]) => [
      key,
      typeof value === "number" && key !== "count" ? numberText(value, true) : value,
    ]);
    return fill(reasons[this.reason], { ...Object.fromEntries(shown), options: either, alike: "" });
  }
}

function refuse(reason, values = {}) {
  throw new Refusal(reason, values);
}

// ---- a reader for each kind: (what is written, {field, known, state}) to a value ------------------------------

const READERS = {
  choice(text, { field, known }) {
    const options = typeof field.options === "string" ? known[field.options] : field.options;
    const option = options.find((each) => String(each) === text);
    if (option !== undefined) return option;
    const which = text.replace(/^class-/, "");
    if (field.classes && which !== text && INDEX.test(which) && Number(which) < known.classes) return text;
    return refuse("choice", { options });
  },

  model(text, { field, known }) {
    if (known.models[field.name].includes(text)) return text;
    return refuse(text.startsWith(ADDRESSES.browser_models) ? "browser_model" : "model");
  },

  whole(text, { field, known, state }) {
    const { least, most, below } = field,
      last = below ? Math.min(most, boundOf(field, known, state) - 1) : most;
    const isWhole = /^[0-9]+$/.test(text) && text.length <= String(most).length;
    if (!isWhole || Number(text) < least || Number(text) > last) refuse("whole", { least, most: last });
    return Number(text);
  },

  number: (text, { field }) => numbers(text, 1, field)[0],

  numbers(text, { field, known, state }) {
    const count = countOf(field, known),
      { least, most, parts, correlation } = field;
    if (field.fewest) {
      const found = parsed(text, count);
      const isPair = found.length >= field.fewest && found.length <= count;
      if (!isPair || found.some((value) => value < least || value > most)) refuse("pair", { least, most });
      return [...found, ...state[field.name].slice(found.length)];
    }
    if (!parts) return numbers(text, count, field);
    const found = parsed(text, count);
    if (found.length !== count) refuse("parts", { count });
    for (const [i, value] of found.entries())
      if (value < least[i] || value > most[i]) refuse("part", { part: parts[i], least: least[i], most: most[i] });
    if (correlation && Math.abs(found[3]) > correlation * Math.sqrt(found[2] * found[4])) refuse("covariance");
    return found;
  },

  dimensions(text, { known: { dimensions } }) {
    const parts = text.split(",");
    if (parts.length === 2 && parts[0] !== parts[1] && parts.every((part) => INDEX.test(part))) {
      const chosen = parts.map((part) => Number(part) - 1);
      if (chosen.every((dimension) => dimension >= 0 && dimension < dimensions)) return chosen;
    }
    return refuse("dimensions", { dimensions });
  },

  maps(text, { field }) {
    const kinds = text.split(",");
    if (kinds.length > 2) refuse("two_maps");
    for (const kind of kinds) if (!field.options.includes(kind) && !isUmap(kind, field)) refuseMap(field);
    return [...new Set(kinds)].join(",");
  },

  region(text, { field }) {
    const [kind, radius] = partition(text, ",");
    const found = parsed(radius, 1);
    const { options, least, most } = field;
    if (!options.includes(kind) || found.length !== 1 || found[0] < least || found[0] > most)
      refuse("region", { options, least, most });
    return `${kind},${numberText(found[0])}`;
  },

  image(text, { known }) {
    const [dataset, row] = partition(text, ":");
    if (/^[0-9]{1,8}$/.test(row) && Number(row) < (known.images.get(dataset) ?? 0)) return `${dataset}:${Number(row)}`;
    return refuse("image");
  },

  walk(text, context) {
    const { field, known } = context,
      parts = text.split(";");
    if (parts.length > field.waypoints) refuse("waypoints", { most: field.waypoints });
    if (text.includes(":")) return walkOfImages(parts, context);
    const count = parts[0].split(",").length,
      most = known.most_dimensions;
    if (count < 2 || count > most) refuse("walk_points", { most });
    return parts
      .map((part) =>
        numbers(part, count, field)
          .map((value) => numberText(value))
          .join(","),
      )
      .join(";");
  },

  sum(text, { known: { shared_classes: classes } }) {
    const [first, rest] = partition(text, ",");
    for (const which of [first, rest.replace(/,image$/, "")])
      if (!INDEX.test(which) || Number(which) >= classes) refuse("sum", { last: classes - 1 });
    return text;
  },

  exact(text, { field: { least, most } }) {
    const value = text.length <= LONGEST_NUMBER && NUMBER.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most)) refuse("number", { least, most });
    return value;
  },

  wholes(text, context) {
    const { count, least, most } = context.field,
      parts = text.split("-");
    try {
      if (parts.length <= count) return parts.map((part) => READERS.whole(part, context));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    return refuse("wholes", { count, least, most });
  },

  run(text, { known }) {
    const { starts } = known,
      [kind, dataset, ...parts] = text.split(",");
    setting(kind, { name: "kind", kind: "choice", options: Object.keys(starts) }, known);
    setting(dataset ?? "", { name: "dataset", kind: "choice", options: Object.keys(starts[kind]) }, known);
    const chosen = { ...starts[kind][dataset] };
    for (const part of parts) {
      const [name, value] = partition(part, "=");
      if (!SETTINGS.has(name)) refuse("settings", { options: [...SETTINGS.keys()] });
      chosen[name] = setting(value, SETTINGS.get(name), known);
    }
    return chosen;
  },
};

// One setting of a run.
function setting(text, field, known) {
  try {
    return READERS[field.kind](text, { field, known, state: {} });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuse("setting", { setting: field.name, why: error.clause() });
  }
}

function walkOfImages(parts, context) {
  let images = [];
  try {
    images = parts.map((part) => READERS.image(part, context));
  } catch {
    refuse("walk_images");
  }
  if (new Set(images.map((image) => partition(image, ":")[0])).size !== 1) refuse("walk_images");
  return images.join(";");
}

// ---- helpers ------------------------------------------------------------------------------------------

// The default of a field; null where it has none. known: the context, for the number of dimensions.
function defaultOf(field, known = null) {
  const { kind, options } = field,
    first = kind === "choice" ? options[0] : null,
    value = "default" in field ? field.default : first;
  if (!Array.isArray(value)) return value;
  if (kind !== "numbers" || !known) return [...value];
  return Array.from({ length: countOf(field, known) }, (_, i) => value[i % value.length]);
}

// Does the condition hold under which a field is written?
const isWritten = ({ only }, state, kept) => !only || kept.includes(only) || CONDITIONS[only](state);

// Can a value of another state stand beside the models that were chosen?
function fits(field, value, state, known) {
  if (value === null) return true;
  if (field.kind === "numbers") return value.length === countOf(field, known);
  if (field.kind === "dimensions") return Math.max(...value) < known.dimensions;
  if (field.beside) return state[field.beside] === null || value === defaultOf(field);
  return !field.below || value < boundOf(field, known, state);
}

const presetOf = (field, value) => field.presets?.[value] ?? {};
const countOf = ({ count }, known) => (typeof count === "string" ? known[count] : count);
const boundOf = ({ below }, known, state) => state[below] ?? known[below];

/**
 * A value as the address writes it; null for a value that is not of the field's kind.
 * @param {unknown} value
 * @param {{kind: string, fine?: boolean}} field
 * @param {() => object} known  gives the context: runs need it. Of a state that was sent it may not exist
 */
function written(value, { kind, fine }, known) {
  const isList = Array.isArray(value) && value.every((part) => typeof part === "number");
  if (kind === "numbers") return isList ? value.map((part) => numberText(part, fine)).join(",") : null;
  if (kind === "dimensions") return isList ? value.map((part) => part + 1).join(",") : null;
  if (kind === "number") return typeof value === "number" ? numberText(value, fine) : null;
  if (kind === "exact") return typeof value === "number" ? exactText(value) : null;
  if (kind === "wholes") return isList ? value.map((part) => numberText(part)).join("-") : null;
  if (kind === "run") return runText(Object(value), known);
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}

// A run's choices as the address writes them: those that are not as its sibling and dataset start.
function runText(chosen, known) {
  const { kind, dataset } = chosen,
    start = known().starts[kind]?.[dataset];
  if (!start) return null;
  const parts = [kind, dataset];
  for (const [name, field] of SETTINGS) {
    const text = written(chosen[name], field, known);
    if (text !== written(start[name], field, known)) parts.push(`${name}=${text}`);
  }
  return parts.join(",");
}

// The numbers between commas, rounded; none where one of them is no finite number, or the text is far too long.
function parsed(text, count, fine = false) {
  const parts = text.length <= LONGEST_NUMBER * count ? text.split(",") : [];
  const found = parts.filter((part) => NUMBER.test(part)).map(Number);
  if (found.length !== parts.length || !found.every(Number.isFinite)) return [];
  return found.map((value) => rounded(value, fine));
}

function numbers(text, count, { least, most, fine }) {
  const found = parsed(text, count, fine);
  if (found.length !== count || found.some((value) => value < least || value > most))
    refuse(count === 1 ? "number" : "numbers", { count, least, most });
  return found;
}

// Is this a map as umap-50-0.5: its kind, n_neighbors and min_dist?
function isUmap(text, { made, neighbours: [fewest, most], distance: [nearest, farthest] }) {
  const [kind, settings] = partition(text, "-"),
    [neighbours, distance] = partition(settings, "-");
  if (!made.includes(kind) || !INDEX.test(neighbours) || Number(neighbours) < fewest || Number(neighbours) > most)
    return false;
  const [found] = parsed(distance, 1);
  return found >= nearest && found <= farthest && distance === numberText(steps(found, 100));
}

function refuseMap({ options, neighbours: [fewest, most], distance: [nearest, farthest] }) {
  refuse("maps", { kinds: options.join(", "), fewest, most, nearest, farthest });
}

// The text before a sign, and that after it.
function partition(text, sign) {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + sign.length)];
}
