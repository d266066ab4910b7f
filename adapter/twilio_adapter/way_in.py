"""The way from Twilio to our port, from the moment it is opened until it is closed or lost.

Laws: a way that is open has been walked: our own server has answered through it. A way that breaks down is told at
once, for webhooks that cannot come would be waited for in vain.
"""

import asyncio
import logging
from collections.abc import Callable

from twilio_adapter.errors import TunnelFailed, TunnelLost, TunnelNotReached
from twilio_adapter.probe import Probe, until_reached
from twilio_adapter.tasks import Tasks
from twilio_adapter.tunnel import Tunnel

logger = logging.getLogger(__name__)


class WayIn:
    """One tunnel to our port.

    Args:
        tunnel: the tunnel, not opened yet.
        probe: what our server answers.
        limit_s: how long it may take until our server is reached, in seconds.
        on_lost: told when the tunnel has broken down after that.
    """

    def __init__(
        self,
        tunnel: Tunnel,
        *,
        probe: Probe,
        limit_s: float,
        on_lost: Callable[[TunnelLost], None],
    ) -> None:
        self._tunnel = tunnel
        self._probe = probe
        self._limit_s = limit_s
        self._on_lost = on_lost
        self._tasks = Tasks()

    async def open(self, local_url: str) -> str:
        """Open the tunnel and wait until it leads to our port; return the public base URL.

        Raises:
            TunnelMissing, TunnelFailed: there is no tunnel, or it ended.
            TunnelNotReached: it does not lead here.
        """
        url = await self._tunnel.open(local_url)
        logger.info("The tunnel's address is %s; waiting until it leads here.", url)
        losing = self._tasks.spawn(self._tunnel.lost())
        reaching = self._tasks.spawn(self._reach(url))
        await asyncio.wait((losing, reaching), return_when=asyncio.FIRST_COMPLETED)
        if not reaching.done():
            raise TunnelFailed(f"The tunnel at {url} broke down before it led here: {losing.result()}.")
        if (problem := reaching.result()) is not None:
            raise problem
        self._tasks.spawn(self._watch(losing, url))
        return url

    async def close(self) -> None:
        """Close the tunnel."""
        await self._tasks.aclose(patience_s=0.0)
        await self._tunnel.close()

    async def _reach(self, url: str) -> TunnelNotReached | None:
        try:
            await until_reached(url, self._probe, limit_s=self._limit_s, name_servers=self._tunnel.name_servers)
        except TunnelNotReached as problem:
            return problem
        return None

    async def _watch(self, losing: asyncio.Task[str], url: str) -> None:
        error = TunnelLost(f"The tunnel at {url} is gone: {await losing}. Leave the adapter and enter it again.")
        logger.error("%s", error)
        self._on_lost(error)
