"""The scoreboard."""

TITLE = "Scoreboard"

INTRO = """
Every model in one table, measured on the test set by the same code: `python train.py --evaluate` makes all figures
again from the stored weights. Two questions stand beside each other: how well does a code bring its picture back, and
does the aggregate q(z), all codes together, lie where the prior p(z) says? Nobody gets both for nothing. Likelihoods
and distances are in nats.
"""

BCE_HELP = (
    "Binary cross-entropy at the mean or code, summed over pixels, averaged over images, in nats. Less is sharper."
)
BCE_SAMPLED_HELP = "The same at draws z ~ q(z|x), 16 an image. A deterministic encoder has no q(z|x)."
KL_HELP = (
    "KL(q(z|x)‖p(z)), averaged over images, in nats; for a prior that is no Gaussian, a Monte Carlo mean of 16 draws "
    "an image."
)
ELBO_HELP = (
    "BCE at z + KL: an upper bound on −log p(x). It needs a q(z|x), so an autoencoder with a deterministic encoder "
    "has none."
)
BOUND_HELP = (
    "The importance-weighted bound on −log p(x) with 500 draws an image, of convolutional models 50: tighter "
    "than −ELBO (Burda et al. 2015)."
)
MUTUAL_HELP = "Mutual information between image and code: the part of the KL that says which image it was."
MARGINAL_HELP = "The rest of the KL: that of the aggregate q(z) from p(z), with q(z) the exact mixture of all q(z|x)."
COVERAGE_HELP = (
    "Share of draws of p(z) that have a code as near as their fifth neighbour among the draws. It falls where q(z) "
    "has holes."
)
NULL_HELP = (
    "The same estimate for two sets of draws of p(z): what a perfect match would show. Codes are compared with 20 "
    "sets of draws (5 in more than three dimensions), and the mean is shown."
)
SLICED_HELP = "Mean over directions of the squared one-dimensional Wasserstein-2 distance between q(z) and p(z)."
KNN_KL_HELP = (
    "Nearest-neighbour estimate of KL(q(z)‖p(z)), the same for all models, from one code an image. In many dimensions "
    "it ranks, but falls far short of the true number of nats."
)
ACCURACY_HELP = "Share of test images whose five nearest training codes vote for their label."
OWN_HELP = (
    "Share of test codes in the component of the prior that belongs to their label. Only where the discriminator saw "
    "labels."
)
SECONDS_HELP = (
    "Wall-clock time of the training, on the device that the table names; a machine that does other work too takes "
    "longer."
)

NO_FIGURE, NO_LABELS = "–", "saw no labels"
NOT_COMPARABLE = (
    "Measured by an older version, and therefore not in the table: {names}. "
    "`python train.py --evaluate` (with `--out runs`) measures again."
)
COINCIDING = (
    "No kNN-KL: {names}. Some of the codes coincide, so they have no density. Measuring again does not change this."
)
ALL_RUNS = "Compare all {runs} runs"
ALL_RUNS_HELP = "Off: the shipped models and the {newest} newest runs."
TABLE_CAPTION = (
    "{images} test images of {dataset}; point at a heading to see what it means, click it to sort. *–*: there is no "
    "such figure. A deterministic encoder has no q(z|x), so no KL, no ELBO and no bound on the likelihood. "
    "*saw no labels*: no component belongs to a class."
)
ENTROPY_FLOOR = (
    "On grey pixels BCE is the expected negative log-likelihood of pixels made black or white at random with those "
    "intensities; no model can get below the pixels' own entropy, 45.53 nats on MNIST's test set."
)

DISTANCES_TITLE = "How far is q(z) from p(z)?"
DISTANCES_CAPTION = (
    "Grey: the null, mean ± 2 standard deviations of the same estimate for two sets of draws of the model's own "
    "prior. A dot inside the grey cannot be told from a perfect match by that estimate. A VAE's codes are draws of z, "
    "one an image."
)
FRONTIER_TITLE = "What does the match cost?"
FRONTIER_CAPTION = (
    "Top left would be both: sharp pictures, and a prior without holes. Each model is compared with its own prior."
)

ONE_MODEL_TITLE = "One model, closely"
SAMPLED = "draws z ~ q(z|x), one a test image"
POINTS = "the codes of the test images"
MARGINALS_CAPTION = (
    "q(z): {sampled}. p(z): as many draws of the prior, {prior}. Marginals can agree while the plane has holes: see "
    "below."
)
HOLES_CAPTION = (
    "{shown} of the {n} draws of p(z) that coverage was measured with. Red: no code lies as near as the draw's fifth "
    "neighbour among all draws. Their share of all draws is 1 − coverage."
)
NO_HOLE_MAP = "A hole map needs two latent dimensions; this model has {dimensions}."
CURVES_CAPTION = (
    "Means over each epoch of training, on training images; the discriminator's loss in training is no divergence."
)
MMD_HELP = (
    "Unbiased estimate of the squared maximum mean discrepancy with an inverse multiquadratic kernel, on 1,500 codes "
    "and draws. It may be negative, and does not reliably see a hole of 5 %."
)
MMD_CAPTION = (
    "The same for two sets of draws of the prior: {null}. With {n} of each, its standard deviation is about .0003."
)
