"""Lesson 4: practice."""

from explorer.ui.texts.en import clinic, datasets

EXPERIMENTS = {
    "beta": {
        "title": "β = 4",
        "question": "Both runs are VAEs. In run B the KL term weighs four times as much. What happens to its map?",
        "answers": [
            "The classes form tighter groups.",
            "The classes mix, and every decoded picture looks the same.",
            "It is turned, and otherwise stays as in run A.",
        ],
        "watch": "Watch the colours on both maps, and the KL of run B.",
        "why": "The KL of run B falls to 0: each q(z|x) becomes the prior, so z holds nothing about the "
        "picture, and the decoder draws one average picture. Note W₂²: q(z) matches the prior perfectly. A match "
        "alone makes no good model.",
    },
    "adversary": {
        "title": "adversary = 0",
        "question": "Both runs are AAEs. In run B the adversary weighs nothing: the encoder ignores the discriminator. "
        "Where do its codes go?",
        "answers": [
            "They stay on the prior, where the decoder needs them.",
            "They spread far beyond the prior.",
            "They fall into one point.",
        ],
        "watch": "Watch the numbers on the axes of both maps, and W₂².",
        "why": "Only the reconstruction counts in run B, and it is better than in run A: codes that are far "
        "apart are easy to tell apart. But nothing holds them on the prior. D tells them from draws of p(z), so its "
        "losses stay below log 2, and W₂² is far above the grey band.",
    },
    "rate": {
        "title": "learning rate = 1",
        "question": "Both runs are VAEs. The learning rate of run B is 500 times as high. What fails?",
        "answers": [
            "Nothing: it only gets there sooner.",
            "A loss becomes NaN, and the training stops.",
            "The losses stay finite, but every decoded picture looks the same.",
        ],
        "watch": "Watch the decoded pictures, and the reconstruction.",
        "why": "The first steps throw the weights so far that the decoder no longer reacts to z. From then on "
        "it can only learn the average picture: the reconstruction stops falling early. Finite losses do not prove "
        "that a model learns.",
    },
    "prior": {
        "title": "prior: swiss roll",
        "question": "Both runs are AAEs. The discriminator of run B compares the codes with draws from a "
        "spiral. What shape do its codes take?",
        "answers": ["A round cloud, as in run A.", "The spiral.", "A straight line."],
        "watch": "Watch the map of run B. It takes about a minute.",
        "why": "An adversary needs nothing of a prior but draws, so its shape is free. The codes lie along the "
        "spiral at the end, and the classes follow one another on it. Halfway they may be a line or a ring: narrow "
        "gaps come last.",
    },
    "seed": {
        "title": "another seed",
        "question": "Both runs are VAEs. Run B has other first weights and other batches, and all else is "
        "equal. What stays the same?",
        "answers": [
            "The map: every class has the same place.",
            "The losses, nearly. The classes lie elsewhere.",
            "Nothing: losses and map differ.",
        ],
        "watch": "Watch one colour on both maps, and the dashed curve of the other run.",
        "why": "No term of the loss names a direction or a class, so the map may be turned, mirrored or ordered "
        "otherwise. A difference between two settings that is no larger than this difference between the losses "
        "means nothing.",
    },
}

WORDS = clinic.WORDS | {
    "datasets": datasets.WORDS,
    "title": "Practice: train autoencoders and watch",
    "tab_train": "Train",
    "lead_train": "Two trainings side by side: make one thing different, start both, and compare.",
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
    "epoch_title": "To the end of the epoch",
    "stop": "Stop",
    "stop_title": "End this training for good; what is drawn stays. While a run is being saved, this ends the saving",
    "reset": "Reset",
    "reset_title": "Back to the untrained model of this seed; unlocks the choices",
    "save": "Save",
    "save_title": (
        "Measure on the whole test set and write a bundle that the explorer and the scoreboard list by this "
        "name. For a training that is finished"
    ),
    "pace": "Pace",
    "pace_full": "full speed",
    "pace_steps": "{n} steps a second",
    "both": "Both:",
    "start_both": "Start both",
    "pause_both": "Pause both",
    "copy": "Copy A to B",
    "copy_title": "Give run B the choices of run A, so that only what you change next differs",
    "open_both": "Open both in the explorer",
    "open": "Open in the explorer",
    "codes": "codes of test images",
    "codes_sampled": "z ~ q(z|x) of test images",
    "codes_means": "means of q(z|x) of test images",
    "means": "means",
    "sampled": "sampled z",
    "manifold": "decoded manifold",
    "manifold_even": "decoded from the square ± {reach}",
    "no_picture": "The dataset is not here yet: fetch it.",
    "no_picture_yet": "The untrained model appears here as soon as a core is free.",
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
    "saving": "measuring on the test set to save, {share}; Stop leaves the run as it is",
    "saved": "saved as {name}",
    "progress": "epoch {epoch} of {epochs}, step {step} of {steps}",
    "seconds": "{seconds} s",
    "changed": "The choices were changed since: Start begins again with them.",
    "choose_first": "Choose, then press Start. Weights and learning rates can still be changed while it trains.",
    "framed": "A frame marks what differs from run {other}.",
    "locked": ("Training began with the grey choices: Reset to change them. The others apply at the next step."),
    "locked_saving": "Nothing can be changed while the model is measured.",
    "name": "Name of run {run}",
    "failure_advice": "Run {run} failed: {problem} A smaller learning rate often helps; change it and start again.",
    "failure": "Run {run} failed: {problem}",
    "lost": "The server does not answer ({problem}). Trying again.",
    "restarted": "The server was restarted: trainings that were not saved are gone, the choices are kept.",
    "ended": "This page was away for too long: trainings that were not saved have ended, the choices are kept.",
    "reconstruction": "reconstruction (BCE, in nats)",
    "sliced": "sliced W₂²: distance from p(z)",
    "coverage": "coverage",
    "null": "two sets of draws of p(z)",
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
    "came_otherwise": "It comes otherwise: “{outcome}”",
    "answer_ends": "Your answer ends the trainings that are going on.",
    "wait_for_save": "A model is being saved: wait, or stop the saving first.",
    "bad_number": "The {name} must lie between {low} and {high}: it was left as it was.",
    "bad_widths": (
        "The widths must be one to four whole numbers between {low} and {high}, as in 256 256: they were left as they "
        "were."
    ),
}

