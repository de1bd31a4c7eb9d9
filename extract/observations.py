"""Figures that a text claims for a place, an institution or a counted thing.

Finds ``measures`` facts; the component built on it adds them to ``doc._.facts``. Two
examples: 全市充电桩超过3万个 gives the subject of the passage, indicator 充电桩, 30000 个,
``over``; PM2.5浓度为30微克/立方米，同比下降5% gives a level and a change of one indicator.

A sentence is read clause by clause. Every group of figures (21、43、9微克/立方米) is read
with the words before and after it: they name the indicator, the subject, the period and the
kind of claim, and what they leave out is inherited from the clauses before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extract.dates import DateMention
from extract.facts import Argument, Entity, Measures, Qualifier, Span
from extract.gazetteer import ancestors, lookup_place, split_place_prefix
from extract.units import Quantity, find_quantities

_DATE = "\ue000"  # stands for each character of a date in the masked text
_SUBJECT = "\ue001"  # stands for each character of a subject in the masked text

_CLAUSE_END = re.compile(r"[，,；;。：:！？!?（）()【】●■◆]|\.(?!\d)")
_LIST_JOIN = re.compile(r"\s*(?:、|和|及|与|以及|，和)\s*")
_RANGE_JOIN = re.compile(r"\s*(?:至|到|[—–\-~～－]{1,2})\s*")

# --- words around a figure ---------------------------------------------------------------
_OVER = "超过|超出|超|突破|逾|不低于|不少于|高于|大于|至少|多达|高达|不小于"
_UNDER = "不足|不到|低于|少于|不高于|不超过|小于|不大于|未超过"
_NEAR = "近|接近|将近"
_ABOUT = "大约|约|大概|左右"
_AFTER = re.compile(
    r"\s*(?P<over>及以上|以上|之多|有余|余|多)|\s*(?P<under>及以下|以下|以内|之内)"
    r"|\s*(?P<about>左右|上下)"
)
_UP = "增长|上升|提高|提升|增加|回升|扩大|上涨|增多|攀升|增高|高出|多出|增|升|涨|快于"
_DOWN = "下降|降低|减少|收窄|缩小|回落|下滑|下跌|下调|缩减|压减|削减|下落|收缩|降|减|跌|慢于"
_UP_NOUN = "增速|增幅|涨幅|增长率|升幅|增长幅度"
_DOWN_NOUN = "降幅|跌幅|降低率|下降率|减幅|下降幅度"
_TO = (
    "(?:下降|降低|减少|收窄|缩小|回落|下滑|下跌|降|减|跌|提高|提升|增长|增加|上升|回升|扩大|上涨"
    "|攀升|增|升|涨|提|拉高|压减|压缩|调整|恢复|扩)(?:至|到|为)"
    "|(?:稳定|保持|控制|维持|收|稳)(?:在|于)"
)
_LEVEL_VERB = (
    "达到了?|达|为|是|完成了?|实现了?|共有|总计有?|合计有?|共计|(?<!公)共|有|转为|变为|总数达"
)
_ADVERB = (
    "分别|依次|各自|各|均|(?<![首成])都|全部|已经|已|仍然|仍|还|仅|只|将要|将|(?<![主重需])要|需|可|预计|力争"
    "|争取|确保|预期|了|平均|总体|整体|又|再|也|就|同比|环比|按年|名义|实际|直接|首次|再次|大幅|小幅|明显"
    "|进一步|继续|稳步|逐步|最高|最低|最多|最少|居首|的|净|每年|较好|较差|\\s"
    "|按可比价格?计算|按不变价格?计算|按可比口径计?算?"
)
_TAIL = re.compile(
    rf"(?:(?P<new>新增加?|净增)|(?P<to>{_TO})|(?P<upnoun>{_UP_NOUN})|(?P<downnoun>{_DOWN_NOUN})"
    rf"|(?P<under>{_UNDER})|(?P<over>{_OVER})|(?P<near>(?<!最)(?:{_NEAR}))"
    rf"|(?P<about>(?<![节签合集条制])(?:{_ABOUT}))"
    rf"|(?P<mean>年均|年平均|每年平均)|(?P<cumulative>累计)"
    rf"|(?P<level>{_LEVEL_VERB})|(?P<adverb>{_ADVERB})"
    rf"|(?P<up>{_UP})|(?P<down>{_DOWN}))$"
)
_TAIL_COMPARED = re.compile(r"(?:(?P<up>[多高提快])|(?P<down>[少低慢]))$")
# 占…的比重为, 相当于…的, 是…的 before a figure
_SHARE = re.compile(
    r"^(?P<whole>.*?)(?:(?:只|仅|已|约|将)*占(?![地比])(?:到|了|据)?|在(?P<inside>[^在]+?)中的?占比?(?:了|到)?"
    r"|(?P<equal>(?:大约|仅|只|约)*相当于))(?P<base>[^占]*?)的?(?P<noun>比重|比例|份额|占比)?$"
)
_SHARE_LIST = re.compile(rf"\s*[、和及]\s*{_SUBJECT}+的\s*")
_TIMES = re.compile(r"^(?P<whole>.*?)(?:仅|约|只|已)*(?P<link>是|为)(?P<base>[^是为]{2,})$")
_POINTING = re.compile(
    r"(?:这|该|上述|以上|此)(?:一|项|个)?(?:数字|数值|数据|比例|比重|指标|占比|规模|指数|增速|总量)"
)
_POINTING_SEVERAL = re.compile(
    r"(?:这|上述|以上)?(?P<n>[两二三四五六])(?:项|个|大)?(?:指标|数据|数字|者)|二者"
)
_FORMER, _LATTER = re.compile(r"前者"), re.compile(r"后者")

# Connectors, adverbs and prepositions before an indicator; the look-aheads keep nouns that
# begin with the same character (在建项目, 从业人员, 近岸海域, 并网容量).
_HEAD = re.compile(
    r"^(?:其中|而且|而|但是?|不过|却|另外|另|此外|同时|与此同时|单看|并且|并(?![网购轨])|且|也|还(?![田林款])|则|均(?!价)"
    r"|又|即|如今|如(?!期)|目前|当前|现在|现有|现(?![代金货役场价])|截至|截止|到(?![位达会])|至"
    r"|在(?![建岗校册线用营役职])|自(?![然主治动愿筹有来贡])|从(?!业)|以来|以(?![旧上下内])|期间|时期|年底|据了解|据统计"
    r"|据悉|初步核算|预计|力争|争取|确保|实现(?!率)|完成(?![率度])|共(?![享用建同性])|全部|已经|已|将|要(?!素)|累计"
    r"|年均(?!浓度|气温|值|降水)|每年|先后|目标是|目标为|提出|要求|明确|仅|仍|使(?!用)|让|令|把|的(?!士)|了|、|和(?!谐)"
    r"|及|与(?!会)|以及|[一二三四五六七八九十两]+(?:市|省|县|区|地|州|国)(?!级)|等(?!级)|分[^，]{1,4}看|总体上|从总量看"
    r"|达到|达(?![标产])|可(?![再持回降循支吸])|能够|拟(?=[新建投])|计划(?=新增|建|投产|实施|完成|培育)"
    r"|(?:项目|全部|全面)?(?:建成|达产|投产|投运|竣工)(?:投产|达产|投运)?后|超过|超(?![低充快长大导高级])|突破|约(?!束)|近(?![岸零海地])|共计|总计|合计|通过(?![率量])"
    r"|有(?![色效机轨毒害偿关])|—+|[一二三四五]是|首先|其次|再次|最后"
    r"|[该本](?:公司|企业|集团|项目|园区|基地|工程|校|院|厂)(?=.{3})|(?:位于|坐落于|地处)[^的]{1,15}的)"
)
# Verbs that only say that something exists or was reached; those that change what is
# counted (淘汰, 改造, 节约) stay in the indicator's name.
_VERBS = (
    "新建成|建成投运|建成投产|建成|新建|建设|荣获|获得|获评|取得|拥有|创建|培育形成|培育|认定|发布|签订|推广应用|推广"
    "|带动|带来|形成|吸引|配套建设|配套|覆盖|开展|实施|布局|设立|设置|组建|支撑|保障|换来|拉动|推动|提供|手握|握有|持有|创造|纳入|涉及|包括"
    "|包含|打造|建起|建有|设有|列出|部署|提出|确定|梳理|谋划|集聚|聚集|汇聚|入选|评选出|评选|命名|划定|遍及|辐射|架设"
    "|敷设|铺设|配备|配置|孵化|承担|完成|实现|达成|投入使用|投用"
)
_HEAD_VERB = re.compile(
    rf"^(?:{_VERBS})(?:了|有|出|起|的)?(?!规模|能力|总值|率|量|额|业|面积|资金|水平|成本|类|性|周期|期|商|费|值|者|用地|强度)"
)
# Verbs that end a counted noun: 24家企业入驻. Verbs that also build nouns (建设) are left out.
_PREDICATES = (
    "支撑|支持|保障|保证|换来|入驻|落户|入选|参加|参与|出席|到会|投产|投运|投用|获评|荣获|获得|授牌|纳入|建成|竣工|开工|上线|开通|完工"
    "|实现|完成|形成|带动|惠及|分布|遍及|覆盖|助力|推动|促进|签约|亮相|集聚|通过|达成|正在|推进|建有|拥有|发布|印发|举行"
    "|举办|召开|作出|列入|开展|提供|接受|受益|位于|来自|开始|取得|进入|运行|累计|共|发言|演讲|揭牌|报名|交流|聚"
)
_INNER_VERB = re.compile(
    rf"^.{{2,}}?(?:累计|共计|先后|已经|已|共|正在|计划|将|总计)+(?:{_VERBS})(?:了|有|出|起)?(?P<noun>.{{2,}})$"
    r"|^(?:该|本)?(?:公司|企业|集团|项目|园区|基地|工程|单位|平台|学校)(?:目前|现|已|共|每年|可)*"
    rf"(?:{_VERBS})(?:了|有)?(?P<noun2>.{{2,}})$"
    r"|^.{6,}(?:纳入|覆盖|建成|拥有|培育|获评|吸引|推广应用|创建|签订)(?:了|有)?(?P<noun3>.{3,})$"
)
_HEAD_CHANGE = re.compile(r"^(?:(?P<up>增加(?!值)|提高)|(?P<down>减少|降低))(?=.{3})")
_BEYOND = re.compile(
    r"^(?:占比|比重|比例)?(?P<suffix>(?:增速|增幅|降幅|涨幅)?(?:(?:高于|低于|快于|慢于|超出|高出|优于|好于).+|[比较].{1,10}[快慢高低多少好]))$"
)
_BASE = re.compile(rf"(?:由|从)(?:{_DATE}+|上年|去年)?(?:同期|末|底)?的?$")
_NOUN_STOP = re.compile(
    rf"[，,；;。：:！？!?（）()、\s\ue000\ue001]|(?:{_PREDICATES})|被|已|将|均|分别|共同|占|达到?|为|是|的|了|在|等|于|以上|左右"
    r"|(?:增长|下降|提高)(?![，。；、\s]|$)|同比|全部|成为|位居|居(?![民住])|可(?![再持回降循])|能(?![源力耗级量效])|都(?!市)|仅|相当"
)
_RATE_VERB = re.compile(r"^(?:全部)?(?:实现|达到|完成)了?")
_TARGET = re.compile(
    r"将(?!近)|力争|争取|目标|预计|计划|确保|提出|规划|拟|有望|约束性|预期性|要求|要(?!求)|到时"
)
_PLANNED = re.compile(r"目标|任务|计划|预算|规划")
_DONE = re.compile(r"已|完成了|累计|截至|截止")
_CUMULATIVE = re.compile(r"累计")
_MEAN = re.compile(r"(?:年均|年平均)(?!浓度|气温|值|降水)")
_LOCAL_DATE = re.compile(r"^\s*(?:而|其中)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COMPARED_BEFORE = re.compile(
    r"(?:比|较|与|同|和|相比|相较于|高出|低于|高于|快于|好于|优于|超过|超)\s*$"
)
_COMPARISON = re.compile(
    rf"(?:相较于|相比于|比起|较之|比|较|与|同|和)(?:{_DATE}+|上年度?|去年|前年|上期)(?:同期|年底|末|初|全年)?"
    rf"(?:水平)?(?:相比较?|的|时)?|(?:高出|快于|低于|高于){_DATE}+"
)
_AS_OF_NOW = re.compile(r"目前|如今|截至目前|迄今|近年来|当前|至今|累计")

_WHOLE = re.compile(
    r"(?:全(?P<unit>市|省|自治区|区|县|州|盟|旗|镇|乡|街道)(?!域|面)|(?P<nation>全国|我国)|(?P<world>全球|世界)"
    r"|(?:该|本|我)(?P<unit2>市|省|自治区|区|县|州|盟|旗)"
    r"|(?P<group>[“\"]\d+[+＋]\d+[”\"]城市))"
    r"(?!领先|首|第|前列|前茅|前\d|最|率先|平均|排名|唯一|之|统一|各地|人大|政协|两会|范围|一流|先进|优秀|文明)"
)
_GOVERNED = re.compile(
    r"(?:比|较|与|同|向|从|由|对|于|至|赴|往|距|占|给|被|为|出|居|列|据|经|来自|到|入|前往|落实|按照|贯彻"
    r"|位居|高于|低于|好于|优于|相当于|领先|是)(?:了|到)?\s*$"
)
_HOLDING = re.compile(r"^其?(?P<thing>\w{2,10}?)旗下(?=有|拥有|共有)")
_SPEAKS = re.compile(
    r"\s*(?:介绍|通报|表示|说|发布|公布|印发|出台|提出|显示|数据|获悉|透露|指出|消息|报道|讯|电|统计"
    r"|新闻发言人|了解)"
)
_ORGAN = re.compile(
    r"(?:政府|委员会|委|厅|局|部|办|办公室|院办公厅|法院|检察院|人大|政协|总队|海关|署|国务院|党校"
    r"|社|报|台|网|记者站|常委会)$"
)
_COUNTRY_ORGAN = re.compile(
    r"^(?:国家|国务院|生态环境部|全国|中共中央|中国人民银行|财政部|工业和信息化部)"
)
_EVENT_UNITS = frozenset({"场", "位", "名", "届"})
_TEXT_UNITS = frozenset({"章", "条", "节", "款", "篇", "期", "字", "页"})
_TIME_UNITS = frozenset({"天", "小时", "分钟", "秒", "个月", "小時", "个工作日", "次", "人日"})
_TIME_NOUN = re.compile(r"(?:天数|日数|时间|时长|时数|小时数|天|频次|次数|天次|周期)$")
_INDEX = re.compile(r"(?:指数|系数|得分|评分|分数|指標|指数值)$")
_COUNTED_PLACES = re.compile(
    r"^[\w及以上\-—]{0,10}?(?:城市|省份|省区市|县区|区县|县市|地市|地区|园区|国家|站点|断面|流域|行业|家庭"
    r"|街道|乡镇|企业|单位|省|市|县|区)"
)

# --- lists of indicators -----------------------------------------------------------------
_PARALLEL = (
    "细颗粒物|可吸入颗粒物|二氧化硫|二氧化氮|氮氧化物|一氧化碳|臭氧|挥发性有机物|化学需氧量|氨氮|总磷|总氮"
    "|二氧化碳|甲烷|PM2.5|PM10|PM₂.₅|PM₁₀|SO2|SO₂|NO2|NO₂|NOx|CO2|CO₂|CO|O3|O₃|VOCs|COD"
    "|城镇|农村|乡村|城乡|城市|第一|第二|第三|一产|二产|三产|轻|重|进口|出口|风电|光伏|水电|火电|核电|煤电"
    "|气电|风力|光伏发电|太阳能|生物质|生物质能|风能|水能|煤炭|石油|原油|天然气|电力|国有|民营|外资"
    "|工业|农业|建筑业|服务业|制造业|采矿业|陆上|海上|集中式|分布式|抽水蓄能|新型|居民|非居民|公共|私人"
)
_PARALLEL_START = re.compile(rf"^(?:{_PARALLEL})")
_SHARED_START = re.compile(
    r"^(?:单位地区生产总值|单位国内生产总值|单位生产总值|单位GDP|单位产品|万元地区生产总值|万元GDP|万元国内生产总值"
    r"|万元工业增加值|单位工业增加值|规模以上工业|规上工业|人均)"
)
_INDICATOR_NOUN = re.compile(
    r"[\w·“”%、₂₃.]+(?:比重|比例|占比|浓度|天数|增加值|总值|总额|产值|产量|销量|数量|总量|规模|容量|装机|收入|支出|投资|面积"
    r"|能耗|强度|排放|排放量|消费量|发电量|用电量|率|指数|成交量|成交额|价格|数|额|量|值)"
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What a figure was claimed of; later changes and 前者, 后者 refer to it."""

    subject: Argument
    indicator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What the words around a group of figures say."""

    indicator: str = ""
    qualifiers: tuple[Qualifier, ...] = ()
    is_change: bool = False
    for_all: bool = False
    points_back: bool = False
    is_base: bool = False  # 由…提高到: the figure is what the change starts from
    suffix: str = ""


@dataclass(slots=True, kw_only=True)
class _State:
    """What later clauses inherit."""

    current: Argument | None
    period: str | None = None
    carried_period: str | None = None  # of the last figure or lead-in of the paragraph
    paragraph_period: str | None = None  # the same of the paragraphs before
    topics: list[Argument] = field(default_factory=list)
    slots: list[_Slot] = field(default_factory=list)
    recent: list[_Slot] = field(default_factory=list)
    in_sentence: list[_Slot] = field(default_factory=list)
    subjects: list[Argument] = field(default_factory=list)
    phrase: str = ""
    subject_is_near: bool = False
    fresh: bool = False  # the subject was named after the last figure
    target: bool = False


def find_observations(
    text: str,
    *,
    entities: Sequence[Entity],
    dates: Sequence[DateMention],
    sentences: Sequence[Span],
    home: Argument | None = None,
) -> tuple[Measures, ...]:
    """Find the figures of a text, in text order, each with the sentence that says it.

    Args:
        text: the text as read; all spans count its code points.
        entities: named mentions; a number inside one is no figure.
        dates: calendar expressions of ``find_dates``.
        sentences: spans in text order.
        home: the place the document is about, where no nearer one is named.

    The confidence starts at 0.9 and loses 0.15 for a subject from an earlier sentence, 0.1
    for an inherited indicator and 0.05 for an inherited period.
    """
    reader = _Reader(text, entities, dates)
    state = _State(current=home, topics=[] if home is None else [home])
    found: list[Measures] = []
    previous_end = 0
    for sentence in sentences:
        if "\n" in text[previous_end : sentence.start]:
            state.slots, state.recent = [], []
            state.paragraph_period = state.carried_period or state.paragraph_period
            state.carried_period = None
        found += reader.read_sentence(sentence, state)
        previous_end = sentence.end
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A place, institution or word (全市) that may be what a figure is about."""

    span: Span
    argument: Argument | None
    word: str = ""
    weak: bool = False


