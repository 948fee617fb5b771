"""The front page."""

GUIDE_TITLE = "What am I looking at?"

GUIDE = """
**Two autoencoders with the same encoder and decoder** (the lists above the maps hold more). Each turns a picture into a point of the plane, its code, and a point
of the plane into a picture. They differ in what holds the codes in place. The **VAE** (left) pays, for every picture *x*, the
KL divergence between its posterior q(z|x) = N(μ, σ²) and the prior p(z) = N(0, I). The **AAE** (right) has no KL in its loss: a
discriminator looks at many codes at once, and learns to tell them from draws of the prior; the encoder learns to fool it.

**The maps** show the test set, a dot for each picture, coloured by class. Dashed rings are the prior's: 39 %, 86 % and 99 % of
the draws of N(0, I) fall inside; of a mixture, each Gaussian's 1σ and 2σ are drawn, of the swiss roll a band of ± 2σ. For the VAE, *means* shows μ of each q(z|x); *sampled z* shows one draw from each, and that is what is
compared with the prior.

**The probe** is one Gaussian N(μ, σ²), shown in both maps by its mean, and by ellipses at 1σ and 2σ (39 % and 86 % of it inside).
Move it with the sliders, or drag it on a map. *z* = μ + σ·ε is one draw from it; *Resample ε* draws another. The pictures are what
the two decoders make of μ and of z. Point anywhere on a map to see what is decoded there; click a dot to put the probe on that
picture's code (for the VAE on its whole posterior), and to mark the same picture on the other map. Drag elsewhere to pan, turn the
wheel to zoom; with the probe in focus, arrow keys move it. The address holds the view: copy it to share what you see.

**The KL** is that of the probe from N(0, I), in nats. It is the VAE's price for such a posterior. For the AAE it is only a
yardstick, because its encoder gives a point and no q(z|x). For a model with another prior, the KL from that prior stands beside it:
a Monte Carlo mean of 300 draws, with its standard error.

**More than two dimensions.** A model with 16 is shown by a UMAP of its codes, in which near codes stay near, and nothing else is kept:
hovering decodes the nearest code. Or by a plane of any two dimensions; these are the two that the sliders move, while the others
keep their place. The bars are the probe's KL in each dimension; lines in them, what the VAE pays on average: where there is none,
it does not use the dimension. Beside a model of 16 dimensions, one of two sees the probe's first two.

**Under each map**: BCE, the binary cross-entropy summed over the pixels and averaged over the test set (on grey pixels: the
expected negative log-likelihood of pixels made black or white at random with those intensities); and coverage, the share of
draws of the prior that have a code as near as their fifth neighbour among the draws. The null is the same number for two sets of
draws of the prior: what a perfect match would show.

The lecture writes D_KL(q(x)‖p(x)), Σ(x) and log var(x) for what is called KL(q(z|x)‖p(z)), σ² and log σ² here.
"""
