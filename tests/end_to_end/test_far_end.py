"""What arrives at the far end, judged there: by the ear of a phone at speed="max", and by libsndfile."""

import asyncio
import io
from collections.abc import Callable

import numpy as np
import pytest
import soundfile
import soxr
from sounds import tone_chunk

from twilio_adapter import (
    AudioChunk,
    CallCanceled,
    CallStateChanged,
    DigitSent,
    TwilioAgentAdapter,
)
from twilio_emulator import TwilioEmulator
from twilio_emulator.phones.handset import Line
from twilio_wire.g711 import decode, encode

PHONE = "+15557770001"
FRAME = 160


def ulaw_by_libsndfile(pcm: np.ndarray) -> bytes:
    """int16 samples at 8 kHz as µ-law, by somebody else's encoder."""
    out = io.BytesIO()
    soundfile.write(out, pcm, 8000, format="RAW", subtype="ULAW")
    return out.getvalue()


def noise(seconds: float, rate: int, *, seed: int = 7) -> np.ndarray:
    """No frame of it is like another, and none is silent."""
    return np.random.default_rng(seed).integers(-12_000, 12_000, round(seconds * rate)).astype(np.int16)


async def connected(twilio: TwilioEmulator, adapter: TwilioAgentAdapter) -> Line:
    phone = twilio.handset(PHONE)
    await adapter.place_call(PHONE)
    return await phone.next_call()


async def test_what_we_send_arrives_sample_by_sample(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    line = await connected(twilio, adapter)
    said = noise(3.0, 24_000)
    await adapter.send_audio(AudioChunk.from_pcm(said))
    await adapter.drain()
    await adapter.wait_for_seconds(0.1)
    on_the_line = encode(np.rint(soxr.resample(said.astype(float), 24_000, 8000)).astype(np.int16))
    heard = line.heard.pcm
    assert np.array_equal(heard[np.flatnonzero(heard)[0] :][: 3 * 8000], decode(on_the_line))
    assert adapter.recording.near.count(on_the_line) == 1


async def test_what_is_said_to_us_arrives_sample_by_sample(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    line = await connected(twilio, adapter)
    said = ulaw_by_libsndfile(noise(3.0, 8000))
    await line.play(said)
    heard = await adapter.recv_audio()
    assert bytes(adapter.recording.far).count(said) == 1
    assert heard.data == AudioChunk.from_ulaw(said).data


async def test_after_an_interruption_the_far_end_is_silent_within_two_frames(
    twilio: TwilioEmulator, adapter_at: Callable
) -> None:
    adapter = await adapter_at()
    line = await connected(twilio, adapter)
    sending = asyncio.ensure_future(adapter.send_audio(AudioChunk.from_pcm(noise(5.0, 24_000))))
    await adapter.wait_for_seconds(2.0)
    heard_by_now = len(line.heard.pcm)
    dropped_ms = await adapter.interrupt()
    await sending
    await line.silence(4.0)
    sounding = np.flatnonzero(np.abs(line.heard.pcm) > 100)
    assert heard_by_now - 1 <= sounding[-1] < heard_by_now + 2 * FRAME
    assert sounding[-1] + 1 - sounding[0] == pytest.approx(5 * 8000 - dropped_ms * 8, abs=2 * FRAME)


async def test_a_call_that_is_canceled_tells_its_events(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    phone = twilio.handset(PHONE, behavior="ring")
    placing = asyncio.ensure_future(adapter.place_call(PHONE))
    line = await phone.next_call()
    twilio.client().calls(line.call_sid).update(status="canceled")
    with pytest.raises(CallCanceled):
        await placing
    assert adapter.timeline == (
        CallStateChanged(0, "initiated"),
        CallStateChanged(0, "ringing"),
        CallStateChanged(0, "canceled"),
    )


async def test_keys_that_twilio_plays_keep_one_uninterrupted_call(twilio: TwilioEmulator, adapter_at: Callable) -> None:
    adapter = await adapter_at()
    line = await connected(twilio, adapter)
    await adapter.send_audio(tone_chunk(440, 0.4))
    for keys in ("12", "#"):
        await adapter.send_dtmf(keys, method="play")
        await line.play(ulaw_by_libsndfile(noise(0.4, 8000)))
        assert (await adapter.recv_audio()).seconds == pytest.approx(0.4, abs=0.02)
    await adapter.hang_up()
    assert line.digits_heard == "12#"
    assert [call.sid for call in twilio.client().calls.list()] == [line.call_sid] == [adapter.call_sid]
    states = [event.state for event in adapter.timeline if isinstance(event, CallStateChanged)]
    assert states == ["initiated", "ringing", "answered", "completed"]
    assert [event.digit for event in adapter.timeline if isinstance(event, DigitSent)] == ["1", "2", "#"]
