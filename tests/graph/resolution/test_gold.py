"""The clusters of ``tests/gold/identity.yml`` against what the pipeline and resolution make of the samples."""

from __future__ import annotations

import io
import random
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from extract.facts import Extraction
from extract.parallel import extract_documents
from extract.readers import DocumentDefaults, ReadLimits, read_inputs
from graph.entities import read_entities
from graph.identity import name_to_key
from graph.store import Store, open_store
from tests.graph.resolution.conftest import load_articles

ROOT = Path(__file__).resolve().parents[3]
CLASSES = {
    "person": ("PERSON", 0.92),
    "org": ("ORG", 0.95),
    "forum": ("FORUM", 0.92),
    "regulation": ("REGULATION", 0.92),
    "place": ("PLACE", 0.95),
}
# Mentions that no row has, most of them words that point back (条例, 该局), are for the extraction
# to find; so many of all there may be.
MISSING = 0.12

Place = tuple[str, str]


@cache
def read_samples() -> tuple[Extraction, ...]:
    inputs = read_inputs(
        [str(ROOT / "samples")],
        limits=ReadLimits(),
        defaults=DocumentDefaults(published=None, source=None),
    )
    answers = extract_documents(inputs, model="accurate", processes=1)
    found = tuple(answer for _, answer in answers if isinstance(answer, Extraction))
    assert len(found) == 20
    return found


@pytest.fixture(scope="module")
def loaded() -> Store:
    store = open_store(None, mode="write")
    load_articles(store, read_samples())
    return store


def read_gold(kind: str) -> dict[Place, int]:
    """The number of the cluster of each (document, wording) of a class."""
    clusters: list[dict[str, Any]] = yaml.safe_load(
        (ROOT / "tests/gold/identity.yml").read_text("utf-8")
    )
    return {
        (mention["document"], name_to_key(mention["text"])): number
        for number, cluster in enumerate(clusters)
        if cluster["class"] == kind
        for mention in cluster["mentions"]
    }


def read_found(store: Store, label: str) -> dict[Place, str]:
    """The entity that a document means by a wording most often."""
    counts: dict[Place, Counter[str]] = defaultdict(Counter)
    for row in read_entities(store):
        if row["class"] == label:
            for mention in row["mentions"]:
                counts[mention["document"], name_to_key(mention["text"])][row["iri"]] += 1
    return {place: min(c, key=lambda iri: (-c[iri], iri)) for place, c in counts.items()}


def pairwise_f1(gold: dict[Place, int], found: dict[Place, str]) -> float:
    """F1 over the pairs of mentions that one of the two says are one thing."""
    pairs = [
        (gold[one] == gold[other], found[one] == found[other])
        for one, other in combinations(sorted(gold), 2)
    ]
    right = sum(wanted and got for wanted, got in pairs)
    return 2 * right / (sum(wanted for wanted, _ in pairs) + sum(got for _, got in pairs))


@pytest.mark.parametrize("kind", CLASSES)
def test_mentions_of_the_samples_are_clustered_as_in_the_gold_file(
    loaded: Store, kind: str
) -> None:
    label, floor = CLASSES[kind]
    gold, found = read_gold(kind), read_found(loaded, label)
    there = {place: number for place, number in gold.items() if place in found}
    assert pairwise_f1(there, found) >= floor


def test_few_mentions_of_the_gold_file_are_missing(loaded: Store) -> None:
    missing = total = 0
    for kind, (label, _) in CLASSES.items():
        gold, found = read_gold(kind), read_found(loaded, label)
        missing += len(gold.keys() - found.keys())
        total += len(gold)
    assert missing <= MISSING * total


def test_the_samples_in_another_order_give_the_same_store(loaded: Store) -> None:
    shuffled = list(read_samples())
    random.Random(7).shuffle(shuffled)
    dumps = [io.BytesIO(), io.BytesIO()]
    with open_store(None, mode="write") as other:
        load_articles(other, shuffled)
        for store, stream in zip((loaded, other), dumps, strict=True):
            store.dump(stream, "nquads")
    assert dumps[0].getvalue() == dumps[1].getvalue()


@pytest.mark.parametrize(
    ("gold", "found", "f1"),
    [
        ("aabb", "xxyy", 1.0),
        ("aabb", "xxxx", 0.5),
        ("aaab", "xyzz", 0.0),
    ],
)
def test_pairwise_f1_counts_pairs(gold: str, found: str, f1: float) -> None:
    places = [("d", str(number)) for number in range(len(gold))]
    wanted = dict(zip(places, map(ord, gold), strict=True))
    assert pairwise_f1(wanted, dict(zip(places, found, strict=True))) == pytest.approx(f1)
