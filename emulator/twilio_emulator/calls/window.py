"""A part of a long list, found by bisection and not copied: what happened in a span of time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, overload

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment on, and before another; None is open. Milliseconds of call time."""

    from_ms: int | None = None
    before_ms: int | None = None

    def and_also(self, other: Span) -> Span:
        """What lies in both."""
        begins = [ms for ms in (self.from_ms, other.from_ms) if ms is not None]
        ends = [ms for ms in (self.before_ms, other.before_ms) if ms is not None]
        return Span(max(begins, default=None), min(ends, default=None))

    def reaching_back(self, ms: int) -> Span:
        """The same, begun earlier."""
        return Span(None if self.from_ms is None else self.from_ms - ms, self.before_ms)

    def of(self, oldest_first: Sequence[Item], ms_of: Callable[[Item], int]) -> Sequence[Item]:
        """The items in it; `ms_of` never falls along the list."""
        end = len(oldest_first)
        begin = 0 if self.from_ms is None else bisect_left(oldest_first, self.from_ms, key=ms_of)
        if self.before_ms is not None:
            end = bisect_left(oldest_first, self.before_ms, key=ms_of)
        return Window(oldest_first, begin, max(begin, end))


ANY_TIME: Final = Span()


class Window(Sequence[Item], Generic[Item]):
    """The items of a sequence from one rank up to another."""

    def __init__(self, items: Sequence[Item], begin: int, end: int) -> None:
        self._items = items
        self._begin = begin
        self._end = end

    def __len__(self) -> int:
        return self._end - self._begin

    @overload
    def __getitem__(self, rank: int) -> Item: ...

    @overload
    def __getitem__(self, rank: slice) -> Sequence[Item]: ...

    def __getitem__(self, rank: int | slice) -> Item | Sequence[Item]:
        if isinstance(rank, slice):
            return [self._items[self._begin + at] for at in range(*rank.indices(len(self)))]
        if not -len(self) <= rank < len(self):
            raise IndexError(rank)
        return self._items[(self._begin if rank >= 0 else self._end) + rank]
