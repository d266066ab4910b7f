from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.twiml.errors import TwimlError
from twilio_emulator.twiml.flow import DocumentArrived
from twilio_emulator.twiml.replies import Sound, Text, content_type, understand
from twilio_emulator.twiml.schema import Script
from twilio_emulator.twiml.verbs import RESPONSE
from twilio_wire import tones
from twilio_wire.audio import wav_bytes

URL = "https://app.example.com/"
TWIML = b"<Response><Hangup/></Response>"


def reply(header, body):
    return DocumentArrived(URL, header, body)


def refused(header, body):
    with pytest.raises(TwimlError) as caught:
        understand(reply(header, body), RESPONSE)
    return caught.value


@pytest.mark.parametrize(
    "header",
    ["text/xml", "application/xml", "text/html", "TEXT/XML; charset=utf-8", 'text/xml;charset="UTF-8"', "text/plain"],
)
def test_twiml_is_recognised_by_its_type(header):
    script = understand(reply(header, TWIML), RESPONSE)
    assert isinstance(script, Script)
    assert [use.tag.name for use in script.uses] == ["Hangup"]


def test_the_charset_of_the_header_counts():
    script = understand(
        reply("text/xml; charset=ISO-8859-1", "<Response><Say>Grüße</Say></Response>".encode("latin-1")),
        RESPONSE,
    )
    assert script.uses[0].text == "Grüße"


@pytest.mark.parametrize("header", ["audio/wav", "audio/x-wav; rate=8000"])
def test_audio_is_to_be_played(header):
    body = wav_bytes(tones.synthesize(tones.BUSY, 500), rate=8000)
    sound = understand(reply(header, body), RESPONSE)
    assert isinstance(sound, Sound)
    assert len(sound.audio) == 4000


@pytest.mark.parametrize(("header", "body"), [("audio/ogg", b"OggS"), ("audio/wav", b"no audio"), ("audio/mpeg", b"")])
def test_audio_that_is_none_is_12300(header, body):
    assert refused(header, body).code == 12300


def test_plain_text_is_to_be_spoken():
    assert understand(reply("text/plain; charset=utf-8", b"Hello,\n  caller!\n"), RESPONSE) == Text("Hello, caller!")


def test_as_much_plain_text_as_the_voice_allows_is_spoken():
    assert understand(reply("text/plain", b"x" * 4096), RESPONSE) == Text("x" * 4096)


def test_plain_text_that_nearly_is_twiml_is_spoken_as_it_stands():
    assert understand(reply("text/plain", b"<Response><Say>"), RESPONSE) == Text("<Response><Say>")


@pytest.mark.parametrize(
    ("body", "code"), [(b"", 12100), (b" \n", 12100), (b"x" * 4097, 13521), (b"x" * 65_537, 11750), (b"\xff", 12100)]
)
def test_plain_text_that_cannot_be_spoken_is_refused(body, code):
    assert refused("text/plain", body).code == code


@pytest.mark.parametrize("header", ["application/json", "image/png", "application/octet-stream", "xml"])
def test_another_type_is_12300(header):
    error = refused(header, TWIML)
    assert error.code == 12300
    assert header in error.message
    assert "text/xml" in error.hint


def test_no_type_is_12300_unless_there_is_no_body_either():
    assert refused("", TWIML).code == 12300
    assert understand(reply("", b""), RESPONSE) == Script((), ())


def test_an_empty_body_that_says_it_is_xml_is_12100():
    assert refused("text/xml", b"").code == 12100


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("", ("", "")),
        ("Text/HTML", ("text/html", "")),
        ("text/xml; charset=UTF-8", ("text/xml", "UTF-8")),
        ("text/xml;q=1; CHARSET='latin1'", ("text/xml", "'latin1'")),
        ("text/xml; charset*=utf-8''x", ("text/xml", "")),
    ],
)
def test_headers_are_split(header, parts):
    assert content_type(header) == parts


@given(st.text(max_size=40), st.binary(max_size=60))
def test_any_reply_is_understood_or_a_twiml_error(header, body):
    try:
        understand(reply(header, body), RESPONSE)
    except TwimlError as error:
        assert error.hint
