"""Writes the site: the modules, styles and tensors below `assets/DIGEST/`, then the pages that name them.

The digest is that of all assets, so a browser may keep them for ever, and a page never mixes two versions.
"""

from __future__ import annotations

import datetime
import hashlib
import html
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from explorer.clinic import recordings
from explorer.data.datasets import DatasetError
from explorer.serving import assets, catalogue, streamlit_internals, training_images
from explorer.shared import fill
from explorer.site import pages, scoreboard, single_file
from explorer.site.folder import MARK, Refused, check, replaced
from explorer.site.markdown import html as markdown
from explorer.site.modules import loaded_with
from explorer.ui import components, reparameterisation_vae, tour
from explorer.ui.pages import PAGES
from explorer.ui.texts import texts_of

texts = texts_of("site")

WEB = assets.WEB / "site"
UI = Path(components.__file__).parent
FRONT = "explore"  # the page of the site's own address
SINGLE_FILE = "explorer.html"
WORKER = "worker.js"
THEMES = texts.WORDS["themes"]


class Size(NamedTuple):
    files: int
    size: int  # bytes


class Bar(Protocol):
    """A progress bar, as tqdm's."""

    total: float | None

    def update(self, n: float = 1) -> object: ...


def write(out: Path, names: Sequence[str] | None, bar: Bar) -> Size:
    """Writes the site to a folder, or raises Refused. names: of the models; None: all that ship. Imports torch."""
    check(out)
    entries = chosen(names)
    chunks = -(-reparameterisation_vae.DRAWS // reparameterisation_vae.CHUNK)  # of draws, in lesson 2
    bar.total = len(entries) * (len(assets.BUNDLE_FILES) + 1) + chunks + len(PAGES) + 1
    with replaced(out) as folder:
        _Site(folder, entries, bar.update).write()
    written = [path for path in out.rglob("*") if path.is_file()]
    return Size(len(written), sum(path.stat().st_size for path in written))


def chosen(names: Sequence[str] | None) -> list[dict]:
    """The catalogue's entries of these models; of all that ship, if none are named."""
    listed = catalogue.current().entries
    if names is None:
        listed = [entry for entry in listed if not entry["run"]]
    else:
        known = {entry["name"]: entry for entry in listed}
        for name in names:
            if name not in known:
                raise Refused(fill(texts.NO_MODEL, name=name, names=", ".join(known)))
        listed = [entry for entry in listed if entry["name"] in names]
    if not listed:
        raise Refused(texts.NO_MODELS)
    return listed


class _Site:
    def __init__(self, folder: Path, entries: list[dict], done: Callable[[], object]) -> None:
        self.folder, self.entries, self.done = folder, entries, done
        self.assets = folder / "assets" / "new"
        self.digest = hashlib.sha256()
        self.front = pages.explore_page(entries, done)

    def write(self) -> None:
        self.write_scripts()
        self.write_models()
        self.write_originals()
        self.write_practice()
        self.write_tour()
        # plots are named relative to the pages, which are one folder below the site's
        board = scoreboard.page(self.entries, self.asset, "../", "{assets}", self.done)
        version = self.digest.hexdigest()[:12]
        self.assets.rename(self.assets.with_name(version))
        self.assets = self.assets.with_name(version)
        for link in PAGES:
            self.write_page(link.module, link.title, board)
            self.done()
        if self.front:
            page = single_file.page(self.front, self.assets)
            (self.folder / SINGLE_FILE).write_text(page, encoding="utf-8")
        self.done()
        self.write_worker()
        made = {
            "made_by": "python -m explorer.site",
            "version": version,
            "models": [one["name"] for one in self.entries],
        }
        (self.folder / MARK).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")

    # ---- assets

    def asset(self, name: str, content: bytes) -> None:
        path = self.assets / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())

    def write_scripts(self) -> None:
        for name, path in sorted(assets.SCRIPTS.items()):
            if path != WEB / WORKER:
                self.asset(f"web/{name}", path.read_bytes())
        styles = [path.read_text(encoding="utf-8") for path in (assets.WEB / "parts" / "design.css", WEB / "site.css")]
        styles += [
            f":root.touring {{ --strip: {streamlit_internals.STRIP}; }}\n",
            f":root.presenting {{ {streamlit_internals.PRESENTATION_SIZES} }}\n",
            streamlit_internals.MAIN_FIGURES_STYLE,
        ]
        self.asset("site.css", "".join(styles).encode())
        self.asset("icon.svg", (UI / "icon.svg").read_bytes())
        if font := streamlit_internals.font():
            self.asset("source-sans.woff2", font.read_bytes())
        for name in (*pages.PAGES, "scoreboard", "tour"):
            self.asset(f"pages/{name}.css", components.styles(name).encode())

    def write_models(self) -> None:
        for entry in self.entries:
            for kind, read in assets.BUNDLE_FILES.items():
                if (content := read(entry["digest"])) is not None:
                    self.asset(f"{kind}/{entry['digest']}", content)
                self.done()

    def write_originals(self) -> None:
        for dataset in sorted({entry["dataset"] for entry in self.entries}):
            images = catalogue.images_of_dataset(dataset)
            if not images.are_here():
                continue
            try:
                pixels = images.all()
            except DatasetError as error:
                raise Refused(str(error)) from error
            for number, at in enumerate(range(0, len(pixels), pages.EACH)):
                self.asset(f"originals/{dataset}/{number}", pixels[at : at + pages.EACH].tobytes())

    def write_practice(self) -> None:
        """The recorded runs of the loss clinic, and the images that train in a browser."""
        for digest in recordings.digests().values():
            self.asset(f"clinic/{digest}", recordings.file_of(digest))
        self.asset(f"training/{training_images.IN_BROWSER}", training_images.file_of(training_images.IN_BROWSER))

    def write_tour(self) -> None:
        """What the strip above the pages needs: see web/site/strip.js."""
        words = components.words("tour")
        steps = [
            {"name": step.name, "page": step.page, "params": step.params(), "facts": tour.facts(step)}
            for step in tour.STEPS
        ]
        found = {"html": components.markup("tour", words), "words": words, "steps": steps}
        self.asset("tour.json", pages.as_json(found).encode())

    # ---- pages

    def write_page(self, name: str, title: str, board: scoreboard.Scoreboard | None) -> None:
        root = "./" if name == FRONT else "../"
        base = f"{root}assets/{self.assets.name}/"
        if name == FRONT:
            live = self.front
        else:
            live = pages.PAGES[name](self.entries, self.done) if name in pages.PAGES else None
        if name == "scoreboard" and board:
            live = pages.LivePage({}, board.plain, board.plain, board.known)
        if live:
            content, given = self.live(name, base), pages.given(name, live, root, base)
            modules, tensors = [f"{name}/page.js", "site/site.js"], live.tensors
            if name == "scoreboard":
                content, modules[-1] = content + board.content.replace("{assets}", base), "site/board.js"
        else:
            modules, tensors = ["site/board.js"], ()
            given = {"page": name, "root": root, "assets": base, "words": texts.WORDS}
            has_models = name in pages.PAGES or name == "scoreboard"
            text = texts.NOTHING if has_models else fill(texts.APP_ONLY, start=texts.START)
            content = f'<div class="prose">{markdown(text)}</div>'
        date = f"{datetime.date.today():%d %B %Y}".lstrip("0")
        places = {name: text for name, text in texts.WORDS.items() if isinstance(text, str)} | {
            "title": f"{title} · {texts.WORDS['title']}",
            "course": texts.WORDS["title"],
            "root": root,
            "assets": base,
            "single_file": SINGLE_FILE,
            "links": "".join(self.link(one.module, one.title, name, root) for one in PAGES),
            "themes": "".join(f'<option value="{value}">{word}</option>' for value, word in THEMES.items()),
            "hints": "\n".join(_hints(base, loaded_with(modules), tensors, live and f"pages/{name}.css")),
            "content": content,
            "page": html.escape(title),
            "beside": _beside(name, root),
            "more": _more(texts.ABOUT_TITLE, fill(texts.ABOUT, date=date, start=texts.START)),
            "script": f'<script type="application/json" id="given">{pages.as_json(given)}</script>\n'
            f'<script type="module" src="{base}web/{modules[-1]}"></script>',
        }
        file = self.folder / ("" if name == FRONT else name) / "index.html"
        file.parent.mkdir(exist_ok=True)
        file.write_text(fill((WEB / "document.html").read_text(encoding="utf-8"), places), encoding="utf-8")

    def live(self, name: str, base: str) -> str:
        inside = f'<link rel="stylesheet" href="{base}pages/{name}.css">{components.markup(name, pages.words(name))}'
        return f'<div id="mounted"><template>{inside}</template></div>'

    def link(self, name: str, title: str, shown: str, root: str) -> str:
        here = ' aria-current="page"' if name == shown else ""
        address = root if name == FRONT else f"{root}{name}/"
        return f'<a href="{address}" data-page="{name}"{here}>{html.escape(title)}</a>'

    def write_worker(self) -> None:
        base = f"assets/{self.assets.name}/"
        kept = ["./", *(f"{link.module}/" for link in PAGES if link.module != FRONT)]
        kept += [
            f"{base}{path.relative_to(self.assets).as_posix()}"
            for path in sorted(self.assets.rglob("*"))
            if (path.suffix in (".js", ".css", ".svg", ".woff2") or path.name == "tour.json")
            and path != self.assets / f"web/parts/{assets.PLOTLY.name}"
        ]
        pages_ = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*.html"))))
        version = f"{self.assets.name}-{pages_.hexdigest()[:12]}"
        source = (WEB / WORKER).read_text(encoding="utf-8")
        site = json.dumps({"version": version, "files": kept}, indent=1)
        (self.folder / WORKER).write_text(f"self.site = {site};\n\n{source}", encoding="utf-8")


