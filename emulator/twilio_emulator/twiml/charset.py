"""From the bytes of a reply to text: which character set they are in, and what to say when they are not.

The header's charset decides; without one a byte order mark, then the XML prolog, then UTF-8
[rfc-editor.org/rfc/rfc7303, section 3].
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from twilio_emulator.twiml.errors import TwimlError, quoted

PARSE_FAILURE: Final = 12100

# fmt: off
CHARSETS: Final = frozenset(
    ["utf-8", "ascii", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman", "cp874"]
    + ["cp932", "shift_jis", "euc_jp", "iso2022_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5"]
    + [f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)]
    + [f"cp{page}" for page in range(1250, 1259)]
)
# fmt: on
"""Python's names of the character sets of the web [encoding.spec.whatwg.org].

It has other codecs, some of which are no character sets and some a burden on purpose; they are refused.
"""

_NAME: Final = re.compile(r"[A-Za-z0-9._:+-]{1,40}")
_BYTE_ORDER_MARKS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_PROLOG_ENCODING: Final = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")


def decode(body: bytes, charset: str = "") -> str:
    """Turn the bytes of a reply into text, without its byte order mark; `charset` is the header's, if any.

    Raises:
        TwimlError: 12100 for an unknown character set, and for bytes that are none of it.
    """
    declared = charset or _declared(body)
    name = _python_name(declared)
    if not name:
        raise TwimlError(
            PARSE_FAILURE,
            f"The character set {quoted(declared)!r} is unknown.",
            hint="Send the document as UTF-8.",
        )
    try:
        return body.decode(name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise TwimlError(
            PARSE_FAILURE,
            f"Byte {error.start} of the document is not {name}.",
            hint="Send UTF-8, or name the character set in the Content-Type or the XML prolog.",
        ) from error


def _declared(body: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS.items():
        if body.startswith(mark):
            return name
    prolog = _PROLOG_ENCODING.match(body)
    declared = prolog.group(1).decode("ascii") if prolog else "utf-8"
    # A prolog that could be read byte by byte is not UTF-16, whatever it says.
    return "utf-8" if declared.lower().startswith("utf-16") else declared


def _python_name(declared: str) -> str:
    """Python's name for a character set, or "" for what is none."""
    if not _NAME.fullmatch(declared):
        return ""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return ""
    return name if name in CHARSETS else ""
