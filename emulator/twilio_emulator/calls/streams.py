"""The Media Streams of one call: at most one bidirectional stream, and forks up to Twilio's limit.

Sources: twilio.com/docs/voice/twiml/stream (names, status callback), twilio.com/docs/voice/media-streams (limits).
"""

from __future__ import annotations

from collections.abc import Callable

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.call_sidecars import CallSidecars
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.sidecars import MAX_FORKED_TRACKS, Sidecar, SidecarKind, has_room_for
from twilio_emulator.faults.stream_faults import SocketDrop
from twilio_emulator.journal import CallMeasured, Problem
from twilio_emulator.media.leg import Leg
from twilio_emulator.media.measures import Measures, Meter
from twilio_emulator.media.punctuality import HINT_LATE, told
from twilio_emulator.media.stream import MediaStream
from twilio_emulator.media.stream_owner import SocketLimits
from twilio_emulator.media.stream_report import Closing
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.flow import StreamEnding, StreamSpec, Track
from twilio_emulator.webhooks.signature import sign_stream
from twilio_wire.sids import SidKind


class Streams:
    """Opens, feeds and closes the streams of an answered call."""

    def __init__(self, call: Call, leg: Leg, rooms: Rooms, sidecars: CallSidecars) -> None:
        self._call = call
        self._leg = leg
        self._rooms = rooms
        self._sidecars = sidecars
        self._forks: dict[str, MediaStream] = {}
        self._sidecar_of: dict[str, Sidecar] = {}
        self._bidirectional: MediaStream | None = None
        self._meter: Meter | None = None

    @property
    def measures(self) -> Measures | None:
        """How the application talks over the call's bidirectional streams; None as long as there was none."""
        return None if self._meter is None else self._meter.read()

    def open(self, spec: StreamSpec, ended: Callable[[StreamEnding], None]) -> None:
        """Begin to connect a stream that TwiML asks for; a bidirectional one reports its end."""
        if spec.bidirectional:
            self._look_for_namesake(spec)
            self._open(spec, self._rooms.sids.new(SidKind.STREAM), ended)
        elif self._has_room_for(spec):
            self.fork(spec)

    def fork(self, spec: StreamSpec) -> Sidecar:
        """Begin to connect a fork. Whoever asks has looked whether there is room."""
        sidecar = self._sidecars.begin(SidecarKind.STREAM, name=spec.name, tracks=track_count(spec.track))
        self._sidecar_of[spec.name or sidecar.sid] = sidecar
        self._open(spec, sidecar.sid, lambda _: None)
        return sidecar

    def _open(self, spec: StreamSpec, stream_sid: str, ended: Callable[[StreamEnding], None]) -> None:

        def over(ending: StreamEnding) -> None:
            self._forget(stream)
            ended(ending)

        meter = self._the_meter() if spec.bidirectional else None
        stream = MediaStream(
            spec,
            stream_sid=stream_sid,
            call_sid=self._call.sid,
            account_sid=self._call.account_sid,
            signature=sign_stream(
                self._rooms.accounts.auth_token(self._call.account_sid), spec.url, self._rooms.quirks
            ),
            clock=self._rooms.clock,
            journal=self._rooms.journal,
            quirks=self._rooms.quirks,
            playback=self._leg.playback if spec.bidirectional else None,
            tasks=self._rooms.tasks,
            in_order=self._rooms.in_order,
            notify=lambda parameters: self._notify(spec, parameters),
            ended=over,
            meter=meter,
            limits=SocketLimits(message_bytes=self._rooms.quirks.max_stream_message_bytes),
        )
        if meter is not None:
            self._bidirectional = stream
            self._leg.add_tap(meter.frame)
        else:
            self._forks[stream.name] = stream
        self._leg.add_tap(stream.frame)
        for after_ms, struck in self._rooms.faults.socket_drops(self._call):
            drop = SocketDrop(stream, after_ms=after_ms, clock=self._rooms.clock, struck=struck)
            self._leg.add_tap(drop.frame)
        stream.open()

    def close(self, name: str) -> None:
        """Close the fork of this name."""
        fork = self._forks.get(name)
        if fork is None:
            self._warn(f"<Stop> names the stream {name!r}, and no such stream runs on this call.")
        else:
            self._close(fork, Closing.STOPPED)

    def replace_bidirectional(self) -> None:
        """Other TwiML takes over: close the bidirectional stream, if there is one."""
        if self._bidirectional is not None:
            self._close(self._bidirectional, Closing.REPLACED)

    def close_all(self, closing: Closing) -> None:
        """The call is over."""
        if self._bidirectional is not None:
            self._close(self._bidirectional, closing)
        for fork in tuple(self._forks.values()):
            self._close(fork, closing)
        if (measures := self.measures) is not None:
            self._rooms.journal.write(CallMeasured(call_sid=self._call.sid, measures=measures))

    def digit(self, digit: str) -> None:
        """A key was heard; forks are not told [twilio.com/docs/voice/media-streams]."""
        if self._bidirectional is not None:
            self._bidirectional.digit(digit)

    def marks_heard(self, names: list[str]) -> None:
        """Audio up to these marks of the app has been heard."""
        if self._bidirectional is not None:
            self._bidirectional.marks_heard(names)

    def _close(self, stream: MediaStream, closing: Closing) -> None:
        self._forget(stream)
        stream.close(closing)

    def _forget(self, stream: MediaStream) -> None:
        self._leg.remove_tap(stream.frame)
        opened_ms = stream.opened_ms
        if opened_ms is not None and (spell := self._rooms.pump.late_since(opened_ms)) is not None:
            self._warn(f"While this stream ran, {told(spell)}", HINT_LATE)
        if stream is self._bidirectional:
            self._bidirectional = None
            if self._meter is not None:
                self._leg.remove_tap(self._meter.frame)
        elif self._forks.get(stream.name) is stream:
            del self._forks[stream.name]
            self._sidecars.stop(self._sidecar_of.pop(stream.name))

    def _the_meter(self) -> Meter:
        """One for all the streams that a call has one after the other."""
        if self._meter is None:
            self._meter = Meter(self._rooms.clock, self._leg.playback)
        return self._meter

    def _look_for_namesake(self, spec: StreamSpec) -> bool:
        """Whether a fork has this name already, which is told. What Twilio does then is documented nowhere."""
        if not spec.name or spec.name not in self._forks:
            return False
        outcome = "they cannot be told apart" if spec.bidirectional else "this one was not started"
        message = f"A stream named {spec.name!r} runs on this call already, and names must be unique: {outcome}."
        self._warn(message, "Give each stream of a call a name of its own, or stop the other first.")
        return True

    def _has_room_for(self, spec: StreamSpec) -> bool:
        if self._look_for_namesake(spec):
            return False
        if not has_room_for(track_count(spec.track), self._sidecars.all):
            which = f"the stream {spec.name!r}" if spec.name else "this stream"
            message = f"A call has at most {MAX_FORKED_TRACKS} forked tracks; {which} was not started."
            self._warn(message, "Stop one that runs; both_tracks counts as two.")
            return False
        return True

    def _notify(self, spec: StreamSpec, parameters: dict[str, str]) -> None:
        if spec.status_callback:
            everything = {"AccountSid": self._call.account_sid, "CallSid": self._call.sid, **parameters}
            post(
                self._rooms,
                self._call.sid,
                url=spec.status_callback,
                method=spec.status_callback_method,
                parameters=everything,
                purpose="stream status callback",
            )

    def _warn(self, message: str, hint: str = "") -> None:
        self._rooms.journal.write(Problem(call_sid=self._call.sid, code=0, level="warning", message=message, hint=hint))


def track_count(track: Track) -> int:
    """How many of a call's forked tracks this takes."""
    return 2 if track is Track.BOTH else 1
