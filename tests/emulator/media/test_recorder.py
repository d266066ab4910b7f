"""The recorder: what two tracks of frames become."""

import io

import numpy as np
import pytest
import soundfile
from sounds import tone_line

from twilio_emulator.media.recorder import PauseBehavior, Recorder, RecordingTrack, Take, Trim
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, decode

LOW, HIGH = tone_line(300, 0.02), tone_line(900, 0.02)


def recorded(
    *pairs: tuple[bytes, bytes], track: RecordingTrack = RecordingTrack.BOTH, channels: int = 2, trim: Trim
) -> Take:
    recorder = Recorder(track, channels=channels)
    for inbound, outbound in pairs:
        recorder.frame(inbound, outbound)
    return recorder.take(trim)


def test_two_channels_are_what_was_received_and_what_was_played() -> None:
    take = recorded((LOW, HIGH), (IDLE_FRAME, HIGH), trim=Trim.DO_NOT_TRIM)
    inbound, outbound = take.pcm()
    assert (inbound == decode(LOW + IDLE_FRAME)).all()
    assert (outbound == decode(HIGH + HIGH)).all()
    assert take.ms == 40


def test_one_channel_is_the_sum_of_both() -> None:
    take = recorded((LOW, HIGH), channels=1, trim=Trim.DO_NOT_TRIM)
    (mixed,) = take.pcm()
    assert (mixed == decode(LOW).astype(int) + decode(HIGH)).all()


def test_a_sum_that_is_too_loud_is_clipped_and_does_not_wrap() -> None:
    loudest = b"\x80" * FRAME_BYTES
    (mixed,) = recorded((loudest, loudest), channels=1, trim=Trim.DO_NOT_TRIM).pcm()
    assert set(mixed) == {32767}


@pytest.mark.parametrize(
    ("track", "inbound", "outbound"),
    [
        (RecordingTrack.INBOUND, LOW, IDLE_FRAME),
        (RecordingTrack.OUTBOUND, IDLE_FRAME, HIGH),
        (RecordingTrack.BOTH, LOW, HIGH),
    ],
)
def test_a_track_that_is_not_asked_for_is_silent(track: RecordingTrack, inbound: bytes, outbound: bytes) -> None:
    take = recorded((LOW, HIGH), track=track, trim=Trim.DO_NOT_TRIM)
    assert (take.inbound, take.outbound) == (inbound, outbound)


def test_trimming_takes_silence_from_both_ends_but_not_from_the_middle() -> None:
    silent = (IDLE_FRAME, IDLE_FRAME)
    pairs = [silent, silent, (LOW, IDLE_FRAME), silent, (IDLE_FRAME, HIGH), silent]
    take = recorded(*pairs, trim=Trim.TRIM_SILENCE)
    assert take.inbound == LOW + IDLE_FRAME + IDLE_FRAME
    assert take.outbound == IDLE_FRAME + IDLE_FRAME + HIGH


def test_nothing_but_silence_is_nothing_when_trimmed_and_silence_when_not() -> None:
    silent = (IDLE_FRAME, IDLE_FRAME)
    assert recorded(silent, silent, trim=Trim.TRIM_SILENCE).ms == 0
    assert recorded(silent, silent, trim=Trim.DO_NOT_TRIM).inbound == IDLE_FRAME * 2


@pytest.mark.parametrize(
    ("behavior", "inbound"), [(PauseBehavior.SILENCE, LOW + IDLE_FRAME + LOW), (PauseBehavior.SKIP, LOW + LOW)]
)
def test_a_pause_leaves_silence_or_nothing(behavior: PauseBehavior, inbound: bytes) -> None:
    recorder = Recorder(RecordingTrack.BOTH, channels=1)
    recorder.frame(LOW, IDLE_FRAME)
    recorder.pause(behavior)
    recorder.frame(LOW, HIGH)
    recorder.resume()
    recorder.frame(LOW, IDLE_FRAME)
    assert recorder.take(Trim.DO_NOT_TRIM).inbound == inbound


def test_the_wav_file_is_16_bit_8_khz_as_libsndfile_reads_it() -> None:
    take = recorded((LOW, HIGH), trim=Trim.DO_NOT_TRIM)
    samples, rate = soundfile.read(io.BytesIO(take.wav()), dtype="int16")
    assert rate == 8000
    assert (samples == np.column_stack(take.pcm())).all()
    assert soundfile.info(io.BytesIO(take.wav(1))).channels == 1


@pytest.mark.parametrize(("ms", "left_ms"), [(0, 60), (20, 40), (60, 0), (200, 0)])
def test_the_end_can_be_dropped(ms: int, left_ms: int) -> None:
    recorder = Recorder(RecordingTrack.BOTH, channels=2)
    for inbound in (LOW, HIGH, LOW):
        recorder.frame(inbound, HIGH)
    recorder.drop(ms)
    take = recorder.take(Trim.DO_NOT_TRIM)
    assert take.inbound == (LOW + HIGH + LOW)[: left_ms * 8]
    assert take.outbound == (HIGH * 3)[: left_ms * 8]
