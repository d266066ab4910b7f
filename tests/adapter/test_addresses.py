"""Where Twilio reaches us."""

import pytest

from twilio_adapter.addresses import Addresses, checked_public_url, is_local
from twilio_adapter.errors import ConfigurationError


def test_a_tunnel_gives_a_wss_stream() -> None:
    addresses = Addresses(checked_public_url("https://tunnel.example/prefix/", None))
    assert addresses.voice_url == "https://tunnel.example/prefix/twilio/voice"
    assert addresses.status_url == "https://tunnel.example/prefix/twilio/status"
    assert addresses.stream_url == "wss://tunnel.example/prefix/twilio/stream"


def test_a_local_address_gives_a_ws_stream() -> None:
    assert Addresses("http://127.0.0.1:8765").stream_url == "ws://127.0.0.1:8765/twilio/stream"


@pytest.mark.parametrize("url", ["tunnel.example", "ftp://tunnel.example", "https://", "https://h/?a=b", "wss://h"])
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="public_base_url is"):
        checked_public_url(url, "http://emulator:9000")


def test_twilio_itself_needs_tls() -> None:
    with pytest.raises(ConfigurationError, match="31922"):
        checked_public_url("http://tunnel.example", None)
    assert checked_public_url("http://tests:8765", "http://emulator:9000") == "http://tests:8765"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:9000", True),
        ("http://localhost:9000", True),
        ("http://[::1]:9000", True),
        ("http://127.1.2.3", True),
        ("http://emulator:9000", False),
        ("https://api.twilio.com", False),
        ("http://10.0.0.7", False),
        (None, False),
    ],
)
def test_only_this_machine_is_local(url: str | None, local: bool) -> None:
    assert is_local(url) is local
