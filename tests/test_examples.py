"""The examples run offline, with no arguments and no environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from twilio_wire.levels import level_dbm0

ROOT = Path(__file__).parent.parent


def run_example(name: str, *arguments: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TWILIO_")}
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_menu_is_called_from_dial_in_to_hang_up_and_both_sides_are_audible(tmp_path: Path) -> None:
    printed = run_example("dtmf_ivr.py", "--wav", str(tmp_path / "call.wav"))
    moments = [printed.index(f"  {status} ") for status in ("queued", "ringing", "in-progress", "completed")]
    assert moments == sorted(moments)
    assert "“Welcome to the test bench. For sales, press 1. For support, press 2.”" in printed
    assert "key heard    1" in printed
    samples, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert rate == 8000
    assert samples.shape[1] == 2
    assert all(level_dbm0(samples[:, side]) > -40 for side in (0, 1))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("twilio_inbound.py", "heard our answer"), ("twilio_outbound.py", "answered and spoke for")],
)
def test_the_other_examples_hold_a_conversation(name: str, expected: str) -> None:
    printed = run_example(name)
    assert expected in printed
    assert "completed" in printed


def test_the_script_judges_the_menu_and_measures_it(tmp_path: Path) -> None:
    printed = run_example("scripted_call.py", "--wav", str(tmp_path / "call.wav"))
    told = ("far     speaks", "near    presses 1", "near    barges in", "call    completed", "the menu spoke on for ")
    assert [word for word in told if word not in printed] == []
    (answers,) = [line for line in printed.splitlines() if line.startswith("Answers came after: no answer, ")]
    assert answers.count(" s") == 2
    samples, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert (rate, samples.shape[1]) == (8000, 2)


def test_the_call_center_connects_coaches_and_records(tmp_path: Path) -> None:
    printed = run_example("call_center.py", "--wav", str(tmp_path / "conference.wav"))
    told = ("<Enqueue", "entered support", "taken support", "bridged", "parted", "conference-start")
    assert [word for word in told if word not in printed] == []
    samples, rate = soundfile.read(tmp_path / "conference.wav", dtype="int16")
    assert (rate, samples.ndim) == (8000, 1)
    assert len(samples) > 2 * rate
    assert level_dbm0(samples) > -40
