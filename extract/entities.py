"""The flat view of all mentions: overlaps settled, tokens aligned.

Sets ``doc.ents`` and ``doc.spans["outer"]`` from ``doc._.candidates``, and
``doc.spans["inner"]`` from the tagger. Every proposal of rules and tagger is given its
calibrated confidence; the most likely set without overlaps is taken. Words of the tokenizer
that a name begins or ends in are split, so that each entity is a run of whole tokens and its
offsets stay those of the text.

Examples: ⟦某市生态环境局⟧ wins over ⟦某市⟧ inside it; ⟦12月12日⟧ stays outside ⟦2022某某论坛⟧.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from spacy.tokens import Span as TokenSpan

from extract.candidates import Candidate, Coverage, choose
from extract.companies import company_names, places_in_short
from extract.confidence import (
    TAGGER,
    Calibration,
    Proposal,
    choose_mentions,
    gather_proposals,
    load_confidence,
)
from extract.extensions import register_extensions
from extract.facts import ENTITY_LABELS, EntityLabel, Span
from extract.forums import is_generic
from extract.gazetteer import ancestors, load_gazetteer, parent, split_place_prefix
from extract.institutions import canonical_institution, load_institutions
from extract.ornaments import trim_ornaments
from extract.regulations import find_amending
from extract.tagger import ModelName, TaggedText

OUTER, INNER = "outer", "inner"


def align_tokens(doc: Doc, spans: Sequence[Span]) -> None:
    """Splits tokens so that every span begins and ends at a token boundary."""
    starts: list[int] = doc.to_array("IDX").tolist()
    text = doc._.written or doc.text
    bounds_of: defaultdict[int, set[int]] = defaultdict(set)
    for cut in {offset for span in spans for offset in (span.start, span.end)}.difference(starts):
        bounds_of[bisect_right(starts, cut) - 1].add(cut)
    with doc.retokenize() as retokenizer:
        for token in [doc[index] for index in sorted(bounds_of)]:
            bounds = sorted({token.idx, *bounds_of[token.i], token.idx + len(token)})
            if len(bounds) == 2:
                continue
            pieces = [text[a:b] for a, b in itertools.pairwise(bounds)]
            retokenizer.split(
                token,
                pieces,
                heads=[(token, 0)] * len(pieces),
                attrs={"TAG": [token.tag_] * len(pieces)},
            )


def _to_token_spans(doc: Doc, candidates: Sequence[Candidate]) -> list[TokenSpan]:
    """Token spans of ``candidates``, whose ends are token boundaries.

    Raises:
        ValueError: a span cannot be aligned with tokens.
    """
    found: list[TokenSpan] = []
    for candidate in candidates:
        span = doc.char_span(candidate.span.start, candidate.span.end, label=candidate.label)
        if span is None:
            raise ValueError(f"expected a span on token boundaries, got {candidate!r}")
        found.append(span)
    return found


def set_entities(doc: Doc, chosen: Sequence[Candidate], inner: Sequence[Candidate] = ()) -> None:
    """Writes ``chosen`` (no overlaps) to ``doc.ents`` and both layers to ``doc.spans``.

    Raises:
        ValueError: a span cannot be aligned with tokens.
    """
    align_tokens(doc, [c.span for c in (*chosen, *inner)])
    outer = _to_token_spans(doc, chosen)
    doc.set_ents(outer)
    doc.spans[OUTER] = SpanGroup(doc, name=OUTER, spans=outer)
    doc.spans[INNER] = SpanGroup(doc, name=INNER, spans=_to_token_spans(doc, inner))


def nested_names(tagged: TaggedText, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The tagger's inner names that lie within a chosen name, in text order, without overlaps."""
    starts = [c.span.start for c in chosen]
    found: list[Candidate] = []
    for name in sorted(tagged.inner, key=lambda n: (n.start, -n.end)):
        at = bisect_right(starts, name.start) - 1
        if at < 0 or (found and name.start < found[-1].span.end):
            continue
        whole = chosen[at].span
        if name.end <= whole.end and name.end - name.start < whole.end - whole.start:
            found.append(Candidate(Span(name.start, name.end), name.label, name.score, TAGGER))
    return found


# 控股股东|青禾集团有限公司, 首次|蓝碳大会, 老城|青禾区: what stands before a name, no part of it.
_LEADS: Mapping[EntityLabel, re.Pattern[str]] = {
    "ORG": re.compile(
        r"(?:控股股东|实际控制人|第一大股东|大股东|(?:全资|控股)?子公司|母公司|合作方|承建方|业主方)(?=.{4})"
    ),
    "FORUM": re.compile(r"(?:首次|[今明去]年)(?=.{4})"),
    "PLACE": re.compile(r"(?:老城|新城|主城)(?=[一-鿿]{1,3}[区县市旗]\Z)"),
}
_DOWNTOWN = re.compile(r"主城区|中心城区|城区|市区")
_AROUND = re.compile(r"及周边地区|及其?周边")
_COMMON_DISTRICTS = frozenset(("新城区", "老城区", "城区", "市区", "郊区", "矿区", "城中区"))
_FULL_NAME = 3
_KNOWN = 0.6  # how sure a name is that only lists are sure of
# 德国某某机构|（GIZ）: what it is called in short is no part of the name.
_ACRONYM = re.compile(r"(?<=[一-鿿])[（(][A-Z][A-Za-z&\-]{1,11}[)）]$")
_NO_DATES = frozenset(("早年", "早些年"))
_NO_PLACES = frozenset(("全国", "全球", "全省", "全市"))


