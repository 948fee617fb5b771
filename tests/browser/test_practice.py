"""Lesson 4 in a real browser: trainings are started, stepped, paused, stopped, reset, compared, saved and opened."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from urllib.parse import unquote

import numpy as np
import pytest
import torch

from explorer.address import practice as choices
from explorer.data import datasets
from explorer.objectives import effective_beta
from explorer.store import bundle
from explorer.training import fit as training

from .driver import DESK, PHONE, eventually, expect, serve, wait_for_view

READY = ".practice[data-ready=true]"
STEPS = 6  # an epoch, in batches of 256
SMALL = "vae,digits,hidden=16,epochs=3,batch_size=256"
LONG = "vae,digits,epochs=1000"
OWN_NAME = "VAE, widths 16, epochs 3, batch 256"  # of SMALL
INK = (
    "c => { const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; "
    "for (let i = 3; i < p.length; i += 4) n += p[i] > 0; return n; }"
)
HASH = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce((h, v) => (h * 31 + v) | 0, 7)"


@pytest.fixture
def practise(open_page):
    """`practise(a=..., b=...)`: the page with those choices, training on the server. more: further parameters."""

    def open_one(a: str = SMALL, b: str = "aae,digits", more: str = "", **options):
        return open_page(f"practice?a={a}&b={b}&where=server{more}", wait=READY, **options)

    return open_one


def panel(page, side: str = "a"):
    return page.locator(f".run.{side}")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def until(page, state: str, side: str = "a", **data) -> None:
    """Waits for the run's state, and what else its element's data say."""
    more = "".join(f"[data-{name}='{value}']" for name, value in data.items())
    page.wait_for_selector(f".run.{side}[data-state={state}]{more}", timeout=120_000)


def begin(page, name: str, side: str = "a") -> None:
    """Presses a button that begins a new run, and waits until the page shows that one."""
    before = panel(page, side).get_attribute("data-id")
    press(page, name)
    page.wait_for_selector(f".run.{side}:not([data-id='{before}'])", timeout=120_000)


def data(page, name: str, side: str = "a"):
    return json.loads(panel(page, side).get_attribute(f"data-{name}"))


def history(chosen: str) -> list[dict]:
    """What training.fit gives, an entry an epoch."""
    config = choices.to_config(choices.parse({"a": chosen})[0]["a"])
    return list(training.fit(config, datasets.load("digits", "train").images, torch.device("cpu")))[-1].history


def test_stepping_takes_one_batch_at_a_time_and_changes_no_number(practise):
    page = practise()
    seen = set()
    for taken in range(1, STEPS + 1):
        press(page, "Step run A")
        until(page, "paused", taken=taken)
        seen.add(page.get_by_role("img", name="Run A: z ~ q(z|x) of test images").evaluate(HASH))
        assert panel(page).locator("progress:visible").evaluate("bar => bar.value") == pytest.approx(taken / STEPS / 3)
    assert len(seen) == STEPS  # the codes moved at each
    assert f"epoch 1 of 3, step {STEPS} of {STEPS}" in panel(page).inner_text()
    press(page, "Epoch run A")
    until(page, "paused", taken=2 * STEPS)
    press(page, "Continue run A")
    until(page, "finished", taken=3 * STEPS)
    assert data(page, "last") == pytest.approx(history(SMALL)[-1], abs=0)
    for name in ("Step run A", "Epoch run A", "Stop run A"):
        assert page.get_by_role("button", name=name, exact=True).get_attribute("aria-disabled") == "true"


def test_stop_and_reset_give_the_same_numbers_with_the_same_seed(practise):
    page = practise()
    press(page, "Start run A")
    until(page, "finished")
    first = data(page, "last")
    begin(page, "Reset run A")
    until(page, "ready", taken=0)
    press(page, "Step run A")
    until(page, "paused", taken=1)
    press(page, "Stop run A")
    until(page, "stopped", taken=1)
    begin(page, "Start again run A")
    until(page, "finished")
    assert data(page, "last") == first
    seed = panel(page).get_by_label("seed")
    seed.fill("5")
    seed.press("Enter")
    page.wait_for_url(re.compile("seed(=|%3D)5"))
    assert "settings were changed" in panel(page).inner_text()
    begin(page, "Start again run A")
    until(page, "finished")
    assert data(page, "last") != first


def test_a_pause_holds_the_training_and_locks_the_choices(practise):
    page = practise(a=LONG)
    press(page, "Start run A")
    until(page, "running")
    page.wait_for_selector(".run.a:not([data-last=null])", timeout=120_000)
    assert panel(page).get_by_label("epochs", exact=True).is_disabled()
    press(page, "Pause run A")
    until(page, "paused")
    taken, revision = data(page, "taken"), data(page, "revision")
    page.wait_for_timeout(1500)
    assert (data(page, "taken"), data(page, "revision")) == (taken, revision)
    press(page, "Continue run A")
    page.wait_for_function(
        "([e, before]) => Number(e.dataset.taken) > before", arg=[panel(page).element_handle(), taken]
    )
    begin(page, "Reset run A")
    until(page, "ready", taken=0)
    assert panel(page).get_by_label("epochs", exact=True).is_enabled()


def test_the_untrained_models_are_there_before_anything_is_started(practise):
    page = practise()
    for side in "ab":
        until(page, "ready", side, revision=1)
        for name in ("codes|z ~", "decoded manifold"):
            canvas = page.get_by_role("img", name=re.compile(f"^Run {side.upper()}: ({name})"))
            eventually(page, lambda canvas=canvas: canvas.evaluate(INK) > 500 or pytest.fail("nothing is drawn"))
    canvas = page.get_by_role("img", name="Run A: decoded manifold")
    before, number = canvas.evaluate(HASH), panel(page).get_attribute("data-id")
    seed = panel(page).get_by_label("seed")
    seed.fill("5")
    seed.press("Enter")
    page.wait_for_selector(f".run.a[data-state=ready][data-revision='1']:not([data-id='{number}'])")
    assert canvas.evaluate(HASH) != before
    press(page, "Step run A")
    until(page, "paused", taken=1)
    assert panel(page).get_attribute("data-id") != number


def test_a_weight_is_changed_while_the_model_trains(practise):
    page = practise(a=LONG)
    press(page, "Start run A")
    page.wait_for_selector(".run.a[data-state=running]:not([data-last=null])", timeout=120_000)
    curve = page.get_by_role("img", name=re.compile("^Run A: reconstruction"))
    assert panel(page).get_by_label("seed").is_disabled()
    panel(page).get_by_text("Grey settings are fixed during training: Reset to change them.").wait_for()
    beta = panel(page).get_by_label("β")
    beta.fill("40")
    beta.press("Enter")
    page.wait_for_selector(".run.a[data-changes='[\"β = 40\"]'][data-state=running]")
    press(page, "Pause run A")
    until(page, "paused")
    assert curve.evaluate(INK) > 500 and not panel(page).get_by_label("β").is_disabled()
    page.get_by_text("Show the code").click()
    page.get_by_text("Settings of run A were changed while it trained: β = 1 until epoch").wait_for()
    begin(page, "Reset run A")
    page.get_by_text("Settings of run A were changed while it trained").wait_for(state="detached")


def test_a_reload_asks_first_while_a_model_trains_and_the_page_finds_it_again(practise):
    page = practise(a=LONG)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    until(page, "ready", revision=1)
    panel(page).locator("h2").click()  # a browser asks only people who did something on the page
    page.reload()
    page.wait_for_selector(READY)
    assert asked == []
    press(page, "Start run A")
    page.wait_for_selector(".run.a[data-state=running]:not([data-last=null])", timeout=120_000)
    number, taken = data(page, "id"), data(page, "taken")
    page.reload()
    page.wait_for_selector(f".run.a[data-id='{number}'][data-state=running]")
    assert asked == ["beforeunload"] and data(page, "taken") >= taken
    press(page, "Pause run A")
    until(page, "paused")


def predict(page):
    """Asks what β = 4 does to the map, and answers. Returns the experiments' card; both trainings have begun."""
    page.get_by_role("button", name="β = 4", exact=True).click()
    card = page.get_by_role("region", name="Experiments")
    card.get_by_text("What happens to its map?").wait_for()
    card.get_by_role("button", name="The classes form tighter groups.").click()
    card.get_by_text("Watch the colours on both maps").wait_for()
    page.wait_for_url(re.compile("b=vae(%2C|,)digits(%2C|,)beta(=|%3D)4"))
    return card


