"""A student without a browser: speaks Streamlit's protocol, and fetches assets as a browser with its cache does."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

CONNECTIONS = 6  # that a browser opens to one host, beside the websocket
POLL = 3.0  # seconds: practice_feed.js, where nothing trains
LONGEST = 120  # seconds that a student waits for anything


def apart(visit: Callable[[], Awaitable]) -> object:
    """What an async function returns, run in a thread: a browser's own loop may run in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, visit()).result()


class Student:
    """One session. `bytes`: received in bodies and websocket messages, compressed; `times`: durations in seconds."""

    def __init__(self, address: str, loads: dict[str, list[str]], seed: int) -> None:
        """loads: the paths that a browser with an empty cache fetches, for each page's address."""
        self.address, self.loads, self.random = address, loads, random.Random(seed)
        self.bytes, self.first_bytes, self.dropped = 0, 0, False
        self.errors: list[str] = []
        self.times: dict[str, list[float]] = defaultdict(list)
        self.kept: set[str] = set()  # addresses that a browser would not ask for again
        self.tags: dict[str, str] = {}  # and the ETag of those that it would ask after
        self.hashes: dict[str, bytes] = {}  # of Streamlit's messages that a browser keeps
        self.page, self.revision = "", 0
        self.leaving, self.polling = False, None

    async def __aenter__(self) -> Student:
        # A body stays as it came: its size is what the network carried.
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit_per_host=CONNECTIONS),
            auto_decompress=False,
            headers={"Accept-Encoding": "gzip, deflate, br"},
        )
        self.sockets = aiohttp.ClientSession(cookie_jar=self.http.cookie_jar)
        return self

    async def __aexit__(self, *_) -> None:
        self.leaving = True
        if self.polling:
            self.polling.cancel()
        with suppress(AttributeError):
            await self.socket.close()
            await self.reading
        await self.http.close()
        await self.sockets.close()

    async def open(self) -> None:
        """Loads the front page, from an empty cache to the last asset."""
        began = time.monotonic()
        await self.fetch(path for path in self.loads[""] if not path.startswith("/assets/"))
        self.socket = await self.sockets.ws_connect(
            f"{self.address}/_stcore/stream",
            protocols=("streamlit", "PLACEHOLDER"),
            origin=self.address,
            max_msg_size=0,
        )
        self.done = asyncio.Event()
        self.reading = asyncio.create_task(self._read())
        await self.run()
        await self.fetch(self.loads[""])
        self.times["ready"].append(time.monotonic() - began)
        self.first_bytes = self.bytes

    async def move(self) -> None:
        """A slider is released."""
        if "mean" in self.state:
            self.state["mean"] = [round(self.random.gauss(0, 1), 4) for _ in self.state["mean"]]
        await self._timed("a release", self._post())

    async def change_model(self) -> None:
        """Another model on one side of the explorer."""
        if self.page != "":
            return await self.change_page("")
        entry = self.random.choice([entry for entry in self.data["catalogue"] if entry["latent_dim"] == 2])
        self.state[self.random.choice(("left", "right"))] = entry["name"]
        await self._timed("another model", self._post(), self.fetch([f"/{self.data['assets']}{entry['tensors']}"]))

    async def change_page(self, page: str | None = None) -> None:
        if self.polling:
            self.polling.cancel()
            self.polling = None
        self.page = self.random.choice([one for one in self.loads if one != self.page]) if page is None else page
        await self._timed("another page", self._turn())
        if "trainings" in self.data:
            runs = f"/{self.data['assets']}runs/{self.data['trainings']}"
            self.polling = asyncio.create_task(self._poll(f"{runs}?a=0.0.0&b=0.0.0"))

    async def _turn(self) -> None:
        await self.run()
        await self.fetch(self.loads[self.page])

    async def _timed(self, name: str, *parts) -> None:
        began = time.monotonic()
        await asyncio.gather(*parts)
        self.times[name].append(time.monotonic() - began)

    async def _post(self) -> None:
        """What a live page sends when a change is finished: its whole state."""
        if not self.component:
            return await self.run()
        self.revision += 1
        await self.run(json.dumps({"state": self.state | {"revision": self.revision}}))

    async def run(self, value: str | None = None) -> None:
        """The page's script, from the message to its end."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.context_info.url = f"{self.address}/{self.page}"
        rerun.context_info.timezone, rerun.context_info.locale, rerun.context_info.color_scheme = (
            "UTC",
            "en-US",
            "light",
        )
        if value is not None:
            rerun.widget_states.widgets.add(id=self.component, json_value=value)
        else:
            self.component, self.data, self.state = "", {}, {}
            rerun.widget_states.SetInParent()
        if hasattr(self, "pages"):
            rerun.page_script_hash = self.pages[self.page]
        rerun.cached_message_hashes.extend(self.hashes)
        self.done.clear()
        try:
            await self.socket.send_bytes(message.SerializeToString())
            await asyncio.wait_for(self.done.wait(), LONGEST)
        except (TimeoutError, aiohttp.ClientError) as error:
            self.errors.append(f"the script of /{self.page} did not end: {type(error).__name__}")

    async def _read(self) -> None:
        async for packed in self.socket:
            if packed.type != aiohttp.WSMsgType.BINARY:
                break
            self.bytes += len(packed.data)
            self._take(packed.data)
        if not self.leaving:
            self.dropped = True
            self.errors.append(f"the websocket was closed with {self.socket.close_code}")
        self.done.set()

    def _take(self, packed: bytes) -> None:
        message = ForwardMsg.FromString(packed)
        if message.ref_hash:
            message = ForwardMsg.FromString(self.hashes[message.ref_hash])
        elif message.metadata.cacheable:
            self.hashes[message.hash] = packed
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "delta":
            element = message.delta.new_element
            if element.WhichOneof("type") == "bidi_component" and not self.component:
                data = json.loads(element.bidi_component.json)
                if "state" in data:  # a live page
                    self.component, self.data, self.state = element.bidi_component.id, data, data["state"]
            elif element.WhichOneof("type") == "exception":
                self.errors.append(f"the page /{self.page} shows {element.exception.type}: {element.exception.message}")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self.done.set()
            elif message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.errors.append(f"the script of /{self.page} ended with {message.script_finished}")

    async def fetch(self, paths: Iterable[str]) -> None:
        await asyncio.gather(*(self._fetch(path) for path in paths if path not in self.kept))

    async def _fetch(self, path: str) -> None:
        headers = {"If-None-Match": self.tags[path]} if path in self.tags else {}
        try:
            async with self.http.get(self.address + path, headers=headers) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            return self.errors.append(f"GET {path}: {type(error).__name__} {error}")
        self.bytes += len(body)
        if response.status >= 400:
            self.errors.append(f"GET {path}: {response.status}")
        elif "immutable" in response.headers.get("Cache-Control", "") or "max-age=3600" in response.headers.get(
            "Cache-Control", ""
        ):
            self.kept.add(path)
        elif "ETag" in response.headers:
            self.tags[path] = response.headers["ETag"]

    async def _poll(self, path: str) -> None:
        while True:
            await self._fetch(path)
            await asyncio.sleep(POLL)
