"""`python train.py --evaluate`: measures existing bundles again with the present code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.files import shown_path
from explorer.training import batch, job
from explorer.training.failures import FAILED, INTERRUPTED, Failed, unexpected
from explorer.training.saving import write
from explorer.training.terminal import print_table, table_row, warn


def measure_all(options: argparse.Namespace) -> int:
    """Measures bundles again and writes the results. Bundles that lack a UMAP get one. Returns the exit code."""
    from explorer.data import datasets
    from explorer.store import bundle
    from explorer.training import devices
    from explorer.training.diverged import TrainingDiverged

    out = options.out or job.ROOT / "pretrained"
    named = options.recipe and "all" not in options.recipe
    paths = [path for path in bundle.find_bundles(out) if not named or path.name in options.recipe]
    if not paths:
        raise Failed(f"There is no bundle to measure in {out}. Run `python train.py` to make some.")
    try:
        job.set_threads(options.threads)
        device = devices.choose_device(options.device, warn)
    except ValueError as error:
        raise Failed(str(error)) from error
    rows: list[dict] = []
    failed, known = 0, job.reader(options.data_dir)
    for path in paths:
        print(f"{path.name} ...", flush=True)
        try:
            rows.append(measure_again(path, known, device, options))
        except KeyboardInterrupt:
            print_table(rows)
            done = "measured" if options.dry_run else "measured and written"
            kept = ", ".join(row["bundle"] for row in rows) or "none"
            print(f"\nInterrupted. Bundles {done}: {kept}; the others are as they were.", file=sys.stderr)
            return INTERRUPTED
        except Exception as error:
            failed += 1
            expected = (ValueError, datasets.DatasetError, bundle.BundleError, TrainingDiverged)
            warn(f"{path.name}: {error if isinstance(error, expected) else unexpected(error, 'measuring')}")
    print_table(rows)
    return FAILED if failed else 0


def measure_again(path: Path, known, device, options: argparse.Namespace) -> dict[str, str]:
    """Measures one bundle and writes the result. Returns its row of the table. known: see `job.reader`."""
    from explorer.data import folder
    from explorer.store import bundle
    from explorer.training import evaluation

    opened = bundle.load_bundle(path)
    config, samples = opened.config, 0 if options.dry_run else job.importance_samples(opened.config)
    read = job.reader(options.data_dir, folder.reopen(config)) if config.pictures else known
    train, test = read(config.training.dataset, "train"), read(config.training.dataset, "test")
    model = opened.model()
    evaluated = evaluation.evaluate(model, test, device, train=train, importance_samples=samples)
    cost = {name: opened.metrics[name] for name in ("seconds", "device", "resumed_after") if name in opened.metrics}
    if options.dry_run:
        return table_row(config, evaluated.metrics | cost, batch.NOT_WRITTEN)
    umap, recording = opened.codes.umap, opened.recording
    write(path, model, config, evaluated, cost, opened.history, test.labels, umap, recording, opened.changes)
    return table_row(config, evaluated.metrics | cost, shown_path(path))
