"""Named meetings and public events.

Proposes FORUM candidates in ``doc._.candidates``.

Examples: ⟦2023绿色发展论坛暨低碳交通峰会⟧ (暨 joins one name), 举行的⟦第五届能源转型大会⟧.
A bare 论坛, 大会 or 开幕式 points back and is no mention of its own; see
``find_generic`` for those.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates, outermost
from extract.extensions import register_extensions
from extract.facts import Span
from extract.lexicons import read_lines
from extract.words import Words

_HEAD_WORDS = (
    "高峰论坛|高层论坛|论坛|峰会|大会|年会|研讨会|座谈会|交流会|洽谈会|博览会|推介会|对接会"
    "|推进会|推进会议|缔约方会议|缔约方大会"
    "|工作会议|学术会议|部长级会议|常务会议|全体会议|联席会议|工作会|现场会|现场会议|会议"
    "|全会|招商会|闭门会|闭门会议|展览会|展会|交易会|恳谈会"
    "|圆桌会|圆桌会议|启动会|动员会|启动仪式|成立仪式|成立大会|揭牌仪式|开工仪式|签约仪式"
    "|颁奖典礼|发布会|沙龙|对话会|双年展|宣传周|科技周"
    "|活动周|周|日活动|主题活动|文化节|艺术节|消费节|生活节|旅游节|购物节|科技节|读书节"
    "|挑战赛|邀请赛|竞赛|大赛|对话|讲坛|年度会议|例会|听证会"
    "|咨询会|讲习班|开放日|嘉年华|两会|大讲堂|分论坛|边会|党代会|活动|宣讲会|分享会|说明会"
    "|现场推进会|现场交流会|现场观摩会|观摩会|推进现场会|视频会议|电视电话会议|论证会|研修班"
    "|宣传月|活动月|服务月|行动月|消费月|文化月|消费季|体验季|日主场活动|推介活动|公开课"
    "|投产仪式|竣工仪式|通车仪式|奠基仪式|揭幕仪式|启用仪式|首发仪式|授牌仪式|颁奖仪式"
    "|发车仪式|开馆仪式|开园仪式|投运仪式|上线仪式|发布仪式"
)
# Longest first, so that 圆桌会 does not stop short of 圆桌会议.
_HEAD = "|".join(
    (*sorted(_HEAD_WORDS.split("|"), key=len, reverse=True), "(?<![开发进拓扩施伸参布观办出策])展")
)
HEADS = re.compile(rf"(?:{_HEAD})")
_STRONG = re.compile(
    r"(?:论坛|峰会|大会|年会|研讨会|交流会|洽谈会|博览会|推介会|对接会|推进会|推进会议"
    r"|学术会议|展览会|交易会|缔约方会议|圆桌会议"
    r"|常务会议|全体会议|成立仪式|成立大会|宣传周|科技周|对话会|部长级会议|工作会议|现场会"
    r"|恳谈会|沙龙|闭门会|闭门会议|大赛|讲坛|嘉年华|会议|座谈会|启动仪式|发布会|签约仪式"
    r"|启动会|开工仪式|揭牌仪式|全会|次会议|展|周|文化节|艺术节|消费节|生活节|旅游节|购物节"
    r"|科技节|读书节|挑战赛|邀请赛|竞赛|双年展|现场会议|联席会议|听证会|边会|党代会|活动"
    r"|观摩会|宣讲会|分享会|说明会|论证会|视频会议|电视电话会议|仪式"
    r"|(?:宣传|活动|服务|行动|消费|文化)月|(?:消费|体验)季|公开课|博览会|座谈会)\Z"
)
_GENERIC_MODIFIER = (
    "本届|本次|此次|该|这次|这一|上述|主|分|平行|主题|专题|配套|高端|高峰|高层|国际|线上|线下"
    "|同期|开幕|闭幕|系列|圆桌|新闻|重要"
    "|首场|多场|一场|各|相关|有关|重大|大型|专场|省级|市级|地方|全国|年度|全体|学术|工作|专项"
    "|视频|电视电话|党组|党委|常委|项目|合作"
    "|战略|集中|重大项目|多个|几场|每届|往届|历届|上届|两|三|四|五|六|七|八|九|十|\\d|个|场"
    "|大|届|次|的|和|与|以及|及|暨|揭牌|路演|签约|交易|发布"
    "|成果|研究|媒体|通气|情况|政策|例行|吹风|专家|代表|企业|行业|产业|座谈|交流|推介|对接"
    "|推进|表彰|总结|动员|部署"
)
# Bounded, since some modifiers are made of others: no name takes long to refuse.
_GENERIC = re.compile(rf"(?:{_GENERIC_MODIFIER}){{0,12}}(?:{_HEAD})\Z")
_REFERRING = re.compile(
    r"(?:(?:本届|本次|此次|该|这次|上述|这一|这届)(?:[一-鿿]{0,4}?))?(?:论坛|峰会|大会"
    r"|年会|研讨会|会议|博览会|交流会|开幕式|闭幕式|开幕会|主论坛|会上|活动|盛会|展会"
    r"|推介会|洽谈会)"
)
_YEAR = r"(?:(?:19|20)\d{2}年?度?|[二○〇零一三四五六七八九]{4}年?)"
_ORDINAL = r"(?:第?[一二三四五六七八九十百零〇\d]+[届次]|首届)"
_OPENING_MARK = re.compile(rf"{_YEAR}?{_ORDINAL}")
_LEAD = re.compile(rf"(?:{_YEAR}|{_ORDINAL}|[（(]{_YEAR}[)）])+\Z")
# 《某某公约》第二十八次缔约方大会: the convention belongs to the name of its conference.
_OF_CONVENTION = re.compile(
    r"《[^《》]{4,30}》(?:第[^，。；]{1,6}次)?缔约方(?:大会|会议)(?:第[^，。；]{1,6}次会议)?"
)
_NAME_TAGS = frozenset(
    ("n", "nz", "vn", "nw", "LOC", "ORG", "a", "an", "m", "v", "s", "xc", "ad", "TIME", "f", "q")
)


@cache
def _not_in_forum_name() -> frozenset[str]:
    """Words that no name of a forum holds: the name of an event begins after them."""
    return frozenset(read_lines("not_in_forum_name.txt"))


# Such words need more than a modifier before them: 项目投产仪式 is no name.
_WEAK = re.compile(
    r"(?:展|周|会议|对话|座谈会|发布会|仪式|大赛|活动|听证会|观摩会|分享会|宣讲会"
    r"|说明会|论证会|宣传月|活动月|服务月|行动月|消费月|文化月|消费季|体验季|公开课)\Z"
)
_LONG_NAME = 7  # a shorter name may well be a part of another one
_QUOTES = {"“": "”", "「": "」", "『": "』", '"': '"', "‘": "’"}


def is_generic(name: str) -> bool:
    """Whether ``name`` only points back to an event (本届论坛, 平行论坛, 新闻发布会)."""
    return _GENERIC.match(re.sub(r"[“”\"‘’「」]", "", name)) is not None


def find_generic(text: str, span: Span) -> list[Span]:
    """Words inside ``span`` that point back to an event: 论坛, 本届大会, 开幕式, 会上."""
    return [Span(m.start(), m.end()) for m in _REFERRING.finditer(text, span.start, span.end)]


def find_forums(words: Words) -> list[Candidate]:
    """Names that end in a word for a meeting, grown to the left as far as the name goes."""
    text = words.text
    found: list[Candidate] = []
    for match in _OF_CONVENTION.finditer(text):
        found.append(Candidate(Span(*match.span()), "FORUM", 0.99, "forums"))
    taken = [c.span for c in found]
    for sentence in words.layout.sentences:
        end = max([sentence.start, *(t.end for t in taken if t.start < sentence.end <= t.end)])
        for match in HEADS.finditer(text, sentence.start, sentence.end):
            if match.start() < end or any(t.start <= match.start() < t.end for t in taken):
                continue
            if not _ends_name(words, match):
                continue
            stop = _tail_end(text, match.end(), sentence.end)
            start = _find_start(words, match, max(sentence.start, end))
            name = text[start : match.end()]
            joint = bool(found) and found[-1].span.end == start - 1 and text[start - 1] == "暨"
            quoted = _QUOTES.get(text[max(0, start - 1)]) == text[match.end() : match.end() + 1]
            if not _is_name(name, quoted=quoted) and not (joint and len(name) >= 4):
                continue
            start = _joint_hosts(words, start, name, max(sentence.start, end))
            if found and text[found[-1].span.end : start] in ("暨", ""):
                if found[-1].span.end <= start:
                    start = found.pop().span.start
            found.append(Candidate(Span(start, stop), "FORUM", _score(text[start:stop]), "forums"))
            end = stop
    return _everywhere(text, found)


def _everywhere(text: str, found: list[Candidate]) -> list[Candidate]:
    """The same names wherever they stand, also where the words around hide them."""
    names: dict[str, float] = {}
    for candidate in found:
        name = candidate.span.of(text)
        if len(name) >= _LONG_NAME:
            names[name] = max(candidate.score, names.get(name, 0.0))
    kept = {c.span: c for c in found}
    for name, score in names.items():
        at = text.find(name)
        while at >= 0:
            span = Span(at, at + len(name))
            kept.setdefault(span, Candidate(span, "FORUM", score, "forums"))
            at = text.find(name, span.end)
    return outermost(kept.values())


def _joint_hosts(words: Words, start: int, name: str, limit: int) -> int:
    """甲省、乙局共建某某会议: the joint hosts begin the name."""
    if not re.match(r"[一-鿿]{2,12}?(?:共建|联席|部省|省部|部际|战略合作)", name):
        return start
    first = words.starting_at(start)
    if first is None or words.words[first].tag not in ("ORG", "LOC"):
        return start
    while start - 1 > limit and words.text[start - 1] in "、与和":
        before = words.ending_at(start - 1)
        if before is None or words.words[before].tag not in ("ORG", "LOC"):
            break
        start = words.words[before].start
    return start


def _ends_name(words: Words, match: re.Match[str]) -> bool:
    text, end = words.text, match.end()
    if not words.is_boundary(end):
        return False
    following = HEADS.match(text, end)
    if following is not None and words.is_boundary(following.end()):
        return False
    if re.match(
        r"(?:上|期间|的)?(?:组委会|秘书处|理事会|理事长|中心|办公室|永久会址|主席|委员会)",
        text[end:],
    ):
        return re.match(r"(?:上|期间|的)", text[end:]) is not None
    return not re.match(r"[一-鿿]", text[end : end + 1]) or words.is_boundary(end)


def _tail_end(text: str, end: int, limit: int) -> int:
    """Takes in what may follow the head: 2024年会, 2024, a bracketed place."""
    edition = re.compile(
        r"(?:(?:19|20)\d{2}年?(?:年会|大会|峰会|会议)?|(?:19|20)\d{2}年?(?!\d*[月日]))"
    ).match(text, end, limit)
    if edition is not None and re.match(r"年?(?:年会|大会|峰会|会议)\Z|\Z", edition.group()[4:]):
        end = edition.end()
    return _bracket_end(text, end, limit)


def _bracket_end(text: str, end: int, limit: int) -> int:
    """Takes in a bracketed place, （深圳）, that belongs to the name."""
    match = re.compile(r"[（(]([一-鿿]{2,6})[）)]").match(text, end, limit)
    if match and not re.match(r"以下|下称|简称|记者|又称|以上", match[1]):
        return match.end()
    return end


def _find_start(words: Words, match: re.Match[str], limit: int) -> int:
    text = words.text
    start = match.start()
    inside = words.at(start)
    if inside is not None:
        start = words.words[inside].start
    if start < limit:
        return match.start()
    while True:
        grown = words.extend_left(start, _NAME_TAGS, _not_in_forum_name(), limit)
        if grown > limit and text[grown - 1] in '”」』’"' and grown != match.end():
            opened = _opening(text, grown - 1, limit)
            # 由甲主办的“乙论坛”: a quote that opens the whole name is left to the caller.
            if opened is not None and len(text[opened + 1 : grown - 1]) <= 12:
                start = opened
                continue
        if grown > limit and text[grown - 1] in "—-·・－、和与及+" and _joins(words, grown, limit):
            start = grown - 1
            continue
        # 中国（某省）—某国对话会: a bracketed place inside the name.
        bracket = re.search(r"[一-鿿]{2,4}（[一-鿿]{2,6}）\Z", text[limit:grown])
        if bracket is not None and words.is_boundary(limit + bracket.start()):
            start = limit + bracket.start()
            continue
        start = grown
        break
    return _trim(words, _lead(words, start, limit), match)


def _lead(words: Words, start: int, limit: int) -> int:
    """Start of a year or an ordinal that opens the name: 第四届|某某转化与|某某学术研讨会."""
    text = words.text
    leads = list(_OPENING_MARK.finditer(text, limit, start))
    if not leads:
        return start
    for word in words.within(Span(leads[-1].end(), start)):
        value = words.of(word)
        joint = value in ("与", "和", "及")
        if not joint and (word.tag in ("u", "p", "w", "PER") or value in _not_in_forum_name()):
            return start
    return leads[-1].start()


def _joins(words: Words, offset: int, limit: int) -> bool:
    """Whether the sign before ``offset`` joins two parts of one name."""
    text = words.text
    sign = text[offset - 1]
    before = words.ending_at(offset - 1)
    if before is None or words.words[before].start < limit:
        return False
    word = words.words[before]
    if word.tag in ("PER", "w", "v", "u", "p") or words.of(word) in _not_in_forum_name():
        return False
    if sign in "—-·・－+":
        return True
    if sign == "、":
        return False
    # 和, 与, 及 join two nouns of one name only when the part before is no event itself.
    return word.tag in ("n", "vn", "nz", "a") and not HEADS.search(words.of(word))


def _opening(text: str, close: int, limit: int) -> int | None:
    for left, right in _QUOTES.items():
        if text[close] == right:
            at = text.rfind(left, limit, close)
            return at if at >= 0 else None
    return None


def _trim(words: Words, start: int, match: re.Match[str]) -> int:
    """Drops what cannot begin a name: numbers that count, dates, generic modifiers."""
    text = words.text
    while True:
        name = text[start : match.end()]
        cut = re.match(
            r"首次|首个|首场|(?:平行|分|主题|专题|子)论坛(?=.{4})|\d+[余多]?(?:大|场|个|项|家|名|位|支"
            r"|次(?!会议))|[一二三四五六七八九十两多几]+(?:大|场|个|项)"
            r"|(?:\d{1,2}月)?\d{1,2}[日号](?:上午|下午|晚)?|上午|下午"
            r"|[—\-·・－+和与及]|(?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}日)?(?:上午|下午)?",
            name,
        )
        if cut is None or cut.end() >= len(name) - 1:
            return start
        start += cut.end()


def _is_name(name: str, *, quoted: bool = False) -> bool:
    """Whether ``name`` is a proper one; ``quoted`` says that quotes enclose just it."""
    plain = re.sub(r"[“”\"‘’「」]", "", name)
    if is_generic(plain) or not _STRONG.search(plain) or len(plain) < 4:
        return False
    head = HEADS.search(plain)
    weak = _WEAK.search(plain)
    rest = re.sub(rf"{_YEAR}|{_ORDINAL}", "", plain)
    if weak:
        marked = quoted or re.search(_ORDINAL, plain) or re.search(_YEAR, plain)
        if weak.group().endswith("活动"):
            return bool(marked) and len(rest) >= 6 and not is_generic(rest)
        return bool(marked or len(rest) >= 8) and not re.search(r"发展\Z", plain)
    return head is not None and not is_generic(rest)


def _score(name: str) -> float:
    strong = re.search(rf"{_YEAR}|{_ORDINAL}|[“”]", name)
    return 0.95 if strong else 0.85


@Language.factory("tanpu_forums", assigns=["doc._.candidates"])
def create_forums(nlp: Language, name: str) -> ForumFinder:
    """The component by its registered name."""
    return ForumFinder()


class ForumFinder:
    """Adds FORUM candidates."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        add_candidates(doc, find_forums(Words.from_doc(doc)))
        return doc
