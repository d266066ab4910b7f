import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.webhooks.target import InvalidTarget, is_target, parse_target


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000/voice",
        "https://[::1]:8443/voice?a=b%20c&d=%2F",
        "http://localhost:5000/",
        "https://app.example/a%2Fb/~me?x=(1)",
    ],
)
def test_a_correct_url_is_requested_as_written(url: str) -> None:
    assert parse_target(url).url == url


def test_what_may_not_stand_in_a_url_is_escaped() -> None:
    assert parse_target("http://app.example/grüße sagen?an=Jörg #x").url == (
        "http://app.example/gr%C3%BC%C3%9Fe%20sagen?an=J%C3%B6rg%20"
    )
    assert parse_target("http://bücher.example").url == "http://xn--bcher-kva.example/"


def test_login_and_overrides_are_taken_out() -> None:
    target = parse_target("https://me%40home:p%3Aw@app.example:8443/voice#rc=2&rp=all")
    assert target.url == "https://app.example:8443/voice"
    assert target.login is not None
    assert (target.login.username, target.login.password) == ("me@home", "p:w")
    assert target.fragment == "rc=2&rp=all"
    assert "p:w" not in repr(target)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/voice",
        "voice.xml",
        "app.example/voice",
        "file:///etc/passwd",
        "ftp://app.example/voice",
        "javascript:alert(1)",
        "http://",
        "http:///voice",
        "http://:80/voice",
        "http://app.example:99999/",
        "http://app.example:port/",
        "http://[::1/voice",
        "http://a b/voice",
        "http://app.example/" + "x" * 4000,
    ],
)
def test_what_twilio_cannot_call_is_refused(text: str) -> None:
    assert not is_target(text)
    with pytest.raises(InvalidTarget):
        parse_target(text)


@given(st.one_of(st.text(), st.text().map(lambda text: "http://" + text)))
def test_any_text_is_a_target_or_is_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except InvalidTarget:
        return
    assert target.url.isascii()
    assert parse_target(target.url).url == target.url
