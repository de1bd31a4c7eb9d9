"""What regulations do to each other, and from when to when they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from extract.facts import Argument, Dated, Relates
from extract.legislation import _last_day
from extract.pipeline import COMPONENTS

Read = Callable[..., Any]
LAW, OLD, UPPER = "绍兴市湿地保护条例", "绍兴市湿地管理办法", "浙江省湿地保护条例"


def _name(argument: Argument | None) -> str:
    return "-" if argument is None else argument.name


def relations(read: Read, text: str, **options: Any) -> list[str]:
    return [
        " ".join([_name(f.regulation), f.relation, _name(f.other), *f.articles])
        for f in read(text, **options).facts
        if isinstance(f, Relates)
    ]


def steps(read: Read, text: str, **options: Any) -> list[str]:
    return [
        f"{f.regulation.name} {f.step} {f.date}"
        for f in read(text, **options).facts
        if isinstance(f, Dated)
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"《{LAW}》自2025年1月1日起施行，《{OLD}》同时废止。",
        f"《{LAW}》自2025年1月1日起施行。《{OLD}》同时废止。",
        f"《{LAW}》自2025年1月1日起施行，2011年印发的《{OLD}》届时废止。",
        f"绍兴市人民政府印发《{LAW}》。《{OLD}》自《{LAW}》施行之日起废止。",
        f"《{LAW}》取代了《{OLD}》。",
        f"《{LAW}》已于日前印发，替代2011年印发的《{OLD}》。",
        f"《{OLD}》将被《{LAW}》取代。",
    ],
)
def test_what_is_repealed_or_replaced(read: Read, text: str) -> None:
    assert relations(read, text) == [f"{LAW} repeals {OLD}"]


@pytest.mark.parametrize(
    "text",
    [
        f"《{LAW}》施行后，《{OLD}》继续有效。",
        f"绍兴市人民政府废止《{OLD}》。",
        f"《{LAW}》提出，研究废止《{OLD}》。",
        f"《{LAW}》和《{OLD}》都已印发。",
    ],
)
def test_what_is_not_told_to_repeal(read: Read, text: str) -> None:
    assert relations(read, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"《{LAW}》对《{OLD}》作出修改。", [f"{LAW} amends {OLD}"]),
        (f"《{LAW}》修改了《{OLD}》第八条。", [f"{LAW} amends {OLD} 8"]),
        (f"《{LAW}》在《{OLD}》基础上修订而成。", [f"{LAW} amends {OLD}"]),
        (
            "绍兴市人大常委会表决通过《关于修改〈绍兴市绿电条例〉的决定》。",
            ["关于修改〈绍兴市绿电条例〉的决定 amends 绍兴市绿电条例"],
        ),
        (
            "绍兴市人大常委会表决通过《关于废止〈绍兴市绿电条例〉的决定》。",
            ["关于废止〈绍兴市绿电条例〉的决定 repeals 绍兴市绿电条例"],
        ),
        (
            "绍兴市人大常委会表决通过《绍兴市绿电条例修正案》。",
            ["绍兴市绿电条例修正案 amends 绍兴市绿电条例"],
        ),
        (
            "政府公布《2024年海岸带（修订）条例草案》。",
            ["2024年海岸带（修订）条例草案 amends 海岸带条例"],
        ),
        (f"绍兴市人民政府将修订《{OLD}》。", []),
    ],
)
def test_what_is_amended(read: Read, text: str, expected: list[str]) -> None:
    assert relations(read, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"依据《{UPPER}》制定的《{LAW}》今天印发。", [f"{LAW} based_on {UPPER}"]),
        (f"《{LAW}》根据《{UPPER}》等法规，结合本市实际制定。", [f"{LAW} based_on {UPPER}"]),
        (
            f"根据《{UPPER}》第十条第二款，绍兴市人民政府制定《{LAW}》。",
            [f"{LAW} based_on {UPPER} 10.2"],
        ),
        (
            f"《{LAW}》依据《{UPPER}》和浙江省《绿色海岛条例》编制。",
            [f"{LAW} based_on {UPPER}", f"{LAW} based_on 绿色海岛条例"],
        ),
        (f"根据《{UPPER}》，到2030年建成湿地公园30个。", []),
        (f"按照《{UPPER}》要求，绍兴市启动湿地普查。", []),
    ],
)
def test_what_a_regulation_is_based_on(read: Read, text: str, expected: list[str]) -> None:
    assert relations(read, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"为贯彻落实《{UPPER}》，绍兴市人民政府日前印发《{LAW}》。",
        f"为配合《{UPPER}》实施，绍兴市人民政府5月6日印发《{LAW}》。",
        f"绍兴市人民政府印发《{LAW}》，以落实《{UPPER}》。",
        f"绍兴市人民政府印发《{LAW}》。这是落实省里印发的《{UPPER}》的一项举措。",
        f"作为《{UPPER}》的配套文件，《{LAW}》今天印发。",
        f"《{LAW}》是《{UPPER}》的配套办法。",
        f"《{LAW}》是对《{UPPER}》的具体落实。",
    ],
)
def test_what_a_regulation_implements(read: Read, text: str) -> None:
    assert relations(read, text) == [f"{LAW} implements {UPPER}"]


@pytest.mark.parametrize(
    "text",
    [
        f"会议要求，深入贯彻落实《{UPPER}》，加快湿地修复。",
        f"为落实《{UPPER}》，绍兴市投入3亿元。",
    ],
)
def test_deeds_that_are_no_regulation_implement_nothing(read: Read, text: str) -> None:
    assert relations(read, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"《{LAW}》第十条规定，湿地不得填埋。", [f"- cites {LAW} 10"]),
        (f"违反《{LAW}》第四十条第一款的，处以罚款。", [f"- cites {LAW} 40.1"]),
        (f"《{LAW}》今天公布。湿地不得填埋（第十条）。", [f"- cites {LAW} 10"]),
        (f"《{LAW}》援引《{UPPER}》第三条。", [f"{LAW} cites {UPPER} 3"]),
        (f"《{LAW}》共六章四十条。", []),
        (f"《{LAW}》规定，湿地不得填埋。", []),
    ],
)
def test_provisions_that_are_cited(read: Read, text: str, expected: list[str]) -> None:
    assert relations(read, text) == expected


def test_the_wording_of_provisions_is_kept(read: Read) -> None:
    (fact,) = read(f"《{LAW}》第十条、第十二条规定如下。").facts
    assert (fact.articles, fact.articles_text) == (("10", "12"), "第十条、第十二条")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"《{LAW}》自2025年1月1日起施行。", ["in_force 2025-01-01"]),
        (f"《{LAW}》将自2025年1月1日起正式实施。", ["in_force 2025-01-01"]),
        (f"《{LAW}》2025年1月1日起生效。", ["in_force 2025-01-01"]),
        (f"2025年1月1日起施行的《{LAW}》共六章。", ["in_force 2025-01-01"]),
        (f"4月1日，《{LAW}》正式施行。", ["in_force 2024-04-01"]),
        (f"4月1日起，新修订的《{LAW}》正式施行。", ["in_force 2024-04-01"]),
        (f"4月1日起，由浙江省能源局批准的《{LAW}》开始实施。", ["in_force 2024-04-01"]),
        (f"《{LAW}》8月1日起施行。", ["in_force 2024-08-01"]),
        (f"绍兴市印发《{LAW}》。自2025年1月1日起施行。", ["in_force 2025-01-01"]),
        (
            f"2024年3月5日，绍兴市人民政府印发《{LAW}》，自印发之日起施行。",
            ["in_force 2024-03-05"],
        ),
        (f"绍兴市人民政府近日印发《{LAW}》，自印发之日起施行。", []),
        (f"《{LAW}》明年起施行。《{LAW}》2025年3月1日起施行。", ["in_force 2025-03-01"]),
        (f"《{LAW}》提出，2025年1月1日起实施碳标识制度。", []),
        (f"《{LAW}》施行满一年。", []),
    ],
)
def test_when_a_regulation_takes_effect(read: Read, text: str, expected: list[str]) -> None:
    assert steps(read, text) == [f"{LAW} {step}" for step in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"《{LAW}》自2025年1月1日起施行，有效期5年。", "2029-12-31"),
        (f"《{LAW}》自2025年1月1日起施行，有效期两年。", "2026-12-31"),
        (f"《{LAW}》自2025年3月1日起施行，有效期3年。", "2028-02-29"),
        (f"《{LAW}》自2025年1月1日起施行。该条例有效期五年。", "2029-12-31"),
        (f"《{LAW}》自2025年1月1日起施行，有效期至2027年6月30日。", "2027-06-30"),
    ],
)
def test_when_a_regulation_ends(read: Read, text: str, expected: str) -> None:
    assert f"{LAW} expires {expected}" in steps(read, text)


def test_a_term_without_a_first_day_ends_nowhere(read: Read) -> None:
    assert steps(read, f"《{LAW}》有效期五年。") == []


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2024, 3, 1), 1, "2025-02-28"),
        (date(2025, 3, 1), 3, "2028-02-29"),
        (date(2024, 2, 29), 1, "2025-02-28"),
    ],
)
def test_the_last_day_of_a_term_is_the_one_before_the_same_day(
    first: date, years: int, last: str
) -> None:
    assert _last_day(first, years) == last


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"绍兴市人大常委会3月5日表决通过《{LAW}》。", ["2024-03-05"]),
        (f"《{LAW}》2024年3月5日由绍兴市人大常委会通过。", ["2024-03-05"]),
        (f"《{LAW}》2024年3月5日修订通过。", ["2024-03-05"]),
        (f"《{LAW}》3月5日审议通过，4月6日由浙江省人大常委会批准。", ["2024-03-05"]),
        (f"绍兴市人大常委会审议通过《{LAW}》。", []),
        (f"绍兴市人民政府3月5日印发《{LAW}》。", []),
    ],
)
def test_when_a_regulation_is_adopted(read: Read, text: str, expected: list[str]) -> None:
    assert steps(read, text) == [f"{LAW} adopted {day}" for day in expected]


def test_spans_lie_in_the_text_as_read_when_a_line_is_broken(read: Read) -> None:
    text = f"会议今天在绍兴市召开，介绍了有关情况。《{LAW}》自2025年1月1日起施\n行，《{OLD}》同时废止。"
    extraction = read(text)
    for fact in extraction.facts:
        for argument in fact.arguments().values():
            if argument.span is not None:
                assert argument.span.of(text) == argument.text
    assert relations(read, text) == [f"{LAW} repeals {OLD}"]


def test_a_text_in_traditional_characters_says_the_same(read: Read) -> None:
    text = "《海岸濕地保護條例》自2025年1月1日起施行，《濕地管理辦法》同時廢止，條例草案將於議會審議後公佈實施細則。"
    (fact,) = [f for f in read(text).facts if isinstance(f, Relates)]
    assert fact.relation == "repeals"
    assert "海岸濕地保護條例" in fact.arguments()["regulation"].names()


def test_relations_are_read_after_issues_and_before_confidence() -> None:
    names = [name for _, name in COMPONENTS]
    issuance, own = names.index("tanpu_issuance"), names.index("tanpu_legislation")
    assert issuance < own < names.index("tanpu_confidence")
