"""The lesson on the adversary in a real browser: numbers against torch, divergences, the failures of the game."""

from __future__ import annotations

import json
import math
import re
from urllib.parse import urlparse

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from torch.distributions import Independent, Normal
from torch.nn import functional as F

from explorer.priors import get_prior
from explorer.store.bundle import load_bundle

from ..web.test_adversary import LOG_4, read_off
from ..web.test_surgery import parts as surgery_parts
from .driver import DESK, PHONE, ROOT, address, at_rest, next_frame, sent_messages, wait_for_view

DRAWN = ".adversary[data-ready=true]"
TABS = {
    "terms": "The substitution",
    "field": "The field that pulls",
    "teach": "What should it be taught?",
    "play": "Two players",
    "readings": "The wrong readings",
    "predict": "Predict",
}

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def _opens(opener):
    return lambda query="", **options: opener(f"adversary{query}", wait=DRAWN, **options)


@pytest.fixture
def open_lesson(open_page):
    return _opens(open_page)


@pytest.fixture
def mount_lesson(mount_page):
    return _opens(mount_page)


def numbers(page, tab: str) -> dict[str, str]:
    """All digits of the tab's table, when what was asked for has been drawn."""
    next_frame(page, 2)
    return page.locator(f".{tab} .numbers").first.evaluate("(table) => ({ ...table.dataset })")


# ---- the page ----------------------------------------------------------------------------------


# FACTS: the cloud in the address, its JSD from N(0, I) and the loss at D*, to the digits of the table
ROWS = [
    ("mean=0.25,0", "0.00775", "1.3708"), ("mean=0.5,0", "0.03031", "1.3257"), ("mean=0,1", "0.11142", "1.1635"),
    ("mean=2,0", "0.33683", "0.7126"),
    ("mean=0,0&std=1.1", "0.00450", "1.3773"), ("mean=0,0&std=2", "0.17332", "1.0397"),
    ("mean=0,0&hole=0.05", "0.01765", "1.3510"),
]  # fmt: skip


@pytest.mark.slow
def test_the_divergences_of_the_table_stand_on_the_page(open_lesson):
    page = open_lesson("?tab=teach&mean=1,1")
    base = page.url.split("?")[0]
    for query, jsd, best in ROWS:
        page.goto(f"{base}?tab=teach&{query}")
        page.wait_for_selector(DRAWN)
        table = page.locator(".teach .numbers")
        assert table.locator("[data-is=jsd]").inner_text() == f"{jsd} nats", query
        assert table.locator("[data-is=best]").inner_text() == best, query


@pytest.mark.slow
def test_every_tab_fits_a_projector_and_stays_on_the_host(open_lesson, server):
    page = open_lesson("", viewport=DESK)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.reload()
    page.wait_for_selector(DRAWN)
    for tab, name in TABS.items():
        page.get_by_role("tab", name=name).click()
        page.wait_for_function(
            "(tab) => document.querySelector('.stMain') && location.search.includes(`tab=${tab}`) || tab === 'terms'",
            arg=tab,
        )
        at_rest(page)
        section = page.locator(f".tab.{tab}")
        boxes = section.locator(
            ".plane, button, select, input, table, canvas.curve, canvas.loss, canvas.spread"
        ).evaluate_all(
            "(all) => all.filter((e) => e.offsetParent !== null || "
            "e.closest('svg')).map((e) => { const b = e.getBoundingClientRect(); "
            "return [e.className, b.x, b.y, b.right, b.bottom]; })"
        )
        assert len(boxes) >= (3 if tab == "terms" else 8)
        for label, x, y, right, bottom in boxes:
            assert x >= 0 and right <= DESK["width"] and y >= 0 and bottom <= DESK["height"], (
                tab,
                label,
                right,
                bottom,
            )
    assert all(url.startswith((server, "blob:" + server, "data:")) for url in requests), requests
    assert not any("/tensors/" in url for url in requests)  # decoders are not fetched here


