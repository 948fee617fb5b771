"""Trainings in this browser, in Node: commands, states, what the page gets, and how they stand beside the server's."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from explorer.address import practice as choices
from explorer.background import snapshot
from explorer.config import DATASETS, Change, Config
from explorer.data import datasets
from explorer.serving import catalogue, runs_route, training_images
from explorer.siblings import SIBLINGS
from explorer.store import bundle
from explorer.ui import experiments, practice

TRAIN = "kernel/training/slot practice/browser_runs practice/feed"
# a clock that each look moves by `tick` milliseconds; `act` gives a command, `work` works to the end, `seen` is the
# page's run
BEGIN = """
let time = 0, tick = 1, run = null;
const slot = new Slot("run", { train, test }, () => (time += tick));
const choice = (more = {}) => choiceOf({ ...chosen, ...more }, data, "a name");
const tell = () => {
  const news = slot.news();
  if (news) run = joined(run, told(news, data.settings));
  return run;
};
const act = (action, more = {}, rest = {}) => { slot.obey({ action, choice: choice(more), ...rest }); return tell().status.state; };
const work = (times = Infinity) => {
  for (let i = 0; i < times; i++) { const wait = slot.work(); tell(); if (wait === null) break; }
  return run.status.state;
};
"""


@functools.cache
def page_data() -> dict:
    return {name: practice.browser_data("")[name] for name in ("browser", "priors", "settings")}


def train(compute, body: str, chosen: str = "vae,digits,hidden=16,epochs=2,batch_size=256", **given):
    splits = {
        part: {"images": split.images.tobytes(), "labels": split.labels.tobytes()}
        for part in ("train", "test")
        for split in [datasets.load("digits", part)]
    }
    run = choices.parse({"a": chosen})[0]["a"]
    return compute(TRAIN, BEGIN + body, data=page_data(), chosen=run, **splits, **given)


def test_a_run_is_stepped_paused_and_finished(compute):
    found = train(compute, """
      const states = [], note = (state) => states.push([state, run.status.taken, run.arrays ? run.status.revision : 0]);
      note(act("prepare")); note(work()); note(act("step")); note(work()); note(act("epoch")); note(work());
      act("pace", {}, { pace: 100 }); note(act("start")); note(work(2)); note(act("pause")); note(work());
      act("pace", {}, { pace: null }); act("start"); note(work()); note(act("pause"));
      return { states, run };
    """)  # fmt: skip
    assert found["states"] == [
        ["ready", 0, 0], ["ready", 0, 1], ["running", 0, 1], ["paused", 1, 2], ["running", 1, 2], ["paused", 6, 3],
        ["running", 6, 3], ["running", 8, 3], ["paused", 8, 3], ["paused", 8, 4], ["finished", 12, 5],
        ["finished", 12, 5],
    ]  # fmt: skip
    status, points = found["run"]["status"], found["run"]["points"]
    assert [point["at"] for point in points] == [0, 1, 6, 8, 12] and (status["steps"], status["epochs"]) == (6, 2)
    assert status["last"]["epoch"] == 2
    assert points[-1]["reconstruction"] == pytest.approx(status["last"]["reconstruction"])  # over the last epoch
    assert "reconstruction" not in points[0] and all("coverage" in point for point in points)
    assert all(one in status for one in runs_route.describe(a_run()))


def a_run():
    from explorer.background.pool import Pool
    from explorer.background.runs import Run

    return Run(choices.to_config(choices.DEFAULT["a"]), Pool(1), None)


def test_the_page_draws_the_same_arrays_as_of_a_run_on_the_server(compute):
    arrays = train(compute, 'act("prepare"); work(); return run.arrays;')
    images = len(datasets.load("digits", "test").labels)
    assert {name: len(arrays[name]) for name in ("mean", "z", "label")} == {
        "mean": 2 * images, "z": 2 * images, "label": images,
    }  # fmt: skip
    side = snapshot.MANIFOLD_SIDES["8"]
    assert arrays["manifold"]["shape"] == [side * side, 64] and len(arrays["manifold"]["values"]) == side * side * 64


def test_a_command_acts_on_the_right_run(compute):
    found = train(compute, """
      const ids = [], note = () => ids.push(Number(run.status.id.slice(3)));
      act("prepare"); act("prepare"); note(); // the same
      act("prepare", { seed: 5 }); note(); // another untrained model
      act("start", { seed: 5 }); note(); // that one
      work(); act("start", { seed: 5 }); note(); // it is over: a new one
      act("reset"); note();
      act("step"); work(); act("prepare", { seed: 6 }); note(); // a training that has begun stays
      act("reset"); note();
      act("stop"); note();
      return [ids, run.status.state];
    """)  # fmt: skip
    assert found == [[1, 2, 2, 3, 4, 4, 5, 5], "stopped"]


def test_the_same_seed_gives_the_same_numbers_after_a_reset(compute):
    first, second = train(
        compute,
        'const found = []; for (let i = 0; i < 2; i++) { act("reset"); act("start"); work(); found.push(run.status.last); }'
        "return found;",
    )
    assert first == second and np.isfinite(list(first.values())).all()


def test_a_change_while_it_trains_is_marked_as_on_the_server(compute):
    changes, plain = train(compute, """
      act("step"); work(); const before = run.status.changes.length;
      act("change", { beta: 2.5, lr: 0.0001 }); act("start", { beta: 2.5, lr: 0.0001 }); work();
      return [run.status.changes, before];
    """)  # fmt: skip
    expected = [Change("beta", 1.0, 2.5, 1, 6), Change("lr", 0.002, 0.0001, 1, 6)]
    assert plain == 0
    assert sorted((one["at"], one["text"]) for one in changes) == sorted(
        (change.step, catalogue.value_of(change.setting, change.after)) for change in expected
    )


def test_a_training_that_diverges_fails_with_the_sentence_that_the_page_knows(compute):
    status = train(compute, 'act("start", { lr: 1e30 }); work(); return run.status;')
    assert status["state"] == "failed" and "became" in status["problem"].lower()


def test_a_finished_run_is_measured_for_its_bundle_and_the_measuring_can_be_stopped(compute, tmp_path):
    chosen = "vae,digits,hidden=8,epochs=1,batch_size=256"
    found = train(compute, """
      act("start"); work();
      tick = 100; // longer than it works at a time
      const states = [act("save"), work(2), act("stop"), Boolean(run.bundle)];
      act("save"); work();
      return { states, status: run.status, bundle: run.bundle };
    """, chosen)  # fmt: skip
    assert found["states"] == ["saving", "saving", "finished", False]
    for file in found["bundle"]:
        (tmp_path / file["name"]).write_bytes(bytes(file["bytes"]))
    opened = bundle.load_bundle(tmp_path)
    assert opened.config == choices.to_config(choices.parse({"a": chosen})[0]["a"])
    assert opened.metrics["negative_log_likelihood"] < opened.metrics["negative_elbo"]


@pytest.mark.parametrize("experiment", experiments.EXPERIMENTS, ids=lambda one: one.name)
def test_the_page_gives_the_configuration_of_the_server(compute, experiment):
    for chosen in experiment.runs().values():
        found = train(compute, "return choiceOf(each, data, '').settings", each=chosen)
        assert Config.from_dict(found["config"]) == choices.to_config(chosen)


# Beside the trainings on the server.

RUNS = """
const sent = [], known = { a: null, b: null };
const at = (id, state, taken) => ({ status: { id, state, taken } });
const browser = { known: { ...known }, attach() {}, command: async (side, body) => void sent.push(["browser", side, body.action]) };
let wanted = "browser", shown;
const runs = new Runs(browser, {}, "", true, { wanted: () => wanted, name: () => "", onNews: (all) => (shown = all) });
runs.server = { known: { ...known }, command: async (side, body) => void sent.push(["server", side, body.action]) };
const id = () => shown.a?.status.id ?? null;
"""


def test_a_side_shows_the_run_that_began_last_and_reset_moves_it(compute):
    found = compute("practice/runs", RUNS + """
      const ids = [];
      runs.tell(); ids.push(shown ?? "nothing"); // the server has not answered
      runs.take(); ids.push(id());
      runs.command("a", { action: "prepare" });
      browser.known.a = at("b1", "ready", 0); runs.tell(); ids.push(id());
      runs.command("a", { action: "start" });
      browser.known.a = at("b1", "running", 7);
      wanted = "server"; // chosen while it trains
      runs.tell(); ids.push(id());
      runs.command("a", { action: "pause" });
      browser.known.a = at("b1", "paused", 9);
      runs.command("a", { action: "start" });
      runs.command("a", { action: "reset" });
      runs.server.known.a = at(4, "ready", 0); runs.tell(); ids.push(id());
      runs.command("a", { action: "pace", pace: 2 });
      return { ids, sent };
    """)  # fmt: skip
    assert found["ids"] == ["nothing", None, "b1", "b1", 4]
    assert found["sent"] == [
        ["browser", "a", "prepare"], ["browser", "a", "start"], ["browser", "a", "pause"], ["browser", "a", "start"],
        ["browser", "a", "stop"], ["server", "a", "reset"], ["browser", "a", "pace"], ["server", "a", "pace"],
    ]  # fmt: skip


def test_a_training_on_the_server_stays_in_view_after_a_reload(compute):
    found = compute("practice/runs", RUNS + """
      runs.server.known.a = at(3, "running", 7); runs.take();
      runs.command("a", { action: "pause" });
      return [id(), sent];
    """)  # fmt: skip
    assert found == [3, [["server", "a", "pause"]]]


def test_browsers_train_the_siblings_that_their_records_name(compute):
    steps = compute("kernel/training/steps", "return Object.keys(STEPS);")
    assert set(steps) == {kind for kind, sibling in SIBLINGS.items() if sibling.in_browser}


def test_the_images_travel_as_one_small_file(compute):
    found = compute(
        "kernel/safetensors",
        "const response = await fetch(new URL('training/digits', base)), file = await response.arrayBuffer();"
        "return { tensors: readSafetensors(file), bytes: file.byteLength };",
    )
    for part in ("train", "test"):
        split = datasets.load("digits", part)
        assert found["tensors"][f"{part}.images"]["values"] == split.images.ravel().tolist()
        assert found["tensors"][f"{part}.labels"]["values"] == split.labels.tolist()
    assert found["bytes"] < 120_000 and training_images.file_of("mnist") is None


def test_without_a_server_the_page_offers_what_a_browser_can_train():
    alone, served = practice.browser_data(None), practice.browser_data("token")
    assert [one["name"] for one in alone["datasets"]] == ["digits"] and len(served["datasets"]) == len(DATASETS)
    assert {one["kind"] for one in alone["siblings"]} == set(alone["browser"]["siblings"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["beta", "rate"])
def test_the_experiments_that_collapse_on_the_server_collapse_in_a_browser(compute, name):
    [experiment] = [one for one in experiments.EXPERIMENTS if one.name == name]
    found = train(
        compute,
        'act("start", b); work(); return [run.status.last.kl, run.arrays.manifold.values];',
        b=experiment.runs()["b"],
    )
    kl, manifold = found[0], np.array(found[1]).reshape(-1, 64) / 255
    assert kl < 0.1 and manifold.std(0).max() < 0.05  # every decoded picture looks the same
