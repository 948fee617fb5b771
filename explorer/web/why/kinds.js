// The three kinds of models of lesson 0, each with a list of its own: as in ui/why.py. No DOM.

/** @import { Entry } from "../kernel/types.js" */

/** @type {Record<string, (entry: Entry) => boolean>} */
export const LISTED = {
  ae: ({ stochastic, discriminator }) => !stochastic && !discriminator,
  vae: ({ stochastic, discriminator }) => stochastic && !discriminator,
  aae: ({ discriminator }) => discriminator,
};
export const KINDS = Object.keys(LISTED);
