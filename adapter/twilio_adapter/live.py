"""One call while it lives: its session, its progress, and the socket that carries it now.

The one loop that carries out what the session asks for. Laws: everything here is synchronous, so that a message has had
all its consequences before the next one is read; only the socket that carries the call at this moment is listened to.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from twilio_adapter.call import LEAVE_IT_UP, TERMINAL, Direction, Event, Progress
from twilio_adapter.entries import entry_of, hang_up_of
from twilio_adapter.events import STATES, CallEvent, CallStateChanged, DigitPressed
from twilio_adapter.session import Effect, Session, StreamStarted, StreamStopped, Transmit
from twilio_adapter.voice_activity import Vad
from twilio_adapter.waits import Waits
from twilio_wire.cassette import Entry
from twilio_wire.messages import FromTwilio, Start, encode

logger = logging.getLogger(__name__)


class Line(Protocol):
    """A media stream's socket, as the call sees it."""

    def post(self, text: str) -> None:
        """Send a text message, behind what was posted before; at once, without waiting."""

    def close(self, reason: str) -> None:
        """End the stream from our side."""

    async def flushed(self) -> None:
        """Return when all that was posted is on the wire, or the socket is gone."""


class Guard(Protocol):
    """What ends a call that lasts too long."""

    def allow(self, seconds: float, *, before_s: float) -> None:
        """Let the call last so many seconds, after as many as `before_s` until its stream starts."""

    def heard(self, size: int) -> None:
        """So many bytes (µ-law, 8 kHz) have been received in all."""

    def die(self) -> None:
        """The call is over."""


class Witness(Protocol):
    """Who writes down what happens in a call."""

    def heard(self) -> None:
        """There is more audio in the recording."""

    def noted(self, entry: Entry) -> None:
        """There is one entry more."""

    def told(self, status: str) -> None:
        """The call has this status, if it had not before."""

    def over(self) -> None:
        """The call is over: there will be no more audio."""


class LiveCall:
    """A call from its first sign of life; it stays readable when it is over."""

    def __init__(
        self,
        direction: Direction,
        *,
        sid: str | None,
        caller: str,
        callee: str,
        vad: Vad,
        waits: Waits,
        on_digit: Callable[[str], None],
        on_over: Callable[["LiveCall"], None],
        on_left_up: Callable[["LiveCall"], None],
    ) -> None:
        self.direction = direction
        self.sid = sid
        self.caller = caller
        self.callee = callee
        self.session = Session(vad)
        self.progress = Progress(direction)
        self.timeline: list[CallEvent] = []
        """What has happened in it, in the order in which it was noticed."""
        self.entries: list[Entry] = []
        """The same as a record of the call has it, and the steps that a script has taken."""
        self.witnesses: list[Witness] = []
        self.has_last_state = False
        """Whether the timeline tells how it ended."""
        self.line: Line | None = None
        self.watchdog: Guard | None = None
        self.claimed = direction is Direction.OUTBOUND
        """Whether a verb has taken it; a call that came in early waits for `wait_for_call`."""
        self.sip_code = ""
        self.has_last_word = False
        """Whether Twilio has told us that the call is finished; only a placed call has a callback for that."""
        self._waits = waits
        self._on_digit = on_digit
        self._on_over = on_over
        self._on_left_up = on_left_up
        self._state = ""
        self._tell_state()

    @property
    def over(self) -> bool:
        """Whether it is finished."""
        return self.progress.over

    # --- the socket -----------------------------------------------------------------------------------------------

    def attach(self, line: Line, start: Start) -> None:
        """A stream with a valid token has started: it carries the call from now on."""
        self.learn_sid(start.start.call_sid)
        self.line = line
        self.carry_out(self.session.feed(start))

    def hear(self, line: Line, message: FromTwilio) -> None:
        """Take a message from a socket; a socket that does not carry the call any more is ignored."""
        if line is self.line:
            self.carry_out(self.session.feed(message))
            if self.watchdog is not None:
                self.watchdog.heard(len(self.session.recording.far))
            for witness in self.witnesses:
                witness.heard()

    def line_gone(self, line: Line) -> None:
        """A socket has closed."""
        if line is self.line:
            self.line = None
            self.session.lose_stream()
            self.happen(Event.STREAM_LOST)

    # --- news -----------------------------------------------------------------------------------------------------

    def learn_sid(self, sid: str) -> None:
        """Twilio's identifier for the call is known: from REST or from the stream, whichever comes first."""
        if self.sid is None:
            self.sid = sid
        elif self.sid != sid:
            logger.error("A stream or a reply for call %s names call %s; keeping the first.", self.sid, sid)

    def hear_status(self, status: str, sip_code: str = "") -> None:
        """Take Twilio's word for the call's status."""
        self.sip_code = sip_code or self.sip_code
        self.has_last_word |= status in TERMINAL
        if self.progress.hear_status(status):
            self.happen(Event.TERMINAL_STATUS)
        else:
            self._tell_state()
            self._waits.check()

    def happen(self, event: Event) -> None:
        """Something befell the call; whoever waits is told."""
        if self.progress.happen(event):
            if self.watchdog is not None:
                self.watchdog.die()
            self.carry_out(self.session.end())
            self._note_end()
            self._on_over(self)
            if self.progress.ended_by in LEAVE_IT_UP:
                self._on_left_up(self)
        self._tell_state()
        self._waits.check()

    def not_hung_up(self) -> None:
        """Twilio did not hear that we hang up. If the stream has ended meanwhile, nobody else will say it again."""
        self.progress.hanging_up = False
        if self.over and not self.has_last_word:
            self._on_left_up(self)

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the session asks for, and look whether that is what somebody waits for."""
        for effect in effects:
            if isinstance(effect, Transmit):
                if self.line is not None:
                    self.line.post(encode(effect.message))
            elif isinstance(effect, StreamStarted):
                self.happen(Event.STREAM_STARTED)
            elif isinstance(effect, StreamStopped):
                self.line = None
                self.happen(Event.STREAM_STOPPED)
            else:
                self._tell(effect)
                if isinstance(effect, DigitPressed):
                    self._on_digit(effect.digit)
        self._waits.check()

    def note(self, entry: Entry) -> None:
        """Put something on the call's record."""
        self.entries.append(entry)
        for witness in self.witnesses:
            witness.noted(entry)

    def _tell(self, event: CallEvent) -> None:
        self.timeline.append(event)
        if (entry := entry_of(event)) is not None:
            self.note(entry)

    def _note_end(self) -> None:
        if (entry := hang_up_of(self.progress.ended_by, self.session.recording.received_ms)) is not None:
            self.note(entry)
        for witness in self.witnesses:
            witness.over()

    def _tell_state(self) -> None:
        """Put a new state on the timeline; the last one only behind the stream's last audio."""
        status = self.progress.status
        for witness in self.witnesses:
            witness.told(status)
        last = status in TERMINAL
        if status not in STATES or status == self._state or (last and not self.over):
            return
        self._state = status
        self.has_last_state = last
        self._tell(CallStateChanged(self.session.recording.received_ms, STATES[status]))
