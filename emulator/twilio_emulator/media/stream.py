"""A Media Stream of one call: joins the session, its socket and the call's playback.

Laws
----
* Everything happens on the emulator's loop. `frame` and its like never wait: they write, and on a free clock they
  hold it until the application has read what was written.
* What the application sent before it read a frame has been dealt with before the hold of that frame is released.
* It ends once, and whoever opened it is told once, unless it was they who closed it.
* What the application queued is the stream's: it is dropped when the stream ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from twilio_emulator.clock import Clock, Hold
from twilio_emulator.in_order import InOrder
from twilio_emulator.journal import Journal
from twilio_emulator.media.measures import Meter
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream_connect import connect
from twilio_emulator.media.stream_errors import StreamCode, StreamError
from twilio_emulator.media.stream_mistakes import Complaint, Complaints
from twilio_emulator.media.stream_owner import Closure, SocketLimits
from twilio_emulator.media.stream_report import Closing, StreamReport, unheard_of
from twilio_emulator.media.stream_session import (
    ClearQueue,
    Effect,
    Phase,
    QueueAudio,
    QueueMark,
    StreamSession,
)
from twilio_emulator.media.stream_socket import StreamSocket
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import StreamEnding, StreamSpec
from twilio_wire.g711 import FRAME_MS

_STREAMING: Final = Phase.STREAMING
"""Looked up once, not with each frame."""
_LIMITS: Final = SocketLimits()
"""All streams share them, unless told otherwise."""
_MOST_BARRIERS_A_MOMENT: Final = 100
"""How often a free clock waits for an application at one moment: so long a chain of answers has no end."""


class Spawner(Protocol):
    """Who owns tasks."""

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the current loop."""


