"""The steps by which we act: speak, press keys, wait, interrupt, hang up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, TypeAlias

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import ConfigurationError
from twilio_adapter.keypad import DtmfMethod
from twilio_adapter.script.step import Stage, Step, checked_seconds
from twilio_wire.dtmf import parse_digits

Function: TypeAlias = Callable[[TwilioAgentAdapter], Awaitable[object]]
_AUDIO_SUFFIXES: Final = (".wav", ".mp3", ".ogg", ".flac", ".aiff", ".aif")


@dataclass(frozen=True)
class Utterance:
    """Something to say: sound, or a text that is yet to be given a voice."""

    detail: str
    chunk: AudioChunk | None = None
    text: str | None = None

    def sound(self, stage: Stage) -> AudioChunk:
        """Return it as it sounds."""
        if self.chunk is not None:
            return self.chunk
        assert self.text is not None
        return stage.voice(self.text)


def words_or_sound(what: str | Path | AudioChunk) -> Utterance:
    """Take a text to be spoken, the `Path` of a file, or a chunk.

    Raises:
        ConfigurationError: the text has no word, or is a file's name.
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    if not isinstance(what, str):
        return sound(what)
    if what.lower().endswith(_AUDIO_SUFFIXES):
        raise ConfigurationError(f"{what!r} is a file's name, and a text would be spoken: give Path({what!r}).")
    if not any(character.isalnum() for character in what):
        raise ConfigurationError(f"{what!r} has no word to say: give it some, or use silence(…).")
    return Utterance(f"“{what}”", text=what)


def sound(what: str | Path | AudioChunk) -> Utterance:
    """Take a file, by its path, or a chunk.

    Raises:
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    if isinstance(what, AudioChunk):
        words = f" “{what.transcript}”" if what.transcript else ""
        return Utterance(f"{what.seconds:.2f} s{words}", chunk=what)
    return Utterance(str(what), chunk=AudioChunk.from_file(what))


async def utter(stage: Stage, chunk: AudioChunk) -> None:
    """Say it, and return when it has been heard."""
    await stage.adapter.send_audio(chunk)
    await stage.adapter.drain()


@dataclass(frozen=True)
class _Speaking(Step):
    name: str
    utterance: Utterance

    @property
    def detail(self) -> str:
        return self.utterance.detail

    @property
    def text(self) -> str | None:
        return self.utterance.text

    async def run(self, stage: Stage) -> None:
        await utter(stage, self.utterance.sound(stage))


@dataclass(frozen=True)
class _Dtmf(Step):
    digits: str
    method: DtmfMethod
    name: str = field(default="dtmf", init=False)
    needs: ClassVar = ("dtmf",)

    @property
    def detail(self) -> str:
        return f"{self.digits} ({self.method})"

    async def run(self, stage: Stage) -> None:
        await stage.adapter.send_dtmf(self.digits, method=self.method)


@dataclass(frozen=True)
class _Silence(Step):
    seconds: float
    name: str = field(default="silence", init=False)

    @property
    def detail(self) -> str:
        return f"{self.seconds:g} s"

    async def run(self, stage: Stage) -> None:
        await stage.adapter.send_silence(self.seconds)
        await stage.adapter.drain()


@dataclass(frozen=True)
class _Sleep(Step):
    seconds: float
    name: str = field(default="sleep", init=False)

    @property
    def detail(self) -> str:
        return f"{self.seconds:g} s"

    async def run(self, stage: Stage) -> None:
        await stage.adapter.wait_for_seconds(self.seconds)


@dataclass(frozen=True)
class _Interrupt(Step):
    name: str = field(default="interrupt", init=False)
    needs: ClassVar = ("interruption",)

    async def run(self, stage: Stage) -> None:
        await stage.adapter.interrupt()


@dataclass(frozen=True)
class _BargeIn(Step):
    utterance: Utterance
    after: float
    within: float
    name: str = field(default="interrupt", init=False)
    needs: ClassVar = ("interruption",)

    @property
    def detail(self) -> str:
        return f"after {self.after:g} s with {self.utterance.detail}"

    @property
    def text(self) -> str | None:
        return self.utterance.text

    async def run(self, stage: Stage) -> AudioChunk:
        return await stage.adapter.barge_in(self.utterance.sound(stage), after=self.after, timeout=self.within)


@dataclass(frozen=True)
class _HangUp(Step):
    name: str = field(default="hang_up", init=False)

    async def run(self, stage: Stage) -> None:
        await stage.adapter.hang_up()


@dataclass(frozen=True)
class Custom(Step):
    """Whatever a test wrote."""

    function: Function
    name: str
    wants: tuple[str, ...] = ()

    def check(self, stage: Stage) -> None:
        """See `Step.check`; what a function needs it says in an attribute `needs`."""
        for capability in self.wants:
            stage.adapter.capabilities.require(capability)

    async def run(self, stage: Stage) -> AudioChunk | None:
        """Call it; a chunk that it returns is kept."""
        result = await self.function(stage.adapter)
        return result if isinstance(result, AudioChunk) else None


def say(text: str) -> Step:
    """Say a text, with the voice that `run(…, speak=…)` gives it, and wait until it has been heard.

    Raises:
        ConfigurationError: there is no word in it, or it is the name of an audio file.
    """
    return _Speaking("say", words_or_sound(text))


def audio(what: str | Path | AudioChunk) -> Step:
    """Say a file (WAV, FLAC, OGG, AIFF, MP3) or a chunk, and wait until it has been heard.

    Raises:
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    return _Speaking("audio", sound(what))


def dtmf(digits: str, *, method: DtmfMethod = "play") -> Step:
    """Press keys: see `TwilioAgentAdapter.send_dtmf`.

    Raises:
        twilio_wire.dtmf.InvalidDigits: something in `digits` is no key.
    """
    parse_digits(digits)
    return _Dtmf(digits, method)


def silence(seconds: float) -> Step:
    """Send silence for so many seconds, and wait until it has passed."""
    return _Silence(checked_seconds(seconds))


def sleep(seconds: float) -> Step:
    """Let so many seconds of call time pass without sending anything."""
    return _Sleep(checked_seconds(seconds))


def interrupt(what: str | Path | AudioChunk | None = None, *, after: float = 0.0, within: float = 30.0) -> Step:
    """Drop what we have said and has not been heard; with something to say, interrupt the far end with it.

    Args:
        what: a text to be spoken, the `Path` of a file, or a chunk. It is said over the far end, and the step ends when
            it has been heard and the far end has fallen silent: the interrupted turn is heard, `agent()` has the next.
        after: for how many seconds the far end may have spoken by then.
        within: how long to wait for it to speak.

    Raises:
        ConfigurationError: the text has no word, or is the name of an audio file; a time is none.
        twilio_wire.audio.AudioFileError: the file is missing or is not audio; the message names it.
    """
    if what is None:
        return _Interrupt()
    return _BargeIn(words_or_sound(what), checked_seconds(after), checked_seconds(within))


def hang_up() -> Step:
    """End the call."""
    return _HangUp()
