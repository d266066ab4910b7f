"""Who says what: texts that are given a voice, and the two who talk."""

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest
from fake_twilio import LIMIT_S, LOUD
from sounds import tone_chunk

from twilio_adapter import (
    AgentRole,
    AudioChunk,
    ConfigurationError,
    ScriptStepFailed,
    TwilioAgentAdapter,
    agent,
    audio,
    expect_speech,
    interrupt,
    run,
    say,
    user,
)
from twilio_adapter.pace import NoPace
from twilio_wire.audio import AudioFileError

HELLO = tone_chunk(440, 0.4)


async def speak(text: str) -> AudioChunk:
    """Half a second for each word."""
    return tone_chunk(440, 0.5 * len(text.split()))


def with_role(adapter: TwilioAgentAdapter, role: AgentRole) -> TwilioAgentAdapter:
    adapter.role = role
    return adapter


async def test_a_text_is_spoken_and_has_been_heard_when_the_step_ends(in_call, background) -> None:
    running = await background.start(run(in_call.adapter, [say("Good morning, Sarah")], speak=speak))
    await in_call.far_end.ticks(1.6)
    (step,) = (await running).steps
    assert (step.name, step.detail, step.end_ms) == ("say", "“Good morning, Sarah”", 1500)
    assert len(np.flatnonzero(np.frombuffer(bytes(in_call.far_end.heard), np.uint8) != 0xFF)) > 11_000


async def test_all_texts_are_spoken_before_the_first_step_and_each_once(in_call, background) -> None:
    asked: list[tuple[str, int]] = []

    async def note(text: str) -> AudioChunk:
        asked.append((text, in_call.adapter.recording.received_ms))
        return HELLO

    script = [agent(), say("Yes"), user("No"), interrupt("Stop", within=1), say("Yes")]
    running = await background.start(run(in_call.adapter, script, speak=note))
    await in_call.far_end.ticks(0.1)
    assert sorted(asked) == [("No", 0), ("Stop", 0), ("Yes", 0)]
    running.cancel()


async def test_a_voice_that_takes_its_time_does_not_hold_up_the_call(in_call, background) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: str) -> AudioChunk:
        begun.set()
        assert go_on.wait(LIMIT_S)
        return HELLO

    running = await background.start(run(in_call.adapter, [say("Hello")], speak=slow))
    await asyncio.to_thread(begun.wait, LIMIT_S)
    await in_call.far_end.ticks(0.2)
    assert in_call.adapter.recording.received_ms == 200
    go_on.set()
    async with asyncio.timeout(LIMIT_S):
        while not in_call.far_end.buffered:
            await in_call.far_end.tick()
    await in_call.far_end.ticks(0.5)
    await running


class NotedPace(NoPace):
    """How many requests a clock that can wait would be waiting for."""

    acts = 0

    def acting(self) -> None:
        self.acts += 1

    def acted(self) -> None:
        self.acts -= 1


async def test_no_call_time_passes_while_a_voice_speaks_or_an_ear_listens(twilio, make_adapter, background) -> None:
    pace = NotedPace()
    seen: list[int] = []

    async def noting_speak(_: str) -> AudioChunk:
        seen.append(pace.acts)
        return HELLO

    async def noting_hear(_: AudioChunk) -> str:
        seen.append(pace.acts)
        return "hello"

    async with make_adapter(pace=pace) as adapter:
        await adapter.lease_number()
        far_end = await twilio.call_in(f"{adapter.local_url}/twilio/voice")
        await adapter.wait_for_call()
        script = [say("Hello"), expect_speech(text="hello", tail_silence=0.1)]
        running = await background.start(run(adapter, script, speak=noting_speak, hear=noting_hear))
        await far_end.ticks(0.4)
        await far_end.ticks(0.3, LOUD)
        await far_end.ticks(0.1)
        await running
        assert (seen, pace.acts) == ([1, 1], 0)
        with pytest.raises(ZeroDivisionError), adapter.thinking():
            1 / 0  # noqa: B018
        assert pace.acts == 0
        await far_end.stop()


async def test_without_a_voice_the_hook_is_named_before_the_first_step(in_call, monkeypatch) -> None:
    monkeypatch.setattr("twilio_adapter.script.runner.emulators_voice", lambda: None)
    with pytest.raises(ConfigurationError, match=r"can say “Hello”: install .*\[speech\], or give run\(…, speak=…\)"):
        await run(in_call.adapter, [agent(), say("Hello")])
    assert in_call.far_end.sent == []


