from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from twilio_emulator.webhooks.encoding import encode_parameters, with_query


def test_blanks_and_commas_are_written_as_captured_requests_write_them() -> None:
    assert encode_parameters([("Timestamp", "Wed, 01 Jan 2025 10:00:00 +0000")]) == (
        "Timestamp=Wed%2C%2001%20Jan%202025%2010%3A00%3A00%20%2B0000"
    )


def test_nothing_that_could_be_taken_for_a_url_is_left_bare() -> None:
    assert encode_parameters([("RecordingUrl", "http://a/b?c=d&e")]) == "RecordingUrl=http%3A%2F%2Fa%2Fb%3Fc%3Dd%26e"


def test_parameters_follow_the_query_that_a_url_has_already() -> None:
    assert with_query("http://app/voice?a=1", [("To", "+1")]) == "http://app/voice?a=1&To=%2B1"
    assert with_query("http://app/voice", [("To", "+1")]) == "http://app/voice?To=%2B1"
    assert with_query("http://app/voice", []) == "http://app/voice"


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
def test_any_form_reads_back_as_it_was(parameters: list[tuple[str, str]]) -> None:
    assert parse_qsl(encode_parameters(parameters), keep_blank_values=True) == parameters
    query = urlsplit(with_query("http://app/", parameters)).query
    assert parse_qsl(query, keep_blank_values=True) == parameters
