"""`assert_matches_golden`: passes, or says everything that differs and leaves it to look at and to listen to."""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from golden_calls import record, side

from twilio_adapter import AdapterError, ConfigurationError, DifferenceKind, GoldenMismatch, Tolerances
from twilio_adapter import assert_matches_golden as matches
from twilio_wire.cassette import CallRecord, CassetteError, read_cassette, write_cassette

HELP, SALES, SUPPORT = "agent/how_can_i_help", "menus/sales", "menus/support"
CALL = record(side(0.5, HELP, 2.0, SALES, 0.5))
OTHER = record(side(0.5, HELP, 2.0, SUPPORT, 0.5))


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("TWILIO_UPDATE_GOLDEN", "TWILIO_GOLDEN_FAILURES"):
        monkeypatch.delenv(name, raising=False)
    write_cassette(tmp_path / "cassettes" / "menu", CALL, made_by="A test.")
    return tmp_path / "cassettes" / "menu"


def test_the_same_call_passes_and_leaves_nothing(golden: Path, tmp_path: Path) -> None:
    matches(CALL, golden)
    assert [path.name for path in tmp_path.iterdir()] == ["cassettes"]


def test_whoever_has_a_record_can_be_compared(golden: Path) -> None:
    @dataclass
    class Line:
        call_record: CallRecord

    matches(Line(CALL), str(golden))
    with pytest.raises(GoldenMismatch):
        matches(Line(OTHER), golden)


def test_a_difference_is_told_shown_and_can_be_listened_to(golden: Path, tmp_path: Path) -> None:
    with pytest.raises(GoldenMismatch, match=r"in one place:\n  - At \d\.\d\d s .*: expected .*, got .*\.\n") as raised:
        matches(OTHER, golden)
    assert isinstance(raised.value, AssertionError | AdapterError)
    assert [each.kind for each in raised.value.differences] == [DifferenceKind.DIFFERENT_SOUND]
    folder = raised.value.artefacts
    assert folder == Path("golden-failures/menu")
    assert "golden-failures/menu" in str(raised.value)
    assert (folder / "application.png").read_bytes().startswith(b"\x89PNG")
    assert str(raised.value.differences[0]) in (folder / "differences.txt").read_text(encoding="utf-8")
    assert read_cassette(folder / "call").far == OTHER.far
    assert not (folder / "handset.png").exists()


def test_the_sound_has_the_golden_call_left_and_the_new_one_right_and_aligned(golden: Path) -> None:
    late = record(side(1.5, HELP, 2.0, SUPPORT, 0.5))
    with pytest.raises(GoldenMismatch) as raised:
        matches(late, golden)
    # By libsndfile, which is not ours.
    samples, rate = soundfile.read(raised.value.artefacts / "application.wav", dtype="int16")
    assert rate == 8000
    assert samples.shape[1] == 2
    left, right = samples[: 4 * rate].T.astype(float)
    assert np.array_equal(left, right)
    assert np.abs(left).max() > 3000
    assert not np.array_equal(*samples.T)


def test_artefacts_go_where_they_are_asked_to_go(golden: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TWILIO_GOLDEN_FAILURES", str(tmp_path / "ci"))
    with pytest.raises(GoldenMismatch):
        matches(OTHER, golden)
    assert (tmp_path / "ci" / "menu" / "application.png").exists()
    with pytest.raises(GoldenMismatch) as raised:
        matches(OTHER, golden, failures=tmp_path / "mine")
    assert raised.value.artefacts == tmp_path / "mine" / "menu"


def test_where_nothing_can_be_written_the_difference_is_told_all_the_same(golden: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(GoldenMismatch, match="could be written") as raised:
        matches(OTHER, golden, failures=tmp_path / "file")
    assert raised.value.artefacts is None
    assert raised.value.differences


def test_an_update_writes_what_differs_anew_and_leaves_what_is_right(golden: Path, monkeypatch) -> None:
    before = (golden / "README.md").read_bytes()
    matches(CALL, golden, update=True)
    assert (golden / "README.md").read_bytes() == before
    monkeypatch.setenv("TWILIO_UPDATE_GOLDEN", "1")
    matches(OTHER, golden)
    assert read_cassette(golden).far == OTHER.far
    with pytest.raises(GoldenMismatch):
        matches(CALL, golden, update=False)


def test_an_update_makes_what_is_not_there_and_nothing_else_does(golden: Path) -> None:
    with pytest.raises(CassetteError, match="no such folder"):
        matches(CALL, golden.parent / "new")
    matches(CALL, golden.parent / "new", update=True)
    assert read_cassette(golden.parent / "new").far == CALL.far


def test_a_call_that_is_not_over_becomes_no_golden_call(golden: Path) -> None:
    up = replace(OTHER, status="in-progress", entries=OTHER.entries[:-1])
    with pytest.raises(ConfigurationError, match="end the call first"):
        matches(up, golden, update=True)
    assert read_cassette(golden).far == CALL.far


def test_a_cassette_that_was_edited_is_refused_and_never_compared(golden: Path) -> None:
    (golden / "timeline.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(CassetteError, match=r"timeline\.jsonl, line 1"):
        matches(CALL, golden)


def test_a_variable_that_says_neither_yes_nor_no_is_refused(golden: Path, monkeypatch) -> None:
    monkeypatch.setenv("TWILIO_UPDATE_GOLDEN", "perhaps")
    with pytest.raises(ConfigurationError, match="neither yes nor no"):
        matches(CALL, golden)


@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_a_tolerance_is_a_number(value: float) -> None:
    with pytest.raises(ConfigurationError, match="latency_s"):
        Tolerances(latency_s=value)


def test_matplotlib_is_loaded_by_a_failure_only() -> None:
    script = "import sys; from twilio_adapter import assert_matches_golden; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
