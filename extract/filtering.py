"""What of a row of the exchange format is sure enough.

>>> row = {"id": "甲", "entities": [{"confidence": 0.4}, {"confidence": 0.8}], "facts": [],
...        "references": []}
>>> keep_sure(row, least=0.8)["entities"]
[{'confidence': 0.8}]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keep_sure(row: Mapping[str, Any], *, least: float) -> dict[str, Any]:
    """A document's row with the entities, references and facts that are sure enough.

    Args:
        row: one document as :meth:`extract.facts.Extraction.to_json` gives it.
        least: the confidence that they have at least, from 0 to 1.

    Raises:
        KeyError: when one of them has no confidence.
    """
    return {
        **row,
        **{
            key: [found for found in row[key] if found["confidence"] >= least]
            for key in ("entities", "references", "facts")
        },
    }
