"""What is wrong with an app's TwiML, when it is wrong enough to stop the document.

Twilio calls this an error: the document is dropped and the fallback URL is asked, or the caller hears the
stock announcement. What Twilio only warns about (an attribute out of range, an unknown element) is a
`Problem` in the journal and never an exception. Source of codes: twilio.com/docs/api/errors.
"""

from __future__ import annotations

_MAX_QUOTED_CHARS = 40


class TwimlError(Exception):
    """The document cannot be carried out: Twilio's code, one sentence, and where.

    Line and column count from 1; 0 is nowhere. `hint` says what to change. `url` is what failed, when that is
    not the document itself.
    """

    def __init__(
        self, code: int, message: str, line: int = 0, column: int = 0, *, hint: str = "", url: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint
        self.url = url

    def __str__(self) -> str:
        place = f" (line {self.line}, column {self.column})" if self.line else ""
        return f"{self.code}: {self.message}{place}"


def quoted(text: str) -> str:
    """What a message quotes of an app's text: all of it, or its beginning."""
    return text if len(text) <= _MAX_QUOTED_CHARS else f"{text[:_MAX_QUOTED_CHARS]}…"
