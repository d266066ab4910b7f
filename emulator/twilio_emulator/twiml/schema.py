"""What TwiML may contain, as types for tables; and the reader that holds a document against them.

A verb declares its attributes (default, kind of value, Twilio's code for a wrong one, source), what may be in
it, whether it answers the call, and its steps. `read` compares a whole document with those tables before the
first verb runs, so that every mistake is told, also that of a verb the call never reaches. What Twilio warns
about costs the app exactly what it costs there: a wrong value gives way to the default, an unknown name is
skipped [twilio.com/docs/api/errors/12200].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from twilio_emulator.journal import Problem
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.document import Document, Element
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.flow import Steps
from twilio_emulator.twiml.outcomes import Outcome
from twilio_emulator.twiml.values import Kind

SCHEMA_WARNING: Final = 12200

_XML_OWN: Final = ("xml", "xsi:")
"""Prefixes of attributes that may stand anywhere: namespaces, xml:lang, schema locations."""

Value = TypeVar("Value")
Level = Literal["warning", "error"]


class Attribute(msgspec.Struct, Generic[Value], frozen=True, eq=False):
    """One attribute. `code` and `level` are Twilio's for a wrong value; an error makes the document fail."""

    name: str
    default: Value
    kind: Kind[Value]
    code: int = SCHEMA_WARNING
    level: Level = "warning"
    source: str = ""


class Refusal(msgspec.Struct, frozen=True):
    """Why an element of Twilio's is refused here: Twilio's code for lacking what it needs, and one sentence."""

    code: int
    why: str


