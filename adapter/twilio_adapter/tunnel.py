"""Ways from the internet to our port: a program that opens a tunnel, or a public URL that is there already.

Laws: a tunnel's program lives no longer than its tunnel, and says nothing that we wait for without a limit. It is not
believed: whether its URL leads to us is found out by asking (`twilio_adapter.probe`). Ctrl-C in a terminal is ours to
handle, so the program gets a session of its own.
"""

import asyncio
import contextlib
import json
import logging
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections import deque
from typing import Final, Protocol

from twilio_adapter.errors import TunnelFailed, TunnelMissing
from twilio_adapter.probe import NameServers, PublicNameServers
from twilio_adapter.tasks import Tasks

logger = logging.getLogger(__name__)
DEFAULT_PATIENCE_S: Final = 30.0
_TERMINATE_S: Final = 5.0
_READ_SIZE: Final = 64 * 1024
_LONGEST_LINE: Final = 4096
_LINES_KEPT: Final = 3


class Tunnel(Protocol):
    """A way from the internet to a local port. Opened once and closed once."""

    name_servers: NameServers | None
    """Who knows the host name of its URL before everybody does; None if the name is old."""

    async def open(self, local_url: str) -> str:
        """Lead to a port of this machine (`http://127.0.0.1:8765`); return the public base URL, without a slash.

        Raises:
            TunnelMissing: its program is not installed.
            TunnelFailed: it could not be opened.
        """

    async def lost(self) -> str:
        """Return when an open tunnel has broken down, and say why; a tunnel that cannot tell never returns."""

    async def close(self) -> None:
        """Undo `open`, also if that has failed. Closing twice is closing once."""


class PublicUrl:
    """A public URL that leads here already: a named tunnel, a reverse proxy.

    Args:
        url: the public base URL, https.
    """

    name_servers: NameServers | None = None

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def open(self, local_url: str) -> str:
        """Return the URL."""
        return self._url

    async def lost(self) -> str:
        """Never return: nobody tells us."""
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return await never

    async def close(self) -> None:
        """Do nothing."""


