"""Other names that the text itself gives to something.

Sets ``doc._.aliases`` and proposes candidates for every further occurrence of an alias
that is a name of its own (某某年会, 某钢集团); 论坛 or 《条例》 only point back.

Examples: 某某促进条例（以下简称《⟦条例⟧》）; 某某集团有限公司（简称“⟦某某集团⟧”）.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates, overlaps
from extract.extensions import register_extensions
from extract.facts import ArgumentLabel, EntityLabel, Span
from extract.forums import is_generic
from extract.gazetteer import is_known_place
from extract.words import Words

_DEFINITION = re.compile(
    r"[（(\[]\s*(?:[^（）()\n]{1,40}[，,；;]\s*)?(?:证券|公司)?(?:(?:以下|下文|下称|以下均"
    r"|后文)?(?:简称|称|(?P<collective>统称|合称|并称))|以下|下称|又称|又名|也称|别称|原名|曾用名|英文名"
    r"|英文简称)(?:为|作)?[：:，,\s]*"
    r"(?P<open>[“\"'‘「『《]{0,2})(?P<alias>[^“”\"'‘’「」『』《》（）()\n，。]{1,30}?)[”\"'’」』》]{0,2}\s*(?:[，,；;][^（）()\n]{0,30})?[）)\]]"
)
_NUMBER = re.compile(
    r"》?\s*[（(](?P<alias>[一-鿿]{1,12}[〔\[［【]\d{4}[〕\]］】]第?\d+号(?=[）)，,])"
    r"|[一-鿿]{1,12}第\d+号令?|(?:GB|DB|HJ|ISO)[/T\d .\-—]+\d(?=[）)，,]))"
)
# 《甲》…，文号为某环〔2031〕7号: the number is told later in the sentence.
_NUMBER_TOLD = re.compile(
    r"》[^。；《》\n]{0,30}?(?:文号|标准号|发文字号)(?:为|是|：)?"
    r"(?P<alias>[一-鿿]{1,12}[〔\[［【]\d{4}[〕\]］】]第?\d+号|(?:GB|DB|HJ|ISO)[/T\d .\-—]+\d)"
)
_LATIN = re.compile(r"[（(](?P<alias>[A-Z][A-Za-z.'’\-]*(?:\s+[A-Z][A-Za-z.'’\-]*)*)[）)]")
# 某某有限公司（某某）: a short form in brackets takes its characters from the name.
_SHORT = re.compile(r"[（(](?P<alias>[一-鿿]{2,6})[）)]")
# 某某市场，简称“某某”，: a definition between commas, in quotes.
_APPOSITION = re.compile(
    r"[，,](?:以下|下文|通常)?(?:简称|又称|也称|俗称|又名|别称)(?:为|作)?[“「《]"
    r"(?P<alias>[^“”「」《》\n，。]{2,20})[”」》]"
)
_PHRASE_TAGS = frozenset(("n", "nz", "vn", "nw", "LOC", "ORG", "v", "a", "an", "m"))
_PHRASE_STOP = frozenset(
    (
        "的",
        "是",
        "在",
        "由",
        "与",
        "和",
        "对",
        "将",
        "为",
        "有",
        "了",
        "启动",
        "建设",
        "推进",
        "发布",
        "成立",
        "实施",
        "印发",
        "出台",
        "位于",
        "据",
    )
)


Kind = Literal["defined", "collective", "number", "latin"]


@dataclass(frozen=True, slots=True)
class AliasDefinition:
    """An alias that the text gives: what is named, the alias and where both stand.

    One that is ``collective`` (甲、乙两市，以下统称某某地区) names a group: ``named`` is the
    last of its members, which does not have that name.
    """

    named: Span
    label: ArgumentLabel
    alias: str
    alias_span: Span
    kind: Kind


_NAMED: dict[EntityLabel, ArgumentLabel] = {
    "ORG": "ORG",
    "FORUM": "FORUM",
    "REGULATION": "REGULATION",
    "PLACE": "PLACE",
    "PERSON": "PERSON",
}


def find_aliases(words: Words, candidates: tuple[Candidate, ...]) -> list[AliasDefinition]:
    """Definitions in brackets after a name."""
    text = words.text
    found = []
    for match in _DEFINITION.finditer(text):
        alias = match["alias"].strip()
        if not alias or alias == "统称":
            continue
        named = _named_before(words, candidates, match.start())
        if named is not None:
            at = Span(match.start("alias"), match.end("alias"))
            kind: Kind = "collective" if match["collective"] else "defined"
            found.append(AliasDefinition(*named, alias, at, kind))
    for match in _APPOSITION.finditer(text):
        named = _ending_at(candidates, match.start(), text)
        if named is not None:
            at = Span(match.start("alias"), match.end("alias"))
            found.append(AliasDefinition(*named, match["alias"], at, "defined"))
    for match in _SHORT.finditer(text):
        named = _ending_at(candidates, match.start(), text)
        if (
            named is not None
            and named[1] == "ORG"
            and not is_known_place(match["alias"])
            and is_abbreviation(match["alias"], named[0].of(text))
        ):
            at = Span(match.start("alias"), match.end("alias"))
            found.append(AliasDefinition(*named, match["alias"], at, "defined"))
    for match in _NUMBER.finditer(text):
        named = _ending_at(candidates, match.start() + (text[match.start()] == "》") - 1, text)
        if named is not None and named[1] == "REGULATION":
            at = Span(match.start("alias"), match.end("alias"))
            found.append(AliasDefinition(*named, match["alias"], at, "number"))
    for match in _NUMBER_TOLD.finditer(text):
        named = _ending_at(candidates, match.start(), text)
        if named is not None and named[1] == "REGULATION":
            at = Span(match.start("alias"), match.end("alias"))
            found.append(AliasDefinition(*named, match["alias"], at, "number"))
    for match in _LATIN.finditer(text):
        named = _ending_at(candidates, match.start(), text)
        if named is not None and named[1] in ("PERSON", "ORG"):
            at = Span(match.start("alias"), match.end("alias"))
            found.append(AliasDefinition(*named, match["alias"], at, "latin"))
    return sorted(found, key=lambda a: a.alias_span)


def _ending_at(
    candidates: tuple[Candidate, ...], offset: int, text: str
) -> tuple[Span, ArgumentLabel] | None:
    ends = {offset}
    while offset > 0 and text[offset - 1] in '》”’」』" 　':
        offset -= 1
        ends.add(offset)
    fitting = [c for c in candidates if c.span.end in ends and c.label in _NAMED]
    if not fitting:
        return None
    best = max(fitting, key=lambda c: (c.span.end - c.span.start, c.score))
    return best.span, _NAMED[best.label]


def _named_before(
    words: Words, candidates: tuple[Candidate, ...], offset: int
) -> tuple[Span, ArgumentLabel] | None:
    named = _ending_at(candidates, offset, words.text)
    if named is not None:
        return named
    end = offset
    number = re.search(r"[（(][^（）()]*[）)]\Z", words.text[max(0, offset - 40) : offset])
    if number is not None:
        end = offset - len(number.group())
        named = _ending_at(candidates, end, words.text)
        if named is not None:
            return named
    sentence = words.layout.sentence_at(offset)
    while end > sentence.start and words.text[end - 1] in '”》’"':
        end -= 1
    start = words.extend_left(end, _PHRASE_TAGS, _PHRASE_STOP, sentence.start)
    if end - start >= 3:
        return Span(start, end), "THING"
    return None


def is_abbreviation(short: str, name: str) -> bool:
    """Whether ``short`` takes its characters from ``name``, in order and not all together.

    >>> is_abbreviation("山电", "山河电力有限公司"), is_abbreviation("河电", "山河电力有限公司")
    (True, False)
    """
    rest = iter(name)
    return short not in name and all(character in rest for character in short)


def is_proper(alias: str) -> bool:
    """Whether an alias is a name that can be recognised elsewhere, unlike 论坛 or 条例."""
    if len(alias) < 3 or is_generic(alias):
        return len(alias) == 2 and re.search(r"(?:网|厂|院|局|委|行)\Z", alias) is None and False
    return not re.fullmatch(
        r"(?:条例|规划|方案|意见|办法|通知|计划|公司|集团|大会|协议|决定|纲要|报告|公报"
        r"|公约|协会|学会|研究院|项目|基地|中心|平台|园区|实验室|实施方案|行动方案"
        r"|若干措施|指导意见|实施意见|行动计划|管理办法|征求意见稿|框架协议|本公司|该公司"
        r"|母公司)",
        alias,
    )


def find_occurrences(
    text: str, definitions: list[AliasDefinition], candidates: tuple[Candidate, ...]
) -> list[Candidate]:
    """Every occurrence of a proper alias, with the class of what it names."""
    found: dict[Span, Candidate] = {}
    for definition in definitions:
        label = next((k for k, v in _NAMED.items() if v == definition.label), None)
        if label is None or definition.kind == "number" or label == "REGULATION":
            continue
        if definition.kind == "latin" or not is_proper(definition.alias):
            continue
        at = text.find(definition.alias)
        while at >= 0:
            span = Span(at, at + len(definition.alias))
            inside = [
                c
                for c in candidates
                if c.span != span
                and c.span.start <= span.start
                and span.end <= c.span.end
                and c.span.end - c.span.start > span.end - span.start
                and c.score >= 0.6
            ]
            if not inside and not overlaps(span, found):
                found[span] = Candidate(span, label, 0.97, "aliases")
            at = text.find(definition.alias, span.end)
    return sorted(found.values())


@Language.factory(
    "tanpu_aliases",
    assigns=["doc._.aliases", "doc._.candidates"],
    requires=["doc._.candidates"],
)
def create_aliases(nlp: Language, name: str) -> AliasFinder:
    """The component by its registered name."""
    return AliasFinder()


class AliasFinder:
    """Sets the definitions of names of one thing and adds candidates for their occurrences."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        definitions = find_aliases(words, doc._.candidates)
        doc._.aliases = tuple(d for d in definitions if d.kind != "collective")
        add_candidates(doc, find_occurrences(words.text, definitions, doc._.candidates))
        return doc
