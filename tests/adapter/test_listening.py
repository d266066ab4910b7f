"""Hearing the far end: turns, frames, silence, seconds. All limits count received audio."""

import asyncio

import numpy as np
import pytest
from fake_twilio import LOUD, QUIET

from twilio_adapter import (
    AudioChunk,
    CallEnded,
    CallStillUp,
    ConfigurationError,
    KeysMissing,
    Limits,
    NoMedia,
    NothingHeard,
    NotSilent,
    TurnTooLong,
)
from twilio_wire.g711 import decode, encode
from twilio_wire.resample import resample


def speech(seconds: float) -> bytes:
    time = np.arange(round(8000 * seconds)) / 8000
    return encode(np.rint(6000 * np.sin(2 * np.pi * 350 * time)).astype(np.int16))


async def test_a_turn_is_returned_when_its_tail_has_been_silent(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio(tail_silence=0.3))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.say(speech(0.5))
    await in_call.far_end.ticks(0.28)
    assert not listening.done()
    await in_call.far_end.tick()
    turn = await listening
    assert (turn.start_ms, turn.seconds) == (200, 0.5)
    assert in_call.adapter.recording.received_ms == 1000


async def test_a_turn_sounds_like_what_was_said(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio())
    await in_call.far_end.say(speech(0.5))
    await in_call.far_end.ticks(0.8)
    expected = AudioChunk.from_ulaw(speech(0.5))
    assert np.array_equal((await listening).pcm, expected.pcm)


async def test_pauses_within_a_turn_do_not_end_it(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio(tail_silence=0.3))
    for _ in range(3):
        await in_call.far_end.say(speech(0.2))
        await in_call.far_end.ticks(0.2)
    await in_call.far_end.ticks(0.1)
    assert (await listening).seconds == 1.0


async def test_turns_that_came_before_anybody_asked_are_returned_in_order(in_call) -> None:
    for seconds in (0.2, 0.4):
        await in_call.far_end.say(speech(seconds))
        await in_call.far_end.ticks(1.0)
    first, second = await in_call.adapter.recv_audio(), await in_call.adapter.recv_audio()
    assert (first.start_ms, first.seconds) == (0, 0.2)
    assert (second.start_ms, second.seconds) == (1200, 0.4)


async def test_the_end_of_the_call_ends_a_turn(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio())
    await in_call.far_end.say(speech(0.3))
    await in_call.far_end.stop()
    assert (await listening).seconds == 0.3
    with pytest.raises(CallEnded, match="the far end hung up"):
        await in_call.adapter.recv_audio()


async def test_silence_until_the_limit_is_an_error_that_names_it(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio(2.0))
    await in_call.far_end.ticks(1.98)
    assert not listening.done()
    await in_call.far_end.tick()
    with pytest.raises(NothingHeard, match="nothing for 2 s of call time") as raised:
        await listening
    assert isinstance(raised.value, TimeoutError)
    assert raised.value.limit_s == 2.0


async def test_the_limit_counts_from_the_question_and_not_from_the_last_turn(in_call, background) -> None:
    await in_call.far_end.ticks(3.0)
    listening = await background.start(in_call.adapter.recv_audio(1.0))
    await in_call.far_end.ticks(0.5)
    assert not listening.done()
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(0.7)
    assert (await listening).start_ms == 3500


async def test_a_turn_that_begins_as_the_limit_ends_loses_no_frame(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio(1.0))
    await in_call.far_end.ticks(0.98)
    await in_call.far_end.tick(LOUD)
    with pytest.raises(NothingHeard):
        await listening
    await in_call.far_end.ticks(0.08, LOUD)
    await in_call.far_end.ticks(0.7)
    turn = await in_call.adapter.recv_audio()
    assert (turn.start_ms, turn.seconds) == (980, 0.1)


async def test_a_turn_that_never_ends_is_an_error(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio(1.0, longest=2.0))
    await in_call.far_end.ticks(2.0, LOUD)
    with pytest.raises(TurnTooLong, match=r"not paused for 0\.7 s in 2 s"):
        await listening


async def test_a_cancelled_listener_loses_nothing(in_call, background) -> None:
    listening = await background.start(in_call.adapter.recv_audio())
    await in_call.far_end.say(speech(0.3))
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await in_call.far_end.ticks(0.7)
    assert (await in_call.adapter.recv_audio()).seconds == 0.3


