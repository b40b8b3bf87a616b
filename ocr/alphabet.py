"""The characters that a recognition model reads, out of its ONNX file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..document.errors import MissingPartError


def read_alphabet(model: Path) -> tuple[str, ...]:
    """The characters of a recognition model, in the order of its classes, without blank and space.

    They stand in the ONNX file's metadata, one a line. The file is a protobuf message (onnx.proto, `ModelProto`); only its top
    level is walked, where each field 14 holds one entry: key (1) and value (2).

    Raises:
        MissingPartError: when the file names none.
    """
    try:
        entries = [dict(_fields(entry)) for n, entry in _fields(memoryview(model.read_bytes())) if n == 14]
        metadata = {bytes(entry[1]).decode(): bytes(entry[2]).decode() for entry in entries}
        return tuple(metadata["character"].split("\n"))
    except (LookupError, ValueError) as error:
        raise MissingPartError(
            f"{model} does not name the characters that it reads ({error!r}).",
            "Run `gouji doctor`: it tells whether the file is the one that it should be, and what to do.",
        ) from error


def twins(alphabet: Iterable[str]) -> dict[str, str]:
    """The characters of which the alphabet knows a wide and a narrow form, each with its other form: `（` with `(`.

    The wide forms of ASCII are U+FF01 to U+FF5E (Unicode, Halfwidth and Fullwidth Forms).
    """
    known = set(alphabet)
    narrow = {c: chr(ord(c) - 0xFEE0) for c in known if "\uff01" <= c <= "\uff5e"}
    both = {c: other for c, other in narrow.items() if other in known}
    return both | {other: c for c, other in both.items()}


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and content of a protobuf message's fields that have a length: texts and messages.

    Raises:
        LookupError: when it is none.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 2:
            length, at = _varint(message, at)
            yield tag >> 3, message[at : at + length]
            at += length
        elif kind == 0:
            _, at = _varint(message, at)
        else:
            at += {1: 8, 5: 4}[kind]


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and where the next field's bytes begin."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
