"""Ends calls that may still be up at Twilio, with the patience that money deserves.

Laws: a call that is up is billed, so a hang-up that did not get through is tried again; only a refusal that trying
again cannot change (a wrong token) ends it early. What could not be ended is named, for a person to end it.
"""

import logging
from typing import Final

from twilio_adapter import wall
from twilio_adapter.errors import AdapterError, TwilioRefused
from twilio_adapter.rest import Rest
from twilio_adapter.tasks import Tasks

logger = logging.getLogger(__name__)
TRIES: Final = 5
_TOO_MANY: Final = 429
_THEIR_FAULT: Final = 500


class HangUps:
    """One account's.

    Args:
        rest: where calls are ended.
        tasks: what is tried in the background, ends with these.
        first_pause_s: seconds before the second try; each further pause is twice as long.
    """

    def __init__(self, rest: Rest, tasks: Tasks, *, first_pause_s: float) -> None:
        self._rest = rest
        self._tasks = tasks
        self._first_pause_s = first_pause_s
        self._taken_care_of: set[str] = set()
        self.failed: list[AdapterError] = []
        """Why calls could not be ended in the background."""

    def later(self, sid: str) -> None:
        """End a call in the background, unless somebody insists on it already."""
        if sid not in self._taken_care_of:
            self._tasks.spawn(self._end(sid))
            self._taken_care_of.add(sid)

    async def insist(self, sid: str) -> None:
        """End a call; one that is over already is fine.

        Raises:
            TwilioRefused, TwilioUnreachable: it may still be up.
        """
        self._taken_care_of.add(sid)
        pause_s = self._first_pause_s
        for tries_left in reversed(range(TRIES)):
            try:
                return await self._rest.complete_call(sid)
            except AdapterError as error:
                if not tries_left or _is_final(error):
                    logger.error("Call %s may still be up, and is billed: end it in Twilio's Console. %s", sid, error)
                    raise
                logger.warning("Call %s could not be hung up, trying again: %s", sid, error)
            await wall.pause(pause_s)
            pause_s *= 2
        return None

    async def _end(self, sid: str) -> None:
        try:
            await self.insist(sid)
        except AdapterError as error:
            self.failed.append(error)


def _is_final(error: AdapterError) -> bool:
    return isinstance(error, TwilioRefused) and error.status < _THEIR_FAULT and error.status != _TOO_MANY
