"""Facts of the type ``organizes``: who guides, hosts, undertakes or supports an event.

Adds to ``doc._.facts``.

Examples: 由甲、乙指导，丙主办，丁承办的某某论坛; 主办单位为甲、乙; 在甲的指导下;
甲与乙在某市联合举办某某会议.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Organizes, OrganizingRole, Span
from extract.references import References
from extract.words import Words

_ROLES: tuple[tuple[str, OrganizingRole], ...] = (
    ("指导", "guides"),
    ("主办", "hosts"),
    ("牵头", "hosts"),
    ("举办", "hosts"),
    ("合办", "hosts"),
    ("发起", "hosts"),
    ("组织", "hosts"),
    ("召开", "hosts"),
    ("举行", "hosts"),
    ("承办", "undertakes"),
    ("协办", "co_organizes"),
    ("支持", "supports"),
)
_VERB = re.compile(
    r"指导|主办|合办|牵头(?=[，。；、的]|主办|组织|举办|承办|共同|\n)|举办|发起|承办|协办"
    r"|支持|组织(?!部|实施|者|生活)|召开|举行"
)
_FILLER = (  # no alternative begins another, so that a long filler is refused at once
    r"(?:作为|共同|联合|提供|给予|予以|大力|独家|特别|战略|具体|负责|牵头|主动|携手|合作|一道"
    r"|倾力|总|学术|技术|媒体|、|和|并|以及|等|多家|单位|机构|部门|D|在P|于|日前|近日|今天|正式|成功|\s)*"
)
_LABEL = re.compile(
    r"(?P<role>指导|主办|承办|协办|支持|联合主办|共同主办)(?:单位|方|机构)(?:分别)?(?:为"
    r"|是|：|:|有|包括|由)\s*"
)
_DAY = re.compile(r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:至\d{1,2}日)?(?:上午|下午)?")
# 某某研究会为指导单位: the role stands after the institution.
_IS_UNIT = re.compile(r"(?:为|是|担任|作为)(?P<role>指导|主办|承办|协办|支持)(?:单位|方|机构)")
_STRICT_GAP = re.compile(
    r"(?:、|和|与|及|以及|会同|联合|携手|[（(][^（）()]*[)）]|\s|》|“|”|该会)*"
)


# 第五届将移师某市，由某大学承办: a later or an earlier edition.
_OTHER_EDITION = re.compile(
    r"(?:第[一二三四五六七八九十\d]+届|上一?届|下一?届|前[两二三四五六七八九十]届"
    r"|首届)(?:论坛|大会|年会|研讨会|会议)?"
    r"(?:将|拟|先后|分别|由|在|于|曾|已)"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    org: Argument
    role: OrganizingRole
    at: int


def find_organizers(discourse: Discourse, references: References) -> list[Organizes]:
    """One fact for each institution, event and role."""
    found: dict[tuple[str, str, str], Organizes] = {}
    for sentence in discourse.words.layout.sentences:
        for group in _groups(discourse, references, sentence):
            event = _event(discourse, sentence, group)
            if event is None:
                continue
            for claim in group:
                key = (claim.org.name, event.name, claim.role)
                if claim.org.name == event.name or key in found:
                    continue
                found[key] = Organizes(
                    org=claim.org,
                    event=event,
                    role=claim.role,
                    evidence=sentence,
                    confidence=0.9,
                )
    return list(found.values())


def _groups(discourse: Discourse, references: References, sentence: Span) -> list[list[_Claim]]:
    """Claims of a sentence, those of one event together (parted by 。 and ；)."""
    text = discourse.words.text
    actors = references.within(sentence, "ORG", "PLACE")
    if not actors:
        return []
    names = discourse.within(sentence)
    claims: list[_Claim] = []
    role_before = False
    for match in _LABEL.finditer(text, sentence.start, sentence.end):
        role = dict(_ROLES)[match["role"].removeprefix("联合").removeprefix("共同")]
        claims += [_Claim(a, role, match.start()) for a in _listed_after(text, actors, match.end())]
    for match in _IS_UNIT.finditer(text, sentence.start, sentence.end):
        listed = _listed_before(text, actors, references, match.start(), sentence)
        claims += [_Claim(a, dict(_ROLES)[match["role"]], match.start()) for a in listed]
    labels = [
        m.span()
        for pattern in (_LABEL, _IS_UNIT)
        for m in pattern.finditer(text, sentence.start, sentence.end)
    ]
    for match in _VERB.finditer(text, sentence.start, sentence.end):
        if any(a <= match.start() < b for a, b in labels):
            continue
        if any(m.span and m.span.start <= match.start() < m.span.end for m in names):
            continue
        if any(a.span and a.span.start <= match.start() < a.span.end for a in actors):
            continue
        role = dict(_ROLES)[match.group()]
        after = text[match.end() : match.end() + 2]
        if match.group() in ("支持", "指导", "组织", "发起") and not _in_roles(
            text, sentence, match, role_before
        ):
            continue
        if match.group() in ("举行", "召开", "举办", "组织") and not _active(
            discourse, sentence, match, after
        ):
            continue
        listed = _listed_before(text, actors, references, match.start(), sentence)
        if listed:
            role_before = True
        claims += [_Claim(a, role, match.start()) for a in listed]
    groups: list[list[_Claim]] = []
    for claim in sorted(claims, key=lambda c: c.at):
        if (
            groups
            and not re.search(r"[；;。]", text[groups[-1][-1].at : claim.at])
            and not _new_event(discourse, sentence, groups[-1][-1].at, claim.at)
        ):
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _new_event(discourse: Discourse, sentence: Span, start: int, end: int) -> bool:
    return any(m.span and start < m.span.start < end for m in discourse.within(sentence))


def _in_roles(text: str, sentence: Span, match: re.Match[str], role_before: bool) -> bool:
    """Whether 支持, 指导 … is a role here and no common verb."""
    clause = text[sentence.start : match.start()]
    near = re.search(r"(?:由|在)[^。；]*\Z", clause) is not None
    other = re.search(r"主办|承办|协办|举办", text[sentence.start : sentence.end]) is not None
    if text[match.end() : match.end() + 1] == "下" and re.search(r"在[^。；]*的?\Z", clause):
        return True
    follows = re.match(r"(?:，|。|；|、|的|下|\Z|\n)", text[match.end() : match.end() + 1] or "\n")
    return bool(follows) and (role_before or other) and (near or role_before or other)


def _active(discourse: Discourse, sentence: Span, match: re.Match[str], after: str) -> bool:
    """甲与乙举办某某会议: an event follows, or one that 由 assigns stands before."""
    text = discourse.words.text
    for mention in discourse.within(sentence):
        assert mention.span is not None
        gap = text[match.end() : mention.span.start]
        if mention.span.start >= match.end() and re.fullmatch(
            r"(?:的|了)?[^，。；、]{0,8}[“「‘]?", gap
        ):
            return True
    before = text[sentence.start : match.start()]
    return (
        re.search(r"(?:由|，)[^。；]{2,200}(?:共同|联合)\Z", before) is not None
        and re.match(r"[，。、；分]", text[match.end() : match.end() + 1] or "。") is not None
    )


def _masked(text: str, start: int, end: int, references: References) -> str:
    """Text between two offsets with dates as D and places as P."""
    out = []
    at = start
    window = Span(start, end)
    marks = [(start + m.start(), start + m.end(), "D") for m in _DAY.finditer(text[start:end])] + [
        (a.span.start, a.span.end, "P") for a in references.within(window, "PLACE") if a.span
    ]
    for a, b, mark in sorted(marks):
        if start <= a and b <= end and a >= at:
            out.append(text[at:a])
            out.append(mark)
            at = b
    out.append(text[at:end])
    return "".join(out)


def _listed_before(
    text: str,
    actors: list[Argument],
    references: References,
    offset: int,
    sentence: Span,
) -> list[Argument]:
    """The list of institutions that ends right before a verb."""
    ending = None
    for actor in reversed(actors):
        assert actor.span is not None
        if actor.span.end > offset:
            continue
        gap = _masked(text, actor.span.end, offset, references)
        if re.fullmatch(_FILLER, gap) or re.fullmatch(r"的?", gap):
            ending = actor
            if actor.label == "PLACE" and text[actor.span.start - 1 : actor.span.start] in "在于":
                ending = None
                continue
        break
    if ending is None:
        return []
    if ending.label == "PLACE" and not re.search(
        r"由[^。；]*\Z", text[sentence.start : ending.span.start if ending.span else 0]
    ):
        return []
    chain = [ending]
    for actor in reversed(actors[: actors.index(ending)]):
        assert actor.span is not None
        assert chain[0].span is not None
        gap = text[actor.span.end : chain[0].span.start]
        if _STRICT_GAP.fullmatch(gap) or (
            chain[0].label == "ORG" and re.fullmatch(r"[与和、]?[一-鿿]{0,4}的", gap)
        ):
            if actor.label == "PLACE" and re.fullmatch(r"的?", gap):
                continue
            chain.insert(0, actor)
        elif actor.label == "PLACE" and gap == "的":
            continue
        else:
            break
    return [a for a in chain if a.label == "ORG" or _government(text, a)]


def _government(text: str, place: Argument) -> bool:
    """Whether a place in a list of organizers stands for its government."""
    assert place.span is not None
    after = text[place.span.end : place.span.end + 1]
    return re.search(r"[省市区县州]\Z", place.text) is not None and after in "、和与及主指承协"


def _listed_after(text: str, actors: list[Argument], offset: int) -> list[Argument]:
    """The list of institutions that begins at ``offset``."""
    found: list[Argument] = []
    at = offset
    for actor in actors:
        assert actor.span is not None
        if actor.span.start < offset:
            continue
        gap = text[at : actor.span.start]
        if not _STRICT_GAP.fullmatch(gap):
            break
        found.append(actor)
        at = actor.span.end
    return found


def _event(discourse: Discourse, sentence: Span, group: list[_Claim]) -> Argument | None:
    """The event of a group: named right after its last verb, else before, else pointed to."""
    text = discourse.words.text
    last = group[-1].at
    for mention in discourse.within(sentence):
        assert mention.span is not None
        if mention.span.start < last:
            continue
        gap = text[last : mention.span.start]
        if re.fullmatch(r"[一-鿿]{2}(?:的|了)?[^，。；]{0,14}[“「‘]?", gap) or re.fullmatch(
            r"[一-鿿]{2}[的，、][^。；]{0,40}的[“「‘]?", gap
        ):
            return mention
        break
    first = min(c.org.span.start if c.org.span else c.at for c in group)
    first = min(first, group[0].at)
    if discourse.is_other(sentence) and not discourse.within(sentence):
        return None
    if _OTHER_EDITION.search(text[sentence.start : first]) and not discourse.within(sentence):
        return None
    return discourse.event_at(sentence, first) or discourse.main_after(sentence.start)


@Language.factory(
    "tanpu_organizers",
    assigns=["doc._.facts"],
    requires=["doc._.references"],
)
def create_organizers(nlp: Language, name: str) -> OrganizerReader:
    """The component by its registered name."""
    return OrganizerReader()


class OrganizerReader:
    """Adds the facts on organizers."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        discourse = Discourse(Words.from_doc(doc), doc._.references)
        doc._.facts = (*doc._.facts, *find_organizers(discourse, doc._.references))
        return doc
