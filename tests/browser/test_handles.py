"""All handles behave alike: mouse, pen, finger and arrow keys move them, Escape undoes a move, blur finishes it."""

from __future__ import annotations

import re

import pytest

from .driver import COMPLETE, ROOT, address, next_frame, sent_messages

# A page with a handle at (0.5, 0.5), the sign that it is drawn, the handle's name, and its parameter in the address.
HANDLES = {
    "explorer": ("?mean=0.5,0.5", COMPLETE, "Probe in the VAE map; arrow keys move it", "mean"),
    "KL": (
        "kl?tab=two&q2=0.5,0.5,1,0,1&p2=-2,-2,1,0,1",
        ".kl-lesson[data-ready=true]",
        "q: centre; arrow keys move it",
        "q2",
    ),
    "adversary": (
        "adversary?z=0.5,0.5",
        ".adversary[data-ready=true]",
        "Point z, Field of the discriminator",
        "z",
    ),
}

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


class Dragged:
    def __init__(self, page, name: str, parameter: str):
        self.page = page
        self.parameter = parameter
        self.handle = page.get_by_role("button", name=name).first
        self.touch = page.context.new_cdp_session(page)

    def drawn(self) -> list[float]:
        """Where the handle is drawn, in pixels of its drawing."""
        next_frame(self.page)
        return [float(value) for value in re.findall(r"-?[\d.]+", self.handle.get_attribute("transform"))]

    def until(self, x: float, y: float) -> None:
        """Waits until the address has the handle there."""
        wanted = (pytest.approx(x, abs=1e-3), pytest.approx(y, abs=1e-3))
        place = lambda: tuple(float(value) for value in address(self.page)[self.parameter].split(",")[:2])  # noqa: E731
        self.page.wait_for_url(lambda _: place() == wanted)

    def moved(self, before: list[float]) -> tuple[float, float]:
        """The move in pixels, right and down."""
        return tuple(now - then for now, then in zip(self.drawn(), before, strict=True))

    def middle(self) -> tuple[float, float]:
        self.handle.scroll_into_view_if_needed()
        box = self.handle.locator(".knob").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, kind: str, right: float) -> None:
        x, y = self.middle()
        for i, event in enumerate(("Pressed", "Moved", "Moved", "Released")):
            at = {"x": x + right * min(i, 2) / 2, "y": y}
            if kind == "finger":
                name = {"Pressed": "touchStart", "Moved": "touchMove", "Released": "touchEnd"}[event]
                points = [] if event == "Released" else [at]
                self.touch.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})
            else:
                sort = {"type": f"mouse{event}", "button": "left", "buttons": 1, "pointerType": kind, "clickCount": 1}
                self.touch.send("Input.dispatchMouseEvent", sort | at)


@pytest.fixture(params=HANDLES)
def dragged(request, mount_page):
    query, drawn, name, parameter = HANDLES[request.param]
    page = mount_page(query, wait=drawn, has_touch=True)
    one = Dragged(page, name, parameter)
    one.ready = drawn
    return one


def test_a_handle_moves_by_keys_mouse_pen_and_finger(dragged):
    page, handle = dragged.page, dragged.handle
    handle.focus()
    page.keyboard.press("ArrowRight")
    dragged.until(0.55, 0.5)
    page.keyboard.press("Shift+ArrowDown")  # ten times as far
    dragged.until(0.55, 0)
    page.keyboard.down("ArrowLeft")
    handle.evaluate("handle => handle.blur()")  # finishes the move
    dragged.until(0.5, 0)
    page.keyboard.up("ArrowLeft")
    for kind, right in (("mouse", -24), ("pen", 24), ("finger", -24)):
        before, url = dragged.drawn(), page.url
        dragged.drag(kind, right)
        assert dragged.moved(before) == pytest.approx((right, 0), abs=1.5), kind
        page.wait_for_url(lambda now, url=url: now != url)


def test_escape_takes_a_move_back(dragged):
    page, handle = dragged.page, dragged.handle
    sent = sent_messages(page, lambda: page.wait_for_selector(dragged.ready))
    before = dragged.drawn()
    x, y = dragged.middle()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 40, y + 20, steps=3)
    assert dragged.moved(before) == pytest.approx((-40, 20), abs=1.5)
    page.keyboard.press("Escape")
    assert dragged.drawn() == before
    page.mouse.move(x + 60, y, steps=3)  # it is no longer held
    page.mouse.up()
    page.mouse.move(5, 5)
    assert dragged.drawn() == before
    handle.focus()
    page.keyboard.down("ArrowUp")
    assert dragged.moved(before)[1] < -1
    page.keyboard.press("Escape")
    page.keyboard.up("ArrowUp")
    assert dragged.drawn() == before and sent == []
