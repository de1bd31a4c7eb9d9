"""What the words around a figure claim: level or change, bound, share, and of what.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples:
PM2.5浓度同比下降 before 5% is a decrease of PM2.5浓度; 占总装机的比重不低于 before 40% is an
``over`` share of what the clause before measured.

The functions read masked text, see `extract.indicators`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extract.facts import Qualifier
from extract.indicators import DATE_MARK, NOTE_MARK, SUBJECT_MARK, clean_indicator, noun_after
from extract.quantities import RATIO_UNITS
from extract.units import Quantity

_NOT = "不(?:得|能|应|宜|可)?"
_OVER = (
    "(?<=[率比重额])过|首破|首超|首次(?:超?过|破)|跨过|跨越|迈上|迈过|站上|站稳|跃上|越过|冲破|[升涨]破"
    f"|超过|超出|超|突破|逾|{_NOT}(?:低于|少于|小于)|高于|大于|至少|多达|高达"
)
_UNDER = f"不足|不到|{_NOT}(?:高于|超过|大于|超出)|低于|少于|小于|未超过|跌破|击穿"
_NEAR = "近|接近|将近|逼近|直逼|迫近"
_ABOUT = "大约|约|大概|左右|大致"
_AFTER = re.compile(
    r"\s*(?P<over>及以上|以上|上方|之多|有余|还多|还不止|余|多)|\s*(?P<under>及以下|以下|下方|以内|之内)"
    r"|\s*(?P<about>左右|上下|附近|前后)"
)
_SHARPLY = "[大急猛激锐骤微略暴陡飙劲再]?"
_UP = (
    "增长|上升|升高|走高|提高|提升|增加|回升|反弹|扩大|上涨|增多|攀升|增高|加快|提速"
    f"|高出|多出|多花|多付|{_SHARPLY}(?:增|升|涨)|快于|净增加?|新增加?|拉高|[↑▲]"
)
_DOWN = (
    "下降|走低|降低|减少|收窄|缩小|放缓|减缓|减慢|回落|下滑|下跌|下调|缩减|下挫"
    f"|压减|削减|下落|收缩|(?<![起升沉]){_SHARPLY}(?:降|减|跌)|慢于|净减少?|低出|少出|少花|少付|[↓▼]"
)
_UP_NOUN = "增速|增幅|涨幅|增长率|升幅|增长幅度"
_DOWN_NOUN = "降幅|跌幅|降低率|下降率|减幅|下降幅度"
_TO = (
    "(?:下降|降低|减少|收窄|缩小|回落|下滑|下跌|降|减|跌|提高|提升|增长|增加|上升|回升|扩大|上涨"
    "|攀升|增|升|涨|提|拉高|压减|压缩|调整|恢复|扩|扩容|增容|扩展|跃升|跃|提速|缩短|扩充|扩建|发展|放大|放宽|调高|调低|上调|下调|扩围|扩面|扩能)(?:至|到|为)"
    "|(?:整合|归并|合并|压缩|压减|重组|浓缩|精简|优化)(?:为|成|至|到)"
    "|[冲压跌攀飙砍缩摸爬蹿滑落拉抬控做调拓延回](?:到|至)"
    "|(?:稳定|保持|控制|维持|稳|控)(?:在|于)"
)
_LEVEL_VERB = (
    "达到了?|达|为|是|完成了?|实现了?|共有|总计有?|合计有?|保持|维持|共计|(?<!公)共|有"
    "|介于|处于|或在|(?:仍|应|预计|估计|大概|大体|大多|基本|一般|平均|通常)在|(?<=[率值度比量数价本额格耗])[将约均都多会]?在|重返|重回|重上|站回|触及|录得|转为|变为|(?:总数|总量|总计|总规模|累计)达"
)
_ADVERB = (
    "[上本当这]?周[一二三四五六日天末]|[上本当]周|[今昨当][日天]|[周月]环比|可以|刚好|恰好|正好|更是|[却竟亦]|(?<![原规细总准守法通])则|(?<![变])更|(?<![成造])就|(?<!人)才|(?<![合共胡会])同(?=为|是|达|$)|一度|眼下|至今|迄今|如今|始终|常年|届时|最终|有望|或将|料将?"
    "|恐怕|或许|也许|(?<!功)可能|需要|实质|(?<![大协社委峰年商学工议理晚])会|(?<![抑])或"
    "|分别|依次|各自|各|(?<!平)均|(?<![首成])都|全部|已经|已|仍然|仍|还|仅|只|将要|将|(?<![主首需])(?<!(?<!比)重)要|需|可|预计|力争"
    "|争取|确保|预期|了|(?<![市省国球业])平均|总体|整体|又|再|也|就|同比|环比|按年|名义|实际|直接|首次|再次|大幅|小幅|明显"
    "|进一步|继续|稳步|逐步|最高|最低|最多|最少|居首|的|净|每年|较好|较差|\\s|必须|须|应当|不[降减升增]反|原则上|基本|大体|总共|现有|现已|目前"
    "|按可比价格?计算|按不变价格?计算|按可比口径计?算?|同口径|按?可比口径|同比口径|一举|顺利|已有|现|连续|提前|超额"
)
_TAIL = re.compile(
    rf"(?:(?P<new>新增加?|净增加?|[再新增又]添)|(?P<to>{_TO})|(?P<upnoun>{_UP_NOUN})|(?P<downnoun>{_DOWN_NOUN})"
    rf"|(?P<under>{_UNDER})|(?P<over>{_OVER})|(?P<near>(?<!最)(?:{_NEAR}))"
    rf"|(?P<about>(?<![节签合集条制])(?:{_ABOUT}))"
    rf"|(?P<close>收盘?[于报在]|报收于?|收盘价?报)|(?P<mean>年均|年平均|每年平均|[两三四五]年平均)|(?P<cumulative>累计)"
    rf"|(?P<level>{_LEVEL_VERB})|(?P<adverb>{_ADVERB})"
    rf"|(?P<up>{_UP})|(?P<down>{_DOWN}))$"
)
_LONGEST_TAIL = 12  # more characters than any tail has: the rest is not searched
# 一吨, 每公斤 before a price or a rate: the figure is one per unit.
_PER_UNIT = re.compile(
    r"(?:平均)?每一?(?P<per>吨|瓦时?|千瓦时|公斤|千克|千瓦时|度电?|兆瓦时|立方米|立方厘米|平方米|平方公里|亩|公顷|公里|百公里|千瓦|升|标方"
    r"|人|户|辆|车|件|张|份|台)$"
)
# 比上届, 较传统工艺 before a change: what the figure is compared with, unless it is a place.
_COMPARED_WITH = re.compile(
    rf"(?:相较于?|相比于?|(?<![对同环])比(?![例重率值较])|较(?![高大好多差低强快少为]))"
    rf"(?P<base>[^，的{DATE_MARK}{SUBJECT_MARK}]{{1,12}}?)(?:相比|而言)?"
    rf"(?=(?:{_ADVERB}){{0,6}}(?:{_UP}|{_DOWN}|[多高少低])(?:了|出|{_OVER}|{_UNDER}|{_NEAR}|{_ABOUT}){{0,2}}$)"
)
# 由月初的41元涨到月末的45元: the days between which it moved are no part of the name.
_IN_MONTH = re.compile(r"(?<=[由从到至])(?:[月年季期][初末底])的?$")
_STANDARD = re.compile(
    r"全国|全省|全市|全球|世界|平均|水平|标准|目标|计划|任务|要求|限值|预期|进度"
)
_TAIL_COMPARED = re.compile(r"(?:(?P<up>[多高提快])|(?P<down>[少低慢]))$")
_ONLY_COMPARED = re.compile(r"(?:刚好|恰好|正好|几乎|整整|足足|又|再)*[多少]")
# 占…的比重为, 相当于…的, 是…的 before a figure
_SHARE = re.compile(
    r"^(?P<whole>.*?)(?:(?P<adverbs>(?:只|仅|已|约|将|就|还|更|均|都|合计|共计|总共)*)占(?![地比有])(?:到|了|据)?|在(?P<inside>[^在]+?)中的?占比?(?:了|到)?"
    r"|(?P<equal>(?:大约|仅|只|约)*相当于))(?P<base>[^占]*?)的?(?P<noun>比重|比例|份额|占比)?$"
)
# 不足全省总量的 before a percentage: a share without 占
_SHARE_OF_TOTAL = re.compile(
    r"^(?P<whole>.*?)(?:[，：]|为|是|达到?)?(?P<bound>不足|不到|超过|超|近|约|接近)"
    r"(?P<base>[^占，]{1,14}(?:总量|总额|总数|总产量|总装机|总面积|总人口|增量|[数额量]))的$"
)
_TAKES_UP = re.compile(r"(?P<whole>.*?)占(?:去|据|到|了)+")
_SHARE_OF = re.compile(r"占[^占]*的比重$")
_SHARE_LIST = re.compile(rf"\s*[、和及]\s*{SUBJECT_MARK}+的\s*")
_TIMES = re.compile(
    r"^(?P<whole>.*?)(?:仅|约|只|已)*(?P<link>是|为|接近|逼近)(?P<base>[^是为]{2,})$"
)
_OF_PLAN = re.compile(
    r"^(?P<whole>.*?)(?:为|是|相当于|完成)?(?P<base>(?:年度|全年|年|全部|既定)(?:目标)?(?:任务|计划|预算|目标)|目标任务|总(?:目标|任务)|规划目标|预期目标)的?$"
)
_IS_PLANNED = re.compile(r"(?:目标|任务|计划)(?:值|数)?(?:是|为|定为|定在|设定为)[约近]?$")
# 拉动经济增长 before 2.3个百分点: what a sector adds to the growth of another.
_DRIVES = re.compile(r"(?:拉动|带动|推动)[^，]{2,10}(?:增长|增速|上升|回升)$")
_BARE_SHARE = re.compile(r"(?:其|所)?(?:占比|比重|比例|占有率)")
_AVERAGE = re.compile(
    r"^(?P<whole>.*?)(?:仅|约|只|已|大约)*(?:为|是|达到?)?(?P<base>(?:全国|全省|全市|世界|国际)平均水平)的?$"
)
_POINTING = re.compile(
    r"(?:这|该|上述|以上|此)(?:一|项|个)?(?:数字|数值|数据|比例|比重|指标|占比|规模|指数|增速|总量|浓度|强度|数量|面积|产量|价格)"
)
_THIS_ONE = re.compile(r"^(?:而|但)?(?:这一?|该|此|上述)(?:个|项)?$")
_HEAD_CHANGE = re.compile(
    r"^(?:每?年均?)?(?:(?P<up>增加(?!值)|提高)|(?P<down>减少|降低)(?!率))(?=.{3})"
)
_BEYOND = re.compile(
    r"^(?:占比|比重|比例)?(?:仍然?|还|也|均|都|继续|依然|始终|大幅|明显|略|稍)*(?P<suffix>(?:增速|增幅|降幅|涨幅)?(?:(?:高于|低于|快于|慢于|超出|高出|优于|好于).+|[比较].{1,10}[快慢高低多少好]))$"
)
# 高于各项贷款增速 before 5个百分点: no change of its own.
_ABOVE = re.compile(r"^(?P<suffix>(?:高于|低于|快于|慢于|超出|高出|优于|好于|领先).+)$")
_BASE = re.compile(
    rf"(?:由|从)(?P<date>{DATE_MARK}+|上年|去年|[一二两三四五六七八九十\d]+年前|当初|最初|原来|原先|过去|此前|以往|眼下|目前|现在|当前|如今"
    r"|(?:改造|技改|治理|建设|整治|改革|实施)(?:之?前|初期)|[创成建]\S之初|起步时)?(?:同期|年?末|年?底|初)?的?"
    r"(?:每[\u4e00-\u9fff]{1,3})?(?P<bound>不足|近|约|不到)?$"
)
_BASE_NEXT = re.compile(rf"^[余多]?(?:左右)?(?:大幅|稳步|快速|逐步|迅速)*(?:{_TO})")
_RATE_VERB = re.compile(r"^(?:全部)?(?:实现|达到|完成)了?")
_CUMULATIVE = re.compile(r"累计")
_MEAN = re.compile(r"(?:年均|年平均)(?!浓度|气温|值|降水|气质量)")
_MEAN_LEVEL = re.compile(r"年均(?:浓度|值|气温)|年平均(?:浓度|值|气温)")
_COMPARISON = re.compile(
    rf"(?:比|较)(?:{DATE_MARK}+|去年|上年|前年)的?(?!同期|水平|年?[底末初]|全年|基数)[\u4e00-\u9fff]{{1,6}}?"
    rf"(?=(?:{_ADVERB}){{0,4}}(?:{_UP}|{_DOWN}|[多高少低])(?:了|出|{_OVER}|{_UNDER}|{_NEAR}|{_ABOUT}){{0,2}}$)"
    rf"|(?:相较于|相比于|比起|较之|相比|比|较|与|同|和)(?:{DATE_MARK}+|上年度?|去年|前年|上期|上月|上季度)(?:同期|年?底|年?末|初|全年)?"
    rf"(?:水平|基数)?(?:相比较?|的|时)?|(?:高出|快于|低于|高于){DATE_MARK}+|在{DATE_MARK}+(?:的?基础上)"
    r"|(?:较|比|与)(?:前一日|前一?个?交易日|年初|月初|上月末?|上季度末?|上年度?末?|去年年?底|常年|疫情前|同期|历史同期|计划|基准年|基期)"
    r"(?:同期|平均)?(?:水平|数)?(?:相比)?"
)
# 多发, 少用 after a comparison: by how much what was told before has changed.
_MORE_OF = re.compile(
    r"(?:同比|环比|净|共)*(?P<way>[多少])(?:发|用|送|产|卖|销|供|收|交|售|购|供应|生产|销售)(?:电|了|出)*"
)
_AIR_GRADE = re.compile(r"(?:优|良|轻度污染|中度污染|重度污染|严重污染|重污染)$")
_SHARED_OUT = re.compile(r"(?:就|便|可|各自?)?(?:分到|分得|拿到|得到|获得|独占|占去)了?")
# 相当于节约标准煤 before 11万吨: an effect, not a picture.
_PICTURES = re.compile(
    r"^(?:可|约|预计)?(?:相当于|折合|等于)(?:每年)?(?:可以?|能够?)?(?=节约|减少|减排|替代|少)"
)
_BLANK = re.compile(rf"[\s{NOTE_MARK}]")
_DATE_RUN = re.compile(
    rf"(?:截至|截止到?|(?<![升降增减跌涨提高加少低长落滑窄大小扩缩])[到至]|在|自|从|于)?{DATE_MARK}+(?:以来|底|末|前|期间|时|内|中|里|全年|度(?![电假过夏汛])|起(?![点步始降伏飞重草征]))?"
)
_SUBJECT_RUN = re.compile(
    rf"(?:位于|落户|坐落于|坐落在|地处)?(?:{SUBJECT_MARK}(?:、|和|与|及|以及)?)+(?:等|的)?"
)
_GOAL = re.compile(r"的?(?:奋斗|预期|规划|既定|总|全年|约束性)?(?:目标|任务|指标|要求)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the words around a group of figures say.

    ``indicator`` is empty where it is left to the clauses before; ``suffix`` (占比, 降幅) is
    put after it; ``per`` is the unit of 每吨 before the figure. ``is_base`` marks the first
    value of 由…提高到…, ``is_total`` the 总数达 after 新增…家, ``is_comparison`` a figure
    that only compares (高于全国…).
    """

    indicator: str = ""
    qualifiers: tuple[Qualifier, ...] = ()
    is_change: bool = False
    for_all: bool = False
    points_back: bool = False
    is_base: bool = False
    to_level: bool = False
    is_total: bool = False
    is_comparison: bool = False
    suffix: str = ""
    per: str = ""


