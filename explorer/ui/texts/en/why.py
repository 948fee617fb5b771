"""Lesson 0: why a latent space needs a prior, p(x) and the ELBO, and what each model minimises."""

from explorer.ui.texts.en import common, datasets

WORDS = {
    "title": "Why a prior?",
    "model_list": common.MODEL_LIST,
    "datasets": datasets.WORDS,
    "tab_invent": "An AE cannot invent",
    "tab_evidence": "The bound",
    "tab_loss": "Three losses",
    "lead_invent": "Draws of the prior N(0, I), decoded by three models: nothing taught the AE to have its codes there.",
    "lead_evidence": "Move q: the ELBO and its gap change, and their sum stays log p(x).",
    "lead_loss": "Move the code of one picture: what does each model pay for it?",
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
        "and 86 % of it. The bars have one length, −ELBO: a smaller BCE + KL means a smaller gap, because log p(x) stays."
    ),
    "said_gap": "ELBO {elbo} nats, gap {gap} nats",
    # three losses
    "kind": "Kind of model",
    "map_first": "BCE of this picture at each code",
    "map_second": "The second term at each code",
    "map_total": "Loss: the sum of both",
    "loss_map_note": (
        "No colour: least; full colour: 200 nats more; the colour grows with the root. Square: the encoder's code. Rings: "
        "the prior."
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
    "said_loss": "BCE {first} nats, loss {total} nats",
}
