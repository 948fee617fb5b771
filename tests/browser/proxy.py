"""A proxy and a relay for tests, in this process: what lies between a browser and the server."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from urllib.parse import urlparse

import aiohttp
from aiohttp import web

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length"}


@contextmanager
def proxy(server: str, below: str = "", keeps_host: bool = True) -> Iterator[str]:
    """A proxy in front of `server` that removes the path `below`, as nginx with `location /lab/ { proxy_pass …/; }`.

    Yields its address, with `below`. keeps_host: the server gets the browser's Host header; otherwise its own, as
    behind most tunnels.
    """
    started: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:

            async def forward(request: web.Request) -> web.StreamResponse:
                if not request.raw_path.startswith(f"{below}/"):
                    return web.HTTPNotFound()
                headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
                if keeps_host:
                    headers["Host"] = request.headers["Host"]
                url = server + request.raw_path.removeprefix(below)
                if request.headers.get("Upgrade", "").lower() == "websocket":
                    return await _forward_websocket(request, session, url, headers)
                return await _forward_request(request, session, url, headers)

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", forward)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            ended = asyncio.Event()
            started.set_result((runner.addresses[0][1], asyncio.get_running_loop(), ended))
            await ended.wait()
            await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    port, loop, ended = started.result(10)
    try:
        yield f"http://localhost:{port}{below}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


async def _forward_request(
    request: web.Request, session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> web.StreamResponse:
    body = await request.read()
    try:
        async with session.request(
            request.method, url, headers=headers, data=body or None, allow_redirects=False
        ) as answer:
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
            return web.Response(status=answer.status, headers=kept, body=await answer.read())
    except aiohttp.ClientError:
        return web.Response(status=502)


async def _forward_websocket(
    request: web.Request, session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> web.StreamResponse:
    headers = {name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")}
    protocols = [part.strip() for part in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    try:
        server = await session.ws_connect(url, headers=headers, protocols=protocols, max_msg_size=0)
    except aiohttp.WSServerHandshakeError as refusal:
        return web.Response(status=refusal.status)
    except aiohttp.ClientError:
        return web.Response(status=502)
    browser = web.WebSocketResponse(protocols=[server.protocol] if server.protocol else (), max_msg_size=0)
    await browser.prepare(request)
    await asyncio.wait(
        [asyncio.ensure_future(_pass_on(*pair)) for pair in ((browser, server), (server, browser))],
        return_when="FIRST_COMPLETED",
    )
    await server.close()
    await browser.close()
    return browser


async def _pass_on(source, target) -> None:
    async for message in source:
        await (
            target.send_bytes(message.data)
            if message.type == aiohttp.WSMsgType.BINARY
            else target.send_str(message.data)
        )


class Relay:
    """A TCP relay to a server, which can be cut."""

    def __init__(self, server: str) -> None:
        self.target = ("127.0.0.1", urlparse(server).port)
        self.is_open, self.sockets, self.dead = True, set(), set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://localhost:{self.door.getsockname()[1]}"

    def __enter__(self) -> Relay:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.door.close()
        self._end_all()

    def cut(self, seconds: float) -> None:
        """Ends all connections, and lets nobody through for so long."""
        self.is_open = False
        self._end_all()
        time.sleep(seconds)
        self.is_open = True

    def lose(self) -> None:
        """Keeps the connections, but passes nothing on any more: as after a change of network."""
        self.dead |= self.sockets

    def _end_all(self) -> None:
        for one in list(self.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        with suppress(OSError):  # the door is closed
            while True:
                client, _ = self.door.accept()
                if not self.is_open:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                for ends in ((client, server), (server, client)):
                    self.sockets.add(ends[0])
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                if source not in self.dead:
                    target.sendall(content)
        if source in self.dead:  # neither end learns of it
            return
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.sockets.discard(source)
        source.close()
