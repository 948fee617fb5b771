"""Accessibility: axe-core on each page, the keyboard, a screen reader's announcements, reduced motion, 200 % zoom."""

from __future__ import annotations

import re

import pytest

from .driver import PHONE, ROOT, at_rest, drag_slider, next_frame
from .layout import amiss, cut_off
from .views import VIEWS

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
GRAVE = ("serious", "critical")
SCREEN = {"width": 1366, "height": 768}

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture
def open_view(open_page):
    """`open_view("kl, two")`: one of VIEWS, when the server has nothing more to say to it."""

    def open_one(name: str, more: str = "", **options):
        path, ready = VIEWS[name]
        page = open_page(
            path + (("&" if "?" in path else "?") + more if more else ""), wait=ready, **{"viewport": SCREEN} | options
        )
        page.wait_for_selector(IDLE)
        return page

    return open_one


# ---- axe-core ----------------------------------------------------------------------------------------


def violations(page) -> list[str]:
    """axe-core's serious and critical findings, a line each, also in open shadow roots and in Streamlit's own parts."""
    base = pytest.importorskip(
        "axe_playwright_python.base", reason="axe-core is not installed: tests/requirements.txt has it"
    )
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(base.AXE_SCRIPT)
    found = page.evaluate("async () => (await axe.run({ resultTypes: ['violations'] })).violations")
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def in_theme(page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "(wanted) => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === wanted", arg=scheme
    )
    page.add_style_tag(content="* { transition: none !important; }")  # colours fade into each other
    at_rest(page)


def test_axe_finds_nothing_grave_on_the_front_page_in_either_theme(open_view):
    page = open_view("explorer")
    for scheme in ("light", "dark"):
        in_theme(page, scheme)
        assert violations(page) == [], scheme


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_grave_in_the_help_on_a_phone_or_in_a_presentation(open_view, name):
    """As `test_a_view_for_every_eye` for a window of usual size."""
    page, found = open_view(name), {}

    def look(what: str) -> None:
        for scheme in ("light", "dark"):
            in_theme(page, scheme)
            found[f"{what}, {scheme}"] = violations(page)

    help_button = page.get_by_role("button", name="Help", exact=True)
    help_button.click()
    page.get_by_role("complementary", name="Help").wait_for()
    look("help")
    page.keyboard.press("Escape")
    page.set_viewport_size(PHONE)
    at_rest(page)
    look("phone")
    page = open_view(name, "present=on")
    look("presentation")
    assert not any(found.values()), "\n".join(f"{what}: {one}" for what, all_ in found.items() for one in all_)


# ---- keys alone --------------------------------------------------------------------------------------

# What has the focus, through shadow roots: its name, and whether one sees that it has it.
FOCUS = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  if (!e || e === document.body) return null;
  const drawn = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) ||
    style.boxShadow !== 'none';
  const near = [e, e.parentElement, e.parentElement?.parentElement].filter(Boolean);
  const around = near.map((one) => getComputedStyle(one));
  // Streamlit's table draws its focus itself, on a canvas
  const knob = e.querySelector(':scope > .knob'), table = e.closest('[data-testid=stDataFrame]');
  const visible = knob ? parseFloat(getComputedStyle(knob).strokeWidth) >= 4 : table || around.some(drawn);
  const name = e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent.trim() ?? e.textContent.trim();
  return { name, visible: Boolean(visible), what: e.outerHTML.slice(0, 120), live: e.getRootNode() !== document };
}"""


def tab_to(page, name: str, key: str = "Tab", most: int = 90) -> None:
    """Presses Tab until what has the focus bears that name. Every stop on the way must be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        found = page.evaluate(FOCUS)
        if found is None:
            continue
        assert found["visible"], f"nobody sees that the focus is on {found['what']}"
        if found["name"] == name:
            return
    raise AssertionError(f"{name} was not reached by {most} presses of {key}")


def until(page, condition: str) -> None:
    """Waits for a condition on the address's `params`."""
    page.wait_for_function(f"() => {{ const params = new URLSearchParams(location.search); return {condition}; }}")


@pytest.mark.slow
def test_the_main_job_by_keys_alone(open_view):
    page = open_view("explorer", "mean=0,0&log_var=-2,-2", color_scheme="dark")
    tab_to(page, "Morph")
    page.keyboard.press("Enter")
    until(page, "params.get('tool') === 'walk'")
    page.wait_for_selector(".tool[data-ready=walk]")
    page.keyboard.press("Shift+Tab")
    for _ in range(8):  # back over the other tools to the first
        if page.evaluate(FOCUS)["name"] == "Probe":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    until(page, "!params.has('tool')")
    tab_to(page, "μ₁")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    until(page, "params.get('mean') === '0.03,0'")
    tab_to(page, "Resample ε")
    page.keyboard.press("Enter")
    until(page, "params.get('noise') !== '0.8,-0.6'")
    page.emulate_media(color_scheme="light")
    tab_to(page, "Model in the left panel")
    page.keyboard.press("ArrowDown")
    until(page, "params.get('left') !== 'mnist-vae'")
    page.keyboard.press("ArrowUp")
    until(page, "params.get('left') === 'mnist-vae'")
    tab_to(page, "Probe in the VAE map; arrow keys move it")
    page.keyboard.press("Shift+ArrowUp")
    until(page, "params.get('mean') === '0.03,0.5'")
    page.keyboard.press("Tab")
    for _ in range(90):  # from the end of the page to its head, or back
        page.keyboard.press("Shift+Tab")
        if (page.evaluate(FOCUS) or {}).get("name", "").endswith("1 Recall KL"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".kl-lesson[data-ready=true]")


