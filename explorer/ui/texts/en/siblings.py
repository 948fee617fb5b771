"""What the pages say of each sibling. The records in explorer/siblings/ name these by key."""

WORDS = {
    "ae_title": "AE",
    "ae_minimised": "−log p(x|z)",
    "ae_holds": "Nothing in its loss draws its codes to a prior. Its encoder gives a point: the sliders are yours.",
    "ae_chart": "no regulariser",
    "vae_title": "VAE",
    "vae_minimised": "E[−log p(x|z)] + {times_beta}KL(q(z|x)‖p(z)), z ~ q(z|x), p(z): {prior}",
    "vae_holds": "Its loss contains β = {beta} times this KL, to keep each q(z|x) near {prior}.",
    "vae_chart": "KL(q(z|x)‖p(z))",
    "vae_penalty": "KL",
    "aae_title": "AAE",
    "aae_minimised": "−log p(x|z) + {rising_weight} · (−log D(z)), against p(z): {prior}",
    "aae_holds": "A discriminator keeps its codes near {prior}. Its encoder gives a point: the sliders are yours.",
    "aae_chart": "D's losses",
    "aae_real": "p(z)",
    "aae_fake": "codes",
    "aae_penalty": "−log D, codes",
    "aae_textbook_title": "AAE, textbook",
    "aae_textbook_minimised": "−log p(x|z) and −log D(z) in turn, against p(z): {prior}",
    "aae_textbook_holds": (
        "A discriminator that sees z alone, without log p(z), pulls its codes towards {prior}, in steps of its own. "
        "Its encoder gives a point: the sliders are yours."
    ),
}
