"""The tables of `docs/twiml.md`, made from the verbs' own: verb, attribute, what it takes, where it is tested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from twilio_emulator.twiml.schema import Attribute, Tag, Verb
from twilio_emulator.twiml.values import TEXT
from twilio_emulator.twiml.verbs import REFUSED_VERBS, VERBS

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "emulator"
BEGIN, END = "<!-- made by pytest --update-docs: begin -->", "<!-- end -->"

NOTES = {
    ("Conference", "jitterBufferSize"): "accepted; nothing jitters here",
    ("Conference", "region"): "shown by REST; it makes no other difference",
    ("", "recordingConfigurationId"): "accepted, without effect",
    ("Enqueue", "workflowSid"): "accepted; there is no TaskRouter",
    ("Queue", "postWorkActivitySid"): "accepted; there is no TaskRouter",
    ("Queue", "reservationSid"): "accepted; there is no TaskRouter",
    ("Task", "priority"): "accepted; there is no TaskRouter",
    ("Task", "timeout"): "accepted; there is no TaskRouter",
    ("Dial", "callReason"): "accepted, without effect",
    ("Dial", "events"): "accepted, without effect",
    ("Dial", "passports"): "accepted, without effect",
    ("Number", "byoc"): "accepted; every number is reached the same way",
    ("Sip", "password"): "its form is checked; nobody asks for it",
    ("Sip", "username"): "its form is checked; nobody asks for it",
    ("Uri", "password"): "its form is checked; nobody asks for it",
    ("Uri", "username"): "its form is checked; nobody asks for it",
    ("Siprec", "connectorName"): "any; there is no recorder",
    ("Start", "action"): "accepted; undocumented, without effect",
    ("Start", "method"): "accepted; undocumented, without effect",
    ("Stream", "connectorName"): "refused with 31940",
    ("Transcription", "conversationConfiguration"): "accepted, without effect",
    ("Transcription", "conversationId"): "accepted, without effect",
    ("Transcription", "intelligenceService"): "accepted, without effect",
}
"""What is to be said of an attribute, of one tag or (with no name) of any, that is not simply supported."""


def generated() -> str:
    """Everything between the markers."""
    lines = []
    for tag, parents in _tags():
        lines += ["", *_section(tag, parents)]
    lines += ["", "### Refused", "", "| element | code | why |", "| --- | --- | --- |", *_refused()]
    return "\n".join([BEGIN, *lines, "", END])


def _tags() -> Iterator[tuple[Tag, tuple[str, ...]]]:
    """Every verb in the order of its name, then every noun with the verbs and nouns that it stands in."""
    parents: dict[int, tuple[Tag, list[str]]] = {}
    ahead: list[Tag] = list(VERBS.values())
    while ahead:
        tag = ahead.pop(0)
        for child in tag.children.values():
            if isinstance(child, Verb):
                continue
            if id(child) not in parents:
                ahead.append(child)
            parents.setdefault(id(child), (child, []))[1].append(tag.name)
    for _, verb in sorted(VERBS.items()):
        yield verb, ()
    for noun, inside in sorted(parents.values(), key=lambda pair: (pair[0].name, pair[1])):
        yield noun, tuple(sorted(set(inside)))


def _section(tag: Tag, parents: tuple[str, ...]) -> Iterator[str]:
    inside = f" in {', '.join(f'`<{name}>`' for name in parents)}" if parents else ""
    yield f"### `<{tag.name}>`{inside}"
    yield ""
    if isinstance(tag, Verb):
        answers = "It answers a ringing call." if tag.answers else "By itself it does not answer a ringing call."
        yield f"{answers} Source: {tag.source}."
        yield ""
    if tag.children:
        yield f"Takes {', '.join(f'`<{name}>`' for name in tag.children)}."
        yield ""
    if not tag.attributes:
        yield "No attributes."
        return
    yield "| attribute | takes | else | default | supported | tested in |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for attribute in sorted(tag.attributes, key=lambda attribute: attribute.name):
        yield _row(tag, parents, attribute)


def _row(tag: Tag, parents: tuple[str, ...], attribute: Attribute[Any]) -> str:
    takes = attribute.kind.allowed.replace("|", "\\|")
    note = _note(tag.name, attribute.name) or "yes"
    test = test_of(tag.name, parents, attribute.name)
    link = "" if test is None else f"[{test.stem}](../{test.relative_to(ROOT).as_posix()})"
    code = "" if attribute.kind is TEXT else attribute.code
    return f"| `{attribute.name}` | {takes} | {code} | {_default(attribute.default)} | {note} | {link} |"


def _note(tag: str, attribute: str) -> str:
    return NOTES.get((tag, attribute)) or NOTES.get(("", attribute), "")


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, frozenset):
        value = " ".join(sorted(map(str, value)))
    return "" if value in ("", 0) else f"`{value}`"


def _code(sentence: str) -> str:
    return re.sub(r"((<\w+>)+)", r"`\1`", sentence)


def _refused() -> Iterator[str]:
    for name, refusal in sorted(REFUSED_VERBS.items()):
        yield f"| `<{name}>` | {refusal.code} | {_code(refusal.why)} |"
    for verb in sorted(VERBS.values(), key=lambda verb: verb.name):
        for name, refusal in sorted(verb.refused.items()):
            yield f"| `<{verb.name}><{name}>` | {refusal.code} | {_code(refusal.why)} |"
        for name in sorted(verb.unsupported):
            yield f"| `<{verb.name}><{name}>` | 12200 | not in this version |"


def untested() -> set[tuple[str, str]]:
    """The attributes that are said to have an effect and that no test mentions."""
    return {
        (tag.name, attribute.name)
        for tag, parents in _tags()
        for attribute in tag.attributes
        if not _note(tag.name, attribute.name) and test_of(tag.name, parents, attribute.name) is None
    }


def test_of(tag: str, parents: tuple[str, ...], attribute: str) -> Path | None:
    """The test that mentions the attribute, in TwiML's words or the SDK's: of the tag, of what it stands in, or any."""
    snake = re.sub(r"([A-Z])", r"_\1", attribute).lower()
    mention = re.compile(rf"\b({attribute}|{snake}_?)\b\W?=|[\"']({attribute}|{snake})[\"']|\.{tag}\.{attribute}\b")
    for name in (tag, *parents):
        for path, text in _texts():
            if f"{path.stem}_".startswith(f"test_{name.lower()}_") and mention.search(text):
                return path
    for path, text in _texts():
        if (f"<{tag}" in text or f".{tag.lower()}(" in text) and mention.search(text):
            return path
    return None


@cache
def _texts() -> tuple[tuple[Path, str], ...]:
    folders = ("twiml", "flows", "timelines")
    paths = [path for folder in folders for path in sorted((TESTS / folder).glob("test_*.py"))]
    return tuple((path, path.read_text(encoding="utf-8")) for path in paths)
