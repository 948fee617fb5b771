"""Lesson 2: the reparameterisation trick."""

from explorer.ui.texts.en import datasets
from explorer.ui.texts.en.common import MODEL_LIST

NO_VAES = """**There is no model to decode with.** The folder `pretrained/` holds none with two latent dimensions that
can be opened. Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a
download."""

VAE_RUN = "Measure with {draws} draws"
VAE_RUN_HELP = (
    "Torch draws z from this image's posterior, decodes it, and differentiates the loss, in chunks. Any other change "
    "on the page stops it, and it can go on. MNIST takes half a minute on two cores."
)
VAE_AGAIN = "Estimate with these {n} draws"
VAE_GO_ON = "Go on after {done} draws"
VAE_STOPPED = "The measurement was stopped; what was drawn is kept."
VAE_CANCEL = "Cancel"
VAE_REFERENCE, VAE_DRAWS = "Reference: {done} of {draws} draws", "Your {n} draws: {done}"
VAE_IDLE = "Nothing is measured yet: press the button."
NOT_A_VAE = "{model} has no posterior N(μ, σ²) held by KL to N(0, I): choose a VAE whose prior is N(0, I)."
NO_IMAGES = "Without the image there is no loss, and {why}. {remedy}"
FETCH_OR_CHOOSE, CHOOSE = "Fetch the pictures above, or choose another VAE.", "Choose another VAE."

GUIDE = """
**The problem.** Training a VAE needs the gradient of an expectation, ∂/∂μ E[f(z)] with z ~ N(μ, σ²), where the
parameters sit in the *distribution*. A number that was drawn has no derivative with respect to the parameters of the
die that gave it. **The trick**: draw ε ~ N(0, 1), which has no parameters, and compute z = μ + σ·ε with σ = exp(½ log
σ²). The distribution of z is the same, and now z is an ordinary function of μ and log σ², through which gradients flow:
∂z/∂μ = 1, ∂z/∂σ = ε.

**Two graphs** shows both ways of writing the same draw. Below, f, the density of z, and m ↦ E[f] for z ~ N(m, σ²): the
gradient that is wanted is the slope of that curve at μ; what one draw gives is the slope of f at z. **Draw by draw**:
the same ε give other z when μ or σ move; no ε is drawn again. One of them is decoded. **Estimators**: *pathwise* is the
trick, f′(z)·∂z/∂θ. The *score function* (REINFORCE) needs no slope of f: (f(z) − b)·∂log q(z)/∂θ is right for every
constant b, the baseline. Both are right on average where f is smooth; they differ in how much one draw scatters. For a
step, f′ is 0 wherever it exists: pathwise says 0 with great certainty, and is wrong. **A real VAE**: the same for the
loss of a trained model at one image, in Python. **The code**: what this program runs, with the numbers of the moment.

± : one standard error; bands: two. *b\\**: the baseline with the least variance, E[f s²] / E[s²]. s = ∂log q(z)/∂θ, the
score. ∂z: ∂z/∂θ. ∂E: the true gradient. When a change is finished, Python computes the same with `explorer.gaussian`, `explorer.estimators` and
`torch.autograd`, from the same ε; the line at the foot says whether both agree. The address holds the view: copy it to
share what you see.
"""

