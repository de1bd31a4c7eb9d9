"""Calendar expressions: what is found, how it is dated, what is left alone."""

from datetime import date

import pytest

from extract.dates import find_dates, to_first_last_day

PUBLISHED = "2024-05-09"

ALONE = [
    ("会议5月8日召开", "5月8日", "2024-05-08", "day"),
    ("会议5月8日上午召开", "5月8日上午", "2024-05-08", "day"),
    ("8日上午，会议召开", "8日上午", "2024-05-08", "day"),
    ("28日下午，论坛闭幕", "28日下午", "2024-04-28", "day"),
    ("2021年，全县造林", "2021年", "2021", "year"),
    ("2021年上半年，全县造林", "2021年上半年", "2021-01/2021-06", "half"),
    ("一季度，全县造林", "一季度", "2024-01/2024-03", "quarter"),
    ("2023年第四季度造林", "2023年第四季度", "2023-10/2023-12", "quarter"),
    ("四季度，全县造林", "四季度", "2023-10/2023-12", "quarter"),
    ("前三季度，全县造林", "前三季度", "2023-01/2023-09", "interval"),
    ("前4个月，全县造林", "前4个月", "2024-01/2024-04", "interval"),
    ("首五个月，全县造林", "首五个月", "2024-01/2024-05", "interval"),
    ("第二季，全县造林", "第二季", "2024-04/2024-06", "quarter"),
    ("首季出口额增加", "首季", "2024-01/2024-03", "quarter"),
    ("2023年首季营收", "2023年首季", "2023-01/2023-03", "quarter"),
    ("1至4月，全县造林", "1至4月", "2024-01/2024-04", "interval"),
    ("1—11月，全县造林", "1—11月", "2023-01/2023-11", "interval"),
    ("2022年1-9月，全县造林", "2022年1-9月", "2022-01/2022-09", "interval"),
    ("截至4月底，全县造林", "4月底", "2024-04", "month"),
    ("今年6月投产", "今年6月", "2024-06", "month"),
    ("条例8月1日起施行", "8月1日", "2024-08-01", "day"),
    ("条例4月1日起施行", "4月1日", "2024-04-01", "day"),
    ("条例8月1日通过", "8月1日", "2023-08-01", "day"),
    ("去年底投产", "去年底", "2023-12", "month"),
    ("2021年底投产", "2021年底", "2021-12", "month"),
    ("2021年全年，发电", "2021年全年", "2021", "year"),
    ("今年年初投产", "今年年初", "2024-01", "month"),
    ("昨日，会议召开", "昨日", "2024-05-08", "day"),
    ("今天下午，会议召开", "今天下午", "2024-05-09", "day"),
    ("本月3日开幕", "本月3日", "2024-05-03", "day"),
    ("今年前两个月，出口", "今年前两个月", "2024-01/2024-02", "interval"),
    ("本月上旬投产", "本月上旬", "2024-05", "month"),
    ("于后年投产", "后年", "2026", "year"),
    ("大前年投产", "大前年", "2021", "year"),
    ("“十四五”前三年累计", "“十四五”", "2021/2023", "plan"),
    ("上月投产", "上月", "2024-04", "month"),
    ("前年投产", "前年", "2022", "year"),
    ("明年3月投产", "明年3月", "2025-03", "month"),
    ("“十三五”期间", "“十三五”期间", "2016/2020", "plan"),
    ("「十二五」時期", "「十二五」時期", "2011/2015", "plan"),
    ("十四五期间", "十四五期间", "2021/2025", "plan"),
    ("“十四五”末达到", "“十四五”末", "2025", "year"),
    ("“九五”期间", "“九五”期间", "1996/2000", "plan"),
    ("“十五五”时期", "“十五五”时期", "2026/2030", "plan"),
    ("“十一五”至“十三五”期间造林", "“十一五”至“十三五”期间", "2006/2020", "interval"),
    ("上周五开幕", "上周五", "2024-05-03", "day"),
    ("本周一上午开幕", "本周一上午", "2024-05-06", "day"),
    ("下星期天开幕", "下星期天", "2024-05-19", "day"),
    ("2022年冬季供暖", "2022年冬季", "2022-12/2023-02", "interval"),
    ("去年秋季造林", "去年秋季", "2023-09/2023-11", "interval"),
    ("今年首月，全县造林", "今年首月", "2024-01", "month"),
    ("今春造林", "今春", "2024-03/2024-05", "interval"),
    ("9月17日至18日举行", "9月17日至18日", "2023-09-17/2023-09-18", "interval"),
    ("2022年6月8日至9日", "2022年6月8日至9日", "2022-06-08/2022-06-09", "interval"),
    ("2022年12月30日至2023年1月2日", "2022年12月30日至2023年1月2日", "2022-12-30/2023-01-02", "interval"),
    ("2023年4月28—30日", "2023年4月28—30日", "2023-04-28/2023-04-30", "interval"),
    ("2021年11月至2022年2月", "2021年11月至2022年2月", "2021-11/2022-02", "interval"),
    ("2016—2020年", "2016—2020年", "2016/2020", "interval"),
    ("2016年至2020年", "2016年至2020年", "2016/2020", "interval"),
    ("从2018年到今年3月", "2018年到今年3月", "2018/2024-03", "interval"),
    ("自2021年至2022年8月", "2021年至2022年8月", "2021/2022-08", "interval"),
    ("二〇二四年三月", "二〇二四年三月", "2024-03", "month"),
    ("二○二三年", "二○二三年", "2023", "year"),
    ("二〇二三年十二月三十一日", "二〇二三年十二月三十一日", "2023-12-31", "day"),
    ("２０２３年４月１日", "２０２３年４月１日", "2023-04-01", "day"),
    ("2022-08-15发布", "2022-08-15", "2022-08-15", "day"),
    ("2022/12/2发布", "2022/12/2", "2022-12-02", "day"),
    ("2022.08.15发布", "2022.08.15", "2022-08-15", "day"),
    ("3月5號舉行", "3月5號", "2024-03-05", "day"),
    ("（2023年7月1日）", "2023年7月1日", "2023-07-01", "day"),
    ("近日，据悉，3月1日起", "3月1日", "2024-03-01", "day"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wording", "value", "precision"), ALONE)
def test_an_expression_is_found_whole_and_dated(text, wording, value, precision):
    (mention,) = find_dates(text, published=PUBLISHED)
    found = (mention.text, mention.value, mention.annotated)
    assert found == (wording, value, True)
    assert mention.precision == precision
    assert mention.span.of(text) == wording


IN_CONTEXT = [
    ("2020年6月12日通过，当年9月1日施行", ["2020-06-12", "2020-09-01"]),
    ("2021年4月20日印发；同年7月6日公布", ["2021-04-20", "2021-07-06"]),
    ("2023年1月9日、3月11日、8月16日印发", ["2023-01-09", "2023-03-11", "2023-08-16"]),
    ("5月6日开幕，当天上午举行对话，次日闭幕", ["2024-05-06", "2024-05-06", "2024-05-07"]),
    ("论坛持续至5月11日。10日上午举行对话", ["2024-05-11", "2024-05-10"]),
    ("2020年，产值增长，上半年增长快", ["2020", "2020-01/2020-06"]),
    ("2020年9月至次年2月", ["2020-09/2021-02"]),
    ("本报青河5月7日电\n昨日，会议召开", ["2024-05-07", "2024-05-06"]),
    ("到2030年，比重提高。\n8日上午，会议召开", ["2030", "2024-05-08"]),
    ("比2019年提高，一季度回升", ["2019", "2024-01/2024-03"]),
    ("2022年产值增长，上年下降", ["2022", "2021"]),
    ("2022年，河阳县发展平稳。\n全年发电", ["2022", "2022"]),
    ("全年发电", ["2023"]),
    ("一至三季度发电", ["2023-01/2023-09"]),
    ("2023年第一到第三季度", ["2023-01/2023-09"]),
    ("头三个月发电", ["2024-01/2024-03"]),
    ("“十四五”头三年", ["2021/2023"]),
    ("预计全年发电量将超过60亿千瓦时", ["2024"]),
    ("全年发电量有望超过60亿千瓦时", ["2024"]),
    ("今年以来生产稳定，全年产量", ["2024", "2024"]),
    ("2023年有12家。截至3月底，有15家", ["2023", "2024-03"]),
    ("2023年有12家，截至3月底有15家", ["2023", "2023-03"]),
    ("2023年有12家。截至11月底，有15家", ["2023", "2023-11"]),
    ("2018年底有12家。上半年新增3家", ["2018-12", "2024-01/2024-06"]),
    ("2023年底有12家。上半年新增3家", ["2023-12", "2023-01/2023-06"]),
    ("2018年底有12家，上半年新增3家", ["2018-12", "2018-01/2018-06"]),
    ("2022年发电。到年底，浓度控制在45以内", ["2022", "2024-12"]),
    ("2022年发电，到年底已达45", ["2022", "2022-12"]),
    ("到2026年达标。他要求，年底前完成改造", ["2026", "2024-12"]),
    ("5月6日至8日开展。次日的对话会", ["2024-05-06/2024-05-08", "2024-05-07"]),
    ("2023年产量增加。5月6日举行的大会", ["2023", "2024-05-06"]),
    ("2023年产量增加。12月6日举行的大会", ["2023", "2023-12-06"]),
    ("2023年4月20日投产。5月6日举行大会", ["2023-04-20", "2023-05-06"]),
    ("5月6日开展，9日收官。当天下午，论坛开讲", ["2024-05-06", "2024-05-09", "2024-05-06"]),
]


@pytest.mark.parametrize(("text", "values"), IN_CONTEXT)
def test_what_is_left_out_comes_from_the_context(text, values):
    assert [m.value for m in find_dates(text, published=PUBLISHED)] == values


@pytest.mark.parametrize(
    ("text", "published", "value"),
    [
        ("12月28日开幕", "2023-01-05", "2022-12-28"),
        ("定于1月8日开幕", "2022-12-28", "2023-01-08"),
        ("将于9月举行", "2024-03-01", "2024-09"),
        ("9月举行", "2024-03-01", "2023-09"),
        ("下半年继续", "2024-07-20", "2024-07/2024-12"),
    ],
)
def test_the_year_nearest_to_publication_is_taken(text, published, value):
    assert [m.value for m in find_dates(text, published=published)] == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("8月15日开幕", [None]),
        ("15日上午开幕", [None]),
        ("去年投产，今天开幕", [None, None]),
        ("2022青河低碳论坛开幕\n本报讯 8月15日，论坛开幕", ["2022-08-15"]),
        ("2021年3月2日印发。\n4月1日施行", ["2021-03-02", "2021-04-01"]),
        ("2月30日", [None]),
    ],
)
def test_without_publication_date_no_year_is_invented(text, values):
    assert [m.value for m in find_dates(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "近年来，目前，同期", "三年来，满35岁", "9时30分开始", "为期12天", "第45次会议",
        "青政发〔2022〕18号", "地铁5号线", "八五折", "3个月", "30日内办结", "为期3日", "2023个",
        "上世纪九十年代", "美好的明天", "3.5日元", "投产后年发电量", "同年龄人", "以前年度",
        "今后年均增长", "此后年份", "达产后年处理能力", "之后年度",
    ],
)  # fmt: skip
def test_what_is_no_calendar_expression_is_left_alone(text):
    assert find_dates(text, published=PUBLISHED) == ()


