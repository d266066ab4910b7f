"""What there is of a call from its answer on: its leg, and what listens to it."""

from __future__ import annotations

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.call_recordings import CallRecordings, RecordingOwner
from twilio_emulator.calls.call_sidecars import CallSidecars
from twilio_emulator.calls.far_end import FarEnd
from twilio_emulator.calls.hearing import Hearing
from twilio_emulator.calls.sidecars import Sidecar, SidecarKind
from twilio_emulator.calls.streams import Streams
from twilio_emulator.calls.transcriptions import CallTranscriptions
from twilio_emulator.media.leg import Leg, LegOwner
from twilio_emulator.media.playback import Playback
from twilio_emulator.media.stream_report import Closing
from twilio_emulator.rooms import Rooms


class LiveMedia:
    """The leg ticks from now until `stop`."""

    def __init__(self, call: Call, far_end: FarEnd, owner: LegOwner, playback: Playback, rooms: Rooms) -> None:
        self._pump = rooms.pump
        self._call = call
        self._faults = rooms.faults
        self.sidecars = CallSidecars(call, rooms)
        self.leg = Leg(rooms.faults.line(call, far_end), owner, playback)
        self.hearing = Hearing(call.sid, self.leg, rooms)
        self.transcriptions = CallTranscriptions(call, self.hearing, rooms, self.sidecars)
        self.streams = Streams(call, self.leg, rooms, self.sidecars)
        self.recordings = CallRecordings(RecordingOwner(call.account_sid, call.sid), self.leg, rooms)
        self._pump.add(self.leg)

    def worsen(self, since: int) -> None:
        """Faults have come into force, from this rank on: the line gets them too."""
        self.leg.far_end = self._faults.line(self._call, self.leg.far_end, since=since)

    def stop(self, closing: Closing) -> None:
        """The call ends: nothing more is heard. What has been recorded is still there."""
        self._pump.remove(self.leg)
        self._faults.line_over(self._call.sid)
        self.streams.close_all(closing)
        self.transcriptions.close_all()

    def stop_sidecar(self, sidecar: Sidecar) -> None:
        """Stop something beside the call, whatever it is."""
        if sidecar.kind is SidecarKind.STREAM:
            self.streams.close(sidecar.name or sidecar.sid)
        elif sidecar.kind is SidecarKind.TRANSCRIPTION:
            self.transcriptions.stop(sidecar)
        else:
            self.sidecars.stop(sidecar)
