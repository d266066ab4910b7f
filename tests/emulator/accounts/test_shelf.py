"""Shelves: the order of creation survives every removal, and a page costs what it shows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.accounts.shelf import Register, Shelf
from twilio_emulator.rest.paging import PageRequest, cut_page


@dataclass
class Item:
    number: int
    account_sid: str = "AC"

    @property
    def sid(self) -> str:
        return f"CA{self.number:032x}"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20))))
def test_a_shelf_is_a_list_that_knows_where_everything_is(steps: list[tuple[bool, int]]) -> None:
    shelf: Shelf[Item] = Shelf()
    expected: list[Item] = []
    made = 0
    for is_added, choice in steps:
        if is_added or not expected:
            item = Item(made)
            made += 1
            shelf.add(item)
            expected.append(item)
        else:
            shelf.remove(expected.pop(choice % len(expected)).sid)
        assert list(shelf) == expected
        assert len(shelf) == len(expected)
        assert [shelf.rank(item.sid) for item in expected] == list(range(len(expected)))
    assert shelf[:] == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=40))
def test_a_register_keeps_accounts_apart(steps: list[tuple[int, bool]]) -> None:
    register: Register[Item] = Register()
    expected: list[Item] = []
    for number, (account, is_removed) in enumerate(steps):
        item = Item(number, f"AC{account}")
        register.add(item)
        expected.append(item)
        if is_removed:
            gone = expected.pop(number % len(expected))
            assert register.remove(gone.sid) is gone
            assert register.get(gone.sid) is None
    assert list(register.all()) == expected
    for account in ("AC0", "AC1", "AC2", "AC9"):
        mine = [item for item in expected if item.account_sid == account]
        assert list(register.of(account)) == mine
        assert all(register.find(account, item.sid) is item for item in mine)
        assert all(register.find(account, item.sid) is None for item in expected if item not in mine)


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(KeyError):
        Register[Item]().remove("CA")


class Watched(Shelf[Item]):
    """A shelf that counts what is looked at."""

    looked_at = 0

    def __getitem__(self, rank):  # type: ignore[no-untyped-def]
        self.looked_at += 1
        return super().__getitem__(rank)

    def __iter__(self):  # type: ignore[no-untyped-def]
        raise AssertionError("somebody copies or searches")


@pytest.mark.parametrize("count", [100, 100_000])
def test_the_first_page_looks_at_as_many_items_whatever_there_is(count: int) -> None:
    shelf = Watched()
    for number in range(count):
        shelf.add(Item(number))
    page = cut_page(shelf, PageRequest(number=0, size=50, token=None))
    assert [item.number for item in page.items] == list(range(count - 1, count - 51, -1))
    assert shelf.looked_at <= 2 * 51
