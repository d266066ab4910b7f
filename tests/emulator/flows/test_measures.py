"""How the application talks, measured: applications that do a known thing at a known moment give the known figures."""

import math

import numpy as np
from customer import Customer
from stream_app import Message, Reaction, Stream, StreamApp

from twilio_emulator import Line, TwilioEmulator
from twilio_emulator.media.measures import BargeIn, Measures, Stall
from twilio_wire import g711

NUMBER = "+15550001111"
CALLER = "+15557770001"


def tone(ms: int, hertz: float = 500.0) -> bytes:
    """A sound (bytes, µ-law, 8 kHz, mono) without any pause in it."""
    return g711.encode((8000 * np.sin(2 * np.pi * hertz * np.arange(8 * ms) / 8000)).astype(np.int16))


HELLO = tone(600)
ANSWER = tone(1000)


def is_loud(message: Message) -> bool:
    """An application's own idea of speech, sharing nothing with ours."""
    return len(set(message["media"]["payload"])) > 8


class Counting:
    """Answers `after_ms` of silence once the caller has stopped; all it knows of time is the frames it is sent."""

    def __init__(self, after_ms: int, answer: bytes = ANSWER) -> None:
        self._frames, self._answer, self._silent = after_ms // 20, answer, -1

    async def __call__(self, stream: Stream, message: Message) -> None:
        if message["event"] != "media":
            return
        if is_loud(message):
            self._silent = 0
        elif self._silent >= 0:
            self._silent += 1
            if self._silent == self._frames:
                self._silent = -1
                await stream.play(self._answer)


async def dial(twilio: TwilioEmulator, customer: Customer, streams: StreamApp, reaction: Reaction | None) -> Line:
    """A call over a stream, just answered, to an application that reacts so."""
    streams.react = reaction
    customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    return line


def measured(line: Line) -> Measures:
    measures = line.measures
    assert measures is not None
    return measures


async def test_an_answer_after_400_ms_of_silence_is_measured_as_that(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, Counting(400))
    for _ in range(3):
        await line.play(HELLO)
        await line.silence(2.5)
    await line.hang_up()
    measures = measured(line)
    assert [turn.latency_ms for turn in measures.turns] == [420, 420, 420], "heard with the frame after the decision"
    assert (measures.response_p50_ms, measures.response_max_ms) == (420, 420)
    assert (measures.stalls, measures.barge_ins) == ((), ())
    assert measures.time_to_first_audio_ms == measures.turns[0].app_began_ms
    assert twilio.measures(line.call_sid) == measures


async def test_what_was_never_answered_has_no_latency(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, None)
    await line.play(HELLO)
    await line.silence(2.0)
    await line.hang_up()
    measures = measured(line)
    (turn,) = measures.turns
    assert (turn.app_began_ms, turn.latency_ms) == (None, None)
    assert measures.response_p50_ms is None
    assert (measures.time_to_first_audio_ms, measures.audio_sent_ms, measures.queued_max_ms) == (None, None, None)
    assert (measures.marks_sent, measures.marks_unanswered) == (0, 0)


