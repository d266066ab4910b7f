"""The official SDK pointed somewhere else."""

import pytest
from rest_bench import ACCOUNT_SID, AUTH_TOKEN, NotingWorld, serve

from twilio_emulator.sdk_client import sdk_client


def test_the_sdks_requests_come_here_whatever_region_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    world = NotingWorld()
    world.add_call()
    with serve(world) as bench:
        client = sdk_client(ACCOUNT_SID, AUTH_TOKEN, bench.base_url + "/")
        assert len(client.calls.list()) == 1
        client.http_client.session.close()


def test_a_client_for_a_region_comes_here_too() -> None:
    with serve(NotingWorld()) as bench:
        client = sdk_client(ACCOUNT_SID, AUTH_TOKEN, bench.base_url)
        client.region, client.edge = "ie1", "dublin"
        assert client.calls.list() == []
        client.http_client.session.close()
