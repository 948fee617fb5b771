"""The lesson on the reparameterisation trick in a real browser: its numbers are true, immediate, and Python's."""

from __future__ import annotations

import inspect
import itertools
import math
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explorer import estimators, gaussian, objectives
from explorer.data import datasets
from explorer.serving import assets
from explorer.store.bundle import load_bundle
from explorer.ui import draws

from .driver import (
    DESK,
    PHONE,
    ROOT,
    address,
    at_rest,
    eventually,
    expect,
    next_frame,
    sent_messages,
    wait_for_view,
)

READY = ".rep-lesson[data-ready=true]"
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, "
    "i) => i % 4 === 0)"
)
WATCH = """() => {
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.rep-lesson')).find(Boolean);
  window.seen = [];
  const look = () => setTimeout(() => { // when the frame is done
    const slider = root.querySelector('.sliders input[type=range]');
    const texts = [...root.querySelectorAll('.trick .edge text')].map((one) => one.textContent);
    window.seen.push({ mean: Number(slider.value), z: texts.find((one) => one.startsWith('z = ')),
      gradient: texts.find((one) => one.startsWith('∂f/∂μ')) });
    requestAnimationFrame(look);
  });
  requestAnimationFrame(look);
}"""

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-vae").exists(), reason="no shipped models: python train.py makes them"
)


def _opens(opener):
    return lambda query="", **options: opener(f"reparameterisation?model=digits-vae&{query}", wait=READY, **options)


@pytest.fixture
def lesson(open_page):
    return _opens(open_page)


@pytest.fixture
def mounted_lesson(mount_page):
    return _opens(mount_page)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def cells(page, column: str, view: str = "estimators") -> list[float]:
    """What stands in a column of the four estimators, with all its digits."""
    suffix = {"mean-of": " b", "exact": " b"}.get(column, "")
    return [
        float(cell.get_attribute("data-value"))
        for cell in page.locator(f".{view} .row.estimator .{column}{suffix}").all()
    ]


def agrees(page) -> str:
    """Waits for Python's answer, which must be the same."""
    check = page.locator(".check[data-agree]:not(.waiting)")
    check.wait_for()
    assert check.get_attribute("data-agree") == "true", check.inner_text()
    return check.inner_text()


def table_of_facts(mean: float, std: float) -> dict[str, list[float]]:
    m, s = mean**2, std**2
    return {
        "mean": [4 * s, m**2 / s + 14 * m + 15 * s, 8 * m + 10 * s, 8 * m + 6 * s],
        "std": [4 * m + 8 * s, 2 * m**2 / s + 60 * m + 74 * s],
    }


def test_the_table_of_facts_is_on_the_page(lesson):
    page = lesson("view=estimators&mean=2&log_var=-1.3863&n=100000")
    std = math.exp(-1.3863 / 2)
    expected = table_of_facts(2, std)
    assert cells(page, "exact") == pytest.approx(expected["mean"], rel=1e-9)
    assert cells(page, "cost")[1] == pytest.approx(123.75, abs=0.005)
    verdict = page.get_by_role("status").filter(visible=True)
    assert "123.75 times" in verdict.inner_text() and "Pathwise wins" in verdict.inner_text()
    formulae = [one.strip() for one in page.locator(".estimators .formula").all_inner_texts()]
    assert formulae == ["4σ² =", "μ⁴/σ² + 14μ² + 15σ² =", "8μ² + 10σ² =", "8μ² + 6σ² ="]
    # measured beside the closed form, over the 100,000 draws
    np.testing.assert_allclose(cells(page, "variance"), expected["mean"], rtol=0.08)
    np.testing.assert_allclose(cells(page, "mean-of"), 4, atol=5 * math.sqrt(123.75 / 1e5))
    assert number(page.locator(".estimators .row.axes .mean-of").inner_text()) == 4
    agrees(page)
    page.get_by_role("radio", name="σ", exact=True).check()
    wait_for_view(page, re.compile("by=std"))
    assert cells(page, "exact")[:2] == pytest.approx(expected["std"], rel=1e-9)
    assert page.locator(".estimators .formula").nth(1).inner_text().startswith("2μ⁴/σ² + 60μ² + 74σ²")
    agrees(page)


