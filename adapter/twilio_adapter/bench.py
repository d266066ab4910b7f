"""Everything that exists from `connect()` to `disconnect()`: the composition root, and the way out.

Law of the way out: nothing new is let in; the live call is hung up; the number is given back; only then the port
closes. Each step is tried, whatever became of the one before, and each has a limit.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

from twilio_adapter.addresses import Addresses, checked_public_url, is_local, missing_public_url
from twilio_adapter.call import Direction, Event
from twilio_adapter.conversation import Conversation
from twilio_adapter.dial import Dialler
from twilio_adapter.digits import DigitCallback, DigitHandler
from twilio_adapter.ear import Ear
from twilio_adapter.ending import complete
from twilio_adapter.errors import (
    CallInProgress,
    ConfigurationError,
    NobodyCalled,
    NotConnected,
    TunnelLost,
    WaitTimeout,
)
from twilio_adapter.gate import Gate
from twilio_adapter.hang_ups import HangUps
from twilio_adapter.keypad import Keypad
from twilio_adapter.lease import STATE_VARIABLE, LeaseBook, state_directory
from twilio_adapter.limits import Limits
from twilio_adapter.live import LiveCall
from twilio_adapter.mouth import Mouth
from twilio_adapter.number import BorrowedNumber
from twilio_adapter.pace import Pace
from twilio_adapter.reception import Reception
from twilio_adapter.recorder import CallRecorder
from twilio_adapter.rest import Rest
from twilio_adapter.roles import AgentRole
from twilio_adapter.server import Server, bind, local_url
from twilio_adapter.signature import Signatures
from twilio_adapter.tasks import Tasks
from twilio_adapter.tunnel import Tunnel
from twilio_adapter.verbs import Verbs
from twilio_adapter.voice_activity import FALLBACK, Vad
from twilio_adapter.waits import Waits
from twilio_adapter.watchdog import Watchdog
from twilio_adapter.watching import Watcher
from twilio_adapter.way_in import WayIn
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)
_HANDLERS_S: Final = 0.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the adapter was constructed with, checked."""

    account_sid: str = field(repr=False)
    auth_token: str = field(repr=False)
    phone_number: str = field(repr=False)
    http_port: int
    public_base_url: str | None
    allowed_callers: frozenset[str] | None = field(repr=False)
    allowed_callees: frozenset[str] | None = field(repr=False)
    on_dtmf: DigitCallback | None
    validate_signature: bool
    api_base_url: str | None
    tunnel: Tunnel | None
    pace: Pace | None
    limits: Limits
    vad: Vad
    role: AgentRole


def check_credentials(account_sid: str, auth_token: str) -> None:
    """Check what can be known of credentials without asking Twilio.

    Raises:
        ConfigurationError: they cannot be an account's.
    """
    if not account_sid.startswith("AC"):
        raise ConfigurationError(
            "account_sid does not begin with AC: take the Account SID of Twilio's Console (an API key, SK…, cannot "
            "check signatures)."
        )
    if not auth_token:
        raise ConfigurationError("auth_token is empty: take the Auth Token of Twilio's Console.")


