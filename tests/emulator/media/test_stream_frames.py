"""Frames written and read without the protocol machine, judged by that machine."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

from twilio_emulator.media.stream_frames import FINAL_PING, FINAL_TEXT, FrameReader, FrameWriter, Part

LENGTHS = st.sampled_from([0, 1, 125, 126, 127, 372, 65535, 65536, 70000])


def seen_by_a_server(*frames: bytes) -> list[tuple[Opcode, bytes]]:
    server = Protocol(SERVER, state=OPEN)
    for frame in frames:
        server.receive_data(frame)
    assert server.parser_exc is None
    return [(event.opcode, bytes(event.data)) for event in server.events_received()]


@given(LENGTHS)
def test_a_text_of_any_length_is_read_by_a_server_as_it_was_meant(length):
    text = ("h\xe9llo " * (length // 6 + 1))[:length]

    assert seen_by_a_server(FrameWriter().frame(FINAL_TEXT, text.encode())) == [(Opcode.TEXT, text.encode())]


def test_a_ping_is_read_by_a_server_and_would_be_answered():
    assert seen_by_a_server(FrameWriter().frame(FINAL_PING, b"12345678")) == [(Opcode.PING, b"12345678")]


def test_every_frame_has_a_mask_of_its_own():
    writer = FrameWriter()
    masks = {writer.frame(FINAL_PING, b"")[2:6] for _ in range(1000)}

    assert len(masks) > 990


# --- reading ----------------------------------------------------------------------------------------------------------

FRAMES = st.one_of(
    LENGTHS.map(lambda length: [Frame(Opcode.TEXT, b"x" * length)]),
    st.binary(max_size=125).map(lambda data: [Frame(Opcode.PONG, data)]),
    st.binary(max_size=125).map(lambda data: [Frame(Opcode.PING, data)]),
    LENGTHS.map(lambda length: [Frame(Opcode.BINARY, b"x" * length)]),
    st.binary(max_size=300).map(
        lambda data: [
            Frame(Opcode.TEXT, b"begin", fin=False),
            Frame(Opcode.PONG, b"between"),
            Frame(Opcode.CONT, data, fin=False),
            Frame(Opcode.CONT, b"end"),
        ]
    ),
)


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[begin:end] for begin, end in pairwise(places)]


def sorted_out(pieces: list[bytes]) -> tuple[list[tuple[Part, bytes]], list[Opcode]]:
    """What came out whole, and the opcodes of what the machine was given."""
    reader, machine = FrameReader(), Protocol(SERVER, state=OPEN)
    machine.side = type(SERVER).CLIENT
    plain = []
    for piece in pieces:
        if (payload := reader.only_text(memoryview(piece))) is not None:
            plain.append((Part.TEXT, bytes(payload)))
            continue
        for part, content in reader.split(piece):
            if part is Part.OTHER:
                machine.receive_data(content)
            else:
                plain.append((part, content))
    assert machine.parser_exc is None
    return plain, [event.opcode for event in machine.events_received()]


@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(0, 10**6), max_size=12))
def test_however_the_bytes_are_cut_plain_frames_come_out_whole_and_the_machine_gets_the_rest(messages, cuts):
    frames = [frame for message in messages for frame in message]
    data = b"".join(frame.serialize(mask=False) for frame in frames)
    plain = [
        (Part.TEXT if frame.opcode is Opcode.TEXT else Part.PONG, bytes(frame.data))
        for frame in frames
        if frame.fin and frame.opcode in (Opcode.TEXT, Opcode.PONG) and len(frame.data) < 65536
    ]
    rest = [
        frame.opcode
        for frame in frames
        if not (frame.fin and frame.opcode in (Opcode.TEXT, Opcode.PONG) and len(frame.data) < 65536)
    ]

    assert sorted_out(in_pieces(data, cuts)) == (plain, rest)


def test_a_text_frame_inside_a_fragmented_message_is_left_for_the_machine_to_refuse():
    begun = Frame(Opcode.TEXT, b"begin", fin=False).serialize(mask=False)
    intruder = Frame(Opcode.TEXT, b"{}").serialize(mask=False)

    assert FrameReader().split(begun + intruder) == [(Part.OTHER, begun), (Part.OTHER, intruder)]


def test_a_masked_frame_and_all_after_it_are_left_for_the_machine_to_refuse():
    masked = Frame(Opcode.TEXT, b"{}").serialize(mask=True)
    reader = FrameReader()

    assert reader.split(masked + b"\x81\x02{}") == [(Part.OTHER, masked + b"\x81\x02{}")]
    assert reader.split(b"\x81\x02{}") == [(Part.OTHER, b"\x81\x02{}")]
