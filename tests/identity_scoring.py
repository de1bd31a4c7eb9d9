"""Pairwise scores of the entities of a store against clusters of mentions.

usage: python -m tests.identity_scoring CLUSTERS.yaml DOCUMENTS [--entities FILE]
       [--errors] [--class CLASS] [--optional]

``DOCUMENTS`` is the folder of the gold files. Without ``--entities`` they are ingested into
a fresh store, whose entities are scored; ``FILE`` holds what ``tanpu entities`` printed.

A cluster is ``{class, canonical, mentions: [{document, text, nth, optional}]}``. ``nth``
counts the occurrences of ``text`` from 1; without it every occurrence is meant that does not
lie inside a longer mention. In place of ``text`` a mention may have ``start`` and ``end``,
half-open code-point offsets into the document's text. Two mentions of one cluster are a gold pair, two mentions of one
entity a predicted one. An annotated name that no cluster has is a cluster of its own. A
mention is its span and nothing near it, and one that no cluster has counts in the pairs that
it makes. What overlaps an optional mention is left out.

>>> gold = read_mentions([{"class": "ORG", "canonical": "甲局", "mentions": [
...     {"document": "a", "text": "甲局"}, {"document": "a", "text": "该局"}]}],
...     {"a": "甲局说。该局又说。"})
>>> rows = [{"iri": "i", "class": "ORG", "mentions": [
...     {"document": "a", "start": 0, "end": 2}, {"document": "a", "start": 4, "end": 6}]}]
>>> score_entities(gold, rows)["ORG"].pairs.f1
1.0
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

CLASSES = ("PERSON", "ORG", "FORUM", "REGULATION", "PLACE")

Row = dict[str, Any]
Place = tuple[str, int, int]  # document, start, end


class UnusableClustersError(ValueError):
    """Clusters that do not fit their documents; the message names cluster and mention."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a document at which a cluster is mentioned."""

    place: Place
    node_class: str
    cluster: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items are right, how many were predicted, and how many are gold."""

    right: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        """Right of predicted, 0 to 1; 1 where nothing was predicted."""
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        """Right of gold, 0 to 1; 1 where gold is empty."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.predicted + self.gold
        return 2 * self.right / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs over all mentions, pairs of gold mentions alone, and mentions, of a class.

    ``known`` leaves out pairs with a mention that no cluster has: it tells mistakes of
    joining from mistakes of finding.
    """

    pairs: Counts
    known: Counts
    mentions: Counts


def read_gold(folder: Path) -> dict[str, Row]:
    """The gold documents of a folder by id; files that hold no document are passed over."""
    found: dict[str, Row] = {}
    for path in sorted(folder.glob("*.yaml")):
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(row, dict) or "id" not in row:
            continue
        if "text_file" in row:
            row["text"] = (path.parent / row["text_file"]).read_text(encoding="utf-8")
        found[row["id"]] = row
    return found


def document_of(gold: Row) -> Row:
    """What is known about a gold document before it is read, as ``tanpu ingest`` takes it."""
    known = ("id", "title", "published", "source", "url", "text")
    return {key: str(gold[key]) for key in known if gold.get(key) is not None}


def complete_clusters(clusters: Sequence[Row], gold: Iterable[Row]) -> list[Row]:
    """The clusters, and one for each annotated name of a document that none of them has."""
    documents = {document["id"]: document for document in gold}
    listed = {
        (m["document"], _wording(m, documents[m["document"]]["text"]))
        for c in clusters
        for m in c["mentions"]
        if m["document"] in documents
    }
    added = []
    for document in documents.values():
        for part in ("entities", "optional"):
            for label, names in (document.get(part) or {}).items():
                for name in names or () if label in CLASSES else ():
                    mention = {"document": document["id"], "text": name}
                    if (document["id"], name) in listed:
                        continue
                    mention["optional"] = part == "optional"
                    canonical = f"{name} ({document['id']})"
                    added.append({"class": label, "canonical": canonical, "mentions": [mention]})
    return [*clusters, *added]


def read_mentions(clusters: Iterable[Row], texts: Mapping[str, str]) -> list[Mention]:
    """Every mention of every cluster at its place.

    Raises:
        UnusableClustersError: a mention does not occur in its document, or two overlap.
    """
    wanted = []
    for cluster in clusters:
        for mention in cluster["mentions"]:
            if mention["document"] not in texts:
                raise UnusableClustersError(
                    f"{cluster['canonical']!r}: expected a known document in {mention!r}"
                )
            wording = _wording(mention, texts[mention["document"]])
            if not wording:
                raise UnusableClustersError(
                    f"{cluster['canonical']!r}: expected text, or start before end, in {mention!r}"
                )
            wanted.append((mention, wording, cluster["class"].upper(), cluster["canonical"]))
    # Longer ones first: a short mention is not meant inside them. An explicit occurrence
    # goes before any other.
    wanted.sort(key=lambda w: (not _is_one_place(w[0]), -len(w[1])))
    taken: dict[str, list[Mention]] = defaultdict(list)
    for mention, text, node_class, cluster in wanted:
        document = mention["document"]
        starts = list(_occurrences(texts[document], text))
        if "start" in mention:
            starts = [mention["start"]]
        elif "nth" in mention:
            starts = starts[mention["nth"] - 1 : mention["nth"]]
        free = []
        for start in starts:
            place = (document, start, start + len(text))
            over = [other for other in taken[document] if _overlap(other.place, place)]
            if not over:
                free.append(place)
            elif _is_one_place(mention):
                raise UnusableClustersError(f"{cluster!r}: {mention!r} overlaps {over[0]!r}")
        if not starts:
            raise UnusableClustersError(f"{cluster!r}: expected an occurrence of {mention!r}")
        optional = bool(mention.get("optional"))
        taken[document] += [Mention(p, node_class, cluster, optional) for p in free]
    return [mention for mentions in taken.values() for mention in mentions]


def _wording(mention: Row, text: str) -> str:
    """What a mention covers; empty where its offsets cover nothing."""
    if "start" not in mention:
        return str(mention["text"])
    start, end = int(mention["start"]), int(mention["end"])
    return text[start:end] if 0 <= start < end <= len(text) else ""


def _is_one_place(mention: Row) -> bool:
    return "nth" in mention or "start" in mention


def score_entities(gold: Sequence[Mention], rows: Iterable[Row]) -> dict[str, Score]:
    """The score of each class of :data:`CLASSES`; rows are those of ``tanpu entities``."""
    found = list(rows)
    return {node_class: _score_class(node_class, gold, found) for node_class in CLASSES}


def _score_class(node_class: str, gold: Sequence[Mention], rows: Sequence[Row]) -> Score:
    clusters = _gold_clusters(node_class, gold)
    entities = _entities(node_class, gold, rows)
    right, made = _pairs(clusters.values()), _pairs(entities.values())
    places = {place for members in clusters.values() for place in members}
    named = {place for members in entities.values() for place in members}
    known = {(a, b) for a, b in made if a in places and b in places}
    return Score(
        pairs=Counts(len(right & made), len(made), len(right)),
        known=Counts(len(right & known), len(known), len(right)),
        mentions=Counts(len(places & named), len(named), len(places)),
    )


def _gold_clusters(node_class: str, gold: Sequence[Mention]) -> dict[str, set[Place]]:
    clusters: dict[str, set[Place]] = defaultdict(set)
    for mention in gold:
        if mention.node_class == node_class and not mention.optional:
            clusters[mention.cluster].add(mention.place)
    return clusters


def _entities(
    node_class: str, gold: Sequence[Mention], rows: Sequence[Row]
) -> dict[str, set[Place]]:
    """The places of each entity in the gold documents, without what is optional."""
    documents = {mention.place[0] for mention in gold}
    required = {mention.place for mention in gold if not mention.optional}
    optional: dict[str, list[Place]] = defaultdict(list)
    for mention in gold:
        if mention.optional:
            optional[mention.place[0]].append(mention.place)
    entities: dict[str, set[Place]] = {}
    for row in rows:
        if row["class"] != node_class:
            continue
        places = {(m["document"], m["start"], m["end"]) for m in row["mentions"]}
        entities[row["iri"]] = {
            place
            for place in places
            if place[0] in documents
            and (place in required or not any(_overlap(place, o) for o in optional[place[0]]))
        }
    return entities


def _pairs(groups: Iterable[set[Place]]) -> set[tuple[Place, Place]]:
    return {pair for members in groups for pair in combinations(sorted(members), 2)}


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _overlap(one: Place, other: Place) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def find_errors(
    node_class: str, gold: Sequence[Mention], rows: Sequence[Row], texts: Mapping[str, str]
) -> Iterator[str]:
    """A line for each mention missed or too much, each cluster parted, each entity mixed."""
    clusters = _gold_clusters(node_class, gold)
    entities = _entities(node_class, gold, rows)
    owners: dict[Place, list[str]] = defaultdict(list)
    for iri, members in entities.items():
        for place in members:
            owners[place].append(iri)
    homes = {place: name for name, members in clusters.items() for place in members}

    def shown(place: Place) -> str:
        document, start, end = place
        return f"{texts[document][start:end]}@{document}:{start}"

    for place in sorted(homes.keys() - owners.keys()):
        yield f"{node_class} missed {shown(place)} of {homes[place]}"
    for place in sorted(owners.keys() - homes.keys()):
        document, start, end = place
        around = texts[document][max(0, start - 8) : end + 8].replace("\n", " ")
        yield f"{node_class} spurious {shown(place)} in {around!r}"
    for name, members in sorted(clusters.items()):
        parts: dict[str, list[Place]] = defaultdict(list)
        for place in sorted(members):
            for iri in owners.get(place, ()):
                parts[iri].append(place)
        if len(parts) > 1:
            yield f"{node_class} parted {name}: " + " | ".join(
                f"{iri.rsplit('/', 1)[-1]} {_counted(texts, places)}"
                for iri, places in parts.items()
            )
    for iri, members in sorted(entities.items()):
        mixed: dict[str, list[Place]] = defaultdict(list)
        for place in sorted(members & homes.keys()):
            mixed[homes[place]].append(place)
        if len(mixed) > 1:
            yield f"{node_class} mixed {iri.rsplit('/', 1)[-1]}: " + " | ".join(
                f"{name} {_counted(texts, places)}" for name, places in mixed.items()
            )


def _counted(texts: Mapping[str, str], places: Sequence[Place]) -> str:
    counts = Counter(f"{texts[d][start:end]}@{d}" for d, start, end in places)
    return ", ".join(f"{name}×{n}" if n > 1 else name for name, n in counts.items())


def print_scores(scores: Mapping[str, Score]) -> None:
    """A table: precision, recall and F1 of pairs, of pairs of gold mentions, of mentions."""
    print(f"{'':<11}" + "".join(f"{part:^24}" for part in ("pairs", "known pairs", "mentions")))
    print(f"{'':<11}" + f"{'P':>8}{'R':>8}{'F1':>8}" * 3)
    for node_class, score in scores.items():
        cells = [
            f"{value:>8.3f}"
            for counts in (score.pairs, score.known, score.mentions)
            for value in (counts.precision, counts.recall, counts.f1)
        ]
        print(f"{node_class:<11}" + "".join(cells))


def ingest_documents(documents: Iterable[Row], folder: Path) -> list[Row]:
    """The rows of ``tanpu entities`` after ``tanpu ingest`` of the documents, in ``folder``.

    Raises:
        RuntimeError: a command failed; the message has what it printed.
    """
    from click.testing import CliRunner

    import cli

    lines = folder / "documents.jsonl"
    lines.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in documents), encoding="utf-8"
    )
    runner = CliRunner(env={"TANPU_STORE": str(folder / "store")})
    printed = ""
    for arguments in (["ingest", str(lines)], ["entities"]):
        result = runner.invoke(cli.main, arguments)
        if result.exit_code:
            raise RuntimeError(f"tanpu {arguments}: status {result.exit_code}: {result.output}")
        printed = result.stdout
    return [json.loads(line) for line in printed.splitlines()]


def main(arguments: Sequence[str]) -> int:
    """Print the scores, and with ``--errors`` what is behind them."""
    ask = argparse.ArgumentParser(prog="identity_scoring", description="Pairwise scores.")
    ask.add_argument("clusters", type=Path)
    ask.add_argument("documents", type=Path)
    ask.add_argument("--entities", type=Path)
    ask.add_argument("--errors", action="store_true")
    ask.add_argument("--optional", action="store_true", help="count optional mentions, too")
    ask.add_argument("--class", dest="node_class", choices=CLASSES)
    options = ask.parse_args(arguments)
    documents = read_gold(options.documents)
    texts = {name: row["text"] for name, row in documents.items()}
    clusters = yaml.safe_load(options.clusters.read_text("utf-8"))
    gold = read_mentions(complete_clusters(clusters, documents.values()), texts)
    if options.optional:
        gold = [replace(mention, optional=False) for mention in gold]
    if options.entities is None:
        with tempfile.TemporaryDirectory() as folder:
            rows = ingest_documents(map(document_of, documents.values()), Path(folder))
    else:
        rows = [json.loads(line) for line in options.entities.read_text("utf-8").splitlines()]
    print_scores(score_entities(gold, rows))
    if options.errors:
        for node_class in (options.node_class,) if options.node_class else CLASSES:
            print("\n".join(find_errors(node_class, gold, rows, texts)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
