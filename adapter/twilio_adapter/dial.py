"""Places a call and sees to it that it becomes a conversation or ends.

Law: whatever goes wrong on the way, also a cancellation, no call is left open: it would be billed.
"""

import asyncio
import logging
import math
import re
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from twilio_adapter.call import Event
from twilio_adapter.ending import complete
from twilio_adapter.errors import (
    AdapterError,
    CalleeNotAllowedError,
    InvalidPhoneNumber,
)
from twilio_adapter.limits import Limits
from twilio_adapter.live import LiveCall
from twilio_adapter.outcome import outcome, unheard_of
from twilio_adapter.reception import Reception
from twilio_adapter.rest import CallReport, Rest
from twilio_adapter.tasks import Tasks, finish
from twilio_adapter.waits import Waits
from twilio_adapter.watchdog import GRACE_S
from twilio_wire.e164 import InvalidNumber, normalize
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)
_DIGIT: Final = re.compile(r"[0-9]")


def phone_number(text: str) -> str:
    """Return a number in E.164, without the blanks and dashes people write in it.

    Raises:
        InvalidPhoneNumber: it is not one.
    """
    try:
        return normalize(text)
    except InvalidNumber as error:
        shape = _DIGIT.sub("#", text)
        raise InvalidPhoneNumber(str(error).replace(repr(text), repr(shape))) from None  # which would show the digits


def allowed_numbers(entries: Collection[str] | None) -> frozenset[str] | None:
    """Return an allow list as it will be compared: numbers in E.164, `*` and `client:…` as they are."""
    if entries is None:
        return None
    listed = (entries,) if isinstance(entries, str) else entries
    return frozenset(phone_number(entry) if entry.lstrip().startswith("+") else entry for entry in listed)


async def check_callee(rest: Rest, callee: str, allowed: frozenset[str] | None) -> None:
    """Let a test dial only whom it may: with no list, numbers this account owns.

    Raises:
        CalleeNotAllowedError: the number is not among them.
    """
    shown = redact_number(callee)
    if allowed is None:
        if await rest.find_number(callee) is None:
            raise CalleeNotAllowedError(
                f"{shown} is not a number of this account: to dial it all the same, list it in allowed_callees."
            )
    elif "*" not in allowed and callee not in allowed:
        raise CalleeNotAllowedError(f"{shown} is not in allowed_callees: add it there, or dial a number that is.")


class Dialler:
    """Places calls from one number."""

    def __init__(
        self, *, rest: Rest, reception: Reception, waits: Waits, tasks: Tasks, limits: Limits, number: str
    ) -> None:
        self._rest = rest
        self._reception = reception
        self._waits = waits
        self._tasks = tasks
        self._limits = limits
        self._number = number

    async def connect(self, call: LiveCall, callee: str, *, ring_s: float, time_limit_s: int) -> None:
        """Dial a number (E.164) for a call that has begun here, and return when its media stream has started.

        Raises:
            CallNotConnected: the call ended before that, or was not answered in time.
            TwilioRefused, TwilioUnreachable: Twilio did not accept the request.
        """
        created = asyncio.Event()
        if call.watchdog is not None:
            call.watchdog.allow(time_limit_s + GRACE_S, before_s=ring_s + self._limits.answer_grace_s)
        try:
            await self._tasks.outlive(self._create(call, created, callee, ring_s, time_limit_s))
            with suppress(_NoNews):
                await self._waits.until(
                    lambda: call.over or call.progress.connected,
                    limit_s=ring_s + self._limits.answer_grace_s,
                    expired=_NoNews,
                )
            if not call.progress.connected:
                await self._fail(call, callee, ring_s)
        except BaseException:
            await finish(self._give_up(call, created))
            raise

    async def _create(
        self, call: LiveCall, created: asyncio.Event, callee: str, ring_s: float, time_limit_s: int
    ) -> None:
        """Ask Twilio for the call; `created` is set when it has answered, whatever it said."""
        try:
            sid = await self._rest.create_call(
                to=callee,
                from_=self._number,
                twiml=self._reception.stream_twiml(call),
                status_callback=self._reception.addresses.status_url,
                timeout_s=math.ceil(ring_s),
                time_limit_s=time_limit_s,
            )
            self._reception.placed(call, sid)
        finally:
            created.set()

    async def _give_up(self, call: LiveCall, created: asyncio.Event) -> None:
        await created.wait()
        if call.over:
            return
        try:
            await complete(call, self._rest.complete_call)
        except AdapterError as error:
            logger.warning("Could not hang up call %s, trying again: %s", call.sid, error)
        call.happen(Event.GIVEN_UP)

    async def _fail(self, call: LiveCall, callee: str, ring_s: float) -> None:
        """Raise what became of a call without a stream; what nobody has told us, Twilio is asked for."""
        told_all = call.over and call.progress.status != "completed"
        report = None if told_all else await self._report(call)
        hint = self._reception.no_stream_hint(call)
        told = call.progress.status
        if call.progress.connected:
            return  # at the last moment
        if call.over or (report is not None and report.status == told == "in-progress"):
            raise outcome(call, callee, hint, report)
        if report is not None:
            call.hear_status(report.status)
        base_url = self._reception.addresses.base_url
        raise unheard_of(call, callee, base_url, report, ring_s=ring_s, grace_s=self._limits.answer_grace_s)

    async def _report(self, call: LiveCall) -> CallReport | None:
        """What Twilio has on a call; None if that cannot be had, which is no news of the call itself."""
        if call.sid is None:
            return None
        try:
            return await self._rest.look_at_call(call.sid)
        except AdapterError as error:
            logger.warning("Could not ask what became of call %s: %s", call.sid, error)
            return None


class _NoNews(Exception):
    """Nothing came in time that says what became of the call."""
