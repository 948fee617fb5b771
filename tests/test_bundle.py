"""Bundles: what is saved comes back, whatever is wrong is said, and a crash never costs the bundle that was there."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from explorer import files, objectives
from explorer.config import KINDS, RECIPES, Config, ModelConfig, TrainingConfig, recipe
from explorer.data import datasets, originals
from explorer.models import build
from explorer.store import bundle
from explorer.store.bundle import BundleError, load_bundle
from explorer.training import evaluation, recording
from explorer.training import fit as training

from . import small_bundles
from .small_bundles import metrics

ROOT = Path(__file__).resolve().parent.parent
CPU = torch.device("cpu")
HISTORY = [{"epoch": 1, "total": 2.25}]


def config(kind: str = "vae", hidden=(6,), discriminator_hidden=(5, 4)) -> Config:
    model = ModelConfig(kind, image_side=4, hidden=hidden, discriminator_hidden=discriminator_hidden)
    return Config(model, TrainingConfig("digits", epochs=1))


METRICS = metrics(config(), 20) | {"reconstruction": 1.5}


def save(path: Path, kind: str = "vae", seed: int = 0, metrics: dict = METRICS) -> None:
    rng = np.random.default_rng(seed)
    log_var = rng.standard_normal((20, 2), np.float32) if kind == "vae" else None
    codes = bundle.Codes(rng.standard_normal((20, 2), np.float32), log_var, rng.integers(0, 10, 20).astype(np.uint8))
    bundle.save_bundle(path, build(config(kind).model, seed=seed), config(kind), metrics, HISTORY, codes)


@pytest.fixture
def path(tmp_path) -> Path:
    """A bundle of a tiny model."""
    save(tmp_path / "tiny")
    return tmp_path / "tiny"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def one(path: Path, role: str) -> Path:
    """The only file of that role."""
    (file,) = path.glob(f"{role}.*")
    return file


def forge(path: Path, manifest=None, **roles) -> None:
    """Changes the content of a bundle, and makes all of its digests right again."""
    data = json.loads((path / "bundle.json").read_text(encoding="utf-8"))
    for role, change in roles.items():  # weights, codes, recording
        arrays = load_tensors(one(path, role).read_bytes())
        change(arrays)
        content = save_tensors(arrays)
        one(path, role).unlink()
        data["files"][role] = hashlib.sha256(content).hexdigest()
        (path / f"{role}.{data['files'][role][:12]}.safetensors").write_bytes(content)
    if manifest is not None:
        manifest(data)
    data.pop("digest", None)
    data["digest"] = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    (path / "bundle.json").write_text(json.dumps(data), encoding="utf-8")


# A round trip.


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_comes_back(tmp_path, kind):
    save(tmp_path / "mine", kind, seed=3)
    opened, rng = load_bundle(tmp_path / "mine"), np.random.default_rng(3)
    assert (opened.name, opened.path) == ("mine", tmp_path / "mine")
    assert (opened.config, opened.metrics, opened.history) == (config(kind), METRICS, HISTORY)
    if kind == "vae":
        np.testing.assert_array_equal(opened.codes.log_var, rng.standard_normal((20, 2), np.float32))
    else:
        assert opened.codes.log_var is None
    np.testing.assert_array_equal(opened.codes.mean, rng.standard_normal((20, 2), np.float32))
    np.testing.assert_array_equal(opened.codes.label, rng.integers(0, 10, 20))
    assert opened.codes.mean.dtype == np.float32 and opened.codes.label.dtype == np.uint8
    state = build(config(kind).model, seed=3).state_dict()
    assert set(opened.weights) == set(state)
    for name, weight in state.items():
        assert opened.weights[name].dtype == np.float16
        np.testing.assert_array_equal(opened.weights[name], weight.half().numpy())
    assert len(names(opened.path)) == 3


def test_the_digest_is_of_the_content(tmp_path):
    for name, arguments in {
        "a": {},
        "b": {},
        "weights": {"seed": 1},
        "metrics": {"metrics": METRICS | {"x": 1}},
    }.items():
        save(tmp_path / name, **arguments)
    digests = {path.name: load_bundle(path).digest for path in bundle.find_bundles(tmp_path)}
    assert list(digests) == ["a", "b", "metrics", "weights"]
    assert digests["a"] == digests["b"] and len(set(digests.values())) == 3


def test_folders_that_are_no_bundles_are_not_found(tmp_path):
    save(tmp_path / ".hidden")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    assert bundle.find_bundles(tmp_path) == [] == bundle.find_bundles(tmp_path / "missing")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden, discriminator_hidden", [((6,), (5,)), ((7, 6), (5, 4)), ((8, 7, 6), (5, 4, 3))])
def test_expected_weights_are_those_that_torch_has(kind, hidden, discriminator_hidden):
    one = config(kind, hidden, discriminator_hidden)
    for model in (one.model, dataclasses.replace(one.model, frequencies=3)):
        state = build(model, seed=0).state_dict()
        expected = bundle.expected_weights(dataclasses.replace(one, model=model))
        assert expected == {name: tuple(weight.shape) for name, weight in state.items()}


def test_opening_a_bundle_imports_nothing_heavy(path):
    program = (
        "import sys; from explorer.store.bundle import find_bundles, load_bundle\n"
        f"load_bundle(find_bundles({str(path.parent)!r})[0])\n"
        "print(sorted({'torch', 'torchvision', 'streamlit', 'plotly', 'umap', 'sklearn'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


# The model in it.


def pictures(model, codes) -> torch.Tensor:
    """What is shown: 0 to 255."""
    with torch.no_grad():
        return torch.sigmoid(model.decode(codes)) * 255


def grid(side: int = 13) -> torch.Tensor:
    axis = torch.linspace(-3, 3, side)
    return torch.cartesian_prod(axis, axis)


@pytest.mark.parametrize("trained", ["digits_vae", "digits_aae"])
def test_the_model_encodes_and_decodes_as_it_did_when_it_was_saved(trained, request):
    trained = request.getfixturevalue(trained)
    opened = load_bundle(trained.path)
    torch.manual_seed(0)
    before = torch.get_rng_state()
    model = opened.model()
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(module.training for module in model.modules())
    assert all(parameter.dtype == torch.float32 and not parameter.requires_grad for parameter in model.parameters())
    x = torch.from_numpy(datasets.load("digits", "test").pixels())
    encoding = model.encode(x)
    np.testing.assert_allclose(encoding.mean.numpy(), trained.evaluation.mean, atol=0.02)  # in float16, of about 2
    assert encoding.mean.shape == opened.codes.mean.shape and (encoding.log_var is None) == (
        opened.codes.log_var is None
    )
    assert pictures(model, encoding.mean).sub(x * 255).abs().mean() < 50  # it does decode digits: of 255
    difference = pictures(model, grid()) - pictures(trained.model, grid())
    assert difference.isfinite().all() and 0 < difference.abs().max() <= 2


def test_half_precision_moves_no_picture_of_28_by_28(tmp_path):
    images = originals.sheet("mnist")[:2560]
    full = Config(recipe("mnist", "vae").model, TrainingConfig("mnist", epochs=1))
    *_, report = training.fit(full, images, CPU)  # ten steps
    codes = bundle.Codes(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros(1))
    bundle.save_bundle(tmp_path / "mnist", report.model, full, metrics(full, 1), HISTORY, codes)
    difference = pictures(load_bundle(tmp_path / "mnist").model(), grid()) - pictures(report.model, grid())
    assert difference.isfinite().all() and 0 < difference.abs().max() <= 2


def test_each_call_gives_a_model_of_its_own(path):
    opened = load_bundle(path)
    weights = {name: weight.copy() for name, weight in opened.weights.items()}
    for parameter in opened.model().parameters():
        parameter.add_(1)
    for name, parameter in opened.model().named_parameters():
        np.testing.assert_array_equal(parameter.numpy(), weights[name])


# What is wrong with a bundle is said, with the file's name and the remedy.


def truncate(role: str, share: float):
    def change(path: Path) -> None:
        file = one(path, role)
        file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])

    return change


def edit(old: str, new: str):
    def change(path: Path) -> None:
        text = (path / "bundle.json").read_text(encoding="utf-8")
        assert text.count(old) == 1
        (path / "bundle.json").write_text(text.replace(old, new), encoding="utf-8")

    return change


def unlink(role: str):
    return lambda path: one(path, role).unlink()


def write_manifest(text: str):
    return lambda path: (path / "bundle.json").write_text(text, encoding="utf-8")


def forged(**entries):
    """Entries of the manifest, under digests that are right."""
    return lambda path: forge(path, manifest=lambda data: data.update(entries))


def model_forged(**settings):
    return lambda path: forge(path, manifest=lambda data: data["config"]["model"].update(settings))


def array_forged(role: str, name: str, array=None):
    def change(arrays: dict) -> None:
        if array is None:
            del arrays[name]
        else:
            arrays[name] = np.asarray(array)

    return lambda path: forge(path, **{role: change})


def changed(first: bool = False, **different):
    """A bundle of β 1 that says it was 4 until step 5. first: after that, the change is made that differs."""
    change = {"setting": "beta", "before": 4.0, "after": 1.0, "step": 5, "steps": 10}
    return forged(format=3, changes=[change | {"setting": "lr", "after": 3.0}] * first + [change | different])


def metrics_forged(**found):
    """Some metrics replaced, or taken away where the value is None."""

    def change(data: dict) -> None:
        data["metrics"] = {name: value for name, value in (data["metrics"] | found).items() if value is not None}

    return lambda path: forge(path, manifest=change)


def turn_into_a_folder(path: Path) -> None:
    file = one(path, "codes")
    file.unlink()
    file.mkdir()


def turn_into(make: Callable[[Path], object], role: str):
    def damage(path: Path) -> None:
        file = one(path, role)
        file.unlink()
        make(file)

    return damage


def write_garbage(path: Path) -> None:
    """No safetensors, under digests that are right."""
    one(path, "weights").unlink()
    digest = hashlib.sha256(b"garbage").hexdigest()
    (path / f"weights.{digest[:12]}.safetensors").write_bytes(b"garbage")
    forge(path, manifest=lambda data: data["files"].update(weights=digest))


def codes_forged(name: str, shape, kind: str = "float32", value: float = 0):
    return array_forged("codes", name, np.full(shape, value, kind))


def full(shape, value: float) -> np.ndarray:
    return np.full(shape, value, np.float32)


def empty(arrays: dict) -> None:
    arrays.update({name: array[:0] for name, array in arrays.items()})


UNEVEN = "its history is not of the same finite numbers in each epoch"
W = "encoder.mean.weight"  # (2, 6) float16
NOT_JSON, TRUNCATED = (
    "the file is damaged: it is not JSON",
    "the file is truncated or was changed: its digest does not fit",
)
WRONG = {  # what happens to the bundle, the file that is named, and what is said of it
    "missing manifest": (unlink("bundle"), "bundle.json", "the file is missing"),
    "missing weights": (unlink("weights"), "weights", "the file is missing"),
    "missing codes": (unlink("codes"), "codes", "the file is missing"),
    "a folder in a file's place": (turn_into_a_folder, "codes", "the file cannot be read"),
    **{
        f"{what} in the place of {role}": (turn_into(make, role), role, r"cannot be read \(it is no regular file\)")
        for what, make in {"a pipe": os.mkfifo, "a device": lambda file: file.symlink_to("/dev/zero")}.items()
        for role in ("bundle", "weights", "codes")
        if os.name == "posix"
    },
    **{
        f"{role} truncated at {share:.0%}": (truncate(role, share), role, NOT_JSON if role == "bundle" else TRUNCATED)
        for role in ("bundle", "weights", "codes")
        for share in (0, 0.01, 0.5, 0.99)
    },
    "no tensors at all": (write_garbage, "weights", "the file is damaged"),
    "a metric edited": (
        edit('"reconstruction": 1.5', '"reconstruction": 1.4'),
        "bundle.json",
        "the file was changed after it was written",
    ),
    "the format edited away": (
        edit('"format": 2', '"version": 1'),
        "bundle.json",
        "the file is no bundle's: it names no format",
    ),
    "an entry renamed": (
        edit('"history"', '"story"'),
        "bundle.json",
        "the file is damaged: entries are missing or unknown",
    ),
    "the files replaced by a number": (
        forged(files=5),
        "bundle.json",
        "the file is damaged: entries are missing or unknown",
    ),
    "the files replaced by nothing": (
        forged(files=None),
        "bundle.json",
        "the file is damaged: entries are missing or unknown",
    ),
    "a list": (write_manifest("[1]"), "bundle.json", "the file is no bundle's"),
    "another program's": (write_manifest('{"name": "app"}'), "bundle.json", "the file is no bundle's"),
    "a newer format": (
        forged(format=bundle.FORMAT + 1),
        "bundle.json",
        r"written by a newer version \(format 4; this version reads up to 3\)",
    ),
    "changes that lead elsewhere": (changed(after=3.0), "bundle.json", "its changes of beta do not lead to its conf"),
    "changes that do not follow each other": (
        changed(before=2.0, after=1.0, setting="lr", first=True),
        "bundle.json",
        "its changes of settings do not follow each other",
    ),
    "a change before the first step": (changed(step=0), "bundle.json", "its changes of settings do not follow"),
    "a change at no step": (changed(step="5"), "bundle.json", "its changes of settings are at no steps"),
    "a change of the seed": (changed(setting="seed"), "bundle.json", "its changes of settings are none"),
    "a change to NaN": (changed(after=float("nan")), "bundle.json", "its changes of settings are none"),
    "a change without its step": (forged(format=3, changes=[{"setting": "beta"}]), "bundle.json", "its changes of"),
    "changes that are a number": (forged(format=3, changes=5), "bundle.json", "its changes of settings are none"),
    "the changes left out": (forged(format=3), "bundle.json", "the file is damaged: entries are missing or unknown"),
    "changes in the older format": (
        forged(changes=[]),
        "bundle.json",
        "the file is damaged: entries are missing or unknown",
    ),
    "no configuration": (forged(config={}), "bundle.json", "its configuration cannot be used"),
    "an unknown kind": (model_forged(kind="gan"), "bundle.json", "its configuration cannot be used .*'gan' is unknown"),
    "a billion dimensions": (model_forged(latent_dim=10**9), "bundle.json", "its configuration .*from 1 to 1,024"),
    "a billion weights": (model_forged(hidden=[10**7]), "bundle.json", "its configuration .*at most 100,000,000"),
    "an unknown setting": (model_forged(flavour=1), "bundle.json", "its configuration cannot be used .*flavour"),
    "another width": (
        model_forged(hidden=[7]),
        "weights",
        r"the array .* has shape \(6, 16\); the configuration asks for \(7, 16\)",
    ),
    "another sibling": (model_forged(kind="ae"), "weights", "the array encoder.log_var.bias does not belong"),
    "an array of another shape": (
        array_forged("weights", W, np.zeros((3, 6))),
        "weights",
        rf"the array {W} has shape \(3, 6\)",
    ),
    "an array missing": (array_forged("weights", W), "weights", f"the array {W} is missing"),
    "an array too many": (
        array_forged("weights", "more", [1.0]),
        "weights",
        "the array more does not belong to the configuration",
    ),
    "NaN in the weights": (array_forged("weights", W, full((2, 6), math.nan)), "weights", f"{W} holds NaN or infinity"),
    "infinity in the weights": (
        array_forged("weights", W, full((2, 6), math.inf)),
        "weights",
        f"{W} holds NaN or infinity",
    ),
    "codes too far away": (
        codes_forged("mean", (20, 2), value=3e38),
        "codes",
        "mean holds 3e[+]38; .* 1,000,000 at most",
    ),
    "codes too wide": (codes_forged("log_var", (20, 2), value=1e30), "codes", "log_var holds 1e[+]30; .* 80 at most"),
    "codes too narrow": (codes_forged("log_var", (20, 2), value=-81), "codes", "log_var holds -81; .* 80 at most"),
    "a map too far away": (
        codes_forged("umap", (20, 2), value=3e38),
        "codes",
        "umap holds 3e[+]38; .* 1,000,000 at most",
    ),
    "NaN in the codes": (array_forged("codes", "mean", full((20, 2), math.nan)), "codes", "mean holds NaN or infinity"),
    "no labels": (array_forged("codes", "label"), "codes", "the array (mean|label) "),
    "fewer labels": (
        array_forged("codes", "label", np.zeros(19)),
        "codes",
        r"the array mean has shape \(20, 2\); .* \(19, 2\)",
    ),
    "more codes": (codes_forged("mean", (21, 2)), "codes", r"the array mean has shape \(21, 2\); .* \(20, 2\)"),
    **{
        f"labels as {kind}": (codes_forged("label", 20, kind), "codes", f"the array label is of type {kind}, not uint8")
        for kind in ("bool", "int8", "int64", "uint16", "float32")
    },
    "labels above the classes": (
        codes_forged("label", 20, "uint8", 200),
        "codes",
        "label holds 200; labels are below 10",
    ),
    "labels in two axes": (codes_forged("label", (20, 1), "uint8"), "codes", r"the array label has shape \(20, 1\)"),
    "one label alone": (codes_forged("label", (), "uint8"), "codes", "the array mean has shape"),
    "no codes at all": (lambda path: forge(path, codes=empty), "codes", "the array label is empty"),
    **{
        f"{array} as {kind}": (codes_forged(array, (20, 2), kind), "codes", f"{array} is of type {kind}, not float")
        for kind in ("float64", "int64", "uint8", "bool")
        for array in ("mean", "log_var", "umap")
    },
    "weights as float64": (array_forged("weights", W, np.zeros((2, 6))), "weights", f"{W} is of type float64"),
    "metrics that are a list": (forged(metrics=[1, 2]), "bundle.json", "its metrics are none"),
    "no metrics": (forged(metrics={}), "bundle.json", "its metric code_std is missing"),
    **{
        f"without {name}": (metrics_forged(**{name: None}), "bundle.json", f"its metric {name} is missing")
        for name in small_bundles.NEEDED
    },
    **{
        f"a metric that is {value!r:.12}": (metrics_forged(kl=value), "bundle.json", "kl is not a finite number")
        for value in (math.nan, math.inf, -math.inf, "3", True, [3.0], {}, 10**400)
    },
    **{
        f"a null that is {value!r}": (
            metrics_forged(coverage_null=value),
            "bundle.json",
            "coverage_null is not 2 finite",
        )
        for value in (0.5, [0.5], [0.5, math.nan], "no", [0.5, 0.1, 0.1])
    },
    "a deviation too many": (metrics_forged(code_std=[1.0] * 3), "bundle.json", "code_std is not 2 finite numbers"),
    "a device that is no text": (metrics_forged(device=5), "bundle.json", "its metric device is not a text"),
    "a device of half a letter": (metrics_forged(device="\ud800"), "bundle.json", "its metric device is not a text"),
    **{
        f"seeds that are {value!r}": (
            metrics_forged(seeds=value),
            "bundle.json",
            "its metric seeds is not two or more different numbers",
        )
        for value in (3, [0], [0, 0], [0, math.inf], [0, "1"], [0, True], [0, [1]], "01", {})
    },
    **{
        f"values for seeds that are {value!r}": (
            metrics_forged(seeds=[0, 1], kl_seeds=value),
            "bundle.json",
            "kl_seeds is not 2 finite numbers",
        )
        for value in (3.0, [3.0], [3.0, 3.1, 3.2], [3.0, math.nan], [3.0, "3"], [3.0, True])
    },
    "values for seeds that are not named": (
        metrics_forged(kl_seeds=[3.0, 3.1]),
        "bundle.json",
        "its metric seeds is not two or more different numbers",
    ),
    "metrics of other images": (metrics_forged(images=21), "bundle.json", "measured on 21 images, and there are codes"),
    "no history": (forged(history=[]), "bundle.json", "its history is none"),
    "a history of numbers": (forged(history=[1]), "bundle.json", "its history is none"),
    "a history of texts": (forged(history=[{"epoch": 1, "total": "2"}]), "bundle.json", UNEVEN),
    "a history with NaN": (forged(history=[{"epoch": 1, "total": math.nan}]), "bundle.json", UNEVEN),
    "a history without epochs": (forged(history=[{"total": 1.0}]), "bundle.json", UNEVEN),
    "a history that changes": (forged(history=[{"epoch": 1}, {"epoch": 2, "total": 1.0}]), "bundle.json", UNEVEN),
    "a history with markup": (forged(history=[{"epoch": 1, "<b>": 1.0}]), "bundle.json", "its history has names"),
    "a VAE without log-variances": (array_forged("codes", "log_var"), "codes", "the array log_var is missing"),
}


@pytest.mark.parametrize("damage, file, message", WRONG.values(), ids=WRONG)
def test_a_broken_bundle_says_which_file_and_what_to_do(path, damage, file, message):
    assert load_bundle(path).name == "tiny"
    damage(path)
    with pytest.raises(BundleError, match=rf"{file}[^:]*: .*{message}") as error:
        load_bundle(path)
    assert str(error.value).startswith(str(path / file)) and "`python train.py`" in str(error.value)


STEPS = np.arange(2, dtype=np.float32)
WRONG_RECORDINGS = {  # arrays in the place of the right ones, and what is said
    "steps of int64": ({"step": np.arange(2)}, "the array step is of type int64"),
    "steps that fall": ({"step": STEPS[::-1].copy()}, "the array step does not rise from moment to moment"),
    "steps below zero": ({"step": STEPS - 1}, "the array step does not rise"),
    "one moment": ({"step": STEPS[:1]}, "the array mean has shape"),
    "no moment": ({"step": STEPS[:0]}, "the array mean has shape"),
    "rows beyond the test set": ({"row": np.full(5, 360, np.float32)}, "the array row is not of the 360 test images"),
    "rows below zero": ({"row": np.full(5, -1, np.float32)}, "the array row is not of the 360"),
    "rows between images": ({"row": np.full(5, 0.5, np.float32)}, "the array row is not of the 360"),
    "more rows": ({"row": np.zeros(6, np.float32)}, "the array mean has shape"),
    "codes of float64": ({"mean": np.zeros((2, 5, 2))}, "the array mean is of type float64"),
    "figures of another moment": ({"coverage": np.zeros(3, np.float32)}, "the array coverage has shape"),
    "no figures": ({"coverage": None}, "the array coverage is missing"),
    "no grid": ({"logit": None}, "the array logit is missing"),
    "a grid of labels": ({"logit": np.zeros((2, 10, 8, 8), np.float16)}, r"the array logit has shape \(2, 10, 8, 8\)"),
    "a grid that is no square": ({"logit": np.zeros((2, 1, 8, 7), np.float16)}, "the array logit has shape"),
    "a grid of a point": ({"logit": np.zeros((2, 1, 1, 1), np.float16)}, "the array logit has no grid"),
    "a number as grid": ({"logit": np.array(1, np.float16)}, "the array logit has shape"),
    "codes too far away": ({"mean": full((2, 5, 2), 3e38)}, r"the array mean holds 3e[+]38; .* 1,000,000 at most"),
    "no manifold": ({"manifold": None}, "the array manifold is missing"),
    "a manifold without codes": ({"manifold_z": None}, "the array manifold_z is missing"),
    "a manifold of another size": ({"manifold": (24, 32), "manifold_z": full((4, 2), 0)}, "is no picture of 16 x 32"),
    "a manifold that is no picture": ({"manifold": np.zeros(99, np.uint8), "manifold_z": full((4, 2), 0)},
        "is no picture of 16 x 32"),
    "a manifold of floats": ({"manifold": full(99, 0), "manifold_z": full((4, 2), 0)}, "manifold is of type float32"),
}  # fmt: skip


@pytest.mark.parametrize("arrays, message", WRONG_RECORDINGS.values(), ids=WRONG_RECORDINGS)
def test_a_recording_that_cannot_be_played_is_refused(tmp_path, arrays, message):
    small_bundles.save(tmp_path / "one", "aae")
    load_bundle(tmp_path / "one")

    def change(found: dict) -> None:
        for name, array in arrays.items():
            if name == "manifold" and isinstance(array, tuple):
                array = np.frombuffer(recording._webp(np.zeros(array[::-1], np.uint8)), np.uint8)
            found[name] = array
            if array is None:
                del found[name]

    forge(tmp_path / "one", recording=change)
    with pytest.raises(BundleError, match=rf"recording[^:]*: .*{message}"):
        load_bundle(tmp_path / "one")


def test_a_dataset_that_was_added_may_have_more_classes(tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.config.DATASETS", ("digits", "letters"))
    letters = dataclasses.replace(config("ae"), training=TrainingConfig("letters", epochs=1))
    small_bundles.save_model(tmp_path / "one", letters, [3, 25])
    assert load_bundle(tmp_path / "one").codes.label.tolist() == [3, 25]


def test_metrics_of_several_seeds_are_stored(tmp_path):
    found = METRICS | {"seeds": [0, 1, 2], "reconstruction_seeds": [128.1, 128.4, 127.9], "unanimous_prior": 0.62}
    save(tmp_path / "three", metrics=found)
    assert load_bundle(tmp_path / "three").metrics == found
    save(tmp_path / "alone", metrics=METRICS | {"seeds": [3, 4]})
    assert load_bundle(tmp_path / "alone").metrics["seeds"] == [3, 4]


def test_a_metric_that_json_cannot_hold_is_left_out(tmp_path):
    save(tmp_path / "one", metrics=METRICS | {"negative_log_likelihood": math.inf, "marginal_kl": math.nan})
    assert load_bundle(tmp_path / "one").metrics == METRICS


def test_a_missing_folder(tmp_path):
    with pytest.raises(BundleError, match=r"nowhere.bundle.json: the file is missing\. Run `python train.py`"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize("role", ["weights", "codes"])
def test_a_flipped_bit_in_the_tensors_is_found(path, role):
    file = one(path, role)
    content = file.read_bytes()
    for position in np.linspace(0, len(content) - 1, 40).astype(int):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        file.write_bytes(flipped)
        with pytest.raises(
            BundleError, match=f"{role}.*safetensors: the file is truncated or was changed: its digest does not fit"
        ):
            load_bundle(path)


def test_a_flipped_bit_in_the_manifest_is_found_or_changes_nothing(path):
    # it changes nothing where it turns 1e-05 into 1E-05
    file, good, refused = path / "bundle.json", load_bundle(path), 0
    content = file.read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 7
        file.write_bytes(flipped)
        try:
            opened = load_bundle(path)
        except BundleError as error:
            refused += 1
            assert "bundle.json" in str(error)
        else:
            assert (opened.digest, opened.config, opened.metrics, opened.history) == (
                good.digest,
                good.config,
                good.metrics,
                good.history,
            )
    assert refused > 0.99 * len(content)


# Writing.


def broken_disk(calls_that_work: int, failure: BaseException, function):
    """The function, until it fails."""
    count = 0

    def call(*arguments, **options):
        nonlocal count
        count += 1
        if count > calls_that_work:
            raise failure
        return function(*arguments, **options)

    return call


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("failure", [FULL, KeyboardInterrupt()], ids=["disk full", "interrupted"])
@pytest.mark.parametrize(
    "owner, function, calls_that_work",
    [(bundle, "write_to_disk", n) for n in range(3)]
    + [(os, "replace", n) for n in range(3)]
    + [(os, "fsync", n) for n in range(6)]
    + [(os, "chmod", 1), (files, "_sync_folder", 2)],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_failure_at_any_moment_leaves_the_old_bundle_or_the_new_one(
    path, monkeypatch, failure, owner, function, calls_that_work
):
    save(path.parent / "expected", seed=1)
    old, new = load_bundle(path).digest, load_bundle(path.parent / "expected").digest
    with monkeypatch.context() as patch:
        patch.setattr(owner, function, broken_disk(calls_that_work, failure, getattr(owner, function)))
        with pytest.raises(BundleError if failure is FULL else KeyboardInterrupt) as error:
            save(path, seed=1)
    if failure is FULL:
        assert str(error.value).startswith(f"{path} cannot be written: No space left on device. ") and "--out" in str(
            error.value
        )
    in_place = (function, calls_that_work) in [
        ("fsync", 5),
        ("_sync_folder", 2),
    ]  # only the folder was not yet on the disk
    assert load_bundle(path).digest == (new if in_place else old)
    assert not [name for name in names(path) if name.endswith(".part")]
    save(path, seed=1)  # and the next one clears up
    assert load_bundle(path).digest == new and names(path) == names(path.parent / "expected")


def test_a_first_bundle_that_fails_is_no_bundle(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", broken_disk(2, FULL, os.replace))
        with pytest.raises(BundleError, match="No space left"):
            save(tmp_path / "new")
    assert bundle.find_bundles(tmp_path) == []
    with pytest.raises(BundleError, match=r"bundle.json: the file is missing"):
        load_bundle(tmp_path / "new")
    save(tmp_path / "new")
    assert len(names(tmp_path / "new")) == 3


def test_what_a_crash_left_is_cleared_by_the_next_bundle(path):
    files = names(path)
    leftovers = ["bundle.jsonk3x.part", "weights.0123456789ab.safetensorsq_9.part", "codes.0123456789ab.safetensors"]
    for name in leftovers:
        (path / name).write_bytes(b"half")
    assert load_bundle(path).name == "tiny"
    save(path)
    assert names(path) == files


def test_a_replaced_bundle_leaves_no_stale_files(path):
    before = names(path)
    save(path, kind="aae", seed=5)
    assert load_bundle(path).config.model.kind == "aae"
    assert len(names(path)) == 3 and set(names(path)) & set(before) == {"bundle.json"}


def test_a_stale_file_that_stays_open_elsewhere_is_left(path, monkeypatch):
    # Windows refuses to remove a file that another program has open
    before = names(path)

    def refuse(file, missing_ok=False, unlink=Path.unlink):
        if file.exists():
            raise PermissionError(13, "Permission denied")
        unlink(file, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        save(path, kind="aae", seed=5)
    assert load_bundle(path).config.model.kind == "aae" and len(names(path)) == 5
    save(path, kind="aae", seed=6)
    assert len(names(path)) == 3 and set(names(path)) & set(before) == {"bundle.json"}


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "model.v1.safetensors", "weights.safetensors", "weights.final.safetensors", "film.part", "folder/x"],
)
def test_a_folder_that_holds_something_else_is_not_touched(path, name):
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_text("precious", encoding="utf-8")
    before = load_bundle(path).digest
    with pytest.raises(
        BundleError, match=r"holds something that is no bundle: it will not be touched\. Name another folder with --out"
    ):
        save(path, seed=1)
    assert (path / name).read_text(encoding="utf-8") == "precious" and load_bundle(path).digest == before


def test_what_a_system_leaves_in_a_folder_is_no_hindrance(path):
    litter = [".DS_Store", "._bundle.json", "Thumbs.db", "desktop.ini", "Desktop.ini"]
    litter += [".localized", ".apdisk", ".nfs00000000a1b2c3d4", ".fuse_hidden0000000100000001"]
    for name in litter:
        (path / name).write_bytes(b"icons")
    bundle.check_place(path)
    save(path, kind="aae", seed=5)
    assert load_bundle(path).config.model.kind == "aae" and len(names(path)) == 3 + len(litter)
    assert all((path / name).read_bytes() == b"icons" for name in litter)


@pytest.mark.parametrize("below", [(), ("digits-vae",), ("a", "b")])
def test_a_link_to_nowhere_is_found_before_the_training(tmp_path, below):
    """As to an external disk that is not there."""
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "models")
    for attempt in (bundle.check_place, save):
        with pytest.raises(BundleError, match=r"written: .*link is a link to .*models, which is not there\. Name"):
            attempt(tmp_path.joinpath("link", *below))
    (tmp_path / "disk" / "models").mkdir(parents=True)
    save(tmp_path.joinpath("link", *below))
    assert load_bundle(tmp_path.joinpath("disk", "models", *below))


def test_a_file_in_the_folders_place(tmp_path):
    (tmp_path / "file").write_text("precious", encoding="utf-8")
    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BundleError, match="cannot be written: Not a directory"):
            save(target)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "precious"


def test_files_can_be_read_by_others(path):
    # a server often runs as another user; temporary files are private
    assert {file.stat().st_mode & 0o777 for file in path.iterdir()} == {0o644}


# The bundles that ship.

SHIPPED = [pytest.param(path, id=path.name) for path in bundle.find_bundles(ROOT / "pretrained")] or [
    pytest.param(None, marks=pytest.mark.skip("pretrained/ holds no bundle"))
]


FRONT = ("mnist-vae", "mnist-aae", "digits-vae", "digits-aae")  # what the front page opens on
SMALL = [one for one in SHIPPED if one.id in FRONT and one.id.startswith("digits")]
SLOW = [
    pytest.param(*one.values, id=one.id, marks=[*one.marks, pytest.mark.slow]) for one in SHIPPED if one not in SMALL
]
BOUND = ("importance_samples", "negative_log_likelihood")  # five million pictures a model: not made again here


def with_data(parameters: list) -> list:
    """The parameters, each marked with the dataset that its bundle was trained on."""
    marked = []
    for one in parameters:
        recipe_of = RECIPES.get(one.id)  # digits need no files
        needed = [] if recipe_of is None else {recipe_of.training.dataset} - {"digits"}
        marks = [*one.marks, *(pytest.mark.needs_dataset(name) for name in needed)]
        marked.append(pytest.param(*one.values, id=one.id, marks=marks))
    return marked


def measured_on(opened: bundle.Bundle, data_dir, split: str = "test") -> datasets.Split:
    dataset = opened.config.training.dataset
    return datasets.load(dataset, split, data_dir(dataset))


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_bundles_open_and_are_small(path):
    opened = load_bundle(path)
    recorded = [file.stat().st_size for file in path.glob("recording.*")]
    assert opened.name == opened.config.name and len(names(path)) == 3 + len(recorded)
    assert (
        sum(recorded) <= 1_500_000 and sum(file.stat().st_size for file in path.iterdir()) - sum(recorded) <= 3_000_000
    )
    assert opened.config.model.sibling.discriminator == any(
        name.startswith("discriminator.") for name in opened.weights
    )
    assert [entry["epoch"] for entry in opened.history] == list(range(1, opened.config.training.epochs + 1))
    assert opened.metrics["images"] == len(opened.codes.label)


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_bundles_were_trained_by_the_full_recipe(path):
    shipped = load_bundle(path).config
    assert shipped == RECIPES[path.name]


@pytest.mark.parametrize("path", with_data(SHIPPED))
def test_shipped_codes_are_of_the_test_sets_classes(path, data_dir):
    opened = load_bundle(path)
    np.testing.assert_array_equal(opened.codes.label, measured_on(opened, data_dir).labels)


@pytest.mark.parametrize("path", SHIPPED)
def test_shipped_codes_are_what_the_shipped_weights_give(path, tmp_path):
    opened = load_bundle(path)
    model = opened.model()
    images = originals.DatasetOriginals(opened.config.training.dataset, tmp_path).all()
    x = torch.from_numpy(images).float() / 255
    encoding = model.encode(x)
    rounded = 0 if opened.config.model.latent_dim <= 2 else 2**-11  # float16 codes
    np.testing.assert_allclose(opened.codes.mean, encoding.mean.numpy(), atol=1e-3, rtol=rounded)
    if encoding.log_var is not None:
        np.testing.assert_allclose(opened.codes.log_var, encoding.log_var.numpy(), atol=1e-3, rtol=rounded)
    bce = objectives.reconstruction(model.decode(encoding.mean), x).item()
    assert opened.metrics["reconstruction"] == pytest.approx(bce, rel=1e-4)


def measure_again(opened: bundle.Bundle, data_dir) -> dict:
    test, train = (measured_on(opened, data_dir, split) for split in ("test", "train"))
    return evaluation.evaluate(opened.model(), test, CPU, train=train).metrics


@pytest.mark.parametrize("path", with_data(SMALL + SLOW))
def test_shipped_metrics_are_what_the_shipped_weights_give(path, data_dir):
    opened = load_bundle(path)
    again = measure_again(opened, data_dir)
    shipped = {
        name: value
        for name, value in opened.metrics.items()
        if name not in ("seconds", "device", "resumed_after", *BOUND)
    }
    assert set(again) == set(shipped)
    for name, value in again.items():
        # another device's last digits move codes by less than 1e-3, and the nearest of neighbours with them
        assert shipped[name] == pytest.approx(value, rel=1e-3, abs=2e-3 if name.startswith("coverage") else 1e-4), name


@pytest.mark.parametrize("path", with_data([one for one in SHIPPED if one.id in FRONT and one not in SMALL]))
def test_a_few_draws_give_nearly_the_shipped_metrics(path, data_dir, monkeypatch):
    """The front page's large models, in a third of the time. The first draw of z is that of the shipped metrics."""
    few, sets = 2, evaluation.SETS
    monkeypatch.setattr(evaluation, "SETS", few)
    monkeypatch.setattr(evaluation, "DRAWS_AN_IMAGE", few)
    opened = load_bundle(path)
    again, shipped = measure_again(opened, data_dir), opened.metrics
    assert set(again) == set(shipped) - {"seconds", "device", "resumed_after", *BOUND}
    for name in again.keys() - {"draws"}:
        estimator = name.removesuffix("_null")
        if f"{estimator}_null" not in again:
            assert shipped[name] == pytest.approx(again[name], rel=1e-3, abs=1e-4), name
            continue
        # of one set, where q = p; else a distance spreads by a few per cent of itself
        spread = shipped[f"{estimator}_null"][1]
        ours, theirs = (found[name][0] if name != estimator else found[name] for found in (again, shipped))
        assert ours == pytest.approx(theirs, rel=0.1, abs=4 * spread * math.sqrt(1 / few + 1 / sets)), name


def test_the_model_card_holds_the_bundles_figures():
    columns = {"epochs": None, "reconstruction": 2, "negative_elbo": 2, "negative_log_likelihood": 2}
    columns |= {"coverage": 3, "sliced_w2_squared": 4, "knn_kl": 3, "label_accuracy": 3}
    card = (ROOT / "pretrained" / "README.md").read_text(encoding="utf-8").replace("−", "-")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in card.splitlines() if line.startswith("|")]
    rows = {name: cells for name, *cells in rows if len(cells) == len(columns)}
    for opened in map(load_bundle, bundle.find_bundles(ROOT / "pretrained")):
        found = opened.metrics | {"epochs": opened.config.training.epochs}
        for cell, (name, digits) in zip(rows[opened.name], columns.items(), strict=True):
            expected = "–" if name not in found else f"{found[name]}" if digits is None else f"{found[name]:.{digits}f}"
            if f"{name}_null" in found:
                expected += f" ({found[f'{name}_null'][0]:.{digits}f})"
            assert cell == expected, (opened.name, name)
