"""What is remembered on disk about numbers we have taken."""

import logging
import stat
from pathlib import Path

import pytest

from twilio_adapter.lease import Lease, LeaseBook, default_directory
from twilio_adapter.rest import VoiceSettings

LEASE = Lease(
    "PN1", "https://tunnel.example/twilio/voice", VoiceSettings("https://app.example/voice", "GET", "", "", "")
)


def test_a_lease_is_remembered_until_it_is_forgotten(tmp_path: Path) -> None:
    LeaseBook(tmp_path / "deep" / "leases", "AC1").remember(LEASE)
    book = LeaseBook(tmp_path / "deep" / "leases", "AC1")
    assert book.recall("PN1") == LEASE
    book.forget("PN1")
    assert book.recall("PN1") is None
    book.forget("PN1")


def test_accounts_do_not_see_each_others_leases(tmp_path: Path) -> None:
    LeaseBook(tmp_path, "AC1").remember(LEASE)
    assert LeaseBook(tmp_path, "AC2").recall("PN1") is None


def test_only_the_owner_can_read_a_lease(tmp_path: Path) -> None:
    LeaseBook(tmp_path, "AC1").remember(LEASE)
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"number_sid": "PN1", "leased_url": "", "original": {"x": 1}}'])
def test_a_damaged_lease_is_no_lease(tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "AC1-PN1.json").write_text(content)
    with caplog.at_level(logging.WARNING):
        assert LeaseBook(tmp_path, "AC1").recall("PN1") is None
    assert "not a lease" in caplog.text


def test_leases_are_kept_in_the_users_state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_directory() == tmp_path / "twilio-testbench" / "leases"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_directory() == tmp_path / ".local" / "state" / "twilio-testbench" / "leases"
