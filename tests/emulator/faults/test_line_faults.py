"""A bad line, frame by frame: what is lost, late, louder and noisier, and that nothing is invented."""

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.calls.answerer import AnsweredBy
from twilio_emulator.calls.far_end import LegEnding
from twilio_emulator.faults.fault import Fault
from twilio_emulator.faults.line_faults import BadLine, Way
from twilio_emulator.media.captions import LostFrame, Utterance, captions_of
from twilio_emulator.media.playback import Playback
from twilio_wire.g711 import FRAME_BYTES, IDLE_FRAME, decode, encode
from twilio_wire.levels import level_dbm0, sine_peak

MINUTE = 3000
seeds = st.integers(0, 2**31)


def tone_frame(dbm0: float = -10.0, hertz: int = 500) -> bytes:
    """A whole number of periods in a frame."""
    return encode((sine_peak(dbm0) * np.sin(2 * np.pi * hertz * np.arange(FRAME_BYTES) / 8000)).astype(np.int16))


def numbered(count: int) -> list[bytes]:
    """Frames that can be told apart."""
    return [number.to_bytes(4, "big") * 40 for number in range(1, count + 1)]


def carried(frames: list[bytes], *faults: Fault, seed: int = 0) -> list[bytes]:
    way = Way("from_caller", [(fault, f"{seed}:{rank}") for rank, fault in enumerate(faults)])
    return [way.carry(frame) for frame in frames]


def is_lost(frame: bytes) -> bool:
    return isinstance(frame, LostFrame)


@given(seed=seeds, percent=st.floats(0, 100))
def test_as_many_frames_are_lost_as_was_asked_for(seed: int, percent: float) -> None:
    lost = sum(map(is_lost, carried([IDLE_FRAME] * MINUTE, Fault("loss", percent=percent), seed=seed)))
    expected, spread = MINUTE * percent / 100, (MINUTE * percent / 100 * (1 - percent / 100)) ** 0.5
    assert abs(lost - expected) <= 5 * spread + 1


@given(seed=seeds)
def test_bursts_have_the_length_and_the_share_that_were_asked_for(seed: int) -> None:
    frames = carried([IDLE_FRAME] * 5 * MINUTE, Fault("burst_loss", percent=10, burst_ms=200), seed=seed)
    bursts = [len(list(run)) for lost, run in groupby(frames, is_lost) if lost]
    assert 0.04 < sum(bursts) / len(frames) < 0.18
    assert 7 < sum(bursts) / len(bursts) < 14, "ten frames on average"


@given(
    seed=seeds,
    fault=st.sampled_from(
        [
            Fault("loss", percent=30),
            Fault("burst_loss", percent=30, burst_ms=100),
            Fault("jitter", jitter_ms=120, buffer_ms=80),
            Fault("latency", latency_ms=250),
        ]
    ),
)
def test_what_arrives_is_what_set_out_in_its_order(seed: int, fault: Fault) -> None:
    sent = numbered(300)
    arrived = [frame for frame in carried(sent, fault, seed=seed) if frame in sent]
    assert len(set(arrived)) == len(arrived)
    assert arrived == [frame for frame in sent if frame in arrived]
    assert all(len(frame) == FRAME_BYTES for frame in arrived)


@given(seed=seeds)
def test_one_faults_luck_does_not_depend_on_the_others(seed: int) -> None:
    def losses(*faults: Fault) -> list[bool]:
        return [is_lost(frame) for frame in carried([tone_frame()] * 500, *faults, seed=seed)]

    loss = Fault("loss", percent=20)
    assert losses(loss) == losses(loss, Fault("noise", level_dbm0=-40), Fault("clipping"))


def test_another_seed_is_another_luck() -> None:
    frames = [IDLE_FRAME] * 500
    loss = Fault("loss", percent=20)
    assert list(map(is_lost, carried(frames, loss, seed=1))) == list(map(is_lost, carried(frames, loss, seed=1)))
    assert list(map(is_lost, carried(frames, loss, seed=1))) != list(map(is_lost, carried(frames, loss, seed=2)))


