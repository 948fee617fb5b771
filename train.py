"""Train the models that the explorer shows.

python train.py                                trains the VAE, then the AAE, on MNIST, and refreshes pretrained/
python train.py --dataset digits               the same on scikit-learn's digits, without a download
python train.py --recipe mnist-aae-swiss-roll  trains one of the named recipes; --recipe all: every model that ships
python train.py --model aae --epochs 5         anything shorter or changed goes to runs/
python train.py --dataset folder --data-dir D  the same on the pictures in a folder; its sub-folders are the classes
python train.py --resume ...                   goes on where the same command was killed
torchrun --nproc-per-node=2 train.py ...       the same in two processes, each with its share of every batch
python train.py --evaluate                     measures the models in pretrained/ again
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import hashlib
import itertools
import json
import math
import os
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

import explorer
from explorer.config import (
    DATASETS,
    FOLDER,
    KINDS,
    RECIPES,
    ZOO,
    Config,
    folder_recipe,
    recipe,
    with_prior,
)
from explorer.cores import cores
from explorer.files import escape_what_cannot_be_shown, shown_path
from explorer.reasons import SHORT_OF_MEMORY, reason
from explorer.settings import SETTINGS, Setting
from explorer.siblings import SIBLINGS
from explorer.training.distributed import Lost, Processes, is_first, is_shared, join, leads_its_machine, own_device
from explorer.training.saving import IMPORTANCE_SAMPLES, fresh_folder, measure, write
from explorer.ui.texts import sibling_word, texts_of

HERE = Path(__file__).resolve().parent
INTERRUPTED, FAILED = 130, 2
CHECKPOINT_SECONDS, MOST_THREADS = 10, 1024
GOES_ON = "The same command with --resume goes on from the last checkpoint."
NOT_WRITTEN = "(dry run: nothing written)"  # in place of a bundle's folder
TRACEBACK = "EXPLORER_TRACEBACK"  # the environment's variable that shows where an error that nobody expected came from
MEASURING = ("evaluate", "recipe", "device", "threads", "data_dir", "out", "dry_run")  # options of --evaluate
OWN = ("data_dir", "out", "threads", "device", "checkpoint_every")  # options that each process may have its own of


class Failed(Exception):
    """Ends the program with this sentence. is_shared: all processes of the training end so."""

    def __init__(self, sentence: str, is_shared: bool = False) -> None:
        super().__init__(sentence)
        self.is_shared = is_shared


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"Recipes: {', '.join(RECIPES)}. Ctrl-C ends cleanly; a bundle is written whole or not at all.",
    )
    parser.add_argument(
        "--recipe",
        nargs="+",
        choices=[*RECIPES, "all"],
        metavar="NAME",
        help="named recipes, or all that ship (the list is below)",
    )
    parser.add_argument("--model", nargs="+", choices=KINDS, help="what to train, in this order (default: vae aae)")
    parser.add_argument(
        "--dataset",
        choices=(*DATASETS, FOLDER),
        help="default: mnist; downloaded on first use, digits needs no download; folder: the pictures in --data-dir",
    )
    for setting in SETTINGS.values():
        how = {"choices": setting.choices} if setting.choices else {"type": int if setting.is_whole else float}
        if setting.is_list:
            how |= {"nargs": "+", "metavar": "WIDTH"}
        parser.add_argument(setting.option, help=help_of(setting), **how)
    parser.add_argument(
        "--device",
        default="auto",
        help="auto (CUDA when available, else another accelerator, else the CPU), cpu, cuda, cuda:1, mps ...",
    )
    parser.add_argument(
        "--threads",
        type=int,
        help="the CPU's threads; the same numbers need as many (default: torch's choice; torchrun's is one a process)",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        help="where the datasets are, or are downloaded to (default: data/); with --dataset folder, the folder of pictures",
    )
    parser.add_argument(
        "--side",
        type=int,
        help="--dataset folder: the pictures' middle squares are resized to so many pixels, a multiple of 4 from 16 to 64 (default: by their size)",
    )
    parser.add_argument(
        "--out", type=Path, help="folder to put the bundles in (default: pretrained/ for full recipes, else runs/)"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on where this very command was killed; models that it finished are kept",
    )
    parser.add_argument(
        "--checkpoint-every",
        type=float,
        default=CHECKPOINT_SECONDS,
        metavar="SECONDS",
        help="at least so long between checkpoints; 0: at each epoch's end; default: 10",
    )
    parser.add_argument(
        "--evaluate",
        action="store_true",
        help="train nothing: measure the bundles in pretrained/ (or --out) again, and write their figures",
    )
    dry_help = "one batch through everything; with --evaluate, measure only; nothing is written"
    parser.add_argument("--dry-run", action="store_true", help=dry_help)
    options = parser.parse_args(arguments)
    if options.recipe and (options.model or options.dataset):
        parser.error("--recipe names model and dataset: leave out --model and --dataset")
    if options.evaluate:
        given = [name for name, value in vars(options).items() if value != parser.get_default(name)]
        if idle := [f"--{name.replace('_', '-')}" for name in given if name not in MEASURING]:
            parser.error(f"--evaluate measures bundles as they are: leave out {', '.join(idle)}")
    if options.dataset == FOLDER and options.data_dir is None:
        parser.error("--dataset folder needs --data-dir: the folder of pictures")
    if options.side is not None and options.dataset != FOLDER:
        parser.error("--side is for --dataset folder: other datasets' pictures stay as they are")
    options.data_dir = options.data_dir or HERE / "data"
    return options


def help_of(setting: Setting) -> str:
    """The line of --help: which siblings have the setting, what it means, and its default."""
    words = texts_of("settings")
    titles = [sibling_word(SIBLINGS[kind].title) for kind in setting.only_for]
    kinds = f"{', '.join(titles)}: " if titles else ""
    meaning = words.MEANINGS[setting.name]
    return words.ON_COMMAND_LINE.format(kinds=kinds, meaning=f"{meaning[0].lower()}{meaning[1:]}")


def configure(options: argparse.Namespace, found=None) -> list[Config]:
    """The recipes with the command line's changes. found: the folder's pictures, where those are the dataset. Raises ValueError."""
    if found is not None:
        full = [
            folder_recipe(found.pictures, kind, found.side, found.channels, len(found.train.images))
            for kind in options.model or ("vae", "aae")
        ]
    elif options.recipe:
        names = itertools.chain.from_iterable(ZOO if name == "all" else [name] for name in options.recipe)
        full = [RECIPES[name] for name in names]
    else:
        full = [recipe(options.dataset or "mnist", kind) for kind in options.model or ("vae", "aae")]
    if options.latent_dim == 1:
        raise ValueError("--latent-dim must be at least 2: the explorer draws no codes of one dimension")
    given = {
        name: getattr(options, name) for name in SETTINGS if name != "prior" and getattr(options, name) is not None
    }
    if "hidden" in given:
        given["hidden"] = tuple(given["hidden"])
    model = {name: value for name, value in given.items() if hasattr(full[0].model, name)}
    training = {name: value for name, value in given.items() if name not in model}
    changed = [
        dataclasses.replace(
            config,
            model=dataclasses.replace(config.model, **model),
            training=dataclasses.replace(config.training, **training),
        )
        for config in full
    ]
    return list(
        dict.fromkeys(changed if options.prior is None else [with_prior(config, options.prior) for config in changed])
    )


def destination(config: Config, options: argparse.Namespace, started: datetime) -> Path:
    """Full recipes refresh pretrained/; anything else must not replace a good model. Raises BundleError for a place that cannot be written."""
    from explorer.store.bundle import check_place

    if options.out is None and config != RECIPES.get(config.name):
        return HERE / "runs" / config.name if options.dry_run else fresh_folder(HERE / "runs", config.name, started)
    target = (options.out or HERE / "pretrained") / config.name
    if not options.dry_run:
        check_place(target)
    return target


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code.

    Of several processes the first speaks for all, and the first one of each other machine says why all end. The others
    of a machine return 0: torchrun would end the one that speaks as soon as another one failed.
    """
    escape_what_cannot_be_shown()  # a name that cannot be shown is trained on
    try:
        with contextlib.nullcontext() if leads_its_machine() else silence():
            options = parse(arguments)
        with contextlib.nullcontext() if is_first() else silence():
            return obey(options)
    except SystemExit:
        if leads_its_machine():
            raise
        return 0
    except (Lost, Failed) as error:
        if isinstance(error, Failed) and error.is_shared and not leads_its_machine():
            return 0
        if not is_first() or isinstance(error, Lost):
            for number in (signal.SIGINT, signal.SIGTERM):  # torchrun is about to end this one too
                signal.signal(number, signal.SIG_IGN)
        print(error, file=sys.stderr)
        return FAILED