class Tag(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An element that TwiML has: a verb, or a noun inside one.

    `children` are read as tags of their own; `markup` (names with their attributes) is read for its text
    only, at any depth. `refused` are children that Twilio has and that cannot be here, `unsupported` those that
    this version has not. `child_code` and `child_level` are Twilio's for a child that is none of these.
    """

    name: str
    attributes: tuple[Attribute[Any], ...] = ()
    children: Mapping[str, Tag] = {}
    markup: Mapping[str, frozenset[str]] = {}
    refused: Mapping[str, Refusal] = {}
    unsupported: frozenset[str] = frozenset()
    has_text: bool = False
    child_code: int = SCHEMA_WARNING
    child_level: Level = "warning"


class Verb(Tag, frozen=True, kw_only=True, eq=False):
    """A tag that does something.

    `answers`: whether an unanswered call is picked up for it. `owns_faults`: whether it deals with what is wrong in
    it itself; otherwise that fails the document.
    """

    run: Callable[[Use, CallContext], Steps[Outcome]]
    answers: bool = True
    owns_faults: bool = False
    source: str


class Use(msgspec.Struct, frozen=True):
    """A tag as one document uses it: attribute values, text (blanks run together), children, as understood.

    `fault` is what makes the document fail when this is reached; `followed_by` is the name of the verb below,
    if any.
    """

    tag: Tag
    element: Element
    values: Mapping[str, Any]
    text: str
    children: tuple[Use, ...]
    fault: TwimlError | None = None
    followed_by: str = ""

    def __getitem__(self, attribute: Attribute[Value]) -> Value:
        value: Value = self.values.get(attribute.name, attribute.default)
        return value

    def has(self, attribute: Attribute[Any]) -> bool:
        """Whether the document gives this attribute a value that counts."""
        return attribute.name in self.values

    @property
    def place(self) -> str:
        """Its name and position, for messages."""
        return place(self.element)


class Script(msgspec.Struct, frozen=True):
    """A document ready to run, and everything that is to be said about it first; or why it cannot be run at all."""

    uses: tuple[Use, ...]
    problems: tuple[Problem, ...]
    fault: TwimlError | None = None


def read(document: Document, response: Tag, url: str = "") -> Script:
    """Hold a document against the tag of its root, which has a table of verbs for children."""
    reader = _Reader(url)
    root = reader.use(document.root, response)
    below = [*(use.tag.name for use in root.children), ""][1:]
    return Script(
        tuple(replace(use, followed_by=name) for use, name in zip(root.children, below, strict=True)),
        tuple(reader.problems),
        root.fault,
    )


def place(element: Element) -> str:
    """An element's name and position, for messages."""
    return f"<{quoted(element.name)}> at line {element.line}, column {element.column}"


class _Reader:
    """Reads elements as tags and collects what is wrong with them."""

    def __init__(self, url: str) -> None:
        self.problems: list[Problem] = []
        self._url = url

    def use(self, element: Element, tag: Tag) -> Use:
        faults: list[TwimlError] = []
        values = self._values(element, tag, faults)
        children = tuple(
            self.use(child, tag.children[child.name])
            for child in element.children
            if self._is_known(child, element, tag, faults)
        )
        text = self._text(element, tag)
        return Use(tag, element, values, text, children, faults[0] if faults else None)

    def _values(self, element: Element, tag: Tag, faults: list[TwimlError]) -> dict[str, Any]:
        known = {attribute.name: attribute for attribute in tag.attributes}
        values: dict[str, Any] = {}
        for name, text in element.attributes.items():
            attribute = known.get(name)
            if attribute is None:
                if not name.startswith(_XML_OWN):
                    self._unknown(f"{place(element)} has no attribute {quoted(name)}", name, known)
                continue
            try:
                values[name] = attribute.kind.read(text)
            except ValueError:
                self._wrong_value(element, attribute, text, faults)
        return values

    def _wrong_value(self, element: Element, attribute: Attribute[Any], text: str, faults: list[TwimlError]) -> None:
        message = f'{attribute.name}="{quoted(text)}" is not allowed.'
        takes = f"{attribute.name} takes {attribute.kind.allowed}"
        if attribute.level == "error":
            message = f"<{element.name}>: {message}"
            faults.append(TwimlError(attribute.code, message, element.line, element.column, hint=f"{takes}."))
            return
        self._warn(attribute.code, f"{place(element)}: {message}", f"{takes}{_instead(attribute.default)}.")

    def _is_known(self, child: Element, parent: Element, tag: Tag, faults: list[TwimlError]) -> bool:
        if child.name in tag.children:
            return True
        if child.name in tag.markup:
            return False
        if child.name in tag.unsupported:
            self._refuse(
                child, Refusal(SCHEMA_WARNING, f"<{child.name}> is not supported by this version of the emulator.")
            )
            return False
        if child.name in tag.refused:
            self._refuse(child, tag.refused[child.name])
            return False
        if tag.child_level == "error":
            message = f"<{quoted(child.name)}> does not belong in <{parent.name}>."
            faults.append(TwimlError(tag.child_code, message, child.line, child.column, hint=_allowed(tag)))
        else:
            message = f"{place(child)} does not belong in <{parent.name}>"
            self._unknown(message, child.name, {**tag.children, **tag.markup}, tag.child_code, _allowed(tag))
        return False

    def _refuse(self, child: Element, refusal: Refusal) -> None:
        message = f"{place(child)} is skipped."
        self.problems.append(
            Problem(code=refusal.code, level="error", message=message, hint=refusal.why, url=self._url)
        )

    def _text(self, element: Element, tag: Tag) -> str:
        """The text that counts, markup undone, without recursion: an app may nest as deep as it likes."""
        pieces: list[str] = []
        ahead: list[tuple[str | Element, Element]] = [(part, element) for part in reversed(element.content)]
        while ahead:
            part, parent = ahead.pop()
            if isinstance(part, str):
                pieces.append(part)
                continue
            attributes = tag.markup.get(part.name)
            if attributes is None:
                if parent is not element:
                    self._unknown(f"{place(part)} does not belong in <{parent.name}>", part.name, tag.markup)
                continue
            for name in sorted(part.attributes.keys() - attributes):
                self._unknown(f"{place(part)} has no attribute {quoted(name)}", name, attributes)
            # An element is a word boundary, and <sub alias="…"> is read as its alias.
            inside = (part.attributes["alias"],) if "alias" in part.attributes else part.content
            ahead.append((" ", part))
            ahead.extend((piece, part) for piece in reversed(inside))
            ahead.append((" ", part))
        text = " ".join("".join(pieces).split())
        if text and not tag.has_text:
            self._warn(SCHEMA_WARNING, f"{place(element)} has text, which counts for nothing.", "Remove the text.")
            return ""
        return text

    def _unknown(
        self,
        message: str,
        name: str,
        known: Mapping[str, Any] | frozenset[str],
        code: int = SCHEMA_WARNING,
        hint: str = "",
    ) -> None:
        alike = [other for other in known if other.lower() == name.lower()]
        if alike:
            hint = f"Names are case-sensitive: write {alike[0]}."
        self._warn(code, f"{message}; it is skipped.", hint or "Remove it, or see whether its name is misspelled.")

    def _warn(self, code: int, message: str, hint: str) -> None:
        self.problems.append(Problem(code=code, level="warning", message=message, hint=hint, url=self._url))


def _allowed(tag: Tag) -> str:
    names = ", ".join(f"<{name}>" for name in tag.children)
    return f"<{tag.name}> takes {names}." if names else f"<{tag.name}> takes no elements."


def _instead(default: Any) -> str:
    """Say which default is used; 0 and "" stand for having none."""
    if isinstance(default, bool):
        default = str(default).lower()
    return f"; {default} is used instead" if default else ""
