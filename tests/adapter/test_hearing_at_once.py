"""Hearing a turn bit by bit, while it is said."""

import numpy as np
import pytest
from fake_twilio import LOUD, QUIET
from hypothesis import given
from hypothesis import strategies as st

from twilio_adapter import AudioChunk, CallEnded, NothingHeard
from twilio_adapter.sounds import Finding, SoundSearch
from twilio_wire.g711 import FRAME_BYTES, encode


def speech(seconds: float) -> bytes:
    time = np.arange(round(8000 * seconds)) / 8000
    return encode(np.rint(6000 * np.sin(2 * np.pi * 350 * time)).astype(np.int16))


async def hear_a_turn(adapter, pause: float) -> list[AudioChunk]:
    pieces = [await adapter.hear()]
    try:
        while True:
            pieces.append(await adapter.hear(pause))
    except NothingHeard:
        return pieces


async def test_the_first_sound_is_handed_out_at_once(in_call, background) -> None:
    hearing = await background.start(in_call.adapter.hear())
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.tick(LOUD)
    assert not hearing.done()
    await in_call.far_end.tick(LOUD)
    piece = await hearing
    assert (piece.start_ms, piece.seconds) == (200, 0.02)


async def test_the_pieces_of_a_turn_are_the_turn(in_call, background) -> None:
    hearing = await background.start(hear_a_turn(in_call.adapter, 0.3))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.say(speech(0.4))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(0.28)
    assert not hearing.done()
    await in_call.far_end.tick()
    pieces = await hearing
    assert len(pieces) > 10
    assert pieces[0].start_ms == 200
    joined = np.concatenate([piece.pcm for piece in pieces]).astype(int)
    whole = AudioChunk.from_ulaw(speech(0.4) + QUIET * 10 + speech(0.2)).pcm
    assert joined.size == whole.size
    assert np.abs(joined - whole).max() <= 2


async def test_turns_that_came_before_anybody_asked_stay_apart(in_call) -> None:
    for seconds in (0.2, 0.4):
        await in_call.far_end.say(speech(seconds))
        await in_call.far_end.ticks(1.0)
    turns = [await hear_a_turn(in_call.adapter, 0.5) for _ in range(2)]
    lengths = [round(sum(piece.seconds for piece in pieces), 2) for pieces in turns]
    assert lengths == [0.2, 0.4]
    assert [pieces[0].start_ms for pieces in turns] == [0, 1200]


async def test_silence_until_the_limit_is_an_error(in_call, background) -> None:
    hearing = await background.start(in_call.adapter.hear(1.0))
    await in_call.far_end.ticks(0.98)
    assert not hearing.done()
    await in_call.far_end.tick()
    with pytest.raises(NothingHeard, match="nothing for 1 s of call time"):
        await hearing


async def test_a_call_that_ends_ends_a_turn_without_losing_its_last_frame(in_call, background) -> None:
    hearing = await background.start(hear_a_turn(in_call.adapter, 0.5))
    await in_call.far_end.say(speech(0.3))
    await in_call.far_end.stop()
    with pytest.raises(CallEnded) as raised:
        await hearing
    assert raised.value.hung_up
    assert not in_call.adapter.in_call


async def test_turns_and_pieces_follow_one_another(in_call) -> None:
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(1.0)
    assert (await in_call.adapter.recv_audio()).start_ms == 0
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.tick()
    assert (await in_call.adapter.hear()).start_ms == 1200
    await in_call.far_end.ticks(1.0)
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(1.0)
    assert (await in_call.adapter.recv_audio()).start_ms == 2420


async def test_what_nobody_asked_for_can_be_asked_for_later(in_call) -> None:
    assert in_call.adapter.unheard() is None
    await in_call.far_end.ticks(0.1)
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(1.0)
    await in_call.far_end.say(speech(0.1))
    await in_call.far_end.ticks(0.1)
    unheard = in_call.adapter.unheard()
    assert unheard is not None
    assert (unheard.start_ms, round(unheard.seconds, 2)) == (100, 1.3)
    assert in_call.adapter.unheard() is None


FRAMES = st.lists(st.sampled_from([LOUD, QUIET]), max_size=60)


@given(frames=FRAMES, arrivals=st.lists(st.integers(1, 7), min_size=60, max_size=60), pause=st.sampled_from([40, 100]))
def test_however_it_arrives_each_turn_is_one_span_from_its_first_sound_to_its_last(
    frames: list[bytes], arrivals: list[int], pause: int
) -> None:
    assert turns_of(frames, arrivals, pause) == turns_of(frames, [len(frames) or 1], pause)
    for begin, end in turns_of(frames, arrivals, pause):
        assert frames[begin // FRAME_BYTES] == frames[end // FRAME_BYTES - 1] == LOUD


def turns_of(frames: list[bytes], arrivals: list[int], pause_ms: int) -> list[tuple[int, int]]:
    """The turns that are handed out, when so many frames at a time arrive."""
    received = bytearray()
    search = SoundSearch(received, 0)
    spans: list[list[int]] = []
    sizes = iter(arrivals)
    while len(received) < len(frames) * FRAME_BYTES:
        done = len(received) // FRAME_BYTES
        received += b"".join(frames[done : done + next(sizes)])
        ended = len(received) == len(frames) * FRAME_BYTES
        while (finding := search.look(pause_ms, ended=ended)) is not Finding.NOTHING:
            if finding is Finding.SOUND:
                in_turn = search.in_turn
                begin, end = search.take(ended=ended)
                assert begin < end <= len(received)
                if not in_turn:
                    spans.append([begin, end])
                else:
                    assert begin == spans[-1][1]
                    spans[-1][1] = end
    return [(begin, end) for begin, end in spans]