def _hints(base: str, modules: Iterable[str], tensors: Iterable[str], style: str | None) -> list[str]:
    """Links that make a browser fetch at once what the page needs until it is drawn."""
    found = [f'<link rel="preload" as="style" href="{base}{style}">'] if style else []
    found += [f'<link rel="modulepreload" href="{base}web/{name}">' for name in modules]
    return found + [f'<link rel="preload" as="fetch" crossorigin href="{base}{name}">' for name in tensors]


def _beside(name: str, root: str) -> str:
    """The links of presentation mode to the pages before and after, with the names that web/steps.js looks for."""
    at = [link.module for link in PAGES].index(name)
    found = []
    for key, sign, beside in (("previous", "‹", PAGES[at - 1 : at]), ("next", "›", PAGES[at + 1 : at + 2])):
        links = [
            f'<a href="{root}{"" if link.module == FRONT else f"{link.module}/"}" data-page="{link.module}"'
            f' aria-label="{html.escape(link.title)}">{sign}</a>'
            for link in beside
        ]
        found.append(f'<span class="st-key-{key}_page">{"".join(links)}</span>')
    return f"{found[0]}<b>{html.escape(PAGES[at].title)}</b>{found[1]}"


def _more(title: str, text: str) -> str:
    return f'<details class="more"><summary>{title}</summary><div class="prose">{markdown(text)}</div></details>'
