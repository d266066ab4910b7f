"""What the journal says of one stream: its messages other than `media`, and its mistakes in words that help."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from twilio_emulator.journal import Journal, Problem, StreamMoved
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream_errors import StreamCode, StreamError
from twilio_emulator.media.stream_mistakes import Complaint, Complaints, Mistake
from twilio_emulator.media.stream_upgrade import shown_url
from twilio_emulator.twiml.flow import StreamSpec
from twilio_wire.g711 import SAMPLE_RATE


class Closing(Enum):
    """Why Twilio's side closes a stream."""

    CALLER_LEFT = auto()
    """The far end hung up: there is nobody to hear any more."""
    CALL_ENDED = auto()
    """The application ended the call, by REST or in TwiML, or its time was up."""
    REPLACED = auto()
    """Other TwiML took over, by REST."""
    STOPPED = auto()
    """`<Stop>` or REST stopped a fork."""


_CUT_OFF: Final = {Closing.CALL_ENDED: "The call was ended", Closing.REPLACED: "Other TwiML took over"}
_TOO_SOON_MS: Final = 1000
"""TwiML that takes over so soon after the start of a stream has hardly been sent by somebody who knew of it."""


class StreamReport:
    """Writes to the journal about one stream."""

    __slots__ = (
        "_call_sid",
        "_complaints",
        "_journal",
        "_spec",
        "_stream_sid",
        "frames_dropped",
    )

    def __init__(
        self, spec: StreamSpec, journal: Journal, complaints: Complaints, *, call_sid: str, stream_sid: str
    ) -> None:
        self._spec = spec
        self._journal = journal
        self._complaints = complaints
        self._call_sid = call_sid
        self._stream_sid = stream_sid
        self.frames_dropped = 0

    # --- messages ---------------------------------------------------------------------------------------------------

    def sent(self, event: str, detail: str = "") -> None:
        """Twilio has sent this, or done it."""
        self._moved("twilio", event, detail)

    def received(self, event: str, detail: str = "") -> None:
        """The application has sent this, or done it."""
        self._moved("app", event, detail)

    def began(self) -> None:
        """The socket is open, and `connected` and `start` are on their way."""
        self.sent("connected", shown_url(self._spec.url))
        names = ", ".join(name for name, _ in self._spec.parameters)
        self.sent("start", f"{self._spec.track}, parameters: {names}" if names else self._spec.track.value)

    def summarize(self, frames: int, audio_bytes: int, audio_messages: int, unheard: str) -> None:
        """The stream is over: so many frames were sent, so much came back, so much of it was never heard."""
        detail = f"sent {frames} frames"
        if self.frames_dropped:
            detail += f" ({self.frames_dropped} dropped)"
        if self._spec.bidirectional:
            detail += f", received {audio_bytes / SAMPLE_RATE:.1f} s in {audio_messages} messages"
        if unheard:
            detail += f", {unheard} unheard"
        self.sent("summary", detail)

    def _moved(self, source: str, event: str, detail: str) -> None:
        self._journal.write(
            StreamMoved(call_sid=self._call_sid, stream_sid=self._stream_sid, source=source, event=event, detail=detail)
        )

    # --- mistakes ---------------------------------------------------------------------------------------------------

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Tell mistakes that were found."""
        for complaint in complaints:
            self._problem(complaint.code, complaint.level, complaint.message, complaint.hint)

    def failed(self, error: StreamError) -> None:
        """The stream could not be opened, or it broke."""
        is_refusal = error.code in (StreamCode.HANDSHAKE_ERROR, StreamCode.CLOSE_ERROR)
        hint = _HINT_QUERY if is_refusal and self._spec.has_query else error.hint
        self._problem(error.code, error.code.level, error.message, hint)

    def congested(self) -> None:
        """A frame of the caller is dropped, for the application does not read."""
        self.frames_dropped += 1
        self._once(Mistake.CONGESTED, _CONGESTED, _HINT_CONGESTED)

    def nothing_arrives(self, seconds: int) -> None:
        """For so long no frame of the caller has reached Twilio."""
        message = f"Nothing that the caller says has arrived for {seconds} s; the stream's media has a gap."
        self._once(Mistake.NO_RTP, message, _HINT_NO_RTP)

    def discarded(self) -> None:
        """Audio of the application is dropped, for more is queued than Twilio holds."""
        self._once(Mistake.DISCARDED, _DISCARDED, _HINT_DISCARDED)

    def no_pong(self) -> None:
        """The application does not answer pings."""
        self._once(Mistake.NO_PONG, _NO_PONG, _HINT_NO_PONG)

    def cleared(self, names: list[str]) -> None:
        """`clear` sends these marks back."""
        if names:
            marks = "1 mark" if len(names) == 1 else f"{len(names)} marks"
            message = f"clear sent {marks} back whose audio was never heard; they look like marks that were reached."
            self._once(Mistake.CLEARED_MARKS, message, _HINT_CLEARED_MARKS)

    def closed_unheard(self, unheard: str) -> None:
        """The application has closed with audio still to be heard."""
        message = f"The application closed the stream before {unheard} of its audio had been heard."
        self._once(Mistake.UNHEARD, message, _HINT_UNHEARD)

    def cut_off(self, closing: Closing, unheard: str) -> None:
        """Twilio's side closes with audio of the application still to be heard."""
        if closing in _CUT_OFF:
            message = f"{_CUT_OFF[closing]} before {unheard} of the application's audio had been heard."
            self._once(Mistake.UNHEARD, message, _HINT_CUT_OFF)

    def replaced_too_soon(self, open_for_ms: int | None) -> None:
        """Other TwiML takes over from a stream over which the application has said nothing; None: it is not open."""
        if open_for_ms is None:
            self._once(Mistake.TOO_SOON, "Other TwiML took over before the stream's socket was open.", HINT_TOO_SOON)
        elif open_for_ms < _TOO_SOON_MS:
            message = (
                f"Other TwiML took over {open_for_ms / 1000:.1f} s after the stream's start, and nothing was said."
            )
            self._once(Mistake.TOO_SOON, message, HINT_TOO_SOON)

    def _once(self, mistake: Mistake, message: str, hint: str) -> None:
        self.complain(self._complaints.about(mistake, message, hint))

    def _problem(self, code: int, level: str, message: str, hint: str) -> None:
        self._journal.write(
            Problem(
                call_sid=self._call_sid,
                code=int(code),
                level=level,
                message=message,
                hint=hint,
                url=shown_url(self._spec.url),
            )
        )


