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
from twilio_emulator.journal import Journal, Problem, StreamMoved
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream_connect import connect
from twilio_emulator.media.stream_errors import StreamCode, StreamError
from twilio_emulator.media.stream_mistakes import Complaint, Complaints, Mistake
from twilio_emulator.media.stream_session import (
    ClearQueue,
    Effect,
    Phase,
    QueueAudio,
    QueueMark,
    StreamSession,
)
from twilio_emulator.media.stream_socket import Closure, SocketLimits, StreamSocket
from twilio_emulator.media.stream_upgrade import shown_url
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.flow import StreamEnding, StreamSpec
from twilio_wire.g711 import SAMPLE_RATE


class Spawner(Protocol):
    """Who owns tasks."""

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the current loop."""


class MediaStream:
    """One `<Stream>`, from `open` to its end.

    `playback` is the call's, for a bidirectional stream. `notify` is given the parameters of each stream status
    callback (twilio.com/docs/voice/twiml/stream). `ended` is told how the stream ended, if the call did not end it.
    """

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
        limits: SocketLimits | None = None,
    ) -> None:
        self._spec = spec
        self._sid = stream_sid
        self._call_sid = call_sid
        self._signature = signature
        self._clock = clock
        self._journal = journal
        self._quirks = quirks
        self._playback = playback
        self._tasks = tasks
        self._in_order = in_order
        self._notify = notify
        self._ended = ended
        self._limits = limits if limits is not None else SocketLimits()
        self._complaints = Complaints()
        self._session = StreamSession(
            spec,
            stream_sid=stream_sid,
            call_sid=call_sid,
            account_sid=account_sid,
            complaints=self._complaints,
            extra_fields_warn=quirks.extra_fields_warn,
        )
        self._socket: StreamSocket | None = None
        self._task: asyncio.Task[Any] | None = None
        self._hold: Hold | None = None
        self._unsettled = False
        self._moment_ms = -1
        self._asked = 0
        self._opened_ms = 0
        self._audio_bytes = 0
        self._audio_messages = 0
        self._frames_dropped = 0

    @property
    def sid(self) -> str:
        """The MZ SID."""
        return self._sid

    @property
    def name(self) -> str:
        """The name given to it, else its SID (twilio.com/docs/voice/twiml/stream)."""
        return self._spec.name or self._sid

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
        if self._socket is None or self._session.phase is not Phase.STREAMING:
            return
        if self._socket.congested:
            self._frames_dropped += 1
            self._report(self._complaints.about(Mistake.CONGESTED, _CONGESTED, _HINT_CONGESTED))
            return
        elapsed_ms = self._clock.now_ms - self._opened_ms + self._quirks.first_media_timestamp_ms
        for text in self._session.media(inbound, outbound, elapsed_ms):
            self._socket.send(text)
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
        self._wrote("dtmf", digit)
        self._settle()

    def close(self) -> None:
        """The call is over, or has other things to do: `stop`, and close with 1000.

        Marks that are pending are never sent; what is left in the playback is the caller's business. `ended` is not
        called. Closing what has ended is no mistake.
        """
        if self._session.phase is Phase.STOPPED:
            return
        if self._socket is None:
            self._session.lost()
            self._release()
            if self._task is not None:
                self._task.cancel()
            return
        unheard = self._unheard()
        self._socket.send(self._session.stop())
        self._wrote("stop")
        self._wrote("closed", "1000")
        self._summarize(unheard)
        self._tell("stream-stopped")
        if self._clock.lockstep:
            self._settle()
        else:
            self._socket.close()

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
        self._wrote("connected", shown_url(self._spec.url))
        names = ", ".join(name for name, _ in self._spec.parameters)
        self._wrote("start", f"{self._spec.track}, parameters: {names}" if names else self._spec.track.value)
        self._tell("stream-started")
        if self._clock.lockstep:
            self._ask()
        else:
            self._release()

    def received(self, message: str | bytes) -> None:
        """The application has sent something (`SocketOwner`)."""
        if self._session.phase is Phase.STREAMING:
            for effect in self._session.receive(message):
                self._apply(effect)

    def closed(self, closure: Closure) -> None:
        """The application has closed, or was lost (`SocketOwner`)."""
        if self._session.phase is not Phase.STREAMING:
            return
        self._session.lost()
        self._moved("app", "closed", f"{closure.code} {closure.reason}".rstrip())
        unheard = self._unheard()
        if self._playback is not None:
            self._playback.clear()
        if unheard and closure.error is None:
            about = f"The application closed the stream before {unheard} of its audio had been heard."
            self._report(self._complaints.about(Mistake.UNHEARD, about, _HINT_UNHEARD))
        self._summarize(unheard)
        error = closure.error
        if error is None and self._quirks.clean_close_is_stream_error:
            message = f"The application closed the stream with code {closure.code}."
            error = StreamError(StreamCode.CLOSE_ERROR, message)
        violated = error is not None and error.code is StreamCode.PROTOCOL_ERROR
        self._end(StreamEnding.FAILED if violated else StreamEnding.CLOSED_BY_APP, error)

    def no_pong(self) -> None:
        """The application does not answer pings (`SocketOwner`)."""
        self._report(self._complaints.about(Mistake.NO_PONG, _NO_PONG, _HINT_NO_PONG))

    # --- what the application asks for ------------------------------------------------------------------------------

    def _apply(self, effect: Effect) -> None:
        match effect:
            case Complaint():
                self._report([effect])
            case QueueAudio(audio):
                self._play(audio)
            case QueueMark(name):
                self._moved("app", "mark", name)
                if self._playback is not None:
                    self._send_marks(self._playback.mark(name))
            case ClearQueue():
                self._moved("app", "clear")
                if self._playback is not None:
                    self._send_marks(self._playback.clear())

    def _play(self, audio: bytes) -> None:
        self._audio_bytes += len(audio)
        self._audio_messages += 1
        if self._playback is not None and self._playback.play(audio):
            self._report(self._complaints.about(Mistake.DISCARDED, _DISCARDED, _HINT_DISCARDED))

    def _send_marks(self, names: list[str]) -> None:
        assert self._socket is not None
        for name in names:
            self._socket.send(self._session.mark(name))
            self._wrote("mark", name)
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
            asyncio.get_running_loop().call_soon(self._ask)

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
            self._problem(error.code, error.code.level, error.message, error.hint)
            self._tell("stream-error", StreamError=error.parameter)
        self._ended(ending)

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

    def _wrote(self, event: str, detail: str = "") -> None:
        self._moved("twilio", event, detail)

    def _moved(self, source: str, event: str, detail: str = "") -> None:
        self._journal.write(
            StreamMoved(
                call_sid=self._call_sid,
                stream_sid=self._sid,
                source=source,
                event=event,
                detail=detail,
            )
        )

    def _report(self, complaints: list[Complaint]) -> None:
        for complaint in complaints:
            self._problem(complaint.code, complaint.level, complaint.message, complaint.hint)

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

    def _unheard(self) -> str:
        """How much of the application's audio is still queued, as `1.2 s`; empty for none."""
        if self._playback is None or self._playback.is_empty:
            return ""
        return f"{self._playback.queued_ms / 1000:.1f} s"

    def _summarize(self, unheard: str) -> None:
        seconds = self._audio_bytes / SAMPLE_RATE
        detail = f"sent {self._session.media_messages} frames"
        if self._frames_dropped:
            detail += f" ({self._frames_dropped} dropped)"
        if self.is_bidirectional:
            detail += f", received {seconds:.1f} s in {self._audio_messages} messages"
        if unheard:
            detail += f", {unheard} unheard"
        self._wrote("summary", detail)


_MOST_BARRIERS_A_MOMENT: Final = 100
"""How often a free clock waits for an application at one moment: so long a chain of answers has no end."""

_CONGESTED = "The application does not read its stream; the caller's audio is dropped until it does."
_HINT_CONGESTED = "Read the socket without waiting for slow work; hand the audio to another task."
_DISCARDED = "The application's audio is discarded: more is queued than Twilio holds."
_HINT_DISCARDED = "Send no more than ten minutes ahead of what has been heard; marks tell how far that is."
_NO_PONG = "The application does not answer WebSocket pings; a free clock no longer waits for it."
_HINT_NO_PONG = "A WebSocket library answers by itself, unless the event loop is blocked or nobody reads the socket."
_HINT_UNHEARD = "Send a mark after the last audio, and close when it comes back."
