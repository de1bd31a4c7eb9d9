"""Offices, ranks and titles of persons, and the chains in which they stand.

Proposes POST candidates (and ORG candidates for sub-units that only a title reveals) in
``doc._.candidates`` and sets ``doc._.appointments``: who holds which title at which unit.

Examples: 某省委⟦常委⟧、⟦常务副省长⟧张某某; 李某当选某市人大常委会⟦主任⟧;
某市政协原⟦主席⟧王某 (原 stays outside and makes the post a former one).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, Coverage, add_candidates, choose, overlaps
from extract.extensions import register_extensions
from extract.facts import ENTITY_LABELS, EntityLabel, Span, Status
from extract.lexicons import read_lines
from extract.words import Words

# Heads that take a functional noun before them into the title (某某事务特使, 核安全总工程师).
_FUNCTIONAL = re.compile(
    r"(?:总工程师|总规划师|总会计师|总经济师|总设计师|总建筑师|总监|(?<!行政)总裁|工程师|分析师"
    r"|科学家|经济学家|规划师|特使|专家|专员|顾问|合伙人|协调员|代表|负责人|督察专员|带头人"
    r"|主管|主编)\Z"
)
# Titles of the head of a place's government and their level.
_GOVERNMENT = re.compile(r"(?:副|常务副|代|代理)*(省|市|区|县|州|镇|乡|旗|盟)长\Z")
_FORMER = re.compile(
    r"(?:原任|原|前任|前|时任|曾任|曾担任|历任|此前任|此前是|卸任的?|离任的?|离职的?|退休的?|不再担任|曾是|此前担任"
    r"|(?:担任|任|当)过|(?:到任|任职|履新|调任|上任)[之以]?前(?:是|为|任|担任))\s*\Z"
)
_CHAIN_FORMER = re.compile(r"(?:时任|曾任|曾担任|历任|曾是)\s*\Z")
_LINK = re.compile(
    r"[\s、，,]*(?:暨|兼任|兼|和|及|以及|与|并任|同时是|同时任"
    r"|同时担任)?[\s、，,]*(?:现任|时任|原任|原|前任|前|曾任|历任|兼|新任|担任|任|本届"
    r"|候任|首任)?\s*\Z"
)
# 某协会（缩写）|会长, 某机构驻华|代表: what may stand between a unit and its title.
_OF_UNIT = re.compile(
    r"\s*(?:[（(][^（）()]{1,24}[)）])?(?:的|驻[一-鿿]{1,6})?(?:[一有某][位名个])?\s*"
)
_REMOVED = re.compile(r"免去(?:其|他|她|[一-鿿·]{2,12}(?:同志)?)的?(?:兼任的?|原任的?)?\Z")
# 免去：林某的某局局长职务
_OF_PERSON = re.compile(r"(?:同志)?(?:（[^（）]{1,8}）)?的")
_OFFICE = re.compile(r"(?:等)?(?:职务|一职)")
# 后一职务由林某接任: the post named last passes to the next person.
_SUCCEEDED = re.compile(
    r"(?:(?:后一|该|这一|此|上述|相关)职务|其职务|空缺)?[^，。；]{0,2}由[^，。；]{0,30}\Z"
)
_TAKES_OVER = re.compile(r"(?:同志)?(?:接任|接替|继任|接棒|补任|接掌)")
_SUCCEEDS_AS = re.compile(r"，?(?:正式)?(?:担任|出任|就任|任)(?:为|了)?")
_SHARE = re.compile(r"\s*(?:、|和|与|及|以及|\s)\s*\Z")
# 局长|林某, 一位处长也叫|林某
_TO_NAME = re.compile(
    r"[\s　]*(?:[（(][^（）()]{1,8}[)）])?[\s　]*"
    r"(?:(?:[也亦]|同样|恰好|刚好|正好|碰巧|偏巧|竟){1,2}(?:名)?叫)?\Z"
)
_VERB = re.compile(
    r"(?P<former>(?:还|也|又)?曾?(?:担任|任|当)过|(?:到任|任职|履新|调任|上任)[之以]?前(?:是|为|任|担任)"
    r"|曾以|此前任|此前担任|此前是|曾任|曾担任|曾是|历任|原任|不再担任|卸任|辞去|由)?"
    r"(?P<verb>(?:分别|全票|高票|正式)?(?:当选|获聘|担任|出任|就任|转任|调任|升任|接任|兼任|现任"
    r"|获任|被任命|任命|受聘|聘|新任|履新|任|是|系|为)(?:为|了|担任|出任)?)?(?:首任|新一任"
    r"|新任|首届|本届|新一届|第[一二三四五六七八九十\d]{1,3}届)?\s*\Z"
)
_PUNCTUATION = re.compile(r"[。；;！？!?：:\n]")
_SUBUNIT = re.compile(
    r"(?!(?:参|与|到|列|赴)会\Z)[一-鿿]{1,10}?(?:部|局|厅|处|署|司|办|室|院|所|会|委|中心|站|科|署|组|团|公司|集团"
    r"|学部|支部)\Z"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Where a post is held: an institution or a place, by its span."""

    span: Span
    label: Literal["ORG", "PLACE"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """One person, one title, one unit, as spans of the text.

    ``unit`` is None when the text leaves it to the context; ``level`` is the character of
    the level (省, 市, 区, …) when the title is that of a place's government.
    """

    person: Span
    title: Span
    unit: Unit | None
    status: Status
    level: str | None = None


@dataclass(frozen=True, slots=True)
class _Atom:
    span: Span
    kind: Literal["PERSON", "ORG", "PLACE", "TITLE"]


@dataclass(frozen=True, slots=True)
class _Pending:
    title: Span
    unit: Unit | None
    former: bool


@cache
def title_pattern() -> re.Pattern[str]:
    """The grammar of titles: prefixes, a head from the lexicon, a bracketed rank."""
    heads, prefixes = read_lines("titles.txt"), read_lines("title_prefixes.txt")
    ranked = r"(?:首席|高级|资深)[一-鿿]{0,6}?(?:专家|顾问|主管|经理|研究员|分析师|工程师)"
    # What most places of a text fail on at once: the characters that a title begins with.
    first = "".join(sorted({*"首高资", *(name[0] for name in (*heads, *prefixes))}))
    longest_heads, longest_prefixes = _alternatives(heads), _alternatives(prefixes)
    return re.compile(
        rf"(?=[{re.escape(first)}])"
        rf"(?:{ranked}|(?:{longest_prefixes}){{0,4}}(?:{longest_heads}))(?:助理|特使|(?:特别|个人|私人)(?:代表|特使|顾问|助理))?"
    )


def _alternatives(names: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(set(names), key=lambda n: (-len(n), n))))


