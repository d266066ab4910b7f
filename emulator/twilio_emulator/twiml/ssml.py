"""What `<Say>` says when there is mark-up in it: stretches of text, each in its own manner, and the pauses between.

Sources: twilio.com/docs/voice/twiml/say/text-speech, docs.aws.amazon.com/polly (supported SSML tags), whose figures
these are where it gives any. A value that is none counts for nothing, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from twilio_emulator.twiml.document import Element
from twilio_emulator.twiml.errors import quoted
from twilio_emulator.twiml.speech_script import Manner, Pause, Piece, Stretch
from twilio_emulator.twiml.spoken_forms import read_as

TAGS: Final = {
    "break": frozenset({"strength", "time"}),
    "emphasis": frozenset({"level"}),
    "lang": frozenset({"xml:lang"}),
    "p": frozenset[str](),
    "phoneme": frozenset({"alphabet", "ph"}),
    "prosody": frozenset({"volume", "rate", "pitch"}),
    "s": frozenset[str](),
    "say-as": frozenset({"interpret-as", "format", "role"}),
    "sub": frozenset({"alias"}),
    "w": frozenset({"role"}),
}
"""The mark-up that there is, with its attributes."""

BREAK_MS: Final = {"none": 0, "x-weak": 0, "weak": 250, "medium": 400, "strong": 700, "x-strong": 1200}
MAX_BREAK_MS: Final = 10_000
_PARAGRAPH: Final = Pause(BREAK_MS["x-strong"], is_boundary=True)
_SENTENCE: Final = Pause(BREAK_MS["strong"], is_boundary=True)
_BLEEP_MS: Final = 500

_RATES: Final = {"x-slow": 50, "slow": 75, "medium": 100, "fast": 125, "x-fast": 150, "default": 100}
_VOLUMES: Final = {
    "silent": -100.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "loud": 6.0, "x-loud": 12.0, "default": 0.0,
}  # fmt: skip
_EMPHASIS: Final = {"strong": (85, 2.0), "moderate": (92, 1.0), "none": (100, 0.0), "reduced": (108, -1.0)}
_RATE_RANGE: Final = (20, 200)


class Reading(msgspec.Struct, frozen=True):
    """The pieces, and what could not be understood: each a sentence."""

    pieces: tuple[Piece, ...]
    faults: tuple[str, ...]


Item = str | Element | Pause


def read(element: Element, language: str) -> Reading:
    """Read what is in a `<Say>` that speaks `language`, without recursion: an app may nest as deep as it likes."""
    reader = _Reader(language)
    pieces: list[Piece] = []
    ahead: list[tuple[Item, Manner]] = [(part, Manner()) for part in reversed(element.content)]
    while ahead:
        item, manner = ahead.pop()
        if isinstance(item, Pause):
            _add(pieces, item)
        elif isinstance(item, str):
            words = " ".join(item.split())
            if words:
                _add(pieces, Stretch(words, manner))
        elif item.name in _READERS:
            inside, manner = _READERS[item.name](reader, item, manner)
            ahead.extend((part, manner) for part in reversed(inside))
    while pieces and isinstance(pieces[-1], Pause) and pieces[-1].is_boundary:
        pieces.pop()
    return Reading(tuple(pieces), tuple(reader.faults))


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Add a piece; neighbours of one manner run together, and nothing begins with a boundary."""
    last = pieces[-1] if pieces else None
    if isinstance(piece, Stretch) and isinstance(last, Stretch) and last.manner == piece.manner:
        pieces[-1] = Stretch(f"{last.text} {piece.text}", piece.manner)
    elif isinstance(piece, Pause) and isinstance(last, Pause):
        pieces[-1] = last.joined(piece)
    elif last is not None or isinstance(piece, Stretch) or not piece.is_boundary:
        pieces.append(piece)


