"""The meter alone: frames and messages by hand, a figure for each."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media.measures import BargeIn, Measures, Meter, Stall, Turn, sounds
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, encode
from twilio_wire.levels import sine_peak

LOUD = b"\x20" * FRAME_BYTES
QUIET = b"\xfe" * FRAME_BYTES


class Bench:
    """A meter whose time is moved by hand, from a stream's start on; and the clock and the queue that it looks at."""

    def __init__(self, *, opened: bool = True) -> None:
        self.now_ms = 5000
        self.queued_ms = 0
        self.meter = Meter(self, self)
        if opened:
            self.meter.opened()

    def pass_frames(self, caller: str, app: str) -> "Bench":
        """20 ms a letter: `x` sounds, `-` is played but silent, a blank is nothing."""
        kinds = {"x": LOUD, "-": QUIET, " ": IDLE_FRAME}
        for said, played in zip(caller.ljust(len(app)), app.ljust(len(caller)), strict=True):
            self.now_ms += 20
            self.meter.frame(kinds[said], kinds[played])
        return self

    def read(self) -> Measures:
        measures = self.meter.read()
        assert measures is not None
        return measures


def test_nothing_is_measured_before_a_stream_has_started() -> None:
    bench = Bench(opened=False).pass_frames("x", "x")
    bench.meter.cleared()
    assert bench.meter.read() is None


def test_times_count_from_the_first_streams_start() -> None:
    bench = Bench().pass_frames("   ", "  x")
    bench.meter.opened()
    measures = bench.read()
    assert (measures.began_ms, measures.time_to_first_audio_ms) == (5000, 60)


def test_an_answer_counts_from_the_callers_last_sound() -> None:
    bench = Bench().pass_frames("xxxxx", "").pass_frames("", " " * 9 + "xxx")
    assert bench.read().turns == (Turn(100, 300, 200),)


def test_pauses_inside_what_the_caller_says_do_not_count() -> None:
    bench = Bench().pass_frames("xxxx" + " " * 40 + "xxxx", "").pass_frames("", " " * 4 + "xxx")
    assert bench.read().turns == (Turn(960, 1060, 100),)


def test_a_click_is_no_speech() -> None:
    measures = Bench().pass_frames("xx  x  xx", "").pass_frames("", "   xxx").read()
    assert measures.turns == ()


def test_a_short_word_is_answered_soon_after_the_applications_own() -> None:
    bench = Bench().pass_frames("", "xxxxx").pass_frames("   xxxx", "").pass_frames("", "  xxx")
    assert [turn.latency_ms for turn in bench.read().turns] == [60]


def test_a_barge_in_ends_with_the_last_sound() -> None:
    bench = Bench().pass_frames("     xxx", "xxxxxxxx")
    bench.meter.cleared()
    bench.pass_frames("xxx" + " " * 30, "")
    assert bench.read().barge_ins == (BargeIn(120, 40, 60),)


def test_an_application_that_has_just_ended_is_not_interrupted() -> None:
    measures = Bench().pass_frames("          xxxxx", "xxxxx").read()
    assert measures.barge_ins == ()


def test_a_stall_is_where_sound_stops_and_goes_on() -> None:
    assert Bench().pass_frames("", "xxx  xxx").read().stalls == (Stall(80, 40),)


def test_neither_sent_silence_nor_a_clear_nor_the_caller_is_a_stall() -> None:
    assert Bench().pass_frames("", "xxx--  xxx").read().stalls == ()
    bench = Bench().pass_frames("", "xxx")
    bench.meter.cleared()
    assert bench.pass_frames("", "  xxx").read().stalls == ()
    assert Bench().pass_frames("   xxxx ", "xxx     xxx").read().stalls == ()


def test_marks_that_are_sent_and_come_back() -> None:
    bench = Bench()
    for _ in range(3):
        bench.meter.mark()
    bench.meter.marks_returned(2)
    assert (bench.read().marks_sent, bench.read().marks_unanswered) == (3, 1)


def test_a_frame_sounds_from_minus_45_dbm0_on() -> None:
    def sine(dbm0: float) -> bytes:
        return encode((sine_peak(dbm0) * np.sin(2 * np.pi * 500 * np.arange(FRAME_BYTES) / 8000)).astype(np.int16))

    assert sounds(sine(-44))
    assert not sounds(sine(-52))


steps = st.lists(
    st.tuples(st.sampled_from("x- "), st.sampled_from("x- "), st.sampled_from(["", "clear", "mark", "audio"])),
    max_size=200,
)


@given(script=steps)
def test_whatever_happens_the_figures_make_sense_and_are_those_of_one_who_asks_all_the_time(
    script: list[tuple[str, str, str]],
) -> None:
    bench, asked_always = Bench(), Bench()
    for caller, app, message in script:
        for one in (bench, asked_always):
            one.pass_frames(caller, app)
            {"": lambda: None, "clear": one.meter.cleared, "mark": one.meter.mark}.get(
                message, lambda one=one: one.meter.audio(160)
            )()
        asked_always.read()
    measures = bench.read()
    assert measures == asked_always.read() == bench.read()
    end_ms = bench.now_ms - 5000
    for turn in measures.turns:
        assert 0 < turn.caller_stopped_ms <= end_ms
        assert turn.latency_ms is None or turn.latency_ms > 0
    for barge_in in measures.barge_ins:
        assert barge_in.clear_after_ms is None or 0 <= barge_in.clear_after_ms <= end_ms
        assert barge_in.silence_after_ms is None or 0 <= barge_in.silence_after_ms <= end_ms
    assert all(0 < stall.length_ms <= 1000 and stall.length_ms % 20 == 0 for stall in measures.stalls)
    assert measures.marks_unanswered == measures.marks_sent
    assert measures.summary().count("\n") == 0
