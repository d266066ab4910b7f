"""A call as people read it: the journal's entries as lines of text, one fact a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from twilio_emulator import journal as facts
from twilio_emulator.journal import Entry, Journal

_TEXT_LIMIT: Final = 90
_TOLD: Final = ("CallStatus", "StreamEvent", "StatusCallbackEvent")
"""What a webhook is about, by the first of these parameters that it has."""

_ACCOUNT_PATH: Final = re.compile(r"^/2010-04-01/Accounts/AC[0-9a-f]{32}(?=/)")
"""What every path begins with says nothing to a reader."""


def render_timeline(journal: Journal, *, call_sid: str | None = None) -> str:
    """The timeline of one call, or of everything: time in seconds, the kind of fact, the fact."""
    entries = journal.entries if call_sid is None else journal.for_call(call_sid)
    if not entries:
        return "(nothing happened)\n"
    several = call_sid is None and len({entry.call_sid for entry in entries if entry.call_sid}) > 1
    return "".join(_line(first, count, with_call=several) for first, count in _gathered(entries))


def _gathered(entries: Sequence[Entry]) -> list[tuple[Entry, int]]:
    """The entries, with the marks of a stream that follow one another counted in the first of them."""
    gathered: list[tuple[Entry, int]] = []
    run_of: dict[str, int] = {}
    for entry in entries:
        is_mark = isinstance(entry, facts.StreamMoved) and entry.event == "mark"
        run = run_of.get(entry.call_sid)
        if is_mark and run is not None:
            first, count = gathered[run]
            gathered[run] = (first, count + 1)
            continue
        if is_mark:
            run_of[entry.call_sid] = len(gathered)
        else:
            run_of.pop(entry.call_sid, None)
        gathered.append((entry, 1))
    return gathered


def describe(entry: Entry) -> tuple[str, str]:
    """An entry as people read it: the kind of fact, and the fact."""
    return _DESCRIBE[type(entry)](entry)


def _line(entry: Entry, count: int, *, with_call: bool) -> str:
    what, detail = describe(entry)
    if count > 1:
        detail += f" and {count - 1} more marks, sent and returned"
    call = f"{entry.call_sid[:2]}…{entry.call_sid[-4:]:<6}" if with_call and entry.call_sid else ""
    margin = f"{call:<8}" if with_call else ""
    return f"{entry.at_ms / 1000:9.3f}  {margin}{what:<13}{detail}".rstrip() + "\n"


def _call(entry: facts.CallMoved) -> tuple[str, str]:
    parties = f"{entry.from_number} → {entry.to_number}, {entry.direction}: " if not entry.before else ""
    return entry.status, f"{parties}{entry.cause}"


def _rest(entry: facts.RestRequested) -> tuple[str, str]:
    code = f" (error {entry.error_code})" if entry.error_code else ""
    return "REST", f"{entry.method} {_ACCOUNT_PATH.sub('', entry.path)} → {entry.status}{code}"


def _webhook(entry: facts.WebhookSent) -> tuple[str, str]:
    status = next((entry.parameters[name] for name in _TOLD if name in entry.parameters), "")
    told = f" [{status}]" if status else ""
    outcome = entry.error or f"{entry.status} {entry.content_type}".rstrip()
    return "webhook", f"{entry.purpose}{told}: {entry.method} {entry.url} → {outcome}"


def _verb(entry: facts.VerbStarted) -> tuple[str, str]:
    attributes = "".join(f' {name}="{_short(value)}"' for name, value in entry.attributes.items())
    return "TwiML", f"<{entry.verb}{attributes}>"


def _say(entry: facts.Spoke) -> tuple[str, str]:
    return "says", f"“{_short(entry.text)}” ({entry.duration_ms / 1000:.1f} s)"


def _gather(entry: facts.GatherEnded) -> tuple[str, str]:
    speech = f"“{_short(entry.speech)}”" if entry.speech else ""
    return "gathered", f"{entry.digits or speech or 'nothing'} ({entry.reason})"


def _bridge(entry: facts.PartiesTalked) -> tuple[str, str]:
    preposition = "with" if entry.event == "bridged" else "from"
    return entry.event, f"{preposition} {entry.other_call_sid}"


def _record(entry: facts.RecordEnded) -> tuple[str, str]:
    return "recorded", f"{f'{entry.duration_s} s' if entry.duration_s else 'nothing'} ({entry.reason})"


def _stream(entry: facts.StreamMoved) -> tuple[str, str]:
    detail = f": {entry.detail}" if entry.detail else ""
    return "stream", f"{entry.source} {entry.event}{detail}"


def _recording(entry: facts.RecordingMoved) -> tuple[str, str]:
    length = f" ({entry.duration_ms / 1000:.1f} s)" if entry.duration_ms else ""
    return "recording", f"{entry.status}: {entry.cause}{length}"


def _conference(entry: facts.ConferenceMoved) -> tuple[str, str]:
    detail = f": {_short(entry.detail)}" if entry.detail else ""
    return "conference", f"{_short(entry.name)} {entry.event}{detail}"


def _judged(entry: facts.AnswerJudged) -> tuple[str, str]:
    return "answered by", f"{entry.answered_by} (detected after {entry.duration_ms / 1000:.1f} s)"


def _queue(entry: facts.QueueMoved) -> tuple[str, str]:
    detail = f" ({entry.detail})" if entry.detail else ""
    return "queue", f"{entry.event} {entry.queue}{detail}"


def _sidecar(entry: facts.SidecarMoved) -> tuple[str, str]:
    detail = f": {_short(entry.detail)}" if entry.detail else ""
    return "beside", f"{entry.what} {entry.event}{detail}"


def _measures(entry: facts.CallMeasured) -> tuple[str, str]:
    rows = (f"{what:<18}{figures}" for what, figures in entry.measures.rows())
    return "measured", f"\n{'':24}".join(rows)


def _phone(entry: facts.PhoneActed) -> tuple[str, str]:
    detail = f" {entry.detail}" if entry.detail else ""
    return "phone", f"{entry.phone_number} {entry.action}{detail}"


def _problem(entry: facts.Problem) -> tuple[str, str]:
    code = f"{entry.code}: " if entry.code else ""
    hint = f" {entry.hint}" if entry.hint else ""
    return entry.level.upper(), f"{code}{entry.message}{hint}"


_DESCRIBE: Final[Mapping[type[Entry], Callable[[Any], tuple[str, str]]]] = {
    facts.CallMoved: _call,
    facts.RestRequested: _rest,
    facts.WebhookSent: _webhook,
    facts.VerbStarted: _verb,
    facts.Spoke: _say,
    facts.DigitHeard: lambda entry: ("key heard", entry.digit),
    facts.GatherEnded: _gather,
    facts.PartiesTalked: _bridge,
    facts.RecordEnded: _record,
    facts.StreamMoved: _stream,
    facts.RecordingMoved: _recording,
    facts.ConferenceMoved: _conference,
    facts.AnswerJudged: _judged,
    facts.QueueMoved: _queue,
    facts.SidecarMoved: _sidecar,
    facts.FaultStruck: lambda entry: ("FAULT", f"{entry.fault}: {entry.detail}"),
    facts.CallMeasured: _measures,
    facts.PhoneActed: _phone,
    facts.Problem: _problem,
}


def _short(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"
