"""Fetching original test images, in Node."""

from __future__ import annotations

import pytest

from ..browser.driver import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
    ),
]


def test_an_image_is_fetched_once_and_a_bad_one_keeps_no_other_back(compute):
    """Two parts of a page ask for the same images; the server cannot read image 2."""
    js = """
    const asked = [], entry = { dataset: "some", channels: 1, image_side: 1, originals: true };
    globalThis.fetch = async (url) => {
      const rows = url.searchParams.get("rows").split(",").map(Number), good = rows.filter((row) => row !== 2);
      asked.push(rows);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return good.length
        ? new Response(Uint8Array.from(good), { headers: { "X-Rows": String(good) } })
        : new Response("It is gone.", { status: 404 });
    };
    const originals = new Originals(new URL("https://x.invalid/")), say = (error) => error.message;
    const both = await Promise.all([
      originals.fetch(entry, [1, 2, 3]).catch(say), originals.one(entry, 3).then((pixels) => [...pixels]),
    ]);
    return { asked, both, kept: [1, 2, 3].map((row) => originals.get(entry, row)?.[0] ?? null) };
    """
    found = compute("parts/originals", js)
    assert found == {"asked": [[1, 2, 3], [2]], "both": ["It is gone.", [3]], "kept": [1, None, 3]}
