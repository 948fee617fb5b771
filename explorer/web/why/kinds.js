// The lists of models of lesson 0: as in ui/why.py. No DOM.

/** @import { Entry } from "../kernel/types.js" */

/** @type {Record<string, (entry: Entry) => boolean>} */
export const LISTED = {
  ae: ({ stochastic, discriminator, latent_dim }) => latent_dim === 2 && !stochastic && !discriminator,
  vae: ({ stochastic, discriminator, latent_dim }) => latent_dim === 2 && stochastic && !discriminator,
  aae: ({ discriminator, latent_dim }) => latent_dim === 2 && discriminator,
  many: ({ latent_dim }) => latent_dim > 2,
};
export const KINDS = ["ae", "vae", "aae"]; // of the plane
