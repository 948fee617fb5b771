"""Lesson 1 in a real browser: the numbers of explorer.gaussian and scipy, immediate, and restored from its address."""

from __future__ import annotations

import inspect
import math
import re
from urllib.parse import urlparse

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from explorer import gaussian

from ..web.test_kl import tensors
from .driver import DESK, PHONE, address, at_rest, expect, next_frame, sent_messages, wait_for_view

READY = ".kl-lesson[data-ready=true]"
PYTHON = (
    "() => { const "
    "root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.kl-lesson')).find(Boolean);"
)
AGREED = PYTHON + (
    " return [...root.querySelectorAll('[role=tabpanel]:not([hidden]) "
    ".agreement')].every((a) => a.textContent.startsWith('✓')); }"
)
# Collects in window.seen, once a frame, the open tab's KL and what its sliders say.
WATCH = (
    PYTHON
    + """
  const panel = root.querySelector('[role=tabpanel]:not([hidden])');
  window.seen = [];
  const look = () => setTimeout(() => {
    window.seen.push({
      nats: [...panel.querySelectorAll('output')].map((output) => output.dataset.nats),
      picture: panel.querySelector('.curve.q, .ring-1.q').outerHTML,
      sliders: [...panel.querySelectorAll('.sliders input[type=range]')].map((slider) => Number(slider.value)),
    });
    requestAnimationFrame(look);
  });
  requestAnimationFrame(look);
}"""
)


def _opens(opener):
    def open_one(query: str = "", **options):
        page = opener(f"kl{query}", wait=READY, **options)
        page.wait_for_function(AGREED)
        return page

    return open_one


@pytest.fixture
def open_lesson(open_page):
    """`open_lesson("?tab=two")`: the lesson, drawn, and with Python's numbers beside its own."""
    return _opens(open_page)


@pytest.fixture
def mount_lesson(mount_page):
    return _opens(mount_page)


def nats(page, name: str) -> float:
    next_frame(page)
    return float(page.locator(f"output[aria-label='{name}']:visible").get_attribute("data-nats"))


# The mathematics, apart from the page.


# The page.

FACTS = [
    ("?q=1,2&p=0,1", "one", "1.3068528194"),  # N(1, 4): 4 is the variance
    ("?tab=two&q2=1,0,2,1,2&p2=0,0,1,0,1", "two", "0.9506938557"),
    ("?tab=two&q2=0,0,1,0,1&p2=1,1,2,1,2", "two", "0.5493061443"),
    ("?tab=two&q2=0,0,1,0.6,1", "two", "0.2231435513"),
    ("?tab=two&q2=0,0,1,0.5,1&p2=1,-1,2,-1,2", "two", "0.8598138472"),
    ("?tab=two&q2=0,0,1,0,1&p2=0,0,25,0,25", "two", "2.2588758249"),
]


@pytest.mark.parametrize("rows", [FACTS[:2], FACTS[2:4], FACTS[4:]], ids=["line", "correlation", "both"])
def test_known_values_stand_on_the_page(open_lesson, rows):
    page = None
    for query, tab, value in rows:
        if page is None:
            page = open_lesson(query)
        else:
            page.goto(page.url.split("?")[0] + query)
            page.wait_for_selector(READY)
            page.wait_for_function(AGREED)
        panel = page.locator(f"[role=tabpanel][data-tab={tab}]")
        for which in ("closed", "integral", "python"):
            assert panel.locator(f".digits .{which}").first.inner_text() == value, which
        assert panel.get_by_role("status", name="KL(q‖p)", exact=True).inner_text() == f"{float(value):.3f} nats"
        if tab == "two":  # the bars add up
            bars = [
                float(text.replace("−", "-").replace("=", ""))
                for text in panel.locator(".bar-value").all_text_contents()
            ]
            assert sum(bars[:4]) == pytest.approx(bars[4], abs=0.003) and bars[4] == pytest.approx(
                float(value), abs=5e-4
            )
    page.get_by_role("tab", name="Derivation").click()
    for form in ("integral", "full"):
        expect(page.locator(f".forms tr[data-form={form}] td[data-set=drawn]")).to_have_text(value)


