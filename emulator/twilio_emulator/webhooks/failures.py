"""What can go wrong with somebody else's server, with Twilio's code for it, as a value.

A failure of the application is a reply like any other: it goes back to who asked, and into the journal. It
never unwinds a call.
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import responses
from typing import Final

import aiohttp

from twilio_emulator.webhooks.overrides import RetryOn


@dataclass(frozen=True, slots=True)
class Failure:
    """No usable reply: Twilio's error code, one sentence, and the URL (without login).

    `status` is the HTTP status when there was one, else 0. `kind` says which retry policy covers it.
    """

    code: int
    message: str
    url: str
    status: int = 0
    kind: RetryOn | None = None


# Codes and meanings: Twilio's error dictionary, twilio.com/docs/api/errors.
INVALID_URL: Final = 11100
ERROR_RESPONSE: Final = 11200
CONNECT_TIMEOUT: Final = 11201
CONNECTION_REFUSED: Final = 11202
TOTAL_TIMEOUT: Final = 11203
CONNECTION_FAILURE: Final = 11205
PROTOCOL_VIOLATION: Final = 11206
UNKNOWN_HOST: Final = 11210
TOO_MANY_REDIRECTS: Final = 11215
INVALID_REDIRECT: Final = 11216
TLS_HANDSHAKE: Final = 11220
CERTIFICATE_NAME: Final = 11235
CERTIFICATE_EXPIRED: Final = 11236
CERTIFICATE_PATH: Final = 11237
BODY_TOO_LARGE: Final = 11750
EMPTY_CHUNKED_BODY: Final = 11770

# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, …_HOSTNAME_MISMATCH and …_IP_ADDRESS_MISMATCH.
_CERTIFICATE_CODES: Final = {10: CERTIFICATE_EXPIRED, 62: CERTIFICATE_NAME, 64: CERTIFICATE_NAME}


def error_response(url: str, status: int) -> Failure:
    """An HTTP status of 400 or more."""
    phrase = responses.get(status, "not a standard status")
    kind = RetryOn.CLIENT_ERROR if status < HTTPStatus.INTERNAL_SERVER_ERROR else RetryOn.SERVER_ERROR
    return Failure(ERROR_RESPONSE, f"{url} answered {status} ({phrase}).", url, status, kind)


def out_of_time(url: str, total_ms: int, *, is_override: bool) -> Failure:
    """All the time there is for a request is over; `is_override` when the application set it with `tt`."""
    code = TOTAL_TIMEOUT if is_override else CONNECTION_FAILURE
    return Failure(code, f"{url} did not answer within {total_ms / 1000:g} s.", url, 0, RetryOn.READ)


def connection_failed(error: aiohttp.ClientError, url: str) -> Failure:
    """Name what aiohttp met: the first row of the table that the error belongs to."""
    for kinds, judge in _JUDGES:
        if isinstance(error, kinds):
            return judge(error, url)
    return Failure(CONNECTION_FAILURE, f"The request to {url} failed: {error}.", url)


def _certificate(error: aiohttp.ClientError, url: str) -> Failure:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error
    verify_code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else 0
    code = _CERTIFICATE_CODES.get(verify_code, CERTIFICATE_PATH)
    return Failure(code, f"The certificate of {url} is not valid: {cause}.", url)


def _connector(error: aiohttp.ClientError, url: str) -> Failure:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    if cause is not None and cause.errno == errno.ECONNREFUSED:
        message = f"{url} refused the connection: no server listens on that port."
        return Failure(CONNECTION_REFUSED, message, url, 0, RetryOn.CONNECT)
    return Failure(CONNECTION_FAILURE, f"No connection to {url}: {cause}.", url, 0, RetryOn.CONNECT)


def _always(code: int, sentence: str, kind: RetryOn | None = None) -> Callable[[Exception, str], Failure]:
    return lambda error, url: Failure(code, sentence.format(url=url, error=error), url, 0, kind)


_Judge = Callable[[aiohttp.ClientError, str], Failure]
_JUDGES: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], _Judge], ...]] = (
    (
        aiohttp.ClientConnectorDNSError,
        _always(UNKNOWN_HOST, "The host of {url} is unknown.", RetryOn.CONNECT),
    ),
    (aiohttp.ClientConnectorCertificateError, _certificate),
    (aiohttp.ClientSSLError, _always(TLS_HANDSHAKE, "The TLS handshake with {url} failed: {error}.")),
    (
        aiohttp.ConnectionTimeoutError,
        _always(CONNECT_TIMEOUT, "{url} did not take the connection in time.", RetryOn.CONNECT),
    ),
    (aiohttp.ClientConnectorError, _connector),
    (
        aiohttp.ServerTimeoutError,
        _always(CONNECTION_FAILURE, "{url} was silent for too long.", RetryOn.READ),
    ),
    (
        (aiohttp.ClientResponseError, aiohttp.ClientPayloadError),
        _always(PROTOCOL_VIOLATION, "The reply of {url} is not correct HTTP: {error}."),
    ),
    (
        (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError),
        _always(CONNECTION_FAILURE, "{url} closed the connection without an answer."),
    ),
)
