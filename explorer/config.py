"""What a model is and how it is trained, as frozen data, and the named recipes.

Imports nothing heavy: the front page, the command line and the tests all read it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

KINDS = ("ae", "vae", "aae")
IMAGE_SIDES = {"mnist": 28, "fashion-mnist": 28, "kmnist": 28, "digits": 8}  # pixels
DATASETS = tuple(IMAGE_SIDES)
CLASSES = 10  # of every dataset
RISE_FROM = 0.1  # of the adversary's weight, where it rises
PRECISIONS = ("auto", "float32", "bfloat16")  # of matrix products while training
PRIORS = ("normal", "mixture", "swiss-roll")  # priors.py builds them; all but the first are planar


@dataclass(frozen=True)
class ModelConfig:
    """The shape of one autoencoder. Models that are compared differ in `kind` and discriminator alone."""

    kind: str  # "ae", "vae" or "aae"
    image_side: int = 28  # pixels; images are square and grey
    latent_dim: int = 2
    hidden: tuple[int, ...] = (512, 512)  # widths of the encoder; the decoder has them in reverse
    prior: str = "normal"
    discriminator_hidden: tuple[int, ...] = (256, 256)  # AAE only
    frequencies: int = 0  # AAE only: random waves over the latent that the discriminator sees beside the code
    label_informed: bool = False  # AAE with the mixture only: the discriminator sees an image's label beside its code

    @property
    def pixels(self) -> int:
        return self.image_side**2


@dataclass(frozen=True)
class TrainingConfig:
    """How one autoencoder is trained. Loss weights multiply terms in nats per image."""

    dataset: str
    epochs: int
    batch_size: int = 256
    lr: float = 2e-3  # peak of the one-cycle schedule
    seed: int = 0
    beta: float = 1.0  # VAE: weight of the KL term
    adversarial_weight: float = 200.0  # AAE: weight of -log D(code)
    adversarial_rise: float = 0.0  # AAE: share of the steps in which that weight rises, from RISE_FROM of it; 0: it is there at once
    discriminator_lr: float = 1e-3  # AAE
    r1: float = 0.05  # AAE: weight of the gradient penalty on the discriminator, at draws of the prior
    smoothing: float = 0.0  # AAE: standard deviation of the noise through which the discriminator sees at first
    precision: str = "auto"  # of the wide layers' products; auto: bfloat16 on a CPU that multiplies in it, else float32
    average: float = 0.999  # decay a step of the running average of the weights, which is the result; 0: none is kept

    def adversarial_weight_after(self, progress: float) -> float:
        """The weight of -log D(code) when that share of the steps is done."""
        risen = min(1.0, progress / self.adversarial_rise) if self.adversarial_rise else 1.0
        return self.adversarial_weight * (RISE_FROM + (1 - RISE_FROM) * risen)


@dataclass(frozen=True)
class Config:
    """One model and its training: what a bundle stores beside its weights."""

    model: ModelConfig
    training: TrainingConfig

    def __post_init__(self) -> None:
        model, training = self.model, self.training
        _require(model.kind in KINDS, f"model kind {model.kind!r} is unknown; there are {', '.join(KINDS)}")
        _require(training.dataset in DATASETS, f"dataset {training.dataset!r} is unknown; there are {', '.join(DATASETS)}")
        _require(model.prior in PRIORS, f"prior {model.prior!r} is unknown; there are {', '.join(PRIORS)}")
        _require(model.prior == "normal" or model.latent_dim == 2, f"the prior {model.prior} lies in the plane: latent_dim must be 2, not {model.latent_dim!r}")
        _require(training.precision in PRECISIONS, f"precision {training.precision!r} is unknown; there are {', '.join(PRECISIONS)}")
        labelled = model.kind == "aae" and model.prior == "mixture"
        _require(labelled or not model.label_informed, "label_informed needs an AAE with the mixture prior")
        for name, value in {
            "image_side": model.image_side,
            "latent_dim": model.latent_dim,
            "epochs": training.epochs,
            "batch_size": training.batch_size,
        }.items():
            _require(isinstance(value, int) and value >= 1, f"{name} must be a whole number of at least 1, not {value!r}")
        for name, widths in {"hidden": model.hidden, "discriminator_hidden": model.discriminator_hidden}.items():
            right = len(widths) > 0 and all(isinstance(width, int) and width >= 1 for width in widths)
            _require(right, f"{name} must be one or more whole numbers of at least 1, not {widths!r}")
        seed = training.seed
        _require(isinstance(seed, int) and 0 <= seed < 2**63, f"seed must be a whole number from 0 to 2^63 - 1, not {seed!r}")
        waves = model.frequencies
        _require(isinstance(waves, int) and waves >= 0, f"frequencies must be a whole number of at least 0, not {waves!r}")
        for name in ("lr", "discriminator_lr"):
            _require(0 < getattr(training, name) < float("inf"), f"{name} must be above 0, not {getattr(training, name)!r}")
        rise = training.adversarial_rise
        _require(0 <= rise <= 1, f"adversarial_rise must be from 0 to 1, not {rise!r}")
        for name in ("beta", "adversarial_weight", "r1", "smoothing"):
            _require(0 <= getattr(training, name) < float("inf"), f"{name} must be 0 or more, not {getattr(training, name)!r}")

    @property
    def name(self) -> str:
        """`mnist-vae`, `mnist-aae-mixture-labels`: the recipe's name, and the folder of its bundle. It names what is not the default."""
        model, training = self.model, self.training
        parts = [training.dataset, model.kind]
        if model.kind == "vae" and training.beta != 1:
            parts.append(f"beta{training.beta:g}")
        if model.prior != "normal":
            parts.append(model.prior)
        if model.label_informed:
            parts.append("labels")
        if model.latent_dim != 2:
            parts.append(f"{model.latent_dim}d")
        return "-".join(parts)

    def to_dict(self) -> dict:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> Config:
        """The inverse of `to_dict`, also after a round trip through JSON. Raises ValueError on unknown or missing fields."""
        try:
            model = {key: tuple(value) if isinstance(value, list) else value for key, value in data["model"].items()}
            return cls(ModelConfig(**model), TrainingConfig(**data["training"]))
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a configuration of this version: {error}") from error


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _recipe(dataset: str, kind: str, **changes) -> Config:
    """A full recipe. changes: fields of either configuration that differ from what siblings on that dataset have."""
    training = {"epochs": {"ae": 20, "vae": 40, "aae": 60}[kind]}
    if kind == "aae":  # pictures lay the plane out first, then the adversary fills it
        training |= {"adversarial_weight": 300.0, "adversarial_rise": 0.5}
    shape = {"image_side": IMAGE_SIDES[dataset]}
    if dataset == "digits":  # 1,437 training images of 8 x 8: too few to tell a gap from chance
        shape["hidden"] = (256, 256)
        training = {"epochs": 300, "batch_size": 64, "adversarial_weight": 20.0}
    fields = {field.name for field in dataclasses.fields(ModelConfig)}
    shape |= {name: value for name, value in changes.items() if name in fields}
    training |= {name: value for name, value in changes.items() if name not in fields}
    return Config(ModelConfig(kind, **shape), TrainingConfig(dataset, **training))


