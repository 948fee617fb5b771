"""The scoreboard."""

WORDS = {
    "title": "Scoreboard",
    "lead": "How near are a model's reconstructions to the originals, and its codes to the prior?",
}

GUIDE = INTRO = """
All models are measured on the test set by the same code: `python train.py --evaluate` computes all figures again from
the stored weights. The figures answer two questions. How near is a decoded code to its original picture? Does the
aggregate q(z), the distribution of all codes together, match the prior p(z)? A better match often costs
reconstruction. BCE (binary cross-entropy), KL and log-likelihoods are in nats; sliced W₂² is in squared latent units;
coverage is a share.
"""

BCE_HELP = (
    "Binary cross-entropy at the mean of q(z|x) or at the code, summed over pixels, averaged over images, in "
    "nats. Less is nearer. Grey pixels: see the note below."
)
BCE_SAMPLED_HELP = (
    "The BCE at draws z ~ q(z|x), a mean over 16 for each image. A deterministic encoder has no q(z|x). Grey "
    "pixels: see the note below."
)
KL_HELP = (
    "KL(q(z|x)‖p(z)), averaged over images, in nats. If the prior is not a Gaussian, it is a Monte Carlo mean "
    "over 16 draws for each image."
)
ELBO_HELP = (
    "ELBO: evidence lower bound. −ELBO = BCE at z + KL is an upper bound on −log p(x), and exceeds it by "
    "KL(q(z|x)‖p(z|x)). A deterministic encoder has no q(z|x), so it has no ELBO. On grey pixels x is an image "
    "whose pixels were drawn as black or white: see the note below."
)
BOUND_HELP = (
    "The importance-weighted upper bound on −log p(x), with 500 draws for each image (50 for convolutional "
    "models). It is tighter than −ELBO (Burda et al. 2016). Its distance from −log p(x) shrinks with more draws. "
    "On grey pixels x is an image whose pixels were drawn as black or white: see the note below."
)
INTEGRATED_HELP = (
    "−log ∫ p(x|z) p(z) dz, integrated over the plane on a grid, averaged over images, in nats. It is defined for "
    "AE, VAE and AAE alike. For an AE, p(z) is N(0, I), which its training does not use.{error} On grey pixels x "
    "is an image whose pixels were drawn as black or white: see the note below."
)
INTEGRATION_ERROR = " The means of four grids of half the density agree within {spread} nats."
POSTERIOR_HELP = (
    "−ELBO minus −log p(x), integrated: the gap of the ELBO. It is 0 if each q(z|x) is the model's true posterior "
    "p(z|x). It exists only for a q(z|x) in the plane."
)
SEEDS_HELP = (
    "Standard deviation of the figure on the left over models that differ only in the seed (n − 1 of n = "
    "{seeds}). –: one seed."
)
MUTUAL_HELP = (
    "Mutual information of z and the number n of the image: how well z identifies its image among these {images}. "
    "It is at most log {images} = {cap} nats, whatever the model, and a lower bound on the information about x. "
    "Grey, ≥: within half a nat of that cap."
)
MARGINAL_HELP = (
    "KL − I(n; z): the KL of the mixture of these {images} images' q(z|x) from p(z). It is an upper bound on "
    "KL(q(z)‖p(z)) of all images. Grey, (cap): I is within half a nat of {cap}, so the figure contains little "
    "more than KL − log N."
)
CAPPED_INFORMATION, CAPPED_KL = "≥ {value}", "≤ {value} (cap)"
COVERAGE_HELP = (
    "A draw of p(z) is covered if a code is nearer to it than its fifth nearest fellow draw. Coverage is the "
    "share of covered draws. In two or three dimensions, holes in q(z) lower it. In more they do not, so it is "
    "left out."
)
NULL_HELP = (
    "The null: the same estimate for two sets of draws of p(z). A perfect match would have this figure. Both are "
    "means: the codes are compared with 20 sets of draws (5 in more than three dimensions)."
)
KL_NULL_HELP = (
    "The null: the same estimate with draws of p(z) in place of the codes, a mean over 10 sets. A perfect match "
    "would have this figure."
)
SLICED_HELP = (
    "The squared Wasserstein-2 distance between the projections of q(z) and p(z) onto a line, averaged over "
    "directions, in squared latent units. It does not see a hole that no projection shows."
)
KNN_KL_HELP = (
    "Estimate of KL(q(z)‖p(z)), made in the same way for all models from one code of each image. The density of "
    "the codes comes from their fifth neighbours, log p(z) is exact. In more than three dimensions the neighbours "
    "are too far away, so it is left out."
)
PRIOR_AGREEMENT_HELP = (
    "Of 1,000 pictures decoded at draws of p(z), the share whose ten nearest training images (squared distance of "
    "pixels) are all of one class. It can be read in many dimensions, too. If it is lower than at the model's "
    "own codes, draws of p(z) decode to worse pictures, so q(z) is not p(z). Equal shares are no proof of a "
    "match."
)
CODES_AGREEMENT_HELP = (
    "Of 1,000 pictures decoded at the model's own codes of test images, the share whose ten nearest training "
    "images are all of one class. Draws of p(z) would have this share if q(z) were p(z)."
)
ACCURACY_HELP = "Share of test images whose label wins the vote of the five nearest training codes."
OWN_HELP = (
    "Share of test codes in the component of the prior that belongs to their label. Only for models whose "
    "discriminator was given labels."
)
SECONDS_HELP = (
    "Wall-clock time of the training, on the device in the table. It is longer if the machine does other work, too."
)

