"""Twilio's end of one Media Stream, without a socket: call audio and keys in, message texts out, and back.

Laws
----
* `connected` and `start` come first, `stop` last, nothing after it; `TRANSITIONS` says what may happen when.
* `sequenceNumber` counts every message from `start` = 1; `chunk` counts `media` messages from 1, over both
  tracks, as the samples of twilio.com/docs/voice/media-streams/websocket-messages do.
* What an application sends wrongly never ends the stream: it becomes a `Complaint`, each kind once.

Playing, waiting and sending belong to others: `receive` only says what is to be done.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

from twilio_emulator.media.captions import LostFrame
from twilio_emulator.media.stream_mistakes import (
    SHORTEST_MAGIC,
    Complaint,
    Complaints,
    Mistake,
    container_of,
    hint_for,
    hint_for_stream_sid,
    looks_like_base64,
    quoted,
)
from twilio_emulator.twiml.flow import StreamSpec, Track
from twilio_wire.messages import (
    AppClear,
    AppMark,
    AppMedia,
    Connected,
    Dtmf,
    DtmfBody,
    FromApp,
    MalformedMessage,
    Mark,
    MarkBody,
    MediaTemplate,
    Start,
    StartBody,
    Stop,
    StopBody,
    TrackName,
    decode_from_app,
    encode,
    unexpected_fields,
)

# --- when what may happen -------------------------------------------------------------------------------------------


class Phase(StrEnum):
    """Where a stream stands."""

    CONNECTING = "connecting"
    STREAMING = "streaming"
    STOPPED = "stopped"


_STREAMING: Final = Phase.STREAMING
"""Looked up once, not with each frame."""


class Step(StrEnum):
    """What can happen to a stream."""

    OPENED = "opened"
    SENT = "sent"
    RECEIVED = "received"
    STOPPED = "stopped"
    LOST = "lost"
    """The socket failed, or the application closed it: there is nobody to send `stop` to."""


TRANSITIONS: Final[dict[tuple[Phase, Step], Phase]] = {
    (Phase.CONNECTING, Step.OPENED): Phase.STREAMING,
    (Phase.CONNECTING, Step.LOST): Phase.STOPPED,
    (Phase.STREAMING, Step.SENT): Phase.STREAMING,
    (Phase.STREAMING, Step.RECEIVED): Phase.STREAMING,
    (Phase.STREAMING, Step.STOPPED): Phase.STOPPED,
    (Phase.STREAMING, Step.LOST): Phase.STOPPED,
}


class IllegalStep(Exception):
    """A stream was told something that cannot happen to it now: a mistake of the emulator, not of the app."""

    def __init__(self, stream_sid: str, phase: Phase, step: Step) -> None:
        super().__init__(f"Stream {stream_sid} is {phase} and cannot take the step '{step}'.")
        self.phase = phase
        self.step = step


# --- what a message of the application asks for ---------------------------------------------------------------------


class QueueAudio(msgspec.Struct, frozen=True, gc=False):
    """Play this after what was sent before: bytes, µ-law, 8 kHz, mono."""

    audio: bytes


class QueueMark(msgspec.Struct, frozen=True, gc=False):
    """Send this mark back when the audio sent so far has been heard."""

    name: str


class ClearQueue(msgspec.Struct, frozen=True, gc=False):
    """Drop the audio that has not been heard, and send every pending mark back."""


Effect: TypeAlias = QueueAudio | QueueMark | ClearQueue | Complaint

_TRACKS: Final[dict[Track, tuple[TrackName, ...]]] = {
    Track.INBOUND: ("inbound",),
    Track.OUTBOUND: ("outbound",),
    Track.BOTH: ("inbound", "outbound"),
}
"""What `start.tracks` lists; the order of two is judgement."""

_QUOTES_OF_MEDIA: Final = 14
_QUOTES: Final = {AppMedia: _QUOTES_OF_MEDIA, AppMark: 14, AppClear: 8}
"""How many quotation marks a message has that consists of nothing but the documented fields."""


class StreamSession:
    """One stream. Methods return the text of each message to be sent, in order."""

    __slots__ = (
        "_account_sid",
        "_call_sid",
        "_chunk",
        "_complaints",
        "_extra_fields_warn",
        "_inbound",
        "_others",
        "_outbound",
        "_spec",
        "_stream_sid",
        "lost_on_end",
        "phase",
    )

    def __init__(
        self,
        spec: StreamSpec,
        *,
        stream_sid: str,
        call_sid: str,
        account_sid: str,
        complaints: Complaints | None = None,
        extra_fields_warn: bool = True,
    ) -> None:
        self.phase = Phase.CONNECTING
        self._spec = spec
        self._stream_sid = stream_sid
        self._call_sid = call_sid
        self._account_sid = account_sid
        self._complaints = complaints if complaints is not None else Complaints()
        self._extra_fields_warn = extra_fields_warn
        self.lost_on_end = 0
        """How many frames of the inbound track got lost one after the other, up to now."""
        self._chunk = 0
        self._others = 0
        """How many messages with a sequence number were no `media`."""
        self._inbound = MediaTemplate(stream_sid, "inbound") if spec.track is not Track.OUTBOUND else None
        self._outbound = MediaTemplate(stream_sid, "outbound") if spec.track is not Track.INBOUND else None

    @property
    def media_messages(self) -> int:
        """How many `media` messages have been made."""
        return self._chunk

    # --- Twilio to the application ----------------------------------------------------------------------------------

    def opening(self) -> list[str]:
        """The socket is open: `connected` and `start`."""
        self._take(Step.OPENED)
        start = Start(
            sequence_number=self._next_sequence(),
            start=StartBody(
                account_sid=self._account_sid,
                stream_sid=self._stream_sid,
                call_sid=self._call_sid,
                tracks=_TRACKS[self._spec.track],
                custom_parameters=dict(self._spec.parameters),
            ),
            stream_sid=self._stream_sid,
        )
        return [encode(Connected()), encode(start)]

    def media(self, inbound: bytes, outbound: bytes, elapsed_ms: int) -> list[str]:
        """20 ms of the call: what the far end said and what it heard, 160 µ-law bytes each.

        `elapsed_ms` is the time since the stream began. Of two tracks the outbound one goes first, and both
        carry the same timestamp (judgement, from the documentation's samples). Of a frame that got lost on its way
        to Twilio there is no message: the timestamps jump, the chunks do not.
        """
        if self.phase is not _STREAMING:  # the table says the same, and takes longer to look it up
            self._take(Step.SENT)
        chunk = self._chunk
        texts = []
        if self._outbound is not None:
            chunk += 1
            texts.append(self._outbound.render(self._others + chunk, chunk, elapsed_ms, outbound))
        if self._inbound is not None:
            if type(inbound) is LostFrame:
                self.lost_on_end += 1
            else:
                self.lost_on_end = 0
                chunk += 1
                texts.append(self._inbound.render(self._others + chunk, chunk, elapsed_ms, inbound))
        self._chunk = chunk
        return texts

    def dtmf(self, digit: str) -> str:
        """The far end pressed a key: one of 0-9 * # A-D."""
        self._take(Step.SENT)
        return encode(
            Dtmf(
                stream_sid=self._stream_sid,
                sequence_number=self._next_sequence(),
                dtmf=DtmfBody(digit=digit),
            )
        )

    def mark(self, name: str) -> str:
        """The audio before the application's mark has been heard, or cleared."""
        self._take(Step.SENT)
        return encode(
            Mark(
                sequence_number=self._next_sequence(),
                stream_sid=self._stream_sid,
                mark=MarkBody(name),
            )
        )

    def stop(self) -> str:
        """The stream was stopped, or the call is over."""
        self._take(Step.STOPPED)
        return encode(
            Stop(
                sequence_number=self._next_sequence(),
                stream_sid=self._stream_sid,
                stop=StopBody(account_sid=self._account_sid, call_sid=self._call_sid),
            )
        )

    def lost(self) -> None:
        """There is no socket, or none any more."""
        self._take(Step.LOST)

    def _next_sequence(self) -> str:
        self._others += 1
        return str(self._others + self._chunk)

    def _take(self, step: Step) -> None:
        after = TRANSITIONS.get((self.phase, step))
        if after is None:
            raise IllegalStep(self._stream_sid, self.phase, step)
        self.phase = after

    # --- the application to Twilio ----------------------------------------------------------------------------------

    def receive(self, message: str | bytes) -> list[Effect]:
        """What a message of the application asks for, in order; text, or bytes for a binary frame."""
        if self.phase is not _STREAMING:
            self._take(Step.RECEIVED)
        if not self._spec.bidirectional:
            return [*self._complaints.about(Mistake.ON_A_FORK, _ON_A_FORK, _HINT_ON_A_FORK)]
        if isinstance(message, bytes):
            return [*self._complaints.about(Mistake.BINARY, _BINARY, _HINT_BINARY)]
        try:
            content = decode_from_app(message)
        except MalformedMessage as error:
            text = f"The application sent a message that is ignored: {_shorten(str(error))}"
            return [*self._complaints.about(Mistake.NOT_A_MESSAGE, text, hint_for(message))]
        if content.stream_sid != self._stream_sid:
            text = f"The application sent a message for {quoted(content.stream_sid)}, which is ignored here."
            hint = hint_for_stream_sid(content.stream_sid)
            return [*self._complaints.about(Mistake.OTHER_STREAM, text, hint)]
        if type(content) is AppMedia:
            audio = content.media.payload
            # At first sight nobody could complain of it, and so it is with nearly all.
            if not audio[:SHORTEST_MAGIC].isascii() and message.count('"') <= _QUOTES_OF_MEDIA:
                return [QueueAudio(audio)]
        complaints = self._complain_of_extras(message, content)
        if isinstance(content, AppMedia):
            audio = content.media.payload
            return [*complaints, *self._complain_of_audio(audio), QueueAudio(audio)]
        if isinstance(content, AppMark):
            return [*complaints, QueueMark(content.mark.name)]
        return [*complaints, ClearQueue()]

    def _complain_of_extras(self, text: str, content: FromApp) -> list[Complaint]:
        """Counting quotation marks spares a second look at the usual message: a field more has two more."""
        if not self._extra_fields_warn or text.count('"') <= _QUOTES[type(content)]:
            return []
        if self._complaints.knows(Mistake.EXTRA_FIELDS) or not (extras := unexpected_fields(text)):
            return []
        return self._complaints.about(
            Mistake.EXTRA_FIELDS,
            f"The application's messages have fields unknown to Twilio: {_shorten(', '.join(extras))}.",
            "Leave them out: Twilio may warn of them with 31951.",
        )

    def _complain_of_audio(self, audio: bytes) -> list[Complaint]:
        if not audio[:SHORTEST_MAGIC].isascii():  # as all that is complained of begins
            return []
        if container := container_of(audio):
            return self._complaints.about(
                Mistake.AUDIO_FILE,
                f"A media payload starts like {container}, and its header is played as noise.",
                "Send raw µ-law samples (8 kHz, mono), without any header.",
            )
        if looks_like_base64(audio) and not self._complaints.knows(Mistake.DOUBLE_BASE64):
            return self._complaints.about(
                Mistake.DOUBLE_BASE64,
                "A media payload is base64 of base64, and is played as noise.",
                "Encode the µ-law bytes once.",
            )
        return []


_ON_A_FORK: Final = "The application sent a message on a one-way stream, where it is ignored."
_HINT_ON_A_FORK: Final = "Use <Connect><Stream> to be heard; <Start><Stream> only listens."
_BINARY: Final = "The application sent a binary frame, which is ignored."
_HINT_BINARY: Final = "Send JSON in text frames, the audio in it as base64."
_LONGEST_REASON: Final = 300


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + "…"
