"""langwatch-scenario without a network: what it needs to run here, and a note of every address it tries to reach.

Where the extra `scenario` is absent, `load` skips the test. The library wants a model's prices from the network when it
is imported, reports runs to its makers when it has a key, and has a service transcribe every turn.
"""

import importlib.util
import ipaddress
import os
import sys
import warnings
from types import ModuleType
from typing import Any

import pytest

KEYS = ("LANGWATCH_API_KEY", "OPENAI_API_KEY", "ELEVENLABS_API_KEY")
reached: list[str] = []
"""Addresses outside this machine, and names that would have been looked up."""


def load() -> ModuleType:
    """The library, which transcribes a turn as the number of its seconds."""
    if importlib.util.find_spec("scenario") is None:
        pytest.skip("langwatch-scenario is not installed: pip install -e '.[scenario]'", allow_module_level=True)
    if "scenario" in sys.modules:
        return sys.modules["scenario"]
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    for key in KEYS:
        os.environ.pop(key, None)
    sys.addaudithook(_note)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of its imports
        import scenario

    class Stenographer(scenario.STTProvider):
        async def transcribe(self, audio: Any) -> str:
            return f"{audio.duration_seconds:.1f} s"

    scenario.set_stt_provider(Stenographer())
    return scenario


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host and not _is_here(str(host)):
        reached.append(str(host))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
