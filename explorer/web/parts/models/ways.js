// Where the signs of the formulas lead: the place in the explorer or in a lesson that shows them.

import { numberText } from "../../kernel/address.js";

/** @typedef {{get: (name: string) => import("../../kernel/types.js").Entry | undefined}} Known */

const query = (...parts) => `?${parts.filter(Boolean).join("&")}`;
const given = (name, value) => value && `${name}=${value}`;

// The address, relative to the app's, of each sign. of: what a page's state names.
const WAYS = {
  prior: ({ vae, aae }) => query(given("left", vae), given("right", aae), "codes=sampled", "underlay=ratio"),
  autoencoder: ({ ae, vae }) => query(given("left", ae), given("right", vae), "codes=sampled"),
  decoder: ({ vae, aae, pick, mean }) =>
    query(given("left", vae), given("right", aae), pick, mean && `mean=${mean.map((value) => numberText(value))}`),
  posterior: ({ vae, aae, pick }) => query(given("left", vae), given("right", aae), pick, "colour=kl"),
  model: ({ model }) => query(given("left", model)),
  many: ({ many }) => query(given("left", many)),
  near: ({ vae, many, pick }) => query(given("left", vae), given("right", many), pick, "tool=near"),
  kl: () => "kl?tab=derivation&step=6",
  halves: () => "kl?tab=loss",
  collapse: () => "kl?tab=collapse",
  draw: () => "reparameterisation?view=draws",
  bound: ({ vae, image }) => `why${query("tab=evidence", given("vae", vae), vae && `image=${image}`)}`,
  losses: ({ aae }) => `why${query("tab=loss", given("aae", aae))}`,
  discriminator: ({ aae }) => `adversary${query("tab=field", given("aae", aae))}`,
  practice: () => "practice",
};

// state: a lesson's; models: the catalogue.
/** @param {string} sign @param {Record<string, any>} state @param {Known} models */
export function addressOf(sign, state, models) {
  const shown = models.get(state.vae) ?? models.get(state.model) ?? models.get(state.aae);
  return WAYS[sign]({ ...state, pick: shown && `pick=${shown.dataset}:${state.image}` });
}

// Lets the links of an element lead there: each names a sign in its data-to. base: the assets' address.
/** @param {Element} root @param {URL} base @param {Record<string, any>} state @param {Known} models */
export function showWays(root, base, state, models) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = root.querySelectorAll("a[data-to]");
  for (const link of links)
    link.href = new URL(addressOf(link.dataset.to, state, models), new URL("../../", base)).href;
}
