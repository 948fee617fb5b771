"""The help drawer's chapters and the glossary: Markdown as HTML, a chapter for each tab and tool."""

from __future__ import annotations

import re

import pytest

from explorer.ui import components as live
from explorer.ui import guide
from explorer.ui.texts import texts_of

PAGES = sorted(path.parent.name for path in live.WEB.glob("*/page.html"))


def test_markdown_becomes_html():
    text = "**Bold** and *D\\** of `a < b`.\n\nAnother\nparagraph."
    assert guide.as_html(text) == (
        "<p><b>Bold</b> and <i>D*</i> of <code>a &lt; b</code>.</p><p>Another\nparagraph.</p>"
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_chapters_and_no_mark_is_left_in_them(page):
    words = guide.chapters_of(page)
    assert len(words["chapters"]) >= 2 and words["label"] == "Help"
    for chapter in words["chapters"]:
        assert chapter["title"] and not re.search(r"\*\*|`|\\|\]\(", chapter["html"]), chapter["title"]


@pytest.mark.parametrize("page", ["why", "kl", "reparameterisation", "adversary", "practice"])
def test_a_lesson_has_a_chapter_for_each_tab_of_the_same_name(page):
    source = (live.WEB / page / "page.html").read_text(encoding="utf-8")
    tabs = re.findall(r'role="tab" data-tab="(\w+)">\{(\w+)\}', source)
    chapters = {chapter["tab"]: chapter["title"] for chapter in guide.chapters_of(page)["chapters"] if chapter["tab"]}
    assert chapters == {tab: texts_of(page).WORDS[word] for tab, word in tabs}


def test_the_explorer_has_a_chapter_for_each_tool():
    words = texts_of("explore").WORDS
    chapters = {chapter["tab"]: chapter["title"] for chapter in guide.chapters_of("explore")["chapters"]}
    tools = {name: words[name]["name"] for name in ("draw", "near", "map", "walk", "take")}
    assert tools.items() <= chapters.items() and {"probe", "training"} <= chapters.keys()


def test_a_form_belongs_to_one_term():
    forms = [form.lower() for term in guide.glossary().values() for form in term["forms"]]
    assert len(forms) == len(set(forms))


@pytest.mark.parametrize("page", PAGES)
def test_leads_fit_two_lines_of_ninety_characters(page):
    words = texts_of(page).WORDS
    leads = [text for key, text in words.items() if key == "lead" or key.startswith("lead_") or key.endswith("_lead")]
    assert (leads or page == "explore") and all(len(text) <= 2 * 90 for text in leads)
