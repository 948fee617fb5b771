"""The configuration of a model and of its training, as frozen data, and the named recipes.

Imports nothing heavy: the front page, the command line and the tests all read it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from explorer.shared import NUMBERS
from explorer.siblings import KINDS, SIBLINGS, Sibling

IMAGE_SIDES = {"mnist": 28, "fashion-mnist": 28, "kmnist": 28, "digits": 8}  # pixels
DATASETS = tuple(IMAGE_SIDES)
CLASSES = NUMBERS["classes"]  # in every dataset here
TEN_CLASSES = frozenset(DATASETS)  # an added dataset may have more classes
FOLDER = "folder"  # the dataset's name if it is a folder of pictures, described by `Config.pictures`
NETWORKS = ("mlp", "conv")
CONVOLUTION_SIDES = range(16, 65, 4)  # the images' sides that convolutional networks support
RISE_FROM = NUMBERS["rise_from"]  # the share of the adversary's weight from which it rises
# Limits, checked before anything is allocated. A model with MOST_WEIGHTS weights needs 2 GB in training.
MOST = {"latent_dim": 1_024, "epochs": 1_000_000, "batch_size": 1_000_000, "image_side": 4_096, "frequencies": 16_384}
MOST_LAYERS, MOST_WEIGHTS, MOST_FLOAT = 32, 100_000_000, sys.float_info.max
PRECISIONS = ("auto", "float32", "bfloat16")  # of matrix products in training
PRIORS = ("normal", "mixture", "swiss-roll")  # priors.py builds them; all but the first are planar
# fields of TrainingConfig that a person may change while a model trains
WHILE_TRAINING = ("beta", "adversarial_weight", "lr", "discriminator_lr")


@dataclass(frozen=True)
class ModelConfig:
    """The shape of one autoencoder. Models that are compared differ only in `kind` and discriminator."""

    kind: str  # a sibling's: "ae", "vae", "aae" ...
    image_side: int = 28  # pixels; images are square
    latent_dim: int = 2
    # widths of the encoder; the decoder has them in reverse.
    # conv: the channels of convolutions that halve the side, then the width of a linear layer
    hidden: tuple[int, ...] = (512, 512)
    prior: str = "normal"
    discriminator_hidden: tuple[int, ...] = (256, 256)  # AAE only
    frequencies: int = 0  # AAE only: random Fourier features that the discriminator receives beside the code
    label_informed: bool = False  # AAE with the mixture only: the discriminator receives the label beside the code
    channels: int = 1  # 1: grey; 3: red, green, blue, one whole channel after the other
    network: str = "mlp"  # "mlp": linear layers; "conv": convolutions with one linear layer

    @property
    def sibling(self) -> Sibling:
        """All that makes this kind of autoencoder different."""
        return SIBLINGS[self.kind]

    @property
    def pixels(self) -> int:
        """The number of values of an image: the pixels of all its channels."""
        return self.channels * self.image_side**2

    @property
    def core(self) -> tuple[int, int, int]:
        """conv: the shape (channels, side, side) between the convolutions and the linear layer."""
        side = self.image_side // 2 ** (len(self.hidden) - 1)
        return (self.hidden[-2], side, side)

    @property
    def weights(self) -> int:
        """The number of weights of all layers, without biases."""
        *channels, width = self.hidden
        if self.network == "conv":
            half = 16 * _products(self.channels, *channels) + _products(math.prod(self.core), width, self.latent_dim)
        else:
            half = _products(self.pixels, *self.hidden, self.latent_dim)
        seen = self.latent_dim + 2 * self.frequencies + CLASSES * self.label_informed
        return 2 * half + (_products(seen, *self.discriminator_hidden, 1) if self.sibling.discriminator else 0)


@dataclass(frozen=True)
class TrainingConfig:
    """The training of one autoencoder. Loss weights multiply terms in nats per image."""

    dataset: str
    epochs: int
    batch_size: int = 256
    lr: float = 2e-3  # peak of the one-cycle schedule
    seed: int = 0
    beta: float = 1.0  # VAE: weight of the KL term
    adversarial_weight: float = 200.0  # AAE: weight of -log D(code)
    adversarial_rise: float = (
        0.0  # AAE: share of the steps in which that weight rises, from RISE_FROM of it; 0: it is there at once
    )
    discriminator_lr: float = 1e-3  # AAE
    r1: float = 0.05  # AAE: weight of the discriminator's gradient penalty at draws from the prior
    smoothing: float = 0.0  # AAE: initial standard deviation of the noise in the discriminator's inputs
    precision: str = "float32"  # of the wide layers' products; auto: bfloat16 on a CPU that supports it
    average: float = 0.999  # decay per step of the running average of the weights, which is the result; 0: no average

    def adversarial_weight_after(self, progress: float) -> float:
        """The weight of -log D(code) at this share of the steps."""
        risen = min(1.0, progress / self.adversarial_rise) if self.adversarial_rise else 1.0
        return self.adversarial_weight * (RISE_FROM + (1 - RISE_FROM) * risen)


@dataclass(frozen=True)
class Change:
    """A setting that a person changed while a model trained. The configuration holds the value after all changes."""

    setting: str  # one of WHILE_TRAINING
    before: float
    after: float
    step: int  # the number of steps that were taken with `before`, all earlier values included
    steps: int  # of an epoch

    @property
    def epoch(self) -> float:
        """The number of epochs until the change."""
        return self.step / self.steps


@dataclass(frozen=True)
class Pictures:
    """A folder of pictures (data/folder.py) as it was when a model was trained on it, also if it is missing later."""

    folder: str  # its path, as Python represents it: bytes that are not UTF-8 are lone surrogates (os.fsdecode)
    class_names: tuple[str, ...]
    digest: str  # of the images, as the model received them, and their labels
    # for each file of the test split eight characters: its image's CRC-32, or dashes if it could not be read
    checks: str

    @property
    def label(self) -> str:
        """The folder's own name, as Python represents it."""
        return self.folder.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or "pictures"

    @property
    def name(self) -> str:
        """The folder's own name in lower-case letters, digits and dashes, for addresses and file names."""
        return "-".join(re.findall("[a-z0-9]+", self.label.lower()))[:40].strip("-") or "pictures"

    @property
    def mark(self) -> str:
        """Six hexadecimal digits. Folders with the same name have different marks; changed pictures change the mark."""
        return hashlib.sha256(f"{self.folder}\0{self.digest}".encode(errors="surrogateescape")).hexdigest()[:6]


