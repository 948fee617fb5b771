"""The glossary: what the pages define where a pointer or the focus rests on a term."""

# By term: the forms in which it stands in texts (the first letter may be large), and its definition.
TERMS = {
    "autoencoder": (
        ["autoencoder", "autoencoders", "AE", "AEs"],
        "Two networks: an encoder that turns a picture into a code, and a decoder that turns a code into a picture.",
    ),
    "latent": (["latent space", "latent spaces"], "The space of the codes. In two dimensions it is a plane: the map."),
    "code": (["code", "codes"], "The point of the latent space that the encoder gives for a picture."),
    "encoder": (["encoder", "encoders"], "The network that turns a picture x into its code, or into q(z|x)."),
    "decoder": (["decoder", "decoders"], "The network that turns a point z of the latent space into a picture."),
    "vae": (
        ["VAE", "VAEs"],
        (
            "Variational autoencoder. Its encoder gives a Gaussian q(z|x) for each picture, and the KL term of its "
            "loss keeps each of them near the prior."
        ),
    ),
    "aae": (
        ["AAE", "AAEs"],
        "Adversarial autoencoder. A discriminator compares all codes with draws of the prior, and the encoder learns "
        "to fool it.",
    ),
    "prior": (["prior", "p(z)"], "The distribution that all codes together should have; here mostly N(0, I)."),
    "posterior": (
        ["posterior", "q(z|x)"],
        "The Gaussian N(μ, σ²) of codes that a VAE's encoder gives for one picture x.",
    ),
    "aggregate": (["q(z)", "aggregate posterior"], "The distribution of the codes of all pictures together."),
    "kl": (
        ["KL divergence", "KL term", "KL"],
        "Kullback-Leibler divergence KL(q‖p): the mean of log q/p over draws of q, in nats. 0 only if q = p.",
    ),
    "nats": (["nats", "nat"], "Units of information, with natural logarithms: 1 nat is 1.44 bits."),
    "discriminator": (
        ["discriminator", "discriminators", "D"],
        "The AAE's network D. It learns to tell codes from draws of the prior: D(z) is near 1 where it takes z for a "
        "draw of the prior.",
    ),
    "hole": (
        ["hole", "holes"],
        "A region where the prior has mass and hardly any codes lie: q(z) is less than a fifth of p(z). Draws in it "
        "are decoded badly.",
    ),
    "coverage": (
        ["coverage"],
        "The share of draws of the prior that are covered: a code is nearer to the draw than its fifth nearest fellow "
        "draw. In two or three dimensions holes lower it. In more they do not.",
    ),
    "null": (["null"], "The value of an estimate for two sets of draws of the prior. A perfect match would have it."),
    "bce": (
        ["BCE"],
        "Binary cross-entropy of a picture and its reconstruction, summed over pixels, in nats. Less is nearer. On "
        "grey pixels it is the mean for pixels drawn black or white with these intensities.",
    ),
    "elbo": (["ELBO", "−ELBO"], "Evidence lower bound on log p(x). A VAE is trained to make −ELBO = BCE + KL small."),
    "sliced": (
        ["sliced W₂²", "W₂²"],
        "The squared Wasserstein-2 distance between codes and prior, averaged over all directions in which they are "
        "projected onto a line.",
    ),
    "noise": (["ε"], "Noise drawn from N(0, I). With it, z = μ + σ·ε is a draw of N(μ, σ²)."),
    "gradient": (
        ["gradient", "gradients"],
        ("The derivatives with respect to all parameters: the direction of steepest ascent."),
    ),
    "estimator": (
        ["estimator", "estimators"],
        (
            "A rule that computes an estimate from draws. If it is unbiased, it is right on average. Its variance is "
            "its scatter from draw to draw."
        ),
    ),
}
