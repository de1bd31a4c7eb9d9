"""What each component adds: the scores of the whole pipeline, and of pipelines without a part.

``python -m bench ablation`` scores every variant on three sets of annotated articles with the
scorer of the annotation guidelines and prints a Markdown table, then what the whole pipeline
misses and invents. Statements (``says``) are no part of that scorer. A component that is taken
out also takes what later ones build on it, and the confidences stay those that were fitted
with all of them: the table shows what breaks without a part, not what could be done without it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.util import load_model_from_config

from extract.document import SourceDocument
from extract.pipeline import COMPONENTS, extract_document, load_pipeline
from extract.readers import read_inputs
from extract.tagger import ModelName, NameModel, TaggerModel
from extract.tokenizer import TaggerTokenizer

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
# The chooser and the resolver of names: nothing comes out without them.
NEEDED = ("tanpu_entities", "tanpu_references")

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A pipeline with something changed.

    ``without`` names components that are left out; without ``weigh`` the finders' own scores
    choose among names; with ``large_alone`` the large model finds names without the small one.
    """

    name: str
    model: ModelName = "accurate"
    without: tuple[str, ...] = ()
    weigh: bool = True
    large_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldSet:
    """A folder of annotated articles, and the documents in it."""

    name: str
    folder: Path
    documents: tuple[SourceDocument, ...]


def name_finders() -> list[str]:
    """The rule finders: components before the chooser but for the tagger's own, in order."""
    names = [name for _, name in COMPONENTS]
    return [name for name in names[: names.index(NEEDED[0])] if name != "tanpu_names"]


def fact_readers() -> list[str]:
    """The components that read facts, in order."""
    names = [name for _, name in COMPONENTS]
    return [name for name in names[names.index(NEEDED[1]) + 1 :] if name != "tanpu_confidence"]


def make_variants() -> list[Variant]:
    """The whole first, then models, then the chooser, then each component."""
    finders = name_finders()
    # Dates are resolved, not only found, and aliases defined: facts need both.
    only_finding = tuple(f for f in finders if f not in ("tanpu_dates", "tanpu_aliases"))
    return [
        Variant(name="whole pipeline, accurate"),
        Variant(name="whole pipeline, fast", model="fast"),
        Variant(name="names of the large model alone", large_alone=True),
        Variant(name="rules without the tagger's names", without=("tanpu_names",), weigh=False),
        Variant(name="tagger without rules for names but dates, aliases", without=only_finding),
        Variant(name="tagger without any rule for names", without=tuple(finders)),
        Variant(name="finders' own scores, no calibration", weigh=False),
        *(Variant(name=f"without {plain(name)}", without=(name,)) for name in finders),
        *(Variant(name=f"without {plain(name)}", without=(name,)) for name in fact_readers()),
    ]


def plain(component: str) -> str:
    """The name of a component as prose has it.

    >>> plain("tanpu_posts")
    'posts'
    """
    return component.removeprefix("tanpu_")


def make_pipeline(variant: Variant) -> Language:
    """A pipeline of its own for a variant.

    Raises:
        ValueError: It is to be without a component that does not exist or cannot be left out.
    """
    possible = {name for _, name in COMPONENTS} - {*NEEDED}
    for name in variant.without:
        if name not in possible:
            raise ValueError(f"expected a component out of {sorted(possible)}, got {name!r}")
    config = load_pipeline(variant.model).config.copy()
    config["components"]["tanpu_entities"]["weigh"] = variant.weigh
    nlp = load_model_from_config(config, exclude=variant.without)
    if variant.large_alone:
        nlp.tokenizer = TaggerTokenizer(nlp.vocab, large_model_alone())
    return nlp


def large_model_alone() -> TaggerModel:
    """The accurate tagger with all weight on the names of its large model; words stay."""
    models = resources.files("extract") / "models"
    small, large = (NameModel(Path(str(models / name))) for name in ("fast", "accurate"))
    return TaggerModel(small, large, share=1.0)


def read_gold_set(name: str, folder: Path) -> GoldSet:
    """The documents of a folder of gold files.

    Raises:
        FileNotFoundError: There is no such folder.
        ValueError: A document was refused.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"expected a folder of annotated articles, got {str(folder)!r}")
    script = [sys.executable, str(ROOT / "tests" / "gold" / "to_jsonl.py"), str(folder)]
    done = subprocess.run(script, capture_output=True, check=True, encoding="utf-8")
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "documents.jsonl"
        path.write_text(done.stdout, encoding="utf-8")
        documents = []
        for source in read_inputs([str(path)]):
            if not isinstance(source, SourceDocument):
                raise ValueError(f"expected a document of {folder}, got {source!r}")
            documents.append(source)
    return GoldSet(name=name, folder=folder, documents=tuple(documents))


def score(gold: GoldSet, nlp: Language, scorer: Path) -> Report:
    """The scorer's report on what a pipeline finds."""
    with tempfile.TemporaryDirectory() as work:
        found = Path(work) / "found.jsonl"
        rows = (extract_document(source, nlp).to_json() for source in gold.documents)
        found.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        command = [sys.executable, str(scorer), str(gold.folder), str(found), "--json"]
        done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    report: Report = json.loads(done.stdout)
    if report["missing"]:
        raise ValueError(
            f"expected all documents of {gold.folder}, got none of {report['missing']!r}"
        )
    return report


def run(shared: Path, *, smoke: bool) -> None:
    """Score and print line by line; the smoke pass has two variants on the shared articles.

    Raises:
        FileNotFoundError: ``shared`` has no annotated articles.
    """
    sets = [read_gold_set("dev", shared / "gold" / "dev")]
    variants = make_variants()
    if smoke:
        variants = variants[:2]
    else:
        folder = ROOT / "tests" / "gold"
        sets += [read_gold_set("samples", folder), read_gold_set("unseen", folder / "unseen")]
    scorer = shared / "gold" / "score.py"
    print(table_head([gold.name for gold in sets]), flush=True)
    whole: list[Report] = []
    for variant in variants:
        nlp = make_pipeline(variant)
        reports = [score(gold, nlp, scorer) for gold in sets]
        whole = whole or reports
        print(table_row(variant.name, reports), flush=True)
    print(f"\nLeft on {sets[-1].name}:\n\n{errors_table(whole[-1])}")


def table_head(sets: Sequence[str]) -> str:
    """The first two lines of the table: entities and facts of each set."""
    columns = "".join(f" {name}: entities | facts |" for name in sets)
    return f"| pipeline |{columns}\n|---|{'---:|' * (2 * len(sets))}"


def table_row(name: str, reports: Iterable[Report]) -> str:
    """Strict F1 of entities and F1 of facts of each set."""
    scores = "".join(
        f" {report[part]['micro']['f1']:.3f} |"
        for report in reports
        for part in ("entities_strict", "facts")
    )
    return f"| {name} |{scores}"


def errors_table(report: Report) -> str:
    """What is missed and what is invented, by kind, the commonest first."""
    counts = [
        (kind, row["gold"] - row["tp"], row["predicted"] - row["tp"], row["gold"])
        for part in ("entities_strict", "facts")
        for kind, row in report[part].items()
        if kind != "micro"
    ]
    counts.sort(key=lambda row: (-row[1] - row[2], row[0]))
    lines = ["| kind | missed | spurious | annotated |", "|---|---:|---:|---:|"]
    lines += [
        f"| {kind} | {missed} | {spurious} | {gold} |" for kind, missed, spurious, gold in counts
    ]
    return "\n".join(lines)