def messages(page) -> list:
    return sent_messages(page, lambda: (page.wait_for_selector(READY), page.wait_for_function(AGREED)))


def drag(page, handle, dx: float, dy: float, moves: int) -> list[dict]:
    box = handle.locator(".knob").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH)
    for i in range(1, moves + 1):
        page.mouse.move(x + dx * i / moves, y + dy * i / moves)
        next_frame(page)
    return page.evaluate("() => window.seen")


@pytest.mark.main_job
def test_dragging_a_curve_is_live_and_sends_one_message(open_lesson):
    page = open_lesson("?q=0.5,1.5")
    sent, before = messages(page), page.url
    seen = drag(page, page.get_by_role("button", name="q: mean; arrow keys move it").first, 150, 0, 60)
    assert sent == [] and page.url == before
    page.mouse.up()
    page.wait_for_url(re.compile("q=(?!0.5)"))
    at_rest(page)
    assert len(sent) == 1
    assert min(len({frame["nats"][i] for frame in seen}) for i in (0, 1)) >= 57  # a frame a move
    assert len({frame["picture"] for frame in seen}) >= 57
    for frame in seen:  # every frame is of one state
        q_mean, q_std, p_mean, p_std, _ = frame["sliders"]
        for value, (a, s, b, t) in zip(
            frame["nats"], ((q_mean, q_std, p_mean, p_std), (p_mean, p_std, q_mean, q_std)), strict=True
        ):
            assert float(value) == pytest.approx(
                0.5 * (s**2 / t**2 + (a - b) ** 2 / t**2 - 1 + math.log(t**2 / s**2)), abs=1e-9
            )
    page.wait_for_function(AGREED)
    mean, std = map(float, address(page)["q"].split(","))
    assert std == 1.5 and nats(page, "KL(q‖p)") == pytest.approx(
        0.5 * (std**2 + mean**2 - 1 - math.log(std**2)), abs=1e-9
    )


def test_dragging_an_axis_of_an_ellipse_is_live_and_sends_one_message(open_lesson):
    page = open_lesson("?tab=two&q2=0.5,0,1,0,1&p2=-2,-1,1,0,1")
    sent, before = messages(page), page.url
    handle = page.get_by_role("button", name="q: axis a; up and down change its length, left and right its tilt").first
    seen = drag(page, handle, 60, -90, 60)
    assert sent == [] and page.url == before
    page.mouse.up()
    page.wait_for_url(re.compile("q2=(?!0.5%2C0%2C1%2C0%2C1)"))
    at_rest(page)
    assert len(sent) == 1
    assert len({frame["nats"][0] for frame in seen}) >= 57 and len({frame["picture"] for frame in seen}) >= 57
    page.wait_for_function(AGREED)
    x, y, a, b, c = map(float, address(page)["q2"].split(","))
    assert (x, y) == (0.5, 0) and a > 1.5 and b > 1 and c > 2.0  # longer and tilted
    assert np.linalg.eigvalsh([[a, b], [b, c]])[0] == pytest.approx(1, abs=1e-3)  # the other axis keeps its length
    q, p = ({"mean": [x, y], "cov": [[a, b], [b, c]]}), {"mean": [-2, -1], "cov": [[1, 0], [0, 1]]}
    assert nats(page, "KL(q‖p)") == pytest.approx(gaussian.kl_divergence(*tensors(q, p)).item(), abs=1e-9)


def test_keys_move_handles_and_sliders(mount_lesson):
    page = mount_lesson("?q=0,1&p=1,2")
    page.get_by_role("button", name="p: width; arrow keys change it").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("p=1%2C1.95"))
    page.get_by_role("slider", name="q μ", exact=True).first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("q=0.05%2C1"))
    page.get_by_role("tab", name="One dimension").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("tab=two"))
    page.get_by_role("button", name="q: axis b; up and down change its length, left and right its tilt").first.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_url(re.compile("q2="))
    _x, _y, a, b, c = map(float, address(page)["q2"].split(","))
    np.testing.assert_allclose(np.sqrt(np.linalg.eigvalsh([[a, b], [b, c]])), [1.05, math.sqrt(3)], atol=1e-3)


