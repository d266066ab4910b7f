"""What was said is kept, in little memory, whatever becomes of the disk."""

import gc
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.media import tape
from twilio_emulator.media.tape import BLOCK_BYTES, TapeStore


def minutes(count: int, value: int) -> list[bytes]:
    """So many minutes of frames of 20 ms."""
    return [bytes([value]) * 160] * (count * 60 * 50)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3 * BLOCK_BYTES)), max_size=12))
def test_audio_of_any_length_comes_out_as_it_went_in_and_tapes_do_not_mix(additions):
    store = TapeStore()
    tapes, expected = (store.tape(), store.tape()), [b"", b""]
    for number, (which, length) in enumerate(additions):
        audio = bytes([number]) * length
        tapes[which].add(audio)
        expected[which] += audio

    assert [one.read() for one in tapes] == expected
    for begin in (1, BLOCK_BYTES, len(expected[0]), len(expected[0]) + 1):
        assert tapes[0].read(begin) == expected[0][begin:]
    assert [len(one) for one in tapes] == [len(audio) for audio in expected]


def test_ten_minutes_take_no_more_memory_than_one():
    store = TapeStore()
    one = store.tape()
    for frame in minutes(1, 7):
        one.add(frame)
    tracemalloc.start()
    for frame in minutes(9, 7):
        one.add(frame)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(one) == 10 * 60 * 8000
    assert grown < 2 * BLOCK_BYTES


def test_what_nobody_holds_any_more_makes_room_for_others():
    store = TapeStore()
    for value in range(5):
        one = store.tape()
        for frame in minutes(1, value):
            one.add(frame)
        assert one.read() == b"".join(minutes(1, value))
        del one, frame
        gc.collect()

    assert store.blocks_in_use == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_loses_nothing_and_is_told_once(monkeypatch, caplog):
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115 - the store closes it
    monkeypatch.setattr(tape.tempfile, "TemporaryFile", lambda **_: full)
    one = TapeStore().tape()
    for frame in minutes(1, 3):
        one.add(frame)

    assert one.read() == b"".join(minutes(1, 3))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_disk_that_takes_only_a_part_is_a_full_disk(monkeypatch):
    class Nearly(io.BytesIO):
        def write(self, block):
            return super().write(block[: BLOCK_BYTES + 10 - self.tell()])

    monkeypatch.setattr(tape.tempfile, "TemporaryFile", lambda **_: Nearly())
    one = TapeStore().tape()
    for frame in minutes(1, 3):
        one.add(frame)

    assert one.read() == b"".join(minutes(1, 3))
