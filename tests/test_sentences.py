"""What the lessons' and the explorer's sentences claim: worked out again, or compared with what they speak of."""

from __future__ import annotations

import importlib
import itertools
import json
import pkgutil
import re
from urllib.parse import parse_qs

import numpy as np
import pytest

from explorer import metrics
from explorer.address import adversary as lesson_address
from explorer.address import practice as choices
from explorer.models import Discriminator
from explorer.serving import catalogue
from explorer.store.bundle import load_bundle
from explorer.ui import adversary as lesson
from explorer.ui.texts import en, texts_of

from .browser.driver import ROOT

PRETRAINED = ROOT / "pretrained"
shipped = pytest.mark.skipif(not (PRETRAINED / "mnist-aae").exists(), reason="no shipped models")
LESSON, EXPLORE, PRACTICE = texts_of("adversary").WORDS, texts_of("explore"), texts_of("practice")


def flat(text: str) -> str:
    return " ".join(text.split())


# ---- the explorer -------------------------------------------------------------------------------


def test_the_siblings_have_one_architecture_and_weights_of_their_own():
    for guide in (EXPLORE.GUIDE, PRACTICE.GUIDE):
        assert "same encoder and decoder" not in flat(guide) and "the same architecture" in flat(guide)
    assert "the VAE into a small cloud of codes" in flat(EXPLORE.GUIDE)
    assert "judges one code at a time" in flat(EXPLORE.GUIDE) and "looks at many codes" not in flat(EXPLORE.GUIDE)


def test_the_kl_is_the_price_of_a_vae_with_weight_1_and_that_prior():
    assert "A VAE with β = 1 and this prior pays it" in flat(EXPLORE.GUIDE)
    for words in (EXPLORE.WORDS["kl_help"], EXPLORE.WORDS["near"]["find"]["kl_note"]):
        assert "β times" in words and "what the VAE pays" not in words
    assert "what the VAE pays" not in flat(EXPLORE.GUIDE)
    assert "another prior" in EXPLORE.WORDS["near"]["find"]["kl_note"]  # it is the KL from N(0, I) of all models


def test_a_umap_keeps_neighbours_mostly():
    assert "near codes mostly stay near" in flat(EXPLORE.GUIDE)
    assert "near mostly stays near" in EXPLORE.WORDS["maps"]["notes"]["umap"]


def test_an_active_dimension_has_a_variance_above_its_limit():
    for words in (flat(EXPLORE.GUIDE), EXPLORE.WORDS["usage"]["used_title"]):
        assert re.search(r"a variance over the (test )?images above 0\.01", words)


def test_coverage_sees_holes_in_two_or_three_dimensions_only():
    """N(0, ½² I) against N(0, I): as 10,000 codes and draws have it in 32 dimensions, and in the plane."""
    rng = np.random.default_rng(0)

    def coverages(dimensions: int, draws: int) -> tuple[float, float]:
        codes, prior, other = rng.normal(size=(3, draws, dimensions)).astype(np.float32)
        return metrics.coverage(0.5 * codes, prior), metrics.coverage(other, prior)

    narrow, null = coverages(32, 10_000)
    assert narrow > null and narrow == pytest.approx(0.998, abs=0.0015)
    assert f"{0.998}" in flat(EXPLORE.GUIDE) and "in 32 dimensions N(0, ½² I)" in flat(EXPLORE.GUIDE)
    narrow, null = coverages(2, 3_000)
    assert narrow < null - 0.2
    for words in (EXPLORE.GUIDE, PRACTICE.GUIDE, texts_of("glossary").TERMS["coverage"][1]):
        assert re.search("[Ii]n two or three dimensions", flat(words))
        assert "it sees holes" not in flat(words)
    assert "In the plane the scoreboard's coverage sees more" in LESSON["fresh_limit"]


def test_a_hole_is_what_the_rule_calls_one():
    rule = (ROOT / "explorer" / "web" / "explore" / "holes.js").read_text(encoding="utf-8")
    assert "HOLE = Math.log(5)" in rule and "MOST_DIMENSIONS = 3" in rule
    chapters = {tab: flat(text) for tab, _, text in texts_of("help").CHAPTERS["explore"]}
    _, hole = texts_of("glossary").TERMS["hole"]
    for words in (hole, chapters["layers"], chapters["walk"]):
        assert "less than a fifth of" in words and "no codes lie" not in words
    assert "fewer: a hole" not in chapters["layers"] and "In more than three dimensions" in chapters["walk"]


