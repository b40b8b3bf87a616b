"""On a Ray cluster of several nodes, one of which is lost: complete, and equal to a run on one machine."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gouji.store.archive import open_archive

from ..conftest import GOUJI, CliRun, Gouji, cells_in, new_postgresql, rows_in

DOCUMENTS = 6


@pytest.fixture
def folder(tmp_path: Path, scans: Path) -> Path:
    """Reports that differ in a byte, and a file that is none."""
    (tmp_path / "in").mkdir()
    fax = (scans / "fax.tiff").read_bytes()
    for n in range(DOCUMENTS):
        (tmp_path / "in" / f"{n}.tiff").write_bytes(fax + b"\0" * n)
    (tmp_path / "in" / "text.pdf").write_text("no report", "utf-8")
    return tmp_path / "in"


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A head that does no work and two nodes that do, on this machine; a token is asked for."""
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a" * 64)
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_DISABLE_IMPORT_WARNING", "1")
    from ray.cluster_utils import Cluster

    memory = 100 * 2**20
    made: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": memory})
    for _ in range(2):
        made.add_node(num_cpus=1, object_store_memory=memory)
    yield made
    made.shutdown()


def test_a_node_is_lost_and_nothing_else(
    cluster: Any, folder: Path, gouji: Gouji, postgresql_url: str, tmp_path: Path
) -> None:
    local, scaled = new_postgresql(postgresql_url), new_postgresql(postgresql_url)
    options = ("--no-sections", "--threads", "1", "--jobs", "2")
    alone = gouji(tmp_path, "digitize", "in", "--db", local, *options)
    assert alone.code == 3
    lost = threading.Event()

    def lose_a_node() -> None:
        while not rows_in(scaled, "SELECT 1 FROM sources LIMIT 1"):
            time.sleep(0.1)
        cluster.remove_node(sorted(cluster.worker_nodes, key=id)[0], allow_graceful=False)
        lost.set()

    open_archive(scaled).engine.dispose()
    killer = threading.Thread(target=lose_a_node, daemon=True)
    killer.start()
    done = gouji(tmp_path, "digitize", "in", "--db", scaled, "--ray", cluster.address, *options)
    assert lost.is_set()
    assert (done.code, len(done.out.splitlines())) == (3, DOCUMENTS + 1), done.err
    assert cells_in(scaled) == cells_in(local)
    assert rows_in(scaled, "SELECT state, COUNT(*) FROM sources GROUP BY state ORDER BY state") == [
        ("done", DOCUMENTS), ("failed", 1),
    ]  # fmt: skip
    assert rows_in(scaled, "SELECT sha256 FROM records GROUP BY sha256 HAVING COUNT(*) > 1") == []
    again = gouji(tmp_path, "digitize", "in", "--db", scaled, "--ray", cluster.address, *options)
    assert (again.out, again.code) == ("", 3)


def test_without_the_token_the_cluster_says_no(cluster: Any, folder: Path, postgresql_url: str) -> None:
    command = [
        str(GOUJI), "digitize", str(folder), "--db", new_postgresql(postgresql_url), "--ray", cluster.address, "--no-sections",
    ]  # fmt: skip
    environment = {**os.environ, "RAY_AUTH_TOKEN": "b" * 64}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 6, done.stderr
    assert "no cluster there" in done.stderr


@pytest.mark.parametrize("options", [("--db", "a.db"), (), ("--db", "postgresql://h/d", "--out", "records")])
def test_only_a_database_that_all_nodes_reach_will_do(
    gouji: Gouji, folder: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    run: CliRun = gouji(tmp_path, "digitize", "in", "--ray", "auto", *options)
    assert run.code == 2
    assert "PostgreSQL" in run.err
