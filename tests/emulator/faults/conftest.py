"""A phone with nothing around it: a clock that the test moves by hand, and a leg that writes down what it is told."""

import pytest
from phone_bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
