// Where the signs of the formulas lead: the place in the explorer or in a lesson that shows them. No DOM.

import { numberText } from "../kernel/address.js";

/** @typedef {{get: (name: string) => import("../kernel/types.js").Entry | undefined}} Known */

// The address, relative to the app's, of what a sign stands for. state: the lesson's; models: the catalogue.
/** @param {string} sign @param {Record<string, any>} state @param {Known} models */
export function addressOf(sign, state, models) {
  const vae = models.get(state.vae),
    pick = vae ? `pick=${vae.dataset}:${state.image}` : "",
    left = vae ? `left=${state.vae}` : "",
    right = state.aae ? `right=${state.aae}` : "";
  const explorer = (...parts) => `?${parts.filter(Boolean).join("&")}`;
  switch (sign) {
    case "prior":
      return explorer(left, right, "codes=sampled", "underlay=ratio");
    case "autoencoder":
      return explorer(state.ae && `left=${state.ae}`, state.vae && `right=${state.vae}`, "codes=sampled");
    case "decoder":
      return explorer(left, right, pick, state.mean && `mean=${state.mean.map((value) => numberText(value))}`);
    case "posterior":
      return explorer(left, right, pick, "colour=kl");
    case "kl":
      return "kl?tab=derivation&step=6";
    case "draw":
      return "reparameterisation?view=draws";
    case "discriminator":
      return state.aae ? `adversary?tab=field&aae=${state.aae}` : "adversary?tab=field";
    default:
      return "practice";
  }
}
