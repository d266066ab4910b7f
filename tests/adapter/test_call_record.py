"""A call of the adapter as a record and as a cassette, judged by what a hand-written Twilio has said and heard."""

import logging
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from fake_twilio import LOUD, OURS, QUIET, THEIRS, FakeTwilio
from websockets.exceptions import ConnectionClosed

from twilio_adapter import (
    AgentRole,
    AudioChunk,
    CallBusy,
    NoCall,
    NotConnected,
    ScriptStepFailed,
    dtmf,
    hang_up,
    interrupt,
    run,
    silence,
)
from twilio_wire.audio import from_ulaw
from twilio_wire.cassette import (
    CassetteExists,
    DigitEntry,
    HangUpEntry,
    HasCallRecord,
    InterruptEntry,
    StateEntry,
    StepEntry,
    read_cassette,
)


def speech(seconds: float) -> AudioChunk:
    audio = from_ulaw(LOUD * round(seconds * 50))
    return AudioChunk.from_pcm(audio.at(24_000).pcm)


async def test_a_call_that_came_in_is_recorded_from_its_beginning_to_its_end(
    twilio: FakeTwilio, make_adapter, tmp_path: Path
) -> None:
    async with make_adapter() as adapter:
        recorder = adapter.record(tmp_path / "call")
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        await far_end.ticks(1.0, LOUD)
        await far_end.press("5")
        await far_end.ticks(0.3)
        await far_end.stop()
        call = read_cassette(tmp_path / "call")
        assert call == adapter.call_record.redacted()
        assert isinstance(adapter, HasCallRecord)
    assert recorder.problem is None
    assert call.far == LOUD * 50 + QUIET * 15
    assert call.near == QUIET * 65
    assert (call.direction, call.status, call.seen_by, call.is_real) == ("inbound", "completed", "adapter", False)
    assert (call.from_number, call.to_number, call.dialled_by) == ("+1555***2222", "+1555***1111", "far")
    assert call.entries == (
        StateEntry(0, "ringing"),
        StateEntry(0, "answered"),
        DigitEntry(1000, "far", "5"),
        HangUpEntry(1300, "far"),
        StateEntry(1300, "completed"),
    )


async def test_near_is_what_the_far_end_has_heard_and_not_what_was_sent(in_call, tmp_path: Path, background) -> None:
    recorder = in_call.adapter.record(tmp_path / "call")
    speaking = await background.start(in_call.adapter.send_audio(speech(3)))
    await in_call.far_end.ticks(1.0)
    assert await in_call.adapter.interrupt() > 1500
    await in_call.far_end.barrier()
    await speaking
    await in_call.far_end.ticks(0.5)
    await in_call.adapter.send_audio(speech(0.2))
    await in_call.far_end.barrier()
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.stop()
    call = read_cassette(recorder.path)
    assert call.near == in_call.far_end.heard
    assert call.near[8000:12_000] == QUIET * 25
    assert [entry for entry in call.entries if isinstance(entry, InterruptEntry)] == [InterruptEntry(1000, "near")]


async def test_all_but_the_last_second_is_on_the_disk_while_the_call_goes_on(in_call, tmp_path: Path) -> None:
    in_call.adapter.record(tmp_path / "call")
    await in_call.far_end.ticks(1.2, LOUD)
    call = read_cassette(tmp_path / "call")
    assert (call.far, call.is_over) == (LOUD * 50, False)


async def test_a_recording_that_begins_late_has_the_whole_call(in_call, tmp_path: Path) -> None:
    in_call.adapter.record(tmp_path / "early")
    await in_call.far_end.ticks(0.5, LOUD)
    await in_call.far_end.press("1")
    in_call.adapter.record(tmp_path / "late")
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.stop()
    assert read_cassette(tmp_path / "late") == read_cassette(tmp_path / "early")


async def test_a_call_that_nobody_answered_is_a_cassette_too(twilio: FakeTwilio, make_adapter, tmp_path: Path) -> None:
    async with make_adapter() as adapter:
        adapter.record(tmp_path / "call")
        twilio.on_create = lambda call: call.report("busy")
        with pytest.raises(CallBusy):
            await adapter.place_call(THEIRS)
    call = read_cassette(tmp_path / "call")
    assert (call.direction, call.status, call.states, call.dialled_by) == ("outbound", "busy", ("busy",), "near")
    assert (call.from_number, call.to_number) == ("+1555***1111", "+1555***2222")
    assert call.hung_up_by is None