@pytest.mark.main_job
def test_the_field_shows_the_point_and_torch_agrees(open_lesson):
    z, label = [0.6, 2.1], 3
    page = open_lesson(f"?aae=mnist-aae-mixture-labels&part=learnt&label={label}&z={z[0]},{z[1]}")
    page.wait_for_selector(".field[data-shown='mnist-aae-mixture-labels learnt 3']")
    discriminator = load_bundle(ROOT / "pretrained" / "mnist-aae-mixture-labels").model().discriminator
    logit = discriminator(torch.tensor([z]), torch.tensor([label])).item()
    assert float(numbers(page, "field")["logit"]) == pytest.approx(logit, abs=1e-4)
    page.get_by_role("combobox", name="Label").select_option("5")
    page.wait_for_url(re.compile("label=5"))
    page.wait_for_selector(".field[data-shown='mnist-aae-mixture-labels learnt 5']")
    page.get_by_role("radio", name="whole D").check()
    handle = page.get_by_role("button", name="Point z, Field of the discriminator")
    handle.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(re.compile(r"z=0.1(,|%2C)2.1"))
    at = torch.tensor([[0.1, 2.1]], requires_grad=True)
    logit = discriminator(at, torch.tensor([5]))
    (pull,) = torch.autograd.grad(F.logsigmoid(logit).sum(), at)
    shown = numbers(page, "field")
    np.testing.assert_allclose([float(value) for value in shown["pull"].split(",")], pull[0], atol=1e-4)
    checked = page.locator(".field .check")
    checked.get_by_text("Python").wait_for()  # worked out with torch, on the server
    values = [float(value.replace("−", "-")) for value in re.findall(r"−?\d+\.\d{4}", checked.inner_text())]
    np.testing.assert_allclose(values, [logit.item(), *pull[0].tolist()], atol=1e-3)


def test_dragging_the_cloud_is_live_and_sends_one_message(open_lesson):
    page = open_lesson("?tab=teach&mean=0,0")
    sent = sent_messages(page, lambda: page.wait_for_selector(DRAWN))
    box = page.get_by_role("button", name="Cloud's mean; arrow keys move it").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for i in range(20):
        page.mouse.move(x + 3 * (i + 1), y)
        seen.add(numbers(page, "teach")["jsd"])
    assert len(seen) == 20 and sent == []
    page.mouse.up()
    page.wait_for_url(re.compile("mean=(?!0,0|0%2C0)"))
    page.locator(".teach .check").get_by_text("Python").wait_for()
    jsd, error = map(float, re.search(r"JSD (\S+) ± (\S+)", page.locator(".teach .check").inner_text()).groups())
    assert abs(jsd - float(numbers(page, "teach")["jsd"])) < 4 * error
    assert len(sent) == 1
    mean = float(address(page)["mean"].split(",")[0])
    assert mean == pytest.approx(
        60 / (page.get_by_role("figure", name="Learnt D, and the cloud q").bounding_box()["width"] / 9), abs=0.03
    )


@pytest.mark.slow
def test_training_counts_its_steps_and_comes_to_the_same_again(mount_lesson):
    page = mount_lesson("?tab=teach&mean=1,0&seed=4")
    sent = sent_messages(page, lambda: page.wait_for_selector(DRAWN))
    assert int(numbers(page, "teach")["steps"]) == 0  # nothing runs unasked
    page.get_by_role("button", name="100 steps").click()
    page.locator(".teach .numbers[data-steps='100']").wait_for()
    at_rest(page)
    first = numbers(page, "teach")
    assert first["steps"] == "100" and float(first["loss"]) < 1.3
    page.get_by_role("button", name="1 step", exact=True).click()
    page.locator(".teach .numbers[data-steps='101']").wait_for()
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="100 steps").click()
    page.locator(".teach .numbers[data-steps='100']").wait_for()
    at_rest(page)
    assert numbers(page, "teach") == first
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(
        "(table) => Number(table.dataset.steps) > 105", arg=page.locator(".teach .numbers").first.element_handle()
    )
    page.get_by_role("button", name="Pause").click()
    stopped = numbers(page, "teach")["steps"]
    page.wait_for_timeout(300)
    assert numbers(page, "teach")["steps"] == stopped and int(stopped) > 105
    assert sent == []  # all of it in the browser