def test_an_experiment_asks_for_a_prediction_and_answers_when_both_are_over(practise):
    page = practise()
    card = predict(page)
    for side in "ab":
        until(page, "running", side)
        press(page, f"Stop run {side.upper()}")
        until(page, "stopped", side)
    card.get_by_text("What happens instead: “The classes mix, and every decoded picture looks the same.”").wait_for()
    card.get_by_role("button", name="Close the experiment").click()
    assert page.get_by_role("button", name="β = 4", exact=True).evaluate("e => e.matches(':focus')")


@pytest.mark.slow
def test_what_an_experiment_answers_is_what_happened(practise):
    page = practise()
    card = predict(page)
    for side in "ab":
        until(page, "finished", side)
    card.get_by_text("What happens instead: “The classes mix, and every decoded picture looks the same.”").wait_for()
    assert data(page, "last", "b")["kl"] < 0.1 < data(page, "last", "a")["kl"]


def test_two_trainings_are_seen_live_without_a_message_to_a_script(practise):
    page = practise(a=LONG, b="aae,digits,epochs=1000")
    sent: list = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    page.reload()
    page.wait_for_selector(READY)
    page.wait_for_timeout(1500)
    sent.clear()
    press(page, "Start both")
    for side in "ab":
        page.wait_for_selector(f".run.{side}[data-state=running]:not([data-last=null])", timeout=120_000)
    for side in "ab":  # looks that go on coming
        before = data(page, "revision", side)
        page.wait_for_function(
            "([e, before]) => Number(e.dataset.revision) >= before + 6",
            arg=[panel(page, side).element_handle(), before],
        )
    for name in ("codes of test images", "decoded manifold", "reconstruction", "D's losses", "sliced W₂²"):
        assert page.get_by_role("img", name=re.compile(f"^Run B: {re.escape(name)}")).evaluate(INK) > 500
    assert re.search(r"W₂² \d+\.\d{4} \(null \d+\.\d{4} ± \d+\.\d{4}\) · coverage", panel(page, "b").inner_text())
    press(page, "Pause both")
    for side in "ab":
        until(page, "paused", side)
    assert sent == []