# ---- what is said, and when --------------------------------------------------------------------------

# Counts in window.said what live regions say; those that are off do not.
LISTEN = """() => {
  window.said = [];
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
  const live = '[aria-live], [role=status], [role=log], [role=alert], output';
  for (const root of roots) for (const region of root.querySelectorAll(live)) {
    if (region.getAttribute('aria-live') === 'off') continue;
    new MutationObserver(() => window.said.push(region.textContent.trim())).observe(region,
      { childList: true, characterData: true, subtree: true });
  }
}"""


def test_a_screen_reader_is_told_on_release_and_not_in_every_frame(open_view):
    page = open_view("explorer")
    page.evaluate(LISTEN)
    seen = drag_slider(page, "μ₁", moves=40)
    assert len({frame["text"] for frame in seen}) > 20  # the KL moved all the time
    assert page.evaluate("() => window.said") == []
    page.mouse.up()
    page.wait_for_function("() => window.said.length")
    nats = page.get_by_role("status", name="KL divergence").inner_text()
    [said] = page.evaluate("() => window.said")
    assert re.fullmatch(
        rf"KL divergence {nats}; VAE: the code nearest to μ is of class \d; AAE: the code nearest to μ is of class \d",
        said,
    )
    vae, aae = re.findall(r"class (\d)", said)
    for name, which in (("VAE decoded at μ", vae), ("AAE decoded at μ", aae)):
        assert (
            page.get_by_role("img", name=name, exact=True).get_attribute("aria-description")
            == f"the nearest code is of class {which}"
        )
    assert (
        page.get_by_role("figure", name="VAE latent map", exact=True).get_attribute("aria-description")
        == "10,000 codes in 10 classes"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        name
        for name in VIEWS
        if name.startswith(("kl,", "reparameterisation,", "adversary, teach")) and name != "reparameterisation, vae"
    ],
)
def test_the_lessons_speak_on_release(open_view, name):
    page = open_view(name)
    moved = (
        ".small-plane .handle.mean .grip" if name == "kl, derivation" else ".sliders input[type=range]:visible"
    )  # there are no sliders
    box = page.locator(moved).first.bounding_box()
    page.evaluate(LISTEN)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for i in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.5 + i / 100), box["y"] + box["height"] / 2)
        next_frame(page)
    assert page.evaluate("() => window.said") == []
    page.mouse.up()
    if not name.endswith("predict"):  # an answer is not given away
        page.wait_for_function("() => window.said.length")
        assert len(page.evaluate("() => window.said")) == 1


# ---- little motion -----------------------------------------------------------------------------------

# Whether anything moves by itself: running CSS animations, and whether the page draws on.
MOVES = """async () => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
  const running = roots.flatMap((root) => root.getAnimations?.() ?? []).filter((one) => one.playState === 'running' &&
    one.effect.getComputedTiming().iterations === Infinity);
  const live = roots.map((root) => root.querySelector('.live')).find(Boolean), before = live.dataset.frame;
  await new Promise((resolve) => setTimeout(resolve, 600));
  return { running: running.length, drew: Number(live.dataset.frame ?? 0) - Number(before ?? 0) };
}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["explorer", "replay", "walk", "kl, one", "reparameterisation, graphs", "adversary, field", "adversary, play"],
)
def test_with_little_motion_asked_for_nothing_moves_by_itself(open_view, name):
    page = open_view(name, reduced_motion="reduce")
    at_rest(page)  # what opens the page has been drawn
    assert page.evaluate(MOVES) == {"running": 0, "drew": 0}
    if name == "reparameterisation, graphs":
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(MOVES)["running"] > 0  # which is how one sees that this would be found
    if name == "explorer":
        page.get_by_role("button", name="Training", exact=True).click()
        page.wait_for_selector(".explorer.replaying")
        at_rest(page)
        assert page.evaluate(MOVES)["drew"] == 0 and page.get_by_role("button", name="Play", exact=True).is_visible()


# ---- 200 %, and a phone ------------------------------------------------------------------------------

SMALL = {"200 %": {"width": 683, "height": 384}, "phone": PHONE}  # 1366 × 768 at 200 %


def unseen_stops(page) -> list[str]:
    """Goes through the page by Tab: the stops at which nobody sees where the focus is."""
    page.mouse.click(2, 2)
    stops: list[dict] = []
    for _ in range(160):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None or (len(stops) > 4 and found["what"] == stops[0]["what"]):
            break
        stops.append(found)
    assert len(stops) > 8
    return [stop["what"] for stop in stops if not stop["visible"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_for_every_eye(open_view, name):
    """One page load for all: axe-core in both themes, the focus in both, 200 % and a phone."""
    page, found = open_view(name), {}
    for guide in page.get_by_test_id("stExpander").all():
        guide.locator("summary").click()
    for scheme in ("light", "dark"):
        in_theme(page, scheme)
        found[f"axe, {scheme}"] = violations(page)
        found[f"focus, {scheme}"] = unseen_stops(page)
    for size, viewport in SMALL.items():
        page.set_viewport_size(viewport)
        at_rest(page)
        found[size] = cut_off(page) + amiss(page)
    assert not any(found.values()), "\n".join(f"{what}: {one}" for what, all_ in found.items() for one in all_)