@pytest.mark.slow
def test_players_step_alone_and_together_and_reset_to_the_same(mount_lesson):
    page = mount_lesson("?tab=play&seed=2")
    start = numbers(page, "play")
    page.get_by_role("button", name="Step D").click()
    one = numbers(page, "play")
    assert (one["discriminator"], one["encoder"], one["codes"]) == ("1", "0", start["codes"])  # the codes stay
    page.get_by_role("button", name="Step encoder").click()
    two = numbers(page, "play")
    assert (two["discriminator"], two["encoder"]) == ("1", "1") and two["codes"] != start["codes"]
    page.get_by_role("button", name="Both").click()
    three = numbers(page, "play")
    assert (three["discriminator"], three["encoder"]) == ("3", "2")  # two moves to one, as the preset says
    page.get_by_role("button", name="Reset").click()
    assert numbers(page, "play") == start
    for name in ("Step D", "Step encoder", "Both"):
        page.get_by_role("button", name=name).click()
    assert numbers(page, "play") == three
    page.get_by_role("combobox", name="Situation").select_option(label="A pinned 50 %")
    wait_for_view(page, re.compile("preset=pinned"))
    assert (
        "batch norm" in page.locator(".says").inner_text()
        and page.get_by_role("combobox", name="Batch norm in D").input_value() == "batch"
    )
    page.get_by_role("combobox", name="Rate of D").select_option("0.01")
    page.wait_for_url(re.compile("preset=own"))
    again = mount_lesson(f"?{urlparse(page.url).query}")
    assert (
        again.get_by_role("combobox", name="Batch norm in D").input_value() == "batch"
        and again.get_by_role("combobox", name="Rate of D").input_value() == "0.01"
    )


@pytest.mark.slow
def test_two_readings_of_log_4_and_the_honest_estimate(mount_lesson, compute):
    page = mount_lesson("?tab=readings&other=line")
    page.get_by_role("button", name="Train both").click()
    page.locator(".readings[data-steps='600']").wait_for()
    at_rest(page)
    shown = page.locator(".readings .panel .numbers").evaluate_all(
        "(all) => all.map((table) => ({ ...table.dataset }))"
    )
    assert [float(one["loss"]) for one in shown] == [pytest.approx(LOG_4, abs=0.004)] * 2
    assert float(shown[0]["jsd"]) == pytest.approx(0, abs=1e-9) and float(shown[1]["jsd"]) == pytest.approx(
        0.17332, abs=5e-6
    )
    # fresh discriminators on kept draws: the null, and the wide cloud
    bounds = compute(
        "kernel/live_discriminator kernel/prior adversary/clouds kernel/random",
        "const cases = { null: [0, 1].map(() => new Cloud({ mean: [0, 0], std: 1 })), "
        "wide: [new Cloud({ mean: [0, 0], std: 2 })] }, found = {};"
        "for (const [name, clouds] of Object.entries(cases)) found[name] = clouds.map((cloud, i) => {"
        "  const u = seededUniform(50 + i), real = () => samplePrior(null, 3000, u), "
        "fake = () => cloud.sample(3000, u);"
        "  const estimate = new Estimate({ real: { train: real(), held: real() }, "
        "fake: { train: fake(), held: fake() }, steps: 300, seed: i });"
        "  while (!estimate.done) estimate.step();"
        "  return estimate.result().bound; });"
        "return found;",
    )
    assert max(map(abs, bounds["null"])) < 0.006
    assert 0.15 < bounds["wide"][0] < 0.17332 + 0.012  # a lower bound in expectation; four standard errors


@pytest.mark.slow
def test_judging_on_the_page(mount_lesson):
    page = mount_lesson("?tab=readings")
    page.get_by_role("button", name="Judge A and B").click()
    page.locator(".readings[data-estimates='1']").wait_for(timeout=240_000)
    page.get_by_role("combobox", name="Model").select_option("mnist-vae")
    page.get_by_role("button", name="Judge the model").click()
    page.locator(".readings[data-estimates='2']").wait_for(timeout=240_000)
    a, b, vae = json.loads(page.locator(".readings .chart").get_attribute("data-rows"))
    assert a["low"] - 0.003 < a["bound"] < a["high"] + 0.003 and 0.5 < b["bound"] <= 0.5548 + 0.01
    assert vae["bound"] > 5 * vae["high"] > 0


