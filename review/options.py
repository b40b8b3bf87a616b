"""How a desk is set up."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from ..document.limits import Limits
from ..store.desk.answers import DoubleEntry


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """How a desk is set up.

    Attributes:
        db: the database, as `--db` names it.
        host: where it listens; without accounts only on this machine.
        port: where it listens.
        accounts: whether people need an account; a name is enough otherwise.
        pictures: folder of page pictures that are kept, bounded in size.
        uploads: folder into which documents are taken; None takes none.
        double: which cells two people enter blindly.
        limits: of a document that is uploaded or shown.
        tls: certificate and key files; None serves plain HTTP.
    """

    db: str
    host: str
    port: int
    accounts: bool
    pictures: Path
    uploads: Path | None = None
    double: DoubleEntry = field(default_factory=DoubleEntry)
    limits: Limits = field(default_factory=Limits)
    tls: tuple[Path, Path] | None = None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
