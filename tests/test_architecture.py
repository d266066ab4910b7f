"""The arrows between the three packages, and the laws about purity and time, as docs/architecture.md draws them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WIRE = ROOT / "wire" / "twilio_wire"
EMULATOR = ROOT / "emulator" / "twilio_emulator"
ADAPTER = ROOT / "adapter" / "twilio_adapter"

IO_MODULES = {"asyncio", "aiohttp", "websockets", "socket", "threading", "requests", "twilio"}

PURE = [
    *sorted(path for path in WIRE.rglob("*.py") if path.name != "audio.py"),
    EMULATOR / "agenda.py",
    *sorted((EMULATOR / "accounts").glob("*.py")),
    *sorted((EMULATOR / "twiml").rglob("*.py")),
    EMULATOR / "calls" / "addresses.py",
    EMULATOR / "calls" / "call.py",
    EMULATOR / "conferences" / "conference.py",
    EMULATOR / "conferences" / "spec.py",
    EMULATOR / "calls" / "far_end.py",
    EMULATOR / "calls" / "machine_detection.py",
    EMULATOR / "queues" / "queue.py",
    EMULATOR / "calls" / "recordings.py",
    EMULATOR / "calls" / "sidecars.py",
    EMULATOR / "calls" / "call_index.py",
    *(EMULATOR / "faults" / f"{name}.py" for name in ("chance", "fault", "line_faults")),
    EMULATOR / "media" / "captions.py",
    EMULATOR / "media" / "listener.py",
    EMULATOR / "media" / "measures.py",
    EMULATOR / "media" / "playback.py",
    EMULATOR / "media" / "stream_session.py",
    EMULATOR / "media" / "stretches.py",
    EMULATOR / "media" / "leg.py",
    EMULATOR / "media" / "mixer.py",
    EMULATOR / "media" / "recorder.py",
    *(EMULATOR / "phones" / f"{name}.py" for name in ("cues", "ear", "keypad", "part")),
    EMULATOR / "cassettes" / "chronicle.py",
    EMULATOR / "media" / "lines.py",
    EMULATOR / "webhooks" / "signature.py",
    EMULATOR / "webhooks" / "parameters.py",
    EMULATOR / "rest" / "paging.py",
    *(ADAPTER / "script" / f"{name}.py" for name in ("latency", "timeline")),
    *(
        ADAPTER / f"{name}.py"
        for name in ("call", "entries", "frames", "hearing", "outbox", "recording", "session", "sounds", "tickets")
    ),
    *(path for path in (ADAPTER / "golden").glob("*.py") if path.stem not in {"artefacts", "assertion", "command"}),
]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def packages_imported(folder: Path) -> dict[Path, set[str]]:
    return {path: {name.split(".")[0] for name in imports_of(path)} for path in sorted(folder.rglob("*.py"))}


def test_wire_imports_neither_of_the_others() -> None:
    for path, names in packages_imported(WIRE).items():
        assert not names & {"twilio_emulator", "twilio_adapter"}, path


def test_the_emulator_never_imports_the_adapter() -> None:
    for path, names in packages_imported(EMULATOR).items():
        assert "twilio_adapter" not in names, path


def test_only_the_adapters_harnesses_and_its_pytest_plugin_know_the_emulator() -> None:
    knowing = {
        path.relative_to(ADAPTER).parts[0]
        for path, names in packages_imported(ADAPTER).items()
        if "twilio_emulator" in names
    }
    assert knowing == {"harnesses.py", "pytest_plugin"}


def test_pytest_is_nobodys_business_but_the_plugins() -> None:
    for folder in (WIRE, EMULATOR, ADAPTER):
        for path, names in packages_imported(folder).items():
            assert "pytest" not in names or "pytest_plugin" in path.parts, path


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_logic_does_no_io(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports_of(path)} & IO_MODULES
