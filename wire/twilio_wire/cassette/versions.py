"""What recorded a call."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

_PACKAGE: Final = "twilio-testbench"


def versions() -> dict[str, str]:
    """The versions of this package, if it is installed, and of Python."""
    try:
        ours = {_PACKAGE: version(_PACKAGE)}
    except PackageNotFoundError:
        ours = {}
    return {**ours, "python": platform.python_version()}
