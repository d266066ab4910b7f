"""What a call's verbs know of the call: which document they stand in, and whether anybody has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from twilio_emulator.journal import Problem
from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import Report

INVALID_URL: Final = 11100
RELATIVE_ACTION_INLINE: Final = 15004

_ABSOLUTE: Final = "Write an absolute URL, https://host/path."


@dataclass(slots=True, kw_only=True, eq=False)
class CallContext:
    """One call, as its TwiML sees it. `document_url` is empty while a document given inline is in charge."""

    quirks: Quirks
    answered: bool
    document_url: str = ""

    def resolve(self, url: str, *, inline_code: int = INVALID_URL) -> str:
        """Make a URL of the document absolute; an empty one means the document itself.

        Raises:
            TwimlError: `inline_code` for a relative URL in a document without a URL of its own, 11100 for what is no
                http or https URL [twilio.com/docs/api/errors/11100].
        """
        url = url.strip()
        try:
            written = urlsplit(url)
            absolute = urljoin(self.document_url, url)
            parts = urlsplit(absolute)
        except ValueError as error:
            raise TwimlError(INVALID_URL, f"{url!r} is not a URL: {error}.", hint=_ABSOLUTE) from error
        if written.scheme and not written.netloc:
            raise TwimlError(INVALID_URL, f"{url!r} is not a URL with a host.", hint=_ABSOLUTE)
        if parts.scheme in ("http", "https") and parts.hostname:
            return absolute
        if parts.scheme:
            raise TwimlError(INVALID_URL, f"{url!r} is not an http or https URL.", hint=_ABSOLUTE)
        what = f"The relative URL {url!r}" if url else "The document's own URL"
        raise TwimlError(inline_code, f"{what} is meant, but this TwiML was given inline and has none.", hint=_ABSOLUTE)

    def resolve_action(self, url: str) -> str:
        """Make an `action` absolute, as `resolve` does.

        Raises:
            TwimlError: 15004 for a relative one in an inline document, 11100 for a missing one there and for
                anything else that is wrong [twilio.com/docs/api/errors/15004, twilio.com/docs/api/errors/11100].
        """
        return self.resolve(url, inline_code=RELATIVE_ACTION_INLINE if url.strip() else INVALID_URL)

    def warning(self, code: int, message: str, hint: str = "") -> Report:
        """Write down what Twilio warns about, or what will bite in production (`code` 0)."""
        return Report(Problem(code=code, level="warning", message=message, hint=hint, url=self.document_url))

    def error(self, code: int, message: str, hint: str = "") -> Report:
        """Write down an error that does not stop the document."""
        return Report(Problem(code=code, level="error", message=message, hint=hint, url=self.document_url))

    def failure(self, error: TwimlError) -> Report:
        """Write down what stopped the document."""
        place = f" (line {error.line}, column {error.column})." if error.line else "."
        return Report(
            Problem(
                code=error.code,
                level="error",
                message=error.message.removesuffix(".") + place,
                hint=error.hint,
                url=error.url or self.document_url,
            )
        )
