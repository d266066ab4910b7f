"""The phones that a test holds: `Handset` dials and takes calls, `Line` is one call.

Both are remote controls, usable from any event loop. `twilio_emulator.sync` has the same verbs without `await`. All
times are seconds of call time, so they pass as fast as the emulator runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from twilio_emulator.cassettes.recorder import CallRecorder
from twilio_emulator.errors import NotStarted
from twilio_emulator.media.captions import KNOWN_CONFIDENCE
from twilio_emulator.media.measures import Measures
from twilio_emulator.phones import line_verbs
from twilio_emulator.phones.line_record import record_line, record_of
from twilio_emulator.phones.line_verbs import Sound
from twilio_emulator.phones.phone import Phone
from twilio_emulator.phones.phone_call import PhoneCall
from twilio_emulator.phones.script import parse_script
from twilio_emulator.remote import Remote
from twilio_wire import g711
from twilio_wire.audio import Audio, from_ulaw, write_wav
from twilio_wire.cassette import CallRecord, Side

T = TypeVar("T")

DEFAULT_TIMEOUT_S = 60.0
"""How long a verb waits unless it is given another `timeout`, in seconds of call time."""


class LineFacts:
    """What can be read from a line at any moment, from any thread."""

    def __init__(self, call: PhoneCall, remote: Remote) -> None:
        self._call = call
        self._remote = remote

    @property
    def call_sid(self) -> str:
        """The CA sid of the call, as the application sees it."""
        return self._call.call_sid

    @property
    def phone_number(self) -> str:
        """The number of this phone, or its other address."""
        return self._call.phone_number

    @property
    def status(self) -> str:
        """`ringing`, `in-progress`, or how it ended: `completed busy no-answer failed canceled`."""
        return self._call.status

    @property
    def heard(self) -> Audio:
        """All that this phone has heard since the answer: 8 kHz mono, time-true."""
        return from_ulaw(self._call.ear.heard.read())

    @property
    def said(self) -> Audio:
        """All that this phone has said since the answer: 8 kHz mono, time-true."""
        return from_ulaw(self._call.said())

    @property
    def digits_heard(self) -> str:
        """The keys that this phone has heard."""
        return self._at_rest(lambda: self._call.ear.digits)

    @property
    def parameters(self) -> dict[str, str]:
        """What came along with the call: the parameters of a client, the headers of a SIP user."""
        return dict(self._call.parameters)

    @property
    def measures(self) -> Measures | None:
        """How the application talks over the call's Media Stream, so far or until the end (see docs/measures.md).

        None if the call has had no bidirectional stream.
        """
        return self._at_rest(lambda: self._call.measures)

    @property
    def call_record(self) -> CallRecord:
        """What the call was, so far or to its end: both sides, states, keys, verbs, webhooks. See docs/golden.md.

        `near` is this phone, `far` the application.
        """
        return self._at_rest(lambda: record_of(self._call))

    def record(
        self, path: str | Path, *, handset: Side = "near", overwrite: bool = False, made_by: str = ""
    ) -> CallRecorder:
        """Write the call as a cassette, as it happens: all of it, from its beginning to its end (see docs/golden.md).

        What goes wrong on the disk later does not disturb the call: the recorder has it as `problem`, in words.

        Args:
            path: the folder, which is made.
            handset: whose part a phone shall play that is made from the cassette: ours, or the other side's (`far`).
            overwrite: whether a cassette that is there already is replaced.
            made_by: how the cassette is made, in one sentence, for its README.

        Raises:
            CassetteExists: there is something already.
            CassetteError: the folder cannot be written to.
        """
        return self._at_rest(
            lambda: record_line(self._call, path, handset=handset, overwrite=overwrite, made_by=made_by)
        )

    def _at_rest(self, action: Callable[[], T]) -> T:
        """Between two moments of the call; a line outlives the emulator."""
        try:
            return self._remote.do(action)
        except NotStarted:
            return action()

    def save(self, path: str | Path) -> None:
        """Write the call as a stereo WAV (8 kHz): left is what was said, right is what was heard."""
        write_wav(path, self.said.pcm, self.heard.pcm, rate=g711.SAMPLE_RATE)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.phone_number} {self.call_sid} {self.status}>"


class Line(LineFacts):
    """One call on a handset."""

    async def answer(self) -> None:
        """Pick up.

        Raises:
            NotRinging: when the call does not ring.
        """
        await self._remote.wait(line_verbs.answer(self._call))

    async def hang_up(self) -> None:
        """Put the phone down; a call that is over stays over."""
        await self._remote.wait(line_verbs.hang_up(self._call))

    async def reject(self) -> None:
        """Refuse the call.

        Raises:
            NotRinging: when the call does not ring.
        """
        await self._remote.wait(line_verbs.reject(self._call))

    async def transfer(self, to: str) -> None:
        """Want the other party to be connected to `to` instead, as a SIP phone does (REFER); see `referUrl` of Dial.

        Raises:
            CannotTransfer: when this phone is no SIP user's, or is in no conversation.
        """
        await self._remote.wait(line_verbs.transfer(self._call, to))

    async def play(self, sound: Sound, *, text: str | None = None, confidence: float | None = None) -> None:
        """Say a recording (a file's path, an `Audio`, or µ-law bytes) and wait until it has been said.

        Args:
            sound: the recording.
            text: what it says, and is heard as; by default what a `manifest.toml` has for the file (docs/speech.md).
            confidence: how sure a recogniser shall be of that, 0.0 to 1.0.

        Raises:
            AudioFileError: naming the file that cannot be read.
            ValueError: for a confidence that is none, or has no text to go with it.
            CallOver: when the call ends meanwhile.
        """
        await self._remote.wait(line_verbs.play(self._call, sound, text, confidence))

    async def say(self, text: str, *, confidence: float = KNOWN_CONFIDENCE) -> None:
        """Say a text with the emulator's speech, be heard as that text, and wait until it has been said.

        Raises:
            ValueError: for a confidence that is none.
            CallOver: when the call ends meanwhile.
        """
        await self._remote.wait(line_verbs.say(self._call, text, confidence))

    async def press(self, keys: str) -> None:
        """Press keys (0-9 * # A-D; `w` and `W` pause 0.5 and 1 s) and wait until the last tone has ended.

        Raises:
            InvalidDigits: for anything else.
            CallOver: when the call ends meanwhile.
        """
        await self._remote.wait(line_verbs.press(self._call, keys))

    async def silence(self, seconds: float) -> None:
        """Say nothing for `seconds`.

        Raises:
            CallOver: when the call ends meanwhile.
        """
        await self._remote.wait(line_verbs.silence(self._call, seconds))

    async def wait_for_digits(self, count: int, *, timeout: float = DEFAULT_TIMEOUT_S) -> str:
        """The next `count` keys heard, from where the last wait ended; waits for those that are still to come.

        Raises:
            NeverHappened: after `timeout` seconds of call time.
            CallOver: when the call ends first.
        """
        return await self._remote.wait(line_verbs.wait_for_digits(self._call, count, timeout))

    async def wait_for_silence(self, seconds: float, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until nothing has been heard for `seconds`, counted from now.

        Raises:
            NeverHappened: after `timeout` seconds of call time.
            CallOver: when the call ends first.
        """
        await self._remote.wait(line_verbs.wait_for_silence(self._call, seconds, timeout))

    async def wait_for_speech(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until the other side makes a sound of 60 ms or more (speech or a tone).

        Raises:
            NeverHappened: after `timeout` seconds of call time.
            CallOver: when the call ends first.
        """
        await self._remote.wait(line_verbs.wait_for_speech(self._call, timeout))

    async def wait_until(self, status: str, *, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Wait until the call is `in-progress`, `completed`, `busy`, `no-answer`, `failed` or `canceled`.

        Raises:
            NeverHappened: after `timeout` seconds of call time.
            CallOver: when the call ends with another status.
        """
        await self._remote.wait(line_verbs.wait_until(self._call, status, timeout))


class HandsetFacts:
    """What can be read from a handset."""

    def __init__(self, phone: Phone, remote: Remote) -> None:
        self._phone = phone
        self._remote = remote

    @property
    def phone_number(self) -> str:
        """The number, or other address, at which this phone rings."""
        return self._phone.phone_number

    def _dialled(
        self, to: str, script: list[dict[str, object]] | None, parameters: Mapping[str, str] | None
    ) -> PhoneCall:
        steps = None if script is None else parse_script(script)
        return self._remote.do(lambda: self._phone.dial(to, steps, parameters))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.phone_number}>"


class Handset(HandsetFacts):
    """A simulated phone. Made by `TwilioEmulator.handset`."""

    async def dial(
        self,
        to: str = "",
        *,
        script: list[dict[str, object]] | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Line:
        """Call a number of the account; the line is returned while it rings.

        Args:
            to: the number, E.164. A client or a SIP user, whose application answers, may say anything, and nothing.
            script: steps that the phone runs by itself once the call is answered, such as `[{"press": "1"}]`. Without
                any, a phone made from a cassette plays its part.
            parameters: what a client says to its application; the headers of a SIP user.

        Raises:
            NobodyThere: when the account owns no such number.
            NoApplication: when a client has none, or there is none with this sid.
            BadScript: naming the step that cannot be run.
        """
        return Line(self._dialled(to, script, parameters), self._remote)

    async def next_call(self, *, timeout: float = DEFAULT_TIMEOUT_S) -> Line:
        """The next incoming call; one that has come and was not taken yet is returned at once.

        Raises:
            NeverHappened: after `timeout` seconds of call time.
        """
        call = await self._remote.wait(lambda: self._phone.next_call(timeout_ms=line_verbs.milliseconds(timeout)))
        return Line(call, self._remote)
