"""Twilio's end of a stream without a socket: what may happen when, and what each message of an app asks for."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stream_bench import ACCOUNT_SID, CALL_SID, STREAM_SID, clear, mark, media

from twilio_emulator.media.captions import LostFrame, lost
from twilio_emulator.media.stream_mistakes import Complaint, container_of, looks_like_base64
from twilio_emulator.media.stream_session import (
    TRANSITIONS,
    ClearQueue,
    IllegalStep,
    Phase,
    QueueAudio,
    QueueMark,
    Step,
    StreamSession,
)
from twilio_emulator.twiml.flow import StreamSpec, Track
from twilio_wire import messages as wire
from twilio_wire.g711 import IDLE_FRAME

AUDIO = bytes(range(160))
FRAME = bytes(160)


def session(*, bidirectional: bool = True, track: Track = Track.INBOUND, extra_fields_warn: bool = True):
    return StreamSession(
        StreamSpec("wss://example.com/media", bidirectional, track=track),
        stream_sid=STREAM_SID,
        call_sid=CALL_SID,
        account_sid=ACCOUNT_SID,
        extra_fields_warn=extra_fields_warn,
    )


def streaming(**arguments):
    made = session(**arguments)
    made.opening()
    return made


def codes(effects):
    return [effect.code for effect in effects if isinstance(effect, Complaint)]


# --- when what may happen -------------------------------------------------------------------------------------------

STEPS = {
    Step.OPENED: lambda stream: stream.opening(),
    Step.SENT: lambda stream: stream.media(FRAME, FRAME, 0),
    Step.RECEIVED: lambda stream: stream.receive(clear()),
    Step.STOPPED: lambda stream: stream.stop(),
    Step.LOST: lambda stream: stream.lost(),
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("step", Step)
def test_every_step_of_every_phase_is_in_the_table_or_refused_by_name(phase, step):
    stream = session()
    if phase is not Phase.CONNECTING:
        stream.opening()
    if phase is Phase.STOPPED:
        stream.stop()
    assert stream.phase is phase

    if (phase, step) in TRANSITIONS:
        STEPS[step](stream)
        assert stream.phase is TRANSITIONS[phase, step]
    else:
        with pytest.raises(IllegalStep, match=f"is {phase} and cannot take the step '{step}'"):
            STEPS[step](stream)
        assert stream.phase is phase


@pytest.mark.parametrize("send", [lambda stream: stream.dtmf("1"), lambda stream: stream.mark("a")])
def test_keys_and_marks_go_out_only_while_streaming(send):
    stream = session()
    with pytest.raises(IllegalStep):
        send(stream)
    stream.opening()
    send(stream)
    stream.stop()
    with pytest.raises(IllegalStep):
        send(stream)


@given(st.lists(st.sampled_from(["media", "dtmf", "mark"]), max_size=30), st.sampled_from(Track))
@settings(deadline=None, derandomize=True)
def test_sequence_numbers_count_every_message_from_start_and_chunks_every_media(kinds, track):
    stream = session(track=track)
    texts = stream.opening()[1:]
    for kind in kinds:
        if kind == "media":
            texts += stream.media(FRAME, FRAME, 20)
        else:
            texts.append(stream.dtmf("1") if kind == "dtmf" else stream.mark("m"))
    texts.append(stream.stop())
    messages = [json.loads(text) for text in texts]

    assert [message["sequenceNumber"] for message in messages] == [str(n) for n in range(1, len(messages) + 1)]
    chunks = [message["media"]["chunk"] for message in messages if message["event"] == "media"]
    assert chunks == [str(n) for n in range(1, len(chunks) + 1)]
    assert stream.media_messages == len(chunks)


FRAMES = st.one_of(
    st.sampled_from([IDLE_FRAME, bytes(bytearray(IDLE_FRAME)), IDLE_FRAME[:-1] + b"\x00"]),
    st.binary(min_size=160, max_size=160),
)


@given(
    st.lists(st.tuples(FRAMES | FRAMES.map(lost), FRAMES, st.integers(0, 10**8)), max_size=20), st.sampled_from(Track)
)
@settings(deadline=None, derandomize=True)
def test_media_is_written_as_encoding_writes_it_for_each_track_and_nothing_for_a_lost_frame(frames, track):
    stream = session(track=track)
    stream.opening()
    chunk = 0
    for inbound, outbound, elapsed_ms in frames:
        expected = []
        for name, frame in (("outbound", outbound), ("inbound", inbound)):
            if track not in (Track.BOTH, Track(f"{name}_track")) or isinstance(frame, LostFrame):
                continue
            chunk += 1
            body = wire.MediaBody(track=name, chunk=str(chunk), timestamp=str(elapsed_ms), payload=frame)
            message = wire.Media(sequence_number=str(chunk + 1), media=body, stream_sid=STREAM_SID)
            expected.append(wire.encode(message))
        assert stream.media(inbound, outbound, elapsed_ms) == expected


# --- what is asked for ----------------------------------------------------------------------------------------------


def test_media_is_queued_as_the_bytes_it_holds():
    assert streaming().receive(media(base64.b64encode(AUDIO).decode())) == [QueueAudio(AUDIO)]


def test_marks_and_clears_are_passed_on():
    stream = streaming()

    assert stream.receive(mark('with "quotes" and ünïcode')) == [QueueMark('with "quotes" and ünïcode')]
    assert stream.receive(clear()) == [ClearQueue()]


def test_whitespace_and_the_order_of_fields_do_not_matter():
    text = f'{{ "media" : {{ "payload" : "AAAA" }},\n "streamSid" : "{STREAM_SID}", "event" : "media" }}'

    assert streaming().receive(text) == [QueueAudio(bytes(3))]


def test_a_binary_frame_is_31950_once():
    stream = streaming()

    (complaint,) = stream.receive(b"\xff" * 160)
    assert (complaint.code, complaint.level) == (31950, "warning")
    assert stream.receive(b"\xff" * 160) == []


MALFORMED = {
    "not json": "one JSON object",
    '"text"': "Send an object",
    "[]": "Send an object",
    "null": "Send an object",
    "{}": "Compare",
    '{"event":"media","stream_sid":"MZ","media":{"payload":""}}': "Write streamSid instead of 'stream_sid'",
    '{"event":"media","streamsid":"MZ","media":{"payload":""}}': "Write streamSid instead of 'streamsid'",
    '{"event":"media","streamSid":"MZ","payload":""}': "Write media.payload instead of 'payload'",
    '{"event":"mark","streamSid":"MZ","name":"a"}': "Write mark.name instead of 'name'",
    '{"type":"media","streamSid":"MZ"}': "Write event instead of 'type'",
    '{"event":"media","streamSid":"MZ","media":{"payload":"not base64!"}}': "Compare",
    '{"event":"mark","streamSid":"MZ","mark":{}}': "Compare",
    '{"event":"clear"}': "before start has come",
    '{"event":"stop","streamSid":"MZ"}': "To end the call",
    '{"event":"dtmf","streamSid":"MZ","dtmf":{"digit":"1"}}': "Keys cannot be sent",
    '{"event":"start","streamSid":"MZ"}': "Only Twilio sends start",
    '{"event":"connected"}': "Only Twilio sends connected",
    '{"event":7}': "Compare",
}


@pytest.mark.parametrize(("text", "hint"), MALFORMED.items())
def test_what_is_no_message_is_31951_with_a_hint(text, hint):
    (complaint,) = streaming().receive(text)

    assert (complaint.code, complaint.level) == (31951, "warning")
    assert hint in complaint.hint


def test_a_message_for_another_stream_is_31951_and_not_heeded():
    (complaint,) = streaming().receive(media("AAAA", "MZ" + "d" * 32))

    assert complaint.code == 31951
    assert "start message" in complaint.hint


def test_a_call_sid_in_place_of_the_stream_sid_is_recognised():
    (complaint,) = streaming().receive(media("AAAA", CALL_SID))

    assert "call's SID" in complaint.hint


def test_extra_fields_are_31951_once_and_the_audio_is_heard():
    stream = streaming()
    text = json.dumps(
        {"event": "media", "streamSid": STREAM_SID, "sequenceNumber": 1, "media": {"payload": "AAAA", "track": "x"}}
    )

    complaint, audio = stream.receive(text)
    assert complaint.code == 31951
    assert "media.track" in complaint.message
    assert "sequenceNumber" in complaint.message
    assert audio == QueueAudio(bytes(3))
    assert stream.receive(text) == [QueueAudio(bytes(3))]


@pytest.mark.parametrize("text", [mark("a"), clear(), media("")])
def test_one_extra_field_is_enough_in_every_kind_of_message(text):
    message = json.loads(text) | {"x": 1}

    assert codes(streaming().receive(json.dumps(message))) == [31951]


def test_extra_fields_can_be_let_pass():
    text = json.dumps(json.loads(clear()) | {"x": 1})

    assert streaming(extra_fields_warn=False).receive(text) == [ClearQueue()]


def test_a_code_is_told_once_a_stream_and_other_mistakes_of_that_code_without_it():
    stream = streaming()

    assert codes(stream.receive("rubbish")) == [31951]
    assert codes(stream.receive("more rubbish")) == []
    assert codes(stream.receive(media("AAAA", CALL_SID))) == [0]
    assert codes(stream.receive(b"")) == [31950]


@pytest.mark.parametrize("message", [media("AAAA"), mark("a"), clear(), "rubbish", b"\x00"])
def test_a_fork_heeds_nothing_and_says_once_what_to_use_instead(message):
    stream = streaming(bidirectional=False)

    (complaint,) = stream.receive(message)
    assert (complaint.code, complaint.level) == (31951, "warning")
    assert "<Connect><Stream>" in complaint.hint
    assert stream.receive(message) == []


# --- audio that is none ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "name"),
    [(b"RIFF....WAVEfmt ", "a WAV"), (b"ID3\x04", "an MP3"), (b"OggS", "an Ogg"), (b"fLaC", "a FLAC")],
)
def test_an_audio_file_in_a_payload_is_played_as_noise_with_a_warning(start, name):
    audio = start + bytes(100)
    complaint, effect = streaming().receive(media(base64.b64encode(audio).decode()))

    assert (complaint.code, complaint.level) == (0, "warning")
    assert name in complaint.message
    assert effect == QueueAudio(audio)


def test_double_base64_is_played_as_noise_with_one_warning():
    stream = streaming()
    once = base64.b64encode(AUDIO)
    text = media(base64.b64encode(once).decode())

    complaint, effect = stream.receive(text)
    assert complaint.code == 0
    assert "base64 of base64" in complaint.message
    assert effect == QueueAudio(once)
    assert stream.receive(text) == [QueueAudio(once)]


@pytest.mark.parametrize(
    "audio",
    [
        b"",
        bytes(range(65, 91)) * 6 + b"Zz1",
        b"A" * 160,
        b"short+text",
        bytes(range(256)),
        b"\xff" * 160,
        b"Thirty words of text, with spaces. " * 5,
    ],
)
def test_other_audio_is_never_taken_for_base64(audio):
    assert streaming().receive(media(base64.b64encode(audio).decode())) == [QueueAudio(audio)]


# --- whatever an application sends ----------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["event", "media", "mark", "payload", "name", "streamSid", "x"]), inner)
    ),
    max_leaves=8,
)
RUBBISH = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60),
    JSON.map(json.dumps),
    st.text(max_size=30).map(lambda text: mark("a")[: len(text)]),
    st.just("[" * 100_000),
    st.just("x" * 100_000),
    st.text(max_size=9).map(mark),
    st.binary(max_size=300).map(lambda audio: media(base64.b64encode(audio).decode())),
)


@given(st.lists(RUBBISH, max_size=12), st.booleans())
@settings(deadline=None, derandomize=True)
def test_whatever_an_application_sends_the_stream_goes_on_and_complaints_stay_few_and_short(messages, bidirectional):
    stream = streaming(bidirectional=bidirectional)
    complaints = []
    for message in messages:
        complaints += [effect for effect in stream.receive(message) if isinstance(effect, Complaint)]

    assert stream.phase is Phase.STREAMING
    assert all(len(complaint.message) < 500 and len(complaint.hint) < 300 for complaint in complaints)
    with_code = [complaint.code for complaint in complaints if complaint.code]
    assert len(with_code) == len(set(with_code))


# --- the usual message is read with fewer looks, and as any other ----------------------------------------------------


def escaped(text):
    """A JSON string that consists of nothing but escapes."""
    return '"' + "".join(f"\\u{ord(char):04x}" for char in text) + '"'


def obj(fields):
    """A JSON object whose text is made of what stands before, between and after its fields."""
    return st.tuples(st.permutations(fields), st.sampled_from(["", " ", "\n\t"])).map(
        lambda drawn: (
            f"{{{drawn[1]}" + f",{drawn[1]}".join(f"{name}{drawn[1]}:{value}" for name, value in drawn[0]) + "}"
        )
    )


STRING = st.sampled_from([json.dumps, escaped])
EXTRA = st.tuples(
    st.sampled_from(["track", "chunk", "mark", "media", "event", 'a"b', "é", ""]).map(json.dumps),
    st.none() | st.booleans() | st.integers() | st.text('ab"\\', max_size=3) | st.just({"x": 1}),
).map(lambda field: (field[0], json.dumps(field[1])))
EXTRAS = st.one_of(st.just([]), st.just([]), st.lists(EXTRA, min_size=1, max_size=2))
AUDIOS = st.one_of(
    st.binary(max_size=200),
    st.tuples(
        st.sampled_from([b"RIFF", b"RIF", b"ID3", b"ID3\xff", b"OggS", b"fLaC", b"abc"]), st.binary(max_size=200)
    ).map(b"".join),
    st.binary(min_size=40, max_size=200).map(base64.b64encode),
)


@st.composite
def messages(draw):
    """A message of the application: plain, odd or wrong in any of many ways that still look like one."""
    event = draw(st.sampled_from(["media", "media", "media", "mark", "clear", "stop"]))
    stream_sid = draw(st.sampled_from([STREAM_SID, STREAM_SID, STREAM_SID, CALL_SID, ""]))
    fields = [
        (draw(STRING)("event"), draw(STRING)(event)),
        (draw(STRING)("streamSid"), draw(STRING)(stream_sid)),
        *draw(EXTRAS),
    ]
    if event == "media":
        payload = base64.b64encode(draw(AUDIOS)).decode() + draw(st.sampled_from(["", "", "", "=", "!"]))
        fields.append(('"media"', draw(obj([(draw(STRING)("payload"), draw(STRING)(payload)), *draw(EXTRAS)]))))
    elif event == "mark":
        fields.append(('"mark"', draw(obj([('"name"', draw(STRING)(draw(st.text(max_size=5)))), *draw(EXTRAS)]))))
    return draw(obj(fields)) + draw(st.sampled_from(["", "", " ", "}"]))


def read_with_care(text, extra_fields_warn):
    """Words of each complaint that a message gives cause for, and what it asks for: every look is taken."""
    try:
        content = wire.decode_from_app(text)
    except wire.MalformedMessage:
        return ["a message that is ignored"], []
    if content.stream_sid != STREAM_SID:
        return ["which is ignored here"], []
    words = ["fields unknown to Twilio"] if extra_fields_warn and wire.unexpected_fields(text) else []
    if isinstance(content, wire.AppMark):
        return words, [QueueMark(content.mark.name)]
    if isinstance(content, wire.AppClear):
        return words, [ClearQueue()]
    audio = content.media.payload
    if container_of(audio):
        words.append("starts like")
    elif looks_like_base64(audio):
        words.append("base64 of base64")
    return words, [QueueAudio(audio)]


@given(st.lists(messages(), min_size=1, max_size=6), st.booleans())
@settings(deadline=None, derandomize=True, max_examples=300)
def test_every_message_is_heeded_as_one_who_looks_at_all_of_it_would(texts, extra_fields_warn):
    stream = streaming(extra_fields_warn=extra_fields_warn)
    told = set()
    for text in texts:
        words, effects = read_with_care(text, extra_fields_warn)
        found = stream.receive(text)
        complaints = found[: len(found) - len(effects)]
        assert found[len(complaints) :] == effects
        new = [word for word in words if word not in told]
        assert len(complaints) == len(new)
        assert all(word in complaint.message for word, complaint in zip(new, complaints, strict=True))
        told.update(words)
