"""Conversations written as lists of steps."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from fake_twilio import LOUD

from twilio_adapter import (
    AudioChunk,
    CallEnded,
    Capabilities,
    ConfigurationError,
    NoCall,
    NothingHeard,
    ScriptStepFailed,
    StepRecord,
    TwilioAgentAdapter,
    UnsupportedCapabilityError,
    agent,
    audio,
    dtmf,
    hang_up,
    interrupt,
    run,
    silence,
    sleep,
)
from twilio_wire.audio import AudioFileError
from twilio_wire.dtmf import InvalidDigits


async def test_a_script_is_carried_out_step_by_step(in_call, background, tmp_path: Path) -> None:
    hello = AudioChunk.from_pcm(np.full(9600, 6000, dtype=np.int16))
    hello.save(tmp_path / "hello.wav")
    noted: list[int] = []

    async def note(adapter: TwilioAgentAdapter) -> None:
        noted.append(adapter.recording.received_ms)

    script = [agent(), audio(tmp_path / "hello.wav"), note, silence(0.2), sleep(0.3), hang_up()]
    running = await background.start(run(in_call.adapter, script=script))
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(1.6)
    result = await running
    assert result.status == "completed"
    assert [(step.name, step.start_ms, step.end_ms) for step in result.steps] == [
        ("agent", 0, 1100),
        ("audio", 1100, 1500),
        ("note", 1500, 1500),
        ("silence", 1500, 1700),
        ("sleep", 1700, 2000),
        ("hang_up", 2000, 2000),
    ]
    assert result.steps[0].chunk is not None
    assert result.steps[0].chunk.seconds == 0.4
    assert noted == [1500]
    assert result.recording is in_call.adapter.recording
    assert str(tmp_path / "hello.wav") in result.steps[1].detail


async def test_keys_and_interruptions_are_steps(in_call, background) -> None:
    async def begin(adapter: TwilioAgentAdapter) -> None:
        await adapter.send_silence(0.9)

    running = await background.start(run(in_call.adapter, script=[begin, interrupt(), dtmf("12", method="inband")]))
    await in_call.far_end.barrier()
    await in_call.far_end.ticks(0.8)
    result = await running
    assert [(step.name, step.detail) for step in result.steps] == [
        ("begin", ""),
        ("interrupt", ""),
        ("dtmf", "12 (inband)"),
    ]
    assert in_call.far_end.events().count("clear") == 1


async def test_a_step_that_fails_says_which_it_was(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, script=[sleep(0.1), agent(timeout=0.5), hang_up()]))
    await in_call.far_end.ticks(0.6)
    with pytest.raises(ScriptStepFailed, match=r"Step 1 of the script, agent within 0\.5 s, failed") as raised:
        await running
    assert (raised.value.index, raised.value.name) == (1, "agent within 0.5 s")
    assert isinstance(raised.value.__cause__, NothingHeard)
    assert in_call.adapter.call_status == "in-progress"


async def test_a_call_that_ends_in_the_middle_fails_the_step_it_ended_in(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, script=[silence(5.0)]))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.stop()
    with pytest.raises(ScriptStepFailed, match="Step 0") as raised:
        await running
    assert isinstance(raised.value.__cause__, CallEnded)


async def test_what_a_function_hears_is_kept(in_call, background) -> None:
    async def listen(adapter: TwilioAgentAdapter) -> AudioChunk:
        return await adapter.recv_audio(tail_silence=0.1)

    running = await background.start(run(in_call.adapter, script=[listen]))
    await in_call.far_end.ticks(0.2, LOUD)
    await in_call.far_end.ticks(0.1)
    (record,) = (await running).steps
    assert record == StepRecord("listen", "", 0, 300, record.chunk)
    assert record.chunk.seconds == 0.2


async def test_something_that_is_no_step_is_refused_before_the_first_runs(in_call) -> None:
    with pytest.raises(ConfigurationError, match="'hello' is no step"):
        await run(in_call.adapter, script=[silence(0.1), "hello"])
    await in_call.far_end.barrier()
    assert in_call.far_end.sent == []


async def test_a_script_needs_a_call(adapter: TwilioAgentAdapter) -> None:
    with pytest.raises(NoCall):
        await run(adapter, script=[hang_up()])


# --- before any call ------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named_when_the_step_is_made() -> None:
    with pytest.raises(AudioFileError, match=r"not-recorded-yet\.wav"):
        audio("not-recorded-yet.wav")


def test_a_file_that_is_no_audio_is_named_when_the_step_is_made(tmp_path: Path) -> None:
    (tmp_path / "notes.wav").write_text("buy milk")
    with pytest.raises(AudioFileError, match=r"notes\.wav"):
        audio(tmp_path / "notes.wav")


def test_wrong_keys_are_refused_when_the_step_is_made() -> None:
    with pytest.raises(InvalidDigits):
        dtmf("call me")


@pytest.mark.parametrize("make", [silence, sleep])
def test_time_does_not_run_backwards(make) -> None:
    with pytest.raises(ConfigurationError, match="zero or more"):
        make(-0.1)


@pytest.mark.parametrize("step", [agent(), dtmf("1"), silence(1), sleep(1), interrupt(), hang_up()])
def test_a_step_is_a_value(step) -> None:
    with pytest.raises(FrozenInstanceError):
        step.name = "another"


def test_equal_steps_are_equal() -> None:
    assert dtmf("12") == dtmf("12") != dtmf("13")
    assert audio(AudioChunk(b"ab")) == audio(AudioChunk(b"ab"))


async def test_a_capability_that_is_missing_is_told_before_the_first_step(in_call) -> None:
    class Mute(type(in_call.adapter)):
        capabilities = Capabilities(dtmf=False)

    in_call.adapter.__class__ = Mute
    with pytest.raises(UnsupportedCapabilityError, match=r"no dtmf: use TwilioAgentAdapter") as refusal:
        await run(in_call.adapter, [sleep(3600), dtmf("1")])
    assert (refusal.value.capability, "presses keys" in refusal.value.alternative) == ("dtmf", True)


async def test_a_step_of_ones_own_may_need_what_a_telephone_has_not(in_call) -> None:
    async def wait_for_words(adapter: TwilioAgentAdapter) -> None:
        raise AssertionError("not reached")

    wait_for_words.needs = ("streaming_transcripts",)
    with pytest.raises(UnsupportedCapabilityError, match=r"transcribe what recv_audio\(\) returns"):
        await run(in_call.adapter, [wait_for_words])


@pytest.mark.parametrize("capability", ["streaming_transcripts", "native_vad", "telepathy"])
def test_every_capability_that_is_missing_has_an_alternative(capability: str) -> None:
    with pytest.raises(UnsupportedCapabilityError) as refusal:
        TwilioAgentAdapter.capabilities.require(capability)
    assert refusal.value.alternative
    TwilioAgentAdapter.capabilities.require("dtmf")
    TwilioAgentAdapter.capabilities.require("interruption")