WORDS = {
    "model_list": MODEL_LIST,
    "datasets": datasets.WORDS,
    "title": "The reparameterisation trick",
    "views": "Parts of the lesson",
    "view_graphs": "Two graphs",
    "view_draws": "Draw by draw",
    "view_estimators": "Estimators",
    "view_vae": "A real VAE",
    "view_code": "The code",
    "lead_graphs": "No gradient passes through a draw. It passes through z = μ + σ·ε, because that is computed.",
    "lead_draws": "Move μ or σ: the same draws of ε give other z.",
    "lead_estimators": "Four estimators of one gradient, from the same draws: which of them scatters least?",
    "lead_vae": "The gradients of a trained VAE's loss at one image, by the same estimators.",
    "lead_code": "The lines that this program runs, with the numbers of this moment.",
    "parameters": "Parameters",
    "function": "f(z) =",
    "function_name": "The function f",
    "step_sign": "step 1[z &gt; 0]",
    "by": "gradient by",
    "by_name": "The parameter that the gradient is taken by",
    "axes_own": "own axes",
    "axes_title": "Each estimator has an axis of its own width, instead of one axis for all",
    "draws_n": "draws n",
    "fresh": "Fresh draws",
    "fresh_title": "A new seed: other ε from N(0, 1). The address keeps it.",
    "next": "Next draw",
    "previous": "Previous draw",
    "seed": "seed",
    "draw_of": "draw {draw} of {n}",
    "model": "Model",
    "image": "image",
    "component": "dimension",
    # two graphs
    "sampled_title": "Drawn: z ~ N(μ, σ²)",
    "trick_title": "Computed: z = μ + σ·ε, ε ~ N(0, 1)",
    "sampled_graph": "Graph with z drawn: the gradient stops at the draw",
    "trick_graph": "Graph with z computed from noise: the gradient reaches μ and log σ²",
    "stop": "the gradient stops",
    "no_gradient": "no",
    "sampled_note": (
        "z was drawn: it is a number, not a function of μ and σ. ∂z/∂μ does not exist, so backward() ends here."
    ),
    "sampled_detour": (
        "The score function goes around it, by values of f alone: f(z)·∂log q(z)/∂μ = {value} · {weight} = {product}."
    ),
    "trick_note": "ε was drawn, z is computed: ∂z/∂μ = 1, ∂z/∂σ = ε, ∂σ/∂log σ² = ½σ. No gradient is needed for ε.",
    "trick_step": "The gradient flows, but f′(z) = 0 at every draw: what arrives at μ is 0. The slope of E[f] is not.",
    "curve": "f, the density of z, and E[f] as a function of μ",
    "legend_f": "f(z); its slope at z is what this draw gives",
    "legend_expected": "E[f] for z ~ N(m, σ²), against m; its slope at μ is what is wanted",
    "legend_density": "density of z",
    # draw by draw
    "noise_plane": "ε ~ N(0, I), drawn once",
    "z_plane": "z = μ + σ·ε",
    "noise_plane_name": "Draws of noise",
    "z_plane_name": "The same draws as z",
    "handle": "μ in the plane of z; arrow keys move it",
    "rings": "1σ and 2σ: 39 % and 86 % inside",
    "planes_note": (
        "The numbers mark the same draws left and right. Drag the blue dot, or the sliders: every z moves, no ε does. "
        "Click a dot to look at that draw."
    ),
    "backdrop": "faint: where the model puts its test images",
    "shown_first": "the first {shown} of {n} draws are shown",
    "decoded_mean": "decoded at μ",
    "decoded_z": "decoded at z",
    "decoded_title": "decoded by",
    # estimators
    "pathwise": "pathwise",
    "score": "score function",
    "expected": "score, b = E[f]",
    "best": "score, best b*",
    "truth": "true gradient",
    "reference": "reference",
    "head_estimator": "estimator",
    "head_mean": "mean of n ± SE",
    "head_variance": "variance of one draw",
    "head_exact": "in closed form",
    "head_exact_vae": "over {draws}",
    "head_histogram": "estimates, a draw each",
    "head_running": "running mean ± 2 SE, against draws",
    "head_cost": "draws for the same error",
    "outside": "outside",
    "wrong": "wrong",
    "times": "×",
    "wins_title": "Who scatters less?",
    "wins_map": "Map of the variance ratio over μ and log σ²",
    "wins_handle": "μ and log σ² in the map; arrow keys move them",
    "wins_path": "pathwise",
    "wins_score": "score function",
    "wins_line": "dashed: with b*, equal",
    "wins_none": "pathwise is wrong everywhere: no ratio",
    "verdict_path": "Pathwise wins: the score function needs {ratio} times as many draws for the same error.",
    "verdict_score": "The score function wins: pathwise needs {ratio} times as many draws for the same error.",
    "verdict_even": "Both scatter alike.",
    "verdict_baseline": "Here the baseline E[f] does harm: {expected} instead of {score}; the best one helps: {best}.",
    "verdict_step": (
        "Pathwise is wrong: it gives 0 at every draw, with variance 0. The truth is {truth} = {formula}. The score "
        "function is right."
    ),
    "verdict_step_zero": (
        "Pathwise gives 0 at every draw. Here the true gradient is 0 too: at μ = 0 by symmetry, elsewhere because no "
        "draw comes near the step."
    ),
    "verdict_flat": (
        "f is constant here: its gradient is 0, pathwise knows it, and the score function without a baseline does not."
    ),
    # real VAE
    "vae_intro": (
        "f(z) is the model's −log p(x|z) of one image x, z drawn from its posterior q(z|x); the KL's gradient is "
        "known exactly, and is added to all."
    ),
    "vae_posterior": "posterior of image {image} (class {label})",
    "vae_original": "The image itself",
    "vae_decoded": "Decoded at the posterior's mean",
    "vae_loss": "−log p(x|z) on average",
    "vae_best": "b*",
    "vae_kl": "the KL's part",
    "verdict_vae": (
        "Reference from {draws} draws: {truth} ± {error}. Score function: {score} times the variance of pathwise; "
        "with the best baseline {best} times."
    ),
    # the code
    "code_wait": "Python is starting; the source appears in a moment.",
    "code_path": "with the sliders' μ and log σ²:",
    "code_image": "for image {image} of {model}, with the ε of this draw, after total.backward():",
    # the check
    "check_wait": "Python computes the same …",
    "check_agree": "Python agrees (explorer.gaussian, torch.autograd)",
    "check_differ": "Python differs (explorer.gaussian, torch.autograd)",
    "check_difference": "largest difference",
    "check_sample": "Normal(μ, σ).sample().requires_grad is {sample}, .rsample()’s is {rsample}",
    "announce": "z is {z}, f of z is {value}, by μ {mean}, by log σ² {logvar}",
}