async def test_the_first_audio_counts_from_the_start_of_the_stream(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def greet(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["chunk"] == "25":
            await stream.play(bytes([0xFF]) * 800 + HELLO)

    line = await dial(twilio, customer, streams, greet)
    await line.silence(2.0)
    await line.hang_up()
    decided_ms = int(streams.of("media")[24]["media"]["timestamp"])
    assert measured(line).time_to_first_audio_ms == decided_ms + 20 + 100, "silence is no audio to whoever listens"


def after_a_barge_in(frames: int | None) -> Reaction:
    """Talks for ten seconds; `clear` so many frames after the caller's first sound, or never."""
    loud = 0

    async def react(stream: Stream, message: Message) -> None:
        nonlocal loud
        if message["event"] == "start":
            await stream.play(tone(10_000))
        elif message["event"] == "media" and (loud or is_loud(message)):
            if loud == frames:
                await stream.clear()
            loud += 1

    return react


async def interrupt(line: Line) -> None:
    await line.silence(2.0)
    await line.play(HELLO)
    await line.silence(2.0)
    await line.hang_up()


async def test_a_clear_100_ms_after_the_barge_in(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, after_a_barge_in(5))
    await interrupt(line)
    measures = measured(line)
    (barge_in,) = measures.barge_ins
    loud = next(message for message in streams.of("media") if is_loud(message))
    began_ms = int(loud["media"]["timestamp"])
    assert barge_in == BargeIn(began_ms, clear_after_ms=100, silence_after_ms=120)
    assert measures.stalls == ()


async def test_a_clear_at_the_first_sound_is_a_reaction_of_no_time(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, after_a_barge_in(0))
    await interrupt(line)
    (barge_in,) = measured(line).barge_ins
    assert (barge_in.clear_after_ms, barge_in.silence_after_ms) == (0, 20)


async def test_an_application_that_talks_on_never_fell_silent(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, after_a_barge_in(None))
    await interrupt(line)
    measures = measured(line)
    (barge_in,) = measures.barge_ins
    assert (barge_in.clear_after_ms, barge_in.silence_after_ms) == (None, None)
    assert "(no clear, never silent)" in measures.summary()
    assert measures.turns == (), "who talks on has answered nothing"


async def test_audio_that_runs_dry_in_the_middle_is_a_stall(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def stutter(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["chunk"] in ("10", "60"):
            await stream.play(tone(600))  # 30 frames: the second piece comes 20 frames late

    line = await dial(twilio, customer, streams, stutter)
    await line.silence(3.0)
    await line.hang_up()
    measures = measured(line)
    assert measures.stalls == (Stall(measures.time_to_first_audio_ms + 600, 400),)


async def test_a_pause_that_was_sent_or_that_is_long_is_no_stall(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def speak(stream: Stream, message: Message) -> None:
        if message["event"] == "media" and message["media"]["chunk"] in ("10", "60"):
            await stream.play(tone(500) + bytes([0xFF]) * 800)  # it ends in silence, as speech does
        if message["event"] == "media" and message["media"]["chunk"] in ("150", "250"):
            await stream.play(tone(500))  # two seconds apart

    line = await dial(twilio, customer, streams, speak)
    await line.silence(7.0)
    await line.hang_up()
    assert measured(line).stalls == ()


async def test_audio_faster_than_real_time_and_marks_that_never_come_back(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    async def burst(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            for _ in range(4):
                await stream.play(tone(1000))
                await stream.mark("a second")

    line = await dial(twilio, customer, streams, burst)
    await line.silence(2.5)
    await line.hang_up()
    measures = measured(line)
    assert (measures.audio_sent_ms, measures.fastest_second_ms, measures.queued_max_ms) == (4000, 4000, 4000)
    assert math.isclose(measures.queued_p50_ms or 0, 2700, abs_tol=100), "2.5 s were heard of 4"
    assert (measures.marks_sent, measures.marks_unanswered) == (4, 2)


async def test_the_timeline_has_the_measures_as_a_table(
    twilio: TwilioEmulator, customer: Customer, streams: StreamApp
) -> None:
    line = await dial(twilio, customer, streams, Counting(400))
    await line.play(HELLO)
    await line.silence(2.5)
    await line.hang_up()
    text = twilio.timeline(line.call_sid)
    assert "measured     first audio       after " in text
    assert "\n" + " " * 24 + "answers           1 of 1, after 0.42 s (median), 0.42 s (longest)\n" in text
    assert measured(line).summary().startswith("first audio after ")


async def test_a_call_without_a_stream_has_no_measures(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = "<Response><Say>Hello.</Say></Response>"
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("completed")
    assert line.measures is None
    assert "measured" not in twilio.timeline(line.call_sid)
