"""What is there to see and to hear of the calls of a test that failed: sections of its report, and files.

Law: writing it down never hides why the test failed. What cannot be written is said in its place.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from twilio_adapter.pytest_plugin.calls import application_call_sids, call_sids
from twilio_adapter.pytest_plugin.held import Held

Section = tuple[str, str]
"""A title, and a text."""

_LINES_SHOWN: Final = 80
"""Of a timeline; what is longer is shown from both ends, and whole in a file."""

_CALLS_SHOWN: Final = 8


def sections(held: Held) -> list[Section]:
    """Write down what there is, and tell of it."""
    files = _Files(held.directory)
    return [*_timelines(held, files), *_warnings(held), *_adapter(held), *_recordings(held, files)]


class _Files:
    """What is put into the directory of one failure."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, name: str, save: Callable[[Path], object]) -> str:
        """Have a file saved; return its path, or why there is none."""
        path = self._directory / name
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            save(path)
        except OSError as error:
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
        path = files.write(f"{adapter.call_sid}-adapter.wav", adapter.recording.save)
        lines.append(f"{path} (left: the far end, right: the adapter)\n")
    for line in held.lines:
        if line.said.seconds or line.heard.seconds:
            path = files.write(f"{line.call_sid}-handset.wav", line.save)
            lines.append(f"{path} (left: {line.phone_number}, right: what it heard)\n")
    if lines:
        yield "twilio recordings", "".join(lines)