LINK_HELP = "Opens the model in the explorer, beside another one of its dataset and dimensions, in a new tab."
NO_FIGURE = "–"
NOT_ALIKE = (
    "These models were trained for {least} to {most} epochs. Longer training lowers the BCE by itself, so a difference "
    "between them is not the regulariser's alone."
)
NOT_COMPARABLE = (
    "Not in the table, because an older version measured them: {names}. `python train.py --evaluate` (with `--out "
    "runs` for your own) measures again."
)
COINCIDING = (
    "KL(q(z)‖p(z)) ≈ is missing for {names}. Some of the codes coincide, so they have no density. Measuring again "
    "does not change this."
)
ALL_RUNS = "Compare all {runs} runs"
ALL_RUNS_HELP = "Off: the shipped models and the {newest} newest runs."
DIMENSIONS = "{dimensions} latent dimensions"
ONE_DIMENSION = "1 latent dimension"
SORTING = "Point at a heading to see what it means; click it to sort."
MAIN_FIGURES, MODEL = "Main figures", "model"
TABLE_CAPTION = (
    "{images} test images of {dataset}. Your own runs are at the top, in bold. The CSV file has all figures. *–*: "
    "the model has no such figure. A column without figures is left out. A deterministic encoder has no q(z|x), "
    "so it has no KL, no ELBO and no importance-weighted bound. But −log p(x) itself is defined for every model: "
    "p(x) = ∫ p(x|z) p(z) dz. {integrated}"
)
INTEGRATED = (
    "In the plane it is integrated on a grid. In more dimensions no grid is fine enough, so there are only bounds."
)
NOT_INTEGRATED = "It is not in this table."
MANY_DIMENSIONS = (
    "In more than three dimensions there is no coverage and no KL from neighbours: they do not see holes there. "
    "In 32 dimensions N(0, ½² I) has a coverage of 0.998, although its KL from N(0, I) is 10 nats. Sliced W₂² "
    "tells the two apart."
)
GREY_PIXELS = (
    "A grey pixel has no Bernoulli likelihood. BCE and −ELBO are means over images whose pixels were drawn as black "
    "or white. The grey value is the probability of white. −log p(x), its bound and its integral, is at least the mean "
    "of −log p of these images."
)
ENTROPY_FLOOR = " No model can get below the pixels' own entropy: {floor} nats on {dataset}'s test set."
FLOORS = {"mnist": 45.53, "fashion-mnist": 189.86, "digits": 13.69}  # nats, mean over the test images

DISTANCES_TITLE = "How far is q(z) from p(z)?"
IN_FEW_DIMENSIONS, IN_MANY_DIMENSIONS = "Up to three latent dimensions", "More than three latent dimensions"
DISTANCES_CAPTION = (
    "Grey: the null. 95 of 100 estimates lie in it if the codes are replaced by draws of the model's own prior "
    "and compared with one set of draws (Student's t of 20 repeats; of 5 in more than three dimensions, of 10 for "
    "the KL). For coverage and sliced W₂² the dot is a mean over 20 (5) sets of draws, so it scatters less. An "
    "estimate cannot tell a dot inside the grey from a perfect match. For the agreement, the grey is around its "
    "value at the model's own codes: 95 of 100 shares of 1,000 draws lie in it if draws of p(z) decode to "
    "pictures as good. A VAE's codes are draws of z, one for each image."
)
FRONTIER_TITLE = "What does the match cost?"
FRONTIER_CAPTION = (
    "One plot for each number of latent dimensions, with the figures of the table. The top left has both: "
    "pictures near their originals, and codes that match the model's own prior. In two or three dimensions the "
    "match is the coverage, which sees holes. In more it is sliced W₂², which sees only projections onto lines. "
    "Two seeds differ by chance: compare a difference with the column ± seeds, if there is one."
)

ONE_MODEL_TITLE = "One model in detail"
SAMPLED = "draws z ~ q(z|x), one for each test image"
POINTS = "the codes of the test images"
MARGINALS_CAPTION = (
    "q(z): {sampled}. p(z): as many draws of the prior, {prior}. The marginals can agree even if q(z) has holes "
    "in the plane: see below."
)
HOLES_CAPTION = (
    "{shown} of {n} draws of p(z). Red: not covered, no code is nearer than the draw's fifth nearest fellow draw. "
    "The shares are those of these {n} draws. The coverage in the table is the mean over 20 sets of draws: "
    "{coverage}. Of a perfect match {missed} would be red, so a few red dots are no hole."
)
OPEN = "Open in the explorer"
OF_PRIOR, OF_CODES = "Decoded at draws of p(z)", "Decoded at its own codes"
DECODED_ALT = "{caption}: {n} pictures in eight rows"
DECODED_CAPTION = (
    "Left, decoded: {n} draws of p(z) = {prior}, with seed {seed}. Right, decoded: {n} of the model's own codes "
    "of test images. If the left pictures are worse than the right ones, draws of p(z) fall where no codes are."
)
NO_HOLE_MAP = "A hole map needs two latent dimensions; this model has {dimensions}."
CURVES_CAPTION = (
    "Means over each epoch of training, on training images. The discriminator's loss in training is not a divergence."
)
MMD_HELP = (
    "Unbiased estimate of the squared maximum mean discrepancy with an inverse multiquadratic kernel, on 1,500 "
    "codes and draws. It may be negative, and it does not reliably see a hole of 5 % of the mass in "
    "the plane."
)
MMD_CAPTION = (
    "The null: 95 of 100 estimates lie between {low} and {high} if the codes are replaced by draws of the prior "
    "(Student's t of {repeats} repeats with {n} of each)."
)
