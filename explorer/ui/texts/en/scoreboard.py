"""The scoreboard."""

TITLE = "Scoreboard"

INTRO = """
Every model in one table, measured on the test set by the same code: `python train.py --evaluate` makes all figures
again from the stored weights. Two questions stand beside each other: how well does a code bring its picture back, and
does the aggregate q(z), all codes together, lie where the prior p(z) says? Nobody gets both for nothing. BCE, KL and
log-likelihoods are in nats; sliced W₂² is in squared latent units; coverage is a share.
"""

BCE_HELP = (
    "Binary cross-entropy at the mean or code, summed over pixels, averaged over images, in nats. Less is nearer. "
    "Grey pixels: see the note below."
)
BCE_SAMPLED_HELP = (
    "The same at draws z ~ q(z|x), 16 an image. A deterministic encoder has no q(z|x). Grey pixels: see the note below."
)
KL_HELP = (
    "KL(q(z|x)‖p(z)), averaged over images, in nats; for a prior that is no Gaussian, a Monte Carlo mean of 16 draws "
    "an image."
)
ELBO_HELP = (
    "BCE at z + KL: an upper bound on −log p(x). It needs a q(z|x), so a deterministic encoder gives none. On grey "
    "pixels x is an image whose pixels were made black or white at random: see the note below."
)
BOUND_HELP = (
    "The importance-weighted bound on −log p(x) with 500 draws an image, of convolutional models 50: tighter "
    "than −ELBO (Burda et al. 2016). On grey pixels x is an image whose pixels were made black or white at random: see "
    "the note below."
)
MUTUAL_HELP = (
    "How well z tells which of these {images} images it is of: at most log {images} = {cap} nats, whatever the model. "
    "A lower bound on the information about x. Grey, ≥: within half a nat of the cap."
)
MARGINAL_HELP = (
    "KL − I(n; z): the KL from p(z) of the mixture of these {images} images' q(z|x). An upper bound on KL(q(z)‖p(z)) "
    "of all images. Grey, (cap): where I is near {cap}, it is no more than KL − log N."
)
CAPPED_INFORMATION, CAPPED_KL = "≥ {value}", "≤ {value} (cap)"
COVERAGE_HELP = (
    "Share of draws of p(z) that have a code as near as their fifth neighbour among the draws. In two or three "
    "dimensions it falls where q(z) has holes. In more it does not, and is left out."
)
NULL_HELP = (
    "The same estimate for two sets of draws of p(z): what a perfect match would show. Codes are compared with 20 "
    "sets of draws (5 in more than three dimensions), and the mean is shown."
)
KL_NULL_HELP = (
    "The same estimate for draws of p(z) in place of the codes, a mean of 10: what a perfect match would show."
)
SLICED_HELP = (
    "Mean over directions of the squared one-dimensional Wasserstein-2 distance between q(z) and p(z), in squared "
    "latent units. It does not see a hole that no projection onto a line shows."
)
KNN_KL_HELP = (
    "Estimate of KL(q(z)‖p(z)) for all models alike, from one code an image: the density of codes from their fifth "
    "neighbours, and the exact log p(z). In more than three dimensions neighbours are too far away, and it is left out."
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
    "No KL(q(z)‖p(z)) ≈: {names}. Some of the codes coincide, so they have no density. Measuring again does not change "
    "this."
)
ALL_RUNS = "Compare all {runs} runs"
ALL_RUNS_HELP = "Off: the shipped models and the {newest} newest runs."
TABLE_CAPTION = (
    "{images} test images of {dataset}; point at a heading to see what it means, click it to sort. *–*: there is no "
    "such figure. A deterministic encoder has no q(z|x): it gives no KL, no ELBO and no importance-weighted bound. "
    "−log p(x) itself is defined for every model, p(x) = ∫ p(x|z) p(z) dz, but is not in this table. "
    "*saw no labels*: no component belongs to a class."
)
MANY_DIMENSIONS = (
    "In more than three dimensions there is no coverage and no KL from neighbours: they do not see holes there. In 32 "
    "dimensions N(0, ½² I) has a coverage of 0.998, at a KL of 10 nats from N(0, I). Sliced W₂² tells the two apart."
)
GREY_PIXELS = (
    "A grey pixel has no Bernoulli likelihood. BCE, −ELBO and −log p(x) are those of images whose pixels were made "
    "black or white at random with these intensities, on average."
)
ENTROPY_FLOOR = " No model can get below the pixels' own entropy: {floor} nats on {dataset}'s test set."
FLOORS = {"mnist": 45.53, "fashion-mnist": 189.86}  # nats, mean over the test images

DISTANCES_TITLE = "How far is q(z) from p(z)?"
DISTANCES_CAPTION = (
    "Grey: the null, the interval in which 95 of 100 estimates lie for draws of the model's own prior in place of the "
    "codes, each compared with one set of draws (Student's t of 20 repeats; of 5 in more than three dimensions, of 10 "
    "for the KL). Of coverage and sliced W₂² the dot is a mean over 20 (5) sets of draws, which scatters less. A dot "
    "inside the grey cannot be told from a perfect match by that estimate. A VAE's codes are draws of z, one an image."
)
FRONTIER_TITLE = "What does the match cost?"
FRONTIER_DIMENSIONS = "**{dimensions} latent dimensions**"
FRONTIER_CAPTION = (
    "One plot for each number of latent dimensions. Top left would be both: pictures near their originals, and codes "
    "that match the prior. Each model is compared with its own prior. In two or three dimensions the match is the "
    "coverage, which sees holes; in more it is sliced W₂², which sees only projections onto lines."
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
