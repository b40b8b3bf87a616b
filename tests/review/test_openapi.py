"""The API is what its OpenAPI document says: requests of all kinds, made up by Schemathesis, answered as documented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import schemathesis
from gouji.review import cells, checks, documents
from gouji.review.app import create_app
from gouji.review.options import DeskOptions
from gouji.store.archive import open_archive
from gouji.store.desk.people import add_person, new_token
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from .conftest import BASE, CHECK, made_record, save_records

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = sorted(
    (route.path, method)
    for part in (cells, checks, documents)
    for route in part.router.routes
    for method in route.methods
)
PARTS = {
    "record_id": 1,
    "cell_id": "applications.granted.total",
    "check_id": CHECK,
    "number": 1,
    "sha256": f"{1:064x}",
}
"""Parts of paths that lead to something."""

KINDS = {
    "any": (GenerationMode.POSITIVE, {}),
    "there": (GenerationMode.POSITIVE, PARTS),
    "wrong": (GenerationMode.NEGATIVE, {}),
}
"""What is asked: anything that is allowed, what is there, what is not allowed."""

ASKED = [
    (kind, *operation) for kind in KINDS for operation in OPERATIONS if kind != "there" or "{" in operation[0]
]

EXAMPLES = 15


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document of a desk that takes documents and holds one record; asked in this process."""
    folder = tmp_path_factory.mktemp("openapi")
    db = str(folder / "desk.db")
    save_records(db, [made_record(waiting=60)])
    options = DeskOptions(db, "127.0.0.1", 0, False, folder / "pictures", uploads=folder / "in")
    app = create_app(options)
    with ExitStack() as stack:
        stack.enter_context(TestClient(app, base_url=BASE))
        loaded = schemathesis.openapi.from_dict(app.openapi())
        loaded.app = app
        loaded.config.update(base_url=BASE)
        yield loaded


@pytest.fixture(scope="module")
def token(schema: Any) -> str:
    """Of a program that may ask."""
    archive = open_archive(schema.app.state.options.db)
    add_person(archive, "Program", None)
    made: str = new_token(archive, "Program")
    archive.engine.dispose()
    return made


def test_every_operation_is_documented(schema: Any) -> None:
    documented = {
        (path, method.upper()) for path, methods in schema.raw_schema["paths"].items() for method in methods
    }
    assert documented == set(OPERATIONS)
    assert len(OPERATIONS) >= 20


@pytest.mark.parametrize(("kind", "path", "method"), ASKED)
def test_it_answers_as_documented(schema: Any, token: str, kind: str, path: str, method: str) -> None:
    mode, parts = KINDS[kind]
    fixed = {name: value for name, value in parts.items() if f"{{{name}}}" in path}
    cases = schema[path][method].as_strategy(generation_mode=mode, path_parameters=fixed or None)
    found = set()

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def ask(case: Any) -> None:
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
        found.add(answer.status_code)

    ask()
    assert 401 not in found
