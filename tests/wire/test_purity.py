import ast
from pathlib import Path

import pytest

import twilio_wire

MODULES = sorted(Path(twilio_wire.__path__[0]).rglob("*.py"))
FORBIDDEN = {
    "asyncio",
    "aiohttp",
    "websockets",
    "socket",
    "socketserver",
    "ssl",
    "http",
    "threading",
    "time",
    "random",
    "uuid",
    "twilio",
    "twilio_emulator",
    "twilio_adapter",
}
ON_DISK = {"audio", "cassette.reader", "cassette.writer"}
FILES = {"os", "pathlib", "io", "soundfile", "tempfile", "shutil"}


def imported(module):
    """The top-level packages a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            yield (node.module or "").partition(".")[0]


def dotted(module):
    return ".".join(module.relative_to(twilio_wire.__path__[0]).with_suffix("").parts)


def test_there_are_modules_to_look_at():
    assert {"g711", "messages", "dtmf_detector"} <= {module.stem for module in MODULES}


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_wire_knows_no_sockets_no_clock_no_chance_and_neither_end(module):
    assert not FORBIDDEN & set(imported(module))


@pytest.mark.parametrize("module", [m for m in MODULES if dotted(m) not in ON_DISK], ids=dotted)
def test_only_audio_and_cassettes_touch_files(module):
    assert not FILES & set(imported(module))
    calls = [
        node.func for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    assert "open" not in {call.id for call in calls if isinstance(call, ast.Name)}


def test_importing_the_package_imports_none_of_its_modules():
    tree = ast.parse(Path(twilio_wire.__file__).read_text(encoding="utf-8"))
    assert [type(node) for node in tree.body] == [ast.Expr]
