"""Fitting the models. `fit` is a generator of reports and knows no screen; whoever runs it draws them."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer import gaussian, metrics, objectives
from explorer.config import Config, TrainingConfig
from explorer.models import Autoencoder, Encoding, build, multiply_in
from explorer.store.bundle_checks import LARGEST
from explorer.training.distributed import ALONE, Processes

if TYPE_CHECKING:
    from explorer.data.datasets import Split

EVALUATION_SEED = 20  # of the noise and of the prior's draws in `evaluate`
AT_ONCE = 40_000_000  # numbers of images in float32, where nothing is learnt; what lies between convolutions is larger than an image
DRAWS_AN_IMAGE = 16  # of z, in the VAE's -ELBO
SETS, SETS_IN_MANY_DIMENSIONS = (
    20,
    5,
)  # of draws of the prior that codes are compared with: neighbours are slow to find in many dimensions
WARM_UP = 0.2  # share of the steps in which the learning rate rises
SMOOTHED = 0.6  # share of the steps in which the discriminator sees through noise
DETAIL = (0.6, 0.8)  # shares of the steps between which it gets its waves
NEGLIGIBLE, NEGLIGIBLE_STEPS = 1e-30, 100  # a moment so small moves no weight; how often such moments are set to 0
REMEDY = "Nothing was written. A smaller --lr usually helps."
RESEEDED = 1_000_003  # seeds of one training lie closer together than this
CPU = torch.device("cpu")


class TrainingDiverged(Exception):
    """A loss is NaN or infinite; the message says which, and at what epoch and step. Or the trained weights or their codes are."""


@dataclass(frozen=True)
class Checkpoint:
    """All that a later `fit` needs to go on after an epoch, to the same result."""

    config: Config
    epoch: int  # the last one done
    history: list[dict]  # an entry an epoch: its number, and the means of the loss's terms
    tensors: dict[str, Tensor]  # weights, their average, the optimisers' moments, the generators' states


@dataclass(frozen=True)
class Report:
    """One moment of training. `terms` (nats per image, means over the epoch), `history` and `checkpoint` come at an epoch's end."""

    epoch: int  # from 1
    step: int  # in the epoch, from 1
    steps: int  # an epoch
    model: Autoencoder  # the result so far: it changes with the next step
    terms: dict[str, float] | None = None
    history: list[dict] | None = None  # of all epochs so far
    checkpoint: Callable[[], Checkpoint] | None = None  # to be called before the next report
    losses: dict[str, Tensor] | None = None  # the terms of this step alone, still on the device


def choose_device(
    name: str = "auto",
    say: Callable[[str], None] = lambda sentence: None,
    own: Callable[[torch.device], torch.device] = lambda device: device,
) -> torch.device:
    """CUDA when it is available, else another accelerator, else the CPU; or the device of that name.

    Takes one step on an accelerator first. Where that fails, auto returns the CPU, and calls `say` with a sentence that
    has the reason; a device that was named raises ValueError, as does one that torch does not know or this machine does
    not have. own: returns a process's own device of that kind, before the step is taken.
    """

    def step_down(error: Exception) -> torch.device:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].split(". ")[0].rstrip(".")
        if name != "auto":
            raise ValueError(f"device {name!r} cannot be used here: {reason}") from error
        say(f"The accelerator of this machine cannot be used ({reason}), so the CPU is used.")
        return CPU

    try:
        device = _accelerator() if name == "auto" else torch.device(name)
    except Exception as error:  # a driver, a library and a build of torch can fail to fit in many ways
        return step_down(error)
    device = own(device)
    try:
        if device.type != "cpu":
            _take_one_step(device)
    except Exception as error:
        return step_down(error)
    return device


def _accelerator() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.accelerator.current_accelerator(check_available=True) or CPU


def _take_one_step(device: torch.device) -> None:
    """Draws numbers, multiplies them, and takes a step of the optimiser, as a training does.

    Raises what the device raises.
    """
    torch.zeros(1, device=device).item()
    generator = torch.Generator(device).manual_seed(0)
    weight = torch.randn(16, 16, generator=generator, device=device).requires_grad_()
    optimiser = _adam([weight])
    (weight @ weight).sum().backward()
    optimiser.step()
    weight.sum().item()  # a GPU reports its errors late


