"""The sample corpus and its annotation keep their promises."""

from __future__ import annotations

import importlib.util
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from extract.document import SourceDocument
from extract.facts import ENTITY_LABELS, FACT_TYPES
from extract.readers import LIMITS, read_inputs

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
GOLD = ROOT / "tests" / "gold"
GOLD_IDS = [path.stem for path in sorted(GOLD.glob("*.yaml"))]

# Places of the articles, by a word that the text must have.
CITIES = (
    "重庆", "贵阳", "张家口", "昆明", "厦门", "西安", "武汉", "杭州", "沈阳", "海口", "鄂尔多斯",
    "深圳", "苏州", "合肥", "香港",
)  # fmt: skip

KEY_ROLES = {
    "holds_post": ("person", "post", "org"),
    "takes_part": ("person", "event"),
    "organizes": ("org", "event", "role"),
    "part_of": ("event", "whole"),
    "held_on": ("event", "start_date", "end_date"),
    "held_at": ("event", "place"),
    "theme": ("event", "text"),
    "issues": ("org", "regulation"),
    "measures": ("subject", "indicator", "value"),
    "alias": ("name", "alias"),
}
NAME_ROLES = {
    "person", "post", "org", "event", "whole", "place", "regulation", "subject", "name", "alias",
}  # fmt: skip
VOCABULARY = {
    ("holds_post", "status"): {"current", "former"},
    ("takes_part", "role"): {"attends", "addresses", "keynotes", "discusses", "moderates"},
    ("takes_part", "mode"): {"in_person", "video", "written"},
    ("organizes", "role"): {"guides", "hosts", "undertakes", "co_organizes", "supports"},
    ("measures", "qualifier"): {
        "exact", "over", "under", "about", "cumulative", "annual_mean", "increase", "decrease",
        "target",
    },
}  # fmt: skip
ATTRIBUTES = {
    "holds_post": {"status"},
    "takes_part": {"role", "mode"},
    "issues": {"date"},
    "measures": {"unit", "period", "qualifier"},
}
ISO = r"\d{4}(-\d{2}){0,2}"


@cache
def read_samples() -> dict[str, SourceDocument]:
    found = list(read_inputs([str(SAMPLES)], limits=LIMITS, stdin=None))
    assert all(isinstance(item, SourceDocument) for item in found), found
    return {item.id: item for item in found if isinstance(item, SourceDocument)}


@cache
def read_gold() -> dict[str, dict[str, Any]]:
    docs = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(GOLD.glob("*.yaml"))]
    return {doc["id"]: doc for doc in docs}


