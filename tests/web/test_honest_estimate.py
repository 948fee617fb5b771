"""The null's band of the honest estimate, in Node."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from explorer.ui.texts import texts_of


def test_the_band_holds_95_of_100_more_nulls_of_five(compute):
    nulls = np.random.default_rng(0).standard_normal((500, 6))
    found = compute("adversary/honest_estimate", "return sets.map((nulls) => band(nulls))", sets=nulls[:, :5].tolist())
    half = float(stats.t.ppf(0.975, 4)) * math.sqrt(1 + 1 / 5)
    first = nulls[0, :5]
    assert found[0]["high"] == pytest.approx(first.mean() + half * first.std(ddof=1), abs=0.002 * first.std(ddof=1))
    inside = np.mean([one["low"] < another < one["high"] for one, another in zip(found, nulls[:, 5], strict=True)])
    assert inside == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 500))


def test_the_caption_says_how_wide_the_band_is():
    words = texts_of("adversary").WORDS
    assert "± {width} standard deviations of {repeats}" in words["fresh_caption"]
    assert "95 of 100 nulls lie there" in words["fresh_text"]
