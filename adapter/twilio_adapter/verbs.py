"""What every verb of a live call needs: its call, its waits, its limits, and the errors they share.

Law: a limit in call time is counted in received audio; the wall only watches for a stream that has died.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from twilio_adapter.call import TERMINAL, Event
from twilio_adapter.errors import CallEnded, NoMedia, PlaybackStalled
from twilio_adapter.limits import Limits
from twilio_adapter.live import LiveCall
from twilio_adapter.waits import Waits

logger = logging.getLogger(__name__)
_STALL_MS: Final = 5_000
"""Call time without an acknowledgement of what is in flight: the lead, and four times as much for the way."""


@dataclass(frozen=True)
class Verbs:
    """One live call, and how to wait in it."""

    call: LiveCall
    waits: Waits
    limits: Limits

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when something has come to pass in the call.

        Raises:
            NoMedia: nothing at all has arrived for `media_gap_s` on the wall.
            CallEnded: likewise, and Twilio has said that the call is over.
        """
        try:
            await self.waits.until(
                condition, limit_s=self.limits.media_gap_s, expired=self._stream_is_dead, renews=True
            )
        except NoMedia:
            if self.call.progress.status not in TERMINAL:
                raise
            self.call.happen(Event.STREAM_LOST)
            if not condition():
                raise self.ended() from None

    async def until_over(self) -> None:
        """Return when the stream has stopped, now that Twilio has ended the call; if it does not, give it up."""
        call, limit_s = self.call, self.limits.stop_s
        try:
            await self.waits.until(lambda: call.over, limit_s=limit_s, expired=self.ended)
        except CallEnded:
            logger.warning("Call %s has ended, but its stream did not stop within %g s.", call.sid, limit_s)
            call.happen(Event.GIVEN_UP)

    def ended(self) -> CallEnded:
        """Return the error for a verb that has outlived its call."""
        progress = self.call.progress
        return CallEnded(
            f"The call ended while this verb was under way: {progress.ending}. What was heard until then is "
            "in adapter.recording.",
            hung_up=progress.ended_by in {Event.STREAM_STOPPED, Event.TERMINAL_STATUS},
        )

    async def until_sent(self, condition: Callable[[], bool]) -> None:
        """Return when playback has come so far.

        Raises:
            CallEnded: the call is over.
            PlaybackStalled: Twilio has stopped acknowledging what it plays.
        """

        def sent() -> bool:
            if condition():
                return True
            if self.call.over:
                raise self.ended()
            if self.call.session.stalled_ms >= _STALL_MS:
                raise PlaybackStalled(
                    f"Twilio has acknowledged none of our audio for {_STALL_MS / 1000:g} s of call time: its marks are "
                    "not coming back, check what else writes to the stream.",
                    limit_s=_STALL_MS / 1000,
                )
            return False

        await self.until(sent)

    def _stream_is_dead(self) -> NoMedia:
        limit_s = self.limits.media_gap_s
        return NoMedia(
            f"Nothing has arrived on the call's media stream for {limit_s:g} s, where Twilio sends 50 messages a "
            "second: check the tunnel and the network.",
            limit_s=limit_s,
        )
