"""Every error that gouji raises on purpose.

::

    GoujiError                      exit code
    ├── UsageError                  2   the command line asks for something impossible
    ├── MissingPartError            5   weights, a library or a program is absent or collides
    ├── OutputError                 6   a record or picture cannot be written
    │   └── StoreError                  the database cannot be reached, or is not of this version
    ├── InputError                  4   one input file cannot become a record
    │   ├── UnreadableFileError         not there, no permission, not a file
    │   ├── UnsupportedMediaError       neither PDF, TIFF, PNG nor JPEG
    │   ├── EncryptedFileError          a PDF that asks for a password
    │   ├── DamagedFileError            truncated or broken
    │   ├── EmptyDocumentError          no page in it
    │   ├── LimitError                  more pages, pixels, bytes or seconds than allowed
    │   ├── FormNotFoundError           no table of the national form on any page
    │   └── WorkerError                 the process that read the document died
    └── PageError                       one page failed; becomes an entry of `failures`

A run over several files ends with 0 (all well), 3 (some files failed or came out incomplete) or 4 (nothing usable); see
docs/exit-codes.md. Messages say which file or page, what was found, what was expected and what to do.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line, in the manner of OCRmyPDF."""

    OK = 0
    INTERNAL_ERROR = 1
    BAD_USAGE = 2
    SOME_FAILED = 3
    NOTHING_USABLE = 4
    MISSING_PART = 5
    OUTPUT_FAILED = 6
    INTERRUPTED = 130


class GoujiError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: what was found, with file, page or cell, and what was expected.
        remedy: what the person can do about it; one sentence.
    """

    exit_code = ExitCode.INTERNAL_ERROR

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from the worker process to the parent.
        return type(self), (self.message, self.remedy)

    @property
    def category(self) -> str:
        """The class's name without its ending, in snake case: `DamagedFileError` is `damaged_file`."""
        name = type(self).__name__.removesuffix("Error")
        return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


class UsageError(GoujiError):
    """The command line asks for something impossible."""

    exit_code = ExitCode.BAD_USAGE


class MissingPartError(GoujiError):
    """Weights, a library or a program is absent, altered, or collides with another."""

    exit_code = ExitCode.MISSING_PART


class OutputError(GoujiError):
    """A record or picture cannot be written."""

    exit_code = ExitCode.OUTPUT_FAILED


class StoreError(OutputError):
    """The database cannot be reached, refuses, or is not of this version."""


class InputError(GoujiError):
    """One input file cannot become a record."""

    exit_code = ExitCode.NOTHING_USABLE


class UnreadableFileError(InputError):
    """The path is not there, not a file, or may not be read."""


class UnsupportedMediaError(InputError):
    """The content is none of PDF, TIFF, PNG, JPEG, whatever its name says."""


class EncryptedFileError(InputError):
    """A PDF that asks for a password."""


class DamagedFileError(InputError):
    """Truncated or otherwise broken."""


class EmptyDocumentError(InputError):
    """A file without a single page."""


class LimitError(InputError):
    """More pages, pixels, bytes or seconds than allowed."""


class FormNotFoundError(InputError):
    """No table of either edition of the national form on any page."""


class WorkerError(InputError):
    """The process that digitized the document died."""


class PageError(GoujiError):
    """One page failed in one stage; the record keeps the rest."""

    @property
    def kind(self) -> str:
        """What went wrong in one word: the category of the error behind it, or `page`."""
        return self.__cause__.category if isinstance(self.__cause__, GoujiError) else self.category
