"""The scoreboard as a page of files: its tables, and the plots as the app's figures in JSON."""

from __future__ import annotations

import copy
import html
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from explorer import figures
from explorer.address import scoreboard as address
from explorer.serving import bundles
from explorer.serving.failure import plain
from explorer.shared import fill
from explorer.site.markdown import html as markdown
from explorer.site.markdown import inline
from explorer.ui import scoreboard, scoreboard_table
from explorer.ui.texts import texts_of

if TYPE_CHECKING:
    import numpy as np

texts = texts_of("scoreboard")
of_site = texts_of("site")

GREY = "light-dark(#5c5b58, #b5b3ae)"  # readable in either theme
Write = Callable[[str, bytes], None]  # writes a file of the site's assets, by its path


class Scoreboard(NamedTuple):
    content: str  # the page's HTML
    known: dict[str, list[str]]  # for each dataset its models
    plain: dict  # the state of a plain address


def page(entries: list[dict], write: Write, root: str, assets: str, done: Callable[[], object]) -> Scoreboard | None:
    """entries: of the catalogue; write: for the files that the page shows; done: called once for each model.

    root, assets: addresses relative to the page's. Imports torch.
    """
    listed = [entry for entry in scoreboard.in_order(entries) if entry["metrics"].keys() >= scoreboard.COMPARABLE]
    datasets = sorted({entry["dataset"] for entry in listed}, key=lambda name: (name != scoreboard.FIRST, name))
    known = {name: [entry["name"] for entry in listed if entry["dataset"] == name] for name in datasets}
    if not known:
        return None
    maker = _Maker(write, root, assets, done)
    buttons = "".join(
        f'<button type="button" data-dataset="{html.escape(name)}">'
        f"{html.escape(next(entry['dataset_label'] for entry in listed if entry['dataset'] == name))}</button>"
        for name in datasets
    )
    parts = [
        f'<div class="datasets" role="group" aria-label="Dataset">{buttons}</div>',
        *(maker.dataset([entry for entry in listed if entry["dataset"] == name]) for name in datasets),
    ]
    state, _ = address.parse({}, known)
    return Scoreboard(f'<div class="tables">{"".join(parts)}</div>', known, state)


