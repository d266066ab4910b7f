"""What runs beside a call: forked Media Streams, SIPREC sessions and real-time transcriptions.

Forks are real (see `calls.streams`), and so are transcriptions (`calls.transcriptions`). SIPREC sessions are taken,
told to the app and can be stopped, and that is all: there is no recorder. All three share a call's forked tracks
[twilio.com/docs/voice/media-streams, limits].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from twilio_emulator.calls.call import StatusCallback
from twilio_wire.sids import SidKind

MAX_FORKED_TRACKS: Final = 4


class SidecarKind(StrEnum):
    """What it is; the value is its resource's name."""

    STREAM = "Streams"
    SIPREC = "Siprec"
    TRANSCRIPTION = "Transcriptions"


SID_KIND: Final[dict[SidecarKind, SidKind]] = {
    SidecarKind.STREAM: SidKind.STREAM,
    SidecarKind.SIPREC: SidKind.SIPREC,
    SidecarKind.TRANSCRIPTION: SidKind.REALTIME_TRANSCRIPTION,
}


@dataclass(slots=True, eq=False)
class Sidecar:
    """One of them. It is in progress until it is stopped, and never again after that."""

    sid: str
    account_sid: str
    call_sid: str
    kind: SidecarKind
    name: str
    tracks: int
    updated_ms: int
    callback: StatusCallback | None = None
    is_stopped: bool = False

    @property
    def status(self) -> str:
        """The word that the REST API uses."""
        return "stopped" if self.is_stopped else "in-progress"


def in_progress(sidecars: Iterable[Sidecar]) -> list[Sidecar]:
    """Those that have not been stopped."""
    return [sidecar for sidecar in sidecars if not sidecar.is_stopped]


def has_room_for(tracks: int, sidecars: Iterable[Sidecar]) -> bool:
    """Whether a call with these may fork so many more tracks."""
    return sum(sidecar.tracks for sidecar in in_progress(sidecars)) + tracks <= MAX_FORKED_TRACKS


def named(kind: SidecarKind, sid_or_name: str, sidecars: Iterable[Sidecar]) -> Sidecar | None:
    """The one of a kind that goes by this sid or name: the one in progress, or else the last that was."""
    found = [one for one in sidecars if one.kind is kind and sid_or_name and sid_or_name in (one.sid, one.name)]
    return next(iter(in_progress(found)), found[-1] if found else None)