@pytest.mark.parametrize("text", ["上年同期", "全年", "去年同期", "年末", "“十四五”规划"])
def test_vague_words_are_dated_but_not_annotated(text):
    assert [m.annotated for m in find_dates(text, published=PUBLISHED)] == [False]


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-05-08", date(2024, 5, 8), date(2024, 5, 8)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("2016/2020", date(2016, 1, 1), date(2020, 12, 31)),
        ("2019-01/2019-06", date(2019, 1, 1), date(2019, 6, 30)),
        ("2022-08-15/2022-08-17", date(2022, 8, 15), date(2022, 8, 17)),
    ],
)
def test_a_value_has_a_first_and_a_last_day(value, first, last):
    assert to_first_last_day(value) == (first, last)


@pytest.mark.parametrize("value", ["", "2024-13", "2024-5-8", "2020/2019", "2020/2021/2022", "x"])
def test_a_malformed_value_raises(value):
    with pytest.raises(ValueError, match=r"got|month must be"):
        to_first_last_day(value)


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("2023年", False), ("2024年", False), ("2025年", True), ("2024年底", True),
        ("“十三五”期间", False), ("“十四五”期间", True), ("8月15日将开幕", True),
    ],
)  # fmt: skip
def test_what_begins_after_the_publication_is_planned(text, planned):
    assert [m.planned for m in find_dates(text, published=PUBLISHED)] == [planned]