def claim_before(before: str, *, unit: str | None) -> Claim:
    """Read the words before a figure: indicator, qualifiers, and whether it is a change.

    >>> claim_before("森林覆盖率同比提高", unit="个百分点").qualifiers
    ('increase',)
    """
    plain = _PICTURES.sub("", _BLANK.sub("", before))
    plain = _IN_MONTH.sub("", plain)
    compared = _COMPARISON.search(plain) is not None
    base = _BASE.search(plain)
    is_base = base is not None
    if is_base:
        plain = _BASE.sub("", plain)
    plain = _COMPARISON.sub("", plain)
    compared = compared or "同比" in plain or "环比" in plain
    versus = _COMPARED_WITH.search(plain)
    if versus is not None and not _STANDARD.search(versus["base"]):
        plain = plain[: versus.start()] + plain[versus.end() :]
        compared = True
    phrase, per = _split_per(strip_marks(plain))
    if phrase.endswith("改善"):  # a lower concentration, a higher share
        phrase = phrase.removesuffix("改善") + ("提高" if unit == "个百分点" else "下降")
    qualifiers: list[Qualifier] = []
    if base is not None and base["bound"]:
        qualifiers += _bound_to_qualifiers(base["bound"])
    suffix, prefix, closing = "", "", ""
    change: Qualifier | None = None
    to_level = False
    for_all = False
    is_total = False
    previous: str | None = None
    while True:
        match = _TAIL.search(phrase, max(0, len(phrase) - _LONGEST_TAIL)) or (
            _TAIL_COMPARED.search(phrase) if compared or _ONLY_COMPARED.fullmatch(phrase) else None
        )
        if match is None:
            break
        kind, word = match.lastgroup, match.group()
        if kind in ("up", "down", "upnoun", "downnoun"):
            if change is not None or to_level:
                if kind not in ("upnoun", "downnoun"):
                    break
                if change is not None:
                    suffix = word
                    phrase = phrase[: match.start()]
                    break
            change = "increase" if kind.startswith("up") else "decrease"
        elif kind == "to":
            to_level = True
        elif kind == "over":
            qualifiers.append("over")
        elif kind == "under":
            qualifiers.append("under")
        elif kind == "near":
            qualifiers += ["under", "about"]
        elif kind == "about":
            qualifiers.append("about")
        elif kind == "mean":
            qualifiers.append("annual_mean")
        elif kind == "cumulative":
            qualifiers.append("cumulative")
        elif kind == "new":
            prefix = "新增"
        elif kind == "level" and word.endswith("达") and len(word) > 1:
            is_total = True
        elif kind == "level" and word.startswith("完成") and unit == "%" and not change:
            suffix = "完成率"
        elif kind == "close":
            closing = "收盘价"
        for_all = for_all or word in ("均", "都", "各", "各自")
        for_all = for_all or (word == "同" and previous == "level")  # A、B同为
        previous = kind
        phrase = phrase[: match.start()]
        if not per:  # 成本每公斤仍在
            phrase, per = _split_per(phrase)
    if _CUMULATIVE.search(plain) and "cumulative" not in qualifiers:
        qualifiers.append("cumulative")
    if (
        _MEAN.search(plain) or (_MEAN_LEVEL.search(plain) and change is None)
    ) and "annual_mean" not in qualifiers:
        qualifiers.append("annual_mean")
    if change is not None:
        qualifiers.insert(0, change)
    more = _MORE_OF.fullmatch(phrase) if compared and change is None else None
    if more is not None:
        phrase, change = "", "increase" if more["way"] == "多" else "decrease"
        qualifiers.insert(0, change)
    driven = _DRIVES.search(strip_marks(plain)) if unit in ("个百分点", "百分点") else None
    if driven is not None:
        qualifiers = [q for q in qualifiers if q != change]
        change = None
    phrase = _THIS_ONE.sub("这数字", phrase)  # 这一降幅, whose noun is read by now
    points_back = _POINTING.search(phrase) is not None
    phrase = _POINTING.sub("", phrase)
    share = _SHARE.match(phrase)
    if share and not share["equal"] and unit is not None and unit not in RATIO_UNITS:
        taken = _TAKES_UP.fullmatch(phrase)  # 某省占去8家: a number, no share
        share, phrase = None, taken["whole"] if taken else phrase
    beyond = _BEYOND.match(phrase) if change is None else _ABOVE.match(strip_marks(plain))
    if beyond:
        phrase, suffix = "", beyond["suffix"]
        if change is not None:
            qualifiers = [q for q in qualifiers if q != change]
            change = None
    elif share:
        phrase = share["whole"]
        suffix = _share_suffix(share)
        if "约" in (share["adverbs"] or ""):  # 约占四成
            qualifiers.append("about")
    elif unit in ("%", None) and change is None and (part := _SHARE_OF_TOTAL.match(plain)):
        phrase = re.sub("占比$", "", strip_marks(part["whole"]))
        suffix = f"占{strip_marks(part['base'])}的比重"
        qualifiers = list(_bound_to_qualifiers(part["bound"]))
    elif unit in ("倍", None) and (times := _TIMES.match(phrase)):
        phrase, suffix = times["whole"], f"{times['link']}{times['base']}"
    elif (
        unit in (*RATIO_UNITS, None)
        and not _IS_PLANNED.search(strip_marks(plain))
        and (planned := _OF_PLAN.match(phrase))
    ):
        phrase, suffix = planned["whole"], f"完成{planned['base']}"
    elif _BARE_SHARE.fullmatch(phrase):
        phrase, suffix = "", "占比"
    elif average := _AVERAGE.match(phrase):
        phrase, suffix = average["whole"], f"相当于{average['base']}"
    grade = _AIR_GRADE.search(phrase) if unit == "天" else None
    indicator = f"{grade.group()}天数" if grade else clean_indicator(phrase)
    if driven is not None:
        indicator = driven.group()
    if len(indicator) == 2:  # 累计运行: the verb alone says too little
        rates = (rate + indicator for rate in ("累计", "年均", "日均", "每年"))
        done = (verb + indicator for verb in ("完成", "到位", "发放", "吸引"))
        indicator = next((name for name in (*rates, *done) if name in plain), indicator)
    shared = _SHARED_OUT.fullmatch(indicator)
    if shared is not None:  # 单是南平就分到: of what the clause before tells the sum of
        indicator = ""
    head = _HEAD_CHANGE.match(indicator)
    if head and change is None and not to_level:
        change = "increase" if head["up"] else "decrease"
        qualifiers.insert(0, change)
        indicator = indicator[head.end() :]
    if closing and not indicator.endswith("价"):
        indicator += closing
    if prefix and (indicator or not plain):
        indicator = prefix + indicator
    elif prefix and change is None:
        change = "increase"
        qualifiers.insert(0, change)
    return Claim(
        indicator="" if indicator == "新增" and not prefix else indicator,
        qualifiers=tuple(dict.fromkeys(qualifiers)),
        is_change=change is not None,
        for_all=for_all,
        points_back=points_back and not indicator,
        is_base=is_base,
        to_level=to_level,
        is_total=is_total,
        is_comparison=beyond is not None or (share is not None and bool(share["equal"])),
        suffix=suffix,
        per=per,
    )


