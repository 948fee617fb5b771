"""Lesson 4: practice."""

from explorer.ui.texts.en import clinic, datasets, predictions

EXPERIMENTS = {
    "beta": {
        "title": "β = 4",
        "question": "Both runs are VAEs. In run B the KL term weighs four times as much. What happens to its map?",
        "answers": [
            "The classes form tighter groups.",
            "The classes mix, and every decoded picture looks the same.",
            "It turns, and is otherwise the same as in run A.",
        ],
        "watch": "Watch the colours on both maps, and the KL of run B.",
        "why": (
            "The KL of run B falls to 0: each q(z|x) becomes the prior. Then z contains no information about the "
            "picture, and the decoder returns one average picture. Look at W₂², too: q(z) matches the prior perfectly. "
            "A match alone does not make a good model."
        ),
    },
    "adversary": {
        "title": "adversary = 0",
        "question": (
            "Both runs are AAEs. In run B the weight of the adversary is 0: the encoder ignores the discriminator D. "
            "Where do its codes go?"
        ),
        "answers": [
            "They stay on the prior, where the decoder needs them.",
            "They spread far beyond the prior.",
            "They fall into one point.",
        ],
        "watch": "Watch the numbers on the axes of both maps, and W₂².",
        "why": (
            "The loss of run B is the reconstruction alone, and it is lower than in run A: the decoder can easily tell "
            "codes apart that are far from each other. But no term pulls the codes to the prior. D tells them from "
            "draws of p(z), so its losses stay below log 2, and W₂² is far above the grey band."
        ),
    },
    "rate": {
        "title": "learning rate = 1",
        "question": "Both runs are VAEs. The learning rate of run B is 500 times as high. What fails?",
        "answers": [
            "Nothing: the training is only faster.",
            "A loss becomes NaN, and the training stops.",
            "The losses stay finite, but every decoded picture looks the same.",
        ],
        "watch": "Watch the decoded pictures, and the reconstruction.",
        "why": (
            "The first steps are so large that the decoder no longer responds to z. From then on it can only learn the "
            "average picture: the reconstruction stops falling early. A finite loss does not prove that a model learns."
        ),
    },
    "prior": {
        "title": "prior: swiss roll",
        "question": "Both runs are AAEs. The discriminator of run B compares the codes with draws from a "
        "spiral. What shape do its codes take?",
        "answers": ["A round cloud, as in run A.", "The spiral.", "A straight line."],
        "watch": "Watch the map of run B. It takes about a minute.",
        "why": (
            "An adversary needs only draws of the prior, so the prior can have any shape. At the end the codes lie "
            "along the spiral, one class after the other. Halfway they may form a line or a ring: the narrow gaps "
            "appear last."
        ),
    },
    "seed": {
        "title": "another seed",
        "question": (
            "Both runs are VAEs. Run B starts with other weights and has other batches. Everything else is equal. What "
            "stays the same?"
        ),
        "answers": [
            "The map: every class has the same place.",
            "The losses, nearly. The classes lie elsewhere.",
            "Nothing: losses and map differ.",
        ],
        "watch": "Watch one colour on both maps, and the dashed curve of the other run.",
        "why": (
            "No term of the loss depends on a direction or a class, so the map can be turned or mirrored, and classes "
            "can change places. The losses of two seeds differ a little. If two settings differ by no more than that, "
            "their difference means nothing."
        ),
    },
}

