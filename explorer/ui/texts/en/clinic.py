"""The loss clinic: the words of its tab, and the ten mistakes, by the keys of their records in clinic/faults.py.

Figures fill the places of a symptom. A place that begins with `healthy_` is the same figure of the run without the
mistake.
"""

# The words of its tab on the practice page.
WORDS = {
    "tab_clinic": "Clinic",
    "lead_clinic": (
        "Each of ten runs has one mistake in its program. Compare it with the healthy run, and name the mistake. D is "
        "the discriminator of an AAE."
    ),
    "clinic_case": "Case {at} of {of}",
    "clinic_previous": "Previous case",
    "clinic_next": "Next case",
    "clinic_solved": "{solved} of {of} solved",
    "clinic_moment": "Epoch",
    "clinic_moment_name": "Recorded moment: epoch",
    "clinic_epoch": "{at} of {of}",
    "clinic_run": "This run",
    "clinic_healthy": "Healthy run",
    "clinic_codes": "codes of test images",
    "clinic_codes_sampled": "z ~ q(z|x) of test images",
    "clinic_axes": "{what}, dimensions {a} and {b}",
    "clinic_own_scale": "{what}; own scale",
    "clinic_rebuilt": "test images and reconstructions",
    "clinic_drawn": "decoded draws of p(z)",
    "clinic_picture": "{run}, epoch {epoch}: {what}",
    "clinic_curves": "Curves",
    "clinic_solid": "this run",
    "clinic_dashed": "healthy run",
    "clinic_sigma": "median σ of q(z|x)",
    "clinic_adversarial": "encoder's loss −log D",
    # of D's losses: what a run shows D as real and as fake is for the reader to find out
    "clinic_discriminator_real": "real",
    "clinic_discriminator_fake": "fake",
    "clinic_reported": "reported: BCE",
    "clinic_regulariser": "reported: {what}",
    "clinic_sliced": "sliced W₂² from p(z)",
    "clinic_table": "Numbers at epoch {epoch}",
    "clinic_question": "What went wrong?",
    "clinic_check": "Check",
    "clinic_right_option": "the mistake",
    "clinic_right": "Right.",
    "clinic_wrong": "No. The mistake: {answer}.",
    "clinic_lines": "The mistake in the code",
    "clinic_broken": "The line with the mistake",
    "clinic_correct": "The right line",
    "clinic_end": "All {of} cases are answered, {solved} of them solved.",
    "clinic_restart": "Start again",
    "clinic_missing": "The recording of this case cannot be loaded.",
}

# The rows of the table of numbers. `log_` is what a run reports of its own loss; all else is measured.
ROWS = {
    "log_total": "loss that the run reports",
    "log_reconstruction": "BCE that the run reports",
    "reconstruction": "BCE of the test images",
    "log_kl": "KL that the run reports",
    "kl": "KL of the test images",
    "sigma": "median σ of q(z|x)",
    "log_discriminator_real": "D's loss on its real input",
    "log_discriminator_fake": "D's loss on its fake input",
    "log_adversarial": "encoder's loss −log D",
    "code_std": "standard deviation of the codes",
    "sliced_w2_squared": "W₂² between codes and p(z)",
}
UNKNOWN = "–"  # of the untrained model: it has reported no loss
PLACE = "{function} in {file}"

NAMES = {
    "mean_over_pixels": "The BCE is averaged over the pixels, not summed",
    "mean_over_dimensions": "The KL is averaged over the latent dimensions, not summed",
    "kl_sign": "The KL has the wrong sign",
    "log_var_as_std": "log σ² is used as if it were σ",
    "sigmoid_before_bce": "A sigmoid is applied before a BCE that takes logits",
    "no_noise": "The noise ε is left out",
    "discriminator_sees_pixels": "The discriminator sees pixels, not codes",
    "encoder_phase_moves_discriminator": "The encoder's phase also changes D",
    "fast_discriminator": "D's learning rate is too high",
    "batch_norm_in_discriminator": "D has batch norm, and gets draws and codes in separate batches",
}