def _split_per(phrase: str) -> tuple[str, str]:
    """Split 每吨 off the end of a phrase: the rest and the unit, empty where there is none."""
    per = _PER_UNIT.search(phrase)
    return (phrase, "") if per is None else (phrase[: per.start()], per["per"])


def _bound_to_qualifiers(bound: str) -> tuple[Qualifier, ...]:
    if re.fullmatch(_NEAR, bound):
        return ("under", "about")
    if re.fullmatch(_ABOUT, bound):
        return ("about",)
    return ("under",) if re.fullmatch(_UNDER, bound) else ("over",)


def claim_after(claim: Claim, after: str) -> Claim:
    """Add what the words after the figure say: 以上, 左右, 的同比增长, 实现电动化, 的目标."""
    qualifiers = list(claim.qualifiers)
    match = _AFTER.match(after)
    if match:
        added: Qualifier = "over" if match["over"] else "under" if match["under"] else "about"
        qualifiers.append(added)
        after = after[match.end() :]
    plain = strip_marks(after)
    change = re.match(
        r"的?(?:同比|环比|年均|平均)*(?:(?P<up>增长|增幅|增速|提升|升幅)|(?P<down>下降|降幅|降低|减少))(?![至到为])",
        plain,
    )
    is_change = claim.is_change
    if change and not is_change:
        is_change = True
        qualifiers.insert(0, "increase" if change["up"] else "decrease")
    indicator = claim.indicator
    verb = _RATE_VERB.match(plain)
    if verb and indicator:
        noun, _ = noun_after(plain[verb.end() :])
        indicator += noun
    if _GOAL.match(plain):
        qualifiers.append("target")
    return replace(
        claim, indicator=indicator, qualifiers=tuple(dict.fromkeys(qualifiers)), is_change=is_change
    )


