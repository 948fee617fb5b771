"""Every page as a visitor can find it: each tab of the pages that have tabs, and each tool of the explorer."""

from __future__ import annotations

from .driver import COMPLETE

_TOOLS = {
    "draw": "pick=mnist:12",
    "near": "pick=mnist:12",
    "near, images found": "near=find",
    "near, a region": "near=region&near_region=circle,0.8",
    "map": "underlay=density&colour=density",
    "walk": "walk=-1,0;1,1",
    "walk, class means": "sum=4,9",
    "take": "",
}
TABS = {  # page: the parameter that names its open tab, the tabs, what is there when it is drawn
    "why": ("tab", "invent evidence loss blur shell predict", ".why[data-ready=true]"),
    "kl": ("tab", "one two derivation logvar loss collapse predict", ".kl-lesson[data-ready=true]"),
    "reparameterisation": ("view", "graphs draws estimators vae code predict", ".rep-lesson[data-ready=true]"),
    "adversary": ("tab", "terms point field teach play readings predict", ".adversary[data-ready=true]"),
    "practice": ("tab", "train clinic predict", ".practice[data-ready=true]"),
}

# By name: the address, and a selector of what is there when all is drawn.
VIEWS = {
    "explorer": ("", COMPLETE),
    "explorer, 16 dimensions": ("?left=mnist-vae-16d&right=mnist-aae-16d", COMPLETE),
    "replay": ("?moment=12", f"{COMPLETE}.replaying"),
    **{
        name: (f"?tool={name.partition(',')[0]}&{query}", f"{COMPLETE} .tool[data-ready={name.partition(',')[0]}]")
        for name, query in _TOOLS.items()
    },
    **{
        f"{page}, {tab}": (f"{page}?{name}={tab}", ready)
        for page, (name, tabs, ready) in TABS.items()
        for tab in tabs.split()
    },
    "scoreboard": ("scoreboard", ":is([data-testid=stDataFrame], .main-figures):visible"),
}