async def test_the_next_call_is_recorded_and_not_the_one_after_it(
    twilio: FakeTwilio, make_adapter, tmp_path: Path
) -> None:
    async with make_adapter() as adapter:
        await adapter.lease_number()
        for number, pressed in enumerate("12"):
            if number == 1:
                adapter.record(tmp_path / "second")
            far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice", sid=f"CA{number:032x}")
            await adapter.wait_for_call()
            await far_end.press(pressed)
            await far_end.stop()
        adapter.record(tmp_path / "third")
    [digit] = [entry for entry in read_cassette(tmp_path / "second").entries if isinstance(entry, DigitEntry)]
    assert digit.digit == "2"
    assert not (tmp_path / "third").exists()


async def test_the_steps_of_a_script_and_our_keys_are_on_the_timeline(in_call, tmp_path: Path, background) -> None:
    in_call.adapter.record(tmp_path / "call")
    running = await background.start(
        run(in_call.adapter, [dtmf("1w2", method="inband"), interrupt(), silence(0.2), hang_up()])
    )
    with suppress(ConnectionClosed):
        await in_call.far_end.ticks(10)
    result = await running
    call = read_cassette(tmp_path / "call")
    assert call == result.call_record.redacted() == in_call.adapter.call_record.redacted()
    steps = [entry for entry in call.entries if isinstance(entry, StepEntry)]
    assert [(step.name, step.detail) for step in steps] == [
        ("dtmf", "1w2 (inband)"),
        ("interrupt", ""),
        ("silence", "0.2 s"),
        ("hang_up", ""),
    ]
    assert [(step.at_ms, step.end_ms) for step in steps] == [(step.start_ms, step.end_ms) for step in result.steps]
    assert [(entry.by, entry.digit) for entry in call.entries if isinstance(entry, DigitEntry)] == [
        ("near", "1"),
        ("near", "2"),
    ]
    assert call.hung_up_by == "near"


async def test_a_step_that_fails_is_on_the_timeline(in_call) -> None:
    async def fail(_: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(ScriptStepFailed):
        await run(in_call.adapter, [fail])
    assert in_call.adapter.call_record.entries[-1] == StepEntry(0, "fail", "", 0)


async def test_the_handset_is_ours_unless_we_are_the_agent_or_it_is_said(make_adapter, twilio, tmp_path: Path) -> None:
    async with make_adapter(role=AgentRole.USER) as adapter:
        adapter.record(tmp_path / "by_role")
        adapter.record(tmp_path / "as_said", handset="near")
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await far_end.stop()
    assert read_cassette(tmp_path / "by_role").handset == "far"
    assert read_cassette(tmp_path / "as_said").handset == "near"


async def test_what_cannot_be_recorded_is_refused_before_the_call(in_call, make_adapter, tmp_path: Path) -> None:
    (tmp_path / "menu").mkdir()
    (tmp_path / "menu" / "notes.txt").touch()
    with pytest.raises(CassetteExists):
        in_call.adapter.record(tmp_path / "menu")
    with pytest.raises(NotConnected):
        make_adapter().record(tmp_path / "call")
    with pytest.raises(NoCall):
        _ = make_adapter().call_record


async def test_a_disk_that_fails_does_not_disturb_the_call(
    twilio: FakeTwilio, make_adapter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with make_adapter() as adapter:
        recorder = adapter.record(tmp_path / "gone" / "call")
        never_begun = adapter.record(tmp_path / "file" / "call")
        (tmp_path / "file").touch()
        await adapter.lease_number()
        with caplog.at_level(logging.ERROR):
            far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
            await adapter.wait_for_call()
            shutil.rmtree(tmp_path / "gone")
            await far_end.ticks(1.2, LOUD)
            await far_end.stop()
        assert adapter.recording.seconds == 1.2
    assert recorder.problem.startswith("The rest of the call is not recorded")
    assert never_begun.problem.startswith("The call is not recorded")
    assert [record.getMessage() for record in caplog.records] == [never_begun.problem, recorder.problem]
    assert OURS not in caplog.text