@contextlib.contextmanager
def silence():
    with open(os.devnull, "w", encoding="utf-8", errors="replace") as nothing:
        with contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
            yield


def obey(options: argparse.Namespace) -> int:
    try:
        if options.evaluate:
            return evaluate(options) if is_first() else 0
        return run(options)
    except KeyboardInterrupt:
        print("\nInterrupted before anything was done; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    except (Lost, Failed):
        raise
    except Exception as error:
        raise Failed(unexpected(error, "The command"), is_shared(error)) from error


def unexpected(error: Exception, what: str) -> str:
    """A sentence on an error of torch, of another library or of this program. what: what failed."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error, file=sys.__stderr__)
    why = reason(error)
    if why == SHORT_OF_MEMORY:
        return f"{what} failed: there is not enough memory. A smaller batch or model needs less."
    return f"{what} failed ({why}). With {TRACEBACK}=1 in the environment, the same command shows where."


def run(options: argparse.Namespace) -> int:
    from explorer.data import datasets
    from explorer.store import bundle
    from explorer.training.checkpoint import CheckpointError
    from explorer.training.diverged import TrainingDiverged

    started = datetime.now()
    rows: list[dict] = []
    processes = join()
    try:
        found, configs, device = processes.together(lambda: prepare(options))
        processes.agree(lambda: facts(options, found, configs, device))
        processes = processes.on(device)
        print(f"Device: {describe(device, processes)}")
        read = reader(options.data_dir, found)
        for config in configs:  # what is missing shows before the first epoch, and is downloaded once
            processes.in_turn(lambda dataset=config.training.dataset: (read(dataset, "train"), read(dataset, "test")))
        names = dict.fromkeys(config.training.dataset for config in configs)
        processes.agree(lambda: {f"images of {name}": digest(*read(name, "train")) for name in names})
    except (ValueError, datasets.DatasetError) as error:
        raise Failed(str(error), is_shared(error)) from error
    for config in configs:
        target = HERE / "runs"
        try:
            target = processes.from_first(lambda config=config: destination(config, options, started))
            rows.append(train_one(config, target, read, device, processes, options))
        except KeyboardInterrupt:
            print_table(rows)
            kept = ", ".join(row["bundle"] for row in rows) or "none"
            print(
                f"\nInterrupted while training {config.name}: it was not written, and {target} is as it was. Bundles kept: {kept}. {GOES_ON}",
                file=sys.stderr,
            )
            return INTERRUPTED
        except Lost:
            print_table(rows)
            raise
        except Exception as error:
            print_table(rows)
            has_diverged = isinstance(error, TrainingDiverged)  # all know at the same step
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
                    target.rmdir()  # where nothing was written
    processes.leave()
    print_table(rows)
    return 0


def prepare(options: argparse.Namespace):
    """The folder of pictures, where one is asked for, the configurations, and the device.

    Raises ValueError and DatasetError.
    """
    from explorer.training import devices

    found = read_folder(options.data_dir, options.side) if options.dataset == FOLDER else None
    configs = configure(options, found)
    set_threads(options.threads)
    return found, configs, devices.choose_device(options.device, warn, own_device)


def warn(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def facts(options: argparse.Namespace, found, configs: list[Config], device) -> dict[str, str]:
    """What must be the same in all processes of a training, in the order in which a difference is named."""
    import torch

    sources = [Path(__file__), *sorted(Path(explorer.__file__).parent.rglob("*.py"))]
    asked = {f"--{name.replace('_', '-')}": str(value) for name, value in vars(options).items() if name not in OWN}
    plain = [config.to_dict() | {"pictures": None} for config in configs]  # a folder may lie elsewhere on each machine
    return {
        "version of this program": digest(*(file.read_bytes().replace(b"\r\n", b"\n") for file in sources)),
        "version of torch": torch.__version__.partition("+")[0],
        "kind of device": device.type,
        **asked,
        "pictures": found.pictures.digest if found else "none",
        "configuration": digest(json.dumps(plain).encode()),
    }


def digest(*parts) -> str:
    """Of bytes or arrays."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:8]


def reader(data_dir: Path, found=None):
    """read(dataset, split): opens each split once; of a folder of pictures what was found."""
    from explorer.data import datasets

    return functools.cache(
        lambda dataset, split: (
            getattr(found, split) if dataset == FOLDER else datasets.load(dataset, split, data_dir, download=True)
        )
    )


def read_folder(path: Path, side: int | None):
    """A folder of pictures, with a bar in a terminal; says what was found, and what was skipped. Raises DatasetError."""
    from tqdm import tqdm

    from explorer.data import folder

    with tqdm(unit="file", dynamic_ncols=True, disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        found = folder.read(path, side, progress)
    kind, classes = ("grey", "colour")[found.channels == 3], len(found.pictures.class_names)
    print(
        f"{path}: {len(found.train.images) + len(found.test.images):,} pictures in {classes} class{'' if classes == 1 else 'es'}, {kind}, {found.side} x {found.side}"
    )
    for sentence in folder.problems(found):
        print(sentence, file=sys.stderr)
    return found


def train_one(
    config: Config, target: Path, read, device, processes: Processes, options: argparse.Namespace
) -> dict[str, str]:
    """Trains, measures and writes one model. Returns its row of the table. Of several processes only the first reads what was there, looks on and writes."""
    from explorer.training import fit as training
    from explorer.training.checkpoint import load_checkpoint, remove_checkpoint
    from explorer.training.recording import Recorder

    file = checkpoint_of(config)
    saved = processes.from_first(lambda: load_checkpoint(file)) if options.resume else None
    if saved and options.out is None:
        target = HERE / saved.target  # a killed run's folder in runs/ names the time at which it was started
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
        f"\n{config.name}: {config.training.epochs} epochs on {len(train.images):,} images, seed {config.training.seed}{after}"
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
    reports = training.fit(config, train.images, device, labels=train.labels, resume=resume, processes=processes)
    last = show_progress(reports, config, options.dry_run, recorder, keep)
    seconds = time.perf_counter() - begun

    def finish() -> dict[str, str]:
        samples = 0 if options.dry_run else importance_samples(config)
        evaluated, cost = measure(
            last.model, config, train, test, device, seconds, resume.epoch if resume else None, samples
        )
        cost["device"] = describe(device, processes, config.training.precision)
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
                f"{config.name}: the bundle is written. Its checkpoint {file} cannot be removed ({error.strerror}): remove it."
            )
        return table_row(config, evaluated.metrics | cost, shown_path(target))

    return processes.from_first(finish)


def describe(device, processes: Processes, precision: str = "float32") -> str:
    """`cpu (2 threads)`, `2 x cpu (1 threads, bfloat16)`."""
    from explorer.training import devices

    return (f"{processes.size} x " if processes.size > 1 else "") + devices.describe_device(device, precision)


def checkpoint_of(config: Config) -> Path:
    from explorer.training.checkpoint import checkpoint_file

    return checkpoint_file(HERE / "runs" / "checkpoints", config)


def importance_samples(config: Config) -> int:
    """Draws of z an image in a VAE's bound: of convolutions, which take ten times as long, a tenth."""
    return IMPORTANCE_SAMPLES if config.model.network == "mlp" else max(1, IMPORTANCE_SAMPLES // 10)


def find_finished(target: Path, config: Config, options: argparse.Namespace):
    """A whole bundle of this very configuration: at `target`, or the latest that landed in runs/."""
    from explorer.store import bundle

    landed = sorted((HERE / "runs").glob(f"{config.name}-*"), reverse=True) if options.out is None else []
    for path in [target, *landed]:
        try:
            found = bundle.load_bundle(path)
        except bundle.BundleError:
            continue
        if found.config == config:
            return found
    return None


def evaluate(options: argparse.Namespace) -> int:
    """Measures bundles again, and writes their figures (and the maps of those that have none)."""
    from explorer.data import datasets
    from explorer.store import bundle
    from explorer.training import devices
    from explorer.training.diverged import TrainingDiverged

    out = options.out or HERE / "pretrained"
    named = options.recipe and "all" not in options.recipe
    paths = [path for path in bundle.find_bundles(out) if not named or path.name in options.recipe]
    if not paths:
        raise Failed(f"There is no bundle to measure in {out}. Run `python train.py` to make some.")
    try:
        set_threads(options.threads)
        device = devices.choose_device(options.device, warn)
    except ValueError as error:
        raise Failed(str(error)) from error
    rows: list[dict] = []
    failed, known = 0, reader(options.data_dir)
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
    """Measures one bundle, and writes its figures. Returns its row of the table."""
    from explorer.data import folder
    from explorer.store import bundle
    from explorer.training import evaluation

    opened = bundle.load_bundle(path)
    config, samples = opened.config, 0 if options.dry_run else importance_samples(opened.config)
    read = reader(options.data_dir, folder.reopen(config)) if config.pictures else known
    train, test = read(config.training.dataset, "train"), read(config.training.dataset, "test")
    model = opened.model()
    evaluated = evaluation.evaluate(model, test, device, train=train, importance_samples=samples)
    cost = {name: opened.metrics[name] for name in ("seconds", "device", "resumed_after") if name in opened.metrics}
    if options.dry_run:
        return table_row(config, evaluated.metrics | cost, NOT_WRITTEN)
    umap, recording = opened.codes.umap, opened.recording
    write(path, model, config, evaluated, cost, opened.history, test.labels, umap, recording)
    return table_row(config, evaluated.metrics | cost, shown_path(path))


def set_threads(count: int | None) -> None:
    """As many threads as asked for, else torch's choice, but no more than the cores that a container leaves."""
    import torch

    if count is not None and not 1 <= count <= MOST_THREADS:
        raise ValueError(f"--threads must be from 1 to {MOST_THREADS:,}, not {count}")
    wanted = count or min(torch.get_num_threads(), cores())
    if wanted != torch.get_num_threads():
        torch.set_num_threads(wanted)


class Checkpoints:
    """Writes a checkpoint at an epoch's end, at least `every` seconds after the last one."""

    def __init__(self, file: Path, target: Path, every: float, recorder=None) -> None:
        absolute = Path(os.path.abspath(target))
        # relative to the project, which may be moved
        self.target = absolute.relative_to(HERE) if absolute.is_relative_to(HERE) else absolute
        self.file, self.every, self.recorder = file, every, recorder
        self.written = time.monotonic()

    def offer(self, report) -> None:
        from explorer.training.checkpoint import save_checkpoint

        if report.checkpoint is None or time.monotonic() - self.written < self.every:
            return
        try:
            checkpoint = report.checkpoint()
        except RuntimeError as error:  # not every device gives the state of its random numbers
            warn(f"No checkpoint can be made on this device ({reason(error)}): the training goes on without.")
            self.every = math.inf
            return
        save_checkpoint(self.file, checkpoint, self.target, self.recorder.tensors() if self.recorder else {})
        self.written = time.monotonic()


def show_progress(reports, config: Config, dry_run: bool, recorder=None, keep: Checkpoints | None = None):
    """Draws a bar for the whole training in a terminal, a line an epoch elsewhere; shows each report to the recorder. Returns the last one."""
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


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a job scheduler: as cleanly as by Ctrl-C
    sys.exit(main())
