"""Lesson 4's questions: what will happen, before one trains."""

WORDS = {
    "tab_predict": "Predict",
    "lead_predict": "Six questions before you train. The answers are numbers of runs that are finished.",
    "predict_bars": "The numbers of the question",
    "predict_guess": "your guess",
    "predict_missing": "The models of this question are not here: python train.py trains them.",
    "shuffle": "Start again",
    "shuffle_end": "Now train one yourself, in the tab Train.",
    "high_question": "A VAE is trained with a much larger β: {b} instead of {a}. What do KL and BCE do?",
    "high_options": "KL rises, BCE falls|KL falls, BCE rises|both hardly change",
    "high_because": (
        "The KL goes from {kl1} to {kl2} nats, the BCE from {bce1} to {bce2}. A larger β makes information in a code "
        "dearer. At a KL of 0, every q(z|x) is the prior, and the decoder draws one average picture: posterior "
        "collapse."
    ),
    "high_bars": "KL, β = {a}|KL, β = {b}|BCE, β = {a}|BCE, β = {b}",
    "high_from": "Two shipped VAEs of MNIST, β = {a} and β = {b}: means over {n} test images, in nats.",
    "high_scene": "Hatched: KL and BCE by your answer.",
    "high_shown": "All four are measured.",
    "low_question": "Now β is small: {b}. What does the distance of q(z) from the prior do (sliced W₂²)?",
    "low_options": "it hardly changes|it falls|it rises",
    "low_because": (
        "The sliced W₂² goes from {w1} to {w2}, the KL from {kl1} to {kl2} nats. With a small β the KL costs "
        "little: the codes tell more of their images, and nothing else holds q(z) at p(z)."
    ),
    "low_bars": "sliced W₂², β = {a}|sliced W₂², β = {b}",
    "low_from": "Two shipped VAEs of MNIST, β = {a} and β = {b}: codes of {n} test images against draws of p(z).",
    "low_scene": "Hatched: W₂² by your answer.",
    "low_shown": "Both are measured.",
    "width_question": "A VAE and an AAE train on the same images. What σ does the AAE's encoder return at the end?",
    "width_options": "none: a code is a point|about that of the VAE|1, that of the prior",
    "width_because": (
        "The VAE's median σ is {vae}. The AAE's encoder returns a code, and no σ. Nothing in its loss would keep σ "
        "from 0: lesson 3 shows that in A point, no cloud."
    ),
    "width_bars": "σ in the VAE|σ in the AAE",
    "width_from": "The healthy runs of the tab Clinic, on digits: medians over the test images.",
    "width_scene": "Hatched: σ by your answer.",
    "width_shown": "The AAE has no width.",
    "pixels_question": (
        "The BCE is averaged over the P pixels of an image instead of summed, and the KL stays a sum. What does that "
        "do to the β that is trained?"
    ),
    "pixels_options": "it divides β by P|it leaves β as it is|it multiplies β by P",
    "pixels_because": (
        "BCE/P + β KL = (BCE + P β KL)/P has the same minimum as β = {beta} · {pixels} = {effective}. In the run of "
        "the clinic with this mistake, the KL ends at {kl2} nats, in the healthy one at {kl1}: posterior collapse."
    ),
    "pixels_bars": "β with the sum|β with the mean",
    "pixels_from": (
        "Computed by effective_beta, from the dataset ({dataset}, P = {pixels}) and the β of run A in the tab Train. "
        "The bars are logarithmic."
    ),
    "pixels_scene": "Hatched: β by your answer.",
    "pixels_shown": "The second bar: the β that is trained.",
    "rate_question": (
        "In an AAE, D learns at a far higher rate than the encoder. What does the distance of the codes from the prior "
        "do (sliced W₂²)?"
    ),
    "rate_options": "it falls: D is a better judge|it rises: D changes too abruptly|it hardly changes",
    "rate_because": (
        "The sliced W₂² ends at {w2}; in the healthy run at {w1}. After each large step D pushes the codes another "
        "way. D must be accurate, but it must change slowly."
    ),
    "rate_bars": "sliced W₂², healthy run|sliced W₂², fast D",
    "rate_from": "Two runs of the tab Clinic, on digits, with one seed: codes of the test images against p(z).",
    "rate_scene": "Hatched: W₂² by your answer.",
    "rate_shown": "Both are measured.",
    "dimensions_question": "VAEs with {first}, {list} latent dimensions. What does the BCE do with more dimensions?",
    "dimensions_options": "it falls with every step|it falls, then hardly changes|it hardly changes, or rises",
    "dimensions_because": (
        "BCE: {bces} nats. More dimensions can tell more of an image. Each one costs KL, so at some point a VAE leaves "
        "new ones unused. A change of less than {clear} counts as hardly any."
    ),
    "dimensions_bars": "{count} dimensions",
    "dimensions_from": "Four shipped VAEs of MNIST: means over {n} test images, at z ~ q(z|x), in nats.",
    "dimensions_scene": "Hatched: the BCE by your answer.",
    "dimensions_shown": "All four are measured.",
}