class _Reader:
    """One method a tag: what is to be read in its place, and in which manner."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.faults: list[str] = []

    def pause(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<break>`: `time` goes before `strength`."""
        strength, time = element.attributes.get("strength", "medium"), element.attributes.get("time", "")
        if strength not in BREAK_MS:
            self._fault(element, "strength")
        ms = BREAK_MS.get(strength, BREAK_MS["medium"])
        found = re.fullmatch(r"\+?(\d{1,6}(?:\.\d{1,6})?)(ms|s)", time.strip())
        if found:
            ms = min(round(float(found[1]) * (1000 if found[2] == "s" else 1)), MAX_BREAK_MS)
        elif time:
            self._fault(element, "time")
        return ((Pause(ms),) if ms else ()), manner

    def emphasis(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<emphasis>`: slower and louder, or the reverse."""
        level = element.attributes.get("level", "moderate")
        if level not in _EMPHASIS:
            self._fault(element, "level")
        return element.content, _changed(manner, *_EMPHASIS.get(level, _EMPHASIS["none"]))

    def prosody(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<prosody>`: its pitch changes nothing."""
        rate = element.attributes.get("rate", "default").strip()
        rate_percent = _RATES.get(rate) or (int(rate[:-1]) if re.fullmatch(r"\d{1,3}%", rate) else 0)
        if not _RATE_RANGE[0] <= rate_percent <= _RATE_RANGE[1]:
            self._fault(element, "rate")
            rate_percent = 100
        volume = element.attributes.get("volume", "default").strip()
        volume_db = _VOLUMES.get(volume)
        if volume_db is None and re.fullmatch(r"[+-]\d{1,2}(\.\d{1,3})?dB", volume):
            volume_db = float(volume[:-2])
        if volume_db is None:
            self._fault(element, "volume")
        return element.content, _changed(manner, rate_percent, volume_db or 0.0)

    def say_as(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<say-as>`: an expletive is left out, as long as a bleep lasts."""
        kind = element.attributes.get("interpret-as", "")
        if kind == "expletive":
            return (Pause(_BLEEP_MS),), manner
        text = _text(element)
        english = (manner.language or self._language).lower().startswith("en")
        said = read_as(text, kind, element.attributes.get("format", ""), english=english)
        if said is None:
            self._fault(element, "interpret-as")
        return (text if said is None else said,), manner

    def sub(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<sub>`: its alias."""
        return (element.attributes.get("alias", _text(element)),), manner

    def lang(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<lang>`: another language."""
        return element.content, replace(manner, language=element.attributes.get("xml:lang", manner.language))

    def paragraph(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<p>`."""
        return (_PARAGRAPH, *element.content, _PARAGRAPH), manner

    def sentence(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<s>`."""
        return (_SENTENCE, *element.content, _SENTENCE), manner

    def text(self, element: Element, manner: Manner) -> tuple[tuple[Item, ...], Manner]:
        """`<phoneme>` and `<w>`: how it is pronounced changes nothing."""
        return element.content, manner

    def _fault(self, element: Element, attribute: str) -> None:
        self.faults.append(
            f"<{element.name}> at line {element.line}, column {element.column}: "
            f'{attribute}="{quoted(element.attributes.get(attribute, ""))}" is not understood and changes nothing.'
        )


def _changed(manner: Manner, rate_percent: int, volume_db: float) -> Manner:
    low, high = _RATE_RANGE
    rate = max(low, min(high, manner.rate_percent * rate_percent // 100))
    return replace(manner, rate_percent=rate, volume_db=manner.volume_db + volume_db)


def _text(element: Element) -> str:
    """The text in an element, mark-up undone."""
    pieces: list[str] = []
    ahead: list[str | Element] = list(reversed(element.content))
    while ahead:
        part = ahead.pop()
        if isinstance(part, str):
            pieces.append(part)
        else:
            ahead.extend(reversed(part.content))
    return " ".join("".join(pieces).split())


_READERS: Final[Mapping[str, Callable[[_Reader, Element, Manner], tuple[tuple[Item, ...], Manner]]]] = {
    "break": _Reader.pause,
    "emphasis": _Reader.emphasis,
    "lang": _Reader.lang,
    "p": _Reader.paragraph,
    "phoneme": _Reader.text,
    "prosody": _Reader.prosody,
    "s": _Reader.sentence,
    "say-as": _Reader.say_as,
    "sub": _Reader.sub,
    "w": _Reader.text,
}
