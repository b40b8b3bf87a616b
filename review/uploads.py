"""Documents that were sent in: kept by the hash of their content, and digitized by `gouji digitize` in a process of its own.

The folder and the database are the whole state. A desk that was killed goes on where it was: a run over the folder skips what has a
state already.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

from ..ocr.media import MediaType

log = logging.getLogger(__name__)

SUFFIXES = {MediaType.PDF: ".pdf", MediaType.TIFF: ".tiff", MediaType.PNG: ".png", MediaType.JPEG: ".jpg"}

RUN = [sys.executable, "-c", "from gouji.cli import main; main()", "digitize"]


class Uploads:
    """A folder of documents that were sent in.

    Args:
        folder: made when it is not there.
        db: the database that their records go to.
        max_bytes: of a document.
        max_pages: of a document.
    """

    def __init__(self, folder: Path, db: str, max_bytes: int, max_pages: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.absolute()
        for draft in self.folder.glob(".*.part"):  # of a desk that was killed while one arrived
            draft.unlink(missing_ok=True)
        self.max_bytes = max_bytes
        self._db = db
        self._max_pages = max_pages
        self._wanted = Event()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._work, name="uploads", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Has everything that is new in the folder digitized, soon."""
        self._wanted.set()

    def file_of(self, sha256: str) -> Path | None:
        """The file with that content; None when it was not sent in."""
        return next(
            (p for p in (self.folder / f"{sha256}{s}" for s in SUFFIXES.values()) if p.exists()), None
        )

    def close(self) -> None:
        """Ends the run that is going on; what it has not finished is done after the next start."""
        self._closed = True
        self._wanted.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join(10)

    def _work(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closed:
                return
            # The database's URL may hold a password: the environment is seen by this user only, a command line by all.
            environment = {**os.environ, "GOUJI_DB": self._db}
            command = [*RUN, str(self.folder), "--max-pages", str(self._max_pages)]
            with subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as process:
                self._process = process
                if self._closed:  # meanwhile
                    process.terminate()
                _, said = process.communicate()
            self._process = None
            if process.returncode not in (0, 3, 4) and not self._closed:
                log.error("documents were not digitized: %s", said.decode(errors="replace")[-500:])
