"""What is remembered on disk about numbers we have taken."""

import json
import logging
import stat
from pathlib import Path

import pytest

from twilio_adapter import NumberInUseError
from twilio_adapter.lease import Lease, LeaseBook, state_directory
from twilio_adapter.rest import VoiceSettings

NUMBER = "+15550001111"
BEFORE = VoiceSettings("https://app.example/voice", "GET", "https://app.example/oops", "POST", "AP1")
CHANGES = {
    "voice_url": "https://tunnel.example/twilio/voice",
    "voice_method": "POST",
    "voice_fallback_url": "",
    "voice_application_sid": "",
}
LEASED = VoiceSettings("https://tunnel.example/twilio/voice", "POST", "", "POST", "")
LEASE = Lease("PN1", NUMBER, CHANGES, BEFORE)


@pytest.fixture
def book(tmp_path: Path) -> LeaseBook:
    book = LeaseBook(tmp_path, "AC1")
    book.hold("PN1", NUMBER)
    return book


def test_a_lease_is_remembered_until_it_is_forgotten(book: LeaseBook, tmp_path: Path) -> None:
    book.remember(LEASE)
    again = LeaseBook(tmp_path, "AC1")
    assert again.recall("PN1") == LEASE
    assert list(again) == [LEASE]
    again.forget("PN1")
    assert again.recall("PN1") is None
    again.forget("PN1")
    assert list(again) == []


def test_accounts_and_their_emulations_do_not_see_each_others_leases(book: LeaseBook, tmp_path: Path) -> None:
    book.remember(LEASE)
    assert LeaseBook(tmp_path, "AC2").recall("PN1") is None
    emulated = LeaseBook(tmp_path, "AC1", "http://127.0.0.1:4010")
    assert emulated.recall("PN1") is None
    emulated.hold("PN1", NUMBER)


def test_only_the_owner_can_read_what_is_written(book: LeaseBook, tmp_path: Path) -> None:
    book.remember(LEASE)
    assert {path.suffix: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "leases").iterdir()} == {
        ".json": 0o600,
        ".lock": 0o600,
    }
    assert stat.S_IMODE((tmp_path / "leases").stat().st_mode) == 0o700


def test_a_number_has_one_holder(book: LeaseBook, tmp_path: Path) -> None:
    book.remember(LEASE)
    second = LeaseBook(tmp_path, "AC1")
    with pytest.raises(
        NumberInUseError, match=rf"\+1555\*\*\*1111 is in use by process {LEASE.pid} since 20"
    ) as refusal:
        second.hold("PN1", NUMBER)
    assert (refusal.value.pid, refusal.value.since) == (LEASE.pid, LEASE.since)
    second.hold("PN2", "+15550002222")
    book.release("PN1")
    second.hold("PN1", NUMBER)


def test_a_holder_that_has_not_signed_yet_is_told_without_a_name(book: LeaseBook, tmp_path: Path) -> None:
    with pytest.raises(NumberInUseError, match="being taken by another adapter") as refusal:
        LeaseBook(tmp_path, "AC1").hold("PN1", NUMBER)
    assert refusal.value.pid is None


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "null", '"lease"', "\x00", '{"number_sid": "PN1", "leased": {}, "original": {"x": 1}}'],
)
def test_a_damaged_lease_is_no_lease(
    book: LeaseBook, tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "leases" / "AC1-PN1.json").write_text(content)
    with caplog.at_level(logging.WARNING):
        assert book.recall("PN1") is None
    assert "not a lease" in caplog.text


def test_a_lease_that_lacks_the_url_is_no_lease(book: LeaseBook, tmp_path: Path) -> None:
    book.remember(LEASE)
    path = tmp_path / "leases" / "AC1-PN1.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"leased": {}}))
    assert book.recall("PN1") is None


def test_undoing_a_lease_brings_everything_back() -> None:
    assert LEASE.undone(LEASED) == BEFORE


def test_what_a_person_has_changed_meanwhile_stays() -> None:
    elsewhere = VoiceSettings("https://person.example", "POST", "", "POST", "")
    assert LEASE.undone(elsewhere) == elsewhere
    with_fallback = VoiceSettings(LEASED.voice_url, "POST", "https://person.example/oops", "POST", "")
    assert LEASE.undone(with_fallback).voice_fallback_url == "https://person.example/oops"
    assert LEASE.undone(with_fallback).voice_url == BEFORE.voice_url


def test_what_was_not_touched_is_not_restored() -> None:
    without_application = Lease("PN1", NUMBER, {"voice_url": LEASED.voice_url}, BEFORE)
    with_one_now = VoiceSettings(LEASED.voice_url, "POST", "", "GET", "AP2")
    assert without_application.undone(with_one_now) == VoiceSettings(BEFORE.voice_url, "POST", "", "GET", "AP2")


def test_a_lease_does_not_show_the_number() -> None:
    assert NUMBER[1:] not in repr(LEASE)


def test_leases_are_kept_in_the_users_state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TWILIO_TESTBENCH_STATE_DIR", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_directory() == tmp_path / "twilio-testbench"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_directory() == tmp_path / ".local" / "state" / "twilio-testbench"
    monkeypatch.setenv("TWILIO_TESTBENCH_STATE_DIR", str(tmp_path / "here"))
    assert state_directory() == tmp_path / "here"
