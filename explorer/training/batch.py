"""Trains the models of a command line, one after the other, from scratch or a checkpoint. Writes their bundles."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from explorer.config import Config
from explorer.files import shown_path
from explorer.reasons import reason
from explorer.training import job
from explorer.training.distributed import Lost, Processes, is_first, is_shared, join
from explorer.training.failures import INTERRUPTED, Failed, unexpected
from explorer.training.saving import measure, write
from explorer.training.terminal import print_table, show_progress, table_row, warn

GOES_ON = "The same command with --resume goes on from the last checkpoint."
NOT_WRITTEN = "(dry run: nothing written)"  # in the table, in place of a bundle's folder


def run(options: argparse.Namespace) -> int:
    from explorer.data import datasets
    from explorer.store import bundle
    from explorer.training.checkpoint import CheckpointError
    from explorer.training.diverged import TrainingDiverged

    started = datetime.now()
    rows: list[dict] = []
    processes = join()
    try:
        found, configs, device = processes.together(lambda: job.prepare(options))
        processes.agree(lambda: job.facts(options, found, configs, device))
        processes = processes.on(device)
        print(f"Device: {job.describe(device, processes)}")
        read = job.reader(options.data_dir, found)
        for config in configs:  # before the first epoch: missing files are reported, or downloaded by one process
            processes.in_turn(lambda dataset=config.training.dataset: (read(dataset, "train"), read(dataset, "test")))
        names = dict.fromkeys(config.training.dataset for config in configs)
        processes.agree(lambda: {f"images of {name}": job.digest(*read(name, "train")) for name in names})
    except (ValueError, datasets.DatasetError) as error:
        raise Failed(str(error), is_shared(error)) from error
    for config in configs:
        target = job.ROOT / "runs"
        try:
            target = processes.from_first(lambda config=config: job.destination(config, options, started))
            rows.append(train_one(config, target, read, device, processes, options))
        except KeyboardInterrupt:
            print_table(rows)
            kept = ", ".join(row["bundle"] for row in rows) or "none"
            print(
                f"\nInterrupted while training {config.name}: it was not written, and {target} is as it was. Bundles "
                f"kept: {kept}. {GOES_ON}",
                file=sys.stderr,
            )
            return INTERRUPTED
        except Lost:
            print_table(rows)
            raise
        except Exception as error:
            print_table(rows)
            has_diverged = isinstance(error, TrainingDiverged)  # all processes raise it at the same step
            if has_diverged:
                processes.leave()
            expected = has_diverged or isinstance(error, (bundle.BundleError, CheckpointError))
            kept = not has_diverged and not isinstance(error, CheckpointError) and checkpoint_of(config).exists()
            sentence = str(error) if expected else f"{unexpected(error, 'the training')} Nothing was written."
            sentence = f"{config.name}: {sentence}{f' {GOES_ON}' if kept else ''}"
            raise Failed(sentence, has_diverged or is_shared(error)) from error
        finally:
            if is_first() and options.out is None:
                with contextlib.suppress(OSError):
                    target.rmdir()  # succeeds only if the folder is empty, because nothing was written
    processes.leave()
    print_table(rows)
    return 0


def train_one(
    config: Config, target: Path, read, device, processes: Processes, options: argparse.Namespace
) -> dict[str, str]:
    """Trains, measures and writes one model. Returns its row of the table.

    read(dataset, split) returns a Split. Of several processes only the first reads checkpoints and bundles, records the
    training, and writes.
    """
    from explorer.training import fit as training
    from explorer.training.checkpoint import load_checkpoint, remove_checkpoint
    from explorer.training.recording import Recorder

    file = checkpoint_of(config)
    saved = processes.from_first(lambda: load_checkpoint(file)) if options.resume else None
    if saved and options.out is None:
        target = job.ROOT / saved.target  # the name of a killed run's folder in runs/ contains its start time
    elif (
        options.resume
        and not saved
        and (finished := processes.from_first(lambda: find_finished(target, config, options)))
    ):
        print(f"\n{config.name}: {shown_path(finished.path)} is of this very configuration; kept")
        return table_row(config, finished.metrics, shown_path(finished.path))
    dataset = config.training.dataset
    train, test = read(dataset, "train"), read(dataset, "test")
    after = f", going on after epoch {saved.checkpoint.epoch}" if saved else ""
    print(
        f"\n{config.name}: {config.training.epochs} epochs on {len(train.images):,} images, seed "
        f"{config.training.seed}{after}"
    )
    resume = saved.checkpoint if saved else None
    if resume and not training.goes_on_exactly(resume, device):
        warn("The checkpoint is of another kind of device: from here on, other random numbers are drawn.")
    recorder = (
        Recorder(config, test, device, saved.recorded if saved else None)
        if config.model.latent_dim == 2 and is_first()
        else None
    )
    keep = None if options.dry_run or not is_first() else Checkpoints(file, target, options.checkpoint_every, recorder)
    begun = time.perf_counter()
    reports = training.fit(
        config, train.images, device, labels=train.labels, resume=resume, processes=processes, say=warn
    )
    last = show_progress(reports, config, options.dry_run, recorder, keep)
    seconds = time.perf_counter() - begun

    def finish() -> dict[str, str]:
        samples = 0 if options.dry_run else job.importance_samples(config)
        evaluated, cost = measure(
            last.model, config, train, test, device, seconds, resume.epoch if resume else None, samples
        )
        cost["device"] = job.describe(device, processes, config.training.precision)
        if options.dry_run:
            return table_row(config, evaluated.metrics | cost, NOT_WRITTEN)
        write(
            target,
            last.model,
            config,
            evaluated,
            cost,
            last.history,
            test.labels,
            recording=recorder and recorder.arrays(),
        )
        try:
            remove_checkpoint(file)
        except OSError as error:  # Windows removes no file that another program has open
            warn(
                f"{config.name}: the bundle is written. Its checkpoint {file} cannot be removed ({error.strerror}): "
                "remove it."
            )
        return table_row(config, evaluated.metrics | cost, shown_path(target))

    return processes.from_first(finish)


def checkpoint_of(config: Config) -> Path:
    from explorer.training.checkpoint import checkpoint_file

    return checkpoint_file(job.ROOT / "runs" / "checkpoints", config)


def find_finished(target: Path, config: Config, options: argparse.Namespace):
    """A complete bundle of exactly this configuration: at `target`, or the newest in runs/. None if there is none."""
    from explorer.store import bundle

    landed = sorted((job.ROOT / "runs").glob(f"{config.name}-*"), reverse=True) if options.out is None else []
    for path in [target, *landed]:
        try:
            found = bundle.load_bundle(path)
        except bundle.BundleError:
            continue
        if found.config == config:
            return found
    return None


class Checkpoints:
    """Writes checkpoints at the ends of epochs, at least `every` seconds apart."""

    def __init__(self, file: Path, target: Path, every: float, recorder=None) -> None:
        absolute = Path(os.path.abspath(target))
        # relative to the project's folder, which may be moved
        self.target = absolute.relative_to(job.ROOT) if absolute.is_relative_to(job.ROOT) else absolute
        self.file, self.every, self.recorder = file, every, recorder
        self.written = time.monotonic()

    def offer(self, report) -> None:
        from explorer.training.checkpoint import save_checkpoint

        if report.checkpoint is None or time.monotonic() - self.written < self.every:
            return
        try:
            checkpoint = report.checkpoint()
        except RuntimeError as error:  # not every device returns the state of its random generator
            warn(f"No checkpoint can be made on this device ({reason(error)}): the training goes on without.")
            self.every = math.inf
            return
        save_checkpoint(self.file, checkpoint, self.target, self.recorder.tensors() if self.recorder else {})
        self.written = time.monotonic()
