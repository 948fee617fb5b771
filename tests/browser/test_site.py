"""The static site, served by `python -m http.server` in a folder below another site's: every view, in real browsers."""

from __future__ import annotations

import re
import shutil
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from . import site as sites
from .driver import COMPLETE, DESK, DRAWN, PHONE, ROOT, distinct, drag_slider, eventually, expect, hover_map, next_frame
from .firefox import FIREFOX, firefox
from .test_accessibility import violations
from .views import VIEWS

# The views of the app, of the models that are on this site. Their state is after #.
BOARD = "html[data-ready=true]"
HERE = {name: (path.replace("?", "#", 1), ready) for name, (path, ready) in VIEWS.items()} | {
    "explorer, 16 dimensions": ("#left=mnist-vae-16d&right=mnist-aae", COMPLETE),
    "scoreboard": ("scoreboard/", BOARD),
}
BY_PAGE: dict[str, list[str]] = {}  # for each page its views' names
for view, (path, _) in HERE.items():
    BY_PAGE.setdefault(path.partition("#")[0].strip("/") or "explore", []).append(view)
MOST = 5e6  # bytes until a slider moves both pictures

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("host")
    written = sites.write(folder, draws=4_000)
    with sites.serve(folder) as host:
        yield sites.Site(f"{host}/{sites.BELOW}", written)


@pytest.fixture
def visit(chromium, site):
    """`visit("kl/#tab=two", ready)`: a page of the site in a browser that has seen nothing.

    Fails the test for an error in a page, a request to any other place, and an answer that is none. again: in the
    browser of that page.
    """
    contexts, amiss = [], []

    def open_one(path: str = "", ready: str | None = DRAWN, *, again=None, base: str = site.address, **options):
        if again is None:
            context = chromium.new_context(**{"viewport": DESK} | options)
            context.set_default_timeout(60_000)
            contexts.append(context)
        else:
            context = again.context
        page = context.new_page()
        page.on("pageerror", lambda error: amiss.append(error.stack or str(error)))
        page.on("console", lambda message: message.type == "error" and amiss.append(message.text))
        page.on("request", lambda one: is_here(one.url, base) or amiss.append(one.url))
        page.on("response", lambda one: one.status < 400 or amiss.append(f"{one.status} {one.url}"))
        page.amiss = amiss
        page.goto(f"{base}/{path}")
        if ready:
            page.wait_for_selector(ready)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not amiss, amiss


def is_here(address: str, base: str) -> bool:
    return address.startswith((f"{base}/", "data:", "blob:"))


