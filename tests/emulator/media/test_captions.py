"""Words travel with frames: where they lie in the audio, and how they come out at the other end of a playback."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.far_end import Crossing
from twilio_emulator.media.captions import Caption, Utterance, captioned, captions_of, carrying
from twilio_emulator.media.mixer import add
from twilio_emulator.media.playback import Playback
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME

LOUD = b"\x20" * FRAME_BYTES


def frames_of(playback: Playback, count: int) -> list[bytes]:
    return [playback.next_frame()[0] for _ in range(count)]


def test_words_share_what_sounds_by_their_length():
    utterance = Utterance("a bcdefgh", IDLE_FRAME * 5 + LOUD * 10 + IDLE_FRAME * 5)
    assert [(word.text, word.start_ms, word.end_ms) for word in utterance.words] == [
        ("a", 100, 140),
        ("bcdefgh", 140, 300),
    ]


def test_a_pause_within_belongs_to_no_sound():
    utterance = Utterance("one two", LOUD * 4 + IDLE_FRAME * 10 + LOUD * 4)
    assert [(word.start_ms, word.end_ms) for word in utterance.words] == [(0, 80), (280, 360)]
    assert [utterance.is_sounding(until_ms) for until_ms in (80, 100, 280, 300, 360, 380)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip


def test_what_says_nothing_never_sounds():
    assert not Utterance("", LOUD).is_sounding(20)
    assert Utterance(" ", LOUD).words == ()


def test_a_whisper_is_spoken_all_along():
    assert Utterance("psst", IDLE_FRAME * 3).words[0].end_ms == 60


@given(text=st.text(min_size=1), frames=st.integers(1, 40), tail=st.integers(0, FRAME_BYTES - 1))
def test_every_word_of_any_text_has_a_place_in_order_within_the_audio(text, frames, tail):
    utterance = Utterance(text, LOUD * frames + LOUD[:tail])
    assert [word.text for word in utterance.words] == text.split()
    for word, following in zip(utterance.words, utterance.words[1:], strict=False):
        assert word.start_ms <= following.start_ms
        assert word.end_ms <= following.end_ms
    for word in utterance.words:
        assert 0 <= word.start_ms < word.end_ms <= utterance.ms


def test_frames_tell_how_far_their_utterance_has_come():
    playback = Playback()
    playback.play(LOUD * 2)
    utterance = Utterance("hi", LOUD * 2)
    playback.play(LOUD * 2, utterance)
    captions = [captions_of(frame) for frame in frames_of(playback, 5)]
    assert captions == [(), (), (Caption(utterance, 20),), (Caption(utterance, 40),), ()]


def test_a_frame_cut_from_two_utterances_carries_both():
    playback = Playback()
    first, second = Utterance("a", LOUD + LOUD[:80]), Utterance("b", LOUD)
    playback.play(first.audio, first)
    playback.play(second.audio, second)
    captions = [captions_of(frame) for frame in frames_of(playback, 3)]
    assert captions == [(Caption(first, 20),), (Caption(first, 30), Caption(second, 10)), (Caption(second, 20),)]


def test_what_is_cleared_is_not_said():
    playback = Playback()
    playback.play(LOUD * 3, Utterance("gone", LOUD * 3))
    frames_of(playback, 1)
    playback.clear()
    playback.play(LOUD)
    assert captions_of(frames_of(playback, 1)[0]) == ()


def test_words_cross_the_network_between_two_calls():
    near, far = Crossing.pair()
    frame = captioned(LOUD, (Caption(Utterance("hi", LOUD), 20),))
    near.hear(frame)
    assert captions_of(far.speak()) == captions_of(frame)
    assert frame == LOUD


def test_a_mix_carries_the_words_of_all_it_was_made_of():
    one, two = (captioned(LOUD, (Caption(Utterance(text, LOUD), 20),)) for text in ("one", "two"))
    assert captions_of(carrying(IDLE_FRAME, one, LOUD, two)) == (*captions_of(one), *captions_of(two))
    assert carrying(LOUD, LOUD, IDLE_FRAME) is LOUD


def test_two_voices_on_a_bridge_keep_their_words() -> None:
    one, two = (captioned(LOUD, (Caption(Utterance(text, LOUD), 20),)) for text in ("one", "two"))
    assert captions_of(add(one, two)) == (*captions_of(one), *captions_of(two))
    assert add(one, IDLE_FRAME) is one
