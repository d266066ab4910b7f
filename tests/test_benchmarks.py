"""The benchmark runs and reports; what it measures here means nothing, and nothing is asked of it."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
ROW = {
    "p50_ms",
    "p99_ms",
    "max_ms",
    "raw_p50_ms",
    "raw_p99_ms",
    "raw_max_ms",
    "cpu_per_call_second_ms",
    "raw_cpu_per_call_second_ms",
    "cpu_ratio",
    "frames",
    "judge_busy",
}


@pytest.fixture(scope="module")
def judge():
    """The judge's module."""
    spec = importlib.util.spec_from_file_location("judge", BENCHMARKS / "judge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_media_benchmark_reports_every_figure_as_json():
    command = [sys.executable, str(BENCHMARKS / "media.py"), "--streams", "1", "--seconds", "0.4", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() == {"streams", "heartbeat", "max_speed_60s_call_s", "machine"}
    assert figures["streams"].keys() == figures["heartbeat"].keys() == {"1"}
    assert figures["streams"]["1"].keys() == ROW
    assert figures["heartbeat"]["1"].keys() == {"p50_ms", "p99_ms", "max_ms"}
    assert figures["machine"].keys() == {"system", "cores", "python", "websockets"}


def test_a_mistaken_option_is_explained():
    command = [sys.executable, str(BENCHMARKS / "media.py"), "--streams", "1,none"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "'none' is no whole number above 0." in done.stderr


def test_lateness_is_counted_from_the_frame_that_came_most_in_time(judge):
    steady = [1000.0 + 20 * n for n in range(100)]
    one_late = [*steady[:50], steady[50] + 7.5, *steady[51:]]

    assert judge.verdict([steady]) == {"frames": 100, "p50_ms": 0, "p99_ms": 0, "max_ms": 0}
    assert judge.verdict([one_late, steady])["max_ms"] == 7.5


def test_streams_need_not_begin_together_to_be_in_time(judge):
    one = [1000.0 + 20 * n for n in range(50)]
    another = [1013.0 + 20 * n for n in range(50)]

    assert judge.verdict([one, another])["max_ms"] == 0


def test_a_caller_that_drifts_becomes_later_and_later(judge):
    drifting = [1000.0 + 20.37 * n for n in range(100)]

    assert judge.verdict([drifting])["max_ms"] == pytest.approx(0.37 * 99, abs=0.01)
