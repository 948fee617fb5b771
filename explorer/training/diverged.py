"""The error of a training whose result is not finite."""

REMEDY = "Nothing was written. A smaller --lr usually helps."


class TrainingDiverged(Exception):
    """A loss, a trained weight or a code is NaN or infinite. The message names it and the step."""
