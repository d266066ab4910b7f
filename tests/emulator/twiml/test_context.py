from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.quirks import Quirks
from twilio_emulator.twiml.context import CallContext
from twilio_emulator.twiml.errors import TwimlError


def in_document(url):
    return CallContext(quirks=Quirks(), answered=True, document_url=url)


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("", "https://app.example.com/voice/menu?a=1"),
        ("next", "https://app.example.com/voice/next"),
        ("?b=2", "https://app.example.com/voice/menu?b=2"),
        ("/top", "https://app.example.com/top"),
        ("//cdn.example.com/x", "https://cdn.example.com/x"),
        ("http://user:pw@b.example.com:81/x#rc=2", "http://user:pw@b.example.com:81/x#rc=2"),
    ],
)
def test_urls_are_resolved_against_the_document(url, meant):
    assert in_document("https://app.example.com/voice/menu?a=1").resolve(url) == meant


@pytest.mark.parametrize("url", ["mailto:a@b", "https://", "http://[", "javascript:alert(1)", "file:///etc/passwd"])
@pytest.mark.parametrize("document", ["", "https://app.example.com/"])
def test_what_is_no_http_url_is_11100(url, document):
    with pytest.raises(TwimlError) as caught:
        in_document(document).resolve_action(url)
    assert caught.value.code == 11100


def test_an_inline_document_takes_absolute_urls_only():
    assert in_document("").resolve_action("https://a.example.com/x") == "https://a.example.com/x"
    for url, code in (("/x", 15004), ("x", 15004), ("", 11100)):
        with pytest.raises(TwimlError) as caught:
            in_document("").resolve_action(url)
        assert caught.value.code == code


@given(st.text(max_size=40), st.sampled_from(["", "https://app.example.com/a/b"]))
def test_any_text_is_an_http_url_or_a_twiml_error(url, document):
    try:
        resolved = in_document(document).resolve(url)
    except TwimlError:
        return
    assert resolved.startswith(("http://", "https://", "HTTP"))
