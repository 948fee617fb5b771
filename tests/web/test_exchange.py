"""A change that Python has not received is sent again: in Node."""

from __future__ import annotations

import pytest

from ..browser.driver import (
    ROOT,
)

pytestmark = pytest.mark.skipif(
    not (ROOT / "pretrained" / "mnist-aae").exists(), reason="no shipped models: python train.py makes them"
)


def test_a_change_goes_again_until_python_has_it(compute):
    sent, waits = compute(
        "parts/exchange",
        """
        const sent = [], waits = [], timers = new Map(), { setTimeout: begin, clearTimeout: end } = globalThis;
        globalThis.setTimeout = (call, wait) => {
          waits.push(wait);
          timers.set(waits.length, call);
          return waits.length;
        };
        globalThis.clearTimeout = (timer) => timers.delete(timer);
        const fire = () => { const calls = [...timers.values()]; timers.clear(); for (const call of calls) call(); };
        const exchange = new Exchange({ key: "a page", state: {} }, (state) => sent.push(state.revision));
        exchange.open(() => {});
        exchange.post({ a: 1 });
        fire(); // nobody has answered
        deliver("a page", { seen: 1 }); // of the first: too old
        deliver("another page", { seen: 3 });
        fire();
        deliver("a page", { seen: 3 });
        fire();
        Object.assign(globalThis, { setTimeout: begin, clearTimeout: end });
        return [sent, waits];
    """,
    )
    assert sent == [1, 2, 3] and waits == [20_000, 40_000, 80_000]


def test_a_message_waits_for_its_page_and_reaches_no_other(compute):
    read = compute(
        "parts/exchange",
        """
        const read = { a: [], b: [], again: [] };
        deliver("a", { reference: 1 });
        deliver("a", { reference: 2 });
        const [a, b, again] = ["a", "b", "a"].map((key) => new Exchange({ key, state: {} }, () => {}));
        a.open((message) => read.a.push(message));
        b.open((message) => read.b.push(message));
        deliver("a", { seen: 4 });
        again.open((message) => read.again.push(message)); // mounted before the old one is left
        a.close();
        deliver("a", { seen: 5 });
        again.close();
        deliver("a", { seen: 6 });
        return read;
    """,
    )
    assert read == {"a": [{"reference": 2}, {"seen": 4}], "b": [], "again": [{"reference": 2, "seen": 4}, {"seen": 5}]}


def test_a_page_that_is_opened_again_counts_on_and_takes_no_old_answer(compute):
    sent, is_news = compute(
        "parts/exchange",
        """
        const sent = [], open = () => {
          const exchange = new Exchange({ key: "a lesson", state: {} }, (state) => sent.push(state.revision));
          exchange.open(() => {});
          return exchange;
        };
        const first = open();
        first.post({ a: 1 });
        deliver("a lesson", { seen: 1 });
        first.close();
        const again = open(); // of an address, which has no number
        again.post({ a: 2 });
        const isNews = again.isNews({ a: 1, seen: 1 }); // the answer to the earlier visit
        again.close();
        return [sent, isNews];
    """,
    )
    assert sent == [1, 2] and is_news is False
