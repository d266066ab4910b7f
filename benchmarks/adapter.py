"""What a call costs the adapter: CPU for each frame it receives and for each second it sends.

    python benchmarks/adapter.py [--seconds 20] [--rounds 3] [--json]

docs/performance.md has the method. Exit code 0, or 2 when a run could not be completed.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import logging
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from adapter_far_end import NUMBER, PHONE
from children import Child, RunFailed, child
from rich.console import Console
from rich.table import Table
from websockets.asyncio.server import ServerConnection, serve

from twilio_adapter import AudioChunk, TwilioAgentAdapter

COULD_NOT_COMPLETE = 2
LONGEST_S = 120
FRAMES_A_SECOND = 50
_SILENCE_LIMIT_S = 60.0
_FAR_ENDS_CORE = 0


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process, for as long as the far end was silent, spoke, and was spoken to."""

    silent_s: float
    speaking_s: float
    spoken_to_s: float = 0.0


def main() -> int:
    """Measure and report."""
    arguments = _arguments()
    logging.disable(logging.WARNING)  # that it is not Twilio who detects speech
    try:
        figures = asyncio.run(_measure(arguments.seconds, arguments.rounds))
    except (RunFailed, TimeoutError) as error:
        print(f"adapter.py: {error}", file=sys.stderr)
        return COULD_NOT_COMPLETE
    if arguments.json:
        print(json.dumps(figures))
    else:
        _report(figures)
    return 0


async def _measure(seconds: float, rounds: int) -> dict[str, object]:
    ours, raw = [], []
    async with child("adapter_far_end.py", seconds, core=_FAR_ENDS_CORE, silence_limit_s=_SILENCE_LIMIT_S) as far_end:
        emulator = await far_end.hears("how it is reached")
        async with TwilioAgentAdapter(
            account_sid=emulator["account_sid"],
            auth_token=emulator["auth_token"],
            phone_number=NUMBER,
            http_port=0,
            api_base_url=emulator["url"],
            allowed_callees=[PHONE],
        ) as adapter:
            for _ in range(rounds):
                ours.append(await _adapters_call(adapter, far_end, seconds))
                raw.append(await _raw_call(far_end))
    frames = seconds * FRAMES_A_SECOND
    received, raw_received = (statistics.median(cost.speaking_s for cost in costs) for costs in (ours, raw))
    return {
        "cpu_per_received_frame_us": received / frames * 1e6,
        "raw_cpu_per_received_frame_us": raw_received / frames * 1e6,
        "received_ratio": received / raw_received,
        "cpu_per_silent_frame_us": statistics.median(cost.silent_s for cost in ours) / frames * 1e6,
        "cpu_per_sent_second_ms": statistics.median(cost.spoken_to_s - cost.silent_s for cost in ours) / seconds * 1e3,
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "aiohttp": version("aiohttp"),
        },
    }


async def _adapters_call(adapter: TwilioAgentAdapter, far_end: Child, seconds: float) -> Cost:
    far_end.tell("answer")
    await adapter.place_call(PHONE)
    silent_s, speaking_s = await _listen(far_end)
    said = np.random.default_rng(8).integers(-8000, 8000, round(seconds * 24_000)).astype(np.int16)
    began_s = time.process_time()
    await adapter.send_audio(AudioChunk.from_pcm(said))
    await adapter.drain()
    spoken_to_s = time.process_time() - began_s
    far_end.tell_now()
    await adapter.wait_until_ended()
    return Cost(silent_s, speaking_s, spoken_to_s)


async def _raw_call(far_end: Child) -> Cost:
    """The least that anybody could do: read the messages, and keep their audio."""
    heard = bytearray()
    started = asyncio.Event()

    async def listen(socket: ServerConnection) -> None:
        async for text in socket:
            message = json.loads(text)
            if message["event"] == "media":
                heard.extend(base64.b64decode(message["media"]["payload"]))
                started.set()

    async with serve(listen, "127.0.0.1", 0, compression=None) as server:
        far_end.tell(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        async with asyncio.timeout(_SILENCE_LIMIT_S):
            await started.wait()
        silent_s, speaking_s = await _listen(far_end)
        far_end.tell_now()
    return Cost(silent_s, speaking_s)


async def _listen(far_end: Child) -> tuple[float, float]:
    """CPU seconds while the far end is silent, and while it speaks."""
    moments = [time.process_time()]
    far_end.tell_now()
    for what in ("that it was silent", "that it has spoken"):
        await far_end.hears(what)
        moments.append(time.process_time())
    return moments[1] - moments[0], moments[2] - moments[1]


def _report(figures: dict[str, object]) -> None:
    table = Table(title="CPU of the adapter")
    for heading in ("what", "adapter", "raw", "ratio"):
        table.add_column(heading, justify="right")
    ours, raw = figures["cpu_per_received_frame_us"], figures["raw_cpu_per_received_frame_us"]
    table.add_row("a received frame", f"{ours:.1f} µs", f"{raw:.1f} µs", f"{figures['received_ratio']:.2f}")
    table.add_row("a silent frame", f"{figures['cpu_per_silent_frame_us']:.1f} µs", "", "")
    table.add_row("a sent second", f"{figures['cpu_per_sent_second_ms']:.2f} ms", "", "")
    Console().print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a call costs the adapter.")
    parser.add_argument("--seconds", type=_seconds, default=20.0, help="of call time, for each of the three parts")
    parser.add_argument("--rounds", type=_count, default=3, help="how often everything is run; medians are reported")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    return parser.parse_args()


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to {LONGEST_S}.")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