def test_a_smaller_bce_is_nearer_and_not_better_or_sharper():
    modules = [importlib.import_module(f"{en.__name__}.{module.name}") for module in pkgutil.iter_modules(en.__path__)]
    said = " ".join(repr(vars(module)) for module in modules)
    assert "Less is nearer" in said and not re.search("Less is (better|sharper)", said)


def test_grey_pixels_are_told_of_where_a_likelihood_stands():
    """A decoder of four pixels on a line of codes, and a grey x: b are the images that x makes black and white."""
    z = np.linspace(-4, 4, 81)[:, None]
    p, s = np.exp(-0.5 * z[:, 0] ** 2), 1 / (1 + np.exp(-3 * z * [1, -1, 0.5, 2] + 0.5))  # p(z), and p(pixel = 1|z)
    x, b = np.array([0.9, 0.2, 0.5, 0.7]), np.array([*itertools.product((0, 1), repeat=4)])
    share = np.where(b, x, 1 - x).prod(1)
    bce = lambda image: -(image * np.log(s) + (1 - image) * np.log(1 - s)).sum(1)  # noqa: E731
    log_p = lambda image: np.log((p / p.sum() * np.exp(-bce(image))).sum())  # noqa: E731
    assert sum(w * bce(image) for w, image in zip(share, b)) == pytest.approx(bce(x))  # "means for pixels drawn"
    assert sum(w * log_p(image) for w, image in zip(share, b)) > log_p(x) + 0.01  # "at least this log p(x)"
    for words in (texts_of("glossary").TERMS["bce"][1], EXPLORE.WORDS["facts"]["bce"]):
        assert "grey pixels" in words and "drawn black or white" in words
    assert "the mean of log p is at least this log p(x)" in texts_of("why").WORDS["evidence_note"]
    assert "−log p(x), its bound and its integral, is at least the mean" in texts_of("scoreboard").GREY_PIXELS


# ---- lesson 1 -----------------------------------------------------------------------------------


def test_two_standard_errors_hold_the_exact_value_from_a_hundred_draws_on():
    """KL(N(1, 1.5²)‖N(0, 1)) as a mean of n values of log q/p, 20,000 times."""
    rng, exact = np.random.default_rng(0), 0.5 * (1.5**2 + 1 - 1) - np.log(1.5)

    def share(n: int) -> float:
        z = rng.normal(1, 1.5, (20_000, n))
        values = 0.5 * z**2 - np.log(1.5) - 0.5 * ((z - 1) / 1.5) ** 2
        return np.mean(np.abs(values.mean(1) - exact) < 2 * values.std(1, ddof=1) / np.sqrt(n))

    assert share(10) < 0.9 < 0.93 < share(100)
    words = texts_of("kl").WORDS["error_bars_hint"]
    assert "95 of 100 repeats, from n = 100 on" in words and "draws" not in words


# ---- lesson 2 -----------------------------------------------------------------------------------


def test_the_symbols_of_the_formulas_are_defined_on_the_page():
    """The page writes the formulas of estimators_view.js beside the figures of each estimator, and in a verdict."""
    formulas = (ROOT / "explorer" / "web" / "reparameterisation" / "estimators_view.js").read_text(encoding="utf-8")
    words = texts_of("reparameterisation").WORDS
    [drawer] = [text for tab, _, text in texts_of("help").CHAPTERS["reparameterisation"] if tab == "estimators"]
    for symbol, definition in {
        "b*": "*b\\** is the best baseline",
        "s²": "*s* the score ∂log q(z)/∂θ",
        "∂z": "*∂z* is ∂z/∂θ",
        "∂E": "*∂E* is the true gradient",
    }.items():
        assert symbol in formulas and definition in flat(drawer)
    assert "θ is μ, σ or log σ²" in flat(drawer) and "± SE" in words["head_mean"] and "SE is the" in flat(drawer)
    assert "φ(μ/σ)" in formulas and "{formula}, with φ the density of N(0, 1)" in words["verdict_step"]
    assert "With the density q of z" in words["sampled_detour"]  # beside the graph, where q stands in no other text


# ---- practice -----------------------------------------------------------------------------------


def test_d_and_the_null_are_defined_where_they_first_stand():
    assert "the discriminator D" in PRACTICE.EXPERIMENTS["adversary"]["question"]
    assert all("D is the discriminator of an AAE." in PRACTICE.WORDS[lead] for lead in ("lead_train", "lead_clinic"))
    train, *_ = [text for tab, _, text in texts_of("help").CHAPTERS["practice"] if tab == "train"]
    assert "Its null, the grey band," in flat(train)


