"""The tour: the words of its strip, and of each step: what to do, a question with three answers, and the reason.

The places of a reason are numbers that the page shows: see web/tour/answers.js.
"""

STEPS = {
    "invent": {
        "title": "An autoencoder cannot invent",
        "do": "Press Fresh draws four times, and note which digits each side draws from N(0, I).",
        "question": "Some digits never come from the AE on the left. Why?",
        "answers": [
            "It never learnt them",
            "No draw of N(0, I) lands where their codes are",
            "Two dimensions are too few",
        ],
        "because": (
            "The AE's codes cover {left} % of the prior, the VAE's {right} % ({best} % would be perfect). Point at a "
            "dot far out: the AE rebuilds it well. To generate, the codes must lie where p(z) is."
        ),
    },
    "cloud": {
        "title": "A cloud in place of a point",
        "do": "Press Resample ε five times. Then drag log σ²₁ and log σ²₂ to 0, and resample again.",
        "question": "The VAE has chosen a small σ for this image. Why not 0?",
        "answers": [
            "Numbers cannot be that small",
            "A narrower cloud costs more KL: −log σ² grows without bound",
            "The decoder needs noise",
        ],
        "because": "The probe costs {kl} nats. {part} of them are −½ log σ², the price of being narrow.",
    },
    "cost": {
        "title": "What does it cost?",
        "do": "Set q's σ to ½, then to 2, and compare KL(q‖p).",
        "question": "q's mean stays, and its σ goes to 0. What does KL(q‖p) do?",
        "answers": ["It falls to 0", "It settles at some value", "It grows like −log σ"],
        "because": (
            "Here KL(q‖p) is {forward} nats, and KL(p‖q) is {backward}. An encoder that returns a point would have an "
            "infinite KL. The encoder of an AAE is such a one."
        ),
    },
    "derivation": {
        "title": "From the integral to one line of code",
        "do": "Go through the six steps. Before each, say what drops out.",
        "question": "Which step gives something up for good?",
        "answers": ["2: full covariance", "4: diagonal Σ", "6: log σ² in place of σ²"],
        "because": "A diagonal Σ cannot be tilted. {sentence} Step 3 fixes p. All other "
        "steps write the same value in another form.",
    },
    "logvar": {
        "title": "Why log σ²",
        "do": "Compare both descents. Then press Take σ below zero.",
        "question": "What should the encoder's last layer return?",
        "answers": ["σ", "σ²", "log σ², any real number"],
        "because": "In σ: {sentence} In log σ² every number stands for a positive σ.",
    },
    "gradient": {
        "title": "How does a gradient get through a die?",
        "do": "Press Fresh draws, and compare the scatter of the four estimators.",
        "question": "For which f does the reparameterisation trick fail?",
        "answers": ["z²", "cos ωz", "the step: f′ = 0 wherever it exists, but E[f] has a slope"],
        "because": "{sentence} The score function is worth its price only where f has no useful gradient.",
    },
    "beta": {
        "title": "The loss has two parts, and a knob",
        "do": "Switch both maps between means and sampled z, and compare the pictures.",
        "question": "Which model matches its prior better?",
        "answers": ["the left one", "the right one", "both alike"],
        "because": (
            "The codes cover {left} % of the prior on the left, {right} % on the right ({best} % would be perfect). But "
            "look at the pictures: with a large β all means fall into one point, and every picture is the same. A perfect match "
            "alone makes no good model."
        ),
    },
    "price": {
        "title": "What the KL really buys",
        "do": "In the row of the VAE, look at KL, I(n; z) and KL(q(z)‖p(z)): the first is the sum of the others.",
        "question": "The VAE pays {kl} nats an image. How much of it, at most, is for not matching the prior?",
        "answers": ["{kl} nats", "{mutual_information} nats", "{marginal_kl} nats"],
        "because": (
            "{kl} ≈ {mutual_information} + {marginal_kl}: the mean KL(q(z|x)‖p(z)) is I(n; z) + KL(q(z)‖p(z)). The first "
            "part says which image it was. The adversary of an AAE looks at the second part alone."
        ),
    },
    "holes": {
        "title": "Holes",
        "do": "Find amber regions inside the 86 % ring on the left. Then open Morph, and walk through a hole.",
        "question": "Why does the KL leave holes?",
        "answers": [
            "The training was too short",
            "It holds each cloud to p(z) by itself, and does not see whether all clouds together cover it",
            "Two dimensions are too few",
        ],
        "because": (
            "The codes cover {left} % of the prior on the left, {right} % on the right ({best} % would be perfect). An "
            "adversary sees the clouds together."
        ),
    },
    "rival": {
        "title": "Take the KL out, put a network in",
        "do": "Press Train. Drag the cloud onto the prior, and punch a 5 % hole into it.",
        "question": "D says 50 % everywhere. What follows?",
        "answers": ["q = p", "D is bad", "Either of the two, and D's loss does not say which"],
        "because": (
            "Here the JSD is {jsd} nats, so the loss of the best D is {best}. Only at q = p is it log 4 = 1.3863, and a "
            "D that sees nothing has that loss, too."
        ),
    },
    "readings": {
        "title": "Two players, and a number that lies",
        "do": "Press Train both, then Judge A and B.",
        "question": "In which situation has q become p, judged by D's loss alone?",
        "answers": ["in A", "in B", "one cannot tell"],
        "because": (
            "D's loss is {loss_a} in A and {loss_b} in B, and the true JSD is {jsd_a} and {jsd_b} nats. Measure with a "
            "fresh judge on codes that it has not seen, and look at the draws."
        ),
    },
    "shell": {
        "title": "Where it ends",
        "do": "Press Fresh draws in 32 dimensions. Then train both models yourself on the page Practice.",
        "question": "Which number here warns you that the draws are broken strokes?",
        "answers": ["the KL", "the number of active dimensions", "none: look at the draws"],
        "because": (
            "{sentence} None of these numbers looks at a draw, and the page shows no coverage in so many dimensions: "
            "there it does not see holes."
        ),
    },
}

WORDS = {
    "region": "Tour",
    "where": "Step {step} of {of}",
    "show_me": "Show me",
    "check": "Check",
    "next": "Next",
    "close": "Close",
    "right": "Right.",
    "wrong": "No: {answer}.",
    "elsewhere": "Press Show me first: the question is about that view.",
    "end": "That was the last step. The clinic on the page Practice has ten broken trainings to diagnose.",
    "steps": STEPS,
}
