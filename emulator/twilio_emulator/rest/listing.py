"""A list resource's reply: filtered, cut into pages, with the URIs that lead on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from twilio_emulator.accounts.shelf import HasSid
from twilio_emulator.rest.desk import Desk
from twilio_emulator.rest.http import Reply
from twilio_emulator.rest.paging import cut_page, page_body, read_page_request
from twilio_emulator.rest.parameters import Form

Item = TypeVar("Item", bound=HasSid)


def list_reply(
    desk: Desk,
    query: Form,
    oldest_first: Sequence[Item],
    show: Callable[[Item], object],
    *,
    key: str,
    path: str,
    filters: Sequence[str] = (),
    matches: Callable[[Item], bool] = lambda _: True,
) -> Reply:
    """Answer with a page of a list, newest first.

    Args:
        desk: the request's view of the world.
        query: the request's parameters, filters read already.
        oldest_first: all items.
        show: an item's JSON.
        key: the name of the array.
        path: the list's own path, without a suffix.
        filters: the names of the parameters that the page's URIs repeat.
        matches: whether the filters let an item pass.

    Raises:
        RestError: 20007, 20001 or 21481 for a page that cannot be.
    """
    wanted = read_page_request(query)
    page = cut_page(oldest_first, wanted, matches)
    desk.warn(query.leftovers({}))
    repeated = [(name, query.text(name)) for name in filters if query.text(name)]
    records = [show(item) for item in page.items]
    return Reply(200, page_body(key, records, page, wanted, path=f"{path}.json", filters=repeated))
