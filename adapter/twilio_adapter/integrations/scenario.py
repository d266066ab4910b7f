"""A phone call in langwatch-scenario: `scenario.run(agents=[ScenarioAdapter(…), …], script=[…])`.

The library has adapters of its own for voice agents (`scenario.VoiceAgentAdapter`); this is one more. It hears the far
end piece by piece, as the library wants it, so that the library ends turns and interrupts by its own rules.

Laws: what a run has opened it closes: the call, the connection, the harness. Timeouts and the library's time stamps are
call time (`_CallTime`). `scenario.run` has an event loop of its own in a thread of its own: a telephone that is
connected already is driven on the loop where that was done.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, ClassVar, TypeVar

from twilio_adapter import wall
from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import CallEnded, NoCall, NoMedia
from twilio_adapter.roles import AgentRole
from twilio_adapter.script import Step, run
from twilio_adapter.script.acts import Function

try:
    import scenario
    from scenario.voice import VoiceAgentAdapter, extract_audio
except ImportError as error:
    raise ModuleNotFoundError(
        f"langwatch-scenario is not installed ({error}): run pip install 'twilio-testbench[scenario]'.",
        name="scenario",
    ) from error

logger = logging.getLogger(__name__)
T = TypeVar("T")
Phone = AbstractAsyncContextManager[TwilioAgentAdapter]
"""A harness, or an adapter: what `async with` makes an adapter of."""


class ScenarioAdapter(VoiceAgentAdapter):
    """The far end of a phone call as an agent of a scenario: the one under test, unless its role is another.

    A run places the call or waits for it, talks, and hangs up. A call that is up when it begins is used, and left up.

    Args:
        phone: a harness, which each run enters and leaves; or a `TwilioAgentAdapter`, which is left connected if it is
            connected, on whatever event loop.
        to: whom to call, E.164; None waits for a call.
        timeout: how long the callee may ring, in seconds; or how long to wait for a call, in seconds on the wall.
        time_limit: after how many seconds Twilio ends a call that we have placed.
        role: what the far end is in the scenario; the telephone's own role if not given.

    Attributes:
        response_timeout: seconds of call time to wait for the first sound of a turn (60).
        response_tail_silence: seconds of silence that end a turn (0.6).
        response_max_duration: seconds a turn may last; the rest of it is the next turn (300).
    """

    capabilities: ClassVar[Any] = scenario.AdapterCapabilities(
        **{
            name: list(value) if isinstance(value, tuple) else value
            for name, value in dataclasses.asdict(TwilioAgentAdapter.capabilities).items()
        }
    )
    response_max_duration = 300.0

    def __init__(
        self,
        phone: Phone,
        *,
        to: str | None = None,
        timeout: float = 120.0,
        time_limit: int = 600,
        role: AgentRole | None = None,
    ) -> None:
        super().__init__()
        self._given = phone
        self._to = to
        self._timeout = timeout
        self._time_limit = time_limit
        self._given_role = role
        self._phone: TwilioAgentAdapter | None = None
        self._home: asyncio.AbstractEventLoop | None = None
        self._open: AsyncExitStack | None = None
        self._clock = _CallTime()
        self._script: asyncio.Task[Any] | None = None
        self._aside: _RealTime | None = None
        self._heard_out = False
        self._take_role(role or AgentRole.AGENT)

    @property
    def phone(self) -> TwilioAgentAdapter:
        """The telephone of the current or last run: its `recording`, its `timeline`, its verbs.

        Raises:
            NoCall: there has been no run.
        """
        if self._phone is None:
            raise NoCall("There is no telephone yet: it comes with the run.")
        return self._phone

    # --- a run ----------------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Be in a call. The library does it at the beginning of a run.

        Raises:
            Exception: what entering the harness, `place_call()` or `wait_for_call()` raises; nothing is left open then.
        """
        self._script = asyncio.current_task()
        if self._open is not None:
            return
        self.agent_hung_up = self._heard_out = False
        async with AsyncExitStack() as stack:
            given = self._given
            if isinstance(given, TwilioAgentAdapter) and given.loop is not None:
                phone, self._home = given, given.loop
            else:
                phone, self._home = await stack.enter_async_context(given), asyncio.get_running_loop()
            self._phone = phone
            self._take_role(self._given_role or phone.role)
            if not phone.in_call:
                await self._at_home(self._be_called() if self._to is None else self._call(self._to))
                stack.push_async_callback(self._hang_up)
            self._open = stack.pop_all()

    async def disconnect(self) -> None:
        """Close what `connect` has opened. The library does it at the end of a run, whatever has happened.

        Raises:
            TwilioRefused, TwilioUnreachable: the call may still be up, or the number still be ours.
        """
        stack, self._open = self._open, None
        if stack is not None:
            await stack.aclose()

    def is_connected(self) -> bool:
        """Whether the call is up, or something in it has not been heard yet."""
        return self._open is not None and not self._heard_out

    # --- what the library does in a call --------------------------------------------------------------------------

    async def call(self, input: Any) -> Any:  # noqa: A002 - the library's name
        """Say the last message, if it has audio, and return the far end's turn as an audio message.

        A far end that has hung up says no more: the run goes on without a message, as the library has it.
        """
        self._clock.now_s = self.phone.recording.seconds
        self._clock.in_turn = False
        self._clock.rule(getattr(input.scenario_state, "_executor", None))
        _warn_of_text(input.new_messages)
        try:
            message = await super().call(input)
        except scenario.AgentStreamEndedError:
            if not self.agent_hung_up:
                raise
            return []
        return {**message, "role": "user"} if self.role is scenario.AgentRole.USER and message else message

    async def send_audio(self, chunk: Any) -> None:
        """Speak (PCM16, 24 kHz, mono), and return when it has been heard. A far end that has hung up hears nothing."""
        try:
            await self._at_home(self._say(AudioChunk(chunk.data, transcript=chunk.transcript)))
        except CallEnded as error:
            if not error.hung_up:
                raise
            logger.info("The far end hung up before it had heard all we had to say.")
        self._clock.now_s = self.phone.recording.seconds

    async def recv_audio(self, timeout: float) -> Any:
        """Return the next piece of what the far end says (PCM16, 24 kHz, mono).

        Raises:
            TimeoutError: it was silent for `timeout` seconds of call time.
            scenario.AgentStreamEndedError: the call is over, or nothing arrives at all.
        """
        try:
            piece = await self._at_home(self.phone.hear(timeout))
        except CallEnded as error:
            self._heard_out = True
            self.agent_hung_up = error.hung_up
            raise scenario.AgentStreamEndedError(str(error)) from error
        except NoMedia as error:
            raise scenario.AgentStreamEndedError(str(error)) from error
        await self._keep_pace(piece)
        self._clock.hear(piece)
        return _of_the_library(piece)

    async def reconcile_pending_audio(self) -> Any:
        """Return what the far end has said since its last turn: the library adds it to that turn."""
        piece = await self._at_home(self._unheard())
        return None if piece is None else _of_the_library(piece)

    async def interrupt(self) -> None:
        """Stop speaking at once: what the far end has not heard of us, it never will."""
        await self._at_home(self.phone.interrupt())

    async def send_dtmf(self, tones: str) -> None:
        """Press keys: 0-9, A-D, *, #; w pauses half a second, W a whole one.

        Raises:
            InvalidDigits: something in `tones` is no key.
            CallEnded, StreamNotBack: the call is over.
        """
        await self._at_home(self.phone.send_dtmf(tones, method="auto"))

    # --- steps ----------------------------------------------------------------------------------------------------

    def step(self, *script: Step | Function) -> Callable[[Any], Coroutine[Any, Any, None]]:
        """Return a step for the library's script that carries out a script of ours: see `run`."""

        async def carry_out(_: Any) -> None:
            await self._at_home(run(self.phone, script))

        return carry_out

    # --- inside ---------------------------------------------------------------------------------------------------

    def _take_role(self, role: AgentRole) -> None:
        self.role = scenario.AgentRole(role.value)

    async def _call(self, number: str) -> None:
        await self.phone.place_call(number, timeout=self._timeout, time_limit=self._time_limit)

    async def _be_called(self) -> None:
        await self.phone.wait_for_call(self._timeout)

    async def _hang_up(self) -> None:
        await self._at_home(self.phone.hang_up())

    async def _unheard(self) -> AudioChunk | None:
        return self.phone.unheard()

    async def _say(self, chunk: AudioChunk) -> None:
        await self.phone.send_audio(chunk)
        await self.phone.drain()

    async def _at_home(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it on the loop on which the telephone is connected."""
        if self._home is asyncio.get_running_loop() or self._home is None:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._home))

    async def _keep_pace(self, piece: AudioChunk) -> None:
        """Do not run ahead of the script: what it does beside a turn (sleep, synthesise speech) takes wall time."""
        if asyncio.current_task() is self._script:
            self._aside = None
        elif self._aside is None:
            self._aside = _RealTime(piece)
        else:
            await self._aside.reach(piece)


class _CallTime:
    """The moment in the call of which the library was told last: when we had spoken, or where a turn began or goes on.

    The library takes the time on the wall less that at which its recording began. Given this as the latter, it takes
    the time of the call, however fast that passes and however busy the machine is.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self.in_turn = False

    def __rsub__(self, _: float) -> float:
        return self.now_s

    def rule(self, executor: Any) -> None:
        """Be the beginning of the recording of a run."""
        if hasattr(executor, "_voice_recording_started_at"):
            executor._voice_recording_started_at = self  # noqa: SLF001 - it has no other seam for a clock

    def hear(self, piece: AudioChunk) -> None:
        """A turn has begun with this piece, or goes on with it."""
        end_s = _end_s(piece)
        self.now_s = end_s if self.in_turn else end_s - piece.seconds
        self.in_turn = True


class _RealTime:
    """Keeps a turn that is heard beside the script from passing faster than on a real line.

    Where time is real, and where the far end is silent, it does nothing.
    """

    def __init__(self, first: AudioChunk) -> None:
        self._began_s = wall.steady() - _end_s(first)

    async def reach(self, piece: AudioChunk) -> None:
        """Return when it is time for this piece."""
        early_s = self._began_s + _end_s(piece) - wall.steady()
        if early_s > 0:
            await wall.pause(early_s)


def _end_s(piece: AudioChunk) -> float:
    return (piece.start_ms or 0) / 1000 + piece.seconds


def _of_the_library(piece: AudioChunk) -> Any:
    end_s = _end_s(piece)
    return scenario.AudioChunk(data=piece.data, start_time=end_s - piece.seconds, end_time=end_s)


def _warn_of_text(messages: list[Any]) -> None:
    last = messages[-1] if messages else None
    if last is not None and last.get("content") and extract_audio(last) is None:
        logger.warning(
            "A message without audio was not said: a telephone carries sound only. Give the user simulator a voice, or "
            "use scenario.audio(…)."
        )
