import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.sids import SidFactory, SidKind, is_sid

KINDS = st.sampled_from(SidKind)


@given(st.text(), st.lists(KINDS, max_size=20))
def test_the_same_seed_gives_the_same_identifiers(seed, kinds):
    first, second = SidFactory(seed), SidFactory(seed)
    assert [first.new(kind) for kind in kinds] == [second.new(kind) for kind in kinds]


@given(KINDS)
def test_an_identifier_is_its_prefix_and_32_lower_case_hex_digits(kind):
    sid = SidFactory("seed").new(kind)
    assert re.fullmatch(kind.value + "[0-9a-f]{32}", sid)
    assert type(sid) is str


def test_no_identifier_comes_twice():
    factories = [SidFactory(seed) for seed in ("a", "b", "")]
    sids = [factory.new(kind) for factory in factories for kind in SidKind for _ in range(50)]
    assert len({sid[2:] for sid in sids}) == len(sids)


def test_a_kind_has_its_own_sequence():
    alone, mixed = SidFactory("seed"), SidFactory("seed")
    mixed.new(SidKind.CALL)
    mixed.new(SidKind.STREAM)
    assert alone.new(SidKind.RECORDING) == mixed.new(SidKind.RECORDING)


def test_a_seed_keeps_its_identifiers_from_release_to_release():
    """Recorded runs and snapshots hold them."""
    assert SidFactory("seed").new(SidKind.CALL) == "CA39b71a476b0879de02cbc1e23f90aecc"


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [(SidKind.ACCOUNT, "AC"), (SidKind.CALL, "CA"), (SidKind.STREAM, "MZ"), (SidKind.PHONE_NUMBER, "PN")],
)
def test_kinds_are_known_by_twilio_s_prefix(kind, prefix):
    assert SidKind(prefix) is kind


@given(KINDS, KINDS)
def test_an_identifier_is_of_its_kind_and_no_other(kind, other):
    sid = SidFactory("seed").new(kind)
    assert is_sid(sid)
    assert is_sid(sid, other) == (kind is other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CA",
        "CA" + "0" * 31,
        "CA" + "0" * 33,
        "ca" + "0" * 32,
        "CA" + "g" * 32,
        " CA" + "0" * 32,
        "CA" + "0" * 32 + "\n",
        "CA" + "٠" * 32,
    ],
)
def test_anything_else_is_no_identifier(text):
    assert not is_sid(text)


def test_upper_case_hex_is_an_identifier_too():
    assert is_sid("CA" + "AB" * 16, SidKind.CALL)
