"""What a harness does with a real account, rehearsed: the emulator is the account, a real process the tunnel."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from other_process import OtherProcess
from sounds import seconds_of, tone_chunk
from stand_in_tunnel import LocalEdge, stand_in

from twilio_adapter import (
    CallEnded,
    CallFailed,
    CloudflaredTunnel,
    Limits,
    TunnelFailed,
    TunnelLost,
    TunnelMissing,
    TunnelNotReached,
    TwilioHarness,
)
from twilio_adapter.examination import Examination
from twilio_adapter.findings import Patient
from twilio_emulator import TwilioEmulator

NUMBER = "+15550001111"
PHONE = "+15557770001"
BEFORE = ("http://127.0.0.1:9/mine", "GET", "http://127.0.0.1:9/oops", "GET")


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioEmulator]:
    """As real Twilio, it does not wait for anybody: its clock runs."""
    async with TwilioEmulator(speed=20, speech="murmur") as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWILIO_TESTBENCH_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def number(twilio: TwilioEmulator) -> Callable[[], tuple[str, ...]]:
    """How the number is set, as a person has set it up before."""
    names = ("voice_url", "voice_method", "voice_fallback_url", "voice_fallback_method")
    twilio.add_number(NUMBER, **dict(zip(names, BEFORE, strict=True)))

    def look() -> tuple[str, ...]:
        (found,) = twilio.client().incoming_phone_numbers.list(phone_number=NUMBER)
        return tuple(getattr(found, name) for name in names)

    assert look() == BEFORE
    return look


@pytest.fixture
def harness_at(twilio: TwilioEmulator) -> Callable[..., TwilioHarness]:
    def make(**changes: Any) -> TwilioHarness:
        arguments: dict[str, Any] = {
            "account_sid": twilio.account_sid,
            "auth_token": twilio.auth_token,
            "phone_number": NUMBER,
            "http_port": 0,
            "allowed_callees": "*",
            "api_base_url": twilio.base_url,
        }
        return TwilioHarness(**arguments | changes)

    return make


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_calls_come_in_through_the_tunnel_and_then_all_is_as_it_was(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable, tmp_path: Path
) -> None:
    tunnel = LocalEdge(tmp_path)
    async with harness_at(tunnel=tunnel) as adapter:
        pid = tunnel.pid
        assert adapter.public_base_url != adapter.local_url
        assert number() == (f"{adapter.public_base_url}/twilio/voice", "POST", None, "GET")
        line = await twilio.handset(PHONE).dial(NUMBER)
        await adapter.wait_for_call()
        await adapter.send_audio(tone_chunk(500, 0.5))
        await adapter.drain()
        await line.hang_up()
        await adapter.wait_until_ended()
        assert seconds_of(500, line.heard.pcm) == pytest.approx(0.5, abs=0.06)
    assert number() == BEFORE
    assert not is_running(pid)


async def test_calls_go_out_through_the_tunnel(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable, tmp_path: Path
) -> None:
    async with harness_at(tunnel=LocalEdge(tmp_path)) as adapter:
        phone = twilio.handset(PHONE)
        await adapter.place_call(PHONE)
        line = await phone.next_call()
        await adapter.send_dtmf("12#")
        assert line.digits_heard == "12#"
        await adapter.hang_up()
        await line.wait_until("completed")
    await twilio.wait_until_idle()


async def test_a_tunnel_that_dies_in_a_call_ends_the_call_and_every_wait(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable, tmp_path: Path
) -> None:
    tunnel = LocalEdge(tmp_path)
    async with harness_at(tunnel=tunnel) as adapter:
        line = await twilio.handset(PHONE).dial(NUMBER)
        await adapter.wait_for_call()
        tunnel.kill()
        with pytest.raises(CallEnded, match=r"the tunnel to us broke down|the media stream broke off"):
            await adapter.wait_for_seconds(3600)
        await line.wait_until("completed")
        with pytest.raises(TunnelLost, match="cloudflared has ended"):
            await adapter.wait_for_call()
        with pytest.raises(TunnelLost):
            await adapter.place_call(PHONE)
    assert number() == BEFORE
    await twilio.wait_until_idle()


async def test_a_tunnel_that_dies_while_it_rings_ends_the_call(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable, tmp_path: Path
) -> None:
    tunnel = LocalEdge(tmp_path)
    phone = twilio.handset(PHONE, behavior="ring")
    async with harness_at(tunnel=tunnel) as adapter:
        placing = asyncio.ensure_future(adapter.place_call(PHONE, timeout=600))
        line = await phone.next_call()
        tunnel.kill()
        with pytest.raises(CallFailed, match="the tunnel to us broke down"):
            await placing
        await line.wait_until("canceled")
    await twilio.wait_until_idle()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("sys.exit(1)", TunnelFailed),
        ("banner()\nsys.exit(1)", TunnelFailed),
        ("signal.pause()", TunnelFailed),
        ("banner()\nsignal.pause()", TunnelNotReached),
    ],
    ids=["dies early", "dies before it is reached", "names no URL", "leads nowhere"],
)
async def test_a_tunnel_that_misbehaves_leaves_nothing_changed(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable, tmp_path: Path, body: str, error: type[Exception]
) -> None:
    class NobodyKnows:
        async def addresses(self, host: str) -> list[str]:
            return []

    patience_s = 30.0 if "banner" in body or "exit" in body else 0.5
    tunnel = CloudflaredTunnel(executable=stand_in(tmp_path, body), patience_s=patience_s, name_servers=NobodyKnows())
    with pytest.raises(error):
        async with harness_at(tunnel=tunnel, limits=Limits(tunnel_s=0.3 if error is TunnelNotReached else 30.0)):
            pass
    assert tunnel._process is None
    assert number() == BEFORE


async def test_a_process_that_is_killed_in_a_call_leaves_no_call_up(twilio: TwilioEmulator, number: Callable) -> None:
    other = await OtherProcess.start(twilio.base_url, twilio.account_sid, twilio.auth_token, NUMBER)
    line = await twilio.handset(PHONE).dial(NUMBER)
    await line.wait_until("in-progress")
    await other.kill()
    await line.wait_until("completed")
    assert number()[0] == f"{other.local_url}/twilio/voice"


async def test_the_doctor_finds_a_rehearsed_account_healthy(
    twilio: TwilioEmulator, number: Callable, tmp_path: Path
) -> None:
    examination = Examination(
        Patient(
            account_sid=twilio.account_sid,
            auth_token=twilio.auth_token,
            phone_number=NUMBER,
            http_port=0,
            tunnel=LocalEdge(tmp_path),
            api_base_url=twilio.base_url,
        )
    )
    try:
        findings = [finding async for finding in examination.findings(lambda doing: None)]
    finally:
        await examination.close()
    assert [finding for finding in findings if finding.verdict != "ok"] == []
    assert number() == BEFORE


async def test_a_tunnel_that_is_not_installed_is_told_before_anything_is_changed(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable
) -> None:
    with pytest.raises(TunnelMissing):
        async with harness_at(tunnel=CloudflaredTunnel(executable="no-such-program-anywhere")):
            pass
    assert number() == BEFORE


async def test_a_public_url_that_leads_elsewhere_is_noticed(
    twilio: TwilioEmulator, number: Callable, harness_at: Callable
) -> None:
    with pytest.raises(TunnelNotReached, match="somebody else answers there"):
        async with harness_at(public_base_url=twilio.base_url, limits=Limits(tunnel_s=0.2)):
            pass
    assert number() == BEFORE
