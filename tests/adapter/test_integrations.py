"""What needs an extra says so where it is absent, and costs nothing where it is not asked for."""

import subprocess
import sys

WITHOUT = """
import sys
sys.modules["scenario"] = None
import twilio_adapter
try:
    import twilio_adapter.integrations.scenario
except ModuleNotFoundError as error:
    print(error, error.name)
"""


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_adapter_for_scenario_names_the_extra_it_needs() -> None:
    printed = run_python(WITHOUT)
    assert "pip install 'twilio-testbench[scenario]'. scenario" in printed


def test_the_package_imports_no_extra() -> None:
    assert run_python("import sys, twilio_adapter; print('scenario' in sys.modules)").strip() == "False"