def test_what_is_drawn_is_what_the_models_say(practise):
    """The numbers under the pictures against the training done here."""
    from explorer import models
    from explorer.background.snapshot import Snapshots

    page = practise()
    begin(page, "Reset run A")
    until(page, "ready", revision=1)
    config = choices.to_config(choices.parse({"a": SMALL})[0]["a"])
    snapshots = Snapshots(config, datasets.load("digits", "test"), torch.device("cpu"))
    snapshot = snapshots.take(models.build(config.model, seed=0))
    expected = snapshot.distances
    text = panel(page).inner_text()
    assert f"W₂² {expected['sliced_w2_squared']:.4f} (null {snapshots.null['sliced_w2_squared'].mean:.4f}" in text
    assert f"coverage {expected['coverage']:.3f}" in text
    canvas = page.get_by_role("img", name="Run A: decoded manifold")
    grey = np.array(canvas.evaluate("c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]")).reshape(
        -1, 4
    )
    assert grey[grey[:, 3] == 255][:, 0].mean() == pytest.approx(snapshot.manifold.mean(), abs=2)


# Chromium says nothing of another screen that is only emulated: `screens` says it.
SCREENS = """
const ask = window.matchMedia.bind(window), screens = window.screens = new EventTarget();
window.matchMedia = (query) => (query.includes("resolution") ? screens : ask(query));
"""


