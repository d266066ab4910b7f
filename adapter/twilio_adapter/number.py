"""Borrows a phone number: its calls come to us until it is given back exactly as it was.

Laws: a number has one borrower at a time. It is given back only while it is still ours; a change somebody made in the
meantime is left alone and logged. Taking is written down before it is done, so giving back also undoes a change whose
confirmation never came, and whoever connects next undoes what a process that was killed has left behind.
An application on the number would take its calls before any URL, so it is taken off and put back
(twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, VoiceApplicationSid).
"""

import asyncio
import logging
from dataclasses import asdict
from enum import StrEnum

from twilio_adapter.errors import NumberNotOwnedError, NumberOnTrunkError
from twilio_adapter.lease import Lease, LeaseBook
from twilio_adapter.rest import OwnedNumber, Rest, VoiceSettings
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)


class Restored(StrEnum):
    """What became of a number when its lease ended."""

    AS_IT_WAS = "restored"
    NEVER_CHANGED = "never changed"
    CHANGED_BY_OTHERS = "left alone: somebody has changed it meanwhile"
    NOT_OURS_ANY_MORE = "left alone: the account does not own it any more"


async def restore(rest: Rest, lease: Lease) -> Restored:
    """Set a number as it was before its lease, if nobody has sent its calls elsewhere meanwhile.

    Raises:
        TwilioRefused, TwilioUnreachable: it could not be looked up or changed.
    """
    owned = await rest.find_number(lease.phone_number)
    if owned is None:
        return Restored.NOT_OURS_ANY_MORE
    if owned.settings == lease.original:
        return Restored.NEVER_CHANGED
    if not lease.in_force(owned.settings):
        return Restored.CHANGED_BY_OTHERS
    await rest.update_number(owned.sid, _differences(owned.settings, lease.undone(owned.settings)))
    return Restored.AS_IT_WAS


async def restore_left_over(rest: Rest, book: LeaseBook, number_sid: str) -> Restored | None:
    """Restore a number that a process has left behind; None if there is nothing to restore, or its holder lives.

    Raises:
        TwilioRefused, TwilioUnreachable: it could not be looked up or changed; the lease is kept.
    """
    if not await asyncio.to_thread(book.try_hold, number_sid):
        return None
    try:
        lease = await asyncio.to_thread(book.recall, number_sid)
        if lease is None:
            return None
        done = await restore(rest, lease)
        logger.warning(
            "Process %s had taken %s at %s and never gave it back: %s.",
            lease.pid,
            redact_number(lease.phone_number),
            lease.since,
            done,
        )
        await asyncio.to_thread(book.forget, number_sid)
        return done
    finally:
        await asyncio.to_thread(book.release, number_sid)


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

    async def recover(self) -> None:
        """Make sure that the number is ours, and not as a process that was killed has left it.

        Raises:
            NumberNotOwnedError: the account does not own it.
        """
        owned = await self.look_up()
        if self._book is not None:
            await restore_left_over(self._rest, self._book, owned.sid)

    async def take(self, voice_url: str) -> None:
        """Let the number's calls come to `voice_url`; taking it twice is taking it once.

        Raises:
            NumberNotOwnedError: the account does not own it.
            NumberOnTrunkError: a SIP trunk takes its calls.
            NumberInUseError: another adapter has it.
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
            changes = {"voice_url": voice_url, "voice_method": "POST", "voice_fallback_url": ""}
            if owned.settings.voice_application_sid:
                changes["voice_application_sid"] = ""
            self._lease = await self._write_down(owned, changes)
            await self._rest.update_number(owned.sid, changes)

    async def give_back(self) -> None:
        """Set the number as it was, if it is still ours and was taken at all."""
        async with self._one_at_a_time:
            if self._lease is None:
                return
            lease = self._lease
            try:
                done = await restore(self._rest, lease)
                if done in {Restored.CHANGED_BY_OTHERS, Restored.NOT_OURS_ANY_MORE}:
                    logger.warning("%s: %s.", redact_number(self._number), done)
                self._lease = None
                if self._book is not None:
                    await asyncio.to_thread(self._book.forget, lease.number_sid)
            finally:
                if self._book is not None:
                    await asyncio.to_thread(self._book.release, lease.number_sid)

    async def _write_down(self, owned: OwnedNumber, changes: dict[str, str]) -> Lease:
        """Have the number to ourselves, and remember what to restore."""
        book = self._book
        if book is None:
            return Lease(owned.sid, self._number, changes, owned.settings)
        await asyncio.to_thread(book.hold, owned.sid, self._number)
        try:
            left_over = await asyncio.to_thread(book.recall, owned.sid)
            original = owned.settings if left_over is None else left_over.undone(owned.settings)
            lease = Lease(owned.sid, self._number, changes, original)
            await asyncio.to_thread(book.remember, lease)
        except BaseException:
            await asyncio.to_thread(book.release, owned.sid)
            raise
        return lease


def _differences(now: VoiceSettings, wanted: VoiceSettings) -> dict[str, str]:
    """Return the settings to change, as the SDK names them; a method that was never set cannot be unset."""
    current = asdict(now)
    return {
        name: value
        for name, value in asdict(wanted).items()
        if value != current[name] and (value or not name.endswith("_method"))
    }
