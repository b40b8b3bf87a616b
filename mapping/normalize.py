"""Labels as they compare: width, brackets, ordinals, spaces and line breaks made one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BRACKETS = str.maketrans("〔〕【】[]{}", "()()()()")
_DROPPED = re.compile(r"[\s　:：;；,，.。、·•|_“”\"'‘’《》<>\-—–]+")
_CHINESE = "一二三四五六七八九十"


@lru_cache(maxsize=4096)
def normalize_label(text: str) -> str:
    """The label without spaces, line breaks and punctuation, in half width; `1、` and `1.` both become `1`.

    Brackets stay, because 第（一）项 and (七) 总计 are told apart by what they hold.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _DROPPED.sub("", folded)


@lru_cache(maxsize=4096)
def is_wordy(text: str) -> bool:
    """Whether a text says something in words: two Chinese characters or more, so neither a number nor 无 nor a dash."""
    return len(re.findall(r"[一-鿿]", text)) >= 2


def ordinal_of(text: str) -> int | None:
    """The number that a heading such as `三、…` or `（三）…` starts with, 1 to 10; None without one."""
    match = re.match(rf"\(?([{_CHINESE}])[)、.,，。\s]", unicodedata.normalize("NFKC", text.strip()))
    return _CHINESE.index(match.group(1)) + 1 if match else None