def read_sign(claim: Claim, group: Sequence[Quantity]) -> Claim:
    """Read +3.5% and, beside another figure, -3.5% as changes."""
    quantity = group[0]
    signs = {"+": "increase", "＋": "increase", "-": "decrease", "−": "decrease", "－": "decrease"}
    way = signs.get(quantity.text[0])
    if way is None or quantity.unit not in RATIO_UNITS or len(group) > 1 or claim.is_change:
        return claim
    if way == "decrease" and claim.indicator:
        return claim  # 增速为-3.5% and rates that may be negative
    change: Qualifier = "increase" if way == "increase" else "decrease"
    return replace(claim, is_change=True, qualifiers=(change, *claim.qualifiers))


def unit_per(quantity: Quantity, claim: Claim) -> str | None:
    """Give 每吨41元 the unit 元/吨."""
    if not claim.per or quantity.unit is None or "/" in quantity.unit:
        return quantity.unit
    return quantity.unit if quantity.unit in RATIO_UNITS else f"{quantity.unit}/{claim.per}"


def claim_to_qualifiers(claim: Claim, quantity: Quantity, target: bool) -> tuple[Qualifier, ...]:
    """All qualifiers of one figure, each once."""
    qualifiers = list(claim.qualifiers)
    if quantity.rounded_up:
        qualifiers.append("over")
    if claim.is_change and quantity.value < 0 and "increase" in qualifiers:
        qualifiers[qualifiers.index("increase")] = "decrease"
    if target:
        qualifiers.append("target")
    return tuple(dict.fromkeys(qualifiers))