def in_address(page) -> dict[str, str]:
    """The parameters after #."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment).items()}


def at_hash(page, name: str, value: str) -> None:
    """Waits until the address says so, and the page has drawn it."""
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.hash.slice(1)).get(name) === value", arg=[name, value]
    )
    next_frame(page)


# ---- every view ------------------------------------------------------------------------------------------------------


def path_of(address: str) -> str:
    """With the slash of a folder: `kl#tab=two` is `kl/#tab=two`."""
    page, hash_, rest = address.partition("#")
    return f"{page}{'/' if page and not page.endswith('/') else ''}{hash_}{rest}"


@pytest.mark.parametrize("name", BY_PAGE)
def test_every_view_of_a_page_opens_without_an_error(visit, name):
    """The first as a page, the others by its address."""
    first, *others = BY_PAGE[name]
    page = visit(path_of(HERE[first][0]), HERE[first][1])
    assert page.title().endswith("Generative autoencoders")
    expect(page.locator(".failure:visible, .notices p")).to_have_count(0)
    for other in others:
        address, ready = HERE[other]
        hash_ = address.partition("#")[2]
        page.evaluate("(hash) => { location.hash = hash; }", hash_)
        chosen = parse_qs(hash_)
        tab = (chosen.get("tab") or chosen.get("view") or [""])[0]
        page.wait_for_selector(f"{ready}[data-tab={tab}]" if tab else ready)
        next_frame(page)
        expect(page.locator(".failure:visible, .notices p")).to_have_count(0)


@pytest.mark.parametrize(
    "name", ["explorer", "why, evidence", "reparameterisation, vae", "practice, train", "scoreboard"]
)
def test_axe_finds_nothing_grave(visit, name):
    address, ready = HERE[name]
    for scheme in ("light", "dark"):
        page = visit(path_of(address), DRAWN if name == "explorer" else ready, color_scheme=scheme)
        assert violations(page) == [], scheme


def test_every_plot_of_the_scoreboard_is_drawn(visit):
    page = visit("scoreboard/#dataset=digits", BOARD)
    plots = page.locator("section[data-dataset=digits] .plot:visible")
    assert plots.count() >= 6
    for i in range(plots.count()):
        plots.nth(i).scroll_into_view_if_needed()
        expect(plots.nth(i)).to_have_attribute("data-drawn", "true")
    page.locator("section[data-dataset=digits] select.models").select_option("digits-aae")
    at_hash(page, "model", "digits-aae")
    page.get_by_role("button", name="mnist", exact=True).click()
    at_hash(page, "dataset", "mnist")
    table = page.locator("section[data-dataset=mnist] table.figures").first
    before = table.locator("tbody tr td:nth-child(2)").all_text_contents()
    for _ in range(2):  # rising, as they stand; falling
        table.get_by_role("button", name="coverage", exact=True).click()
    eventually(page, lambda: differs(table.locator("tbody tr td:nth-child(2)").all_text_contents(), before))


def differs(texts: list[str], before: list[str]) -> None:
    assert texts != before and sorted(texts) == sorted(before)


# ---- the explorer ----------------------------------------------------------------------------------------------------


def test_a_drag_and_a_hover_draw_every_frame(visit):
    """As in the app, where test_explorer.py holds the same numbers."""
    page = visit("", COMPLETE)
    seen = drag_slider(page, "μ₁")
    page.mouse.up()
    assert min(distinct(seen)) >= 90
    assert min(distinct(hover_map(page, "AAE latent map"))) >= 70


PIXELS = """() => [...[...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.explorer'))
  .find(Boolean).querySelector('.pictures .left.at-mean canvas').getContext('2d')
  .getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"""


def test_pictures_are_torchs(visit):
    import torch

    from explorer.store.bundle import load_bundle

    page = visit("#mean=0.7,-1.3&left=mnist-vae&right=mnist-aae")
    shown = np.array(page.evaluate(PIXELS), dtype=float)
    model = load_bundle(ROOT / "pretrained" / "mnist-vae").model()
    with torch.no_grad():
        wanted = model.decode(torch.tensor([[0.7, -1.3]])).sigmoid().numpy().ravel() * 255
    assert np.abs(shown - wanted).max() <= 2


def test_the_address_follows_the_view_and_leads_back_to_it(visit):
    page = visit()
    page.get_by_role("slider", name="μ₁", exact=True).focus()
    before = page.get_by_role("slider", name="μ₁", exact=True).input_value()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('mean=')")
    moved = page.get_by_role("slider", name="μ₁", exact=True).input_value()
    assert moved != before and in_address(page)["mean"].startswith(f"{float(moved):.4g}"[:4])
    page.go_back()
    expect(page.get_by_role("slider", name="μ₁", exact=True)).to_have_value(before)
    page.go_forward()
    expect(page.get_by_role("slider", name="μ₁", exact=True)).to_have_value(moved)
    page.reload()
    page.wait_for_selector(DRAWN)
    expect(page.get_by_role("slider", name="μ₁", exact=True)).to_have_value(moved)


def test_a_link_of_the_app_opens_the_same_view(visit):
    page = visit("?mean=1,2&log_var=-1,-1&left=digits-vae&right=digits-aae")
    assert urlsplit(page.url).query == "" and in_address(page)["mean"] == "1,2"
    expect(page.get_by_role("slider", name="μ₂", exact=True)).to_have_value("2")
    expect(page.get_by_role("figure", name="VAE latent map")).to_be_visible()


def test_what_an_address_names_wrongly_is_said(visit):
    page = visit("#mean=1,x&left=nobody")
    notices = page.locator(".notices p")
    expect(notices).to_have_count(2)
    expect(notices.first).to_contain_text("In the address, mean=1,x was ignored")


def test_a_page_is_left_and_found_again_as_it_was(visit):
    page = visit("kl/#tab=two", HERE["kl, two"][1])
    page.get_by_role("link", name="Explorer").click()
    page.wait_for_selector(DRAWN)
    page.get_by_role("link", name="1 Recall KL").click()
    page.wait_for_selector(HERE["kl, two"][1])
    assert in_address(page)["tab"] == "two"
    expect(page.get_by_role("tab", name="Two dimensions")).to_have_attribute("aria-selected", "true")


def test_the_tour_leads_through_the_site(visit):
    page = visit()
    page.get_by_role("link", name="Take the tour").click()
    strip = page.get_by_role("region", name="Tour")
    expect(strip.locator(".where")).to_have_text("Step 1 of 12")
    strip.get_by_role("button", name="Show me").click()
    at_hash(page, "left", "mnist-ae")
    assert in_address(page)["tour"] == "1"
    for step in (2, 3):
        strip.get_by_role("button", name="Next").click()
        expect(strip.locator(".where")).to_have_text(f"Step {step} of 12")
    strip.get_by_role("button", name="Check").click()
    expect(strip.get_by_role("status")).to_contain_text("Press Show me first")
    strip.get_by_role("button", name="Show me").click()
    page.wait_for_url(re.compile(r"/kl/#.*tour=3"))
    page.wait_for_selector(HERE["kl, one"][1])
    expect(page.locator(".one .agreement").first).to_contain_text("When this site was made, Python agreed")
    strip.get_by_role("button", name="Check").click()
    strip.locator(".answers button").last.click()
    expect(strip.get_by_role("status")).to_contain_text("Right. Here KL(q‖p) is 0.807 nats")
    page.get_by_role("link", name="2 Reparameterise").click()  # it stays from page to page
    page.wait_for_selector(HERE["reparameterisation, graphs"][1])
    expect(strip.locator(".where")).to_have_text("Step 3 of 12")
    strip.get_by_role("button", name="Close").click()
    expect(strip).to_be_hidden()
    assert "tour" not in in_address(page)


def test_practice_trains_in_this_browser_and_has_the_clinic(visit):
    page = visit("practice/#a=vae,digits,epochs=1&b=aae,digits,epochs=1&where=server", HERE["practice, train"][1])
    expect(page.get_by_text("To train on other datasets, start the app")).to_be_visible()
    assert page.get_by_role("combobox", name="Train in").input_value() == "browser"
    page.get_by_role("button", name="Start run A").click()
    page.wait_for_selector(".run.a[data-state=finished]")
    page.get_by_role("tab", name="Clinic").click()
    question = page.get_by_role("radiogroup", name="What went wrong?")
    question.get_by_role("radio").first.check()
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator(".clinic .outcome")).to_be_visible()
    assert in_address(page)["tab"] == "clinic"


def test_the_way_through_a_model_leads_to_the_lessons(visit):
    page = visit()
    page.locator(".machine a.posterior").first.click()
    page.wait_for_selector(HERE["kl, loss"][1])
    assert urlsplit(page.url).path.endswith(f"{sites.BELOW}/kl/") and in_address(page)["tab"] == "loss"


def test_a_new_umap_is_not_promised(visit):
    page = visit("#left=mnist-vae-16d&right=mnist-aae&map=umap-50-0.5")
    expect(page.get_by_text("only the app can")).to_be_visible()
    option = page.get_by_label("left map").locator("option[value=pixels]")
    assert option.is_disabled() and "made by the app" in option.text_content()


def test_the_site_writes_the_single_file_too(visit, tmp_path):
    page = visit("#tool=take&left=digits-vae&right=digits-aae", HERE["take"][1])
    assert "tool=" not in page.get_by_label("Address of this view").input_value()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the file").click()
    download.value.save_as(tmp_path / "view.html")
    assert "originals_each" in (tmp_path / "view.html").read_text(encoding="utf-8")
    opened = page.context.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto((tmp_path / "view.html").as_uri())
    opened.wait_for_selector(DRAWN)
    assert errors == []


# ---- what Python has computed ----------------------------------------------------------------------------------------


def test_python_agrees_where_it_has_computed_and_is_silent_elsewhere(visit):
    page = visit("kl/", HERE["kl, one"][1])
    agreement = page.locator(".one .agreement, [data-tab=one] .agreement").first
    expect(agreement).to_contain_text("When this site was made, Python agreed")
    page.get_by_role("slider", name="q μ").first.focus()
    page.keyboard.press("ArrowRight")
    expect(agreement).to_have_text("")


def test_the_lesson_on_estimators_says_where_it_was_measured(visit):
    ready = HERE["reparameterisation, vae"][1]
    page = visit("reparameterisation/#view=vae", ready)
    expect(page.locator(".rows").locator("visible=true").first).to_be_visible()
    page.evaluate("location.hash = 'view=vae&image=3'")
    expect(page.get_by_text("Measured when this site was made: image 0 of mnist-vae")).to_be_visible()


# ---- theme, presentation, phone --------------------------------------------------------------------------------------


def test_the_theme_is_chosen_and_kept(visit):
    page = visit()
    background = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_label("Theme").select_option("dark")
    page.wait_for_function(f"(light) => ({background})() !== light", arg=light)
    scheme = "root => root.style.colorScheme"
    eventually(page, lambda: is_equal(page.locator(".explorer").evaluate(scheme), "dark"))
    other = visit("kl/", HERE["kl, one"][1], again=page)
    assert other.evaluate(background) != light and other.locator(".kl-lesson").evaluate(scheme) == "dark"


def is_equal(a: object, b: object) -> None:
    assert a == b


def test_presentation_is_in_the_address_and_escape_leaves_it(visit):
    page = visit(viewport={"width": 1366, "height": 768})
    page.get_by_role("button", name="Present").click()
    at_hash(page, "present", "on")
    assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(
        24, 0.01
    )
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    assert "present" not in in_address(page)


@pytest.mark.parametrize("name", ["explorer", "why, loss", "practice, clinic", "scoreboard"])
def test_a_phone_scrolls_in_one_direction(visit, name):
    address, ready = HERE[name]
    page = visit(path_of(address), DRAWN if name == "explorer" else ready, viewport=PHONE)
    width = page.evaluate("() => document.scrollingElement.scrollWidth")
    assert width <= PHONE["width"]


# ---- without a network, a new version, from a disk -------------------------------------------------------------------


def kept(page) -> None:
    """Waits until the worker has kept what the page fetched."""
    page.wait_for_function(
        """async () => {
          if (!navigator.serviceWorker.controller) return false;
          const wanted = performance.getEntriesByType('resource').map(({ name }) => name)
            .filter((name) => name.includes('/assets/'));
          return (await Promise.all(wanted.map((name) => caches.match(name)))).every(Boolean);
        }"""
    )


def test_it_opens_without_a_network_after_the_first_visit(visit):
    page = visit("", COMPLETE)
    kept(page)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector(COMPLETE)
    for name in ("kl, one", "reparameterisation, graphs"):
        address, ready = HERE[name]
        visit(path_of(address), ready, again=page)
    page.amiss[:] = [one for one in page.amiss if "ERR_INTERNET_DISCONNECTED" not in one]  # what was not visited


def test_a_new_version_replaces_an_old_one(visit, site, tmp_path):
    shutil.copytree(site.folder, tmp_path / sites.BELOW)
    with sites.serve(tmp_path) as host:
        base = f"{host}/{sites.BELOW}"
        page = visit(base=base)
        kept(page)
        before = page.evaluate("() => caches.keys()")
        assets = next((tmp_path / sites.BELOW / "assets").iterdir())
        version, changed = assets.name, "0123456789ab"
        assets.rename(assets.with_name(changed))
        for file in [*(tmp_path / sites.BELOW).rglob("index.html"), tmp_path / sites.BELOW / "worker.js"]:
            text = file.read_text(encoding="utf-8").replace(version, changed)
            file.write_text(text.replace("<h1>", "<h1>New: "), encoding="utf-8")
        page.reload()
        page.wait_for_selector(COMPLETE)
        expect(page.get_by_role("heading", name=re.compile("New: "))).to_be_visible()
        page.wait_for_function(
            "async (before) => { const now = await caches.keys(); return now.length === 1 && now[0] !== before[0]; }",
            arg=before,
        )
    assert len(before) == 1


def test_from_a_disk_it_says_why_it_is_empty_and_leads_to_the_file(chromium, site):
    page = chromium.new_context(viewport=DESK).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for name in ("index.html", "kl/index.html"):
        page.goto((site.folder / name).as_uri())
        expect(page.get_by_role("alert")).to_contain_text("opened from a disk")
    page.get_by_role("link", name="Open the explorer's file").click()
    page.wait_for_selector(DRAWN)
    assert page.url.endswith("/explorer.html") and errors == []
    page.context.close()


# ---- bytes -----------------------------------------------------------------------------------------------------------


def test_a_slider_moves_both_pictures_after_few_bytes(chromium, site):
    sizes: list[int] = []
    page = chromium.new_context(viewport=DESK).new_page()
    page.on("response", lambda one: sizes.append(len(one.body())))
    page.goto(f"{site.address}/")
    page.wait_for_selector(DRAWN)
    assert 2.7e6 < sum(sizes) < MOST
    page.context.close()


# ---- Firefox ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine")
def test_every_view_in_firefox(site, tmp_path):
    pytest.importorskip("websockets.sync.client", reason="websockets is not installed")
    with firefox(tmp_path) as tab:
        tab.resize(1366, 768)
        for name, (address, ready) in HERE.items():
            tab.goto("about:blank")
            tab.goto(f"{site.address}/{path_of(address)}")
            if name == "scoreboard":
                tab.until(f"return Boolean(document.querySelector('{ready}'));")
                continue
            tab.until(f"return Boolean(live()?.getRootNode().querySelector('{ready}'));")
            assert tab.js("return live().querySelector('.failure').hidden;"), name
        tab.goto(f"{site.address}/")
        tab.until("return live()?.dataset.maps === 'true';")
        tab.tab_to("μ₁")
        tab.press("ArrowRight", times=3)
        tab.until("return location.hash.includes('mean=');")
        assert not tab.errors, tab.errors
