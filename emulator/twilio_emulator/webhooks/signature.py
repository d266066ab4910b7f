"""X-Twilio-Signature: how an app knows that a request is Twilio's [twilio.com/docs/usage/security].

Laws
----
* The signature is base64(HMAC-SHA1(auth token, signed text)); the signed text begins with the URL.
* A form's parameters follow the URL, sorted by name, each name and value without anything between. A name
  that is sent more than once counts each different value once, sorted.
* Anything else (GET, media, a stream's upgrade request) signs the URL alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from twilio_emulator.quirks import Quirks

HEADER = "X-Twilio-Signature"


def sign_form(auth_token: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Sign a form: `url` as `signed_url` gives it, `parameters` as decoded pairs, in any order."""
    return sign_url(auth_token, url + "".join(name + value for name, value in sorted(set(parameters))))


def sign_url(auth_token: str, url: str) -> str:
    """Sign a request without a form. The URL is taken as it is: base64 text of 28 characters comes back."""
    digest = hmac.digest(auth_token.encode(), url.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


def signed_url(url: str, quirks: Quirks) -> str:
    """The form in which a webhook's URL is signed.

    User and password are never part of it, nor the fragment (it carries connection overrides). Voice drops
    the port of an https URL, even an unusual one, and keeps the port of an http URL.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower() == "https" and not quirks.port_in_https_signature and parts.port is not None:
        host = host.rpartition(":")[0]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign_stream(auth_token: str, url: str, quirks: Quirks) -> str:
    """Sign a Media Stream's upgrade request: the `url` attribute (ws:// or wss://) exactly as written."""
    slash = "/" if quirks.stream_signature_trailing_slash and not url.endswith("/") else ""
    return sign_url(auth_token, url + slash)
