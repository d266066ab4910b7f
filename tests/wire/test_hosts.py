import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_wire.hosts import rebase

BASE = "http://127.0.0.1:8080"
PATHS = st.text("aZ0._~%-/").map("/{}".format)
QUERIES = st.text("aZ0=&%+,:/?._-", min_size=1).map("?{}".format) | st.just("")


@pytest.mark.parametrize(
    ("url", "base_url", "rebased"),
    [
        (
            "https://api.twilio.com/2010-04-01/Accounts/AC1/Calls.json?Page=1",
            BASE,
            f"{BASE}/2010-04-01/Accounts/AC1/Calls.json?Page=1",
        ),
        ("https://api.dublin.ie1.twilio.com/2010-04-01", f"{BASE}/", f"{BASE}/2010-04-01"),
        ("https://api.twilio.com:443/x", "https://emulator.test", "https://emulator.test/x"),
        ("https://api.twilio.com/x", "http://gateway.test/twilio/", "http://gateway.test/twilio/x"),
        ("https://lookups.twilio.com/v2", BASE, f"{BASE}/v2"),
        ("https://api.twilio.com", BASE, BASE),
    ],
)
def test_a_twilio_url_moves_to_the_base(url, base_url, rebased):
    assert rebase(url, base_url) == rebased


@pytest.mark.parametrize("url", ["https://example.com/x", "https://nottwilio.com/", "https://twilio.com.evil.test/"])
def test_a_url_of_another_host_stays(url):
    assert rebase(url, BASE) == url


@given(PATHS, QUERIES, st.sampled_from(["https://api.twilio.com", "https://api.sydney.au1.twilio.com"]))
def test_path_and_query_stay_as_they_are_and_rebasing_again_changes_nothing(path, query, host):
    rebased = rebase(host + path + query, BASE)
    assert rebased == BASE + path + query
    assert rebase(rebased, BASE) == rebased


@pytest.mark.parametrize("base_url", ["", "127.0.0.1:8080", "localhost", "ws://127.0.0.1", "http://", "/twilio"])
def test_a_base_that_is_no_http_url_is_refused(base_url):
    with pytest.raises(ValueError, match=r"write one like http://127\.0\.0\.1:8080"):
        rebase("https://api.twilio.com/x", base_url)
