"""Lesson 2's verdict on the step: it agrees with the estimates in the rows above it."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ui.texts.en.reparameterisation import WORDS

VERDICT = """
const state = { f: "step", by, n, omega: 1, draw: 0, mean: [mean, 0], log_var: [2 * Math.log(std), 0] };
const frame = frameOf(state, Float64Array.from(noise)), { sums, crossed } = estimatedFrom(frame);
const say = EstimatorsView.prototype, view = { words, sawStep: say.sawStep };
return {
  truth: frame.known.truth,
  verdict: say.verdict.call(view, frame.known, exactVariances(frame.known), state, crossed),
  baseline: sums[2],
};
"""


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("mean", "std"), [(2, 0.5), (-2, 0.5), (1.2, 0.5), (0.5, 1), (-0.5, 0.5), (2.5, 1), (-3, 1)])
def test_the_score_function_is_right_only_where_its_draws_saw_the_step(compute, mean, std, seed):
    n = 1000
    noise = np.random.default_rng(seed).standard_normal((n, 2))
    crossed = int(np.sum((mean + std * noise[:, 0] > 0) != (mean > 0)))
    found = compute(
        "reparameterisation/frame reparameterisation/estimators reparameterisation/estimators_view",
        VERDICT,
        **{"by": "mean", "n": n, "mean": mean, "std": std, "noise": noise.ravel().tolist(), "words": WORDS},
    )
    verdict, row = found["verdict"], found["baseline"]
    if crossed == 0:
        assert "None of the 1,000 draws crossed 0" in verdict and abs(row["mean"]) < found["truth"] / 2
    elif crossed < 10:
        assert f"Only {crossed} of the 1,000 draws crossed 0" in verdict
    else:
        assert abs(row["mean"] - found["truth"]) < 4 * row["error"]  # what the row says
    assert ("is right" in verdict) == (crossed >= 10)
