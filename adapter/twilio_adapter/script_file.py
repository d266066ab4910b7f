"""A script in a Python file of its own, for the command line: what is in it, and where it went wrong.

    # ivr.py
    from twilio_adapter import agent, dtmf, hang_up

    script = [agent(), dtmf("1"), agent(), hang_up()]

    def prepare(twilio):  # over the emulator only: phones, numbers, applications
        twilio.add_number("+15550002222", voice_url="http://127.0.0.1:5000/voice")

Laws: what is wrong is told with the file and the line in it. A file is run as `python ivr.py` would run it: what lies
beside it can be imported.
"""

import ast
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from traceback import walk_tb
from types import ModuleType
from typing import Any, Final

from twilio_adapter.errors import ConfigurationError, ScriptStepFailed
from twilio_adapter.script import Hear, Speak, Step
from twilio_adapter.script.acts import Function

_MODULE: Final = "twilio_adapter_script"
_SCRIPT: Final = "script"


class ScriptFileError(ConfigurationError):
    """A script's file is not there, does not run, or has no script in it."""


@dataclass(frozen=True)
class ScriptFile:
    """What a file has.

    Attributes:
        path: as it was given.
        script: the steps; None if the file only prepares, and we listen.
        speak, hear: see `run`; None if the file has none.
        prepare: called with the emulator, once the adapter is there; it may be async, or an async context manager that
            lasts as long as the recording.
        lines: where in the file each step stands, if the script is written down as a list.
    """

    path: str
    script: Sequence[Step | Function] | None
    speak: Speak | None
    hear: Hear | None
    prepare: Callable[[Any], object] | None
    lines: tuple[int, ...]

    async def set_up(self, twilio: object, stack: AsyncExitStack) -> None:
        """Prepare an emulator; what lasts is put on the stack.

        Raises:
            ScriptFileError: it raised.
        """
        if self.prepare is None:
            return
        try:
            prepared = self.prepare(twilio)
            if isinstance(prepared, AbstractAsyncContextManager):
                await stack.enter_async_context(prepared)
            elif isinstance(prepared, Awaitable):
                await prepared
        except Exception as error:
            raise _blame(self.path, error) from error

    def place_of(self, failure: ScriptStepFailed) -> str:
        """Where a step failed: in a function of the file, or where the step is written down."""
        line = _line_in(self.path, failure.__cause__)
        if line is None and failure.index < len(self.lines):
            line = self.lines[failure.index]
        return self.path if line is None else f"{self.path}, line {line}"


def read_script(path: str | Path) -> ScriptFile:
    """Run a file and take its script.

    Raises:
        ScriptFileError: naming the file and the line.
    """
    name = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ScriptFileError(f"{name}: it cannot be read: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise ScriptFileError(f"{name}: it is no UTF-8, so it is no Python file.") from error
    module = _run(name, text)
    script = getattr(module, _SCRIPT, None)
    assigned = _assigned(ast.parse(text))
    prepare = _function(module, "prepare", name)
    if script is None and prepare is None:
        raise ScriptFileError(f"{name}: it has no `script`: write script = [agent(), …] in it.")
    place = f"{name}, line {assigned.lineno}" if assigned is not None else name
    if script is None:
        return ScriptFile(path=name, script=None, speak=None, hear=None, prepare=prepare, lines=())
    if not isinstance(script, Sequence) or isinstance(script, str):
        raise ScriptFileError(f"{place}: `script` is no list of steps: write script = [agent(), …].")
    lines = _lines_of(assigned, len(script))
    for index, step in enumerate(script):
        if not isinstance(step, Step) and not callable(step):
            place = f"{name}, line {lines[index]}" if lines else place
            raise ScriptFileError(f"{place}: step {index} is {type(step).__name__}: use agent(), dtmf(…) and the like.")
    return ScriptFile(
        path=name,
        script=script,
        speak=_function(module, "speak", name),
        hear=_function(module, "hear", name),
        prepare=prepare,
        lines=lines,
    )


def _run(name: str, text: str) -> ModuleType:
    module = ModuleType(_MODULE)
    module.__file__ = name
    sys.modules[_MODULE] = module  # dataclasses and pickling look there
    sys.path.insert(0, str(Path(name).resolve().parent))
    try:
        exec(compile(text, name, "exec"), module.__dict__)  # noqa: S102 - the user's own file
    except SyntaxError as error:
        if error.filename != name:
            raise _blame(name, error) from error
        raise ScriptFileError(f"{name}, line {error.lineno}: it is no Python: {error.msg}.") from error
    except (Exception, SystemExit) as error:
        raise _blame(name, error) from error
    return module


def _blame(name: str, error: BaseException) -> ScriptFileError:
    line = _line_in(name, error)
    place = name if line is None else f"{name}, line {line}"
    return ScriptFileError(f"{place}: {type(error).__name__}: {str(error).rstrip('.')}.")


def _line_in(name: str, error: BaseException | None) -> int | None:
    """The line of the file that was being run; the innermost, if there are several."""
    frames = [] if error is None else list(walk_tb(error.__traceback__))
    return next((line for frame, line in reversed(frames) if frame.f_code.co_filename == name), None)


def _assigned(tree: ast.Module) -> ast.expr | None:
    """What the file writes down as its script, the last time it does."""
    found = None
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == _SCRIPT for target in targets):
            found = getattr(node, "value", None)
    return found


def _lines_of(assigned: ast.expr | None, length: int) -> tuple[int, ...]:
    """Where the steps stand, where that can be told by looking."""
    if not isinstance(assigned, ast.List | ast.Tuple) or any(isinstance(each, ast.Starred) for each in assigned.elts):
        return ()
    lines = tuple(each.lineno for each in assigned.elts)
    return lines if len(lines) == length else ()


def _function(module: ModuleType, name: str, path: str) -> Any:
    found = getattr(module, name, None)
    if found is not None and not callable(found):
        raise ScriptFileError(f"{path}: `{name}` is {type(found).__name__}, and must be a function.")
    return found
