"""Lesson 1: the KL divergence."""

from explorer.ui.texts.en import common, datasets

GUIDE = """
**The KL divergence** KL(q‖p) = ∫ q(z) log(q(z)/p(z)) dz says how much q differs from p, in nats (natural logarithms).
It is never negative, 0 only where q and p are equal, and not symmetric. In a variational autoencoder q is the encoder's
q(z|x) and p the prior p(z): this is the term that holds the latent space in place. The lecture writes D_KL(q(x)‖p(x)),
Σ(x) and log var(x) for what is called KL(q(z|x)‖p(z)), σ² and log σ² here.

**One dimension.** Drag a curve by its top (mean) or by its flank (width). Below, the integrand: red adds to the KL,
blue takes away. Under it the area counted up from the left; drag the dashed line, or press *Count up*. **Two
dimensions.** Drag an ellipse by its centre, or by the ends of its axes: along an axis changes the length, across it the
tilt. The inner ellipse holds 39 % of the Gaussian (1σ), the outer one 86 % (2σ). **Derivation.** From the integral to
the line of code that a VAE trains with. Each step is cheaper, and holds for a smaller family of Gaussians. **Why
log σ²**: the same descent in σ, where it can fail, and in log σ², where it cannot. **Both halves**: the loss of a
trained VAE at one image, against the width of q. **Collapse**: the KL of each latent dimension, and what it changes in
the picture. **Predict**: six questions; answer before you reveal. A handle or slider in focus moves with the arrow keys
(with Shift: far). The address holds everything: copy it to share what you see.

**What is computed where.** What moves is computed in the browser, in double precision. When a change is finished,
Python computes the same with `explorer.gaussian` and `torch.autograd`, and the page says how far the two are apart.
Numerical integration in one dimension is Simpson's rule over 600 cells; in two dimensions a sum over 37 × 37 points
that follow q. Fits are gradient descent on mean and log σ², with gradients by numerical integration, in units of q (the
natural gradient).
"""

