"""From the answer of a call that was placed to its TwiML: keys are sent, or whoever answers is judged first.

Keys and a verdict exclude one another [twilio.com/docs/voice/api/call-resource, SendDigits].
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twilio_emulator.calls.answer_judge import AnswerJudge
from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.call import Call
from twilio_emulator.calls.machine_detection import MachineDetection
from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.playback import Playback
from twilio_emulator.rooms import Rooms
from twilio_wire import dtmf, g711

SEND_DIGITS_MARK: Final = "\0digits sent"
"""The mark behind the keys; whoever sees it reached says so with `digits_sent`."""


class Opening:
    """Comes to its end once, with `over`: it is the app's turn."""

    def __init__(
        self, call: Call, rooms: Rooms, *, detection: MachineDetection | None, over: Callable[[], None]
    ) -> None:
        self._call = call
        self._rooms = rooms
        self._detection = detection
        self._over = over
        self._judge: AnswerJudge | None = None
        self._waits_for_verdict = False

    def begin(self, answerer: AnsweredBy, playback: Playback) -> None:
        """Somebody has answered."""
        if self._call.send_digits:
            tones = g711.encode(dtmf.synthesize(self._call.send_digits))
            playback.play(tones, Utterance("", tones))
            playback.mark(SEND_DIGITS_MARK)
        elif self._detection is not None:
            self._detect(self._detection, answerer)
        else:
            self._over()

    def digits_sent(self) -> None:
        """The last key has been heard."""
        self._over()

    def give_way(self) -> None:
        """Other TwiML is in charge already; a verdict is still told."""
        self._waits_for_verdict = False

    def call_over(self) -> None:
        """Nobody is left to be judged."""
        if self._judge is not None:
            self._judge.call_over()

    def _detect(self, detection: MachineDetection, answerer: AnsweredBy) -> None:
        """Find out who answered; the TwiML waits for it unless the detection is asynchronous."""
        self._judge = AnswerJudge(self._call, detection, self._rooms, decided=self._verdict_fell)
        self._judge.listen(answerer)
        self._waits_for_verdict = not detection.is_async
        if detection.is_async:
            self._over()

    def _verdict_fell(self) -> None:
        if self._waits_for_verdict:
            self._waits_for_verdict = False
            self._over()
