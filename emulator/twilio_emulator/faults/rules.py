"""Which fault strikes whom, with what luck; read from a document (TOML, JSON) or given by a test.

seed = 7

[[faults]]
name = "loss"
percent = 5
number = "+15557770001"     # the calls from it and to it; left out: all calls
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from twilio_emulator.calls.addresses import parse_address
from twilio_emulator.calls.call import Call, Direction
from twilio_emulator.errors import BadFault, BadFaultFile
from twilio_emulator.faults.fault import Fault


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault, for all calls, for those of a number (or another address), or for one."""

    fault: Fault
    number: str = ""
    call_sid: str = ""
    seed: int = 0

    def is_about(self, call: Call) -> bool:
        """Whether it strikes this call.

        A call of a number is one from it or to it. A leg that Dial rings shows the number of whoever called, and is not
        a call of that one for it.
        """
        if self.call_sid:
            return self.call_sid == call.sid
        if not self.number or self.number == call.to_number:
            return True
        return self.number == call.from_number and call.direction is not Direction.OUTBOUND_DIAL


def rule(fault: Fault, *, number: str = "", call_sid: str = "", seed: int = 0) -> Rule:
    """A rule, checked.

    Raises:
        InvalidNumber: for a number that is none.
        BadFault: for a seed that is no whole number, and for a fault of REST that is to strike one call only.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise BadFault(fault.name, f"seed is {seed!r}; give a whole number")
    if fault.name == "rest_error" and (number or call_sid):
        raise BadFault(fault.name, "it strikes all requests; leave number and call_sid out")
    return Rule(fault, parse_address(number).station if number else "", call_sid, seed)


def rules_of(document: Mapping[str, object]) -> tuple[Rule, ...]:
    """The rules of a document: `{"seed": 7, "faults": [{"name": "loss", "percent": 5, "number": "+1…"}]}`.

    Raises:
        InvalidNumber: for a number that is none.
        BadFault: naming the fault, its parameter and what that may be.
    """
    for key in document:
        if key not in ("seed", "faults"):
            raise BadFault(key, "a document of faults has `seed` and `faults`, nothing else")
    listed = document.get("faults")
    if not isinstance(listed, list) or not listed:
        raise BadFault("faults", f"it is {listed!r}; list one fault or more, each with its name")
    seed = document.get("seed", 0)
    rules = []
    for row in listed:
        if not isinstance(row, Mapping) or not isinstance(row.get("name"), str):
            raise BadFault("faults", f"{row!r} has no name")
        parameters = dict(row)
        fault_name, number, call_sid = (parameters.pop(key, "") for key in ("name", "number", "call_sid"))
        if not isinstance(number, str) or not isinstance(call_sid, str):
            raise BadFault(fault_name, "number and call_sid are texts")
        fault = Fault(fault_name, **parameters)
        rules.append(rule(fault, number=number, call_sid=call_sid, seed=seed))  # type: ignore[arg-type]
    return tuple(rules)


def rules_in(path: str | Path) -> tuple[Rule, ...]:
    """The rules of a TOML file.

    Raises:
        BadFaultFile: naming a file that cannot be read.
        InvalidNumber, BadFault: as `rules_of`.
    """
    try:
        document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadFaultFile(path, error) from None
    return rules_of(document)
