"""The models that a page has opened: each file is fetched once, whatever is made of it."""

from __future__ import annotations

import pytest

from explorer.store.bundle import load_bundle

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "digits-aae").exists(), reason="no shipped models: python train.py makes them"
)

SHARED = """
const models = new Models(base), address = `latents/${entry.digest}`, asked = [], { fetch } = globalThis;
globalThis.fetch = (url) => (asked.push(String(url)), fetch(url));
try {
  const labels = (tensors) => ({ labels: [...tensors["codes.label"].values] });
  const names = (tensors) => ({ names: Object.keys(tensors) });
  const tensors = await models.tensors("latents", entry);
  const made = [await models.of(entry, address, labels), await models.of(entry, address, names)];
  return {
    fetched: asked.length,
    keys: made.map((one) => Object.keys(one)),
    whole: Object.keys(tensors).sort().join() === made[1].names.sort().join(),
    once: (await models.of(entry, address, labels)) === made[0],
  };
} finally { globalThis.fetch = fetch; }
"""


def test_two_objects_made_of_one_file_are_each_their_own(compute):
    entry = {"name": "digits-aae", "digest": load_bundle(ROOT / "pretrained" / "digits-aae").digest}
    found = compute("kernel/models", SHARED, entry=entry)
    assert found == {"fetched": 1, "keys": [["entry", "labels"], ["entry", "names"]], "whole": True, "once": True}