CODE_TITLE = "Show the code"
CODE_INTRO = """
The objective of each run, as it stands in its module and runs above, with the chosen numbers beside the lines that
use them; and the command that trains the same model to the same numbers on the same machine.
"""
CODE_OF = "**Run {run}** · {title}"
COMMAND_HELP = "`--threads 1`: here a training uses one core. With more, sums are taken in another order, and the last digits differ."
COMMAND_CHANGED = (
    "Settings of run {run} were changed while it trained: {changes}. No command trains the same model. The "
    "command above trains with the settings as they are now, from the first step on."
)
STEP_INTRO = "One step of training: what happens with each batch, before the weights' running average is updated."
BAD_CHOICES = "Run {run} cannot be trained with these choices: {problem}."

GUIDE = """
**Two trainings, A and B,** of the siblings AE, VAE, AAE and the textbook's AAE. They are of the same architecture (the
VAE's encoder has a second head, for log σ²), and differ in one thing, what makes the codes lie where p(z) says: nothing (AE), the KL term
with weight β (VAE), or an adversary (both AAEs). The AAE adds its adversary to the reconstruction, with a weight, and
gives its discriminator log p(z). The textbook's does neither: its encoder takes turns between the two. Choose what
differs, start both, and compare. *Copy A to B* makes the two alike, so that you can change one thing.

**The dots** are the codes of test images (at most 1,000), which no training sees, coloured by class; dashed lines show
the prior. For a VAE the dots are draws z ~ q(z|x), which is what is compared with the prior; *means* shows the means
instead. The axes grow with the codes: look at their numbers. **The manifold** is what the decoder makes of a grid: for
N(0, I) even in probability, for other priors even in the plane. Both show the running average of the weights, because
that is what comes out in the end and is saved.

**The curves**: the reconstruction (binary cross-entropy, summed over pixels), then the regulariser: the VAE's KL, or
the losses of the AAE's discriminator D on draws of p(z), −log D, and on codes, −log(1 − D). All in nats an image, on the
training images; a point is the mean over the last epoch, or the last 100 steps if an epoch has more. D's losses at log
2 (dotted) mean that it cannot tell codes from draws, *or* that it is a weak discriminator. They are no divergence.
**Sliced W₂²** is an honest distance of the test codes' q(z) from p(z), the same for all models: grey is its null, what
two sets of draws of the prior show. **Coverage** is the share of draws of p(z) that have a code as near as their fifth
neighbour among the draws: in two or three dimensions, holes lower it.

**While a model trains,** its weight (β, or the adversary's) and its learning rates can be changed. The change applies
from the next step on and is marked on the curves. A saved model keeps the record: the explorer and the scoreboard say
which values it had until when. Everything else decides how the training begins or how long it takes, so it is fixed.

**Step** takes one batch, **Epoch** goes to the epoch's end. **Reset** goes back to the untrained model; the same seed
gives the same numbers again. *Pace* slows a training down to look at it. The learning rate rises for a fifth of all
steps and then falls, so the number of epochs is part of the recipe. When a training is finished, **Save** measures it
on the whole test set (for a VAE on MNIST that takes two or three minutes) and writes a bundle to `runs/`, for the
explorer and the scoreboard. The bundle has the name that you give it, or one that says what differs from the recipe.

**Trainings belong to this browser tab.** A reload keeps them. They go on for about two minutes after the connection is
cut, the phone is locked or the tab is closed; then they end. As many run at once as the server has cores; others wait
in a queue. A paused training frees its core. The address holds the choices: copy it to share them.
"""