class _Reader:
    """One text with what is known about it; reads its sentences in order."""

    def __init__(self, text: str, entities: Sequence[Entity], dates: Sequence[DateMention]) -> None:
        self._text = text
        self._entities = sorted((e for e in entities if e.label != "DATE"), key=lambda e: e.span)
        closed = [e.span for e in self._entities if e.label in ("REGULATION", "FORUM", "ORG")]
        self._dates = [
            d
            for d in dates
            if not _overlaps(d.span, closed)
            and (d.annotated or not _PLANNED.match(text, d.span.end))  # 全年目标 is a noun
        ]
        blocked = [e.span for e in self._entities] + [d.span for d in self._dates]
        self._quantities = [
            q
            for q in find_quantities(text)
            if not _overlaps(q.span, blocked) and self._is_figure(q)
        ]
        self._mentions = self._find_mentions()
        self._masked = self._mask()

    # --- preparation -------------------------------------------------------------------

    def _is_figure(self, quantity: Quantity) -> bool:
        before = self._text[max(0, quantity.span.start - 4) : quantity.span.start]
        after = self._text[quantity.span.end : quantity.span.end + 3]
        if re.search(r"第\s*$|[〔\[]\s*\d*$|No\.?$|[+＋]$|[“‘]\d*[+＋]", before):
            return False
        if re.match(r"[+＋]|周?岁|[时点](?![0-9.])\d{0,2}分?|号(?![召码])|年代|[线级版]", after):
            return False
        if quantity.unit in _TIME_UNITS and re.search(
            r"(?:为期|历时|连续|仅用|每|用时|不出)$", before
        ):
            return False
        return not (
            quantity.unit in _TIME_UNITS and re.match(r"[内后前来]|以[后前来内]|之[内后]", after)
        )

    def _find_mentions(self) -> list[_Mention]:
        mentions: list[_Mention] = []
        following = {e.span.start: e for e in self._entities}
        for entity in self._entities:
            next_entity = following.get(entity.span.end)
            argument = Argument(
                label="PLACE" if entity.label == "PLACE" else "ORG",
                text=entity.text,
                name=entity.name,
                span=entity.span,
            )
            if entity.label == "PLACE":
                holder = next_entity is not None and next_entity.label in ("POST", "ORG")
                weak = holder or self._is_governed(entity.span)
                mentions.append(_Mention(entity.span, argument, weak=weak))
            elif entity.label == "ORG":
                holder = next_entity is not None and next_entity.label in ("POST", "PERSON")
                organ = _ORGAN.search(entity.name) is not None
                if organ or holder or self._is_governed(entity.span):
                    mentions.append(_Mention(entity.span, _authority_place(entity), weak=True))
                else:
                    mentions.append(_Mention(entity.span, argument))
            elif entity.label == "REGULATION":
                mentions.append(_Mention(entity.span, _authority_place(entity), weak=True))
        closed = [e.span for e in self._entities]
        for match in _WHOLE.finditer(self._text):
            span = Span(*match.span())
            if not _overlaps(span, closed) and not self._is_governed(span):
                mentions.append(_Mention(span, None, word=match.group()))
        return sorted(mentions, key=lambda m: m.span)

    def _is_governed(self, span: Span) -> bool:
        """Tell a place under a preposition or a speaker from one that figures are about."""
        before = self._text[max(0, span.start - 4) : span.start]
        after = self._text[span.end : span.end + 6]
        if _GOVERNED.search(before) or re.match(_SPEAKS, after):
            return True
        return re.search(r"(?:在|位于|坐落于)\s*$", before) is not None and after[:1] not in "，,"

    def _mask(self) -> str:
        chars = list(self._text)
        for date in self._dates:
            chars[date.span.start : date.span.end] = _DATE * (date.span.end - date.span.start)
        for mention in self._mentions:
            if not mention.weak:
                start, end = mention.span.start, mention.span.end
                chars[start:end] = _SUBJECT * (end - start)
        return "".join(chars)

    # --- reading -----------------------------------------------------------------------

    def read_sentence(self, sentence: Span, state: _State) -> list[Measures]:
        """Read one sentence, clause by clause."""
        state.subjects, state.phrase, state.subject_is_near = [], "", False
        state.target, state.in_sentence = False, []
        wording = sentence.of(self._text)
        state.period = state.carried_period
        if _AS_OF_NOW.search(wording) or _DAY.match(state.period or ""):
            state.period = None
        elif state.period is None and re.match(
            r"[【●■◆]|分[^，]{1,4}看|再看|从[^，]{1,6}看", wording
        ):
            state.period = state.paragraph_period
        if len(wording) <= 20 and not self._in(sentence, self._quantities):
            self._read_heading(sentence, state)
        found: list[Measures] = []
        for clause in self._clauses(sentence):
            if self._text[clause.start - 1 : clause.start] in "；;" and _DAY.match(
                state.period or ""
            ):
                state.period = None
            found += self._read_clause(clause, sentence, state)
        return found

    def _in(self, span: Span, quantities: Iterable[Quantity]) -> list[Quantity]:
        return [q for q in quantities if span.start <= q.span.start and q.span.end <= span.end]

    def _read_heading(self, sentence: Span, state: _State) -> None:
        for mention in self._mentions:
            if sentence.start <= mention.span.start < sentence.end:
                argument = mention.argument or self._resolve_word(mention, state)
                if argument is not None and argument.label == "PLACE":
                    _set_current(state, argument)

    def _clauses(self, sentence: Span) -> Iterator[Span]:
        start = sentence.start
        quantities = [q.span for q in self._quantities]
        closed = [*quantities, *(e.span for e in self._entities), *(d.span for d in self._dates)]
        for match in _CLAUSE_END.finditer(self._text, sentence.start, sentence.end):
            if _overlaps(Span(*match.span()), closed):
                continue
            if match.start() > start:
                yield Span(start, match.start())
            start = match.end()
        if start < sentence.end:
            yield Span(start, sentence.end)

    def _read_clause(self, clause: Span, sentence: Span, state: _State) -> list[Measures]:
        groups = list(self._groups(self._in(clause, self._quantities)))
        period = self._read_dates(clause, groups, sentence, state)
        clause_text = clause.of(self._text)
        if _TARGET.search(clause_text) and not _DONE.search(clause_text):
            state.target = True
        elif _DONE.search(clause_text):
            state.target = False
        if not groups:
            self._read_subjects(clause.start, clause.end, state)
            phrase = _claim_before(self._masked[clause.start : clause.end], unit=None).indicator
            state.phrase = _last_indicator(phrase) or state.phrase
            return []
        found: list[Measures] = []
        start = clause.start
        self._read_holding(clause, state)
        for number, group in enumerate(groups):
            first, last = group[0], group[-1]
            following = groups[number + 1][0].span.start if number + 1 < len(groups) else clause.end
            self._read_subjects(start, first.span.start, state)
            before = _HOLDING.sub("", self._masked[start : first.span.start])
            after = self._masked[last.span.end : following]
            is_last = number + 1 == len(groups)
            bound = _AFTER.match(after)
            start = last.span.end + (bound.end() if bound else 0)
            if after == "" and first.is_count and not is_last:
                continue  # 4台100万千瓦机组: the count belongs to the next figure's noun
            if number and groups[number - 1][0].is_count and _modifies(before):
                before = _COUNTED_PLACES.sub("", before)
            modifier = first.is_count and len(group) == 1 and not is_last and not _ends_open(after)
            if modifier and _modifies(after):
                continue  # 全省120个站点达标率: the count belongs to the subject
            takes_noun = is_last or _ends_open(after) or after.startswith("的")
            noun, used = _noun_after(after) if takes_noun else ("", 0)
            facts = self._claim_to_facts(
                group, before, after, noun, period, clause, sentence, state
            )
            if facts and noun and noun in facts[-1].indicator:
                start = last.span.end + used
            found += facts
        return found

    def _read_holding(self, clause: Span, state: _State) -> None:
        """Take 母公司 of 其母公司旗下有 for the subject."""
        match = _HOLDING.match(self._masked[clause.start : clause.end].lstrip())
        if match:
            argument = Argument(label="THING", text=match["thing"], name=match["thing"])
            state.subjects, state.current = [argument], argument
            state.subject_is_near = state.fresh = True

    def _groups(self, quantities: Sequence[Quantity]) -> Iterator[list[Quantity]]:
        """Figures with nothing but 、 or 和 between them, units filled in from the last."""
        group: list[Quantity] = []
        for quantity in quantities:
            between = self._text[group[-1].span.end : quantity.span.start] if group else ""
            if group and (_LIST_JOIN.fullmatch(between) or _RANGE_JOIN.fullmatch(between)):
                group.append(quantity)
                continue
            if group:
                yield _share_unit(group)
            group = [quantity]
        if group:
            yield _share_unit(group)

    def _read_dates(
        self,
        clause: Span,
        groups: Sequence[Sequence[Quantity]],
        sentence: Span,
        state: _State,
    ) -> str | None:
        """The period of a clause; an own date is kept for the clauses that follow."""
        end = groups[0][0].span.start if groups else clause.end
        for date in self._dates:
            if not clause.start <= date.span.start < end:
                continue
            before = self._text[clause.start : date.span.start]
            after = self._text[date.span.end : date.span.end + 4]
            compared = _COMPARED_BEFORE.search(before) or after.startswith(("同期", "相比"))
            if compared or date.value is None or date.text.startswith("上年"):
                continue
            if groups and _LOCAL_DATE.match(before) and not before.startswith("其中"):
                return date.value
            state.period = date.value
            if re.fullmatch(
                r"\s*(?:截至|截止|到|至|在)?", self._text[sentence.start : date.span.start]
            ):
                state.carried_period = date.value
            if re.search(r"(?<!截)[到至]\s*$", before) and not _DONE.search(clause.of(self._text)):
                state.target = True
        return state.period

    # --- subjects ----------------------------------------------------------------------

    def _read_subjects(self, start: int, end: int, state: _State) -> None:
        """Take over the last governing subject, or list of subjects, between two offsets."""
        run: list[Argument] = []
        run_end = -1
        for mention in self._mentions:
            if not start <= mention.span.start < end:
                continue
            argument = mention.argument or self._resolve_word(mention, state)
            if argument is None:
                if mention.word:  # 全省 in a text that names no province
                    state.current, state.subjects = None, []
                continue
            if mention.weak:
                _add_topic(state, argument)
                if not state.subject_is_near and argument.label == "PLACE":
                    state.current = argument
                continue
            between = self._text[run_end : mention.span.start] if run else ""
            if run and mention.word and between == "":
                continue  # 某市全市 is one subject
            if not (run and re.fullmatch(r"\s*(?:、|和|与|及|以及)\s*", between)):
                run = []
            run.append(argument)
            run_end = mention.span.end
        if run:
            state.subjects = run
            _set_current(state, run[0])
            state.subject_is_near = state.fresh = True

    def _resolve_word(self, mention: _Mention, state: _State) -> Argument | None:
        """What 全市 or 全国 stands for."""
        match = _WHOLE.fullmatch(mention.word)
        if match is None:
            return None
        if match["nation"]:
            return Argument(label="PLACE", text=mention.word, name="中国", span=mention.span)
        if match["world"]:
            return Argument(label="PLACE", text=mention.word, name="全球", span=mention.span)
        if match["group"]:
            return Argument(label="PLACE", text=mention.word, name=mention.word, span=mention.span)
        unit = match["unit"] or match["unit2"]
        return _topic_of_level(state, unit)

    # --- from words to facts -------------------------------------------------------------

    def _claim_to_facts(
        self,
        group: Sequence[Quantity],
        before: str,
        after: str,
        noun: str,
        period: str | None,
        clause: Span,
        sentence: Span,
        state: _State,
    ) -> list[Measures]:
        said_before = _claim_before(before, unit=group[-1].unit)
        claim = _claim_after(said_before, after)
        if _SHARE_LIST.fullmatch(before):
            return []  # 占全省的一半、全国的五分之一: the second share has no whole of its own
        names = self._indicators(claim, before, noun, group, state)
        slots = self._slots(names, claim, before, len(group), state)
        inherited = names is None
        found: list[Measures] = []
        periods = self._periods(clause, group)
        if len(slots) == 1 and len(periods) == len(group):
            slots = slots * len(group)
        else:
            periods = [period] * max(len(group), len(slots))
        pairs = [] if claim.is_base else _pair(group, slots, claim.for_all)
        for (quantity, slot), period in zip(pairs, periods, strict=False):
            if not self._is_measure(quantity, slot, clause):
                continue
            subject = self._event_subject(quantity, slot.subject, clause, state)
            if subject is None:
                continue
            # 以上 after a list belongs to its last figure only
            own = claim if quantity is group[-1] or claim.is_change else said_before
            qualifiers = _qualifiers(own, quantity, state.target and bool(period))
            value = abs(quantity.value) if claim.is_change else quantity.value
            confidence = 0.9 - 0.1 * inherited - 0.15 * (not state.subject_is_near)
            confidence -= 0.05 * (period is not None and not self._has_date(clause))
            found.append(
                Measures(
                    subject=subject,
                    indicator=slot.indicator,
                    value=value,
                    value_text=quantity.text,
                    unit=quantity.unit,
                    period=period,
                    qualifier=qualifiers,
                    evidence=sentence,
                    confidence=round(confidence, 2),
                )
            )
        if found and period == state.period:
            state.carried_period = period
        if slots:
            state.slots, state.phrase, state.fresh = list(slots), "", False
        if not claim.is_change:
            state.in_sentence = [s for s in state.in_sentence if s not in slots] + slots
            state.recent = [slot for slot in state.recent if slot not in slots] + slots
        return found

    def _periods(self, clause: Span, group: Sequence[Quantity]) -> list[str | None]:
        """The periods of 2022年、2023年产量分别为3、4万吨: one a figure."""
        return [
            d.value
            for d in self._dates
            if clause.start <= d.span.start < group[0].span.start
            and not _COMPARED_BEFORE.search(self._text[clause.start : d.span.start])
        ]

    def _has_date(self, clause: Span) -> bool:
        return any(clause.start <= d.span.start < clause.end for d in self._dates)

    def _indicators(
        self,
        claim: _Claim,
        before: str,
        noun: str,
        group: Sequence[Quantity],
        state: _State,
    ) -> list[str] | None:
        """Names of what the figures measure; None when they are inherited."""
        several = _POINTING_SEVERAL.search(before)
        if several:
            recent = list(dict.fromkeys(slot.indicator for slot in state.recent))
            return recent[-len(group) :] if len(recent) >= len(group) else None
        phrase = claim.indicator
        last = group[-1]
        if noun and (last.is_count or not phrase) and not claim.is_change:
            joined = phrase if last.is_count and phrase.startswith("新增") else ""
            return [joined + noun]
        if not phrase or claim.points_back:
            if claim.suffix.startswith("相当于") and last.unit not in ("%", "倍", None):
                return []  # a comparison to picture the figure
            if claim.suffix and state.slots:
                return [_join_suffix(slot.indicator, claim.suffix) for slot in state.slots[-1:]]
            if state.phrase:
                return _split_list(state.phrase, len(group))
            return None
        names = _split_list(phrase, len(group) if len(group) > 1 or claim.for_all else 1)
        return [name + claim.suffix for name in names]

    def _slots(
        self,
        names: list[str] | None,
        claim: _Claim,
        before: str,
        count: int,
        state: _State,
    ) -> list[_Slot]:
        subjects = state.subjects or ([state.current] if state.current else [])
        if _FORMER.search(before) and len(state.recent) >= 2:
            return [state.recent[-2]]
        if _LATTER.search(before) and len(state.recent) >= 2:
            return [state.recent[-1]]
        if names is None:
            if state.fresh and state.slots and subjects:
                indicator = state.slots[-1].indicator
                return [_Slot(subject, indicator) for subject in subjects]
            if claim.for_all or count == len(state.slots):
                return list(state.slots)
            if count > 1 and len(state.in_sentence) >= count:
                return state.in_sentence[-count:]
            return state.slots[-1:]
        if not subjects:
            return []
        if len(names) == 1 and len(subjects) == count and count > 1:
            return [_Slot(subject, names[0]) for subject in subjects]
        if len(names) == 1 and claim.for_all:
            return [_Slot(subject, names[0]) for subject in subjects]
        return [_Slot(subjects[0], name) for name in names]

    def _is_measure(self, quantity: Quantity, slot: _Slot, clause: Span) -> bool:
        name = slot.indicator
        if len(name) > 32 or not re.search(r"[\u4e00-\u9fffA-Za-z]", name):
            return False
        if quantity.unit is None and quantity.text[-1].isdigit() and "/" not in quantity.text:
            return _INDEX.search(name) is not None
        if quantity.unit in _TIME_UNITS:
            return _TIME_NOUN.search(name) is not None
        if quantity.unit in _TEXT_UNITS:
            return not re.search(r"条例|办法|方案|意见|文件|法》|规定", clause.of(self._text))
        return not (quantity.is_count and _EMPTY_NOUN.fullmatch(name))

    def _event_subject(
        self, quantity: Quantity, subject: Argument, clause: Span, state: _State
    ) -> Argument | None:
        """People are counted for the event at hand, if any; its sessions are no figures."""
        if quantity.unit not in _EVENT_UNITS:
            return subject
        start = self._text.rfind("\n", 0, clause.start) + 1
        forums = [
            e
            for e in self._entities
            if e.label == "FORUM" and start <= e.span.start < quantity.span.start
        ]
        if not forums:
            return subject if state.subject_is_near else None
        if quantity.unit in ("场", "届"):
            return None
        near = forums[-1]
        return Argument(label="FORUM", text=near.text, name=near.name, span=near.span)