def test_pictures_are_as_sharp_as_the_screen(practise):
    page = practise(device_scale_factor=3)
    page.add_init_script(SCREENS)
    page.reload()
    page.wait_for_selector(READY)
    begin(page, "Reset run A")
    until(page, "ready", revision=1)
    ratios = "all => all.map((c) => [c.width / c.clientWidth, c.height / c.clientHeight])"
    canvases = panel(page).locator("canvas:visible")
    np.testing.assert_allclose(canvases.evaluate_all(ratios), 3, rtol=2e-2)
    ink = page.get_by_role("img", name="Run A: decoded manifold").evaluate(INK)
    screen = {"width": DESK["width"], "height": DESK["height"], "deviceScaleFactor": 1, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", screen)
    page.evaluate("screens.dispatchEvent(new Event('change'))")  # the window was moved to another one
    assert canvases.count() > 2
    eventually(page, lambda: np.testing.assert_allclose(canvases.evaluate_all(ratios), 1, rtol=2e-2))
    assert page.get_by_role("img", name="Run A: decoded manifold").evaluate(INK) == pytest.approx(ink / 9, rel=0.1)


@pytest.mark.main_job
def test_a_finished_run_is_saved_and_opens_in_the_explorer(practise, running_server):
    page = practise(b="ae,digits,hidden=16,epochs=2,batch_size=256")
    assert page.get_by_role("button", name="Save run A").get_attribute("aria-disabled") == "true"
    press(page, "Start both")
    saved = []
    try:
        for side in "ab":
            until(page, "finished", side)
        assert page.get_by_label("Name of run A").get_attribute("placeholder") == OWN_NAME
        page.get_by_label("Name of run B").fill("my 1st: AE")
        for side in "ab":
            press(page, f"Save run {side.upper()}")
        for side in "ab":
            href = panel(page, side).get_by_role("link", name="Open in the explorer").get_attribute("href")
            saved.append(running_server.runs / unquote(href.partition("left=runs/")[2]))
        assert f"saved as {OWN_NAME}" in panel(page).inner_text()
        assert [path.name for path in saved] == [OWN_NAME, "my 1st AE"]
        opened = bundle.load_bundle(saved[0])
        assert opened.history == history(SMALL) and {
            "coverage",
            "negative_log_likelihood",
            "label_accuracy",
            "seconds",
        } <= set(opened.metrics)
        with page.context.expect_page() as found:
            page.get_by_role("link", name="Open both in the explorer").click()
        found.value.wait_for_selector(".explorer[data-ready=true]")
        assert (
            saved[0].name in found.value.url
            or found.value.locator(".panel.left header select").input_value() == f"runs/{saved[0].name}"
        )
        assert found.value.locator(".panel.right header select").input_value() == f"runs/{saved[1].name}"
    finally:
        for path in saved:
            shutil.rmtree(path)


def test_choices_reach_the_address_the_code_and_the_command(practise):
    page = practise(a="vae,digits", b="aae,digits")
    beta = panel(page).get_by_label("β")
    beta.fill("4")
    beta.press("Tab")
    page.wait_for_url(re.compile("beta(=|%3D)4"))
    page.get_by_text("Show the code").click()
    page.get_by_text("# beta = 4", exact=False).first.wait_for()
    page.get_by_text("--beta 4", exact=False).first.wait_for()
    assert panel(page).locator("label.differs").count() == 0  # B, an AAE, has no β
    page.locator(".heading").scroll_into_view_if_needed()
    panel(page, "b").get_by_role("radio", name="VAE").check(force=True)
    page.wait_for_url(re.compile("b=vae"))
    assert panel(page, "b").locator("label.differs").all_inner_texts() == ["β"]
    page.get_by_role("button", name="Copy A to B").click()
    page.wait_for_url(re.compile(r"b=vae(%2C|,)digits(%2C|,)beta"))
    panel(page, "b").get_by_label("Prior").select_option("mixture")
    page.get_by_text("--prior mixture", exact=False).first.wait_for()
    command = page.locator("[data-testid=stCode]", has_text="--prior mixture").first.inner_text()
    state, problems = choices.parse({"b": "vae,digits,beta=4,prior=mixture"})
    assert problems == [] and shlex.split(command) == shlex.split(choices.command(state["b"]))
    page.reload()
    page.wait_for_selector(READY)
    assert (
        panel(page, "b").get_by_label("β").input_value() == "4"
        and panel(page, "b").get_by_label("Prior").input_value() == "mixture"
    )


def test_wrong_choices_are_said_and_taken_back(practise):
    page = practise(a="vae,digits,epochs=0", b="nonsense")
    assert page.get_by_test_id("stAlert").count() == 2
    epochs = panel(page).get_by_label("epochs", exact=True)
    epochs.fill("100000")
    epochs.press("Enter")
    page.get_by_text("Not changed: epochs must be from 1 to 1000").wait_for()
    assert epochs.input_value() == "300"
    widths = panel(page).get_by_label("widths")
    for bad in ("", "0", "5000", "a", "1 1 1 1 1"):
        widths.fill(bad)
        widths.press("Enter")
        page.get_by_text("the widths must be one to four whole numbers").wait_for()
        assert widths.input_value() == "256 256"
    widths.fill("32,16")
    widths.press("Enter")
    page.wait_for_url(re.compile("hidden(=|%3D)32-16"))
    assert page.get_by_text("the widths must be").count() == 0


def test_a_failure_is_a_sentence_and_leaves_the_page_usable(practise):
    page = practise(a="vae,digits,lr=10,hidden=256-256-256-256,epochs=3")
    lr = panel(page).get_by_label("learning rate")
    press(page, "Start run A")
    until(page, "failed")
    shown = panel(page).get_by_role("alert").inner_text()
    assert re.fullmatch(
        r"Run A failed: \w+ became nan at epoch 1, step \d+ of 23\. A smaller learning rate often helps; change it and "
        r"start again\.",
        shown,
    )
    assert "Traceback" not in page.content()
    lr.fill("0.002")
    lr.press("Enter")
    begin(page, "Start again run A")
    until(page, "finished")


BROKEN_ACCELERATOR = """
import torch
torch.cuda.is_available = lambda: True
from explorer.serving import app as serving
import streamlit as st
app = st.App(**serving.arguments())
"""


def test_an_accelerator_that_cannot_be_used_is_named_and_the_cpu_trains(chromium, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(BROKEN_ACCELERATOR, encoding="utf-8")
    with serve(tmp_path, str(script)) as server:
        page = chromium.new_context(viewport=DESK).new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{server.address}/practice?a={SMALL}&where=server")
        page.wait_for_selector(READY)
        press(page, "Start run A")
        until(page, "finished")
        hint = panel(page).locator(".hint").inner_text()
        assert re.fullmatch(r"The accelerator of this machine cannot be used \(.*CUDA.*\), so the CPU is used\.", hint)
        page.context.close()


@pytest.mark.slow
def test_more_trainings_than_cores_wait_and_see_their_place(practise):
    cores = len(os.sched_getaffinity(0))
    pages = [practise(a=LONG, b=LONG + ",seed=1") for _ in range(cores // 2 + 1)]
    for page in pages:
        press(page, "Start both")
    last = pages[-1]
    last.wait_for_selector(".run[data-state=waiting]", timeout=120_000)
    assert re.search(r"waiting: place \d+ in the queue", last.locator(".runs").inner_text())
    last.get_by_role("button", name=re.compile("^Pause run")).last.click()  # one that waits leaves the queue
    for page in pages[:-1]:  # and who leaves makes room
        page.close()
    until(last, "running")


def test_everything_works_by_keyboard(practise):
    page = practise(a="vae,digits,hidden=16,batch_size=256", b="aae,digits")
    kind = panel(page).get_by_role("radio", name="VAE")
    kind.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("a=aae"))
    weight = panel(page).get_by_label("adversary")
    weight.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile("adversarial_weight(=|%3D)35"))
    page.get_by_role("button", name="Step run A").focus()
    for taken in (1, 2, 3):  # the focus stays where it is
        page.keyboard.press("Enter")
        until(page, "paused", taken=taken)
    page.get_by_role("button", name="Continue run A").focus()
    page.keyboard.press("Space")
    until(page, "running")
    page.keyboard.press("Space")
    until(page, "paused")
    assert "Run A: paused" in page.locator(".announcement").inner_text()


def test_nothing_needs_scrolling_on_a_projector(practise):
    page = practise(viewport=DESK)
    press(page, "Step run A")
    until(page, "paused")
    for locator in [*page.locator(".run canvas").all(), *page.locator(".run .numbers").all()]:
        box = locator.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= DESK["height"], box
    for side in "ab":
        assert page.get_by_role("button", name=f"Save run {side.upper()}").is_visible()


@pytest.mark.parametrize("size", [DESK, {"width": 1024, "height": 600}], ids=["1366", "1024"])
def test_a_presentation_has_codes_and_curves_in_sight_and_folds_the_settings(practise, size):
    page = practise(a="vae,digits,epochs=1,beta=4", more="&present=on", viewport=size)
    press(page, "Start run A")
    until(page, "finished")
    bar = page.locator(".st-key-present_bar").bounding_box()
    for locator in [*page.locator(".run canvas").all(), *page.locator(".run .numbers, .run .name:visible").all()]:
        box = locator.bounding_box()
        assert box["y"] >= bar["height"] and box["y"] + box["height"] <= size["height"], box
    settings = panel(page).get_by_role("button", name="Settings: β 4, epochs 1")
    expect(settings).to_have_attribute("aria-expanded", "false")
    expect(panel(page).get_by_label("seed")).to_be_hidden()
    settings.click()
    panel(page).get_by_label("seed").fill("3")
    panel(page).get_by_label("seed").press("Enter")
    expect(panel(page).get_by_role("button", name="Settings: β 4, epochs 1, seed 3")).to_have_attribute(
        "aria-expanded", "true"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_by_touch(practise, scheme):
    page = practise(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=scheme)
    page.get_by_role("button", name="Step run A").tap()
    until(page, "paused", taken=1)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    dark = page.locator(".practice").evaluate("e => getComputedStyle(e).colorScheme") == "dark"
    assert dark == (scheme == "dark")
    for button in page.locator(".run.a .buttons button, .run.a select, .run.a .kinds label").all():
        assert button.bounding_box()["height"] >= 36
    canvas = page.get_by_role("img", name=re.compile("^Run A: z"))
    assert canvas.bounding_box()["width"] >= 150 and canvas.evaluate(INK) > 1000


@pytest.mark.slow
def test_trainings_are_there_after_a_visit_to_another_page(practise):
    page = practise()
    press(page, "Step run A")
    until(page, "paused", taken=1)
    page.get_by_role("link", name="Scoreboard").click()
    page.wait_for_selector("[data-testid=stDataFrame]")
    page.get_by_role("link", name="4 Practice").click()
    page.wait_for_selector(READY)
    until(page, "paused", taken=1)
    assert panel(page).get_by_label("widths").input_value() == "16"


def test_nobody_steers_anothers_trainings(server, chromium):
    context = chromium.new_context()
    assert context.request.post(f"{server}/assets/x/runs/nobody", data="somebody").status == 404
    for path in ("assets/x/runs/nobody", "assets/x/runs/nobody?a=1.1.1"):
        assert context.request.get(f"{server}/{path}").status == 404
    assert context.request.post(f"{server}/assets/x/runs/nobody/a", data='{"action": "pause"}').status == 404
    assert context.request.post(f"{server}/assets/x/runs/nobody/a", data="x" * 10_000).status == 413
    context.close()


# ---- predict -------------------------------------------------------------------------------------------


def test_a_prediction_moves_the_bars_and_its_answer_is_the_number_of_effective_beta(open_page):
    page = open_page(
        "practice?tab=predict&step=4&a=vae,digits,beta=2", wait=".practice[data-tab=predict][data-ready=true]"
    )
    bar = page.locator(".predict .quiz-bars p[data-key=mean]")
    assert page.get_by_role("button", name="Reveal").is_disabled()
    expect(bar.locator("b")).to_have_text("?")
    page.get_by_role("radio", name="it divides β by P").check()
    expect(bar).to_have_attribute("data-value", str(2 / 64))
    expect(bar.locator("b")).to_have_text("your guess")
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".predict .outcome")).to_have_text("No: it multiplies β by P.")
    expect(bar).to_have_attribute("data-value", str(round(2 * effective_beta("mean", "sum", 64, 2))))
    expect(page.locator(".predict .because")).to_contain_text("β = 2 · 64 = 128")
    expect(page.locator(".predict .source")).to_contain_text("digits, P = 64")
    page.get_by_role("tab", name="Train", exact=True).click()
    page.get_by_role("tab", name="Predict").click()
    wait_for_view(page, lambda url: "tab=predict" in url and "step=4" in url)
    page.reload()
    expect(page.locator(".predict .score")).to_have_text("0 of 1 right")
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("radio", name="it rises: D changes too abruptly").check()
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".predict .score")).to_have_text("1 of 2 right")
