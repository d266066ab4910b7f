"""Reads cassettes.

Laws: a cassette is read whole or not at all. One whose recorder was killed is told from one that was truncated later by
its description: it was never finished. It is read up to where it got, and its WAV files are put in order on the disk.
"""

import contextlib
from pathlib import Path
from typing import Final

from twilio_wire.cassette import description, wav
from twilio_wire.cassette.description import BadDescription, Description, Seal, changed, digest, line_of
from twilio_wire.cassette.draft import AUDIO, CALL, FILES, TIMELINE
from twilio_wire.cassette.entries import BadLine, Entry, Side, StateEntry, from_lines
from twilio_wire.cassette.errors import CassetteError
from twilio_wire.cassette.record import CallRecord
from twilio_wire.g711 import SAMPLE_RATE

_RECORD_AGAIN: Final = "restore it, or record the call again"


def read_cassette(path: str | Path) -> CallRecord:
    """Read a cassette. Phone numbers in it are redacted.

    Raises:
        CassetteError: there is none, it is newer than this version, or it is not as its recorder left it; the error
            names file and line.
    """
    folder = Path(path)
    _check_complete(folder)
    text = _text(folder / CALL)
    try:
        said, seal = description.parse(text)
    except BadDescription as error:
        raise CassetteError(str(folder / CALL), f"{error.why}.", line=error.line) from error
    entries = _entries(folder / TIMELINE, said)
    tracks = {side: _track(folder / name, said) for side, name in AUDIO.items()}
    _check_seal(folder, text, seal, tracks)
    _check_states(folder / CALL, text, said, entries)
    length = min(map(len, tracks.values()))  # who was killed between two writes has one more of the one side
    return CallRecord(
        direction=said.direction,
        status=said.status,
        from_number=said.from_number,
        to_number=said.to_number,
        far=tracks["far"][:length],
        near=tracks["near"][:length],
        entries=entries,
        handset=said.handset,
        seen_by=said.seen_by,
        is_real=said.is_real,
        versions=dict(said.versions),
    )


def _check_complete(folder: Path) -> None:
    if not folder.is_dir():
        raise CassetteError(str(folder), "there is no such folder: record a call into it, or check the path.")
    for name in FILES:
        if not (folder / name).is_file():
            raise CassetteError(str(folder / name), f"the file is missing: {_RECORD_AGAIN}.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CassetteError(str(file), f"it cannot be read: {error.strerror}. Check who may read it.") from error


def _text(file: Path) -> str:
    content = _content(file)
    try:
        # Git may have changed the line ends.
        return content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CassetteError(str(file), f"it is no UTF-8: {_RECORD_AGAIN}.", line=line) from error


def _entries(file: Path, said: Description) -> tuple[Entry, ...]:
    try:
        return from_lines(_text(file), is_cut_off=not said.finished)
    except BadLine as error:
        raise CassetteError(
            str(file), f"it is no entry of a timeline: {error.why}. {_RECORD_AGAIN.capitalize()}.", line=error.number
        ) from error


def _track(file: Path, said: Description) -> bytes:
    content = _content(file)
    try:
        found = wav.parse(content, is_cut_off=not said.finished)
    except wav.BadWav as error:
        raise CassetteError(str(file), f"{error.why}: {_RECORD_AGAIN}.") from error
    length = len(found.ulaw)
    if not said.finished:
        _repair(file, found)
    elif length * 1000 // SAMPLE_RATE != said.duration_ms or length < found.announced:
        there, due = length / SAMPLE_RATE, said.duration_ms / 1000
        raise CassetteError(str(file), f"it has {there:.3f} s of audio, where there were {due:.3f} s: {_RECORD_AGAIN}.")
    return found.ulaw


def _repair(file: Path, found: wav.WavContent) -> None:
    """Let the header speak of all the audio, so that other programs find it too; it is no loss where it cannot."""
    if found.announced == len(found.ulaw) or found.begin != wav.HEADER_BYTES:
        return
    with contextlib.suppress(OSError), file.open("r+b") as out:
        out.write(wav.header(len(found.ulaw)))


def _check_seal(folder: Path, text: str, seal: Seal, tracks: dict[Side, bytes]) -> None:
    digests = {
        TIMELINE: (seal.timeline, "timeline", _text(folder / TIMELINE).encode()),
        **{AUDIO[side]: (getattr(seal, side), side, tracks[side]) for side in AUDIO},
    }
    for file, (sealed, key, content) in digests.items():
        if sealed is not None and sealed != digest(content):
            line = line_of(text, key, "seal")
            raise CassetteError(str(folder / CALL), f"{changed(f'{file} has')}.", line=line)


def _check_states(file: Path, text: str, said: Description, entries: tuple[Entry, ...]) -> None:
    """A recorder that was killed may have known one state more in the one file than in the other."""
    states = tuple(entry for entry in entries if isinstance(entry, StateEntry))
    if said.finished and states != said.states:
        raise CassetteError(
            str(file), f"the states are not those of {TIMELINE}: {_RECORD_AGAIN}.", line=line_of(text, "states")
        )
