"""What happened in a call, as typed entries, and as the lines of `timeline.jsonl`.

Laws: pure. `at_ms` is ms after the call's audio began, on the clock of the audio: how much of it there was by then.
What came before has 0, for a call has no other clock than its audio.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from twilio_wire.redaction import redact, redact_number

Side: TypeAlias = Literal["far", "near"]
"""`near` is who made the recording, `far` whom it talked to."""

Key: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-D*#]\Z")]


class _Entry(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    at_ms: Annotated[int, msgspec.Meta(ge=0)]


class StateEntry(_Entry, frozen=True, tag="state", forbid_unknown_fields=True):
    """The call has come so far: initiated, ringing, answered, completed, busy, no-answer, failed or canceled.

    Twilio's words (twilio.com/docs/voice/api/call-resource, `StatusCallbackEvent` and `status`).
    """

    state: str


class HangUpEntry(_Entry, frozen=True, tag="hang_up", forbid_unknown_fields=True):
    """A side put the phone down, or ended the call by TwiML or REST. There is none where nobody can tell who did."""

    by: Side


class DigitEntry(_Entry, frozen=True, tag="digit", forbid_unknown_fields=True):
    """A side pressed a key: 0-9, A-D, * or #."""

    by: Side
    digit: Key


class VerbEntry(_Entry, frozen=True, tag="verb", forbid_unknown_fields=True):
    """A TwiML verb began; `text` is what stands in it, as the URL in `<Play>`."""

    verb: str
    attributes: dict[str, str]
    text: str = ""


class WebhookEntry(_Entry, frozen=True, tag="webhook", forbid_unknown_fields=True):
    """The application was asked, or told; `status` is that of its reply, 0 when none came."""

    purpose: str
    method: str
    url: str
    status: int
    parameters: dict[str, str]


class SayEntry(_Entry, frozen=True, tag="say", forbid_unknown_fields=True):
    """A side began to say these words."""

    by: Side
    text: str


class StepEntry(_Entry, frozen=True, tag="step", forbid_unknown_fields=True):
    """A step of a script, from `at_ms` to `end_ms`."""

    name: str
    detail: str
    end_ms: int

    def __post_init__(self) -> None:
        if self.end_ms < self.at_ms:
            raise ValueError(f"a step that began at {self.at_ms} ms cannot have ended at {self.end_ms} ms")


class InterruptEntry(_Entry, frozen=True, tag="interrupt", forbid_unknown_fields=True):
    """A side dropped what it had said and had not been heard."""

    by: Side


Entry: TypeAlias = (
    StateEntry | HangUpEntry | DigitEntry | VerbEntry | WebhookEntry | SayEntry | StepEntry | InterruptEntry
)


@dataclass(frozen=True)
class BadLine(Exception):
    """A line that is no entry: its number, from 1, and why."""

    number: int
    why: str


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Entry)
_LOGIN: Final = re.compile(r"(?<=://)[^/@\s]+@")
_NUMBER_PARAMETERS: Final = frozenset({"From", "To", "Caller", "Called", "ForwardedFrom", "DialCallTo"})


def to_line(entry: Entry) -> str:
    """An entry as a line of JSON, with its line end."""
    return _ENCODER.encode(entry).decode() + "\n"


def from_lines(text: str, *, is_cut_off: bool = False) -> tuple[Entry, ...]:
    """Read the lines of a timeline.

    Args:
        text: what is in the file.
        is_cut_off: whether the recorder was killed: then what follows the last line end is half a line, and is dropped.

    Raises:
        BadLine: a line is no entry.
    """
    *lines, rest = text.split("\n")
    if rest and not is_cut_off:
        lines.append(rest)
    return tuple(_entry(number, line) for number, line in enumerate(lines, 1))


def _entry(number: int, line: str) -> Entry:
    try:
        entry: Entry = _DECODER.decode(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadLine(number, str(error).rstrip(".")) from error
    return entry


def redacted(entry: Entry) -> Entry:
    """The same entry as a file has it: the middle of every phone number hidden, and text that can be written."""
    changed: dict[str, str | dict[str, str]] = {}
    for field in msgspec.structs.fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, str):
            changed[field.name] = shown(value)
        elif isinstance(value, dict):
            changed[field.name] = {shown(name): _shown_parameter(name, text) for name, text in value.items()}
    return msgspec.structs.replace(entry, **changed)


def shown(text: str) -> str:
    """A text as a file has it: phone numbers redacted, and who logs in by a URL; half a surrogate pair replaced."""
    return _LOGIN.sub("***@", redact(text.encode("utf-8", "replace").decode()))


def shown_number(number: str) -> str:
    """The number, or other address, of a side of a call as a file has it."""
    return redact_number(shown(number))


def _shown_parameter(name: str, value: str) -> str:
    return shown_number(value) if name in _NUMBER_PARAMETERS else shown(value)
