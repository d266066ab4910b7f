"""The official SDK's client, talking to the emulator.

The SDK has no setting for the API's address; its HTTP client is the place to change it [twilio-python, `http`].
"""

from __future__ import annotations

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from twilio_wire.hosts import rebase


class RebasedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK publishes no types
    """The SDK's own HTTP client, sending what is for Twilio to `base_url`."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,  # noqa: FBT001, FBT002  (the SDK's signature)
    ) -> Response:
        """Send a request of the SDK."""
        return super().request(
            method, rebase(url, self._base_url), params, data, headers, auth, timeout, allow_redirects
        )


def sdk_client(account_sid: str, auth_token: str, base_url: str) -> Client:
    """A `twilio.rest.Client` whose requests go to `base_url`, such as `http://127.0.0.1:8080`."""
    return Client(account_sid, auth_token, http_client=RebasedHttpClient(base_url))
