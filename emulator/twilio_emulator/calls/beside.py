"""The department of what `<Start>` runs beside a call. It parts with nothing: only the call's end ends that."""

from __future__ import annotations

from twilio_emulator.calls.department import Host, Tell
from twilio_emulator.calls.sidecars import MAX_FORKED_TRACKS, SidecarKind, has_room_for, in_progress, named
from twilio_emulator.calls.streams import track_count
from twilio_emulator.journal import Problem
from twilio_emulator.rooms import Rooms
from twilio_emulator.twiml.beside_flow import RecordCall, StartSiprec, StopSiprec
from twilio_emulator.twiml.flow import PartyCommand


class Beside:
    """Begins and ends what runs beside one call."""

    def __init__(self, host: Host, rooms: Rooms) -> None:
        self._host = host
        self._rooms = rooms

    def carry_out(self, command: PartyCommand, _: Tell) -> None:
        """Do what the flow asks."""
        # The far end may have hung up at the very moment of the answer, before the flow could be told.
        if self._host.call.status.is_final:
            return
        match command:
            case RecordCall(spec=spec):
                self._host.recordings.start(spec)
            case StartSiprec():
                self._start_siprec(command)
            case StopSiprec(name=name):
                self._stop_siprec(name)

    def part(self) -> None:
        """Nobody is let go of."""

    def _start_siprec(self, command: StartSiprec) -> None:
        others = self._rooms.store.records.sidecars.of_call(self._host.call.sid)
        tracks = track_count(command.track)
        if named(SidecarKind.SIPREC, command.name, in_progress(others)) is not None:
            self._warn(f"A SIPREC session named {command.name!r} runs on this call already; names must be unique.")
        elif not has_room_for(tracks, others):
            self._warn(f"A call has at most {MAX_FORKED_TRACKS} forked tracks; this SIPREC session was not started.")
        else:
            self._host.begin_sidecar(SidecarKind.SIPREC, name=command.name, tracks=tracks, callback=command.callback)

    def _stop_siprec(self, name: str) -> None:
        running = in_progress(self._rooms.store.records.sidecars.of_call(self._host.call.sid))
        session = named(SidecarKind.SIPREC, name, running)
        if session is None:
            self._warn(f"<Stop> names the SIPREC session {name!r}, and no such session runs on this call.")
        else:
            self._host.stop_sidecar(session)

    def _warn(self, message: str) -> None:
        self._rooms.journal.write(Problem(call_sid=self._host.call.sid, code=0, level="warning", message=message))
