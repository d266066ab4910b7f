"""Which harness the environment asks for. (What the harnesses do is tested end to end.)"""

import pytest

from twilio_adapter import (
    CloudflaredTunnel,
    ConfigurationError,
    EmulatorHarness,
    NgrokTunnel,
    PublicUrl,
    Tunnel,
    TwilioHarness,
    harness,
)

ACCOUNT = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_PHONE_NUMBER": "+15550001111",
}


def tunnel_of(chosen: EmulatorHarness | TwilioHarness) -> Tunnel | None:
    assert isinstance(chosen, TwilioHarness)
    return chosen._adapter._settings.tunnel


@pytest.mark.parametrize("missing", [None, *ACCOUNT])
def test_without_a_whole_account_the_emulator_is_used(missing: str | None) -> None:
    environment = {} if missing is None else {name: value for name, value in ACCOUNT.items() if name != missing}
    assert isinstance(harness(environment=environment), EmulatorHarness)


def test_an_empty_variable_is_no_account() -> None:
    assert isinstance(harness(environment=ACCOUNT | {"TWILIO_AUTH_TOKEN": ""}), EmulatorHarness)


def test_an_account_without_a_public_url_gets_a_quick_tunnel() -> None:
    assert isinstance(tunnel_of(harness(environment=ACCOUNT)), CloudflaredTunnel)


def test_another_tunnel_may_be_given_and_goes_before_the_environment() -> None:
    ngrok = NgrokTunnel()
    assert tunnel_of(harness(environment=ACCOUNT, tunnel=ngrok)) is ngrok
    environment = ACCOUNT | {"TWILIO_PUBLIC_URL": "https://tunnel.example"}
    assert tunnel_of(harness(environment=environment, tunnel=ngrok)) is ngrok
    with pytest.raises(ConfigurationError, match="not both"):
        harness(environment=ACCOUNT, tunnel=ngrok, public_base_url="https://tunnel.example")


def test_the_public_url_comes_from_the_argument_or_the_environment() -> None:
    assert isinstance(tunnel_of(harness(environment=ACCOUNT, public_base_url="https://tunnel.example")), PublicUrl)
    environment = ACCOUNT | {"TWILIO_PUBLIC_URL": "https://tunnel.example"}
    assert isinstance(tunnel_of(harness(environment=environment)), PublicUrl)


def test_an_emulator_in_another_process_is_another_api() -> None:
    elsewhere = harness(environment=ACCOUNT | {"TWILIO_API_BASE_URL": "http://127.0.0.1:4010"})
    assert isinstance(elsewhere, TwilioHarness)
    assert elsewhere._adapter._settings.api_base_url == "http://127.0.0.1:4010"


def test_the_port_may_come_from_the_environment() -> None:
    chosen = harness(environment=ACCOUNT | {"TWILIO_HTTP_PORT": "0"})
    assert isinstance(chosen, TwilioHarness)
    assert chosen._adapter._settings.http_port == 0
    for nonsense in ("http", "-1", "65536"):
        with pytest.raises(ConfigurationError, match="give the number of a port"):
            harness(environment=ACCOUNT | {"TWILIO_HTTP_PORT": nonsense})


def test_real_twilio_is_not_reached_without_tls() -> None:
    with pytest.raises(ConfigurationError, match="31922"):
        harness(environment=ACCOUNT, public_base_url="http://tunnel.example")


def test_whom_one_may_dial_is_handed_on() -> None:
    listed = harness(
        environment=ACCOUNT, public_base_url="https://tunnel.example", allowed_callees=["+44 20 7183 8750"]
    )
    assert listed._adapter._settings.allowed_callees == {"+442071838750"}
    unlisted = harness(environment=ACCOUNT, public_base_url="https://tunnel.example")
    assert unlisted._adapter._settings.allowed_callees is None
    assert harness(environment={})._allowed_callees == "*"
    assert harness(environment={}, allowed_callees=["+15550002222"])._allowed_callees == ["+15550002222"]


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ACCOUNT:
        monkeypatch.delenv(name, raising=False)
    assert isinstance(harness(), EmulatorHarness)
    for name, value in ACCOUNT.items():
        monkeypatch.setenv(name, value)
    assert isinstance(harness(), TwilioHarness)


def test_a_harness_has_no_emulator_before_it_is_entered() -> None:
    with pytest.raises(ConfigurationError, match="enter it first"):
        _ = EmulatorHarness().twilio
    with pytest.raises(ConfigurationError, match="enter it first"):
        _ = EmulatorHarness().adapter
