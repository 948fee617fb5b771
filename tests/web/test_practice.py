"""What the practice page reads and says, in Node."""

from __future__ import annotations

import pytest

# A panel with one field, in which something was typed. Returns the choice, or the notice and what is in the field then.
READ = """
const input = { value: typed }, found = {};
const panel = Object.assign(Object.create(Panel.prototype), {
  fields: { it: { input } }, words: { bad_widths: "bad widths", bad_number: "bad number" },
  on: { notice: (text) => (found.notice = text), choose: (chosen) => (found.chosen = chosen.it) },
  chosen: { it: "old" }, data: {}, showChoices: (refused) => (refused.value = "old"),
});
panel.read({ name: "it", title: "", limits: [1, 1024], is_whole: true, count });
return { ...found, left: input.value };
"""


@pytest.mark.parametrize(
    "typed, widths",
    [("256 128", [256, 128]), ("256-128", [256, 128]), (" 32,16; 8 ", [32, 16, 8]), ("64", [64])],
)
def test_widths_are_read_as_people_write_lists(compute, typed, widths):
    assert compute("practice/panel", READ, typed=typed, count=4)["chosen"] == widths


@pytest.mark.parametrize("typed", ["banana 12x", "12x", "12 x", "1.5", "", "0", "2048", "1 1 1 1 1", "twelve", "-"])
def test_what_is_no_list_of_widths_is_refused_as_a_whole(compute, typed):
    assert compute("practice/panel", READ, typed=typed, count=4) == {"notice": "bad widths", "left": "old"}


@pytest.mark.parametrize("typed, number", [("12", 12), ("1e2", 100), ("", None), ("-3", None), ("1e6", None)])
def test_a_number_is_one_number(compute, typed, number):
    found = compute("practice/panel", READ, typed=typed, count=1)
    assert found == ({"notice": "bad number", "left": "old"} if number is None else {"chosen": number, "left": typed})


def test_an_empty_frame_invites_to_what_can_be_done(compute):
    states = ["empty", "ready", "waiting", "running", "stopped", "failed"]
    body = "return [true, false].map((here) => states.map((state) => invitation(state, here)));"
    here, missing = compute("practice/panel", body, states=states)
    assert here == ["no_picture_yet"] * 4 + ["no_picture_any_more"] * 2
    assert missing == ["no_picture"] * 4 + ["no_picture_any_more"] * 2


# Panel A in a state, its run begun with some choices, and others chosen now.
FOLLOW = """
const field = (name, while_training) => [name, { setting: { name, while_training, only_for: [] } }];
return states.map((state) => {
  const panel = Object.assign(Object.create(Panel.prototype), {
    run: { status: { state, chosen: begun } }, chosen, data: {},
    fields: Object.fromEntries([field("beta", true), field("lr", true), field("seed", false)]),
  });
  return [panel.canChange("beta"), panel.canChange("seed"), panel.canFollow];
});
"""
BEGUN = {"kind": "vae", "hidden": [16, 8], "beta": 1, "lr": 0.002, "seed": 0}


def test_weights_and_rates_can_be_changed_while_a_model_trains_and_nothing_else(compute):
    states = ["ready", "running", "paused", "waiting", "saving", "finished"]
    found = compute("practice/panel", FOLLOW, states=states, begun=BEGUN, chosen=BEGUN | {"beta": 4, "lr": 0.1})
    trains = [True, False, True]
    assert dict(zip(states, found)) == {
        "ready": [True, True, False],
        "running": trains,
        "paused": trains,
        "waiting": trains,
        "saving": [False, False, False],
        "finished": [True, True, False],
    }
    found = compute("practice/panel", FOLLOW, states=["running"], begun=BEGUN, chosen=BEGUN | {"beta": 4, "seed": 1})
    assert found == [[True, False, False]]  # choices from another address: the training stays as it is


CHANGED = """
const setting = (name, title, only_for = []) => [name, { setting: { name, title, only_for } }];
const panel = Object.assign(Object.create(Panel.prototype), {
  chosen: { ...start, ...changes },
  data: { starts: { vae: { digits: start } }, priors: [{ name: "swiss-roll", title: "a swiss roll" }] },
  fields: Object.fromEntries([setting("beta", "β"), setting("hidden", "widths"), setting("d_lr", "D's rate", ["aae"])]),
});
return panel.changedSettings();
"""


@pytest.mark.parametrize(
    "changes, written",
    [({}, []), ({"beta": 4}, ["β 4"]), ({"hidden": [8, 4], "prior": "swiss-roll"}, ["a swiss roll", "widths 8 4"]),
     ({"d_lr": 1}, [])],
)  # fmt: skip
def test_the_folded_settings_name_what_was_changed(compute, changes, written):
    start = {"kind": "vae", "dataset": "digits", "prior": "normal", "hidden": [16], "beta": 1, "d_lr": 0.1}
    assert compute("practice/panel", CHANGED, start=start, changes=changes) == written


