"""The front page. Its tools' words are in explore_TOOL.py."""

from explorer.ui.texts.en import datasets, explore_draw, explore_map, explore_near, explore_take, explore_walk
from explorer.ui.texts.en.common import MODEL_LIST

ONE_DIMENSION = (
    "Not in the lists above: {names}. A map needs at least two latent dimensions. The scoreboard has models of one."
)

GUIDE = """
**Two autoencoders of the same architecture** (the lists above the maps hold more). Each turns a picture into a code, a
point of the plane (the VAE into a small cloud of codes), and a point of the plane into a picture. They differ in one
thing: what makes the codes lie where p(z) says. The **VAE** (left) pays the KL divergence of its posterior
q(z|x) = N(μ, σ²) from the prior p(z) = N(0, I), for every picture *x*. The **AAE** (right) has no KL in its loss. Its
discriminator is trained on all codes to tell them from draws of the prior, and judges one code at a time; the encoder
learns to fool it.

**The maps** show the test set, a dot for each picture, coloured by class. Dashed rings are the prior's: 39 %, 86 % and
99 % of the draws of N(0, I) fall inside; of a mixture, each Gaussian's 1σ and 2σ are drawn, of the swiss roll a band of
± 2σ. For the VAE, *means* shows μ of each q(z|x); *sampled z* shows one draw from each, and that is what is compared
with the prior.

**The probe** is one Gaussian N(μ, σ²), shown in both maps by its mean, and by ellipses at 1σ and 2σ (39 % and 86 % of
it inside). Move it with the sliders, or drag it on a map. *z* = μ + σ·ε is one draw from it; *Resample ε* draws
another. The pictures are what the two decoders make of μ and of z. Point anywhere on a map to see what is decoded
there; click a dot to put the probe on that picture's code (for the VAE on its whole posterior), and to mark the same
picture on the other map. Drag elsewhere to pan, turn the wheel to zoom; with the probe in focus, arrow keys move it.
The address holds the view: copy it to share what you see.

**The KL** is that of the probe from N(0, I), in nats. A VAE with β = 1 and this prior pays it for such a posterior;
with another β, β times as much. For our AAE it is only a yardstick, because its encoder gives a point and no q(z|x).
For a model with another prior, the KL from that prior stands beside it: a Monte Carlo mean of 300 draws, with its
standard error.

**More than two dimensions.** A model with 8, 16 or 32 is shown by a UMAP of its codes, in which near codes mostly stay
near, and nothing else is kept: hovering decodes the nearest code. Or, by the list below the map: by the plane in which
the codes spread most (PCA), by a plane of any two dimensions (these are the two that the sliders move, while the others
keep their place), by a UMAP with other n_neighbors and min_dist, or, to compare, by a UMAP of the raw pixels, which
knows no model. The last two are made on the server, in seconds, and can be cancelled. Beside a model of many
dimensions, one of two sees the probe's first two.

**Which dimensions are used.** One bar for each dimension: the KL of your probe. The line in it: the KL that the VAE
pays there, on average over the test set. A dimension of the VAE is *active* if the means of q(z|x) have a variance over
the images above 0.01 (Burda et al. 2016). In an inactive dimension the encoder answers N(0, 1) whatever it sees: it
costs nothing and tells nothing (posterior collapse, see lesson 1). An AAE makes its codes N(0, 1) in *every* dimension,
so their spread does not show which ones are used. The second bars do, for both models: the *response*, how far the
picture moves (Euclidean, pixels from 0 to 1) for a step of one standard deviation of the codes. It is a root mean
square over 48 test images, from the decoder's derivatives.

**Under each map**: BCE, the binary cross-entropy summed over the pixels and averaged over the test set (on grey pixels:
the expected negative log-likelihood of pixels made black or white at random with those intensities); and coverage. Take
as many draws of p(z) as there are codes. A draw is *covered* if a code is nearer to it than its fifth nearest fellow
draw. Coverage is the share of covered draws, a mean over 20 sets of draws. If codes were distributed like p(z), it
would be the *null*, about 97 %; holes lower it. It can be read in two or three dimensions only. In more it is not
shown: in 32 dimensions N(0, ½² I) has 0.998 against N(0, I), more than the null.

**Training** shows both trainings side by side at some thirty moments, each at the same share of its steps, and most of
them near the start: the codes of up to 2,000 test images, a grid of decoded points as it forms, and the losses on those
images. Click a code to follow its image. *D(z)* colours the AAE's map by what its discriminator says: 1 where
it takes z for a draw of the prior, 0 where for a code. That D is given log p(z) (smoothed, where noise was added in
training or the prior is narrow), and learns the rest; the D of the textbook's AAE is given nothing. While it plays,
codes between two moments are interpolated on straight lines.

**The layers**: the buttons between the maps' headers draw something beneath the codes of both maps, and dim the codes.
*pictures*: what the decoder makes of each point; *density*: where the codes lie, q(z); *against the prior*: where there
are more codes than the prior expects, and where fewer; *D*: what the AAE's discriminator takes each point for. With
*own scale*, each map has the scale of its own codes.

**The tools**, beside *Probe* and *Training*, work on both models at once. *Draw*: draw a digit, open a picture or take
a test image, and see what each model reads, where its code lies and what comes back. *Neighbours*: the codes nearest to
a point, a region that you draw around, images found by class, error or KL. *Layers*: more layers (pictures at the
prior's quantiles, how far the decoder stretches the plane), their opacity and scale, what colours the codes, and many
draws from the probe. *Morph*: a way through waypoints as a film, with the density of codes at each step (in up to 3
dimensions a hole is marked); sums of class means. *Export*: pictures, codes, a link, or this view as one file that
needs no server.

The lecture writes D_KL(q(x)‖p(x)), Σ(x) and log var(x) for what is called KL(q(z|x)‖p(z)), σ² and log σ² here.
"""