def test_the_same_year_points_to_a_planned_year_in_its_sentence():
    values = [m.value for m in find_dates("到2030年，当年新增3座", published=PUBLISHED)]
    assert values == ["2030", "2030"]


def test_a_yearly_report_of_january_means_the_year_before():
    text = "2024年，全市将造林3万亩。\n全年造林2万亩。"
    assert [m.value for m in find_dates(text, published="2024-01-20")] == ["2024", "2023"]


def test_a_malformed_publication_date_raises():
    with pytest.raises(ValueError, match="expected an ISO publication date, got '2024年'"):
        find_dates("5月8日", published="2024年")


def test_the_years_in_a_title_date_no_bare_end_of_year_after_it() -> None:
    text = "2018年，全县造林。根据《绿野县行动计划（2018—2020年）》，共植树。年末人口增加。"
    found = {d.text: d.value for d in find_dates(text, published="2019-03-12")}
    assert found["年末"] == "2018-12"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("二季度，出口下降12%，较四季度多降3个百分点", "2022-10/2022-12"),
        ("2023年5月出口较12月增长2%", "2022-12"),
        ("2023年5月出口较3月增长2%", "2023-03"),
    ],
)
def test_what_a_period_is_compared_with_lies_before_it(text: str, base: str) -> None:
    assert find_dates(text, published="2023-08-02")[-1].value == base


def test_a_weekday_with_a_count_behind_it_is_none() -> None:
    assert find_dates("本周三次开会", published=PUBLISHED) == ()


def test_a_day_before_words_on_power_is_no_dateline() -> None:
    text = "7月3日电网负荷2600万千瓦；本周五起降雨。"
    assert [m.value for m in find_dates(text, published="2024-07-19")] == [
        "2024-07-03",
        "2024-07-19",
    ]
