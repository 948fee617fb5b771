"""The catalogue: the models that can be shown, as pages and the browser need them. No tensors are opened for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from explorer.address.schema import exact
from explorer.config import DATASETS, RECIPES, Change, Config
from explorer.data import datasets
from explorer.serving import pictures, places
from explorer.serving.shelf import Shelf
from explorer.settings import IN_FORM
from explorer.shapes import SHAPES
from explorer.shared import fill
from explorer.siblings import SIBLINGS
from explorer.store.bundle import Bundle
from explorer.ui.texts import sibling_word, texts_of

# The models that the front page opens with, left and right, the best first.
FRONT = (("mnist-vae", "digits-vae"), ("mnist-aae", "digits-aae"))
CONFUSABLE = {"fashion-mnist": (2, 4), "kmnist": (2, 6)}  # two classes whose codes meet; digits: 4 and 9
PRIOR_NAMES = {"normal": "N(0, I)"} | {name: f"a {shape().label}" for name, shape in SHAPES.items()}


class Catalogue(NamedTuple):
    """The models that can be shown, and a sentence for each that cannot."""

    entries: list[dict]
    problems: list[str]


def current() -> Catalogue:
    """Looks at the folders at each call, and opens only bundles that changed."""
    found = shelf().look()
    return Catalogue(found.entries, found.problems)


@cache
def shelf() -> Shelf:
    return Shelf(lambda: places.FOLDERS, describe, places.for_page)


def in_full(entries: Iterable[dict]) -> list[dict]:
    """Entries with `originals`: whether a model's test images are here. That may change while the bundle stays.

    `errors`: whether their reconstruction errors can be computed (`bundles.reconstruction_errors`).
    """
    entries = list(entries)
    here = {dataset: _are_here(dataset) for dataset in {entry["dataset"] for entry in entries}}
    return [entry | dict.fromkeys(("originals", "errors"), here[entry["dataset"]]) for entry in entries]


def in_order(entries: Iterable[dict]) -> list[dict]:
    """As lists show them: by dataset, then by the number of latent dimensions, then AE, VAE, AAE."""
    known = {dataset: place for place, dataset in enumerate(DATASETS)}  # folders of pictures come after them

    def place(entry: dict) -> tuple:
        dataset = entry["dataset"]
        group = (known.get(dataset, len(known)), dataset)
        return group, entry["latent_dim"], SIBLINGS[entry["kind"]].place, entry["name"]

    return sorted(entries, key=place)


def front(models: Mapping[str, dict]) -> list[list[str]]:
    """FRONT, with those first whose pictures are here; then the first of all models whose pictures are here.

    models: the catalogue's entries by their names.
    """
    here = {name for names in FRONT for name in names if name in models and _are_here(models[name]["dataset"])}
    found = [sorted(names, key=lambda name: name not in here) for names in FRONT]
    if any(not any(name in models for name in names) for names in FRONT):
        others = [name for name, entry in models.items() if _are_here(entry["dataset"])][:1]
        return [names + others for names in found]
    return found


def images_of_dataset(name: str) -> pictures.TestImages:
    """Raises LookupError for a name that neither a dataset nor a model's folder has."""
    if name in datasets.DATASETS:
        return pictures.KnownDataset(name)
    config = shelf().config(name)
    if config is None:
        raise LookupError("there is no such dataset")
    return pictures.images_of(config)


def _are_here(dataset: str) -> bool:
    try:
        return images_of_dataset(dataset).are_here()
    except LookupError:  # its last model was taken away meanwhile
        return False


def why_no_image(dataset: str, row: int) -> str | None:
    """A sentence on why a test image cannot be read; None if it can."""
    try:
        images_of_dataset(dataset).one(row)
    except (datasets.DatasetError, LookupError) as error:
        return places.for_page(error)
    return None


