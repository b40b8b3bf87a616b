"""What the desk says, in Chinese and in English: one file a language, the same keys in both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from starlette.requests import Request

Language = Literal["zh", "en"]
LANGUAGE_COOKIE = "gouji_language"


@cache
def words(language: Language) -> Mapping[str, str]:
    """Everything in one language, by key."""
    text = (files(__package__) / "words" / f"{language}.json").read_text("utf-8")
    return cast("dict[str, str]", json.loads(text))


def language_of(request: Request) -> Language:
    """As switched, otherwise English for a browser that wants English and no Chinese, otherwise Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return cast("Language", chosen)
    accepted = [
        part.split(";")[0].strip().lower() for part in request.headers.get("accept-language", "").split(",")
    ]
    if any(tag.startswith("zh") for tag in accepted):
        return "zh"
    return "en" if any(tag.startswith("en") for tag in accepted) else "zh"
