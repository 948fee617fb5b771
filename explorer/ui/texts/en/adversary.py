"""Lesson 3: the adversary."""

from explorer.ui.texts.en import datasets
from explorer.ui.texts.en.common import MODEL_LIST

CHECKED_FIELD = "Python, with torch's gradients: logit {logit}, pull ({x}, {y})"
CHECKED_TEACH = "Python, from {draws} draws: JSD {jsd} ± {error}"

WORDS = {
    "model_list": MODEL_LIST,
    "datasets": datasets.WORDS,
    "title": "The adversary: a network as a loss",
    "tab_terms": "The substitution",
    "terms_lead": "The KL of a VAE has two parts. A discriminator of codes takes the place of the second alone.",
    "terms_images": "Images",
    "terms_count": "{n} test images, evenly spaced",
    "terms_bars": "The mean KL, and its two parts",
    "terms_kl_short": "E KL",
    "terms_information_short": "I(n; z)",
    "terms_marginal_short": "KL(q(z)‖p(z))",
    "terms_caption": "In nats, for these images",
    "terms_information": "I(n; z) ≤ log N: what a code tells of its image",
    "terms_cap": "its largest possible value, log N",
    "terms_marginal": "KL(q(z)‖p(z)): how far the codes of these N images are from the prior",
    "terms_sum": "sum of both",
    "terms_kl": "E KL(q(z|x)‖p(z)), closed form",
    "terms_note": (
        "n is the number of an image, q(z) the mean of the q(z|x) of these N images. Where I(n; z) is near log N, "
        "KL(q(z)‖p(z)) is little more than KL − log N, and far above that of all images. Both parts are means over one "
        "draw of z of each image, so their sum scatters about the closed form. D(z) sees codes and draws of the prior, "
        "and never x: it can tell q(z) from p(z), and nothing of I(n; z). Therefore an AAE does not pay for what its "
        "codes tell, and needs no q(z|x)."
    ),
    "terms_to_loss": "The terms for one picture: lesson 0.",
    "terms_to_explorer": "q(z) against p(z) in the explorer.",
    "terms_said": "I(n; z) {information} nats, KL(q(z)‖p(z)) {marginal} nats",
    # a point, not a cloud
    "tab_point": "A point, no cloud",
    "point_lead": "Give the code of an AAE a width σ: no term of its loss keeps σ from 0. So its encoder is a point.",
    "point_image": "Test image",
    "of_images": "of 0 to {most}",
    "point_next": "Next image",
    "point_figure": "BCE, −log D and their sum against log σ²",
    "width_axis": "log σ²",
    "nats_axis": "nats above the least of each curve",
    "of_width": "Width of q, log σ²; arrow keys change it",
    "point_x": "Picture x",
    "point_at_code": "AAE decoded at the code",
    "point_at_draw": "AAE decoded at one draw of q",
    "point_caption": "q = N(e(x), σ² I), in nats",
    "point_here": "here",
    "point_least": "least loss",
    "point_first": "BCE: −log p(x|z), mean under q",
    "point_second": "λ · (−log D(z)), λ = {weight}",
    "point_total": "loss",
    "point_kl": "KL(q‖p), which is not in this loss",
    "point_elbo": "ELBO = −BCE − KL",
    "point_lost": (
        "As σ shrinks from {from} to {to}, BCE + KL changes by {vae} nats, and the loss of the AAE by {aae} nats. "
        "Below that the AAE's loss stays where it is. The KL goes on growing: 1 nat for each dimension and factor of e."
    ),
    "point_note": (
        "Dashed curve: BCE + KL, the loss of a VAE with this decoder. Its KL holds σ up. What the AAE loses with "
        "q(z|x): the ELBO, a bound on log p(x); a number for how sure a code is; a decoder that was trained on a cloud "
        "about each code. The BCE and −log D are means over 64 draws of ε, the same for all widths."
    ),
    "point_to_halves": "The same figure for a VAE: lesson 1.",
    "point_said": "Loss {total} nats, ELBO {elbo} nats",
    "tab_field": "The field that pulls",
    "tab_teach": "What should it be taught?",
    "tab_play": "Two players",
    "tab_readings": "The wrong readings",
    # the field that pulls
    "field_lead": (
        "The KL term pulls means to 0. D pushes codes from where there are too many to where there are too few. Drag "
        "the moment of training: at the end hardly anything is left to push."
    ),
    "kl_map": "Field of the KL term",
    "d_map": "Field of the discriminator",
    "vae_model": "VAE",
    "aae_model": "AAE",
    "no_vae": "There is no planar VAE with the prior N(0, I) to show.",
    "no_aae": "There is no planar AAE to show: python train.py trains one.",
    "kl_caption": (
        "Blue: ½‖μ‖², the part of KL(N(μ, σ²)‖N(0, I)) that depends on μ; darkest at 8 nats or more.|Arrows: the force "
        "on a mean, −∇ ½‖μ‖² = −μ{beta}. Dots: the means of {count} test images, coloured by class."
    ),
    "beta": ", in this model's loss times β = {beta}",
    "d_caption": (
        "Amber: D(z) is above 50 %, D takes z for a draw of the prior. Violet: below 50 %, D takes z for a code.|No "
        "colour: it cannot tell. Arrows: the pull on a code, ∇ log D(z){weight}. Dots: the codes of {count} test "
        "images."
    ),
    "weight": ", in this model's loss times {weight}",
    "weight_none": ", which the encoder follows in a step of its own",
    "weight_rising": ", in this model's loss times {start} at first, times {weight} after {share} of the steps",
    "learnt_caption": (
        "The network alone; it should be −log q(z){rest}. Compared with the median over the codes: violet below it "
        "(codes are dense), amber above it (codes are rare).|Arrows: its gradient, away from dense places. Far from "
        "all codes the network has seen nothing, and its value means nothing. Where D is 50 % it is −log of the given "
        "prior, whatever the codes do."
    ),
    "given_caption": (
        "log p(z){smoothed}, which is given and not learnt. Amber: above the median over the codes; violet: below.|"
        "Arrows: its gradient, towards the prior's mass."
    ),
    "rest": " + log p(z) − log of the smoothed p(z)",
    "smoothed": " of the prior with noise of standard deviation {smoothing} added, as this discriminator is given it",
    "labelled_caption": " For label {label}: p(z|label) against q(z|label); the codes with that label are bold.",
    "recorded_caption": " Recorded at {points} × {points} points within ±4; arrows are differences between them.",
    "moment": "Moment of training",
    "moment_play_title": "Play the training from here to its end; from the end, play it again",
    "finished": "the finished models",
    "at_moment": "moment {moment} of {moments} · {share} of the steps",
    "trained": "Epoch {epoch} of {epochs}, step {step} of {steps}.",
    "untrained": "Before the first step.",
    "announced": "{name}: epoch {epoch}, step {step}",
    "no_recording": "The training of {name} was not recorded: its map shows the finished model.",
    "no_recordings": "The trainings of these models were not recorded: both maps show the finished models.",
    "part": "Part of the logit shown",
    "part_whole": "whole D",
    "part_learnt": "the learnt part",
    "part_given": "log p(z), given",
    "part_note": (
        "Our D's logit is network(z) + log p(z): the prior is known, so it is given, and the network has only to "
        "learn what is unknown, −log q(z)."
    ),
    "part_note_textbook": (
        "This D's logit is network(z) alone, as in the paper. Nothing is given: the network has to learn all of "
        "log p(z) − log q(z)."
    ),
    "not_given": "not given",
    "smoothed_note": (
        "The prior is given with noise of standard deviation {smoothing} added; the network learns the difference too."
    ),
    "fourier_note": (
        "This network is also given sines and cosines of {features} random directions of z, so that it sees thin gaps."
    ),
    "label": "Label",
    "point": "Point z",
    "at_point": "At the point z = {z}",
    "at_point_recorded": "At the point z = {z}, read off the recorded grid",
    "read_note": (
        "Read off the recorded grid: network(z) between its points on straight lines, the pull as a difference over a "
        "cell{exact}. Python checks the finished model alone: no other weights are kept."
    ),
    "read_exact": "; log p(z) is exact",
    "outside_note": (
        "The point is outside the recorded grid, which reaches to ±4: there, only the finished model can be asked."
    ),
    "row_mean": "KL term ½‖z‖²",
    "row_kl_pull": "its pull −z",
    "row_learnt": "network(z)",
    "row_given": "+ log p(z)",
    "row_logit": "= logit",
    "row_probability": "D(z)",
    "row_pull": "pull ∇ log D",
    "point_hint": "Drag the point on either map, or move it with the arrow keys.",
    "best_note": (
        "For the best D, D* = p/(p+q): if q = p everywhere, it is 50 % everywhere, without colour or arrows. What is "
        "left in colour is what training left unmatched, or what the network, which is smooth, did not learn."
    ),
    "finished_note": (
        "At the end the MNIST AAE's D is about 50 % wherever there are codes, although the scoreboard still sees thin "
        "gaps: this D is too smooth to see them."
    ),
    # what is ours, and not the paper's
    "textbook_note": (
        "This is no longer the textbook AAE. The discriminator of Makhzani et al. (2015) sees z alone, so it has to "
        "learn log p(z) too. With three plain optimisers the width of the codes depends on their learning rates: in "
        "one trial σ was 3.4 and 2.1 instead of 1. We add log p(z) because it is known, smooth D by a gradient "
        "penalty, and let its weight rise during training."
    ),
    "textbook_choose": (
        " To see the textbook's, choose {model} in the list above the map. The scoreboard compares the two."
    ),
    "textbook_shown": (
        "This is the textbook AAE of Makhzani et al. (2015). Its discriminator sees z alone, so it has to learn "
        "log p(z) too. Three plain optimisers take turns: encoder and decoder reconstruct, D learns, the "
        "encoder learns to fool D.{spread} Our AAE adds log p(z), because it is known, smooths D by a gradient "
        "penalty, and weighs D against the reconstruction."
    ),
    "textbook_spread": (
        " The standard deviations of its codes are {first} and {second} along the two axes; those of the prior are 1."
    ),
    "width_note": (
        "An AAE's encoder can also return a Gaussian; ours returns a point. With a Gaussian one, σ fell to 0.001 in "
        "our trials: without the KL, nothing in the loss keeps a width."
    ),
    "arrows_note": "Long arrows are shortened (tanh), so that weak ones can be seen.",
    # what should it be taught?
    "teach_lead": "Drag the cloud q or punch a hole into it: a network learns to tell its draws from p's.",
    "learnt_map": "Learnt D, and the cloud q",
    "best_map": "Optimal D* = p/(p+q)",
    "gap_map": "Gap |D − D*|",
    "gap_scale": "full violet from 0.5",
    "maps_caption": (
        "Amber: D above 50 %, z is taken for a draw of p. Violet: below, for one of q. Dots: draws of p (grey) and of "
        "q (green). Arrows: ∇ log D."
    ),
    "prior": "Prior p",
    "prior_normal": "N(0, I)",
    "prior_mixture": "mixture of 10",
    "prior_swiss": "swiss roll",
    "cloud_x": "μ₁ of q",
    "cloud_y": "μ₂ of q",
    "cloud_std": "σ of q",
    "cloud_hole": "hole, share",
    "punch": "Punch a 5 % hole",
    "fill": "Fill the hole",
    "centre": "q = N(0, I)",
    "move_cloud": "Cloud's mean; arrow keys move it",
    "scale_cloud": "Cloud's standard deviation; arrow keys change it",
    "move_hole": "Hole's centre; arrow keys move it",
    "hole_note": (
        "The hole: a disc with this share of q's mass is removed, and the rest is scaled up to mass 1. At the centre, "
        "5 % is a disc of radius 0.32 σ."
    ),
    "run": "Train",
    "pause": "Pause",
    "step": "1 step",
    "steps": "100 steps",
    "reset": "Reset",
    "reset_hint": "Forget what was learnt, and start again from the same seed",
    "seed": "Seed",
    "speed": "Steps a frame",
    "rate": "Rate",
    "number_steps": "steps taken",
    "number_jsd": "JSD(p, q), exact",
    "number_best": "L at D*",
    "number_loss": "L, held out",
    "number_bound": "log 2 − L/2 (on average ≤ JSD)",
    "number_gap": "mean |D − D*|",
    "gap_help": "The mean of |D − D*| over the held-out draws, half of them p's, half q's",
    "loss_help": "real BCE + fake BCE, mean over 2,000 draws of p and 2,000 of q that it does not learn from",
    "bound_help": "From the held-out draws, ± one standard error. It can lie above the JSD; its mean does not.",
    "jsd_help": "By quadrature from both densities, in nats",
    "loss_curve": "Loss of the discriminator over its steps",
    "level_chance": "log 4: chance",
    "level_best": "L at D*",
    "teach_curve": "L = real BCE + fake BCE, in nats. Thin: batches of 128. Thick: held-out draws.",
    # two players
    "play_lead": "In turn, D learns to tell codes from draws of the prior, and codes follow the arrows.",
    "play_map": "Codes and the discriminator between them",
    "play_caption": (
        "Green dots: codes. Grey: draws of the prior. Amber: D above 50 %, z is taken for a draw of the prior. "
        "Violet: below, for a code. Arrows: the pull on a code."
    ),
    "preset": "Situation",
    "preset_matched": "A fair match",
    "preset_strong": "D too strong",
    "preset_weak": "D too weak",
    "preset_pinned": "A pinned 50 %",
    "preset_dropping": "Mode dropping",
    "preset_own": "own settings",
    # a situation asks before it is played, and then says what happened
    "asks_matched": "Two moves of D for each of the encoder. Will the codes find the prior, and stay there? "
    "Press Play.",
    "asks_strong": "D makes 20 moves to one, and the encoder follows log(1 − D). Will the codes come faster? "
    "Press Play.",
    "asks_weak": "D learns slowly, and the codes move fast. Will they settle at the prior? Press Play.",
    "asks_pinned": "D sees batches behind batch norm. Will it move the cloud, which is far off? Press Play.",
    "asks_dropping": "The prior is ten Gaussians. Will all ten hold codes in the end? Press Play.",
    "says_matched": (
        "The codes drift to the prior and stay: two moves of D for each of the encoder keep D informed, so its arrows "
        "point where codes are missing."
    ),
    "says_strong": (
        "The codes creep, and spread. D makes 20 moves for each of the encoder, so D ≈ 0 on every code. The pull of "
        "the textbook's log(1 − D) is D times the slope of the logit: almost nothing. Choose log D, and the codes come."
    ),
    "says_weak": (
        "The codes rush through the prior and back, bunched, and do not settle. The loss stays near log 4. D learns "
        "slowly and the codes move fast, so its arrows point to where codes were missing before."
    ),
    "says_pinned": (
        "The cloud keeps its place and its width, far off, and the loss is log 4. Draws and codes come in batches of "
        "their own. Batch norm removes the mean and variance of each batch, so D sees no difference and cannot pull."
    ),
    "says_dropping": (
        "Only some of the ten Gaussians hold codes at any time, and they change. The encoder, a small network of "
        "noise, moves all codes to where D is fooled now, and D learns too slowly that they have gone there. The loss "
        "stays near log 4."
    ),
    "says_own": (
        "Your own settings. A loss near log 4 means that D cannot tell codes from draws. Look at the map: should it be "
        "able to?"
    ),
    "d_step": "Step D",
    "e_step": "Step encoder",
    "both_step": "Both",
    "play_run": "Play",
    "rate_d": "Rate of D",
    "rate_e": "Rate of encoder",
    "moves": "D's moves to one",
    "encoder": "Encoder",
    "encoder_codes": "free codes",
    "encoder_map": "network of noise",
    "encoder_line": "affine map of noise",
    "pull": "Encoder maximises",
    "pull_log": "log D",
    "pull_saturating": "−log(1 − D)",
    "norm": "Batch norm in D",
    "norm_off": "no",
    "norm_batch": "yes",
    "play_curve": "Loss of the discriminator: real BCE + fake BCE",
    "level_two": "log 4",
    "spread_curve": "Mean (distance from the prior's) and standard deviation of the codes",
    "spread_mean": "‖mean of codes − mean of p‖",
    "spread_std": "σ of codes",
    "spread_prior": "σ of p",
    "number_moves": "moves of D, of the encoder",
    "number_game_loss": "L, last batch",
    "number_generator": "−log D on codes",
    "number_mean": "mean of codes",
    "number_std": "σ of codes (of p)",
    "number_pull": "mean size of the pull",
    "number_modes": "Gaussians with codes",
    "modes_help": "Gaussians of the mixture that hold at least a third of their fair share of the codes",
    "play_norm_note": "Heat and arrows as the codes are seen: standardised by their own mean and variance.",
    # the wrong readings
    "readings_lead": "Both losses are log 4 = 1.3863: one D has nothing left to find, the other cannot see.",
    "case_good": "A: q = p, D fully able",
    "case_batch": "B: q far off, D behind batch norm",
    "case_line": "B: q twice as wide, D without a hidden layer",
    "other": "Situation B",
    "other_batch": "batch norm in D, q at (−2, −2.5)",
    "other_line": "no hidden layer, q with σ = 2",
    "case_map_a": "Situation A",
    "case_map_b": "Situation B",
    "case_steps": "steps",
    "case_loss": "loss, held out",
    "case_naive": "read as JSD = log 2 − L/2",
    "case_jsd": "true JSD",
    "train_cases": "Train both",
    "fresh_title": "The honest estimate",
    "fresh_text": (
        "Take a fresh discriminator that is able to see, teach it on one half of the codes, judge it on the other "
        "half: log 2 − L/2 is, in expectation, a lower bound on the JSD. It can be negative, if what it learnt does "
        "not carry over. Compare it with the null: the same for draws of the prior against other draws of the prior. "
        "Inside the band, nothing was found: 95 of 100 nulls lie there."
    ),
    "estimate_cases": "Judge A and B",
    "estimate_model": "Judge the model",
    "estimating": "Judging: {done} of {total}",
    "model": "Model",
    "fresh_chart": "Estimates of the JSD beside their null",
    "row_a": "A",
    "row_b": "B",
    "row_null": "null",
    "true_value": "exact",
    "fresh_caption": (
        "Dots: log 2 − L/2 in nats, of a fresh network 2-32-32-1 after {steps} steps, on held-out draws. Grey: mean "
        "± {width} standard deviations of {repeats} repeats of prior against prior, of as many draws. The axis is a "
        "root's, so that small values can be seen. "
    ),
    "fresh_sizes": "{name}: {half} to learn from, {half} to judge on.",
    "fresh_sampled": "Of a VAE, draws of z ~ q(z|x), one an image.",
    "fresh_limit": (
        "A small network is blind to thin gaps: a model inside the band can still have them. In the plane the "
        "scoreboard's coverage sees more."
    ),
    "said_steps": "{steps} steps, loss {loss}",
    # predict
    "tab_predict": "Predict",
    "lead_predict": "Six questions about a discriminator and its codes: answer first, then see the numbers.",
    "predict_map": "p and q, the codes",
    "predict_bars": "The numbers of the question",
    "predict_guess": "your guess",
    "predict_hole": "empty share",
    "predict_computing": "The numbers of this question are being computed …",
    "predict_from_cloud": (
        "Grey rings: p = N(0, I). Green ring: q, a Gaussian of codes, at 1σ. Drag q: the answer is computed again, "
        "from both densities. If q is too near to p for the question, it is about the dashed q."
    ),
    "predict_from_hole": "Grey rings: p = N(0, I). The codes match p, but no code lies in the dashed disc.",
    "predict_from_vae": (
        "Means over {n} test images of this VAE; q(z) is the mean of their q(z|x), as in The substitution."
    ),
    "predict_from_aae": "Computed for test image {image} with this AAE, as in A point, no cloud.",
    "shuffle": "Other codes",
    "shuffle_end": "Other codes asks them again of another q and another image.",
    "best_question": "At the white point z, q has twice the density of p. What does the best D return there?",
    "best_options": "1/3|1/2|2/3",
    "best_because": (
        "At z = ({z}): p = {p}, q = {q}, so D* = p/(p + q) = {d}. D is the share of p in both densities: where codes "
        "are twice as dense, one of three points is a draw of p."
    ),
    "best_bars": "p(z)|q(z)|D(z)",
    "best_scene": "Hatched: D(z) by your answer.",
    "best_shown": "Amber: D* is above 50 %. Violet: below.",
    "blind_question": (
        "D returns 50 % everywhere. Its loss is log\u00a04, and −log D on the codes is log\u00a02. Where are the codes?"
    ),
    "blind_options": "q = p|so far away that p and q share nothing|these losses do not say it",
    "blind_because": (
        "A D of 50 % has the losses {chance} and {half} for every q. For this q the JSD is {jsd} nats, and the best D "
        "has the loss {best}. If q = p, the best D returns 50 %. But a D that cannot see, or has not learnt, returns "
        "50 %, too."
    ),
    "blind_bars": "loss of D|−log D on codes|JSD(p, q), nats",
    "blind_scene": "Dashed: q as you guess it.",
    "blind_shown": "This q has these losses, too.",
    "part_question": "E KL(q(z|x)‖p) = I(n; z) + KL(q(z)‖p). Which part does the adversary of an AAE replace?",
    "part_options": "all of it|I(n; z)|KL(q(z)‖p)",
    "part_because": (
        "D sees codes and draws of p, and never x. So it can compare q(z) with p, here {marginal} of {kl} nats. It "
        "cannot see I(n; z), here {information} nats: an AAE does not pay for what its codes tell of x."
    ),
    "part_bars": "E KL|I(n; z)|KL(q(z)‖p)|replaced by D",
    "part_scene": "Hatched: what D replaces by your answer.",
    "part_shown": "The last bar: what D replaces.",
    "gradient_question": (
        "The best D is small at the white point z: it rejects this code. With which loss does the encoder get the "
        "larger gradient?"
    ),
    "gradient_options": "log(1 − D), saturating|−log D, non-saturating|both give the same",
    "gradient_because": (
        "D(z) = {d}. By the logit of D, log(1 − D) has the slope D = {saturating}, and −log D has 1 − D = {other}. A "
        "code that D rejects is far off, and needs the push most. That is why the encoder minimises −log D."
    ),
    "gradient_bars": "D(z)|slope of log(1 − D)|slope of −log D",
    "gradient_scene": "Hatched: the slopes by your answer.",
    "gradient_shown": "Amber: D* is above 50 %. Violet: below.",
    "empty_question": "The codes match p, but leave one part of it empty. What is JSD(p, q)?",
    "empty_options": "infinite, as KL(p‖q) is|log 2, its limit|more than 0, and less than log 2",
    "empty_because": (
        "Without {share} of the mass, the JSD is {jsd} nats. By the empty share: {list}. Its limit, log 2 = {most}, "
        "needs p and q that share nothing. KL(p‖q) is infinite, because q is 0 where p is not. An adversary therefore "
        "pays little for a small hole."
    ),
    "empty_bars": "log 2|JSD(p, q), nats",
    "empty_scene": "Hatched: the JSD by your answer.",
    "empty_shown": "Amber: D* is above 50 %. In the hole it is 100 %.",
    "point_question": "Give the code of this AAE a width σ. For which σ is the loss BCE − λ log D least?",
    "point_options": "1, the width of the prior|about the same as for BCE + KL|much narrower, towards a point",
    "point_because": (
        "BCE + KL is least at σ = {vae}, BCE − {weight} log D at σ = {aae}. From {vae} down to {last}, the KL grows by "
        "{grown} nats, and the AAE's loss changes by {changed}. No term of it keeps σ up. So its encoder returns a "
        "point, and there is no q(z|x) and no ELBO."
    ),
    "point_bars": "σ of the least BCE + KL|σ of the least BCE − λ log D",
    "point_scene": "Hatched: σ by your answer.",
    "point_shown": "The second bar: the σ of the least loss.",
}
