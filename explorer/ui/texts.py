"""What a person reads on the front page, apart from logic, so that it can be translated."""

TITLE = "Generative autoencoders"

NO_MODELS = """**There is no model to show.** The folder `pretrained/` holds none that can be opened.
Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a download."""

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


# The scoreboard.

SCOREBOARD_TITLE = "Scoreboard"

SCOREBOARD_INTRO = """
Every model in one table, measured on the test set by the same code: `python train.py --evaluate` makes all figures again from
the stored weights. Two questions stand beside each other: how well does a code bring its picture back, and does the aggregate
q(z), all codes together, lie where the prior p(z) says? Nobody gets both for nothing. Likelihoods and distances are in nats.
"""

MINIMISED = {
    "ae": "−log p(x|z)",
    "vae": "−log p(x|z) + {beta:g} · KL(q(z|x)‖p(z)), p(z): {prior}",
    "aae": "−log p(x|z) − {adversarial_weight:g} · log D(z), against p(z): {prior}",
}

BCE_HELP = "Binary cross-entropy at the mean or code, summed over pixels, averaged over images, in nats. Less is sharper."
BCE_SAMPLED_HELP = "The same at draws z ~ q(z|x), 16 an image. A deterministic encoder has no q(z|x)."
KL_HELP = "KL(q(z|x)‖p(z)), averaged over images, in nats; for a prior that is no Gaussian, a Monte Carlo mean of 16 draws an image."
ELBO_HELP = "BCE at z + KL: an upper bound on −log p(x). It needs a q(z|x), so an autoencoder with a deterministic encoder has none."
BOUND_HELP = "The importance-weighted bound on −log p(x) with 500 draws an image: tighter than −ELBO (Burda et al. 2015)."
MUTUAL_HELP = "Mutual information between image and code: the part of the KL that says which image it was."
MARGINAL_HELP = "The rest of the KL: that of the aggregate q(z) from p(z), with q(z) the exact mixture of all q(z|x)."
COVERAGE_HELP = "Share of draws of p(z) that have a code as near as their fifth neighbour among the draws. It falls where q(z) has holes."
NULL_HELP = "The same estimate for two sets of draws of p(z): what a perfect match would show."
SLICED_HELP = "Mean over directions of the squared one-dimensional Wasserstein-2 distance between q(z) and p(z)."
KNN_KL_HELP = (
    "Nearest-neighbour estimate of KL(q(z)‖p(z)), the same for all models, from one code an image. In many dimensions it ranks, but falls far "
    "short of the true number of nats."
)
ACCURACY_HELP = "Share of test images whose five nearest training codes vote for their label."
OWN_HELP = "Share of test codes in the component of the prior that belongs to their label. Only where the discriminator saw labels."
SECONDS_HELP = "Wall-clock time of the training, on the device that the table names; a machine that does other work too takes longer."

NO_POSTERIOR, NO_LABELS = "no q(z|x)", "saw no labels"
NOT_COMPARABLE = "Measured by an older version, and therefore not in the table: {names}. `python train.py --evaluate` (with `--out runs`) measures again."
TABLE_CAPTION = (
    "{images} test images of {dataset}; point at a heading to see what it means, click it to sort. *no q(z|x)*: the encoder is deterministic, "
    "so there is no KL, no ELBO and no bound on the likelihood; *saw no labels*: no component belongs to a class."
)
ENTROPY_FLOOR = (
    "On grey pixels BCE is the expected negative log-likelihood of pixels made black or white at random with those intensities; "
    "no model can get below the pixels' own entropy, 45.53 nats on MNIST's test set."
)

DISTANCES_TITLE = "How far is q(z) from p(z)?"
DISTANCES_CAPTION = (
    "Grey: the null, mean ± 2 standard deviations of the same estimate for two sets of draws of the model's own prior. "
    "A dot inside the grey cannot be told from a perfect match by that estimate. A VAE's codes are draws of z, one an image."
)
FRONTIER_TITLE = "What does the match cost?"
FRONTIER_CAPTION = "Top left would be both: sharp pictures, and a prior without holes. Each model is compared with its own prior."

ONE_MODEL_TITLE = "One model, closely"
SAMPLED = "draws z ~ q(z|x), one a test image"
POINTS = "the codes of the test images"
MARGINALS_CAPTION = "q(z): {sampled}. p(z): as many draws of the prior, {prior}. Marginals can agree while the plane has holes: see below."
HOLES_CAPTION = "Draws of p(z). Red: no code lies as near as the draw's fifth neighbour among the draws. Their share is 1 − coverage."
NO_HOLE_MAP = "This model's codes have {dimensions} dimensions: a hole map would need two."
CURVES_CAPTION = "Means over each epoch of training, on training images; the discriminator's loss in training is no divergence."
MMD_HELP = (
    "Unbiased estimate of the squared maximum mean discrepancy with an inverse multiquadratic kernel, on 1,500 codes and draws. "
    "It may be negative, and does not reliably see a hole of 5 %."
)
MMD_CAPTION = "The same for two sets of draws of the prior: {null:.4f}. With {n:,} of each, its standard deviation is about .0003."
