"""One call's conversation over Media Streams, seen from the application: messages in, effects out.

Laws: pure, no event loop, no clock but the received audio. A call may be carried by several streams one after the other
(digits played by REST end one and begin the next): recording, clock, marks and queue go on; what was in flight on the
old stream is lost with it. Whatever a stream other than the current one says is ignored, so that the late `stop` of the
old stream cannot end the new one.

Source: twilio.com/docs/voice/media-streams/websocket-messages.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from twilio_adapter.chunk import CHUNK_RATE
from twilio_adapter.events import DigitPressed, DigitSent, Interrupted, UserStartedSpeaking, UserStoppedSpeaking
from twilio_adapter.frames import FrameResampler
from twilio_adapter.outbox import Outbox, Parcel
from twilio_adapter.recording import BYTES_A_MS, Recording
from twilio_adapter.voice_activity import Vad, VoiceActivity
from twilio_wire.dtmf import PAUSE_MS
from twilio_wire.g711 import SAMPLE_RATE, encode
from twilio_wire.messages import (
    AppClear,
    AppMark,
    AppMedia,
    AppMediaBody,
    Dtmf,
    FromApp,
    FromTwilio,
    Mark,
    MarkBody,
    Media,
    Start,
    Stop,
)
from twilio_wire.pcm import Pcm

_UTTERANCE_OVER_MS: Final = 40
"""No more audio for this long, and what the resampler holds back is the end of an utterance."""
_LAST_CALL_BYTES: Final = 100 * BYTES_A_MS
"""... unless this much is still to be played: a sender that streams in pieces comes back before it has run out."""


@dataclass(frozen=True)
class Transmit:
    """Send this message to Twilio."""

    message: FromApp


@dataclass(frozen=True)
class StreamStarted:
    """The call is carried by this stream from now on."""

    stream_sid: str


@dataclass(frozen=True)
class StreamStopped:
    """The current stream is over."""


Told: TypeAlias = DigitPressed | DigitSent | Interrupted | UserStartedSpeaking | UserStoppedSpeaking
"""Tell whoever watches the call what has happened in it."""
Effect: TypeAlias = Transmit | StreamStarted | StreamStopped | Told


class Session:
    """What is said both ways in one call.

    Args:
        vad: how the far end's speech is told from what is none.
    """

    def __init__(self, vad: Vad | None = None) -> None:
        self.recording = Recording()
        self._activity = VoiceActivity(self.recording.far, vad or Vad())
        self.outbox = Outbox()
        self.stream_sid: str | None = None
        self.digits = ""
        self._converter = FrameResampler(CHUNK_RATE, SAMPLE_RATE)
        self._spoke_at = 0
        self._progress_at = 0

    @property
    def stalled_ms(self) -> int:
        """Call time since anything in flight was acknowledged; 0 when nothing is in flight."""
        if self.stream_sid is None or not self.outbox.in_flight:
            return 0
        return (len(self.recording.far) - self._progress_at) // BYTES_A_MS

    @property
    def next_plays_ms(self) -> int:
        """When what is said next will begin to be heard, in ms of received audio, if nobody interrupts."""
        before = len(self.recording.far) + self.recording.unplayed_bytes + self.outbox.queued
        return before // BYTES_A_MS + self._converter.held_ms

    # --- what Twilio says -----------------------------------------------------------------------------------------

    def feed(self, message: FromTwilio) -> list[Effect]:
        """Take one message from Twilio and return what is to be done about it, in order.

        A `start` must have been authenticated: it makes its stream the current one.
        """
        if isinstance(message, Media):
            return self._media(message)
        if isinstance(message, Start):
            return self._start(message)
        if isinstance(message, Mark):
            return self._mark(message)
        if isinstance(message, Dtmf):
            return self._dtmf(message)
        if isinstance(message, Stop):
            return self._stop(message)
        return []

    def end(self) -> list[Effect]:
        """The call is over: who still spoke has stopped."""
        return [*self._activity.end()]

    def lose_stream(self) -> None:
        """The current stream's socket is gone."""
        self.stream_sid = None
        self.outbox.lose(self.recording.unplayed_bytes)
        self.recording.forget_unplayed()

    def _start(self, message: Start) -> list[Effect]:
        self.lose_stream()
        self.stream_sid = message.stream_sid
        return [StreamStarted(message.stream_sid), *self._ship()]

    def _media(self, message: Media) -> list[Effect]:
        if message.stream_sid != self.stream_sid or message.media.track != "inbound":
            return []
        self.recording.hear(message.media.payload)
        effects: list[Effect] = [*self._activity.listen()]
        if self._converter.holds_audio and self._utterance_is_over():
            effects += self.finish_utterance()
        return effects

    def _mark(self, message: Mark) -> list[Effect]:
        if message.stream_sid != self.stream_sid or not self.outbox.echoed(message.mark.name):
            return []
        self._progress_at = len(self.recording.far)
        return self._ship()

    def _dtmf(self, message: Dtmf) -> list[Effect]:
        if message.stream_sid != self.stream_sid:
            return []
        self.digits += message.dtmf.digit
        return [DigitPressed(self.recording.received_ms, message.dtmf.digit)]

    def _stop(self, message: Stop) -> list[Effect]:
        if message.stream_sid != self.stream_sid:
            return []
        self.lose_stream()
        return [StreamStopped()]

    # --- what we say ----------------------------------------------------------------------------------------------

    def say(self, pcm: Pcm) -> tuple[Parcel, list[Effect]]:
        """Queue speech (int16, 24 kHz, mono), as the continuation of what was said just before.

        The resampler needs to know what follows: the last 20 to 40 ms wait for the next piece, or for the silence that
        shows there is none.
        """
        ready = encode(self._converter.process(pcm))
        self._spoke_at = len(self.recording.far)
        return self._put(ready)

    def say_ulaw(self, ulaw: bytes) -> tuple[Parcel, list[Effect]]:
        """Queue telephone audio (bytes, µ-law, 8 kHz, mono)."""
        tail = encode(self._converter.flush())
        return self._put(tail + ulaw)

    def finish_utterance(self) -> list[Effect]:
        """Queue what the resampler holds back: nothing follows for now."""
        return self.say_ulaw(b"")[1]

    def pressed(self, digits: str) -> list[Effect]:
        """We have pressed keys, and they have been heard; pauses (w, W) are none."""
        return [DigitSent(self.recording.received_ms, key) for key in digits if key not in PAUSE_MS]

    def withdraw(self, parcel: Parcel) -> None:
        """Drop what is still queued of a parcel, and the end of its utterance."""
        self._converter.flush()
        self.outbox.withdraw(parcel)

    def interrupt(self) -> tuple[int, list[Effect]]:
        """Drop all we have said that has not been heard.

        Returns:
            How many milliseconds that is, as far as the received audio tells, and the effects: always a `clear` while
            there is a stream, for Twilio may still be playing what we have long forgotten.
        """
        self.outbox.put(encode(self._converter.flush()))
        dropped_ms = self.outbox.clear(self.recording.unplayed_bytes) // BYTES_A_MS
        self.recording.forget_unplayed()
        effects: list[Effect] = [Interrupted(self.recording.received_ms, dropped_ms)]
        if self.stream_sid is not None:
            effects.insert(0, Transmit(AppClear(stream_sid=self.stream_sid)))
        return dropped_ms, effects

    def _utterance_is_over(self) -> bool:
        silent_for = len(self.recording.far) - self._spoke_at
        return (
            silent_for >= _UTTERANCE_OVER_MS * BYTES_A_MS
            and not self.outbox.queued
            and self.recording.unplayed_bytes <= _LAST_CALL_BYTES
        )

    def _put(self, ulaw: bytes) -> tuple[Parcel, list[Effect]]:
        parcel = self.outbox.put(ulaw)
        return parcel, self._ship()

    def _ship(self) -> list[Effect]:
        if self.stream_sid is None:
            return []
        if not self.outbox.in_flight:
            self._progress_at = len(self.recording.far)
        effects: list[Effect] = []
        for shipment in self.outbox.ship():
            self.recording.say(shipment.ulaw)
            body = AppMediaBody(shipment.ulaw)
            effects.append(Transmit(AppMedia(stream_sid=self.stream_sid, media=body)))
            effects.append(Transmit(AppMark(stream_sid=self.stream_sid, mark=MarkBody(shipment.mark))))
        return effects


def silence_ulaw(seconds: float) -> bytes:
    """Return silence as a telephone line carries it (bytes, µ-law, 8 kHz)."""
    return encode(np.zeros(round(seconds * SAMPLE_RATE), dtype=np.int16))
