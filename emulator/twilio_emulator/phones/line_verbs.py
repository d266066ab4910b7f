"""What a test can do with a line, once, for both faces of it: each function is a verb that runs on the emulator's loop.

`phones.handset` awaits these, `twilio_emulator.sync` blocks on them. Everything that reads files or checks arguments is
done here on the caller's side, before the verb is carried over.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from twilio_emulator.media.lines import Lines, lines_of
from twilio_emulator.phones import waits
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.remote import Act, Verb
from twilio_wire import dtmf
from twilio_wire.audio import Audio, read_audio

Sound = Audio | bytes | str | Path
"""Something to play: a file's path, an `Audio`, or bytes (µ-law, 8 kHz, mono)."""

STATUSES = ("ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled")

T = TypeVar("T")


def line_audio(sound: Sound) -> bytes:
    """Bytes (µ-law, 8 kHz, mono) for anything that can be played.

    Raises:
        AudioFileError: naming the file that cannot be read.
    """
    if isinstance(sound, bytes):
        return sound
    return (sound if isinstance(sound, Audio) else read_audio(sound)).ulaw()


def play(call: PhoneCall, sound: Sound, text: str | None, confidence: float | None) -> Verb[None]:
    """Say a recording."""
    audio = line_audio(sound)
    lines = lines_of(sound if isinstance(sound, str | Path) else None, text, confidence)
    return lambda: call.recite(audio, lines)


def say(call: PhoneCall, text: str, confidence: float) -> Verb[None]:
    """Say a text."""
    lines = Lines(text, confidence)
    return lambda: call.speak_lines(lines)


def press(call: PhoneCall, keys: str) -> Verb[None]:
    """Press keys."""
    dtmf.parse_digits(keys)
    return lambda: call.press(keys)


def silence(call: PhoneCall, seconds: float) -> Verb[None]:
    """Say nothing for a while."""
    return lambda: call.keep_silent(milliseconds(seconds))


def answer(call: PhoneCall) -> Verb[None]:
    """Pick up."""
    return Act(call.answer)


def hang_up(call: PhoneCall) -> Verb[None]:
    """Put the phone down."""
    return Act(call.hang_up)


def reject(call: PhoneCall) -> Verb[None]:
    """Refuse the call."""
    return Act(call.reject)


def transfer(call: PhoneCall, to: str) -> Verb[None]:
    """Hand the other party on."""
    return Act(lambda: call.transfer(to))


def wait_for_digits(call: PhoneCall, count: int, timeout: float) -> Verb[str]:
    """Listen for the next `count` keys and return them; keys that came before it was asked count, once."""
    if count < 1:
        raise ValueError(f"count is {count}; wait for 1 key or more.")

    def verb() -> Future[str]:
        wish = waits.wait_for_digits(call, count, timeout_ms=milliseconds(timeout))
        return _then(wish, lambda: waits.take_digits(call, count))

    return verb


def wait_for_silence(call: PhoneCall, seconds: float, timeout: float) -> Verb[None]:
    """Listen until nothing has been heard for `seconds`."""
    return lambda: waits.wait_for_silence(call, milliseconds(seconds), timeout_ms=milliseconds(timeout))


def wait_for_speech(call: PhoneCall, timeout: float) -> Verb[None]:
    """Listen until the other side makes a sound."""
    return lambda: waits.wait_for_speech(call, timeout_ms=milliseconds(timeout))


def wait_until(call: PhoneCall, status: str, timeout: float) -> Verb[None]:
    """Wait for a status of the call."""
    if status not in STATUSES:
        raise ValueError(f"status is {status!r}; a line can be waited for until: {', '.join(STATUSES)}.")
    return lambda: waits.wait_until(call, status, timeout_ms=milliseconds(timeout))


def milliseconds(seconds: float) -> int:
    """Whole milliseconds.

    Raises:
        ValueError: for a negative length.
    """
    if not seconds >= 0:
        raise ValueError(f"{seconds!r} is no length of time; give seconds, 0 or more.")
    return round(seconds * 1000)


def _then(wish: Future[None], result: Callable[[], T]) -> Future[T]:
    """A wish that comes true with a value taken at that moment."""
    outcome: Future[T] = Future()

    def finished(wish: Future[None]) -> None:
        if wish.cancelled() or outcome.done():
            return
        if (error := wish.exception()) is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result())

    wish.add_done_callback(finished)
    outcome.add_done_callback(lambda outcome: wish.cancel() if outcome.cancelled() else None)
    return outcome
