"""The panels' figures and the places of the classes' names, in Node."""

from __future__ import annotations

import pytest

from explorer.ui.texts.en.explore import WORDS


def test_what_was_not_measured_is_a_dash(compute):
    text = "return [true, false].map((stochastic) => figuresOf({ stochastic, metrics }).replaceAll(/<.*?>/g, ''));"
    odd = {"coverage": None, "coverage_null": 0.5, "reconstruction": "<i>9</i>", "kl": [1]}
    for metrics in ({}, odd, {"coverage_null": []}):
        vae, aae = compute("explore/panel", text, metrics=metrics)
        assert vae == "BCE – at z, – at μ · KL – · −ELBO – nats coverage –, null – ± –"
        assert aae == "BCE – nats at the code · no ELBO coverage –, null – ± –"


def test_coverage_stands_under_maps_of_few_dimensions_only(compute):
    text = "return figuresOf({ stochastic: false, latent_dim, metrics });"
    metrics = {"reconstruction": 70, "coverage": 0.9, "coverage_null": [0.97, 0.003]}
    for dimensions in (2, 3):
        assert "coverage" in compute("explore/panel", text, latent_dim=dimensions, metrics=metrics)
    for dimensions in (8, 32):  # N(0, ½² I) has 0.998 there
        assert "coverage" not in compute("explore/panel", text, latent_dim=dimensions, metrics=metrics)


def test_the_figures_say_where_coverage_can_be_read(compute):
    text = """
    const panel = { facts: {}, root: { style: { setProperty() {} } }, usage: () => "", showSwitch() {},
      factWords: words, model: { entry: {
      latent_dim, metrics: {}, images: 10, holds: "", stochastic: false } } };
    Panel.prototype.describe.call(panel, {});
    return panel.facts.innerHTML;"""
    assert "Holes lower coverage" in compute("explore/panel", text, latent_dim=2, words=WORDS["facts"])
    assert "Coverage cannot be read in 32 dimensions" in compute(
        "explore/panel", text, latent_dim=32, words=WORDS["facts"]
    )


def test_under_a_map_stands_how_much_of_the_prior_the_codes_cover(compute):
    def said(latent_dim, **metrics) -> str:
        body = "return coverOf({ latent_dim, metrics }, words).replaceAll(/<.*?>/g, '').trim();"
        return compute("explore/panel", body, latent_dim=latent_dim, metrics=metrics, words=WORDS["facts"])

    null = [0.969, 0.003]
    assert said(2, coverage=0.875, coverage_null=null) == "The codes cover 88 % of the prior (perfect: 97 %)."
    assert said(16, coverage=0.875, coverage_null=null) == said(2, coverage=0.875) == said(2, coverage_null=null) == ""


def test_names_stand_at_medians_or_beside_them(compute):
    def place(*classes, grown: float = 1):
        given = [{"name": name, "isSeen": bool(some), "middle": middle, "some": some} for name, middle, some in classes]
        return compute("explore/class_names", "return placed(classes, grown);", classes=given, grown=grown)

    wide = [[x, y] for x in range(0, 200, 20) for y in range(0, 200, 20)]
    assert place(("cat", [100, 100], wide)) == [[100, 100]]  # it hides few of them
    [[x, y]] = place(("cat", [50, 50], [[50, 50]]))  # it would hide the only one
    assert x == 50 and 10 < 50 - y < 30
    [[_, large]] = place(("cat", [50, 50], [[50, 50]]), grown=2)
    assert large < y
    assert place(("none", [None, None], []), ("cat", [100, 100], wide)) == [None, [100, 100]]
    lone = ("dog", [102, 101], [[102, 101]])
    cat, dog = place(("cat", [100, 100], wide), lone)
    assert cat[1] < 91 and dog[1] > 111  # above and below the only dog
    assert place(*[(f"class {i}", [50 + i % 3, 50], [[50 + i % 3, 50]]) for i in range(24)]) == [None] * 24


@pytest.mark.parametrize(
    "drafted, state, said",
    [
        ("again", "idle", "still PCA: press Make"),
        ("again", "failed", "still PCA: press Make"),  # an earlier one
        ("again", "running", "laid out"),
        (None, "failed", "Not made"),
        (None, "idle", ""),
    ],
)
def test_a_map_that_waits_for_its_settings_says_which_one_is_shown(compute, drafted, state, said):
    found = compute(
        "explore/map_choice",
        """const choice = Object.assign(Object.create(MapChoice.prototype), {
          drafted, written: "pca", making: {}, stop: {}, bar: { removeAttribute() {} }, says: { textContent: "" },
          words: { kinds: { pca: "PCA" }, drafted: "still {shown}: press Make",
                   says: { running: "laid out", failed: "Not made" } },
        });
        choice.tell({ state, place: 0, share: 0.5, problem: null });
        return [choice.making.hidden, choice.says.textContent];""",
        drafted=drafted, state=state,
    )  # fmt: skip
    assert found == [not said, said]


def boxes(names: list[str], places: list) -> list[tuple]:
    """What the names cover: letters of 8.5 pixels, 16 high."""
    return [(x - 4.25 * len(n), x + 4.25 * len(n), y - 8, y + 8) for n, (x, y) in zip(names, places)]


def overlap(a: tuple, b: tuple) -> bool:
    return min(a[1], b[1]) > max(a[0], b[0]) + 0.01 and min(a[3], b[3]) > max(a[2], b[2]) + 0.01


def test_names_cover_neither_each_other_nor_the_probe(compute):
    names = ["pullover", "shirt", "coat", "dress", "sneaker"]
    middles = [[200, 200], [204, 203], [195, 197], [215, 190], [330, 300]]
    cloud = [[dx, dy] for dx in range(-60, 61, 30) for dy in range(-60, 61, 30)]
    classes = [
        {"name": name, "isSeen": True, "middle": [x, y], "some": [[x + dx, y + dy] for dx, dy in cloud]}
        for name, (x, y) in zip(names, middles)
    ]
    places = compute("explore/class_names", "return placed(classes, 1, probe);", classes=classes, probe=[330, 300])
    assert None not in places
    covered = boxes(names, places)
    assert not any(overlap(a, b) for i, a in enumerate(covered) for b in covered[:i])
    probe = (330 - 12, 330 + 12, 300 - 12, 300 + 12)
    assert not any(overlap(box, probe) for box in covered)
    free = compute("explore/class_names", "return placed(classes, 1, null);", classes=classes)
    assert free[4] == [330, 300] and free[0] == [200, 200]
