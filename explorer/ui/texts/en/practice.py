"""Lesson 4: practice."""

from explorer.ui.texts.en import datasets

WORDS = {
    "datasets": datasets.WORDS,
    "title": "Practice: train autoencoders and watch",
    "lead": "Two trainings side by side: make one thing different, start both, and compare.",
    "run": "Run",
    "kind": "Model",
    "dataset": "Dataset",
    "prior": "Prior",
    "start": "Start",
    "resume": "Go on",
    "again": "Start again",
    "pause": "Pause",
    "step": "Step",
    "step_title": "One step of the optimiser: one batch",
    "epoch": "Epoch",
    "epoch_title": "To the end of the epoch",
    "stop": "Stop",
    "stop_title": "End this training for good; what is drawn stays. While it is saved: end the saving",
    "reset": "Reset",
    "reset_title": "Back to the untrained model of this seed; unlocks the choices",
    "save": "Save",
    "save_title": (
        "Measure on the whole test set and write a bundle that the explorer lists. For a training that is finished"
    ),
    "pace": "Pace",
    "pace_full": "full speed",
    "pace_steps": "{n} steps a second",
    "both": "Both:",
    "start_both": "Start both",
    "pause_both": "Pause both",
    "copy": "B ← A",
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
    "no_picture": "Press Start, or Step for one batch at a time.",
    "no_picture_yet": "The untrained model will be here as soon as the training begins.",
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
    "changed": "The choices were changed since: Start begins anew with them.",
    "locked": "Locked while this training goes on: Stop or Reset first.",
    "failure_advice": "Run {run} failed: {problem} A smaller learning rate often helps; change it and start again.",
    "failure": "Run {run} failed: {problem}",
    "lost": "The server does not answer ({problem}). Trying again.",
    "restarted": "The server was restarted: trainings that were not saved are gone, the choices are kept.",
    "ended": "This page was away for too long: trainings that were not saved have ended, the choices are kept.",
    "reconstruction": "reconstruction",
    "sliced": "sliced W₂²",
    "coverage": "coverage",
    "null": "two sets of draws of p(z)",
    "other": "run {run}",
    "nats": "nats an image",
    "bce": "BCE",
    "numbers_null": "(null {mean} ± {std})",
    "of_one_epoch": "means over the last epoch",
    "undefined": "not a number",
    "bad_number": "The {name} must lie between {low} and {high}: it was left as it was.",
    "bad_widths": (
        "The widths must be one to four whole numbers between {low} and {high}, as in 256 256: they were left as they "
        "were."
    ),
}

CODE_TITLE = "The code that runs"
CODE_INTRO = """
The objective of each run, as it stands in its module and runs above, with the chosen numbers beside the lines that
use them; and the command that trains the same model to the same numbers on the same machine.
"""
CODE_OF = "**Run {run}** · {title}"
COMMAND_HELP = "`--threads 1`: a training here has one core, and sums in another order are other numbers."
STEP_TITLE = "One step of training"
STEP_INTRO = "What happens with each batch, before the weights' running average is updated."
BAD_CHOICES = "Run {run} cannot be trained with these choices: {problem}."

GUIDE_TITLE = "What am I looking at?"
GUIDE = """
**Two trainings, A and B,** of the siblings AE, VAE, AAE and the textbook's AAE. They are of the same architecture (the
VAE's encoder has a second head, for log σ²), and differ in what holds the codes in place: nothing (AE), the KL term
with weight β (VAE), or an adversary (both AAEs). The AAE adds its adversary to the reconstruction, with a weight, and
gives its discriminator log p(z). The textbook's does neither: its encoder takes turns between the two. Choose what
differs, start both, and compare. *B ← A* makes the two alike, so that you can change one thing.

**The dots** are the codes of test images (at most 1,000), which no training sees, coloured by class; dashed lines show
the prior. For a VAE the dots are draws z ~ q(z|x), which is what is compared with the prior; *means* shows the means
instead. The axes grow with the codes: look at their numbers. **The manifold** is what the decoder makes of a grid: for
N(0, I) even in probability, for other priors even in the plane. Both show the running average of the weights, because
that is what comes out in the end and is saved.

**The curves**: the reconstruction (binary cross-entropy, summed over pixels), then what regularises: the VAE's KL, or
what the AAE's discriminator D loses on draws of p(z), −log D, and on codes, −log(1 − D). All in nats an image, on the
training images; a point is the mean over the last epoch, or the last 100 steps if an epoch has more. D's losses at log
2 (dotted) mean that it cannot tell codes from draws, *or* that it is a weak discriminator. They are no divergence.
**Sliced W₂²** is an honest distance of the test codes' q(z) from p(z), the same for all models: grey is its null, what
two sets of draws of the prior show. **Coverage** is the share of draws of p(z) that have a code as near as their fifth
neighbour among the draws: in two or three dimensions, holes lower it.

**Step** takes one batch, **Epoch** goes to the epoch's end. **Reset** goes back to the untrained model; the same seed
gives the same numbers again. *Pace* slows a training down to look at it. The learning rate rises for a fifth of all
steps and then falls, so the number of epochs is part of the recipe. When a training is finished, **Save** measures it
on the whole test set (for a VAE on MNIST that takes two or three minutes) and writes a bundle to `runs/`, for the
explorer and the scoreboard.

**Trainings belong to this browser tab.** A reload keeps them. They go on for about two minutes after the connection is
cut, the phone is locked or the tab is closed; then they end. As many run at once as the server has cores; others wait
in a queue. A paused training frees its core. The address holds the choices: copy it to share them.
"""