class MediaStream:
    """One `<Stream>`, from `open` to its end.

    `playback` is the call's, for a bidirectional stream. `notify` is given the parameters of each stream status
    callback (twilio.com/docs/voice/twiml/stream). `ended` is told how the stream ended, if the call did not end it.
    `meter` measures what the application of a bidirectional stream does.
    """

    __slots__ = (
        "_asked",
        "_audio_bytes",
        "_audio_messages",
        "_began_ms",
        "_clock",
        "_ended",
        "_has_been_heard_from",
        "_hold",
        "_in_order",
        "_limits",
        "_meter",
        "_moment_ms",
        "_notify",
        "_opened_ms",
        "_playback",
        "_quirks",
        "_report",
        "_rtp_timeout_frames",
        "_session",
        "_sid",
        "_signature",
        "_socket",
        "_spec",
        "_task",
        "_tasks",
        "_unsettled",
    )

    def __init__(
        self,
        spec: StreamSpec,
        *,
        stream_sid: str,
        call_sid: str,
        account_sid: str,
        signature: str,
        clock: Clock,
        journal: Journal,
        quirks: Quirks,
        playback: Playback | None,
        tasks: Spawner,
        in_order: InOrder,
        notify: Callable[[dict[str, str]], None],
        ended: Callable[[StreamEnding], None],
        meter: Meter | None = None,
        limits: SocketLimits | None = None,
    ) -> None:
        self._spec = spec
        self._sid = stream_sid
        self._signature = signature
        self._clock = clock
        self._quirks = quirks
        self._playback = playback
        self._meter = meter
        self._tasks = tasks
        self._in_order = in_order
        self._notify = notify
        self._ended = ended
        self._limits = limits if limits is not None else _LIMITS
        complaints = Complaints()
        self._report = StreamReport(spec, journal, complaints, call_sid=call_sid, stream_sid=stream_sid)
        self._session = StreamSession(
            spec,
            stream_sid=stream_sid,
            call_sid=call_sid,
            account_sid=account_sid,
            complaints=complaints,
            extra_fields_warn=quirks.extra_fields_warn,
        )
        self._socket: StreamSocket | None = None
        self._task: asyncio.Task[Any] | None = None
        self._hold: Hold | None = None
        self._unsettled = False
        self._moment_ms = -1
        self._asked = 0
        self._opened_ms = 0
        self._rtp_timeout_frames = max(quirks.rtp_timeout_s * 1000 // FRAME_MS, 1)
        self._began_ms = 0
        """From when on the timestamps of its media count."""
        self._has_been_heard_from = False
        self._audio_bytes = self._audio_messages = 0
        """What the application has sent to be played."""

    @property
    def sid(self) -> str:
        """The MZ SID."""
        return self._sid

    @property
    def name(self) -> str:
        """The name given to it, else its SID (twilio.com/docs/voice/twiml/stream)."""
        return self._spec.name or self._sid

    @property
    def opened_ms(self) -> int | None:
        """When its socket opened, in call time; None as long as it has not."""
        return None if self._socket is None else self._opened_ms

    @property
    def is_bidirectional(self) -> bool:
        """Whether the application can be heard."""
        return self._spec.bidirectional

    # --- what the call does -----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to connect. A free clock stands still until the application has read `start`, or it failed."""
        self._hold = self._clock.hold(f"stream {self._sid} connecting")
        self._tasks.spawn(self._run())

    def frame(self, inbound: bytes, outbound: bytes) -> None:
        """20 ms of the call have passed: what the far end said and what it heard, 160 µ-law bytes each."""
        stream_socket = self._socket
        if stream_socket is None or self._session.phase is not _STREAMING:
            return
        if stream_socket.congested:
            self._report.congested()
            return
        now_ms = self._clock.now_ms
        if now_ms < self._opened_ms:  # a machine that was late makes up for what was due before the stream began
            return
        for text in self._session.media(inbound, outbound, now_ms - self._began_ms):
            stream_socket.send(text)
        if self._session.lost_on_end == self._rtp_timeout_frames:
            self._report.nothing_arrives(self._quirks.rtp_timeout_s)
        if self._clock.lockstep:
            self._settle()

    def marks_heard(self, names: list[str]) -> None:
        """The audio before these marks of the application has been heard."""
        if self._session.phase is Phase.STREAMING:
            self._send_marks(names)

    def digit(self, digit: str) -> None:
        """The far end pressed a key; forks are not told (twilio.com/docs/voice/media-streams)."""
        if self._socket is None or self._session.phase is not Phase.STREAMING or not self.is_bidirectional:
            return
        self._socket.send(self._session.dtmf(digit))
        self._report.sent("dtmf", digit)
        self._settle()

    def close(self, closing: Closing) -> None:
        """The call is over, or has other things to do: `stop`, and close with 1000.

        Marks that are pending are never sent; what is left in the playback is the caller's business. `ended` is not
        called. Closing what has ended is no mistake.
        """
        if self._session.phase is Phase.STOPPED:
            return
        if closing is Closing.REPLACED and not self._has_been_heard_from:
            self._report.replaced_too_soon(None if self._socket is None else self._clock.now_ms - self._opened_ms)
        if self._socket is None:
            self._session.lost()
            self._release()
            if self._task is not None:
                self._task.cancel()
            return
        if unheard := unheard_of(self._playback):
            self._report.cut_off(closing, unheard)
        self._socket.send(self._session.stop())
        self._report.sent("stop")
        self._report.sent("closed", "1000")
        self._summarize(unheard)
        self._tell("stream-stopped")
        if self._clock.lockstep:
            self._settle()
        else:
            self._socket.close()

    @property
    def is_running(self) -> bool:
        """Whether `start` has been sent, and nothing has ended it."""
        return self._session.phase is Phase.STREAMING

    def lose_socket(self) -> None:
        """The network loses the connection of a running stream; a free clock waits until both ends are rid of it."""
        assert self._socket is not None, "only a running stream has a socket"
        hold = self._clock.hold(f"stream {self._sid} lost")
        self._socket.gone.add_done_callback(lambda _: hold.release())
        self._socket.lose()

    # --- the socket -------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        """Own the socket for as long as it lives."""
        self._task = asyncio.current_task()
        if self._session.phase is Phase.STOPPED:
            return
        try:
            with self._in_order.begin() as turn:
                await turn.comes()
                stream_socket = await connect(
                    self._spec.url,
                    signature=self._signature,
                    owner=self,
                    timeout_s=self._quirks.stream_connect_timeout_s,
                    limits=self._limits,
                    lockstep=self._clock.lockstep,
                )
        except StreamError as error:
            self._failed(error)
            return
        try:
            await asyncio.shield(stream_socket.gone)
        finally:
            stream_socket.abort()

    def _failed(self, error: StreamError) -> None:
        if self._session.phase is not Phase.CONNECTING:
            return  # the call ended at that very moment
        self._session.lost()
        self._release()
        self._end(StreamEnding.FAILED, error)

    def opened(self, stream_socket: StreamSocket) -> None:
        """The application has accepted (`SocketOwner`)."""
        self._socket = stream_socket
        for text in self._session.opening():
            stream_socket.send(text)
        self._opened_ms = self._clock.now_ms
        self._began_ms = self._opened_ms - self._quirks.first_media_timestamp_ms
        if self._meter is not None:
            self._meter.opened()
        self._report.began()
        self._tell("stream-started")
        if self._clock.lockstep:
            self._ask()
        else:
            self._release()

    def received(self, message: str | bytes) -> None:
        """The application has sent something (`SocketOwner`)."""
        if self._session.phase is not _STREAMING:
            return
        self._has_been_heard_from = True
        for effect in self._session.receive(message):
            if type(effect) is QueueAudio:
                self._play(effect.audio)
            else:
                self._apply(effect)

    def closed(self, closure: Closure) -> None:
        """The application has closed, or was lost (`SocketOwner`)."""
        if self._session.phase is not Phase.STREAMING:
            return
        self._session.lost()
        self._report.received("closed", f"{closure.code} {closure.reason}".rstrip())
        unheard = unheard_of(self._playback)
        if self._playback is not None:
            self._playback.clear()
        if unheard and closure.error is None:
            self._report.closed_unheard(unheard)
        self._summarize(unheard)
        error = closure.error
        if error is None and self._quirks.clean_close_is_stream_error:
            message = f"The application closed the stream with code {closure.code}."
            error = StreamError(StreamCode.CLOSE_ERROR, message)
        violated = error is not None and error.code is StreamCode.PROTOCOL_ERROR
        self._end(StreamEnding.FAILED if violated else StreamEnding.CLOSED_BY_APP, error)

    def no_pong(self) -> None:
        """The application does not answer pings (`SocketOwner`)."""
        self._report.no_pong()

    # --- what the application asks for ------------------------------------------------------------------------------

    def _apply(self, effect: Effect) -> None:
        match effect:
            case Complaint():
                self._report.complain([effect])
            case QueueMark(name):
                self._report.received("mark", name)
                if self._meter is not None:
                    self._meter.mark()
                if self._playback is not None:
                    self._send_marks(self._playback.mark(name))
            case ClearQueue():
                self._report.received("clear")
                if self._meter is not None:
                    self._meter.cleared()
                if self._playback is not None:
                    pending = self._playback.clear()
                    self._report.cleared(pending)
                    self._send_marks(pending, " (cleared)")

    def _play(self, audio: bytes) -> None:
        self._audio_bytes += len(audio)
        self._audio_messages += 1
        if self._playback is not None and self._playback.play(audio):
            self._report.discarded()
        if self._meter is not None:
            self._meter.audio(len(audio))

    def _send_marks(self, names: list[str], why: str = "") -> None:
        assert self._socket is not None
        for name in names:
            self._socket.send(self._session.mark(name))
            self._report.sent("mark", name + why)
        if self._meter is not None:
            self._meter.marks_returned(len(names))
        if names:
            self._settle()

    # --- keeping step -----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """A free clock does not go on before the application has read what was just written.

        What is written in one turn is settled together.
        """
        if not self._clock.lockstep:
            return
        assert self._socket is not None
        if self._has_had_its_chance():
            self._socket.flush()
            return
        self._unsettled = True
        if self._hold is None:
            self._hold = self._clock.hold(f"stream {self._sid} unread")
            self._clock.afterwards(self._ask)

    def _has_had_its_chance(self) -> bool:
        """Whether the application goes on and on at this moment, as one does that answers each mark with a mark."""
        if self._clock.now_ms != self._moment_ms:
            self._moment_ms, self._asked = self._clock.now_ms, 0
        return self._asked >= _MOST_BARRIERS_A_MOMENT

    def _ask(self) -> None:
        assert self._socket is not None
        self._asked += 1
        self._unsettled = False
        self._socket.barrier(self._settled)

    def _settled(self) -> None:
        assert self._socket is not None
        if self._unsettled:
            self._ask()
        elif self._session.phase is Phase.STREAMING:
            self._release()
        else:
            self._socket.said_goodbye.add_done_callback(lambda _: self._release())
            self._socket.close()

    def _release(self) -> None:
        if self._hold is not None:
            hold, self._hold = self._hold, None
            hold.release()

    # --- telling ----------------------------------------------------------------------------------------------------

    def _end(self, ending: StreamEnding, error: StreamError | None) -> None:
        if error is None:
            self._tell("stream-stopped")
        else:
            self._report.failed(error)
            self._tell("stream-error", StreamError=error.parameter)
        self._ended(ending)

    def _summarize(self, unheard: str) -> None:
        self._report.summarize(self._session.media_messages, self._audio_bytes, self._audio_messages, unheard)

    def _tell(self, event: str, **more: str) -> None:
        """Have a status callback sent; the precision of its timestamp is documented nowhere."""
        timestamp = self._clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._notify(
            {
                "StreamSid": self._sid,
                "StreamName": self.name,
                "StreamEvent": event,
                **more,
                "Timestamp": timestamp,
            }
        )
