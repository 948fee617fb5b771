"""Colours that carry a meaning remain distinguishable without red, green or blue receptors.

Simulated by Machado, Oliveira & Fernandes 2009 at full severity. Distances are Euclidean in CAM02-UCS, where about 1 is
just visible (both by colorspacious). Coloured text has WCAG 2's contrast of 4.5 with the page.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from explorer import figures
from explorer.ui import components as live

colorspacious = pytest.importorskip(
    "colorspacious", reason="colorspacious is not installed: tests/requirements.txt has it"
)

EYES = {"all three cones": None, "no red": "protanomaly", "no green": "deuteranomaly", "no blue": "tritanomaly"}
PAPER = {"light": "#ffffff", "dark": "#171614"}  # Streamlit's
KNOWN = live.symbols()


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def seen(colour: str, eye: str) -> np.ndarray:
    """(3,) in CAM02-UCS."""
    light = rgb(colour)
    if EYES[eye]:
        light = np.clip(
            colorspacious.cspace_convert(light, {"name": "sRGB1+CVD", "cvd_type": EYES[eye], "severity": 100}, "sRGB1"),
            0,
            1,
        )
    return colorspacious.cspace_convert(light, "sRGB1", "CAM02-UCS")


def nearest(colours: dict[str, str], eye: str) -> tuple[float, str, str]:
    return min(
        (float(np.linalg.norm(seen(colours[a], eye) - seen(colours[b], eye))), a, b)
        for a, b in combinations(colours, 2)
    )


def of_theme(group: str, theme: str) -> dict[str, str]:
    return {name: found[theme] for name, found in KNOWN[group].items()}


def contrast(a: str, b: str) -> float:
    """WCAG 2.2, "contrast ratio"."""

    def luminance(colour: str) -> float:
        light = rgb(colour)
        return float(
            np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
        )

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_simulation_is_that_of_the_paper():
    """Machado et al. 2009, Table 1, severity 1.0, deuteranomaly, on linear RGB."""
    found = colorspacious.machado_et_al_2009_matrix("deuteranomaly", 100)
    np.testing.assert_allclose(
        found,
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        atol=1e-6,
    )


@pytest.mark.parametrize("eye", EYES)
def test_ten_classes_stay_apart(eye):
    distance, a, b = nearest({str(i): colour for i, colour in enumerate(KNOWN["classes"][:10])}, eye)
    assert distance >= 14, (
        f"{a} and {b} are {distance:.1f} apart"
    )  # a dot is small: its class also stands in the note under the pointer, and in the legend's filter


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", PAPER)
def test_symbols_stay_apart(theme, eye):
    distance, a, b = nearest(of_theme("symbols", theme), eye)
    assert distance >= 10, (
        f"{a} and {b} are {distance:.1f} apart"
    )  # each also has its letter, and its own shape on a map


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", PAPER)
def test_two_sides_stay_far_apart(theme, eye):
    """Where an area has one of two colours and nothing else."""
    for group in ("field", "difference"):
        assert nearest(of_theme(group, theme), eye)[0] >= 25, group
    estimators = {"pathwise": KNOWN["symbols"]["z"][theme], "score": KNOWN["estimators"]["score"][theme]}
    assert nearest(estimators, eye)[0] >= 15
    assert nearest(of_theme("models", theme), eye)[0] >= 15
    assert nearest({"codes": figures.CODES, "hole": figures.HOLE, "prior": figures.PRIOR}, eye)[0] >= 15


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", PAPER)
def test_the_two_models_look_like_each_other_no_symbol_and_no_class(theme, eye):
    """A model's colour frames its pictures and marks its name, which stands beside it, so it is never the only sign."""
    models, symbols = of_theme("models", theme), of_theme("symbols", theme)
    assert nearest({name: models[name] for name in ("vae", "aae")}, eye)[0] >= 20
    for name in ("vae", "aae"):
        apart = [nearest({"model": models[name], symbol: colour}, eye)[0] for symbol, colour in symbols.items()]
        assert min(apart) >= 10, name
        if eye == "all three cones":  # ten classes leave no colour free for the other eyes
            classes = [nearest({"model": models[name], "class": colour}, eye)[0] for colour in KNOWN["classes"][:10]]
            assert min(classes) >= 15, name


@pytest.mark.parametrize("theme", PAPER)
def test_symbols_can_be_read(theme):
    for name, colour in (of_theme("symbols", theme) | of_theme("estimators", theme)).items():
        assert contrast(colour, PAPER[theme]) >= 4.5, name
