"""The loss clinic in Node: what was answered, and what is drawn of a recording."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.clinic import recordings
from explorer.clinic.faults import FAULTS
from explorer.siblings import SIBLINGS
from explorer.ui import clinic, practice
from explorer.ui.texts import texts_of

CASES = [{"choices": list("abcd"), "right": right} for right in (1, 3, 0)]


def test_a_case_is_answered_once_and_counts_if_it_was_right(compute):
    body = """
    const kept = [], answers = new Answers(cases, [], (given) => kept.push([...given]));
    const seen = () => [answers.solved, answers.isOver, ...cases.map((_, at) => answers.isAnswered(at))];
    const found = [seen()];
    answers.check(0); // nothing is chosen
    answers.picked = 1;
    found.push(seen(), answers.pickedOf(0));
    answers.check(0);
    found.push(seen(), answers.pickedOf(0));
    answers.picked = 2;
    answers.check(0); // too late
    found.push(seen());
    answers.picked = 0;
    answers.check(1); // wrong
    answers.picked = 0;
    answers.check(2);
    found.push(seen());
    answers.restart();
    found.push(seen());
    return { found, kept };
    """
    answer = compute("practice/cases", body, cases=CASES)
    assert answer["found"] == [
        [0, False, False, False, False],
        [0, False, False, False, False],
        1,
        [1, False, True, False, False],
        1,
        [1, False, True, False, False],
        [2, True, True, True, True],
        [0, False, False, False, False],
    ]
    assert answer["kept"] == [[1, None, None], [1, 0, None], [1, 0, 0], [None, None, None]]


@pytest.mark.parametrize("given", [[], [1, 9, "x"], [1, -1, None, 0, 0], [1, [], {}]])
def test_kept_answers_that_fit_no_case_are_forgotten(compute, given):
    body = "const { given: found, solved } = new Answers(cases, given, () => 0); return [found, solved];"
    found, solved = compute("practice/cases", body, cases=CASES, given=given)
    assert (found, solved) == ([1, None, None], 1) if given else ([None] * 3, 0)


@pytest.mark.parametrize("key", FAULTS)
def test_a_moment_of_the_served_recording_is_the_recorded_one(compute, key):
    at, run = list(FAULTS).index(key), recordings.load(key)
    body = """
    const response = await fetch(new URL(file, base));
    const run = readSafetensors(await response.arrayBuffer());
    const { codes, drawn, rebuilt } = momentOf(run, moment);
    return { codes: [...codes], drawn: [...drawn.values], shape: drawn.shape, rebuilt: [...rebuilt.values] };
    """
    file, moment = clinic.cases()[at]["run"], 3
    found = compute("practice/cases kernel/safetensors", body, file=file, moment=moment)
    np.testing.assert_array_equal(np.float32(found["codes"]), run.get("z", run["mean"])[moment].ravel())
    assert found["shape"] == [36, 64] and found["drawn"] == run["drawn"][moment].ravel().tolist()
    assert found["rebuilt"] == [*run["examples"].ravel().tolist(), *run["reconstructed"][moment].ravel().tolist()]


@pytest.mark.parametrize(("reaches", "shown"), [((4, 400), (400, 400)), ((4e22, 4), (4e22, 4)), ((4, 401), (4, 401))])
def test_maps_share_a_scale_unless_one_run_lies_far_out(compute, reaches, shown):
    found = compute("practice/cases", "return scalesOf(reaches);", reaches=reaches)
    assert found == {"reaches": list(shown), "areShared": shown != reaches}


@pytest.mark.parametrize("key", FAULTS)
def test_both_runs_stand_in_one_chart_so_at_one_scale(compute, key):
    fault = FAULTS[key]
    case = clinic.cases()[list(FAULTS).index(key)]
    body = """
    const open = async (file) => readSafetensors(await (await fetch(new URL(file, base))).arrayBuffer());
    const [run, healthy] = [await open(files[0]), await open(files[1])];
    const colours = { own: "own", faint: "faint", of: (name) => name };
    return charts(run, healthy, chart, colours, words, "regulariser").map((scene) => ({ ...scene, ends: scene.lines.map(
      ({ points, colour }) => [colour, points.at(-1)[0], points.at(-1)[1], points.length],
    ) }));
    """
    chart = practice.sibling_data(SIBLINGS[fault.kind])["chart"]
    found = compute(
        "practice/cases kernel/safetensors",
        body,
        files=[case["run"], case["healthy"]],
        chart=chart,
        words=texts_of("practice").WORDS,
    )
    run, healthy = recordings.load(key), recordings.load(fault.healthy)
    assert [len(scene["lines"]) for scene in found] == [2, 2 * len(chart["terms"]), 2, 2]
    for scene, name in zip(found, ["log_reconstruction", f"log_{chart['terms'][0]['name']}"]):
        (faint, *of_healthy), (own, *of_run) = scene["ends"][:2]
        assert faint == "faint" != own
        assert of_healthy == [100, pytest.approx(float(healthy[name][-1])), 100]
        assert of_run == [100, pytest.approx(float(run[name][-1])), 100]
    assert found[3]["ends"][1][1:] == [100, pytest.approx(float(run["sliced_w2_squared"][-1])), 6]
    for scene in found:
        values = [value for line in scene["lines"] for _, value in line["points"]]
        assert np.isfinite(values).all() and (not scene.get("log") or min(values) > 0)
