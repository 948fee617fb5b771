"""The adversary lesson's arithmetic, in Node: networks, games and divergences against torch and scipy."""

from __future__ import annotations

import functools
import itertools
import math
import re

import numpy as np
import pytest
import torch
from scipy.stats import ncx2
from torch.nn import functional as F

from explorer.address import adversary as adversary_state
from explorer.config import ModelConfig
from explorer.models import build
from explorer.priors import get_prior
from explorer.serving import catalogue
from explorer.store.bundle import load_bundle
from explorer.ui.texts import texts_of

from ..browser.driver import ROOT

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


LOG_4 = 2 * math.log(2)


AAES = (
    "mnist-aae",
    "mnist-aae-mixture",
    "mnist-aae-mixture-labels",
    "mnist-aae-swiss-roll",
    "fashion-mnist-aae",
    "digits-aae",
)


@pytest.mark.parametrize("activation, standardise", [("silu", False), ("silu", True), ("relu", False)])
def test_gradients_against_autograd(compute, activation, standardise):
    rng = np.random.default_rng(0)
    widths, n = [2, 7, 5, 1], 6
    points = rng.normal(size=(n, 2)) * 2 + 1
    found = compute(
        "kernel/network kernel/random",
        "const net = new Network(widths, seededUniform(3), { activation, standardise });"
        "const logits = [...net.forward(Float64Array.from(points))], "
        "below = [...net.backward(logits.map((v) => 1 / (1 + Math.exp(-v)) / logits.length))];"
        "return { weights: [...net.weights], gradient: [...net.gradient], logits, below };",
        widths=widths, points=points.ravel().tolist(), activation=activation, standardise=standardise,
    )  # fmt: skip
    flat = torch.tensor(found["weights"], dtype=torch.double, requires_grad=True)
    x = torch.tensor(points, requires_grad=True)
    h, at = (x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt() if standardise else x, 0
    for i, (a, b) in enumerate(itertools.pairwise(widths)):
        weight, bias = flat[at : at + a * b].view(b, a), flat[at + a * b : at + b * (a + 1)]
        h, at = F.linear(h, weight, bias), at + b * (a + 1)
        if i < len(widths) - 2:
            h = F.silu(h) if activation == "silu" else F.relu(h)
    F.softplus(h).mean().backward()
    assert np.abs(found["gradient"]).max() > 1e-3
    np.testing.assert_allclose(found["logits"], h[:, 0].detach(), atol=1e-12)
    np.testing.assert_allclose(found["gradient"], flat.grad, atol=1e-12)
    np.testing.assert_allclose(found["below"], x.grad.ravel(), atol=1e-12)


def test_a_discriminators_steps_against_torchs_adam(compute):
    found = compute(
        "kernel/live_discriminator kernel/random",
        "const discriminator = new LiveDiscriminator({ seed: 5 }), uniform = seededUniform(1), "
        "start = [...discriminator.network.weights];"
        "const real = standardNormal(32, uniform), fake = standardNormal(32, uniform).map((v) => 0.5 * v + 1), "
        "losses = [];"
        "for (let i = 0; i < 30; i++) losses.push(discriminator.step(real, fake, 0.01).loss);"
        "return { start, end: [...discriminator.network.weights], real: [...real], fake: [...fake], losses, "
        "steps: discriminator.steps, pull: [...discriminator.pull(fake).pull] };",
    )
    network = torch.nn.Sequential(
        torch.nn.Linear(2, 32), torch.nn.SiLU(), torch.nn.Linear(32, 32), torch.nn.SiLU(), torch.nn.Linear(32, 1)
    ).double()
    torch.nn.utils.vector_to_parameters(torch.tensor(found["start"], dtype=torch.double), network.parameters())
    adam = torch.optim.Adam(network.parameters(), lr=0.01, betas=(0.5, 0.99))
    real, fake = (torch.tensor(found[name], dtype=torch.double).view(-1, 2) for name in ("real", "fake"))
    for loss in found["losses"]:
        total = F.softplus(-network(real)).mean() + F.softplus(network(fake)).mean()
        assert loss == pytest.approx(total.item(), abs=1e-10)
        adam.zero_grad()
        total.backward()
        adam.step()
    end = torch.nn.utils.parameters_to_vector(network.parameters()).detach()
    np.testing.assert_allclose(found["end"], end, atol=1e-9)
    assert found["steps"] == 30 and found["losses"][-1] < found["losses"][0]
    fake.requires_grad_()
    (pull,) = torch.autograd.grad(F.logsigmoid(network(fake)).sum(), fake)
    np.testing.assert_allclose(found["pull"], pull.ravel(), atol=1e-9)


@pytest.mark.parametrize("name", AAES)
def test_a_trained_discriminator_and_its_pull_against_torch(compute, name):
    bundle = load_bundle(ROOT / "pretrained" / name)
    discriminator = bundle.model().discriminator.double()
    z = np.random.default_rng(1).normal(size=(12, 2)) * 1.5
    label = 4
    found = compute(
        "kernel/trained_discriminator kernel/safetensors",
        "return fetch(new URL(`latents/${digest}`, base)).then((r) => r.arrayBuffer()).then((buffer) => {"
        "const d = new TrainedDiscriminator(readSafetensors(buffer), { shape, given_prior: true });"
        "const all = z.map((one) => d.at(one, label));"
        "return { labelled: d.labelled, frequencies: d.frequencies.length, at: all, "
        "logits: [...d.logits(Float64Array.from(z.flat()), { label })] }; });",
        digest=bundle.digest, shape=catalogue.shapes().get(bundle.config.model.prior), z=z.tolist(), label=label,
    )  # fmt: skip
    assert (
        found["labelled"] == bundle.config.model.label_informed
        and found["frequencies"] == bundle.config.model.frequencies
    )
    at = torch.tensor(z, requires_grad=True)
    logits = discriminator(at, torch.full((len(z),), label) if found["labelled"] else None)
    (pull,) = torch.autograd.grad(F.logsigmoid(logits).sum(), at)
    # a mixture's constants reach torch as float32, and the browser rounded to six decimals
    tolerance = 1e-6 if bundle.config.model.prior == "normal" else 1e-4
    np.testing.assert_allclose([one["logit"] for one in found["at"]], logits.detach(), atol=tolerance)
    np.testing.assert_allclose(found["logits"], logits.detach(), atol=tolerance)
    np.testing.assert_allclose([one["pull"] for one in found["at"]], pull, atol=tolerance)


@pytest.mark.parametrize("kind", ["aae", "aae-textbook"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"frequencies": 3}, {"prior": "mixture"}, {"prior": "mixture", "label_informed": True}],
    ids=["N(0, I)", "Fourier features", "mixture", "labels"],
)
def test_the_prior_is_given_to_a_discriminator_whose_entry_says_so(compute, kind, changes):
    config = ModelConfig(kind, image_side=8, hidden=(6,), discriminator_hidden=(8, 7), **changes)
    discriminator = build(config, seed=0).discriminator.double()
    tensors = {
        f"discriminator.{name}": {"values": tensor.ravel().tolist(), "shape": list(tensor.shape)}
        for name, tensor in discriminator.state_dict().items()
    }
    z, label = np.random.default_rng(1).normal(size=(12, 2)) * 1.5, 4
    found = compute(
        "kernel/trained_discriminator",
        "for (const one of Object.values(tensors)) one.values = Float32Array.from(one.values);"
        "const d = new TrainedDiscriminator(tensors, entry), points = Float64Array.from(z.flat());"
        "return { smoothing: d.smoothing, at: z.map((one) => d.at(one, label)), parts: Object.fromEntries("
        "PARTS.map((part) => [part, [...d.logits(points, { label, part })]])) };",
        tensors=tensors, z=z.tolist(), label=label,
        entry={"shape": catalogue.shape(config.prior), "given_prior": config.sibling.discriminator_given_prior},
    )  # fmt: skip
    at, labels = torch.tensor(z, requires_grad=True), torch.full((len(z),), label)
    logits, learnt = discriminator(at, labels), discriminator.learnt(at, labels)
    (slope,) = torch.autograd.grad(logits.sum(), at, retain_graph=True)
    (pull,) = torch.autograd.grad(F.logsigmoid(logits).sum(), at)
    close = functools.partial(np.testing.assert_allclose, atol=1e-4)  # the mixture's constants have six decimals
    close(found["parts"]["whole"], logits.detach())
    close(found["parts"]["learnt"], learnt.detach())
    close(found["parts"]["given"], (logits - learnt).detach())
    expected = {"logit": logits, "learnt": learnt, "given": logits - learnt, "gradient": slope, "pull": pull}
    for name, values in expected.items():
        close([one[name] for one in found["at"]], values.detach(), err_msg=name)
    if kind == "aae-textbook":
        assert not np.any(found["parts"]["given"]) and found["smoothing"] == 0


