"""When a live page is mounted, updated and left, as Streamlit calls its component's script."""

from __future__ import annotations

import pytest

from explorer.ui import components as live

from .driver import COMPLETE, ROOT

# A page whose script, in place of a lesson's, writes down what is asked of it.
SCRIPT = (
    "export const mount = (root, data) => { calls.push(`mount ${data.n}`); "
    "return { update: ({ n }) => calls.push(`update ${n}`), destroy: () => calls.push('destroy') }; };"
)


def test_a_page_is_mounted_once_and_left_when_it_is_out_of_the_document(server, chromium):
    page = chromium.new_page()
    page.route("**/web/NAME/page.js", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript"))
    page.goto(f"{server}/_stcore/health")
    calls = page.evaluate(
        """async (bootstrap) => {
          window.calls = [];
          const { default: run } = await import(URL.createObjectURL(new Blob([bootstrap],
            { type: 'text/javascript' })));
          const parentElement = document.body.appendChild(document.createElement('div'));
          parentElement.innerHTML = '<div class="live"><p class="failure" hidden></p></div>';
          const give = (n) => run({ data: { n, assets: '/', presenting: false }, parentElement,
            setStateValue: () => {} });
          const first = give(1);
          while (!calls.length) await new Promise((resolve) => setTimeout(resolve)); // until it has been imported
          const second = give(2), third = give(3);
          second(); // its run was superseded while it was on its way
          give(4);
          first();
          give(5);
          parentElement.remove();
          third();
          first();
          return calls;
        }""",
        live._bootstrap,
    )
    page.close()
    assert calls == ["mount 1", "update 2", "update 3", "update 4", "update 5", "destroy"]


@pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)
def test_a_page_that_is_left_frees_its_maps(open_page):
    page = open_page()
    maps = page.locator(".latent-map .plot").evaluate_all(
        "plots => (window.plots = plots).map((plot) => Boolean(plot.layout))"
    )
    assert maps == [True, True]
    page.get_by_role("link", name="1 Recall KL").click()
    page.wait_for_selector(".kl-lesson[data-ready=true]")
    page.wait_for_function("() => window.plots.every((plot) => !plot.layout && !plot.isConnected)")
    page.get_by_role("link", name="Explorer").click()
    page.wait_for_selector(COMPLETE)