def test_commands_arrive_in_the_order_in_which_they_were_given(compute):
    """An untrained model that is asked for late would end the training that has been started meanwhile."""
    body = """
    const sent = [], waits = [30, 0, 10];
    globalThis.fetch = async (address, { body }) => {
      await new Promise((resolve) => setTimeout(resolve, waits[sent.length]));
      sent.push(JSON.parse(body).action);
      return { ok: true };
    };
    const feed = new Feed({});
    feed.stopped = true;
    await Promise.all(["reset", "start", "pause"].map((action) => feed.command("a", { action })));
    return sent;
    """
    assert compute("practice/feed", body) == ["reset", "start", "pause"]


# What becomes of two commands if fetch fails at first, or a proxy answers in the server's place: what was sent, the
# troubles that were reported, and what the commands resolve to.
FAILING = """
const sent = [], troubles = [];
globalThis.setTimeout = (call) => (queueMicrotask(call), 0); // nobody waits
globalThis.fetch = async (address, { body }) => {
  sent.push(JSON.parse(body));
  const answer = answers[sent.length - 1];
  if (answer === "cut") throw new Error("cut");
  return { ok: answer === 200, status: answer, text: async () => `refused with ${answer}` };
};
const feed = new Feed({ onTrouble: (problem) => troubles.push(problem) });
feed.ask = () => {};
const outcomes = await Promise.all(["step", "pause"].map((action) => feed.command("a", { action })));
return { sent: sent.map(({ action }) => action), numbers: sent.map(({ number }) => number), troubles, outcomes };
"""


@pytest.mark.parametrize("failure, trouble", [("cut", "cut"), (502, "HTTP 502"), (504, "HTTP 504")])
def test_a_command_that_may_not_have_arrived_is_sent_again_under_its_number(compute, failure, trouble):
    found = compute("practice/feed", FAILING, answers=[failure, failure, 200, 200])
    assert found["sent"] == ["step", "step", "step", "pause"]
    numbers = found["numbers"]
    assert len(set(numbers[:3])) == 1 and len(set(numbers)) == 2
    assert found["troubles"] == [trouble] * 2 and found["outcomes"] == [None, None]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_command_that_came_to_nothing_says_so(compute, status):
    found = compute("practice/feed", FAILING, answers=[status, 200])
    assert found["sent"] == ["step", "pause"] and found["outcomes"] == [f"refused with {status}", None]


def test_two_pages_of_one_session_number_their_commands_apart(compute):
    body = "return [1, 2].map(() => new Feed({}).name);"
    assert len(set(compute("practice/feed", body))) == 2


# What is asked for while a command cannot be delivered: the answers arrive, and the trouble stays.
UNDELIVERED = """
const troubles = [];
globalThis.document = { hidden: false };
globalThis.setTimeout = () => 0;
const bytes = new TextEncoder().encode(JSON.stringify({ a: null, b: null }));
const header = new TextEncoder().encode(
  JSON.stringify({ status: { dtype: "U8", shape: [bytes.length], data_offsets: [0, bytes.length] } }));
const file = new Uint8Array(8 + header.length + bytes.length);
new DataView(file.buffer).setUint32(0, header.length, true);
file.set(header, 8);
file.set(bytes, 8 + header.length);
globalThis.fetch = async () => ({ ok: true, status: 200, arrayBuffer: async () => file.buffer });
const feed = new Feed({ onTrouble: (problem) => troubles.push(problem), onNews: () => troubles.push("news") });
feed.known = { a: null, b: null };
feed.undelivered = "cut";
await feed.ask();
feed.undelivered = null;
await feed.ask();
return troubles;
"""


def test_the_notice_stays_until_the_command_has_arrived(compute):
    assert compute("practice/feed", UNDELIVERED) == ["cut", "news", None, "news"]


def test_an_answer_is_told_once_it_is_known(compute):
    words = {
        "predicted": "You: {prediction}", "came_true": "Right.", "came_otherwise": "No: {outcome}",
        "experiments": {"it": {"answers": ["up", "down"], "watch": "Watch.", "why": "Because."}},
    }  # fmt: skip
    body = "return [[0, false], [0, true], [1, true]].map(([guess, shown]) => said(it, guess, shown, words));"
    found = compute("practice/experiments", body, it={"name": "it", "right": 1}, words=words)
    assert found == [["You: up", "Watch."], ["You: up", "No: down", "Because."], ["You: down", "Right.", "Because."]]


def test_codes_are_not_drawn_into_a_canvas_that_another_tab_hides(compute):
    """A training goes on in a hidden tab: its canvas has no size, and a circle cannot have a radius below 0."""
    body = """
    Object.assign(globalThis, {
      window: { devicePixelRatio: 1 }, document: {}, getComputedStyle: () => ({ fontSize: "16px" }),
    });
    const radii = [];
    const context = new Proxy({}, {
      get: (_, name) => (...given) => {
        if (name === "ellipse") radii.push(given[2]);
        return { width: 10 };
      },
      set: () => true,
    });
    const drawn = (size) => {
      radii.length = 0;
      const canvas = { clientWidth: size, clientHeight: size, getContext: () => context };
      drawCodes(canvas, { codes: [0, 1], label: [0], reach: 4.2, shape: null, palette: ["red"], colours: {} });
      return [...radii];
    };
    return [drawn(0), drawn(200)];
    """
    hidden, shown = compute("practice/draw", body)
    assert hidden == [] and len(shown) == 3 and min(shown) > 0
