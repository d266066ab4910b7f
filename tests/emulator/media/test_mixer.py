"""The mixer, held against plain sums in numpy and the codec of libsndfile."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.captions import Caption, Utterance, captioned, captions_of
from twilio_emulator.media.mixer import Channel, add, blend, mix
from twilio_wire import g711
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME


def theirs(frame: bytes) -> np.ndarray:
    """Decoded by libsndfile, as whole numbers that never overflow."""
    pcm, _ = soundfile.read(io.BytesIO(frame), format="RAW", subtype="ULAW", samplerate=8000, channels=1, dtype="int16")
    return pcm.astype(np.int64)


def expected(sounds: list[bytes]) -> bytes:
    """What these sound like together, one after another and without any cleverness."""
    if len(sounds) < 2:
        return sounds[0] if sounds else IDLE_FRAME
    total = np.zeros(FRAME_BYTES, dtype=np.int64)
    for sound in sounds:
        total = total + theirs(sound)
    return g711.encode(np.minimum(np.maximum(total, -32768), 32767).astype(np.int16))


def heard_by(listener: Channel, channels: list[Channel], to_all: bytes) -> bytes:
    """The rules, said once more and slowly."""
    if listener.is_apart:
        return IDLE_FRAME
    sounds = []
    for other in channels:
        silent = other is listener or other.is_muted or other.is_apart or other.said == IDLE_FRAME
        if not silent and (other.coaches is None or other.coaches is listener):
            sounds.append(other.said)
    return expected([*sounds, to_all] if to_all != IDLE_FRAME else sounds)


FRAMES = st.one_of(
    st.just(IDLE_FRAME),
    st.binary(min_size=FRAME_BYTES, max_size=FRAME_BYTES),
    st.sampled_from([b"\x00" * FRAME_BYTES, b"\x80" * FRAME_BYTES, b"\x7f" * FRAME_BYTES, b"\x2a" * FRAME_BYTES]),
)


@st.composite
def conferences(draw) -> list[Channel]:
    channels = [
        Channel(said=draw(FRAMES), is_muted=draw(st.booleans()), is_apart=draw(st.booleans()))
        for _ in range(draw(st.integers(0, 9)))
    ]
    for coach in channels[: draw(st.integers(0, 3))]:
        others = [channel for channel in channels if channel is not coach]
        coach.coaches = draw(st.sampled_from([*others, Channel()]))
    return channels


@given(conferences(), FRAMES)
def test_everybody_hears_the_sum_of_the_others_and_of_what_is_said_to_all(channels: list[Channel], to_all: bytes):
    everything = mix(channels, to_all)
    for channel in channels:
        assert channel.heard == heard_by(channel, channels, to_all)
    assert everything == heard_by(Channel(), channels, to_all)


@given(st.lists(FRAMES, min_size=2, max_size=8))
def test_a_sum_is_within_a_step_of_libsndfiles(frames: list[bytes]):
    total = sum(theirs(frame) for frame in frames)
    file = io.BytesIO()
    soundfile.write(file, np.clip(total, -32768, 32767).astype(np.int16), 8000, format="RAW", subtype="ULAW")
    ours = np.frombuffer(blend(frames), dtype=np.uint8).astype(int)
    assert np.abs(ours - np.frombuffer(file.getvalue(), dtype=np.uint8)).max() <= 1


@given(FRAMES, FRAMES)
def test_two_frames_add_up_like_two_talkers(first: bytes, second: bytes):
    assert add(first, second) == expected([frame for frame in (first, second) if frame != IDLE_FRAME])


@pytest.mark.parametrize("listeners", [1, 2, 50])
def test_a_lone_talker_is_heard_byte_for_byte_and_hears_nothing(listeners: int):
    said = bytes(range(FRAME_BYTES))
    talker, others = Channel(said=said), [Channel() for _ in range(listeners)]
    mix([talker, *others])
    assert all(other.heard is said for other in others)
    assert talker.heard is IDLE_FRAME


def test_two_talkers_hear_each_other_byte_for_byte():
    first, second = Channel(said=b"\x7f" * FRAME_BYTES), Channel(said=b"\x01" * FRAME_BYTES)
    mix([first, second])
    assert (first.heard, second.heard) == (second.said, first.said)


def test_what_is_too_loud_is_cut_off_and_never_wraps():
    loud = [Channel(said=b"\x80" * FRAME_BYTES) for _ in range(250)]
    mix(loud)
    assert all(channel.heard == b"\x80" * FRAME_BYTES for channel in loud)


def test_silence_is_the_idle_frame_itself():
    channels = [Channel() for _ in range(8)]
    assert mix(channels) is IDLE_FRAME
    assert all(channel.heard is IDLE_FRAME for channel in channels)


def test_a_coach_hears_all_and_is_heard_by_one():
    agent, customer, coach = (Channel(said=bytes([code]) * FRAME_BYTES) for code in (0x20, 0x30, 0x40))
    coach.coaches = agent
    recorded = mix([agent, customer, coach])
    assert customer.heard == agent.said
    assert agent.heard == expected([customer.said, coach.said])
    assert coach.heard == expected([agent.said, customer.said]) == recorded


def test_two_hundred_and_fifty_talkers_cost_what_they_say():
    """A guard against work that grows with the square of the talkers: 50 times as many cost less than 150 times."""

    def cost(talkers: int) -> float:
        channels = [Channel(said=bytes([code % 250]) * FRAME_BYTES) for code in range(talkers)]
        began = time.process_time()
        for _ in range(40):
            mix(channels)
        return time.process_time() - began

    few = max(cost(5) for _ in range(3))
    assert cost(250) < 150 * few + 0.05


def saying(text: str) -> bytes:
    sound = b"\x2a" * FRAME_BYTES
    return captioned(sound, (Caption(Utterance(text, sound), 20),))


def words_heard_by(channel: Channel) -> list[str]:
    return [caption.utterance.text for caption in captions_of(channel.heard)]


@pytest.mark.parametrize("talkers", [2, 3, 5])
def test_each_hears_the_words_of_the_others_and_not_its_own(talkers: int) -> None:
    texts = [f"word {number}" for number in range(talkers)]
    channels = [Channel(said=saying(text)) for text in texts]
    listener = Channel()
    everything = mix([*channels, listener])
    for text, channel in zip(texts, channels, strict=True):
        assert words_heard_by(channel) == [other for other in texts if other != text]
    assert words_heard_by(listener) == texts
    assert [caption.utterance.text for caption in captions_of(everything)] == texts


def test_the_words_of_a_coach_reach_the_coached_alone() -> None:
    coached, customer = Channel(said=saying("agent")), Channel(said=saying("customer"))
    coach = Channel(said=saying("coach"), coaches=coached)
    mix([coached, customer, coach])
    assert words_heard_by(coached) == ["customer", "coach"]
    assert words_heard_by(customer) == ["agent"]
