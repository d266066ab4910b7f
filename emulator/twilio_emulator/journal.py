"""The journal: everything that happened, in order, as typed entries. It is the truth that people read.

An entry is a fact with the call time at which it happened. Entries are never changed and never removed, except all at
once by `clear`. The timeline and the failure reports are views of the journal and live elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from twilio_emulator.clock import Clock
from twilio_emulator.media.measures import Measures


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", gc=False):
    """One fact. `Journal.write` stamps `sequence` and `at_ms`; `call_sid` is empty for what concerns no call.

    Entries are many and live long; none can be part of a cycle, so the garbage collector need not look at them.
    """

    sequence: int = -1
    at_ms: int = 0
    call_sid: str = ""


class RestRequested(Entry, frozen=True, kw_only=True, tag="rest"):
    """An application used the REST API."""

    method: str
    path: str
    parameters: dict[str, list[str]]
    status: int
    error_code: int | None = None


class CallMoved(Entry, frozen=True, kw_only=True, tag="call"):
    """A call took a step from one status to the next."""

    direction: str
    from_number: str
    to_number: str
    before: str
    status: str
    cause: str


class WebhookSent(Entry, frozen=True, kw_only=True, tag="webhook"):
    """A request to the application, with its reply. `status` is 0 when no reply came; `error` then says why."""

    purpose: str
    method: str
    url: str
    parameters: dict[str, str]
    status: int
    content_type: str = ""
    body: str = ""
    error: str = ""


class VerbStarted(Entry, frozen=True, kw_only=True, tag="verb"):
    """A TwiML verb began."""

    verb: str
    attributes: dict[str, str]
    text: str = ""
    line: int = 0
    column: int = 0


class Spoke(Entry, frozen=True, kw_only=True, tag="say"):
    """Text was spoken to the far end by `<Say>`."""

    text: str
    voice: str
    language: str
    duration_ms: int


class DigitHeard(Entry, frozen=True, kw_only=True, tag="digit"):
    """Twilio recognised a key in the audio of the far end."""

    digit: str


class GatherEnded(Entry, frozen=True, kw_only=True, tag="gather"):
    """`<Gather>` ended: with which digits or what speech, and why."""

    digits: str
    reason: str
    speech: str = ""


class PartiesTalked(Entry, frozen=True, kw_only=True, tag="bridge"):
    """Two calls were `bridged`, so that their far ends hear each other, or have `parted`."""

    other_call_sid: str
    event: str


class RecordEnded(Entry, frozen=True, kw_only=True, tag="record"):
    """`<Record>` ended: why, and how many seconds it has, 0 for nothing."""

    reason: str
    recording_sid: str
    duration_s: int


class StreamMoved(Entry, frozen=True, kw_only=True, tag="stream"):
    """A message of a Media Stream other than `media`, or its opening and closing. `source` is `twilio` or `app`."""

    stream_sid: str
    source: str
    event: str
    detail: str = ""


class RecordingMoved(Entry, frozen=True, kw_only=True, tag="recording"):
    """A recording began, paused, went on, stopped, or is ready. `duration_ms` is what it holds, once it is ready."""

    recording_sid: str
    status: str
    cause: str
    duration_ms: int = 0


class ConferenceMoved(Entry, frozen=True, kw_only=True, tag="conference"):
    """Something happened in a conference; `event` is Twilio's name for it, `call_sid` the participant's, if any."""

    conference_sid: str
    name: str
    event: str
    detail: str = ""


class AnswerJudged(Entry, frozen=True, kw_only=True, tag="amd"):
    """Answering machine detection has made up its mind, so many milliseconds after the answer."""

    answered_by: str
    duration_ms: int


class QueueMoved(Entry, frozen=True, kw_only=True, tag="queue"):
    """A call entered a queue, was turned away, was taken by an agent, or left; `queue` is the queue's name."""

    queue_sid: str
    queue: str
    event: str
    detail: str = ""


class SidecarMoved(Entry, frozen=True, kw_only=True, tag="sidecar"):
    """REST began or stopped something beside a call, or sent a message to it; `what` is the resource's name."""

    what: str
    sid: str
    event: str
    detail: str = ""


