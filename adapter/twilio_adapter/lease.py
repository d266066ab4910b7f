"""Remembers on disk what a phone number did before we took it, so that a crash cannot lose it.

Laws: one small JSON file a number, readable by its owner only, written before the number is changed and removed after
it was given back. A file that cannot be read is no memory: it is logged and passed over.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from twilio_adapter.rest import VoiceSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lease:
    """We pointed a number at `leased_url`; before, it was set as in `original`."""

    number_sid: str
    leased_url: str
    original: VoiceSettings


def default_directory() -> Path:
    """Where leases are kept: the user's state directory."""
    state = os.environ.get("XDG_STATE_HOME")
    base = Path(state) if state else Path.home() / ".local" / "state"
    return base / "twilio-testbench" / "leases"


class LeaseBook:
    """The leases of one account on this machine."""

    def __init__(self, directory: Path, account_sid: str) -> None:
        self._directory = directory
        self._account_sid = account_sid

    def remember(self, lease: Lease) -> None:
        """Write a lease down, whole or not at all."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(lease.number_sid)
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(lease), indent=1))
        draft.replace(path)

    def recall(self, number_sid: str) -> Lease | None:
        """Return the lease of a number that was never given back."""
        path = self._path(number_sid)
        try:
            content = json.loads(path.read_text())
            return Lease(
                number_sid=content["number_sid"],
                leased_url=content["leased_url"],
                original=VoiceSettings(**content["original"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            logger.warning("Passing over %s, which is not a lease: %s", path, error)
            return None

    def forget(self, number_sid: str) -> None:
        """The number has been given back."""
        self._path(number_sid).unlink(missing_ok=True)

    def _path(self, number_sid: str) -> Path:
        return self._directory / f"{self._account_sid}-{number_sid}.json"
