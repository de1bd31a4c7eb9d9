"""Where the regulations of a sentence are named, or pointed back to.

Sets no ``Doc`` attribute itself: `extract.issuance` and `extract.legislation` build on it. Two
examples: 《甲条例》《乙办法》 is one list of two titles; 该条例 after it stands for 甲条例.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.facts import Argument, Span
from extract.references import References
from extract.words import Words

_POINTED_KINDS = (
    "条例|规划|方案|办法|意见|计划|标准|细则|措施|指南|导则|通知|规定|纲要|公报|报告|规范|规程"
    "|清单|白皮书|蓝皮书|倡议|宣言|协议|备忘录|决定|要点|政策|文件|法规|法"
)
_POINTER = re.compile(
    rf"《(?P<short>[^《》\n]{{1,14}})》"
    rf"|(?:该|这一|这份|这部|这项|上述)(?P<kind>{_POINTED_KINDS})"
    r"|(?P<order>前者|后者)"
)
_MORE_OF_A_TITLE = re.compile(
    r"实施|配套|草案|修订|征求|解读|起草|编制|的|[（(](?:草案|征求意见|送审)|要求|提出|明确|规定|所"
)
_NOTES = re.compile(r"[》”\s]*(?:[（(][^（）()]{0,80}[)）])*[》”]?")


@dataclass(frozen=True, slots=True)
class Titles:
    """Regulations listed together, or what a word points back to, and where they stand."""

    span: Span
    regulations: tuple[Argument, ...]
    pointer: bool = False


def titled_sentences(
    words: Words, references: References, *, loosely: bool = False
) -> Iterator[tuple[Span, list[Titles]]]:
    """Every sentence that names regulations or points back to one, with these in text order.

    ``loosely`` also counts words that no verb of issue is about: 《条例》实施后, 该条例规定.
    """
    known = [a for a in references.within(Span(0, len(words.text)), "REGULATION") if a.span]
    if not known:
        return
    earlier: list[Titles] = []
    for sentence in words.layout.sentences:
        named = list_titles(words.text, references.within(sentence, "REGULATION"))
        pointers = _pointers(words.text, sentence, known, [*earlier, *named], loosely)
        earlier += named
        if named or pointers:
            yield sentence, sorted([*named, *pointers], key=lambda t: t.span)


def list_titles(text: str, regulations: Sequence[Argument]) -> list[Titles]:
    """Regulations of a sentence that are listed together: 《甲》《乙》、《丙》."""
    groups: list[list[Argument]] = []
    for regulation in regulations:
        assert regulation.span is not None
        if groups:
            last = groups[-1][-1].span
            assert last is not None
            gap = text[last.end : regulation.span.start]
            if re.fullmatch(r"》?(?:[（(][^（）()]*[)）]){0,3}》?[、和及与以\s等]*《?", gap):
                groups[-1].append(regulation)
                continue
        groups.append([regulation])
    found = []
    for group in groups:
        first, last = group[0].span, group[-1].span
        assert first is not None
        assert last is not None
        quoted = text[first.start - 1 : first.start] in ("《", "“")
        found.append(Titles(Span(first.start - quoted, _noted(text, last.end)), tuple(group)))
    return found


def _noted(text: str, end: int) -> int:
    """End of a title with its marks and the notes in brackets after it."""
    match = _NOTES.match(text, end)
    return match.end() if match is not None else end


def _pointers(
    text: str,
    sentence: Span,
    known: Sequence[Argument],
    earlier: Sequence[Titles],
    loosely: bool,
) -> list[Titles]:
    """Words of the sentence that point back to a regulation: 《条例》, 该规划, 后者."""
    found = []
    for match in _POINTER.finditer(text, sentence.start, sentence.end):
        if any(t.span.start <= match.start() < t.span.end for t in earlier):
            continue
        if not loosely and _MORE_OF_A_TITLE.match(text, match.end()):
            continue
        before = [t for t in earlier if t.span.end <= match.start()]
        target = _pointed_to(match, known, before)
        if target is not None:
            span = Span(match.start(), _noted(text, match.end()))
            found.append(Titles(span, (target,), pointer=True))
    return found


def _pointed_to(
    match: re.Match[str], known: Sequence[Argument], before: Sequence[Titles]
) -> Argument | None:
    if match["order"]:
        listed = [t for t in before[-1:] if len(t.regulations) > 1]
        if not listed:
            return None
        return listed[-1].regulations[0 if match["order"] == "前者" else -1]
    regulations = [r for t in before for r in t.regulations]
    short = match["short"]
    if short:
        defined = [r for r in known if short in r.aliases]
        if defined:
            return defined[-1]
        ending = [r for r in regulations if _core(r.name).endswith(short)]
        return (
            ending[-1]
            if ending and re.fullmatch(rf"(?:[一-鿿]{{0,4}})(?:{_POINTED_KINDS})", short)
            else None
        )
    kind = match["kind"]
    if kind in ("文件", "法规"):
        return regulations[-1] if regulations else None
    ending = [r for r in regulations if _core(r.name).endswith(kind)]
    return ending[-1] if ending else None


def _core(name: str) -> str:
    """A title without what stands in brackets at its end."""
    return re.sub(r"[（(][^（）()]*[)）]\Z", "", name)
