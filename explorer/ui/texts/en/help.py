"""The help drawer: short chapters, one for each tab or tool. A page's long text, its GUIDE, follows them."""

LABEL, TITLE, CLOSE = "Help", "Help", "Close help"
WHOLE = "All of it, at length"

# By page: (the tab or tool, "" for none; the chapter's title; its text in Markdown). The first is the one that opens
# where no other belongs to what is shown.
CHAPTERS = {
    "explore": [
        (
            "probe",
            "Maps and probe",
            """\
Each dot of a map is the code of a test picture; its colour is the picture's class. Both maps have the same axes, so
that the two latent spaces can be compared. Dashed rings hold 39 %, 86 % and 99 % of the prior.

Drag the blue dot, or move the sliders. It is the mean μ of the probe, a Gaussian; σ sets the size of the orange
ellipses. *z* is one draw from it. The pictures are decoded from μ and from *z*, by each model.

Click a dot to see its picture *x*, and the reconstruction of *x* by each model.""",
        ),
        (
            "layers",
            "The layers above the maps",
            """\
*pictures* decodes every point of the map. *density* shows where the codes lie. *against the prior* shows where there
are more codes than the prior expects, and where there are fewer. Where q(*z*) is less than a fifth of p(*z*), there is
a hole. *D* shows the output of the AAE's discriminator: near 1 where it takes *z* for a draw of the prior.""",
        ),
        (
            "training",
            "Training",
            """\
Plays both trainings from the first step to the last. At each moment both have taken the same share of their steps.
Click a code to follow its image. *D(z)* colours the AAE's map by its discriminator.""",
        ),
        (
            "draw",
            "Draw",
            """\
Draw a picture, open a file, or take a test image. Both models encode it. The maps show its codes, and the pictures
show the reconstructions. One line for each model describes the reconstruction, and compares its error with the
typical one.""",
        ),
        (
            "near",
            "Neighbours",
            """The test images whose codes are nearest to a point. *Region*: all codes inside a line that you draw.
*Find*: images by class, error or KL.""",
        ),
        (
            "map",
            "Layers",
            """\
More layers and their opacity, and the quantity that colours the codes. Many draws from the probe show which pictures
the posterior decodes to.""",
        ),
        (
            "walk",
            "Morph",
            """\
A path through points of the plane, decoded step by step. The curve below shows the density of the codes along the
path. Where it is less than a fifth of that of the prior, the path crosses a hole. In more than three dimensions no hole
is marked.""",
        ),
        (
            "take",
            "Export",
            """Saves a picture, the codes as a table, a link to this view, or the explorer as one file that needs no
server.""",
        ),
    ],
    "why": [
        (
            "invent",
            "An AE cannot invent",
            """\
An autoencoder (AE) turns a picture *x* into a code *z*, and back. To generate a picture, draw a code and decode it.
The draws come from the prior p(*z*) = N(0, I). Nothing in the loss of an AE places codes there.

A bar is the share of a class among 1,000 draws. The mark in it is the share of that class in the test set. The class of
a draw is that of the test image with the nearest code in this model. Codes of a VAE are sampled from q(*z*|*x*).

Move the green dot to decode another *z*. *Draw again* takes other draws.""",
        ),
        (
            "evidence",
            "The bound",
            """\
The model describes how a picture is made: draw *z* from p(*z*); then each pixel is 1 with the probability s that
the decoder gives. So p(*x*) = ∫ p(*x*|*z*) p(*z*) d*z*, and log p(*x*|*z*) is minus the binary cross-entropy (BCE). A
grey pixel counts as the share of ones in pixels that are drawn as 0 or 1.

The true posterior p(*z*|*x*) = p(*x*|*z*) p(*z*) / p(*x*) needs the integral. The q of the encoder takes its place. For
every q, the ELBO (evidence lower bound) is below log p(*x*) by KL(q‖p(*z*|*x*)), the gap.

In two dimensions the integral can be computed: a sum over squares of the plane, which are smaller where
p(*x*|*z*) p(*z*) is large. The mean under q is a sum over 7 × 7 nodes, or over the squares if q is wide.""",
        ),
        (
            "loss",
            "Three losses",
            """\
The terms that each model minimises, in nats: at the code that you move, at the code of the encoder, and as
means over the test set. For a VAE, the code that you move is the mean of q, and σ stays that of the encoder.

The maps show each term at each code of the plane. For a VAE, the first map has the BCE of the picture at μ.""",
        ),
        (
            "blur",
            "Two dimensions blur",
            """One test image in two models: one of the plane, one of many dimensions. Each panel shows what the decoder
makes of its code, and the mean of the k test images with the nearest codes. Move k. In the plane the decoded picture is
close to such a mean: thousands of images share the plane, so images with close codes get nearly one picture.""",
        ),
        (
            "shell",
            "Many dimensions",
            """The distance ‖*z*‖ of draws of N(0, I) from the origin. In d dimensions it is near √d, within about 0.7.
Move *z* along its direction: the picture is decoded from it. At the origin the density is largest, but no draw lies
there.""",
        ),
        (
            "predict",
            "Predict",
            """Choose an answer, then reveal. The answers are computed for the chosen models and the picture. *Another
picture* asks the same again, with other draws.""",
        ),
    ],
    "kl": [
        (
            "one",
            "One dimension",
            """\
Drag a curve by its top to move its mean, by its flank to change its width. The integrand is drawn below: red adds to
the KL, blue subtracts from it. *Count up* adds the area from left to right.""",
        ),
        (
            "two",
            "Two dimensions",
            """\
Drag an ellipse by its centre, or by an end of an axis. A drag along the axis changes its length, a drag across it the
tilt. The inner ellipse holds 39 % of the Gaussian, the outer one 86 %. The bars are the terms of the closed form.""",
        ),
        (
            "derivation",
            "Derivation",
            """Each step is cheaper, and holds for a smaller family of Gaussians. The table shows which formulas still
agree for the Gaussians that are drawn.""",
        ),
        (
            "logvar",
            "Why log σ²",
            """\
Gradient descent on the same KL, once in σ and once in log σ². A step in σ can go below zero, where the logarithm is
not defined. The figure below shows exp(log σ²) in float32.""",
        ),
        (
            "loss",
            "Both halves",
            """\
The loss of a VAE at one test image: the reconstruction (BCE) plus β times the KL. The width σ of q moves,
and its mean stays that of the encoder. With a narrow q the picture is rebuilt best, but the KL grows as −log σ. With a
wide q the KL is small, but the decoder must rebuild *x* from codes far from μ. A larger β moves the least loss to a
wider q.""",
        ),
        (
            "collapse",
            "Collapse",
            """A bar is the mean KL of a latent dimension over the test set. Choose a dimension, and move its value: the
picture shows what the decoder uses it for. In a collapsed dimension q(*z*|*x*) is the prior for every *x*: KL 0, no
information, no change. Compare the VAEs with β = 0.1, 1 and 40, and those with more dimensions.""",
        ),
        (
            "predict",
            "Predict",
            """\
Choose an answer, then reveal. The answers are computed for the curves that are drawn. *Other Gaussians* asks the same
questions about two new ones.""",
        ),
    ],
    "reparameterisation": [
        (
            "graphs",
            "Two graphs",
            """\
The same draw, written in two ways. On the left *z* is drawn, and the gradient stops there. On the right ε is drawn
and *z* is computed from it, so the gradient reaches μ and log σ².""",
        ),
        (
            "draws",
            "Draw by draw",
            """On the left are draws of the noise ε, on the right the same draws as z = μ + σ·ε. Move μ or σ: z moves,
and no ε is drawn again.""",
        ),
        (
            "estimators",
            "Estimators",
            """\
Four estimates of one gradient. *Pathwise* uses the slope of f. The *score function* uses only values of f; a good
baseline b lowers its variance. All are right on average where f is smooth.

*b\\** is the best baseline, *s* the score ∂log q(z)/∂θ, *∂z* is ∂z/∂θ, and *∂E* is the true gradient. θ is μ, σ or log
σ². SE is the standard error.""",
        ),
        (
            "vae",
            "A real VAE",
            """The same estimators for the loss of a trained VAE at one test image. Python draws, decodes and
differentiates.""",
        ),
        (
            "code",
            "The code",
            """The functions that this program runs, with the values of this moment beside their lines.""",
        ),
        (
            "predict",
            "Predict",
            """Choose an answer, then reveal. The answers are computed for the Gaussian, the draw and the f
that are set. *Other numbers* asks the same about others.""",
        ),
    ],
    "adversary": [
        (
            "terms",
            "The substitution",
            """\
The mean KL of a VAE is I(n; *z*) + KL(q(*z*)‖p(*z*)). The first part is the information that a code has about its
image. The second is the distance of all codes together from the prior. An AAE has −log D(*z*) in its place: D sees
only q(*z*).

Move the number of images. I(n; *z*) cannot exceed log N, so with few images the second part is too large.""",
        ),
        (
            "point",
            "A point, no cloud",
            """\
The encoder of an AAE gives a point e(*x*), not a Gaussian. This figure gives it a width σ and computes the
loss again: the reconstruction and λ times −log D, both as means over *z* = e(*x*) + σε. In a VAE the KL contains −log
σ, which grows as σ shrinks, and so it holds σ up. −log D contains no such term.

With a point, KL(q‖p) is infinite, so there is no ELBO. p(*x*) still exists: lesson 0 integrates it.""",
        ),
        (
            "field",
            "The field that pulls",
            """\
Arrows show the pull on a code at each point: on the left by the KL term, on the right by the discriminator. Drag the
moment of training. The field of the KL never changes. The field of the discriminator follows the codes, and is weak
once they match the prior.""",
        ),
        (
            "teach",
            "What should it be taught?",
            """\
The best discriminator of a cloud q is known: D\\* = p/(p+q). Train the network and watch the gap between the two. A
smooth network cannot learn a narrow hole, so the hole stays visible in the gap.""",
        ),
        (
            "play",
            "Two players",
            """Press *Play*, or step one player at a time. The discriminator learns to tell codes from draws of the
prior. Then each code follows the arrows. The situations are known ways in which the game fails.""",
        ),
        (
            "readings",
            "The wrong readings",
            """\
A loss of log 4 can mean that codes and prior match, or that the discriminator cannot see. The honest estimate trains
a fresh discriminator, and tests it on other codes.""",
        ),
        (
            "predict",
            "Predict",
            """\
Six questions. Choose an option, and the map and the bars show it; hatched bars are guesses. *Reveal* shows
the answer with its numbers. They are computed from the q that you drag, or from the model that is named.""",
        ),
    ],
    "practice": [
        (
            "train",
            "Train",
            """\
Choose what differs between A and B, start both, and compare. The dots are codes of test images, which are in no
training set. The curves are the losses. Sliced W₂² is the distance of the codes from the prior, measured alike for
every model. Its null, the grey band, is the distance of two sets of draws of the prior.""",
        ),
        (
            "clinic",
            "Clinic",
            """\
Each case is a real training with one mistake in the project's own code. Both runs have the same seed and the same
settings. Solid curves are the run with the mistake, dashed ones the healthy run. Move the slider over the recorded
moments, and compare the numbers that the run reports with those measured on test images. Then choose an answer and
press *Check*.""",
        ),
        (
            "predict",
            "Predict",
            """\
Six questions to answer before you train. Hatched bars show your guess. *Reveal* shows the numbers: of shipped
models, of runs of the clinic, or computed from the settings of run A. A line below the bars says which.""",
        ),
        (
            "",
            "Save a run",
            """A finished training can be saved. The explorer and the scoreboard then list it beside the
shipped models. A training in this browser is measured instead, and can be downloaded for the folder `runs/`.""",
        ),
    ],
    "scoreboard": [
        (
            "",
            "The table",
            """\
One row for each model, all measured on the same test images by the same code. Point at a heading to see its
definition; click it to sort. Your own runs are at the top, in bold.""",
        ),
        (
            "",
            "Distances from the prior",
            """\
A dot is a model. Grey is the null: the estimate that a perfect match would have. An estimate cannot tell a dot inside
the grey from a perfect match.""",
        ),
        (
            "",
            "What the match costs",
            """\
Each dot is a model. Further left, its pictures are nearer to their originals. Further up, its codes are nearer to the
prior. A better match often costs reconstruction. Two seeds differ by chance: compare a difference with the column
*± seeds*.""",
        ),
    ],
}
