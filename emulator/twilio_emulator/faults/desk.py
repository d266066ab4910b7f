"""The faults in force: whoever is about to do something asks here what goes wrong with it, and it is written down.

Laws
----
* With no fault in force, everything here says so at once, and a line is the far end itself.
* Luck is drawn for the nth call that a fault is about, in the order of its frames or requests; see `chance`.
* A fault on a line is told when the line begins, when the first frame is lost, and with counts at the end: never frame
  by frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.far_end import FarEnd
from twilio_emulator.faults.chance import Chance
from twilio_emulator.faults.fault import Place
from twilio_emulator.faults.line_faults import BadLine, Losing
from twilio_emulator.faults.rest_faults import refusal_of
from twilio_emulator.faults.rules import Rule
from twilio_emulator.faults.webhook_faults import NONE, Mishap, mishap_of
from twilio_emulator.journal import FaultStruck, Journal
from twilio_emulator.rest.errors import RestError


@dataclass(slots=True)
class _Requests:
    """One rule's luck with the requests of one call, or with those of REST."""

    chance: Chance
    asked: int = 0
    struck: int = 0


@dataclass(slots=True)
class _InForce:
    """A rule, and which calls it has been about."""

    rule: Rule
    rank: int
    calls: dict[str, int] = field(default_factory=dict)
    requests: dict[str, _Requests] = field(default_factory=dict)

    def key(self, call_sid: str) -> str:
        """What its chance for a call is made from: the same for the nth call of every run."""
        ordinal = self.calls.setdefault(call_sid, len(self.calls))
        return f"{self.rule.seed}:{self.rank}:{ordinal}"

    def strikes(self, call_sid: str) -> bool:
        """Whether the next request is struck. Luck is drawn whether it matters or not."""
        fault = self.rule.fault
        luck = self.requests.get(call_sid)
        if luck is None:
            luck = self.requests[call_sid] = _Requests(Chance(self.key(call_sid), "requests"))
        is_struck = luck.chance.share() * 100 < fault.figure("percent")
        first = fault.whole("first")
        if not is_struck or (first and luck.struck >= first):
            return False
        luck.struck += 1
        return True


class FaultDesk:
    """Asked by lines, streams, webhooks and REST. `find_call` knows the call of a sid."""

    def __init__(self, journal: Journal, find_call: Callable[[str], Call | None]) -> None:
        self._journal = journal
        self._find_call = find_call
        self._in_force: tuple[_InForce, ...] = ()
        self._count = 0
        self._lines: dict[str, list[BadLine]] = {}
        self.epoch = 0
        """How often the world has been emptied: what was late then is not sent into the next one."""
        self.late_until_ms = 0
        """When the last request that is late will have set out, in call time."""

    def add(self, rules: Iterable[Rule]) -> int:
        """Put rules in force: for lines and streams that begin from now on, for the next request.

        Returns the rank of the first, for `line` to make those worse that are up.
        """
        first = self._count
        for rule in rules:
            self._in_force = (*self._in_force, _InForce(rule, self._count))
            self._count += 1
        return first

    def clear(self) -> None:
        """Nothing goes wrong from now on, except on lines that are up already."""
        self._in_force = ()
        self._count = 0

    def reset(self) -> None:
        """An empty world has no faults, and nothing is on its way in it."""
        self.clear()
        self._lines.clear()
        self.epoch += 1
        self.late_until_ms = 0

    # --- lines ------------------------------------------------------------------------------------------------------

    def line(self, call: Call, far_end: FarEnd, *, since: int = 0) -> FarEnd:
        """The far end as Twilio has it: itself, or at the other end of a bad line, by the rules from a rank on."""
        rules = [entry for entry in self._about(call, Place.LINE) if entry.rank >= since]
        if not rules:
            return far_end
        line = BadLine(far_end, [(entry.rule.fault, entry.key(call.sid)) for entry in rules])
        for entry in rules:
            self._tell(call.sid, entry.rule, entry.rule.fault.told())
        for direction, way in (("from", line.from_caller), ("to", line.to_caller)):
            for fault, losing in way.losing:
                losing.on_first = self._first_loss(call.sid, fault.name, direction)
        self._lines.setdefault(call.sid, []).append(line)
        return line

    def line_over(self, call_sid: str) -> None:
        """A line has gone: write down what was lost on it."""
        for line in self._lines.pop(call_sid, ()):
            losing = [*line.from_caller.losing, *line.to_caller.losing]
            ways = ["from"] * len(line.from_caller.losing) + ["to"] * len(line.to_caller.losing)
            for (fault, stage), way in zip(losing, ways, strict=True):
                self._write(call_sid, fault.name, f"{_counted(stage)} {way} the caller")

    def _first_loss(self, call_sid: str, name: str, way: str) -> Callable[[], None]:
        return lambda: self._write(call_sid, name, f"the first frame {way} the caller is lost")

    # --- streams ----------------------------------------------------------------------------------------------------

    def socket_drops(self, call: Call) -> list[tuple[int, Callable[[], None]]]:
        """When, after the start of a stream of this call, its socket is lost, and who is told of it then."""
        if not self._in_force:
            return []
        return [
            (rule.fault.whole("after_ms"), lambda rule=rule: self._tell(call.sid, rule, rule.fault.told()))  # type: ignore[misc]
            for rule in (entry.rule for entry in self._about(call, Place.STREAM))
        ]

    # --- requests ---------------------------------------------------------------------------------------------------

    def webhook(self, call_sid: str, purpose: str) -> Mishap:
        """What befalls the next request to the application."""
        if not self._in_force or (call := self._find_call(call_sid)) is None:
            return NONE
        mishap = NONE
        for entry in self._about(call, Place.WEBHOOK):
            fault = entry.rule.fault
            if purpose.startswith(fault.text("purpose")) and entry.strikes(call_sid):
                self._tell(call_sid, entry.rule, f"{purpose}, {fault.told()}")
                mishap = mishap.and_then(mishap_of(fault))
        return mishap

    def rest(self, method: str) -> RestError | None:
        """The refusal of the next request of REST; None if it is executed."""
        for entry in self._in_force:
            fault = entry.rule.fault
            if fault.kind.place is not Place.REST or fault.text("method") not in ("", method):
                continue
            if entry.strikes(""):
                self._tell("", entry.rule, f"{method}, {fault.told()}")
                return refusal_of(fault)
        return None

    # --- inside -----------------------------------------------------------------------------------------------------

    def _about(self, call: Call, place: Place) -> list[_InForce]:
        return [entry for entry in self._in_force if entry.rule.fault.kind.place is place and entry.rule.is_about(call)]

    def _tell(self, call_sid: str, rule: Rule, detail: str) -> None:
        self._write(call_sid, rule.fault.name, detail)

    def _write(self, call_sid: str, name: str, detail: str) -> None:
        self._journal.write(FaultStruck(call_sid=call_sid, fault=name, detail=detail))


def _counted(losing: Losing) -> str:
    return f"{losing.lost} of {losing.carried} frames lost"
