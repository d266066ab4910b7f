"""Pages of a list, newest first, and the URIs that lead from one to the next
[twilio.com/docs/usage/twilios-response].

Laws
----
* A token says where its page begins, not which number the page has: `PA<sid><rank>` is what comes after an
  item, `PB…` what comes before. `Page` is the client's own state.
* The rank is the number of items older than that one. It makes finding the place an index look-up; and when
  the item has been deleted meanwhile (list, delete, next page), the walk goes on where it was, leaving
  nothing out.
* The reply has exactly one key beside the paging ones, or the SDKs cannot tell which is the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from twilio_emulator.rest.errors import RestError
from twilio_emulator.rest.parameters import Form

DEFAULT_PAGE_SIZE: Final = 50
MAX_PAGE_SIZE: Final = 1000
_MOST_PAGES: Final = 10_000_000

_TOKEN: Final = re.compile(r"P(?P<side>[AB])(?P<sid>[A-Z]{2}[0-9a-f]{32})(?P<rank>[0-9]{1,9})")


class _HasSid(Protocol):
    @property
    def sid(self) -> str: ...


Item = TypeVar("Item", bound=_HasSid)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted: its number in the client's count, its size, and the token (None on a first request)."""

    number: int
    size: int
    token: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Items, newest first, and the tokens to go on and back; None where there is nothing."""

    items: tuple[Item, ...]
    next_token: str | None
    previous_token: str | None


def read_page_request(query: Form) -> PageRequest:
    """Read Page, PageSize and PageToken.

    Raises:
        RestError: 20007, 20001 or 21481.
    """
    return PageRequest(
        number=query.whole_number("Page", default=0, lowest=0, highest=_MOST_PAGES, code=20001),
        size=query.whole_number("PageSize", default=DEFAULT_PAGE_SIZE, lowest=1, highest=MAX_PAGE_SIZE, code=20007),
        token=query.text("PageToken") or None,
    )


def cut_page(
    oldest_first: Sequence[Item], wanted: PageRequest, matches: Callable[[Item], bool] = lambda _: True
) -> Page[Item]:
    """Take the wanted page out of all items. Only as many are looked at as it takes to fill it.

    Raises:
        RestError: 21481 for a token that is none of ours.
    """
    token = None if wanted.token is None else _TOKEN.fullmatch(wanted.token)
    if wanted.token is not None and token is None:
        raise RestError(21481)
    if token is not None and token["side"] == "B":
        ranks, more_older = _ranks_before(oldest_first, token, wanted.size, matches), True
        more_newer = len(ranks) > wanted.size
        ranks = ranks[-wanted.size :]
    else:
        newest = len(oldest_first) - 1 if token is None else _find(oldest_first, token) - 1
        skipped = wanted.number * wanted.size if token is None else 0
        ranks = _ranks_after(oldest_first, newest, skipped + wanted.size + 1, matches)[skipped:]
        more_older, more_newer = len(ranks) > wanted.size, wanted.number > 0
        ranks = ranks[: wanted.size]
    items = tuple(oldest_first[rank] for rank in ranks)
    return Page(
        items,
        f"PA{items[-1].sid}{ranks[-1]}" if items and more_older else None,
        f"PB{items[0].sid}{ranks[0]}" if items and more_newer else None,
    )


def _find(oldest_first: Sequence[Item], token: re.Match[str]) -> int:
    """The rank of the token's item today; when it is gone, the rank it would have."""
    rank, sid = int(token["rank"]), token["sid"]
    if rank < len(oldest_first) and oldest_first[rank].sid == sid:
        return rank
    for today, item in enumerate(oldest_first):
        if item.sid == sid:
            return today
    return min(rank, len(oldest_first))


def _ranks_after(oldest_first: Sequence[Item], newest: int, count: int, matches: Callable[[Item], bool]) -> list[int]:
    """The ranks of up to `count` matching items from rank `newest` on, towards older ones."""
    ranks = []
    for rank in range(newest, -1, -1):
        if matches(oldest_first[rank]):
            ranks.append(rank)
            if len(ranks) == count:
                break
    return ranks


def _ranks_before(
    oldest_first: Sequence[Item], token: re.Match[str], size: int, matches: Callable[[Item], bool]
) -> list[int]:
    """The ranks, newest first, of up to `size` + 1 matching items that are newer than the token's."""
    found = _find(oldest_first, token)
    is_there = found < len(oldest_first) and oldest_first[found].sid == token["sid"]
    ranks = []
    for rank in range(found + 1 if is_there else found, len(oldest_first)):
        if matches(oldest_first[rank]):
            ranks.append(rank)
            if len(ranks) == size + 1:
                break
    return ranks[::-1]


def page_body(
    key: str,
    records: Sequence[object],
    page: Page[Item],
    wanted: PageRequest,
    *,
    path: str,
    filters: Sequence[tuple[str, str]],
) -> dict[str, object]:
    """The reply's JSON: the records under their key, and the paging keys around them."""

    def uri(number: int, token: str | None) -> str:
        pairs = [*filters, ("PageSize", str(wanted.size)), ("Page", str(number))]
        return f"{path}?{urlencode(pairs if token is None else [*pairs, ('PageToken', token)])}"

    start = wanted.number * wanted.size if records else 0
    return {
        key: records,
        "end": max(start + len(records) - 1, 0),
        "first_page_uri": uri(0, None),
        "next_page_uri": uri(wanted.number + 1, page.next_token) if page.next_token else None,
        "page": wanted.number,
        "page_size": wanted.size,
        "previous_page_uri": (uri(max(wanted.number - 1, 0), page.previous_token) if page.previous_token else None),
        "start": start,
        "uri": uri(wanted.number, wanted.token),
    }
