"""What the help drawer and the glossary of a live page show: its chapters as HTML, and the terms."""

from __future__ import annotations

import html
import re
from functools import cache

from explorer.ui.texts import texts_of

MARKS = (
    (r"\*\*(.+?)\*\*", r"<b>\1</b>"),
    (r"\*(.+?)\*", r"<i>\1</i>"),
    (r"`(.+?)`", r"<code>\1</code>"),
)
STAR = "\0"  # stands for an escaped star while the marks are read


@cache
def chapters_of(page: str) -> dict:
    """The words of a page's drawer: `chapters`, each with `tab`, `title` and `html`, and the names of its parts."""
    texts = texts_of("help")
    chapters = [{"tab": tab, "title": title, "html": as_html(text)} for tab, title, text in texts.CHAPTERS[page]]
    if guide := getattr(texts_of(page), "GUIDE", ""):
        chapters.append({"tab": "", "title": texts.WHOLE, "html": as_html(guide)})
    return {"label": texts.LABEL, "title": texts.TITLE, "close": texts.CLOSE, "chapters": chapters}


@cache
def glossary() -> dict:
    """The glossary by term: {forms, text}."""
    return {name: {"forms": forms, "text": text} for name, (forms, text) in texts_of("glossary").TERMS.items()}


def as_html(text: str) -> str:
    """Paragraphs of Markdown as HTML. They may have bold, italics and code, and no other marks."""
    text = html.escape(text.strip(), quote=False).replace("\\*", STAR)
    for mark, element in MARKS:
        text = re.sub(mark, element, text, flags=re.DOTALL)
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", text.replace(STAR, "*")))
