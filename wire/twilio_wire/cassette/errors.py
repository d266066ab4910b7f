"""What can be wrong with a cassette."""


class CassetteError(ValueError):
    """A cassette that cannot be used: which file, which line, what is wrong with it and what to do.

    Attributes:
        file: the file's path, or the folder's.
        line: the line, from 1; None where there are no lines: in audio, and in what is missing.
    """

    def __init__(self, file: str, what: str, *, line: int | None = None) -> None:
        super().__init__(f"{file}, line {line}: {what}" if line is not None else f"{file}: {what}")
        self.file = file
        self.line = line


class CassetteExists(CassetteError):
    """There is something already where a cassette is to be written."""
