"""Names of persons.

Proposes PERSON candidates in ``doc._.candidates``: LAC's PER words, repaired where they
are cut or run on, names after a title that LAC missed, foreign names with ·, reporters in
bylines and photographers in credits.

Examples: 副市长⟦林某某⟧出席; （记者 ⟦王某某⟧ ⟦李某⟧）; ⟦约翰·史密斯⟧.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, Coverage, add_candidates, overlaps, spans_of
from extract.document_numbers import numbered
from extract.extensions import register_extensions
from extract.facts import Span
from extract.gazetteer import is_known_place
from extract.lexicons import read_lines
from extract.posts import title_pattern
from extract.words import Words

_HAN = r"[㐀-䶿一-鿿]"
# Characters that cannot be the last of a name cut off by the tokenizer.
_NOT_LAST = frozenset(
    "在和与及对向将已曾就说为是并也都还从等指介率带称以到应受会出参主作致表，。、；：（）()“”《》"
    " 　\n摄的了来赴"
)
# Characters between a title and a name that are no part of the name.
_FUNCTION_WORDS = frozenset("的由为是任在和与及同志之等对向将已曾暨兼女先生")
_FOREIGN = re.compile(
    rf"(?:{_HAN}{{1,6}}|[A-Z][A-Za-z]*\.?)(?:[·•・‧](?:{_HAN}{{1,8}}|[A-Z][A-Za-z]*\.?))+"
)
_FOREIGN_DOT = re.compile("[·•・‧]")
_LATIN = re.compile(
    r"[A-Z][a-zà-ÿ]+(?:[A-Z][a-z]+)?(?:[ \-·](?:[A-Z]['’][A-Z][a-z]+"
    r"|[A-Z][a-zà-ÿ'’]+(?:[A-Z][a-z]+)?|[A-Z]\.?(?![a-z])|de|van|von|al|bin)){1,3}"
)
_BYLINE = re.compile(
    r"(?:记者|通讯员|本报记者|特约记者|实习生|编辑|责任编辑|见习记者|首席记者|摄影|文/"
    r"|图/|文|图)[：:\s　/／]*"
)
_CREDIT = re.compile(rf"({_HAN}{{2,4}}|{_HAN}[ 　]{_HAN})[ 　]*(?:/?摄影报道|/?摄影|/?摄|供图)")
_NAME = re.compile(rf"{_HAN}{{2,4}}")
_SPACED = re.compile(rf"({_HAN})[ 　]{{1,3}}({_HAN})(?!{_HAN})")
_PLACE_TAIL = frozenset("省市县区镇乡州局部厅委办司院校馆站台社网报队组厂")
_ENDS = re.compile(
    r"(?:[，。、；：:,;！？!?（）()“”《》\s]|\Z|出席|参加|主持|致辞|致词|讲话|介绍|表示|指出"
    r"|强调|认为|说|称|在|和|与|等|一行|率|带队|会见|通过|透过|为|任|发表|作|代表|向|宣布"
    r"|受|应|围绕|就|分别|先后|共同|陪同|担任|当选|宣读|发言|到会|到场|参会|出任|调任|转任"
    r"|通报|汇报|宣读|陪同|率团|同志|先生|女士|教授|院士|的|回应|透露|告诉|接受|宣誓|做|以"
    r"|从|到|日前|现场|视频|线上|兼|曾|是)"
)


@cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Single-character and compound Chinese surnames of the lexicon."""
    names = read_lines("surnames.txt")
    return frozenset(n for n in names if len(n) == 1), frozenset(n for n in names if len(n) > 1)


def is_chinese_name(name: str) -> bool:
    """Whether ``name`` has the form of a Chinese personal name: surname and given name."""
    single, double = surnames()
    if not re.fullmatch(rf"{_HAN}{{2,4}}", name):
        return False
    if name[:2] in double:
        return len(name) in (3, 4)
    return name[0] in single and len(name) in (2, 3)


def find_persons(words: Words) -> list[Candidate]:
    """All names of persons with the finder's confidence."""
    found: dict[Span, Candidate] = {}
    taken = Coverage()

    def add(start: int, end: int, score: float, source: str) -> None:
        span = Span(start, end)
        if not taken.touches(span):
            taken.add(span)
            found[span] = Candidate(span, "PERSON", score, source)

    text = words.text
    for start, end in _credited(text):
        add(start, end, 0.95, "persons.credit")
    for start, end in _latin(words):
        add(start, end, 0.95, "persons.latin")
    for start, end in _foreign(words):
        add(start, end, 0.95, "persons.foreign")
    for start, end in _last_parts(text, list(found)):
        add(start, end, 0.95, "persons.foreign")
    for start, end in _spaced(words):
        add(start, end, 0.9, "persons.spaced")
    for start, end in _appointed(words):
        add(start, end, 0.9, "persons.appointed")
    for span, score in _tagged(words):
        add(span.start, span.end, score, "persons.lac")
    for start, end in _after_titles(words, list(found)):
        add(start, end, 0.85, "persons.title")
    for start, end in _in_lists(words, list(found)):
        add(start, end, 0.8, "persons.list")
    for start, end in _repeated(words, list(found)):
        add(start, end, 0.85, "persons.repeated")
    return sorted(_completed(text, found.values()))


