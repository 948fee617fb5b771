"""Clicks that follow each other before the page has caught up: nothing fails, and the connection stays."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from explorer.store.bundle import load_bundle

from .driver import COMPLETE, ROOT, at_rest
from .layout import amiss
from .test_dimensions import PLACES
from .views import VIEWS

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)

TOOLS = {"Draw": "draw", "Neighbours": "near", "Layers": "map", "Morph": "walk", "Export": "take"}
ROUNDS = 30

# Uses `count` controls of the page's main part within one task: visible and enabled ones. Returns their names.
USE = """([seed, count]) => {
  let state = seed;
  const random = () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32,
    pick = (list) => list[Math.floor(random() * list.length)];
  const all = [], collect = (root) => root.querySelectorAll('*').forEach((element) => {
    all.push(element);
    if (element.shadowRoot) collect(element.shadowRoot);
  });
  collect(document.querySelector('[data-testid=stMain]'));
  const usable = (e) => e.isConnected && e.getClientRects().length && !e.disabled &&
    !e.closest('[inert], [data-testid=stToolbar], .modebar') && e.options?.length !== 0;
  const controls = all.filter((e) => e.matches('button, input:not([type=file]), select, summary') && usable(e));
  const changed = (e, value, ...events) => {
    e.value = value;
    events.forEach((name) => e.dispatchEvent(new Event(name, { bubbles: true })));
  };
  return Array.from({ length: count }, () => {
    const e = pick(controls);
    if (!e || !usable(e)) return null;
    const name = `${e.getAttribute('aria-label') ?? e.textContent.trim()} (${e.type ?? e.tagName})`;
    if (e.matches('select')) changed(e, pick([...e.options]).value, 'input', 'change');
    else if (e.type === 'range') changed(e, Number(e.min) + random() * (e.max - e.min), 'input',
      ...(random() < 0.7 ? ['change'] : []));
    else if (e.type === 'number' || e.type === 'text') changed(e, pick(['', '-1', '3', '0.5', '1e9']), 'input',
      'change');
    else e.click();
    return name;
  });
}"""


def test_changes_that_come_quickly_keep_the_connection(open_page):
    """Each interrupts the run of the one before: Streamlit's cache of messages has to outlive them (config.toml)."""
    page = open_page("reparameterisation", wait=".rep-lesson[data-ready=true]")
    at_rest(page)  # what opened the page
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})  # as a phone
    tabs = page.get_by_role("tab")
    tabs.evaluate_all(
        "async (tabs) => { for (let i = 0; i < 60; i++) { tabs[i % tabs.length].click(); "
        "await new Promise((resolve) => setTimeout(resolve, 20)); } }"
    )
    tabs.nth(1).click()
    page.wait_for_url("**view=draws**")
    at_rest(page)
    tabs.nth(2).click()  # it is still heard
    page.wait_for_url("**view=estimators**")


def shown(page) -> list[str]:
    """The tools that can be seen."""
    return page.locator(".tool > :visible").evaluate_all("boxes => boxes.map((box) => box.className)")


def test_tools_follow_each_other_and_one_is_seen_at_a_time(mount_page):
    page = mount_page()
    for label, name in [*TOOLS.items(), *reversed(TOOLS.items())]:
        page.get_by_role("button", name=label, exact=True).click()
        page.wait_for_selector(f".tool[data-ready={name}]:not([inert])")
        at_rest(page)  # the maps have taken their new size
        assert shown(page) == [name] and amiss(page) == []
    page.get_by_role("button", name="Morph", exact=True).dispatch_event("click")
    page.get_by_role("button", name="Probe", exact=True).click()
    page.wait_for_selector(".tool", state="hidden")


def test_of_two_tools_chosen_at_once_the_second_is_seen(open_page):
    page, held = open_page(own=True), []
    page.route("**/walk/tool.js", lambda route: held.append(route))
    with page.expect_request("**/walk/tool.js"):
        page.get_by_role("button", name="Morph", exact=True).click()
    page.get_by_role("button", name="Export", exact=True).click()
    page.wait_for_selector(".tool[data-ready=take]:not([inert])")
    with page.expect_response("**/walk/tool.js"):
        held[0].continue_()
    at_rest(page)
    assert shown(page) == ["take"]


def test_a_tool_is_out_of_use_until_what_it_needs_is_there(mount_page):
    from playwright.sync_api import Error as PlaywrightError

    page = mount_page("?tool=draw", wait=f"{COMPLETE} .tool[data-ready=draw]", own=True)
    held, draw = [], page.get_by_role("button", name="Random", exact=True)
    page.route("**/encoders/*", lambda route: held.append(route))
    with page.expect_request("**/encoders/*"):
        page.get_by_role("combobox", name="Model in the right panel").select_option("mnist-ae")
    page.wait_for_selector(".tool[inert]")
    with pytest.raises(PlaywrightError, match="Timeout"):
        draw.click(timeout=700)
    for route in held:
        route.continue_()
    page.wait_for_selector(".tool:not([inert])")
    draw.click()
    page.wait_for_url("**pick=mnist**")


def test_a_model_without_the_chosen_dimensions_shows_its_first_two(mount_page):
    page = mount_page("?left=mnist-vae-32d&right=mnist-aae-8d&dims=19,20&map=plane")
    for side, model, dims in (("left", "mnist-vae-32d", (18, 19)), ("right", "mnist-aae-8d", (0, 1))):
        codes = load_bundle(ROOT / "pretrained" / model).codes.mean.astype(np.float16)[:, dims]  # as they travel
        places = page.locator(f".panel.{side} .latent-map").evaluate(PLACES)
        np.testing.assert_allclose(np.sort(places, axis=0), np.sort(codes.astype(float), axis=0), atol=1e-6)
    assert page.locator(".panel.right .note").text_content() == "8 dimensions: the plane is of the first two"
    assert page.locator(".panel.left .note").text_content() == ""
    page.get_by_role("button", name=re.compile("^Dimension 9, KL")).click()
    page.wait_for_url(re.compile("dims=9(%2C|,)20"))


@pytest.mark.slow
@pytest.mark.parametrize("view", sorted(VIEWS.keys() - {"scoreboard"}))  # where all controls are Streamlit's
def test_random_clicks_leave_no_error(open_page, view):
    query, drawn = VIEWS[view]
    page = open_page(query, wait=None)
    page.locator(drawn).first.wait_for(state="attached")
    chance = random.Random(view)
    if chance.random() < 0.5:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 3})
    for _ in range(ROUNDS):
        print(page.evaluate(USE, [chance.randrange(2**31), chance.randint(1, 6)]))  # a failure shows what led to it
        page.wait_for_timeout(chance.choice([0, 5, 16, 40, 120, 400]))
    page.wait_for_timeout(500)
    assert page.locator(".failure:visible").all_inner_texts() == []
    assert page.get_by_test_id("stException").count() == 0
    drawer = page.get_by_role("button", name="Close help")
    if drawer.count() and drawer.is_visible():  # it lies over the page on purpose
        drawer.click()
    assert amiss(page) == []
