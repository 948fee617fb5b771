"""The explorer as one HTML file, as the tool Export writes it (web/explore/take/file.js), for whoever opens the site
from a disk."""

from __future__ import annotations

import base64
import datetime
import gzip
import html
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from explorer.serving import assets, bundles, catalogue
from explorer.shared import fill, table
from explorer.site.pages import LivePage, as_json
from explorer.ui import components
from explorer.ui.texts import texts_of

TABLE = table("single_file", "explore/take")
BASE, PLOTLY, STYLES, DOCUMENT = (
    TABLE["base"], *("\n".join(TABLE[name]) for name in ("plotly", "styles", "html")),
)  # fmt: skip
FIRST = ("explore/page.js", "explore/take/standalone.js")
TOOL = "${name}"  # in the one import that is put together
IMPORT = re.compile(r"""(\b(?:from|import)\s*\(?\s*(["'`]))(\.{1,2}/[^"'`\s]+?\.js)(?=\2)""")
THEME = re.compile(r":root {\n(.*?)}", re.DOTALL)  # the first: the light one


def page(front: LivePage, folder: Path) -> str:
    """The file with the state and the two models that the explorer opens with. folder: the site's assets."""
    words = components.words("explore")
    said = words["take"]
    names = list(dict.fromkeys(front.plain[side] for side in ("left", "right")))
    known = {entry["name"]: entry for entry in front.data["catalogue"]}
    entries = [known[name] for name in names]
    rows = {entry["dataset"]: _rows(entry) for entry in entries if entry["originals"]}
    held = [(address, content) for entry in entries for address, content in _tensors(entry, folder)]
    held += [(f"originals/{dataset}", _pixels(dataset, some)) for dataset, some in rows.items()]
    packed = {"web/parts/plotly.min.js": _packed(assets.PLOTLY.read_bytes())}
    packed |= {address: _packed(content) for address, content in held}
    recordings = {
        entry["recording"]: _packed((folder / entry["recording"]).read_bytes())
        for entry in entries
        if entry["recording"]
    }
    room = TABLE["limit"] - sum(map(len, packed.values())) - 2_000_000  # for the modules and the data
    inside = {}
    for address, letters in recordings.items():
        if len(letters) < room:
            inside[address], room = letters, room - len(letters)
    here = [
        entry | {
            "recording": entry["recording"] if entry["recording"] in inside else None,
            "originals": entry["dataset"] in rows,
            "held": rows.get(entry["dataset"], []),
            "without_originals": said["file_no_original" if entry["dataset"] in rows else "file_no_originals"],
            "without_errors": said["file_no_errors"],
        }
        for entry in entries
    ]  # fmt: skip
    replaced = {"no_recording": said["file_no_recording"], "nothing_to_replay": said["file_nothing_recorded"]}
    data = front.data | {
        "key": "explorer", "catalogue": here, "runs": 0, "words": words | replaced, "assets": BASE, "in_file": True,
        "state": front.plain | {"tool": "none"}, "symbols": components.symbols(), "presenting": False,
    }  # fmt: skip
    modules = _modules()
    missing = bool(recordings.keys() - inside.keys())
    places = {
        "theme": f":root {{ {' '.join(_theme().split())} }}",
        "styles": components.styles("explore"),
        "own_styles": STYLES,
        "imports": as_json({"imports": _imports(modules)}),
        "page": components.markup("explore", words),
        "data": as_json(data),
        "too_old": as_json(said["file_too_old"]),
        "assets": "\n".join(
            f'<script type="text/plain" data-asset="{html.escape(address)}">{letters}</script>'
            for address, letters in (packed | inside).items()
        ),
    }
    texts = _texts(said, here, rows, bool(inside), missing)
    foot = "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in texts.pop("foot"))
    escaped = {name: html.escape(text) for name, text in texts.items()}
    return fill(DOCUMENT, places | escaped | {"foot": foot})


