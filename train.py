"""Train the models that the explorer shows.

    python train.py                                trains the VAE, then the AAE, on MNIST, and refreshes pretrained/
    python train.py --dataset digits               the same on scikit-learn's digits, without a download
    python train.py --model aae --epochs 5         anything shorter or changed goes to runs/
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

from explorer.config import DATASETS, KINDS, Config, recipe

HERE = Path(__file__).resolve().parent
INTERRUPTED, FAILED = 130, 2


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, epilog="Ctrl-C ends cleanly; a bundle is written whole or not at all."
    )
    parser.add_argument("--model", nargs="+", choices=KINDS, default=["vae", "aae"], help="what to train, in this order (default: vae aae)")
    parser.add_argument("--dataset", choices=DATASETS, default="mnist", help="default: mnist; downloaded on first use, digits needs no download")
    parser.add_argument("--epochs", type=int, help="passes over the training set (default: the recipe's)")
    parser.add_argument("--batch-size", type=int, help="images a step (default: the recipe's)")
    parser.add_argument("--lr", type=float, help="peak learning rate of encoder and decoder (default: the recipe's)")
    parser.add_argument("--latent-dim", type=int, help="dimensions of the latent space (default: 2)")
    parser.add_argument("--seed", type=int, help="same seed, same machine: same numbers (default: 0)")
    parser.add_argument("--device", default="auto", help="auto (CUDA when available, else another accelerator, else the CPU), cpu, cuda, cuda:1, mps ...")
    parser.add_argument("--data-dir", type=Path, default=HERE / "data", help="where the datasets are, or are downloaded to (default: data/)")
    parser.add_argument("--out", type=Path, help="folder to put the bundles in (default: pretrained/ for full recipes, else runs/)")
    parser.add_argument("--dry-run", action="store_true", help="one batch through everything; nothing is written")
    return parser.parse_args(arguments)


def configure(kind: str, options: argparse.Namespace) -> Config:
    """The recipe with the command line's changes. Raises ValueError."""
    full = recipe(options.dataset, kind)
    model = {"latent_dim": options.latent_dim}
    training = {"epochs": options.epochs, "batch_size": options.batch_size, "lr": options.lr, "seed": options.seed}
    return Config(
        dataclasses.replace(full.model, **{name: value for name, value in model.items() if value is not None}),
        dataclasses.replace(full.training, **{name: value for name, value in training.items() if value is not None}),
    )


def destination(config: Config, options: argparse.Namespace, started: datetime) -> Path:
    """Full recipes refresh pretrained/; anything else must not replace a good model."""
    if options.out is not None:
        return options.out / config.name
    if config == recipe(config.training.dataset, config.model.kind):
        return HERE / "pretrained" / config.name
    return HERE / "runs" / f"{config.name}-{started:%Y%m%d-%H%M%S}"


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    try:
        return run(options)
    except KeyboardInterrupt:
        print("\nInterrupted before anything was trained; nothing was written.", file=sys.stderr)
        return INTERRUPTED


def run(options: argparse.Namespace) -> int:
    from explorer import bundle, datasets, training

    started = datetime.now()
    try:
        configs = [configure(kind, options) for kind in dict.fromkeys(options.model)]
        device = training.choose_device(options.device)
        print(f"Device: {training.describe_device(device)}")
        train_set, test_set = (datasets.load(options.dataset, split, options.data_dir, download=True) for split in ("train", "test"))
    except (ValueError, datasets.DatasetError) as error:
        print(error, file=sys.stderr)
        return FAILED

    rows: list[dict] = []
    for config in configs:
        target = destination(config, options, started)
        begun = time.perf_counter()
        try:
            print(f"\n{config.name}: {config.training.epochs} epochs on {len(train_set.images):,} images, seed {config.training.seed}")
            model, history = show_progress(training.fit(config, train_set.images, device), config, options.dry_run)
            seconds = time.perf_counter() - begun
            evaluated = training.evaluate(training.round_to_half(model), test_set.images, device)
            evaluated.metrics.update(seconds=round(seconds, 1), device=training.describe_device(device))
            if not options.dry_run:
                codes = bundle.Codes(evaluated.mean, evaluated.log_var, test_set.labels)
                bundle.save_bundle(target, model, config, evaluated.metrics, history, codes)
        except KeyboardInterrupt:
            print_table(rows)
            kept = ", ".join(row["bundle"] for row in rows) or "none"
            print(f"\nInterrupted while training {config.name}: it was not written, and {target} is as it was. Bundles kept: {kept}.", file=sys.stderr)
            return INTERRUPTED
        except (training.TrainingDiverged, bundle.BundleError) as error:
            print_table(rows)
            print(f"{config.name}: {error}", file=sys.stderr)
            return FAILED
        rows.append(table_row(config, evaluated.metrics, "(dry run: nothing written)" if options.dry_run else shown_path(target)))
    print_table(rows)
    return 0


def show_progress(reports, config: Config, dry_run: bool):
    """Draws a bar for the whole training in a terminal, a line an epoch elsewhere. Returns model and history."""
    from tqdm import tqdm

    history: list[dict] = []
    terminal = sys.stderr.isatty()
    first = next(reports)
    with tqdm(total=config.training.epochs * first.steps, disable=not terminal, unit="step", dynamic_ncols=True) as bar:
        for report in itertools.chain([first], reports):
            bar.update()
            bar.set_description(f"epoch {report.epoch}/{config.training.epochs}", refresh=False)
            if report.terms is not None:
                history.append({"epoch": report.epoch, **report.terms})
                terms = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in report.terms.items())
                bar.set_postfix_str(terms, refresh=False)
                if not terminal:
                    print(f"epoch {report.epoch}/{config.training.epochs}: {terms}", flush=True)
            if dry_run:
                break
    return report.model, history


def table_row(config: Config, metrics: dict, bundle_path: str) -> dict[str, str]:
    def number(name: str, digits: int) -> str:
        return f"{metrics[name]:.{digits}f}" if name in metrics else "-"

    return {
        "model": config.model.kind.upper(),
        "dataset": config.training.dataset,
        "epochs": str(config.training.epochs),
        "seconds": number("seconds", 1),
        "BCE": number("reconstruction", 2),
        "KL": number("kl", 2),
        "-ELBO": number("negative_elbo", 2),
        "std of codes": " ".join(f"{std:.3f}" for std in metrics["code_std"][:4]),
        "coverage (null)": f"{metrics['coverage']:.3f} ({metrics['coverage_null'][0]:.3f})",
        "SW2^2 (null)": f"{metrics['sliced_w2_squared']:.4f} ({metrics['sliced_w2_squared_null'][0]:.4f})",
        "bundle": bundle_path,
    }


def print_table(rows: list[dict[str, str]]) -> None:
    if not rows:
        return
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    print("\nMeasured on the test set, in nats per image; BCE at the mean or code, -ELBO at sampled z.")
    for row in [{name: name for name in widths}, *rows]:
        print("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip())


def shown_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a job scheduler: as cleanly as by Ctrl-C
    sys.exit(main())