def test_cloud_and_exact_divergence(compute):
    """Draws leave the hole empty, whose radius is scipy's; the JSD of every prior is that of a finer grid, in torch."""
    found = compute(
        "adversary/clouds kernel/random adversary/divergence",
        "const cloud = new Cloud({ mean: [0.5, -1], std: 1.3, hole: 0.2, at: [1, 0.5] }), "
        "draws = cloud.sample(4000, seededUniform(1));"
        "let inside = 0; for (let i = 0; i < 4000; i++) inside += cloud.inHole(draws[2 * i], draws[2 * i + 1]);"
        "return { inside, radius: cloud.radius, centre: cloud.centre, draws: [...draws], "
        "density: cloud.logDensity(0, -2), hole: cloud.logDensity(...cloud.centre),"
        " jsd: Object.fromEntries(Object.entries({ normal: null, ...shapes }).map(([name, shape]) => [name, "
        "new Divergence(shape).of(new Cloud({ mean: [1, 0.5], std: 0.8 })).jsd])) };",
        shapes=catalogue.shapes(),
    )
    assert found["inside"] == 0 and found["hole"] == -math.inf
    assert found["radius"] == pytest.approx(1.3 * math.sqrt(ncx2.ppf(0.2, 2, 1.25)), abs=1e-6)
    rng = np.random.default_rng(0)
    own = rng.normal(size=(400_000, 2)) * 1.3 + [0.5, -1]
    own = own[np.linalg.norm(own - found["centre"], axis=1) > found["radius"]]
    np.testing.assert_allclose(
        np.reshape(found["draws"], (-1, 2)).mean(0), own.mean(0), atol=0.09
    )  # four standard errors
    np.testing.assert_allclose(np.reshape(found["draws"], (-1, 2)).std(0), own.std(0), atol=0.07)
    expected = -math.log(2 * math.pi * 1.3**2 * 0.8) - (0.5**2 + 1) / (2 * 1.3**2)
    assert found["density"] == pytest.approx(expected, abs=1e-9)
    side = (torch.arange(240, dtype=torch.double) + 0.5) / 20 - 6
    grid = torch.stack(torch.meshgrid(side, side, indexing="xy"), -1).view(-1, 2)
    log_q = -((grid - torch.tensor([1, 0.5])) ** 2).sum(-1) / (2 * 0.64) - math.log(2 * math.pi * 0.64)
    for name, jsd in found["jsd"].items():
        log_p = torch.cat([get_prior(name).double().log_prob(part) for part in grid.split(20_000)])
        log_m = torch.logaddexp(log_p, log_q) - math.log(2)
        exact = 0.5 * (log_p.exp() * (log_p - log_m) + log_q.exp() * (log_q - log_m)).sum() / 20**2
        assert jsd == pytest.approx(exact.item(), abs=2e-6), name


