// Numbers that Python uses too. All between the braces is JSON, which explorer/shared.py reads:
// grid_reach: of the recorded grids of the discriminator and of the decoded manifold, latent units to each side;
// discriminator_betas: Adam's, of a discriminator; most_originals: images in one answer of the server;
// descent_steps: of lesson 1's gradient descent; log_var_clamp: of its clamped KL; classes: of every known dataset;
// bundle_format: increased when older readers cannot open what is written; unchanged_format: of a model whose settings
// did not change while it trained.
//
// Of a training:
// one_cycle: the share of the steps in which the learning rate rises, and its first and last values as shares of the
// peak; rise_from: the share of the adversary's weight from which it rises; smoothed: the share of the steps in which
// noise is added to the discriminator's inputs; detail: the shares between which its random Fourier features are added;
// guide: the least standard deviation of the noise in its log p(z), if p is a mixture; frequency_scale: the standard
// deviation of those features' frequencies, radians per unit of z; average_warm_up: w, where the decay of the running
// average of the weights is at most t / (t + w) after t steps; negligible_moment: Adam's moments below it are set to 0,
// every negligible_steps steps.
//
// Of a measurement:
// neighbours: k of coverage and of kNN-KL; directions: of the sliced W₂²; sets: of draws of the prior that codes are
// compared with; draws_an_image: of z, in a VAE's -ELBO; importance_samples: of z per image, in its bound on log p(x);
// snapshot_images: the most test images in a snapshot;
// snapshot_nulls: pairs of sets of draws in its nulls; manifold_sides: pictures along each side of its manifold, by the
// side of a picture in pixels, and for others; snapshot_seconds: the shortest time between two snapshots of a training;
// snapshot_share: the largest share of the time for snapshots; curve_window: a point of a loss's curve is the mean over
// the last so many steps, but at most an epoch.

// prettier-ignore
export const NUMBERS = {
  "grid_reach": 4.0,
  "discriminator_betas": [0.5, 0.99],
  "most_originals": 64,
  "descent_steps": 12,
  "log_var_clamp": 20.0,
  "classes": 10,
  "bundle_format": 3,
  "unchanged_format": 2,
  "one_cycle": { "warm_up": 0.2, "first": 0.04, "last": 1e-4 },
  "rise_from": 0.1,
  "smoothed": 0.6,
  "detail": [0.6, 0.8],
  "guide": 0.5,
  "frequency_scale": 4.0,
  "average_warm_up": 10,
  "negligible_moment": 1e-30,
  "negligible_steps": 100,
  "neighbours": 5,
  "directions": 64,
  "sets": 20,
  "draws_an_image": 16,
  "importance_samples": 500,
  "snapshot_images": 1000,
  "snapshot_nulls": 20,
  "manifold_sides": { "8": 16, "28": 12, "others": 8 },
  "snapshot_seconds": 0.25,
  "snapshot_share": 0.15,
  "curve_window": 100
};
