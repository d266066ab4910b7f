"""A served world for every test that asks for one."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from rest_bench import NotingWorld, RestBench, serve

settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")


@pytest.fixture
def world() -> NotingWorld:
    """A world whose account owns one number."""
    world = NotingWorld()
    world.add_number()
    return world


@pytest.fixture
def bench(world: NotingWorld) -> Iterator[RestBench]:
    with serve(world) as bench:
        yield bench
