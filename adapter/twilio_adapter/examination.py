"""What `twilio-adapter doctor` examines: everything a call over a real number needs, in the order in which it fails.

Laws: a check is one method and one row of a table, and changes nothing at Twilio. What a check needs is named, so that
one cause is told once and not six times. Whatever is found wrong has a cause and a remedy.
"""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import aiohttp

from twilio_adapter.errors import AdapterError
from twilio_adapter.examined_account import ACCOUNT_CHECKS, ExaminedAccount
from twilio_adapter.examined_way_in import WAY_IN_CHECKS, ExaminedWayIn
from twilio_adapter.findings import Check, Finding, Patient, Verdict, Wrong

T = TypeVar("T")


class Examination:
    """One examination. Iterate over `findings()`, then `close()`."""

    def __init__(self, patient: Patient) -> None:
        self._account = ExaminedAccount(patient)
        self._way_in = ExaminedWayIn(patient)
        self._failed: set[str] = set()

    async def findings(self, announce: Callable[[str], object]) -> AsyncIterator[Finding]:
        """Carry out every check; `announce` is told what is being done now."""
        for account_check in ACCOUNT_CHECKS:
            announce(account_check.doing)
            yield await self._carry_out(account_check, self._account)
        for way_in_check in WAY_IN_CHECKS:
            announce(way_in_check.doing)
            yield await self._carry_out(way_in_check, self._way_in)

    async def close(self) -> None:
        """Close everything that was opened."""
        await self._way_in.close()
        await self._account.close()

    async def _carry_out(self, check: Check[T], examined: T) -> Finding:
        finding = await self._find(check, examined)
        if finding.verdict in {Verdict.FAILED, Verdict.SKIPPED}:
            self._failed.add(check.name)
        return finding

    async def _find(self, check: Check[T], examined: T) -> Finding:
        missing = [name for name in check.needs if name in self._failed]
        if missing:
            return Finding(check.name, Verdict.SKIPPED, f"not examined, because of: {', '.join(missing)}")
        try:
            return Finding(check.name, Verdict.OK, await check.method(examined))
        except Wrong as wrong:
            return Finding(check.name, wrong.verdict, wrong.found, wrong.cause, wrong.fix)
        except AdapterError as error:
            return Finding(check.name, Verdict.FAILED, str(error), check.cause, check.fix)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            found = f"It could not be finished ({type(error).__name__})."
            return Finding(check.name, Verdict.FAILED, found, check.cause, check.fix)