@pytest.mark.parametrize(
    "page", ["practice", "scoreboard", "reparameterisation", "settings", "room", "siblings", "help"]
)
def test_sentences_have_no_riddles(page):
    """Words that hide the subject: who acts, or what a number is of."""
    said = json.dumps([value for name, value in vars(texts_of(page)).items() if name.isupper()], ensure_ascii=False)
    riddles = (
        r"[Ww]hoever|\banew\b|\blest\b|[Nn]obody|\bis no [dG]|on purpose"
        r"|comes otherwise|what (comes|is wanted)|was left as"
    )
    assert re.findall(rf"[^.]*(?:{riddles})[^.]*", said) == []


def test_a_capped_figure_is_not_called_less_than_its_lower_limit():
    """I(n; z) ≤ log N, so KL − I(n; z) is at least KL − log N, however near the cap is."""
    for words in (texts_of("scoreboard").MARGINAL_HELP, LESSON["terms_note"]):
        assert "no more than KL − log N" not in words and "little more than KL − log N" in words.replace("\n", " ")


def test_the_kl_of_few_images_is_far_above_that_of_all():
    """Posteriors of width 0.1 whose mixture over all images is N(0, 1): its KL is 0, and that of N images is not."""
    rng, s = np.random.default_rng(0), 0.1

    def parts(n: int) -> metrics.ElboSurgery:
        mean = rng.normal(0, np.sqrt(1 - s**2), (n, 2))
        z = mean + s * rng.normal(size=mean.shape)
        return metrics.elbo_surgery(
            mean, np.full_like(mean, 2 * np.log(s)), z, -0.5 * (z**2).sum(1) - np.log(2 * np.pi)
        )

    few, many = parts(30), parts(3000)
    assert few.mutual_information > np.log(30) - 0.5 and few.marginal_kl > 1 > 0.2 > many.marginal_kl
    assert few.marginal_kl == pytest.approx(few.mean_kl - np.log(30), abs=0.5)
    words = LESSON["terms_note"]
    assert "q(z) the mean of the q(z|x) of these N images" in words
    assert "little more than KL − log N, and far above that of all images" in words
    assert LESSON["terms_information"].startswith("I(n; z) ≤ log N") and "these N images" in LESSON["terms_marginal"]
    page = (ROOT / "explorer" / "web" / "adversary" / "page.html").read_text(encoding="utf-8")
    assert all(f"{{terms_{name}}}" in page for name in ("note", "information", "marginal"))


# ---- lesson 3 -----------------------------------------------------------------------------------


def test_the_lower_bound_holds_on_average_and_is_called_so():
    assert "on average" in LESSON["number_bound"] and "standard error" in LESSON["bound_help"]


def test_the_best_discriminator_is_half_everywhere_only_where_q_is_p_everywhere():
    assert "wherever q = p" not in LESSON["best_note"] and "q = p everywhere" in LESSON["best_note"]


def test_the_situations_name_what_the_page_offers():
    strong, pinned = LESSON["says_strong"], LESSON["says_pinned"]
    assert re.search(r"Choose ([^,]+),", strong).group(1) == LESSON["pull_log"]
    assert "creep, and spread" in strong and "hardly move" not in strong
    assert "Draws and codes come in batches of their own" in pinned


def test_the_lesson_says_what_is_not_the_textbook_in_its_adversary():
    words = LESSON["textbook_note"]
    assert "no longer the textbook AAE" in words and "log p(z)" in words and "3.4 and 2.1" in words
    assert "depends on their learning rates" in words  # the shipped textbook's has other widths
    assert "σ fell to 0.001" in LESSON["width_note"]
    page = (ROOT / "explorer" / "web" / "adversary" / "page.html").read_text(encoding="utf-8")
    assert all(f"{{{name}}}" in page for name in ("width_note", "finished_note"))
    assert 'class="note textbook-note"' in page  # field_words.js fills it, for the chosen model