@pytest.fixture(scope="module")
def scorer(shared_path: Callable[[str], Path]) -> ModuleType:
    """The scorer beside the repository."""
    spec = importlib.util.spec_from_file_location("score", shared_path("gold/score.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def dev_gold(scorer: ModuleType, shared_path: Callable[[str], Path]) -> list[dict[str, Any]]:
    """The shared gold documents of real articles, the seed among them."""
    return list(scorer.load_gold(shared_path("gold/dev")))


def options(value: object) -> list[str]:
    return [str(v) for v in (value if isinstance(value, list) else [value]) if v is not None]


def annotated_strings(doc: dict[str, Any]) -> dict[str, str]:
    """Each annotated string of a gold document with its label."""
    return {
        text: label
        for part in ("entities", "optional")
        for label, texts in (doc.get(part) or {}).items()
        for text in texts
    }


# --- the corpus --------------------------------------------------------------------------


def test_corpus_has_articles_of_many_places_years_and_formats() -> None:
    samples = read_samples()
    texts = [doc.text for doc in samples.values()]
    assert len(samples) >= 20
    assert [city for city in CITIES if not any(city in text for text in texts)] == []
    years = {gold["published"].year for gold in read_gold().values()}
    assert years == set(range(2019, 2026))
    suffixes = {path.suffix for path in SAMPLES.iterdir()}
    assert {".md", ".txt", ".html", ".jsonl"} <= suffixes


@pytest.mark.parametrize("id", GOLD_IDS)
def test_article_has_the_length_of_the_genre(id: str) -> None:
    assert 350 <= len(read_samples()[id].text) <= 900


@pytest.mark.parametrize("id", GOLD_IDS)
def test_article_says_where_and_when_it_appeared(id: str) -> None:
    document = read_samples()[id]
    if Path(document.origin.split(":")[0]).suffix == ".txt":
        assert re.search(r"20\d\d年\d+月\d+日", document.text), "a plain text dates itself"
        return
    assert document.url is not None
    assert document.url.startswith("https://example.org/")
    assert document.source
    assert document.title == read_gold()[id]["title"]
    assert document.published == read_gold()[id]["published"].isoformat()


def test_corpus_has_the_marks_of_real_articles() -> None:
    texts = {id: doc.text for id, doc in read_samples().items()}
    assert any(text.startswith("　　") or "\n　　" in text for text in texts.values())
    assert any(re.search(r"[\u4e00-\u9fff],[\u4e00-\u9fff]", text) for text in texts.values())
    assert any(re.search(r"[\u4e00-\u9fff]\n[\u4e00-\u9fff]", text) for text in texts.values())
    assert any("論壇" in text for text in texts.values())
    assert any(re.search(r"记者 \S+ 摄", text) for text in texts.values())
    assert not any("版权所有" in text or "首页" in text for text in texts.values())


def test_every_sample_is_annotated_and_every_gold_file_has_its_sample() -> None:
    assert set(read_gold()) == set(read_samples()) == set(GOLD_IDS)


# --- the annotation ----------------------------------------------------------------------


@pytest.mark.parametrize("id", GOLD_IDS)
def test_gold_text_is_what_the_reader_yields(id: str) -> None:
    assert read_gold()[id]["text"] == read_samples()[id].text


@pytest.mark.parametrize("id", GOLD_IDS)
def test_annotated_strings_stand_in_the_text_under_one_label(id: str) -> None:
    doc = read_gold()[id]
    listed = [
        (text, label)
        for part in ("entities", "optional")
        for label, texts in (doc.get(part) or {}).items()
        for text in texts
    ]
    assert {label for _, label in listed} <= set(ENTITY_LABELS)
    assert [text for text, _ in listed if text not in doc["text"]] == []
    assert len(listed) == len({text for text, _ in listed}), "a string is listed twice"


@pytest.mark.parametrize("id", GOLD_IDS)
def test_variants_are_parts_of_annotated_strings(id: str) -> None:
    doc = read_gold()[id]
    for whole, parts in (doc.get("variants") or {}).items():
        assert whole in annotated_strings(doc)
        assert [part for part in parts if part not in whole] == []


@pytest.mark.parametrize("id", GOLD_IDS)
def test_every_annotated_string_has_a_span_of_its_own(id: str, scorer: ModuleType) -> None:
    doc = read_gold()[id]
    spans = scorer.spans(doc["text"], doc["entities"], doc.get("optional") or {})
    for (_, end, *_), (start, *_) in itertools.pairwise(spans):
        assert end <= start
    found = {doc["text"][start:end] for start, end, *_ in spans}
    assert set(annotated_strings(doc)) - found == set()


def test_gold_files_load_with_the_shared_scorer(scorer: ModuleType) -> None:
    loaded = list(scorer.load_gold(GOLD))
    assert [doc["id"] for doc in loaded] == GOLD_IDS
    assert all(doc["spans"] for doc in loaded)


@pytest.mark.parametrize("id", GOLD_IDS)
def test_facts_have_their_roles_and_words_of_the_vocabulary(id: str) -> None:
    for fact in read_gold()[id]["facts"]:
        kind = fact["type"]
        allowed = {"type", "optional", *KEY_ROLES[kind], *ATTRIBUTES.get(kind, ())}
        assert set(KEY_ROLES[kind]) <= set(fact) <= allowed, fact
        for name in set(fact) & {attribute for k, attribute in VOCABULARY if k == kind}:
            assert set(options(fact[name])) <= VOCABULARY[kind, name], fact


@pytest.mark.parametrize("id", GOLD_IDS)
def test_each_role_of_a_fact_accepts_a_wording_of_the_text(id: str) -> None:
    doc = read_gold()[id]
    for fact in doc["facts"]:
        for role in NAME_ROLES & set(fact):
            assert any(name in doc["text"] for name in options(fact[role])), (role, fact)


@pytest.mark.parametrize("id", GOLD_IDS)
def test_dates_and_periods_are_iso_and_in_order(id: str) -> None:
    for fact in read_gold()[id]["facts"]:
        for name in {"start_date", "end_date"} & set(fact):
            assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for day in options(fact[name]))
        if fact["type"] == "held_on":
            assert options(fact["start_date"])[0] <= options(fact["end_date"])[0]
        for value in options(fact.get("date")):
            assert re.fullmatch(ISO, value), fact
        for value in options(fact.get("period")):
            assert re.fullmatch(rf"{ISO}(/{ISO})?|\d{{4}}[HQ]\d", value), fact
            start, _, end = value.partition("/")
            assert not end or start <= end


def test_every_person_holds_a_post_or_takes_part() -> None:
    idle = {
        (doc["id"], person)
        for doc in read_gold().values()
        for person in doc["entities"].get("PERSON", ())
        if not any(person in options(fact.get("person")) for fact in doc["facts"])
    }
    assert idle == set()


# What was said, relations and dates of regulations and ranks are annotated under keys of their
# own and measured apart: tests/test_quotations_gold.py, tests/test_legislation_gold.py.
@pytest.mark.parametrize("kind", sorted(FACT_TYPES.keys() - {"says", "relates", "dated", "ranks"}))
def test_every_kind_of_fact_is_there_often_enough_to_be_measured(kind: str) -> None:
    facts = [f for doc in read_gold().values() for f in doc["facts"] if not f.get("optional")]
    assert sum(fact["type"] == kind for fact in facts) >= 8


@pytest.mark.parametrize("pair", sorted(VOCABULARY))
def test_every_word_of_the_vocabulary_occurs(pair: tuple[str, str]) -> None:
    kind, name = pair
    used = {
        word
        for doc in read_gold().values()
        for fact in doc["facts"]
        if fact["type"] == kind
        for word in options(fact.get(name))
    }
    assert used == VOCABULARY[pair] - {"exact"}  # a missing qualifier means exact


# --- identity ----------------------------------------------------------------------------


@cache
def read_clusters() -> list[dict[str, Any]]:
    clusters: list[dict[str, Any]] = yaml.safe_load((GOLD / "identity.yml").read_text("utf-8"))
    return clusters


def test_identity_mentions_are_annotated_strings_of_their_documents_or_refer_to_one() -> None:
    labels = {
        "person": "PERSON",
        "org": "ORG",
        "forum": "FORUM",
        "regulation": "REGULATION",
        "place": "PLACE",
    }
    for cluster in read_clusters():
        for mention in cluster["mentions"]:
            strings = annotated_strings(read_gold()[mention["document"]])
            refers = mention.get("optional") or mention["text"][0] in "该本"
            expected = {labels[cluster["class"]], None if refers else labels[cluster["class"]]}
            assert strings.get(mention["text"]) in expected, mention


def test_a_wording_of_a_document_belongs_to_one_thing() -> None:
    owners = defaultdict(set)
    for cluster in read_clusters():
        for mention in cluster["mentions"]:
            owners[cluster["class"], mention["document"], mention["text"]].add(cluster["canonical"])
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_things_recur_under_several_wordings_and_short_names_mean_several_things() -> None:
    clusters = read_clusters()
    documents = [len({m["document"] for m in c["mentions"]}) for c in clusters]
    wordings = [len({m["text"] for m in c["mentions"]}) for c in clusters]
    assert sum(n >= 2 for n in documents) >= 40
    assert sum(n >= 2 for n in wordings) >= 40
    canonical = {(c["class"], c["canonical"]) for c in clusters}
    assert len(canonical) == len(clusters)
    meanings = {c["canonical"] for c in clusters for m in c["mentions"] if m["text"] == "市发改委"}
    assert len(meanings) >= 5


def test_a_person_changes_post_between_two_articles() -> None:
    posts = defaultdict(set)
    for doc in read_gold().values():
        for fact in doc["facts"]:
            if fact["type"] == "holds_post" and fact["person"] == "韩砚秋":
                posts[options(fact["post"])[0]].add(options(fact["status"])[0])
    assert posts["副市长"] == {"current", "former"}
    assert posts["厅长"] == {"current"}


# --- our own words -----------------------------------------------------------------------


def runs(text: str, length: int = 20) -> set[str]:
    dense = re.sub(r"\s", "", text)
    return {dense[i : i + length] for i in range(len(dense) - length + 1)}


def test_runs_ignore_white_space() -> None:
    assert runs("甲乙 丙\n丁", 3) == {"甲乙丙", "乙丙丁"}


def test_no_run_of_twenty_characters_is_taken_from_seed_or_dev_texts(
    dev_gold: list[dict[str, Any]],
) -> None:
    others = set().union(*(runs(doc["text"]) for doc in dev_gold))
    taken = {id: runs(doc.text) & others for id, doc in read_samples().items()}
    assert {id: found for id, found in taken.items() if found} == {}


def test_no_person_or_forum_of_the_dev_texts_returns(dev_gold: list[dict[str, Any]]) -> None:
    names = {
        name
        for doc in dev_gold
        for label in ("PERSON", "FORUM")
        for name in doc["entities"].get(label, ())
    }
    assert {n for n in names for doc in read_samples().values() if n in doc.text} == set()