def test_finger_keyboard_and_phone(open_lesson):
    page = open_lesson("?tab=teach&mean=0,0", viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    handle = page.get_by_role("button", name="Cloud's mean; arrow keys move it")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dx in [("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9)), ("touchEnd", None)]:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if dx is None else [{"x": x + dx, "y": y}]}
        )
    page.wait_for_url(re.compile("mean=(?!0%2C0|0,0)"))
    first, second = map(float, address(page)["mean"].split(","))
    assert first > 0.8 and abs(second) < 0.1
    page.get_by_role("button", name="Cloud's standard deviation; arrow keys change it").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(re.compile("std=1.5"))
    page.get_by_role("tab", name=TABS["teach"]).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("tab=play"))
    page.get_by_role("tab", name=TABS["teach"]).click()
    page.wait_for_url(re.compile("tab=teach.*std=1.5"))  # a tab keeps its state


def test_bad_parameters_are_named(open_lesson):
    page = open_lesson("?tab=teach&mean=nan,1&std=99&prior=cauchy")
    assert page.get_by_test_id("stAlert").count() == 3
    assert "was ignored" in page.get_by_test_id("stAlert").first.inner_text()


# ---- the field at a recorded moment -------------------------------------------------------------


def logit_at(recorded: dict, moment: int, x: float, y: float) -> float:
    given = get_prior("normal").log_prob(torch.tensor([[x, y]]), smoothing=float(recorded["smoothing"][moment])).item()
    return read_off(recorded["logit"][moment, 0], x, y) + given


def gap_of(codes: np.ndarray) -> list[float]:
    """The place on a lattice of the inner plane that is farthest from all codes."""
    lattice = np.stack(np.meshgrid(np.arange(-2.4, 2.5, 0.4), np.arange(-2.4, 2.5, 0.4)), -1).reshape(-1, 2)
    distance = np.linalg.norm(lattice[:, None] - codes[None], axis=-1).min(1)
    return lattice[np.argmax(distance)].round(4).tolist()


PIXEL = """(host, [x, y]) => {
  const canvas = host.querySelector('canvas'), unit = canvas.width / (2 * 4.2),
    at = [canvas.width / 2 + x * unit, canvas.height / 2 - y * unit];
  return [...canvas.getContext('2d').getImageData(Math.round(at[0]), Math.round(at[1]), 1, 1).data];
}"""
PAIR = "vae=digits-vae&aae=digits-aae"


def scrubber(page):
    return page.get_by_role("slider", name="Moment of training")


@pytest.fixture(scope="module")
def recorded():
    """The AAE's recording, as float32."""
    arrays = load_bundle(ROOT / "pretrained" / "digits-aae").recording
    return {name: array.astype(np.float32) for name, array in arrays.items() if array.dtype != np.uint8}


def test_the_field_at_a_moment_is_the_recordings(open_lesson, recorded):
    prior, moment = get_prior("normal"), 7  # early: the moments beside it look otherwise
    x, y = gap_of(recorded["mean"][moment])
    page = open_lesson(f"?{PAIR}&moment={moment}&z=1.37,-2.11")
    page.locator(f".d[data-moment='{moment}']").wait_for()
    page.locator(f".kl[data-moment='{moment}']").wait_for()
    learnt, smoothing = recorded["logit"][moment, 0], float(recorded["smoothing"][moment])
    whole = lambda x, y: logit_at(recorded, moment, x, y)  # noqa: E731
    shown = numbers(page, "field")
    assert float(shown["logit"]) == pytest.approx(whole(1.37, -2.11), abs=1e-4)
    assert float(shown["probability"]) == pytest.approx(1 / (1 + math.exp(-whole(1.37, -2.11))), abs=1e-5)
    assert "read off the recorded grid" in page.locator(".field .numbers caption").inner_text()
    # the pull is a difference over a cell of log D
    half = 4 / 63
    slopes = [
        sum(sign * F.logsigmoid(torch.tensor(whole(1.37 + sign * dx, -2.11 + sign * dy))).item() for sign in (1, -1))
        / (2 * half)
        for dx, dy in ((half, 0), (0, half))
    ]
    np.testing.assert_allclose([float(value) for value in shown["pull"].split(",")], slopes, atol=0.02)
    step = f"step {int(recorded['step'][moment]):,} of {int(recorded['step'][-1]):,}"
    assert step in page.locator(".d .caption").inner_text() and step in page.locator(".kl .caption").inner_text()
    # the colour where no code lies: how far D is from a half
    lean = 2 / (1 + math.exp(-whole(x, y))) - 1
    alpha = page.locator(".d .host").evaluate(PIXEL, [x, y])[3]
    assert abs(lean) > 0.02 and alpha == pytest.approx(190 * abs(lean) ** 0.7, abs=8)
    for part, value in (
        ("the learnt part", read_off(learnt, x, y)),
        ("log p(z), given", prior.log_prob(torch.tensor([[x, y]]), smoothing=smoothing).item()),
    ):
        page.get_by_role("radio", name=part).check()
        page.locator(f".field[data-shown='digits-aae {'given' if 'given' in part else 'learnt'} 0']").wait_for()
        own = [
            read_off(learnt, *code)
            if "learnt" in part
            else prior.log_prob(torch.tensor(code)[None], smoothing=smoothing).item()
            for code in recorded["mean"][moment]
        ]
        lean = math.tanh((value - np.median(own)) / 2)
        assert page.locator(".d .host").evaluate(PIXEL, [x, y])[3] == pytest.approx(190 * abs(lean) ** 0.7, abs=10), (
            part
        )
    # beyond the grid there is nothing to read
    outside = open_lesson(f"?{PAIR}&moment={moment}&z=4.1,0")
    outside.get_by_text("The point is outside the recorded grid").wait_for()
    assert outside.locator(".field [data-is=logit]").inner_text() == "–"


@pytest.mark.main_job
def test_the_moment_moves_without_messages(open_lesson, recorded):
    page = open_lesson(f"?{PAIR}", own=True)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    sent = sent_messages(page, lambda: page.wait_for_selector(DRAWN))
    assert not any("recordings/" in url for url in requests)  # the finished models need none
    assert (
        "the finished models" in page.locator(".moment-bar .when").inner_text() and scrubber(page).input_value() == "28"
    )
    scrubber(page).focus()
    for _ in range(3):
        page.keyboard.down("ArrowLeft")
    page.locator(".d[data-moment='25']").wait_for()
    at_rest(page)
    assert sent == [] and len([url for url in requests if "recordings/" in url]) == 2
    page.keyboard.up("ArrowLeft")
    page.wait_for_url(re.compile("moment=25"))
    box = scrubber(page).bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.85, y)
    page.mouse.down()
    at_rest(page)
    sent.clear()
    seen = set()
    for i in range(16):
        page.mouse.move(box["x"] + box["width"] * (0.85 - 0.04 * i), y)
        seen.add(numbers(page, "field")["logit"])
    assert len(seen) > 10 and sent == []
    page.mouse.up()
    moment = int(scrubber(page).input_value())
    page.wait_for_url(re.compile(f"moment={moment}"))
    at_rest(page)
    assert len(sent) == 1 and 3 < moment < 12
    assert float(numbers(page, "field")["logit"]) == pytest.approx(logit_at(recorded, moment, 1.5, 1.0), abs=1e-4)