class _Maker:
    def __init__(self, write: Write, root: str, assets: str, done: Callable[[], object]) -> None:
        self.write, self.root, self.assets, self.done = write, root, assets, done

    def dataset(self, entries: list[dict]) -> str:
        name, label = entries[0]["dataset"], plain(entries[0]["dataset_label"])
        entries = [entry | {"metrics": scoreboard.measured(entry)} for entry in entries]
        names, sizes = scoreboard.labels(entries), scoreboard.sizes_of(entries)
        groups = scoreboard.by_dimensions(entries)
        file = f"scoreboard/scoreboard-{name}.csv"
        frame = scoreboard_table.table(entries, names).drop(columns="number")
        self.write(file, frame.to_csv(index=False).encode())
        parts = [f"<h2>{inline(label)}</h2>"]
        for heading, group in groups.items():
            parts += [f"<h3>{heading}</h3>", *self.tables(group, names, entries, sizes)]
            if caption := scoreboard.not_alike(group):
                parts.append(_caption(caption))
        parts.append(f'<p><a href="{self.assets}{file}" download>{of_site.CSV}</a></p>')
        parts += [_caption(text) for text in scoreboard.table_captions(entries, sizes, label)]
        parts.append(f"<h2>{texts.DISTANCES_TITLE}</h2>")
        for heading, plots in scoreboard.distance_plots(entries, names).items():
            row = [self.plot(plot, f"{name}-{key}-{len(parts)}", heading) for key, plot in plots.items()]
            parts += [f"<h3>{heading}</h3>", _row(row)]
        parts += [_caption(texts.DISTANCES_CAPTION), f"<h2>{texts.FRONTIER_TITLE}</h2>"]
        parts.append(_row([self.frontier(name, *group, names) for group in groups.items()]))
        parts += [_caption(texts.FRONTIER_CAPTION), f"<h2>{texts.ONE_MODEL_TITLE}</h2>"]
        options = "".join(
            f'<option value="{html.escape(own)}">{html.escape(shown)}</option>' for own, shown in names.items()
        )
        parts.append(f'<label>Model <select class="models">{options}</select></label>')
        parts += [self.model(entry, entries) for entry in entries]
        return f'<section data-dataset="{html.escape(name)}" hidden>{"".join(parts)}</section>'

    def tables(self, group: list[dict], names: dict[str, str], entries: list[dict], sizes: dict[str, str]) -> list[str]:
        """The main figures, for a phone and a projector, and all figures."""
        table = scoreboard_table.table(group, names)
        links = [self.in_explorer(entry, entries) for entry in group]
        frame = scoreboard_table.shown_columns(table, links)
        columns = {column.name: column for column in scoreboard_table.COLUMNS}

        def heading(name: str) -> str:
            column = columns.get(name)
            if column is None:
                return "" if name in ("number", "open") else name
            help_ = html.escape(fill(column.help, sizes))
            return f'<span title="{help_}">{html.escape(column.heading or column.name)}</span>'

        style = scoreboard_table.styled(group, frame, GREY).hide(axis="index").format_index(heading, axis=1)
        style = style.format(escape="html", subset=["model", "bundle", "device", "what is minimised"])
        style = style.format(_link, subset=["open"])
        whole = style.to_html(table_attributes='class="figures"', table_uuid=group[0]["digest"][:8])
        return [
            scoreboard_table.main_figures(group, table, links, sizes),
            f'<div class="scroll" tabindex="0" role="group" aria-label="{texts.WORDS["title"]}">{whole}</div>',
        ]

    def in_explorer(self, entry: dict, entries: list[dict]) -> str | None:
        """The site's address of a model in the explorer; None: see `address_in_explorer`."""
        link = scoreboard.address_in_explorer(entry, entries)
        return link and f"{self.root}#{link.removeprefix('./?')}"

    def plot(self, figure, name: str, label: str) -> str:
        """A figure, which is drawn when it comes into sight; in presentation mode, a larger form of it."""
        forms = {"plot": figure, "presented": figures.enlarged(copy.deepcopy(figure), scoreboard.PRESENTED)}
        attributes = []
        for form, drawn in forms.items():
            file = f"scoreboard/{name}-{form}.json"
            self.write(file, drawn.to_json().encode())
            attributes.append(f'data-{form}="{self.assets}{file}"')
        heights = "; ".join(f"--{form}: {drawn.layout.height}px" for form, drawn in forms.items())
        label = html.escape(label)
        return f'<div class="plot" role="figure" aria-label="{label}" {" ".join(attributes)} style="{heights}"></div>'

    def frontier(self, name: str, heading: str, group: list[dict], names: dict[str, str]) -> str:
        plot = self.plot(scoreboard.frontier_plot(group, names), f"{name}-frontier-{group[0]['latent_dim']}", heading)
        return f"<div><h3>{heading}</h3>{plot}<p>{inline(scoreboard.numbered(group, names))}</p></div>"

    def model(self, entry: dict, entries: list[dict]) -> str:
        digest, key = entry["digest"], f"model-{entry['digest']}"
        codes, draws, covered = bundles.compared(digest)
        parts = []
        if link := self.in_explorer(entry, entries):
            parts.append(f'<p><a href="{html.escape(link)}">{texts.OPEN}</a></p>')
        parts += [
            self.plot(figures.marginals(codes, draws), f"{key}-marginals", texts.WORDS["title"]),
            _caption(scoreboard.marginals_caption(entry)),
        ]
        n = bundles.SHEET**2
        captions = (texts.OF_PRIOR, texts.OF_CODES)
        sheets = [
            self.sheet(sheet, f"{key}-sheet-{i}", caption)
            for i, (sheet, caption) in enumerate(zip(bundles.decoded(digest), captions))
        ]
        decoded = fill(texts.DECODED_CAPTION, n=n, seed=bundles.SEED, prior=entry["prior"])
        parts += [_row(sheets), _caption(decoded)]
        if entry["latent_dim"] == 2:
            left = self.plot(figures.hole_map(draws, covered), f"{key}-holes", texts.WORDS["title"])
            left += _caption(scoreboard.holes_caption(entry, len(draws)))
        else:
            left = _caption(fill(texts.NO_HOLE_MAP, dimensions=entry["latent_dim"]))
        curves = self.plot(figures.training_curves(bundles.history(digest)), f"{key}-curves", texts.WORDS["title"])
        value, caption = scoreboard.mmd(entry, len(codes))
        mmd = fill(of_site.MMD, value=value)
        right = (
            curves + _caption(texts.CURVES_CAPTION) + f"<p><b>{mmd}</b></p>" + _caption(f"{texts.MMD_HELP} {caption}")
        )
        parts.append(_row([f"<div>{left}</div>", f"<div>{right}</div>"]))
        self.done()
        return f'<section data-model="{html.escape(entry["name"])}" hidden>{"".join(parts)}</section>'

    def sheet(self, pixels: np.ndarray, name: str, caption: str) -> str:
        file, stream = f"scoreboard/{name}.png", io.BytesIO()
        Image.fromarray(pixels).save(stream, "PNG", optimize=True)
        self.write(file, stream.getvalue())
        alt = html.escape(fill(texts.DECODED_ALT, n=bundles.SHEET**2, caption=caption))
        return (
            f'<figure><img src="{self.assets}{file}" alt="{alt}" loading="lazy"><figcaption>{caption}</figcaption>'
            "</figure>"
        )


def _link(to: str | None) -> str:
    if not to:
        return texts.NO_FIGURE
    return f'<a href="{html.escape(to)}" title="{texts.OPEN}">{of_site.OPEN_SHORT}</a>'


def _row(parts: list[str]) -> str:
    return f'<div class="row">{"".join(parts)}</div>'


def _caption(text: str) -> str:
    return f'<div class="caption">{markdown(text)}</div>'