WORDS = {
    "model_list": MODEL_LIST,
    # above the maps
    "heading": "Two ways to tidy a latent space",
    "dots_are": "Each dot is {dots}, squeezed into {numbers} numbers.",
    "dots": {
        "mnist": "a handwritten digit",
        "digits": "a handwritten digit",
        "fashion-mnist": "a picture of clothing",
        "kmnist": "a handwritten Japanese letter",
        "other": "a test picture",
    },
    "or": " or ",
    "by_kl": "a KL term",
    "by_discriminator": "a discriminator",
    "tidy": "The {left} keeps its codes tidy with {a}, the {right} with {b}.",
    "tidy_alike": "Both models keep their codes tidy with {by}.",
    "tidy_one": "The {held} keeps its codes tidy with {by}. Nothing does so in the {free}.",
    "tidy_neither": "Nothing keeps the codes of these models tidy.",
    "drag": "Drag the blue dot.",
    "point": "Point at a map.",
    "machine_section": "The two models as machines",
    "machine": {
        "encoder": {"sign": "encoder", "title": "The encoder turns the picture x into its code."},
        "posterior": {
            "sign": "N(μ, σ²)",
            "title": "The encoder gives q(z|x), a Gaussian: a small cloud of codes. See lesson 1, Both halves.",
        },
        "z": {"sign": "z", "title": "One draw, z = μ + σ ε. See lesson 2, Draw by draw."},
        "code": {"sign": "z", "title": "The encoder gives one point, the code z. A click leads to the lesson."},
        "decoder": {
            "sign": "decoder",
            "title": (
                "The decoder turns a point of the latent space into a picture: it gives p(x|z). See lesson 0, The "
                "bound."
            ),
        },
        "kl": {
            "sign": "KL",
            "title": "The loss keeps each q(z|x) near the prior p(z) by their KL divergence. See lesson 1, Derivation.",
        },
        "discriminator": {
            "sign": "D",
            "title": (
                "The discriminator D tells codes from draws of the prior p(z). See lesson 3, The field that pulls."
            ),
        },
        "held": "held to p(z) by",
    },
    # the pictures
    "stage_section": "Pictures",
    "this_picture": "This picture, rebuilt by each model from its own code",
    "picture_x": "Picture x",
    "test_image": "image {row}, class {class}",
    "reconstruction_of": "{name} reconstruction",
    "bce": "· BCE {bce}",
    "rebuilt_at_mean": (
        "Decoded at μ, the mean of this model's q(z|x). BCE: binary cross-entropy of x and this picture, summed over "
        "pixels, in nats. Less is nearer to x."
    ),
    "rebuilt_at_code": (
        "Decoded at this model's own code of x. BCE: binary cross-entropy of x and this picture, summed over pixels, "
        "in nats. Less is nearer to x."
    ),
    "same_image": "same image",
    "map_shown": "Map shown",
    "click_a_code": "Click a dot on a map to see its picture, and what each model makes of it.",
    "at_probe": "Both decoders at the probe",
    "under_pointer": "Both decoders under the pointer",
    "preview_note": "under the pointer",
    # the KL
    "kl_section": "KL, term by term",
    "kl_of_probe": "KL of the probe from N(0, I)",
    "kl_bar_title": (
        "Above, the terms that add to the KL. Below, what remains: the KL, and behind it the terms that are "
        "subtracted. Both rows are equally long."
    ),
    "term_by_term": "Term by term",
    # the cards
    "try_section": "Try this",
    "which_card": "Try this: {n} of {all}",
    "previous_card": "Previous card",
    "next_card": "Next card",
    "try_it": "Try it",
    "draw_your_own": "Draw your own",
    "take_the_tour": "Take the tour: twelve steps",
    "cards": {
        "between": {
            "title": "Between {a} and {b}",
            "text": "Drag the blue dot to and fro. In the {name}, {a} turns into {b} on the way, without a jump.",
            "none_title": "Between two classes",
            "none": "Choose a model of two dimensions: the place where two classes meet is looked for in the plane.",
        },
        "hole": {
            "title": "A hole of the {name}",
            "text": (
                "In the circle the {name} has no code, though the prior has its share there. Drag the dot into the "
                "circle and out of it: what becomes of the picture?"
            ),
            "none_title": "A hole?",
            "none": "The {name} has no hole: in its largest gap, the circle, q(z) is at least a fifth of p(z).",
            "neither": (
                "Neither model has a hole. In the largest gap of the {name}, the circle, q(z) is at least a fifth of "
                "p(z)."
            ),
            "many": "Choose a model of two dimensions: holes are looked for in the plane.",
        },
        "far": {
            "title": "Far outside",
            "text": "The KL is {kl} nats, most of it ½μ². The decoders draw something all the same.",
            "code": "The nearest code of the {name} is {distance} away.",
        },
        "wide": {
            "title": "Wider than the prior",
            "text": (
                "σ = {std}: press Resample ε a few times. z jumps across the map, so its picture says nothing of μ. In "
                "the bar, ½σ² is now the largest term."
            ),
        },
        "watch": {
            "title": "Watch them learn, or draw your own",
            "text": "Which class finds its place first? Or draw a picture, and see where its code falls.",
            "draw_title": "Draw your own",
            "draw": "Draw a picture, and see where its code falls and what comes back.",
        },
    },
    "tools": "Tools",
    "told_kl": "KL divergence {kl} nats",  # what a screen reader says
    "told_near": "{name}: the code nearest to μ is of class {class}",
    "told_map": "{n} codes in {classes} classes",
    "told_picture": "the nearest code is of class {class}",
    "probe": "Probe",
    "probe_title": "Sliders for μ and log σ², and the KL term by term",
    "replay": "Training",
    "replay_title": "Watch both models being trained, from the first step to the last",
    "replay_section": "Replay of the training",
    "moments_section": "Both models at the moment shown",
    "play": "Play",
    "pause": "Pause",
    "moment": "Moment of training",
    "leave": "Finished models",
    "leave_title": "Leave the replay: probe, pictures and KL of the finished models",
    "field_title": (
        "What the discriminator says at this moment: 1, it takes z for a draw of the prior; 0, for a code. The "
        "encoder is trained to put its codes where D is high."
    ),
    "own_scale": "own scale",
    "own_scale_title": (
        "Each map with the scale of its own codes, and zoomed by itself. Otherwise both have the same axes, so that "
        "they can be compared."
    ),
    "layers_group": "Layers",
    "layers": {
        "dots": {"name": "dots", "title": "The codes of the test images, a dot each"},
        "pictures": {"name": "pictures", "title": "What each decoder makes of the points of its map"},
        "density": {"name": "density", "title": "How densely the codes lie: q(z)"},
        "ratio": {
            "name": "against the prior",
            "title": "Where there are more codes than the prior expects, and where there are fewer: q(z) against p(z)",
            "key": {"codes": "more codes than the prior expects", "prior": "fewer"},
        },
        "D": {
            "name": "D",
            "title": "What the AAE's discriminator takes each point for: the prior's, or a code",
            "key": {"codes": "D takes it for a code", "prior": "D takes it for a draw of the prior"},
        },
        "in_replay": "Not in a replay: it shows the codes of a moment of the training.",
        "no_discriminator": "Neither model has a discriminator in a plane of two dimensions: only an AAE has one.",
        "no_plane": "Neither map is a plane of two latent dimensions: nothing can be drawn beneath its codes.",
    },
    "maps": {
        "group": "What the {side} map shows",
        "map": "map",
        "choice": "Kind of map, {side}",
        "kinds": {
            "umap": "UMAP, stored",
            "pca": "PCA",
            "plane": "plane of two dimensions",
            "again": "UMAP, other settings …",
            "pixels": "UMAP of the raw pixels …",
        },
        "neighbours": "neighbours",
        "neighbours_title": (
            "n_neighbors, 2 to 200: how many neighbours of each code count. Few show small groups, many the whole."
        ),
        "neighbours_of": "n_neighbors, {side}",
        "distance": "distance",
        "distance_title": "min_dist, 0 to 0.99: how close codes may lie on the map.",
        "distance_of": "min_dist, {side}",
        "make": "Make",
        "drafted": "The map still shows: {shown}. Press Make.",
        "cancel": "Cancel",
        "progress": "Progress of the {side} map",
        "silent": "the server did not answer",
        "announced": "The map of {name} has been made",
        "says": {
            "compiling": "getting ready, once: up to a minute",
            "waiting": "waiting for its turn",
            "queue": "waiting: {place} before it",
            "neighbours_sought": "seeking neighbours",
            "running": "{share} laid out",
            "failed": "Not made: {problem}.",
            "cancelled": "Cancelled on the server.",
        },
        "notes": {
            "umap": "UMAP of the codes: near mostly stays near, distances do not count",
            "pca": "PCA of the codes: this plane holds {share} of their variance",
            "first_two": "{all} dimensions: the plane is of the first two",
            "made_umap": "UMAP of the codes, n_neighbors {neighbours}, min_dist {distance}: distances do not count",
            "made_pixels": "UMAP of the raw pixels, n_neighbors {neighbours}, min_dist {distance}: no model is in it",
        },
    },
    "bars": {
        "average": "; {name} on average {value}",
        "response": "; {name}'s response {value}",
        "click": "Click: move this dimension",
    },
    # under a map
    "facts": {
        "covers": "The codes cover <b>{share}</b> of the prior (perfect: {best}).",
        "all": "All figures",
        "measured": "Measured on {images} test images, seed {seed}.",
        "bce": (
            "BCE: binary cross-entropy summed over pixels, averaged over images, in nats. On grey pixels, BCE and "
            "−ELBO are means for pixels drawn black or white with these intensities."
        ),
        "coverage": (
            "Coverage: a draw of p(z) is covered if a code is nearer to it than its fifth nearest fellow draw. Shown "
            "is the share of covered draws, a mean over many sets. Null: the same for two sets of draws of p(z), mean "
            "± standard deviation. Holes lower coverage."
        ),
        "no_coverage": "Coverage cannot be read in {dimensions} dimensions: it does not see holes there.",
        "dash": "–: not measured.",
    },
    "usage": {
        "active": "<b>{active}</b> of {all} dimensions active",
        "spread": "Over {all} dimensions: std of the codes {least} to {most}",
        "responses": ", decoder's response {least} to <b>{most}</b>",
        "sentence": "{used}{responses}.",
        "used_title": (
            "Active: the means of q(z|x) have a variance over the test images above 0.01. Response: how far the "
            "picture moves for one standard deviation in a dimension, from the decoder's derivatives. See the guide "
            "below."
        ),
    },
    "decoders": "Decoders are kept only for the finished model: go to the last moment to decode.",
    "at_moment": "moment {moment} of {moments} · {share} of the steps",
    "between": "between moments {moment} and {next}: codes on straight lines",
    "nothing_to_replay": "Neither model has a recording.",
    "epoch": "<b>Epoch {epoch}</b> of {epochs}, step {step} of {steps}",
    "recorded": {
        "means": "means of {images} of the {all} test images",
        "sampled": "z, one draw for each of {images} of the {all} test images, always with the same ε",
        "codes": "codes of {images} of the {all} test images",
    },
    "not_recorded": "image {row} was not recorded: click a code to follow that image",
    "field_label": (
        "This discriminator is given the class too. Shown is D for class {name}: that of the image that is "
        "followed, or the first."
    ),
    "announced": "{name}: epoch {epoch}, step {step}",
    "no_recording": (
        "The training of {name} was not recorded: its map shows the finished model. A new training makes one."
    ),
    "no_recording_dimensions": (
        "No recording of {name}: only latent spaces of two dimensions are recorded. Its map shows the finished model."
    ),
    "manifold": "{name} decoded manifold",
    "manifold_quantiles": "decoded at the quantiles of N(0, I)",
    "manifold_plain": "decoded on a plain grid, ±4",
    "curves": "{name} at this moment, and over its training",
    "reconstruction": "BCE",
    "reconstruction_help": (
        "Binary cross-entropy of the recorded images, summed over pixels, nats per image (a VAE's at z). Left to "
        "right: the training, its start stretched."
    ),
    "kl": "KL",
    "kl_help": "KL(q(z|x)‖p(z)), averaged over the recorded images, nats. In the VAE's loss it counts β times.",
    "adversarial": "−log D",
    "adversarial_help": (
        "−log D(z), averaged over the codes of the recorded images, nats: what the AAE's encoder pays. log 2 = 0.693 "
        "where D cannot tell."
    ),
    "coverage": "coverage",
    "coverage_help": (
        "Share of draws of p(z) to which a code is nearer than their fifth nearest fellow draw; z sampled. From 0 to 1."
    ),
    "sliced_w2_squared": "sliced W₂²",
    "sliced_w2_squared_help": (
        "Mean over directions of the squared one-dimensional Wasserstein-2 distance between q(z) and p(z); z sampled. "
        "Logarithmic."
    ),
}
WORDS["datasets"] = datasets.WORDS
for _tool in (explore_draw, explore_near, explore_map, explore_walk, explore_take):
    WORDS |= {_tool.__name__.rpartition("_")[2]: _tool.WORDS}
