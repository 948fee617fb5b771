"""The error of a training whose result is not finite."""

REMEDY = "Nothing was written. A smaller --lr usually helps."


class TrainingDiverged(Exception):
    """A loss, a trained weight or a code is NaN or infinite. The message names it and the step.

    step: of the epoch, from 1, at which a loss was the first not to be finite; None if it was no loss.
    """

    def __init__(self, message: str, step: int | None = None) -> None:
        super().__init__(message)
        self.step = step
