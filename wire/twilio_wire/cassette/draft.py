"""A cassette while its call goes on, without a disk: what is told to it comes out as things to be written.

Laws: pure. Audio is handed out when there is half a second of it, entries at once, and the description whenever it
says something new. Both sides are equally long at all times. What has been handed out is forgotten, but for its length
and its digest: a long call takes no more memory than a short one. A finished draft takes no more audio; what is told of
the call afterwards, as the reply to its last callback, is sealed anew.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from twilio_wire.cassette import description, wav
from twilio_wire.cassette.description import Description
from twilio_wire.cassette.entries import Entry, Side, StateEntry, redacted, shown, to_line
from twilio_wire.cassette.record import CallRecord
from twilio_wire.g711 import SAMPLE_RATE

CALL: Final = "call.toml"
TIMELINE: Final = "timeline.jsonl"
README: Final = "README.md"
AUDIO: Final[dict[Side, str]] = {"far": "far.wav", "near": "near.wav"}
FILES: Final = (CALL, TIMELINE, *AUDIO.values())
"""What a cassette cannot do without."""
_FLUSH_BYTES: Final = SAMPLE_RATE // 2


@dataclass(frozen=True)
class Append:
    """Write behind what is in the file; and then, if there is a `header`, over what is at its beginning."""

    file: str
    content: bytes
    header: bytes = b""


@dataclass(frozen=True)
class Replace:
    """The file has this in it, whole, or what it had before."""

    file: str
    content: bytes


Write: TypeAlias = Append | Replace


class _Track:
    """One side's audio."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._written = 0
        self._waiting = bytearray()

    def __len__(self) -> int:
        return self._written + len(self._waiting)

    @property
    def waiting(self) -> int:
        """How much has not been handed out."""
        return len(self._waiting)

    @property
    def digest(self) -> str:
        """Of what has been handed out."""
        return self._hash.hexdigest()

    def add(self, ulaw: bytes) -> None:
        self._waiting += ulaw

    def flush(self) -> Append:
        """Hand out what waits."""
        content = bytes(self._waiting)
        self._waiting.clear()
        self._hash.update(content)
        self._written += len(content)
        return Append(self._file, content, wav.header(self._written))

    def end(self) -> Append:
        """What ends the file."""
        return Append(self._file, wav.padding(self._written))


class Draft:
    """What has been recorded so far.

    Args:
        call: what the call is when the recording begins; its audio and its entries are taken over.
        made_by: how the cassette is made, in one sentence, for its README, before who recorded it.
    """

    def __init__(self, call: CallRecord, *, made_by: str = "") -> None:
        call = call.redacted()
        self._states = [entry for entry in call.entries if isinstance(entry, StateEntry)]
        self._tracks = {side: _Track(file) for side, file in AUDIO.items()}
        self._timeline_hash = hashlib.sha256()
        self._readme = _README.format(made_by=shown(f"{made_by} {_recorded_by(call)}".strip())).encode()
        for side, track in self._tracks.items():
            track.add(call.audio(side))
        self._first_lines = b"".join(self._line(entry) for entry in call.entries)
        self._said = Description(
            finished=False,
            direction=call.direction,
            status=call.status,
            from_number=call.from_number,
            to_number=call.to_number,
            handset=call.handset,
            seen_by=call.seen_by,
            is_real=call.is_real,
            duration_ms=0,
            states=(),
            versions=call.versions,
        )

    def begin(self) -> list[Write]:
        """The files, with all that is known. The description comes last: where there is one, there is a cassette."""
        lines, self._first_lines = Append(TIMELINE, self._first_lines), b""
        audio = [track.flush() for track in self._tracks.values()]
        return [lines, *audio, Replace(README, self._readme), self._describe()]

    def add_audio(self, *, far: bytes, near: bytes) -> list[Write]:
        """Go on with both sides' audio (bytes, µ-law, 8 kHz, mono, equally long)."""
        if len(far) != len(near):
            raise ValueError(f"One side goes on for {len(far)} bytes, the other for {len(near)}: fill the gap.")
        if self._said.finished:
            return []
        self._tracks["far"].add(far)
        self._tracks["near"].add(near)
        if self._tracks["far"].waiting < _FLUSH_BYTES:
            return []
        return [track.flush() for track in self._tracks.values()]

    def note(self, entry: Entry) -> list[Write]:
        """Something has happened."""
        entry = redacted(entry)
        line = Append(TIMELINE, self._line(entry))
        if isinstance(entry, StateEntry):
            self._states.append(entry)
        if self._said.finished:  # the seal is off as long as it is not true
            return [self._describe(finished=False), line, self._describe()]
        return [line, self._describe()] if isinstance(entry, StateEntry) else [line]

    def tell(self, status: str) -> list[Write]:
        """The call has this status now."""
        if status == self._said.status:
            return []
        self._said = replace(self._said, status=status)
        return [self._describe()]

    def finish(self) -> list[Write]:
        """The audio is over: what waits is handed out, and the description is sealed. Once is enough."""
        if self._said.finished:
            return []
        audio = [track.flush() for track in self._tracks.values()]
        ends = [track.end() for track in self._tracks.values()]
        self._said = replace(self._said, finished=True)
        return [*audio, *ends, self._describe()]

    def _line(self, entry: Entry) -> bytes:
        line = to_line(entry).encode()
        self._timeline_hash.update(line)
        return line

    def _describe(self, *, finished: bool = True) -> Replace:
        tracks = self._tracks
        said = replace(
            self._said,
            finished=finished and self._said.finished,
            states=tuple(self._states),
            duration_ms=len(tracks["far"]) * 1000 // SAMPLE_RATE,
        )
        text = description.render(
            said,
            timeline=self._timeline_hash.hexdigest(),
            far=tracks["far"].digest,
            near=tracks["near"].digest,
        )
        return Replace(CALL, text.encode())


def _recorded_by(call: CallRecord) -> str:
    packages = ", ".join(f"{name} {version}" for name, version in call.versions.items())
    where = "over a real number" if call.is_real else "offline"
    return f"Recorded by the {call.seen_by}, {where}, with {packages}."


_README: Final = """\
# A recorded telephone call

{made_by}

- `call.toml`: what the call was
- `timeline.jsonl`: what happened in it; `at_ms` is ms after its audio began
- `far.wav`, `near.wav`: what the recorder heard, and what was heard from it; µ-law, 8 kHz, from the same moment on

Phone numbers are redacted; what was said and which keys were pressed is not.
"""
