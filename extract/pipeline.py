"""The spaCy pipeline: from a text to a ``Doc``, and from a ``Doc`` to facts.

A pure function of one document: no component keeps anything between documents, so that
documents can be spread over processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import extract.aliases
import extract.entities
import extract.forums
import extract.organizations
import extract.persons
import extract.places
import extract.posts
import extract.regulations
import extract.time
import extract.tokenizer  # noqa: F401

COMPONENTS: tuple[str, ...] = (
    "tanpu_regulations",
    "tanpu_forums",
    "tanpu_dates",
    "tanpu_persons",
    "tanpu_organizations",
    "tanpu_places",
    "tanpu_posts",
    "tanpu_aliases",
    "tanpu_entities",
)


def load_pipeline(config: Mapping[str, Any] | None = None) -> Language:
    nlp = spacy.blank(
        "zh", config={"nlp": {"tokenizer": {"@tokenizers": "tanpu.LacTokenizer.v1"}}}
    )
    for name in COMPONENTS:
        nlp.add_pipe(name, config=dict((config or {}).get(name, {})))
    return nlp
