"""Writes cassettes while their calls go on.

Laws: what has been handed to the operating system survives this process; that is every entry at once, and the audio at
least every second of the call. A recording that cannot be begun is an error; one that cannot be gone on with is none
for the call: it is told once, in the log and in `problem`, and the rest of the call is not recorded.
"""

import contextlib
import errno
import logging
import os
from io import FileIO
from pathlib import Path
from typing import Self

from twilio_wire.cassette.draft import CALL, FILES, README, Append, Draft, Write
from twilio_wire.cassette.entries import Entry
from twilio_wire.cassette.errors import CassetteError, CassetteExists
from twilio_wire.cassette.record import CallRecord

logger = logging.getLogger(__name__)


class CassetteWriter:
    """A cassette in the making. Ends with `finish()`; one that has not been finished can be read all the same.

    What is noted or told after that is still written, at once.

    Args:
        path: the folder, which is made.
        call: what the call is by now; its audio and its entries are taken over.
        made_by: how the cassette is made, in one sentence, for its README.
        overwrite: whether a cassette that is there already is replaced.

    Raises:
        CassetteExists: there is a folder or a file of that name, and `overwrite` does not allow to replace it, or it is
            no cassette.
        CassetteError: the folder cannot be written to.
    """

    def __init__(self, path: str | Path, call: CallRecord, *, made_by: str = "", overwrite: bool = False) -> None:
        self.path = Path(path)
        self.problem: str | None = None
        """Why the rest of the call is not recorded, if it is not."""
        self._draft = Draft(call, made_by=made_by)
        self._files: dict[str, FileIO] = {}
        self._is_finished = False
        try:
            check_free(path, overwrite=overwrite)
            self.path.mkdir(parents=True, exist_ok=True)
            for name in (*FILES, README):
                (self.path / name).unlink(missing_ok=True)
            self._write(self._draft.begin())
        except OSError as error:
            self._close()
            raise CassetteError(
                str(self.path), f"it cannot be written: {error.strerror}. Record into another folder."
            ) from error

    def add_audio(self, *, far: bytes, near: bytes) -> None:
        """Go on with both sides' audio (bytes, µ-law, 8 kHz, mono).

        Raises:
            ValueError: the two are not equally long.
        """
        self._carry_out(self._draft.add_audio(far=far, near=near))

    def note(self, entry: Entry) -> None:
        """Something has happened."""
        self._carry_out(self._draft.note(entry))

    def tell(self, status: str) -> None:
        """The call has this status now."""
        self._carry_out(self._draft.tell(status))

    def finish(self) -> None:
        """End the audio and seal the recording. Doing it twice is doing it once."""
        self._carry_out(self._draft.finish())
        self._is_finished = True
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def _carry_out(self, writes: list[Write]) -> None:
        if self.problem is not None:
            return
        try:
            self._write(writes)
            if self._is_finished:
                self._close()
        except OSError as error:
            self.problem = (
                f"The rest of the call is not recorded, for {self.path} cannot be written: {error.strerror}. What is "
                "there can be read, if the folder is."
            )
            logger.error("%s", self.problem)
            self._close()

    def _write(self, writes: list[Write]) -> None:
        for write in writes:
            if isinstance(write, Append):
                self._append(write)
            else:
                _replace(self.path / write.file, write.content)

    def _append(self, write: Append) -> None:
        file = self._files.get(write.file)
        if file is None:
            file = self._files[write.file] = FileIO(self.path / write.file, "ab" if self._is_finished else "xb")
            _write_all(file, write.header)
        _write_all(file, write.content)
        if write.header:
            if not os.fstat(file.fileno()).st_nlink:
                raise FileNotFoundError(errno.ENOENT, "the folder is gone")
            file.seek(0)
            _write_all(file, write.header)
            file.seek(0, os.SEEK_END)

    def _close(self) -> None:
        for file in self._files.values():
            with contextlib.suppress(OSError):  # an error that a network disk has kept back; it is told, or too late
                file.close()
        self._files.clear()


def write_cassette(path: str | Path, call: CallRecord, *, made_by: str = "", overwrite: bool = False) -> None:
    """Write a call that is known whole.

    Raises:
        CassetteExists, CassetteError: see `CassetteWriter`.
    """
    writer = CassetteWriter(path, call, made_by=made_by, overwrite=overwrite)
    writer.finish()
    if writer.problem is not None:
        raise CassetteError(str(path), writer.problem)


def check_free(path: str | Path, *, overwrite: bool = False) -> None:
    """Look whether a cassette may be written there.

    Raises:
        CassetteExists: no.
    """
    folder = Path(path)
    if folder.is_dir():
        names = {entry.name for entry in folder.iterdir()}
        if not names or (overwrite and CALL in names):
            return
        if overwrite:
            raise CassetteExists(str(folder), "there is a folder that is no cassette: record into another one.")
        raise CassetteExists(str(folder), "it exists already: record into another folder, or say that it is to go.")
    if folder.exists() or folder.is_symlink():
        raise CassetteExists(str(folder), "there is a file of that name: record into another folder.")


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of another in one moment: whoever is killed meanwhile leaves the one or the other."""
    draft = path.with_name(f".{path.name}.new")
    with FileIO(draft, "wb") as file:
        _write_all(file, content)
    draft.replace(path)


def _write_all(file: FileIO, content: bytes) -> None:
    """Write to the last byte, where a disk that is nearly full takes some."""
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]
