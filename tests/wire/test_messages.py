import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire import messages as m
from twilio_wire.g711 import IDLE_FRAME

ACCOUNT, CALL, STREAM = "AC" + "a" * 32, "CA" + "b" * 32, "MZ" + "c" * 32

# Texts as twilio.com/docs/voice/media-streams/websocket-messages has them, keys in the order of live calls.
FROM_TWILIO = [
    (m.Connected(), '{"event":"connected","protocol":"Call","version":"1.0.0"}'),
    (
        m.Start(
            sequence_number="1",
            start=m.StartBody(
                account_sid=ACCOUNT,
                stream_sid=STREAM,
                call_sid=CALL,
                tracks=("inbound",),
                media_format=m.MediaFormat(),
                custom_parameters={"name": "value"},
            ),
            stream_sid=STREAM,
        ),
        '{"event":"start","sequenceNumber":"1","start":{'
        f'"accountSid":"{ACCOUNT}","streamSid":"{STREAM}","callSid":"{CALL}","tracks":["inbound"],'
        '"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},'
        f'"customParameters":{{"name":"value"}}}},"streamSid":"{STREAM}"}}',
    ),
    (
        m.Media(
            sequence_number="2",
            media=m.MediaBody(track="inbound", chunk="1", timestamp="155", payload=b"\xff\x7f\xfe"),
            stream_sid=STREAM,
        ),
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"155",'
        f'"payload":"/3/+"}},"streamSid":"{STREAM}"}}',
    ),
    (
        m.Dtmf(stream_sid=STREAM, sequence_number="5", dtmf=m.DtmfBody(digit="1")),
        f'{{"event":"dtmf","streamSid":"{STREAM}","sequenceNumber":"5",'
        '"dtmf":{"track":"inbound_track","digit":"1"}}',
    ),
    (
        m.Mark(sequence_number="4", stream_sid=STREAM, mark=m.MarkBody("my label")),
        f'{{"event":"mark","sequenceNumber":"4","streamSid":"{STREAM}","mark":{{"name":"my label"}}}}',
    ),
    (
        m.Stop(sequence_number="352", stream_sid=STREAM, stop=m.StopBody(account_sid=ACCOUNT, call_sid=CALL)),
        f'{{"event":"stop","sequenceNumber":"352","streamSid":"{STREAM}",'
        f'"stop":{{"accountSid":"{ACCOUNT}","callSid":"{CALL}"}}}}',
    ),
]
FROM_APP = [
    (
        m.AppMedia(stream_sid=STREAM, media=m.AppMediaBody(b"\xff\x7f\xfe")),
        f'{{"event":"media","streamSid":"{STREAM}","media":{{"payload":"/3/+"}}}}',
    ),
    (
        m.AppMark(stream_sid=STREAM, mark=m.MarkBody("my label")),
        f'{{"event":"mark","streamSid":"{STREAM}","mark":{{"name":"my label"}}}}',
    ),
    (m.AppClear(stream_sid=STREAM), f'{{"event":"clear","streamSid":"{STREAM}"}}'),
]


def event_of(value):
    return type(value).__name__ if not isinstance(value, str) else ""


@pytest.mark.parametrize(("message", "text"), FROM_TWILIO, ids=event_of)
def test_twilio_s_messages_are_written_and_read_to_the_letter(message, text):
    assert m.encode(message) == text
    assert m.decode_from_twilio(text) == message
    assert m.decode_from_twilio(text.encode()) == message


@pytest.mark.parametrize(("message", "text"), FROM_APP, ids=event_of)
def test_the_app_s_messages_are_written_and_read_to_the_letter(message, text):
    assert m.encode(message) == text
    assert m.decode_from_app(text) == message
    assert m.decode_from_app(text.encode()) == message
    assert m.unexpected_fields(text) == ()


def test_a_frame_of_20_ms_is_216_characters_of_base64():
    text = m.encode(m.AppMedia(stream_sid=STREAM, media=m.AppMediaBody(IDLE_FRAME)))
    assert len(json.loads(text)["media"]["payload"]) == 216


def test_a_stream_without_parameters_says_so_with_an_empty_object():
    body = m.StartBody(account_sid=ACCOUNT, stream_sid=STREAM, call_sid=CALL)
    text = m.encode(m.Start(sequence_number="1", start=body, stream_sid=STREAM))
    assert json.loads(text)["start"]["customParameters"] == {}


