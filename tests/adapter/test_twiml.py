"""The TwiML we hand out."""

from xml.etree import ElementTree

import pytest

from twilio_adapter.twiml import connect_stream, reject


def test_a_stream_is_connected_both_ways_and_is_the_last_verb() -> None:
    document = ElementTree.fromstring(connect_stream("wss://tunnel.example/twilio/stream", "s3cret"))
    assert [verb.tag for verb in document] == ["Connect"]
    stream = document.find("Connect/Stream")
    assert stream.attrib == {"url": "wss://tunnel.example/twilio/stream"}
    assert stream.find("Parameter").attrib == {"name": "token", "value": "s3cret"}


def test_digits_are_played_before_the_stream() -> None:
    document = ElementTree.fromstring(connect_stream("wss://h/s", "t", digits="1w2#"))
    assert [verb.tag for verb in document] == ["Play", "Connect"]
    assert document.find("Play").attrib == {"digits": "1w2#"}
    assert not document.find("Play").text


def test_a_document_fits_into_twilios_4000_characters() -> None:
    assert len(connect_stream("wss://" + "h" * 200 + "/s", "t" * 40, digits="1" * 100)) < 4000


@pytest.mark.parametrize("reason", ["busy", "rejected"])
def test_a_rejection_says_why(reason: str) -> None:
    document = ElementTree.fromstring(reject(reason))
    assert [(verb.tag, verb.attrib) for verb in document] == [("Reject", {"reason": reason})]