class Bench:
    """The rooms of one connected adapter."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.loop = asyncio.get_running_loop()
        self.limits = settings.limits
        gate = Gate()
        self.pace = settings.pace or gate
        if settings.pace is not None:
            gate.leave()  # whoever knows our pace by itself need not ask for it with every frame
        self.waits = Waits(self.pace)
        self.tasks = Tasks()
        self._handlers = Tasks()
        self._listener = bind(settings.http_port)
        self.local_url = local_url(self._listener)
        self.rest = Rest(
            settings.account_sid,
            settings.auth_token,
            api_base_url=settings.api_base_url,
            timeout_s=settings.limits.rest_s,
            pace=self.pace,
        )
        self._hang_ups = HangUps(self.rest, self.tasks, first_pause_s=settings.limits.retry_s)
        self.reception = Reception(
            addresses=Addresses(settings.public_base_url or self.local_url),
            allowed_callers=settings.allowed_callers,
            vad=settings.vad,
            waits=self.waits,
            on_digit=DigitHandler(settings.on_dtmf, self._handlers),
            on_begin=self._call_begins,
            hang_up_later=self._hang_ups.later,
        )
        self.waits.flush = self.reception.flush
        self._server = Server(
            self.reception,
            Signatures(settings.auth_token, validate=settings.validate_signature),
            settings.limits,
            gate,
        )
        self._way_in = _way_in(settings, self._server, self._lose_way)
        self.way_lost: TunnelLost | None = None
        """Why Twilio cannot reach us any more."""
        self._number = BorrowedNumber(self.rest, settings.phone_number, _lease_book(settings))
        self._dialler = Dialler(
            rest=self.rest,
            reception=self.reception,
            waits=self.waits,
            tasks=self.tasks,
            limits=settings.limits,
            number=settings.phone_number,
        )
        self.watcher = Watcher(self.reception, self.waits, self._verbs)
        self.conversation: Conversation | None = None
        self._to_record: list[CallRecorder] = []

    # --- in and out -----------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Make sure the number is ours and as its owner wants it, serve, and let Twilio in."""
        await self._number.recover()
        await self._server.start(self._listener)
        if self._way_in is not None:
            url = await self._way_in.open(self.local_url)
            self.reception.addresses = Addresses(checked_public_url(url, self._settings.api_base_url))

    async def close(self) -> list[Exception]:
        """Leave nothing behind; return what went wrong on the way."""
        self.reception.open = False
        self.waits.check()
        problems: list[Exception] = []
        steps: tuple[Coroutine[Any, Any, None], ...] = (
            self._end_call(),
            self._hear_last_word(),
            self._end_recordings(),
            self.tasks.aclose(patience_s=self.limits.rest_s),
            self._handlers.aclose(patience_s=_HANDLERS_S),
            self._number.give_back(),
            self._server.stop(),
            self.tasks.aclose(patience_s=self.limits.rest_s),
            self._close_way_in(),
            self.rest.aclose(),
        )
        for step in steps:
            await _try(step, problems)
        problems += self._hang_ups.failed
        self._listener.close()
        self.pace.leave()
        return problems

    async def _end_call(self) -> None:
        call = self.reception.live_call
        if call is None:
            return
        if call.sid is None:
            await self.waits.until(
                lambda: call.sid is not None or call.over,
                limit_s=self.limits.rest_s,
                expired=lambda: NotConnected("Twilio never named the call that was being placed."),
            )
        await complete(call, self._hang_ups.insist)
        await self._verbs(call).until_over()

    async def _close_way_in(self) -> None:
        if self._way_in is not None:
            await self._way_in.close()

    async def _end_recordings(self) -> None:
        """Of a call that could not be ended, too."""
        if self.reception.call is not None:
            for witness in self.reception.call.witnesses:
                witness.over()

    async def _hear_last_word(self) -> None:
        """Let Twilio's last status callback in before the port closes: it would find nobody, and be retried."""
        call = self.reception.call
        if call is None or call.direction is Direction.INBOUND or call.sid is None or self.way_lost is not None:
            return
        limit_s = self.limits.last_word_s
        try:
            await self.waits.until(
                lambda: call.has_last_word,
                limit_s=limit_s,
                expired=lambda: WaitTimeout("Twilio's last status callback did not come.", limit_s=limit_s),
            )
        except WaitTimeout:
            logger.info("No last status callback for call %s within %g s.", call.sid, limit_s)

    # --- calls ----------------------------------------------------------------------------------------------------

    async def lease_number(self) -> None:
        """Let the number's calls come here, until `close`."""
        self._must_be_reachable()
        await self.tasks.outlive(self._number.take(self.reception.addresses.voice_url))

    async def take_call(self, limit_s: float) -> Conversation:
        """Wait for a call to our number and its media stream."""
        await self.lease_number()
        taken: list[LiveCall] = []
        try:
            await self.waits.until(
                lambda: self._claim(taken), limit_s=limit_s, expired=lambda: self._nobody_called(limit_s)
            )
        except BaseException:
            for call in taken:
                call.claimed = False
            raise
        return self._converse(taken[0])

    async def place_call(self, callee: str, *, ring_s: float, time_limit_s: int) -> Conversation:
        """Call a number and wait for the media stream."""
        self._must_be_reachable()
        call = self.reception.place(self._settings.phone_number, callee)
        conversation = self._converse(call)
        await self._dialler.connect(call, callee, ring_s=ring_s, time_limit_s=time_limit_s)
        return conversation

    def record(self, recorder: CallRecorder) -> None:
        """Record the current call, or the next one if there is none.

        Raises:
            CassetteError: the folder cannot be written to.
        """
        call = self.reception.live_call
        if call is None:
            self._to_record.append(recorder)
        else:
            recorder.begin(call)

    def _claim(self, taken: list[LiveCall]) -> bool:
        """Take the call that is waiting, if there is one."""
        if not self.reception.open:
            raise NotConnected("The adapter was disconnected while it waited for a call.")
        call = self.reception.live_call
        if call is None or not call.progress.connected:
            if self.way_lost is not None:
                raise self.way_lost
            return False
        if call.claimed:
            raise CallInProgress(f"The adapter is in call {call.sid} already: hang up before you wait for another.")
        call.claimed = True
        taken.append(call)
        return True

    def _nobody_called(self, limit_s: float) -> NobodyCalled:
        call = self.reception.live_call
        number = redact_number(self._settings.phone_number)
        hint = "check that something calls it" if call is None else self.reception.no_stream_hint(call)
        return NobodyCalled(f"No call to {number} has come through within {limit_s:g} s: {hint}", limit_s=limit_s)

    def _converse(self, call: LiveCall) -> Conversation:
        if self.conversation is None:
            vad = self._settings.vad
            logger.warning(FALLBACK, vad.mode, vad.start_ms, vad.stop_ms)
        verbs = self._verbs(call)
        mouth = Mouth(verbs)
        keypad = Keypad(verbs, mouth, reception=self.reception, rest=self.rest, tasks=self.tasks)
        self.conversation = Conversation(call, verbs, mouth, Ear(verbs), keypad)
        return self.conversation

    def _verbs(self, call: LiveCall) -> Verbs:
        return Verbs(call, self.waits, self.limits)

    def _call_begins(self, call: LiveCall) -> None:
        Watchdog(call, self.limits, self.reception.no_stream_hint)
        recorders, self._to_record = self._to_record, []
        for recorder in recorders:
            recorder.begin_if_possible(call)

    def _lose_way(self, error: TunnelLost) -> None:
        """Nothing that Twilio sends arrives any more: the call is hung up, and nobody waits for another."""
        self.way_lost = error
        if (call := self.reception.live_call) is not None:
            call.happen(Event.WAY_LOST)
        self.waits.check()

    def _must_be_reachable(self) -> None:
        if self.way_lost is not None:
            raise self.way_lost
        settings = self._settings
        if settings.public_base_url is None and settings.tunnel is None and not is_local(settings.api_base_url):
            raise missing_public_url()


def _lease_book(settings: Settings) -> LeaseBook | None:
    """A number that others depend on is remembered on disk; an emulator's only if we were told where."""
    if is_local(settings.api_base_url) and STATE_VARIABLE not in os.environ:
        return None
    return LeaseBook(state_directory(), settings.account_sid, settings.api_base_url)


def _way_in(settings: Settings, server: Server, on_lost: Callable[[TunnelLost], None]) -> WayIn | None:
    if settings.tunnel is None:
        return None
    return WayIn(
        settings.tunnel,
        probe=server.probe,
        limit_s=settings.limits.tunnel_s,
        on_lost=on_lost,
    )


async def _try(step: Awaitable[None], problems: list[Exception]) -> None:
    try:
        await step
    except Exception as error:
        logger.error("While disconnecting: %s", error)
        problems.append(error)
