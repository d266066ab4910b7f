"""What is left of a script: its timeline, its figures, its recording; also when it has failed."""

import numpy as np
import pytest
import soundfile
from fake_twilio import LOUD
from sounds import tone_chunk

from twilio_adapter import (
    ExpectationFailed,
    ScriptStepFailed,
    TimelineEntry,
    TwilioAgentAdapter,
    agent,
    audio,
    dtmf,
    expect_silence,
    hang_up,
    interrupt,
    run,
    sleep,
)


async def begin(adapter: TwilioAgentAdapter) -> None:
    await adapter.send_audio(tone_chunk(440, 0.9))


async def test_the_timeline_has_both_ends_and_the_script_in_order(in_call, background) -> None:
    far_end = in_call.far_end
    script = [audio(tone_chunk(440, 0.4)), agent(tail_silence=0.3), begin, sleep(0.2), interrupt(), hang_up()]
    running = await background.start(run(in_call.adapter, script))
    await far_end.ticks(0.7)
    await far_end.press("7")
    await far_end.ticks(0.5, LOUD)
    await far_end.ticks(0.3)
    await far_end.ticks(0.2)
    result = await running
    assert str(result) == (
        "    0.000  call    ringing\n"
        "    0.000  call    answered\n"
        "    0.000  script  audio 0.40 s  (0.40 s)\n"
        "    0.000  near    speaks  (0.40 s)\n"
        "    0.400  script  agent within 30 s  (1.10 s)\n"
        "    0.700  far     presses 7\n"
        "    0.700  far     speaks 0.30 s after us  (0.50 s)\n"
        "    1.500  script  begin\n"
        "    1.500  script  sleep 0.2 s  (0.20 s)\n"
        "    1.500  near    speaks  (0.20 s)\n"
        "    1.700  script  interrupt\n"
        "    1.700  script  hang_up\n"
        "    1.700  near    stops with 0.70 s not said\n"
        "    1.700  call    completed\n"
        "The call is completed."
    )
    assert result.timeline[6] == TimelineEntry(700, "far", "speaks", "0.30 s after us", 1200)
    assert [(turn.near_stopped_ms, turn.latency_ms) for turn in result.turns] == [(400, 300), (1700, None)]
    assert (result.response_p50_ms, result.response_max_ms) == (300, 300)


async def test_keys_that_we_press_are_on_it(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [dtmf("1#", method="inband")]))
    await in_call.far_end.ticks(1.0)
    rows = str((await running).timeline).splitlines()
    assert [row.split(maxsplit=1)[1] for row in rows if "presses" in row] == ["near    presses 1", "near    presses #"]


async def test_without_an_answer_there_are_no_figures(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [sleep(0.1)]))
    await in_call.far_end.ticks(0.1)
    result = await running
    assert (result.turns, result.barge_ins, result.response_p50_ms, result.response_max_ms) == ((), (), None, None)


async def test_of_two_answers_the_longer_is_the_middle(in_call, background) -> None:
    script = [step for _ in range(2) for step in (audio(tone_chunk(440, 0.2)), agent(tail_silence=0.3))]
    running = await background.start(run(in_call.adapter, script))
    for pause in (0.4, 0.8):
        await in_call.far_end.ticks(0.2 + pause)
        await in_call.far_end.ticks(0.2, LOUD)
        await in_call.far_end.ticks(0.3)
    result = await running
    assert [turn.latency_ms for turn in result.turns] == [400, 800]
    assert (result.response_p50_ms, result.response_max_ms) == (800, 800)


async def test_a_result_is_saved_in_stereo_and_true_to_time(in_call, background, tmp_path) -> None:
    running = await background.start(run(in_call.adapter, [sleep(0.2), audio(tone_chunk(440, 0.3)), hang_up()]))
    await in_call.far_end.ticks(0.1, LOUD)
    await in_call.far_end.ticks(0.4)
    (await running).save(tmp_path / "call.wav")
    samples, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert (rate, samples.shape) == (8000, (4000, 2))
    far, near = (np.flatnonzero(np.abs(samples[:, channel]) > 500) for channel in (0, 1))
    assert (far[0], far[-1]) == (0, 799)
    assert 1600 <= near[0] < 1620
    assert 3980 < near[-1] < 4000


async def test_a_script_that_failed_leaves_what_it_had_done(in_call, background) -> None:
    script = [sleep(0.2), expect_silence(1), hang_up()]
    running = await background.start(run(in_call.adapter, script))
    await in_call.far_end.ticks(0.4)
    await in_call.far_end.ticks(0.1, LOUD)
    with pytest.raises(ScriptStepFailed) as raised:
        await running
    failed, result = raised.value, raised.value.result
    why = "The far end made a sound at 0.40 s of the call, 0.20 s into the silence."
    assert str(failed) == f"Step 1 of the script, expect_silence 1 s, failed at 0.44 s of the call: {why}"
    assert (failed.index, failed.name, failed.at_ms) == (1, "expect_silence 1 s", 440)
    assert isinstance(failed.__cause__, ExpectationFailed)
    assert [(step.name, step.end_ms, step.failure) for step in result.steps] == [
        ("sleep", 200, ""),
        ("expect_silence", 440, why),
    ]
    assert result.status == "in-progress"
    assert result.recording is in_call.adapter.recording
    assert f"expect_silence 1 s FAILED: {why}" in str(result.timeline)
    assert failed.__notes__ == [f"The call until then:\n{result.timeline}"]


async def test_an_empty_script_looks_back_all_the_same(in_call) -> None:
    await in_call.far_end.ticks(0.1, LOUD)
    result = await run(in_call.adapter, [])
    assert result.steps == ()
    assert "far     speaks" in str(result.timeline)