def describe(name: str, bundle: Bundle) -> dict:
    """A model's entry: what lists, addresses and the browser need of it until its files change. See `in_full`."""
    model, training, images = bundle.config.model, bundle.config.training, pictures.images_of(bundle.config)
    title, several, sibling = _title(bundle.config), len(images.class_names) > 1, model.sibling
    changed, called = changes(bundle.config, bundle.changes), _called(name, bundle.config)
    choice = f"{title} · {images.label}"
    if name != bundle.config.name:  # a run, or a copy
        own = ", ".join([title, *changed])
        choice = (
            f"{called} · {images.label}" if called and called.startswith(title) else f"{own} · {images.label} · {name}"
        )
    weights = {"beta": training.beta, "prior": PRIOR_NAMES[model.prior]}
    if "adversarial_weight" in sibling.settings:
        weights |= {
            "adversarial_weight": training.adversarial_weight,
            "adversarial_start": training.adversarial_weight_after(0),
            "adversarial_rise": training.adversarial_rise,
        }
    return {
        "name": name,
        "title": title,
        "changes": changed,
        "earlier": earlier(bundle.changes),
        "choice": choice,
        "called": called,
        "kind": model.kind,
        "sibling": sibling_word(sibling.title),
        "stochastic": sibling.stochastic,  # whether there is a q(z|x)
        "discriminator": sibling.discriminator,
        "given_prior": sibling.discriminator_given_prior,  # whether log p(z) is added to its discriminator's logit
        "penalised": sibling.penalty is not None,  # whether anything in its loss holds the latent space
        "holds": " ".join([fill(sibling_word(sibling.holds), weights), *_until(bundle.changes)]),
        "dataset": bundle.config.dataset,
        "dataset_label": images.full_label,
        "whole": not images.is_ink_on_paper,
        "prior": PRIOR_NAMES[model.prior],
        "shape": shape(model.prior),
        "epochs": training.epochs,
        "seed": training.seed,
        "weights": weights,
        "image_side": model.image_side,
        "channels": model.channels,
        "latent_dim": model.latent_dim,
        "images": len(bundle.codes.label),
        "classes": images.class_names,
        "confusable": _confusable(training.dataset, len(images.class_names)) if several else None,
        "metrics": bundle.metrics,
        "without_originals": None if images.can_be_fetched else images.why_missing,
        "digest": bundle.digest,
        "tensors": f"tensors/{bundle.digest}",
        "recording": f"recordings/{bundle.digest}" if bundle.recording is not None else None,
        "moments": len(bundle.recording["step"]) if bundle.recording is not None else 0,
        "warm": name in (FRONT[0][0], FRONT[1][0]),
    }


def _confusable(dataset: str, classes: int) -> tuple[int, int]:
    return CONFUSABLE.get(dataset, (4, 9)) if classes > 9 else (0, 1)


def shapes() -> dict[str, dict]:
    """The priors that are mixtures, as the browser needs them, by their names."""
    return {name: shape(name) for name in SHAPES}


@cache
def shape(prior: str) -> dict | None:
    """The Gaussians of a mixture prior; None for N(0, I)."""
    if prior not in SHAPES:
        return None
    found = SHAPES[prior]()
    return {
        "name": prior,
        "means": found.means.round(6).tolist(),
        "axes": found.axes.round(6).tolist(),
        "stds": found.stds.tolist(),
    }


def value_of(setting: str, value: object) -> str:
    """`β = 4`, `widths = 32-32`."""
    written = "-".join(map(exact, value if isinstance(value, (list, tuple)) else [value]))
    return f"{texts_of('settings').NAMES[setting]} = {written}"


def earlier(changed: Sequence[Change]) -> list[str]:
    """`β = 1 until epoch 5.2`: the values that settings had before a person changed them in the training."""
    until = texts_of("settings").UNTIL
    return [
        fill(until, value=value_of(change.setting, change.before), epoch=f"{change.epoch:.1f}") for change in changed
    ]


def _until(changed: Sequence[Change]) -> list[str]:
    """A sentence on the settings that were changed; none if none was."""
    return [fill(texts_of("settings").CHANGED, changes=", ".join(earlier(changed)))] if changed else []


def name_of(config: Config, changed: Sequence[Change] = ()) -> str:
    """`VAE β = 4, seed 3`: what a run is called if its person does not call it anything else."""
    return ", ".join([_title(config), *changes(config, changed)])


def _called(name: str, config: Config) -> str | None:
    """What a person calls a run. None for a name that was made of its recipe and the time."""
    called = name.removeprefix("runs/")
    return None if called == name or called.startswith(f"{config.name}-") else called


def changes(config: Config, changed: Sequence[Change] = ()) -> list[str]:
    """`epochs 40`, `widths 32-32`: the settings that differ from the recipe's and are not in the title; then `earlier`.

    None without a recipe, as for a folder of pictures, where it depends on the number of training images.
    """
    kind = config.model.kind
    base = RECIPES.get(config.name) or RECIPES.get(f"{config.training.dataset}-{kind}")
    if base is None:
        return earlier(changed)
    found = []
    for setting in IN_FORM:
        own, usual = ({**vars(one.model), **vars(one.training)}[setting.name] for one in (config, base))
        if own != usual and setting.matters(kind) and setting.name not in config.unusual:
            value = "-".join(map(exact, own if setting.is_list else [own]))
            found.append(f"{texts_of('settings').NAMES[setting.name]} {value}")
    return found + earlier(changed)


def _title(config: Config) -> str:
    """`VAE`, `VAE β = 0.1`, `AAE mixture, labels`: what sets a model apart from its siblings."""
    model, training = config.model, config.training
    parts = [sibling_word(model.sibling.title)]
    parts += [f"{texts_of('settings').NAMES[name]} = {getattr(training, name):g}" for name in config.unusual]
    if model.prior != "normal":
        parts.append(model.prior.replace("-", " ") + (", labels" if model.label_informed else ""))
    if model.latent_dim != 2:
        parts.append(f"{model.latent_dim}-d")
    return " ".join(parts)