def test_where_the_score_function_wins_and_where_pathwise_is_wrong(lesson):
    page = lesson("view=estimators&mean=0&log_var=0&f=cosine&omega=2&n=10000")
    path, score, expected, best = cells(page, "exact")
    assert (round(path, 3), round(score, 3)) == (1.999, 0.497)
    texts = page.locator(".estimators .row.estimator .exact b").all_inner_texts()
    assert texts[:2] == ["1.999", "0.497"]
    verdict = page.get_by_role("status").filter(visible=True)
    assert (
        verdict.inner_text().startswith("The score function wins")
        and "E[f] raises the variance" in verdict.inner_text()
    )
    assert best < score < expected  # and that is so
    agrees(page)
    page.get_by_role("radio", name="step 1[z > 0]").check()
    page.get_by_role("slider", name="μ", exact=True).focus()
    for _ in range(4):
        page.keyboard.press("PageUp")
    page.wait_for_url(re.compile("f=step"))
    at_rest(page)
    mean = float(page.get_by_role("slider", name="μ", exact=True).input_value())
    assert mean > 0
    truth = math.exp(-(mean**2) / 2) / math.sqrt(2 * math.pi)
    assert float(page.locator(".estimators .row.axes .mean-of").get_attribute("data-value")) == pytest.approx(
        truth, rel=1e-12
    )
    assert cells(page, "mean-of")[0] == 0 == cells(page, "variance")[0]
    assert page.locator(".estimators .pathwise .cost").inner_text() == "wrong"
    assert verdict.inner_text().startswith("Pathwise is wrong") and "φ(μ/σ)/σ" in verdict.inner_text()
    agrees(page)


def test_the_browsers_mathematics_against_torch(lesson, server):
    page = lesson()
    rng = np.random.default_rng(2)
    cases = [
        {"f": f, "by": by, "mean": mean, "log_var": log_var, "omega": omega}
        for f in ("square", "cosine", "step")
        for by in ("mean", "std", "log_var")
        for mean, log_var, omega in zip(rng.normal(size=3), rng.normal(size=3), rng.uniform(0.3, 3, size=3))
    ]
    found = page.evaluate(
        """async ([base, cases]) => {
            const {
              FUNCTIONS, estimates, exact, exactVariances, baselines, normalCumulative, scoreVariance,
            } = await import(base + "web/reparameterisation/estimators.js");
            const { seededUniform, standardNormal } = await import(base + "web/kernel/random.js");
            const noise = standardNormal(200, seededUniform(11));
            return {
                noise: [...noise], cumulative: [-6, -1.5, 0, 0.3, 7].map(normalCumulative),
                cases: cases.map(({ f, by, mean, log_var, omega }) => {
                    const std = Math.exp(0.5 * log_var), known = exact(f, mean, std, omega, by),
                      z = [...noise].map((e) => mean + std * e);
                    const draws = estimates({ noise, value: z.map((x) => FUNCTIONS[f].value(x, omega)),
                      slope: z.map((x) => FUNCTIONS[f].slope(x, omega)), std, by,
                      levels: [0, known.expectation, 0.7] });
                    return { known, levels: baselines(known), variances: exactVariances(known),
                      other: scoreVariance(known, 0.7), draws: draws.map((one) => [...one]) };
                }),
            };
        }""",
        [f"{server}/{assets.address()}", cases],
    )
    np.testing.assert_allclose(found["noise"], draws.standard_normal(200, 11), rtol=1e-13)
    np.testing.assert_allclose(
        found["cumulative"],
        torch.special.ndtr(torch.tensor([-6, -1.5, 0, 0.3, 7], dtype=torch.float64)),
        rtol=1e-12,
        atol=1e-15,
    )
    noise = torch.tensor(found["noise"], dtype=torch.float64)[:, None]
    grid = torch.linspace(-12, 12, 240_001, dtype=torch.float64)[:, None]  # for integrals over ε
    mass = torch.exp(-0.5 * grid[:, 0] ** 2) / math.sqrt(2 * math.pi) * 1e-4
    for case, js in zip(cases, found["cases"]):
        mean, log_var = (torch.tensor([case[name]], dtype=torch.float64) for name in ("mean", "log_var"))
        unit = {"mean": 1.0, "log_var": 1.0, "std": 2 / math.exp(case["log_var"] / 2)}[case["by"]]
        by = "mean" if case["by"] == "mean" else "log_var"

        def f(z, case=case):
            return estimators.FUNCTIONS[case["f"]](z, case["omega"])

        def each(epsilon):
            path = estimators.pathwise(f, mean, log_var, epsilon)
            return (
                path.values,
                getattr(path.gradients, by)[:, 0] * unit,
                getattr(estimators.scores(mean, log_var, path.z), by)[:, 0] * unit,
            )

        values, path, score = each(noise)
        expectation = js["known"]["expectation"]
        for ours, theirs in zip(
            (path, values * score, (values - expectation) * score, (values - 0.7) * score), js["draws"]
        ):
            np.testing.assert_allclose(theirs, ours.numpy(), rtol=1e-9, atol=1e-11)
        # closed forms against sums over a fine grid of ε; the step's edge falls between two points: within 1e-4
        tolerance = dict(rel=1e-6, abs=1e-9) if case["f"] != "step" else dict(rel=2e-3, abs=2e-4)
        values, path, score = each(grid)
        truth = (mass @ (values * score)).item()
        assert js["known"]["truth"] == pytest.approx(truth, **tolerance)
        assert js["levels"][1] == pytest.approx((mass @ values).item(), **tolerance)
        assert js["levels"][2] == pytest.approx(((mass @ (values * score**2)) / (mass @ score**2)).item(), **tolerance)
        integrals = [path, *((values - level) * score for level in js["levels"]), (values - 0.7) * score]
        for shown, estimate in zip([*js["variances"], js["other"]], integrals):
            assert shown == pytest.approx((mass @ estimate**2 - (mass @ estimate) ** 2).item(), **tolerance)


