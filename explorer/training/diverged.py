"""The error of a training that cannot be used."""

REMEDY = "Nothing was written. A smaller --lr usually helps."


class TrainingDiverged(Exception):
    """A loss is NaN or infinite, or the trained weights or their codes are. The message says which, and where."""
