"""What of a row of the exchange format is sure enough.

>>> row = {"id": "甲", "entities": [{"confidence": 0.4}, {"confidence": 0.8}], "facts": []}
>>> keep_sure(row, least=0.8)["entities"]
[{'confidence': 0.8}]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keep_sure(row: Mapping[str, Any], *, least: float) -> dict[str, Any]:
    """A document's row with those entities and facts whose confidence is at least ``least``.

    Args:
        row: one document as :meth:`extract.facts.Extraction.to_json` gives it.
        least: from 0 to 1.

    Raises:
        KeyError: when an entity or a fact has no confidence.
    """
    return {
        **row,
        **{
            key: [found for found in row[key] if found["confidence"] >= least]
            for key in ("entities", "facts")
        },
    }
