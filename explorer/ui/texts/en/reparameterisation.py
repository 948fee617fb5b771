"""Lesson 2: the reparameterisation trick."""

from explorer.ui.texts.en import datasets
from explorer.ui.texts.en.common import MODEL_LIST

NO_VAES = """**There is no model to decode with.** The folder `pretrained/` holds none with two latent dimensions that
can be opened. Run `python train.py` to train them, or `python train.py --dataset digits` for small ones without a
download."""

VAE_RUN = "Measure with {draws} draws"
VAE_RUN_HELP = (
    "PyTorch draws z from the posterior of this image, decodes it, and differentiates the loss. Any other change "
    "on the page stops the measurement, and you can continue it. MNIST takes half a minute on two cores."
)
VAE_AGAIN = "Estimate with these {n} draws"
VAE_GO_ON = "Continue after {done} draws"
VAE_STOPPED = "The measurement was stopped. Its draws are kept."
VAE_CANCEL = "Cancel"
VAE_REFERENCE, VAE_DRAWS = "Reference: {done} of {draws} draws", "Your {n} draws: {done}"
VAE_IDLE = "Nothing is measured yet: press the button."
NOT_A_VAE = "The loss of {model} has no KL of a posterior N(μ, σ²) from N(0, I): choose a VAE whose prior is N(0, I)."
NO_IMAGES = "The loss needs the image, but {why}. {remedy}"
FETCH_OR_CHOOSE, CHOOSE = "Fetch the pictures above, or choose another VAE.", "Choose another VAE."