def _texts(said: dict, entries: list[dict], rows: dict, has_recordings: bool, lacks_recordings: bool) -> dict:
    """What the file says of itself."""
    sides = [entries[0], entries[-1]]
    left, right = (
        fill(
            said["file_model"], name=entry["title"], model=entry["name"], kind=entry["title"],
            dataset=entry["dataset_label"], prior=entry["prior"], seed=entry["seed"],
        )
        for entry in sides
    )  # fmt: skip
    date = f"{datetime.date.today():%d %B %Y}".lstrip("0")
    credits_ = said["credits"]
    foot = [fill(said["file_inside"], recordings=said["file_recordings" if has_recordings else "file_no_recordings"])]
    foot += [
        f"{fill(said['file_originals'], count=len(some), dataset=dataset)} {credits_.get(dataset, '')}"
        for dataset, some in rows.items()
    ]
    foot.append(
        fill(
            said["file_missing"],
            originals=said["file_missing_originals"],
            errors="" if all(entry["errors"] for entry in entries) else said["file_missing_errors"],
            recordings=fill(said["file_missing_recordings"], limit=TABLE["limit"] / 1e6) if lacks_recordings else "",
        )
    )
    titles = [f"{entry['title']} · {entry['dataset_label']}" for entry in sides]
    return {
        "title": fill(said["beside"], left=titles[0], right=titles[1]),
        "head": fill(said["file_made"], title=texts_of("common").TITLE, date=date, left=left, right=right),
        "holds": said["file_holds"],
        "no_scripts": said["file_no_scripts"],
        "foot": foot,
    }


def _tensors(entry: dict, folder: Path) -> Iterable[tuple[str, bytes]]:
    kinds = [
        "tensors",
        "encoders",
        *(["errors"] if entry["errors"] else []),
        *([] if entry["stochastic"] else ["latents"]),
    ]
    addresses = [f"{kind}/{entry['digest']}" for kind in kinds]
    return [(address, (folder / address).read_bytes()) for address in addresses]


def _rows(entry: dict) -> list[int]:
    """The test images whose pixels go into the file: some of each class, the first of the test set among them."""
    labels = np.asarray(bundles.required(entry["digest"]).codes.label)
    some = {int(row) for label in np.unique(labels) for row in np.flatnonzero(labels == label)[: TABLE["of_class"]]}
    most = TABLE["room"] // (entry["channels"] * entry["image_side"] ** 2)
    return sorted({0, *sorted(some)[: most - 1]})


def _pixels(dataset: str, rows: list[int]) -> bytes:
    images = catalogue.images_of_dataset(dataset)
    return b"".join(images.one(row).tobytes() for row in rows)


def _packed(content: bytes) -> str:
    """Compressed, in the letters of web/explore/take/base85.js."""
    return base64.b85encode(gzip.compress(content, 6, mtime=0)).decode().replace("<", ",")


def _modules() -> dict[str, str]:
    """The sources of all modules that the file can open, by name."""
    found: dict[str, str] = {}
    waiting = list(FIRST)
    tools = sorted(path.parent.name for path in (assets.WEB / "explore").glob("*/tool.js"))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = assets.SCRIPTS[name].read_text(encoding="utf-8")
            paths = [_resolved(address, name) for _, _, address in IMPORT.findall(found[name])]
            waiting += [path.replace(TOOL, tool) for path in paths for tool in (tools if TOOL in path else [""])]
    return dict(sorted(found.items()))


def _resolved(address: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


def _imports(modules: dict[str, str]) -> dict[str, str]:
    """The import map: each module as a data: address, with the others' names in the place of their addresses."""
    found = {}
    for name, source in modules.items():
        own = IMPORT.sub(lambda match, name=name: f"{match[1]}explorer/{_resolved(match[3], name)}", source)
        found[f"explorer/{name}"] = _address(f"{own}\n//# sourceURL=explorer/{name}")
    return found | dict.fromkeys(("explorer/parts/plotly.js", f"{BASE}web/parts/plotly.js"), _address(PLOTLY))


def _address(source: str) -> str:
    """A browser drops line ends in a data: address; # ends it, and % is its own sign."""
    return "data:text/javascript;charset=utf-8," + re.sub(r"[%#\r\n\t]", lambda match: f"%{ord(match[0]):02X}", source)


def _theme() -> str:
    return THEME.search((assets.WEB / "site" / "site.css").read_text(encoding="utf-8"))[1]
