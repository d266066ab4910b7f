"""Whether a public URL leads to our port: we ask it for a secret that only our server knows.

Laws: the answer proves it, nothing else does; a name that resolves, or a page that some edge serves, proves nothing.
A name that is seconds old is not asked of the system's resolver before it exists: a resolver that has once been told
"no such name" believes it for minutes (github.com/fastagent-sh/fastagent/pull/437), long after the tunnel is up. Public
name servers are asked over HTTPS instead, at their addresses, and what they answer is where we connect.
"""

import asyncio
import hmac
import logging
import secrets
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from twilio_adapter import wall
from twilio_adapter.errors import TunnelNotReached

logger = logging.getLogger(__name__)
PROBE_PATH: Final = "/twilio/probe"
_TOKEN_BYTES: Final = 18
_ONE_TRY_S: Final = 5.0
_BETWEEN_TRIES_S: Final = 0.5
_YOUNG_NAME_S: Final = 10.0
"""When the system's resolver may be asked all the same: names have been seen to take six seconds."""
_STATUS_MEANS: Final = {
    502: "the tunnel is up, and finds nothing at our port",
    530: "the tunnel is not connected to its edge yet",
}


class Probe:
    """One server's question and answer."""

    def __init__(self) -> None:
        self.nonce = secrets.token_urlsafe(_TOKEN_BYTES)
        self._answer = secrets.token_urlsafe(_TOKEN_BYTES)

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"{PROBE_PATH}/{self.nonce}"

    def answer(self, nonce: str) -> str | None:
        """Return the answer to a question; None if it is not ours."""
        return self._answer if hmac.compare_digest(nonce.encode(), self.nonce.encode()) else None

    def is_answer(self, text: str) -> bool:
        """Whether this is what our server answers."""
        return hmac.compare_digest(text.encode(), self._answer.encode())


class NameServers(Protocol):
    """Tells where a young name leads."""

    async def addresses(self, host: str) -> Sequence[str] | None:
        """Return a host's addresses: none if the name does not exist yet, None if nobody could be asked."""


class PublicNameServers:
    """Two public resolvers, asked over HTTPS at addresses that need no resolving.

    Both speak the same JSON (developers.cloudflare.com/1.1.1.1, "Using JSON"; developers.google.com/speed/public-dns).
    """

    URLS: Final = ("https://1.1.1.1/dns-query", "https://8.8.8.8/resolve")

    def __init__(self, urls: Sequence[str] = URLS) -> None:
        self._urls = urls

    async def addresses(self, host: str) -> Sequence[str] | None:
        """Ask one after the other, until one answers."""
        async with _session() as session:
            for url in self._urls:
                try:
                    async with session.get(
                        url, params={"name": host, "type": "A"}, headers={"Accept": "application/dns-json"}
                    ) as reply:
                        content = await reply.json(content_type=None)
                        records = content.get("Answer") or ()
                        return [record["data"] for record in records if record["type"] == 1]
                except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, AttributeError) as error:
                    logger.debug("Name server %s did not answer (%s).", url, type(error).__name__)
        return None


async def until_reached(
    base_url: str, probe: Probe, *, limit_s: float, name_servers: NameServers | None = None
) -> None:
    """Return when a public base URL leads to the server that knows `probe`.

    Args:
        base_url: the public base URL, without a slash.
        probe: what our server is asked.
        limit_s: how long to try, in seconds. A try that has begun is finished, so that the error can tell of it.
        name_servers: who is asked for a host name that is seconds old; None asks the system for one that is not.

    Raises:
        TunnelNotReached: it does not lead here; says what it leads to.
    """
    now_s = asyncio.get_running_loop().time
    search, end_s = _Search(base_url, probe, name_servers), now_s() + limit_s
    while not await search.try_once():
        if now_s() >= end_s:
            raise TunnelNotReached(
                f"{base_url} has not led to this adapter within {limit_s:g} s: {search.seen}. Check that the tunnel "
                "leads to the adapter's http_port and that this machine may reach it.",
                limit_s=limit_s,
            )
        await wall.pause(_BETWEEN_TRIES_S)


class _Search:
    """Tries at one URL, and what the last of them has seen."""

    def __init__(self, base_url: str, probe: Probe, name_servers: NameServers | None) -> None:
        self.seen = ""
        self._url = base_url + probe.path
        self._probe = probe
        self._host = urlsplit(base_url).hostname or ""
        self._name_servers = None if _is_address(self._host) else name_servers
        self._begun_s = asyncio.get_running_loop().time()

    async def try_once(self) -> bool:
        """Look the name up and ask; return whether our server has answered."""
        resolver = None
        if self._name_servers is not None:
            addresses = await self._name_servers.addresses(self._host)
            if addresses:
                resolver = _Known(self._host, addresses)
            elif addresses is not None or not self._old_enough():
                self.seen = f"the name {self._host} does not exist yet"
                return False
        try:
            async with _session(resolver) as session, session.get(self._url, allow_redirects=False) as reply:
                if reply.status == 200 and self._probe.is_answer(await reply.text(errors="replace")):
                    return True
                means = _STATUS_MEANS.get(reply.status, "somebody else answers there")
                self.seen = f"HTTP {reply.status}, {means}"
        except TimeoutError:
            self.seen = f"no answer within {_ONE_TRY_S:g} s"
        except (aiohttp.ClientError, OSError) as error:
            self.seen = f"it cannot be reached ({type(error).__name__})"
        return False

    def _old_enough(self) -> bool:
        return asyncio.get_running_loop().time() - self._begun_s > _YOUNG_NAME_S


class _Known(AbstractResolver):
    """Knows one host's addresses; others, such as a proxy's, are looked up as always."""

    def __init__(self, host: str, addresses: Sequence[str]) -> None:
        self._host = host
        self._addresses = addresses
        self._others = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where a host is."""
        if host != self._host:
            return await self._others.resolve(host, port, family)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Have nothing to close."""
        await self._others.close()


def _session(resolver: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session for one try: nothing is remembered between two. A proxy in the environment is used."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True),
        timeout=aiohttp.ClientTimeout(total=_ONE_TRY_S),
        trust_env=True,
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
