"""A phone call as an agent of langwatch-scenario: its own `run`, its own steps, no model and no network."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import offline_scenario
import pytest
from customer import Customer
from sounds import seconds_of, tone_chunk, tone_line
from stream_app import Message, Stream, StreamApp

from twilio_adapter import (
    AgentRole,
    CallBusy,
    EmulatorHarness,
    NoCall,
    TwilioAgentAdapter,
    UserStartedSpeaking,
    hang_up,
    sleep,
)
from twilio_emulator import TwilioEmulator
from twilio_wire.g711 import decode

scenario = offline_scenario.load()

from twilio_adapter.integrations.scenario import ScenarioAdapter  # noqa: E402 - needs the library

APP = "+15550002222"
PHONE = "+15557770001"
SPEECH = Path(__file__).parents[2] / "fixtures_audio" / "speech" / "hello_i_need_help.wav"

MENU = """<Response><Gather numDigits="1" action="/choice"><Say>Press one for sales, two for support.</Say></Gather>
</Response>"""
CHOICE = "<Response><Say>Sales speaking. What is your name?</Say><Pause length='5'/><Say>Thank you.</Say></Response>"


@pytest.fixture(autouse=True)
def nobody_outside_is_reached() -> AsyncIterator[None]:
    offline_scenario.reached.clear()
    yield
    assert offline_scenario.reached == []


@pytest.fixture
async def app(twilio: TwilioEmulator, customer: Customer) -> Customer:
    customer.pages = {"/voice": MENU, "/choice": CHOICE}
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    return customer


@pytest.fixture
async def streams(twilio: TwilioEmulator, customer: Customer) -> AsyncIterator[StreamApp]:
    """An application that talks over a stream."""
    streams = StreamApp()
    await streams.start()
    customer.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    yield streams
    await streams.stop()


class Recorded(scenario.AgentAdapter):
    """A user who says the same again and again: a tone of one second, or a text without sound."""

    role = scenario.AgentRole.USER

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.heard: list[Any] = []

    async def call(self, input: Any) -> Any:  # noqa: A002
        self.heard += input.new_messages
        if self.text is not None:
            return self.text
        chunk = scenario.AudioChunk(data=tone_chunk(700, 1.0).data, transcript="A tone.")
        return scenario.voice.create_audio_message(chunk, role="user")


async def run(agents: list[Any], script: list[Any]) -> Any:
    return await scenario.run(name="a call", description="A call.", agents=agents, script=script, verbose=False)


def texts(result: Any) -> list[str]:
    return [part["text"] for message in result.messages for part in message["content"] if part["type"] == "text"]


async def test_a_menu_is_heard_and_a_key_pressed(twilio: TwilioEmulator, app: Customer) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    script = [scenario.agent(), scenario.dtmf("1"), scenario.agent(), scenario.agent(), scenario.succeed()]
    result = await run([agent], script)
    assert result.success
    assert [message["role"] for message in result.messages] == ["assistant"] * 3
    assert texts(result) == ["2.3 s", "1.7 s", "0.5 s"]
    assert app.forms("/choice")[0]["Digits"] == "1"
    assert agent.phone.call_status == "completed"
    await twilio.wait_until_idle()


async def test_a_run_is_the_same_again(twilio: TwilioEmulator, app: Customer) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    recordings = []
    for _ in range(2):
        await run([agent], [scenario.agent(), scenario.dtmf("1"), scenario.agent(), scenario.succeed()])
        recordings.append(bytes(agent.phone.recording.far))
    assert recordings[0] == recordings[1]


async def echo_after_silence(stream: Stream, message: Message) -> None:
    """Say 1 s after 400 ms of silence that follow a sound."""
    if message["event"] != "media":
        return
    silent = getattr(stream, "silent", None)
    if len(set(message["media"]["payload"])) > 8:
        silent = 0
    elif silent is not None:
        silent += 1
    if silent == 20:
        silent = None
        await stream.play(tone_line(900, 1.0))
    stream.silent = silent


async def test_latencies_and_times_are_the_calls(twilio: TwilioEmulator, streams: StreamApp) -> None:
    streams.react = echo_after_silence
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    turns = [scenario.user(), scenario.agent()] * 2
    result = await run([agent, Recorded()], [*turns, scenario.succeed()])
    assert len(result.latency.measurements) == 2
    assert all(0.38 <= seconds <= 0.5 for seconds in result.latency.measurements)
    lasted = [(segment.speaker, segment.end_time - segment.start_time) for segment in result.audio.segments]
    assert [speaker for speaker, _ in lasted] == ["user", "agent"] * 2
    assert all(seconds == pytest.approx(1.0, abs=0.06) for _, seconds in lasted)
    assert result.audio.duration == pytest.approx(5.4, abs=0.15)  # with the silence that ended a turn


async def test_audio_messages_are_said_and_what_is_heard_is_an_audio_message(
    twilio: TwilioEmulator, streams: StreamApp
) -> None:
    streams.react = echo_after_silence
    user = Recorded()
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    result = await run([agent, user], [scenario.user(), scenario.agent(), scenario.user(), scenario.succeed()])
    assert seconds_of(700, decode(streams.audio())) == pytest.approx(1.0, abs=0.06)
    said = scenario.voice.extract_audio(result.messages[1])
    assert seconds_of(900, np.frombuffer(said.data, dtype="<i2"), 24_000) == pytest.approx(1.0, abs=0.06)
    assert user.heard[-1]["content"] == result.messages[1]["content"]


async def test_recordings_are_said_and_silence_is_sent(twilio: TwilioEmulator, streams: StreamApp) -> None:
    streams.react = echo_after_silence
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    script = [scenario.silence(2.0), scenario.audio(SPEECH), scenario.agent(), scenario.succeed()]
    result = await run([agent], script)
    assert texts(result) == ["1.0 s"]
    speech = next(index for index, byte in enumerate(streams.audio()) if decode(bytes([byte]))[0] > 1000)
    assert 2.0 <= speech / 8000 < 2.5


async def speak_for_a_minute(stream: Stream, message: Message) -> None:
    """Speak until somebody speaks."""
    if message["event"] == "start":
        for _ in range(60):
            await stream.play(tone_line(900, 1.0))
    elif message["event"] == "media" and len(set(message["media"]["payload"])) > 8:
        await stream.clear()


@pytest.fixture
def tones() -> Callable[[], Any]:
    """A user simulator with a voice that needs no service."""

    async def speak(text: str, voice: str) -> bytes:
        return tone_chunk(float(voice), 1.0).data

    scenario.register_tts_provider("tones", speak)
    return lambda: scenario.UserSimulatorAgent(model="none/none", voice="tones/700")


async def test_a_user_who_interrupts_cuts_the_far_end_short(
    twilio: TwilioEmulator, streams: StreamApp, tones: Callable[[], Any]
) -> None:
    streams.react = speak_for_a_minute
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    result = await run([agent, tones()], [scenario.interrupt("Wait a moment."), scenario.succeed()])
    (interruption,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert interruption.metadata == {"adapter": "ScenarioAdapter", "native": True, "outcome": "fired_after_speech"}
    assert seconds_of(700, decode(streams.audio())) == pytest.approx(1.0, abs=0.06)
    assert seconds_of(900, decode(bytes(agent.phone.recording.far))) < 30


async def test_a_turn_beside_the_script_passes_no_faster_than_on_a_real_line(
    twilio: TwilioEmulator, streams: StreamApp
) -> None:
    streams.react = speak_for_a_minute
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    script = [scenario.agent(wait=False), scenario.sleep(0.5), scenario.audio(SPEECH), scenario.succeed()]
    await run([agent], script)
    assert seconds_of(900, decode(bytes(agent.phone.recording.far))) < 30


async def test_calls_that_come_in_are_waited_for_by_a_telephone_that_stays_connected(twilio: TwilioEmulator) -> None:
    caller = twilio.handset(PHONE)
    async with EmulatorHarness(twilio=twilio) as phone:
        agent = ScenarioAdapter(phone)

        async def call_in() -> Any:
            line = await caller.dial(phone.phone_number)
            await line.play(tone_line(900, 1.0))
            await line.wait_until("completed")
            return line

        result, line = await asyncio.gather(run([agent], [scenario.agent(), scenario.succeed()]), call_in())
        assert texts(result) == ["1.0 s"]
        assert line.status == "completed"
        assert phone.loop is asyncio.get_running_loop()
        assert agent.phone is phone


async def test_a_call_that_was_up_before_stays_up(twilio: TwilioEmulator, app: Customer) -> None:
    async with EmulatorHarness(twilio=twilio) as phone:
        await phone.place_call(APP)
        agent = ScenarioAdapter(phone)
        for runner in (scenario.arun, scenario.run):
            await runner(
                name="a call",
                description="A call.",
                agents=[agent],
                script=[scenario.agent(), scenario.dtmf("1"), scenario.succeed()],
                verbose=False,
            )
        assert phone.in_call
        await phone.hang_up()
    await twilio.wait_until_idle()


async def test_a_far_end_that_hangs_up_ends_the_conversation_and_not_the_run(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = "<Response><Say>We are closed. Good bye.</Say></Response>"
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    turns = [scenario.agent(), scenario.user(), scenario.agent(), scenario.user(), scenario.agent()]
    result = await run([agent, Recorded()], [*turns, scenario.succeed()])
    assert result.success
    assert agent.agent_hung_up
    assert [message["role"] for message in result.messages] == ["assistant", "user", "user"]


async def test_a_call_that_we_have_ended_is_an_error_to_go_on_with(twilio: TwilioEmulator, app: Customer) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    script = [scenario.agent(), agent.step(sleep(1.0), hang_up()), scenario.agent(), scenario.succeed()]
    with pytest.raises(RuntimeError, match="we hung up"):
        await run([agent], script)
    assert not agent.agent_hung_up


async def test_a_callee_that_is_busy_is_told_by_type(twilio: TwilioEmulator) -> None:
    twilio.handset(PHONE, behavior="busy")
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=PHONE)
    with pytest.raises(CallBusy):
        await run([agent], [scenario.agent(), scenario.succeed()])
    assert not agent.is_connected()
    await twilio.wait_until_idle()


async def test_a_far_end_that_says_nothing_is_the_librarys_own_error(twilio: TwilioEmulator) -> None:
    twilio.handset(PHONE, behavior="answer")
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=PHONE)
    with pytest.raises(RuntimeError, match=r"did not send its first audio chunk within 60\.0s"):
        await run([agent], [scenario.agent(), scenario.succeed()])
    assert agent.phone.recording.seconds == 60.0


async def test_words_that_arrive_while_nobody_listens_belong_to_the_turn_before(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    customer.pages["/voice"] = (
        "<Response><Say>One moment.</Say><Pause length='2'/><Say>Who is calling?</Say><Pause length='4'/>"
        "<Say>Thank you very much.</Say></Response>"
    )
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    turns = [scenario.agent(), agent.step(sleep(4.0)), scenario.user(), scenario.agent()]
    result = await run([agent, Recorded()], [*turns, scenario.succeed()])
    first, _, last = result.audio.segments
    assert len(first.audio) / 48_000 > 1.0
    assert len(last.audio) / 48_000 == pytest.approx(float(texts(result)[-1].split()[0]), abs=0.06)


async def test_a_message_without_sound_is_warned_of(
    twilio: TwilioEmulator, app: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    await run([agent, Recorded("Hello?")], [scenario.user(), scenario.agent(), scenario.succeed()])
    assert "A message without audio was not said" in caplog.text


async def test_whoever_calls_can_be_the_user(twilio: TwilioEmulator, customer: Customer) -> None:
    customer.pages["/voice"] = "<Response><Say>I need help.</Say><Pause length='5'/></Response>"
    twilio.add_number(APP, voice_url=f"{customer.url}/voice")

    class UnderTest(scenario.AgentAdapter):
        async def call(self, input: Any) -> Any:  # noqa: A002
            chunk = scenario.AudioChunk(data=tone_chunk(700, 1.0).data)
            return scenario.voice.create_audio_message(chunk, role="assistant")

    caller = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP, role=AgentRole.USER)
    result = await run([UnderTest(), caller], [scenario.user(), scenario.agent(), scenario.succeed()])
    assert [message["role"] for message in result.messages] == ["user", "assistant"]


async def test_what_a_telephone_cannot_do_is_refused_before_the_first_step(
    twilio: TwilioEmulator, app: Customer
) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    with pytest.raises(scenario.UnsupportedCapabilityError, match="streaming_transcripts"):
        await run([agent], [scenario.interrupt("No.", after_words=3)])
    capabilities = ScenarioAdapter.capabilities
    assert (capabilities.dtmf, capabilities.interruption, capabilities.native_vad) == (True, True, False)
    assert capabilities.output_formats == ["mulaw/8000"]


async def test_functions_of_the_telephone_are_steps(twilio: TwilioEmulator, app: Customer) -> None:
    agent = ScenarioAdapter(EmulatorHarness(twilio=twilio), to=APP)
    seen: list[Any] = []

    async def look_back(phone: TwilioAgentAdapter) -> None:
        seen.extend(phone.timeline)

    with pytest.raises(NoCall):
        _ = agent.phone
    await run([agent], [scenario.agent(), agent.step(look_back), scenario.succeed()])
    assert any(isinstance(event, UserStartedSpeaking) for event in seen)


def test_importing_it_reached_nobody() -> None:
    assert "litellm" in sys.modules
    assert offline_scenario.reached == []
