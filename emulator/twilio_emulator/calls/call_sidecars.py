"""What runs beside one live call, and how many tracks of it that takes."""

from __future__ import annotations

from collections.abc import Sequence

from twilio_emulator.calls.call import Call, StatusCallback
from twilio_emulator.calls.progress import post
from twilio_emulator.calls.sidecars import SID_KIND, Sidecar, SidecarKind, in_progress
from twilio_emulator.journal import SidecarMoved
from twilio_emulator.rooms import Rooms


class CallSidecars:
    """Begins and stops the sidecars of an answered call."""

    def __init__(self, call: Call, rooms: Rooms) -> None:
        self._call = call
        self._rooms = rooms

    @property
    def all(self) -> Sequence[Sidecar]:
        """All that there have been, oldest first."""
        return self._rooms.store.records.sidecars.of_call(self._call.sid)

    def begin(self, kind: SidecarKind, *, name: str, tracks: int, callback: StatusCallback | None = None) -> Sidecar:
        """Note that one has begun. Whoever asks has looked whether there is room."""
        sidecar = Sidecar(
            sid=self._rooms.sids.new(SID_KIND[kind]),
            account_sid=self._call.account_sid,
            call_sid=self._call.sid,
            kind=kind,
            name=name,
            tracks=tracks,
            updated_ms=self._rooms.clock.now_ms,
            callback=callback,
        )
        self._rooms.store.records.sidecars.add(sidecar)
        self._note(sidecar, "began")
        self._tell(sidecar, "siprec-started")
        return sidecar

    def stop(self, sidecar: Sidecar) -> None:
        """Note that one has stopped; stopping twice is harmless."""
        if not sidecar.is_stopped:
            sidecar.is_stopped, sidecar.updated_ms = True, self._rooms.clock.now_ms
            self._note(sidecar, "stopped")
            self._tell(sidecar, "siprec-stopped")

    def stop_all(self) -> None:
        """The call is over."""
        for sidecar in in_progress(self.all):
            self.stop(sidecar)

    def _note(self, sidecar: Sidecar, event: str) -> None:
        # A Media Stream has entries of its own.
        if sidecar.kind is not SidecarKind.STREAM:
            self._rooms.journal.write(
                SidecarMoved(
                    call_sid=self._call.sid,
                    what=sidecar.kind.value,
                    sid=sidecar.sid,
                    event=event,
                    detail=sidecar.name,
                )
            )

    def _tell(self, sidecar: Sidecar, event: str) -> None:
        """Tell the app. Names are the changelog's of 2023-07-28 and the stream callback's; the set is unsure."""
        if sidecar.callback is None:
            return
        parameters = {
            "AccountSid": sidecar.account_sid,
            "CallSid": sidecar.call_sid,
            "SiprecSid": sidecar.sid,
            "SiprecName": sidecar.name or sidecar.sid,
            "SiprecEvent": event,
            "Timestamp": self._rooms.clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        post(
            self._rooms,
            sidecar.call_sid,
            url=sidecar.callback.url,
            method=sidecar.callback.method,
            parameters=parameters,
            purpose="siprec status callback",
        )
