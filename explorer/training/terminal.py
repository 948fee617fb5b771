"""The output of the command line: a progress bar or a line per epoch, sentences, and the table at the end."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.config import Config

if TYPE_CHECKING:
    from explorer.training.batch import Checkpoints


def warn(sentence: str) -> None:
    print(sentence, file=sys.stderr)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    with (
        open(os.devnull, "w", encoding="utf-8", errors="replace") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        yield


def read_folder(path: Path, side: int | None):
    """Reads a folder of pictures, with a progress bar in a terminal, and prints its content and problems.

    side: see `folder.read`. Returns its result. Raises DatasetError.
    """
    from tqdm import tqdm

    from explorer.data import folder

    with tqdm(unit="file", dynamic_ncols=True, disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        found = folder.read(path, side, progress)
    kind, classes = ("grey", "colour")[found.channels == 3], len(found.pictures.class_names)
    print(
        f"{path}: {len(found.train.images) + len(found.test.images):,} pictures in {classes} "
        f"class{'' if classes == 1 else 'es'}, {kind}, {found.side} x {found.side}"
    )
    for sentence in folder.problems(found):
        print(sentence, file=sys.stderr)
    return found


def show_progress(reports, config: Config, dry_run: bool, recorder=None, keep: Checkpoints | None = None):
    """Shows the progress of a training: a bar in a terminal, otherwise a line per epoch. Returns the last report.

    recorder: a Recorder, which receives each report; keep: receives each report at an epoch's end.
    """
    from tqdm import tqdm

    terminal = sys.stderr.isatty()
    first = report = next(reports)
    before = (first.epoch - 1) * first.steps + first.step - 1
    with tqdm(
        total=config.training.epochs * first.steps,
        initial=before,
        disable=not terminal,
        unit="step",
        dynamic_ncols=True,
    ) as bar:
        for report in itertools.chain([first], reports):
            bar.update()
            bar.set_description(f"epoch {report.epoch}/{config.training.epochs}", refresh=False)
            if recorder is not None:
                recorder.see(report)
            if report.terms is not None:
                terms = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in report.terms.items())
                bar.set_postfix_str(terms, refresh=False)
                if not terminal:
                    print(f"epoch {report.epoch}/{config.training.epochs}: {terms}", flush=True)
                if keep is not None:
                    keep.offer(report)
            if dry_run:
                break
    return report


def table_row(config: Config, metrics: dict, bundle_path: str) -> dict[str, str]:
    def number(name: str, digits: int) -> str:
        return f"{metrics[name]:.{digits}f}" if name in metrics else "-"

    return {
        "model": config.name,
        "epochs": str(config.training.epochs),
        "seconds": number("seconds", 1),
        "BCE": number("reconstruction", 2),
        "KL": number("kl", 2),
        "-ELBO": number("negative_elbo", 2),
        "-log p(x) <=": number("negative_log_likelihood", 2),
        "std of codes": " ".join(f"{std:.3f}" for std in metrics["code_std"][:4]),
        "coverage (null)": f"{metrics['coverage']:.3f} ({metrics['coverage_null'][0]:.3f})",
        "SW2^2 (null)": f"{metrics['sliced_w2_squared']:.4f} ({metrics['sliced_w2_squared_null'][0]:.4f})",
        "kNN-KL (null)": f"{metrics['knn_kl']:.3f} ({metrics['knn_kl_null'][0]:.3f})" if "knn_kl" in metrics else "-",
        "label accuracy": number("label_accuracy", 3),
        "bundle": bundle_path,
    }


def print_table(rows: list[dict[str, str]]) -> None:
    if not rows:
        return
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in rows[0]}
    print("\nMeasured on the test set, in nats per image; BCE at the mean or code, -ELBO at sampled z.")
    for row in [{name: name for name in widths}, *rows]:
        print("  ".join(row[name].ljust(width) for name, width in widths.items()).rstrip())
