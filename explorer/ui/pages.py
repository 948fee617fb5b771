"""The pages, in the order in which they stand at the top."""

from __future__ import annotations

from typing import NamedTuple


class PageLink(NamedTuple):
    """A page as navigation names it."""

    module: str  # in explorer.ui; also the page's name in addresses
    title: str
    icon: str  # of Material Symbols


PAGES = (
    PageLink("explore", "Explorer", "scatter_plot"),
    PageLink("why", "0 Why?", "help"),
    PageLink("kl", "1 Recall KL", "balance"),
    PageLink("reparameterisation", "2 Reparameterise", "casino"),
    PageLink("adversary", "3 Adversary", "sports_kabaddi"),
    PageLink("practice", "4 Practice", "model_training"),
    PageLink("scoreboard", "Scoreboard", "leaderboard"),
)
