"""docs/troubleshooting.md is true: every section is reproduced over the emulator, and says what is then read."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from other_process import OtherProcess
from sounds import tone_chunk
from stand_in_tunnel import LocalEdge, Meddler, stand_in
from twilio.request_validator import RequestValidator

from twilio_adapter import (
    CallFailed,
    CloudflaredTunnel,
    Limits,
    NoMedia,
    NothingHeard,
    NumberInUseError,
    PlaybackStalled,
    PublicUrl,
    TunnelFailed,
    TunnelLost,
    TunnelMissing,
    TunnelNotReached,
    TwilioAgentAdapter,
    TwilioRefused,
    UserStartedSpeaking,
    Vad,
)
from twilio_emulator import TwilioEmulator
from twilio_wire.audio import Audio, read_audio

PAGE = Path(__file__).parents[2] / "docs" / "troubleshooting.md"
SPEECH = Path(__file__).parents[2] / "fixtures_audio" / "speech"
NUMBER = "+15550001111"
PHONE = "+15557770001"
SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
QUOTE = re.compile(r"^ *> (.+)$", re.MULTILINE)
SECTIONS = dict(SECTION.findall(PAGE.read_text(encoding="utf-8")))

Make = Callable[..., TwilioAgentAdapter]


def quoted_but_not_read(section: str, read: str) -> list[str]:
    """The lines a section quotes that were not read; an ellipsis stands for anything."""
    text = " ".join(read.split())
    return [
        line
        for line in QUOTE.findall(SECTIONS[section])
        if not re.search(".*?".join(re.escape(part.strip()) for part in line.split("…")), text)
    ]


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioEmulator]:
    async with TwilioEmulator(speed=20, speech="murmur") as emulator:
        emulator.add_number(NUMBER)
        yield emulator


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_TESTBENCH_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
def make(twilio: TwilioEmulator) -> Make:
    def make(**changes: Any) -> TwilioAgentAdapter:
        arguments: dict[str, Any] = {
            "account_sid": twilio.account_sid,
            "auth_token": twilio.auth_token,
            "phone_number": NUMBER,
            "http_port": 0,
            "allowed_callees": "*",
            "api_base_url": twilio.base_url,
        }
        return TwilioAgentAdapter(**arguments | changes)

    return make


async def read_of(error: type[Exception], work: Awaitable[object]) -> str:
    """What is read when something fails as it should."""
    with pytest.raises(error) as raised:
        await work
    return str(raised.value)


def check(section: str, *read: str) -> None:
    assert quoted_but_not_read(section, "\n".join(read)) == []


async def test_error_20003(make: Make) -> None:
    check("Error 20003", await read_of(TwilioRefused, make(auth_token="another").connect()))


async def test_a_webhook_is_refused_with_403_for_five_causes(
    twilio: TwilioEmulator, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    public = "https://tunnel.example"
    url, form = f"{public}/twilio/voice", {"CallSid": "CA1", "From": PHONE}

    def signed(address: str, token: str = twilio.auth_token) -> dict[str, str]:
        return {"X-Twilio-Signature": RequestValidator(token).compute_signature(address, form)}

    causes: list[tuple[dict[str, str], dict[str, str], str]] = [
        ({}, form, "does not come from Twilio"),
        (
            signed("https://old.example/twilio/voice") | {"X-Forwarded-Host": "old.example"},
            form,
            "signed for https://old.example/twilio/voice",
        ),
        (signed("http://tunnel.example/twilio/voice"), form, "signed for http://tunnel.example/twilio/voice"),
        (signed(url, "another"), form, "another account's auth token"),
        (signed(url), form | {"From": "+15557770009"}, "changed on its way"),
    ]
    read: list[str] = []
    async with make(public_base_url=public) as adapter, aiohttp.ClientSession() as session:
        for headers, fields, said in causes:
            caplog.clear()
            async with session.post(f"{adapter.local_url}/twilio/voice", data=fields, headers=headers) as reply:
                assert reply.status == 403
            assert said in caplog.text
            read.append(caplog.text)
        async with session.post(f"{adapter.local_url}/twilio/voice", data=form, headers=signed(url)) as reply:
            assert reply.status == 200
    check("A webhook is refused with 403", *read)


async def test_the_tunnel_is_not_ready(
    twilio: TwilioEmulator, make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = CloudflaredTunnel(executable="no-such-program-anywhere")
    dying = CloudflaredTunnel(executable=stand_in(tmp_path, 'say("no network")\nsys.exit(1)'))
    read = [
        await read_of(TunnelMissing, make(tunnel=missing).connect()),
        await read_of(TunnelFailed, make(tunnel=dying).connect()),
        await read_of(TunnelNotReached, make(tunnel=PublicUrl(twilio.base_url), limits=Limits(tunnel_s=0.2)).connect()),
    ]
    tunnel = LocalEdge(tmp_path)
    async with make(tunnel=tunnel) as adapter:
        waiting = asyncio.ensure_future(adapter.wait_for_call())
        tunnel.kill()
        read.append(await read_of(TunnelLost, waiting))
    check("The tunnel is not ready", *read)


async def test_no_media_within_the_time_out(twilio: TwilioEmulator, make: Make, tmp_path: Path) -> None:
    twilio.handset(PHONE)
    async with make(tunnel=Meddler(lambda headers: None)) as adapter:
        read = [await read_of(CallFailed, adapter.place_call(PHONE))]
    tunnel = LocalEdge(tmp_path)
    async with make(tunnel=tunnel, limits=Limits(media_gap_s=0.3, last_word_s=0.1)) as adapter:
        await adapter.place_call(PHONE)
        tunnel.freeze()
        read.append(await read_of(NoMedia, adapter.wait_for_seconds(3600)))
        tunnel.thaw()
    check("No media within the time-out", *read)


async def test_silence(twilio: TwilioEmulator, make: Make) -> None:
    twilio.handset(PHONE)
    async with make() as adapter:
        await adapter.place_call(PHONE)
        check("Silence", await read_of(NothingHeard, adapter.recv_audio(timeout=2.0)))


async def test_vad_did_not_fire(twilio: TwilioEmulator, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    phone = twilio.handset(PHONE)
    word = read_audio(SPEECH / "no_thank_you.wav")
    faint = Audio((word.pcm / 400).astype(np.int16), word.rate)
    told: list[bool] = []
    for sound, vad in ((word, Vad(start_ms=5000)), (faint, Vad(mode=0, start_ms=20)), (word, Vad())):
        async with make(vad=vad) as adapter:
            await adapter.place_call(PHONE)
            line = await phone.next_call()
            await line.play(sound)
            await adapter.hang_up()
        told.append(any(isinstance(event, UserStartedSpeaking) for event in adapter.timeline))
    assert told == [False, False, True]
    check("VAD didn't fire", caplog.text)


async def test_one_way_audio(twilio: TwilioEmulator, make: Make, tmp_path: Path) -> None:
    twilio.handset(PHONE)
    tunnel = LocalEdge(tmp_path)
    async with make(tunnel=tunnel, limits=Limits(last_word_s=0.1)) as adapter:
        await adapter.place_call(PHONE)
        tunnel.mute()
        read = await read_of(PlaybackStalled, adapter.send_audio(tone_chunk(500, 60.0)))
    check("One-way audio", read)


async def test_a_webhook_was_left_behind(twilio: TwilioEmulator, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    other = await OtherProcess.start(twilio.base_url, twilio.account_sid, twilio.auth_token, NUMBER)
    await other.kill()
    with caplog.at_level(logging.WARNING):
        async with make():
            pass
    check("A webhook was left behind", caplog.text)


async def test_the_number_is_in_use(make: Make) -> None:
    async with make() as first, make() as second:
        await first.lease_number()
        check("The number is in use", await read_of(NumberInUseError, second.lease_number()))


def test_every_section_is_reproduced() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert set(SECTIONS) == set(re.findall(r'check\(\s*"([^"]+)"', source))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_says_what_is_read_and_how_to_cure_it(section: str) -> None:
    assert QUOTE.findall(SECTIONS[section])
    assert re.search(r"Cure|cure|enter the harness again|Let the other end", SECTIONS[section])
