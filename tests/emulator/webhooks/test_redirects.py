import pytest

from twilio_emulator.webhooks.failures import Failure
from twilio_emulator.webhooks.redirects import Hop, next_hop

PARAMETERS = {"CallSid": "CA1", "From": "+15551110001", "FromCity": "", "Digits": "1", "msg": "Gather End"}
HOP = Hop("POST", "http://me:pw@app.example/ivr/menu?x=1", PARAMETERS)


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirected_post_becomes_a_get_without_the_verbs_own_parameters(status: int) -> None:
    assert next_hop(HOP, status, "https://other.example/next?Digits=1") == Hop(
        "GET",
        "https://other.example/next?Digits=1",
        {"CallSid": "CA1", "From": "+15551110001", "FromCity": ""},
    )


def test_a_307_repeats_the_request_elsewhere() -> None:
    assert next_hop(HOP, 307, "/next") == Hop("POST", "http://me:pw@app.example/next", PARAMETERS)


def test_a_relative_location_starts_from_the_redirecting_url() -> None:
    followed = next_hop(HOP, 302, "next")
    assert isinstance(followed, Hop)
    assert followed.url == "http://me:pw@app.example/ivr/next"


@pytest.mark.parametrize(
    ("status", "location"),
    [
        (300, "/next"),
        (304, "/next"),
        (305, "/next"),
        (308, "/next"),
        (302, ""),
        (302, "file:///etc/passwd"),
        (302, "gopher://app.example/"),
        (302, "http://app.example:port/"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_11216(status: int, location: str) -> None:
    failure = next_hop(HOP, status, location)
    assert isinstance(failure, Failure)
    assert failure.code == 11216
    assert "pw" not in failure.message + failure.url