# The claims of each preset's sentence, over many rounds: the mean's distance from the prior's, the standard deviation,
# the loss, the modes.
GAME = """
const play = presets[name], shape = shapes[play.prior] ?? null;
const make = (change) => new Game({
  shape, seed, start: { mean: play.start, std: play.spread }, encoder: play.encoder,
  standardise: play.norm === "batch", saturating: play.pull === "saturating", ...change,
});
const run = (game) => {
  const seen = [];
  for (let round = 1; round <= rounds; round++) {
    let loss = 0;
    for (let i = 0; i < play.moves; i++) loss = game.stepDiscriminator(play.rate_d).loss;
    const generator = game.stepEncoder(play.rate_e), { mean, std, modes, pull } = game.measure();
    seen.push({ loss, generator, mean: [...mean], std: [...std], modes, pull });
  }
  return seen;
};
return { preset: run(make({})), other: changed ? run(make(changed)) : null };
"""


def test_the_lower_bound_has_its_standard_error(compute):
    """D* of N((1, 0), I) against N(0, I): log D*/(1 − D*) = ½ − z₁. Many estimates scatter as one of them says."""
    rng, n = np.random.default_rng(0), 2000
    real, fake = 0.5 - rng.normal(size=(200, n)), 0.5 - rng.normal(1, 1, size=(200, n))
    bounds = math.log(2) - 0.5 * (np.logaddexp(0, -real).mean(1) + np.logaddexp(0, fake).mean(1))
    error = compute("kernel/live_discriminator", "return errorOfBound(real, fake);", real=real[0], fake=fake[0])
    expected = 0.5 * math.hypot(*(np.logaddexp(0, x).std(ddof=1) / n**0.5 for x in (-real[0], fake[0])))
    assert error == pytest.approx(expected) and error == pytest.approx(bounds.std(), rel=0.2)
    assert 0.3 < (bounds > 0.11142).mean() < 0.7  # about half of them lie above the exact JSD
    shown = (ROOT / "explorer" / "web" / "adversary" / "teach.js").read_text(encoding="utf-8")
    assert re.search(r"bound: `.*lowerBound.* ± .*measured\.error", shown)


