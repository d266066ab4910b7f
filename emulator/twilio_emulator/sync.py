"""The emulator for synchronous test suites (Flask, Django, unittest): the same verbs without `await`.

    with TwilioEmulator(speed="max") as twilio:
        twilio.add_number("+15550001111", voice_url="http://127.0.0.1:5000/voice")
        line = twilio.handset("+15557770001").dial("+15550001111")
        line.press("1")
        line.wait_until("completed")

Every verb blocks its thread until it is done; see `twilio_emulator.phones.handset` for what each one raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twilio_emulator.emulator import EmulatorThread
from twilio_emulator.media.captions import KNOWN_CONFIDENCE
from twilio_emulator.phones import line_verbs
from twilio_emulator.phones.handset import DEFAULT_TIMEOUT_S, HandsetFacts, LineFacts
from twilio_emulator.phones.line_verbs import Sound, milliseconds

__all__ = ["Handset", "Line", "TwilioEmulator"]


class Line(LineFacts):
    """One call on a handset."""

    def answer(self) -> None:
        """Pick up."""
        self._remote.wait_blocking(line_verbs.answer(self._call))

    def hang_up(self) -> None:
        """Put the phone down."""
        self._remote.wait_blocking(line_verbs.hang_up(self._call))

    def reject(self) -> None:
        """Refuse the call."""
        self._remote.wait_blocking(line_verbs.reject(self._call))

    def transfer(self, to: str) -> None:
        """Want the other party to be connected to `to` instead, as a SIP phone does (REFER)."""
        self._remote.wait_blocking(line_verbs.transfer(self._call, to))

    def play(self, sound: Sound, *, text: str | None = None, confidence: float | None = None) -> None:
        """Say a recording, and wait until it has been said."""
        self._remote.wait_blocking(line_verbs.play(self._call, sound, text, confidence))

    def say(self, text: str, *, confidence: float = KNOWN_CONFIDENCE) -> None:
        """Say a text, and wait until it has been said."""
        self._remote.wait_blocking(line_verbs.say(self._call, text, confidence))

    def press(self, keys: str) -> None:
        """Press keys, and wait until the last tone has ended."""
        self._remote.wait_blocking(line_verbs.press(self._call, keys))

    def silence(self, seconds: float) -> None:
        """Say nothing for `seconds`."""
        self._remote.wait_blocking(line_verbs.silence(self._call, seconds))

    def wait_for_digits(self, count: int, *, timeout: float = DEFAULT_TIMEOUT_S) -> str:
        """The next `count` keys heard, from where the last wait ended."""
        return self._remote.wait_blocking(line_verbs.wait_for_digits(self._call, count, timeout))

    def wait_for_silence(self, seconds: float, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until nothing has been heard for `seconds`."""
        self._remote.wait_blocking(line_verbs.wait_for_silence(self._call, seconds, timeout))

    def wait_for_speech(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until the other side makes a sound."""
        self._remote.wait_blocking(line_verbs.wait_for_speech(self._call, timeout))

    def wait_until(self, status: str, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait for a status of the call."""
        self._remote.wait_blocking(line_verbs.wait_until(self._call, status, timeout))


class Handset(HandsetFacts):
    """A simulated phone. Made by `TwilioEmulator.handset`."""

    def dial(
        self,
        to: str = "",
        *,
        script: list[dict[str, object]] | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Line:
        """Call a number of the account; the line is returned while it rings."""
        return Line(self._dialled(to, script, parameters), self._remote)

    def next_call(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> Line:
        """The next incoming call."""
        limit_ms = milliseconds(timeout)
        call = self._remote.wait_blocking(lambda: self._phone.next_call(timeout_ms=limit_ms))
        return Line(call, self._remote)


class TwilioEmulator(EmulatorThread):
    """An offline Twilio: `with TwilioEmulator() as twilio: ...`. See `EmulatorThread` for its arguments."""

    def __enter__(self) -> TwilioEmulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def handset(
        self,
        phone_number: str,
        *,
        answer_after: float = 1.0,
        behavior: str = "answer",
        script: list[dict[str, Any]] | None = None,
        answered_by: str = "human",
        on_refer: str = "accept",
        application: str = "",
    ) -> Handset:
        """Put a phone on the network; the arguments are those of the asynchronous `TwilioEmulator.handset`."""
        phone = self._install(phone_number, answer_after, behavior, script, answered_by, on_refer, application)
        return Handset(phone, self._remote)

    def handset_from(
        self,
        cassette: str | Path,
        phone_number: str | None = None,
        *,
        side: str | None = None,
        mode: str = "clock",
        answer_after: float = 1.0,
        timeout: float = DEFAULT_TIMEOUT_S,
    ) -> Handset:
        """Put a recorded caller on the network; the arguments are those of the asynchronous `handset_from`."""
        phone = self._install_recorded(cassette, phone_number, side, mode, answer_after, timeout)
        return Handset(phone, self._remote)

    def wait_for_call(self, call_sid: str, status: str = "completed", *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until a call has this status."""
        self._remote.wait_blocking(self._call_verb(call_sid, status, timeout))

    def reset(self) -> None:
        """Back to an empty world: calls ended, phones and numbers gone, journal empty."""
        self._reset().result()

    def wait_until_idle(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until every call is over and every callback has been answered."""
        self._remote.wait_blocking(self._idle_verb(timeout))
