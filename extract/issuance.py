"""Facts of the type ``issues``: who adopted or issued a regulation, and when.

Adds to ``doc._.facts``.

Examples: 2022年3月25日，市政府印发《某某方案》 → 市政府, 2022-03-25;
某市某届人大常委会第二十九次会议表决通过《某某条例》 → the standing committee.
The day of taking effect (起施行) is not the day of issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from extract.dates import DateMention
from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, HeldOn, Issues, Span
from extract.gazetteer import split_place_prefix
from extract.references import References
from extract.words import Words

_VERB = re.compile(
    r"印发|发布|出台|公布|颁布|下发|通过|审议通过|表决通过|审议|制定|制订|研究制定|推出"
    r"|签署|签订|达成|修订|联合发布|批准|批复同意|印发实施|公开征求意见|获批|落地|出炉"
    r"|面世|问世|正式实施"
)
# 会上, 开幕式上: what is issued there is issued on that day.
_AT_EVENT = re.compile(
    r"(?:会议?|开幕式|论坛|大会|峰会|年会)上[^。；]{0,24}?(?:发布|公布|印发|通过|签署)"
)
# Confidence of an issuer whose regulation is cited without a verb of issue.
_CITED_ONLY = 0.65
_EFFECT = re.compile(r"\s*(?:起|正式|开始|之日起)*(?:施行|实施|生效|执行|起)")
_CITED = re.compile(
    r"(?:落实|贯彻|依据|根据|按照|依照|对照|执行|遵循|遵照|违反|围绕|参照|结合"
    r"|《[^《》]*》(?:和|及|与|、))[^《》，。；]{0,12}《?\Z"
)


def find_issuances(
    words: Words, references: References, dates: Sequence[DateMention]
) -> list[Issues]:
    """One fact for each issuer of each regulation whose issue the text tells."""
    text = words.text
    found: list[Issues] = []
    for sentence in words.layout.sentences:
        regulations = references.within(sentence, "REGULATION")
        if not regulations:
            continue
        for group in _groups(text, regulations):
            found += _read_group(words, sentence, group, references, dates)
    unique: dict[tuple[str, str, str | None], Issues] = {}
    for fact in found:
        known = [k for k in unique if k[:2] == (fact.org.name, fact.regulation.name)]
        if known and (fact.date is None or known[0][2] is not None):
            continue
        for k in known:
            del unique[k]
        unique[(fact.org.name, fact.regulation.name, fact.date)] = fact
    return list(unique.values())


def _groups(text: str, regulations: list[Argument]) -> list[list[Argument]]:
    """Regulations of a sentence that are listed together: 《甲》《乙》、《丙》."""
    groups: list[list[Argument]] = []
    for regulation in regulations:
        assert regulation.span is not None
        if groups:
            last = groups[-1][-1].span
            assert last is not None
            gap = text[last.end : regulation.span.start]
            if re.fullmatch(r"》?(?:[（(][^（）()]*[)）])?[、和及与以及\s等]*《?", gap):
                groups[-1].append(regulation)
                continue
        groups.append([regulation])
    return groups


def _read_group(
    words: Words,
    sentence: Span,
    group: list[Argument],
    references: References,
    dates: Sequence[DateMention],
) -> list[Issues]:
    text = words.text
    first, last = group[0].span, group[-1].span
    assert first is not None
    assert last is not None
    issuers, verb = _issuers(words, sentence, group, references)
    if not issuers:
        return []
    days = _dates(words, sentence, group, dates, verb)
    facts = []
    for position, regulation in enumerate(group):
        assert regulation.span is not None
        own = issuers
        if len(issuers) == len(group) and len(group) > 1 and _distributed(text, sentence, verb):
            own = [issuers[position]]
        place = _own_authority(regulation, references)
        owned = verb is None and position > 0
        if place is not None and len(group) > 1 and (owned or all(i.label == "PLACE" for i in own)):
            own = [place]
        day = days[position] if len(days) == len(group) else (days[0] if days else None)
        facts += [
            Issues(
                org=issuer,
                regulation=regulation,
                date=day,
                evidence=sentence,
                confidence=0.85 if verb is not None else _CITED_ONLY,
            )
            for issuer in own
        ]
    return facts


def _distributed(text: str, sentence: Span, verb: Span | None) -> bool:
    return re.search(r"分别|先后|各自", sentence.of(text)) is not None


def _issuers(
    words: Words, sentence: Span, group: list[Argument], references: References
) -> tuple[list[Argument], Span | None]:
    """The issuing bodies of a group of regulations and the verb that says so."""
    text = words.text
    first, last = group[0].span, group[-1].span
    assert first is not None
    assert last is not None
    actors = [a for a in references.within(sentence, "ORG", "PLACE", "FORUM") if a.span is not None]
    before = text[sentence.start : first.start]
    # 某某局《某某办法》, 某某局印发的《某某办法》: the owner stands right before.
    owner = [
        a
        for a in actors
        if a.span
        and a.span.end <= first.start
        and re.fullmatch(r"的?《?“?", text[a.span.end : first.start])
    ]
    passive = _passive_verb(text, sentence, last)
    by_agent = passive is not None and any(
        a.span and last.end <= a.span.start < passive.start and _is_agent(text, last.end, a)
        for a in actors
    )
    verb = passive if by_agent else _active_verb(text, sentence, first) or passive
    if owner and owner[-1].label == "ORG":
        return _joint(text, actors, owner[-1]), verb
    if verb is None:
        return [], None
    if verb.start < first.start:
        subject = [a for a in actors if a.span and a.span.end <= verb.start]
        chosen = _subject(words, sentence, subject, verb.start)
    else:
        agent = [
            a
            for a in actors
            if a.span and last.end <= a.span.start < verb.start and _is_agent(text, last.end, a)
        ]
        chosen = agent[-1] if agent else None
        if chosen is None:
            named = re.compile(
                r"(?:印发|发布|出台|制定)(?:单位|机关|部门)(?:分别)?(?:是|为)"
            ).search(text, last.end, sentence.end)
            if named is not None:
                listed = [a for a in actors if a.span and a.span.start >= named.end()]
                if listed:
                    return listed, verb
        if chosen is None:
            subject = [a for a in actors if a.span and a.span.end <= first.start]
            chosen = _subject(words, sentence, subject, first.start)
            if (
                chosen is not None
                and chosen.label == "PLACE"
                and _own_authority(group[0], references)
            ):
                chosen = None
    if chosen is not None and chosen.label == "FORUM":
        chosen = _committee_of(chosen)
    if chosen is None:
        authority = _own_authority(group[0], references)
        if authority is None and not re.search(r"《", before):
            authority = _earlier_subject(words, sentence, references)
        return ([authority] if authority is not None else []), verb
    return _joint(text, actors, chosen), verb


def _committee_of(forum: Argument) -> Argument | None:
    """The standing committee whose numbered session adopts: …人大常委会|第二十九次会议."""
    match = re.match(
        r"(.*?(?:常委会|常务委员会|人民代表大会|人大|政协))第?[\d一二三四五六七八九十百]+次",
        forum.name,
    )
    if match is None:
        match = re.match(
            r"(.*?政府)(?:第?[\d一二三四五六七八九十百]+次)?(?:党组)?常务会议", forum.name
        )
    if match is None or forum.span is None:
        return None
    name = match[1]
    plain = re.sub(r"第?[一二三四五六七八九十\d]+届", "", name)
    return Argument(
        label="ORG",
        text=forum.text[: len(name)],
        name=plain,
        span=Span(forum.span.start, forum.span.start + len(name)),
        aliases=(forum.name,),
    )


def _active_verb(text: str, sentence: Span, first: Span) -> Span | None:
    """A verb of issue before the regulation with nothing but an adverbial between."""
    last = None
    for match in _VERB.finditer(text, sentence.start, first.start):
        last = match
    if last is None:
        return None
    between = text[last.end() : first.start]
    if re.search(r"[。；]", between) or _CITED.search(text[sentence.start : first.start]):
        return None
    if len(between) > 16 and "《" not in between:
        return None
    if re.search(r"(?:将|拟|计划|力争|准备)[^，。；]{0,4}\Z", text[sentence.start : last.start()]):
        return None  # what is still to come has not been issued
    return Span(*last.span())


def _passive_verb(text: str, sentence: Span, last: Span) -> Span | None:
    """A verb of issue after the regulation: 《某某条例》经…表决通过, …先后出台."""
    for match in _VERB.finditer(text, last.end, sentence.end):
        between = re.sub(r"（[^（）]*）", "", text[last.end : match.start()])
        if "《" in between or "；" in between:
            return None
        if re.match(r"(?:了|的)?《", text[match.end() : match.end() + 2]):
            return None
        if _EFFECT.match(text, match.end()) and match.group() == "正式实施":
            return None
        return Span(*match.span())
    return None


def _is_agent(text: str, start: int, argument: Argument) -> bool:
    assert argument.span is not None
    return (
        re.search(r"(?:由|经|获|为)[^，。；]{0,12}\Z", text[start : argument.span.start])
        is not None
    )


def _subject(words: Words, sentence: Span, actors: list[Argument], limit: int) -> Argument | None:
    """The last institution before the verb, or the place that opens the sentence."""
    text = words.text
    for actor in reversed(actors):
        assert actor.span is not None
        between = text[actor.span.end : limit]
        if re.search(r"[。；]", between) or re.search(r"《", between):
            continue
        if actor.label == "FORUM" and re.search(r"\A(?:上|会上)?[^，。；]{0,8}\Z", between):
            return actor
        if actor.label == "ORG":
            if re.match(r"(?:网站|官网|公众号|办公室)", between):
                return actor
            return actor
        if actor.label == "PLACE" and not re.search(r"在\Z", text[: actor.span.start][-1:]):
            if re.match(r"(?:会展|会议|举|召|开幕)", between):
                continue
            return actor
    return None


def _joint(text: str, actors: list[Argument], last: Argument) -> list[Argument]:
    """The list of institutions that ends with ``last``: 甲省与乙局联合印发."""
    chain = [last]
    ordered = [a for a in actors if a.span and last.span and a.span.end <= last.span.start]
    for actor in reversed(ordered):
        assert actor.span is not None
        assert chain[0].span is not None
        gap = text[actor.span.end : chain[0].span.start]
        if re.fullmatch(r"(?:、|和|与|及|以及|会同|联合|等|\s)+", gap) and actor.label in (
            "ORG",
            "PLACE",
        ):
            chain.insert(0, actor)
        else:
            break
    return chain


def _own_authority(regulation: Argument, references: References) -> Argument | None:
    """The place whose authority a regulation names in its title: 某市某区碳达峰实施方案."""
    division, rest = split_place_prefix(regulation.name, within=references.home)
    if division is None or not rest:
        return None
    aliases = tuple(
        n
        for n in (division.short, f"{division.name}人民政府", f"{division.name}政府")
        if n != division.name
    )
    return Argument(label="PLACE", text=division.name, name=division.name, aliases=aliases)


def _earlier_subject(words: Words, sentence: Span, references: References) -> Argument | None:
    """The place or institution that the paragraph spoke of before."""
    paragraph = words.layout.paragraph_at(sentence.start)
    before = references.within(Span(paragraph.start, sentence.start), "PLACE", "ORG")
    if before:
        return before[0]
    if references.home is not None:
        home = references.home
        aliases = (home.short,) if home.short != home.name else ()
        return Argument(label="PLACE", text=home.name, name=home.name, aliases=aliases)
    return None


def _dates(
    words: Words,
    sentence: Span,
    group: list[Argument],
    dates: Sequence[DateMention],
    verb: Span | None,
) -> list[str]:
    """ISO days of issue: as many as regulations when they are dealt out, else one or none."""
    text = words.text
    first, last = group[0].span, group[-1].span
    assert first is not None
    assert last is not None
    limit = max(verb.end if verb else first.start, last.end)
    usable = [
        d
        for d in dates
        if sentence.start <= d.span.start
        and d.span.end <= limit
        and d.value is not None
        and "/" not in d.value
        and d.precision in ("day", "month", "year")
        and not _EFFECT.match(text, d.span.end)
        and not (first.start <= d.span.start < last.end and _inside(group, d.span))
        and not re.match(r"(?:底|末)?前|以前", text[d.span.end : d.span.end + 2])
    ]
    if verb is None or not usable:
        return []
    listed = [usable[0]]
    for d in usable[1:]:
        gap = text[listed[-1].span.end : d.span.start]
        if re.fullmatch(r"[、和及，]", gap):
            listed.append(d)
        else:
            listed = [d]
    if len(listed) == len(group) and len(group) > 1:
        return [d.value for d in listed if d.value]
    near = min(usable, key=lambda d: (abs(d.span.start - verb.start), d.span.start))
    if near.precision == "year" and re.match(r"(?:底|来|以来|起)", text[near.span.end :][:2]):
        return []
    return [near.value] if near.value and len(near.value) >= 4 else []


def _inside(group: list[Argument], span: Span) -> bool:
    return any(a.span and a.span.start <= span.start < a.span.end for a in group)


def date_by_event(
    discourse: Discourse, facts: Sequence[Issues], held: Sequence[HeldOn]
) -> list[Issues]:
    """The facts, with the first day of the event at which a regulation was issued.

    会上发布《某某导则》 says no day of its own: it is the day of the event.
    """
    days = {fact.event.name: fact.start_date for fact in held}
    dated = []
    for fact in facts:
        sentence = discourse.words.layout.sentence_at(fact.evidence.start)
        said = _AT_EVENT.search(discourse.words.text, sentence.start, sentence.end)
        if fact.date is None and said is not None and fact.confidence > _CITED_ONLY:
            event = discourse.event_at(sentence, said.end())
            if event is not None and event.name in days:
                fact = replace(fact, date=days[event.name])
        dated.append(fact)
    return dated


@Language.factory(
    "tanpu_issuance",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.dates"],
)
def create_issuance(nlp: Language, name: str) -> IssuanceReader:
    """The component by its registered name."""
    return IssuanceReader()


class IssuanceReader:
    """Adds the facts of regulations issued."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        facts = find_issuances(words, doc._.references, doc._.dates)
        held = [fact for fact in doc._.facts if isinstance(fact, HeldOn)]
        dated = date_by_event(Discourse(words, doc._.references), facts, held)
        doc._.facts = (*doc._.facts, *dated)
        return doc