TEXT = st.text(max_size=20)
DIGITS = st.integers(0, 10**9).map(str)
TRACKS = st.sampled_from(["inbound", "outbound"])
MESSAGES_FROM_TWILIO = st.one_of(
    st.builds(m.Connected, protocol=TEXT, version=TEXT),
    st.builds(
        m.Start,
        sequence_number=DIGITS,
        start=st.builds(
            m.StartBody,
            account_sid=TEXT,
            stream_sid=TEXT,
            call_sid=TEXT,
            tracks=st.lists(TRACKS).map(tuple),
            custom_parameters=st.dictionaries(TEXT, TEXT),
        ),
        stream_sid=TEXT,
    ),
    st.builds(
        m.Media,
        sequence_number=DIGITS,
        media=st.builds(m.MediaBody, track=TRACKS, chunk=DIGITS, timestamp=DIGITS, payload=st.binary()),
        stream_sid=TEXT,
    ),
    st.builds(m.Dtmf, stream_sid=TEXT, sequence_number=DIGITS, dtmf=st.builds(m.DtmfBody, digit=TEXT)),
    st.builds(m.Mark, sequence_number=DIGITS, stream_sid=TEXT, mark=st.builds(m.MarkBody, TEXT)),
    st.builds(
        m.Stop,
        sequence_number=DIGITS,
        stream_sid=TEXT,
        stop=st.builds(m.StopBody, account_sid=TEXT, call_sid=TEXT),
    ),
)
MESSAGES_FROM_APP = st.one_of(
    st.builds(m.AppMedia, stream_sid=TEXT, media=st.builds(m.AppMediaBody, st.binary())),
    st.builds(m.AppMark, stream_sid=TEXT, mark=st.builds(m.MarkBody, TEXT)),
    st.builds(m.AppClear, stream_sid=TEXT),
)


@given(MESSAGES_FROM_TWILIO)
def test_whatever_twilio_says_arrives(message):
    assert m.decode_from_twilio(m.encode(message)) == message


@given(MESSAGES_FROM_APP)
def test_whatever_the_app_says_arrives(message):
    assert m.decode_from_app(m.encode(message)) == message


@given(MESSAGES_FROM_APP, st.booleans())
def test_spacing_and_order_of_keys_do_not_matter(message, backwards):
    content = json.loads(m.encode(message))
    items = sorted(content.items(), reverse=backwards)
    assert m.decode_from_app(json.dumps(dict(items), indent=2)) == message


def app_media(**changes):
    content = {"event": "media", "streamSid": STREAM, "media": {"payload": "/3/+"}}
    content.update(changes)
    return json.dumps({name: value for name, value in content.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Not JSON"),
        ("hello", "Not JSON"),
        ('{"event":"media"', "Not JSON"),
        (b"\xff\xfe", "Not JSON"),
        ('"\ud800"', "Not JSON"),
        ("[]", "Expected `object`"),
        ("null", "Expected `object`"),
        ("[" * 100_000, "Expected `object`"),
        ('{"event":"clear","streamSid":"MZ","x":' + "[" * 100_000, "Not JSON"),
        ("{}", "required field `event`"),
        (app_media(event="dtmf"), r"'dtmf' - at `\$\.event`"),
        (app_media(event="Media"), r"'Media' - at `\$\.event`"),
        (app_media(event=7), r"\$\.event"),
        (app_media(streamSid=None), "required field `streamSid`"),
        (app_media(streamSid=None, stream_sid=STREAM), "required field `streamSid`"),
        (app_media(streamSid=7), r"Expected `str`, got `int` - at `\$\.streamSid`"),
        (app_media(media=None), "required field `media`"),
        (app_media(media="/3/+"), r"Expected `object`, got `str` - at `\$\.media`"),
        (app_media(media={}), r"required field `payload` - at `\$\.media`"),
        (app_media(media={"payload": 7}), r"\$\.media\.payload"),
        (app_media(media={"payload": "not base64!"}), r"base64 encoded string - at `\$\.media\.payload`"),
        (app_media(media={"payload": "/3/"}), "base64"),
        (app_media(event="mark"), "required field `mark`"),
        (app_media(event="mark", mark={}), "required field `name`"),
        (app_media(event="mark", mark={"name": 3}), r"Expected `str`, got `int` - at `\$\.mark\.name`"),
    ],
)
def test_a_message_twilio_would_not_understand_is_refused_with_the_reason(text, reason):
    with pytest.raises(m.MalformedMessage, match=reason):
        m.decode_from_app(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"connected"',
        '{"event":"hello"}',
        '{"event":"dtmf","streamSid":"MZ","sequenceNumber":5,"dtmf":{"track":"inbound_track","digit":"1"}}',
        '{"event":"dtmf","streamSid":"MZ","sequenceNumber":"5","dtmf":{"track":"inbound","digit":"1"}}',
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"one","timestamp":"0",'
        '"payload":""},"streamSid":"MZ"}',
        '{"event":"media","sequenceNumber":"2\\n","media":{"track":"inbound","chunk":"1","timestamp":"0",'
        '"payload":""},"streamSid":"MZ"}',
        '{"event":"media","sequenceNumber":"2","media":{"track":"inbound_track","chunk":"1","timestamp":"0",'
        '"payload":""},"streamSid":"MZ"}',
    ],
)
def test_a_message_twilio_would_not_send_is_refused(text):
    with pytest.raises(m.MalformedMessage):
        m.decode_from_twilio(text)


