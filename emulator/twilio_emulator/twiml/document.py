"""From the bytes of a reply to a tree of elements, each of which knows its line and column.

Laws
----
* Nothing that an app sends can do harm or raise anything but `TwimlError`. A document type declaration is
  refused where it begins, so there are no entities to expand or to fetch; the size is bounded first; nothing
  here is recursive.
* The tree says what was written and judges nothing: names, attributes and nesting are the schema's business.
* Lines and columns count from 1, columns in characters.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

import msgspec

from twilio_emulator.twiml.charset import PARSE_FAILURE, decode
from twilio_emulator.twiml.errors import TwimlError, quoted
from twilio_emulator.twiml.facts import MAX_DOCUMENT_BYTES

WRONG_ROOT: Final = 12102
TOO_LONG: Final = 11750

_ADVICE: Final = {
    expat.errors.codes[message]: advice
    for message, advice in (
        (expat.errors.XML_ERROR_MISPLACED_XML_PI, "Let nothing come before <?xml, not even a blank."),
        (expat.errors.XML_ERROR_INVALID_TOKEN, "Write & as &amp; and < as &lt;, in URLs too."),
        (expat.errors.XML_ERROR_UNDEFINED_ENTITY, "Use &amp; &lt; &gt; &quot; &apos; and no others."),
        (expat.errors.XML_ERROR_TAG_MISMATCH, "Close every element, the last one opened first."),
        (expat.errors.XML_ERROR_SYNTAX, "Answer with TwiML: <Response>…</Response>."),
        (expat.errors.XML_ERROR_NO_ELEMENTS, "Answer with TwiML: at least <Response/>."),
    )
}
_OTHER_ADVICE: Final = "Build the document with an XML library or the SDK's VoiceResponse."


class Element(msgspec.Struct, frozen=True):
    """One element: its name and attributes as written, and its text and elements in document order."""

    name: str
    attributes: dict[str, str]
    content: tuple[str | Element, ...]
    line: int
    column: int

    @property
    def text(self) -> str:
        """Its own text, without that of the elements in it; blanks as written."""
        return "".join(part for part in self.content if isinstance(part, str))

    @property
    def children(self) -> tuple[Element, ...]:
        """The elements in it."""
        return tuple(part for part in self.content if not isinstance(part, str))


class Document(msgspec.Struct, frozen=True):
    """A well-formed `<Response>`."""

    root: Element


def parse(body: bytes, charset: str = "") -> Document:
    """Read a document of at most 64 kB; `charset` is the header's, empty when it names none.

    Raises:
        TwimlError: 11750 too long, 12100 not well-formed XML, or with a document type declaration, 12102
        another root.
    """
    if len(body) > MAX_DOCUMENT_BYTES:
        raise TwimlError(
            TOO_LONG,
            f"The document has {len(body)} bytes; TwiML may have {MAX_DOCUMENT_BYTES}.",
            hint="Split it, and go on with <Redirect>.",
        )
    text = decode(body, charset)
    if not text.strip():
        raise TwimlError(PARSE_FAILURE, "The document is empty.", hint="Answer with TwiML: at least <Response/>.")
    root = _Builder().build(text)
    if root.name != "Response":
        raise TwimlError(
            WRONG_ROOT,
            f"The root of the document is <{quoted(root.name)}>, not <Response>.",
            root.line,
            root.column,
            hint="Put the verbs into <Response>…</Response>; the name is case-sensitive.",
        )
    return Document(root)


class _Open:
    """An element whose end tag has not come yet."""

    __slots__ = ("attributes", "column", "content", "line", "name")

    def __init__(self, name: str, attributes: dict[str, str], line: int, column: int) -> None:
        self.name = name
        self.attributes = attributes
        self.line = line
        self.column = column
        self.content: list[str | Element] = []


class _Builder:
    """Builds the tree from expat's reports, with a stack of open elements instead of recursion."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._root: Element | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def build(self, text: str) -> Element:
        try:
            self._parser.Parse(text.encode(), True)  # noqa: FBT003
        except expat.ExpatError as error:
            reason = expat.errors.messages[error.code].removeprefix("not well-formed ").strip("()")
            raise TwimlError(
                PARSE_FAILURE,
                f"The document is not well-formed XML: {reason}.",
                error.lineno,
                error.offset + 1,
                hint=_ADVICE.get(error.code, _OTHER_ADVICE),
            ) from error
        assert self._root is not None  # expat refuses a document without a root
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        self._open.append(_Open(name, attributes, line, column))

    def _end(self, _: str) -> None:
        done = self._open.pop()
        element = Element(done.name, done.attributes, tuple(done.content), done.line, done.column)
        if self._open:
            self._open[-1].content.append(element)
        else:
            self._root = element

    def _characters(self, text: str) -> None:
        self._open[-1].content.append(text)

    def _doctype(self, *_: object) -> None:
        raise TwimlError(
            PARSE_FAILURE,
            "The document has a document type declaration, which TwiML has no use for.",
            self._parser.CurrentLineNumber,
            self._parser.CurrentColumnNumber + 1,
            hint="Remove <!DOCTYPE …>.",
        )
