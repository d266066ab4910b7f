"""A conversation written down as a list of steps, and what became of each.

Laws: a step checks what it was given when it is made, so that a missing file or a wrong digit shows before any call is
placed. A step is a small value; anything awaitable with the adapter as its one argument is a step too. Seconds are call
time.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Protocol, TypeAlias, runtime_checkable

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import ConfigurationError, ScriptStepFailed
from twilio_adapter.keypad import DtmfMethod
from twilio_adapter.recording import Recording
from twilio_wire.dtmf import parse_digits
from twilio_wire.redaction import redact

_MISSING: Final = "unknown"


@runtime_checkable
class Step(Protocol):
    """One step of a script."""

    @property
    def name(self) -> str:
        """What kind of step it is."""

    @property
    def detail(self) -> str:
        """What it was given, for people."""

    async def run(self, adapter: TwilioAgentAdapter) -> AudioChunk | None:
        """Do it, and return what was heard if that is what it is for."""


Function: TypeAlias = Callable[[TwilioAgentAdapter], Awaitable[object]]


@dataclass(frozen=True)
class _Agent:
    """The far end's turn."""

    timeout: float
    tail_silence: float
    name: str = field(default="agent", init=False)

    @property
    def detail(self) -> str:
        return f"within {self.timeout:g} s"

    async def run(self, adapter: TwilioAgentAdapter) -> AudioChunk:
        return await adapter.recv_audio(self.timeout, tail_silence=self.tail_silence)


@dataclass(frozen=True)
class _Audio:
    """Say something, and be heard."""

    chunk: AudioChunk
    detail: str
    name: str = field(default="audio", init=False)

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.send_audio(self.chunk)
        await adapter.drain()


@dataclass(frozen=True)
class _Dtmf:
    """Press keys."""

    digits: str
    method: DtmfMethod
    name: str = field(default="dtmf", init=False)
    needs: ClassVar = ("dtmf",)

    @property
    def detail(self) -> str:
        return f"{self.digits} ({self.method})"

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.send_dtmf(self.digits, method=self.method)


@dataclass(frozen=True)
class _Silence:
    """Say nothing, audibly."""

    seconds: float
    name: str = field(default="silence", init=False)

    @property
    def detail(self) -> str:
        return f"{self.seconds:g} s"

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.send_silence(self.seconds)
        await adapter.drain()


@dataclass(frozen=True)
class _Sleep:
    """Let time pass."""

    seconds: float
    name: str = field(default="sleep", init=False)

    @property
    def detail(self) -> str:
        return f"{self.seconds:g} s"

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.wait_for_seconds(self.seconds)


@dataclass(frozen=True)
class _Interrupt:
    """Stop speaking."""

    name: str = field(default="interrupt", init=False)
    detail: str = field(default="", init=False)
    needs: ClassVar = ("interruption",)

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.interrupt()


@dataclass(frozen=True)
class _HangUp:
    """End the call."""

    name: str = field(default="hang_up", init=False)
    detail: str = field(default="", init=False)

    async def run(self, adapter: TwilioAgentAdapter) -> None:
        await adapter.hang_up()


@dataclass(frozen=True)
class _Custom:
    """Whatever a test wrote."""

    function: Function
    name: str
    needs: tuple[str, ...]
    detail: str = field(default="", init=False)

    async def run(self, adapter: TwilioAgentAdapter) -> AudioChunk | None:
        result = await self.function(adapter)
        return result if isinstance(result, AudioChunk) else None


def agent(*, timeout: float = 30.0, tail_silence: float = 0.7) -> Step:
    """Wait for the far end's turn: see `TwilioAgentAdapter.recv_audio`."""
    return _Agent(timeout, tail_silence)


def audio(what: str | Path | AudioChunk) -> Step:
    """Say a file (WAV, FLAC, OGG, AIFF, MP3) or a chunk, and wait until it has been heard.

    Raises:
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    if isinstance(what, AudioChunk):
        return _Audio(what, f"{what.seconds:.2f} s")
    return _Audio(AudioChunk.from_file(what), str(what))


def dtmf(digits: str, *, method: DtmfMethod = "play") -> Step:
    """Press keys: see `TwilioAgentAdapter.send_dtmf`.

    Raises:
        twilio_wire.dtmf.InvalidDigits: something in `digits` is no key.
    """
    parse_digits(digits)
    return _Dtmf(digits, method)


def silence(seconds: float) -> Step:
    """Send silence, and wait until it has passed."""
    return _Silence(_not_negative(seconds))


def sleep(seconds: float) -> Step:
    """Let call time pass without sending anything."""
    return _Sleep(_not_negative(seconds))


def interrupt() -> Step:
    """Drop what has not been heard yet."""
    return _Interrupt()


def hang_up() -> Step:
    """End the call."""
    return _HangUp()


@dataclass(frozen=True)
class StepRecord:
    """What became of a step. Times are ms of received audio since the call began."""

    name: str
    detail: str
    start_ms: int
    end_ms: int
    chunk: AudioChunk | None = None


@dataclass(frozen=True)
class ScriptResult:
    """A script that ran to its end.

    Attributes:
        status: Twilio's status of the call afterwards.
        steps: one record a step, in order.
        recording: both sides of the call.
    """

    status: str
    steps: tuple[StepRecord, ...]
    recording: Recording


async def run(adapter: TwilioAgentAdapter, script: Sequence[Step | Function]) -> ScriptResult:
    """Carry out a script in the adapter's current call.

    A step may say in an attribute `needs` which of the adapter's `capabilities` it cannot do without; all are looked at
    before the first step.

    Raises:
        UnsupportedCapabilityError: a step needs a capability that the adapter lacks; says what to do instead.
        ScriptStepFailed: a step raised; the error says which, and the cause is chained.
        ConfigurationError: something in the script is no step.
        NoCall: there is no call.
    """
    steps = [_as_step(entry) for entry in script]
    for capability in (each for step in steps for each in getattr(step, "needs", ())):
        adapter.capabilities.require(capability)
    recording = adapter.recording
    records = []
    for index, step in enumerate(steps):
        start_ms = recording.received_ms
        try:
            chunk = await step.run(adapter)
        except Exception as error:
            raise ScriptStepFailed(index, _label(step), error) from error
        records.append(StepRecord(step.name, step.detail, start_ms, recording.received_ms, chunk))
    return ScriptResult(adapter.call_status or _MISSING, tuple(records), recording)


def _as_step(entry: Step | Function) -> Step:
    if isinstance(entry, Step):
        return entry
    if callable(entry):
        name = getattr(entry, "__name__", type(entry).__name__)
        return _Custom(entry, name, tuple(getattr(entry, "needs", ())))
    raise ConfigurationError(f"{redact(repr(entry))} is no step: use agent(), audio(…), dtmf(…) or an async function.")


def _label(step: Step) -> str:
    return f"{step.name} {step.detail}".rstrip()


def _not_negative(seconds: float) -> float:
    if seconds < 0:
        raise ConfigurationError(f"{seconds:g} s cannot pass: give zero or more.")
    return seconds