def test_the_graphs_hold_the_values_and_gradients_of_autograd(mounted_lesson):
    page = mounted_lesson("view=graphs&mean=0.6&log_var=-0.8&f=cosine&omega=1.5&seed=5&draw=3")
    noise = torch.tensor(draws.standard_normal(8, 5)[6])
    mean, log_var = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.6, -0.8))
    std = (0.5 * log_var).exp()
    scaled = std * noise
    z = mean + scaled
    value = torch.cos(1.5 * z)
    grads = torch.autograd.grad(value, (mean, log_var, std, scaled, z))
    texts = page.locator(".trick .edge text").all_text_contents()
    for sign, expected in {
        "μ": mean,
        "σ": std,
        "ε": noise,
        "σ·ε": scaled,
        "z": z,
        **dict(zip(("∂f/∂μ", "∂f/∂log σ²", "∂f/∂σ", "∂f/∂(σ·ε)", "∂f/∂z"), grads)),
    }.items():
        (text,) = [one for one in texts if one.startswith(f"{sign} = ")]
        assert number(text.partition(" = ")[2]) == pytest.approx(expected.item(), abs=6e-4), sign
    assert sum("no ∂f/∂" in one for one in page.locator(".sampled .edge text").all_text_contents()) == 3
    assert "sample().requires_grad is False" in agrees(page)


@pytest.mark.main_job
def test_dragging_is_live_sends_one_message_and_python_agrees(lesson):
    page = lesson("view=graphs&mean=0")
    agrees(page)
    sent = sent_messages(page, lambda: (page.wait_for_selector(READY), agrees(page)))
    before = page.url
    box = page.get_by_role("slider", name="μ", exact=True).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH)
    for i in range(80):
        page.mouse.move(x + (i + 1) * 0.45 * box["width"] / 80, y)
        next_frame(page)
    seen = page.evaluate("() => window.seen")
    assert sent == [] and page.url == before
    assert page.locator(".check.waiting").count() == 1  # nothing is said of what Python has not seen
    page.mouse.up()
    page.wait_for_url(re.compile("mean=(?!0(%2C|,))"))
    agrees(page)
    at_rest(page)
    assert len(sent) == 1
    means = {frame["mean"] for frame in seen}
    assert len(means) >= 70 and len({frame["z"] for frame in seen}) >= len(means) - 1
    assert sum(a["mean"] != b["mean"] for a, b in itertools.pairwise(seen)) >= 70  # a frame a move
    noise = draws.standard_normal(2, int(address(page)["seed"]))[0]
    std = math.exp(float(address(page)["log_var"].split(",")[0]) / 2)
    for frame in seen:  # everything in a frame is of one state
        z = frame["mean"] + std * noise
        assert number(frame["z"].removeprefix("z = ")) == pytest.approx(z, abs=6e-4)
        assert number(frame["gradient"].partition(" = ")[2]) == pytest.approx(2 * z, abs=6e-4)


