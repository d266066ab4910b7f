"""Remembers on disk what a phone number did before we took it, so that a crash cannot lose it.

Laws: one small JSON file a number, readable by its owner only, on the disk before the number is changed and removed
after it was given back. Whoever has a number holds a lock of the operating system, which a process that is killed loses
with its life: a lease that nobody holds was left behind. A file that cannot be read is no memory: it is logged and
passed over.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from twilio_adapter import wall
from twilio_adapter.errors import NumberInUseError
from twilio_adapter.rest import VoiceSettings
from twilio_wire.redaction import redact_number

logger = logging.getLogger(__name__)
STATE_VARIABLE: Final = "TWILIO_TESTBENCH_STATE_DIR"
_OWNER_ONLY: Final = 0o600
_LEASE: Final = ".json"


@dataclass(frozen=True)
class Lease:
    """Somebody has set a number as in `leased`; before, it was set as in `original`.

    Attributes:
        number_sid: the number's identifier, `PN…`.
        phone_number: the number, E.164.
        leased: what was set, by the SDK's names (`voice_url`, …); what is not in it was not touched.
        original: everything the number did with a call before.
        pid: the process that has it.
        since: when it was taken, as people write it.
    """

    number_sid: str
    phone_number: str = field(repr=False)
    leased: Mapping[str, str]
    original: VoiceSettings
    pid: int = field(default_factory=os.getpid)
    since: str = field(default_factory=lambda: wall.written(wall.now()))

    def in_force(self, now: VoiceSettings) -> bool:
        """Whether the number's calls still go where the lease sends them."""
        return now.voice_url == self.leased["voice_url"]

    def undone(self, now: VoiceSettings) -> VoiceSettings:
        """Return the settings as they should be without the lease: what others have changed meanwhile stays."""
        if not self.in_force(now):
            return now
        current, original = asdict(now), asdict(self.original)
        ours = {name: original[name] for name, value in self.leased.items() if current[name] == value}
        return VoiceSettings(**current | ours)


def state_directory() -> Path:
    """Where the adapter remembers: TWILIO_TESTBENCH_STATE_DIR, or the user's state directory."""
    if given := os.environ.get(STATE_VARIABLE):
        return Path(given)
    state = os.environ.get("XDG_STATE_HOME")
    base = Path(state) if state else Path.home() / ".local" / "state"
    return base / "twilio-testbench"


class LeaseBook:
    """The leases of one account on this machine.

    Args:
        directory: where they are kept.
        account_sid: the account.
        api_base_url: the account's API, if not Twilio's own: an emulator may know the same account.
    """

    def __init__(self, directory: Path, account_sid: str, api_base_url: str | None = None) -> None:
        self._directory = directory / "leases"
        elsewhere = "" if api_base_url is None else f"@{urlsplit(api_base_url).netloc.replace(':', '_')}"
        self._prefix = f"{account_sid}{elsewhere}-"
        self._locks: dict[str, FileLock] = {}

    # --- who has a number -----------------------------------------------------------------------------------------

    def hold(self, number_sid: str, phone_number: str) -> None:
        """Have a number to ourselves, until `release` or the end of this process.

        Raises:
            NumberInUseError: somebody else has it.
        """
        if not self.try_hold(number_sid):
            raise in_use(phone_number, self.recall(number_sid))

    def try_hold(self, number_sid: str) -> bool:
        """Have a number to ourselves if nobody else has it; return whether that is so."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(self._path(number_sid, ".lock"), mode=_OWNER_ONLY, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        self._locks[number_sid] = lock
        return True

    def release(self, number_sid: str) -> None:
        """Let others have a number."""
        if (lock := self._locks.pop(number_sid, None)) is not None:
            lock.release()

    # --- what it was ----------------------------------------------------------------------------------------------

    def remember(self, lease: Lease) -> None:
        """Put a lease on the disk, whole or not at all; the number must be held."""
        draft = self._path(lease.number_sid, ".new")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(lease), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(lease.number_sid, _LEASE))
        _sync_directory(self._directory)

    def recall(self, number_sid: str) -> Lease | None:
        """Return the lease of a number that is held now, or was never given back."""
        return _read(self._path(number_sid, _LEASE))

    def forget(self, number_sid: str) -> None:
        """The number has been given back."""
        self._path(number_sid, _LEASE).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[Lease]:
        """All leases, those that are held too."""
        for path in sorted(self._directory.glob(f"{self._prefix}*{_LEASE}")):
            if (lease := _read(path)) is not None:
                yield lease

    def _path(self, number_sid: str, suffix: str) -> Path:
        return self._directory / f"{self._prefix}{number_sid}{suffix}"


def in_use(phone_number: str, lease: Lease | None) -> NumberInUseError:
    """Say who has a number: the holder that its lease names, if it is written already."""
    shown = redact_number(phone_number)
    if lease is None:
        return NumberInUseError(f"{shown} is being taken by another adapter at this moment: use another number.")
    return NumberInUseError(
        f"{shown} is in use by process {lease.pid} since {lease.since}: wait until it ends, or use another number.",
        pid=lease.pid,
        since=lease.since,
    )


def _read(path: Path) -> Lease | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        lease = Lease(**content | {"original": VoiceSettings(**content["original"])})
        _ = lease.leased["voice_url"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        number_sid = path.stem.rpartition("-")[2]
        logger.warning(
            "What is written about number %s in %s is not a lease (%s); passing over it.",
            number_sid,
            path.parent,
            type(error).__name__,
        )
        return None
    return lease


def _sync_directory(directory: Path) -> None:
    """Make sure that a file's new name survives the power being cut, where a directory can be synced at all."""
    if os.name == "nt":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
