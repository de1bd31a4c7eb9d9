"""Facts of the type ``organizes``: who guides, hosts, undertakes or supports an event.

Adds to ``doc._.facts``.

Examples: 由甲、乙指导，丙主办，丁承办的某某论坛; 主办单位为甲、乙; 在甲的指导下;
甲与乙在某市联合举办某某会议.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc

from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Organizes, OrganizingRole, Span
from extract.references import References

_ROLES: dict[str, OrganizingRole] = {
    "指导": "guides",
    "主办": "hosts",
    "牵头": "hosts",
    "举办": "hosts",
    "合办": "hosts",
    "联办": "hosts",
    "发起": "hosts",
    "组织": "hosts",
    "召开": "hosts",
    "举行": "hosts",
    "承办": "undertakes",
    "协办": "co_organizes",
    "支持": "supports",
    "赞助": "supports",
}
_VERB = re.compile(
    r"(?:指导|主办|合办|联办|牵头(?=[，。；、的]|主办|组织|举办|承办|共同|\n)|举办|发起|承办"
    r"|协办|支持|赞助|组织(?!部|实施|者|生活)|召开|举行)(?!方|单位|机构|者|城市|地(?!址))"
)
# These say nothing of an event by themselves: 支持绿电发展, 组织植树, 召开发布会.
_COMMON = frozenset(("指导", "支持", "赞助", "组织", "发起", "牵头", "举办", "举行", "召开"))
_FILLER = re.compile(  # no alternative begins another, so that a long filler is refused at once
    r"(?:作为|共同|联合|提供|给予|予以|参与|大力|独家|特别|战略|具体|负责|牵头|主动|携手|合作|一道"
    r"|倾力|总|学术|技术|媒体|资金|智力|全程|、|和|并|以及|等|的|多家|单位|机构|部门|两家|三家"
    r"|四家|[为对]?E|D|在P|将|拟|定|于|日前|近日|今天|正式|成功|\s)*"
)
_ROLE_NOUN = (
    r"(?P<role>指导|主办|合办|联办|承办|协办|支持|赞助|组织|发起|举办)(?:单位|方|机构|者)(?:之一)?"
)
_LABEL = re.compile(rf"{_ROLE_NOUN}(?:分别|则)?(?:为|是|：|:|有|包括|由)?\s*")
# 作为承办单位，某某大学…: the label, set off by a comma, speaks of the subject that follows.
_AS_LABEL = re.compile(rf"作为[^，。；]{{0,16}}{_ROLE_NOUN}，")
_DAY = re.compile(
    r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:[至—-](?:\d{1,2}月)?\d{1,2}日)?(?:上午|下午)?"
)
# 某某研究会为指导单位: the role stands after the institution.
_IS_UNIT = re.compile(
    rf"(?:为|是|任|作为|系)(?:[^，。；、]{{0,40}}的)?(?:联合|共同|战略|学术|技术|媒体|智力|特别|独家){{0,2}}{_ROLE_NOUN}"
)
# 承办本次论坛的是甲: the deed comes first, who did it follows.
_CLEFT = re.compile(
    r"(?P<role>指导|主办|合办|联办|承办|协办|支持|赞助|发起|举办)了?(?P<object>[^，。；、]{1,30})的"
    r"(?:单位|机构|正?是|则?为|有|包括|：){1,3}"
)
_BRACKET = re.compile(r"[（(][^（）()]{0,60}[)）]")
_STRICT_GAP = re.compile(
    r"(?:、|和|与|及|以及|会同|联合|携手|连同|[（(][^（）()]*[)）]|\s|》|“|”|该会)*"
)
# An institution of a list that nobody found: the list goes on behind it.
_UNKNOWN_ITEM = re.compile(r"(?:、|和|与|及|以及)(?P<name>[一-鿿A-Za-z0-9（）]{3,30})")
_TAIL = re.compile(
    r"[一-鿿]{0,16}?(?:总部|分部|研究院|研究所|研究中心|中心|学院|实验室|委员会|分会|分公司|分行|办公室"
    r"|总队|支队|联盟|基金会|协会|学会|处|部|局|厅)"
)
_NAME_TAGS = frozenset(
    ("n", "nz", "vn", "nw", "LOC", "ORG", "PER", "a", "an", "s", "f", "m", "q", "xc")
)
_BACK = re.compile(
    r"该(?P<head>公司|集团|企业|校|大学|学院|院|行|协会|学会|研究会|会|中心|研究院|机构|单位|园区)"
    r"(?![长议员区])"
)
_OF_UNIVERSITY = re.compile(r"[一-鿿]{2,12}?大学(?=[一-鿿]{2,})")
_BACK_SUFFIX = {
    "公司": ("公司", "集团"),
    "集团": ("集团", "公司"),
    "企业": ("公司", "集团", "厂"),
    "校": ("大学", "学院", "学校"),
    "大学": ("大学",),
    "学院": ("学院",),
    "院": ("院",),
    "行": ("行",),
    "会": ("会",),
}


# 第五届将移师某市，由某大学承办: a later or an earlier edition.
_OTHER_EDITION = re.compile(
    r"(?:第[一二三四五六七八九十\d]+届|上一?届|下一?届|前[两二三四五六七八九十]届"
    r"|首届)(?:论坛|大会|年会|研讨会|会议)?[\d年月日]{0,11}"
    r"(?:将|拟|先后|分别|由|在|于|曾|已)"
)


@dataclass(frozen=True, slots=True)
class _Actor:
    """Who may organise, and where it stands (for 该公司: where the pronoun stands)."""

    argument: Argument
    span: Span


@dataclass(frozen=True, slots=True)
class _Claim:
    org: Argument
    role: OrganizingRole
    first: int
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


def _actors(discourse: Discourse, references: References, sentence: Span) -> list[_Actor]:
    """Institutions and places of a sentence; a short name in brackets repeats the one before."""
    text = discourse.words.text
    named = [_Actor(a, a.span) for a in references.within(sentence, "ORG", "PLACE") if a.span]
    kept: list[_Actor] = []
    for actor in named:
        bracket = next(
            (
                b
                for b in _BRACKET.finditer(text, kept[-1].span.end, sentence.end)
                if b.start() == kept[-1].span.end
            )
            if kept
            else iter(()),
            None,
        )
        if bracket is None or not bracket.start() < actor.span.start < bracket.end():
            kept.append(actor)
    starts = {a.span.start for a in named}
    for match in _BACK.finditer(text, sentence.start, sentence.end):
        if match.end() in starts:  # 该会某某代表处 is another institution
            continue
        antecedent = _antecedent(discourse, references, match)
        if antecedent is not None:
            kept.append(_Actor(antecedent, Span(*match.span())))
    return sorted(kept, key=lambda a: a.span)


def _antecedent(
    discourse: Discourse, references: References, match: re.Match[str]
) -> Argument | None:
    """The institution that 该公司, 该校 … points back to, here or in the paragraph before."""
    layout = discourse.words.layout
    paragraph = layout.paragraph_at(match.start())
    before = layout.paragraph_before(paragraph)
    suffixes = _BACK_SUFFIX.get(match["head"], (match["head"],))
    known = references.within(Span(before.start, match.start()), "ORG")
    found = next(
        (a for a in reversed(known) if a.name.endswith(suffixes) or a.text.endswith(suffixes)), None
    )
    school = None if found is None else _OF_UNIVERSITY.match(found.name)
    if found is None or school is None or match["head"] != "校":
        return found
    name = school.group()  # 该校 after 某某大学某某学院
    return replace(found, text=name, name=name, span=None, aliases=())


def _groups(discourse: Discourse, references: References, sentence: Span) -> list[list[_Claim]]:
    """Claims of a sentence, those of one event together (parted by 。 and ；)."""
    text = discourse.words.text
    if _VERB.search(text, sentence.start, sentence.end) is None and (
        _LABEL.search(text, sentence.start, sentence.end) is None
    ):
        return []
    actors = _actors(discourse, references, sentence)
    if not actors:
        return []
    reader = _Reader(discourse, references, sentence, actors)
    claims = reader.claims()
    groups: list[list[_Claim]] = []
    for claim in sorted(claims, key=lambda c: c.at):
        if (
            groups
            and not re.search(r"[；;。]|后者", text[groups[-1][-1].at : claim.at])
            and not _new_event(discourse, sentence, groups[-1][-1].at, claim.at)
        ):
            groups[-1].append(claim)
        else:
            groups.append([claim])
    return groups


def _new_event(discourse: Discourse, sentence: Span, start: int, end: int) -> bool:
    return any(m.span and start < m.span.start < end for m in discourse.within(sentence))


@dataclass(frozen=True)
class _Reader:
    """Reads the roles of one sentence."""

    discourse: Discourse
    references: References
    sentence: Span
    actors: list[_Actor]

    def claims(self) -> list[_Claim]:
        """Roles told by a noun (主办单位为…), then roles told by a verb (由…主办)."""
        text = self.discourse.words.text
        start, end = self.sentence.start, self.sentence.end
        found: list[_Claim] = []
        labels: list[tuple[int, int]] = []
        for match in _AS_LABEL.finditer(text, start, end):
            labels.append(match.span())
            found += self._claims(self._listed_after(match.end()), match["role"], match.start())
        for match in _IS_UNIT.finditer(text, start, end):
            if _covers(labels, match.start("role")):
                continue
            listed = self._listed_before(match.start())
            if listed:
                labels.append(match.span())
                found += self._claims(listed, match["role"], match.start("role"))
        for match in _CLEFT.finditer(text, start, end):
            listed = self._listed_after(match.end())
            if listed and self._names_event(Span(*match.span("object"))):
                labels.append((match.start(), match.start("object")))
                found += self._claims(listed, match["role"], match.start())
        for match in _LABEL.finditer(text, start, end):
            if not _covers(labels, match.start()):
                labels.append(match.span())
                listed = self._listed_after(match.end())
                found += self._claims(listed, match["role"], match.start())
        names = [m.span for m in self.discourse.within(self.sentence) if m.span]
        names += [a.span for a in self.actors]
        verbs = [
            match
            for match in _VERB.finditer(text, start, end)
            if not _covers(labels, match.start())
            and not any(n.start <= match.start() < n.end for n in names)
        ]
        sure = [m.start() for m in verbs if m.group() not in _COMMON] + [c.at for c in found]
        for match in reversed(verbs):  # 由甲牵头，乙发起的论坛: the last one has the event
            listed = self._listed_before(match.start())
            if listed and self._says_role(match, listed, sure):
                sure.append(match.start())
                found += self._claims(listed, match.group(), match.start())
        return found

    def _claims(self, listed: list[_Actor], role: str, at: int) -> list[_Claim]:
        return [_Claim(a.argument, _ROLES[role], a.span.start, at) for a in listed]

    def _says_role(self, match: re.Match[str], listed: list[_Actor], sure: list[int]) -> bool:
        """Whether a verb after a list of institutions speaks of an event."""
        text = self.discourse.words.text
        if self._has_event_object(match):
            return True
        if self._has_other_object(match):
            return False
        if match.group() not in _COMMON:
            return True
        part = _segment(text, self.sentence, match.start())
        before = text[part.start : listed[0].span.start]
        topic = self._names_event(Span(self.sentence.start, listed[0].span.start))
        if self._names_event(Span(listed[-1].span.end, match.start())):  # 为论坛提供支持
            return True
        if re.search(r"(?:在|得到|获得|获|受到)[^，。；]{0,8}\Z", before) and (
            match.group() == "支持" or text[match.end() : match.end() + 1] == "下"
        ):
            return topic or self._names_event(self.sentence)
        if re.search(r"由[^。；]{0,200}\Z", before) and topic:
            return True
        if any(part.start <= at < part.end for at in sure):
            return True
        # 某某论坛开幕，某某大学指导。: the clause is nothing but institution and verb.
        return topic and re.search(r"[，；、]\s*\Z", before) is not None

    def _names_event(self, span: Span) -> bool:
        return bool(self.discourse.within(span) or self.discourse.generic(span))

    def _has_event_object(self, match: re.Match[str]) -> bool:
        """甲与乙举办某某会议, 甲举办的某某会议: an event is what the verb takes."""
        text = self.discourse.words.text
        for mention in self.discourse.within(self.sentence):
            assert mention.span is not None
            if mention.span.start >= match.end():
                gap = text[match.end() : mention.span.start]
                return re.fullmatch(r"(?:的|了)?[^，。；、]{0,12}[“「‘]?", gap) is not None
        return False

    def _has_other_object(self, match: re.Match[str]) -> bool:
        """牵头的银团贷款, 主办校刊: what the verb takes is no event."""
        text = self.discourse.words.text
        words = self.discourse.words
        at = match.end()
        if text[at : at + 1] == "下":
            return False
        modifies = text[at : at + 1] == "的"
        at += text[at : at + 1] in ("的", "了")
        stop = re.compile(r"[，。；\n]").search(text, at, self.sentence.end)
        end = stop.start() if stop else self.sentence.end
        if self._names_event(Span(at, end)):
            return False
        if modifies:
            later = self.discourse.within(Span(at, self.sentence.end))
            return not later and end > at
        index = words.starting_at(at)
        if index is None or at >= end:
            return False
        return words.words[index].tag in ("n", "nz", "vn", "LOC", "nw") and not any(
            a.span.start == at for a in self.actors
        )

    def _masked(self, start: int, end: int) -> str:
        """Text between two offsets with dates as D, places as P and events as E."""
        text = self.discourse.words.text
        window = Span(start, end)
        marks = [(start + m.start(), start + m.end(), "D") for m in _DAY.finditer(text[start:end])]
        marks += [
            (a.span.start, a.span.end, "P")
            for a in self.references.within(window, "PLACE")
            if a.span
        ]
        events = [m.span for m in self.discourse.within(window) if m.span]
        marks += [(e.start, e.end, "E") for e in (*events, *self.discourse.generic(window))]
        out = []
        at = start
        for a, b, mark in sorted(marks):
            if start <= a and b <= end and a >= at:
                out += [text[at:a], mark]
                at = b
        return "".join((*out, text[at:end]))

    def _listed_before(self, offset: int) -> list[_Actor]:
        """The list of institutions that ends right before a verb."""
        text = self.discourse.words.text
        before = [a for a in self.actors if a.span.end <= offset]
        while before and self._is_venue(before[-1], offset):
            before.pop()
        if not before or not self._reaches(before[-1], offset):
            return []
        ending = before[-1]
        clause = text[self.sentence.start : ending.span.start]
        if ending.argument.label == "PLACE" and not (
            re.search(r"由[^。；]*\Z", clause) or (re.search(r"(?:\A|[，\s])\Z", clause))
        ):
            return []
        chain = [ending]
        for actor in reversed(before[:-1]):
            gap = text[actor.span.end : chain[0].span.start]
            if actor.argument.label == "PLACE" and re.fullmatch(r"的?", gap):
                continue
            joined = (
                _STRICT_GAP.fullmatch(gap)
                or self._skips(actor.span.end, chain[0].span.start)
                or (
                    chain[0].argument.label == "ORG"
                    and re.fullmatch(r"[与和、]?[一-鿿]{0,4}的", gap)
                )
            )
            if not joined:
                break
            chain.insert(0, actor)
        ends = [b.span.start for b in chain[1:]] + [offset]
        return [
            a
            for a, end in zip(chain, ends, strict=True)
            if not self._goes_on(a, end)
            and (a.argument.label == "ORG" or _government(text, a, offset))
        ]

    def _is_venue(self, actor: _Actor, offset: int) -> bool:
        """在某市: the place of the event, not its organizer."""
        text = self.discourse.words.text
        if text[max(0, actor.span.start - 1) : actor.span.start] not in ("在", "于", "假"):
            return False
        after = text[offset : offset + 3]
        if actor.argument.label == "PLACE":
            return True
        # 在某某协会举办的论坛上: the association holds it; 在某某大学举行: the site.
        return not re.search(r"(?:指导|支持|组织)下|[主举承协]办的", after)

    def _reaches(self, actor: _Actor, offset: int) -> bool:
        """Whether nothing but filler stands between an institution and a verb."""
        text = self.discourse.words.text
        end = actor.span.end
        bracket = _BRACKET.match(text, end, offset)
        end = bracket.end() if bracket else end
        if _FILLER.fullmatch(self._masked(end, offset)):
            return True
        item = _UNKNOWN_ITEM.match(text, end, offset)
        if item is None:
            return self._goes_on(actor, offset)
        return self._is_plain_name(Span(item.start("name"), offset))

    def _goes_on(self, actor: _Actor, end: int) -> bool:
        """Whether the name of an institution was cut short: 某某大学|能源研究院协办."""
        text = self.discourse.words.text
        tail = _TAIL.match(text, actor.span.end, end)
        return (
            actor.argument.label == "ORG"
            and tail is not None
            and _FILLER.fullmatch(text, tail.end(), end) is not None
            and self._is_plain_name(Span(*tail.span()))
        )

    def _skips(self, start: int, end: int) -> bool:
        """Whether an institution that nobody found stands between two of a list."""
        text = self.discourse.words.text
        bracket = _BRACKET.match(text, start, end)
        item = _UNKNOWN_ITEM.match(text, bracket.end() if bracket else start, end)
        return (
            item is not None
            and _STRICT_GAP.fullmatch(text, item.end(), end) is not None
            and self._is_plain_name(Span(item.start("name"), item.end()))
        )

    def _is_plain_name(self, span: Span) -> bool:
        """Nouns alone: 、某某研究中心|协办."""
        words = self.discourse.words
        inside = words.within(span)
        names = [w for w in inside if not _FILLER.fullmatch(words.of(w))]
        if not names or self._names_event(span):
            return False
        return all(w.tag in _NAME_TAGS or words.of(w) in "（）" for w in names)

    def _listed_after(self, offset: int) -> list[_Actor]:
        """The list of institutions that begins at ``offset``."""
        text = self.discourse.words.text
        found: list[_Actor] = []
        at = offset
        for actor in self.actors:
            if actor.span.start < offset:
                continue
            gap = text[at : actor.span.start]
            if not _STRICT_GAP.fullmatch(gap) and not (found and self._skips(at, actor.span.start)):
                break
            found.append(actor)
            at = actor.span.end
        return found


def _covers(spans: list[tuple[int, int]], offset: int) -> bool:
    return any(start <= offset < end for start, end in spans)


def _segment(text: str, sentence: Span, offset: int) -> Span:
    """The part of a sentence between semicolons that holds ``offset``."""
    start = max(text.rfind(c, sentence.start, offset) for c in "；;")
    ends = [e for c in "；;" if (e := text.find(c, offset, sentence.end)) >= 0]
    return Span(max(start + 1, sentence.start), min(ends, default=sentence.end))


def _government(text: str, actor: _Actor, offset: int) -> bool:
    """Whether a place in a list of organizers stands for its government."""
    after = text[actor.span.end : min(offset, actor.span.end + 1)]
    return re.search(r"[省市区县州]\Z", actor.argument.text) is not None and after in "、和与及将定"


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
        # 在某某部指导下，某某论坛由…主办: the event is the subject of what follows.
        if re.fullmatch(r"[一-鿿]{2}下，[^。；]{0,60}", gap):
            return mention
        break
    first = min(min(c.first for c in group), group[0].at)
    between = [m for m in discourse.within(sentence) if m.span and first <= m.span.start <= last]
    if between:  # 清河大学为某某论坛提供支持, 清河大学是某某论坛的承办单位
        return between[-1]
    if discourse.is_other(sentence) and not discourse.within(sentence):
        return None
    if _OTHER_EDITION.search(text[sentence.start : first]) and not discourse.within(sentence):
        return None
    return discourse.event_at(sentence, first)


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
        discourse = Discourse.from_doc(doc)
        doc._.facts = (*doc._.facts, *find_organizers(discourse, doc._.references))
        return doc
