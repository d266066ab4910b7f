"""Finds calls by what lists are filtered with, without looking at all of them.

Who called whom never changes, so those indexes are kept as calls come. A status does: calls that were under way when
last looked at are looked at again, and filed once they have ended. So asking costs what has happened since, not what
there is.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from itertools import count

from twilio_emulator.calls.call import Call
from twilio_emulator.calls.window import ANY_TIME, Span


class CallIndex:
    """Calls by account and by number called, number calling, parent call, status or time; each list oldest first."""

    def __init__(self) -> None:
        self._by_value: defaultdict[tuple[str, str, str], list[Call]] = defaultdict(list)
        self._rank: dict[str, int] = {}
        self._under_way: dict[str, Call] = {}
        self._ended: dict[tuple[str, str], list[Call]] = {}
        self._ranks = count()
        self._newest_ms = 0
        self._is_in_order = True
        self._longest_wait_ms = 0
        self._longest_life_ms = 0

    def add(self, call: Call) -> None:
        """File a call."""
        sid, created_ms = call.sid, call.created_ms
        self._rank[sid] = next(self._ranks)
        self._under_way[sid] = call
        if created_ms < self._newest_ms:
            self._is_in_order = False
        self._newest_ms = created_ms
        for key in _keys(call):
            self._by_value[key].append(call)

    def remove(self, call: Call) -> None:
        """Forget a call."""
        self._file_ended()
        for key in _keys(call):
            self._take_out(call, self._by_value[key])
        if self._under_way.pop(call.sid, None) is None:
            self._take_out(call, self._ended[(call.account_sid, call.status_in_rest)])
        del self._rank[call.sid]

    def _take_out(self, call: Call, filed: list[Call]) -> None:
        del filed[bisect_left(filed, self._rank[call.sid], key=self._rank_of)]

    def by_value(self, account_sid: str, field: str, value: str) -> Sequence[Call]:
        """The account's calls with this value; `field` is `to`, `from` or `parent`."""
        return self._by_value.get((account_sid, field, value), ())

    def by_status(self, account_sid: str, status: str) -> Sequence[Call]:
        """The account's calls with this status, in REST's words."""
        self._file_ended()
        ended = self._ended.get((account_sid, status))
        if ended is not None:
            return ended
        return [
            call
            for call in self._under_way.values()
            if call.account_sid == account_sid and call.status_in_rest == status
        ]

    def in_time(self, calls: Sequence[Call], started: Span, ended: Span) -> Sequence[Call]:
        """Those of some calls, oldest first, that may have started and ended in these spans.

        A call starts and ends after it was created, and no later than the slowest of all calls did.
        """
        if (started, ended) == (ANY_TIME, ANY_TIME) or not self._is_in_order:
            return calls
        self._file_ended()
        created = started.reaching_back(self._longest_wait_ms).and_also(ended.reaching_back(self._longest_life_ms))
        return created.of(calls, lambda call: call.created_ms)

    def _file_ended(self) -> None:
        for call in self._under_way.values():
            started_ms = call.created_ms if call.started_ms is None else call.started_ms
            ended_ms = call.created_ms if call.ended_ms is None else call.ended_ms
            self._longest_wait_ms = max(self._longest_wait_ms, started_ms - call.created_ms)
            self._longest_life_ms = max(self._longest_life_ms, ended_ms - call.created_ms)
        for call in [call for call in self._under_way.values() if call.status.is_final]:
            del self._under_way[call.sid]
            insort(self._ended.setdefault((call.account_sid, call.status_in_rest), []), call, key=self._rank_of)

    def _rank_of(self, call: Call) -> int:
        return self._rank[call.sid]


def _keys(call: Call) -> list[tuple[str, str, str]]:
    account_sid = call.account_sid
    keys = [(account_sid, "to", call.to_number), (account_sid, "from", call.from_number)]
    if call.parent_call_sid:
        keys.append((account_sid, "parent", call.parent_call_sid))
    return keys