SYMPTOMS = {
    "mean_over_pixels": (
        "The KL ends at {kl} nats (healthy: {healthy_kl}). All draws of p(z) give almost the same picture. The run "
        "reports a BCE of {log_reconstruction} (healthy: {healthy_log_reconstruction})."
    ),
    "mean_over_dimensions": (
        "The run reports a KL of {log_kl} nats (healthy: {healthy_log_kl}). On the test images the KL is {kl} nats "
        "(healthy: {healthy_kl}). The BCE there is {reconstruction} nats (healthy: {healthy_reconstruction})."
    ),
    "kl_sign": (
        "The loss falls without limit: the run reports {log_total} nats. The standard deviation of the codes is "
        "{code_std} (healthy: {healthy_code_std}). All draws of p(z) give almost the same picture."
    ),
    "log_var_as_std": (
        "The KL is {kl} nats (healthy: {healthy_kl}), and the median σ of q(z|x) is {sigma} (healthy: "
        "{healthy_sigma}). Still, the run reports a BCE of {log_reconstruction} nats (healthy: "
        "{healthy_log_reconstruction}). With z ~ q(z|x) the BCE of the test images is {reconstruction} nats (healthy: "
        "{healthy_reconstruction})."
    ),
    "sigmoid_before_bce": (
        "The run reports a BCE of {log_reconstruction} nats (healthy: {healthy_log_reconstruction}), and its KL is "
        "{kl} nats (healthy: {healthy_kl}). In the pictures {black_or_white} of the pixels are almost black or almost "
        "white (healthy: {healthy_black_or_white})."
    ),
    "no_noise": (
        "The median σ of q(z|x) is {sigma}, as wide as p(z) (healthy: {healthy_sigma}), and the KL is {kl} nats "
        "(healthy: {healthy_kl}). Still, the run reports a BCE of {log_reconstruction} nats (healthy: "
        "{healthy_log_reconstruction}). With z ~ q(z|x) the BCE of the test images is {reconstruction} nats (healthy: "
        "{healthy_reconstruction})."
    ),
    "discriminator_sees_pixels": (
        "D's loss is {log_discriminator_total} (healthy: {healthy_log_discriminator_total}), so D makes almost no "
        "error. −log D is {log_adversarial} (healthy: {healthy_log_adversarial}). The sliced W₂² between codes and "
        "p(z) is {sliced_w2_squared} (healthy: {healthy_sliced_w2_squared})."
    ),
    "encoder_phase_moves_discriminator": (
        "On codes, D's loss −log(1 − D) is {log_discriminator_fake} (healthy: {healthy_log_discriminator_fake}) and "
        "the encoder's loss −log D is {log_adversarial} (healthy: {healthy_log_adversarial}): D accepts codes as "
        "draws. The sliced W₂² between codes and p(z) is {sliced_w2_squared} (healthy: {healthy_sliced_w2_squared})."
    ),
    "fast_discriminator": (
        "The encoder's loss −log D reaches {peak_adversarial} (healthy: {healthy_peak_adversarial}). At the end the "
        "standard deviation of the codes is {code_std} (healthy: {healthy_code_std}), and the sliced W₂² between codes "
        "and p(z) is {sliced_w2_squared} (healthy: {healthy_sliced_w2_squared})."
    ),
    "batch_norm_in_discriminator": (
        "D's losses look healthy: {log_discriminator_real} on draws and {log_discriminator_fake} on codes (healthy: "
        "{healthy_log_discriminator_real} and {healthy_log_discriminator_fake}). But the standard deviation of the "
        "codes is {code_std} (healthy: {healthy_code_std}), and the sliced W₂² between codes and p(z) is "
        "{sliced_w2_squared} (healthy: {healthy_sliced_w2_squared})."
    ),
}

EXPLANATIONS = {
    "mean_over_pixels": (
        "The −ELBO sums the BCE over the {pixels} pixels. The mean over the pixels is {pixels} times smaller, and the "
        "KL is unchanged. This loss has the same minimum as that of a VAE with β = {beta}. Information in a code "
        "then costs more KL than it saves BCE, so every q(z|x) becomes p(z), and the decoder returns the mean "
        "picture. This is posterior collapse."
    ),
    "mean_over_dimensions": (
        "The KL of independent dimensions is the sum of their KLs. The mean over {latent_dim} dimensions weighs it "
        "with β = {beta}. The codes then carry more information than at the minimum of the −ELBO. The reported KL "
        "hides this: it is {latent_dim} times too small."
    ),
    "kl_sign": (
        "Kingma & Welling (2013, eq. 10) maximise the ELBO, so their formula is −KL = ½ Σ (1 + log σ² − μ² − σ²). A "
        "loss is minimised, and needs +KL. With the paper's sign, every step makes the KL larger. The KL has no upper "
        "limit, so the codes fly apart."
    ),
    "log_var_as_std": (
        "The encoder returns log σ², and σ is exp(½ log σ²). Here the noise is multiplied by log σ² itself. The KL is "
        "smallest at log σ² = 0, and there this product is 0. So the KL is computed for σ = 1, and the decoder "
        "receives μ without noise."
    ),
    "sigmoid_before_bce": (
        "The function binary_cross_entropy_with_logits applies the sigmoid itself. After a second sigmoid a pixel is "
        "between 0.5 and 0.73, so each black pixel costs at least log 2 = 0.69 nats. Greys below 0.5 become black, "
        "and those above 0.73 white. A code lowers this BCE only a little, so the KL is small, too."
    ),
    "no_noise": (
        "The decoder receives μ, not z = μ + σ ε. Then σ has no effect on the BCE, and the KL alone moves it to 1. "
        "The rest of the KL is ½ Σ μ², so this is an autoencoder with a small penalty on its codes. In training, the "
        "decoder never receives a draw of q(z|x)."
    ),
    "discriminator_sees_pixels": (
        "D has to compare codes with draws of p(z). Here it compares reconstructions with images, and it tells them "
        "apart easily. No term of the loss contains p(z), so nothing keeps the codes near it. A discriminator of "
        "pixels belongs to a GAN."
    ),
    "encoder_phase_moves_discriminator": (
        "The encoder's phase minimises −log D on codes. If its optimiser also has D's weights, it changes D, too: D "
        "learns to accept codes wherever they are. D's own phase undoes this in part. Nothing pulls the codes to p(z) "
        "any more. The optimiser of the encoder's phase must have the encoder's weights alone."
    ),
    "fast_discriminator": (
        "D's steps are far larger than the encoder's. Its output changes abruptly, and so does the direction of the "
        "encoder's gradient. D must be accurate, but it must change slowly."
    ),
    "batch_norm_in_discriminator": (
        "Batch norm subtracts the mean of a batch and divides by its standard deviation. Draws and codes are in "
        "separate batches, so both have mean 0 and standard deviation 1 inside D. D cannot see where the codes are or "
        "how widely they spread, so it does not push them to p(z). Use no batch norm in D, or put draws and codes "
        "into one batch."
    ),
}
