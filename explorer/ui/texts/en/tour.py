"""The tour: the words of its strip, and of each step: what to do, a question with three answers, and the reason.

The places of a reason are numbers that the page shows: see web/tour/answers.js.
"""

STEPS = {
    "invent": {
        "title": "An autoencoder is no generator",
        "do": "Press Fresh draws four times, and note which digits each side draws from N(0, I).",
        "question": "Some digits hardly ever come from the AE on the left. Why?",
        "answers": [
            "The AE has not learnt to draw them",
            "Hardly any draw lands near their codes",
            "Two dimensions are too few for ten digits",
        ],
        "because": (
            "The AE's codes cover {left} % of the prior, the VAE's {right} % ({best} % would be perfect). Point at a "
            "dot far out: the AE rebuilds it well. To generate, the codes must lie where p(z) is."
        ),
    },
    "cloud": {
        "title": "A cloud in place of a point",
        "do": (
            "Press Resample ε five times: at so small a σ the picture hardly changes. Then drag log σ²₁ and log σ²₂ to "
            "0, and resample again."
        ),
        "question": "The VAE has chosen a small σ for this image. Why not 0?",
        "answers": [
            "A computer has no numbers that small",
            "The KL grows without bound as σ shrinks",
            "The decoder cannot draw without noise",
        ],
        "because": (
            "The probe costs {kl} nats. {part} of them are −½ log σ², the price of being narrow: nothing at "
            "log σ² = 0, and without bound as σ shrinks."
        ),
    },
    "cost": {
        "title": "What does it cost?",
        "do": "Note KL(q‖p) at σ = 2. Then set q's σ to 1, to ½ and to ¼.",
        "question": "q's mean stays, and its σ goes to 0. What does KL(q‖p) do?",
        "answers": ["It falls to 0", "It settles at some value", "It grows like −log σ"],
        "because": (
            "Here KL(q‖p) is {forward} nats, and KL(p‖q) is {backward}. An encoder that returns a point would have an "
            "infinite KL. The encoder of an AAE is such a one."
        ),
    },
    "derivation": {
        "title": "From the integral to one line of code",
        "do": "This is the fourth of six steps. Go back to the first, then forward, and say at each what drops out.",
        "question": "Which step gives something up for good?",
        "answers": ["2: full covariance", "4: diagonal Σ", "6: log σ² in place of σ²"],
        "because": "A diagonal Σ cannot be tilted. {sentence} Step 3 fixes p. All other "
        "steps write the same value in another form.",
    },
    "logvar": {
        "title": "Why log σ²",
        "do": "Compare both descents: at this η, σ goes below zero at once. Then lower η until both settle.",
        "question": "What should the encoder's last layer return?",
        "answers": ["σ, a positive number", "σ², a positive number", "log σ², any real number"],
        "because": "In σ: {sentence} In log σ² every number stands for a positive σ.",
    },
    "gradient": {
        "title": "How does a gradient get through a die?",
        "do": (
            "Pathwise is the reparameterisation trick; the score function weights ∇ log q by f. Press Fresh draws and "
            "compare their scatter. Then choose the step as f."
        ),
        "question": "For which f does the reparameterisation trick fail?",
        "answers": [
            "z²: its slope has no bound",
            "cos ωz: its slope changes sign",
            "the step: its slope is 0 almost everywhere",
        ],
        "because": "{sentence} The score function is worth its price only where f has no useful gradient.",
    },
    "beta": {
        "title": "The loss has two parts, and a knob",
        "do": (
            "Switch both maps between sampled z and means, and compare the pictures. On the right all means lie on "
            "nearly one point."
        ),
        "question": "Which model matches its prior better?",
        "answers": ["the left one", "the right one", "both alike"],
        "because": (
            "The codes cover {left} % of the prior on the left, {right} % on the right ({best} % would be perfect). "
            "But look at the pictures: with a large β all means fall into one point, and every picture is the same. A "
            "perfect match alone makes no good model."
        ),
    },
    "price": {
        "title": "What the KL really buys",
        "do": (
            "In the VAE's row, KL is the sum of I(n; z), the information that z has on which image it codes, and "
            "KL(q(z)‖p(z))."
        ),
        "question": "The VAE pays {kl} nats an image. How much of it, at most, is for not matching the prior?",
        "answers": ["{kl} nats", "{mutual_information} nats", "{marginal_kl} nats"],
        "because": (
            "{kl} ≈ {mutual_information} + {marginal_kl}: the mean KL(q(z|x)‖p(z)) is I(n; z) + KL(q(z)‖p(z)). The "
            "first part says which image it was. The adversary of an AAE looks at the second part alone."
        ),
    },
    "holes": {
        "title": "Holes",
        "do": "Find amber regions inside the 86 % ring on the left. Then open Morph, and walk through a hole.",
        "question": "Why does the KL leave holes?",
        "answers": [
            "The training was too short to fill them",
            "It looks at each cloud alone, not at all together",
            "Two dimensions have no room for ten digits",
        ],
        "because": (
            "The BCE parts the clouds of unlike images, and the KL pulls each to p(z) by itself: no term of the loss "
            "sees the gap between them. The codes cover {left} % of the prior on the left, {right} % on the right "
            "({best} % would be perfect). An adversary sees the clouds together."
        ),
    },
    "rival": {
        "title": "Take the KL out, put a network in",
        "do": "Press Train. Drag the cloud onto the prior, and punch a 5 % hole into it.",
        "question": "D says 50 % everywhere. What follows?",
        "answers": [
            "q has become p, and D sees it",
            "D is too weak to see how q differs",
            "One of these: D's loss does not say which",
        ],
        "because": (
            "Here the JSD is {jsd} nats, so the loss of the best D is {best}. Only at q = p is it log 4 = 1.3863, and "
            "a D that sees nothing has that loss, too."
        ),
    },
    "readings": {
        "title": "Two players, and a number that lies",
        "do": "Press Train both, then Judge A and B.",
        "question": "In which situation has q become p, judged by D's loss alone?",
        "answers": ["in situation A", "in situation B", "one cannot tell"],
        "because": (
            "D's loss is {loss_a} in A and {loss_b} in B, and the true JSD is {jsd_a} and {jsd_b} nats. Batch norm "
            "rescales each batch, so a D behind it does not see where the batch lies. Measure with a fresh judge on "
            "codes that it has not seen, and look at the draws."
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
    "first": "Press Show me. {do}",
    "check": "Check",
    "next": "Next",
    "close": "Close",
    "right": "Right.",
    "wrong": "No: {answer}.",
    "elsewhere": "Press Show me first: the question is about that view.",
    "end": "That was the last step. The clinic on the page Practice has ten broken trainings to diagnose.",
    "steps": STEPS,
}
