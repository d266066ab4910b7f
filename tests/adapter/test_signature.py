"""Whether a request comes from Twilio. The signer is the official SDK."""

import logging

import pytest
from fake_twilio import AUTH_TOKEN, OURS
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from twilio_adapter.signature import HEADER, Signatures

URL = "https://tunnel.example/twilio/voice"
FORM = {"CallSid": "CA1", "From": OURS, "Empty": ""}


def signed(url: str, form: dict[str, str] | MultiDict[str], token: str = AUTH_TOKEN) -> dict[str, str]:
    return {HEADER: RequestValidator(token).compute_signature(url, form)}


@pytest.fixture
def signatures() -> Signatures:
    return Signatures(AUTH_TOKEN, validate=True)


def test_a_signed_form_is_genuine(signatures: Signatures) -> None:
    assert signatures.webhook_is_genuine(URL, FORM, signed(URL, FORM))


def test_a_name_that_is_repeated_is_signed_with_all_its_values(signatures: Signatures) -> None:
    form = MultiDict([("Digits", "1"), ("Digits", "2"), ("Sid", "CA1")])
    assert signatures.webhook_is_genuine(URL, form, signed(URL, form))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "nonsense"},
        signed(URL, FORM, token="another"),
        signed(URL, FORM | {"From": "+15550009999"}),
        signed("http://127.0.0.1:8765/twilio/voice", FORM),
    ],
)
def test_anything_else_is_not(signatures: Signatures, headers: dict[str, str]) -> None:
    assert not signatures.webhook_is_genuine(URL, FORM, headers)


def test_an_https_port_may_be_signed_or_left_out(signatures: Signatures) -> None:
    with_port = "https://tunnel.example:8443/twilio/voice"
    assert signatures.webhook_is_genuine(with_port, FORM, signed(URL, FORM))
    assert signatures.webhook_is_genuine(with_port, FORM, signed(with_port, FORM))


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("url", ["wss://tunnel.example/twilio/stream", "ws://127.0.0.1:8765/twilio/stream"])
def test_a_stream_is_signed_as_a_websocket_url(signatures: Signatures, url: str, slash: str) -> None:
    assert signatures.stream_is_genuine(url, signed(url + slash, {}))


def test_a_stream_signed_as_https_is_not_twilios(signatures: Signatures) -> None:
    url = "tunnel.example/twilio/stream"
    assert not signatures.stream_is_genuine(f"wss://{url}", signed(f"https://{url}", {}))


def test_a_refusal_names_the_url_and_the_header_and_hides_numbers(
    signatures: Signatures, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        signatures.webhook_is_genuine(f"{URL}?from=%2B15550001111", FORM, {HEADER: "nonsense"})
        signatures.webhook_is_genuine(URL, FORM, {})
    assert URL in caplog.text
    assert HEADER in caplog.text
    assert "public_base_url" in caplog.text
    assert "15550001111" not in caplog.text


def test_validation_can_be_switched_off() -> None:
    assert Signatures(AUTH_TOKEN, validate=False).webhook_is_genuine(URL, FORM, {})


@pytest.mark.parametrize(
    ("signed_for", "headers"),
    [
        ("http://tunnel.example/twilio/voice", {}),
        ("https://old.example/twilio/voice", {"X-Forwarded-Host": "old.example"}),
        ("http://127.0.0.1:8765/twilio/voice", {"Host": "127.0.0.1:8765"}),
    ],
)
def test_the_log_names_the_url_expected_and_the_one_that_was_signed(
    signatures: Signatures, caplog: pytest.LogCaptureFixture, signed_for: str, headers: dict[str, str]
) -> None:
    assert not signatures.webhook_is_genuine(URL, FORM, headers | signed(signed_for, FORM))
    assert f"does not fit {URL}" in caplog.text
    assert f"signed for {signed_for}:" in caplog.text


def test_the_log_says_so_when_it_cannot_tell_what_was_signed(
    signatures: Signatures, caplog: pytest.LogCaptureFixture
) -> None:
    assert not signatures.webhook_is_genuine(URL, FORM, signed(URL, FORM, token="another"))
    assert "another account's auth token" in caplog.text
