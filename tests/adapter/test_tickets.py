"""Who may open a media stream."""

from twilio_adapter.tickets import Tickets


class Anything:
    pass


def test_a_token_works_once() -> None:
    tickets, call = Tickets[Anything](), Anything()
    token = tickets.issue(call)
    assert tickets.redeem(token) is call
    assert tickets.redeem(token) is None


def test_a_new_token_voids_the_old_one_of_the_same_call() -> None:
    tickets, call = Tickets[Anything](), Anything()
    old, new = tickets.issue(call), tickets.issue(call)
    assert tickets.redeem(old) is None
    assert tickets.redeem(new) is call


def test_a_call_that_is_over_has_no_token() -> None:
    tickets, call, other = Tickets[Anything](), Anything(), Anything()
    token, others = tickets.issue(call), tickets.issue(other)
    tickets.revoke(call)
    assert tickets.redeem(token) is None
    assert tickets.redeem(others) is other


def test_tokens_are_long_and_never_alike() -> None:
    tickets = Tickets[Anything]()
    tokens = {tickets.issue(Anything()) for _ in range(200)}
    assert len(tokens) == 200
    assert min(map(len, tokens)) >= 32


def test_nonsense_gets_nobody_in() -> None:
    tickets = Tickets[Anything]()
    tickets.issue(Anything())
    for nonsense in ("", "é", "x" * 32):
        assert tickets.redeem(nonsense) is None