def judgements(name: str, moment: int) -> dict[str, float]:
    """Medians of D at a recorded moment, near the prior's mass: where codes crowd, where they are missing, at codes.

    Crowds: more than twice the prior's density of codes, by their ten nearest; missing: less than 0.3 of it.
    """
    recording = load_bundle(PRETRAINED / name).recording
    codes, logit = recording["mean"][moment].astype(float), recording["logit"][moment, 0].astype(float)
    side = np.linspace(-4, 4, len(logit))
    points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)  # rows: the second coordinate
    squared = (points**2).sum(1)
    variance = 1 + float(recording["smoothing"][moment]) ** 2
    d = 1 / (1 + np.exp(-logit.ravel() + squared / 2 / variance + np.log(2 * np.pi * variance)))
    apart = np.linalg.norm(points[:, None] - codes[None], axis=-1)
    reach = np.partition(apart, 9)[:, 9]
    ratio = np.log(np.exp(-squared / 2) / (2 * np.pi) * np.pi * reach**2 * len(codes) / 10)  # log p/q
    near = squared < 2.2**2
    median = lambda chosen: float(np.median(d[near & chosen])) if (near & chosen).any() else float("nan")  # noqa: E731
    return {"crowds": median(ratio < -0.7), "missing": median(ratio > 1.2), "codes": median(reach < 0.3)}


@shipped
@pytest.mark.parametrize("name", sorted(lesson.OPENINGS))
def test_the_lesson_opens_where_the_field_shows_its_sentence(name):
    assert (
        "from where there are too many to where there are too few" in LESSON["field_lead"]
        and "at the end hardly anything" in LESSON["field_lead"]
    )
    found = judgements(name, lesson.OPENINGS[name])
    assert found["crowds"] < 0.45 and found["missing"] > 0.55
    end = judgements(name, -1)
    assert abs(end["codes"] - 0.5) < 0.02  # "about 50 % wherever there are codes"


@shipped
def test_the_finished_discriminator_does_not_see_the_gaps_that_coverage_sees():
    assert "MNIST AAE's D is about 50 %" in LESSON["finished_note"] and "thin gaps" in LESSON["finished_note"]
    measured = load_bundle(PRETRAINED / "mnist-aae").metrics
    null, spread = measured["coverage_null"]
    assert measured["coverage"] < null - 3 * spread


@shipped
def test_a_plain_address_opens_the_moment_and_written_ones_stay():
    planar = lesson.shown(catalogue.current().entries)
    models, entries = lesson.choices(planar), {entry["name"]: entry for entry in planar}
    moment = lesson.opening(models, entries)
    assert moment == lesson.OPENINGS[models["aae"][0]]
    default = lesson_address.default_state(models, moment) | {"tab": "field"}
    at = lambda params: lesson_address.parse(params, default, models)[0]["field"]["moment"]  # noqa: E731
    assert at({}) == at({"tab": "field"}) == moment
    assert at({"tab": "field", "moment": "3"}) == 3 and at({"aae": "digits-aae"}) is None
    finished = default | {"field": default["field"] | {"moment": None}}
    assert lesson_address.check(finished, default, models) == finished  # its end can be reached
    for state in (default, finished):
        assert lesson_address.parse(lesson_address.to_params(state), default, models) == (state, [])


@pytest.mark.parametrize("change", [{"moments": 0}, {"moments": 8}, {"name": "another-aae"}, None])
def test_without_that_moment_the_finished_models_open(change):
    vae, aae = {"name": "mnist-vae", "moments": 0}, {"name": "mnist-aae", "moments": 30}
    planar = {one["name"]: one for one in (vae, aae | (change or {}))}
    models = {"vae": ["mnist-vae"], "aae": [name for name in planar if change and name != "mnist-vae"], "model": []}
    assert lesson.opening(models, planar) is None


def test_the_networks_part_of_the_logit_has_no_free_constant():
    """D* of as many draws as codes is p/(p + q), so its logit less log p(z) is −log q(z) itself."""
    said = flat(Discriminator.__doc__)
    assert "learns the unknown part, -log q(z)." in said and "constant" not in said


# ---- the class ----------------------------------------------------------------------------------


CLASSROOM = (ROOT / ".github" / "classroom.md").read_text(encoding="utf-8")
LESSON_ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in CLASSROOM.splitlines()
    if re.match(r"\| \d+–\d+ \|", line)
]
MORE_ROWS = [  # of the second table: no minutes
    ["", *(cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])]
    for line in CLASSROOM.splitlines()
    if line.startswith("| `/")
]


def minutes(row: list[str]) -> tuple[int, int]:
    first, last = row[0].split("–")
    return int(first), int(last)


def test_the_slots_of_a_lesson_follow_one_another_for_45_minutes():
    slots = [minutes(row) for row in LESSON_ROWS]
    assert slots[0][0] == 0 and slots[-1][1] == 45 and all(first < last for first, last in slots)
    assert [last for _, last in slots[:-1]] == [first for first, _ in slots[1:]]
    [elbo] = [row for row in LESSON_ROWS if "**The ELBO.**" in row[2]]
    assert elbo[1].startswith("`/why?tab=evidence") and np.subtract(*minutes(elbo)) <= -5