_EMPTY_NOUN = re.compile(
    r"(?:方面|阶段|部分|环节|层次|问题|步骤|维度|月|工作日|小时|层面|角度|关键|重点|目标|指标|板块|字|人|个)*"
)


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _authority_place(entity: Entity) -> Argument | None:
    """The place whose authority an organ or a regulation's name begins with."""
    name = entity.name.lstrip("《")
    division, rest = split_place_prefix(name)
    if division is None or not rest:
        return None
    return Argument(label="PLACE", text=name.removesuffix(rest), name=division.name, span=None)


def _set_current(state: _State, argument: Argument) -> None:
    state.current = argument
    _add_topic(state, argument)


def _add_topic(state: _State, argument: Argument) -> None:
    if argument.label == "PLACE":
        state.topics.append(argument)


def _topic_of_level(state: _State, unit: str) -> Argument | None:
    """The nearest earlier place whose full name ends in the unit of 全市, else one above."""
    for topic in reversed(state.topics):
        division = lookup_place(topic.name)
        name = topic.name if division is None else division.name
        if name.endswith(unit) or (division is None and name[-1] not in "省市区县州盟旗"):
            return replace(topic, span=None)
    for topic in reversed(state.topics):
        division = lookup_place(topic.name)
        for above in () if division is None else ancestors(division):
            if above.name.endswith(unit):
                return Argument(label="PLACE", text=above.short, name=above.name)
    return None