# mass must find its way between ridges from the start, and the discriminator see details
_NARROW = {"r1": 0.01, "smoothing": 1.0, "adversarial_rise": 0.0}
_FINE = {"frequencies": 32, "r1": 0.03, "smoothing": 0.7}  # coarse shapes first, then thin gaps
_THIN = {"adversarial_weight": 5.0, "adversarial_rise": 0.0, "r1": 1.0}  # in many dimensions codes are easy to tell from the prior
_MANY = {"latent_dim": 16, "hidden": (400, 400), "epochs": 30}  # narrower, so that a bundle with its codes keeps within 3 MB
_ALL = [
    *(_recipe("mnist", kind) for kind in KINDS),
    *(_recipe(dataset, kind, epochs=20) for dataset in ("fashion-mnist", "kmnist") for kind in ("ae", "vae")),
    *(_recipe(dataset, "aae", epochs=20, **_FINE) for dataset in ("fashion-mnist", "kmnist")),
    *(_recipe("digits", kind) for kind in KINDS),
    _recipe("mnist", "vae", beta=0.1, epochs=15),  # leaves holes
    _recipe("mnist", "vae", beta=40.0, epochs=15),  # collapses
    _recipe("mnist", "vae", prior="mixture", **_NARROW),
    _recipe("mnist", "aae", prior="mixture", adversarial_weight=200.0, **_NARROW),
    _recipe("mnist", "aae", prior="mixture", label_informed=True, adversarial_weight=200.0, **_NARROW),
    _recipe("mnist", "aae", prior="swiss-roll", adversarial_weight=200.0, **_NARROW),
    _recipe("mnist", "vae", **_MANY),
    _recipe("mnist", "aae", **_MANY, **_THIN),
]
RECIPES = {config.name: config for config in _ALL}
ZOO = tuple(name for name in RECIPES if not name.startswith("kmnist") and name != "digits-ae")  # the models that ship


def recipe(dataset: str, kind: str) -> Config:
    """The default, full recipe for one model on one dataset. Raises ValueError for a name that is unknown."""
    _require(dataset in DATASETS, f"dataset {dataset!r} is unknown; there are {', '.join(DATASETS)}")
    _require(kind in KINDS, f"model kind {kind!r} is unknown; there are {', '.join(KINDS)}")
    return RECIPES[f"{dataset}-{kind}"]


def with_prior(config: Config, prior: str) -> Config:
    """The same with another prior, and with what the recipes for such a prior have in common; the adversary's weight stays. Raises ValueError."""
    if prior == config.model.prior:
        return config
    settings = _NARROW if prior != "normal" else {name: getattr(recipe(config.training.dataset, config.model.kind).training, name) for name in _NARROW}
    model = dataclasses.replace(config.model, prior=prior)
    return Config(model, dataclasses.replace(config.training, **settings))
