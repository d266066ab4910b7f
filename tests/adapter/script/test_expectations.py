"""What a script expects of the far end, and what it says when that does not come."""

import re

import pytest
from fake_twilio import LOUD

from twilio_adapter import (
    AudioChunk,
    CallEnded,
    ConfigurationError,
    ExpectationFailed,
    ScriptStepFailed,
    agent,
    expect_dtmf,
    expect_ended,
    expect_silence,
    expect_speech,
    run,
    sleep,
)


async def failure(running) -> ExpectationFailed:
    with pytest.raises(ScriptStepFailed) as raised:
        await running
    cause = raised.value.__cause__
    assert isinstance(cause, ExpectationFailed), cause
    assert str(cause) in str(raised.value)
    assert str(cause).count(". ") == 0, "one sentence"
    return cause


def hears(words: str):
    async def hear(chunk: AudioChunk) -> str:
        assert chunk.seconds > 0
        return words

    return hear


# --- speech -----------------------------------------------------------------------------------------------------------


async def test_speech_that_comes_is_kept_with_the_step(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_speech(within=1, at_least=0.4)]))
    await in_call.far_end.ticks(0.9)
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(0.7)
    (step,) = (await running).steps
    assert (step.chunk.start_ms, step.chunk.seconds) == (900, 0.4)


async def test_silence_instead_of_speech_names_its_span(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [sleep(0.5), expect_speech(within=1)]))
    await in_call.far_end.ticks(1.5)
    failed = await failure(running)
    assert str(failed) == "The far end said nothing from 0.50 s to 1.50 s of the call."
    assert (failed.at_ms, failed.heard) == (1500, None)


async def test_speech_that_is_too_short_says_how_long_it_was(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_speech(at_least=1)]))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(0.7)
    failed = await failure(running)
    assert str(failed) == "The far end spoke for 0.40 s at 0.20 s of the call, not for 1 s or more."
    assert failed.heard.seconds == 0.4


@pytest.mark.parametrize(
    "text",
    ["sales", "You have reached", "you've", re.compile(r"reached \w+\."), re.compile("(?i)YOU HAVE")],
)
async def test_words_are_found_whatever_their_case_and_punctuation(in_call, background, text) -> None:
    running = await background.start(
        run(in_call.adapter, [expect_speech(text=text)], hear=hears("You have reached sales. You've won!"))
    )
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(0.7)
    (step,) = (await running).steps
    assert step.chunk.transcript == "You have reached sales. You've won!"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("sale", "“sale”"), ("reached you", "“reached you”"), (re.compile("^Sales"), "/^Sales/")],
)
async def test_other_words_are_told(in_call, background, text, shown: str) -> None:
    running = await background.start(
        run(in_call.adapter, [expect_speech(text=text)], hear=hears("You have reached sales at +15550001111."))
    )
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(0.7)
    failed = await failure(running)
    said = "You have reached sales at +1555***1111."
    assert str(failed) == f"The far end said “{said}” at 0.20 s of the call, not {shown}."
    assert failed.heard.transcript == "You have reached sales at +15550001111."


async def test_nobody_who_knows_words_is_noticed_before_the_first_step(in_call) -> None:
    with pytest.raises(ConfigurationError, match=r"run\(…, hear=…\)"):
        await run(in_call.adapter, [sleep(3600), expect_speech(text="hello")])


async def test_a_call_that_ends_instead_is_the_cause(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_speech()]))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.stop()
    with pytest.raises(ScriptStepFailed, match=r"failed at 0\.20 s of the call: The call ended") as raised:
        await running
    assert isinstance(raised.value.__cause__, CallEnded)


# --- keys -------------------------------------------------------------------------------------------------------------


async def test_keys_count_from_the_last_expectation_and_may_come_early(in_call, background) -> None:
    await in_call.far_end.press("1")
    running = await background.start(
        run(in_call.adapter, [expect_dtmf("12"), sleep(0.2), expect_dtmf("3#", within=0.5)])
    )
    await in_call.far_end.press("2")
    await in_call.far_end.press("3")
    await in_call.far_end.ticks(0.4)
    await in_call.far_end.press("#")
    assert [step.end_ms for step in (await running).steps] == [0, 200, 400]


async def test_a_wrong_key_fails_at_once(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_dtmf("1234")]))
    await in_call.far_end.press("1")
    await in_call.far_end.ticks(0.3)
    await in_call.far_end.press("9")
    assert str(await failure(running)) == "The far end pressed 19 by 0.30 s of the call, not 1234."


@pytest.mark.parametrize(("pressed", "told"), [("", "no key"), ("12", "12")])
async def test_keys_that_do_not_come_are_waited_for_so_long(in_call, background, pressed: str, told: str) -> None:
    running = await background.start(run(in_call.adapter, [sleep(0.1), expect_dtmf("1234", within=1)]))
    await in_call.far_end.ticks(0.6)
    for key in pressed:
        await in_call.far_end.press(key)
    await in_call.far_end.ticks(0.48)
    assert not running.done()
    await in_call.far_end.tick()
    failed = await failure(running)
    assert str(failed) == f"The far end pressed {told} from 0.10 s to 1.10 s of the call, not 1234."


# --- silence ----------------------------------------------------------------------------------------------------------


async def test_silence_that_is_kept_passes(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [agent(tail_silence=0.2), expect_silence(1)]))
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(1.2)
    assert (await running).steps[1].end_ms == 1600


async def test_a_sound_breaks_the_silence_at_once(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [sleep(0.2), expect_silence(3)]))
    await in_call.far_end.ticks(1.0)
    await in_call.far_end.ticks(0.04, LOUD)
    failed = await failure(running)
    assert str(failed) == "The far end made a sound at 1.00 s of the call, 0.80 s into the silence."
    assert failed.at_ms == 1000


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_a_call_that_ends_in_time_passes(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_ended(within=1, status="completed")]))
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.stop()
    assert (await running).status == "completed"


async def test_a_call_that_stays_up_says_when_the_far_end_was_last_heard(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_ended(within=2)]))
    await in_call.far_end.ticks(0.5, LOUD)
    await in_call.far_end.ticks(1.5)
    told = "The call was still up at 2.00 s, 2 s later; the far end last made a sound at 0.50 s."
    assert str(await failure(running)) == told


async def test_a_call_that_ends_otherwise_is_told(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [expect_ended(status="failed")]))
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.stop()
    assert str(await failure(running)) == "The call ended at 0.50 s as completed, not failed."


# --- before any call --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["", "12w", "call me"])
def test_what_cannot_be_pressed_cannot_be_expected(digits: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be pressed"):
        expect_dtmf(digits)


def test_a_status_that_no_call_ends_with_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="No call ends as 'in-progress': use busy, canceled, completed"):
        expect_ended(status="in-progress")


def test_a_text_without_a_word_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no word"):
        expect_speech(text=" … ")


@pytest.mark.parametrize(
    "make",
    [
        lambda s: expect_speech(within=s),
        lambda s: expect_speech(at_least=s),
        lambda s: expect_speech(tail_silence=s),
        lambda s: expect_dtmf("1", within=s),
        lambda s: expect_silence(s),
        lambda s: expect_ended(within=s),
        lambda s: agent(timeout=s),
        lambda s: agent(tail_silence=s),
    ],
)
@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_what_is_no_length_of_time_is_refused_when_the_step_is_made(make, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match=r"s cannot pass|cannot end a turn"):
        make(seconds)
