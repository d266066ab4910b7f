"""A played scene as the text of a golden timeline. See `timeline_bench`."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np

from twilio_emulator.journal import Entry, RestRequested, WebhookSent
from twilio_emulator.timeline import describe
from twilio_wire.levels import is_silent

if TYPE_CHECKING:
    from timeline_bench import Scene

    from twilio_emulator import Line

STANDARD = {"AccountSid", "ApiVersion", "CallSid", "CallStatus", "Direction", "From", "To", "Caller", "Called"} | {
    f"{party}{field}" for party in ("From", "To", "Caller", "Called") for field in ("City", "State", "Zip", "Country")
}
"""What every request about a call carries. It is written out once a call, then only where it differs."""

CHANGING = {"Timestamp", "RecordingStartTime", "CallToken"}
"""Parameters whose values are another each day."""

GAP_MS = 200
"""Sounds with shorter silence between them are told as one."""

FRAME_BYTES, FRAME_MS = 160, 20


def timeline_text(scene: Scene) -> str:
    """All that happened, as text."""
    entries = scene.twilio.journal.entries
    normal = _Normal(scene)
    told = [*_documents(entries), "", "--- timeline ---", *_Timeline(normal).lines(entries)]
    for line in scene.lines:
        told += ["", f"--- heard by {line.phone_number} on {line.call_sid}, from its answer on ---", *_heard(line)]
    return normal("\n".join(told) + "\n")


def _documents(entries: tuple[Entry, ...]) -> Iterator[str]:
    """Every document once, as it was served or given by REST."""
    seen = set()
    for entry in entries:
        if isinstance(entry, RestRequested):
            served = [(f"given to {entry.method} {entry.path}", text) for text in entry.parameters.get("Twiml", [])]
        elif isinstance(entry, WebhookSent) and "<Response" in entry.body:
            served = [(entry.url, entry.body)]
        else:
            continue
        for title, document in served:
            if (title, document) not in seen:
                seen.add((title, document))
                yield f"--- document {title} ---"
                yield _pretty(document)


def _pretty(document: str) -> str:
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError:
        return document
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")


class _Timeline:
    """Remembers what each call's requests have said already."""

    def __init__(self, normal: Callable[[str], str]) -> None:
        self._normal = normal
        self._said: dict[str, dict[str, str]] = {}

    def lines(self, entries: tuple[Entry, ...]) -> Iterator[str]:
        for entry in entries:
            what, detail = describe(entry)
            call = self._normal(entry.call_sid) or "-"
            yield f"{entry.at_ms / 1000:9.3f}  {call:<4} {what:<12} {detail}".rstrip()
            if isinstance(entry, WebhookSent):
                for fact in self._told(entry.call_sid, entry.parameters):
                    yield textwrap.indent(fact, f"{'':29}")

    def _told(self, call_sid: str, parameters: Mapping[str, str]) -> Iterator[str]:
        """The standard parameters in a paragraph, or what of them is new; then the request's own, one a line."""
        own = {name: value for name, value in parameters.items() if name not in STANDARD}
        if parameters.keys() >= STANDARD:
            standard = {name: value for name, value in parameters.items() if name in STANDARD}
            before = self._said.get(call_sid, {})
            news = " ".join(f"{name}={value}" for name, value in standard.items() if before.get(name) != value)
            yield textwrap.fill(f"as before {news}".rstrip() if before else news, 90, break_long_words=False)
            self._said[call_sid] = standard
        else:
            own = dict(parameters)
        for name, value in own.items():
            yield f"{name}: {'…' if name in CHANGING else value}".rstrip()


def _heard(line: Line) -> Iterator[str]:
    """When there was sound, and which keys were heard."""
    pcm = line.heard.ulaw()
    frames = [pcm[start : start + FRAME_BYTES] for start in range(0, len(pcm), FRAME_BYTES)]
    sounding = np.flatnonzero([not is_silent(frame) for frame in frames])
    stretches = np.split(sounding, np.flatnonzero(np.diff(sounding) > GAP_MS // FRAME_MS) + 1) if len(sounding) else []
    for stretch in stretches:
        yield f"{stretch[0] * FRAME_MS / 1000:9.3f} - {(stretch[-1] + 1) * FRAME_MS / 1000:.3f}  sound"
    if line.digits_heard:
        yield f"{'':9}  keys {line.digits_heard}"
    yield f"{len(frames) * FRAME_MS / 1000:9.3f}  end"


class _Normal:
    """Text without what differs by the day and the machine."""

    def __init__(self, scene: Scene) -> None:
        self._names = {
            scene.customer.url: "{app}",
            scene.streams.url.removesuffix("/media"): "{streams}",
            scene.twilio.base_url: "{twilio}",
        }
        self._sids: dict[str, list[str]] = {}

    def __call__(self, text: str) -> str:
        for address, name in self._names.items():
            text = text.replace(address, name)
        return re.sub(r"\b[A-Z]{2}[0-9a-f]{32}\b", self._number, text)

    def _number(self, match: re.Match[str]) -> str:
        known = self._sids.setdefault(match[0][:2], [])
        if match[0] not in known:
            known.append(match[0])
        return f"{match[0][:2]}{known.index(match[0]) + 1}"