@pytest.mark.parametrize("row", LESSON_ROWS + MORE_ROWS, ids=lambda row: row[1])
def test_a_slot_asks_and_answers_with_the_names_of_its_pages(row):
    """What stands in italics is a text of a page that the row opens, or a symbol."""
    _, opened, question, answer = row
    pages = [name or "explore" for name in re.findall(r"`/(\w*)", opened)]
    assert pages and all((ROOT / "explorer" / "ui" / f"{page}.py").exists() for page in pages)
    assert "?" in question and answer.endswith(".")
    shown = "\n".join(json.dumps(vars(texts_of(page)), default=str, ensure_ascii=False) for page in pages)
    shown += (ROOT / "explorer" / "ui" / "scoreboard_table.py").read_text(encoding="utf-8") * ("scoreboard" in pages)
    names = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", (question + " " + answer).replace("\\*", "").replace("**", ""))
    assert [name for name in names if not re.fullmatch("[xz]", name) and name not in shown] == []


@pytest.mark.parametrize("row", LESSON_ROWS + MORE_ROWS, ids=lambda row: row[1])
def test_an_answer_has_no_number_of_a_model(row):
    """Weights change: a number of the answers is mathematics, which the next tests compute, or a setting."""
    mathematics = (
        r"N\(0, [1I]\)|log 4|50 %|0\.807|0\.318|σ = 2|4σ² = 1|123\.75|34\.5|near 4|β = 4\d*|√32 = 5\.7|within 3"
    )
    mathematics += r"|\b32 dimensions|(from|to|of|above) [01]\b|has mean 0|∂z/∂μ = 1|σ² − 1"
    assert re.findall(r"\d+", re.sub(mathematics, "", row[3])) == []


def test_the_answers_about_the_kl_and_the_shell_are_computed():
    kl = lambda std: 0.5 * (std**2 - 1 - np.log(std**2))  # noqa: E731
    assert (f"{kl(2):.3f} nats for σ = 2" in CLASSROOM) and (f"and {kl(0.5):.3f} for σ = ½" in CLASSROOM)
    radii = np.linalg.norm(np.random.default_rng(0).normal(size=(20_000, 32)), axis=1)
    assert f"√32 = {np.sqrt(32):.1f}" in CLASSROOM and (radii < 3).mean() < 0.001


def test_the_answer_about_the_score_function_is_computed():
    """Variances of one estimate of ∂/∂μ E[z²], at the row's μ and σ, by Gauss-Hermite quadrature, which is exact."""
    [row] = [row for row in LESSON_ROWS if "view=estimators" in row[1]]
    asked = parse_qs(re.search(r"\?([^`]+)`", row[1]).group(1))
    mean, std = float(asked["mean"][0].split(",")[0]), np.exp(float(asked["log_var"][0].split(",")[0]) / 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    average = lambda values: (weights * values).sum() / weights.sum()  # noqa: E731
    z = mean + std * nodes
    variance = lambda draws: average(draws**2) - average(draws) ** 2  # noqa: E731
    path, score, based = (variance(2 * z), *(variance((z**2 - b) * nodes / std) for b in (0, average(z**2))))
    assert f"4σ² = {path:.0f} with" in row[3] and f"of {score:.2f} with" in row[3] and f"leaves {based:.1f}" in row[3]
    assert "some 120 times" in row[2] and score / path == pytest.approx(120, rel=0.05)


def test_a_class_trains_as_long_as_its_minutes_allow():
    """The document's seconds of a core for each model, forty students and two cores, within the slot's minutes."""
    [row] = [row for row in LESSON_ROWS if "/practice?a=" in row[1]]
    first, last = minutes(row)
    params = {name: values[0] for name, values in parse_qs(re.search(r"\?([^`]+)`", row[1]).group(1)).items()}
    chosen, problems = choices.parse(params)
    epochs = [chosen[run]["epochs"] for run in ("a", "b")]
    assert problems == [] and [chosen[run]["kind"] for run in ("a", "b")] == ["vae", "aae"]
    said = flat(CLASSROOM)
    found = re.search(r"(\d+) epochs take (\d+) s \(VAE\) and (\d+) s \(AAE\) of one core", said).groups()
    of, *each = map(int, found)
    assert each == [7, 14]  # measured, with torch's CPU build on one thread
    needed = sum(seconds * number / of for seconds, number in zip(each, epochs)) * 40 / 2
    assert needed == 7 * 60 <= 60 * (last - first)
    assert "Forty students on two cores train one of each in seven minutes" in said
