"""What a step is, and the stage on which it runs: the telephone, who speaks a text, and who hears words."""

import asyncio
import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import ClassVar, Final, TypeAlias, TypeVar

from twilio_adapter.adapter import TwilioAgentAdapter
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import ConfigurationError
from twilio_adapter.roles import AgentRole
from twilio_wire.g711 import FRAME_MS
from twilio_wire.redaction import redact

Speak: TypeAlias = Callable[[str], AudioChunk | Awaitable[AudioChunk]]
"""Gives a text a voice. May be async; what is not runs in a thread, and may take its time."""
Hear: TypeAlias = Callable[[AudioChunk], str | Awaitable[str]]
"""Finds the words in what was heard. May be async; what is not runs in a thread."""
T = TypeVar("T")
A = TypeVar("A")

_NO_VOICE: Final = (
    "Nobody here can say {text}: install the extra twilio-testbench[speech], or give run(…, speak=…) a function from "
    "text to AudioChunk."
)
_NO_EAR: Final = "Nobody here knows words when they are heard: give run(…, hear=…) a function from AudioChunk to text."


class Stage:
    """What a step finds when its turn comes.

    Args:
        adapter: the telephone.
        speak: gives texts a voice; None if nobody does.
        hear: finds words; None if nobody does.
    """

    def __init__(self, adapter: TwilioAgentAdapter, *, speak: Speak | None, hear: Hear | None) -> None:
        self.adapter = adapter
        self._speak = speak
        self._hear = hear
        self._voiced: dict[str, AudioChunk] = {}

    @property
    def far_role(self) -> AgentRole:
        """Who is at the far end. A telephone connects a script to an agent, unless it is said to connect to a user."""
        return AgentRole.USER if self.adapter.role is AgentRole.USER else AgentRole.AGENT

    @property
    def now_ms(self) -> int:
        """The moment, in ms of received audio."""
        return self.adapter.recording.received_ms

    def must_hear(self) -> None:
        """Make sure that there is somebody who knows words.

        Raises:
            ConfigurationError: there is not.
        """
        if self._hear is None:
            raise ConfigurationError(_NO_EAR)

    async def rehearse(self, texts: Iterable[str]) -> None:
        """Give texts a voice ahead of time, all at once: none is waited for in the middle of the conversation.

        Raises:
            ConfigurationError: there is nobody to speak them, or who there is does not.
        """
        wanted = list(dict.fromkeys(texts))
        if not wanted:
            return
        if self._speak is None:
            raise ConfigurationError(_NO_VOICE.format(text=_quoted(wanted[0])))
        speak = self._speak
        try:
            with self.adapter.thinking():
                async with asyncio.TaskGroup() as group:
                    spoken = {text: group.create_task(_voiced(speak, text)) for text in wanted}
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures.exceptions[0].__cause__
        self._voiced = {text: task.result() for text, task in spoken.items()}

    def voice(self, text: str) -> AudioChunk:
        """Return a text that was rehearsed, as it sounds."""
        return self._voiced[text]

    async def words_in(self, chunk: AudioChunk) -> AudioChunk:
        """Return a chunk with its transcript.

        Raises:
            ConfigurationError: `hear` returned something else than a text.
        """
        self.must_hear()
        assert self._hear is not None
        with self.adapter.thinking():
            words = await _ask(self._hear, chunk)
        if not isinstance(words, str):
            raise ConfigurationError(f"hear returned {type(words).__name__}: let it return the words as a str.")
        return replace(chunk, transcript=words)


class Step(ABC):
    """One step of a script; made by the functions of this package.

    Attributes:
        name: what kind of step it is.
        needs: which of the adapter's `capabilities` it cannot do without.
    """

    name: str
    needs: ClassVar[tuple[str, ...]] = ()

    @property
    def detail(self) -> str:
        """What it was given, for people."""
        return ""

    @property
    def text(self) -> str | None:
        """What it says, if that has to be given a voice first."""
        return None

    def check(self, stage: Stage) -> None:
        """Make sure, before the first step runs, that this one can.

        Raises:
            ConfigurationError: it cannot.
        """
        for capability in self.needs:
            stage.adapter.capabilities.require(capability)

    @abstractmethod
    async def run(self, stage: Stage) -> AudioChunk | None:
        """Do it, and return what was heard if that is what it is for."""


def checked_seconds(value: float) -> float:
    """Return a length of time that was checked.

    Raises:
        ConfigurationError: it is less than nothing, or no number.
    """
    if not math.isfinite(value) or value < 0:
        raise ConfigurationError(f"{value:g} s cannot pass: give zero or more.")
    return value


def checked_tail(value: float) -> float:
    """Return a length of silence that ends a turn.

    Raises:
        ConfigurationError: it is shorter than one frame.
    """
    if not math.isfinite(value) or value * 1000 < FRAME_MS:
        raise ConfigurationError(f"{value:g} s of silence cannot end a turn: give {FRAME_MS / 1000:g} or more.")
    return value


def _quoted(text: str) -> str:
    return f"“{redact(text)}”"


async def _voiced(speak: Speak, text: str) -> AudioChunk:
    try:
        chunk = await _ask(speak, text)
    except Exception as error:
        raise ConfigurationError(f"speak could not say {_quoted(text)}: {redact(str(error))}") from error
    if not isinstance(chunk, AudioChunk):
        raise ConfigurationError(f"speak returned {type(chunk).__name__} for {_quoted(text)}: return an AudioChunk.")
    return replace(chunk, transcript=chunk.transcript or text)


async def _ask(hook: Callable[[A], T | Awaitable[T]], given: A) -> T:
    """Call what the user gave us; what is not async may take its time without holding up the call."""
    if inspect.iscoroutinefunction(hook) or inspect.iscoroutinefunction(getattr(hook, "__call__", None)):  # noqa: B004
        answer = hook(given)
    else:
        answer = await asyncio.to_thread(hook, given)
    return await answer if inspect.isawaitable(answer) else answer