GUIDE = """
**The problem.** Training a VAE needs the gradient of an expectation, ∂/∂μ E[f(z)] with z ~ N(μ, σ²). Here μ and σ²
are parameters of the *distribution*, and the value of a draw has no derivative with respect to the parameters of its
distribution. **The trick**: draw ε ~ N(0, 1), which has no parameters, and compute z = μ + σ·ε with σ = exp(½ log
σ²). The distribution of z is the same. But now z is a differentiable function of μ and log σ²: ∂z/∂μ = 1, ∂z/∂σ = ε.

**Two graphs** shows the same draw, written in both ways. The figure below them has three curves: f, the density of z,
and E[f] for z ~ N(m, σ²) as a function of m. The gradient with respect to μ is the slope of E[f] at m = μ. One draw
gives the slope of f at z. **Draw by draw**: if μ or σ moves, the same draws of ε give other z. One z is decoded.
**Estimators**: θ is a parameter, μ, σ or log σ². *Pathwise* is the trick, f′(z)·∂z/∂θ. The *score function*
(REINFORCE) needs no derivative of f: (f(z) − b)·∂log q(z)/∂θ, with the density q of z. It is unbiased for every
constant b, the baseline. Both are unbiased where f is smooth, and differ in their variance. For a step, f′ is 0
wherever it exists: pathwise returns 0 with a variance of 0, and is wrong. **A real VAE**: the same estimators for the
loss of a trained VAE at one image, in Python. **The code**: the lines that this program runs, with the current
numbers. **Predict**: six questions about the current draw.

*SE* is the standard error: ± is one SE, a band two. *s* is the score, ∂log q(z)/∂θ. *b\\** is the baseline with the
least variance, E[f s²] / E[s²]. *∂z* is ∂z/∂θ, and *∂E* is the true gradient. φ is the density of N(0, 1). After each
change, Python computes the same with `explorer.gaussian`, `explorer.estimators` and `torch.autograd`, from the same
ε. The line at the foot compares the results. The address contains the view: copy it to share what you see.
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
    "view_predict": "Predict",
    "lead_graphs": "No gradient passes through a draw. It passes through z = μ + σ·ε, because that is computed.",
    "lead_draws": "Move μ or σ: the same draws of ε give other z.",
    "lead_estimators": "Four estimators of one gradient, from the same draws: which of them has the least variance?",
    "lead_vae": "The gradients of a trained VAE's loss at one image, by the same estimators.",
    "lead_code": "The lines that this program runs, with the current numbers.",
    "lead_predict": "Questions about this draw: answer first, then see the numbers.",
    "parameters": "Parameters",
    "function": "f(z) =",
    "function_name": "The function f",
    "step_sign": "step 1[z &gt; 0]",
    "by": "gradient w.r.t.",
    "by_name": "The parameter of the gradient",
    "axes_own": "own axes",
    "axes_title": "Give each estimator an axis of its own, instead of one axis for all",
    "draws_n": "draws n",
    "fresh": "Fresh draws",
    "fresh_title": "A new seed: other ε from N(0, 1). The address contains the seed.",
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
        "The score function needs only values of f. With the density q of z: f(z)·∂log q(z)/∂μ = {value} · {weight} = "
        "{product}."
    ),
    "trick_note": "ε was drawn, z is computed: ∂z/∂μ = 1, ∂z/∂σ = ε, ∂σ/∂log σ² = ½σ. No gradient is needed for ε.",
    "trick_step": "The gradient passes, but f′(z) = 0 at every draw, so μ receives 0. The slope of E[f] is not 0.",
    "curve": "f, the density of z, and E[f] as a function of μ",
    "legend_f": "f(z): one draw gives its slope at z",
    "legend_expected": "E[f] for z ~ N(m, σ²), against m: the gradient is its slope at μ",
    "legend_density": "density of z",
    # draw by draw
    "noise_plane": "ε ~ N(0, I), drawn once",
    "z_plane": "z = μ + σ·ε",
    "noise_plane_name": "Draws of noise",
    "z_plane_name": "The same draws as z",
    "handle": "μ in the plane of z; arrow keys move it",
    "rings": "1σ and 2σ: 39 % and 86 % inside",
    "planes_note": (
        "Equal numbers mark the same draw on both sides. Drag the blue dot or the sliders: all z move, and no ε does. "
        "Click a dot to choose that draw."
    ),
    "backdrop": "faint: the model's codes of test images",
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
    "head_histogram": "estimates, one for each draw",
    "head_running": "running mean ± 2 SE, against draws",
    "head_cost": "draws for the same error",
    "outside": "outside",
    "wrong": "wrong",
    "times": "×",
    "wins_title": "Which has less variance?",
    "wins_map": "Map of the variance ratio over μ and log σ²",
    "wins_handle": "μ and log σ² in the map; arrow keys move them",
    "wins_path": "pathwise",
    "wins_score": "score function",
    "wins_line": "dashed: equal with b*",
    "wins_none": "pathwise is wrong everywhere: no ratio",
    "verdict_path": "Pathwise wins: the score function needs {ratio} times as many draws for the same error.",
    "verdict_score": "The score function wins: pathwise needs {ratio} times as many draws for the same error.",
    "verdict_even": "Both have the same variance.",
    "verdict_baseline": (
        "Here the baseline E[f] raises the variance from {score} to {expected}. The best one lowers it to {best}."
    ),
    "verdict_step": (
        "Pathwise is wrong: it gives 0 at every draw, with variance 0. The truth is {truth} = {formula}, with φ the "
        "density of N(0, 1)."
    ),
    "verdict_step_seen": "The score function is right on average.",
    "verdict_step_few": (
        "Only {crossed} of the {n} draws crossed 0: the score function hardly saw the step, and its ± is too small."
    ),
    "verdict_step_none": (
        "None of the {n} draws crossed 0, so the score function saw no step: its ± is far too small."
    ),
    "verdict_step_zero": (
        "Pathwise gives 0 at every draw. Here the true gradient is 0 too: at μ = 0 by symmetry, elsewhere because no "
        "draw comes near the step."
    ),
    "verdict_flat": (
        "f is constant here, so its gradient is 0. Pathwise returns exactly 0. The score function without a baseline "
        "scatters."
    ),
    # real VAE
    "vae_intro": (
        "Here f(z) = −log p(x|z) for one image x, with z drawn from its posterior q(z|x). The gradient of the KL is "
        "known exactly, and is added to all estimates."
    ),
    "vae_posterior": "posterior of image {image} (class {label})",
    "vae_original": "The image itself",
    "vae_decoded": "Decoded at the posterior's mean",
    "vae_loss": "−log p(x|z) on average",
    "vae_best": "b*",
    "vae_kl": "gradient of the KL",
    "verdict_vae": (
        "Reference from {draws} draws: {truth} ± {error}. Score function: {score} times the variance of pathwise; "
        "with the best baseline {best} times."
    ),
    "vae_elsewhere": "",  # where nothing can be measured: what was
    # the code
    "code_wait": "Python is starting; the source appears in a moment.",
    "code_path": "with the sliders' μ and log σ²:",
    "code_image": "for image {image} of {model}, with the ε of this draw, after total.backward():",
    # predict
    "predict_figure": "The density of z, and one draw",
    "density": "density",
    "spreads": "Standard deviation of one estimate",
    "predict_hint": "The questions are about this μ, σ, ε and f. Change them: the answers are computed again.",
    "shuffle": "Other numbers",
    "shuffle_end": "Other numbers asks them again of another Gaussian and another draw.",
    "stays_question": "z was drawn from N(μ, σ²). Now μ grows by 1. What does this z do?",
    "stays_options": "it moves by 1|it moves by ε|it stays",
    "stays_because": (
        "z = {z} is a number that was drawn. It is not a function of μ, so ∂z/∂μ does not exist: the gradient stops at "
        "the draw."
    ),
    "stays_scene": "Dashed: N(μ + 1, σ²), and z where you expect it.",
    "stays_shown": "Dashed: N(μ + 1, σ²). z is where it was.",
    "moves_question": "Now z = μ + σ·ε is computed. ε stays, and σ grows by 1. What does z do?",
    "moves_options": "it moves by 1|it moves by ε|it moves by σ",
    "moves_because": "z goes from {z} to {after}, by ε = {noise}: ∂z/∂σ = ε. For every draw, ∂z/∂μ = 1.",
    "moves_scene": "Dashed: N(μ, (σ + 1)²), and z where you expect it.",
    "moves_shown": "Dashed: N(μ, (σ + 1)²), and z with the same ε.",
    "same_question": (
        "The posterior of a second image has the mean μ + 2 and twice this σ. Both z are computed from one ε. What do "
        "they share?"
    ),
    "same_options": "z itself|the distance from z to its mean|that distance divided by its σ",
    "same_because": (
        "The first z is {z}, the second {after}. For both, (z − μ)/σ = ε = {noise}. ε has no parameters, so it needs "
        "no gradient."
    ),
    "same_scene": "Dashed: N(μ + 2, (2σ)²), and its z where you expect it.",
    "same_shown": "Dashed: N(μ + 2, (2σ)²), and its z with the same ε.",
    "logvar_question": "The encoder gives log σ². It grows by 1. What does σ do?",
    "logvar_options": "it grows by 1|it grows by ½|it is multiplied by √e = 1.65",
    "logvar_because": (
        "log σ² goes from {before} to {after}, σ from {std} to {std_after}. A step in log σ² multiplies σ: "
        "∂σ/∂log σ² = ½σ = {half}. So σ stays positive."
    ),
    "logvar_scene": "Dashed: the width that you expect.",
    "logvar_shown": "Dashed: log σ² + 1.",
    "variance_question": "For this f, μ and σ: which estimate of the gradient has more variance?",
    "variance_options": "pathwise|score function|both have the same",
    "variance_because": (
        "Variance of one estimate: pathwise {pathwise}, score function {score}. The one with more variance needs "
        "{ratio} times as many draws for the same error."
    ),
    "variance_step": (
        "Variance of one estimate: pathwise {pathwise}, score function {score}. A step has the "
        "slope 0 at every draw, so pathwise gives 0 with variance 0. The true gradient is {truth}."
    ),
    "variance_flat": (
        "Variance of one estimate: pathwise {pathwise}, score function {score}. f is constant here, so its slope "
        "is 0. Pathwise uses the slope, the score function the values of f."
    ),
    "variance_scene": "The bars: as you expect them.",
    "variance_shown": "The bars: the standard deviations, the larger one at full length.",
    "zero_question": "σ goes to 0. What does the variance of the score function do?",
    "zero_options": "it falls to 0|it settles at a value above 0|it grows without bound",
    "zero_because": (
        "At σ = {stds}: {variances}. The score function multiplies f by the score, {weight}. Near σ = 0, f is f(μ) at "
        "every draw."
    ),
    "zero_scene": "Dashed: a thousandth of σ. The bar: as you expect it there; the line marks it at σ.",
    "zero_shown": "Dashed: a thousandth of σ. The bar: the standard deviation there; the line marks it at σ.",
    # the check
    "check_wait": "Python computes the same …",
    "check_agree": "Python agrees (explorer.gaussian, torch.autograd)",
    "check_differ": "Python differs (explorer.gaussian, torch.autograd)",
    "check_difference": "largest difference",
    "check_sample": "Normal(μ, σ).sample().requires_grad is {sample}, .rsample()’s is {rsample}",
    "announce": "z is {z}, f of z is {value}, gradient with respect to μ {mean}, to log σ² {logvar}",
}
