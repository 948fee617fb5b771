"""python -m explorer.site OUT [--models NAME ...]: writes the course as a folder that any web server can serve."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from explorer.files import escape_what_cannot_be_shown, shown_path
from explorer.shared import fill
from explorer.site import course
from explorer.site.folder import Refused
from explorer.ui.texts import texts_of

texts = texts_of("site")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 1 where nothing was written, for a reason that is printed."""
    escape_what_cannot_be_shown()
    parser = argparse.ArgumentParser(prog="python -m explorer.site", description=texts.DESCRIPTION)
    parser.add_argument("out", metavar="OUT", type=Path, help=texts.OUT_HELP)
    parser.add_argument("--models", metavar="NAME", nargs="+", help=texts.MODELS_HELP)
    asked = parser.parse_args(arguments)
    try:
        with tqdm(unit="step", file=sys.stderr) as bar:
            size = course.write(asked.out, asked.models, bar)
    except (Refused, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(fill(texts.DONE, out=shown_path(asked.out), files=size.files, size=f"{size.size / 1e6:.1f}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