WORDS = clinic.WORDS | {
    **predictions.WORDS,
    "datasets": datasets.WORDS,
    "title": "Practice: train autoencoders and watch",
    "tab_train": "Train",
    "lead_train": "Change one setting, start both runs, and compare. D is the discriminator of an AAE.",
    "run": "Run",
    "kind": "Model",
    "dataset": "Dataset",
    "prior": "Prior",
    "settings": "Settings",
    "settings_changed": "Settings: {changed}",
    "start": "Start",
    "resume": "Continue",
    "again": "Start again",
    "pause": "Pause",
    "step": "Step",
    "step_title": "One step of the optimiser: one batch",
    "epoch": "Epoch",
    "epoch_title": "Train to the end of the epoch",
    "stop": "Stop",
    "stop_title": (
        "End this training for good; its pictures and curves stay. While the run is being saved, cancel the saving"
    ),
    "reset": "Reset",
    "reset_title": "Back to the untrained model of this seed; the grey settings can be changed again",
    "save": "Save",
    "save_title": (
        "Measure the finished model on the whole test set, and save it: the explorer and the scoreboard list it by "
        "this name"
    ),
    "save_title_browser": "Measure the finished model on the whole test set, so that you can download it",
    "download": "Download",
    "download_title": (
        "The model as a ZIP file. Unpack it into the program's folder runs/: the explorer and the scoreboard list it"
    ),
    "measured": "measured",
    "pace": "Pace",
    "pace_full": "full speed",
    "pace_steps": "{n} steps a second",
    "both": "Both:",
    "start_both": "Start both",
    "pause_both": "Pause both",
    "copy": "Copy A to B",
    "copy_title": "Give run B the settings of run A, so that they differ only in your next change",
    "where": "Train in",
    "where_browser": "this browser",
    "where_server": "the server",
    "where_title": (
        "This browser: your own computer trains, on the dataset digits, and nothing leaves it. The server: it can "
        "train on every dataset, and it saves models for everybody. Reset the runs to change the place"
    ),
    "on_server": "This run trains on the server.",
    "no_browser_training": "This browser cannot train ({problem}). Try again, or choose the server.",
    "no_worker": "its worker failed",
    "open_both": "Open both in the explorer",
    "open": "Open in the explorer",
    "codes": "codes of test images",
    "codes_sampled": "z ~ q(z|x) of test images",
    "codes_means": "means of q(z|x) of test images",
    "means": "means",
    "sampled": "sampled z",
    "manifold": "decoded manifold",
    "manifold_even": "decoded points of the square ± {reach}",
    "no_picture": "The dataset is not on the server yet: fetch it.",
    "no_picture_yet": "The untrained model appears here as soon as it is made.",
    "no_picture_any_more": "This training ended without a picture. Press Start again for a new one.",
    "absent": "{dataset} (to be fetched)",
    "empty": "not started",
    "ready": "untrained",
    "waiting": "waiting: place {place} in the queue",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
    "saving": "measuring on the test set to save, {share}; Stop cancels the saving",
    "saved": "saved as {name}",
    "progress": "epoch {epoch} of {epochs}, step {step} of {steps}",
    "seconds": "{seconds} s",
    "changed": "The settings were changed since then: Start begins again with them.",
    "choose_first": (
        "Choose, then press Start. The weights in the loss and the learning rates can be changed while it trains."
    ),
    "framed": "Framed settings differ from run {other}.",
    "locked": ("Grey settings are fixed during training: Reset to change them. Others apply from the next step."),
    "locked_saving": "Nothing can be changed while the model is measured.",
    "name": "Name of run {run}",
    "failure_advice": "Run {run} failed: {problem} A smaller learning rate often helps; change it and start again.",
    "failure": "Run {run} failed: {problem}",
    "lost": "The server does not answer ({problem}). Trying again.",
    "restarted": "The server was restarted: trainings that were not saved are gone, the settings are kept.",
    "ended": "This page was away for too long: trainings that were not saved have ended, the settings are kept.",
    "reconstruction": "reconstruction (BCE, in nats)",
    "sliced": "sliced W₂²: distance from p(z)",
    "coverage": "coverage",
    "other": "run {run}",
    "nats": "nats an image",
    "bce": "BCE",
    "numbers_null": "(null {mean} ± {std})",
    "of_one_epoch": "means over the last epoch",
    "undefined": "not a number",
    "experiments_label": "Experiments",
    "experiments_title": "Predict, then train:",
    "experiments_show": "Show the answer",
    "experiments_close": "Close the experiment",
    "experiments": EXPERIMENTS,
    "predicted": "You predict: “{prediction}”",
    "came_true": "That is right.",
    "came_otherwise": "What happens instead: “{outcome}”",
    "answer_ends": "Your answer stops the current trainings.",
    "wait_for_save": "A model is being saved: wait, or stop the saving first.",
    "bad_number": "Not changed: {name} must be from {low} to {high}.",
    "bad_widths": ("Not changed: the widths must be one to four whole numbers from {low} to {high}, as in 256 256."),
}