@dataclass(frozen=True)
class Config:
    """The configuration of one model and its training. A bundle stores it beside the weights."""

    model: ModelConfig
    training: TrainingConfig
    pictures: Pictures | None = None  # for the dataset FOLDER alone

    def __post_init__(self) -> None:
        model, training = self.model, self.training
        for part in (model, training, self.pictures):
            if part is not None:
                _check_types(part)
        _require(model.kind in KINDS, f"model kind {model.kind!r} is unknown; there are {', '.join(KINDS)}")
        known = (*DATASETS, FOLDER)
        _require(training.dataset in known, f"dataset {training.dataset!r} is unknown; there are {', '.join(known)}")
        _require(
            (training.dataset == FOLDER) == (self.pictures is not None),
            f"the dataset {FOLDER}, and no other, comes with what its pictures are",
        )
        _require(model.channels in (1, 3), f"channels must be 1 or 3, not {model.channels!r}")
        _require(model.network in NETWORKS, f"network {model.network!r} is unknown; there are {', '.join(NETWORKS)}")
        _require(model.prior in PRIORS, f"prior {model.prior!r} is unknown; there are {', '.join(PRIORS)}")
        _require(
            model.prior == "normal" or model.latent_dim == 2,
            f"the prior {model.prior} lies in the plane: latent_dim must be 2, not {model.latent_dim!r}",
        )
        _require(
            training.precision in PRECISIONS,
            f"precision {training.precision!r} is unknown; there are {', '.join(PRECISIONS)}",
        )
        labelled = model.sibling.discriminator and model.prior == "mixture"
        _require(labelled or not model.label_informed, "label_informed needs an AAE with the mixture prior")
        for name, value in {
            "image_side": model.image_side,
            "latent_dim": model.latent_dim,
            "epochs": training.epochs,
            "batch_size": training.batch_size,
        }.items():
            right = _is_whole(value) and 1 <= value <= MOST[name]
            _require(right, f"{name} must be a whole number from 1 to {MOST[name]:,}, not {value!r}")
        for name, widths in {"hidden": model.hidden, "discriminator_hidden": model.discriminator_hidden}.items():
            right = 0 < len(widths) <= MOST_LAYERS and all(_is_whole(width) and width >= 1 for width in widths)
            _require(right, f"{name} must be 1 to {MOST_LAYERS} whole numbers of at least 1, not {widths!r:.80}")
        if model.network == "conv":
            sides, halvings = CONVOLUTION_SIDES, len(model.hidden) - 1
            _require(
                model.image_side in sides,
                f"image_side must be a multiple of 4 from {sides[0]} to {sides[-1]} for convolutions, not "
                f"{model.image_side!r}",
            )
            fits = halvings >= 1 and model.image_side % 2**halvings == 0
            _require(
                fits,
                f"hidden must be channels of convolutions that each halve the side {model.image_side}, then a width, "
                f"not {model.hidden!r}",
            )
        if self.pictures is not None:
            classes = len(self.pictures.class_names)
            _require(1 <= classes <= 256, f"there may be from 1 to 256 classes, not {classes}")
            _require(
                classes <= CLASSES or not model.label_informed,
                f"label_informed needs at most {CLASSES} classes, not {classes}",
            )
            for name, pattern in {"digest": "[0-9a-f]*", "checks": "([0-9a-f]{8}|-{8})*"}.items():
                right = re.fullmatch(pattern, getattr(self.pictures, name)) is not None
                _require(right, f"the pictures' {name} must be hexadecimal digits")
        seed = training.seed
        _require(_is_whole(seed) and 0 <= seed < 2**63, f"seed must be a whole number from 0 to 2^63 - 1, not {seed!r}")
        waves = model.frequencies
        right = _is_whole(waves) and 0 <= waves <= MOST["frequencies"]
        _require(right, f"frequencies must be a whole number from 0 to {MOST['frequencies']:,}, not {waves!r}")
        weights = model.weights
        shown = f"the widths {model.hidden!r:.80} make {weights:,} weights"
        _require(weights <= MOST_WEIGHTS, f"{shown}: there may be at most {MOST_WEIGHTS:,}")
        for name in ("lr", "discriminator_lr"):
            value = getattr(training, name)
            _require(0 < value <= MOST_FLOAT, f"{name} must be above 0, not {value!r}")
        rise = training.adversarial_rise
        _require(0 <= rise <= 1, f"adversarial_rise must be from 0 to 1, not {rise!r}")
        for name in ("beta", "adversarial_weight", "r1", "smoothing"):
            value = getattr(training, name)
            _require(0 <= value <= MOST_FLOAT, f"{name} must be 0 or more, not {value!r}")

    @property
    def classes(self) -> int:
        """The number of classes of the images. Labels are smaller."""
        if self.pictures is not None:
            return len(self.pictures.class_names)
        return CLASSES if self.training.dataset in TEN_CLASSES else 256  # a label is a byte

    @property
    def dataset(self) -> str:
        """Identifies the test images: the dataset's name, or a folder's name with a part of its digest."""
        return f"{self.pictures.name}-{self.pictures.digest[:6]}" if self.pictures else self.training.dataset

    @property
    def name(self) -> str:
        """The recipe's name and the folder of its bundle: `mnist-vae`, `folder-flowers-3f9a01-aae-mixture`.

        It contains everything that is not the default.
        """
        model, training = self.model, self.training
        parts = [training.dataset, *([self.pictures.name, self.pictures.mark] if self.pictures else []), model.kind]
        parts += [f"{name}{getattr(training, name):g}" for name in self.unusual]
        if model.prior != "normal":
            parts.append(model.prior)
        if model.label_informed:
            parts.append("labels")
        if model.latent_dim != 2:
            parts.append(f"{model.latent_dim}d")
        return "-".join(parts)

    @property
    def unusual(self) -> list[str]:
        """The settings that stand in its name: those that are not as in a full recipe of this sibling."""
        sibling = self.model.sibling
        usual = {name: sibling.training.get(name, getattr(TrainingConfig, name)) for name in sibling.named}
        return [name for name, value in usual.items() if getattr(self.training, name) != value]

    def to_dict(self) -> dict:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Config:
        """The inverse of `to_dict`, also after JSON. Raises ValueError for unknown or missing fields."""
        try:
            pictures = data.get("pictures")
            return cls(
                ModelConfig(**_with_tuples(data["model"])),
                TrainingConfig(**data["training"]),
                None if pictures is None else Pictures(**_with_tuples(pictures)),
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a configuration of this version: {error}") from error


def _with_tuples(fields: dict) -> dict:
    """The fields with tuples in place of lists, which JSON has instead."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


def _products(*widths: int) -> int:
    """The number of weights of consecutive linear layers of these widths."""
    return sum(inputs * outputs for inputs, outputs in itertools.pairwise(widths))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_name(value: object) -> bool:
    """Whether a file can have this name. Lone surrogates stand only for bytes that are not UTF-8."""
    try:
        return isinstance(value, str) and b"\0" not in value.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return False


# For an annotation, its name in messages and a check of values. Whole numbers are checked with their limits.
_TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "str": ("a text", _is_name),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "float": ("a number", lambda value: isinstance(value, float) or _is_whole(value)),
    "tuple[int, ...]": ("a list", lambda value: isinstance(value, tuple)),
    "tuple[str, ...]": ("a list of texts", lambda value: isinstance(value, tuple) and all(map(_is_name, value))),
}


def _check_types(part: ModelConfig | TrainingConfig | Pictures) -> None:
    """Raises ValueError unless each field has its declared type, because a file may contain anything."""
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        name, is_right = _TYPES.get(str(field.type), ("", lambda value: True))
        _require(is_right(value), f"{field.name} must be {name}, not {value!r:.80}")


def _recipe(dataset: str, kind: str, **changes) -> Config:
    """A full recipe. changes: fields of either configuration that differ from the siblings' defaults on the dataset."""
    training = {"dataset": dataset, "epochs": SIBLINGS[kind].epochs, **SIBLINGS[kind].training}
    shape: dict[str, object] = {"kind": kind, "image_side": IMAGE_SIDES[dataset]}
    if dataset == "digits":  # 1,437 training images of 8 x 8: too few to tell a gap from chance
        shape["hidden"] = (256, 256)
        training |= {"epochs": 300, "batch_size": 64, "adversarial_weight": 20.0, "adversarial_rise": 0.0}
    fields = {field.name for field in dataclasses.fields(ModelConfig)}
    shape |= {name: value for name, value in changes.items() if name in fields}
    training |= {name: value for name, value in changes.items() if name not in fields}
    return Config.from_dict({"model": shape, "training": training})


# the mass must spread between narrow ridges from the start, and the discriminator must see details
_NARROW = {"r1": 0.01, "smoothing": 1.0, "adversarial_rise": 0.0}
_FINE = {"frequencies": 32, "r1": 0.03, "smoothing": 0.7}  # coarse shapes first, then thin gaps
# in many dimensions the discriminator tells codes from the prior easily
_THIN = {"adversarial_weight": 5.0, "adversarial_rise": 0.0, "r1": 1.0}
# dimensions and widths: narrower, so that a bundle with its codes has at most 3 MB
_MANY = {8: (400, 400), 16: (400, 400), 32: (320, 320)}
_ALL = [
    *(_recipe("mnist", kind) for kind in KINDS),
    *(_recipe(dataset, kind, epochs=20) for dataset in ("fashion-mnist", "kmnist") for kind in KINDS if kind != "aae"),
    *(_recipe(dataset, "aae", epochs=20, **_FINE) for dataset in ("fashion-mnist", "kmnist")),
    *(_recipe("digits", kind) for kind in KINDS),
    _recipe("mnist", "vae", beta=0.1, epochs=15),  # leaves holes
    _recipe("mnist", "vae", beta=40.0, epochs=15),  # collapses
    _recipe("mnist", "vae", prior="mixture", **_NARROW),
    _recipe("mnist", "aae", prior="mixture", adversarial_weight=200.0, **_NARROW),
    _recipe("mnist", "aae", prior="mixture", label_informed=True, adversarial_weight=200.0, **_NARROW),
    _recipe("mnist", "aae", prior="swiss-roll", adversarial_weight=200.0, **_NARROW),
    *(
        _recipe(
            dataset,
            kind,
            latent_dim=dimensions,
            hidden=hidden,
            epochs=30,
            precision="auto",
            **(_THIN if kind == "aae" else {}),
        )
        for dataset in ("mnist", "fashion-mnist")
        for dimensions, hidden in _MANY.items()
        for kind in ("vae", "aae")
    ),
]
RECIPES = {config.name: config for config in _ALL}
# recipes that do not ship, although their siblings and datasets do
_NOT_SHIPPED = {"digits-ae", "digits-aae-textbook", "fashion-mnist-aae-textbook"}
ZOO = tuple(  # the models that ship
    name
    for name, config in RECIPES.items()
    if config.model.sibling.in_zoo and config.training.dataset != "kmnist" and name not in _NOT_SHIPPED
)


def recipe(dataset: str, kind: str) -> Config:
    """The default, full recipe for one model on one dataset. Raises ValueError for an unknown name."""
    _require(dataset in DATASETS, f"dataset {dataset!r} is unknown; there are {', '.join(DATASETS)}")
    _require(kind in KINDS, f"model kind {kind!r} is unknown; there are {', '.join(KINDS)}")
    return RECIPES[f"{dataset}-{kind}"]


def _folder_training(kind: str, images: int) -> dict:
    """Some 1,500 steps, whatever the folder's size, but at least 4 epochs."""
    batch_size = 32 if images < 5_000 else 128
    sibling, epochs = SIBLINGS[kind], min(200, max(4, round(1_500 * batch_size / images)))
    own = sibling.training if sibling.short_training is None else sibling.short_training
    return {"batch_size": batch_size, "epochs": epochs, **own}


def folder_recipe(pictures: Pictures, kind: str, side: int, channels: int, images: int) -> Config:
    """The default recipe for a model on a folder with `images` training images: convolutional networks.

    Raises ValueError for a side that they do not support.
    """
    halvings = 1
    while side % 2 ** (halvings + 1) == 0 and side // 2 ** (halvings + 1) >= 4:
        halvings += 1
    model = ModelConfig(
        kind, image_side=side, channels=channels, network="conv", hidden=(*(16, 32, 64, 64)[:halvings], 256)
    )
    return Config(model, TrainingConfig(FOLDER, **_folder_training(kind, images)), pictures)


def with_prior(config: Config, prior: str) -> Config:
    """The configuration with another prior, and with the settings that recipes for such a prior share.

    The adversary's weight is unchanged. Raises ValueError if the prior does not fit the model.
    """
    if prior == config.model.prior:
        return config
    settings = (
        _NARROW
        if prior != "normal"
        else {name: getattr(recipe(config.training.dataset, config.model.kind).training, name) for name in _NARROW}
    )
    model = dataclasses.replace(config.model, prior=prior)
    return dataclasses.replace(config, model=model, training=dataclasses.replace(config.training, **settings))
