"""Borrows a phone number: its calls come to us until it is given back exactly as it was.

Laws: the number is given back only while it is still ours; a change somebody made in the meantime is left alone and
logged. Taking is written down before it is done, so giving back also undoes a change whose confirmation never came.
An application on the number would take its calls before any URL, so it is taken off and put back
(twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, VoiceApplicationSid).
"""

import asyncio
import logging
from dataclasses import asdict

from twilio_adapter.errors import NumberNotOwnedError, NumberOnTrunkError
from twilio_adapter.lease import Lease, LeaseBook
from twilio_adapter.rest import OwnedNumber, Rest, VoiceSettings
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)


class BorrowedNumber:
    """One phone number (E.164) of the account."""

    def __init__(self, rest: Rest, number: str, book: LeaseBook | None) -> None:
        self._rest = rest
        self._number = number
        self._book = book
        self._lease: Lease | None = None
        self._one_at_a_time = asyncio.Lock()

    async def look_up(self) -> OwnedNumber:
        """Return the number as it is set now.

        Raises:
            NumberNotOwnedError: the account does not own it.
        """
        owned = await self._rest.find_number(self._number)
        if owned is None:
            raise NumberNotOwnedError(
                f"This account does not own {redact_number(self._number)}: buy it, or pass a number that it owns."
            )
        return owned

    async def take(self, voice_url: str) -> None:
        """Let the number's calls come to `voice_url`; taking it twice is taking it once.

        Raises:
            NumberNotOwnedError: the account does not own it.
            NumberOnTrunkError: a SIP trunk takes its calls.
        """
        async with self._one_at_a_time:
            if self._lease is not None:
                return
            owned = await self.look_up()
            if owned.trunk_sid:
                raise NumberOnTrunkError(
                    f"{redact_number(self._number)} belongs to SIP trunk {owned.trunk_sid}, which takes its calls: "
                    "take it off the trunk, or use another number."
                )
            original = await self._original(owned)
            lease = Lease(owned.sid, voice_url, original)
            if self._book is not None:
                await asyncio.to_thread(self._book.remember, lease)
            self._lease = lease
            changes = {"voice_url": voice_url, "voice_method": "POST", "voice_fallback_url": ""}
            if owned.settings.voice_application_sid:
                changes["voice_application_sid"] = ""
            await self._rest.update_number(owned.sid, changes)

    async def give_back(self) -> None:
        """Set the number as it was, if it is still ours and was taken at all."""
        async with self._one_at_a_time:
            if self._lease is None:
                return
            lease = self._lease
            owned = await self._rest.find_number(self._number)
            if owned is not None and owned.settings.voice_url == lease.leased_url:
                await self._rest.update_number(lease.number_sid, _restoring(owned.settings, lease.original))
            elif owned is None or owned.settings != lease.original:
                logger.warning(
                    "%s was changed by somebody else while we had it; it stays as it is now.",
                    redact_number(self._number),
                )
            self._lease = None
            if self._book is not None:
                await asyncio.to_thread(self._book.forget, lease.number_sid)

    async def _original(self, owned: OwnedNumber) -> VoiceSettings:
        """What to restore: what is set now, unless that is the work of an adapter that crashed."""
        left_over = None if self._book is None else await asyncio.to_thread(self._book.recall, owned.sid)
        if left_over is None or left_over.leased_url != owned.settings.voice_url:
            return owned.settings
        logger.warning(
            "%s still points at an adapter that ended without giving it back; it will be restored to what it was "
            "before that.",
            redact_number(self._number),
        )
        return left_over.original


def _restoring(now: VoiceSettings, original: VoiceSettings) -> dict[str, str]:
    """Return the settings that differ, as the SDK names them; a method that was never set cannot be unset."""
    current = asdict(now)
    return {
        name: value
        for name, value in asdict(original).items()
        if value != current[name] and (value or not name.endswith("_method"))
    }