def test_what_is_finished_within_one_frame_is_drawn_and_then_said(mount_lesson):
    """The first change of a frame is drawn at once, the others in the next one: their tab may not exist yet."""
    page = mount_lesson("?q=1,2&p=0,1")

    def said_after(*selectors: str) -> str:
        page.evaluate(PYTHON + f" for (const selector of {list(selectors)}) root.querySelector(selector).click(); }}")
        next_frame(page)
        return page.locator(".kl-lesson .announcement").inner_text()

    tabs = [f"[role=tab][data-tab={tab}]" for tab in ("two", "derivation", "logvar", "predict")]
    assert said_after(*tabs[:2]) == f"The integral: {page.locator('.of-step').inner_text()}"
    assert (
        said_after(*(f".steps button:nth-child({step})" for step in (5, 4)))
        == f"Diagonal Σ: {page.locator('.of-step').inner_text()}"
    )
    assert said_after(*tabs[2:]) == page.locator(".question").inner_text() != ""
    assert said_after(".options label:nth-child(2) input", ".reveal").startswith("Right. Before 1.306853")


def test_a_finger_drags_a_handle(open_lesson):
    page = open_lesson("?tab=two&q2=0,0,1,0,1&p2=2,2,1,0,1", viewport=PHONE, has_touch=True, is_mobile=True)
    knob = page.get_by_role("button", name="q: centre; arrow keys move it").first.locator(".knob")
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dy in [("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9)), ("touchEnd", None)]:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if dy is None else [{"x": x, "y": y + dy}]}
        )
    page.wait_for_url(re.compile("q2=-?0(.0\\d*)?%2C-"))
    first, second = map(float, address(page)["q2"].split(",")[:2])
    assert abs(first) < 0.05 and second < -0.8
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.slow
def test_a_click_fits_in_both_directions(open_lesson):
    page = open_lesson()
    page.get_by_role("button", name="Fit q by KL(q‖p)").click()
    page.locator(".fitted", has_text="is least").wait_for()
    page.wait_for_url(re.compile("gap=2"))
    page.wait_for_function(AGREED)
    mean, std = map(float, address(page)["q"].split(","))
    assert mean == pytest.approx(-2, abs=0.02) and std == pytest.approx(0.6, abs=0.02)  # on one bump
    forcing = nats(page, "KL(q‖p)")
    assert forcing == pytest.approx(math.log(1 / 0.6), abs=2e-3)  # it gives up the other bump's share
    page.get_by_role("button", name="Fit q by KL(p‖q)").click()
    page.locator(".fitted", has_text="KL(p‖q) is least").wait_for()
    page.wait_for_url(re.compile("q=-0.4"))
    mean, std = map(float, address(page)["q"].split(","))
    assert mean == pytest.approx(-0.4, abs=1e-4) and std == pytest.approx(
        math.sqrt(0.6**2 + 4 * 0.96), abs=1e-4
    )  # over both
    page.wait_for_function(AGREED)
    assert "no closed form" in page.locator(".one .formula").first.inner_text()


@pytest.mark.slow
def test_the_area_counts_up_to_the_kl(open_lesson):
    page = open_lesson("?limit=0.5")
    counted = page.locator("[data-direction='q‖p'] .counted")
    expected, _ = quad(lambda z: norm.pdf(z, 1, 2) * (norm.logpdf(z, 1, 2) - norm.logpdf(z)), -20, 0.5)
    assert float(counted.get_attribute("data-nats")) == pytest.approx(expected, abs=1e-7)
    page.evaluate(
        PYTHON
        + (
            "window.seen = []; const box = root.querySelector(\"[data-direction='q‖p'] .counted\"); "
            "new MutationObserver(() => window.seen.push(Number(box.dataset.nats))).observe(box, "
            "{ attributes: true }); }"
        )
    )
    page.get_by_role("button", name="Count up").click()
    wait_for_view(page, lambda url: "limit" not in url)
    seen = page.evaluate("() => window.seen")
    assert len(set(seen)) > 20 and min(seen) < 0.0 and seen[-1] == pytest.approx(1.3068528194, abs=1e-8)


@pytest.mark.main_job
def test_the_derivation_shows_code_values_and_agreement(mount_lesson):
    page = mount_lesson("?tab=derivation&q2=0.5,-1,2,0.8,1&p2=1,0,1.5,-0.4,1&n=10000")
    mean, cov, mean_p, cov_p = tensors(
        {"mean": [0.5, -1], "cov": [[2, 0.8], [0.8, 1]]}, {"mean": [1, 0], "cov": [[1.5, -0.4], [-0.4, 1]]}
    )
    standard = gaussian.kl_divergence(mean, cov, torch.zeros_like(mean), torch.eye(2, dtype=torch.float64)).item()
    diagonal = gaussian.kl_to_standard_normal(mean, cov.diagonal().log()).item()
    values = [gaussian.kl_divergence(mean, cov, mean_p, cov_p).item()] * 2 + [standard] + [diagonal] * 3
    functions = [
        gaussian.kl_integral,
        gaussian.kl_terms,
        gaussian.kl_divergence,
        gaussian.kl_divergence,
        gaussian.kl_diagonal,
        gaussian.kl_to_standard_normal,
    ]
    for step, (value, function) in enumerate(zip(values, functions, strict=True), 1):
        if step > 1:
            page.get_by_role("button", name="Next step").click()
        page.get_by_role("heading", name=f"{step}. ").wait_for()
        assert nats(page, "Value of this step") == pytest.approx(value, abs=1e-9)
        chosen = page.locator(".forms tr.chosen td.chosen")
        assert chosen.inner_text() == f"{value:.10f}"
        assert page.locator(".formula-large math").count() == 1
        blocks = page.locator(".derivation .code pre").all_text_contents()
        assert inspect.getsource(function).rstrip() in blocks and blocks[0].startswith(f"def step_{step}_")
    assert "takes −½ log(1 − 0.57²) = 0.1928 nats off" in page.locator(".difference").inner_text()
    assert standard - diagonal == pytest.approx(0.1928, abs=1e-4)
    assert "All forms in a column agree" in page.locator(".forms-agree").inner_text()
    estimate, error = map(
        float, page.locator(".forms tr[data-form=samples] td[data-set=diagonal]").inner_text().split(" ± ")
    )
    assert abs(estimate - diagonal) < 4 * error < 0.1
    page.get_by_role("combobox", name="Draws of the Monte Carlo value").select_option("100")
    wait_for_view(page, re.compile("n=100(&|$)"))
    wider = float(page.locator(".forms tr[data-form=samples] td[data-set=diagonal]").inner_text().split(" ± ")[1])
    assert 4 < wider / error < 25  # ten times, for a hundredth of the draws
    page.get_by_role("button", name="Draw again").click()
    page.wait_for_url(re.compile("seed=2"))
    assert page.locator(".error-bars .estimate:visible").count() >= 1


def test_a_descent_in_the_standard_deviation_goes_below_zero(open_lesson):
    page = open_lesson("?tab=logvar&q=0,2&p=0,1&rate=1.5")
    runs = {name: page.locator(f"[data-run={name}]") for name in ("std", "log_var")}
    assert runs["std"].locator(".run-dot.dead").count() == 1 and runs["log_var"].locator(".run-dot.dead").count() == 0
    assert runs["std"].locator(".run-text").inner_text().startswith("Step 1: σ = 2.00 − 1.50 · 1.50 = −0.25.")
    assert "σ stayed positive" in runs["log_var"].locator(".run-text").inner_text()
    assert float(page.locator(".rates").get_attribute("data-fatal")) == pytest.approx(4 / 3)
    page.get_by_role("slider", name="rate η").press("Home")
    page.wait_for_url(re.compile("rate=0.05"))
    expect(runs["std"].locator(".run-dot.dead")).to_have_count(0)
    page.get_by_role("button", name="Take σ below zero").click()
    page.wait_for_url(re.compile("rate=1.47"))
    expect(runs["std"].locator(".run-dot.dead")).to_have_count(1)
    page.wait_for_function(AGREED)
    page.goto(
        page.url.split("?")[0] + "?tab=logvar&q=0,90&p=0,0.05&rate=3"
    )  # exp(log σ²) is 0 here, log σ² is not lost
    page.wait_for_selector(READY)
    page.wait_for_function(AGREED)
    assert runs["log_var"].locator(".run-dot.dead").count() == 0
    assert "every number is finite" in runs["log_var"].locator(".run-text").inner_text()


def test_what_float32_makes_of_exp(open_lesson):
    page = open_lesson("?tab=logvar&log_var=88.8")
    cells = {form: page.locator(f"[data-form={form}]") for form in ("exp", "expm1", "clamp")}

    def row(form: str) -> list[str]:
        return [
            cells[form].locator(f".{name}").inner_text() for name in ("kl", "python-kl", "gradient", "python-gradient")
        ]

    assert row("exp") == row("expm1") == ["∞"] * 4
    assert row("clamp")[2:] == ["0", "0"] and row("clamp")[0] == row("clamp")[1] == "2.426e+8"
    assert "88.7228" in page.locator(".variance").inner_text()
    assert "log_var.expm1() - log_var" in page.locator(".logvar .code").inner_text()
    page.get_by_role("button", name="log σ² = 88.7", exact=True).click()
    page.wait_for_url(re.compile("log_var=88.7(&|$)"))
    page.wait_for_function(AGREED)
    assert "∞" not in row("expm1") and row("clamp")[3] == "0"
    page.get_by_role("button", name="log σ² = 0.0001").click()
    page.wait_for_url(re.compile("log_var=0.0001"))
    page.wait_for_function(AGREED)
    # ½ (lv²/2 + …) = 2.5e-9
    assert float(row("expm1")[0].replace("−", "-")) == pytest.approx(2.5e-9, rel=0.01)
    assert float(row("exp")[0].replace("−", "-")) != pytest.approx(2.5e-9, rel=0.5)


def test_predictions_are_answered_from_the_state(mount_lesson):
    page = mount_lesson("?tab=predict&q=1,2&p=0,1")
    assert page.get_by_role("button", name="Reveal").is_disabled()
    page.get_by_role("radio", name="KL(q‖p)", exact=True).check()
    page.get_by_role("button", name="Reveal").click()
    page.locator(".answer").wait_for()  # it is drawn in the next frame
    assert "KL(q‖p) = 1.307, KL(p‖q) = 0.443" in page.locator(".because").inner_text()
    assert page.locator(".outcome").inner_text() == "Right."
    page.get_by_role("slider", name="q σ", exact=True).and_(page.locator(":visible")).press(
        "Home"
    )  # q is narrow now: the other way round
    page.wait_for_url(re.compile("q=1%2C0.05"))
    expect(page.locator(".outcome")).to_have_text("No: KL(p‖q).")
    right = ["it grows without bound", "KL(p‖q)", "it stays", "twice as much", "on one bump"]
    mark = page.locator(".options label", has=page.locator(".mark:visible"))
    expect(mark).to_contain_text("KL(p‖q)")
    for answer in right:
        page.get_by_role("button", name="Next", exact=True).click()
        page.locator(".answer").wait_for(state="hidden")
        page.get_by_role("radio", name=answer, exact=True).check()
        page.get_by_role("button", name="Reveal").click()
        page.locator(".answer").wait_for()  # it is drawn in the next frame
        assert page.locator(".outcome").inner_text() == "Right.", answer
    page.locator(".score").get_by_text("6 of 6").wait_for()
    assert page.locator(".score").inner_text() == "6 of 6 right"
    expect(page.locator(".end")).to_contain_text("All 6 questions are answered, 6 of them right.")
    expect(page.get_by_role("button", name="Next", exact=True)).to_have_count(0)


# The highest point of the dashed q, in pixels of the plot; null without one.
PEAK = (
    PYTHON
    + """ const d = root.querySelector('.predict .curve.q.dashed').getAttribute('d');
      return d && Math.min(...d.match(/-?[\\d.]+ (-?[\\d.]+)/g).map((pair) => Number(pair.split(' ')[1]))); }"""
)


def test_the_plot_moves_with_a_prediction(mount_lesson):
    page = mount_lesson("?tab=predict&q=1,2&p=0,1&step=2", reduced_motion="reduce")
    assert not page.evaluate(PEAK)
    page.get_by_role("radio", name="it falls to 0").check()
    page.wait_for_function(f"before => ({PEAK})() < before", arg=0)  # a tenth as wide: above the frame
    expect(page.locator(".scene")).to_have_text("Dashed: q with a tenth of its σ.")
    assert address(page)["q"] == "1,2"  # q itself stays
    page.get_by_role("button", name="Next question").click()
    page.wait_for_function(f"() => !({PEAK})()")


def test_the_score_survives_another_tab_and_a_reload(open_lesson):
    page = open_lesson("?tab=predict&q=1,2&p=0,1")
    page.get_by_role("radio", name="KL(q‖p)", exact=True).check()
    page.get_by_role("button", name="Reveal").click()
    score = page.locator(".score")
    expect(score).to_have_text("1 of 1 right")
    page.get_by_role("tab", name="Derivation").click()
    page.get_by_role("tab", name="Predict").click()
    wait_for_view(page, lambda url: "tab=predict" in url)
    expect(score).to_have_text("1 of 1 right")
    page.reload()
    expect(score).to_have_text("1 of 1 right")
    expect(page.get_by_role("radio", name="KL(q‖p)", exact=True)).to_be_checked()
    expect(page.locator(".outcome")).to_have_text("Right.")
    page.get_by_role("button", name="Other Gaussians").click()
    expect(score).to_have_text("")


def test_every_tab_fits_a_projector_and_a_phone(mount_lesson):
    page = mount_lesson("?step=2")
    for tab in ("one", "two", "derivation", "logvar", "predict"):
        page.set_viewport_size(DESK)
        page.locator(f"[role=tab][data-tab={tab}]").click()
        next_frame(page)  # another tab is opened in the frame after the click at the latest
        page.wait_for_function(AGREED)
        panel = page.locator(f"[role=tabpanel][data-tab={tab}]")
        for element in panel.locator(
            "[role=figure]:visible, .sliders:visible, output:visible, .agreement:visible, .code:visible, "
            ".options:visible"
        ).all():
            box = element.bounding_box()
            assert (
                box["y"] >= 0
                and box["y"] + box["height"] <= DESK["height"]
                and box["x"] + box["width"] <= DESK["width"]
            ), (tab, element, box)
        page.set_viewport_size(PHONE)
        at_rest(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"], tab
        for slider in panel.get_by_role("slider").all():
            box = slider.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"], (tab, box)


def test_every_drawing_stays_in_its_frame_at_twice_the_size(mount_page):
    page = mount_page("kl", wait=READY, viewport={"width": 683, "height": 384})
    for tab in page.get_by_role("tab").all():
        tab.click()
        at_rest(page)
        outside = page.evaluate(
            PYTHON
            + """ return [...root.querySelectorAll('.plot-svg')].filter((svg) => {
              const inner = svg.getBoundingClientRect(), outer = svg.parentElement.getBoundingClientRect();
              return inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
            }).map((svg) => svg.parentElement.className); }"""
        )
        assert outside == [], tab.inner_text()


def test_the_address_reopens_the_view_and_bad_parameters_are_named(open_lesson, open_page):
    page = open_lesson("?tab=one&q=-1.25,0.75&p=0.5,1.5&limit=-0.5&gap=1.5")
    page.get_by_role("slider", name="q μ", exact=True).first.press("ArrowRight")
    page.wait_for_url(re.compile("q=-1.24"))
    again = open_lesson("?" + urlparse(page.url).query)
    for name in ("KL(q‖p)", "KL(p‖q)"):
        assert nats(again, name) == nats(page, name)
    bad = open_page("kl?q=1,-2&p2=0,0,1,2,1&tab=nine&n=7", wait=READY)
    assert bad.get_by_test_id("stAlert").count() == 4
    assert "was ignored" in bad.get_by_test_id("stAlert").first.inner_text()
