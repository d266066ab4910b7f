"""`twilio-adapter compare`: 0 the same, 1 they differ, 2 they cannot be compared."""

import json
from pathlib import Path

import pytest
from golden_calls import record, side
from typer.testing import CliRunner

from twilio_adapter.cli import app
from twilio_wire.cassette import write_cassette

SAME, OTHER = record(side(0.5, "menus/sales", 0.5)), record(side(0.5, "menus/support", 0.5))


@pytest.fixture
def cassettes(tmp_path: Path) -> Path:
    for name, call in (("a", SAME), ("b", SAME), ("c", OTHER)):
        write_cassette(tmp_path / name, call, made_by="A test.")
    return tmp_path


def compare(*arguments: object):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def test_two_that_are_the_same(cassettes: Path) -> None:
    result = compare(cassettes / "a", cassettes / "b")
    assert (result.exit_code, result.stdout) == (0, "The same.\n")


def test_two_that_differ_are_told_and_shown(cassettes: Path) -> None:
    result = compare(cassettes / "a", cassettes / "c", "--artefacts", cassettes / "out")
    assert result.exit_code == 1
    assert result.stdout.startswith("At 1.")
    assert "the application sounds different" in result.stdout
    assert (cassettes / "out" / "application.png").exists()
    assert compare(cassettes / "a", cassettes / "c", "--timeline-only").exit_code == 0


def test_as_json(cassettes: Path) -> None:
    document = json.loads(compare(cassettes / "a", cassettes / "c", "--json").stdout)
    assert document["same"] is False
    [difference] = document["differences"]
    assert difference["kind"] == "different_sound"
    assert difference["sentence"].startswith("At ")
    assert json.loads(compare(cassettes / "a", cassettes / "b", "--json").stdout) == {"same": True, "differences": []}


def test_what_cannot_be_compared(cassettes: Path) -> None:
    result = compare(cassettes / "a", cassettes / "nothing")
    assert result.exit_code == 2
    assert "no such folder" in result.stderr