def in_double(tensor: Tensor) -> Tensor:
    """The same in float64, on the CPU: MPS has no float64."""
    return tensor.cpu().double()


def describe_device(device: torch.device, precision: str = "float32") -> str:
    """`cuda (NVIDIA H100)`, `cpu (2 threads)`, `cpu (2 threads, bfloat16)`."""
    described = (
        [torch.cuda.get_device_name(device)]
        if device.type == "cuda"
        else [f"{torch.get_num_threads()} threads"]
        if device.type == "cpu"
        else []
    )
    described += ["bfloat16"] if products_in(precision, device) else []
    return f"{device.type} ({', '.join(described)})" if described else str(device)


def products_in(precision: str, device: torch.device) -> torch.dtype | None:
    """What `models.multiply_in` is to be told for one of config.PRECISIONS.

    A CPU with instructions for it multiplies in bfloat16 twice as fast; weights, codes, sums and losses stay in float32.
    """
    native = device.type == "cpu" and any(_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16"))
    return torch.bfloat16 if precision == "bfloat16" or (precision == "auto" and native) else None


def _capabilities() -> dict:
    return getattr(torch.cpu, "get_capabilities", dict)()  # which torch 2.11 does not have


def fit(
    config: Config,
    images: np.ndarray,
    device: torch.device,
    *,
    labels: np.ndarray | None = None,
    resume: Checkpoint | None = None,
    processes: Processes = ALONE,
) -> Iterator[Report]:
    """Trains one model, and yields a Report after every step.

    images: (n, pixels) uint8; labels: (n,), for a label-informed discriminator. The last report's `model` is the result.
    Everything random comes from `config.training.seed`. Goes on after a checkpoint of the same configuration: on the same
    kind of machine to the same result. Several processes that each call this come together to the result of one, up to rounding,
    and report its losses. Raises TrainingDiverged, Lost where one of them is, and ValueError for labels that are missing.
    """
    training = config.training
    if config.model.label_informed and labels is None:
        raise ValueError("a label-informed discriminator needs the images' labels")
    run = _Run(config, device, processes)
    data = torch.from_numpy(images).to(device)
    label = torch.from_numpy(labels).long().to(device) if config.model.label_informed else None
    steps = math.ceil(len(data) / training.batch_size)
    history: list[dict] = []
    done = 0
    if resume is not None:
        run.restore(resume)
        done, history = resume.epoch, list(resume.history)
        if done == training.epochs:
            yield Report(
                done, steps, steps, run.result, {k: v for k, v in history[-1].items() if k != "epoch"}, history
            )

    for epoch in range(done + 1, training.epochs + 1):
        order = torch.randperm(len(data), generator=run.shuffling, device=device)
        losses: list[dict[str, Tensor]] = []
        for step, rows in enumerate(order.split(training.batch_size), start=1):
            x = data.index_select(0, rows).float().div_(255)  # (batch, pixels); six times as fast as data[rows]
            losses.append(
                run.step(x, None if label is None else label[rows], (epoch - 1) * steps + step, training.epochs * steps)
            )
            if step < steps:
                yield Report(epoch, step, steps, run.result, losses=losses[-1])
        terms = _mean_terms(losses, epoch)
        history.append({"epoch": epoch, **terms})
        checkpoint = lambda: Checkpoint(config, epoch, list(history), run.tensors())  # noqa: E731
        yield Report(epoch, steps, steps, run.result, terms, history, checkpoint, losses[-1])


class _Run:
    """One training's moving parts: the model, the average of its weights, the optimisers and what is random."""

    def __init__(self, config: Config, device: torch.device, processes: Processes) -> None:
        seed, average = config.training.seed, config.training.average
        self.config = config
        self.model = build(config.model, seed=seed).to(device).train()
        self.shuffling = torch.Generator(device).manual_seed(seed)
        self.noise = torch.Generator(device).manual_seed(seed + 1)
        self.player = _PLAYERS[config.model.kind](self.model, config.training, self.noise, processes)
        self.result = copy.deepcopy(self.model).requires_grad_(False) if average else self.model
        multiply_in(self.model, products_in(config.training.precision, device))
        players = [(self.result.encoder, self.model.encoder), (self.result.decoder, self.model.decoder)]
        self._averaged = [weight for averaged, _ in players for weight in averaged.parameters()] if average else []
        self._weights = [weight.detach() for _, trained in players for weight in trained.parameters()]
        if config.model.kind == "aae":
            self.result.discriminator = (
                self.model.discriminator
            )  # the opponent of the moment: an average of opponents is none

    def step(self, x: Tensor, labels: Tensor | None, taken: int, all_steps: int) -> dict[str, Tensor]:
        """One step of the players, and of the average. taken: the number of steps, with this one."""
        self.player.set_progress(taken / all_steps)
        losses = self.player.step(x, labels)
        if taken % NEGLIGIBLE_STEPS == 0:
            self.player.forget_negligible_moments()
        if self._averaged:
            decay = min(
                self.config.training.average, taken / (taken + 10)
            )  # a short run's average must not remember the start
            torch._foreach_lerp_(self._averaged, self._weights, 1 - decay)
        return losses

    def tensors(self) -> dict[str, Tensor]:
        """The state, by name. Views, not copies: the next step changes them."""
        found = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        if self._averaged:
            found |= {
                f"average.{name}": tensor
                for name, tensor in self.result.state_dict().items()
                if not name.startswith("discriminator.")
            }
        for i, optimiser in enumerate(self.player.optimisers):
            for parameter, moments in optimiser.state_dict()["state"].items():
                found |= {f"optimiser{i}.{parameter}.{name}": tensor for name, tensor in moments.items()}
        return found | {"shuffling": self.shuffling.get_state(), "noise": self.noise.get_state()}

    def restore(self, checkpoint: Checkpoint) -> None:
        """The inverse of `tensors`. Raises KeyError or RuntimeError for those of another configuration.

        Generators of another kind of device have states of another kind: then numbers are drawn afresh from here on.
        """
        tensors = checkpoint.tensors

        def below(prefix: str) -> dict[str, Tensor]:
            # copies: an optimiser would keep the very tensors, and change them
            return {
                name.removeprefix(prefix): tensor.clone() for name, tensor in tensors.items() if name.startswith(prefix)
            }

        self.model.load_state_dict(below("model."))
        if self._averaged:
            self.result.load_state_dict(self.model.state_dict() | below("average."))
        for i, optimiser in enumerate(self.player.optimisers):
            moments: dict[int, dict[str, Tensor]] = {}
            for name, tensor in below(f"optimiser{i}.").items():
                parameter, _, moment = name.partition(".")
                moments.setdefault(int(parameter), {})[moment] = tensor
            optimiser.load_state_dict(optimiser.state_dict() | {"state": moments})
        for name, generator in {"shuffling": self.shuffling, "noise": self.noise}.items():
            if tensors[name].shape == generator.get_state().shape:
                generator.set_state(tensors[name].cpu())
            else:
                generator.manual_seed((generator.initial_seed() + RESEEDED * checkpoint.epoch) % 2**63)


def one_cycle(progress: float) -> float:
    """The learning rate's share of its peak, for progress in (0, 1]: up in a cosine, then down to almost 0.

    (Smith & Topin 2017, arXiv 1708.07120: one cycle.)
    """
    if progress < WARM_UP:
        return 0.04 + 0.96 * (1 - math.cos(math.pi * progress / WARM_UP)) / 2
    return 1e-4 + (1 - 1e-4) * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


# What one step of each sibling is.


class _Player:
    """One optimiser over encoder and decoder."""

    def __init__(
        self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator, processes: Processes = ALONE
    ) -> None:
        self.model, self.training, self.noise, self.processes = model, training, noise, processes
        self.all_parameters = list(model.parameters())  # the discriminator's too: each phase starts from no gradient
        self.optimisers = {_adam([*model.encoder.parameters(), *model.decoder.parameters()]): training.lr}

    def set_progress(self, progress: float) -> None:
        for optimiser, peak in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = peak * one_cycle(progress)

    def step(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        """x: (batch, pixels); labels: (batch,). Returns the terms of the loss, means over the batch."""
        raise NotImplementedError

    def forget_negligible_moments(self) -> None:
        """Sets to 0 what is left of moments whose gradients have been 0 for long, as those of pixels that are never lit.

        They decay to numbers with less than float32's precision, and stay there; a processor is many times slower at those.
        """
        for optimiser in self.optimisers:
            for moments in optimiser.state.values():
                for name in ("exp_avg", "exp_avg_sq"):
                    moments[name].copy_(F.hardshrink(moments[name], NEGLIGIBLE))

    def share(self, *batch: Tensor | None) -> tuple[Tensor | None, ...]:
        """Of what is known or drawn of each image of a batch, this process's part: all of it, where there is one process."""
        return self.processes.share(*batch)

    def descend(self, optimiser: torch.optim.Optimizer, loss: NamedTuple, batch: int) -> dict[str, Tensor]:
        """One step down the gradient of the loss on this process's share of a batch of that size, averaged over the batch. Returns the loss's terms, averaged too."""
        for parameter in self.all_parameters:
            parameter.grad = None
        loss.total.backward()
        moved = optimiser.param_groups[0]["params"]
        means = self.processes.average(
            [*(parameter.grad for parameter in moved), *(term.detach() for term in loss)], batch
        )
        for parameter, gradient in zip(moved, means):
            parameter.grad = gradient
        optimiser.step()
        return dict(zip(loss._fields, means[len(moved) :]))


class _AEPlayer(_Player):
    def step(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        loss = objectives.ae_loss(self.model, *self.share(x))
        return self.descend(optimiser, loss, len(x))


class _VAEPlayer(_Player):
    def step(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        (optimiser,) = self.optimisers
        noise = torch.randn(len(x), self.model.config.latent_dim, generator=self.noise, device=x.device)
        loss = objectives.vae_loss(self.model, *self.share(x, noise), self.training.beta)
        return self.descend(optimiser, loss, len(x))


class _AAEPlayer(_Player):
    def __init__(
        self, model: Autoencoder, training: TrainingConfig, noise: torch.Generator, processes: Processes = ALONE
    ) -> None:
        super().__init__(model, training, noise, processes)
        self.optimisers[_adam(model.discriminator.parameters(), betas=(0.5, 0.99))] = training.discriminator_lr
        self.adversarial_weight = training.adversarial_weight

    def set_progress(self, progress: float) -> None:
        super().set_progress(progress)
        self.adversarial_weight = self.training.adversarial_weight_after(progress)
        # coarse first, so that mass finds its way; then ever finer
        discriminator, (start, end) = self.model.discriminator, DETAIL
        discriminator.smoothing = self.training.smoothing * max(0.0, 1 - progress / SMOOTHED)
        discriminator.detail = min(1.0, max(0.0, (progress - start) / (end - start)))

    def step(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        autoencoder_optimiser, discriminator_optimiser = self.optimisers
        batch, latent_dim = len(x), self.model.config.latent_dim
        draws = self.model.prior.sample(batch, latent_dim, self.noise, *([] if labels is None else [labels]))
        x, labels, draws = self.share(x, labels, draws)
        seen = codes = self.model.encode(x).mean  # (share, latent_dim)
        if smoothing := self.model.discriminator.smoothing:
            noise = torch.randn(2, batch, latent_dim, generator=self.noise, device=codes.device) * smoothing
            of_codes, of_draws = self.share(*noise)
            seen, draws = codes + of_codes, draws + of_draws

        # Phase 1: the discriminator learns to tell draws of the prior from codes.
        judged = objectives.discriminator_loss(self.model.discriminator, seen, draws, self.training.r1, labels)
        judged_terms = self.descend(discriminator_optimiser, judged, batch)

        # Phase 2: encoder and decoder reconstruct, and the encoder fools the discriminator.
        loss = objectives.aae_loss(self.model, x, codes, self.adversarial_weight, labels, seen)
        return self.descend(autoencoder_optimiser, loss, batch) | {
            f"discriminator_{name}": term for name, term in judged_terms.items()
        }


_PLAYERS = {"ae": _AEPlayer, "vae": _VAEPlayer, "aae": _AAEPlayer}


def _adam(parameters, **options) -> torch.optim.Optimizer:
    return torch.optim.Adam(list(parameters), fused=True, **options)


def goes_on_exactly(checkpoint: Checkpoint, device: torch.device) -> bool:
    """Whether a training draws the same numbers after the checkpoint as it would have drawn without a break."""
    return checkpoint.tensors["noise"].shape == torch.Generator(device).get_state().shape


def _mean_terms(losses: list[dict[str, Tensor]], epoch: int) -> dict[str, float]:
    """Means over an epoch. The values leave the device once, here, and are checked here."""
    names = list(losses[0])
    table = in_double(torch.stack([torch.stack(list(loss.values())) for loss in losses]))  # (steps, terms)
    broken = (~table.isfinite()).nonzero()
    if len(broken):
        # of the first step's broken terms, a summand says more than the total that it broke
        step, term = min(broken.tolist(), key=lambda at: (at[0], names[at[1]].endswith("total"), at[1]))
        raise TrainingDiverged(
            f"{names[term]} became {table[step, term].item()} at epoch {epoch}, step {step + 1} of {len(table)}. {REMEDY}"
        )
    return dict(zip(names, table.mean(0).tolist()))


# What a trained model is worth.


@dataclass(frozen=True)
class Evaluation:
    """Measured on one split, in nats per image where not said otherwise."""

    metrics: dict
    mean: np.ndarray  # (n, latent_dim) float32
    log_var: np.ndarray | None  # (n, latent_dim) float32


@torch.no_grad()
def round_to_half(model: Autoencoder) -> Autoencoder:
    """Rounds the weights, in place, to the float16 values that a bundle stores, so that what is measured is what ships.

    Raises TrainingDiverged for weights that are NaN or beyond float16.
    """
    for name, parameter in model.named_parameters():
        parameter.copy_(parameter.half().float())
        if not parameter.isfinite().all():
            raise TrainingDiverged(
                f"the trained weights in {name} are NaN or above 65,504, float16's largest number. {REMEDY}"
            )
    return model


@torch.no_grad()
def evaluate(
    model: Autoencoder,
    test: Split,
    device: torch.device,
    *,
    train: Split | None = None,
    importance_samples: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> Evaluation:
    """Codes and metrics of a model on a test split.

    train: whose codes label the test codes. importance_samples: draws of z an image in a VAE's bound on log p(x); 0: none.
    progress: called now and then with the share of the work that is done; what it raises ends the measuring.
    The noise and the prior's draws come from EVALUATION_SEED, on the CPU, so every device sees the same.
    Raises TrainingDiverged for codes that are NaN or infinite, which cannot be measured, or larger than pages can show.
    """
    model = model.to(device).eval()
    x = _pixels(test, device)
    n, latent_dim = len(x), model.config.latent_dim
    generator = torch.Generator().manual_seed(EVALUATION_SEED)
    mean, log_var = _encode(model, x)
    results: dict = {"images": n, "seed": EVALUATION_SEED, "reconstruction": _bce_at(model, mean, x)}
    codes = mean
    if log_var is not None:
        draws = torch.randn(DRAWS_AN_IMAGE, n, latent_dim, generator=generator).to(device)
        z = gaussian.reparameterise(mean, log_var, draws)  # (draws, n, latent_dim)
        at_z = float(np.mean([_bce_at(model, one, x) for one in z]))
        kls = [in_double(objectives.kl_to_prior(model.prior, mean, log_var, one)).mean().item() for one in z]
        kl = float(np.mean(kls))
        results |= {"draws": DRAWS_AN_IMAGE, "reconstruction_sampled": at_z, "kl": kl, "negative_elbo": at_z + kl}
        codes = z[0]
    if not (codes.isfinite().all() and np.isfinite(results.get("negative_elbo", results["reconstruction"]))):
        raise TrainingDiverged(f"the trained model's codes or their losses are NaN or infinite. {REMEDY}")
    if any(
        (part.abs() > LARGEST[name]).any() for name, part in (("mean", mean), ("log_var", log_var)) if part is not None
    ):
        raise TrainingDiverged(
            f"the trained model's codes or their log-variances are larger than pages can show. {REMEDY}"
        )
    progress(0.05)
    results |= _distances(codes.cpu().numpy(), model, generator)
    progress(0.15)
    if log_var is not None:
        split = metrics.elbo_surgery(
            *(part.cpu().numpy() for part in (mean, log_var, codes, model.prior.log_prob(codes)))
        )
        results |= {"mutual_information": split.mutual_information, "marginal_kl": split.marginal_kl}
        if importance_samples:
            results["importance_samples"] = importance_samples
            results["negative_log_likelihood"] = -importance_weighted_bound(
                model, x, importance_samples, generator, lambda share: progress(0.15 + 0.85 * share)
            )
    if train is not None:
        train_codes = _encode(model, torch.from_numpy(train.images).to(device)).mean
        results["label_accuracy"] = metrics.knn_label_accuracy(
            train_codes.cpu().numpy(), train.labels, mean.cpu().numpy(), test.labels
        )
    if model.config.label_informed:
        nearest = model.prior.component_log_prob(mean).argmax(-1).cpu().numpy()
        results["own_component"] = float((nearest == test.labels).mean())
    return Evaluation(results, mean.cpu().numpy(), None if log_var is None else log_var.cpu().numpy())


def _pixels(split: Split, device: torch.device) -> Tensor:
    return torch.from_numpy(split.images).to(device).float() / 255  # (n, pixels)


def _images_at_once(model: Autoencoder) -> int:
    return AT_ONCE // (model.config.pixels * (4 if model.config.network == "conv" else 1))


def _encode(model: Autoencoder, images: Tensor) -> Encoding:
    """images: (n, pixels), in [0, 1] or uint8. In batches: a large set would not fit in float32."""
    parts = [
        model.encode(part if part.is_floating_point() else part.float() / 255)
        for part in images.split(_images_at_once(model))
    ]
    return Encoding(
        torch.cat([part.mean for part in parts]),
        None if parts[0].log_var is None else torch.cat([part.log_var for part in parts]),
    )


def _distances(codes: np.ndarray, model: Autoencoder, generator: torch.Generator) -> dict:
    """How far the codes' distribution is from the prior: means over sets of draws of the prior, each with its null's mean and deviation.

    One set's draws scatter an estimate by as much as models differ: sliced W₂² of 10,000 codes by 0.0003.
    """
    n, latent_dim = codes.shape
    prior = copy.deepcopy(model.prior).cpu()

    def sample_prior(count: int) -> np.ndarray:
        return prior.sample(count, latent_dim, generator).numpy()

    found: dict = {"code_mean": codes.mean(0).tolist(), "code_std": codes.std(0).tolist()}
    sets = SETS if latent_dim <= 3 else SETS_IN_MANY_DIMENSIONS
    for name in ("coverage", "sliced_w2_squared", "knn_kl"):
        estimator = getattr(metrics, name)
        try:
            found[name] = float(np.mean([estimator(codes, sample_prior(n)) for _ in range(sets)]))
        except ValueError:  # codes that coincide have no density
            continue
        found[f"{name}_null"] = list(metrics.null_of(estimator, sample_prior, n, sets))
    return found


def importance_weighted_bound(
    model: Autoencoder,
    x: Tensor,
    samples: int,
    generator: torch.Generator,
    progress: Callable[[float], None] = lambda share: None,
) -> float:
    """A lower bound on the mean log p(x), in nats: the log of an average over draws of z, tighter than the ELBO.

    x: (n, pixels). progress: as in `evaluate`. (Burda et al. 2015, arXiv 1509.00519, section 3.)
    """
    bounds: list[float] = []
    parts = x.split(max(1, min(50_000, _images_at_once(model)) // samples))
    for part in parts:
        mean, log_var = model.encode(part)
        noise = torch.randn(samples, *mean.shape, generator=generator).to(x.device)
        z = gaussian.reparameterise(mean, log_var, noise)  # (samples, n, latent_dim)
        logits = model.decode(z)  # (samples, n, pixels)
        log_p_x = (torch.einsum("snp,np->sn", logits, part) - F.softplus(logits).sum(-1)).cpu().numpy()
        log_p_z = model.prior.log_prob(z.flatten(0, 1)).view(samples, -1).cpu().numpy()
        log_q_z = gaussian.log_prob_diagonal(z, mean, log_var).cpu().numpy()
        bounds.append(metrics.importance_weighted_bound(log_p_x + log_p_z, log_q_z).mean * len(part))
        progress(len(bounds) / len(parts))
    return float(sum(bounds) / len(x))


def _bce_at(model: Autoencoder, z: Tensor, x: Tensor, batch: int = 2000) -> float:
    """Mean reconstruction at the given codes, in nats per image."""
    batch = min(batch, _images_at_once(model))
    pairs = zip(z.split(batch), x.split(batch))
    parts = [in_double(objectives.reconstruction(model.decode(a), b)) * len(a) for a, b in pairs]
    return (sum(parts) / len(x)).item()
