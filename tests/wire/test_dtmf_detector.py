"""What the detector must hear. Figures: spandsp's (src/spandsp/dtmf.h), which cites ITU-T Q.24."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twilio_wire import dtmf_detector
from twilio_wire.dtmf import KEYS, Detector, DigitTiming, synthesize
from twilio_wire.dtmf_pairs import Foresight, Span, end_in_pairs, foreseen, may_end_in_pair
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, decode, frames

EACH_KEY = pytest.mark.parametrize("key", KEYS)
TWISTS_DB = (-8, 0, 4)
# Audio is looked at every 5 ms, so these are all the places where a tone can begin, half a millisecond apart.
ALIGNMENTS_MS = [40 + step / 2 for step in range(11)]


def whole(audio: bytes) -> Span:
    return Span(audio, 0, len(audio))


def sound_foreseen(first: bytes) -> bytes:
    span = foreseen(first)
    return b"" if span is None else span.audio[span.begin : span.end]


@pytest.fixture(scope="module")
def hear_key(sounds):
    """What is heard of one tone after some silence, in a noise or none."""

    def hear(tone, *, before_ms=25.0, noise_dbm0=None):
        ulaw = sounds.line(sounds.silence(before_ms), tone, sounds.silence(100), noise_dbm0=noise_dbm0)
        return Detector().feed(ulaw)

    return hear


@EACH_KEY
def test_40_ms_of_a_key_is_heard_wherever_it_begins(sounds, hear_key, key):
    for before_ms in ALIGNMENTS_MS:
        assert hear_key(sounds.key(key, 40), before_ms=before_ms) == key


@EACH_KEY
def test_20_ms_of_a_key_is_not_a_keypress(sounds, hear_key, key):
    for before_ms in ALIGNMENTS_MS:
        assert hear_key(sounds.key(key, 20), before_ms=before_ms) == ""


def test_looking_at_one_window_of_four_first_changes_nothing_that_is_heard(sounds, monkeypatch):
    """Tones about as long as the shortest key, in noise and off pitch: where one window more or less decides."""
    lines = [
        sounds.line(
            sounds.silence(before_ms), sounds.key(key, ms, row_off=off), sounds.silence(45), noise_dbm0=noise_dbm0
        )
        for key, ms, before_ms, off, noise_dbm0 in product(
            "18D", range(24, 42), ALIGNMENTS_MS, (0, 0.015, 0.024), (None, -23)
        )
    ]
    heard = [Detector().feed(line) for line in lines]
    monkeypatch.setattr(dtmf_detector, "end_in_pairs", lambda span: [True] * ((span.end - span.begin) // FRAME_BYTES))
    assert heard == [Detector().feed(line) for line in lines]
    assert "" in heard
    assert "8" in heard


def test_frames_are_judged_alike_alone_and_together(sounds):
    """The judge of many at once may differ by rounding only, and nothing here is as close as that."""
    audio = sounds.line(sounds.silence(33), *(sounds.key(key, 40) for key in KEYS), sounds.silence(60), noise_dbm0=-30)
    cut = frames(audio)
    together = end_in_pairs(whole(b"".join(cut)))
    assert set(together) == {True, False}
    assert [may_end_in_pair(frame) for frame in cut] == together


@EACH_KEY
def test_the_weakest_keys_are_judged_alike_alone_and_together(sounds, key):
    audio = sounds.line(*(sounds.key(key, 40, dbm0=dbm0) for dbm0 in (-60, -48, -44, -42, -40)))
    judged = [may_end_in_pair(frame) for frame in frames(audio)]
    assert judged == end_in_pairs(whole(audio))
    assert judged[1::2] == [False, False, False, True, True]


def test_a_stretch_foreseen_begins_with_its_first_sound_and_ends_at_what_may_be_a_key(sounds):
    silence, key = sounds.line(sounds.silence(40)), sounds.line(sounds.key("5", 20))
    before, after = sounds.line(sounds.noise(60, -20)), sounds.line(sounds.noise(80, -20, seed=2))
    foresight = Foresight()
    foresight.look(whole(silence + before + key + silence + after + silence))
    assert sound_foreseen(silence[:FRAME_BYTES]) == sound_foreseen(key) == b""
    assert sound_foreseen(before[:FRAME_BYTES]) == before
    assert sound_foreseen(after[:FRAME_BYTES]) == after + silence
    foresight.forget()
    assert sound_foreseen(before[:FRAME_BYTES]) == b""


def test_a_key_is_heard_where_something_else_was_foreseen(sounds):
    foresight, detector = Foresight(), Detector()
    silence, key = sounds.line(sounds.noise(60, -30)), sounds.line(sounds.key("5", 60), noise_dbm0=-30)
    foresight.look(whole(silence + silence))
    assert "".join(map(detector.feed, frames(silence + key))) == "5"
    foresight.forget()


def test_what_two_lines_are_about_to_say_stays_known_until_the_later_has_said_it(sounds):
    audio = sounds.line(sounds.noise(100, -20))
    sooner, later = Foresight(), Foresight()
    sooner.look(whole(audio))
    later.look(whole(audio))
    sooner.forget()
    assert sound_foreseen(audio[:FRAME_BYTES]) == audio
    later.forget()
    assert sound_foreseen(audio[:FRAME_BYTES]) == b""


@EACH_KEY
def test_tones_1_5_percent_off_pitch_are_accepted(sounds, hear_key, key):
    for twist_db, row_off, column_off in product(TWISTS_DB, (-0.015, 0.015), (-0.015, 0.015)):
        tone = sounds.key(key, 40, twist_db=twist_db, row_off=row_off, column_off=column_off)
        assert hear_key(tone) == key


@EACH_KEY
def test_a_tone_3_5_percent_off_pitch_is_refused(sounds, hear_key, key):
    for twist_db, off in product(TWISTS_DB, (-0.05, -0.035, 0.035, 0.05)):
        assert hear_key(sounds.key(key, 100, twist_db=twist_db, row_off=off)) == ""
        assert hear_key(sounds.key(key, 100, twist_db=twist_db, column_off=off)) == ""
        assert hear_key(sounds.key(key, 100, twist_db=twist_db, row_off=off, column_off=off)) == ""


@EACH_KEY
def test_twist_is_accepted_from_8_db_row_louder_to_4_db_column_louder(sounds, hear_key, key):
    for twist_db in range(-8, 5):
        assert hear_key(sounds.key(key, 40, twist_db=twist_db)) == key
    assert hear_key(sounds.key(key, 100, twist_db=-12)) == ""
    assert hear_key(sounds.key(key, 100, twist_db=8)) == ""


@EACH_KEY
def test_keys_are_heard_over_40_db_of_level(sounds, hear_key, key):
    for dbm0 in range(-42, -1, 4):
        assert hear_key(sounds.key(key, 40, dbm0=dbm0)) == key
    assert hear_key(sounds.key(key, 100, dbm0=-46)) == ""


@EACH_KEY
def test_keys_are_heard_over_noise_15_db_below_them(sounds, hear_key, key):
    for twist_db, before_ms in product(TWISTS_DB, ALIGNMENTS_MS[::3]):
        tone = sounds.key(key, 40, twist_db=twist_db)
        both_dbm0 = -10 if twist_db else -7
        assert hear_key(tone, before_ms=before_ms, noise_dbm0=both_dbm0 - 15) == key


@EACH_KEY
def test_a_dropout_does_not_split_a_key_and_a_pause_does(sounds, key):
    presses_after_ms = {1: 1, 10: 1, 20: 1, 45: 2, 60: 2}
    for gap_ms, before_ms in product(presses_after_ms, ALIGNMENTS_MS[::3]):
        ulaw = sounds.line(
            sounds.silence(before_ms),
            sounds.key(key, 50),
            sounds.silence(gap_ms),
            sounds.key(key, 50),
            sounds.silence(60),
            noise_dbm0=-45,
        )
        assert Detector().feed(ulaw) == key * presses_after_ms[gap_ms]


def test_dropouts_do_not_add_up(sounds):
    pieces = [sounds.silence(15), sounds.key("8", 40)] * 8
    assert Detector().feed(sounds.line(sounds.key("8", 40), *pieces)) == "8"


def test_different_keys_need_no_pause_between_them(sounds):
    assert Detector().feed(sounds.line(*(sounds.key(key, 50) for key in KEYS), sounds.silence(20))) == KEYS


def test_a_key_is_told_once_when_it_goes_down_and_held_until_it_goes_up(sounds):
    detector = Detector()
    told = {}
    held = {}
    pressed = sounds.line(sounds.silence(100), sounds.key("7", 2000), sounds.silence(200))
    for index, frame in enumerate(frames(pressed)):
        if keys := detector.feed(frame):
            told[index * 20] = keys
        held[index * 20] = detector.key
    assert list(told.values()) == ["7"]
    assert 100 <= next(iter(told)) <= 140
    assert [held[ms] for ms in (0, 80, 160, 1000, 2080, 2180)] == [None, None, "7", "7", "7", None]


def test_a_reset_detector_knows_nothing_of_the_past(sounds):
    detector = Detector()
    held = frames(sounds.line(sounds.key("3", 200)))
    assert "".join(map(detector.feed, held)) == "3"
    assert detector.feed(held[0][:100]) == ""
    detector.reset()
    assert detector.key is None
    assert "".join(map(detector.feed, held)) == "3"


def test_a_key_begun_before_a_reset_counts_from_the_reset(sounds):
    detector = Detector()
    held = frames(sounds.line(sounds.key("3", 60)))
    detector.feed(held[0])
    detector.reset()
    assert detector.feed(held[1]) == ""


@pytest.mark.parametrize("idle", [IDLE_FRAME, b"\x7f" * 82 + b"\xff" * 76 + b"\xfe\x7e", b"\x7f" * 160])
def test_hours_of_idle_line_change_nothing_that_is_heard_after_them(sounds, idle):
    detector = Detector()
    for frame in frames(sounds.line(sounds.silence(20), sounds.key("4", 40), sounds.silence(60))):
        detector.feed(frame)
    for _ in range(3000):
        assert detector.feed(idle) == ""
    for before_ms in ALIGNMENTS_MS:
        after = sounds.line(sounds.silence(before_ms), sounds.key("4", 40), sounds.silence(80))
        assert "".join(map(detector.feed, frames(after))) == "4"


def test_an_idle_frame_between_two_pieces_of_tone_keeps_its_place(sounds):
    detector = Detector()
    tone = sounds.line(sounds.key("6", 30))
    assert detector.feed(tone[:80]) == ""
    assert detector.feed(IDLE_FRAME) == ""
    assert detector.feed(tone[80:] + IDLE_FRAME * 5) == ""


TIMINGS = st.builds(DigitTiming, st.integers(40, 120), st.integers(50, 120), st.floats(-25, -3))


@settings(max_examples=200)
@given(st.text(KEYS + "wW", max_size=12), TIMINGS, st.integers(0, 159), st.integers(0, 2**32 - 1))
def test_digit_strings_come_back_over_a_noisy_line(sounds, digits, timing, before, seed):
    pcm = synthesize(digits, timing=timing).astype(float)
    ulaw = sounds.line(sounds.silence(before / 8), pcm, sounds.silence(40), noise_dbm0=timing.dbm0 - 15, seed=seed)
    assert Detector().feed(ulaw) == digits.replace("w", "").replace("W", "")


@settings(max_examples=40)
@given(st.text(KEYS, max_size=5), st.binary(max_size=700), st.data())
def test_the_answer_does_not_depend_on_how_the_audio_was_cut(sounds, digits, clutter, data):
    tones = synthesize(digits, timing=DigitTiming(45, 45, -12)).astype(float)
    ulaw = sounds.line(tones, decode(clutter) / 4.0, tones, noise_dbm0=-35)
    whole = Detector()
    expected = whole.feed(ulaw)
    pieces = Detector()
    heard = ""
    rest = ulaw
    while rest:
        size = data.draw(st.integers(1, 900), label="piece")
        heard += pieces.feed(rest[:size])
        rest = rest[size:]
    assert (heard, pieces.key) == (expected, whole.key)


@settings(max_examples=60)
@given(st.text(KEYS, max_size=5), st.binary(max_size=700), st.integers(0, 159), st.data())
def test_the_answer_does_not_depend_on_what_was_foreseen(sounds, digits, clutter, before, data):
    """Whoever looks ahead may cut the audio elsewhere, and some of it may get lost on the way."""
    tones = synthesize(digits, timing=DigitTiming(45, 45, -12)).astype(float)
    ulaw = sounds.line(tones, decode(clutter) / 4.0, tones, noise_dbm0=-35)
    looked_at = [ulaw[:before], *frames(ulaw[before:])]
    lost = data.draw(st.sets(st.integers(1, len(looked_at))), label="lost")
    said = [IDLE_FRAME if at in lost else piece for at, piece in enumerate(looked_at)]
    alone, foresees, foresight = Detector(), Detector(), Foresight()
    at = 1
    assert alone.feed(said[0]) == foresees.feed(said[0])
    while at < len(said):
        until = at + data.draw(st.integers(1, 20), label="frames looked at")
        beside = b"".join(looked_at[:at])
        foresight.look(Span(b"".join(looked_at), len(beside), len(b"".join(looked_at[:until]))))
        until = at + data.draw(st.integers(1, 25), label="frames said")
        for piece in said[at:until]:
            assert (foresees.feed(piece), foresees.key) == (alone.feed(piece), alone.key)
        at = until
    foresight.forget()
