"""The live parts' styles grow with the page's type, so that presentation mode and a reader's own size reach them."""

from __future__ import annotations

from explorer.ui.components import scalable


def test_lengths_grow_but_thin_lines_and_conditions_do_not():
    assert scalable(
        "a { font: 14px/1.3 x; border: 1px solid; margin: -11px 2.5px 0; width: clamp(104px, calc(100dvh - 84px), 20vw); }"
    ) == (
        "a { font: 0.875rem/1.3 x; border: 1px solid; margin: -0.6875rem 2.5px 0; width: clamp(6.5rem, calc(100dvh - 5.25rem), 20vw); }"
    )
    assert (
        scalable("@media (max-width: 640px) and (min-height: 100px) { b { height: 32px; } }")
        == "@media (max-width: 640px) and (min-height: 100px) { b { height: 2rem; } }"
    )
    assert (
        scalable("text { font-size: calc(13.5 * 1px); }") == "text { font-size: calc(13.5 * 1px); }"
    )  # in a drawing that is scaled itself
