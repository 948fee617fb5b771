"""The code that the practice page shows is the code that runs."""

import ast
import inspect
import re
import textwrap

import pytest

from explorer.siblings import KINDS, SIBLINGS, resolve
from explorer.steps import step_of
from explorer.ui import source

OBJECTIVES = [name for sibling in SIBLINGS.values() for name in sibling.objectives]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_an_objectives_source_is_the_live_one(name):
    assert source.of(name) == inspect.getsource(resolve(name))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sibling_shows_the_objectives_that_its_step_calls(kind):
    names = [name.partition(":")[2] for name in SIBLINGS[kind].objectives]
    called = step_of(kind).take.__code__.co_names
    assert names and all(name in called for name in names)


@pytest.mark.parametrize("kind", KINDS)
def test_a_steps_source_is_the_live_one(kind):
    assert source.of_step(SIBLINGS[kind]) == inspect.getsource(step_of(kind).take)


def test_the_numbers_stand_beside_the_lines_that_compute_with_them():
    shown = source.with_numbers(source.of("explorer.objectives:aae_loss"), {"weight": 12.5, "beta": 3})
    assert "return AAELoss(bce + weight * adversarial, bce, adversarial)  # weight = 12.5\n" in shown
    assert (
        shown.count("# weight = ") == 1 and "beta" not in shown
    )  # not in the signature, and no name that is not there
    step = source.with_numbers(source.of_step(SIBLINGS["vae"]), {"beta": 0.1})
    assert "self.training.beta)  # beta = 0.1\n" in step
    compile(textwrap.dedent(step), "step", "exec")  # still code


def test_a_results_line_is_found_however_the_function_is_formatted():
    text = source.of("explorer.objectives:vae_loss")
    wide = ast.unparse(ast.parse(text))  # a statement a line
    tall = re.sub(r"(?<= = )(.*)", r"(\n\1\n)", wide)  # an assignment takes three lines
    names = ["mean, log_var", "z", "bce", "kl", "return"]
    for written in (text, wide, tall, textwrap.indent(wide, "    ")):
        assert list(source.result_lines(written)) == names
    for written in (text, wide):
        found = [written.splitlines()[line - 1].strip() for line in source.result_lines(written).values()]
        starts = ["mean, log_var = ", "z = ", "bce = ", "kl = ", "return "]
        assert all(
            line.replace("(mean, log_var)", "mean, log_var").startswith(start) for line, start in zip(found, starts)
        )
    assert tall.splitlines()[source.result_lines(tall)["bce"] - 1] == ")"  # the last line of the assignment