CODE_TITLE = "Show the code"
CODE_INTRO = """
The code of each run's objective, with the chosen numbers beside the lines that use them. Below it is the command that
trains with the same settings.
"""
CODE_OF = "**Run {run}** · {title}"
COMMAND_HELP = (
    "The command gives the same numbers on the same machine. `--threads 1`: here a training uses one core. With more, "
    "sums are taken in another order, and the last digits differ."
)
COMMAND_IN_BROWSER = (
    "This browser trains by the same formulas, written in JavaScript, with other random numbers. So the command gives "
    "another model of the same quality. It trains with the settings as they are now, from the first step on."
)
COMMAND_CHANGED = (
    "Settings of run {run} were changed while it trained: {changes}. No command trains the same model. The "
    "command above trains with the settings as they are now, from the first step on."
)
STEP_INTRO = (
    "One training step: the computations for one batch. The running average of the weights is updated after it."
)
BAD_CHOICES = "Run {run} cannot be trained with these choices: {problem}."

GUIDE = """
**Two trainings, A and B.** Each is an AE, a VAE, an AAE or the textbook's AAE. They have the same architecture,
except that the encoder of a VAE has a second head, for log σ². They differ in the term that brings the codes to the
prior p(z): none (AE), the KL with weight β (VAE), or an adversary (both AAEs). The adversary is a discriminator D of
codes, which the encoder learns to fool. The loss of the AAE is the reconstruction plus a weight times −log D, and its
D is given log p(z). The encoder of the textbook's AAE minimises the reconstruction and −log D in alternate steps, and
its D is given nothing. Choose a difference, start both, and compare. *Copy A to B* makes the two alike, so that you
can change one thing.

**The dots** are the codes of at most 1,000 test images, coloured by class. No model is trained on test images. Dashed
lines show the prior. For a VAE the dots are draws z ~ q(z|x), because these are compared with the prior; *means*
shows the means of q(z|x) instead. The axes grow with the codes: read their numbers. **The manifold** shows the
decoded points of a grid. The grid is even in probability for N(0, I), and even in the plane for other priors. Dots
and manifold use the running average of the weights, which is also what is saved.

**The curves.** The first is the reconstruction: the binary cross-entropy (BCE), summed over pixels. The second is the
regulariser: the KL of a VAE, or the two losses of an AAE's D, −log D on draws of p(z) and −log(1 − D) on codes. Both
are in nats an image, on training images. A point is the mean over the last epoch, or over the last 100 steps if an
epoch has more. If the losses of D are log 2 (dotted), D cannot tell codes from draws: they match, *or* D is weak.
These losses are not a divergence. The third curve, **sliced W₂²**, measures the distance of the test codes from p(z),
in the same way for all models: the squared Wasserstein-2 distance of their projections onto a line, averaged over
directions. Grey is its *null*, the value for two sets of draws of the prior. **Coverage** is the share of draws of
p(z) that are covered: a code is nearer to the draw than its fifth nearest fellow draw. Holes lower it in two or three
dimensions.

**While a model trains,** you can change β or the adversary's weight, and the learning rates. A change applies from
the next step on, and is marked on the curves. It is saved with the model: the explorer and the scoreboard list the
earlier values. All other settings are fixed, because they determine how the training begins or how long it takes.

**Step** trains on one batch, **Epoch** to the end of the epoch. **Reset** returns to the untrained model: the same
seed gives the same numbers again. *Pace* slows a training down. The learning rate rises for a fifth of all steps and
then falls, so its course depends on the number of epochs. **Save** measures a finished model on the whole test set,
which takes two or three minutes for a VAE on MNIST, and writes it to `runs/`. The explorer and the scoreboard then
list it by the name that you give it, or by the settings that differ from the recipe's.

**Train in** *this browser*: your own computer trains on `digits`, by the same formulas in JavaScript, and nothing
leaves it. **Save** then measures the model, and **Download** gives its bundle, which the program lists once it is
unpacked in `runs/`. A reload ends such a training. The other datasets train on the server.

**Trainings on the server belong to this browser tab.** A reload keeps them. If the connection is cut, the phone is
locked or the tab is closed, they go on for about two minutes and then end. As many trainings run at once as the server
has cores. The others wait in a queue. A paused training frees its core. The address contains the settings: copy it to
share them.
"""
