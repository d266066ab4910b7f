"""What differs between the timelines of two calls: states, verbs, webhooks and words.

What is new in every call is left out: identifiers, dates, durations, hosts and ports, signatures, and who was called
from where, for a replay dials another number than the recorded call did. When something happened is not compared here:
see `rhythm`. Verbs, webhooks and words are compared if both calls have them; an adapter cannot see what a phone of the
emulator sees.

Laws: pure.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from twilio_adapter.golden.difference import Difference, DifferenceKind
from twilio_wire.cassette import CallRecord, Entry, HangUpEntry, SayEntry, VerbEntry, WebhookEntry

_E = TypeVar("_E", bound=Entry)

_NEW_PARAMETERS: Final = frozenset(
    {
        *("ApiVersion", "CallDuration", "CallbackSource", "CallToken", "Confidence", "Duration", "RecordingDuration"),
        *("RecordingStartTime", "SequenceNumber", "SipCallId", "Stability", "StirVerstat", "Timestamp", "StreamToken"),
    }
)
_CALLED_NUMBER: Final = re.compile(r"(From|To|Caller|Called|ForwardedFrom)(City|Country|State|Zip)?$|CallerName$")
_NEW_NAME: Final = re.compile(r"(Sid|Url|Signature)$")

# What is always new, and what is written in its place.
_NEW_TEXTS: Final = (
    (re.compile(r"\b[A-Z]{2}[0-9a-f]{32}\b"), "<sid>"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE), "<uuid>"),
    (re.compile(r"(?:\+|%2B)[0-9*]{6,}", re.IGNORECASE), "<number>"),
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?"), "<date>"),
    (re.compile(r"\w{3}, \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} (\+0000|GMT)"), "<date>"),
    (re.compile(r"\b\d{10,}\b"), "<count>"),
    (re.compile(r"\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{24,}\b"), "<token>"),
)
_URL: Final = re.compile(r"(?:https?|wss?)://[^\s\"'<>]+")


def compare_timelines(golden: CallRecord, call: CallRecord) -> list[Difference]:
    """Every state, verb, webhook and word that is another one."""
    return [
        *_states(golden, call),
        *_hang_ups(golden, call),
        *_sequences(DifferenceKind.VERBS, "TwiML", _entries(golden, VerbEntry), _entries(call, VerbEntry), _verb),
        *_webhooks(golden, call),
        *_words(golden, call),
    ]


# --- states -----------------------------------------------------------------------------------------------------------


def _states(golden: CallRecord, call: CallRecord) -> list[Difference]:
    expected, actual = (_seen_states(each, both=golden.seen_by == call.seen_by) for each in (golden, call))
    if expected == actual and golden.status == call.status:
        return []
    if golden.is_over and not call.is_over:
        what = "the call is not over"
        return [
            Difference(
                DifferenceKind.STATES, "call", None, None, what, f"it {golden.status}", f"{call.status}: end it first"
            )
        ]
    what = "the call goes through other states"
    ways = [f"{', '.join(states) or 'none'}; {each.status}" for states, each in ((expected, golden), (actual, call))]
    return [Difference(DifferenceKind.STATES, "call", None, None, what, ways[0], ways[1])]


def _seen_states(record: CallRecord, *, both: bool) -> tuple[str, ...]:
    """The states; of two calls that were seen by different recorders, what either sees: from the answer on."""
    states = record.states
    if both or "answered" not in states:
        return states if both else states[-1:]
    return states[states.index("answered") :]


def _hang_ups(golden: CallRecord, call: CallRecord) -> list[Difference]:
    """Who ended the call, where both know."""
    names = [_name(each) for each in (golden, call)]
    if None in names or names[0] == names[1]:
        return []
    ends = [next(entry.at_ms / 1000 for entry in _entries(each, HangUpEntry)) for each in (golden, call)]
    what = "the call is ended by somebody else"
    return [Difference(DifferenceKind.HANG_UP, "call", ends[0], ends[1], what, f"the {names[0]}", f"the {names[1]}")]


def _name(record: CallRecord) -> str | None:
    if record.hung_up_by is None:
        return None
    return "handset" if record.hung_up_by == record.handset else "application"


# --- verbs, webhooks, words -------------------------------------------------------------------------------------------


def _entries(record: CallRecord, kind: type[_E]) -> list[_E]:
    return [entry for entry in record.entries if isinstance(entry, kind)]


def _webhooks(golden: CallRecord, call: CallRecord) -> list[Difference]:
    """Each purpose by itself: what is told to different places at one moment has no order."""
    expected, actual = _entries(golden, WebhookEntry), _entries(call, WebhookEntry)
    if not expected or not actual:
        return []
    purposes = dict.fromkeys(entry.purpose for entry in (*expected, *actual))
    found: list[Difference] = []
    for purpose in purposes:
        own, other = ([entry for entry in each if entry.purpose == purpose] for each in (expected, actual))
        found += _sequences(DifferenceKind.WEBHOOKS, f"{purpose} webhook", own, other, _webhook, even_if_none=True)
    return found


def _words(golden: CallRecord, call: CallRecord) -> list[Difference]:
    own = [entry for entry in _entries(golden, SayEntry) if entry.by == golden.application]
    other = [entry for entry in _entries(call, SayEntry) if entry.by == call.application]
    return _sequences(DifferenceKind.WORDS, "application's text", own, other, lambda entry: without_new(entry.text))


def _sequences(
    kind: DifferenceKind,
    name: str,
    golden: list[_E],
    call: list[_E],
    text_of: Callable[[_E], str],
    *,
    even_if_none: bool = False,
) -> list[Difference]:
    """One difference for each run of entries that reads differently."""
    if not even_if_none and not (golden and call):
        return []
    own, other = ([text_of(entry) for entry in entries] for entries in (golden, call))
    found: list[Difference] = []
    for tag, start, end, call_start, call_end in SequenceMatcher(a=own, b=other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(end - start, call_end - call_start)):
            here = start + place if start + place < end else None
            there = call_start + place if call_start + place < call_end else None
            found.append(
                Difference(
                    kind,
                    "call",
                    None if here is None else golden[here].at_ms / 1000,
                    None if there is None else call[there].at_ms / 1000,
                    f"the {name} is another one",
                    *_apart(None if here is None else own[here], None if there is None else other[there]),
                )
            )
    return found


def _apart(expected: str | None, actual: str | None) -> tuple[str, str]:
    return ("none" if expected is None else expected, "none" if actual is None else actual)


def _verb(entry: VerbEntry) -> str:
    attributes = "".join(f' {name}="{without_new(value)}"' for name, value in sorted(entry.attributes.items()))
    return f"<{entry.verb}{attributes}>{without_new(entry.text)}"


def _webhook(entry: WebhookEntry) -> str:
    return (
        f"{entry.method} {without_new(entry.url)} ({_listed(_lasting(entry.parameters))}) answered with {entry.status}"
    )


def _lasting(parameters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in sorted(parameters.items()):
        if name not in _NEW_PARAMETERS and not _NEW_NAME.search(name) and not _CALLED_NUMBER.match(name):
            yield name, without_new(value)


def _listed(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name}={value}" for name, value in pairs)


def without_new(text: str) -> str:
    """A text without what is new in every call: identifiers, numbers, dates, tokens, and where a URL's host is."""
    text = _URL.sub(lambda found: _path(found[0]), text)
    for pattern, instead in _NEW_TEXTS:
        text = pattern.sub(instead, text)
    return text


def _path(url: str) -> str:
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.path or '/'}{'?' + query if query else ''}"
