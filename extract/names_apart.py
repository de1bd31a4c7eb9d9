"""Canonical names of persons who share their name with others, and what they are made of.

Pure functions of names; `extract.namesakes` finds out who needs such a name.

Examples: 乔云岫 and 甲公司 ↔ 乔云岫（甲公司）; 乔云岫 alone has no mark.
"""

from __future__ import annotations

import re

_APART = re.compile(r"(?<=..)（[^（）]+）\Z")


def name_apart(name: str, mark: str) -> str:
    """The canonical name of one of several namesakes of a text.

    >>> name_apart("乔云岫", "甲公司")
    '乔云岫（甲公司）'
    """
    return f"{name}（{re.sub('[（(]', '〔', re.sub('[)）]', '〕', mark))}）"


def mark_of(name: str) -> str | None:
    """What tells a person's canonical name from those of namesakes; None where there are none.

    >>> mark_of("乔云岫（甲公司）")
    '甲公司'
    """
    found = _APART.search(name)
    return None if found is None else found.group()[1:-1]


def bare_name(name: str) -> str:
    """A person's canonical name without what tells it from namesakes; others as they are.

    >>> bare_name("乔云岫（甲公司）"), bare_name("乔云岫")
    ('乔云岫', '乔云岫')
    """
    return _APART.sub("", name)
