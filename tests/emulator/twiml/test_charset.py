from __future__ import annotations

import pytest

from twilio_emulator.twiml.charset import decode
from twilio_emulator.twiml.document import parse
from twilio_emulator.twiml.errors import TwimlError

TEXT = "<Response><Say>Grüße</Say></Response>"


def said(body, charset=""):
    return parse(body, charset).root.children[0].text


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("latin-1"), "ISO-8859-1"),
        (TEXT.encode("cp1252"), "windows-1252"),
        (f'<?xml version="1.0" encoding="ISO-8859-15"?>{TEXT}'.encode("iso8859-15"), ""),
        (f"<?xml version='1.0' encoding='windows-1252' ?>{TEXT}".encode("cp1252"), ""),
        (TEXT.encode("utf-16"), ""),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("utf-16-le"), "utf-16le"),
        (f'<?xml version="1.0" encoding="UTF-16"?>{TEXT}'.encode(), ""),
    ],
)
def test_header_byte_order_mark_and_prolog_are_heeded(body, charset):
    assert said(body, charset) == "Grüße"


def test_the_header_outranks_the_prolog():
    body = f'<?xml version="1.0" encoding="ISO-8859-1"?>{TEXT}'.encode()
    assert said(body, "utf-8") == "Grüße"


def test_several_bytes_a_character_are_no_difficulty():
    body = '<?xml version="1.0" encoding="Shift_JIS"?><Response><Say>こんにちは</Say></Response>'
    assert said(body.encode("shift_jis")) == "こんにちは"


@pytest.mark.parametrize(
    "charset", ["klingon", "zip", "unicode_escape", "punycode", "idna", "utf-7", "undefined", "a\0b", "x" * 99]
)
def test_what_is_no_character_set_of_the_web_is_12100(charset):
    with pytest.raises(TwimlError, match="unknown") as caught:
        decode(TEXT.encode(), charset)
    assert caught.value.code == 12100


def test_bytes_of_another_character_set_are_12100_and_the_byte_is_named():
    with pytest.raises(TwimlError, match="Byte 17 of the document is not utf-8") as caught:
        decode(TEXT.encode("latin-1"))
    assert caught.value.code == 12100
    assert "UTF-8" in caught.value.hint
