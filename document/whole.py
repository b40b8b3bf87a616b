"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputError


@contextmanager
def draft_of(path: Path, *refused: type[BaseException]) -> Iterator[Path]:
    """A file to write to, in the same folder, which takes the place of `path` when the block has ended well.

    Args:
        path: its folder is made where it is absent.
        refused: errors by which a library says that it cannot write, besides `OSError`.

    Raises:
        OutputError: when it cannot be written; `path` is as it was then.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    errors: tuple[type[BaseException], ...] = (OSError, *refused)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        draft.replace(path)
    except errors as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise OutputError(
            f"{path}: cannot be written ({why}).",
            "Check the folder and free space, and that no other program has it open.",
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def write_whole(path: Path, text: str) -> None:
    """Writes UTF-8; errors as `draft_of` says."""
    with draft_of(path) as draft:
        draft.write_text(text, encoding="utf-8")
