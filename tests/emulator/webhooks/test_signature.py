"""Signatures are judged by the official SDK and by its published vectors, never by our own code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from twilio_emulator.quirks import Quirks
from twilio_emulator.webhooks.signature import sign_form, sign_stream, sign_url, signed_url

TOKEN = "12345"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
PAGE = "https://mycompany.com/myapp.php?foo=1&bar=2"


@pytest.mark.parametrize(
    ("url", "parameters", "signature"),
    [
        (PAGE, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (PAGE.replace(".com/", ".com:443/"), CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (
            PAGE.replace("https", "http").replace(".com/", ".com:80/"),
            CALL,
            "0ZXoZLH/DfblKGATFgpif+LLRf4=",
        ),
        (
            "https://example.com/myapp.php?foo=1&bar=2",
            CALL | {"Caller": "+14158675310", "From": "+14158675310"},
            "L/OH5YylLD5NRKLltdqwSvS0BnU=",
        ),
    ],
)
def test_forms_have_the_signatures_that_twilio_publishes(url: str, parameters: dict, signature: str) -> None:
    assert sign_form(TOKEN, url, parameters.items()) == signature


def test_a_repeated_parameter_counts_each_value_once() -> None:
    repeated = [("Sid", "CA123"), ("SidAccount", "AC123")] + [("Digits", digits) for digits in ("5678", "1234", "1234")]
    assert sign_form(TOKEN, PAGE, repeated) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_a_get_signs_its_url_alone() -> None:
    assert sign_url(TOKEN, PAGE) == "zYQTYrRWXE7LtzbG4PfP7/bkkGo="


@given(
    st.lists(st.tuples(st.text(min_size=1).filter(lambda name: name.isprintable()), st.text()), max_size=12),
    st.text(min_size=1),
)
def test_the_official_validator_accepts_any_form(parameters: list[tuple[str, str]], token: str) -> None:
    parameters = [(name, value.encode(errors="replace").decode()) for name, value in parameters]
    signature = sign_form(token, PAGE, parameters)
    assert RequestValidator(token).validate(PAGE, MultiDict(parameters), signature)


@given(st.dictionaries(st.sampled_from(["To", "From", "Digits"]), st.text("0123456789+ ,é", max_size=8), min_size=1))
def test_the_official_validator_refuses_a_form_that_was_tampered_with(parameters: dict[str, str]) -> None:
    signature = sign_form(TOKEN, PAGE, parameters.items())
    assert not RequestValidator(TOKEN).validate(PAGE, parameters | {"Extra": "x"}, signature)


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("http://127.0.0.1:5000/voice?a=1", "http://127.0.0.1:5000/voice?a=1"),
        ("https://app.example:8443/voice", "https://app.example/voice"),
        ("https://[::1]:8443/voice", "https://[::1]/voice"),
        ("http://user:pa:ss@app.example/voice", "http://app.example/voice"),
        ("https://user:secret@app.example:8443/voice#rc=2", "https://app.example/voice"),
    ],
)
def test_login_and_fragment_are_never_signed_and_https_loses_its_port(url: str, signed: str) -> None:
    assert signed_url(url, Quirks()) == signed


def test_the_https_port_can_be_kept() -> None:
    quirks = Quirks(port_in_https_signature=True)
    assert signed_url("https://app.example:8443/voice", quirks) == "https://app.example:8443/voice"


@given(
    st.sampled_from(["http", "https"]),
    st.one_of(st.none(), st.integers(1, 65535)),
    st.sampled_from(["", "?a=%20"]),
)
def test_the_validator_accepts_whatever_port_the_url_has(scheme: str, port: int | None, query: str) -> None:
    url = f"{scheme}://app.example{'' if port is None else f':{port}'}/voice{query}"
    assert RequestValidator(TOKEN).validate(url, {}, sign_url(TOKEN, signed_url(url, Quirks())))


def test_a_stream_signs_its_url_exactly_as_written() -> None:
    url = "wss://app.example:8443/media"
    signature = sign_stream(TOKEN, url, Quirks())
    assert signature == RequestValidator(TOKEN).compute_signature(url, {})


def test_a_streams_signed_url_can_end_in_a_slash() -> None:
    quirks = Quirks(stream_signature_trailing_slash=True)
    expected = RequestValidator(TOKEN).compute_signature("wss://app.example/media/", {})
    assert sign_stream(TOKEN, "wss://app.example/media", quirks) == expected
    assert sign_stream(TOKEN, "wss://app.example/media/", quirks) == expected