def government_level(title: str) -> str | None:
    """省 for 副省长, 市 for 市长, None for titles that are not of a place's government."""
    match = _GOVERNMENT.fullmatch(title)
    return match.group(1) if match else None


def find_titles(words: Words, span: Span, names: frozenset[int] = frozenset()) -> list[Span]:
    """Longest titles inside ``span``, left to right.

    Weak ones (专家, 代表) count only where a name begins right after them: ``names`` holds the
    offsets at which names begin.
    """
    found = []
    for match in title_pattern().finditer(words.text, span.start, span.end):
        after = words.text[match.end() : match.end() + 2]
        start, weak = match.start(), False
        if match.group() in ("专家", "代表", "领导", "委员", "秘书"):
            before = words.text[max(span.start, start - 3) : start].rstrip("原前")[-2:]
            posted = re.fullmatch(r"驻[一-鿿]", before) is not None
            listed = words.text[max(span.start, start - 1) : start] in ("，", "、", "；")
            if match.group() == "委员" and listed and match.end() in names:
                pass  # 秘书长甲，委员乙、丙: of the committee named before
            elif posted and match.group() == "代表":
                weak = False
            elif match.group() != "委员":
                weak = True
            elif before[-1:] not in ("委", "会", "组"):
                continue
        if re.match(
            r"会(?!见|晤|同|谈|上)|办公|级|团|制|单位|楼|处|室|任期|工作站|证|席位|联盟|们", after
        ):
            continue
        if not weak or match.end() in names:
            found.append(Span(start, match.end()))
    return found


