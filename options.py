"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """How results are printed."""

    JSON = "json"
    TABLE = "table"


DEFAULT_DB = "archive.db"
"""Where a command that needs a database looks for one."""

DB = typer.Option(
    # A URL may hold a password, which others see on a command line and not in an environment.
    envvar="GOUJI_DB",
    help="The database: a file, sqlite:///FILE or postgresql://USER@HOST/NAME.",
)
Db = Annotated[str, DB]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr.")]
Printed = Annotated[OutputFormat, typer.Option("--format", help="What to print.")]
