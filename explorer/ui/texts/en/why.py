"""Lesson 0: why a latent space needs a prior, p(x) and the ELBO, and what each model minimises."""

from explorer.ui.texts.en import common, datasets

WORDS = {
    "title": "Why a prior?",
    "model_list": common.MODEL_LIST,
    "datasets": datasets.WORDS,
    "tab_invent": "An AE cannot invent",
    "tab_evidence": "The bound",
    "tab_loss": "Three losses",
    "tab_blur": "Two dimensions blur",
    "tab_shell": "Many dimensions",
    "tab_predict": "Predict",
    "lead_invent": (
        "To generate a picture, decode a draw of the prior N(0, I). Nothing taught the AE to have its codes there."
    ),
    "lead_evidence": "Move q: the ELBO and its gap change, and their sum stays log p(x).",
    "lead_loss": "Move the code of one picture: what does each model pay for it?",
    "lead_blur": "In two dimensions one code serves many pictures, and the decoder answers with their mean.",
    "lead_shell": "Draws of N(0, I) in many dimensions lie on a shell: none is near the origin.",
    "lead_predict": "Questions about these models and this picture: answer first, then see the numbers.",
    "kinds": {"ae": "AE", "vae": "VAE", "aae": "AAE"},
    "model_ae": "AE",
    "model_vae": "VAE",
    "model_aae": "AAE",
    "model": "Model",
    "absent": "There is no such model here.",
    # an AE cannot invent
    "again": "Draw again",
    "point_at": "z = ({x}, {y})",
    "decided": "The class of a draw is that of the test image with the nearest code.",
    "map": "Codes of the {kind} and draws of the prior",
    "handle": "z in the map of the {kind}; arrow keys move it",
    "shares_of_draws": "Classes of 1,000 draws",
    "rarest": "Rarest: {label}, {share} of the draws and {usual} of the test set.",
    "at_z_ae": "AE decoded at z",
    "at_z_vae": "VAE decoded at z",
    "at_z_aae": "AAE decoded at z",
    "sheet_ae": "20 draws, decoded by the AE",
    "sheet_vae": "20 draws, decoded by the VAE",
    "sheet_aae": "20 draws, decoded by the AAE",
    "nearest": "{kind}: the code nearest to z is of class {label}, {distance} away.",
    "outside": "{share} of the codes lie outside this map.",
    "invent_note": "Coloured: codes of the test set. Black or white: 200 draws. Rings: 39, 86 and 99 % of the prior.",
    "to_autoencoder": "Explore the AE beside the VAE.",
    "to_prior": "Compare q(z) with p(z) in the explorer.",
    # the bound
    "image": "Test image",
    "of_images": "of 0 to {most}",
    "next_image": "Next image",
    "decoding": "Decoding the plane: {share}",
    "integrating": "Integrating …",
    "map_whole": "p(x|z) over the plane",
    "map_close": "True posterior p(z|x), and q",
    "handle_whole": "Mean of q in the whole plane; arrow keys move it",
    "handle_close": "Mean of q beside the true posterior; arrow keys move it",
    "picture_x": "Picture x",
    "at_mean": "μ",
    "decoded_at_mean": "VAE decoded at μ",
    "encoders_q": "Encoder's q(z|x)",
    "priors_q": "q = p(z)",
    "moments_q": "Mean and width of p(z|x)",
    "numbers_caption": "In nats, for this x",
    "row_likelihood": "mean of log p(x|z) under q",
    "row_minus_kl": "less KL(q‖p(z))",
    "row_elbo": "ELBO(q)",
    "row_gap": "gap KL(q‖p(z|x))",
    "row_sum": "ELBO + gap",
    "row_log": "log p(x), integrated",
    "bars_name": "Two bars of equal length: −log p(x) and the gap; reconstruction and KL",
    "bar_log": "−log p(x)",
    "bar_gap": "gap",
    "bar_loss": "BCE",
    "bar_kl": "KL",
    "evidence_note": (
        "Left: grey where log p(x|z) is at most 120 nats below its best. Both ellipses of q: 1σ and 2σ, which hold 39 "
        "and 86 % of it. The bars have one length, −ELBO: a smaller BCE + KL means a smaller gap, because log p(x) "
        "stays. x has grey pixels. For pixels drawn black or white with these intensities, the mean of log p is at "
        "least this log p(x)."
    ),
    "said_gap": "ELBO {elbo} nats, gap {gap} nats",
    # three losses
    "kind": "Kind of model",
    "map_first": "BCE of this picture at each code",
    "map_second": "The second term at each code",
    "map_total": "Loss: the sum of both",
    "loss_map_note": (
        "No colour: least; full colour: 200 nats more; the colour grows with the root. Square: the encoder's code. "
        "Rings: the prior."
    ),
    "code_handle": "Code of the picture, {map}; arrow keys move it",
    "at_code": "z",
    "decoded_at_code": "Decoded at the code",
    "encoders_code": "Encoder's code",
    "loss_caption": "Terms of the loss, in nats",
    "column_here": "here",
    "column_own": "encoder's code",
    "column_all": "test set, mean",
    "row_reconstruction": "BCE: −log p(x|z)",
    "row_expected": "BCE: −log p(x|z), mean under q",
    "row_vae": "KL(q(z|x)‖p(z)), times β = {weight}",
    "row_aae": "−log D(z), times λ = {weight}",
    "row_textbook": "−log D(z), in a step of its own",
    "row_ae": "nothing holds the code",
    "row_total": "loss",
    "lacks_vae": (
        "The KL holds the code of each picture near the prior, alone, whatever the other codes do. Its minimum for one "
        "picture is a bargain: a code far enough for a good BCE, near enough for a small KL."
    ),
    "lacks_aae": (
        "D takes the place of the KL: −log D(z) is large where codes are more frequent than draws of the prior. At the "
        "end of the training it is log 2 = 0.693 almost everywhere, and pulls at no code."
    ),
    "lacks_ae": (
        "There is no second term. The code may lie anywhere, if only the decoder knows the place: draws of the prior "
        "meet codes by chance."
    ),
    "to_practice": "Train all three yourself.",
    # two dimensions blur
    "neighbours": "Neighbours",
    "neighbours_of": "k = {k}",
    "model_many": "Many dimensions",
    "in_the_plane": "Two dimensions",
    "blur_decoded": "decoded",
    "blur_mean": "mean of k",
    "original_vae": "Picture x, two dimensions",
    "original_many": "Picture x, many dimensions",
    "decoded_vae": "Decoded at the code, two dimensions",
    "decoded_many": "Decoded at the code, many dimensions",
    "mean_vae": "Mean of the nearest pictures, two dimensions",
    "mean_many": "Mean of the nearest pictures, many dimensions",
    "near_vae": "The nearest pictures, two dimensions",
    "near_many": "The nearest pictures, many dimensions",
    "near_title": "The k test images with the nearest codes",
    "row_to_original": "decoded picture to x, in pixels",
    "row_to_mean": "decoded picture to the mean of k, in pixels",
    "row_bce": "BCE of x, nats",
    "nearer_to_mean": "The decoded picture is nearer to the mean of its neighbours than to x.",
    "nearer_to_original": "The decoded picture is nearer to x than to the mean of its neighbours.",
    "bce_of_dimensions": "{dimensions} dimensions: {bce}",
    "dimensions_title": "Mean BCE of the test set, VAEs with β = 1, nats",
    "blur_note": (
        "Images whose codes are close get almost the same picture. The best single picture for k images is their mean "
        "in each pixel: it makes the sum of the BCE least, because p(x|z) treats the pixels as independent. With more "
        "dimensions, codes of different images need not be close. A distance is the sum of |difference| over the "
        "pixels."
    ),
    "to_near": "See the neighbours in the explorer.",
    "blur_said": "{model}: {original} pixels to x, {mean} to the mean of the neighbours",
    # many dimensions
    "radius": "‖z‖",
    "radial_density": "density of ‖z‖",
    "radius_handle": "Distance of z from the origin; arrow keys change it",
    "shell_figure": "Distances of draws of N(0, I) from the origin",
    "row_root": "√d",
    "row_radii": "‖z‖ of 1,000 draws: mean ± standard deviation",
    "mean_and_spread": "{mean} ± {spread}",
    "row_radius": "‖z‖ of this z",
    "row_within": "draws nearer to the origin than this z",
    "row_plane": "the same in 2 dimensions",
    "row_density": "log p(z) − log p(0), nats",
    "in_dimensions": "{dimensions} dimensions",
    "at_radius": "Decoded at this z",
    "ray": "One direction, decoded at seven distances",
    "ray_name": "Pictures on the ray of this draw",
    "shell_note": (
        "Bars: 1,000 draws. Curves: the exact density of ‖z‖ in 2 dimensions (dashed) and in the model's. The density "
        "p(z) is largest at the origin, but there is hardly any volume: ‖z‖² is a sum of d squares with mean 1, so ‖z‖ "
        "is near √d. Sampled codes lie near the shell too, so the decoder has not been trained at the origin."
    ),
    "to_many": "Open this model in the explorer.",
    "shell_said": "Distance {radius}: {within} of the draws are nearer to the origin",
    "said_loss": "BCE {first} nats, loss {total} nats",
    # predict
    "predict_bars": "Bars of this question",
    "predict_x": "Picture x of this question",
    "predict_mixed": "decoded picture",
    "predict_hint": (
        "The questions are about the model and the picture above. Change them: the answers are computed again."
    ),
    "shuffle": "Another picture",
    "shuffle_end": "Another picture asks them again, with other draws too.",
    "invent_question": "1,000 draws of N(0, I) are decoded by the AE. How often does each class come out?",
    "invent_options": "about as often as in the test set|some class hardly ever|nearly all draws are of one class",
    "invent_because": (
        "The rarest class is {label}: {share} of the draws, {usual} of the test set. No term of the loss of an AE "
        "brings its codes to N(0, I): {codes} of them lie within {reach} of the origin, and {codes} of the draws "
        "within {radius}."
    ),
    "invent_scene": "The bars: the share of each class, as you expect it.",
    "invent_shown": "The bars: the share of each class among the draws.",
    "moved_question": "The encoder's q is replaced by q = p(z). What changes?",
    "moved_options": (
        "log p(x) falls, the gap stays|the ELBO falls, the gap grows by as much|the gap grows, the ELBO stays"
    ),
    "moved_because": (
        "ELBO {before} → {after}, gap {gap} → {gap_after} nats. Their sum is log p(x) = {log}, which does not depend "
        "on q. So a larger ELBO is a smaller gap."
    ),
    "moved_bars": "−log p(x)|gap|−ELBO",
    "moved_scene": "The bars, in nats: as you expect them.",
    "moved_shown": "The bars, in nats: with q = p(z).",
    "nearest_question": "Which of these q has the smallest gap, KL(q‖p(z|x))?",
    "nearest_options": (
        "the prior, N(0, I)|a very narrow one, where x is decoded best|one with the mean and width of the true "
        "posterior"
    ),
    "nearest_because": (
        "Gaps: the prior {prior}, the narrow one {narrow}, mean and width of p(z|x) {posterior} nats; the encoder's q "
        "has {encoder}. The gap is large if q has mass where p(z|x) has none. A q that is too narrow has a gap, too."
    ),
    "nearest_scene": "Ellipse: 2σ of the q that you chose. Grey: p(x|z).",
    "nearest_shown": "Ellipse: 2σ of the q with the smallest gap. Grey: p(x|z).",
    "double_question": "Another decoder gives this x twice the probability p(x|z). What does the BCE do?",
    "double_options": "it halves|it falls by log 2 = 0.69|it doubles",
    "double_because": (
        "At the code of the encoder, −log p(x|z) = BCE = {bce} nats; then {after}. A product of the probabilities of "
        "all pixels becomes a sum. That is why the BCE has the unit of a KL."
    ),
    "double_bars": "BCE",
    "double_scene": "The bar, in nats: as you expect it.",
    "double_shown": "The bar, in nats: with twice the probability.",
    "blur_question": "x is decoded from its code in two dimensions. To which picture is the result nearest?",
    "blur_options": "x itself|the mean of the images with near codes|the image with the nearest code",
    "blur_because": (
        "The decoded picture differs from x by {original} pixels, from the mean of the {k} images with the nearest "
        "codes by {mean}, from the nearest one by {nearest}. Images with close codes get one picture, and their mean "
        "has the least BCE."
    ),
    "blur_scene": "On the right: the picture that you expect.",
    "blur_shown": "On the right: the decoded picture.",
    "shell_question": "z is a draw of N(0, I) in all dimensions of this model. How far from the origin is it?",
    "shell_options": "near 0, where the density is largest|near 1|near the root of the number of dimensions",
    "shell_because": (
        "‖z‖² is a sum of {dimensions} squares with the mean 1, so ‖z‖ is near √{dimensions} = {root}. 1,000 draws: "
        "{mean} ± {spread}. The density is largest at the origin, but there is hardly any volume."
    ),
    "shell_bars": "‖z‖",
    "shell_scene": "The bar: the distance that you expect.",
    "shell_shown": "The bar: the mean distance of 1,000 draws.",
}