async def test_the_default_voice_is_the_emulators(in_call, background, monkeypatch) -> None:
    monkeypatch.setattr("twilio_adapter.script.runner.emulators_voice", lambda: lambda _: HELLO)
    running = await background.start(run(in_call.adapter, [say("Hello")]))
    async with asyncio.timeout(LIMIT_S):
        while not in_call.far_end.buffered:
            await in_call.far_end.tick()
    await in_call.far_end.ticks(0.5)
    assert (await running).steps[0].name == "say"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda _: b"pcm", "speak returned bytes for “Call me.”: return an AudioChunk"),
        (lambda _: 1 / 0, "speak could not say “Call me.”: division by zero"),
    ],
)
async def test_a_voice_that_does_not_speak_is_told_before_the_first_step(in_call, broken, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        await run(in_call.adapter, [agent(), say("Call me.")], speak=broken)


async def test_an_ear_that_returns_no_words_fails_its_step(in_call, background) -> None:
    async def deaf(_: AudioChunk) -> str:
        return None

    running = await background.start(run(in_call.adapter, [expect_speech(text="hello")], hear=deaf))
    await in_call.far_end.ticks(0.4, LOUD)
    await in_call.far_end.ticks(0.7)
    with pytest.raises(ScriptStepFailed, match="hear returned NoneType"):
        await running


# --- the two who talk -------------------------------------------------------------------------------------------------


async def test_the_user_of_an_agent_is_us(in_call, background, tmp_path: Path) -> None:
    HELLO.save(tmp_path / "hello.wav")
    script = [user(tmp_path / "hello.wav"), agent(tail_silence=0.1), user("Thanks"), user(HELLO)]
    running = await background.start(run(in_call.adapter, script, speak=speak))
    await in_call.far_end.ticks(0.4)
    await in_call.far_end.ticks(0.3, LOUD)
    await in_call.far_end.ticks(1.1)
    steps = (await running).steps
    assert [(step.name, step.start_ms, step.end_ms) for step in steps] == [
        ("user", 0, 400),
        ("agent", 400, 800),
        ("user", 800, 1300),
        ("user", 1300, 1700),
    ]


async def test_the_agent_of_a_user_is_us(in_call, background) -> None:
    adapter = with_role(in_call.adapter, AgentRole.USER)
    running = await background.start(run(adapter, [agent("Hello"), user(tail_silence=0.1)], speak=speak))
    await in_call.far_end.ticks(0.5)
    await in_call.far_end.ticks(0.3, LOUD)
    await in_call.far_end.ticks(0.1)
    assert [step.end_ms for step in (await running).steps] == [500, 900]


@pytest.mark.parametrize(
    ("role", "step", "told"),
    [
        (AgentRole.AGENT, agent("Hello"), r"agent is at the far end, .* “Hello” for it: leave agent\(\) empty"),
        (AgentRole.AGENT, user(), r"user is our side of this call \(role=Agent\), and user\(\) has nothing to say"),
        (AgentRole.USER, user("Hello"), "user is at the far end"),
        (AgentRole.USER, agent(), "agent is our side"),
    ],
)
async def test_the_far_end_cannot_be_told_what_to_say_and_we_must_be(in_call, role, step, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        await run(with_role(in_call.adapter, role), [step], speak=speak)


@pytest.mark.parametrize("make", [say, user, agent, interrupt])
def test_a_files_name_is_not_taken_for_words(make) -> None:
    with pytest.raises(ConfigurationError, match=r"'hello\.WAV' is a file's name, .* give Path\('hello\.WAV'\)"):
        make("hello.WAV")


@pytest.mark.parametrize("make", [say, user, agent, interrupt])
@pytest.mark.parametrize("nothing", ["", "  ", "…"])
def test_a_text_without_a_word_is_refused_when_the_step_is_made(make, nothing: str) -> None:
    with pytest.raises(ConfigurationError, match="no word to say"):
        make(nothing)


@pytest.mark.parametrize("make", [user, agent, interrupt])
def test_a_file_that_is_missing_is_named_when_the_step_is_made(make) -> None:
    with pytest.raises(AudioFileError, match=r"not-recorded-yet\.wav"):
        make(Path("not-recorded-yet.wav"))


def test_a_chunk_shows_its_words() -> None:
    assert audio(AudioChunk.silence(1.5)).detail == "1.50 s"
    assert audio(AudioChunk(AudioChunk.silence(1.5).data, transcript="Hello.")).detail == "1.50 s “Hello.”"


# --- barging in -------------------------------------------------------------------------------------------------------


async def test_an_interruption_with_words_is_said_over_the_far_end(in_call, background) -> None:
    script = [interrupt("Stop", after=0.5), agent(tail_silence=0.2)]
    running = await background.start(run(in_call.adapter, script, speak=speak))
    await in_call.far_end.ticks(0.2)
    await in_call.far_end.ticks(0.9, LOUD)
    await in_call.far_end.ticks(0.6)
    await in_call.far_end.ticks(0.3, LOUD)
    await in_call.far_end.ticks(0.2)
    result = await running
    interrupted, answer = result.steps
    assert (interrupted.detail, interrupted.chunk.seconds) == ("after 0.5 s with “Stop”", 0.9)
    assert (answer.chunk.start_ms, answer.chunk.seconds) == (1700, 0.3)
    (barge_in,) = result.barge_ins
    assert (barge_in.at_ms, barge_in.silence_after_ms) == (740, 360)
