"""What is there to see and to hear of the calls of a test that failed: sections of its report, and files.

Law: writing it down never hides why the test failed. What cannot be written is said in its place.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from twilio_adapter.pytest_plugin import golden_calls
from twilio_adapter.pytest_plugin.calls import application_call_sids, call_sids
from twilio_adapter.pytest_plugin.held import Held

if TYPE_CHECKING:
    from twilio_wire.cassette import CallRecord

Section = tuple[str, str]
"""A title, and a text."""

_LINES_SHOWN: Final = 80
"""Of a timeline; what is longer is shown from both ends, and whole in a file."""

_CALLS_SHOWN: Final = 8


def sections(held: Held) -> list[Section]:
    """Write down what there is, and tell of it."""
    files = _Files(held.directory)
    told: list[Section] = []
    for parts in (_timelines(held, files), _warnings(held), _adapter(held), _recordings(held, files), _golden(held)):
        try:
            told += parts
        except Exception as error:  # such as of an emulator whose thread is stuck: pytest would end the run
            told.append(("twilio", f"Not all can be shown: {type(error).__name__}: {error}\n"))
    return told


class _Files:
    """What is put into the directory of one failure."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, name: str, save: Callable[[Path], object]) -> str:
        """Have a file saved; return its path, or why there is none."""
        from twilio_wire.cassette import CassetteError

        path = self._directory / name
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            save(path)
        except (OSError, CassetteError) as error:
            return f"{path} could not be written: {error}"
        return str(path)


def _timelines(held: Held, files: _Files) -> Iterator[Section]:
    if held.emulator is None or not held.emulator.journal.entries:
        return
    calls: list[str | None] = [*call_sids(held)]
    whole = held.emulator.timeline()
    path = files.write("timeline.txt", lambda path: path.write_text(whole, encoding="utf-8"))
    for call_sid in calls[-_CALLS_SHOWN:] or [None]:
        title = "twilio timeline" if call_sid is None else f"twilio timeline of {call_sid}"
        yield title, _shortened(held.emulator.timeline(call_sid), path)
    if len(calls) > _CALLS_SHOWN:
        yield "twilio timelines", f"{len(calls) - _CALLS_SHOWN} calls before these are in {path}\n"


def _shortened(timeline: str, path: str) -> str:
    lines = timeline.splitlines(keepends=True)
    left_out = len(lines) - _LINES_SHOWN
    if left_out <= 0:
        return timeline
    half = _LINES_SHOWN // 2
    return "".join([*lines[:half], f"   … {left_out} lines more in {path}\n", *lines[-half:]])


def _warnings(held: Held) -> Iterator[Section]:
    if held.emulator is None:
        return
    from twilio_emulator.journal import Problem
    from twilio_emulator.timeline import describe

    lines, told = [], {"", *application_call_sids(held)}
    for problem in (problem for problem in held.emulator.journal.of(Problem) if problem.call_sid in told):
        level, text = describe(problem)
        call = f"CA…{problem.call_sid[-4:]} " if problem.call_sid else ""
        lines.append(f"{problem.at_ms / 1000:9.3f}  {call}{level}: {text}\n")
    if lines:
        yield "twilio warnings", "".join(dict.fromkeys(lines))


def _adapter(held: Held) -> Iterator[Section]:
    if held.harness is None or held.harness.adapter.call_sid is None:
        return
    from twilio_adapter.script.result import result_of

    adapter = held.harness.adapter
    yield f"twilio adapter in {adapter.call_sid}", f"{result_of(adapter, ()).timeline}\n"


def _recordings(held: Held, files: _Files) -> Iterator[Section]:
    lines = []
    adapter = None if held.harness is None else held.harness.adapter
    if adapter is not None and adapter.call_sid is not None and adapter.recording.seconds:
        path = _recorded(held, files, f"{adapter.call_sid}-adapter", adapter.recording.save, adapter.call_record)
        lines.append(f"{path} (left: the far end, right: the adapter)\n")
    for line in held.lines:
        if line.said.seconds or line.heard.seconds:
            path = _recorded(held, files, f"{line.call_sid}-handset", line.save, line.call_record)
            lines.append(f"{path} (left: {line.phone_number}, right: what it heard)\n")
    if lines:
        yield "twilio recordings", "".join(lines)


def _recorded(held: Held, files: _Files, name: str, save: Callable[[Path], object], record: "CallRecord") -> str:
    """Write a call twice: to be listened to, and as a cassette, from which a phone can be made that says it again."""
    from twilio_wire.cassette import write_cassette

    files.write(name, lambda path: write_cassette(path, record, made_by=f"A test that failed: {held.test}"))
    return files.write(f"{name}.wav", save)


def _golden(held: Held) -> Iterator[Section]:
    if paths := golden_calls.shown(held):
        yield "twilio golden calls", "".join(f"{path}\n" for path in paths)
