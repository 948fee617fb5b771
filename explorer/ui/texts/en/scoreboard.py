"""The scoreboard."""

WORDS = {
    "title": "Scoreboard",
    "lead": "How near are a model's pictures to their originals, and its codes to the prior?",
}

GUIDE = INTRO = """
Every model, measured on the test set by the same code: `python train.py --evaluate` makes all figures
again from the stored weights. There are two questions. How near is the picture that is decoded from a code to its
original? Does the aggregate q(z), all codes together, lie where the prior p(z) says? One often costs the other. BCE, KL and
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
    "BCE at z + KL: an upper bound on −log p(x), which it exceeds by KL(q(z|x)‖p(z|x)). It needs a q(z|x), so a "
    "deterministic encoder gives none. On grey pixels x is an image whose pixels were made black or white at random: "
    "see the note below."
)
BOUND_HELP = (
    "The importance-weighted bound on −log p(x) with 500 draws an image, of convolutional models 50: tighter "
    "than −ELBO (Burda et al. 2016). Its distance from −log p(x) shrinks with more draws. On grey pixels x is an image "
    "whose pixels were made black or white at random: see the note below."
)
INTEGRATED_HELP = (
    "−log ∫ p(x|z) p(z) dz, integrated over the plane on a grid, averaged over images, in nats: the one likelihood "
    "that AE, VAE and AAE share. An AE's p(z) is N(0, I), which its training does not use.{error} On grey pixels x is "
    "an image whose pixels were made black or white at random: see the note below."
)
INTEGRATION_ERROR = " Four grids of half the density agree within {spread} nats on the mean."
POSTERIOR_HELP = (
    "−ELBO minus −log p(x), integrated: the gap of the ELBO. It is 0 if each q(z|x) is the model's own posterior "
    "p(z|x). It needs a q(z|x) in the plane."
)
SEEDS_HELP = (
    "Standard deviation of the figure on the left over models that were trained alike with different seeds (n − 1 of "
    "n = {seeds}). –: one seed."
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
    "A draw of p(z) is covered if a code is nearer to it than its fifth nearest fellow draw. Shown is the share of "
    "covered draws. In two or three dimensions holes in q(z) lower it. In more they do not, and it is left out."
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
PRIOR_AGREEMENT_HELP = (
    "Of 1,000 pictures decoded at draws of p(z), the share whose ten nearest training images (squared distance of "
    "pixels) are all of one class. It sees in many dimensions, too: if it is lower than at the model's own codes, "
    "draws of p(z) decode to worse pictures, and q(z) is not p(z). Equal shares are no proof of a match."
)
CODES_AGREEMENT_HELP = (
    "Of 1,000 pictures decoded at the model's own codes of test images, the share whose ten nearest training images "
    "are all of one class: what draws of p(z) would reach if q(z) were p(z)."
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

LINK_HELP = "Opens the model in the explorer, beside another one of its dataset and dimensions, in a new tab."
NO_FIGURE = "–"
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
DIMENSIONS = "{dimensions} latent dimensions"
ONE_DIMENSION = "1 latent dimension"
SORTING = "Point at a heading to see what it means; click it to sort."
MAIN_FIGURES, MODEL = "Main figures", "model"
TABLE_CAPTION = (
    "{images} test images of {dataset}; your own runs stand on top, in bold. The CSV file has all figures. *–*: there is no such figure; a column without any figure is left out. A deterministic encoder "
    "has no q(z|x): it gives no KL, no ELBO and no importance-weighted bound. −log p(x) itself is defined for every "
    "model, p(x) = ∫ p(x|z) p(z) dz. {integrated}"
)
INTEGRATED = (
    "In the plane it is integrated on a grid. In more dimensions no grid is fine enough, and there are only bounds."
)
NOT_INTEGRATED = "It is not in this table."
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
IN_FEW_DIMENSIONS, IN_MANY_DIMENSIONS = "Up to three latent dimensions", "More than three latent dimensions"
DISTANCES_CAPTION = (
    "Grey: the null, the interval in which 95 of 100 estimates lie for draws of the model's own prior in place of the "
    "codes, each compared with one set of draws (Student's t of 20 repeats; of 5 in more than three dimensions, of 10 "
    "for the KL). Of coverage and sliced W₂² the dot is a mean over 20 (5) sets of draws, which scatters less. A dot "
    "inside the grey cannot be told from a perfect match by that estimate. Around the agreement at the model's own "
    "codes, grey is the interval in which 95 of 100 shares of 1,000 draws lie if draws of p(z) decode to pictures as "
    "good. A VAE's codes are draws of z, one an image."
)
FRONTIER_TITLE = "What does the match cost?"
FRONTIER_CAPTION = (
    "One plot for each number of latent dimensions; the numbers are those of the table. Top left would be both: "
    "pictures near their originals, and codes that match the prior. Each model is compared with its own prior. In two "
    "or three dimensions the match is the coverage, which sees holes; in more it is sliced W₂², which sees only "
    "projections onto lines."
)

ONE_MODEL_TITLE = "One model, closely"
SAMPLED = "draws z ~ q(z|x), one a test image"
POINTS = "the codes of the test images"
MARGINALS_CAPTION = (
    "q(z): {sampled}. p(z): as many draws of the prior, {prior}. Marginals can agree while the plane has holes: see "
    "below."
)
HOLES_CAPTION = (
    "{shown} of {n} draws of p(z). Red: no code lies as near as the draw's fifth neighbour among all draws. The shares "
    "are those of these {n} draws; in the table, coverage is the mean over 20 sets of draws: {coverage}."
)
OPEN = "Open in the explorer"
OF_PRIOR, OF_CODES = "Decoded at draws of p(z)", "Decoded at its own codes"
DECODED_ALT = "{caption}: {n} pictures in eight rows"
DECODED_CAPTION = (
    "Left: {n} draws of p(z) = {prior}, with seed {seed}, decoded. Right: {n} of the model's own codes of test images, "
    "decoded. If the pictures on the left are worse than those on the right, draws of p(z) fall where no codes are."
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
