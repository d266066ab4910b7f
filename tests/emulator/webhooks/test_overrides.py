import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.webhooks.overrides import BadOverride, Policy, RetryOn, parse_overrides


def test_without_a_fragment_the_defaults_are_twilios() -> None:
    policy = parse_overrides("", Policy())
    assert (policy.connect_ms, policy.read_ms, policy.total_ms, policy.retries) == (5000, 15000, 15000, 1)
    assert policy.retry_on == {RetryOn.CONNECT}


def test_a_fragment_overrides_what_it_names() -> None:
    policy = parse_overrides("ct=2000&rt=3000&tt=4000&rc=2&rp=5xx,ct&sni=n&e=ashburn,dublin", Policy())
    assert policy == Policy(
        connect_ms=2000,
        read_ms=3000,
        total_ms=4000,
        retries=2,
        retry_on=frozenset({RetryOn.SERVER_ERROR, RetryOn.CONNECT}),
        total_is_override=True,
    )


def test_rp_all_covers_every_kind_of_failure() -> None:
    assert parse_overrides("rp=all", Policy()).retry_on == frozenset(RetryOn)


def test_an_ordinary_fragment_changes_nothing() -> None:
    assert parse_overrides("top", Policy()) == Policy()
    assert parse_overrides("section=2", Policy()) == Policy()


@pytest.mark.parametrize(
    ("fragment", "code"),
    [
        ("rc=6", 11243),
        ("ct=99", 11243),
        ("ct=10001", 11243),
        ("tt=15001", 11243),
        ("rt=", 11243),
        ("rc=two", 11243),
        ("rc=²", 11243),
        ("rp=sometimes", 11243),
        ("rp=", 11243),
        ("sni=maybe", 11243),
        ("e=atlantis", 11240),
    ],
)
def test_a_policy_that_twilio_does_not_offer_is_refused(fragment: str, code: int) -> None:
    with pytest.raises(BadOverride) as refusal:
        parse_overrides(fragment, Policy())
    assert refusal.value.code == code


@given(st.text("ctrpesnial=&0123456789,x-", max_size=40))
def test_any_fragment_gives_a_policy_within_twilios_ranges_or_is_refused(fragment: str) -> None:
    try:
        policy = parse_overrides(fragment, Policy())
    except BadOverride:
        return
    assert 100 <= policy.connect_ms <= 10_000
    assert 100 <= policy.read_ms <= 15_000
    assert 100 <= policy.total_ms <= 15_000
    assert 0 <= policy.retries <= 5