def test_the_moments_play_until_they_are_paused_or_end(mount_lesson):
    page = mount_lesson(f"?{PAIR}&moment=3")
    sent = sent_messages(page, lambda: page.locator(".d[data-moment='3']").wait_for())
    play = page.locator(".moment-bar .play")
    play.click()
    for _ in range(100):
        if int(scrubber(page).input_value()) >= 5:
            break
        page.wait_for_timeout(100)
    assert sent == [] and play.inner_text() == "Pause"
    play.click()
    moment = int(scrubber(page).input_value())
    page.wait_for_url(re.compile(f"moment={moment}"))
    page.wait_for_timeout(1000)
    assert (
        len(sent) == 1 and moment >= 5 and scrubber(page).input_value() == str(moment) and play.inner_text() == "Play"
    )
    last = int(scrubber(page).get_attribute("max"))
    scrubber(page).fill(str(last - 2))
    scrubber(page).blur()
    play.click()
    page.wait_for_url(lambda url: "moment" not in url)
    page.locator(".d[data-moment=finished]").wait_for()
    assert play.inner_text() == "Play"


def test_the_address_reopens_a_moment_and_python_checks_the_finished_model_alone(open_lesson, recorded):
    again = open_lesson(f"?{PAIR}&moment=9")
    again.locator(".d[data-moment='9']").wait_for()
    assert scrubber(again).input_value() == "9" and float(numbers(again, "field")["logit"]) == pytest.approx(
        logit_at(recorded, 9, 1.5, 1.0), abs=1e-4
    )
    handle = again.get_by_role("button", name="Point z, Field of the discriminator")
    handle.focus()
    again.keyboard.press("Shift+ArrowLeft")
    again.wait_for_url(re.compile("z=1(,|%2C)1"))
    at_rest(again)
    assert again.locator(".field .check").inner_text() == ""  # the weights of that moment are not kept
    scrubber(again).focus()
    again.keyboard.press("End")
    again.wait_for_url(lambda url: "moment" not in url)
    again.locator(".field .check").get_by_text("Python").wait_for()
    again.locator(".d[data-moment=finished]").wait_for()