def test_the_same_draws_move_and_one_is_decoded(lesson):
    page = lesson("view=draws&mean=0.3,-0.4&log_var=-1,-2&seed=9&draw=2&n=50")
    model = load_bundle(ROOT / "pretrained" / "digits-vae").model()
    noise = draws.standard_normal(6, 9)[4:]

    def compare() -> None:
        mean, log_var = (
            np.array([float(value) for value in address(page)[name].split(",")]) for name in ("mean", "log_var")
        )
        at_rest(page)
        for name, z in (("decoded at μ", mean), ("decoded at z", mean + np.exp(log_var / 2) * noise)):
            expected = torch.sigmoid(model.decode(torch.tensor(z[None], dtype=torch.float32)))[0].numpy() * 255
            assert (
                np.abs(np.array(page.get_by_role("img", name=name, exact=True).evaluate(PIXELS)) - expected).max() <= 2
            )

    page.wait_for_url(re.compile("model=digits-vae"))
    at_rest(page)
    if "mean" in address(page):
        compare()
    handle = page.get_by_role("button", name="μ in the plane of z; arrow keys move it")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 60, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("mean=(?!0.3)"))
    moved = [float(value) for value in address(page)["mean"].split(",")]
    side = page.get_by_role("figure", name="The same draws as z").locator(".host").bounding_box()["width"]
    np.testing.assert_allclose(moved, [0.3 + 40 * 8.4 / side, -0.4 + 60 * 8.4 / side], atol=0.03)
    compare()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(f"mean={re.escape(f'{moved[0] - 0.05:.4f}'.rstrip('0'))}"))
    assert "z₁" in agrees(page)
    plane = page.get_by_role("figure", name="Draws of noise").locator(".host")
    square, target = plane.bounding_box(), draws.standard_normal(100, 9).reshape(-1, 2)
    alone = int(
        np.argmax([np.partition(np.hypot(*(target - one).T), 1)[1] * (np.abs(one).max() < 3) for one in target])
    )  # clear of the others
    page.mouse.click(
        *(
            square[axis] + square["width"] * (0.5 + sign * value / 8.4)
            for axis, sign, value in zip("xy", (1, -1), target[alone])
        )
    )
    page.wait_for_url(re.compile(f"draw={alone}(&|$)"))
    page.get_by_role("button", name="Fresh draws").click()
    page.wait_for_url(re.compile("seed=10(&|$)"))
    agrees(page)


def test_a_finger_drags_a_handle_and_phones_have_no_sideways_scroll(lesson):
    page = lesson("view=draws&mean=0,0", viewport=PHONE, has_touch=True, is_mobile=True)
    handle = page.get_by_role("button", name="μ in the plane of z; arrow keys move it")
    handle.scroll_into_view_if_needed()
    at_rest(page)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for kind, dx in [("touchStart", 0), *(("touchMove", 8 * i) for i in range(1, 9)), ("touchEnd", None)]:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [] if dx is None else [{"x": x + dx, "y": y}]}
        )
    page.wait_for_url(re.compile("mean=(?!0(%2C|,)0)"))
    first, second = map(float, address(page)["mean"].split(","))
    assert first > 0.8 and abs(second) < 0.05
    for tab in page.get_by_role("tab").all():
        tab.click()
        at_rest(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_every_part_fits_a_projector_and_tabs_take_arrow_keys(mounted_lesson):
    page = mounted_lesson(viewport=DESK)
    for name in ("graphs", "draws", "estimators", "code"):
        page.locator(f"[role=tab][data-tab={name}][aria-selected=true]").wait_for()
        at_rest(page)
        box = page.locator(".check").bounding_box()
        assert box["y"] + box["height"] <= DESK["height"], (name, box)
        assert page.locator(f".view.{name}").bounding_box()["y"] > 0
        if name != "code":
            page.locator("[role=tab][aria-selected=true]").focus()
            page.keyboard.press("ArrowRight")
            if name == "estimators":
                page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("view=code"))