def test_codes_creep_and_spread_under_a_strong_discriminator(compute):
    found = compute(
        "adversary/game",
        GAME,
        presets=adversary_state.PRESETS,
        shapes=catalogue.shapes(),
        name="strong",
        rounds=100,
        seed=0,
        changed=None,
    )["preset"]
    assert np.mean(found[-1]["std"]) > 2 * np.mean(found[0]["std"])


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "name, rounds", [("matched", 140), ("strong", 15), ("weak", 200), ("pinned", 40), ("dropping", 200)]
)
def test_presets_show_what_they_say(compute, name, rounds, seed):
    changed = {"saturating": False} if name == "strong" else None
    found = compute(
        "adversary/game",
        GAME,
        presets=adversary_state.PRESETS,
        shapes=catalogue.shapes(),
        name=name,
        rounds=rounds,
        seed=seed,
        changed=changed,
    )
    seen = found["preset"]
    mean, std = np.array([one["mean"] for one in seen]), np.array([one["std"] for one in seen])
    distance, loss = np.linalg.norm(mean, axis=1), np.array([one["loss"] for one in seen])
    assert np.isfinite(loss).all() and np.isfinite(mean).all()
    if name == "matched":
        assert distance[0] > 2.5 and distance[-40:].max() < 0.35
        np.testing.assert_allclose(std[-40:], 1, atol=0.3)
    if name == "strong":
        assert (
            distance[-1] > 0.9 * distance[0] > 3
            and max(one["pull"] for one in seen) < 0.4
            and min(one["generator"] for one in seen) > 3
        )  # D < .05
        assert np.linalg.norm(found["other"][-1]["mean"]) < 1  # with −log D they come
    if name == "weak":
        late, start = slice(60, None), np.array(adversary_state.PRESETS["weak"]["start"])
        along = mean @ start / np.linalg.norm(start)  # from the prior's middle towards where they began
        assert np.diff(np.sign(along)).nonzero()[0].size >= 3  # through the prior, and back
        assert np.median(distance[late]) > 0.4 and np.median(std[late]) < 0.9 and np.abs(loss[late] - LOG_4).max() < 0.2
    if name == "pinned":
        assert np.abs(mean - mean[0]).max() < 1e-2 and np.abs(std - std[0]).max() < 0.05 and distance.min() > 3
        assert np.abs(loss - LOG_4).mean() < 0.03
    if name == "dropping":
        late = [one["modes"] for one in seen[100:]]
        assert np.median(late) <= 5 and max(late) < 10 and np.abs(loss[100:] - LOG_4).mean() < 0.05
        assert len({tuple(np.round(one["mean"], 0)) for one in seen[100:]}) > 3  # which ones changes


@pytest.mark.parametrize("name", adversary_state.PRESETS)
def test_a_piece_of_a_round_is_one_move(compute, name):
    """A frame may end after each piece: a round of twenty moves took 27 ms at once, where 9 were meant."""
    play = adversary_state.PRESETS[name]
    moves = compute(
        "adversary/game",
        """
        const start = { mean: play.start, std: play.spread };
        const game = new Game({ shape: null, seed: 1, start, encoder: play.encoder });
        const before = () => ({ ...game.steps });
        return Array.from({ length: 2 * play.moves + 2 }, () => {
          const { discriminator, encoder } = before(), { player } = game.move(play);
          return [player, game.steps.discriminator - discriminator, game.steps.encoder - encoder];
        });
    """,
        play=play,
    )
    assert moves == 2 * (play["moves"] * [["discriminator", 1, 0]] + [["encoder", 0, 1]])


