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
import signal
import sys
from pathlib import Path

from explorer.config import DATASETS, FOLDER, KINDS, RECIPES
from explorer.files import escape_what_cannot_be_shown
from explorer.settings import SETTINGS, Setting
from explorer.siblings import SIBLINGS
from explorer.training import again, batch, job
from explorer.training.distributed import Lost, is_first, is_shared, leads_its_machine
from explorer.training.failures import FAILED, INTERRUPTED, Failed, unexpected
from explorer.training.terminal import silence
from explorer.ui.texts import sibling_word, texts_of

CHECKPOINT_SECONDS = 10
MEASURING = ("evaluate", "recipe", "device", "threads", "data_dir", "out", "dry_run")  # options of --evaluate


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="train.py",
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
        help="where the datasets are, or are downloaded to (default: data/); with --dataset folder, the folder of "
        "pictures",
    )
    parser.add_argument(
        "--side",
        type=int,
        help="--dataset folder: the pictures' middle squares are resized to so many pixels, a multiple of 4 from 16 to "
        "64 (default: by their size)",
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
    options.data_dir = options.data_dir or job.ROOT / "data"
    return options


def help_of(setting: Setting) -> str:
    """The line of --help: which siblings have the setting, what it means, and its default."""
    words = texts_of("settings")
    titles = [sibling_word(SIBLINGS[kind].title) for kind in setting.only_for]
    kinds = f"{'; '.join(titles)}: " if titles else ""
    meaning = words.MEANINGS[setting.name]
    return words.ON_COMMAND_LINE.format(kinds=kinds, meaning=f"{meaning[0].lower()}{meaning[1:]}")


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


def obey(options: argparse.Namespace) -> int:
    try:
        if options.evaluate:
            return again.measure_all(options) if is_first() else 0
        return batch.run(options)
    except KeyboardInterrupt:
        print("\nInterrupted before anything was done; nothing was written.", file=sys.stderr)
        return INTERRUPTED
    except (Lost, Failed):
        raise
    except Exception as error:
        raise Failed(unexpected(error, "The command"), is_shared(error)) from error


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a job scheduler: as cleanly as by Ctrl-C
    sys.exit(main())