def test_the_map_of_who_wins_fits_its_frame_when_it_is_reached_by_its_tab(mounted_lesson):
    page = mounted_lesson("view=graphs&mean=0,0&log_var=-2,-2")  # log σ² at the middle of its axis
    page.get_by_role("tab", name="Estimators").click()
    page.locator(".check", has_text="pathwise").wait_for()  # the line that takes its height from the map
    at_rest(page)
    host, handle = page.locator(".wins .host"), page.locator(".wins .handle")
    names = page.locator(".wins .host text").all()

    def fits() -> None:
        frame, inner = host.bounding_box(), [name.bounding_box() for name in names]
        assert all(box["y"] + box["height"] <= frame["y"] + frame["height"] + 1 for box in inner)
        point = handle.evaluate("(g) => g.getCTM().f + g.ownerSVGElement.getBoundingClientRect().y")
        assert point == pytest.approx(frame["y"] + frame["height"] / 2, abs=2)

    eventually(page, fits, 5)


def test_the_map_of_who_wins_moves_both_parameters(lesson):
    page = lesson("view=estimators&f=cosine&omega=2&mean=0&log_var=0")
    handle = page.get_by_role("button", name="μ and log σ² in the map; arrow keys move them")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_url(re.compile(r"mean=0\.05(%2C|,).*log_var=-0\.05(%2C|,)"))
    agrees(page)


def test_the_code_is_the_programs_own_with_the_numbers_of_the_moment(mounted_lesson):
    page = mounted_lesson("view=code&image=4&seed=2&draw=1&mean=0.25,-1&log_var=-1,0.5")
    for function in (gaussian.reparameterise, objectives.vae_loss):
        block = page.get_by_label(f"explorer.{function.__module__.rpartition('.')[2]}.{function.__name__}")
        block.wait_for()
        assert "\n".join(line.rstrip() for line in block.locator("code").all_text_contents()) == inspect.getsource(
            function
        ).rstrip("\n")
    x = torch.from_numpy(datasets.load("digits", "test").images[4:5].astype(np.float32) / 255)
    noise = torch.from_numpy(draws.standard_normal(4, 2)[2:]).float()[None]
    model = load_bundle(ROOT / "pretrained" / "digits-vae").model()
    loss = objectives.vae_loss(model, x, noise)
    page.locator(".code .gradients", has_text="mean.grad").wait_for()  # Python has run the code on the image
    outputs = page.locator(".code output").all_text_contents()
    assert len(outputs) == 6 and all(one.startswith("→") for one in outputs)  # every line that has a number shows it
    z = np.array([0.25, -1]) + np.exp(np.array([-1, 0.5]) / 2) * noise[0].double().numpy()
    assert [number(one) for one in re.findall(r"[−\d.]+", outputs[0].rpartition("=")[2])] == pytest.approx(z, abs=6e-4)
    assert [number(one) for one in re.findall(r"[−\d.]+", outputs[-1])] == pytest.approx(
        [loss.reconstruction.item(), 1, loss.kl.item(), loss.total.item()], abs=2e-3
    )
    mean, log_var = (one.clone().requires_grad_() for one in model.encode(x))
    z = gaussian.reparameterise(mean, log_var, noise)
    (
        F.binary_cross_entropy_with_logits(model.decode(z), x, reduction="sum")
        + gaussian.kl_to_standard_normal(mean, log_var).sum()
    ).backward()
    shown = [number(one) for one in re.findall(r"−?\d+\.\d+", page.locator(".code .gradients").last.inner_text())]
    assert shown == pytest.approx([*mean.grad[0].tolist(), *log_var.grad[0].tolist()], abs=6e-3)
    agrees(page)


