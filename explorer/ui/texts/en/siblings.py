"""What the pages show of each sibling. The records in explorer/siblings/ name these by key."""

WORDS = {
    "ae_title": "AE",
    "ae_minimised": "−log p(x|z)",
    "ae_holds": (
        "No term of its loss pulls its codes to a prior. Its encoder returns a point: μ and σ are your choice."
    ),
    "ae_chart": "no regulariser",
    "vae_title": "VAE",
    "vae_minimised": "E[−log p(x|z)] + {times_beta}KL(q(z|x)‖p(z)), z ~ q(z|x), p(z): {prior}",
    "vae_holds": "Its loss contains β = {beta} times this KL, to keep each q(z|x) near {prior}.",
    "vae_chart": "KL(q(z|x)‖p(z))",
    "vae_penalty": "KL",
    "aae_title": "AAE",
    "aae_minimised": "−log p(x|z) + {rising_weight} · (−log D(z)), against p(z): {prior}",
    "aae_holds": (
        "A discriminator keeps its codes near {prior}. Its encoder returns a point: μ and σ are your choice."
    ),
    "aae_chart": "D's losses",
    "aae_real": "p(z)",
    "aae_fake": "codes",
    "aae_penalty": "−log D, codes",
    "aae_textbook_title": "AAE, textbook",
    "aae_textbook_minimised": "−log p(x|z) and −log D(z) in turn, against p(z): {prior}",
    "aae_textbook_holds": (
        "A discriminator that sees z alone, without log p(z), pulls its codes towards {prior}, in steps of its own. "
        "Its encoder returns a point: μ and σ are your choice."
    ),
}
