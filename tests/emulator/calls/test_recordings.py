"""The Recording resource's table: every status with every event."""

import itertools

import pytest

from twilio_emulator.calls.recordings import (
    TRANSITIONS,
    IllegalRecordingTransition,
    Recording,
    RecordingEvent,
    RecordingSource,
    RecordingSpec,
    RecordingStatus,
)


def recording(status: RecordingStatus = RecordingStatus.IN_PROGRESS) -> Recording:
    spec = RecordingSpec(source=RecordingSource.START_API)
    return Recording(sid="RE1", account_sid="AC1", call_sid="CA1", spec=spec, created_ms=0, updated_ms=0, status=status)


@pytest.mark.parametrize(("status", "event"), list(itertools.product(RecordingStatus, RecordingEvent)))
def test_a_step_is_in_the_table_or_refused(status: RecordingStatus, event: RecordingEvent) -> None:
    one = recording(status)
    assert one.can(event) is ((status, event) in TRANSITIONS)
    if one.can(event):
        one.apply(event, now_ms=7)
        assert (one.status, one.updated_ms) == (TRANSITIONS[status, event], 7)
    else:
        with pytest.raises(IllegalRecordingTransition, match=f"is {status} and cannot take the event '{event}'"):
            one.apply(event, now_ms=7)
        assert one.status is status


def test_nothing_follows_the_two_ends() -> None:
    sources = {status for status, _ in TRANSITIONS}
    assert set(RecordingStatus) - sources == {RecordingStatus.COMPLETED, RecordingStatus.ABSENT}


@pytest.mark.parametrize(("ms", "seconds"), [(20, 1), (1000, 1), (1499, 1), (1500, 2), (61_000, 61)])
def test_a_duration_is_in_whole_seconds_and_never_zero(ms: int, seconds: int) -> None:
    one = recording()
    one.length_ms = ms
    assert one.duration_s == seconds


def test_what_is_known_of_a_deleted_recording_stays() -> None:
    one = recording(RecordingStatus.COMPLETED)
    one.length_ms = 2000
    one.delete(now_ms=9)
    assert (one.take, one.duration_s, one.deleted_ms) == (None, 2, 9)
