"""The documentation is true: its Python runs, its links lead somewhere, its commands exist."""

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import offline_scenario
import pytest
from customer import Customer
from stream_app import Message, Stream, StreamApp

from twilio_emulator import TwilioEmulator
from twilio_emulator.faults.rules import rules_in
from twilio_wire.audio import Audio
from twilio_wire.g711 import encode

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("fixtures_audio/*.md")])
FENCE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

MENU = """<Response><Gather numDigits="1" action="/choice"><Say>Press one for sales, two for support.</Say></Gather>
</Response>"""
CHOICE = "<Response><Say>Sales speaking. What is your name?</Say><Pause length='5'/><Say>Thank you.</Say></Response>"


def python_of(page: str) -> ModuleType:
    module = ModuleType(page)
    for block in FENCE.findall((ROOT / page).read_text(encoding="utf-8")):
        exec(compile(block, page, "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_python_block_compiles(page: Path) -> None:
    for block in FENCE.findall(page.read_text(encoding="utf-8")):
        compile(block, str(page), "exec")


async def test_the_readmes_first_test_passes_against_an_app() -> None:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
    app.pages = {"/voice": MENU, "/choice": "<Response><Say>Thank you.</Say></Response>"}
    await app.start()
    try:
        await python_of("README.md").test_the_menu(app.url)
    finally:
        await app.stop()
    assert [form["Digits"] for form in app.forms("/choice")] == ["1"]


PIZZA = """<Response><Gather input="speech" speechTimeout="auto" action="/{next}"><Say>{question}</Say></Gather>
</Response>"""


async def test_the_page_on_speech_orders_a_pizza(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module = python_of("docs/speech.md")
    module.recording = lambda: Audio(np.full(8000, 9000, np.int16), 8000)
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        await app.start()
        app.pages = {
            "/voice": PIZZA.format(question="Pizza?", next="kind"),
            "/kind": PIZZA.format(question="Which?", next="address"),
            "/address": PIZZA.format(question="Where to?", next="thanks"),
            "/thanks": "<Response><Say>Thank you.</Say></Response>",
        }
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        await module.order_pizza(twilio, "+15550002222")
        await app.stop()
    said = [(seen.form["SpeechResult"], seen.form["Confidence"]) for seen in app.seen[1:]]
    assert said == [
        ("Yes, please.", "0.95"),
        ("A large Margherita, please.", "0.95"),
        ("Twelve Main Street.", "0.4"),
    ]


async def test_the_page_on_speech_answers_yes_over_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    app = Customer(TwilioEmulator().auth_token)
    await app.start()
    app.pages = {
        "/voice": PIZZA.format(question="Pizza?", next="kind"),
        "/kind": "<Response><Say>Coming.</Say></Response>",
    }
    await python_of("docs/speech.md").answer_yes("+15550002222", app.url)
    await app.stop()
    assert app.forms("/kind")[0]["SpeechResult"] == "Yes, please."


HUNT = """<Response><Dial sequential="true"><Number>+15557770002</Number>
<Client><Identity>alice</Identity><Parameter name="ticket" value="42"/></Client></Dial></Response>"""


async def test_the_page_on_dial_rings_a_hunt_group_and_calls_in() -> None:
    module = python_of("docs/dial.md")
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        app.pages = {"/voice": HUNT, "/app": "<Response><Hangup/></Response>"}
        await app.start()
        try:
            await module.test_the_hunt_group(app.url)
            sid = await module.call_in(twilio, f"{app.url}/app")
        finally:
            await app.stop()
    [form] = app.forms("/app")
    assert (form["CallSid"], form["From"], form["language"]) == (sid, "client:alice", "fr")


async def test_the_readmes_adapter_calls_a_menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    module = python_of("README.md")
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        app.pages = {"/voice": MENU, "/choice": CHOICE}
        await app.start()
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        from twilio_adapter import EmulatorHarness, audio

        module.harness = lambda **_: EmulatorHarness(twilio=twilio)
        module.audio = lambda path: audio(ROOT / path)
        monkeypatch.chdir(tmp_path)
        await module.call_the_menu("+15550002222")
        await twilio.wait_until_idle()
        await app.stop()
    assert (tmp_path / "call.wav").stat().st_size > 50_000
    assert not app.unsigned


async def test_the_page_on_golden_calls_records_and_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = python_of("docs/golden.md")
    monkeypatch.chdir(tmp_path)
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        app.pages = {"/voice": MENU, "/choice": "<Response><Say>Thank you.</Say></Response>"}
        await app.start()
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        await module.record_the_menu(twilio, "+15550002222")
        from twilio_adapter import EmulatorHarness

        module.harness = lambda: EmulatorHarness(twilio=twilio)
        await module.record_over_any_number("+15550002222")
        assert "key heard    1" in await module.meet_the_caller_again(twilio, "+15550002222")
        await module.the_menu_is_what_it_was(twilio, "+15550002222")
        await app.stop()
    assert re.fullmatch(r"outbound, completed, .*", module.how_long("cassettes/menu_by_adapter"))
    assert re.fullmatch(r"inbound, completed, [0-9]+\.[0-9] s, [0-9]+ entries", module.how_long("cassettes/menu"))


def test_the_adapters_page_names_everything_the_package_offers() -> None:
    import twilio_adapter
    from twilio_adapter import TwilioAgentAdapter

    page = (ROOT / "docs" / "adapter.md").read_text(encoding="utf-8")
    offered = {*twilio_adapter.__all__, *(name for name in dir(TwilioAgentAdapter) if not name.startswith("_"))}
    assert {name for name in offered if not re.search(rf"\b{name}\b", page)} == set()


async def test_the_adapters_page_holds_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    module = python_of("docs/adapter.md")
    monkeypatch.chdir(ROOT)
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        app.pages = {"/voice": "<Response><Pause length='2'/><Say>Good morning, how can I help you?</Say></Response>"}
        await app.start()
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        from twilio_adapter import EmulatorHarness

        module.EmulatorHarness = lambda **_: EmulatorHarness(twilio=twilio)
        assert await module.say_hello("+15550002222") > 0.5
        assert await module.time_to_first_word("+15550002222") < 200
        app.pages = {"/voice": MENU, "/choice": CHOICE}
        assert 100 < await module.call_sales("+15550002222") < 1000
        await twilio.wait_until_idle()
        await app.stop()


async def test_the_adapters_page_runs_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offline_scenario.load()
    module = python_of("docs/adapter.md")
    (tmp_path / "fixtures_audio").symlink_to(ROOT / "fixtures_audio")
    monkeypatch.chdir(tmp_path)
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        app.pages = {"/voice": MENU, "/choice": CHOICE}
        await app.start()
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        from twilio_adapter import EmulatorHarness

        module.EmulatorHarness = lambda: EmulatorHarness(twilio=twilio)
        await module.test_the_menu("+15550002222")
        await twilio.wait_until_idle()
        await app.stop()
    assert [form["Digits"] for form in app.forms("/choice")] == ["1"]
    assert (tmp_path / "sales.wav").stat().st_size > 50_000


async def test_the_page_on_measures_measures_an_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    silent = 0

    async def answer(stream: Stream, message: Message) -> None:
        nonlocal silent
        if message["event"] == "media":
            silent = 0 if len(set(message["media"]["payload"])) > 8 else silent + 1
            if silent == 20 and int(message["media"]["chunk"]) > 40:
                await stream.play(encode(np.full(8000, 9000, np.int16)))

    streams = StreamApp()
    streams.react = answer
    await streams.start()
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        await app.start()
        app.pages["/voice"] = f"<Response><Connect><Stream url='{streams.url}'/></Connect></Response>"
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice")
        summary = await python_of("docs/measures.md").the_agent_is_quick(twilio, "+15550002222")
        await app.stop()
    await streams.stop()
    assert "answers 1 of 1, after 0.4" in summary


async def test_the_page_on_faults_makes_a_bad_line() -> None:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        await app.start()
        app.pages["/fallback"] = "<Response><Say>Good morning, how can I help you?</Say><Pause length='9'/></Response>"
        twilio.add_number("+15550002222", voice_url=f"{app.url}/voice", voice_fallback_url=f"{app.url}/fallback")
        timeline = await python_of("docs/faults.md").over_a_bad_line(twilio, "+15550002222")
        await app.stop()
    for fault in ("burst_loss: ", "noise: ", "latency: ", "failing_webhook: "):
        assert f"FAULT        {fault}" in timeline


def test_the_page_on_faults_shows_a_file_that_can_be_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "faults.toml").write_text(block, encoding="utf-8")
    assert [rule.fault.name for rule in rules_in(tmp_path / "faults.toml")] == ["loss", "drop_socket"]