class _Program(ABC):
    """A tunnel that a program holds open for as long as it runs."""

    name_servers: NameServers | None
    name: str
    """What people call the program."""
    install: str
    """How to get it."""

    def __init__(self, executable: str, *, patience_s: float, name_servers: NameServers | None) -> None:
        self.name_servers = name_servers or PublicNameServers()
        self._executable = executable
        self._patience_s = patience_s
        self._process: asyncio.subprocess.Process | None = None
        self._tasks = Tasks()
        self._last_lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._url: asyncio.Future[str] | None = None

    @abstractmethod
    def arguments(self, local_url: str) -> tuple[str, ...]:
        """Return what the program is started with."""

    @abstractmethod
    def url_in(self, line: str) -> str | None:
        """Return the public base URL if this line of the program's output names it."""

    async def open(self, local_url: str) -> str:
        """Start the program and return the URL it names."""
        if shutil.which(self._executable) is None:
            raise TunnelMissing(
                f"{self.name} is not installed ({self._executable!r} is not on the path): {self.install}"
            )
        self._url = asyncio.get_running_loop().create_future()
        try:
            self._process = await asyncio.create_subprocess_exec(
                self._executable,
                *self.arguments(local_url),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise TunnelFailed(f"{self.name} cannot be started ({error.strerror}): {self.install}") from error
        reading = self._tasks.spawn(self._read(self._process, self._url))
        await asyncio.wait((self._url, reading), timeout=self._patience_s, return_when=asyncio.FIRST_COMPLETED)
        if self._url.done():
            return self._url.result()
        if reading.done():
            raise TunnelFailed(f"{self.name} ended ({await self._process.wait()}) before it named a URL{self._said()}.")
        raise TunnelFailed(
            f"{self.name} has named no URL within {self._patience_s:g} s{self._said()}: check that this machine may "
            "open connections to the internet, or pass public_base_url."
        )

    async def lost(self) -> str:
        """Return when the program has ended, with its exit code and its last words."""
        assert self._process is not None
        code = await self._process.wait()
        return f"{self.name} has ended ({code}){self._said()}"

    async def close(self) -> None:
        """End the program: politely, then not."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(_TERMINATE_S):
                    await process.wait()
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        await self._tasks.aclose(patience_s=_TERMINATE_S)

    async def _read(self, process: asyncio.subprocess.Process, url: asyncio.Future[str]) -> None:
        """Read all it says for as long as it runs: a program whose pipe is full stands still."""
        assert process.stdout is not None
        rest = ""
        while piece := await process.stdout.read(_READ_SIZE):
            *lines, rest = (rest + piece.decode(errors="replace")).split("\n")
            rest = rest[-_LONGEST_LINE:]
            for line in lines:
                self._take(line[-_LONGEST_LINE:].strip(), url)
        self._take(rest.strip(), url)

    def _take(self, line: str, url: asyncio.Future[str]) -> None:
        if not line:
            return
        logger.debug("%s: %s", self.name, line)
        self._last_lines.append(line)
        if not url.done() and (found := self.url_in(line)) is not None:
            url.set_result(found)

    def _said(self) -> str:
        return f"; its last words: {' / '.join(self._last_lines)}" if self._last_lines else "; it said nothing"


class CloudflaredTunnel(_Program):
    """A quick tunnel of Cloudflare: no account needed, a new name every time (developers.cloudflare.com/tunnel).

    Args:
        executable: the program's name or path.
        patience_s: how many seconds it may take to name its URL.
        name_servers: who is asked whether the new name exists; public ones over HTTPS, if not given.
    """

    name = "cloudflared"
    install = (
        "install it (macOS: brew install cloudflared; Windows: winget install Cloudflare.cloudflared; Linux: the "
        "package at https://pkg.cloudflare.com), or pass public_base_url or another tunnel."
    )
    # Its log names Cloudflare's own pages too, and the API's host if asking there for a tunnel has failed.
    _URL: Final = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com(?![\w:-]|\.\w)")

    def __init__(
        self,
        *,
        executable: str = "cloudflared",
        patience_s: float = DEFAULT_PATIENCE_S,
        name_servers: NameServers | None = None,
    ) -> None:
        super().__init__(executable, patience_s=patience_s, name_servers=name_servers)

    def arguments(self, local_url: str) -> tuple[str, ...]:
        """A quick tunnel; somebody's configuration of a named one would get in its way."""
        return ("tunnel", "--no-autoupdate", "--config", os.devnull, "--url", local_url)

    def url_in(self, line: str) -> str | None:
        """Return the tunnel's URL if the line has it."""
        found = self._URL.search(line)
        return found[0] if found else None


class NgrokTunnel(_Program):
    """A tunnel of ngrok; its program must have been given an account's token before (ngrok.com/docs/agent/cli).

    Args:
        executable: the program's name or path.
        domain: the account's domain to use, if it has one.
        patience_s: how many seconds it may take to name its URL.
        name_servers: who is asked whether the new name exists; public ones over HTTPS, if not given.
    """

    name = "ngrok"
    install = "install it from https://ngrok.com/download, or use CloudflaredTunnel, which needs no account."

    def __init__(
        self,
        *,
        executable: str = "ngrok",
        domain: str | None = None,
        patience_s: float = DEFAULT_PATIENCE_S,
        name_servers: NameServers | None = None,
    ) -> None:
        super().__init__(executable, patience_s=patience_s, name_servers=name_servers)
        self._domain = domain

    def arguments(self, local_url: str) -> tuple[str, ...]:
        """An http tunnel that logs as JSON, a line an event."""
        domain = () if self._domain is None else ("--url", f"https://{self._domain}")
        return ("http", local_url, *domain, "--log", "stdout", "--log-format", "json")

    def url_in(self, line: str) -> str | None:
        """Return the URL of the event that says the tunnel is up."""
        try:
            event = json.loads(line)
        except ValueError:
            return None
        if not isinstance(event, dict) or event.get("msg") != "started tunnel":
            return None
        url = event.get("url")
        return url.rstrip("/") if isinstance(url, str) and url.startswith("https://") else None
