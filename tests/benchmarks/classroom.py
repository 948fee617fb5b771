"""A class opens the app: how long does each student wait, and what does it cost the server?

    python tests/benchmarks/classroom.py [--students 40] [--minutes 2] [--runs 80]

Students speak to the server as a browser does (student.py); two more are pages of a real Chromium. All arrive within
RUSH seconds. Then, for some minutes, they move sliders and change models and pages. "ready": the script has ended and
every asset has arrived, with an empty cache; in Chromium, the maps can be panned and zoomed. A first server shows which
assets a page needs. The measured server is fresh, except that one student has visited all pages, as a teacher would.
With --runs, saved runs are listed beside the shipped models.
Everything runs on this machine, so the waiting times include the students' own work. Fails above a limit below.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.benchmarks.process import cpu_seconds, memory
from tests.benchmarks.saved_runs import lay_out
from tests.benchmarks.student import Student
from tests.browser import driver

RUSH, PAUSES = 30.0, (4.0, 12.0)  # seconds: all come within; between one thing that a student does and the next
READY, EACH = 10.0, 8.0  # the bars: seconds until a page is ready, at p95; MB that a session may hold
BROWSERS = 2
SLIDERS = (
    "μ₁",
    "μ₂",
    "log σ²₁",
    "log σ²₂",
)  # one after the other: a slider that is dragged to where it is has nothing to send
FRONT = ""  # its address
PAGES = (FRONT, "why", "kl", "reparameterisation", "adversary", "practice", "scoreboard")
TROUBLE = ("Traceback", "ERROR", "Error:", "WARNING", "Exception")  # in the server's log


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--runs", type=int, default=0, help="saved runs beside the shipped models")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores; load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as home:
        runs = Path(home) / "runs"
        lay_out(runs, options.runs)
        with tempfile.TemporaryDirectory() as folder, driver.serve(Path(folder), runs=runs) as server:
            loads = {page: fetched(server.address, page) for page in PAGES}
        with tempfile.TemporaryDirectory() as folder, driver.serve(Path(folder), runs=runs) as server:
            lesson = Lesson(server, loads, options.students, options.minutes)
            asyncio.run(lesson.hold())
            return lesson.report()


def fetched(address: str, page: str) -> list[str]:
    """The paths that a browser with an empty cache gets from the server when it opens a page."""
    found: list[str] = []

    def note(response) -> None:
        path = response.url.removeprefix(address)
        within = page != FRONT and response.request.resource_type == "document"  # who comes from the front page has it
        if (
            response.url.startswith(address) and response.status == 200 and not within and "/runs/" not in path
        ):  # a session's own: student.py has its own
            found.append(path)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
        tab = browser.new_context(viewport=driver.DESK).new_page()
        tab.on("response", note)
        tab.goto(f"{address}/{page}")
        tab.wait_for_selector(".live, [data-testid=stDataFrame]", timeout=60_000)
        if page == FRONT:
            tab.wait_for_selector(driver.COMPLETE, timeout=60_000)
        before = 0
        while len(found) > before:
            before = len(found)
            tab.wait_for_timeout(4000)
        browser.close()
    return list(dict.fromkeys(found))


class Lesson:
    """The class, and what was seen of it."""

    def __init__(self, server: driver.Server, loads: dict[str, list[str]], students: int, minutes: float) -> None:
        self.server, self.seconds, self.random = server, 60 * minutes, random.Random(0)
        self.teacher = Student(server.address, loads, seed=-1)
        self.students = [Student(server.address, loads, seed) for seed in range(students)]
        self.browsers = Browsers(server.address)
        self.figures: dict[str, float] = {}

    async def hold(self) -> None:
        cold = memory(self.server.pid)
        async with self.teacher:
            await self.teacher.open()
            for page in [*self.teacher.loads][1:]:
                await self.teacher.change_page(page)
        await asyncio.sleep(2)
        before, computed, began = memory(self.server.pid), cpu_seconds(self.server.pid), time.monotonic()
        self.figures |= {"MB at the start": cold, "MB when one student has seen all pages": before}
        self.end = began + RUSH + self.seconds
        browsers = threading.Thread(target=self.browsers.attend, args=(began, self.end))
        browsers.start()
        rush = asyncio.gather(
            *(self._attend(student, began + RUSH * i / len(self.students)) for i, student in enumerate(self.students))
        )
        await asyncio.sleep(began + RUSH - time.monotonic())
        self.figures["cores in the rush"] = (cpu_seconds(self.server.pid) - computed) / RUSH
        self.figures["MB after the rush"] = memory(self.server.pid)
        sampling = asyncio.create_task(self._most_memory())
        await rush
        browsers.join()
        most = await sampling
        self.figures["s of computing"] = cpu_seconds(self.server.pid) - computed
        self.figures["cores, all in all"] = self.figures["s of computing"] / (time.monotonic() - began)
        self.figures |= {"MB at most": most, "MB a session": (most - before) / (len(self.students) + BROWSERS)}

    async def _most_memory(self) -> float:
        most = 0.0
        while time.monotonic() < self.end:
            most = max(most, memory(self.server.pid))
            await asyncio.sleep(1)
        return most

    async def _attend(self, student: Student, arrival: float) -> None:
        await asyncio.sleep(max(0, arrival - time.monotonic()))
        async with student:
            try:
                await student.open()
                while (pause := student.random.uniform(*PAUSES)) < self.end - time.monotonic() and not student.dropped:
                    await asyncio.sleep(pause)
                    chance = student.random.random()
                    await (
                        student.move()
                        if chance < 0.6
                        else student.change_model()
                        if chance < 0.8
                        else student.change_page()
                    )
                await asyncio.sleep(max(0, self.end - time.monotonic()))  # nobody leaves before the end
            except Exception as error:  # what a student cannot do is a finding: the others go on
                student.errors.append(f"{type(error).__name__}: {error}")

    def report(self) -> int:
        """Prints all, and each bar that was missed. Returns how many were."""
        print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
        for name, value in self.figures.items():
            print(f"  {value:8.2f} {name}")
        sessions = [self.teacher, *self.students]
        taken = {
            name: [time for student in self.students for time in student.times[name]]
            for name in ("ready", "a release", "another model", "another page")
        }
        taken["ready, Chromium"] = self.browsers.ready
        for name, times in taken.items():
            print(
                f"  {name}: {len(times)} times, p50 {quantile(times, 0.5):.2f} s, p95 {quantile(times, 0.95):.2f} s, "
                f"longest {max(times, default=0):.2f} s"
            )
        sizes = [student.bytes / 1e6 for student in self.students]
        print(
            f"  a student received {quantile(self.first_bytes(), 0.5):.2f} MB until ready, {quantile(sizes, 0.5):.2f} "
            "MB in all (median)"
        )
        print(
            f"  Chromium's messages: {len(self.browsers.dragging)} in {self.browsers.drags} drags "
            f"{sorted(set(self.browsers.dragging))}, {self.browsers.released} on their releases"
        )
        lines = self.server.log.read_text(encoding="utf-8").splitlines()
        log = [line.strip() for line in lines if any(word in line for word in TROUBLE)]
        errors = [error for one in (*sessions, self.browsers) for error in one.errors] + [
            f"server's log: {line}" for line in log
        ]
        missed = {
            f"{len(errors)} errors: {'; '.join(list(dict.fromkeys(errors))[:10])}": errors,
            "a session was dropped": sum(student.dropped for student in sessions),
            "somebody was never ready": len(taken["ready"]) != len(self.students)
            or len(self.browsers.ready) != BROWSERS,
            f"p95 of ready is above {READY} s": quantile(taken["ready"] + self.browsers.ready, 0.95) > READY,
            f"a session holds more than {EACH} MB": self.figures["MB a session"] > EACH,
            "a drag sent messages, or none was made": self.browsers.dragging or not self.browsers.drags,
        }
        for what, is_missed in missed.items():
            if is_missed:
                print(f"MISSED: {what}")
        return sum(map(bool, missed.values()))

    def first_bytes(self) -> list[float]:
        return [student.first_bytes / 1e6 for student in self.students if student.times["ready"]]


class Browsers:
    """Two pages of one Chromium, that drag sliders and count what they send."""

    def __init__(self, address: str) -> None:
        self.address, self.ready, self.errors = address, [], []
        self.drags = self.released = 0
        self.dragging: list[str] = []  # the kinds of messages

    def attend(self, began: float, end: float) -> None:
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=driver.CHROMIUM, args=driver.FLAGS)
                tabs = [self._open(browser, began + RUSH * (i + 0.5) / BROWSERS) for i in range(BROWSERS)]
                while time.monotonic() < end:
                    for tab, sent in tabs:
                        self._drag(tab, sent)
                browser.close()
        except BrowserError as error:
            self.errors.append(f"Chromium: {error.message.splitlines()[0]}")

    def _open(self, browser, arrival: float):
        tab, sent = browser.new_context(viewport=driver.DESK).new_page(), []
        tab.on("pageerror", lambda error: self.errors.append(f"Chromium: {error}"))
        tab.on(
            "websocket",
            lambda socket: socket.on(
                "framesent", lambda message: sent.append(BackMsg.FromString(message).WhichOneof("type"))
            ),
        )
        time.sleep(max(0, arrival - time.monotonic()))
        tab.goto(self.address)
        tab.wait_for_selector(driver.COMPLETE, timeout=60_000)
        self.ready.append(tab.evaluate("() => performance.getEntriesByName('explorer complete')[0].startTime / 1000"))
        return tab, sent

    def _drag(self, tab, sent: list) -> None:
        tab.wait_for_timeout(1500)
        before = len(sent)
        driver.drag_slider(tab, SLIDERS[self.drags // BROWSERS % len(SLIDERS)], 60)
        dragged = len(sent)
        tab.mouse.up()
        tab.wait_for_timeout(1500)
        self.drags += 1
        self.dragging += sent[before:dragged]
        self.released += len(sent) - dragged


def quantile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values) or [float("nan")]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    sys.exit(main())