WORDS = {
    "title": "Recall the KL divergence",
    "model_list": common.MODEL_LIST,
    "datasets": datasets.WORDS,
    "tab_one": "One dimension",
    "tab_two": "Two dimensions",
    "tab_derivation": "Derivation",
    "tab_log_var": "Why log σ²",
    "tab_loss": "Both halves",
    "tab_collapse": "Collapse",
    "tab_predict": "Predict",
    "lead_one": "Drag a curve: the red area adds to the KL, the blue area takes away from it.",
    "lead_two": "Drag an ellipse: the KL of two Gaussians is a sum of four terms, a bar for each.",
    "lead_derivation": "Six steps from the integral to the line of code that a VAE trains with.",
    "lead_log_var": "The same descent in σ and in log σ²: in σ a step can go below zero, where the loss is NaN.",
    "lead_loss": "Move the width of q: the KL pushes σ up, the reconstruction pushes it down.",
    "lead_collapse": "Which latent dimensions does a VAE use? An unused one has KL 0 and leaves the picture as it is.",
    "lead_predict": "Questions about these two curves: answer first, then see the numbers.",
    "closed_form": "closed form",
    "integral": "integral",
    # Python and the browser
    "no_python": "…",
    "computing": "Python is computing the same …",
    "agrees": "✓ Python agrees: {count} values, at most {distance} apart",
    "disagrees": "✗ Python and this browser differ by {distance}: please report the address of this page",
    # one dimension
    "curves_name": "Densities of p and q",
    "density": "density",
    "running_area": "area so far",
    "mean_handle": "{who}: mean; arrow keys move it",
    "width_handle": "{who}: width; arrow keys change it",
    "gap_handle": "{who}: distance of the bumps; arrow keys change it",
    "limit_handle": "upper limit of the area of {kl}; arrow keys move it",
    "limit": "up to z",
    "gap": "gap of p",
    "count": "▶ Count up",
    "reset": "Reset",
    "two_bumps": "p: two bumps",
    "one_gaussian": "p: one Gaussian",
    "fit_q": "Fit q by KL(q‖p)",
    "fit_qtitle": "Zero-forcing: q pays where p has no mass, so it stays on one bump",
    "fit_p": "Fit q by KL(p‖q)",
    "fit_ptitle": "Mass-covering: q pays for all of p that it leaves out, so it covers both bumps",
    "hint": "Drag the curves: their tops (mean) and flanks (width). A gap above 0 splits p into two bumps.",
    "fit_hint": "p = 0.6 N(μ − gap, σ²) + 0.4 N(μ + gap, σ²). Fit q in both directions, and from other starts.",
    "fitted": "KL({direction}) is least at q = N({mean}, {std}²): {kl} nats; {steps} steps from {from}.",
    "not_converged": (
        "KL({direction}) after {steps} steps from {from}, not yet at its minimum: q = N({mean}, {std}²), {kl} nats."
    ),
    "elsewhere": "But only nearby: at N({mean}, {std}²) it is {kl}.",
    "counted": "{counted} up to z = {limit}",
    "counted_all": "{counted} in all",
    "no_closed_form": "Two bumps: there is no closed form, only the integral.",
    # two dimensions
    "plane_name": "p and q in the plane",
    "bars_name": "The four terms, and the KL",
    "centre_handle": "{who}: centre; arrow keys move it",
    "axis_handle": "{who}: axis {axis}; up and down change its length, left and right its tilt",
    "axis": "axis",
    "tilt": "tilt°",
    "swap": "q ⇄ p",
    "swap_title": "Exchange q and p",
    "go_to": "Examples …",
    "go_to_name": "Go to an example",
    "place_correlated": "Full covariance → N(0, I)",
    "place_reversed": "N(0, I) → full covariance",
    "place_correlation": "Correlation 0.6 → N(0, I)",
    "place_both": "Both with correlation",
    "place_wide": "N(0, I) → N(0, 25 I)",
    "place_equal": "Equal: KL = 0",
    "terms": "trace: how wide|mean: how far|−½ k|log-determinant|KL(q‖p)",
    "plane_hint": "Inner ellipse 1σ (39 %), outer 2σ (86 %). Axes are standard deviations.",
    # derivation
    "steps_name": "Steps",
    "back_step": "Step back",
    "next_step": "Next step",
    "step_titles": "The integral|Full covariance|p = N(0, I)|Diagonal Σ|σ² instead of Σ|log σ² instead of σ²",
    "step1": (
        "The definition: the mean of log(q/p) over draws of q. It holds for any two densities, but an integral must "
        "be computed: on a grid (few dimensions only) or from samples."
    ),
    "step2": (
        "For two Gaussians the integral has a closed form. log(q/p) is a quadratic form in z, and its mean under q "
        "needs only means and covariances. k is the number of dimensions, tr the trace (the sum of the diagonal), det "
        "the determinant."
    ),
    "step3": (
        "In a VAE p is the standard normal, so all terms of p drop out. From here on the value is that of q against "
        "N(0, I), whatever p is drawn."
    ),
    "step4": (
        "A VAE's encoder gives no correlations. With a diagonal Σ the trace is a sum and the determinant a product. "
        "From here on the value is that of q without its correlation."
    ),
    "step5": (
        "A diagonal matrix is mostly zeros: keep its diagonal alone, as a vector σ². The log of the product becomes a "
        "sum, and the KL a sum over dimensions."
    ),
    "step6": (
        "The encoder gives log σ², any real number, so that σ² = e^(log σ²) is always positive. This is the line that "
        "a VAE trains with."
    ),
    "code_hint": (
        "The code that Python has just run for this step: the call, then the functions of explorer.gaussian behind it."
    ),
    "code_name": "Source code of this step",
    "step_value_name": "Value of this step",
    "step_set": "for {set}",
    "nats": "nats",
    "set_names": "q and p as drawn|q as drawn, p = N(0, I)|q without correlation, p = N(0, I)",
    "monte_carlo": "Monte Carlo",
    "python_finds": "Python: {value}",
    "forms_agree": "All forms in a column agree (to {distance}). · : this formula does not hold for those Gaussians.",
    "forms_disagree": "Forms in a column differ by {distance}: numbers this extreme cost digits.",
    "parameters": "q = N({qm}, {qc}), p = N({pm}, {pc})",
    "prior_replaced": "Replacing p by N(0, I): {before} → {after} nats. Equal only if p was N(0, I).",
    "correlation_lost": "Dropping the correlation {rho} takes −½ log(1 − {rho}²) = {lost} nats off.",
    "no_correlation": "q has no correlation: nothing is dropped.",
    "draws": "n",
    "draws_name": "Draws of the Monte Carlo value",
    "again": "Draw again",
    "error_bars_name": "Monte Carlo values with their errors",
    "here_draws": "this browser",
    "python_draws": "Python",
    "error_bars_hint": (
        "Line: exact. Bars: one and two standard errors; two hold the exact value in about 95 of 100 repeats, from "
        "n = 100 on."
    ),
    # why log-variance
    "same_descent": "One descent, twice",
    "descent_text": (
        "Gradient descent on KL(q‖p) over q's width; the means are held. Once in σ, once in log σ², with one rate η."
    ),
    "rate": "rate η",
    "step": "step",
    "fatal_button": "Take σ below zero",
    "run_std": "In σ:",
    "run_log_var": "In log σ²:",
    "dies_at": "step {step}: σ = {std}",
    "run_dead": (
        "Step {step}: σ = {before} − {rate} · {gradient} = {after}. There is no log of that: the loss is NaN, and the "
        "training is lost. (Faint: the gradient's formula alone would not notice, and go on.)"
    ),
    "run_alive": "After {steps} steps σ = {std} (best: {goal}), KL = {kl} nats. σ stayed positive.",
    "run_far": (
        "After {steps} steps log σ² = {lv}: a step was far too long, and the way back is at most η/2 = {half} a step. "
        "But every number is finite: KL = {kl} nats."
    ),
    "fatal": (
        "In σ, the first step goes below zero for every η above {fatal}, and the descent settles only for η below "
        "σₚ² = {safe}. In log σ² it cannot go below zero at all, and settles for η below 4 whatever p is."
    ),
    "never_fatal": (
        "From σ = {std} the first step goes up. In σ the descent settles only for η below σₚ² = {safe}; in log σ² for "
        "η below 4, whatever p is."
    ),
    "bench_title": "What float32 makes of exp(log σ²)",
    "presets_name": "Values of log σ²",
    "variance": (
        "log σ² = {lv}: σ² = exp(log σ²) = {value} in float32. Its largest number is {largest}: past log "
        "σ² = {overflow} exp is infinite."
    ),
    "bench_form": "KL of N(0, σ²) from N(0, 1), float32",
    "bench_gradient": "gradient by log σ²",
    "here": "browser",
    "ours": "· explorer.gaussian",
    "clamp_first": "· first",
    "double": "double precision",
    "verdict_overflow": (
        "exp overflows: KL and gradient are infinite. The code does not hide that: an infinite loss is seen at once, "
        "a clamped one is not. Its gradient is 0, so nothing brings log σ² back. A start near log σ² = 0 and a KL "
        "that pulls there keep training far from it."
    ),
    "verdict_clamp": (
        "No overflow yet. The clamp returns the wrong KL, and a gradient of 0: log σ² would stay where it is for "
        "ever. explorer.gaussian has no clamp, so its gradient still pulls back."
    ),
    "verdict_small": (
        "Near log σ² = 0, exp(lv) − 1 loses its digits: both are almost 1. expm1 keeps them, which is why "
        "explorer.gaussian uses it."
    ),
    "verdict_fine": "Here all forms agree to float32's digits. Try 0.0001, 30 and 88.8.",
    # both halves of the loss
    "vae": "VAE",
    "image": "Test image",
    "of_images": "of 0 to {most}",
    "next_image": "Next image",
    "absent": "There is no VAE here.",
    "picture_x": "Picture x",
    "decoded_at_mean": "VAE decoded at μ",
    "decoded_at_draw": "VAE decoded at one draw of q",
    "width_figure": "BCE, KL and their sum against log σ²",
    "width_axis": "log σ²",
    "nats_axis": "nats above the least of each curve",
    "of_width": "Width of q, log σ²; arrow keys change it",
    "best_width": "To the least loss",
    "halves_caption": "q = N(μ, σ² I), in nats",
    "column_here": "here",
    "column_least": "least loss",
    "halves_first": "BCE: −log p(x|z), mean under q",
    "halves_second": "β · KL, β = {beta}",
    "halves_total": "loss",
    "halves_note": (
        "μ is the mean that the encoder gives for x. The BCE is a mean over 64 draws of ε, the same for all widths. "
        "Dashed line: the least loss. Dotted lines: the σ of the encoder, in the plane. A σ that is smaller by a "
        "factor of e adds 1 nat of KL for each dimension."
    ),
    "to_bound": "With β = 1 the loss is −ELBO: see lesson 0.",
    "to_collapse": "What happens to a dimension that is not worth its KL?",
    "halves_said": "Loss {total} nats; it is least at σ = {std}",
    # collapse
    "use_title": "Mean KL of each latent dimension, the largest first",
    "nats_of": "(the highest bar: {nats} nats)",
    "dimension": "Dimension",
    "strip_title": "One code, decoded with seven values of this dimension",
    "strip_name": "Pictures at −3 to 3 of this dimension",
    "decoded_at_value": "VAE decoded at this value",
    "use_kl": "mean KL of this dimension, nats",
    "use_variance": "variance of its μ over the test set",
    "use_change": "change of the picture from −z to z, pixels",
    "use_total": "mean KL of all dimensions, nats",
    "use_active": "active dimensions",
    "active_of": "{active} of {all}",
    "is_active": "{name} is active: its μ depends on the picture, so it carries information, and the KL is its price.",
    "is_inactive": (
        "{name} has collapsed: for every picture the encoder gives N(0, 1), the prior. It costs nothing, and the "
        "decoder does not use it."
    ),
    "siblings_caption": "VAEs of this dataset, means over the test set in nats",
    "siblings_dimensions": "dimensions",
    "collapse_note": (
        "A dimension stays active if it lowers the BCE by more than β times its KL. A larger β therefore collapses "
        "more dimensions. A dimension counts as active if the variance of its μ is above 0.01 (Burda et al. 2016)."
    ),
    "to_model": "Open this model in the explorer.",
    "collapse_said": "{name}: KL {kl} nats, the picture changes by {change} pixels",
    # predict
    "predict_hint": "The questions are about these two, as they stand. Change them: the answers are computed again.",
    "shrink_scene": "Dashed: q with a tenth of its σ.",
    "faster_scene": "Dashed: q with a tenth of its σ.",
    "moved_scene": "Dashed: both, moved by 5 and stretched to three times their width.",
    "fits_scene": "Dashed: q where you guess it ends, and p if it has another shape in the question.",
    "fits_shown": "Dashed: q where KL(q‖p) is least, and p if it has another shape in the question.",
    "shuffle": "Other Gaussians",
    "shuffle_end": "Other Gaussians asks them again of two new curves.",
    "larger_question": "Which of the two is larger?",
    "larger_options": "KL(q‖p)|KL(p‖q)|they are equal",
    "larger_because": (
        "KL(q‖p) = {a}, KL(p‖q) = {b} nats. The price is high where the first has mass and the second has none."
    ),
    "shrink_question": "q's mean stays, and its σ goes to 0. What does KL(q‖p) do?",
    "shrink_options": "it falls to 0|it settles at some value|it grows without bound",
    "shrink_because": (
        "At σ = 1, 0.1, 0.01, 0.001: {list} nats. Each factor of ten adds {each} in the end; ln 10 = 2.30. A point "
        "has an infinite KL, but it gets there slowly, as −log σ."
    ),
    "faster_question": "q's σ goes to 0 again. Which of the two grows faster?",
    "faster_options": "KL(q‖p)|KL(p‖q)|both alike",
    "faster_because": (
        "At σ = 0.01: KL(q‖p) = {a}, KL(p‖q) = {b} nats. p has mass where q has none, and q's logarithm there falls "
        "as 1/σ²."
    ),
    "moved_question": "Both are moved by 5 and stretched to three times their width. What does KL(q‖p) do?",
    "moved_options": "it grows|it stays|it falls",
    "moved_because": "Before {before}, after {now} nats. The KL does not ask in which units z is measured.",
    "twice_question": "Two independent dimensions, each with this q and this p. KL(q‖p) in the plane is",
    "twice_options": "the same|twice as much|something else",
    "twice_because": (
        "One dimension {one}, two {both} nats. Over independent dimensions the KL adds up: that is why a VAE's KL is "
        "a sum over its latent dimensions."
    ),
    "fits_question": (
        "p has two bumps (its own, or at ±2), and q is fitted to it: KL(q‖p) is made as small as it can be. Where "
        "does q end?"
    ),
    "fits_options": "on one bump|between the bumps, over both",
    "fits_because": (
        "By KL(q‖p): N({m1}, {s1}²), {kl1} nats. By KL(p‖q): N({m2}, {s2}²), {kl2} nats. The first pays wherever p "
        "has nothing, the second for all of p that is left out."
    ),
}
