"""The texts' Markdown as HTML."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def html(text: str) -> str:
    """Paragraphs, lists, links, code. HTML in the text is shown, and not taken for markup."""
    return _reader().render(text)


def inline(text: str) -> str:
    """The same of one line, without a paragraph around it."""
    return _reader().renderInline(text)