async def test_nothing_at_all_is_noticed_on_the_wall(twilio, make_adapter) -> None:
    async with make_adapter(limits=Limits(media_gap_s=0.02, stop_s=0.1)) as adapter:
        await adapter.lease_number()
        await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        for verb in (adapter.recv_audio(), adapter.wait_for_seconds(1.0), adapter.wait_for_silence(1.0)):
            with pytest.raises(NoMedia, match=r"for 0\.02 s"):
                await verb


async def test_a_stream_that_died_with_its_call_is_a_call_that_ended(twilio, make_adapter, background) -> None:
    async with make_adapter(limits=Limits(media_gap_s=0.05, stop_s=0.1)) as adapter:
        placing = await background.start(adapter.place_call("+15550002222"))
        await twilio.saw("create call")
        far_end = await twilio.placed[0].answer()
        await placing
        await twilio.placed[0].report("completed")
        await far_end.ticks(0.2, LOUD)
        assert (await adapter.recv_audio()).seconds == 0.2
        with pytest.raises(CallEnded, match="broke off"):
            await adapter.recv_audio()
        assert adapter.call_status == "completed"


# --- frame by frame -------------------------------------------------------------------------------------------------


async def test_frames_join_to_exactly_what_was_said(in_call, background) -> None:
    heard: list[AudioChunk] = []

    async def follow() -> None:
        async for chunk in in_call.adapter.listen():
            heard.append(chunk)  # noqa: PERF401 - seen from outside, one by one

    following = await background.start(follow())
    await in_call.far_end.say(speech(0.5))
    assert len(heard) == 24
    await in_call.far_end.stop()
    await following
    assert [chunk.seconds for chunk in heard] == [0.02] * 25
    assert [chunk.start_ms for chunk in heard] == list(range(0, 500, 20))
    joined = np.concatenate([chunk.pcm for chunk in heard])
    assert np.abs(joined.astype(int) - resample(decode(speech(0.5)), 8000, 24_000)).max() <= 2


async def test_frames_begin_with_what_was_said_before_anybody_listened(in_call) -> None:
    await in_call.far_end.say(speech(0.1))
    first = await anext(in_call.adapter.listen())
    assert (first.start_ms, first.seconds) == (0, 0.02)
    turn_of = in_call.adapter.recv_audio(tail_silence=0.1)
    await in_call.far_end.ticks(0.1)
    assert (await turn_of).start_ms == 0


async def test_a_listener_and_a_speaker_do_not_disturb_each_other(in_call, background) -> None:
    heard: list[int] = []

    async def follow() -> None:
        async for chunk in in_call.adapter.listen():
            heard.append(chunk.start_ms)  # noqa: PERF401 - seen from outside, one by one

    await background.start(follow())
    sending = await background.start(in_call.adapter.send_silence(2.0))
    await in_call.far_end.ticks(1.2, LOUD)
    await sending
    assert heard == list(range(0, 1180, 20))


# --- silence and seconds --------------------------------------------------------------------------------------------


async def test_silence_is_counted_from_now_and_from_the_last_sound(in_call, background) -> None:
    await in_call.far_end.ticks(1.0)
    waiting = await background.start(in_call.adapter.wait_for_silence(0.5))
    await in_call.far_end.ticks(0.4)
    await in_call.far_end.say(speech(0.2))
    await in_call.far_end.ticks(0.48)
    assert not waiting.done()
    await in_call.far_end.tick()
    await waiting


async def test_noise_until_the_limit_is_an_error(in_call, background) -> None:
    waiting = await background.start(in_call.adapter.wait_for_silence(0.5, timeout=1.0))
    await in_call.far_end.ticks(1.0, LOUD)
    with pytest.raises(NotSilent, match=r"not silent for 0\.5 s within 1 s"):
        await waiting


async def test_seconds_pass_with_the_audio_and_not_with_the_wall(in_call, background) -> None:
    waiting = await background.start(in_call.adapter.wait_for_seconds(20.0))
    await in_call.far_end.ticks(19.98)
    assert not waiting.done()
    await in_call.far_end.tick()
    await waiting


async def test_waiting_in_a_call_that_ends_is_an_error(in_call, background) -> None:
    verbs = [
        await background.start(work)
        for work in (in_call.adapter.wait_for_seconds(5.0), in_call.adapter.wait_for_silence(5.0))
    ]
    await in_call.far_end.stop()
    for verb in verbs:
        with pytest.raises(CallEnded):
            await verb


