"""A conference of eight handsets: each hears the other seven and not itself, checked on the audio."""

import asyncio
import re

import numpy as np
import pytest
from customer import Customer
from twilio.twiml.voice_response import Dial, VoiceResponse

from twilio_emulator import Line, TwilioEmulator
from twilio_wire import g711

NUMBER = "+15550001111"
PITCHES = (300, 500, 700, 900, 1100, 1300, 1500, 1700)
"""One for each handset, so that every voice is told from every other by its place in the spectrum."""
PEAK = 3000
SECONDS = 1.0
RUNS = 20


def voice(hertz: int) -> bytes:
    """A second of a tone, quiet enough for eight of them."""
    samples = PEAK * np.sin(2 * np.pi * hertz * np.arange(round(SECONDS * 8000)) / 8000)
    return g711.encode(samples.astype(np.int16))


def a_room(**attributes: object) -> VoiceResponse:
    response, dial = VoiceResponse(), Dial()
    dial.conference("Room 1234", **({"beep": "false", "wait_url": ""} | attributes))
    response.append(dial)
    return response


def peaks(pcm: np.ndarray) -> dict[int, float]:
    """How loud each handset's voice is in half a second of audio in which all of them sound (peak, int16 units)."""
    loud = np.flatnonzero(np.abs(pcm) > 500)
    middle = pcm[loud[0] + 2000 :][:4000].astype(float)
    spectrum = np.abs(np.fft.rfft(middle)) * 2 / len(middle)
    return {hertz: spectrum[hertz // 2] for hertz in PITCHES}


async def a_conference_of_eight() -> tuple[str, list[np.ndarray], list[np.ndarray]]:
    """Everybody dials in and speaks at the same time; the journal, what each heard, and what each said."""
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        customer.pages["/voice"] = str(a_room())
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        lines: list[Line] = []
        for number in range(len(PITCHES)):
            line = await twilio.handset(f"+1555777000{number}").dial(NUMBER)
            await line.wait_until("in-progress")
            await line.silence(0.137)
            lines.append(line)
        await asyncio.gather(*(line.play(voice(hertz)) for line, hertz in zip(lines, PITCHES, strict=True)))
        await asyncio.gather(*(line.wait_for_silence(0.3) for line in lines))
        for line in lines:
            await line.hang_up()
        await twilio.wait_until_idle()
        await customer.stop()
        assert not customer.unsigned
        journal = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:port", twilio.journal.to_jsonl())
        return journal, [line.heard.pcm for line in lines], [line.said.pcm for line in lines]


async def test_each_of_eight_hears_the_other_seven_and_not_itself() -> None:
    _, heard, said = await a_conference_of_eight()
    for own, ear, mouth in zip(PITCHES, heard, said, strict=True):
        loudness = peaks(ear)
        for hertz in PITCHES:
            expected = 0 if hertz == own else PEAK
            # Eight tones in eight bits: the quantisation noise is spread over all of the spectrum.
            assert loudness[hertz] == pytest.approx(expected, abs=PEAK / 10), (own, hertz)
        assert peaks(mouth)[own] == pytest.approx(PEAK, abs=PEAK / 10)


async def test_a_conference_of_eight_comes_out_the_same_every_time() -> None:
    journal, heard, _ = await a_conference_of_eight()
    for _ in range(RUNS - 1):
        again, heard_again, _ = await a_conference_of_eight()
        assert again == journal
        assert all((one == other).all() for one, other in zip(heard, heard_again, strict=True))


async def test_two_hear_each_other_bit_by_bit(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = str(a_room())
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    first = await twilio.handset("+15557770001").dial(NUMBER)
    second = await twilio.handset("+15557770002").dial(NUMBER)
    await second.wait_until("in-progress")
    # A phone hears samples, and 0x7F and 0xFF are one and the same sample.
    every_code = bytes(code for code in range(256) if code != 0x7F) * 25
    await asyncio.gather(first.play(every_code), second.play(every_code[::-1]))
    await asyncio.gather(first.silence(0.2), second.silence(0.2))
    assert every_code[::-1] in first.heard.ulaw()
    assert every_code in second.heard.ulaw()


async def test_in_real_time_nothing_is_lost_between_the_phases_of_legs_and_conference() -> None:
    async with TwilioEmulator(speed=4.0, speech="murmur") as twilio:
        customer = Customer(twilio.auth_token)
        await customer.start()
        customer.pages["/voice"] = str(a_room())
        twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
        lines = [await twilio.handset(f"+1555777000{number}").dial(NUMBER) for number in range(3)]
        for line in lines:
            await line.wait_until("in-progress")
            await line.silence(0.3)
        said = voice(500) + voice(900)
        await asyncio.gather(lines[0].play(said), *(line.silence(2 * SECONDS) for line in lines[1:]))
        await asyncio.gather(*(line.silence(0.5) for line in lines))
        for line in lines[1:]:
            assert g711.decode(said).tobytes() in line.heard.pcm.tobytes()
        assert np.abs(lines[0].heard.pcm).max() == 0
        await customer.stop()
