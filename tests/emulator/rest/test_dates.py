from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.clock import FreeClock, make_clock
from twilio_emulator.rest.dates import Calendar, parse_moment
from twilio_emulator.rest.errors import RestError


def test_dates_are_rfc_2822_in_gmt() -> None:
    text = Calendar(make_clock("max")).rfc2822(0)
    assert text is not None
    assert text.endswith("+0000")
    assert abs(parsedate_to_datetime(text) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_that_ticks_between_two_answers_does_not_shift_the_dates() -> None:
    epoch = datetime(2025, 1, 1, 10, 0, 0, tzinfo=UTC)

    class Ticking(FreeClock):
        def utc(self) -> datetime:
            return epoch + timedelta(milliseconds=999)

        @property
        def now_ms(self) -> int:
            return 1000

    assert Calendar(Ticking()).rfc2822(0) == "Wed, 01 Jan 2025 10:00:00 +0000"


@given(st.integers(0, 10**12))
def test_a_date_is_its_moment_cut_to_the_second(ms: int) -> None:
    calendar = Calendar(make_clock("max"))
    text = calendar.rfc2822(ms)
    assert text is not None
    assert timedelta(0) <= calendar.date(ms) - parsedate_to_datetime(text) < timedelta(seconds=1)


def test_what_has_not_happened_has_no_date() -> None:
    assert Calendar(make_clock("max")).rfc2822(None) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2009-07-06", datetime(2009, 7, 6, tzinfo=UTC)),
        ("2019-06-11T22:05:25Z", datetime(2019, 6, 11, 22, 5, 25, tzinfo=UTC)),
        ("2019-06-11 22:05:25.000", datetime(2019, 6, 11, 22, 5, 25, tzinfo=UTC)),
        ("2019-06-11T22:05:25+02:00", datetime(2019, 6, 11, 20, 5, 25, tzinfo=UTC)),
    ],
)
def test_a_filter_takes_dates_and_iso_8601(text: str, moment: datetime) -> None:
    assert parse_moment("StartTime", text) == moment


@pytest.mark.parametrize("text", ["yesterday", "06/11/2019", "2019-06-31", "", "0001-01-01T00:00:00+05:00"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(RestError) as refusal:
        parse_moment("StartTime", text)
    assert refusal.value.code == 20001


@given(st.text())
def test_any_text_is_a_moment_or_is_refused(text: str) -> None:
    try:
        moment = parse_moment("StartTime", text)
    except RestError:
        return
    assert moment.utcoffset() == timedelta(0)
