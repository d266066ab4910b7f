"""The adapter's benchmark runs and reports; what it measures here means nothing, and nothing is asked of it."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "adapter.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARK), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_adapters_benchmark_reports_every_figure_as_json():
    done = run("--seconds", "0.4", "--rounds", "1", "--json")

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() == {
        "cpu_per_received_frame_us",
        "raw_cpu_per_received_frame_us",
        "received_ratio",
        "cpu_per_silent_frame_us",
        "cpu_per_sent_second_ms",
        "machine",
    }
    assert figures["cpu_per_received_frame_us"] > 0
    assert figures["raw_cpu_per_received_frame_us"] > 0


def test_a_mistaken_option_is_explained():
    done = run("--seconds", "none")

    assert done.returncode == 2
    assert "'none' is no number of seconds up to 120." in done.stderr
