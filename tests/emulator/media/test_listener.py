"""What a listener tells of a track: words as they end, where speech starts and stops, and sound without words."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.captions import Utterance
from twilio_emulator.media.listener import Heard, Listener, Unclear
from twilio_emulator.media.playback import Playback
from twilio_emulator.twiml.flow import SpeechStarted, SpeechStopped, WordsHeard
from twilio_wire.g711 import FRAME_BYTES, FRAME_MS, IDLE_FRAME

LOUD = b"\x20" * FRAME_BYTES
STARTED, STOPPED = SpeechStarted(), SpeechStopped(200)


def heard(listener: Listener, frames: Iterable[bytes]) -> list[tuple[int, Heard]]:
    return [(number * FRAME_MS, fact) for number, frame in enumerate(frames, start=1) for fact in listener.feed(frame)]


def saying(*utterances: Utterance, gap_frames: int = 20) -> list[bytes]:
    playback = Playback()
    for utterance in utterances:
        playback.play(utterance.audio, utterance)
        playback.play(IDLE_FRAME * gap_frames)
    return [playback.next_frame()[0] for _ in range(playback.queued_bytes // FRAME_BYTES)]


def word(text: str) -> WordsHeard:
    return WordsHeard((text,), 0.95)


def test_words_are_heard_as_they_end_between_start_and_stop():
    frames = saying(Utterance("one two", IDLE_FRAME * 5 + LOUD * 10))
    assert heard(Listener(sound_is_speech=False), frames) == [
        (120, STARTED), (200, word("one")), (300, word("two")), (500, STOPPED),
    ]  # fmt: skip


def test_a_pause_of_200_ms_stops_speech_and_a_shorter_one_does_not():
    short, long = (Utterance("a b", LOUD * 5 + IDLE_FRAME * pause + LOUD * 5) for pause in (9, 10))
    kinds = [type(fact) for _, fact in heard(Listener(sound_is_speech=False), saying(short, long))]
    assert kinds == [
        SpeechStarted, WordsHeard, WordsHeard, SpeechStopped,
        SpeechStarted, WordsHeard, SpeechStopped, SpeechStarted, WordsHeard, SpeechStopped,
    ]  # fmt: skip


def test_a_word_that_had_begun_before_anybody_listened_is_not_heard():
    frames = saying(Utterance("one two", LOUD * 10))[2:]
    assert [fact for _, fact in heard(Listener(sound_is_speech=False), frames)] == [STARTED, word("two"), STOPPED]


def test_lost_frames_lose_no_word():
    frames = saying(Utterance("one two three", LOUD * 30))
    facts = [fact for _, fact in heard(Listener(sound_is_speech=False), frames[:3] + frames[18:])]
    assert facts == [STARTED, WordsHeard(("one", "two"), 0.95), word("three"), STOPPED]


def test_the_same_recording_played_again_is_heard_again():
    again = Utterance("yes", LOUD * 5)
    facts = [fact for _, fact in heard(Listener(sound_is_speech=False), saying(again, again))]
    assert facts == [STARTED, word("yes"), STOPPED] * 2


def test_sound_that_is_known_to_say_nothing_is_no_speech():
    assert heard(Listener(sound_is_speech=True), saying(Utterance("", LOUD * 20))) == []


def test_where_sound_is_no_speech_it_is_told_and_starts_nothing():
    frames = [LOUD] * 10 + [IDLE_FRAME] * 20
    assert heard(Listener(sound_is_speech=False), frames) == [(400, Unclear(LOUD * 10 + IDLE_FRAME * 10))]


def test_for_a_recogniser_sound_is_cut_at_its_pause_with_a_little_of_what_was_before():
    frames = [IDLE_FRAME] * 20 + [LOUD] * 10 + [IDLE_FRAME] * 15
    facts = heard(Listener(sound_is_speech=True), frames)
    assert [(at_ms, type(fact)) for at_ms, fact in facts] == [
        (460, SpeechStarted),
        (800, Unclear),
        (800, SpeechStopped),
    ]
    sound = next(fact for _, fact in facts if isinstance(fact, Unclear))
    assert sound.audio == IDLE_FRAME * 5 + LOUD * 10 + IDLE_FRAME * 10


def test_a_click_is_no_speech():
    assert heard(Listener(sound_is_speech=True), ([LOUD] * 2 + [IDLE_FRAME] * 5) * 10) == []


def test_sound_without_a_pause_is_cut_after_half_a_minute():
    facts = heard(Listener(sound_is_speech=True), [LOUD] * 3100)
    assert [type(fact) for _, fact in facts] == [SpeechStarted, Unclear, Unclear]


def test_at_the_end_what_is_left_is_told():
    listener = Listener(sound_is_speech=True)
    heard(listener, [LOUD] * 10)
    assert listener.finish() == [Unclear(LOUD * 10), SpeechStopped(0)]
    assert listener.finish() == []


@given(
    texts=st.lists(st.sampled_from(["", "yes", "no thank you"]), max_size=5),
    gaps=st.integers(0, 30),
    lost=st.sets(st.integers(0, 200)),
)
def test_start_and_stop_alternate_and_no_word_comes_twice(texts, gaps, lost):
    utterances = [Utterance(text, LOUD * 12) for text in texts]
    frames = [frame for number, frame in enumerate(saying(*utterances, gap_frames=gaps)) if number not in lost]
    listener = Listener(sound_is_speech=True)
    facts = [fact for _, fact in heard(listener, frames)] + listener.finish()
    kinds = [type(fact) for fact in facts if isinstance(fact, SpeechStarted | SpeechStopped)]
    assert kinds == [SpeechStarted, SpeechStopped] * (len(kinds) // 2)
    words = [text for fact in facts if isinstance(fact, WordsHeard) for text in fact.words]
    said = [text for utterance in utterances for text in utterance.text.split()]
    assert len(words) <= len(said)
    if not lost:
        assert words == said
