"""``tanpu link``: links to other datasets, and people's decisions on links and identity.

Results go to standard output, messages to standard error. The store is read and a service asked
before the store is opened for writing, so that nobody waits for a service.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import click

from extract.console import json_line, say

if TYPE_CHECKING:
    from graph.decisions.file import DecisionFile
    from graph.decisions.review import ReviewItem
    from graph.linking.linker import Answered, Asking
    from graph.linking.links import LinkDecision, Source
    from graph.resolution.decisions import Decision, Reference, Verdict
    from graph.store import Store

LABELS = ("PERSON", "ORG", "FORUM", "REGULATION", "PLACE")
CACHE_DAYS = 30
_KEYS: Mapping[str, str] = {"s": "same", "d": "different", "u": "unsure"}
_KEY = click.Choice([*_KEYS, "k", "q"], case_sensitive=False)
_PROMPT = "[s]ame 相同, [d]ifferent 不同, [u]nsure 不定, [k] skip 跳过, [q]uit 结束"
_STANDING: Mapping[bool | None, str] = {
    True: "now one entity 现为同一实体",
    False: "now two entities 现为两个实体",
    None: "a proposed link 待定的链接",
}
_WHERE_PAIR = (
    "LEFT and RIGHT are references, KIND:NAME@DOCUMENT (person, org, forum, regulation, place; "
    "KIND:NAME@ for every document), or an entity's IRI and the IRI of a link's target."
)


class StoreSettings(Protocol):
    """What the command gives every verb."""

    @property
    def store(self) -> Path:
        """The folder of the store."""

    @property
    def base(self) -> str | None:
        """The base of all IRIs; None for the store's own."""

    @property
    def decisions(self) -> Path | None:
        """The file of decisions; None for the one beside the store."""


def decisions_path(settings: StoreSettings) -> Path:
    """The file of decisions: the one that was named, or that beside the store."""
    from graph.decisions.apply import decisions_beside

    return settings.decisions or decisions_beside(settings.store)


def _load(settings: StoreSettings) -> DecisionFile:
    from graph.decisions.apply import load_decisions

    return load_decisions(decisions_path(settings))


