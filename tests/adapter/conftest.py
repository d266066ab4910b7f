import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from twilio_adapter import Limits, TwilioAgentAdapter

# Helpers next to the tests, importable under importlib mode.
_HERE = Path(__file__).parent
if str(_HERE) not in sys.path:
    sys.path.insert(0, str(_HERE))

from fake_twilio import ACCOUNT, AUTH_TOKEN, OURS, THEIRS, FakeTwilio  # noqa: E402

QUICK = Limits(
    rest_s=2.0, answer_grace_s=0.0, stream_start_s=2.0, media_gap_s=2.0, stop_s=2.0, reattach_s=2.0
)
