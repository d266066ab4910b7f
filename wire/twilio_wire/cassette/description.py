"""`call.toml`: what a call was, as a text that people read and that changes line by line.

Laws: pure. Numbers come here redacted. The date is not in it: a call that is played again makes the same file. A
recording that was ended as it should has a seal: digests of the audio, of the timeline and of this text itself. A
digest whose line is not there is not compared, so who means a change deletes that line.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from twilio_wire.cassette.entries import Side, StateEntry
from twilio_wire.cassette.record import STATUSES, Direction, Recorder

FORMAT: Final = 1
"""Of the folder, its files and their entries. A reader refuses what is newer than itself."""

_HEADING: Final = "# A recorded telephone call. What the files here are: docs/golden.md of twilio-testbench.\n"
_SEAL: Final = "\n[seal]\n"
_TOML_LINE: Final = re.compile(r"line ([0-9]+)")


@dataclass(frozen=True, kw_only=True)
class Description:
    """What `call.toml` says; see `CallRecord` for the fields of the same names.

    Attributes:
        finished: whether the recording was ended; if not, its recorder was killed.
        states: how far the call came, and when; the same as in the timeline.
        duration_ms: how long the audio is, as far as it was written.
    """

    finished: bool
    direction: Direction
    status: str
    from_number: str
    to_number: str
    handset: Side
    seen_by: Recorder
    is_real: bool
    duration_ms: int
    states: tuple[StateEntry, ...]
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Seal:
    """Digests of what a finished recording has; None where there is nothing to compare with."""

    call: str | None = None
    timeline: str | None = None
    far: str | None = None
    near: str | None = None


@dataclass(frozen=True)
class BadDescription(Exception):
    """A text that is no description: the line, from 1, and why."""

    line: int
    why: str


def digest(content: bytes) -> str:
    """What a seal has for a file's content; of texts without regard to how their lines end."""
    return hashlib.sha256(content).hexdigest()


# --- writing ----------------------------------------------------------------------------------------------------------


def render(said: Description, *, timeline: str = "", far: str = "", near: str = "") -> str:
    """The text of `call.toml`, sealed with the digests if it is finished."""
    body = _body(said)
    if not said.finished:
        return body
    digests = {"call": digest(body.encode()), "timeline": timeline, "far": far, "near": near}
    return body + _SEAL + "".join(f"{name} = {_text(value)}\n" for name, value in digests.items())


def _body(said: Description) -> str:
    rows = {
        "format": str(FORMAT),
        "finished": _truth(said.finished),
        "direction": _text(said.direction),
        "status": _text(said.status),
        "from_number": _text(said.from_number),
        "to_number": _text(said.to_number),
        "handset": _text(said.handset),
        "seen_by": _text(said.seen_by),
        "is_real": _truth(said.is_real),
        "duration_ms": str(said.duration_ms),
    }
    lines = [f"{name} = {value}\n" for name, value in rows.items()]
    states = [f"    {{ at_ms = {entry.at_ms}, state = {_text(entry.state)} }},\n" for entry in said.states]
    packages = [f"{_text(name)} = {_text(version)}\n" for name, version in said.versions.items()]
    return "".join([_HEADING, *lines, "states = [\n", *states, "]\n", "\n[versions]\n", *packages])


def _text(value: str) -> str:
    """A TOML string: JSON's, but for the one control character that JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _truth(value: bool) -> str:  # noqa: FBT001 - it is the value
    return "true" if value else "false"


# --- reading ----------------------------------------------------------------------------------------------------------


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_state(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"at_ms", "state"}
        and _whole(value["at_ms"])
        and isinstance(value["state"], str)
    )


def _is_table_of_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _one_of(*words: str) -> tuple[Callable[[object], bool], str]:
    return lambda value: value in words, f"one of: {', '.join(words)}"


_A_TEXT: Final = (lambda value: isinstance(value, str), "a text")
_A_TRUTH: Final = (lambda value: isinstance(value, bool), "true or false")
_SEALED: Final = frozenset({"call", "timeline", "far", "near"})
_FIELDS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "format": (lambda value: _whole(value) and value >= 1, "a whole number, 1 or more"),
    "finished": _A_TRUTH,
    "direction": _one_of(*get_args(Direction)),
    "status": _one_of(*sorted(STATUSES)),
    "from_number": _A_TEXT,
    "to_number": _A_TEXT,
    "handset": _one_of(*get_args(Side)),
    "seen_by": _one_of(*get_args(Recorder)),
    "is_real": _A_TRUTH,
    "duration_ms": (lambda value: _whole(value) and value >= 0, "milliseconds, 0 or more"),
    "states": (lambda value: isinstance(value, list) and all(map(_is_state, value)), "a list of { at_ms, state }"),
    "versions": (_is_table_of_texts, "a table of texts"),
    "seal": (lambda value: _is_table_of_texts(value) and set(value) <= _SEALED, "a table of digests"),
}
"""What each key must hold, as a check and in words."""


def parse(text: str) -> tuple[Description, Seal]:
    """Read a text that `render` has written, and that may have been changed since.

    Raises:
        BadDescription: it is newer, or cannot be read, or is not what was written.
    """
    said = _toml(text)
    newer = said.get("format")
    if isinstance(newer, int) and newer > FORMAT:
        what = f"the cassette is of format {newer}, and this version of twilio-testbench reads {FORMAT} and older"
        raise BadDescription(line_of(text, "format"), f"{what}: upgrade it, or record the call again")
    for line, why in _mistakes(text, said):
        raise BadDescription(line, why)
    seal = Seal(**said.pop("seal", {}))
    body = text.partition(_SEAL)[0]
    if seal.call is not None and digest(body.encode()) != seal.call:
        raise BadDescription(line_of(text, "call", "seal"), changed("the text above has"))
    states = tuple(StateEntry(state["at_ms"], state["state"]) for state in said.pop("states"))
    del said["format"]
    return Description(states=states, **said), seal


def changed(what: str) -> str:
    """In words: something is not as the recorder left it; said of the line that shows it."""
    return (
        f"{what} been changed since it was recorded: restore it, or record the call again. If the change is meant, "
        "delete this line"
    )


def line_of(text: str, key: str, table: str = "") -> int:
    """The line where a key of a table stands; the last line if it does not."""
    current = ""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if found := re.match(r"\s*\[([^\[\]]+)\]", line):
            current = found[1].strip()
            if current == key and not table:
                return number
        elif current == table and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return max(1, len(lines) - (not lines[-1]))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # Until Python 3.14 the line is in the message only.
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else line_of(text, "")
        raise BadDescription(line, f"it is no TOML: {str(error).rstrip('.')}") from error


def _mistakes(text: str, said: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    for name, (is_right, what) in _FIELDS.items():
        if name not in said:
            if name != "seal" or said.get("finished") is True:
                yield line_of(text, ""), f"{name} is missing"
        elif not is_right(said[name]):
            yield line_of(text, name), f"{name} must be {what}"
    for name in said:
        if name not in _FIELDS:
            yield line_of(text, name), f"{name} is nothing that a cassette has"
