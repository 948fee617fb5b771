"""What test_readme.py asks of the program to which the examples of extending.md are added, in one process.

Runs in the folder of that copy: extended.py RESULT QUESTIONS. QUESTIONS is JSON: the training commands, and the pages
as pairs of module and query, in which WAE stands for the name of the trained model of the sibling. Writes to RESULT, as
JSON, the answer to each question, or the traceback of its failure.
"""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import sys
import traceback
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import train
from explorer.address import practice as choices
from explorer.config import DATASETS, KINDS, PRIORS, ZOO
from explorer.serving import catalogue

SIBLING = "train.py --dataset digits --model wae --epochs 2 --hidden 16"


def trained(command: str) -> str:
    """What the training has printed."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert train.main(shlex.split(command)[1:]) == 0
    return printed.getvalue()


def known() -> dict:
    return {
        "prior": [PRIORS[-1], catalogue.PRIOR_NAMES[PRIORS[-1]]],
        "last": [DATASETS[-1], KINDS[-1]],
        "starts": all(choices.start(kind, dataset) for kind in KINDS for dataset in DATASETS),
        "shipped": [name for name in ZOO if "wae" in name],
    }


def opened(module: str, query: dict[str, str]) -> dict:
    """The content of a page, opened through the main script."""
    (wae,) = Path("runs").glob("digits-wae-*")
    page = AppTest.from_file(str(Path("explorer/ui/main.py").resolve()), default_timeout=120)
    page._page_hash = calc_hash("" if module == "explore" else module)
    for name, value in query.items():
        page.query_params[name] = value.replace("WAE", f"runs/{wae.name}")
    page.run()
    return {
        "texts": [one.value for kind in (page.title, page.markdown, page.code, page.caption) for one in kind],
        "problems": [one.value for kind in (page.exception, page.error, page.warning) for one in kind],
    }


def compared() -> list[str]:
    """What the scoreboard says is minimised, of the added sibling's models."""
    page = AppTest.from_string("from explorer.ui import scoreboard; scoreboard.page()").run(timeout=120)
    page.segmented_control[0].set_value("digits").run(timeout=120)
    assert not page.exception, page.exception
    rows = page.dataframe[0].value
    return rows[rows.bundle.str.contains("wae")]["what is minimised"].tolist()


def answers(commands: list[str], pages: list) -> dict:
    parts = {"known": known}
    parts |= {command: lambda command=command: trained(f"{command} --dry-run") for command in commands}
    parts |= {"sibling": lambda: trained(SIBLING)}
    parts |= {module: lambda module=module, query=query: opened(module, query) for module, query in pages}
    parts |= {"compared": compared}
    found = {}
    for name, part in parts.items():
        try:
            found[name] = part()
        except BaseException:  # train.main may exit
            found[name] = traceback.format_exc()
    return found


if __name__ == "__main__":
    result = answers(**json.loads(sys.argv[2]))
    Path(sys.argv[1]).write_text(json.dumps(result), encoding="utf-8")
