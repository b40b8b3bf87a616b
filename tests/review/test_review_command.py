"""The commands: who may open a desk, where it listens, and who is let in."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ..conftest import GOUJI, CliRun, Gouji, rows_in
from .conftest import made_record, save_records

PASSWORD = "correct horse battery"


@contextmanager
def open_desk_process(folder: Path, *options: str) -> Iterator[str]:
    """A real desk on a free port; its address. It is ended as by Ctrl-C, and has to end well."""
    command = [str(GOUJI), "review", "--port", "0", "--no-browser", "--pictures", "pictures", *options]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = process.stderr.readline()
            assert "the desk is at http" in said, said + process.stderr.read()
            yield said.split(" at ")[1].split()[0]
        finally:
            process.send_signal(signal.SIGINT)
            _, rest = process.communicate(timeout=30)
    assert "Traceback" not in rest


def people(folder: Path, *args: str, typed: str = "") -> CliRun:
    """Runs `gouji people` with something typed."""
    done = subprocess.run(
        [str(GOUJI), "people", "--db", "a.db", *args], cwd=folder, input=typed, capture_output=True, text=True
    )
    return CliRun(done.returncode, done.stdout, done.stderr, folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database of one record."""
    save_records(str(tmp_path / "a.db"), [made_record()])
    return tmp_path


def test_a_desk_says_where_it_is_and_ends_with_ctrl_c(folder: Path) -> None:
    with open_desk_process(folder, "--db", "a.db") as url:
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(url + "login") as answer:
            assert answer.status == 200
            assert "server" not in {name.lower() for name in answer.headers}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_others_may_reach_a_desk_with_accounts_only(gouji: Gouji, folder: Path, host: str) -> None:
    run = gouji(folder, "review", "--db", "a.db", "--host", host, "--no-browser")
    assert run.code == 2
    assert "so people need accounts. Add --accounts." in run.err


def test_accounts_need_an_account(gouji: Gouji, folder: Path) -> None:
    run = gouji(folder, "review", "--db", "a.db", "--accounts", "--no-browser")
    assert run.code == 2
    assert "gouji people --db DB --add NAME" in run.err


def test_a_port_that_is_taken_is_told(gouji: Gouji, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = gouji(folder, "review", "--db", "a.db", "--port", str(port), "--no-browser")
    assert run.code == 2
    assert f"127.0.0.1:{port}: " in run.err
    assert "Name another with --port." in run.err


def test_a_certificate_comes_with_its_key(gouji: Gouji, folder: Path) -> None:
    run = gouji(folder, "review", "--db", "a.db", "--certificate", "a.pem", "--no-browser")
    assert (run.code, "Give --certificate and --key." in run.err) == (2, True)


def test_a_certificate_that_is_not_there_is_told(gouji: Gouji, folder: Path) -> None:
    run = gouji(
        folder,
        "review",
        "--db",
        "a.db",
        "--port",
        "0",
        "--certificate",
        "a.pem",
        "--key",
        "a.key",
        "--no-browser",
    )
    assert run.code == 2, run.err
    assert "a.pem" in run.err
    assert "Traceback" not in run.err


def test_people_are_added_listed_and_removed(folder: Path) -> None:
    added = people(folder, "--add", "Anna", typed=f"{PASSWORD}\n")
    assert (added.code, PASSWORD in added.out + added.err) == (0, False)
    assert people(folder).out == "Anna\n"
    ((kept, disabled),) = rows_in(str(folder / "a.db"), "SELECT password_hash, disabled_at FROM people")
    assert (kept.startswith("$argon2id$"), disabled) == (True, None)
    assert people(folder, "--remove", "Anna").code == 0
    assert people(folder).out == ""
    assert people(folder, "--remove", "Bert").code == 2


def test_a_short_password_will_not_do(folder: Path) -> None:
    run = people(folder, "--add", "Anna", typed="short\n")
    assert (run.code, "Choose 10 or more" in run.err) == (2, True)
    assert people(folder).out == ""


def test_a_token_is_printed_once_and_only_its_hash_is_kept(folder: Path) -> None:
    token = people(folder, "--token", "Robot").out.strip()
    assert len(token) >= 32
    ((kept,),) = rows_in(str(folder / "a.db"), "SELECT token_hash FROM people")
    assert token not in kept
    with open_desk_process(folder, "--db", "a.db") as url:
        asked = urllib.request.Request(url + "api/queue", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 200


def test_help_loads_no_server() -> None:
    code = "import sys; sys.argv = ['gouji', '--help']; from gouji.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "review" in done.stdout
    loaded = set(done.stderr.split())
    assert {"fastapi", "starlette", "uvicorn", "jinja2", "sqlalchemy", "argon2", "PIL"}.isdisjoint(loaded)
