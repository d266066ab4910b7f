"""The study of docs/golden.md, a small part of it: no false alarm, no miss."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("golden_study", BENCHMARKS / "golden_study.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden_study"] = module
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(BENCHMARKS))


def test_one_pair_of_every_change_is_judged_rightly(study) -> None:
    rows, _ = study.study(1, 7, sweep=False)
    assert [row.change for row in rows] == [*study.BENIGN, *study.HARMFUL]
    assert [row.wrong for row in rows if row.wrong] == []
    assert [row.change for row in rows if row.is_harm and not row.flagged] == []


def test_the_study_reports_as_json_and_says_by_its_exit_code_whether_all_is_well(study) -> None:
    command = [sys.executable, str(BENCHMARKS / "golden_study.py"), "--pairs", "0", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures.keys() == {"pairs", "false_alarms", "misses", "changes", "sweep"}
    assert len(figures["changes"]) == len(study.BENIGN) + len(study.HARMFUL)
