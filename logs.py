"""gouji's log lines, for the edges of a process: the command line, a worker, the desk."""

from __future__ import annotations

import logging


def log_to_stderr(*, verbose: bool) -> None:
    """Sends gouji's log lines to stderr: warnings, and everything when `verbose`."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("gouji")
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.WARNING)