@given(st.one_of(st.text(), st.binary()))
def test_no_text_breaks_the_reader(text):
    for decode in (m.decode_from_app, m.decode_from_twilio):
        with pytest.raises(m.MalformedMessage):
            decode(text)


def test_the_app_may_ignore_what_twilio_adds_one_day():
    text = '{"event":"connected","protocol":"Call","version":"2.0.0","region":"ie1"}'
    assert m.decode_from_twilio(text) == m.Connected(version="2.0.0")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (app_media(sequenceNumber="3"), ("sequenceNumber",)),
        (app_media(media={"track": "outbound", "payload": "/3/+", "chunk": "1"}), ("media.track", "media.chunk")),
        (app_media(media={"payload": "/3/+"}, mark={"name": "x"}), ("mark",)),
        (app_media(event="clear", media=None, reason={"why": 1}), ("reason",)),
        (app_media(event="mark", media=None, mark={"name": "x", "id": 1}), ("mark.id",)),
    ],
)
def test_fields_that_do_not_belong_are_accepted_and_named(text, fields):
    assert m.unexpected_fields(text) == fields
    assert m.unexpected_fields(text.encode()) == fields
    m.decode_from_app(text)


@given(
    st.one_of(st.just(STREAM), TEXT),
    TRACKS,
    st.integers(1, 10**7),
    st.integers(1, 10**7),
    st.integers(0, 10**8),
    st.one_of(st.just(IDLE_FRAME), st.binary(max_size=400)),
)
def test_a_template_writes_what_encoding_writes(stream_sid, track, sequence, chunk, timestamp_ms, frame):
    body = m.MediaBody(track=track, chunk=str(chunk), timestamp=str(timestamp_ms), payload=frame)
    message = m.Media(sequence_number=str(sequence), media=body, stream_sid=stream_sid)
    assert m.MediaTemplate(stream_sid, track).render(sequence, chunk, timestamp_ms, frame) == m.encode(message)


def test_a_template_is_for_the_caller_s_voice_unless_told_otherwise():
    text = m.MediaTemplate(STREAM).render(2, 1, 0, b"\x00")
    assert json.loads(text)["media"]["track"] == "inbound"


@given(st.binary(max_size=400))
def test_payloads_are_the_base64_others_read(audio):
    text = m.encode(m.AppMedia(stream_sid=STREAM, media=m.AppMediaBody(audio)))
    payload = json.loads(text)["media"]["payload"]
    assert base64.b64decode(payload, validate=True) == audio
    assert re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", payload)


@pytest.mark.parametrize(
    "text", ["", "hello", b"\xff", "[]", "null", "{}", '{"event":"dtmf","x":1}', '{"event":["media"]}']
)
def test_what_is_no_message_of_the_app_has_no_unexpected_fields(text):
    assert m.unexpected_fields(text) == ()
