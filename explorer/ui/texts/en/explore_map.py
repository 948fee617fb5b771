"""The explorer's tool Map."""

WORDS = {
    "name": "Layers",
    "title": "What lies under the codes, what they are coloured by, and many samples at once",
    "failed": "The codes' colours could not be worked out",
    "choices": "Under the codes, and their colours",
    "more": "More layers",
    "colour": "Colour by",
    "layers": {
        "quantiles": {
            "name": "pictures at quantiles",
            "title": "Decoded pictures at the prior's quantiles: each stands for the same share of p(z)",
        },
        "grid": {"name": "pictures everywhere", "title": "Decoded pictures side by side, also far from the prior"},
        "stretch": {"name": "stretch", "title": "How far the decoder moves its picture for a step of 1 in the plane"},
    },
    "not_known": "Not known for either model: all codes would be grey.",
    "colours": {
        "class": "class",
        "kl": "KL of q(z|x)",
        "error": "reconstruction error",
        "judgement": "discriminator D(z)",
        "density": "local density",
    },
    "underlay_opacity": "opacity",
    "codes_opacity": "codes",
    "underlay_opacity_name": "Opacity of what lies under the codes",
    "codes_opacity_name": "Opacity of the codes",
    "says": {
        "pictures": (
            "Pictures side by side, as far as the prior's ring of 99 %: each is what the decoder makes of the point in "
            "its middle."
        ),
        "D": (
            "What the AAE's discriminator says at each point: 1, it takes z for a draw of the prior; 0, for a code. "
            "No colour: ½, it cannot tell. The VAE has no discriminator."
        ),
        "quantiles": (
            "Pictures decoded at the prior's quantiles, where they lie: each stands for the same share of p(z). For "
            "N(0, I): an even grid on the unit square through the inverse Gaussian CDF (Kingma & Welling 2013, Fig. "
            "4). {counts}"
        ),
        "grid": (
            "Pictures side by side: each is what the decoder makes of the point in its middle. The prior plays no part."
        ),
        "density": (
            "Codes per unit of area, as a share of all: a Gaussian kernel of width {bandwidth}, the same in both "
            "maps, over the codes as shown. N(0, I) has 0.159 at its middle."
        ),
        "ratio": (
            "log q(z) − log p(z), nats: <b class='more'>more codes</b> or <b class='fewer'>fewer</b> than the prior "
            "has there; q(z) sampled, both smoothed by {bandwidth}. No colour: both are equal there, or neither has as "
            "much as one code."
        ),
        "stretch": (
            "Largest singular value of the decoder's Jacobian: how far the picture moves (Euclidean, pixels from 0 to "
            "1) for a step of 1 in the direction that moves it most. Logarithmic."
        ),
    },
    "counts": {
        "normal": "{name}: {n} × {n}, finer as you zoom in.",
        "mixture": "{name}: {count} pictures, along each Gaussian's axes.",
        "string": "{name}: {count} pictures, along the roll.",
        "nothing_holds": "Nothing held {name} to that prior.",
    },
    "working": "at work: {share}",
    "waiting": "working out the values …",
    "colour_says": {
        "class": "",
        "kl": "KL(q(z|x)‖N(0, I)) of each image, nats.",
        "error": "BCE of each image decoded at its code or mean, summed over pixels, nats.",
        "judgement": "D at each code: 1, taken for a draw of the prior; 0, for a code.",
        "density": "log density about each code or mean, by its ten nearest, nats.",
    },
    "clipped": "Colours span 96 % of the images.",
    "same_scale": "One scale for both maps.",
    "underlay_scale": "Scale of what lies under the codes",
    "colour_scale": "Scale of the codes' colours",
    "value_names": {"kl": "KL", "error": "error", "judgement": "D", "density": "log density"},
    "no_discriminator": "Only an AAE has a discriminator: no D here.",
    "no_underlay": "No plane of two dimensions: nothing lies under it.",
    "grey": {
        "kl": "Grey: this encoder gives a point, no q(z|x), so there is no KL.",
        "error": "Grey: the errors are not known: {why}.",
        "judgement": "Grey: only an AAE has a discriminator.",
        "judgement_plane": "Grey: D is shown only for latents of two dimensions.",
        "density": "Grey: no density.",
    },
    "samples": "Many samples",
    "draws": "Draws",
    "draws_name": "How many draws",
    "fresh": "Fresh draws",
    "fresh_title": "New ε for all draws",
    "of_posterior": "{n} draws from q(z|x) of image {row}",
    "of_probe": "{n} draws from the probe",
    "moving": "{n} of {all} draws while it moves",
    "mean": "mean",
    "std": "std",
    "sheet_name": "{name}: draws decoded",
    "mean_name": "{name}: mean of the draws' pictures",
    "std_name": "{name}: standard deviation of each pixel over the draws",
    "std_scale": "std of each pixel over these draws, from 0 to ½, the most it can be",
    "fresh_done": "{n} fresh draws",
}