class _Chain:
    """Walks over the names of one sentence and gathers appointments."""

    def __init__(self, words: Words, sentence: Span) -> None:
        self._text = words.text
        self._words = words
        self._sentence = sentence
        self._pending: list[_Pending] = []
        self._assigned: list[_Pending] = []
        self._subjects: list[Span] = []
        self._unit: Unit | None = None
        self._chain_former = False
        self._chain_start = sentence.start
        self._zip: list[Span] = []
        self._zipped = -1
        self._named: Unit | None = None
        self._named_head = ""
        self._inverse: list[_Pending] = []
        self._removed = 0
        self._displaced: Span | None = None
        self._vacant: list[_Pending] = []
        self.found: list[Appointment] = []
        self.revealed: list[Span] = []

    def walk(self, atoms: list[_Atom]) -> None:
        """Reads the names of the sentence in order."""
        previous: _Atom | None = None
        for index, atom in enumerate(atoms):
            gap = self._text[
                previous.span.end if previous else self._sentence.start : atom.span.start
            ]
            if atom.kind in ("ORG", "PLACE"):
                self._see_unit(atom, gap, previous)
            elif atom.kind == "TITLE":
                self._see_title(atom, gap, previous, self._names_next(atoms, index))
            else:
                self._see_person(atom, gap, previous)
            previous = atom

    def _names_next(self, atoms: list[_Atom], index: int) -> bool:
        """Whether the chain that goes on after ``index`` ends in a name: 局长、书记张某."""
        for at in range(index + 1, len(atoms)):
            gap = self._text[atoms[at - 1].span.end : atoms[at].span.start]
            if atoms[at].kind == "PERSON":
                named = gap == "的" or _TO_NAME.match(gap) is not None
                return named and atoms[at - 1].kind == "TITLE"
            if not re.fullmatch(r"\s*(?:、|兼|暨|原|前|时任)*\s*", gap):
                return False
        return False

    def _see_unit(self, atom: _Atom, gap: str, previous: _Atom | None) -> None:
        if previous is None or previous.kind == "PERSON" or not _LINK.match(gap):
            self._start_chain(gap, atom.span.start)
        if previous is not None and previous.kind == "PLACE" and gap == "" and atom.kind == "ORG":
            pass
        self._unit = Unit(atom.span, "ORG" if atom.kind == "ORG" else "PLACE")

    def _start_chain(self, gap: str, start: int) -> None:
        self._pending = []
        self._chain_former = bool(_CHAIN_FORMER.search(gap))
        self._chain_start = start
        if _PUNCTUATION.search(gap):
            self._unit = None
            self._assigned = []
            if re.search(r"[。；;！？!?\n]", gap):
                self._subjects = self._subjects if re.search(r"；|;", gap) is None else []

    def _see_title(self, atom: _Atom, gap: str, previous: _Atom | None, names_next: bool) -> None:
        unit = self._unit
        title = atom.span
        if re.search(
            r"(?:拟任|拟提名|提名为?)\Z",
            self._text[
                : (unit.span.start if unit and unit.span.end == title.start else title.start)
            ][-4:],
        ):
            # A post that is only proposed is not held.
            return
        if re.fullmatch(r"(?:转任|调任|升任|改任|升为|转为)", gap) and self._subjects:
            for subject in self._subjects:
                self._emit(subject, _Pending(title, unit, False))
            return
        linked = previous is not None and _LINK.match(gap) is not None
        if previous is None or not linked:
            if previous is not None and previous.kind in ("ORG", "PLACE"):
                unit = self._reveal(previous.span.end, title, previous) or (
                    self._unit if _OF_UNIT.fullmatch(gap) else None
                )
                if unit is None and self._is_nominal(previous.span.end, title.start):
                    unit = self._unit
                title = self._take_in_function(previous.span.end, title)
                if unit is None and title.start == previous.span.end:
                    unit = self._unit
                if unit is None:
                    self._start_chain(gap, title.start)
            else:
                limit = previous.span.end if previous else self._sentence.start
                revealed = self._reveal(limit, title)
                title = self._take_in_function(limit, title)
                start = revealed.span.start if revealed else title.start
                before = self._text[limit:start]
                joined = previous is not None and _LINK.match(before) is not None
                carried = self._unit if joined and not _PUNCTUATION.search(before) else None
                if previous is None or previous.kind == "PERSON" or not joined:
                    self._start_chain(before, start)
                unit = revealed or carried
            self._unit = unit
        elif previous.kind == "PERSON":
            self._start_chain(gap, title.start)
            unit = self._unit
        former = (
            bool(_FORMER.search(gap))
            or self._chain_former
            or bool(
                unit and _FORMER.search(self._text[max(0, unit.span.start - 4) : unit.span.start])
            )
        )
        start = unit.span.start if unit and unit.span.start >= self._chain_start else title.start
        lead = self._text[self._sentence.start : min(start, title.start)]
        listed = re.match(r"[、，]|和|及|以及|与", self._text[self._removed : start])
        removed = _REMOVED.search(lead) is not None or (
            self._removed > 0 and listed is not None and start - self._removed <= 3
        )
        if removed and self._subjects:
            self._removed = title.end
            self._vacant = [_Pending(title, unit or self._named, False)]
            for subject in self._subjects:
                self._emit(subject, _Pending(title, unit or self._named, True))
            return
        between = self._text[self._subjects[-1].end : start] if self._subjects else ""
        if _OF_PERSON.fullmatch(between) and _OFFICE.match(self._text, title.end):
            self._emit(self._subjects[-1], _Pending(title, unit, True))
            return
        item = _Pending(title, unit, former)
        if re.match(r"(?:一职)?，?(?:则|将|现)?由|为|的是", self._text[item.title.end :][:6]):
            self._inverse = [*self._pending, item] if linked else [item]
        inverse = item in self._inverse
        if names_next or inverse or not self._by_verb(item):
            self._pending.append(item)

    def _by_verb(self, item: _Pending) -> bool:
        """李某任某局局长: the subject stands before, joined by a verb of appointment."""
        if not self._subjects:
            return False
        last = self._subjects[-1]
        start = min(
            self._chain_start,
            item.unit.span.start
            if item.unit and item.unit.span.start > last.end
            else item.title.start,
        )
        between = re.sub(
            r"（[^（）]*）|(?:(?:该|本|我)[一-鿿]{1,2}|公司|集团|学校)\Z",
            "",
            self._text[last.end : start],
        )
        if len(between) > 14 and not re.search(
            r"(?:(?:任|当选|出任|担任)(?:为)?|[任当]过|任[之以]?前[是为])\Z", between[-4:]
        ):
            return False
        if re.search(r"[。！？!?\n]", between):
            return False
        if between == "（" and self._text.startswith("）", item.title.end):
            # 沈某（某局局长）: the post stands in brackets after the name.
            self._emit(last, item)
            return True
        match = _VERB.search(between)
        if match is None or not (match["verb"] or match["former"]):
            return False
        if match["verb"] in ("为", "是", "系") and len(between) - len(match.group()) > 3:
            return False
        lead = self._text[self._sentence.start : start]
        lead = re.split(r"[。；]", lead)[-1]
        former = (
            bool(match["former"])
            or item.former
            or re.search(r"此前|再往前|早前|早些时候|曾经", lead) is not None
        )
        after = self._text[item.title.end : item.title.end + 2]
        if match["former"] == "由" and after != "转任" and not after.startswith(("调", "升", "改")):
            return False
        head = item.title.of(self._text)[-2:]
        carried = item.unit is not None and item.unit.span.end <= last.start
        if self._named is not None and (
            item.unit is None or (carried and head == self._named_head)
        ):
            item = replace(item, unit=self._named)
        self._named, self._named_head = item.unit, head
        if match["former"] in ("卸任", "辞去", "不再担任"):
            self._removed, self._vacant = item.title.end, [replace(item, former=False)]
        if match["verb"] and match["verb"].startswith("分别") and self._zipped != last.end:
            self._zip, self._zipped = list(self._subjects), last.end
        if self._zip:
            self._emit(self._zip.pop(0), replace(item, former=former))
            return True
        for subject in self._subjects:
            self._emit(subject, replace(item, former=former))
        if match["former"] == "由":
            self._chain_start = item.title.end
        return True

    def _see_person(self, atom: _Atom, gap: str, previous: _Atom | None) -> None:
        after = self._text[atom.span.end :][:2]
        if re.search(r"(?:接替|取代|接棒)(?:[^，。；]{0,10}的)?\Z", gap):
            # 林某接替王某任局长: the name after the verb is that of the predecessor.
            self._displaced = atom.span
            return
        if self._inverse and (
            re.match(r"担任|出任|接任|接棒|继任", after)
            or self._text.startswith(("为", "的是"), self._inverse[-1].title.end)
        ):
            # 独立董事由某院院士李某担任, 名誉院长为李某: the title stands before the name.
            for item in self._inverse:
                self._emit(atom.span, item)
        self._inverse = []
        self._succeed(atom, gap)
        if (
            previous is not None
            and previous.kind == "TITLE"
            and self._pending
            and (_TO_NAME.match(gap) or (gap == "的" and (self._chain_former or self._relative())))
        ):
            for item in self._pending:
                self._emit(atom.span, item)
            self._assigned, self._pending = self._pending, []
            listed = self._subjects and re.fullmatch(
                r"[、，]|以及|和", self._text[self._subjects[-1].end : self._chain_start]
            )
            self._subjects = [*self._subjects, atom.span] if listed else [atom.span]
            self._zip = []
        elif previous is not None and previous.kind == "PERSON" and _SHARE.match(gap):
            for item in self._shared():
                self._emit(atom.span, item)
            self._subjects = [*self._subjects, atom.span]
        else:
            self._assigned, self._pending = [], []
            self._subjects = [atom.span]
            self._zip = []
            if previous is None or _PUNCTUATION.search(gap):
                self._unit = self._unit if previous is not None else None

    def _succeed(self, atom: _Atom, gap: str) -> None:
        """后一职务由林某接任; 卸任某市市长，林某接任: the post that fell vacant is taken."""
        lead = self._text[self._removed : atom.span.start]
        if (
            self._vacant
            and _TAKES_OVER.match(self._text, atom.span.end)
            and (_SUCCEEDED.search(lead) or re.search(r"[，；]\Z", gap))
        ):
            for item in self._vacant:
                self._emit(atom.span, item)
            self._vacant = []

    def _relative(self) -> bool:
        return bool(
            re.search(
                r"(?:担任|任|现任)\s*\Z",
                self._text[max(0, self._chain_start - 4) : self._chain_start],
            )
        )

    def _shared(self) -> list[_Pending]:
        """Titles that hold for every name of a list: all of one unit, or the last."""
        units = {item.unit for item in self._assigned}
        return self._assigned if len(units) <= 1 else self._assigned[-1:]

    def _is_nominal(self, start: int, end: int) -> bool:
        """Whether only nouns stand between, as in 某联盟|海洋项目|主任."""
        while end > start and self._text[end - 1] in "原前":
            end -= 1
        inside = self._words.within(Span(start, end))
        return 0 < end - start <= 8 and all(w.tag in ("n", "nz", "vn", "an", "v") for w in inside)

    def _reveal(self, limit: int, title: Span, owner: _Atom | None = None) -> Unit | None:
        """A sub-unit right before a title that no finder saw: 办公厅|主任, 某某处|处长."""
        start = self._words.extend_left(
            title.start,
            frozenset(("n", "nz", "vn", "nw", "LOC", "ORG", "v", "a")),
            _not_in_unit_name(),
            limit,
        )
        if owner is not None and owner.kind == "ORG" and title.start - owner.span.end <= 12:
            # 大气环境处|处长 is cut in the wrong place by the tokenizer (处处|长).
            if _SUBUNIT.fullmatch(self._text[owner.span.end : title.start]):
                start = owner.span.end
        phrase = self._text[start : title.start]
        if len(phrase) <= 3 and self._text[max(0, start - 1) : start] in ("该", "本", "此"):
            return None  # 该协会|副会长
        if not phrase or re.fullmatch(
            r"(?:该|本|我)[一-鿿]{1,2}|(?:母|子|分|总)?公司|集团|企业|学校|学院|单位|部门|中心",
            phrase,
        ):
            return None
        media = self._text[title.start : title.end].endswith(("记者", "通讯员", "编辑", "主编"))
        if media and 2 <= len(phrase) <= 10 and phrase not in ("本报", "本台", "本网", "本刊"):
            span = Span(start, title.start)
        elif _SUBUNIT.fullmatch(phrase):
            # 省生态环境厅|应对气候变化处|处长: the unit is written with its parent.
            joined = owner is not None and owner.kind == "ORG" and owner.span.end == start
            span = Span(owner.span.start if owner and joined else start, title.start)
        elif (
            owner is None
            and _CORPORATE.search(title.of(self._text))
            and 3 <= len(phrase) <= 10
            and self._text[max(0, start - 1) : start]
            in ("", "、", "，", "。", "；", "和", "由", "\n", "（")
        ):
            # A company by its short name, 某某能源|董事长, that no finder knows.
            span = Span(start, title.start)
        else:
            return None
        self.revealed.append(span)
        return Unit(span, "ORG")

    def _take_in_function(self, limit: int, title: Span) -> Span:
        """Functional nouns before heads such as 总工程师, 特使 belong to the title."""
        if not _FUNCTIONAL.search(title.of(self._text)):
            return title
        start = self._words.extend_left(
            title.start,
            frozenset(("n", "nz", "vn", "a", "an")),
            _not_in_unit_name(),
            max(limit, title.start - 8),
        )
        # 该局|总工程师 points back to an institution.
        pointed = re.match(r"(?:该|本|我)[一-鿿]", self._text[start : title.start])
        return Span(start + (pointed.end() if pointed else 0), title.end)

    def after_names(self, persons: list[Span]) -> None:
        """方知某教授指出: an academic title right after the name, without a unit."""
        for person in persons:
            match = _AFTER.match(self._text, person.end)
            if match is not None and not any(a.person == person for a in self.found):
                self.found.append(
                    Appointment(person, Span(match.start(), match.end()), None, "current")
                )

    def _emit(self, person: Span, item: _Pending) -> None:
        if self._displaced is not None and person != self._displaced:
            before, self._displaced = self._displaced, None
            start = min(item.title.start, item.unit.span.start if item.unit else item.title.start)
            if _SUCCEEDS_AS.fullmatch(self._text[before.end : max(before.end, start)]):
                self._emit(before, replace(item, former=True))
        title = item.title.of(self._text)
        status: Status = "former" if item.former else "current"
        appointment = Appointment(person, item.title, item.unit, status, government_level(title))
        if appointment not in self.found:
            self.found.append(appointment)


