"""A call to a menu is recorded once, by either recorder; replayed, it tells what has changed, and only that."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType

import pytest

from twilio_adapter import (
    DifferenceKind,
    EmulatorHarness,
    GoldenMismatch,
    agent,
    assert_matches_golden,
    audio,
    dtmf,
    hang_up,
    run,
)
from twilio_emulator import Fault, TwilioEmulator
from twilio_emulator.phones.handset import Line
from twilio_wire.cassette import read_cassette

ROOT = Path(__file__).parents[2]
NUMBER = "+15550002222"
SARAH = ROOT / "fixtures_audio" / "speech" / "my_name_is_sarah.wav"


def menu_of_the_examples() -> ModuleType:
    """The customer's product, a copy of its own for each test, which may change it."""
    spec = importlib.util.spec_from_file_location("a_menu", ROOT / "examples" / "ivr_app.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def by_the_adapter(twilio: TwilioEmulator, cassette: Path) -> None:
    """As examples/dtmf_ivr.py calls the menu; while Twilio plays the key, the adapter hears nothing."""
    async with EmulatorHarness(twilio=twilio, allowed_callees=[NUMBER]) as adapter:
        adapter.record(cassette)
        await adapter.place_call(NUMBER)
        await run(adapter, script=[agent(), dtmf("1"), agent(), audio(SARAH), agent(), hang_up()])


async def by_a_phone(twilio: TwilioEmulator, cassette: Path) -> None:
    """A person does the same."""
    line = await twilio.handset("+15557770001").dial(NUMBER)
    line.record(cassette)
    for answer in (lambda: line.press("1"), lambda: line.play(SARAH)):
        await line.wait_for_speech()
        await line.wait_for_silence(0.8)
        await answer()
    await line.wait_until("completed")


RECORDERS = {"adapter": by_the_adapter, "phone": by_a_phone}


@pytest.fixture(scope="module", params=RECORDERS)
def cassette(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The call, recorded once."""
    folder = tmp_path_factory.mktemp("cassettes") / "menu"

    async def record() -> None:
        async with TwilioEmulator(speed="max", speech="murmur") as twilio:
            ivr = menu_of_the_examples()
            async with ivr.running(ivr.ivr_app(twilio.auth_token)) as url:
                twilio.add_number(NUMBER, voice_url=f"{url}/voice", status_callback=f"{url}/status")
                await RECORDERS[request.param](twilio, folder)
                await twilio.wait_until_idle()

    asyncio.run(record())
    return folder


@pytest.fixture
async def ivr(twilio: TwilioEmulator) -> AsyncIterator[ModuleType]:
    """The menu, at its number, on another day."""
    ivr = menu_of_the_examples()
    async with ivr.running(ivr.ivr_app(twilio.auth_token)) as url:
        twilio.add_number(NUMBER, voice_url=f"{url}/voice", status_callback=f"{url}/status")
        yield ivr


async def replayed(twilio: TwilioEmulator, cassette: Path, mode: str = "reactive") -> Line:
    line = await twilio.handset_from(cassette, mode=mode).dial(NUMBER)
    await line.wait_until("completed")
    await twilio.wait_until_idle()
    return line


def mismatch(line: Line, cassette: Path, failures: Path) -> GoldenMismatch:
    """What is told of a call that is not as it was, and shown."""
    with pytest.raises(GoldenMismatch) as caught:
        assert_matches_golden(line, cassette, failures=failures)
    assert caught.value.artefacts is not None
    assert {path.suffix for path in caught.value.artefacts.iterdir()} >= {".png", ".wav"}
    return caught.value


@pytest.mark.usefixtures("ivr")
@pytest.mark.parametrize("mode", ["clock", "reactive"])
async def test_the_same_menu_passes(twilio: TwilioEmulator, cassette: Path, mode: str) -> None:
    assert_matches_golden(await replayed(twilio, cassette, mode), cassette)


async def test_a_changed_prompt_fails_where_it_is_said(
    twilio: TwilioEmulator, cassette: Path, ivr: ModuleType, tmp_path: Path
) -> None:
    ivr.MENU = "Welcome to the test bench. For sales, press 1. For engineering, press 2."
    told = mismatch(await replayed(twilio, cassette), cassette, tmp_path)
    sounds = [each for each in told.differences if each.kind is DifferenceKind.DIFFERENT_SOUND]
    assert sounds
    assert all(each.where == "application" and each.golden_s < 6 for each in sounds)
    if read_cassette(cassette).seen_by == "emulator":
        assert "For support, press 2" in str(told)
        assert "For engineering, press 2" in str(told)


@pytest.mark.usefixtures("ivr")
async def test_a_slower_answer_fails_for_being_late_and_for_nothing_else(
    twilio: TwilioEmulator, cassette: Path, tmp_path: Path
) -> None:
    twilio.add_faults(Fault("slow_webhook", delay_ms=2000, purpose="gather"))
    [late] = mismatch(await replayed(twilio, cassette), cassette, tmp_path).differences
    assert late.kind in (DifferenceKind.LATE, DifferenceKind.PAUSE)
    assert late.call_s - late.golden_s == pytest.approx(2.0, abs=0.5)


@pytest.mark.usefixtures("ivr")
async def test_a_lost_digit_fails_for_what_it_did_not_lead_to(
    twilio: TwilioEmulator, cassette: Path, tmp_path: Path
) -> None:
    twilio.add_faults(Fault("loss", percent=100, direction="from_caller"))
    told = mismatch(await replayed(twilio, cassette), cassette, tmp_path)
    assert any(each.kind is DifferenceKind.DIFFERENT_SOUND and 5 < each.golden_s < 7 for each in told.differences)
    if read_cassette(cassette).seen_by == "emulator":
        assert "POST /choice" in str(told)
        assert "Digits=1" in str(told)
