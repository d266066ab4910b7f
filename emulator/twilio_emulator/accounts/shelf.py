"""Where resources are kept: in order of creation, found by sid, listed by account without a scan or a copy.

Laws
----
* A `Shelf` is what `rest/paging.py` cuts pages out of: the oldest first, any rank in constant time.
* Taking something away moves the ranks behind it, and finds its own by bisection.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Generic, Protocol, TypeVar, overload


class HasSid(Protocol):
    """Anything with an identifier."""

    @property
    def sid(self) -> str:
        """Two letters and 32 hex digits."""


class Belongs(HasSid, Protocol):
    """A resource of an account."""

    @property
    def account_sid(self) -> str:
        """The account that it belongs to."""


Kept = TypeVar("Kept", bound=HasSid)
Item = TypeVar("Item", bound=Belongs)


class Shelf(Sequence[Kept], Generic[Kept]):
    """Items in the order in which they came; a sequence, the oldest first."""

    __slots__ = ("_items", "_ticket_of", "_tickets")

    def __init__(self) -> None:
        self._items: list[Kept] = []
        self._ticket_of: dict[str, int] = {}
        self._tickets = count()

    def add(self, item: Kept) -> None:
        """Put an item at the end."""
        self._items.append(item)
        self._ticket_of[item.sid] = next(self._tickets)

    def remove(self, sid: str) -> None:
        """Take an item away."""
        rank = self.rank(sid)
        del self._items[rank], self._ticket_of[sid]

    def rank(self, sid: str) -> int:
        """How many items are older than this one.

        Raises:
            KeyError: when it is not here.
        """
        return bisect_left(self._items, self._ticket_of[sid], key=lambda item: self._ticket_of[item.sid])

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Kept]:
        return iter(self._items)

    @overload
    def __getitem__(self, rank: int) -> Kept: ...

    @overload
    def __getitem__(self, rank: slice) -> list[Kept]: ...

    def __getitem__(self, rank: int | slice) -> Kept | list[Kept]:
        return self._items[rank]


class Register(Generic[Item]):
    """All resources of one kind, of all accounts."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Item] = {}
        self._by_account: defaultdict[str, Shelf[Item]] = defaultdict(Shelf)

    def add(self, item: Item) -> None:
        """Keep a resource, as one of its account's."""
        self._by_sid[item.sid] = item
        self._by_account[item.account_sid].add(item)

    def get(self, sid: str) -> Item | None:
        """The resource with this sid, whosever it is."""
        return self._by_sid.get(sid)

    def find(self, account_sid: str, sid: str) -> Item | None:
        """The account's resource with this sid."""
        item = self._by_sid.get(sid)
        return None if item is None or item.account_sid != account_sid else item

    def of(self, account_sid: str) -> Shelf[Item]:
        """The account's resources, oldest first."""
        shelf = self._by_account.get(account_sid)
        return Shelf() if shelf is None else shelf

    def all(self) -> tuple[Item, ...]:
        """Everybody's, oldest first."""
        return tuple(self._by_sid.values())

    def remove(self, sid: str) -> Item:
        """Forget a resource, and return it.

        Raises:
            KeyError: when there is none with this sid.
        """
        item = self._by_sid.pop(sid)
        self._by_account[item.account_sid].remove(sid)
        return item

    def clear(self) -> None:
        """Forget everything."""
        self._by_sid.clear()
        self._by_account.clear()
