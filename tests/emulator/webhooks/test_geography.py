import pytest

from twilio_emulator.webhooks.geography import country_of


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+14155551234", "US"),
        ("+15551110001", "US"),
        ("+14165551234", "CA"),
        ("+18765551234", "JM"),
        ("+447700900123", "GB"),
        ("+4930123456", "DE"),
        ("+353861234567", "IE"),
        ("+77012345678", "RU"),
        ("+88299999999", ""),
        ("client:alice", ""),
    ],
)
def test_the_calling_code_tells_the_country(number: str, country: str) -> None:
    assert country_of(number) == country
