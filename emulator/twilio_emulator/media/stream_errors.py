"""Twilio's error and warning codes of Media Streams, and how a stream that failed is told.

Source of the rows: twilio.com/docs/api/errors, the 319xx pages; here are those that an application can cause.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal, TypeAlias

Level: TypeAlias = Literal["error", "warning"]


class StreamCode(IntEnum):
    """What went wrong, by Twilio's number. `NONE` is for what Twilio says nothing about."""

    NONE = 0
    CONNECTION_TIMEOUT = 31901
    CONNECTION_REFUSED = 31902
    BROKEN_PIPE = 31903
    HOST_UNREACHABLE = 31904
    SSL_PROTOCOL_ERROR = 31910
    HANDSHAKE_ERROR = 31920
    CLOSE_ERROR = 31921
    URL_SCHEMA_NOT_SUPPORTED = 31922
    MALFORMED_URL = 31923
    PROTOCOL_ERROR = 31924
    BUFFER_OVERFLOW = 31930
    MEDIA_DISCARDED = 31931
    MALFORMED_MESSAGE = 31950
    INVALID_MESSAGE = 31951
    RTP_TIMEOUT = 31953

    @property
    def level(self) -> Level:
        """`warning` for what a stream survives, else `error`."""
        return "warning" if self in _WARNINGS else "error"


_WARNINGS: Final = frozenset(
    {
        StreamCode.NONE,
        StreamCode.BUFFER_OVERFLOW,
        StreamCode.MEDIA_DISCARDED,
        StreamCode.MALFORMED_MESSAGE,
        StreamCode.INVALID_MESSAGE,
        StreamCode.RTP_TIMEOUT,
    }
)


class StreamError(Exception):
    """A stream that could not be opened, or that broke: Twilio's code, one sentence, and what to change."""

    def __init__(self, code: StreamCode, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def parameter(self) -> str:
        """The `StreamError` parameter of a status callback; its wording is documented nowhere."""
        return f"Stream signal error, code: {self.code:d}"
