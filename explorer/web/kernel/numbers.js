// Numbers that Python uses too. All between the braces is JSON, which explorer/shared.py reads:
// grid_reach: of the recorded grids of the discriminator and of the decoded manifold, latent units to each side;
// discriminator_betas: Adam's, of a discriminator; most_originals: images in one answer of the server;
// descent_steps: of lesson 1's gradient descent; log_var_clamp: of its clamped KL.

// prettier-ignore
export const NUMBERS = {
  "grid_reach": 4.0,
  "discriminator_betas": [0.5, 0.99],
  "most_originals": 64,
  "descent_steps": 12,
  "log_var_clamp": 20.0
};