_AFTER = re.compile(
    r"(?:院士|教授|研究员|主任|所长|院长|局长|部长|市长|会长|理事长|董事长"
    r"|总经理)(?=[，、。说]|表示|指出|认为|介绍|强调|称|在|作|致辞|发言|出席)"
)
_CORPORATE = re.compile(r"(?:董事长|总裁|总经理|CEO|创始人|首席执行官|执行董事)\Z")


@cache
def _not_in_unit_name() -> frozenset[str]:
    """Words before a title that are no part of a unit."""
    return frozenset(read_lines("not_in_unit_name.txt"))


def find_appointments(
    words: Words,
    persons: list[Span],
    orgs: list[Span],
    places: list[Span],
    posts: Sequence[Span] = (),
) -> tuple[list[Appointment], list[Span]]:
    """Appointments of the text, and spans of sub-units that only titles reveal.

    ``posts`` are titles that another finder proposes; a title of the grammar that lies inside
    one is read as a part of it.
    """
    found: list[Appointment] = []
    revealed: list[Span] = []
    persons, orgs, places = sorted(persons), sorted(orgs), sorted(places)
    proposed = sorted(posts)
    for sentence in words.layout.sentences:
        inside = _within(persons, sentence)
        if not inside:
            continue
        atoms = [_Atom(s, "PERSON") for s in inside]
        units = _within(orgs, sentence)
        atoms += [_Atom(s, "ORG") for s in units]
        atoms += [_Atom(s, "PLACE") for s in _within(places, sentence) if not overlaps(s, units)]
        taken = [*inside, *units]
        written = _free_titles(words, sentence, taken)
        wider = [
            p
            for p in _within(proposed, sentence)
            if not overlaps(p, taken) and words.is_boundary(p.start)
        ]
        titles = [t for t in written if not overlaps(t, wider)] + [
            _whole_title(words.text, p, written) for p in wider
        ]
        atoms += [_Atom(t, "TITLE") for t in titles]
        atoms.sort(key=lambda a: a.span)
        chain = _Chain(words, sentence)
        chain.walk(atoms)
        chain.after_names(inside)
        found += chain.found
        revealed += chain.revealed
    held = {a.unit.span for a in found if a.unit}
    return found, [s for s in revealed if s in held]