def _completed(text: str, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Two characters that begin a name of three found elsewhere are that name here, too."""
    known = list(found)
    longer = {c.span.of(text) for c in known if c.span.end - c.span.start == 3}
    starts = {c.span.start for c in known}
    for candidate in known:
        start, end = candidate.span.start, candidate.span.end
        cut = end - start == 2 and text[start : end + 1] in longer and end not in starts
        yield replace(candidate, span=Span(start, end + 1)) if cut else candidate


def _latin(words: Words) -> list[tuple[int, int]]:
    """Names in Latin letters after a title or where LAC sees part of a name."""
    text = words.text
    found = []
    for match in _LATIN.finditer(text):
        covered = words.within(Span(match.start(), match.end()))
        if any(w.tag == "PER" for w in covered) or _title_tail(text, match.start()):
            found.append((match.start(), match.end()))
    return found


def _foreign(words: Words) -> list[tuple[int, int]]:
    """Names with ·: where LAC sees a name, its words; else from a title or a word break on."""
    text = words.text
    found = []
    for match in _FOREIGN.finditer(text):
        span = Span(match.start(), match.end())
        tagged = [
            w for w in words.words if w.tag == "PER" and overlaps(Span(w.start, w.end), [span])
        ]
        if tagged:
            start = tagged[0].start
            ahead = [
                m.end()
                for m in title_pattern().finditer(text, max(0, start - 8), start + 4)
                if m.start() < start < m.end()
            ]
            start = ahead[-1] if ahead else start
            # 副行长|约|阿希姆·…: the first character was cut off the name.
            close = [
                m.end()
                for m in title_pattern().finditer(text, max(0, start - 10), start)
                if 0 < start - m.end() <= 2 and not set(text[m.end() : start]) & _FUNCTION_WORDS
            ]
            start = close[-1] if close else start
            found.append((start, max(tagged[-1].end, _dotted_end(words, match))))
            continue
        first_dot = next(i for i in range(*match.span()) if text[i] in "·•・‧")
        titles = [
            m.end()
            for m in title_pattern().finditer(text, max(0, match.start() - 8), first_dot)
            if m.end() < first_dot
        ]
        if titles:
            found.append((titles[-1], _dotted_end(words, match)))
    return found


def _dotted_end(words: Words, match: re.Match[str]) -> int:
    """End of the part after the last ·, by the words of the tokenizer."""
    text = words.text
    last_dot = max(i for i in range(*match.span()) if text[i] in "·•・‧")
    index = words.at(last_dot + 1)
    if index is None:
        return match.end()
    return max(words.words[index].end, last_dot + 2)


def _credited(text: str) -> list[tuple[int, int]]:
    """Names in photo credits and bylines, which follow each other with spaces between."""
    found = []
    for match in _CREDIT.finditer(text):
        name = match.group(1)
        if is_chinese_name(re.sub(r"[ 　]", "", name)):
            found.append((match.start(1), match.end(1)))
    for match in _BYLINE.finditer(text):
        at = match.end()
        while True:
            spaced = _SPACED.match(text, at)
            if spaced and is_chinese_name(spaced[1] + spaced[2]):
                found.append((at, spaced.end()))
                at = spaced.end()
            else:
                name = re.compile(rf"{_HAN}{{2,4}}(?![一-鿿])").match(text, at)
                if name is None or not is_chinese_name(name.group()):
                    break
                found.append((name.start(), name.end()))
                at = name.end()
            gap = re.compile(r"[ 　、，,]+(?:通讯员|实习生|记者)?[ 　：:]*").match(text, at)
            if gap is None or gap.end() == at:
                break
            at = gap.end()
    return found


_SHORT_FORM = re.compile(r"(?:简称|下称|又称|全称)[为作是]?[：:“‘「《\"\s]{0,3}\Z")


def _tagged(words: Words) -> list[tuple[Span, float]]:
    """LAC's names, grown by a character that the tokenizer cut off."""
    text = words.text
    found = []
    for index, word in enumerate(words.words):
        if word.tag != "PER" or word.end - word.start < 2:
            continue
        name = words.of(word)
        start, end = word.start, word.end
        if name[-1] in _PLACE_TAIL and not is_chinese_name(name):
            continue
        if "·" not in name and re.search(r"[（(）)、，/]", name):
            continue
        if _SHORT_FORM.search(text[max(0, start - 8) : start]):
            # （简称“某某能源”）: what is defined there names what stands before.
            continue
        inside = [
            m.end()
            for m in title_pattern().finditer(text, max(0, start - 8), start + 2)
            if m.start() < start < m.end()
        ]
        if inside and is_chinese_name(text[inside[-1] : end]):
            # 司|长祖某某: the end of the title was taken into the name.
            start = inside[-1]
            name = text[start:end]
        if name[-1] in "说称道" and is_chinese_name(name[:-1]) and text[end : end + 1] in "，：":
            end -= 1
            name = text[start:end]
        before = [
            m.end()
            for m in title_pattern().finditer(text, max(0, start - 10), start)
            if 0 < start - m.end() <= 2
        ]
        if before and re.fullmatch(rf"{_HAN}{{1,2}}", text[before[-1] : start]):
            # 名誉教授|山岸|健一: the first part of the name was cut off.
            if not set(text[before[-1] : start]) & _FUNCTION_WORDS:
                found.append((Span(before[-1], end), 0.85))
                continue
        title = _title_tail(text, start)
        if len(name) == 2 and is_chinese_name(name) and index + 1 < len(words.words):
            following = words.words[index + 1]
            grown = text[start : following.end]
            if (
                following.start == end
                and following.end - following.start == 1
                and re.match(_HAN, text[following.start])
                and text[following.start] not in _NOT_LAST
                and (title or following.tag in ("f", "a", "n", "nz", "v", "m"))
                and (
                    _ENDS.match(text, following.end)
                    or (title and following.tag != "v" and _ends_at(words, following.end))
                )
                and is_chinese_name(grown)
                and (
                    title
                    or text[:start].endswith(("、", "，"))
                    or _SPEAKS.match(text, following.end)
                )
            ) or (
                following.start == end
                and text[following.start : following.end] in ("和", "向", "曾", "对", "应", "从")
                and title
                and _SPEAKS.match(text, following.end)
                and is_chinese_name(grown)
            ):
                end = following.end
        if len(name) == 2 and not is_chinese_name(name) and is_chinese_name(text[start - 1 : end]):
            # 二级调研员|和|晓梅: the surname was taken for a conjunction.
            if _title_tail(text, start - 1):
                start -= 1
        if (
            len(name) > 3
            and not is_chinese_name(name)
            and "·" not in name
            and is_chinese_name(name[:3])
        ):
            end = start + 3
        found.append((Span(start, end), 0.95 if is_chinese_name(text[start:end]) else 0.8))
    return found


_SPEAKS = re.compile(r"说|表示|指出|介绍|认为|称|强调|透露|坦言|出席|参加|主持|致辞|到会|到场")
_NAMED = re.compile(
    r"(?:任命|聘任|聘请|选举|推选|提名|免去"
    r"|决定任命)(?P<names>[一-鿿·、]{2,40}?)(?:（[^（）]*）)?(?:为|的)"
)
# 决定免去：甲的某局局长职务；乙的…: a name a line.
_RELIEVED = re.compile(
    r"(?:免去|[；：\n])[：:]?[\s　]*(?P<names>[一-鿿·]{2,12}?)(?:同志)?(?:（[^（）\n]{1,8}）)?"
    r"的[^，。；\n的]{4,30}职务"
)


def _spaced(words: Words) -> list[tuple[int, int]]:
    """Names of two characters that are spread by spaces, after a title: 市长林　远."""
    text = words.text
    found = []
    for match in re.finditer(rf"({_HAN})[ 　]{{1,3}}({_HAN})", text):
        if (
            is_chinese_name(match[1] + match[2])
            and _title_tail(text, match.start())
            and _ENDS.match(text, match.end())
        ):
            found.append(match.span())
    return found


def _appointed(words: Words) -> list[tuple[int, int]]:
    """任命甲、乙为…: what stands between the verb and 为 is names."""
    text = words.text
    found = []
    for match in chain(_NAMED.finditer(text), _RELIEVED.finditer(text)):
        at = match.start("names")
        for name in match["names"].split("、"):
            end = at + len(name)
            tagged = any(w.tag == "PER" for w in words.within(Span(at, end)))
            if 2 <= len(name) <= 12 and (
                is_chinese_name(name) or _TRANSLITERATED.fullmatch(name) or (tagged and "·" in name)
            ):
                found.append((at, end))
            at = end + 1
    return found


def _ends_at(words: Words, offset: int) -> bool:
    """Whether a name may end at ``offset``: a mark, a known follower, or a verb or adverb."""
    if _ENDS.match(words.text, offset):
        return True
    following = words.starting_at(offset)
    if following is None:
        return False
    word = words.words[following]
    return word.tag in ("v", "p", "d", "vd", "c") and word.end - word.start >= 2


def _title_tail(text: str, offset: int) -> bool:
    """Whether a title ends right before ``offset``."""
    window = text[max(0, offset - 12) : offset].rstrip(" 　")
    return any(m.end() == len(window) for m in title_pattern().finditer(window))


def _after_titles(words: Words, known: list[Span]) -> list[tuple[int, int]]:
    """Names after a title that LAC cut into common words."""
    text = words.text
    found = []
    for match in title_pattern().finditer(text):
        at = match.end()
        while at < len(text) and text[at] in " 　":
            at += 1
        if overlaps(Span(at, at + 1), known):
            continue
        name = _name_at(words, at)
        if name is None and _title_needs_name(match.group()):
            name = _transliterated_at(words, at)
        if name is None and _title_needs_name(match.group()):
            name = _rare_name_at(words, at)
        if name is not None:
            found.append((at, name))
    return found


def _rare_name_at(words: Words, at: int) -> int | None:
    """End of a name with a rare surname that LAC takes for a place or a proper noun."""
    index = words.starting_at(at)
    if index is None:
        return None
    word = words.words[index]
    name = words.of(word)
    if not 2 <= len(name) <= 3 or is_known_place(name) or _NO_NAME.match(name):
        return None
    if word.tag in ("LOC", "nz", "PER"):
        return word.end if _ENDS.match(words.text, word.end) else None
    # 厅长苍某，: a common noun between a title and a comma can only be a name.
    closed = re.match(r"[，、；。）]|\Z", words.text[word.end : word.end + 1]) is not None
    if len(name) == 2:
        return word.end if closed and word.tag in ("n", "a", "s") else None
    # A word of three characters that LAC does not know for a name: 院士柏某某作报告.
    named = is_chinese_name(name) and not _COMMON_END.search(name)
    return (
        word.end
        if named and word.tag in ("n", "v", "a", "vn") and (closed or _ends_at(words, word.end))
        else None
    )


_COMMON_END = re.compile(r"[会室部制员长师者团处证力性化度率局厅署所院办委组科]\Z")


_NO_NAME = re.compile(
    r"热线|信箱|接待|负责|助理|会议|办公|通道|论坛|级别|职务|岗位|人选|候选|职责|任期"
    r"|名单|同志|们|等人|一行|一职|会见|带队|致辞|讲话|代表|委员|制度|单位|责任|资格|身份"
)


def _title_needs_name(title: str) -> bool:
    """Whether a title is specific enough for an unusual name to follow it."""
    return re.search(r"(?:长|主席|书记|主任|院士|教授|总裁|总经理|副[一-鿿]+)\Z", title) is not None


def _name_at(words: Words, at: int) -> int | None:
    """End of a Chinese name that starts at ``at`` and ends at a break, if there is one."""
    text = words.text
    index = words.at(at)
    if index is None:
        return None
    for size in (3, 2, 4):
        name = text[at : at + size]
        if len(name) < size or not is_chinese_name(name):
            continue
        if not (_ENDS.match(text, at + size) or (size == 3 and _is_cut_name(words, at))):
            continue
        # A single word of the tokenizer that is no name (and no word of one or two
        # characters cut from a name) is a common noun: 主任委员, 主任会议.
        word = words.words[index]
        common = word.tag not in ("PER", "nz", "LOC") or is_known_place(name)
        adverb = word.tag == "d" and word.end == at + size - 1
        if word.start == at and word.end >= at + size and common and not adverb:
            continue
        if name[-1] in _NOT_LAST:
            continue
        # 代表|和|专家: a conjunction and a common noun are no name.
        following = words.starting_at(at + 1)
        if word.tag == "c" and following is not None and words.words[following].tag in ("n", "vn"):
            continue
        return at + size
    return None


def _is_cut_name(words: Words, at: int) -> bool:
    """Whether three characters at ``at`` are pieces of words and a verb follows them."""
    last = words.at(at + 2)
    if last is None or words.words[last].end != at + 3:
        return False
    word = words.words[last]
    function = word.end - word.start == 1 and word.tag in ("d", "p", "v", "c", "u", "f", "r")
    return not function and word.start < at + 2 and _ends_at(words, at + 3)


_TRANSLITERATED = re.compile(
    r"[阿艾爱安巴白班宝保贝彼边宾勃布才仓藏策查察昌成赤慈次达丹旦道德登迪丁冬东多额恩尔凡扶嘎尕噶岗高格根贡古顾桂哈海韩和贺洪吉加嘉江杰金晶巨卡凯康克肯孔库拉朗勒雷力利连林卢鲁伦罗洛马玛买麦曼毛梅蒙米敏明莫木穆那娜纳南囊内尼年宁努诺帕朋平普其奇齐恰钦青琴琼热仁日荣如乳若萨赛三桑色森沙山尚圣仕斯苏索塔台泰坦特提图土吐托旺维温乌希喜夏香欣新雄绪旭雅亚延彦央叶伊依宜以义银英永尤于余玉元月云赞扎照哲珍芝止志卓孜孜子宗足尊依热孜克甫江汗木力买提不都热合古丽努尔]{2,6}"
)


def _transliterated_at(words: Words, at: int) -> int | None:
    """End of a Mongolian, Tibetan or Uyghur name without a surname, right after a title."""
    match = _TRANSLITERATED.match(words.text, at)
    if match is None:
        return None
    for end in range(match.end(), at + 1, -1):
        if words.is_boundary(end) and _ENDS.match(words.text, end):
            inside = words.within(Span(at, end))
            if len(inside) == 1 and inside[0].tag not in ("nz", "PER", "LOC"):
                return None
            return end
    return None


def _in_lists(words: Words, known: list[Span]) -> list[tuple[int, int]]:
    """Names between 、 beside a known name, as in 李某、成某某、赵某."""
    text = words.text
    found = []
    for span in known:
        if text[span.end : span.end + 1] in ("、", "，") and not overlaps(
            Span(span.end + 1, span.end + 2), known
        ):
            end = _name_at(words, span.end + 1)
            if end is not None and (text[span.end] == "、" or text[end : end + 1] in "、，等"):
                found.append((span.end + 1, end))
        if span.start > 3 and text[span.start - 1] == "、":
            for size in (3, 2):
                start = span.start - 1 - size
                if (
                    text[start - 1 : start] in ("、", "：", "有", "是", "，")
                    and is_chinese_name(text[start : span.start - 1])
                    and words.is_boundary(start)
                    and not overlaps(Span(start, span.start - 1), known)
                    and _name_at(words, start) == span.start - 1
                ):
                    found.append((start, span.start - 1))
                    break
    return found


def _last_parts(text: str, known: Sequence[Span]) -> list[tuple[int, int]]:
    """Where the last part of a foreign name stands for it: 约翰·史密斯到会。史密斯说.

    It has three characters or more: shorter ones are words as well (拉斯·金, 金价).
    """
    last = {
        part: span.end
        for span in reversed(known)
        if _FOREIGN_DOT.search(name := span.of(text))
        and len(part := _FOREIGN_DOT.split(name)[-1]) >= 3
    }
    return [
        (at.start(), at.end())
        for part, end in last.items()
        for at in re.finditer(re.escape(part), text)
        if at.start() >= end and text[at.start() - 1] not in "·•・‧"
    ]


def _repeated(words: Words, known: list[Span]) -> list[tuple[int, int]]:
    """Further occurrences of names of three or more characters that are already known."""
    text = words.text
    names = {s.of(text) for s in known if s.end - s.start >= 3}
    names |= {s.of(text) for s in known if s.end - s.start == 2 and _title_tail(text, s.start)}
    found = []
    for name in sorted(names, key=len, reverse=True):
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            inside = words.at(at)
            part = inside is not None and (
                words.words[inside].tag in ("ORG", "LOC") and words.words[inside].end > end
            )
            if (
                not part
                and not overlaps(Span(at, end), known)
                and (len(name) > 2 or words.is_boundary(at))
            ):
                found.append((at, end))
            at = text.find(name, end)
    return found


@Language.factory("tanpu_persons", assigns=["doc._.candidates"])
def create_persons(nlp: Language, name: str) -> PersonFinder:
    """The component by its registered name."""
    return PersonFinder()


class PersonFinder:
    """Adds PERSON candidates outside regulations and forums."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        taken = [*spans_of(doc, "REGULATION"), *spans_of(doc, "FORUM"), *numbered(words.text)]
        found = find_persons(words)
        covered = Coverage(taken)
        add_candidates(doc, (c for c in found if not covered.touches(c.span)))
        return doc