@click.group(invoke_without_command=True)
@click.option("--service", metavar="URL", help="A service of the Reconciliation API 0.1 or 0.2.")
@click.option("--authority", is_flag=True, help="Only the links of the project's own tables.")
@click.option(
    "--class",
    "labels",
    type=click.Choice(LABELS),
    multiple=True,
    help="Only entities of this class; may be given several times.  [default: all]",
)
@click.option("--limit", type=click.IntRange(min=1), help="Ask about so many entities at most.")
@click.option(
    "--type",
    "types",
    metavar="CLASS=TYPE",
    multiple=True,
    help="Ask for entities of a type of the service, like ORG=Q43229.",
)
@click.option(
    "--property",
    "properties",
    metavar="PID=HINT",
    multiple=True,
    help="Tell the service `place` or `code` as a property of its own, like P131=place.",
)
@click.option(
    "--accept",
    type=float,
    default=95.0,
    show_default=True,
    help="Score of a sure match.",
)
@click.option(
    "--review", "least", type=float, default=60.0, show_default=True, help="Score worth a look."
)
@click.option("--margin", type=float, default=5.0, show_default=True, help="Lead of a sure match.")
@click.option("--batch", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option(
    "--interval",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Seconds from one request to the next at least.",
)
@click.option("--timeout", type=click.FloatRange(min=0.1), default=30.0, show_default=True)
@click.option("--retries", type=click.IntRange(0, 20), default=4, show_default=True)
@click.option(
    "--identifier-template",
    metavar="IRI",
    help="IRI with {{id}}, for a service whose identifierSpace makes none.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of remembered answers.  [default: beside the store]",
)
@click.option("--cache-days", type=click.FloatRange(min=0), default=CACHE_DAYS, show_default=True)
@click.option("--dry-run", is_flag=True, help="Print the matches as JSON Lines; store nothing.")
@click.pass_context
def link(
    ctx: click.Context,
    service: str | None,
    authority: bool,
    labels: tuple[str, ...],
    limit: int | None,
    types: tuple[str, ...],
    properties: tuple[str, ...],
    accept: float,
    least: float,
    margin: float,
    batch: int,
    interval: float,
    timeout: float,
    retries: int,
    identifier_template: str | None,
    cache: Path | None,
    cache_days: float,
    dry_run: bool,
) -> None:
    """Link entities to other datasets, and decide what the rules cannot.

    With --service the names of all entities are asked of a reconciliation service, and its
    answers stored as links: accepted, or proposed for `tanpu link review`. An answer is
    remembered, so that a run that was broken off goes on where it stopped.
    """
    if ctx.invoked_subcommand is not None:
        if service is not None or authority:
            raise click.UsageError("expected --service, --authority or a command, got two.")
        return
    if (service is None) == (not authority):
        raise click.UsageError("expected --service, --authority or a command.")
    settings: StoreSettings = ctx.obj
    if service is None:
        _link_by_authority(settings, dry_run=dry_run)
        return
    from graph.linking.linker import Asking
    from graph.linking.policy import Thresholds

    asking = Asking(
        types=_pairs(types, "CLASS=TYPE"),
        properties=_pairs(properties, "PID=HINT"),
        batch_size=batch,
        thresholds=Thresholds(accept=accept, review=least, margin=margin),
    )
    _link_by_service(
        settings,
        service,
        asking,
        labels=frozenset(labels or LABELS),
        limit=limit,
        identifier_template=identifier_template,
        interval=interval,
        timeout=timeout,
        retries=retries,
        cache=cache or settings.store.with_name(f"{settings.store.name}.answers.sqlite"),
        max_age=timedelta(days=cache_days),
        dry_run=dry_run,
    )


def _link_by_service(
    settings: StoreSettings,
    url: str,
    asking: Asking,
    *,
    labels: frozenset[str],
    limit: int | None,
    identifier_template: str | None,
    interval: float,
    timeout: float,
    retries: int,
    cache: Path,
    max_age: timedelta,
    dry_run: bool,
) -> None:
    """Ask, judge, store. What was answered before a service failed is stored all the same."""
    from itertools import islice

    from graph.linking.cache import AnswerCache
    from graph.linking.client import Politeness, ReconciliationClient
    from graph.linking.errors import LinkingError
    from graph.linking.linker import find_matches, manifest_to_source
    from graph.linking.subjects import check_properties, check_types, read_subjects

    check_types(asking.types)
    check_properties(asking.properties)
    decisions = _load(settings)
    politeness = Politeness(timeout=timeout, interval=interval, retries=retries)
    client = ReconciliationClient(url, politeness)
    with _reading(settings) as store:
        base = store.base
        subjects = list(islice(read_subjects(store, labels=labels), limit))
    manifest = client.manifest(identifier_template=identifier_template)
    source = manifest_to_source(manifest, client, base)
    answered: list[Answered] = []
    failure: LinkingError | None = None
    with AnswerCache(cache, max_age=max_age) as answers:
        found = find_matches(
            subjects, client, manifest, answers, asking, today=_today(), now=time.time()
        )
        try:
            answered.extend(found)
        except LinkingError as error:
            failure = error
    if not dry_run:
        _store(settings, source, answered, decisions)
    _tell(source, subjects, answered, rows=dry_run)
    if failure is not None:
        raise failure


def _link_by_authority(settings: StoreSettings, *, dry_run: bool) -> None:
    from graph.linking.authority import GEONAMES, find_authority_matches, read_places

    with _reading(settings) as store:
        places = list(read_places(store))
    answered = list(find_authority_matches(places, today=_today()))
    if not dry_run:
        _store(settings, GEONAMES, answered, _load(settings))
    _tell(GEONAMES, places, answered, rows=dry_run)


def _store(
    settings: StoreSettings, source: Source, answered: Sequence[Answered], decisions: DecisionFile
) -> None:
    from graph.decisions.review import find_moved_entities
    from graph.identity import Minter
    from graph.linking.linker import store_matches

    with _writing(settings) as store:
        moved = find_moved_entities(store, decisions)
        asked = decisions.on_links(store.base, moved)
        store_matches(store, Minter(store.base), source, answered, decisions=asked, moved=moved)


def _tell(
    source: Source, subjects: Sequence[Any], answered: Sequence[Answered], *, rows: bool
) -> None:
    """What was found, as a row a match if that is asked for, and summed up."""
    matches = [(answer.subject, match) for answer in answered for match in answer.matches]
    for subject, match in matches if rows else ():
        row = {
            "entity": subject.iri,
            "class": subject.label,
            "name": subject.names[0],
            "target": match.target,
            "target_name": match.target_name,
            "match": match.judgement.kind,
            "status": match.judgement.status,
            "score": None if match.score is None else float(match.score),
            "reason": match.judgement.reason,
        }
        _write(json_line(row))
    accepted = sum(match.judgement.status == "accepted" for _, match in matches)
    remembered = sum(answer.remembered for answer in answered)
    say(
        f"{source.name}: {len(answered)} of {len(subjects)} entities ({remembered} from memory), "
        f"{accepted} matches accepted, {len(matches) - accepted} proposed"
    )


# --- decisions -----------------------------------------------------------------------------


def _deciding_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Who decides, and whether the store follows at once."""
    for add in (
        click.option(
            "--who",
            envvar="TANPU_WHO",
            show_envvar=True,
            metavar="NAME",
            help="Who decides.  [default: the user of this machine]",
        ),
        click.option(
            "--no-apply",
            is_flag=True,
            help="Only write the file, for `tanpu link apply`.",
        ),
    ):
        verb = add(verb)
    return verb


@link.command()
@_deciding_options
@click.option("--limit", type=click.IntRange(min=1), help="Show so many at most.")
@click.option(
    "--export",
    "export_to",
    type=click.File("wb", lazy=True, atomic=True),
    help="Write a table to fill in instead; - for standard output.",
)
@click.option(
    "--import",
    "import_from",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Read a table that was filled in.",
)
@click.pass_obj
def review(
    settings: StoreSettings,
    who: str | None,
    no_apply: bool,
    limit: int | None,
    export_to: IO[bytes] | None,
    import_from: str | None,
) -> None:
    """Decide about uncertain pairs and proposed links, one after the other or by a table.

    Both sides are shown with sentences that name them. Decisions are written when you stop,
    and then applied.
    """
    if export_to is not None and import_from is not None:
        raise click.UsageError("expected --export or --import, got both.")
    if import_from is not None:
        _import_table(settings, import_from, who=_decider(who), apply=not no_apply)
        return
    from itertools import islice

    from graph.decisions.review import items_to_csv, list_items
    from graph.identity import Minter

    decisions = _load(settings)
    with _reading(settings) as store:
        items = list(islice(list_items(store, Minter(store.base), decisions), limit))
    if not items and export_to is None:
        say("nothing waits for a decision 没有待定的内容")
        return
    if export_to is not None:
        stream = io.TextIOWrapper(export_to, encoding="utf-8", newline="")
        count = items_to_csv(items, stream)
        stream.flush()
        stream.detach()
        say(f"{count} to decide")
        return
    made = list(_ask_about(items, who=_decider(who)))
    _write_and_apply(settings, decisions, made, apply=not no_apply)


def _ask_about(items: Sequence[ReviewItem], *, who: str) -> Iterator[Decision | LinkDecision]:
    """Show each item and wait for a key; ends at ``q`` or the end of the input."""
    from graph.decisions.review import decide

    for number, item in enumerate(items, start=1):
        _show(item, place=f"{number}/{len(items)}")
        try:
            key = click.prompt(_PROMPT, type=_KEY, show_choices=False, default="k", err=True)
            why = click.prompt("why 理由", default="", err=True) if key in _KEYS else ""
        except click.Abort:  # what was decided so far counts
            return
        if key == "q":
            return
        if key in _KEYS:
            yield decide(item.pair, _verdict(_KEYS[key]), who=who, when=_now(), why=why.strip())


def _show(item: ReviewItem, *, place: str) -> None:
    """Both sides with the sentences that name them, and what the rules think, in two languages."""
    score = "" if item.score is None else f", {item.score:g}"
    click.echo(f"\n{place}  {item.about}{score}: {_STANDING[item.same]}", err=True)
    for reason in dict.fromkeys(item.reasons):
        click.echo(f"  {reason}", err=True)
    left, right = item.pair
    for side, about in ((item.left, left), (item.right, right)):
        told = about if isinstance(about, str) else about.document or ""
        click.echo(f"  {click.style(side.name, bold=True)}  ({told})", err=True)
        for document, sentence in side.evidence:
            marked = sentence.replace(side.name, click.style(side.name, bold=True))
            click.echo(f"    {document}: {marked}", err=True)


def _import_table(settings: StoreSettings, path: str, *, who: str, apply: bool) -> None:
    from graph.decisions.review import csv_to_decisions

    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{path}: byte {error.start}: expected a table in UTF-8"
        ) from error
    made = csv_to_decisions(io.StringIO(text, newline=""), where=path, who=who, when=_now())
    _write_and_apply(settings, _load(settings), made, apply=apply)


@link.command(epilog=_WHERE_PAIR)
@click.argument("left")
@click.argument("right")
@click.argument("verdict", type=click.Choice(["same", "different", "unsure"]))
@click.option("--why", default="", metavar="TEXT", help="The reason, in your words.")
@_deciding_options
@click.pass_obj
def decide(
    settings: StoreSettings,
    left: str,
    right: str,
    verdict: str,
    why: str,
    who: str | None,
    no_apply: bool,
) -> None:
    """Write one decision into the file and apply it."""
    from graph.decisions.review import decide as make_decision

    pair = _read_pair(settings, left, right)
    made = make_decision(pair, _verdict(verdict), who=_decider(who), when=_now(), why=why)
    _write_and_apply(settings, _load(settings), [made], apply=not no_apply)


@link.command(epilog=_WHERE_PAIR)
@click.argument("left")
@click.argument("right")
@click.option("--no-apply", is_flag=True, help="Only write the file.")
@click.pass_obj
def undo(settings: StoreSettings, left: str, right: str, no_apply: bool) -> None:
    """Take a decision back: what was before it is restored."""
    from graph.decisions.file import read_decisions, without_decision, write_decisions

    # One of several that contradict each other may be the one to take back.
    file = read_decisions(decisions_path(settings))
    written = write_decisions(without_decision(file, _read_pair(settings, left, right)))
    say(f"{written.path}: {_count(written)}")
    if not no_apply:
        _apply(settings, _load(settings))


@link.command()
@click.pass_obj
def apply(settings: StoreSettings) -> None:
    """Bring the store in line with the file of decisions."""
    _apply(settings, _load(settings))


@link.command()
@click.option(
    "--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@click.pass_obj
def stats(settings: StoreSettings, form: str) -> None:
    """Count the links by source, class, kind and status, and the decisions."""
    from graph.linking.statistics import count_links

    with _reading(settings) as store:
        counts = count_links(store)
    if form == "json":
        rows = [{**count.to_json()} for count in counts]
        _write(json_line({"links": rows, **_decision_counts(settings)}))
        return
    for count in counts:
        row = count.to_json()
        cells = f"{row['class']:10}  {row['match']:10}  {row['status']:8}  {row['count']:8}"
        _write(f"{cells}  {row['source']}\n")
    for name, number in _decision_counts(settings).items():
        _write(f"{name:32}  {number:8}\n")


def _decision_counts(settings: StoreSettings) -> dict[str, int]:
    file = _load(settings)
    return {"identity decisions": len(file.identities), "link decisions": len(file.links)}


def _write_and_apply(
    settings: StoreSettings,
    file: DecisionFile,
    made: Sequence[Decision | LinkDecision],
    *,
    apply: bool,
) -> None:
    """Write new decisions unless they contradict earlier ones, and let the store follow."""
    from graph.decisions.conflicts import refuse_conflicts
    from graph.decisions.file import with_decisions, write_decisions

    if not made:
        say("nothing was decided")
        return
    together = with_decisions(file, made)
    refuse_conflicts(together)
    written = write_decisions(together)
    say(f"{written.path}: {len(made)} decided, {_count(written)} in all")
    if apply:
        _apply(settings, written)


def _apply(settings: StoreSettings, decisions: DecisionFile) -> None:
    from graph.decisions.apply import apply_decisions
    from graph.identity import Minter

    with _writing(settings) as store:
        applied = apply_decisions(store, Minter(store.base), decisions, today=_today())
    say(f"{len(applied.documents)} documents and {applied.link_graphs} sets of links changed")


# --- small things --------------------------------------------------------------------------


@contextmanager
def _reading(settings: StoreSettings) -> Iterator[Store]:
    from graph.store import open_store

    with open_store(settings.store, mode="read", base=settings.base) as store:
        yield store


@contextmanager
def _writing(settings: StoreSettings) -> Iterator[Store]:
    """The store open for writing, and published at the end."""
    from graph.lookup import publish_with_index
    from graph.store import COMMAND_WAIT_SECONDS, open_store

    # A writer would make a store where there is none.
    with _reading(settings):
        pass
    with open_store(
        settings.store, mode="write", base=settings.base, wait_seconds=COMMAND_WAIT_SECONDS
    ) as store:
        yield store
        publish_with_index(store)


def _read_pair(
    settings: StoreSettings, left: str, right: str
) -> tuple[Reference, Reference] | tuple[str, str]:
    if left.startswith(("http://", "https://")):
        with _reading(settings) as store:
            root = f"{store.base}id/"
        if not left.startswith(root):
            raise click.UsageError(f"expected the IRI of an entity under {root}, got {left!r}.")
        return left.removeprefix(root), right
    return _read_reference(left), _read_reference(right)


def _read_reference(text: str) -> Reference:
    from graph.decisions.file import KINDS
    from graph.resolution.decisions import Reference

    word, _, rest = text.partition(":")
    name, at, document = rest.rpartition("@")
    kinds = {kind: kind for kind in KINDS}
    if word not in kinds or not at or not name:
        raise click.UsageError(f"expected a reference like person:NAME@DOCUMENT, got {text!r}.")
    return Reference(kinds[word], name, document or None)


def _verdict(word: str) -> Verdict:
    verdicts: Mapping[str, Verdict] = {
        "same": "same",
        "different": "different",
        "unsure": "unsure",
    }
    return verdicts[word]


def _pairs(given: Sequence[str], form: str) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise click.UsageError(f"expected {form}, got {text!r}.")
        pairs[name] = value
    return pairs


def _decider(who: str | None) -> str:
    import getpass

    try:
        return who or getpass.getuser()
    except (KeyError, OSError) as error:
        raise click.UsageError("expected --who: this machine knows no user's name.") from error


def _count(file: DecisionFile) -> str:
    count = len(file.identities) + len(file.links)
    return f"{count} decision{'s' * (count != 1)}"


def _today() -> str:
    return _now()[:10]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8"))
