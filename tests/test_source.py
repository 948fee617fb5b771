"""The code that the practice page shows is the code that runs."""

import inspect
import textwrap

import pytest

from explorer import objectives
from explorer.training import fit as training
from explorer.ui import practice, source


@pytest.mark.parametrize("name", [name for names in practice.OBJECTIVES.values() for name in names])
def test_an_objectives_source_is_the_live_one(name):
    assert source.of("explorer.objectives", name) == inspect.getsource(getattr(objectives, name))


@pytest.mark.parametrize("kind", practice.PLAYERS)
def test_a_players_step_is_the_live_one(kind):
    assert source.of("explorer.training.fit", practice.PLAYERS[kind]) == inspect.getsource(training._PLAYERS[kind].step)


def test_the_numbers_stand_beside_the_lines_that_compute_with_them():
    shown = source.with_numbers(source.of("explorer.objectives", "aae_loss"), {"weight": 12.5, "beta": 3})
    assert "return AAELoss(bce + weight * adversarial, bce, adversarial)  # weight = 12.5\n" in shown
    assert (
        shown.count("# weight = ") == 1 and "beta" not in shown
    )  # not in the signature, and no name that is not there
    step = source.with_numbers(source.of("explorer.training.fit", "_VAEPlayer.step"), {"beta": 0.1})
    assert "self.training.beta)  # beta = 0.1\n" in step
    compile(textwrap.dedent(step), "step", "exec")  # still code
