"""Sending audio, waiting until it has been heard, interrupting."""

import asyncio

import numpy as np
import pytest
from fake_twilio import LOUD, QUIET

from twilio_adapter import (
    AudioChunk,
    CallEnded,
    DigitSent,
    Interrupted,
    Limits,
    NoMedia,
    NothingHeard,
    PlaybackStalled,
)
from twilio_wire.cassette import SayEntry
from twilio_wire.g711 import decode

SECOND = 24_000


def tone(seconds: float, hertz: int = 440) -> AudioChunk:
    time = np.arange(round(SECOND * seconds)) / SECOND
    return AudioChunk.from_pcm(np.rint(8000 * np.sin(2 * np.pi * hertz * time)).astype(np.int16))


def audible_ms(heard: bytes) -> int:
    return 20 * sum(bool(np.abs(decode(heard[at : at + 160])).max() > 500) for at in range(0, len(heard), 160))


def first_sound_ms(heard: bytes) -> int:
    return next(at // 8 for at in range(0, len(heard), 160) if np.abs(decode(heard[at : at + 160])).max() > 500)


async def test_short_speech_is_sent_without_waiting_for_anybody(in_call) -> None:
    await in_call.adapter.send_audio(tone(0.5))
    await in_call.far_end.barrier()
    assert in_call.far_end.buffered == 480 * 8
    assert in_call.adapter.recording.received_ms == 0


async def test_long_speech_arrives_complete_and_never_more_than_a_second_ahead(in_call, background) -> None:
    sending = await background.start(in_call.adapter.send_audio(tone(3.0)))
    await in_call.far_end.ticks(1.9)
    assert not sending.done()
    await in_call.far_end.ticks(0.1)
    await sending
    await in_call.far_end.ticks(1.2)
    assert audible_ms(in_call.far_end.heard) == 3000
    assert in_call.far_end.longest_lead == 8000
    assert audible_ms(in_call.far_end.heard[:24_000]) == 3000  # without a gap


async def test_messages_are_at_most_100_ms_each_with_its_own_mark(in_call) -> None:
    await in_call.adapter.send_audio(tone(0.5))
    await in_call.far_end.barrier()
    sizes = [message for message in in_call.far_end.sent if message["event"] == "media"]
    assert all(len(message["media"]["payload"]) <= 4 * 268 for message in sizes)
    assert in_call.far_end.events() == ["media", "mark"] * 5
    assert set(sizes[0]) == {"event", "streamSid", "media"}
    assert set(sizes[0]["media"]) == {"payload"}


async def test_drain_returns_when_the_last_word_has_been_heard(in_call, background) -> None:
    await in_call.adapter.send_audio(tone(0.5))
    draining = await background.start(in_call.adapter.drain())
    await in_call.far_end.ticks(0.48)
    assert not draining.done()
    await in_call.far_end.tick()
    await draining
    assert audible_ms(in_call.far_end.heard) == 500


async def test_drain_with_nothing_said_returns_at_once(in_call) -> None:
    await in_call.adapter.drain()


async def test_pieces_sent_one_by_one_sound_like_one(in_call, background) -> None:
    whole = tone(1.4)

    async def stream() -> None:
        for piece in np.array_split(whole.pcm, 40):
            await in_call.adapter.send_audio(AudioChunk.from_pcm(piece))
        await in_call.adapter.drain()

    streaming = await background.start(stream())
    await in_call.far_end.ticks(1.5)
    await streaming
    heard = decode(bytes(in_call.far_end.heard[:11_200])).astype(int)
    expected = 8000 * np.sin(2 * np.pi * 440 * np.arange(11_200) / 8000)
    assert np.abs(heard - expected)[100:-100].max() < 400


async def test_an_interruption_silences_the_far_end_at_once(in_call, background) -> None:
    sending = await background.start(in_call.adapter.send_audio(tone(3.0)))
    await in_call.far_end.ticks(0.4)
    assert await in_call.adapter.interrupt() == 2600
    await sending
    await in_call.far_end.barrier()
    await in_call.far_end.ticks(0.5)
    assert audible_ms(in_call.far_end.heard) == 400
    assert in_call.far_end.events()[-1] == "clear"
    await in_call.adapter.drain()
    assert audible_ms(in_call.adapter.recording.near) == 400


async def test_an_interruption_with_nothing_to_say_still_clears(in_call) -> None:
    assert await in_call.adapter.interrupt() == 0
    await in_call.far_end.barrier()
    assert in_call.far_end.events() == ["clear"]


async def test_what_is_said_after_an_interruption_is_heard(in_call, background) -> None:
    await in_call.adapter.send_audio(tone(0.9))
    await in_call.adapter.interrupt()
    await in_call.adapter.send_audio(tone(0.3))
    draining = await background.start(in_call.adapter.drain())
    await in_call.far_end.barrier()
    assert not draining.done()  # the marks the clear brought back are not the new audio's
    await in_call.far_end.ticks(0.3)
    await draining
    assert audible_ms(in_call.far_end.heard) == 300


async def test_a_cancelled_send_takes_back_what_it_has_not_sent(in_call, background) -> None:
    sending = await background.start(in_call.adapter.send_audio(tone(3.0)))
    await in_call.far_end.ticks(0.2)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await in_call.far_end.ticks(2.0)
    assert audible_ms(in_call.far_end.heard) == 1200  # a second was on its way already
    await in_call.adapter.drain()


async def test_two_senders_speak_one_after_the_other(in_call, background) -> None:
    first = await background.start(in_call.adapter.send_audio(tone(1.5, 300)))
    second = await background.start(in_call.adapter.send_silence(0.2))
    await in_call.far_end.ticks(0.8)
    await asyncio.gather(first, second)
    await in_call.far_end.ticks(1.5)
    assert audible_ms(in_call.far_end.heard) == 1500


async def test_a_sender_hears_that_the_far_end_hung_up(in_call, background) -> None:
    sending = await background.start(in_call.adapter.send_audio(tone(3.0)))
    draining = await background.start(in_call.adapter.drain())
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.stop()
    for verb in (sending, draining):
        with pytest.raises(CallEnded, match="the far end hung up"):
            await verb
    with pytest.raises(CallEnded):
        await in_call.adapter.send_audio(tone(0.1))


async def test_marks_that_do_not_come_back_are_noticed_in_call_time(in_call, background) -> None:
    in_call.far_end.echo = False
    sending = await background.start(in_call.adapter.send_audio(tone(2.0)))
    await in_call.far_end.ticks(4.9)
    assert not sending.done()
    await in_call.far_end.ticks(0.1)
    with pytest.raises(PlaybackStalled, match="5 s of call time"):
        await sending


async def test_a_stream_that_falls_silent_altogether_is_noticed(twilio, make_adapter) -> None:
    async with make_adapter(limits=Limits(media_gap_s=0.02, stop_s=0.1)) as adapter:
        await adapter.lease_number()
        await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        with pytest.raises(NoMedia, match=r"Nothing has arrived .* for 0\.02 s"):
            await adapter.send_audio(tone(2.0))


async def test_our_side_of_the_record_is_what_the_far_end_heard(in_call, background) -> None:
    await in_call.far_end.ticks(0.2, LOUD)
    sending = await background.start(in_call.adapter.send_audio(tone(1.5)))
    await in_call.far_end.ticks(2.0)
    await sending
    assert in_call.adapter.recording.near == bytes(in_call.far_end.heard)
    assert bytes(in_call.adapter.recording.far) == LOUD * 10 + QUIET * 100


async def test_words_that_are_known_are_on_the_record_when_they_begin_to_be_heard(in_call, background) -> None:
    await in_call.far_end.ticks(0.2)
    sending = [
        await background.start(in_call.adapter.send_audio(AudioChunk(tone(seconds).data, transcript=words)))
        for seconds, words in ((1.6, "Good morning."), (0.4, None), (0.3, "Good bye."))
    ]
    await in_call.far_end.ticks(2.5)
    await asyncio.gather(*sending)
    said = [entry for entry in in_call.adapter.call_record.entries if isinstance(entry, SayEntry)]
    assert said == [SayEntry(200, "near", "Good morning."), SayEntry(2200, "near", "Good bye.")]


# --- barging in -------------------------------------------------------------------------------------------------------


async def test_barging_in_speaks_over_the_far_end_and_returns_what_it_cut_short(in_call, background) -> None:
    adapter, far_end = in_call.adapter, in_call.far_end
    barging = await background.start(adapter.barge_in(tone(0.6), after=0.5))
    await far_end.ticks(1.0)
    await far_end.ticks(0.2, LOUD)
    await far_end.ticks(0.32)  # a pause in its turn, before we have said anything
    await far_end.ticks(0.6, LOUD)
    await far_end.ticks(0.28)
    assert not barging.done()
    await far_end.tick()
    turn = await barging
    assert (turn.start_ms, turn.seconds) == (1000, 1.12)
    assert 1540 <= first_sound_ms(adapter.recording.near) <= 1560
    await far_end.ticks(0.3, LOUD)  # its answer
    await far_end.ticks(0.7)
    assert (await adapter.recv_audio()).start_ms == 2420


async def test_a_pause_of_the_far_end_while_we_speak_is_not_the_end_of_its_turn(in_call, background) -> None:
    barging = await background.start(in_call.adapter.barge_in(tone(1.0)))
    for _ in range(2):
        await in_call.far_end.ticks(0.3, LOUD)
        await in_call.far_end.ticks(0.4)
    await in_call.far_end.ticks(0.2)
    turn = await barging
    assert (turn.start_ms, turn.seconds) == (0, 1.0)


async def test_what_we_were_saying_is_dropped_when_we_barge_in(in_call, background) -> None:
    await in_call.adapter.send_audio(tone(0.9))
    barging = await background.start(in_call.adapter.barge_in(tone(0.3, hertz=900)))
    await in_call.far_end.ticks(0.2, LOUD)
    await in_call.far_end.ticks(1.0)
    await barging
    assert [event.dropped_ms for event in in_call.adapter.timeline if isinstance(event, Interrupted)] == [860]


async def test_nobody_can_barge_in_on_silence(in_call, background) -> None:
    barging = await background.start(in_call.adapter.barge_in(tone(0.3), timeout=0.5))
    await in_call.far_end.ticks(0.5)
    with pytest.raises(NothingHeard):
        await barging
    assert in_call.far_end.events() == []


# --- what the timeline has of it --------------------------------------------------------------------------------------


async def test_interruptions_and_our_keys_are_on_the_timeline(in_call, background) -> None:
    adapter, far_end = in_call.adapter, in_call.far_end
    await adapter.send_audio(tone(0.9))
    await far_end.ticks(0.3)
    await adapter.interrupt()
    pressing = await background.start(adapter.send_dtmf("1w#", method="inband"))
    await far_end.ticks(1.2)
    await pressing
    ours = [event for event in adapter.timeline if isinstance(event, DigitSent | Interrupted)]
    keys_at_ms = ours[1].at_ms
    assert ours == [Interrupted(300, 600), DigitSent(keys_at_ms, "1"), DigitSent(keys_at_ms, "#")]
    assert 1200 <= keys_at_ms <= 1500


async def test_keys_that_were_cut_short_were_not_pressed(in_call, background) -> None:
    pressing = await background.start(in_call.adapter.send_dtmf("123", method="inband"))
    await in_call.far_end.ticks(0.2)
    await in_call.adapter.interrupt()
    await pressing
    assert not any(isinstance(event, DigitSent) for event in in_call.adapter.timeline)