async def test_waiting_does_not_swallow_a_turn(in_call, background) -> None:
    waiting = await background.start(in_call.adapter.wait_for_seconds(1.5))
    await in_call.far_end.say(speech(0.3))
    await in_call.far_end.ticks(1.2, QUIET)
    await waiting
    assert (await in_call.adapter.recv_audio()).seconds == 0.3


async def test_the_end_of_the_call_can_be_awaited(in_call, background) -> None:
    ending = await background.start(in_call.adapter.wait_until_ended(10.0))
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.stop()
    await ending
    await in_call.adapter.wait_until_ended()


async def test_a_call_that_does_not_end_is_an_error(in_call, background) -> None:
    ending = await background.start(in_call.adapter.wait_until_ended(1.0))
    await in_call.far_end.ticks(1.0)
    with pytest.raises(CallStillUp, match="still up after 1 s"):
        await ending


async def test_call_speaks_and_then_listens(in_call, background) -> None:
    asking = await background.start(in_call.adapter.call(AudioChunk.silence(0.2)))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.say(speech(0.4))
    await in_call.far_end.ticks(0.7)
    assert (await asking).seconds == 0.4


# --- keys -----------------------------------------------------------------------------------------------------------


async def test_keys_are_collected(in_call) -> None:
    for key in "15#":
        await in_call.far_end.press(key)
    assert in_call.adapter.digits == "15#"


# --- speech from now on -----------------------------------------------------------------------------------------------


async def test_speech_is_noticed_at_its_second_frame_and_is_still_there_to_be_heard(in_call, background) -> None:
    waiting = await background.start(in_call.adapter.wait_for_speech())
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.say(speech(0.02))
    await in_call.far_end.ticks(0.1)
    assert not waiting.done()  # that was a click
    await in_call.far_end.say(speech(0.04))
    await waiting
    assert in_call.adapter.recording.received_ms == 660
    await in_call.far_end.ticks(0.8)
    assert (await in_call.adapter.recv_audio()).start_ms == 620


async def test_speech_that_is_over_is_no_speech_from_now_on(in_call, background) -> None:
    await in_call.far_end.say(speech(0.4))
    await in_call.far_end.ticks(0.1)
    waiting = await background.start(in_call.adapter.wait_for_speech(timeout=0.5))
    await in_call.far_end.ticks(0.48)
    assert not waiting.done()
    await in_call.far_end.tick()
    with pytest.raises(NothingHeard, match=r"no sound for 0\.5 s of call time"):
        await waiting


async def test_whoever_waits_for_speech_or_keys_hears_that_the_call_is_over(in_call, background) -> None:
    speaking = await background.start(in_call.adapter.wait_for_speech())
    pressing = await background.start(in_call.adapter.wait_for_digits(1))
    await in_call.far_end.stop()
    for verb in (speaking, pressing):
        with pytest.raises(CallEnded, match="the far end hung up"):
            await verb


# --- keys -------------------------------------------------------------------------------------------------------------


async def test_keys_are_handed_out_in_order_and_once(in_call, background) -> None:
    for key in "12":
        await in_call.far_end.press(key)
    assert await in_call.adapter.wait_for_digits(1) == "1"
    waiting = await background.start(in_call.adapter.wait_for_digits(2))
    await in_call.far_end.ticks(0.1)
    assert not waiting.done()
    await in_call.far_end.press("#")
    assert await waiting == "2#"


async def test_keys_that_are_missing_are_told_with_those_that_came(in_call, background) -> None:
    waiting = await background.start(in_call.adapter.wait_for_digits(4, timeout=0.5))
    await in_call.far_end.press("7")
    await in_call.far_end.ticks(0.5)
    with pytest.raises(KeysMissing, match=r"pressed 1 of 4 keys within 0\.5 s") as missing:
        await waiting
    assert (missing.value.digits, missing.value.limit_s) == ("7", 0.5)
    assert await in_call.adapter.wait_for_digits(1) == "7"


async def test_no_keys_at_all_cannot_be_waited_for(in_call) -> None:
    with pytest.raises(ConfigurationError, match="one or more"):
        await in_call.adapter.wait_for_digits(0)
