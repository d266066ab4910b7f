"""A call on a phone as a record and as a cassette: what is in it is what the phone, the app and an ear say."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from customer import Customer
from stream_app import Message, Stream, StreamApp

from twilio_emulator import TwilioEmulator
from twilio_emulator import sync as blocking
from twilio_wire.audio import Audio
from twilio_wire.cassette import (
    CallRecord,
    CassetteExists,
    DigitEntry,
    HasCallRecord,
    InterruptEntry,
    SayEntry,
    VerbEntry,
    WebhookEntry,
    read_cassette,
)
from twilio_wire.dtmf import Detector
from twilio_wire.g711 import FRAME_BYTES, decode
from twilio_wire.levels import is_silent

NUMBER = "+15550001111"
CALLER = "+15557770001"
BEEP = Audio(np.rint(9000 * np.sin(np.arange(4000) * 0.5)).astype(np.int16), 8000)
MENU = """<Response><Gather numDigits="1" action="/choice" timeout="5"><Say>Press one for sales.</Say></Gather>
</Response>"""


def ivr(twilio: TwilioEmulator | blocking.TwilioEmulator, customer: Customer) -> None:
    customer.pages = {"/voice": MENU, "/choice": '<Response><Play digits="7"/><Hangup/></Response>'}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice", status_callback=f"{customer.url}/status")


def first_sound_ms(ulaw: bytes) -> int:
    frames = range(0, len(ulaw), FRAME_BYTES)
    return next(at // 8 for at in frames if not is_silent(ulaw[at : at + FRAME_BYTES]))


async def test_a_call_is_recorded_from_its_first_ring_to_its_last_callback(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    ivr(twilio, customer)
    line = await twilio.handset(CALLER).dial(NUMBER)
    recorder = line.record(tmp_path / "menu")
    await line.wait_for_speech()
    await line.wait_for_silence(0.5)
    await line.press("1")
    await line.wait_until("completed")

    call = read_cassette(tmp_path / "menu")
    assert recorder.problem is None
    assert call == line.call_record.redacted()
    assert isinstance(line, HasCallRecord)
    assert (call.direction, call.status, call.seen_by, call.dialled_by) == ("inbound", "completed", "emulator", "near")
    assert (call.from_number, call.to_number) == ("+1555***0001", "+1555***1111")
    assert call.states == ("ringing", "answered", "completed")
    assert call.hung_up_by == "far"
    assert [(entry.by, entry.digit) for entry in call.entries if isinstance(entry, DigitEntry)] == [
        ("near", "1"),
        ("far", "7"),
    ]
    assert [entry.verb for entry in call.entries if isinstance(entry, VerbEntry)] == ["Gather", "Say", "Play", "Hangup"]
    asked = [entry for entry in call.entries if isinstance(entry, WebhookEntry)]
    assert [(entry.url, entry.status) for entry in asked] == [
        (f"{customer.url}/voice", 200),
        (f"{customer.url}/choice", 200),
        (f"{customer.url}/status", 204),
    ]
    assert asked[1].parameters["Digits"] == "1"


async def test_audio_and_timeline_are_on_one_clock(twilio: TwilioEmulator, customer: Customer, tmp_path: Path) -> None:
    ivr(twilio, customer)
    line = await twilio.handset(CALLER).dial(NUMBER)
    line.record(tmp_path / "menu")
    await line.wait_until("in-progress")
    await line.silence(0.5)
    await line.press("1")
    await line.wait_until("completed")
    call = read_cassette(tmp_path / "menu")
    assert np.array_equal(decode(call.near), line.said.pcm)
    assert np.array_equal(decode(call.far), line.heard.pcm)
    assert 500 <= first_sound_ms(call.near) <= 520
    [said] = [entry for entry in call.entries if isinstance(entry, SayEntry)]
    assert said == SayEntry(first_sound_ms(call.far) - first_sound_ms(call.far) % 20, "far", "Press one for sales.")
    for entry in call.entries:
        if isinstance(entry, DigitEntry):
            until = call.audio(entry.by)[: entry.at_ms * 8]
            assert Detector().feed(until)[-1:] == entry.digit
            assert entry.digit not in Detector().feed(until[:-FRAME_BYTES])


async def test_a_recording_that_begins_late_has_the_call_from_its_beginning(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    ivr(twilio, customer)
    line = await twilio.handset(CALLER).dial(NUMBER)
    line.record(tmp_path / "early")
    await line.wait_for_speech()
    await line.silence(2.5)
    line.record(tmp_path / "late")
    await line.hang_up()
    line.record(tmp_path / "afterwards", handset="far", made_by="Written when it was over.")
    early, late, afterwards = (read_cassette(tmp_path / name) for name in ("early", "late", "afterwards"))
    assert early.duration_ms > 2500
    assert late == early
    assert early.hung_up_by == "near"
    assert afterwards.handset_audio == early.far
    assert "Written when it was over." in (tmp_path / "afterwards" / "README.md").read_text()


async def test_a_phone_that_is_called_is_recorded_too(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    customer.pages = {"/call": "<Response><Pause length='2'/></Response>"}
    handset = twilio.handset(CALLER)
    twilio.add_number(NUMBER)
    twilio.client().calls.create(to=CALLER, from_=NUMBER, url=f"{customer.url}/call")
    line = await handset.next_call()
    line.record(tmp_path / "call")
    await line.wait_until("in-progress")
    await line.say("Good morning.")
    await line.wait_until("completed")
    call = read_cassette(tmp_path / "call")
    assert (call.direction, call.dialled_by, call.to_number) == ("outbound", "far", "+1555***0001")
    assert call.states == ("initiated", "ringing", "answered", "completed")
    assert [entry for entry in call.entries if isinstance(entry, SayEntry)] == [SayEntry(0, "near", "Good morning.")]


async def test_a_call_that_nobody_answers_is_a_cassette_without_audio(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    customer.pages = {"/voice": "<Response><Reject reason='busy'/></Response>"}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    line.record(tmp_path / "busy")
    await twilio.wait_until_idle()
    call = read_cassette(tmp_path / "busy")
    assert (call.status, call.states, call.duration_ms) == ("busy", ("ringing", "busy"), 0)
    assert call.hung_up_by is None


async def test_an_application_that_clears_its_audio_has_interrupted_itself(
    twilio: TwilioEmulator, customer: Customer
) -> None:
    async def clear(stream: Stream, message: Message) -> None:
        if message["event"] == "start":
            await stream.clear()

    app = StreamApp()
    app.react = clear
    await app.start()
    customer.pages = {"/voice": f'<Response><Connect><Stream url="{app.url}"/></Connect></Response>'}
    twilio.add_number(NUMBER, voice_url=f"{customer.url}/voice")
    line = await twilio.handset(CALLER).dial(NUMBER)
    await line.wait_until("in-progress")
    await line.silence(1)
    await line.hang_up()
    await app.stop()
    [interruption] = [entry for entry in line.call_record.entries if isinstance(entry, InterruptEntry)]
    assert interruption.by == "far"


async def test_an_existing_cassette_is_refused_before_anything_is_recorded(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    ivr(twilio, customer)
    line = await twilio.handset(CALLER).dial(NUMBER)
    line.record(tmp_path / "menu")
    with pytest.raises(CassetteExists):
        line.record(tmp_path / "menu")
    await line.hang_up()
    line.record(tmp_path / "menu", overwrite=True)


async def test_a_folder_that_vanishes_does_not_disturb_the_call(
    twilio: TwilioEmulator, customer: Customer, tmp_path: Path
) -> None:
    ivr(twilio, customer)
    line = await twilio.handset(CALLER).dial(NUMBER)
    recorder = line.record(tmp_path / "menu")
    await line.wait_for_speech()
    shutil.rmtree(tmp_path / "menu")
    await line.press("1")
    await line.wait_until("completed")
    assert recorder.problem.startswith("The rest of the call is not recorded")
    assert not (tmp_path / "menu").exists()


async def test_an_emulator_that_stops_ends_its_recordings(tmp_path: Path) -> None:
    async with TwilioEmulator(speed="max", speech="murmur") as twilio:
        app = Customer(twilio.auth_token)
        await app.start()
        ivr(twilio, app)
        line = await twilio.handset(CALLER).dial(NUMBER)
        line.record(tmp_path / "menu")
        await line.wait_for_speech()
    await app.stop()
    call = read_cassette(tmp_path / "menu")
    assert call.is_over
    assert call == line.call_record.redacted()


def test_who_does_not_await_records_with_the_same_verbs(tmp_path: Path) -> None:
    with blocking.TwilioEmulator(speed="max", speech="murmur") as twilio:
        twilio.add_number(NUMBER)
        line = twilio.handset(CALLER).dial(NUMBER)
        line.record(tmp_path / "menu")
        twilio.wait_until_idle()
        call: CallRecord = read_cassette(tmp_path / "menu")
        assert call == line.call_record.redacted()


def test_a_process_that_is_killed_in_the_middle_of_a_call_leaves_a_cassette(tmp_path: Path) -> None:
    support = Path(__file__).parents[2] / "support" / "killed_in_a_call.py"
    done = subprocess.run([sys.executable, support, tmp_path / "menu"], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    call = read_cassette(tmp_path / "menu")
    assert not call.is_over
    assert 3000 <= call.duration_ms <= 4000
    assert call.states == ("ringing", "answered")
    assert [entry.digit for entry in call.entries if isinstance(entry, DigitEntry)] == ["1"]
    assert 500 <= first_sound_ms(call.near) <= 520