def bound_end(after: str) -> int:
    """How many characters 以上, 左右 and the like take after a figure."""
    match = _AFTER.match(after)
    return match.end() if match else 0


def is_base_of(before: str, between: str) -> bool:
    """Whether a figure is the first of 由49%提高到52%, by the words before and after it."""
    plain = _IN_MONTH.sub("", _BLANK.sub("", before))
    following = strip_marks(between).lstrip("，")
    return _BASE.search(plain) is not None and _BASE_NEXT.match(following) is not None


def is_goal(after: str) -> bool:
    """Whether 的目标 follows: the figure is the aim set for what was measured before."""
    return _GOAL.match(strip_marks(after)) is not None


def is_second_share(before: str) -> bool:
    """Whether 、全国的 alone stands before a figure: a share without a whole of its own."""
    return _SHARE_LIST.fullmatch(before) is not None


def join_suffix(indicator: str, suffix: str) -> str:
    """Put 降幅 or 占总量的比重 after an inherited indicator, once."""
    if suffix.startswith("占"):
        indicator = without_share(indicator)  # another share of the same thing
    return indicator if indicator.endswith(suffix) else indicator + suffix


def without_share(indicator: str) -> str:
    """Drop the share that was read last: 贷款占总额的比重 gives 贷款."""
    return _SHARE_OF.sub("", indicator)


def strip_marks(phrase: str) -> str:
    """Drop the masks of dates, subjects and notes with the prepositions that go with them."""
    phrase = _BLANK.sub("", phrase)
    if DATE_MARK in phrase:
        phrase = _DATE_RUN.sub("", phrase)
    return _SUBJECT_RUN.sub("", phrase) if SUBJECT_MARK in phrase else phrase


def _share_suffix(share: re.Match[str]) -> str:
    if share["equal"]:
        return f"相当于{share['base']}"
    base = share["inside"] or share["base"]
    return f"占{base}的比重" if base else "占比"
