"""The REST benchmark runs and reports; what it measures here means nothing, and nothing is asked of it."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "rest.py"
ROW = {
    "per_s",
    "bare_per_s",
    "ratio",
    "cpu_us",
    "bare_cpu_us",
    "cpu_ratio",
    "body_bytes",
    "clients_busy",
}


def test_the_rest_benchmark_reports_every_figure_as_json():
    options = ("--connections", "2", "--seconds", "0.05", "--calls", "200", "--json")
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), *options], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() == {"requests", "page_1", "start", "machine"}
    assert figures["requests"].keys() == {"GET Calls/{sid}.json", "POST Calls.json"}
    assert all(row.keys() == ROW for row in figures["requests"].values())
    assert figures["page_1"].keys() == {"few_calls", "few_ms", "many_calls", "many_ms", "ratio"}
    assert figures["page_1"]["many_calls"] == 200
    assert figures["start"].keys() == {"ready_s", "rss_mb"}
    assert figures["machine"].keys() == {"system", "cores", "python", "aiohttp"}


def test_a_mistaken_option_is_explained():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--connections", "none"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "'none' is no whole number above 0." in done.stderr