def test_a_finger_moves_the_moment_on_a_phone(open_lesson):
    page = open_lesson(f"?{PAIR}&moment=20", viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator(".d[data-moment='20']").wait_for()
    box = scrubber(page).bounding_box()  # it stays in sight
    assert (
        box["y"] > 0
        and box["y"] + box["height"] <= PHONE["height"]
        and page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    )
    touch, y = page.context.new_cdp_session(page), box["y"] + box["height"] / 2
    for kind, share in [
        ("touchStart", 20 / 28),
        *(("touchMove", 20 / 28 - 0.05 * i) for i in range(1, 9)),
        ("touchEnd", None),
    ]:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [] if share is None else [{"x": box["x"] + share * box["width"], "y": y}]},
        )
    page.wait_for_url(re.compile(r"moment=(\d|1[0-5])(&|$)"))


def test_a_model_without_a_recording_says_so(mount_lesson):
    opened_all = {path.name: load_bundle(path) for path in sorted((ROOT / "pretrained").glob("mnist-aae*"))}
    without = next(
        (
            name
            for name, opened in opened_all.items()
            if opened.recording is None and opened.config.model.latent_dim == 2
        ),
        None,
    )
    if without is None:
        pytest.skip("every AAE in the plane that ships has a recording")
    page = mount_lesson(f"?vae=digits-vae&aae={without}&moment=7")
    page.locator(".kl[data-moment='7']").wait_for()
    page.locator(".d[data-moment=finished]").wait_for()
    assert "was not recorded" in page.locator(".unrecorded").inner_text()
    assert scrubber(page).is_enabled()
    page.get_by_role("combobox", name="AAE", exact=True).select_option("digits-aae")
    page.wait_for_url(re.compile("aae=digits-aae"))
    page.locator(".d[data-moment='7']").wait_for()
    assert page.locator(".unrecorded").is_hidden()


# ---- the substitution ----------------------------------------------------------------------------------


