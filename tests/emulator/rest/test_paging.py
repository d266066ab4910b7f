"""Paging without a server: any list, any page size, any deletions in between."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.rest.paging import Page, PageRequest, cut_page


@dataclass
class Item:
    number: int

    @property
    def sid(self) -> str:
        return f"CA{self.number:032x}"


def numbers(page: Page[Item]) -> list[int]:
    return [item.number for item in page.items]


counts = st.integers(0, 30)
sizes = st.integers(1, 12)
divisors = st.integers(1, 4)


@given(counts, sizes, divisors)
def test_following_next_shows_every_match_once_newest_first(count: int, size: int, divisor: int) -> None:
    items = [Item(number) for number in range(count)]
    shown: list[int] = []
    token, page_number = None, 0
    while True:
        page = cut_page(items, PageRequest(page_number, size, token), lambda item: item.number % divisor == 0)
        assert len(page.items) <= size
        shown += numbers(page)
        if page.next_token is None:
            break
        token, page_number = page.next_token, page_number + 1
    assert shown == [number for number in range(count - 1, -1, -1) if number % divisor == 0]


@given(counts.filter(bool), sizes, divisors)
def test_previous_leads_back_over_the_same_pages(count: int, size: int, divisor: int) -> None:
    items = [Item(number) for number in range(count)]

    def cut(number: int, token: str | None) -> Page[Item]:
        return cut_page(items, PageRequest(number, size, token), lambda item: item.number % divisor == 0)

    pages = [cut(0, None)]
    while pages[-1].next_token is not None:
        pages.append(cut(len(pages), pages[-1].next_token))
    page = pages[-1]
    for number in range(len(pages) - 2, -1, -1):
        assert page.previous_token is not None
        page = cut(number, page.previous_token)
        assert numbers(page) == numbers(pages[number])
    assert page.previous_token is None


@given(counts, sizes, st.data())
def test_whatever_is_deleted_and_added_meanwhile_no_survivor_is_left_out(
    count: int, size: int, data: st.DataObject
) -> None:
    items = [Item(number) for number in range(count)]
    page = cut_page(items, PageRequest(0, size, None))
    shown = set(numbers(page))
    page_number = 0
    while page.next_token is not None:
        gone = data.draw(st.sets(st.sampled_from([item.number for item in items])))
        items = [item for item in items if item.number not in gone]
        items.append(Item(1000 + page_number))
        page_number += 1
        page = cut_page(items, PageRequest(page_number, size, page.next_token))
        shown |= set(numbers(page))
        if page_number > 100:
            raise AssertionError("the walk does not end")
    assert {item.number for item in items if item.number < 1000} <= shown


def test_when_the_last_item_shown_is_deleted_the_walk_goes_on_behind_it() -> None:
    items = [Item(number) for number in range(10)]
    first = cut_page(items, PageRequest(0, 3, None))
    remaining = [item for item in items if item.number != 7]
    assert numbers(cut_page(remaining, PageRequest(1, 3, first.next_token))) == [6, 5, 4]


def test_the_place_of_a_token_is_looked_up_not_searched_for() -> None:
    looked_at: list[int] = []

    class Watched(list[Item]):
        def __getitem__(self, rank):
            looked_at.append(rank)
            return super().__getitem__(rank)

        def __iter__(self):
            raise AssertionError("somebody searches")

    items = Watched(Item(number) for number in range(10_000))
    token = f"PA{Item(9990).sid}9990"
    assert len(cut_page(items, PageRequest(1, 10, token)).items) == 10
    assert set(looked_at) == set(range(9979, 9991))