def test_a_real_vaes_gradient_is_measured_on_a_click(lesson):
    page = lesson("view=vae&image=7&n=1000&seed=3&component=2")
    page.get_by_role("button", name="Measure with 100,000 draws").click()
    page.locator(".vae .verdict").wait_for(timeout=240_000)
    model = load_bundle(ROOT / "pretrained" / "digits-vae").model()
    x = torch.from_numpy(datasets.load("digits", "test").images[7:8].astype(np.float32) / 255)
    mean, log_var = model.encode(x)
    noise = torch.randn(20_000, 2, generator=torch.Generator().manual_seed(99))
    means = mean.expand(20_000, 2).clone().requires_grad_()
    z = means + torch.exp(log_var / 2) * noise
    values = F.binary_cross_entropy_with_logits(model.decode(z), x.expand(20_000, -1), reduction="none").sum(-1)
    (path,) = torch.autograd.grad(values.sum(), means)
    path = path[:, 1] + mean[0, 1]  # the KL's gradient by μ is μ
    weight = noise[:, 1] / torch.exp(log_var[0, 1] / 2)
    shown = page.locator(".vae .row.axes .mean-of").inner_text().split(" ± ")
    error = path.std().item() / math.sqrt(20_000)
    assert abs(number(shown[0]) - path.mean().item()) < 5 * math.hypot(error, number(shown[1])) + 1e-3
    assert number(shown[1]) == pytest.approx(path.std().item() / math.sqrt(100_000), rel=0.2)
    values = values.detach()
    expected = [path.var().item(), (values * weight).var().item(), ((values - values.mean()) * weight).var().item()]
    np.testing.assert_allclose(cells(page, "exact", "vae")[:3], expected, rtol=0.15)
    assert cells(page, "exact", "vae")[3] <= min(cells(page, "exact", "vae")[1:3]) * 1.0001
    np.testing.assert_allclose(cells(page, "variance", "vae"), cells(page, "exact", "vae"), rtol=0.35)
    page.get_by_role("button", name="Fresh draws").click()  # other draws need a click again, the reference is kept
    page.get_by_role("button", name="Estimate with these 1,000 draws").wait_for()


def test_a_measurement_can_be_cancelled_and_goes_on(lesson):
    page = lesson("view=vae&image=8")
    page.get_by_role("button", name="Measure with 100,000 draws").click()
    page.get_by_text(re.compile("Reference: [1-9]")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    go_on = page.get_by_role("button", name=re.compile("Continue after [0-9,]+ draws"))
    go_on.wait_for()
    page.get_by_text("was stopped").wait_for()
    assert page.locator(".vae .verdict").is_hidden()
    done = int(re.sub(r"\D", "", go_on.inner_text()))
    assert 0 < done < 100_000 and done % 2_000 == 0


def test_what_has_no_posterior_says_so_and_bad_parameters_are_named(open_page):
    page = open_page("reparameterisation?view=vae&model=digits-aae&f=cube&n=1&mean=nan", wait=READY)
    alerts = page.get_by_test_id("stAlert")
    page.get_by_text("choose a VAE").wait_for()
    assert alerts.count() == 4 and "f=cube was ignored" in alerts.first.inner_text()
    assert page.get_by_role("button", name="Measure with 100,000 draws").count() == 0


def test_a_prediction_is_answered_with_the_draw_of_the_moment_and_the_figure_moves(mounted_lesson):
    page = mounted_lesson("view=predict&step=2&mean=0.5&log_var=-1&seed=3&draw=4", reduced_motion="reduce")
    noise = draws.standard_normal(10, 3)[8]
    z = 0.5 + math.exp(-0.5) * noise
    figure, answer = page.locator(".predict .at-z.dashed"), page.locator(".predict .because")

    def across() -> float:
        """Where the dashed z is, in units of z from where z is: the scale is that of z and its mean."""
        at, mean, zero = (
            float(page.locator(f".predict {name}").get_attribute("cx"))
            for name in (".at-z.dashed", ".at-mean", ".at-z >> nth=0")
        )
        return (at - zero) / (zero - mean) * math.exp(-0.5) * noise

    expect(page.get_by_role("button", name="Reveal")).to_be_disabled()
    expect(figure).to_be_hidden()
    page.get_by_role("radio", name="it moves by 1").check()
    eventually(page, lambda: approximately(across(), 1))
    expect(answer).to_be_hidden()
    page.get_by_role("button", name="Reveal").click()
    eventually(page, lambda: approximately(across(), noise))
    expect(page.locator(".predict .outcome")).to_have_text("No: it moves by ε.")
    told = [number(one) for one in re.findall(r"−?\d+\.\d+", answer.inner_text())]
    assert told == pytest.approx([z, z + noise, noise], abs=6e-4)
    expect(page.get_by_role("button", name="Next", exact=True)).to_be_focused()
    page.get_by_role("button", name="Fresh draws").click()  # another ε: another answer
    expect(answer).not_to_contain_text(f"ε = {noise:.3f}".replace("-", "−"))
    page.get_by_role("tab", name="Estimators").click()
    page.get_by_role("tab", name="Predict").click()
    expect(page.locator(".predict .score")).to_have_text("0 of 1 right")
    page.get_by_role("button", name="Other numbers").click()
    expect(page.locator(".predict .score")).to_have_text("")


def approximately(value: float, expected: float) -> None:
    assert value == pytest.approx(expected, abs=0.02)