def _share_unit(group: Sequence[Quantity]) -> list[Quantity]:
    """Give 21、43 of 21、43、9微克/立方米 the unit, and the 万 or 亿, of the last."""
    last = group[-1]
    scale_match = re.search(r"[\d.](?P<scale>[百千]?万亿?|[百千]?亿)", last.text)
    scale = Decimal(1)
    if scale_match:
        for char in scale_match["scale"]:
            scale *= {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[char]
    shared: list[Quantity] = []
    for quantity in group:
        if quantity.unit is None and last.unit is not None and quantity.text[-1].isdigit():
            quantity = replace(
                quantity, unit=last.unit, is_count=last.is_count, value=quantity.value * scale
            )
        shared.append(quantity)
    return shared


def _modifies(before: str) -> bool:
    return _COUNTED_PLACES.match(before) is not None


def _ends_open(after: str) -> bool:
    """True if the words between two figures end a list item: 12个园区和30座电站."""
    return re.search(r"(?:、|和|及|与|以及)\s*$", after) is not None


def _strip_marks(phrase: str) -> str:
    phrase = re.sub(r"\s", "", phrase)
    phrase = re.sub(
        rf"(?:截至|截止到?|到|至|在|自|从|于)?{_DATE}+(?:以来|底|末|前|期间|时|内|中|里)?",
        "",
        phrase,
    )
    phrase = re.sub(rf"(?:位于)?(?:{_SUBJECT}+(?:、|和|与|及|以及)?)+(?:等|的)?", "", phrase)
    return phrase


def _claim_before(before: str, *, unit: str | None) -> _Claim:
    """Read the words before a figure: indicator, qualifiers, and whether it is a change."""
    plain = re.sub(r"\s", "", before)
    compared = _COMPARISON.search(plain) is not None
    is_base = _BASE.search(plain) is not None
    plain = _COMPARISON.sub("", _BASE.sub("", plain))
    compared = compared or "同比" in plain
    phrase = _strip_marks(plain)
    qualifiers: list[Qualifier] = []
    suffix, prefix = "", ""
    change: Qualifier | None = None
    to_level = False
    for_all = False
    while True:
        match = _TAIL.search(phrase) or (_TAIL_COMPARED.search(phrase) if compared else None)
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
        elif kind == "level" and word.startswith("完成") and unit == "%":
            suffix = "完成率"
        for_all = for_all or word in ("均", "都", "各", "各自")
        phrase = phrase[: match.start()]
    if _CUMULATIVE.search(plain) and "cumulative" not in qualifiers:
        qualifiers.append("cumulative")
    if _MEAN.search(plain) and "annual_mean" not in qualifiers:
        qualifiers.append("annual_mean")
    if change is not None:
        qualifiers.insert(0, change)
    points_back = _POINTING.search(phrase) is not None
    phrase = _POINTING.sub("", phrase)
    share = _SHARE.match(phrase)
    beyond = _BEYOND.match(phrase) if change is None else None
    if beyond:
        phrase, suffix = "", beyond["suffix"]
    elif share:
        phrase = share["whole"]
        suffix = _share_suffix(share)
    elif unit in ("倍", None) and (times := _TIMES.match(phrase)):
        phrase, suffix = times["whole"], f"{times['link']}{times['base']}"
    indicator = _clean_indicator(phrase)
    head = _HEAD_CHANGE.match(indicator)
    if head and change is None and not to_level:
        change = "increase" if head["up"] else "decrease"
        qualifiers.insert(0, change)
        indicator = indicator[head.end() :]
    if prefix:
        indicator = prefix + indicator
    return _Claim(
        indicator="" if indicator == "新增" and not prefix else indicator,
        qualifiers=tuple(dict.fromkeys(qualifiers)),
        is_change=change is not None,
        for_all=for_all,
        points_back=points_back and not indicator,
        is_base=is_base,
        suffix=suffix,
    )


def _share_suffix(share: re.Match[str]) -> str:
    if share["equal"]:
        return f"相当于{share['base']}"
    base = share["inside"] or share["base"]
    return f"占{base}的比重" if base else "占比"


def _join_suffix(indicator: str, suffix: str) -> str:
    """Put 降幅 or 占总量的比重 after an inherited indicator, once."""
    return indicator if indicator.endswith(suffix) else indicator + suffix


def _claim_after(claim: _Claim, after: str) -> _Claim:
    """Add what the words after the figure say: 以上, 左右, 的同比增长, 实现电动化."""
    qualifiers = list(claim.qualifiers)
    match = _AFTER.match(after)
    if match:
        added: Qualifier = "over" if match["over"] else "under" if match["under"] else "about"
        qualifiers.append(added)
        after = after[match.end() :]
    plain = _strip_marks(after)
    change = re.match(
        r"的?(?:同比|环比|年均|平均)*(?:(?P<up>增长|增幅|增速|提升|升幅)|(?P<down>下降|降幅|降低|减少))",
        plain,
    )
    is_change = claim.is_change
    if change and not is_change:
        is_change = True
        qualifiers.insert(0, "increase" if change["up"] else "decrease")
    indicator = claim.indicator
    verb = _RATE_VERB.match(plain)
    if verb and indicator:
        noun, _ = _noun_after(plain[verb.end() :])
        indicator += noun
    return replace(
        claim, indicator=indicator, qualifiers=tuple(dict.fromkeys(qualifiers)), is_change=is_change
    )


def _clean_indicator(phrase: str) -> str:
    """Strip connectors, adverbs, verbs and quotes from the words that name an indicator."""
    phrase = re.sub(r"^(?:[^、]+、)+[^、]*?等(?=[^级于].)", "", phrase)
    phrase = re.sub(r"已经?(?=累计)|[“”‘’\"]", "", phrase)
    previous = None
    while previous != phrase:
        previous = phrase
        phrase = _HEAD.sub("", phrase, count=1)
        if len(phrase) > 3 or _HEAD_VERB.fullmatch(phrase):
            phrase = _HEAD_VERB.sub("", phrase, count=1)
    inner = _INNER_VERB.match(phrase)
    if inner:
        phrase = inner["noun"] or inner["noun2"] or inner["noun3"]
    phrase = re.sub(r"(?:、|和|及|与|以及|，)+$", "", phrase)
    return phrase if len(phrase) > 1 else ""


def _noun_after(after: str) -> tuple[str, int]:
    """The counted noun after a figure (24家企业入驻) and how many characters it uses."""
    lead = re.match(r"\s*(?:及?以上|左右|多|余)?\s*的?\s*(?=[\u4e00-\u9fff“A-Za-z])", after)
    if lead is None:
        return "", 0
    rest = after[lead.end() :]
    if rest.startswith("“"):
        closing = rest.find("”")
        body = rest[: closing + 1] if closing > 0 else ""
        tail = _until_stop(rest[len(body) :])
        noun = body + tail
    else:
        noun = _until_stop(rest)
    used = lead.end() + len(noun)
    noun = re.sub(r"(?:、|和|及|与|以及)$", "", noun).strip()
    clean = noun.replace("“", "").replace("”", "")
    return (clean, used) if len(clean) > 1 else ("", 0)


def _until_stop(text: str) -> str:
    stop = _NOUN_STOP.search(text)
    return text if stop is None else text[: stop.start()]


def _last_indicator(phrase: str) -> str:
    """The last phrase that ends like an indicator, for clauses without figures."""
    found = [m.group() for m in _INDICATOR_NOUN.finditer(phrase)]
    return _clean_indicator(found[-1]) if found else ""


def _split_list(phrase: str, count: int) -> list[str]:
    """Split 城镇、农村居民收入 into two full names when there are two figures."""
    if count == 1:
        return [phrase]
    items = [item for item in re.split(r"、|以及|和|与|及", phrase) if item]
    if len(items) != count:
        items = [item for item in phrase.split("、") if item]
    if len(items) != count:
        return [phrase]
    last = items[-1]
    own, head = _split_head(last, items[:-1])
    if head:
        items = [item + head for item in items[:-1]] + [own + head]
    start = _SHARED_START.match(items[0])
    if start:
        items = [
            item if n == 0 or _SHARED_START.match(item) else start.group() + item
            for n, item in enumerate(items)
        ]
    return items


def _split_head(last: str, others: Sequence[str]) -> tuple[str, str]:
    """Split the last item of a list into its own part and the head that all share."""
    own, of, head = last.partition("的")
    if of and all("的" not in item for item in others):
        return own, head
    parallel = _PARALLEL_START.match(last)
    if parallel and all(_PARALLEL_START.fullmatch(item) for item in others):
        return parallel.group(), last[parallel.end() :]
    lengths = {len(item) for item in others}
    if len(lengths) == 1 and (length := lengths.pop()) <= 3 and len(last) > length + 1:
        return last[:length], last[length:]
    return last, ""


def _pair(
    group: Sequence[Quantity], slots: Sequence[_Slot], for_all: bool
) -> list[tuple[Quantity, _Slot]]:
    """Give each figure its slot; nothing when the numbers do not agree."""
    if len(group) == len(slots):
        return list(zip(group, slots, strict=True))
    if len(group) == 1 and slots:
        return [(group[0], slot) for slot in slots] if for_all else [(group[0], slots[0])]
    return []


def _qualifiers(claim: _Claim, quantity: Quantity, target: bool) -> tuple[Qualifier, ...]:
    qualifiers = list(claim.qualifiers)
    if quantity.rounded_up:
        qualifiers.append("over")
    if claim.is_change and quantity.value < 0 and "increase" in qualifiers:
        qualifiers[qualifiers.index("increase")] = "decrease"
    if target:
        qualifiers.append("target")
    return tuple(dict.fromkeys(qualifiers))