def unheard_of(playback: Playback | None) -> str:
    """How much of the application's audio is still queued, as `1.2 s`; empty for none."""
    if playback is None or playback.is_empty:
        return ""
    return f"{playback.queued_ms / 1000:.1f} s"


_CONGESTED = "The application does not read its stream; the caller's audio is dropped until it does."
_HINT_CONGESTED = "Read the socket without waiting for slow work; hand the audio to another task."
_HINT_NO_RTP = "Go by timestamp, not by counting messages, and end a call of which nothing comes any more."
_DISCARDED = "The application's audio is discarded: more is queued than Twilio holds."
_HINT_DISCARDED = "Send no more than ten minutes ahead of what has been heard; marks tell how far that is."
_NO_PONG = "The application does not answer WebSocket pings; a free clock no longer waits for it."
_HINT_NO_PONG = "A WebSocket library answers by itself, unless the event loop is blocked or nobody reads the socket."
_HINT_UNHEARD = "Send a mark after the last audio, and close when it comes back."
_HINT_CUT_OFF = "Send a mark after the last audio, and end the call when it comes back."
_HINT_CLEARED_MARKS = "Note which marks are pending when you send clear: what was before them has not been heard."
_HINT_QUERY = (
    "The stream's url was written with a query string, and Twilio sends none: a token that is looked for there fails. "
    "Pass it as a <Parameter>, and look for it in the customParameters of start."
)
HINT_TOO_SOON: Final = (
    "A callback of the answer may come before the stream, or after it: update the call only when its start has come."
)
