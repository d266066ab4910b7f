"""The steps that judge: what the far end says, presses, or does not do.

Law: an expectation that is not met is one sentence, with the moment and what came instead.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from twilio_adapter.call import TERMINAL
from twilio_adapter.chunk import AudioChunk
from twilio_adapter.errors import (
    CallStillUp,
    ConfigurationError,
    ExpectationFailed,
    KeysMissing,
    NothingHeard,
)
from twilio_adapter.script.latency import stretches
from twilio_adapter.script.step import Stage, Step, checked_seconds, checked_tail
from twilio_wire.dtmf import KEYS
from twilio_wire.g711 import FRAME_MS
from twilio_wire.redaction import redact

_NOT_A_WORD: Final = re.compile(r"[^\w']+")


@dataclass(frozen=True)
class _Speech(Step):
    within: float
    at_least: float
    words: str | re.Pattern[str] | None
    tail_silence: float
    name: str = field(default="expect_speech", init=False)

    @property
    def detail(self) -> str:
        said = "" if self.words is None else f" {_shown(self.words)}"
        length = f", {self.at_least:g} s or more" if self.at_least else ""
        return f"within {self.within:g} s{length}{said}"

    def check(self, stage: Stage) -> None:
        if self.words is not None:
            stage.must_hear()

    async def run(self, stage: Stage) -> AudioChunk:
        began_ms = stage.now_ms
        try:
            turn = await stage.adapter.recv_audio(self.within, tail_silence=self.tail_silence)
        except NothingHeard:
            span = f"from {_at(began_ms)} to {_at(stage.now_ms)} of the call"
            raise ExpectationFailed(f"The far end said nothing {span}.", at_ms=stage.now_ms) from None
        at_ms = turn.start_ms or 0
        if turn.seconds < self.at_least:
            raise ExpectationFailed(
                f"The far end spoke for {turn.seconds:.2f} s at {_at(at_ms)} of the call, not for "
                f"{self.at_least:g} s or more.",
                at_ms=at_ms,
                heard=turn,
            )
        if self.words is None:
            return turn
        turn = await stage.words_in(turn)
        if not _says(turn.transcript or "", self.words):
            raise ExpectationFailed(
                f"The far end said “{redact(turn.transcript or '')}” at {_at(at_ms)} of the call, not "
                f"{_shown(self.words)}.",
                at_ms=at_ms,
                heard=turn,
            )
        return turn


@dataclass(frozen=True)
class _Keys(Step):
    digits: str
    within: float
    name: str = field(default="expect_dtmf", init=False)

    @property
    def detail(self) -> str:
        return f"{self.digits} within {self.within:g} s"

    async def run(self, stage: Stage) -> None:
        began_ms = stage.now_ms
        pressed = ""
        while pressed != self.digits:
            left_s = max(0.0, self.within - (stage.now_ms - began_ms) / 1000)
            try:
                pressed += await stage.adapter.wait_for_digits(1, timeout=left_s)
            except KeysMissing:
                raise self._failed(stage, pressed, f"from {_at(began_ms)} to {_at(stage.now_ms)}") from None
            if not self.digits.startswith(pressed):
                raise self._failed(stage, pressed, f"by {_at(stage.now_ms)}")

    def _failed(self, stage: Stage, pressed: str, when: str) -> ExpectationFailed:
        return ExpectationFailed(
            f"The far end pressed {pressed or 'no key'} {when} of the call, not {self.digits}.", at_ms=stage.now_ms
        )


@dataclass(frozen=True)
class _Silence(Step):
    seconds: float
    name: str = field(default="expect_silence", init=False)

    @property
    def detail(self) -> str:
        return f"{self.seconds:g} s"

    async def run(self, stage: Stage) -> None:
        began_ms = stage.now_ms
        try:
            await stage.adapter.wait_for_speech(timeout=self.seconds)
        except NothingHeard:
            return
        at_ms = stage.now_ms - 2 * FRAME_MS  # a sound is two frames long when it is noticed
        raise ExpectationFailed(
            f"The far end made a sound at {_at(at_ms)} of the call, {max(0, at_ms - began_ms) / 1000:.2f} s into the "
            "silence.",
            at_ms=at_ms,
        )


@dataclass(frozen=True)
class _End(Step):
    within: float
    status: str | None
    name: str = field(default="expect_ended", init=False)

    @property
    def detail(self) -> str:
        return f"within {self.within:g} s" + (f", {self.status}" if self.status else "")

    async def run(self, stage: Stage) -> None:
        adapter = stage.adapter
        try:
            await adapter.wait_until_ended(self.within)
        except CallStillUp:
            heard = stretches(adapter.recording.far)
            last = f"the far end last made a sound at {_at(heard[-1].end_ms)}" if heard else "the far end never spoke"
            raise ExpectationFailed(
                f"The call was still up at {_at(stage.now_ms)}, {self.within:g} s later; {last}.", at_ms=stage.now_ms
            ) from None
        if self.status is not None and adapter.call_status != self.status:
            raise ExpectationFailed(
                f"The call ended at {_at(stage.now_ms)} as {adapter.call_status}, not {self.status}.",
                at_ms=stage.now_ms,
            )


def expect_speech(
    *,
    within: float = 30.0,
    at_least: float = 0.0,
    text: str | re.Pattern[str] | None = None,
    tail_silence: float = 0.7,
) -> Step:
    """Hear the far end's turn, like `agent()`, and judge it.

    Args:
        within: how many seconds it may be silent first.
        at_least: how many seconds its turn lasts, or more.
        text: words that are in it, in this order, without regard to case and punctuation; or a pattern that is found
            in its transcript. `run(…, hear=…)` makes the transcript, which `StepRecord.chunk` has then.
        tail_silence: how many seconds of silence end the turn.

    Raises:
        ConfigurationError: a time is none, or the text has no word.
    """
    if isinstance(text, str) and not _words(text):
        raise ConfigurationError(f"{text!r} has no word that could be heard: give some, or leave text out.")
    return _Speech(checked_seconds(within), checked_seconds(at_least), text, checked_tail(tail_silence))


def expect_dtmf(digits: str, *, within: float = 10.0) -> Step:
    """Make sure that the next keys the far end presses are these; keys that came since the last `expect_dtmf` count.

    Args:
        digits: 0-9, A-D, * and #.
        within: how many seconds it may take for all of them.

    Raises:
        ConfigurationError: there is no key in `digits`, or something that is none; a time is none.
    """
    if not digits or not set(digits) <= set(KEYS):
        raise ConfigurationError(f"{digits!r} cannot be pressed: give keys, 0-9, A-D, * and #.")
    return _Keys(digits, checked_seconds(within))


def expect_silence(seconds: float) -> Step:
    """Make sure that the far end makes no sound for so many seconds, from now on; a sound fails at once."""
    return _Silence(checked_seconds(seconds))


def expect_ended(*, within: float = 60.0, status: str | None = None) -> Step:
    """Make sure that the call ends without our doing.

    Args:
        within: how many seconds it may take.
        status: as what; a call that was a conversation ends as `completed`.

    Raises:
        ConfigurationError: no call ends with such a status; a time is none.
    """
    if status is not None and status not in TERMINAL:
        raise ConfigurationError(f"No call ends as {status!r}: use {', '.join(sorted(TERMINAL))}.")
    return _End(checked_seconds(within), status)


def _at(moment_ms: int) -> str:
    return f"{moment_ms / 1000:.2f} s"


def _shown(words: str | re.Pattern[str]) -> str:
    return f"“{words}”" if isinstance(words, str) else f"/{words.pattern}/"


def _says(transcript: str, words: str | re.Pattern[str]) -> bool:
    if isinstance(words, re.Pattern):
        return words.search(transcript) is not None
    return f" {_words(words)} " in f" {_words(transcript)} "


def _words(text: str) -> str:
    return " ".join(_NOT_A_WORD.sub(" ", text.casefold()).split())
