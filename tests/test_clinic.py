"""The loss clinic: each mistake is one change of the project's code, and its run differs where its sentence says."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from functools import cache

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_tensors
from torch.distributions import Normal, kl_divergence

from explorer import objectives
from explorer.address import practice as choices
from explorer.clinic import __main__ as command
from explorer.clinic import broken, recordings, runs
from explorer.clinic.faults import EPOCHS, FAULTS, HEALTHY, Fault
from explorer.config import Config, ModelConfig
from explorer.data import datasets
from explorer.models import build
from explorer.serving import assets
from explorer.ui import clinic, source
from explorer.ui.texts import texts_of

from .test_readme import DOCUMENTS

TEXTS = texts_of("clinic")
LARGEST = 1_000_000  # bytes of all recordings
# Both decode μ without noise in the end: no run can tell one from the other.
ALIKE = {"log_var_as_std", "no_noise"}


@pytest.fixture(params=FAULTS.values(), ids=FAULTS)
def fault(request) -> Fault:
    return request.param


def short(config: Config, epochs: int) -> Config:
    """The configuration of a run that takes a second or two: with a higher rate and a narrow discriminator."""
    return dataclasses.replace(
        config,
        model=dataclasses.replace(config.model, discriminator_hidden=(64, 64)),
        training=dataclasses.replace(config.training, epochs=epochs, lr=5e-3),
    )


@cache
def short_figures(name: str) -> dict[str, float]:
    return recordings.figures(runs.train(name, short(runs.config_of(name), epochs=30)))


def differs(value: float, healthy: float, times: float) -> bool:
    """Whether a figure is at least `times` the healthy one (above 1), or at most (below 1)."""
    assert np.isfinite([value, healthy]).all()
    return value >= times * healthy if times > 1 else value <= times * healthy


# The records.


def statements(code: str) -> set[str]:
    return {ast.dump(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)}


def test_the_lines_that_are_shown_are_the_lines_that_run(fault):
    (right,), (wrong,) = (ast.parse(line).body for line in (fault.right, fault.broken))
    ours, faulty = statements(source.of(fault.replaces)), statements(source.of(fault.code))
    assert ast.dump(right) in ours - faulty and ast.dump(wrong) in faulty - ours


def test_the_four_answers_are_of_its_sibling_and_only_one_is_right(fault):
    assert len(set(fault.choices)) == 4 and fault.key in fault.choices
    assert {FAULTS[key].kind for key in fault.choices} == {fault.kind}
    assert not set(fault.choices) >= ALIKE


def test_the_right_answer_stands_at_every_place():
    assert {fault.choices.index(fault.key) for fault in FAULTS.values()} == {0, 1, 2, 3}


def test_there_are_ten_mistakes_with_words_of_their_own():
    assert len(FAULTS) == 10
    for words in (TEXTS.NAMES, TEXTS.SYMPTOMS, TEXTS.EXPLANATIONS):
        assert list(words) == list(FAULTS) and len(set(words.values())) == 10


# The broken code.


def test_without_a_mistake_the_clinics_loss_is_the_projects():
    model = build(ModelConfig("vae", image_side=8, hidden=(16,)), seed=1)
    generator = torch.Generator().manual_seed(2)
    x, noise = torch.rand(5, 64, generator=generator), torch.randn(5, 2, generator=generator)
    for ours, same in zip(objectives.vae_loss(model, x, noise, 3.0), broken.vae_loss(model, x, noise, 3.0)):
        assert ours.isfinite() and torch.equal(ours, same)


def test_batch_norm_is_the_only_new_layer():
    layers = broken.perceptron_with_batch_norm(2, 8, 4, 1)
    names = [type(layer).__name__ for layer in layers]
    assert names == ["Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d", "ReLU", "Linear"]


def test_a_discriminator_with_batch_norm_does_not_see_where_codes_are():
    """Its answers for a batch do not change if the batch is moved and stretched: that is the mistake."""
    torch.manual_seed(0)
    judge, codes = broken.perceptron_with_batch_norm(2, 16, 16, 1), torch.randn(64, 2)
    torch.testing.assert_close(judge(5 * codes + 20), judge(codes), rtol=1e-3, atol=1e-3)


# The runs.


def test_a_short_run_differs_where_the_clinic_says(fault):
    """After a third of the epochs, each symptom is at least half as large on a logarithmic scale."""
    run, healthy = short_figures(fault.key), short_figures(fault.healthy)
    assert fault.symptoms
    for name, times in fault.symptoms.items():
        enough = times**0.5 if times > 0 else times
        assert differs(run[name], healthy[name], enough), (name, run[name], healthy[name])


def test_a_run_is_the_same_each_time(fault):
    once, again = (runs.train(fault.key, short(fault.config, 1)) for _ in range(2))
    assert once.keys() == again.keys() and all(np.array_equal(once[name], again[name]) for name in once)


def test_the_command_writes_the_named_recordings(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runs, "config_of", lambda name: short(FAULTS["no_noise"].config, 1))
    command.main(["vae-2d", "no_noise", "--out", str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["no_noise.safetensors", "vae-2d.safetensors"]
    assert "no_noise.safetensors" in capsys.readouterr().out
    expected = runs.train("no_noise", short(FAULTS["no_noise"].config, 1))
    found = load_tensors((tmp_path / "no_noise.safetensors").read_bytes())
    assert found.keys() == expected.keys() and all(np.array_equal(found[name], expected[name]) for name in found)


def test_a_run_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.main(["two_noises"])
    assert "there is no run two_noises" in capsys.readouterr().err


def test_a_moment_is_measured_by_the_right_formulas():
    """Against torch.distributions and a sum over pixels by hand, on the untrained model."""
    config = short(FAULTS["mean_over_dimensions"].config, epochs=1)
    model, run = build(config.model, seed=config.training.seed), runs.train("mean_over_dimensions", config)
    x = torch.from_numpy(datasets.load("digits", "test").pixels())
    with torch.no_grad():
        mean, log_var = model.encode(x)
        q = Normal(mean, (log_var / 2).exp())
        kl = kl_divergence(q, Normal(0.0, 1.0)).sum(-1).mean()
        draws = torch.stack([q.sample() for _ in range(20)])
        p = model.decode(draws).double().sigmoid()
        bce = -(x * p.log() + (1 - x) * (1 - p).log()).sum(-1).mean()
    assert run["kl"][0] == pytest.approx(kl.item(), rel=1e-4)
    assert run["sigma"][0] == pytest.approx(q.scale.median().item(), rel=1e-4)
    assert run["reconstruction"][0] == pytest.approx(bce.item(), rel=1e-3)  # one draw against twenty
    assert run["log_kl"][0] < run["kl"][-1] / 2  # the run's own report is the mean over eight dimensions


def test_the_figures_of_pictures_and_codes():
    alike, halves = np.full((1, 36, 64), 128, np.uint8), np.zeros((1, 36, 64), np.uint8)
    halves[:, ::2] = 255
    codes = np.zeros((1, 4, 2), np.float32)
    codes[0, :, 0] = [-3, -3, 3, 3]  # variances 9 and 0
    run = {"mean": codes, "log_adversarial": np.array([1.0, 7.0, 2.0]), "epoch": np.array([3.0])}
    grey, black_and_white = (recordings.figures(run | {"drawn": drawn}) for drawn in (alike, halves))
    assert (grey["variety"], grey["black_or_white"]) == (pytest.approx(0), 0)
    assert (black_and_white["variety"], black_and_white["black_or_white"]) == (pytest.approx(0.5), 1)
    assert grey["code_std"] == pytest.approx(4.5**0.5)
    assert (grey["log_adversarial"], grey["peak_adversarial"]) == (2, 7)


# The recordings.


def test_the_recordings_are_small_and_none_is_missing():
    files = {path.stem: path.stat().st_size for path in recordings.FOLDER.iterdir()}
    assert files.keys() == set(runs.names()) == {*HEALTHY, *FAULTS}
    assert sum(files.values()) <= LARGEST


@pytest.mark.parametrize("name", runs.names())
def test_a_recording_holds_its_moments_and_curves(name):
    run, moments = recordings.load(name), len(runs.MOMENTS)
    assert run["epoch"].tolist() == [round(share * EPOCHS) for share in runs.MOMENTS]
    n = len(run["label"])
    assert run["mean"].shape == (moments, n, 2) and run["examples"].shape == (10, 64)
    assert run["reconstructed"].shape == (moments, 10, 64) and run["drawn"].shape == (moments, runs.DRAWS, 64)
    assert ("z" in run) == ("kl" in run) == runs.config_of(name).model.sibling.stochastic
    logs = [array for key, array in run.items() if key.startswith("log_")]
    assert len(logs) >= 3 and all(log.shape == (EPOCHS,) for log in logs)
    assert all(np.isfinite(array).all() for array in run.values())


def test_a_recorded_run_differs_where_the_clinic_says(fault):
    run, healthy = (recordings.figures(recordings.load(name)) for name in (fault.key, fault.healthy))
    for name, times in fault.symptoms.items():
        assert differs(run[name], healthy[name], times), (name, run[name], healthy[name])


@pytest.mark.parametrize(
    "key, figure",
    [
        ("log_var_as_std", "log_reconstruction"),  # "Still, the run reports a BCE of ..."
        ("no_noise", "log_reconstruction"),
        ("batch_norm_in_discriminator", "log_discriminator_real"),  # "D's losses look healthy"
        ("batch_norm_in_discriminator", "log_discriminator_fake"),
    ],
)
def test_a_recorded_run_looks_healthy_where_the_clinic_says(key, figure):
    run, healthy = (recordings.figures(recordings.load(name)) for name in (key, FAULTS[key].healthy))
    assert run[figure] == pytest.approx(healthy[figure], rel=0.1)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_run_is_healthy(name):
    found = recordings.figures(recordings.load(name))
    assert found["sliced_w2_squared"] < 0.05 and 0.9 < found["code_std"] < 1.1 and found["variety"] > 0.1
    assert found.get("kl", 2.0) > 1


@pytest.mark.slow
@pytest.mark.parametrize("name", runs.names())
def test_the_command_makes_the_recording_again(name):
    """Up to rounding at the start. Other processors round in other places, and a training amplifies it."""
    stored, made = recordings.load(name), runs.train(name)
    assert stored.keys() == made.keys()
    for key, array in stored.items():
        assert array.shape == made[key].shape and array.dtype == made[key].dtype, key
        if key in ("label", "examples", "epoch"):
            np.testing.assert_array_equal(array, made[key], err_msg=key)
        elif key.startswith("log_"):
            np.testing.assert_allclose(made[key][0], array[0], rtol=1e-3, err_msg=key)
    np.testing.assert_allclose(made["mean"][0], stored["mean"][0], atol=1e-4)
    if name in FAULTS:
        figures, healthy = recordings.figures(made), recordings.figures(recordings.load(FAULTS[name].healthy))
        for figure, times in FAULTS[name].symptoms.items():
            assert differs(figures[figure], healthy[figure], times), figure


# The sentences.


def test_no_figure_of_a_run_is_written_by_hand(fault):
    text = TEXTS.SYMPTOMS[fault.key]
    assert re.findall(r"\{(\w+)\}", text)
    assert not re.search(r"\d", re.sub(r"\{\w+\}", "", text).replace("−log(1 − D)", ""))


def test_a_symptom_is_read_from_the_recordings_when_it_is_asked_for(fault, monkeypatch):
    before = clinic.case(fault.key)
    whole = {name: dict(recordings.load(name)) for name in (fault.key, fault.healthy)}
    changed = {
        name: {key: array * 3 if array.dtype == np.float32 else array // 3 for key, array in run.items()}
        | {"epoch": run["epoch"]}
        for name, run in whole.items()
    }
    monkeypatch.setattr(recordings, "load", changed.__getitem__)
    after = clinic.case(fault.key)
    assert after["symptom"] != before["symptom"] and after["explanation"] == before["explanation"]
    for text in (before["symptom"], before["explanation"]):
        assert "{" not in text and "nan" not in text


def test_each_symptom_is_named_in_its_sentence(fault):
    named = re.findall(r"\{(?:healthy_)?(\w+)\}", TEXTS.SYMPTOMS[fault.key])
    if "almost the same picture" in TEXTS.SYMPTOMS[fault.key]:
        named.append("variety")
    assert set(fault.symptoms) <= set(named)


def test_a_case_has_four_named_answers_and_two_lines(fault):
    case = clinic.case(fault.key)
    assert [answer["key"] for answer in case["choices"]] == list(fault.choices)
    assert all(answer["name"] == TEXTS.NAMES[answer["key"]] for answer in case["choices"])
    assert case["right"] != case["broken"]


def test_the_page_has_the_cases_that_addresses_can_name():
    found, fields = clinic.cases(), choices.schema.named(choices.FIELDS)
    assert len(found) == fields["case"]["most"] == len(FAULTS)
    assert clinic.MOMENTS - 1 == fields["moment"]["most"] == fields["moment"]["default"]
    for case, (key, record) in zip(found, FAULTS.items(), strict=True):
        assert case["choices"][case["right"]] == TEXTS.NAMES[key]
        assert not {key, record.healthy} & {case["run"], case["healthy"]} and key not in json.dumps(case["rows"])
        for who, name in (("run", key), ("healthy", record.healthy)):
            served = assets.of_bundle(*case[who].split("/"))
            assert load_tensors(served.body).keys() == recordings.load(name).keys()
    assert assets.of_bundle("clinic", "0" * 16) is None


def test_the_table_has_each_run_at_each_moment(fault):
    case = clinic.cases()[list(FAULTS).index(fault.key)]
    run, healthy = recordings.load(fault.key), recordings.load(fault.healthy)
    rows = {row["name"]: row for row in case["rows"]}
    assert rows["reconstruction"]["run"] == [clinic.written(value) for value in run["reconstruction"]]
    assert rows["sliced_w2_squared"]["healthy"] == [clinic.written(value) for value in healthy["sliced_w2_squared"]]
    reported = run["log_reconstruction"]
    at = [clinic.written(float(reported[round(share * EPOCHS) - 1])) for share in runs.MOMENTS[1:]]
    assert rows["log_reconstruction"]["run"] == ["–", *at]


def test_no_label_says_what_a_run_shows_its_discriminator(fault):
    """It may be pixels. The same words stand in all cases, so they give no mistake away."""
    labels = [row["title"] for row in clinic.cases()[list(FAULTS).index(fault.key)]["rows"] if "D" in row["title"]]
    labels += [TEXTS.WORDS[f"clinic_{name}"] for name in ("adversarial", "discriminator_real", "discriminator_fake")]
    assert not [label for label in labels if "codes" in label or "p(z)" in label]


def test_the_table_ends_with_the_numbers_of_the_symptom(fault):
    case = clinic.cases()[list(FAULTS).index(fault.key)]
    marked = [row for row in case["rows"] if row["name"] in case["symptoms"]]
    assert marked
    for row in marked:
        assert row["run"][-1] in case["symptom"] and (
            row["healthy"][-1] in case["symptom"] or f"healthy_{row['name']}" not in case["symptoms"]
        )


@pytest.mark.parametrize("key, beta", [("mean_over_pixels", 64), ("mean_over_dimensions", 0.125)])
def test_an_explanation_states_the_beta_of_its_reductions(key, beta):
    assert f"β = {beta:g}." in clinic.case(key)["explanation"]


@pytest.mark.parametrize(
    "value, text",
    [
        (7.7e-7, "0.000"),
        (0.0126, "0.013"),
        (2.266, "2.27"),
        (21.94, "21.9"),
        (3540.2, "3,540"),
        (-12.5, "−12.5"),
        (-2.694e22, "−2.7 · 10²²"),
        (9.99e5, "1.0 · 10⁶"),
    ],
)
def test_a_figure_is_written_shortly(value, text):
    assert clinic.written(value) == text.replace(" ", "\u00a0")
    assert clinic.written(0.804, in_per_cent=True) == "80\u00a0%"


def test_the_training_page_has_the_betas_of_all_choices():
    rows = re.findall(
        r"^\| (sum|mean) \| (sum|mean) \| \S+ \| (\S+) \| (\S+) \|$", DOCUMENTS[".github/training.md"], re.M
    )
    assert len(rows) == 4
    for bce, kl, two, many in rows:
        found = [objectives.effective_beta(bce, kl, 784, latent_dim) for latent_dim in (2, 32)]
        assert found == [float(two), float(many)]
