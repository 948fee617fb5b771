"""The tool Take's parts without a document, in Node: which pictures a file holds, and base 85."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


@pytest.mark.parametrize("channels, side, classes", [(1, 28, 10), (3, 64, 40)])
def test_pictures_of_each_class_go_into_the_file_however_many_were_seen(compute, channels, side, classes):
    """A region's mean fetches 512."""
    js = """
    const label = Array.from({ length: 10_000 }, (_, row) => row % classes);
    const seen = Array.from({ length: 600 }, (_, i) => 5000 + 10 * i);
    const entry = { dataset: "some", channels, image_side: side }, panel = { model: { entry }, pickedRow: () => 9999 };
    return rowsOf({ state: () => ({}), originals: { rows: () => seen }, panels: [panel] }, entry, { label });
    """
    rows = compute("explore/take/file", js, channels=channels, side=side, classes=classes)
    most = 400_000 // (channels * side**2)
    assert len(rows) == most == len(set(rows)) and 9999 in rows
    assert (
        len({row % classes for row in rows}) >= min(classes, most // 2)
        and len([row for row in rows if row >= 5000]) >= most // 3
    )


def test_base85_against_python(compute):
    content = np.random.default_rng(5).integers(0, 256, 1003, dtype=np.uint8).tobytes()
    text, back = compute(
        "explore/take/base85",
        "const text = encode(Uint8Array.from(bytes)); return [text, [...decode(text)]];",
        bytes=list(content),
    )
    assert text == base64.b85encode(content).decode().replace("<", ",") and bytes(back) == content
