"""Laws, regulations, plans, standards and other titled documents of authorities.

Proposes REGULATION candidates in ``doc._.candidates``.

Examples: 《⟦某市绿色建筑条例⟧》 (the marks stay outside), 发布⟦某市储能产业发展规划⟧ (unquoted).
A bare 《条例》 that points back is no mention of its own.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates
from extract.extensions import register_extensions
from extract.facts import Span
from extract.lexicons import read_lines
from extract.words import Words

TITLE_HEADS = (
    "条例|规划|方案|意见|办法|通知|决定|规定|计划|措施|细则|纲要|法|法典|标准|规范|规程|导则"
    "|指南|指引"
    "|协定|公约|条约|协议|协议书|议定书|备忘录|宣言|倡议|倡议书|声明|公报|公告|通告|通报"
    "|白皮书|蓝皮书|绿皮书"
    "|报告|报告书|目录|名录|清单|政策|章程|准则|守则|框架|制度|规则|批复|要点|路线图|行动"
    "|承诺书|责任书|意向书|合同"
    "|决议|指示|命令|令|函|纪要|大纲|定额|图集|共识|工程|建议|建议书|评价|安排|任务书|试点"
    "|体系|机制|十条|指标|年鉴|战略"
)
_BACK_REFERENCE = re.compile(rf"(?:实施|行动|工作|管理|框架|合作|指导|若干)?(?:{TITLE_HEADS})\Z")
_QUOTED = re.compile(r"《((?:[^《》\n]|《[^《》\n]*》|\n(?=[^\n]{0,40}》))*)》")
# 关于修改《甲》的决定: one name, whatever marks the name inside it has.
_AMENDING = re.compile(
    r"关于(?:修改|修订|修正|废止)(?:部分|[^，。；《》]{0,6})?《[^《》\n]{2,40}》(?:《[^《》\n]{2,40}》|[、和等])*"
    r"(?:[^，。；《》]{0,12}?)的(?:决定|决议|说明)"
)
_TAIL = r"(?:[（(][^（）()]*[）)]|[“”\"]|\d{4}(?:年版?)?|[一二三四五六七八九十]+条)*"
_REGULATION = re.compile(rf"(?:{TITLE_HEADS}){_TAIL}\Z")
_PERIODICAL = re.compile(
    r"(?:日报|晚报|早报|时报|周报|商报|都市报|杂志|周刊|月刊|学报|期刊|画报|电视剧|纪录片)\Z"
)
_ISSUED_BEFORE = re.compile(
    r"(?:印发|发布|更新|签发|制发|出台|制定|制订|公布|通过|实施|修订|颁布|签署|签订|联合|审议|下发|落实|依据"
    r"|根据|按照|执行)"
    r"(?:了|的|并实施|实施)?[^，。；、]{0,6}\Z"
)
_UNQUOTED_HEAD = re.compile(
    r"(?:发展规划|专项规划|总体规划|五年规划|实施方案|行动方案|工作方案|建设方案|行动计划"
    r"|三年行动|管理办法|实施办法"
    r"|管理条例|促进条例|保护条例|条例|指导意见|实施意见|若干措施|实施细则|发展纲要|规划纲要"
    r"|协定|议定书|公约)"
)
_NAME_TAGS = frozenset(("n", "nz", "vn", "nw", "LOC", "ORG", "a", "an", "b", "j", "m", "v", "s"))


@cache
def _not_in_regulation_name() -> frozenset[str]:
    """Words that no unquoted name of a plan or law holds: the name begins after them."""
    return frozenset(read_lines("not_in_regulation_name.txt"))


def find_quoted(text: str) -> list[tuple[Span, str]]:
    """Every 《…》 as the span of what stands inside, and whether it is one of ours.

    Returns pairs of span and kind: ``"regulation"``, ``"reference"`` (a bare 《条例》 that
    points back) or ``"work"`` (a newspaper, a book, a film).
    """
    found = []
    for match in _QUOTED.finditer(text):
        inner = Span(match.start(1), match.end(1))
        name = match.group(1)
        if _BACK_REFERENCE.match(name):
            kind = "reference"
        elif _PERIODICAL.search(name) or not name.strip():
            kind = "work"
        elif _REGULATION.search(name) or _ISSUED_BEFORE.search(text[: match.start()][-12:]):
            kind = "regulation"
        else:
            kind = "work"
        found.append((inner, kind))
    return found


def find_amending(text: str) -> list[Span]:
    """Decisions that are named by what they amend, where no mark holds the whole.

    >>> find_amending("通过关于修改《甲乙条例》的决定")
    [Span(start=2, end=15)]
    """
    return [Span(*match.span()) for match in _AMENDING.finditer(text)]


def find_regulations(words: Words) -> list[Candidate]:
    """Quoted titles, and unquoted names that end like a plan or a law."""
    text = words.text
    quoted = find_quoted(text)
    found = [
        Candidate(span, "REGULATION", 0.98, "regulations")
        for span, kind in quoted
        if kind == "regulation"
    ]
    for match in _UNQUOTED_HEAD.finditer(text):
        if any(s.start - 1 <= match.start() <= s.end for s, _ in quoted):
            continue
        if not words.is_boundary(match.end()):
            continue
        sentence = words.layout.sentence_at(match.start())
        start = match.end()
        start = words.extend_left(start, _NAME_TAGS, _not_in_regulation_name(), sentence.start)
        if match.start() - start >= 2 and match.end() - start >= 4:
            found.append(Candidate(Span(start, match.end()), "REGULATION", 0.6, "regulations"))
    return found


@Language.factory("tanpu_regulations", assigns=["doc._.candidates"])
def create_regulations(nlp: Language, name: str) -> RegulationFinder:
    """The component by its registered name."""
    return RegulationFinder()


class RegulationFinder:
    """Adds REGULATION candidates."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        add_candidates(doc, find_regulations(Words.from_doc(doc)))
        return doc