def test_a_frame_ends_within_a_step_when_its_time_is_over(compute):
    found = compute(
        "parts/runner",
        """
        const frames = [], told = [], { requestAnimationFrame: request } = globalThis, clock = performance.now;
        let now = 0, pieces = 0, most = Infinity;
        globalThis.requestAnimationFrame = (call) => frames.push(call);
        performance.now = () => now;
        const work = () => { now += 4; pieces += 1; return pieces === 11 ? false : pieces % 5 ? PART : true; };
        new Runner().start(work, (done) => told.push([pieces, done]), { most: () => most, budget: 9 });
        for (const limit of [Infinity, Infinity, 1, 1, 1]) { most = limit; frames.shift()?.(); }
        globalThis.requestAnimationFrame = request;
        performance.now = clock;
        return told;
    """,
    )
    assert found == [[3, False], [6, False], [9, False], [10, False], [11, True]]


def read_off(grid: np.ndarray, x: float, y: float, reach: float = 4.0) -> float:
    """A grid's value at a point, on straight lines between its points: rows from the lowest y."""
    side = np.linspace(-reach, reach, len(grid))
    along = [np.interp(x, side, row) for row in grid]
    return float(np.interp(y, side, along))


@pytest.mark.parametrize("given_prior", [True, False])
def test_a_recorded_discriminator_of_labels_against_priors(compute, given_prior):
    """A grid of its own for each label, each with that label's Gaussian, at the smoothing of the moment."""
    rng = np.random.default_rng(0)
    logit, smoothing = rng.normal(size=(2, 10, 24, 24)).astype(np.float32), [1.25, 0.5]
    found = compute(
        "kernel/recording adversary/recorded_discriminator",
        "const tensor = (values, ...shape) => ({ values: Float32Array.from(values), shape });"
        "const all = { step: tensor([0, 9], 2), row: tensor([0], 1), mean: tensor([0, 0, 1, 1], 2, 1, 2), "
        "smoothing: tensor(smoothing, 2), logit: tensor(logit, 2, 10, 24, 24) };"
        "const recording = new Recording(all, { shape, epochs: 3, given_prior }), label = 6;"
        "return [0, 1].map((moment) => { const discriminator = new RecordedDiscriminator(recording, moment), "
        "points = z.flat();"
        " return { labelled: discriminator.labelled, smoothing: discriminator.smoothing, "
        "at: z.map((one) => discriminator.at(one, label)), "
        "middle: [...discriminator.values('whole', label)].slice(0, 24), outside: discriminator.at([4.01, 0], label),"
        " learnt: [...discriminator.logits(points, { part: 'learnt', label })] }; });",
        shape=catalogue.shapes()["mixture"], given_prior=given_prior, logit=logit.ravel().tolist(), smoothing=smoothing,
        z=[[0.3, 1.9], [-3.7, 2.2]],
    )  # fmt: skip
    prior, z, label = get_prior("mixture"), torch.tensor([[0.3, 1.9], [-3.7, 2.2]]), torch.tensor([6])
    bottom = torch.stack([torch.linspace(-4, 4, 24), torch.full((24,), -4.0)], -1)
    for moment, one in enumerate(found):
        given = prior.log_prob(z, label.expand(2), smoothing=smoothing[moment]).numpy() * given_prior
        learnt = [read_off(logit[moment, 6], *at) for at in z.tolist()]
        assert one["labelled"] and one["outside"] is None
        assert one["smoothing"] == pytest.approx(smoothing[moment] * given_prior)
        np.testing.assert_allclose([at["given"] for at in one["at"]], given, atol=1e-4)
        np.testing.assert_allclose([at["logit"] for at in one["at"]], given + learnt, atol=1e-4)
        np.testing.assert_allclose(one["learnt"], learnt, atol=1e-5)
        np.testing.assert_allclose(
            one["middle"],
            logit[moment, 6, 0]
            + prior.log_prob(bottom, label.expand(24), smoothing=smoothing[moment]).numpy() * given_prior,
            rtol=1e-4,
            atol=1e-3,
        )


def test_an_axis_names_whole_steps_once(compute):
    assert compute("parts/chart", "return [1, 2, 3, 9, 100].map(wholeTicks);") == [
        [0, 1],
        [0, 1, 2],
        [0, 2, 3],
        [0, 5, 9],
        [0, 50, 100],
    ]


