"""What a recording says: the text that is given with it, or that a manifest beside the file has for it.

A manifest is a `manifest.toml` in the file's folder or up to two above, as `fixtures_audio/` has one:

    [[fixture]]
    path = "speech/yes_please.wav"      # relative to the manifest
    text = "Yes, please."               # "" for what says nothing: tones, silence
    confidence = 0.9                    # how sure a recogniser shall be; 0.95 if left out
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from twilio_emulator.media.captions import KNOWN_CONFIDENCE
from twilio_wire.audio import AudioFileError

MANIFEST: Final = "manifest.toml"
_FOLDERS_SEARCHED: Final = 3


@dataclass(frozen=True, slots=True)
class Lines:
    """A text and how sure a recogniser shall be of it, 0.0 to 1.0.

    Raises:
        ValueError: for a text that is no string, or a confidence that is none.
    """

    text: str
    confidence: float = KNOWN_CONFIDENCE

    def __post_init__(self) -> None:
        given: object = self.text
        if not isinstance(given, str):
            raise ValueError(f"text is {given!r}; give a string.")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence is {self.confidence!r}; give a number from 0.0 to 1.0.")


def lines_of(path: str | Path | None, text: str | None = None, confidence: float | None = None) -> Lines | None:
    """What a recording says; None if nobody has told. What is given goes before what a manifest says of `path`.

    Raises:
        ValueError: for a confidence that is none, or one for a recording without a text.
        AudioFileError: naming the manifest that cannot be read.
    """
    if text is not None:
        return Lines(text, KNOWN_CONFIDENCE if confidence is None else confidence)
    known = None if path is None else _in_manifests(Path(path).absolute())
    if confidence is None:
        return known
    if known is None:
        raise ValueError("Nobody knows what this audio says, so a confidence is of no use: give text= with it.")
    return replace(known, confidence=confidence)


def _in_manifests(path: Path) -> Lines | None:
    for folder in path.parents[:_FOLDERS_SEARCHED]:
        manifest = folder / MANIFEST
        if manifest.is_file():
            lines = lines_in(manifest).get(path.relative_to(folder).as_posix())
            if lines is not None:
                return lines
    return None


def lines_in(manifest: Path) -> Mapping[str, Lines]:
    """All that a manifest says, by the path of the file, relative to it. Another kind of manifest says nothing.

    Raises:
        AudioFileError: naming a manifest that cannot be read.
    """
    return _read(manifest, manifest.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(manifest: Path, _changed_ns: int) -> dict[str, Lines]:
    try:
        content = tomllib.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AudioFileError(f"Cannot read {manifest}, which may say what the audio beside it says: {error}") from error
    entries = content.get("fixture")
    if not isinstance(entries, list):
        return {}
    lines = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("path"), str) and isinstance(entry.get("text"), str):
            lines[entry["path"]] = _lines(manifest, entry)
    return lines


def _lines(manifest: Path, entry: dict[str, Any]) -> Lines:
    try:
        return Lines(entry["text"], entry.get("confidence", KNOWN_CONFIDENCE))
    except (TypeError, ValueError) as error:
        raise AudioFileError(f"{manifest}, {entry['path']}: {error}") from error
