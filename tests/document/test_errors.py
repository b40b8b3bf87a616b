"""The tree of errors: categories, exit codes, the way from the worker process to the parent."""

from __future__ import annotations

import inspect
import pickle

import pytest
from gouji.document import errors
from gouji.document.errors import ExitCode, GoujiError, InputError, PageError

CLASSES: list[type[GoujiError]] = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, GoujiError) and c is not GoujiError
]  # fmt: skip

CATEGORIES = {
    "UsageError": "usage",
    "MissingPartError": "missing_part",
    "OutputError": "output",
    "StoreError": "store",
    "InputError": "input",
    "UnreadableFileError": "unreadable_file",
    "UnsupportedMediaError": "unsupported_media",
    "EncryptedFileError": "encrypted_file",
    "DamagedFileError": "damaged_file",
    "EmptyDocumentError": "empty_document",
    "LimitError": "limit",
    "FormNotFoundError": "form_not_found",
    "WorkerError": "worker",
    "PageError": "page",
}
EXIT_CODES = {"UsageError": 2, "MissingPartError": 5, "OutputError": 6, "StoreError": 6, "PageError": 1}
"""Every other one is an input error: 4."""


def test_every_error_has_a_category_and_no_two_the_same() -> None:
    assert {c.__name__: c("x").category for c in CLASSES} == CATEGORIES
    assert len(set(CATEGORIES.values())) == len(CATEGORIES)


def test_every_error_has_its_exit_code() -> None:
    assert {c.__name__: int(c.exit_code) for c in CLASSES} == {n: EXIT_CODES.get(n, 4) for n in CATEGORIES}


def test_exit_codes_are_those_that_scripts_rely_on() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "INTERNAL_ERROR": 1,
        "BAD_USAGE": 2,
        "SOME_FAILED": 3,
        "NOTHING_USABLE": 4,
        "MISSING_PART": 5,
        "OUTPUT_FAILED": 6,
        "INTERRUPTED": 130,
    }


def test_one_bad_file_is_an_input_error_and_one_bad_page_is_not() -> None:
    others = {"UsageError", "MissingPartError", "OutputError", "StoreError", "PageError"}
    assert {c.__name__ for c in CLASSES if issubclass(c, InputError)} == set(CATEGORIES) - others
    assert not issubclass(PageError, InputError)


@pytest.mark.parametrize("error_class", CLASSES, ids=lambda c: c.__name__)
@pytest.mark.parametrize("remedy", ["", "Do this: 重新扫描."])
def test_errors_survive_the_pipe(error_class: type[GoujiError], remedy: str) -> None:
    error = error_class("第1页 has 3, expected 4.", remedy)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is error_class
    assert (again.message, again.remedy) == (error.message, error.remedy)
    assert str(again) == f"第1页 has 3, expected 4. {remedy}".strip()


def test_the_docstring_draws_every_error() -> None:
    drawn = errors.__doc__ or ""
    assert [c.__name__ for c in CLASSES if c.__name__ not in drawn] == []
