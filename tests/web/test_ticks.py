"""The round numbers of axes, in Node."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("low", "high", "wanted", "values", "decimals"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1], 1),
        (-4.2, 4.2, 5, [-4, -2, 0, 2, 4], 0),
        (0.8, 1.6, 5, [0.8, 1, 1.2, 1.4, 1.6], 1),
        (100, 131, 3, [100, 120], 0),
        (0, 0.013, 4, [0, 0.005, 0.01], 3),
        (-3e6, 2e6, 5, [-3e6, -2e6, -1e6, 0, 1e6, 2e6], 0),
    ],
)
def test_ticks_are_multiples_of_a_round_step(compute, low, high, wanted, values, decimals):
    found = compute("parts/ticks", "return ticks(low, high, wanted)", low=low, high=high, wanted=wanted)
    assert found == {"values": values, "decimals": decimals}


def test_a_logarithmic_axis_has_whole_powers_or_their_halves(compute):
    found = compute("parts/ticks", "return [decades(-3.2, 0.1), decades(-1.7, -0.8), decades(0.1, 0.2)]")
    assert found == [[-3, -2, -1, 0], [-1.5, -1], [0.1, 0.2]]


def test_a_logarithmic_axis_over_many_powers_names_as_many_as_there_is_room_for(compute):
    found = compute("parts/ticks", "return [decades(-2.1, 22.5, 6), decades(1, 10.2, 6), decades(0, 22, 1)]")
    assert found == [[0, 5, 10, 15, 20], [2, 4, 6, 8, 10], [0, 20]]
