"""The benchmark runs and reports; what it measures here means nothing, and nothing is asked of it."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

BARS = {
    "concurrent_p99_10ms",
    "raw_concurrent_p99_10ms",
    "cpu_ratio_100",
    "max_speed_60s_call_s",
    "raw_max_speed_60s_call_s",
    "identical_runs",
    "bytes_per_call",
    "soak_leftovers",
}
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


def module_of(name):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def judge():
    """The judge's module."""
    return module_of("judge")


def test_the_media_benchmark_reports_every_figure_as_json():
    short = "--streams 1 --seconds 0.4 --most 2 --runs 1 --calls 2 --minutes 0.05 --soak 20 --json"
    command = [sys.executable, str(BENCHMARKS / "media.py"), *short.split()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() == BARS | {"streams", "heartbeat", "machine", "soak_left"}
    assert figures["identical_runs"] == 1
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


@pytest.mark.parametrize("truth", [0, 1, 99, 100, 101, 512, 799, 1599, 1600, 5000])
async def test_the_search_finds_the_most_to_within_a_twentieth(truth):
    asked = []

    async def holds(number):
        asked.append(number)
        return number <= truth

    found = await module_of("search").most(holds, first=100, limit=1600)

    assert found <= min(truth, 1600)
    assert min(truth, 1600) - found <= max(1, 0.05 * found)
    assert len(asked) <= 26


async def test_the_search_asks_again_before_it_believes_a_failure():
    hiccups = iter([True, False, True, True, True, True])

    async def holds(number):
        return next(hiccups)

    assert await module_of("search").most(holds, first=100, limit=800) == 800