def _whole_title(text: str, proposed: Span, titles: Sequence[Span]) -> Span:
    """The title of the grammar that holds the proposed one, else the proposed one.

    What stands before the grammar's title may also be its unit: 政策研究室|主任.
    """
    for title in titles:
        if title.start <= proposed.start and proposed.end <= title.end:
            return title
        unit = text[proposed.start : title.start]
        if title.end == proposed.end and _SUBUNIT.fullmatch(unit):
            return title
    return proposed


def _within(spans: list[Span], sentence: Span) -> list[Span]:
    """The sorted spans that begin inside ``sentence``."""
    first = bisect_left(spans, Span(sentence.start, sentence.start))
    last = bisect_left(spans, Span(sentence.end, sentence.end))
    return spans[first:last]


def _free_titles(words: Words, sentence: Span, taken: list[Span]) -> list[Span]:
    """Titles outside names; one that runs out of a name begins again at the name's end."""
    found = []
    for title in find_titles(words, sentence, frozenset(t.start for t in taken)):
        cover = [t for t in taken if t.start < title.end and title.start < t.end]
        if not cover:
            found.append(title)
            continue
        end = max(t.end for t in cover)
        rest = title_pattern().match(words.text, end, sentence.end)
        if end < title.end and rest is not None:
            found.append(Span(*rest.span()))
    return found