def test_fewer_images_have_less_information_and_more_distance_from_the_prior(open_lesson):
    """The slider is moved, and both parts are those of torch's exact mixture."""
    page = open_lesson("?tab=terms&vae=digits-vae&images=300")

    def as_torch(count: int) -> dict[str, float]:
        shown = page.locator(f".terms .numbers[data-of='digits-vae:{count}']")
        shown.wait_for()
        found = {name: float(shown.get_attribute(f"data-{name}")) for name in ("kl", "information", "marginal")}
        rows = [i * 360 // count for i in range(count)]
        assert found == pytest.approx(surgery_parts(rows), rel=1e-4, abs=1e-5)
        return found

    many = as_torch(300)
    slider = page.get_by_role("slider", name="Images")
    for _ in range(2):
        slider.press("ArrowLeft")
    wait_for_view(page, re.compile("images=30(&|$)"))
    few = as_torch(30)
    assert few["information"] < many["information"] <= math.log(300) and few["marginal"] > many["marginal"]
    assert few["information"] <= math.log(30)


# ---- predict -----------------------------------------------------------------------------------


def bar(page, key: str):
    return page.locator(f".predict .quiz-bars p[data-key={key}]")


def choose_and_reveal(page, option: str) -> None:
    page.get_by_role("radio", name=option, exact=True).check()
    page.get_by_role("button", name="Reveal").click()
    page.locator(".predict .answer").wait_for()


def test_a_prediction_moves_the_figure_and_its_answer_is_the_number_of_torch(open_lesson):
    page = open_lesson("?tab=predict&step=1&mean=2,0&std=1", reduced_motion="reduce")
    assert page.get_by_role("button", name="Reveal").is_disabled()
    expect(bar(page, "d").locator("b")).to_have_text("?")
    page.get_by_role("radio", name="2/3", exact=True).check()
    expect(bar(page, "d")).to_have_attribute("data-value", str(2 / 3))
    expect(bar(page, "d").locator("b")).to_have_text("your guess")
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator(".predict .outcome")).to_have_text("No: 1/3.")
    # q = 2p on the line through both means: 2x − 2 = log 2
    z = torch.tensor([1 + math.log(2) / 2, 0.0])
    p, q = (
        Independent(Normal(torch.tensor(mean), 1.0), 1).log_prob(z).exp().item() for mean in ([0.0, 0.0], [2.0, 0.0])
    )
    page.wait_for_function(
        "(d) => { const r = [...document.querySelectorAll('*')].find((e) => e.shadowRoot?.querySelector('.quiz-bars'));"
        "return Math.abs(r.shadowRoot.querySelector('[data-key=d]').dataset.value - d) < 1e-6; }",
        arg=p / (p + q),
    )
    expect(page.locator(".predict .because")).to_contain_text(f"p = {p:.4f}, q = {q:.4f}, so D* = p/(p + q) = 33 %.")
    page.get_by_role("button", name="Next", exact=True).click()
    wait_for_view(page, lambda url: "step=2" in url)
    page.get_by_role("radio", name="q = p", exact=True).check()
    page.wait_for_function(
        "() => { const r = [...document.querySelectorAll('*')].find((e) => e.shadowRoot?.querySelector('.q-ring'));"
        "const of = (name) => Number(r.shadowRoot.querySelector(`.q-ring.${name}`).getAttribute('cx'));"
        "return of('moved') < of('own') - 50; }"
    )  # the dashed q lies on p


def test_predictions_about_models_have_their_numbers_and_the_score_outlives_a_reload(open_lesson):
    page = open_lesson("?tab=predict&step=3&vae=digits-vae&point=digits-aae")
    choose_and_reveal(page, "KL(q(z)‖p)")
    parts = surgery_parts(list(range(360)))
    because = page.locator(".predict .because")
    expect(because).to_contain_text(f"here {parts['marginal']:.2f} of {parts['kl']:.2f} nats")
    expect(because).to_contain_text(f"here {parts['information']:.2f} nats")
    page.get_by_role("tab", name="The substitution").click()
    page.get_by_role("tab", name="Predict").click()
    wait_for_view(page, lambda url: "tab=predict" in url and "step=3" in url)
    page.reload()
    expect(page.locator(".predict .score")).to_have_text("1 of 1 right")
    expect(page.locator(".predict .outcome")).to_have_text("Right.")
    for _ in range(3):
        page.get_by_role("button", name="Next question").click()
    page.get_by_role("radio", name="1, the width of the prior", exact=True).check()
    expect(page.get_by_role("button", name="Reveal")).to_be_enabled(timeout=30_000)  # all widths are computed
    page.get_by_role("button", name="Reveal").click()
    expect(because).to_contain_text("BCE + KL is least at σ = ")