@pytest.mark.parametrize("latency_ms", [0, 20, 30, 200])
def test_latency_is_whole_frames(latency_ms: int) -> None:
    sent = numbered(100)
    frames = -(-latency_ms // 20)
    assert carried(sent, Fault("latency", latency_ms=latency_ms)) == [IDLE_FRAME] * frames + sent[: 100 - frames]


def test_a_buffer_that_is_long_enough_loses_nothing() -> None:
    sent = numbered(200)
    assert carried(sent, Fault("jitter", jitter_ms=60, buffer_ms=60)) == [IDLE_FRAME] * 3 + sent[:197]


def test_half_of_what_is_late_by_up_to_twice_the_buffer_is_lost() -> None:
    lost = sum(map(is_lost, carried([IDLE_FRAME] * MINUTE, Fault("jitter", jitter_ms=200, buffer_ms=100))))
    assert 0.45 < lost / MINUTE < 0.55


@given(seed=seeds, level=st.sampled_from([-60.0, -50.0, -40.0, -25.0, -10.0]))
def test_noise_has_the_level_that_was_asked_for(seed: int, level: float) -> None:
    noise = b"".join(carried([IDLE_FRAME] * 200, Fault("noise", level_dbm0=level), seed=seed))
    assert level_dbm0(decode(noise)) == pytest.approx(level, abs=0.7)


def test_noise_is_added_to_what_is_said() -> None:
    noisy = b"".join(carried([tone_frame(-10)] * 200, Fault("noise", level_dbm0=-20)))
    left = decode(noisy).astype(float) - np.tile(decode(tone_frame(-10)), 200)
    assert level_dbm0(left) == pytest.approx(-20, abs=0.7)


def test_clipping_cuts_peaks_at_the_ceiling_and_leaves_what_is_below() -> None:
    ceiling = 32767 * 10 ** (-12 / 20)
    (loud,) = carried([tone_frame(-10)], Fault("clipping", gain_db=20, ceiling_dbfs=-12))
    samples = decode(loud)
    assert samples.max() == pytest.approx(ceiling, rel=0.04)
    assert (samples == samples.max()).sum() > 40, "flat at the top"
    (same,) = carried([tone_frame(-30)], Fault("clipping", gain_db=0, ceiling_dbfs=0))
    assert same == tone_frame(-30)


def test_words_survive_a_bad_line() -> None:
    mouth, heard = Playback(), []
    mouth.play(tone_frame() * 100, Utterance("All of this is heard.", tone_frame() * 100))
    faults = [
        Fault("loss", percent=50),
        Fault("noise", level_dbm0=-20),
        Fault("clipping"),
        Fault("latency", latency_ms=60),
    ]
    for frame in carried([mouth.next_frame()[0] for _ in range(103)], *faults):
        heard += [caption.until_ms for caption in captions_of(frame)]
    assert heard == list(range(20, 2001, 20))


class Phone:
    """A far end that says what it is given, and keeps what it hears."""

    answered_by = AnsweredBy.HUMAN

    def __init__(self, *says: bytes) -> None:
        self.says = list(says)
        self.heard: list[bytes] = []
        self.told: list[str] = []

    def speak(self) -> bytes:
        return self.says.pop(0) if self.says else IDLE_FRAME

    def hear(self, frame: bytes) -> None:
        self.heard.append(frame)

    def answered(self) -> None:
        self.told.append("answered")

    def ended(self, ending: LegEnding) -> None:
        self.told.append(ending)


def test_echo_brings_back_what_was_heard_later_and_softer() -> None:
    phone = Phone()
    line = BadLine(phone, [(Fault("echo", delay_ms=60, loss_db=20), "")])
    said = []
    for heard in [tone_frame(-10), *[IDLE_FRAME] * 5]:
        said.append(line.speak())
        line.hear(heard)
    levels = [level_dbm0(decode(frame)) for frame in said]
    assert levels[3] == pytest.approx(-30, abs=0.5)
    assert [frame is IDLE_FRAME for frame in said] == [True, True, True, False, True, True]


def test_a_fault_of_one_way_leaves_the_other_alone() -> None:
    sent = numbered(20)
    phone = Phone(*sent)
    line = BadLine(phone, [(Fault("loss", percent=100, direction="to_caller"), "")])
    said = []
    for frame in sent:
        said.append(line.speak())
        line.hear(frame)
    assert said == sent
    assert set(phone.heard) == {IDLE_FRAME}


def test_there_and_back_takes_twice_as_long() -> None:
    phone = Phone(*numbered(50))
    line = BadLine(phone, [(Fault("latency", latency_ms=100), "")])
    for _ in range(50):
        line.hear(line.speak())  # whoever is there says back what it hears
    assert phone.heard.index(numbered(1)[0]) == 10