# From this score on an institution covers the places that its name holds.
_FIRM = 0.85


def settle(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One reading of the names so far, without overlaps: what two finders agree on first.

    >>> 林远 = Candidate(Span(0, 2), "PERSON", 0.8, "a")
    >>> [c.span for c in settle([林远, replace(林远, source="b"), replace(林远, span=Span(0, 3))])]
    [Span(start=0, end=2)]
    """
    best: dict[tuple[Span, EntityLabel], Candidate] = {}
    for candidate in candidates:
        key = (candidate.span, candidate.label)
        known = best.get(key)
        agreed = known is not None and known.source != candidate.source
        score = max(candidate.score, known.score if known else 0.0) + agreed
        same = score == candidate.score
        best[key] = candidate if same else replace(candidate, score=score)
    orgs = Coverage(k[0] for k, c in best.items() if k[1] == "ORG" and c.score >= _FIRM)
    whole = [c for c in best.values() if c.label != "PLACE" or not orgs.touches(c.span)]
    return choose(whole, ENTITY_LABELS)


@Language.factory(
    "tanpu_posts",
    assigns=["doc._.candidates", "doc._.appointments"],
    requires=["doc._.candidates"],
)
def create_posts(nlp: Language, name: str) -> PostFinder:
    """The component by its registered name."""
    return PostFinder()


class PostFinder:
    """Adds POST candidates and the appointments that they stand in."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        names = settle(doc._.candidates)
        persons, orgs, places, posts = (
            [c.span for c in names if c.label == label]
            for label in ("PERSON", "ORG", "PLACE", "POST")
        )
        appointments, revealed = find_appointments(words, persons, orgs, places, posts)
        doc._.appointments = tuple(appointments)
        titles = {a.title for a in appointments}
        add_candidates(doc, (Candidate(s, "POST", 0.9, "posts") for s in sorted(titles)))
        add_candidates(doc, (Candidate(s, "ORG", 0.9, "posts.unit") for s in sorted(set(revealed))))
        return doc
