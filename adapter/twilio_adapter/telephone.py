"""One telephone: set up, connected and disconnected, and what can be read of its call at any moment.

`adapter.TwilioAgentAdapter` is this and the verbs of a call.

Laws: no call and no changed number is left behind: `disconnect()` hangs up and gives the number back, whatever happened
before, and a cancellation waits for it. The last call stays readable.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from twilio_adapter.addresses import is_twilio
from twilio_adapter.bench import Bench, Settings
from twilio_adapter.conversation import Conversation
from twilio_adapter.errors import NOT_CONNECTED, NoCall, NotConnected
from twilio_adapter.events import CallEvent
from twilio_adapter.recorder import CallRecorder, record_of
from twilio_adapter.recording import Recording
from twilio_adapter.roles import AgentRole
from twilio_adapter.tasks import finish
from twilio_wire.cassette import CallRecord, Side, StepEntry


class Telephone:
    """A telephone with one number. Use it in `async with`, or between `connect()` and `disconnect()`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bench: Bench | None = None
        self._last: Conversation | None = None

    # --- connecting -----------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Take the port, check that the account owns the number, serve, and open the tunnel if there is one.

        A number that an adapter has left behind, because it was killed, is restored. Connecting twice is connecting
        once.

        Raises:
            PortInUseError: somebody else listens on `http_port`.
            NumberNotOwnedError: the account does not own `phone_number`.
            TwilioRefused, TwilioUnreachable: the API cannot be used.
            TunnelMissing, TunnelFailed, TunnelNotReached: there is a tunnel, and it does not lead to us.
        """
        if self._bench is not None:
            return
        bench = Bench(self._settings)
        try:
            await bench.open()
        except BaseException:
            await finish(bench.close())
            raise
        self._bench = bench

    async def disconnect(self) -> None:
        """Hang up a live call, give the number back, close the port. Cancelling it does not stop it halfway.

        Raises:
            TwilioRefused, TwilioUnreachable: a call may still be up, or the number still be ours; all else was done.
        """
        problems = await self._close()
        if problems:
            raise problems[0]

    async def _close(self) -> list[Exception]:
        bench, self._bench = self._bench, None
        if bench is None:
            return []
        self._last = bench.conversation
        return await finish(bench.close())

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        problems = await self._close()  # which are logged, so as not to hide what the test itself raised
        if problems and error is None:
            raise problems[0]

    # --- facts ----------------------------------------------------------------------------------------------------

    @property
    def local_url(self) -> str:
        """Base URL of our port on this machine, what a tunnel has to lead to.

        Raises:
            NotConnected: there is no port yet.
        """
        return self._connected().local_url

    @property
    def public_base_url(self) -> str:
        """Base URL under which Twilio reaches our port.

        Raises:
            NotConnected: there is no port yet.
        """
        return self._connected().reception.addresses.base_url

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop on which it is connected, and on which its verbs are awaited; None if it is not."""
        return self._bench.loop if self._bench is not None else None

    @property
    def phone_number(self) -> str:
        """Our number, E.164."""
        return self._settings.phone_number

    @property
    def call_sid(self) -> str | None:
        """Twilio's identifier of the current or last call."""
        return self._conversation.call.sid if self._conversation else None

    @property
    def call_status(self) -> str | None:
        """Twilio's status of the current or last call (twilio.com/docs/voice/api/call-resource)."""
        return self._conversation.call.progress.status if self._conversation else None

    @property
    def in_call(self) -> bool:
        """Whether a call is up."""
        return self._conversation is not None and not self._conversation.call.over

    @property
    def caller(self) -> str | None:
        """Who placed the current or last call: E.164, or `client:…` and the like."""
        return self._conversation.call.caller if self._conversation else None

    @property
    def digits(self) -> str:
        """Keys the far end has pressed in the current or last call."""
        return self._conversation.call.session.digits if self._conversation else ""

    @property
    def timeline(self) -> tuple[CallEvent, ...]:
        """What has happened in the current or last call, in the order in which it was noticed: see `events`."""
        return tuple(self._conversation.call.timeline) if self._conversation else ()

    @property
    def recording(self) -> Recording:
        """Both sides of the current or last call.

        Raises:
            NoCall: there has been none.
        """
        if self._conversation is None:
            raise NoCall("There is no recording: no call has been placed or taken yet.")
        return self._conversation.call.session.recording

    @property
    def call_record(self) -> CallRecord:
        """What the current or last call was, so far or to its end: both sides, states, keys, steps of a script.

        `near` is this adapter, `far` whom it talks to. See docs/golden.md.

        Raises:
            NoCall: there has been none.
        """
        call = self._talk().call
        return record_of(call, is_real=is_twilio(self._settings.api_base_url), handset=self._handset)

    # --- recording ------------------------------------------------------------------------------------------------

    def record(
        self, path: str | Path, *, handset: Side | None = None, overwrite: bool = False, made_by: str = ""
    ) -> CallRecorder:
        """Write the current call, or the next one if there is none, as a cassette, as it happens: all of it.

        What goes wrong on the disk later does not disturb the call: the recorder has it as `problem`, in words.

        Args:
            path: the folder, which is made.
            handset: whose part a phone shall play that is made from the cassette; if it is not said, ours (`near`), but
                the other side's (`far`) for an adapter whose `role` is USER.
            overwrite: whether a cassette that is there already is replaced.
            made_by: how the cassette is made, in one sentence, for its README.

        Raises:
            NotConnected: the adapter is not connected.
            twilio_wire.cassette.CassetteExists: there is something already.
            twilio_wire.cassette.CassetteError: the folder cannot be written to.
        """
        bench = self._connected()
        recorder = CallRecorder(
            path,
            is_real=is_twilio(self._settings.api_base_url),
            handset=handset or self._handset,
            overwrite=overwrite,
            made_by=made_by,
        )
        bench.record(recorder)
        return recorder

    def note_step(self, name: str, detail: str, start_ms: int) -> None:
        """Put a step of a test on the record of the current or last call: from then (ms of received audio) until now.

        Scripts do it by themselves.

        Raises:
            NoCall: there has been none.
        """
        call = self._talk().call
        now_ms = call.session.recording.received_ms
        call.note(StepEntry(min(start_ms, now_ms), name, detail, now_ms))  # it may have begun in the call before

    @contextmanager
    def thinking(self) -> Iterator[None]:
        """Do something that takes time on the wall and shall take none in the call, such as asking a model.

        The clock of an emulator at speed="max" waits for it, half a minute at most; any other goes on meanwhile.

        Raises:
            NotConnected: the adapter is not connected.
        """
        pace = self._connected().pace
        pace.acting()
        try:
            yield
        finally:
            pace.acted()

    # --- inside ---------------------------------------------------------------------------------------------------

    @property
    def _handset(self) -> Side:
        """Whose part is the telephone's: whom we test is the other one."""
        return "far" if self._settings.role is AgentRole.USER else "near"

    @property
    def _conversation(self) -> Conversation | None:
        return self._last if self._bench is None else self._bench.conversation

    def _connected(self) -> Bench:
        if self._bench is None:
            raise NotConnected(NOT_CONNECTED)
        return self._bench

    def _talk(self) -> Conversation:
        if self._conversation is None:
            raise NoCall("There is no call: await place_call() or wait_for_call() first.")
        return self._conversation