def settle_spans(text: str, chosen: Sequence[Candidate]) -> list[Candidate]:
    """Names without the words before them that are none, and places with what completes them.

    >>> spans = [Candidate(Span(0, 2), "PLACE", 0.9, "a"), Candidate(Span(2, 5), "PLACE", 0.9, "a")]
    >>> [c.span.of("青岛主城区") for c in settle_spans("青岛主城区", spans)]
    ['青岛主城区']
    """
    settled: list[Candidate] = []
    amending = find_amending(text)
    for candidate in sorted(chosen, key=lambda c: c.span):
        whole = _around(candidate, amending)
        if whole is not None:  # 关于修改《甲条例》的决定: one name with another in it
            if not (settled and settled[-1].span == whole):
                settled.append(replace(candidate, span=whole, label="REGULATION"))
            continue
        bare = trim_ornaments(text, candidate.span)
        if bare is None:
            continue
        candidate = replace(candidate, span=bare)
        span, label = bare, candidate.label
        wording = span.of(text)
        lead = _LEADS[label].match(wording) if label in _LEADS else None
        if lead is not None:
            candidate = replace(candidate, span=Span(span.start + lead.end(), span.end))
        acronym = _ACRONYM.search(wording) if label == "ORG" else None
        if acronym is not None:
            candidate = replace(candidate, span=Span(span.start, span.start + acronym.start()))
        if label == "DATE" and wording in _NO_DATES:
            continue
        if label == "PLACE":
            if wording in _NO_PLACES:
                continue
            before = settled[-1] if settled else None
            if before is not None and before.label == "PLACE" and before.span.end == span.start:
                if _DOWNTOWN.fullmatch(wording):
                    settled[-1] = replace(before, span=Span(before.span.start, span.end))
                    continue
            candidate = _completed(text, candidate, chosen)
        settled.append(candidate)
    return settled


def _around(candidate: Candidate, wholes: Sequence[Span]) -> Span | None:
    """The span that a candidate lies in, if one does."""
    span = candidate.span
    return next((w for w in wholes if w.start <= span.start and span.end <= w.end), None)


def known_names(
    text: str, proposals: Sequence[Proposal], chosen: Sequence[Candidate]
) -> list[Candidate]:
    """Proposals that were not chosen, though lists know just this name.

    A district or county counts where the text names what it lies in, since names like 城关区 are
    common; neither does where a longer name of an event or a regulation is proposed around it.
    """
    named = {
        division.code
        for candidate in chosen
        if candidate.label in ("PLACE", "ORG")
        and (within := split_place_prefix(candidate.span.of(text))[0]) is not None
        for division in (within, *ancestors(within))
    }
    taken = Coverage(c.span for c in chosen)
    found = []
    for proposal in proposals:
        if taken.touches(proposal.span):
            continue
        name = proposal.span.of(text)
        is_known = (
            _is_division_within(name, named)
            if proposal.label == "PLACE"
            else proposal.label == "ORG" and _is_known_institution(name)
        )
        inside = is_known and any(
            other.label in ("FORUM", "REGULATION")
            and other.span != proposal.span
            and other.span.start <= proposal.span.start
            and proposal.span.end <= other.span.end
            for other in proposals
        )
        if is_known and not inside:
            taken.add(proposal.span)
            found.append(Candidate(proposal.span, proposal.label, _KNOWN, "known"))
    return found


def _is_division_within(name: str, named: Container[str]) -> bool:
    """Whether a full name of a division is that of one right below a division that is named."""
    divisions = load_gazetteer().by_name.get(name, ())
    above = (parent(division) for division in divisions if name not in _COMMON_DISTRICTS)
    full = len(name) >= _FULL_NAME and name.endswith(("区", "县", "旗"))
    return full and any(d is not None and d.code in named for d in above)


def _is_known_institution(name: str) -> bool:
    official = canonical_institution(name)
    return len(name) >= _FULL_NAME and official in load_institutions().institutions


def _completed(text: str, place: Candidate, chosen: Sequence[Candidate]) -> Candidate:
    """A place with 及周边地区 or 主城区 after it, where nothing else was chosen there."""
    more = _AROUND.match(text, place.span.end) or _DOWNTOWN.match(text, place.span.end)
    if more is None or any(
        place.span.end <= c.span.start < more.end() and c.span != place.span for c in chosen
    ):
        return place
    return replace(place, span=Span(place.span.start, more.end()))


@Language.factory(
    "tanpu_entities",
    default_config={"model": "accurate", "weigh": True},
    assigns=["doc.ents", "doc.spans"],
    requires=["doc._.candidates"],
)
def create_entities(nlp: Language, name: str, model: ModelName, weigh: bool) -> EntityChooser:
    """The component by its registered name; without ``weigh`` the rules' own scores decide."""
    return EntityChooser(load_confidence(model).mentions if weigh else None)


class EntityChooser:
    """Chooses among the candidates, and keeps nested names beside them."""

    def __init__(self, calibration: Calibration | None) -> None:
        register_extensions()
        self._calibration = calibration

    def __call__(self, doc: Doc) -> Doc:
        """Choose, then annotate."""
        tagged: TaggedText | None = doc._.tagged
        if tagged is None or self._calibration is None:
            chosen = choose(doc._.candidates, ENTITY_LABELS)
        else:
            proposals = gather_proposals(doc._.candidates, tagged)
            # A kind of meeting (投产仪式, 本届大会) is no name, whoever proposes it.
            text: str = doc._.written or doc.text
            named = [p for p in proposals if p.label != "FORUM" or not is_generic(p.span.of(text))]
            chosen = choose_mentions(named, self._calibration)
            chosen = sorted([*chosen, *known_names(text, proposals, chosen)])
            chosen = places_in_short(text, company_names(text, proposals, chosen))
        chosen = settle_spans(doc._.reading or doc.text, chosen)
        doc._.chosen = tuple(chosen)
        set_entities(doc, chosen, nested_names(tagged, chosen) if tagged else ())
        return doc
