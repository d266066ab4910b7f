"""A phone's script: what it does, step by step, once a call is up.

Steps arrive as JSON objects with one key each (`{"press": "1"}`), beside which `play`, `say` and `replay` take options
(`{"play": path, "text": "Yes."}`). `parse_script` turns them into typed steps and reads every audio file, so that a
missing one is reported before any call is placed. `run_script` runs them in call time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Protocol

from twilio_emulator.errors import BadScript, CallOver, NeverHappened
from twilio_emulator.media.captions import KNOWN_CONFIDENCE
from twilio_emulator.media.lines import Lines, lines_of
from twilio_emulator.phones.phone_call import PhoneCall, Wish
from twilio_emulator.phones.replay import replay_of
from twilio_emulator.phones.waits import DEFAULT_TIMEOUT_MS, wait_for_digits, wait_for_silence, wait_for_speech
from twilio_wire import dtmf
from twilio_wire.audio import read_audio


class Step(Protocol):
    """One thing a phone does."""

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it; the wish comes true when the next step may start."""


@dataclass(frozen=True, slots=True)
class Play:
    """Say a recording (bytes, µ-law, 8 kHz, mono), and the lines it holds, if they are known."""

    audio: bytes
    lines: Lines | None

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return phone.recite(self.audio, self.lines)


@dataclass(frozen=True, slots=True)
class Say:
    """Say a text."""

    lines: Lines

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return phone.speak_lines(self.lines)


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys."""

    keys: str

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return phone.press(self.keys)


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing for a while."""

    ms: int

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return phone.keep_silent(self.ms)


@dataclass(frozen=True, slots=True)
class WaitForSilence:
    """Listen until the other side has been silent for a while."""

    ms: int

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return wait_for_silence(phone, self.ms, timeout_ms=DEFAULT_TIMEOUT_MS)


@dataclass(frozen=True, slots=True)
class WaitForSpeech:
    """Listen until the other side makes a sound."""

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return wait_for_speech(phone, timeout_ms=DEFAULT_TIMEOUT_MS)


@dataclass(frozen=True, slots=True)
class WaitForDigits:
    """Listen for keys."""

    count: int

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        return wait_for_digits(phone, self.count, timeout_ms=DEFAULT_TIMEOUT_MS)


@dataclass(frozen=True, slots=True)
class HangUp:
    """Put the phone down."""

    def begin(self, phone: PhoneCall) -> Wish[None]:
        """Start it."""
        phone.hang_up()
        done: Wish[None] = Wish()
        done.set_result(None)
        return done


# --- reading ----------------------------------------------------------------------------------------------------------


def _play(value: object, *, text: object = None, confidence: object = None) -> Step:
    if not isinstance(value, str):
        raise TypeError("play takes the path of an audio file")
    if not isinstance(text, str | None):
        raise TypeError("text is what the audio says, a string")
    return Play(read_audio(value).ulaw(), lines_of(value, text, _confidence(confidence)))


def _say(value: object, *, confidence: object = KNOWN_CONFIDENCE) -> Step:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("say takes a text")
    sure = _confidence(confidence)
    return Say(Lines(value) if sure is None else Lines(value, sure))


def _confidence(value: object) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise TypeError("confidence takes a number from 0.0 to 1.0")


def _press(value: object) -> Step:
    if not isinstance(value, str):
        raise TypeError('press takes a string of keys, such as "12#"')
    dtmf.parse_digits(value)
    return Press(value)


def _milliseconds(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise TypeError(f"{name} takes a number of seconds from 0 to 3600")
    return round(value * 1000)


def _wait_for_digits(value: object) -> Step:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise TypeError("wait_for_digits takes a whole number of keys, 1 or more")
    return WaitForDigits(value)


def _flag(value: object, name: str, step: Step) -> Step:
    if value is not True:
        raise TypeError(f"{name} takes true")
    return step


def _replay(value: object, *, side: object = None, mode: object = "clock", timeout: object = 60) -> Step:
    if not isinstance(value, str) or not isinstance(mode, str) or not isinstance(side, str | None):
        raise TypeError("replay takes the path of a cassette, and its options are strings")
    return replay_of(value, side=side, mode=mode, timeout_ms=_milliseconds(timeout, "timeout"))


_READERS: Final[dict[str, Callable[..., Step]]] = {
    "play": _play,
    "say": _say,
    "press": _press,
    "silence": lambda value: Silence(_milliseconds(value, "silence")),
    "wait_for_silence": lambda value: WaitForSilence(_milliseconds(value, "wait_for_silence")),
    "wait_for_speech": lambda value: _flag(value, "wait_for_speech", WaitForSpeech()),
    "wait_for_digits": _wait_for_digits,
    "replay": _replay,
    "hang_up": lambda value: _flag(value, "hang_up", HangUp()),
}


_OPTIONS: Final[dict[str, frozenset[str]]] = {
    "play": frozenset({"text", "confidence"}),
    "say": frozenset({"confidence"}),
    "replay": frozenset({"side", "mode", "timeout"}),
}
"""What else a step may say about itself."""


def parse_script(steps: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Read a script and the audio files it names.

    Raises:
        BadScript: naming the step and what is wrong with it.
    """
    parsed: list[Step] = []
    for position, step in enumerate(steps):
        try:
            parsed.append(_parse_step(step))
        except (TypeError, ValueError) as error:  # InvalidDigits and AudioFileError are ValueErrors
            raise BadScript(position, str(error)) from None
    return tuple(parsed)


def _parse_step(step: Mapping[str, Any]) -> Step:
    verbs = [name for name in step if name in _READERS]
    if not verbs and len(step) == 1:
        raise TypeError(f"there is no step {next(iter(step))!r}; there are: {', '.join(_READERS)}.")
    if len(verbs) != 1:
        raise TypeError('give one object with one key, such as {"press": "1"}.')
    (verb,) = verbs
    options = {name: value for name, value in step.items() if name != verb}
    unknown = sorted(options.keys() - _OPTIONS.get(verb, frozenset()))
    if unknown:
        raise TypeError(f"{verb} does not go with {unknown[0]!r}; every step is an object of its own.")
    return _READERS[verb](step[verb], **options)


# --- running ----------------------------------------------------------------------------------------------------------


def run_script(phone: PhoneCall, steps: Sequence[Step]) -> None:
    """Run the steps one after the other; a call that ends, or a wait in vain, ends the script."""
    if not steps:
        return
    first, rest = steps[0], steps[1:]

    def go_on(wish: Future[None]) -> None:
        if wish.cancelled():
            return
        error = wish.exception()
        if error is None:
            run_script(phone, rest)
        elif not isinstance(error, CallOver | NeverHappened):
            raise error

    first.begin(phone).add_done_callback(go_on)
