"""The command line's say: emulator or real Twilio, where recordings of failed tests go, which are golden."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

_NAME_LIMIT: Final = 100
_ENVIRONMENT: Final = pytest.StashKey[Mapping[str, str]]()


def add_options(parser: pytest.Parser) -> None:
    """Offer our options."""
    group = parser.getgroup("twilio", "telephone calls through Twilio, emulated or real")
    group.addoption(
        "--twilio",
        choices=("emulator", "real"),
        default="emulator",
        help="where calls go: to the emulator, or to the account in the environment (TWILIO_ACCOUNT_SID, "
        "TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER), which costs money",
    )
    group.addoption(
        "--twilio-recordings",
        metavar="DIR",
        help="where the recordings and timelines of failed tests go; pytest's temporary directory if not given",
    )
    group.addoption(
        "--update-golden",
        action="store_true",
        help="write golden calls anew that differ from the call that assert_matches_golden is given",
    )


def check_options(config: pytest.Config) -> None:
    """Refuse options that cannot work.

    Raises:
        pytest.UsageError: saying what to change.
    """
    recordings = config.getoption("--twilio-recordings")
    if recordings and (directory := _absolute(config, recordings)).exists() and not directory.is_dir():
        raise pytest.UsageError(f"--twilio-recordings: {recordings} is no directory: name one, it is made if need be.")
    if is_real(config):
        environment = dict(os.environ)
        _check_environment(environment)
        config.stash[_ENVIRONMENT] = environment


def is_real(config: pytest.Config) -> bool:
    """Whether calls go to real Twilio."""
    return bool(config.getoption("--twilio") == "real")


def account_environment(config: pytest.Config) -> Mapping[str, str]:
    """The environment as it was when pytest began: a test may have set the account's variables for its application."""
    return config.stash[_ENVIRONMENT]


def recordings_directory(config: pytest.Config, temporary: Path) -> Path:
    """Where the directories of failed tests are made."""
    given = config.getoption("--twilio-recordings")
    return _absolute(config, given) if given else temporary / "twilio"


def directory_name(test: str) -> str:
    """The name of a test's directory, by its node id."""
    return re.sub(r"[^\w.-]+", "-", test).strip("-")[-_NAME_LIMIT:]


def _absolute(config: pytest.Config, path: str) -> Path:
    return config.invocation_params.dir / path


def _check_environment(environment: Mapping[str, str]) -> None:
    from twilio_adapter.errors import ConfigurationError
    from twilio_adapter.harnesses import ACCOUNT_VARIABLES, harness

    missing = [name for name in ACCOUNT_VARIABLES if not environment.get(name)]
    if missing:
        raise pytest.UsageError(f"--twilio=real needs an account: set {', '.join(missing)} in the environment.")
    try:
        harness(environment=environment)
    except ConfigurationError as error:
        raise pytest.UsageError(f"--twilio=real: {error}") from None