# ---- what the lesson says about a field ---------------------------------------------------------

OURS = {
    "name": "mnist-aae", "choice": "AAE · MNIST", "dataset": "mnist", "discriminator": True, "given_prior": True,
    "shape": None, "classes": ["zero", "one"],
    "weights": {"adversarial_weight": 300, "adversarial_start": 30, "adversarial_rise": 0.5},
}  # fmt: skip
TEXTBOOK = OURS | {"name": "mnist-aae-textbook", "choice": "AAE, textbook · MNIST", "given_prior": False, "weights": {}}
VAE = OURS | {"name": "mnist-vae", "choice": "VAE · MNIST", "discriminator": False, "given_prior": False}


def said(compute, entry: dict, part: str = "whole", smoothing: float = 0, others: list | None = None) -> dict[str, str]:
    return compute(
        "adversary/field_words",
        "const shown = partOf(entry, part);"
        "return { part: shown, caption: captionOf(words, entry, { part: shown, smoothing, count: 2000, label: null }), "
        "parts: partNote(words, entry, { smoothing, features: 0 }), "
        "textbook: textbookNote(words, entry, others, Float64Array.of(3.4, 2.1)) };",
        entry=entry, part=part, smoothing=smoothing, words=texts_of("adversary").WORDS,
        others=[VAE, OURS, TEXTBOOK] if others is None else others,
    )  # fmt: skip


def test_the_field_of_our_discriminator_is_said_to_have_two_parts(compute):
    whole, learnt, given = (said(compute, OURS, part) for part in ("whole", "learnt", "given"))
    assert "times 30 at first, times 300 after 50 % of the steps" in whole["caption"]
    assert learnt["part"] == "learnt" and "it should be −log q(z)." in learnt["caption"]
    assert given["part"] == "given" and given["caption"].startswith("log p(z), which is given and not learnt")
    assert "network(z) + log p(z)" in whole["parts"] and "no longer the textbook AAE" in whole["textbook"]
    assert "noise of standard deviation 0.5 added" in said(compute, OURS, smoothing=0.5)["parts"]


def test_the_field_of_the_textbooks_discriminator_has_no_parts(compute):
    for part in ("whole", "learnt", "given"):
        found = said(compute, TEXTBOOK, part)
        assert (
            found["part"] == "whole"
            and "∇ log D(z), which the encoder follows in a step of its own" in found["caption"]
        )
        assert "This D's logit is network(z) alone" in found["parts"] and "+ log p(z)" not in found["parts"]
        assert not re.search(r"\{|undefined|NaN", "".join(found.values()))
    assert "This is the textbook AAE" in found["textbook"] and "log p(z) too" in found["textbook"]
    assert "3.40 and 2.10 along the two axes; those of the prior are 1" in found["textbook"]
    mixture = said(compute, TEXTBOOK | {"shape": catalogue.shape("mixture")})
    assert "standard deviations of its codes" not in mixture["textbook"]


def test_the_note_on_the_textbook_points_to_its_model_where_there_is_one(compute):
    assert "choose AAE, textbook · MNIST in the list" in said(compute, OURS)["textbook"]
    other = TEXTBOOK | {"dataset": "digits", "choice": "AAE, textbook · digits"}
    assert "choose AAE, textbook · MNIST in" in said(compute, OURS, others=[other, TEXTBOOK])["textbook"]
    assert "choose AAE, textbook · digits in" in said(compute, OURS, others=[other])["textbook"]
    for others in ([], [VAE, OURS]):
        assert "choose" not in said(compute, OURS, others=others)["textbook"]
    assert "The scoreboard compares the two" in said(compute, OURS)["textbook"]


@pytest.mark.parametrize("far", [0.5, 4.2, 30])  # codes that drop modes wander beyond 4
def test_the_distance_of_the_codes_stays_in_its_chart(compute, far):
    found = compute(
        "adversary/play parts/chart",
        """const area = { left: 0, right: 100, top: 10, bottom: 90 }, lines = [{ points: [[0, far], [10, 0.1]] }];
        const { y } = axesOf({ lines, ...CHARTS.spread }, area);
        return [y(0), y(far)];""",
        far=far,
    )  # fmt: skip
    assert 10 <= found[1] < found[0] <= 90