class FaultStruck(Entry, frozen=True, kw_only=True, tag="fault"):
    """Something goes wrong because a test asked for it; see docs/faults.md."""

    fault: str
    detail: str


class CallMeasured(Entry, frozen=True, kw_only=True, tag="measures"):
    """A call that had a bidirectional stream is over: how its application talked."""

    measures: Measures


class PhoneActed(Entry, frozen=True, kw_only=True, tag="phone"):
    """Somebody did something with a simulated phone."""

    phone_number: str
    action: str
    detail: str = ""


class Problem(Entry, frozen=True, kw_only=True, tag="problem"):
    """A mistake, or something that will bite in production. `code` is Twilio's, 0 where Twilio has none.

    `level` is `error` or `warning`; `hint` says in one sentence what to change.
    """

    code: int
    level: str
    message: str
    hint: str = ""
    url: str = ""


AnyEntry = (
    RestRequested
    | CallMoved
    | WebhookSent
    | VerbStarted
    | Spoke
    | DigitHeard
    | GatherEnded
    | PartiesTalked
    | RecordEnded
    | StreamMoved
    | RecordingMoved
    | ConferenceMoved
    | AnswerJudged
    | QueueMoved
    | SidecarMoved
    | FaultStruck
    | CallMeasured
    | PhoneActed
    | Problem
)

SAYS: Final = "says"
HANGS_UP: Final = "hangs up"
"""What a phone does (`PhoneActed.action`). The detail of what it says is the words in quotation marks."""

SomeEntry = TypeVar("SomeEntry", bound=Entry)

Reader = Callable[[Entry], None]

# Frozen for everybody but the journal, which is handed each entry once.
_stamp = msgspec.structs.force_setattr


class _ReadersOf(dict[type[Entry], tuple[Reader, ...]]):
    """Who reads entries of a kind, found out when the first of them is written."""

    def __init__(self, readers: list[tuple[Reader, tuple[type[Entry], ...]]]) -> None:
        super().__init__()
        self._readers = readers

    def __missing__(self, kind: type[Entry]) -> tuple[Reader, ...]:
        self[kind] = found = tuple(reader for reader, kinds in self._readers if issubclass(kind, kinds))
        return found


class Journal:
    """The append-only list of entries. Written on the emulator's loop; reading from another thread is safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._readers: list[tuple[Reader, tuple[type[Entry], ...]]] = []
        self._readers_of = _ReadersOf(self._readers)

    def write(self, entry: Entry) -> None:
        """Stamp an entry with its sequence number and the call time, and keep it: it is the journal's from now on."""
        entries = self._entries
        _stamp(entry, "sequence", len(entries))
        _stamp(entry, "at_ms", self._clock.now_ms)
        entries.append(entry)
        for reader in self._readers_of[type(entry)]:
            reader(entry)

    def subscribe(self, reader: Reader, *kinds: type[Entry]) -> Callable[[], None]:
        """Hand every later entry of these kinds, or of all, to `reader`; the returned function ends that."""
        subscription = (reader, kinds or (Entry,))
        self._readers.append(subscription)
        self._readers_of.clear()

        def end() -> None:
            self._readers.remove(subscription)
            self._readers_of.clear()

        return end

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order."""
        return tuple(self._entries)

    def of(self, kind: type[SomeEntry], *, call_sid: str | None = None) -> list[SomeEntry]:
        """The entries of one kind, of one call or of all."""
        return [
            entry
            for entry in self.entries
            if isinstance(entry, kind) and (call_sid is None or entry.call_sid == call_sid)
        ]

    def for_call(self, call_sid: str) -> list[Entry]:
        """Everything about one call."""
        return [entry for entry in self.entries if entry.call_sid == call_sid]

    def to_jsonl(self, *, call_sid: str | None = None) -> str:
        """The entries as JSON Lines, one object a line, each with its `kind`."""
        chosen = self.entries if call_sid is None else self.for_call(call_sid)
        encoder = msgspec.json.Encoder()
        return "".join(encoder.encode(entry).decode() + "\n" for entry in chosen)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
