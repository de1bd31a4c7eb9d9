"""Figures that a text claims for a place, an institution or a counted thing.

Finds ``measures`` facts; the component built on it adds them to ``doc._.facts``. Two
examples: 全市充电桩超过3万个 gives the subject of the passage, indicator 充电桩, 30000 个,
``over``; PM2.5浓度为30微克/立方米，同比下降5% gives a level and a change of one indicator.

A sentence is read clause by clause. Every group of figures (21、43、9微克/立方米) is read
with the words before and after it (`extract.claims`, `extract.indicators`): they name the
indicator, the period and the kind of claim; `extract.subjects` says what they are about.
What the words leave out is inherited from the clauses before.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extract.candidates import Coverage
from extract.claims import (
    Claim,
    bound_end,
    claim_after,
    claim_before,
    claim_to_qualifiers,
    is_base_of,
    is_goal,
    is_second_share,
    join_suffix,
    read_sign,
    strip_marks,
    unit_per,
    without_share,
)
from extract.dates import DateMention
from extract.facts import Argument, Entity, Measures, Qualifier, Span
from extract.indicators import (
    DATE_MARK,
    NOTE_MARK,
    SUBJECT_MARK,
    action_after,
    attendance_after,
    deed_after,
    is_laying,
    is_trade,
    last_indicator,
    met_share,
    names_measure,
    noun_after,
    output_verb,
    part_of_whole,
    portion_after,
    priced_noun,
    reached_noun,
    served_need,
    share_among,
    share_of_noun,
    split_list,
)
from extract.periods import han_to_count, last_years, lies_in, since, year_before
from extract.quantities import (
    RATIO_UNITS,
    TIME_UNITS,
    group_quantities,
    is_figure,
    is_power_and_capacity,
    is_range,
    people_to_unit,
)
from extract.reading import is_han
from extract.setting import find_event, find_report_period
from extract.slots import (
    POINTING_SEVERAL,
    Slot,
    count_before,
    level_of_change,
    pair,
    pointed_out,
    same_measure,
    sum_of_counted,
    told_in_units,
)
from extract.spokespersons import find_scholar_speeches
from extract.subjects import Mention, find_mentions, is_lasting
from extract.units import Quantity, find_quantities

_CLAUSE_END = re.compile(
    r"[，,；;。：:！？!?（）()【】●■◆]|——|\.(?!\d)|(?<=[\u4e00-\u9fff”])[ 　]+(?=[\u4e00-\u9fff“])"
)
_NOTE = re.compile(r"（[^（）。；\n]{1,24}）")

# --- what the words of a clause say of time and aim -----------------------------------------
_TARGET = re.compile(
    r"将(?!近)|力争|争取(?=[到在用年实达完把使于])|(?<!完成)(?<!达成)(?<!完成年度)(?<!完成全年)(?<![高优好低]于)(?<![高优好低]于年度)(?<![高优好低]于全年)(?<!超过)(?<!超过年度)目标|预计|(?<!年度)(?<!列入)计划(?!总?投资)|确保|提出|规划|(?<![虚模])拟|有望|约束性|预期性|要求|(?<![首主重需必紧])要(?!求|素|闻|点|害)|到时|不得|必须|应当"
)
_AIMED = re.compile(r"届时|要求|力争|确保|目标|不得|必须|争取")
_PLANNED_SUM = re.compile(r"(?:计划|拟|预计)[^，]{2}")
_PLANNED = re.compile(r"目标|任务|计划|预算|规划")
_ALL_ALIKE = re.compile(r"^[^，。]{1,16}(?:均|都)(?:达|为|保持|符合|优于|实现|完成|稳定)")
_PLACES_ALIKE = re.compile(
    r"^(?:县市区?|城市|区县|市县|设区市|地级市|市州|站点|县|市|区)(?P<topic>[\w.]{2,12}?)(?:全部|(?<!平)均|都)(?!为\d|达到?\d)"
)
_AHEAD = re.compile(r"[^，。；]{0,14}将(?![近领士])")
_COMPARES = re.compile(
    r"同比|环比|比上年|较上年|与上年|上年同期|去年同期|比[12]\d{3}年|较[12]\d{3}年|增长\d|下降\d"
)
_DONE = re.compile(r"已|完成了|累计|截至|截止")
_AIMING = re.compile(r"确保|力争|争取(?=[到在用年实达完把使于])|将(?!近)|有望")
_AMONG = re.compile(r"\s*(?:其中|特别是|尤其是)(?:的|，)?")
_FASTEST = re.compile(
    r"(?:增速|增幅|涨幅|升幅|(?P<down>降幅|跌幅)|增长率)(?:也|均|都|同样|仍)?(?:最[快大高小低慢]|居|领跑|领先|位居|排名)"
)
_LOCAL_DATE = re.compile(r"^\s*(?:而|其中)")
# “十四五”前两年累计下降…: of this change alone, whatever the sentence is of.
_SUMMED_UP = re.compile(
    r"(?:[前头后][一二两三四]年|期间|时期|以来)?[里中间内来，]?\s*(?:已|共|总共)?(?:累计|合计|年均|平均每年)"
)
_LOCAL_AFTER = re.compile(r"\s*(?:当季|当月|单月|单季|当日|当天)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d$")
_DAYS = re.compile(r"\d{4}-\d\d-\d\d(?:/\d{4}-\d\d-\d\d)?")
_SAME_SPEAKER = re.compile(r"\s*(?:“|据?[他她]|我们)")
_YEARS = re.compile(r"(\d{4})/(\d{4})")
_COMPARED_BEFORE = re.compile(
    r"(?:比|较|与|同|和|相比|相较于|高出|低于|高于|快于|好于|优于|超过|超)\s*$"
)
# What may stand before an institution that acts, gives, gets or houses.
_GOVERNS = re.compile(r"[由向被获给与和跟同在经]$")
# 拿到某银行800万元贷款: who gives is no part of what is measured.
_TAKES_FROM = re.compile(r"(?:利用|使用|拿到|获得|收到|得到|领到|取得|争取)$")
_GOES_ON = re.compile(r"[、和与及]")
_WORKS = re.compile(
    r"(?:地区|境内)?(?:打造|建设|投资|新建|建成|布局|设立|投放|推广|开展|实施|安排|发行|落地)"
)
_LATIN = re.compile(r"[A-Za-z₃₂]")
# A multiple of a year before is a comparison, not a figure of that year.
_MULTIPLE_AFTER = re.compile(r"(?:同期|水平|全年)?的\s*(?:近|约|超|逾)?[\d.]+倍")
_SUPPOSED = re.compile(r"(?:^|[，\s])(?:若|如果|倘若|假如)(?!干)")
_STOCK = re.compile(
    r"装机|保有量|里程|覆盖率|余额|存量|人口|总数|累计|已有|现有|建成|拥有|达到|面积|蓄积|储备|在建|规模以上工业企业|用户"
)
_FLOW = re.compile(r"增长|下降|同比|提高|减少|降低|完成|实现")
_YEAR_OF_REPORT = re.compile(r"年[末底]|全年|年内")
_YEAR_BEFORE = re.compile(
    r"^\s*(?:而|，)?(?:上年|去年)(?:同期|末|底|全年)?(?:仅|只|约)?(?:为|是|达)"
)
# 两年前只有44%: so many years before what was told last.
_ONLY_DATES = re.compile(
    rf"(?:(?<=[。；：\n　])|\A){DATE_MARK}+(?:(?:、|和|与|及){DATE_MARK}+)+，$"
)
_DATES_LISTED = re.compile(rf"{DATE_MARK}(?:和|与|同)$")  # 2021年和2022年分别
_YEARS_AGO = re.compile(r"^\s*(?:而|但|，)?(?P<n>[一二两三四五六七八九十])年前(?!的)")
_COMPARED_AFTER = re.compile(r"同期|相比|(?:的)?(?:水平|基础上|基数)")
_STARTED_BEFORE = re.compile(
    r"(?:成立|始建|建立|创办|创建|创立|注册|组建|设立|起步|诞生|建成|投产)于\s*$"
)
_EVENT_AFTER = re.compile(
    r"[^，。；]{0,14}?(?:开工|成立|投产|竣工|动工|启动|开业|投运|奠基|挂牌|签约|印发|发布|出台|施行|实施|召开|举行|举办"
    r"|通过|修订|生效|任命|当选|上线|获批|入选|落户|开幕|闭幕|出生|上市)"
)
_AS_OF_BEFORE = re.compile(r"截[至止]到?\s*$")
# 升至去年的87% tells of the past, 到2030年 of what is to come.
_UNTIL = re.compile(r"(?<![截升降增减跌涨提高加少低长落滑窄大小扩缩])[到至]\s*$")
_LASTING = re.compile(r"\s*(?:以来|至今)")
_SINCE = re.compile(r"\s*(?:[^，。；、\d]{0,12}(?:以来|至今|迄今)|起)")
_BEST_SINCE = re.compile(r"的?[最首第同历]")
_BASE_BEFORE = re.compile(r"(?:由|从)\s*$")
_BASE_AFTER = re.compile(r"\s*(?:的|时的|同期的|年?[底末]的?)?\s*(?=[\d约不近])")
_AS_OF_NOW = re.compile(
    r"目前|如今|截至目前|迄今|近年来|当前|至今|累计(?!下降|降低|减少|增长|提高|上升|增加|改善|提升)|现有|现已|已有|建有|设有|[一二三四五六七八九十两]+年来|过去[一二三四五十]年|近[三五十]年|未来|今后|下一步|(?<![年入按全度照])计划(?![的内完])|力争"
)
_TITLE_YEARS = re.compile(r"((?:19|20)\d\d)\s*[—\-–~～至到]{1,2}\s*((?:19|20)\d\d)")
_YEARLY_PLAN = re.compile(
    r"(?P<year>(?:19|20)\d\d)年度?[^（）《》]{0,12}?(?:工作要点|工作计划|工作方案|任务清单|实施计划|年度计划)(?:的通知)?》?$"
)
_TITLE_SAYS = re.compile(r"提出|明确|要求|安排|部署|确定|规定|目标|计划|到时|将|力争")
_OTHER_TOPIC = re.compile(r"\s*[^，。；]{2,10}方面，")
# 出口方面，共3万辆: what the bare figures of the next clauses are of.
_ASPECT = re.compile(r"\s*(?:从|在|而|再看|就)?(?P<topic>[\u4e00-\u9fff]{2,8})方面")
# 最大负荷出现在8月4日，为…: the next figure is how high it was.
_PEAK = re.compile(rf"(?P<topic>最[大高低小][\u4e00-\u9fff]{{2,8}}?)(?:出现|发生)[在于]{DATE_MARK}")
# 投运以来累计送电…: since a day that the text does not tell.
_SINCE_START = re.compile(
    rf"(?<!{DATE_MARK})(?:投运|投产|投用|建成|运行|运营|开通|上线|开工|通车|并网)以来"
)
# How large a work is: of no period, unless the sentence tells one.
_SIZE_OF_WORK = re.compile(
    r"(?:计划|概算|动态|静态)?总?投资额?|(?:线路|管线|管道)?(?:全长|总长|长度?)|占地(?:面积)?|设计.{2,}|总?建筑面积"
)
# 分别上升2%、下降3%: the changes of as many measures, each with its verb.
_OTHER_CHANGE = re.compile(r"\s*(?:、|和|与|及|以及)\s*(?:上升|下降|增长|提高|降低|减少|增加|回落)")
_SAYS_OF = re.compile(r"[【●■◆▲◎○★☆◇△]|——|分[^，]{1,4}看|再看|从[^，]{1,6}看")

# --- what a figure may count -----------------------------------------------------------------
_DATELINE = re.compile(r"\s*\d{1,2}月\d{1,2}日\s*[电讯]")
_EVENT_UNITS = frozenset({"场", "位", "名", "届"})
_TEXT_UNITS = frozenset({"章", "条", "节", "款", "篇", "期", "字", "页"})
_TIME_NOUN = re.compile(
    r"(?:天数|日数|时间|时长|时数|小时数|天|频次|次数|天次|周期|天数平均|超标|达标|污染|预警)$"
)
_INDEX = re.compile(
    r"(?:指数|系数|得分|评分|分数|指数值|PUE值?|能效比|电能利用效率|值|评级|倍数|pH值?|COP|收入比|车桩比|桩车比|存贷比|之比|比值)$"
)
_LEGAL_TEXT = re.compile(r"条例|办法|方案|意见|文件|法》|规定")
_COUNTED_PLACES = re.compile(
    r"^[\w及以上\-—]{0,10}?(?:设区市|设区的市|地级市|县级市|自治州|市州|州市|县市区|市县|城市|省份|省区市|县区|区县|县市|地市|地区|园区|国家|站点|断面|流域|行业|家庭"
    r"|街道|乡镇|企业|单位|省|市|县|区)"
)
# Words that end in a bare verb name nothing: 一天充, 三人一共蹬出.
_NO_NAME = re.compile(
    r"^[一两二三四五六七八九十](?:天|周|夜|早|口气)\w$|(?:蹬出|跑出|走了|花了|花掉|省下|来自|聊了|讲了)$"
)
_HALVES = frozenset({"半", "一半", "过半", "大半"})
_SHARE_NAME = re.compile(r"占|比重|比例|进度|完成")
_EMPTY_NOUN = re.compile(
    r"(?:方面|阶段|部分|环节|层次|问题|步骤|维度|月|工作日|小时|层面|角度|关键|重点|目标|指标|板块|字|人|个)*"
)
# Who came to an event, and what a document holds, are no figures of a place.
_ATTENDANCE = re.compile(
    r"^[^，。；、]{0,12}?(?:参加|参会|参展|带来|携[^，]{0,6}亮相|到会|出席|列席|与会|登记|报名|参赛|签约|报到|签到|观摩|观展|亮相)"
)
_CONTENTS = re.compile(
    r"(?:之一|成果|议题|现场|奖项|任免|任免事项|倡议|任务|举措|措施|条款|方面|意见|政策|条意见|建议)$"
)
# 来自19个国家的612家企业: both count who came to the event.
_COMES_FROM = re.compile(r"来自[^，。；、]{0,8}$")
_THRESHOLD = re.compile(r"^(?:及?以[上下])的?[\u4e00-\u9fff]{2,12}$")
# 90家企业带来800件展品: two figures, as who acts is counted too.
_ACTS_ITSELF = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{0,4}?(?:企业|单位|机构|展商|院校))(?:现场|集中|共|累计|先后)*"
    r"(?:带来|带着|携|展出|展示|推出|签约|签订|签下|签署|达成|发布)"
)
_AT_EVENT = re.compile(
    r"(?:开幕式|闭幕式|签约仪式|大会|论坛|峰会|推介会|现场会|会议|会|活动)(?:现场)?(?:上|期间|中)"
)
# 有着2000名职工的老厂: what somebody has is counted, before what is told of the owner.
_OWNS = re.compile(r"(?:拥有|有着|设有|建有|配有|容纳|住着|现有|生活着)着?(?:近|约|超过?|逾)?$")
_OWNED = re.compile(
    r"多?(?P<noun>[\u4e00-\u9fff]{2,6}?)的"
    r"(?:[\u4e00-\u9fff]{0,4}?(?:厂|园区|小区|社区|村庄?|企业|公司|城市|县城?|镇|学校|医院|区))?"
)
# 这场论坛吸引了90名代表: of the event that was named before.
_EVENT_DRAWS = re.compile(
    r"(?:论坛|大会|峰会|博览会|年会|对话会|研讨会|展会|活动)(?:共|已|还)?(?:吸引|汇聚|汇集|迎来|邀请)了?[^，。；]{0,16}$"
)
# What is counted at a fair or a conference.
_OF_EVENT = re.compile(
    r"^[主分]会场$|参展|展区|展位|展品|展台|展馆|展览面积|展出|布展|入馆|入场|观展|观众|报名|参会|与会|首发|首展|签约(?:项目|金额|额|总)|合同金额"
    r"|签[下约署订](?:了|各类|合作|战略合作|意向|采购|投资){0,2}(?:项目|文件|协议|备忘录|订单|合同)|合作文件|协议金额|展商|展品"
    r"|意向(?:成交|金额|签约|合作)|投稿|收到论文|路演|采购商|买家|客商"
)
# Exhibitors come to a fair, whatever meeting is named beside it.
_SHOWN = re.compile(r"参展|展位|展区|展台|展商|展品|展出|观展|展览面积")
_MEETING = re.compile(r"(?:论坛|研讨会|座谈会|沙龙|对话会?|圆桌会议?|峰会|边会)$")
_AWARDED = re.compile(r"^[^，。；]{1,16}(?:授牌|颁奖|颁发|揭牌|授旗|颁证)")
_RATE_ALONE = re.compile(r"每[天日年月]|[日月年]均|一[天年]|距离?|离.*")
_NO_STATISTICS = re.compile(
    r"(?:可|处以|并处|可处|处)[^，。；]{0,12}罚(?!没)|可罚|罚金|拘留|(?<!每户)(?:单个|每个|每家)[^，。；]{0,8}(?:最高|不超过)|电话|邮编|热线(?=[^，。；]{0,4}[\d－-]{5})|邮箱|编号|证号|车牌"
)
_SCOPE = re.compile(r"^[^，。；]{1,18}?[中里](?=[，,]|$)")
_SPREAD = re.compile(
    r"(?:分布|散布|分散)[于在]|分属|(?:足)?够$|相当于(?!.*的$|(?:每年)?(?:可以?|能够?)?(?:节约|减少|减排|替代|少))"
)
_HOLDING = re.compile(r"^其?(?P<thing>\w{2,10}?)旗下(?=有|拥有|共有)")

_LISTED_UP = re.compile(r"等$")
_OCCASION = re.compile(r"(?:活动|环节|仪式|议程|专题|主题|单元)$")
_SIZED_SITE = re.compile(r"(?:区|镇|县|湾|岛|山|湖|滩|沙漠)$")
_SITE_NOUN = re.compile(r"(?:基地|项目|工程|电站|机组|风电场)$")

# --- words that point to figures before -------------------------------------------------------
_HABIT = re.compile(r"每[年天日月]|(?<![\u4e00-\u9fff])一[年天](?!来|间|内|以来)")
# 每3度电就有1度绿电: a picture of a share.
_ONE_IN = re.compile(r"每[\d一二两三四五六七八九十]+[^，。；]{1,10}?[里中]?就?有")
# 高于近12年7.6%的平均增速: what another figure is compared with.
_THAN_BEFORE = re.compile(r"(?:高于|低于|快于|慢于|好于|优于|超过|超)[^，。；]{0,8}$")
_THAN_AFTER = re.compile(r"的(?:平均|年均|同期|全国|历史)*(?:增速|增幅|水平|标准|均值|速度)")
_MILESTONE = re.compile(r"(?:也|已|均)?(?:首次|首度|一举|历史性|率先)")
# 新能源汽车保持快速增长态势 before 销售260万辆: what the bare measure is of.
_HEAD_OF_CLAUSE = re.compile(
    r"(?:其中|特别是|尤其是)?(?P<head>[\u4e00-\u9fff]{2,12}?)(?:产业|市场|行业)?(?:发展|产销|消费|需求|生产)?"
    r"(?:保持|呈现?|延续|增势|势头|迅猛|蓬勃|活跃|快速(?:发展|增长|壮大)|稳步(?:发展|增长)|持续(?:壮大|发展|增长)"
    r"|加快(?:发展|推进)|加速(?:发展|崛起)|表现|异军突起|成为|是"
    r"|(?:高度|相对|较为|十分|过于)?(?:集中|均衡|分布|扎堆)|(?:分布|布局)[^，]{0,4}(?:均|匀|集中)|(?:数量|规模)?(?:最多|领先))"
)
_INTENSIVE = re.compile(r"(?:率|占比|比重|浓度|煤耗|能耗|强度|均价|电价|气温)$")
_AIM_ALONE = re.compile(r"(?:[今明][年]|全年|年度|预期)?的?(?:目标|任务|计划)(?:金额|数)?")
_DEALT_AT = re.compile(r"的?(?:价格)?(?P<deed>成交|收盘|开盘|中标|结算)")
_GRANTED = re.compile(
    r"(?:的标准)?给予(?P<what>[\u4e00-\u9fff]{0,6}(?:补助|补贴|奖励|贴息))(?=[，。；]|$)"
)
_THIS_MEASURE = re.compile(r"(?:这|该|此|上述)(?:一|个|项)*(?P<noun>[\u4e00-\u9fff]{2,8})")
_CLOSING_ADVERB = re.compile(r"(?:仍然?|还|依然|依旧|也|都|则|就|才|又|已经?|正)+$")
# 火电仍是主力，贡献90亿千瓦时: the figure is of what gives.
_GIVES_ONLY = re.compile(r"(?:贡献|提供|承担|完成|实现|产出|撑起)")
_BARE_MEASURE = re.compile(
    r"(?:累计)?(?:销售|销量|产量|产销|出口|进口|生产|产值|营收|交易量|成交|成交量|成交额|保有量|渗透率|出货量|装机|装机规模|发电量|市场份额)量?"
)
_HOW_MANY = re.compile(r"(?:总)?(?:数量|人数|家数|个数|户数|台数|辆数|数)")
_ALTOGETHER = re.compile(r"^(?:[合共总]计|总共|共|合|总规模)(?:为|达|约|近|超)?")
_SUM_OF_DEALS = re.compile(
    r"(?:协议|合同|签约|意向|项目|计划|投资|交易|成交|授信|融资|贷款|订单|采购)*(?:总投资|投资总?额|总?金额|总额|合同额|签约额|额度|融资额|成交额|[\u4e00-\u9fff]{2,8}项目)"
)
# 累计成交3亿吨，成交额90亿元: the value is that of all deals too.
_MEAN_NAME = re.compile(r"年均(?:浓度|值|气温)|年平均(?:浓度|值|气温)")
_DEALT = re.compile(r"(?:配额)?(?:总?(?:成交|交易|签约|合同))?总?金?额")
_COMES_IN = re.compile(
    r"(?:的(?:成绩|总量|水平|数量|规模))?(?:紧随其后|紧跟其后|居首|居次|居前|居末|领跑|领先|夺魁|折桂|垫底|殿后|次之"
    r"|[位名排]列第|[位名排]列[前首末]|位居|排名|排在|高居|稳居|继续领跑|暂列)"
)
_BY_HOW_MUCH = re.compile(r"以\s*$")
_TWO_NAMED = re.compile(
    r"(?<![\u4e00-\u9fff])(?:在|其中)?([\u4e00-\u9fff]{2,8}?)[与和、]([\u4e00-\u9fff]{2,8}?)(?=的|之比|分别|比例|两)"
)
_FORMER = re.compile(r"前者|前一[项个](?:指标|数据|数字)?")
_LATTER = re.compile(r"后者|后一[项个](?:指标|数据|数字)?")
# --- what holds now, and spans told by their length --------------------------------------------
_NOW = re.compile(
    r"目前|如今|截[至止](?:目前|发稿|现在|今日)|迄今|当前|眼下|现有|现已|现(?=共?有|拥有|存)|至今"
)
# 近三年, 五年来, 十年累计: a span that ends now or with the last full year.
_SPAN_OF_YEARS = re.compile(
    r"(?:(?:近|最近|过去)(?P<near>[一二两三四五六七八九十]|十[一二三四五六七八九]|[1-9]\d?)年(?!前|[底末初])"
    r"|(?<![\d一二三四五六七八九十第每前头首后近这未今])(?P<long>[两三四五六七八九十]|十[一二三四五六七八九]|[2-9]|1\d|20)年"
    r"(?:来|间|以来|里|(?=[，]?(?:累计|总共|共计|共|合计|年均))))"
)
# Of a stock of a place, where the text dates nothing: it is as of the publication.
_STOCK_NAME = re.compile(
    r"(?:装机|(?:装机|并网)(?:容量|规模)|保有量|里程|覆盖率|渗透率|普及率|余额|蓄积量?|人口|用户|总数)$"
)
# A figure in brackets right behind each name of a list, the unit told once.
_BRACKETED = re.compile(r"\s*[（(]\s*")
_RUN_GOES_ON = re.compile(r"\s*(?:、|，|和|及|与|以及|；)?\s*")
_ORDERED = re.compile(
    r"(?:按|从|由)?(?:[由从](?:低到高|高到低|小到大|大到小|多到少|少到多)|排名|排序|排在?前[\d一二三四五六七八九十]+[位名]?的?|居前[\d一二三四五六七八九十]+[位名]?的?)"
    r"|(?:依次|分别|顺次)|[为是有]$"
)
_OF_THING = re.compile(
    r"(?<=[\u4e00-\u9fffA-Za-z]{2})的?(?:平均|单位|年均|日均|累计|碳|二氧化碳)?(?:成本|价格|占比|比重|比例|使用量|用量|产量|产能"
    r"|销量|排放量?|总量|数量|规模|面积|投资额?|收入|产值|浓度|均价|储量|消费量|寿命|效率|能耗)(?:是.*)?$"
)
_AN_EXAMPLE = re.compile(r"[一每][座台个套条艘辆家]$")
_FIRST_ONE = re.compile(r"(?:首|第[一二三四五六七八九十]|最后一)[座台个套条艘批]$")
# 对60家园区作了评估: how many were looked at, not how many there are.
_LOOKED_AT = re.compile(
    r"[\u4e00-\u9fff“”]{2,14}?(?:作了|作出|进行了?|开展了?)(?:评估|评价|测评|打分|抽样)"
)
_OVER_SAMPLE = re.compile(r"(?:对|针对|围绕)(?:全[国省市区]|其中)?的?$")
_WHO_IS_MEANT = re.compile(
    r"(?:及?以[上下])?的[\u4e00-\u9fff]{0,6}?(?:企业|单位|用户|项目|建筑|机构|工程)(?:应当|应(?!急)|须|必须|不得|要)"
)
_OF_EACH = re.compile(r"^各(?:设区)?(?:[市省县区地州国]|县区|市区|省份|城市|地区|地市)")
_UNIT_TOLD = re.compile(r"单位[均都]?(?:为|是|：|:)?\s*(?P<unit>[^，。；（）()\s]{1,10})")
# 投入9亿元用于旧房改造: the sum is named by what it is spent on.
_SPENT_ON = re.compile(
    r"(?:资金)?(?:专项|主要|全部|重点|将)?用于(?:支持|开展|推进)?(?P<aim>[\u4e00-\u9fff]{2,14}?)"
    r"(?:等[^，。；]{0,8})?(?=[，。；、]|$)"
)
_SPENDS = re.compile(
    r"(?:计划|拟|预计|再|新增)?(?P<verb>投入|投资|安排|出资|拿出|支出|筹集|拨付)(?:资金)?"
)
_GROWTH_NAME = re.compile(r"(?:(?P<up>增速|增幅|涨幅|增长率|增长)|(?P<down>降幅|跌幅|下降率))$")
_EXACT_NEXT = re.compile(r"[，,](?:达到?|为)了?(?:约)?\d")


# A list of names, each with the figure in brackets behind it.
_Run = list[tuple[Argument, Quantity]]


@dataclass(slots=True, kw_only=True)
class _State:
    """What later clauses inherit."""

    home: Argument | None
    site: Argument | None
    current: Argument | None
    topic: Argument | None  # the last division or region that the text was about
    period: str | None = None
    carried_period: str | None = None  # of the last figure or lead-in of the paragraph
    paragraph_period: str | None = None  # the same of the paragraphs before
    paragraph_subject: str | None = None
    slots: list[Slot] = field(default_factory=list)
    recent: list[Slot] = field(default_factory=list)
    in_sentence: list[Slot] = field(default_factory=list)
    subjects: list[Argument] = field(default_factory=list)
    phrase: str = ""
    group: Argument | None = None  # the subjects taken together: 三市
    each: bool = False  # they are listed right before that word: 甲、乙、丙三市
    subject_is_near: bool = False
    moved: bool = False  # the topic went over to another place since the last figure
    fresh: bool = False  # the subject was named after the last figure
    target: bool = False
    heading: Argument | None = None  # the one place that the last heading names
    change: Qualifier | None = None  # the direction of the last change
    change_unit: str | None = None
    head: str = ""  # what the clause before told of without a figure
    aside: Argument | None = None  # the subject before 其中
    is_bulletin: bool = False  # the paragraph compares with the year before
    carried_target: bool = False
    target_is_carried: bool = False
    frame_period: str | None = None  # of the sentence, before the first ；
    passing: bool = False  # the current subject is forgotten with the sentence
    flow_period: str | None = None  # the last of the paragraph that is not a mere day or end
    is_stock: bool = False  # the period is the end of one: 截至6月末
    rest: list[Slot] = field(default_factory=list)  # of a list whose figures come one by one
    # subjects, current subject and whether it is near: restored after the clause
    outer: tuple[list[Argument], Argument | None, bool] | None = None
    summed: bool = False  # the last level of the sentence was cumulative
    changed: Slot | None = None  # of the last change that was told in the paragraph
    of_stock: str | None = None  # of the stock of a place told last in the sentence
    scholar: bool = False  # a scholar speaks: of a matter, unless a place is named
    fastest: str = ""  # up after 增速最快, down after 降幅最大: the next figure is a change
    is_since: bool = False  # the period (开市以来, 9月当月) is not kept for later sentences
    from_paragraph: bool = False  # the period comes from a paragraph before


def find_observations(
    text: str,
    *,
    entities: Sequence[Entity],
    dates: Sequence[DateMention],
    sentences: Sequence[Span],
    home: Argument | None = None,
    site: Argument | None = None,
    umbrellas: Collection[str] = (),
    original: str | None = None,
    published: str | None = None,
) -> tuple[Measures, ...]:
    """Find the figures of a text, in text order, each with the sentence that says it.

    Args:
        text: the view of the text that finders read; all spans count its code points.
        entities: named mentions; a number inside one is no figure.
        dates: calendar expressions of ``find_dates``.
        sentences: spans in text order.
        home: the place the document is about, where no nearer one is named.
        site: the park or works that the whole document is about, if it is.
        umbrellas: events that only place the main one: no figures are theirs.
        original: the text as it was read, as long as ``text``; indicators and units are
            given in its script.
        published: the ISO date of publication, where what holds 以来 ends.

    Raises:
        ValueError: if ``original`` is not as long as ``text``.

    The confidence starts at 0.9 and loses 0.15 for a subject from an earlier sentence, 0.1
    for an inherited indicator and 0.05 for an inherited period.
    """
    told = [e for e in entities if e.label != "FORUM" or e.name not in umbrellas]
    reader = _Reader(text, told, dates, home, published)
    state = _State(home=home, site=site, current=site or home, topic=home)
    found: list[Measures] = []
    previous_end = 0
    for number, sentence in enumerate(sentences):
        if "\n" in text[previous_end : sentence.start]:
            _begin_paragraph(state)
            state.is_bulletin = _compares(text, sentences[number:])
        found += reader.read_sentence(sentence, state)
        previous_end = sentence.end
    found = _without_rounded(found, _headline_end(text))
    if original is None or original == text:
        return tuple(found)
    if len(original) != len(text):
        raise ValueError(f"expected {len(text)!r} characters as in text, got {len(original)!r}")
    return tuple(_in_script_of(fact, text, original) for fact in found)


def _headline_end(text: str) -> int:
    """Where the lines without a full stop end that open a text; 0 where there are none."""
    first = text.find("。")
    return text.rfind("\n", 0, first) + 1 if first >= 0 else 0


def _without_rounded(facts: Sequence[Measures], headline_end: int) -> list[Measures]:
    """Leave out what a headline says when the body says it too, often more exactly.

    A figure with a bound (逼近四成, 90元上方) gives way to one within a tenth of it.
    """
    body = [f for f in facts if f.evidence.start >= headline_end]
    return [
        f
        for f in facts
        if f.evidence.start >= headline_end or not any(_says_again(b, f) for b in body)
    ]


def _says_again(body: Measures, headline: Measures) -> bool:
    bounded = {"over", "under", "about"} & set(headline.qualifier)
    reach = abs(headline.value) / 10 if bounded else 0
    return body.unit == headline.unit and abs(body.value - headline.value) <= reach


def _in_script_of(fact: Measures, text: str, original: str) -> Measures:
    """Write subject, indicator and unit as the evidence does: in Traditional characters."""
    written: dict[str, str] = {}
    for span in (Span(0, len(text)), fact.evidence):
        pairs = zip(span.of(text), span.of(original), strict=True)
        written.update((read, char) for read, char in pairs if read != char and is_han(char))
    table = str.maketrans(written)
    subject = replace(
        fact.subject,
        text=fact.subject.text.translate(table),
        aliases=tuple(alias.translate(table) for alias in fact.subject.aliases),
    )
    return replace(
        fact,
        subject=subject,
        indicator=fact.indicator.translate(table),
        value_text=fact.value_text.translate(table),
        unit=None if fact.unit is None else fact.unit.translate(table),
    )


def _begin_paragraph(state: _State) -> None:
    """Forget indicators; keep the period for a paragraph that says none on the same subject."""
    state.slots, state.recent, state.changed = [], [], None
    if state.carried_period is not None and not state.carried_target:
        state.paragraph_period = state.carried_period
        state.paragraph_subject = state.current.name if state.current else None
    state.carried_period = state.flow_period = None
    state.is_stock = False
    state.current = state.heading or state.site or state.home or state.topic
    state.topic = state.current  # what a lake or a hall of this paragraph gives way to
    state.aside, state.passing, state.outer = None, False, None
    state.scholar = False


def _compares(text: str, sentences: Sequence[Span]) -> bool:
    """Whether the paragraph at the first sentence compares its figures with a year before."""
    end = sentences[0].end
    for sentence in sentences[1:]:
        if "\n" in text[end : sentence.start]:
            break
        end = sentence.end
    return _COMPARES.search(text, sentences[0].start, end) is not None


class _Reader:
    """One text with what is known about it; reads its sentences in order."""

    def __init__(
        self,
        text: str,
        entities: Sequence[Entity],
        dates: Sequence[DateMention],
        home: Argument | None,
        published: str | None,
    ) -> None:
        self._text = text
        self._published = published
        self._report = find_report_period(text, entities, dates)
        self._entities = sorted((e for e in entities if e.label != "DATE"), key=lambda e: e.span)
        closed = Coverage(
            e.span for e in self._entities if e.label in ("REGULATION", "FORUM", "ORG")
        )
        named = [e.span for e in self._entities]
        self._dates = [
            d
            for d in dates
            if not closed.touches(d.span)
            and (d.annotated or not _PLANNED.match(text, d.span.end))  # 全年目标 is a noun
            and not _LATIN.match(text[d.span.start - 1 : d.span.start])  # O3日最大8小时
        ]
        self._dates.sort(key=lambda d: d.span)
        blocked = Coverage(named + [d.span for d in self._dates])
        self._quantities = [
            people_to_unit(q, text)
            for q in find_quantities(text)
            if not blocked.touches(q.span) and is_figure(q, text)
        ]
        self._figure_starts = [q.span.start for q in self._quantities]
        figures = [q.span for q in self._quantities]
        taken = Coverage([*figures, *named])
        self._scholars = find_scholar_speeches(text, self._entities)
        self._notes = [
            span
            for match in _NOTE.finditer(text)
            if not taken.touches(span := Span(*match.span()))
            or text[match.start() + 1 : match.end()].startswith(("以下简称", "下称", "简称"))
        ]
        noted = Coverage(self._notes)
        self._closed = Coverage([*figures, *named, *(d.span for d in self._dates), *self._notes])
        mentions = find_mentions(text, self._entities, home=home)
        self._mentions = sorted(
            (m for m in mentions if _is_thing(m) or not noted.touches(m.span)), key=lambda m: m.span
        )
        things = Coverage(m.span for m in self._mentions if _is_thing(m) and not m.word)
        self._quantities = [q for q in self._quantities if not things.touches(q.span)]
        self._asides = [
            Span(*match.span())
            for match in _NOTE.finditer(text)
            if not any(char.isdigit() for char in match.group())
        ]
        self._runs = self._find_bracketed_runs()
        listed = {quantity.span for run in self._runs for _, quantity in run}
        self._quantities = [q for q in self._quantities if q.span not in listed]
        self._mention_starts = [m.span.start for m in self._mentions]
        self._date_starts = [d.span.start for d in self._dates]
        self._quantity_starts = [q.span.start for q in self._quantities]
        self._masked = self._mask()

    # --- preparation -------------------------------------------------------------------

    def _mask(self) -> str:
        chars = list(self._text)
        for date in self._dates:
            chars[date.span.start : date.span.end] = DATE_MARK * (date.span.end - date.span.start)
        for mention in self._mentions:
            if not mention.weak:
                start, end = mention.span.start, mention.span.end
                chars[start:end] = SUBJECT_MARK * (end - start)
        for note in [*self._notes, *self._objects(), *self._events()]:
            chars[note.start : note.end] = NOTE_MARK * (note.end - note.start)
        return "".join(chars)

    def _find_bracketed_runs(self) -> list[_Run]:
        """Lists of 盐城（26）、南通（27）: a name each, its figure in brackets behind it."""
        by_start = {q.span.start: q for q in self._quantities}
        runs: list[_Run] = []
        end = -1
        for mention in self._mentions:
            opened = _BRACKETED.match(self._text, mention.span.end)
            quantity = None if opened is None else by_start.get(opened.end())
            if mention.argument is None or quantity is None:
                continue
            closed = self._text[quantity.span.end : quantity.span.end + 1]
            if closed not in ("）", ")"):
                continue
            between = self._text[end : mention.span.start] if end >= 0 else ""
            if runs and _RUN_GOES_ON.fullmatch(between):
                runs[-1].append((mention.argument, quantity))
            else:
                runs.append([(mention.argument, quantity)])
            end = quantity.span.end + 1
        return [run for run in runs if len(run) > 1]

    def _events(self) -> list[Span]:
        """Names of events: no measure is named by one (某某大会共有600人参加)."""
        taken = Coverage(m.span for m in self._mentions)
        forums = (e.span for e in self._entities if e.label == "FORUM")
        return [span for span in forums if not taken.touches(span)]

    def _objects(self) -> Iterator[Span]:
        """由某公司, 向某银行: who acts, gives or houses is no part of what is measured."""
        end = -1
        for entity in self._entities:
            start = entity.span.start
            lead = _GOVERNS.search(self._text, max(0, start - 1), start)
            if entity.label == "PLACE":  # 在某市打造
                works = self._text[start - 1 : start] == "在" and _WORKS.match(
                    self._text, entity.span.end
                )
                if works:
                    yield Span(start - 1, entity.span.end)
                end = -1
                continue
            listed = end >= 0 and _GOES_ON.fullmatch(self._text, end, start) is not None
            taken = entity.label == "ORG" and _TAKES_FROM.search(
                self._text, max(0, start - 2), start
            )
            if taken:
                yield Span(start, entity.span.end)
                end = -1
            elif entity.label in ("ORG", "PERSON") and (lead is not None or listed):
                yield Span(start - 1, entity.span.end)
                end = entity.span.end
            else:
                end = -1

    # --- reading -----------------------------------------------------------------------

    def read_sentence(self, sentence: Span, state: _State) -> list[Measures]:
        """Read one sentence, clause by clause."""
        if state.outer is not None:
            state.current, state.outer = state.outer[1], None
        state.subjects, state.phrase, state.subject_is_near = [], "", False
        state.in_sentence, state.group, state.summed, state.head = [], None, False, ""
        state.of_stock = None
        wording = sentence.of(self._text)
        begun = any(sentence.start <= start < sentence.end for start in self._scholars)
        state.scholar = begun or (state.scholar and self._speech_goes_on(sentence))
        if state.aside is not None:
            state.current, state.aside, state.passing = state.aside, None, False
        current = state.current
        if state.passing and self._speech_goes_on(sentence):
            pass
        elif state.passing or (
            current is not None and current.label in ("PLACE", "FORUM") and not is_lasting(current)
        ):
            state.current, state.passing = state.topic, False
        state.period, state.from_paragraph = state.carried_period, False
        state.is_since = False
        if _SUPPOSED.search(wording):
            state.period = None
        if state.is_stock and _FLOW.search(wording) and not _STOCK.search(wording):
            state.period = state.flow_period or state.period
        state.target, state.frame_period = False, None
        ahead = _AHEAD.match(wording) is not None and not state.carried_target
        new_day = _DAY.match(state.period or "") and not wording.startswith("其中")
        if (
            ahead
            or _AS_OF_NOW.search(self._text, sentence.start, self._first_end(sentence))
            or new_day
        ):
            state.period = self._present(Span(sentence.start, self._first_end(sentence)))
            state.is_since = state.period is not None
        elif state.period is None and not _DAY.match(state.paragraph_period or ""):
            headed = _SAYS_OF.match(wording) is not None
            if headed or state.is_bulletin:
                state.period = self._wider(state.paragraph_period)
            state.from_paragraph = not headed
            if state.period is None and self._report is not None:
                state.period, state.from_paragraph = self._report, True
        else:
            of_else = _OTHER_TOPIC.match(wording) is not None
            state.target = state.carried_target and state.period is not None and not of_else
        state.target_is_carried = state.target
        told = wording.rstrip().endswith(("。", "！", "？"))
        if len(wording) <= 20 and not told and not self._quantities_in(sentence):
            self._read_heading(sentence, state)
        found: list[Measures] = []
        for clause in self._clauses(sentence):
            if clause.start > sentence.start and self._text[clause.start - 1] in "；;":
                current = state.current
                if current is not None and current.label == "PLACE" and not is_lasting(current):
                    state.current, state.subjects = state.topic, []
                    state.subject_is_near = False
                if not (_DAY.match(state.frame_period or "") or self._flows_on(clause, state)):
                    state.period = state.frame_period or state.period
                if _DAY.match(state.period or "") and not state.in_sentence:
                    state.period = None
            found += self._read_clause(clause, sentence, state)
        if not found and state.target and state.carried_period == state.period:
            state.carried_target = True  # 2024年，将启动三年行动。新建…
        return found

    def _first_end(self, sentence: Span) -> int:
        """Where the first clause of a sentence ends."""
        return next((clause.end for clause in self._clauses(sentence)), sentence.end)

    def _flows_on(self, clause: Span, state: _State) -> bool:
        """Whether 利用率…% after 截至6月底装机…；上半年发电量…； is still of the half-year."""
        frame = state.frame_period
        if frame is None or not lies_in(frame, state.period):
            return False
        return _STOCK.search(clause.of(self._text)) is None

    def _speech_goes_on(self, sentence: Span) -> bool:
        """Whether the speaker before still speaks: 他说, 我们, an open quotation."""
        if _SAME_SPEAKER.match(self._text, sentence.start):
            return True
        paragraph = self._text.rfind("\n", 0, sentence.start) + 1
        opened = self._text.count("“", paragraph, sentence.start)
        return opened > self._text.count("”", paragraph, sentence.start)

    def _quantities_in(self, span: Span) -> list[Quantity]:
        found = self._quantities[_slice(self._quantity_starts, span)]
        return [q for q in found if q.span.end <= span.end]

    def _figure_follows(self, start: int, end: int) -> bool:
        """Whether a figure begins between two offsets, in a bracket or a name too."""
        return bisect_left(self._figure_starts, start) < bisect_left(self._figure_starts, end)

    def _dates_in(self, span: Span) -> list[DateMention]:
        return self._dates[_slice(self._date_starts, span)]

    def _mentions_in(self, span: Span) -> list[Mention]:
        return self._mentions[_slice(self._mention_starts, span)]

    def _read_heading(self, sentence: Span, state: _State) -> None:
        places = [
            m.argument
            for m in self._mentions_in(sentence)
            if m.argument is not None and m.argument.label == "PLACE"
        ]
        for place in places:
            _set_current(state, place)
        if len(places) == 1:
            state.heading = places[0]

    def _clauses(self, sentence: Span) -> Iterator[Span]:
        start = sentence.start
        for match in _CLAUSE_END.finditer(self._text, sentence.start, sentence.end):
            if self._closed.touches(Span(*match.span())):
                continue
            if match.start() > start:
                yield Span(start, match.start())
            start = match.end()
        if start < sentence.end:
            yield Span(start, sentence.end)

    def _read_clause(self, clause: Span, sentence: Span, state: _State) -> list[Measures]:
        if state.outer is not None:  # an institution named inside the clause before
            state.subjects, state.current, state.subject_is_near = state.outer
            state.outer = None
        state.rest = []
        groups = list(group_quantities(self._quantities_in(clause), self._text))
        end = groups[0][0].span.start if groups else clause.end
        period = self._read_dates(clause, Span(clause.start, end), bool(groups), sentence, state)
        clause_text = clause.of(self._text)
        if clause_text.lstrip().startswith("其中") and state.aside is None:
            state.aside = state.current
        done = _DONE.search(clause_text)
        if done and done.group() == "累计" and _AIMING.search(clause_text):
            done = None
        if _TARGET.search(clause_text) and not done:
            state.target, state.target_is_carried = True, False
        elif done:
            if state.target_is_carried and not self._has_date(clause):
                state.period = period = None  # 已达 after a plan for a later year
            state.target = state.target_is_carried = False
        now = self._present(clause)
        if now is not None and not (_TARGET.search(clause_text) or self._has_date(clause)):
            state.target = state.target_is_carried = False
            state.period = period = now
            state.is_since = True
        if _NO_STATISTICS.search(clause_text) or _ONE_IN.search(clause_text):
            groups = []
        if not groups:
            self._read_subjects(clause.start, clause.end, state)
            bracketed = re.match(r"（(?=[+\-−]?\d)", self._text[clause.end : clause.end + 3])
            fastest = _FASTEST.search(clause_text)
            state.fastest = "" if fastest is None else "down" if fastest["down"] else "up"
            self._focus(clause_text, state)
            aspect = _ASPECT.fullmatch(strip_marks(self._masked[clause.start : clause.end]))
            if not self._figure_follows(clause.end, sentence.end):
                return []  # phrase and head are of the sentence, and no figure asks for them
            phrase = claim_before(self._masked[clause.start : clause.end], unit=None).indicator
            told = _HEAD_OF_CLAUSE.match(strip_marks(self._masked[clause.start : clause.end]))
            state.head = _head_of_clause(told["head"]) if told else ""
            state.phrase = (
                phrase if bracketed and phrase else last_indicator(phrase) or state.phrase
            )
            peak = _PEAK.search(self._masked, clause.start, clause.end)
            topic = aspect or peak
            if topic is not None:
                state.phrase = topic["topic"]
            return self._read_bracketed(clause, sentence, period, state)
        found: list[Measures] = []
        start = clause.start
        listed: tuple[Qualifier, ...] = ()
        self._read_holding(clause, state)
        for number, group in enumerate(groups):
            first, last = group[0], group[-1]
            following = groups[number + 1][0].span.start if number + 1 < len(groups) else clause.end
            if number:
                between = Span(start, first.span.start)
                period = self._read_dates(clause, between, True, sentence, state) or period
            self._read_subjects(start, first.span.start, state)
            before = _HOLDING.sub("", self._masked[start : first.span.start])
            dated = self._has_date(Span(sentence.start, first.span.start))
            own_period = period
            if not (dated or state.is_since) and _AS_OF_NOW.search(before):
                own_period = self._present(Span(start, first.span.start))
            after = self._masked[last.span.end : following]
            alike = _PLACES_ALIKE.match(after) if first.is_count else None
            if alike:
                state.phrase = alike["topic"]
                continue  # 8个县市PM2.5均达标: what the next clauses give figures of
            is_last = number + 1 == len(groups)
            start = last.span.end + bound_end(after)
            if _AN_EXAMPLE.search(before) and after.startswith("的"):
                continue  # 一座30万千瓦的储能电站: how large the one is that is pictured
            if _FIRST_ONE.search(before) and not first.is_count:
                continue  # 首台20万千瓦机组投产: how large the one is
            if first.is_count and _OVER_SAMPLE.search(before) and _LOOKED_AT.match(after):
                continue
            if _WHO_IS_MEANT.match(after):
                continue  # 能耗5000吨以上的单位应当…: whom a rule is for
            if after == "" and first.is_count and not is_last:
                continue  # 4台100万千瓦机组: the count belongs to the next figure's noun
            comes_from = first.is_count and _COMES_FROM.search(before) is not None
            counts_next = not is_last and groups[number + 1][0].is_count
            if counts_next and not first.is_count and _THRESHOLD.match(after):
                continue  # 3亿元以上项目132个: the sum tells what is counted
            if number and groups[number - 1][0].is_count and _modifies(before):
                before = _COUNTED_PLACES.sub("", before)
            owned = _OWNS.search(before) and first.is_count and _OWNED.match(after)
            modifier = first.is_count and len(group) == 1 and not is_last and not _ends_open(after)
            acting = _ACTS_ITSELF.match(after) if modifier else None
            if modifier and not comes_from and acting is None and _modifies(after):
                continue  # 全省120个站点达标率: the count belongs to the subject
            takes_noun = is_last or comes_from or _ends_open(after) or after.startswith("的")
            noun, used = noun_after(after) if takes_noun else ("", 0)
            if acting is not None:
                noun, used = acting["who"], acting.end("who")
            if owned:
                noun, used = owned["noun"], owned.end()
            if _COMES_IN.match(after):  # 某县以2.8万个居首: of what was measured before
                noun, used, after, before = "", 0, "", _BY_HOW_MUCH.sub("", before)
            if first.is_count and number == 0 and is_last and _SCOPE.match(after):
                continue  # 全市27个断面中，…: the count is what the next figures are a part of
            awarded = before.endswith("为") and _AWARDED.match(after) is not None
            if first.is_count and (awarded or _CONTENTS.search(noun) or _ALL_ALIKE.match(after)):
                continue
            ahead = self._masked[last.span.end : min(following + 1, sentence.end)]
            if is_last and clause.end < sentence.end:
                ahead = self._masked[last.span.end : sentence.end]
            facts = self._claim_to_facts(
                group, before, after, ahead, noun, own_period, clause, sentence, state
            )
            if number and re.match(r"\s*(?:、|和|以及|及)", before):
                facts = [_add_qualifiers(fact, listed) for fact in facts]
            else:
                cumulative = any("cumulative" in fact.qualifier for fact in facts)
                listed = ("cumulative",) if cumulative else ()
            if owned or (facts and noun and noun in facts[-1].indicator):
                start = last.span.end + used
            found += facts
        return found

    def _read_bracketed(
        self, clause: Span, sentence: Span, period: str | None, state: _State
    ) -> list[Measures]:
        """The figures of a list in brackets whose first name ends the clause."""
        run = next((r for r in self._runs if _run_start(r) == clause.end), None)
        if run is None:
            return []
        named = self._masked[clause.start : clause.end].rstrip(SUBJECT_MARK)
        ordered = _ORDERED.search(named)
        phrase = named if ordered is None else named[: ordered.start()]
        claim = claim_before(phrase, unit=None)
        indicator = _OF_EACH.sub("", claim.indicator) or state.phrase
        if not indicator and state.slots:
            indicator = state.slots[-1].indicator
        if ordered is None and not names_measure(indicator):
            return []
        told = _UNIT_TOLD.search(self._text, clause.start, sentence.end)
        unit = _unit_of(told["unit"]) if told else None
        found: list[Measures] = []
        slots: list[Slot] = []
        for subject, quantity in run:
            slot = Slot(subject, indicator, quantity.unit or unit)
            if not indicator or (slot.unit is None and not _INDEX.search(indicator)):
                return []
            qualifiers = claim_to_qualifiers(claim, quantity, state.target)
            if _MEAN_NAME.search(indicator):
                qualifiers = tuple(dict.fromkeys((*qualifiers, "annual_mean")))
            slots.append(slot)
            found.append(
                Measures(
                    subject=subject,
                    indicator=indicator,
                    value=quantity.value,
                    value_text=quantity.text,
                    unit=slot.unit,
                    period=period,
                    qualifier=qualifiers,
                    evidence=sentence,
                    confidence=0.8,
                )
            )
        state.slots, state.in_sentence = slots, [*state.in_sentence, *slots]
        state.recent = [*state.recent, *slots]
        return found

    def _focus(self, clause_text: str, state: _State) -> None:
        """After 其中PM2.5首次达标 go on about PM2.5 alone of what was measured before."""
        named = _AMONG.match(clause_text)
        if named is None or len(state.recent) < 2:
            return
        told = strip_marks(clause_text[named.end() :])
        meant = [slot for slot in state.recent if _names_part(told, slot, state.recent)]
        if len(meant) == 1:
            state.slots = meant

    def _read_holding(self, clause: Span, state: _State) -> None:
        """Take 上级集团 of 其上级集团旗下拥有 for the subject."""
        match = _HOLDING.match(self._masked[clause.start : clause.end].lstrip())
        if match:
            argument = Argument(label="THING", text=match["thing"], name=match["thing"])
            state.subjects, state.current = [argument], argument
            state.subject_is_near = state.fresh = True

    # --- periods -----------------------------------------------------------------------

    def _read_dates(
        self, clause: Span, part: Span, has_figures: bool, sentence: Span, state: _State
    ) -> str | None:
        """The period of a part of a clause; an own date is kept for the clauses that follow."""
        local: str | None = None
        for date in self._dates_in(part):
            if date.value is None:
                continue
            before = self._text[clause.start : date.span.start]
            after = self._text[date.span.end : clause.end]
            if _COMPARED_BEFORE.search(before) or _COMPARED_AFTER.match(after):
                continue
            if _MULTIPLE_AFTER.match(after):
                continue  # 是去年同期的1.9倍
            lasting = self._since(date, after)
            if lasting is not None:
                state.period, state.from_paragraph, state.is_since = lasting, False, True
                state.is_stock, local = False, None
                continue
            if date.text.startswith("上年") or self._is_event_date(date, before, after, clause):
                continue
            if has_figures and _BASE_BEFORE.search(before) and _BASE_AFTER.match(after):
                continue  # 由2020年的30%: the base's own date
            if not has_figures and (_LOCAL_AFTER.match(after) or date.text in ("当月", "当季")):
                state.period, state.from_paragraph, state.is_since = date.value, False, True
                continue  # 9月当月，…: of this sentence alone
            edge = not date.annotated and date.text[-1] in "底末初"
            of_years = _YEARS.fullmatch(date.value) is not None
            summed_up = state.period is not None and of_years
            if has_figures and (
                (summed_up and _SUMMED_UP.match(after) is not None)
                or (_LOCAL_DATE.match(before) and not before.startswith("其中"))
                or (before.startswith("其中") and lies_in(date.value, state.period))
                or _LOCAL_AFTER.match(after)
                or (edge and state.period is not None)
            ):
                local = date.value
                continue
            aims = _TARGET.search(self._text, sentence.start, sentence.end)
            by_then = _UNTIL.search(before) is not None or after.startswith("前")
            value = date.value if aims or by_then else self._value_in_report(date)
            if aims is not None and date.text != "年内" and _YEAR_OF_REPORT.fullmatch(date.text):
                value = self._year_of_plan(date, sentence, state)
            state.period, state.from_paragraph, state.is_since = value, False, False
            state.is_stock = date.text[-1] in "底末" or _AS_OF_BEFORE.search(before) is not None
            if not state.is_stock and value is not None and not _DAY.match(value):
                state.flow_period = value
            if state.target_is_carried:
                state.target = state.target_is_carried = False
            if state.frame_period is None and not state.in_sentence:
                state.frame_period = value
            local = None
            if re.fullmatch(
                r"\s*(?:截至|截止|到|至|在)?", self._text[sentence.start : date.span.start]
            ):
                state.carried_period = date.value
            ahead = self._published is None and _UNTIL.search(before) is not None
            aimed = ahead or (date.planned and not _LASTING.match(after))
            if aimed and not _DONE.search(clause.of(self._text)):
                state.target = True
        span = self._span_of_years(part)
        if span is not None and not self._has_date(Span(sentence.start, part.end)):
            state.period, state.from_paragraph, state.is_since = span, False, True
        return local or state.period

    def _present(self, part: Span) -> str | None:
        """The year of publication where the words tell of the present (目前, 现有)."""
        if self._published is None or _NOW.search(self._text, part.start, part.end) is None:
            return None
        return self._published[:4]

    def _span_of_years(self, part: Span) -> str | None:
        """What 近三年 and 五年来 cover, by the report's year or the day of publication."""
        told = _SPAN_OF_YEARS.search(self._text, part.start, part.end)
        if told is None:
            return None
        return last_years(
            han_to_count(told["near"] or told["long"]),
            published=self._published,
            report=self._report,
        )

    def _since(self, date: DateMention, after: str) -> str | None:
        """From 2016年开市至今 to the day of publication; None where nothing lasts."""
        lasts = _SINCE.match(after)
        if lasts is None or lasts.group().strip() == "起":
            return None
        if date.precision == "plan" and date.planned:  # “十四五”以来: not what is left of it
            return since((date.value or "")[:4], self._published)
        if date.planned:
            return None
        if date.precision not in ("day", "month", "year") or date.text.startswith("今年"):
            return None
        if date.value is None or _BEST_SINCE.match(after, lasts.end()):
            return None  # 是2013年以来最好水平
        return since(date.value, self._published)

    def _year_of_plan(self, date: DateMention, sentence: Span, state: _State) -> str:
        """全年 in a plan: the year of the date before it in the sentence, or of the plan."""
        assert date.value is not None
        earlier = [
            d.value
            for d in self._dates_in(Span(sentence.start, date.span.start))
            if d.value is not None
        ]
        year = earlier[-1] if earlier else state.carried_period if state.carried_target else None
        return date.value if year is None or "/" in date.value else year[:4] + date.value[4:]

    def _wider(self, period: str | None) -> str | None:
        """The year of a bulletin instead of a month, a quarter or a season of it."""
        year = self._report
        if year is None or period is None or len(year) != len("2022"):
            return period
        return year if all(end.startswith(f"{year}-") for end in period.split("/")) else period

    def _value_in_report(self, date: DateMention) -> str | None:
        """年末 and 全年 of a bulletin are those of its year, whatever date stands before."""
        if self._report is None or date.value is None or not _YEAR_OF_REPORT.match(date.text):
            return date.value
        return self._report[:4] + date.value[4:] if "/" not in date.value else date.value

    def _is_event_date(self, date: DateMention, before: str, after: str, clause: Span) -> bool:
        """Tell the date of a founding or a meeting from the period of the figures after it."""
        if _STARTED_BEFORE.search(before):
            return True
        if _SINCE.match(after) and not date.planned and date.precision in ("day", "month", "year"):
            return not date.text.startswith("今年")
        if self._quantities_in(clause) or date.precision in ("interval", "plan", "half"):
            return False
        return after != "" and _EVENT_AFTER.match(after) is not None

    def _base_period(self, group: Sequence[Quantity], state: _State, clause: Span) -> str | None:
        """When 由49%提高到52% began: its own date, else the year before a plan period."""
        before = Span(clause.start, group[0].span.start)
        for date in reversed(self._dates):
            if before.start <= date.span.start and date.span.end <= before.end:
                text = self._text[clause.start : date.span.start]
                if _BASE_BEFORE.search(text) and date.value is not None:
                    return date.value
        years = _YEARS.fullmatch(state.period or "")
        if years is None:
            return None
        spanned = state.is_since or self._is_span(state.period)
        return years[1] if spanned else str(int(years[1]) - 1)

    def _is_span(self, period: str | None) -> bool:
        """Whether a period was written as a span of years (2013年到2023年), not as a plan's."""
        return any(d.value == period and d.precision == "interval" for d in self._dates)

    def _end_of_span(
        self, period: str | None, claim: Claim, unit: str | None, *, since: bool
    ) -> str | None:
        """The last year of 2013年到2023年 and of 2016年以来 for what was reached by then."""
        years = _YEARS.fullmatch(period or "")
        reached = claim.to_level or (unit in RATIO_UNITS and not claim.is_change)
        lasting = "annual_mean" in claim.qualifiers or (
            "cumulative" in claim.qualifiers and not claim.to_level
        )
        if years is None or not reached or lasting or not (since or self._is_span(period)):
            return period
        return years[2]

    def _title_period(self, sentence: Span, position: int) -> str | None:
        """The years in the title of the plan that the sentence quotes before a figure.

        A yearly plan (2031年工作要点) has one.
        """
        for entity in reversed(self._entities):
            if entity.label != "REGULATION" or not (sentence.start <= entity.span.start < position):
                continue
            years = _TITLE_YEARS.search(entity.text)
            says = _TITLE_SAYS.search(self._text, entity.span.end, position)
            dated = any(entity.span.end <= d.span.start < position for d in self._dates)
            if years and says and not dated:
                return f"{years[1]}/{years[2]}"
            yearly = _YEARLY_PLAN.search(entity.text)
            if yearly and says and not dated:
                return yearly["year"]
        return None

    # --- subjects ----------------------------------------------------------------------

    def _read_subjects(self, start: int, end: int, state: _State) -> None:
        """Take over the last governing subject, or list of subjects, between two offsets."""
        run: list[Argument] = []
        run_end = -1
        local = False
        group: Argument | None = None
        for mention in self._mentions_in(Span(start, max(start, end))):
            argument = mention.argument
            if not mention.weak and self._is_aside(mention.span):
                continue  # 南河直流（甲市—乙市）: where it runs, not what is told of
            if mention.members:
                run, run_end, group = list(mention.members), mention.span.end, argument
                last = mention.members[-1].span  # 甲、乙两市: both, not a region of two
                state.each = last is not None and last.end == mention.span.start
                continue
            if argument is None:
                if mention.word:  # 全省 in a text that names no province
                    state.current, state.subjects = None, []
                continue
            if mention.passing:
                if not state.subject_is_near:
                    state.current, state.passing = argument, True
                continue
            if mention.weak:
                if argument.label == "PLACE" and is_lasting(argument):
                    if not mention.governed:
                        state.topic = argument
                    if not state.subject_is_near and (
                        state.current is None or not mention.governed
                    ):
                        moved = state.current is not None and state.current.name != argument.name
                        state.moved = state.moved or (moved and not mention.governed)
                        state.current, state.passing = argument, False
                continue
            between = self._text[run_end : mention.span.start] if run else ""
            if run and mention.word and between == "" and not _narrows(mention):
                continue  # 某市全市 is one subject
            if not (run and re.fullmatch(r"\s*(?:、|和|与|及|以及)\s*", between)):
                if run and mention.local and not local:
                    self._take_over(run, state)  # what is named inside its clause passes by
                run = []
            run.append(argument)
            group = None
            local = mention.local
            run_end = mention.span.end
        if run:
            state.group = group
        if run and local:
            state.outer = state.outer or (
                state.subjects,
                state.current,
                state.subject_is_near,
            )
            state.subjects, state.current = run, run[0]
            state.subject_is_near = state.fresh = True
        elif run:
            self._take_over(run, state)

    def _take_over(self, run: list[Argument], state: _State) -> None:
        """Make a list of subjects that of the figures that follow."""
        state.outer = None
        state.subjects = run
        _set_current(state, run[0])
        state.subject_is_near = state.fresh = True

    # --- from words to facts -------------------------------------------------------------

    def _claim_to_facts(
        self,
        group: Sequence[Quantity],
        before: str,
        after: str,
        ahead: str,
        noun: str,
        period: str | None,
        clause: Span,
        sentence: Span,
        state: _State,
    ) -> list[Measures]:
        if before.endswith("上") and group[0].text[0] in "百千万亿":
            before = f"{before[:-1]}超"  # 岗位上万个
        said_before = read_sign(claim_before(before, unit=group[-1].unit), group)
        claim = claim_after(said_before, after)
        if _SPREAD.search(before):
            return []
        if _THAN_BEFORE.search(before) and _THAN_AFTER.match(after):
            return []
        if is_second_share(before):
            return []  # 占全省的一半、全国的五分之一: the second share has no whole of its own
        if state.fastest and group[-1].unit == "%" and not (claim.indicator or claim.is_change):
            fastest: Qualifier = "decrease" if state.fastest == "down" else "increase"
            claim = replace(claim, is_change=True, qualifiers=(fastest, *claim.qualifiers))
        state.fastest = ""
        is_base = len(group) == 1 and is_base_of(before, ahead)
        if claim.is_base and not is_base:
            return []
        alike = group[-1].unit == state.change_unit
        if is_goal(after) and not said_before.is_change and alike:
            # 下降17%，超额完成15%的目标: the goal is of the same change
            claim = replace(
                claim,
                is_change=state.change is not None,
                qualifiers=(*((state.change,) if state.change else ()), *claim.qualifiers),
            )
        state.change = next((q for q in claim.qualifiers if q in ("increase", "decrease")), None)
        state.change_unit = group[-1].unit if state.change else None
        listed_up = group[-1].is_count and _LISTED_UP.search(before) is not None
        summed_up = listed_up and (claim.is_change or _OCCASION.search(noun))
        if summed_up or (listed_up and self._names_end_at(group[0].span.start - 1)):
            return []  # 集市等12项活动, 甲、乙等60人: the number only sums the list up
        if _SIZED_SITE.search(claim.indicator) and _SITE_NOUN.search(noun):
            return []  # 湾东区100万千瓦光伏基地: the size belongs to the name
        names = self._indicators(claim, before, after, ahead, noun, group, state)
        if names is not None and len(names) == 1:
            names = [_pointed_name(names[0], state.recent)]
            if _AIM_ALONE.fullmatch(names[0]):
                names = None  # 今年的目标是9个、2亿元
        if state.head and names and len(names) == 1 and _BARE_MEASURE.fullmatch(names[0]):
            names = [state.head + names[0]]
        elif state.head and names and len(names) == 1 and _GIVES_ONLY.fullmatch(names[0]):
            names = [state.head]
        if names and len(names) == 1:
            names = [_name_by_aim(names[0], after)]
        slots = self._slots(names, claim, before, group, state)
        if not slots and state.head and group[-1].is_count and not noun:
            slots = self._slots([state.head], claim, before, group, state)
        if names is not None and len(names) == 1 and _HOW_MANY.fullmatch(names[0]):
            slots = count_before(state.slots, names[0]) or slots
        inherited = names is None
        if inherited and _MILESTONE.match(strip_marks(before)) and slots:
            if slots[-1].unit == group[-1].unit:
                return []  # 达到52%，首次过半: no second figure
        if group[-1].text == "半" and "over" in claim.qualifiers and _EXACT_NEXT.match(ahead):
            state.slots = list(slots)
            return []  # 首次过半，达到52%: the second says it exactly
        titled = self._title_period(sentence, group[0].span.start)
        if titled is not None:
            period = titled
        found: list[Measures] = []
        periods = self._periods(clause, group)
        if len(slots) == 1 and len(periods) == len(group):
            slots = slots * len(group)
        else:
            own = (
                self._base_period(group, state, clause)
                if is_base
                else self._end_of_span(period, claim, group[-1].unit, since=state.is_since)
            )
            if _YEAR_BEFORE.match(self._text[clause.start : group[0].span.start]):
                own = year_before(period)
            ago = _YEARS_AGO.match(self._text[clause.start : group[0].span.start])
            for _ in range(han_to_count(ago["n"]) if ago else 0):
                own = year_before(own)
            periods = [own] * max(len(group), len(slots))
        ranged = is_range(group, self._text) and len(slots) == 1
        if len(group) == 2 and len(slots) == 1 and not ranged and group[0].is_count:
            counted = replace(slots[0], unit=group[0].unit)
            slots = [counted, *sum_of_counted([counted], group[1].unit)]  # 机组6台、42万千瓦
            periods = [period] * len(group)
        if len(slots) == 1 and (is_power_and_capacity(group) or _are_two_sizes(group)):
            slots = [replace(slots[0], unit=quantity.unit) for quantity in group]
        of_each = names is not None and state.each and len(group) == 1 < len(slots)
        pairs = pair(group, slots * len(group) if ranged else slots, claim.for_all or of_each)
        for (quantity, slot), own_period in zip(pairs, periods, strict=False):
            if not self._is_measure(quantity, slot, clause):
                continue
            attends = quantity.is_count and _ATTENDANCE.match(after) is not None
            if quantity.is_count and _COMES_FROM.search(before):
                attends = True
                slot = replace(
                    slot, indicator=slot.indicator.removeprefix("来自").removeprefix("全国")
                )
            owner = self._owner_after(quantity) if quantity is group[-1] else None
            if owner is not None:
                slot = replace(slot, subject=owner)
            subject = self._event_subject(
                quantity, slot.indicator, slot.subject, clause, state, attends
            )
            if subject is None:
                continue
            named = state.subject_is_near or subject.label in ("FORUM", "THING")
            if state.scholar and not named:
                subject = _counted_thing(slot.indicator)
            if subject.label == "FORUM":
                slots = [replace(s, subject=subject) if s == slot else s for s in slots]
            if state.from_paragraph and not (
                subject.label == "PLACE"
                or subject is state.group
                or subject.name == state.paragraph_subject
            ):
                own_period = None
            if _HABIT.search(before) and not (state.target or self._has_date(sentence)):
                own_period = None  # 每年发电…: of no period in particular
            if own_period is not None and subject.label == "THING":
                told = self._dates_in(Span(sentence.start, quantity.span.start))
                dated = any(date.value == own_period for date in told)
                since = _SINCE_START.search(self._masked, clause.start, quantity.span.start)
                if since or (_SIZE_OF_WORK.fullmatch(slot.indicator) and not dated):
                    own_period = None
            if own_period is None and subject.label == "FORUM":
                own_period = self._day_of_event(sentence.start, quantity.span.start)
            moves = claim.is_change or claim.is_comparison or claim.is_base or state.target
            stands = state.subject_is_near and not (moves or self._has_date(clause))
            if own_period is None and stands:
                own_period = self._period_of_stock(subject, slot.indicator, clause, state)
                state.of_stock = own_period or state.of_stock
            if own_period is None and claim.suffix.startswith("占"):
                own_period = state.of_stock  # 装机3万千瓦，占总装机的57%: as of the same day
            # 以上 after a list belongs to its last figure only
            worded = claim if quantity is group[-1] or claim.is_change else said_before
            aimed = bool(own_period) or _AIMED.search(clause.of(self._text)) is not None
            aimed = aimed or _PLANNED_SUM.match(slot.indicator) is not None
            target = state.target and aimed and not is_base
            qualifiers = claim_to_qualifiers(worded, quantity, target)
            if ranged:
                qualifiers = (*qualifiers, "over" if quantity is group[0] else "under")
            value = abs(quantity.value) if claim.is_change else quantity.value
            confidence = 0.9 - 0.1 * inherited - 0.15 * (not state.subject_is_near)
            confidence -= 0.05 * (own_period is not None and not self._has_date(clause))
            growth = _GROWTH_NAME.search(slot.indicator)
            level = not (claim.is_change or claim.is_comparison)
            if growth is not None and quantity.unit in RATIO_UNITS and level:
                way: Qualifier = "increase" if growth["up"] else "decrease"
                qualifiers = tuple(dict.fromkeys((way, *qualifiers)))
            if _MEAN_NAME.search(slot.indicator) and not claim.is_change:
                qualifiers = tuple(dict.fromkeys((*qualifiers, "annual_mean")))
            if _DEALT.fullmatch(slot.indicator) and state.summed and quantity.unit is not None:
                qualifiers = tuple(dict.fromkeys((*qualifiers, "cumulative")))
            found.append(
                Measures(
                    subject=subject,
                    indicator=slot.indicator,
                    value=value,
                    value_text=quantity.text,
                    unit=unit_per(quantity, claim),
                    period=own_period,
                    qualifier=qualifiers,
                    evidence=sentence,
                    confidence=round(confidence, 2),
                )
            )
        if found and claim.is_change:
            state.changed = pairs[-1][1]
        if found and not (claim.is_change or claim.is_comparison):
            state.summed = "cumulative" in found[-1].qualifier
        kept = not (state.from_paragraph or state.is_since)
        if found and period == state.period and kept:
            state.carried_period, state.carried_target = period, state.target
        if slots and not claim.is_comparison:
            state.slots, state.phrase, state.fresh = list(slots), "", False
            state.moved = False
        if not (claim.is_change or claim.is_comparison):
            state.in_sentence = [s for s in state.in_sentence if s not in slots] + slots
            state.recent = [slot for slot in state.recent if slot not in slots] + slots
        return found

    def _owner_after(self, quantity: Quantity) -> Argument | None:
        """What 总装机100万千瓦的 goes on to name: it is the subject of the figure."""
        if self._text[quantity.span.end : quantity.span.end + 1] != "的":
            return None
        at = quantity.span.end + 1
        named = (m.argument for m in self._mentions if m.span.start == at and not m.weak)
        return next((a for a in named if a is not None and a.label != "PLACE"), None)

    def _periods(self, clause: Span, group: Sequence[Quantity]) -> list[str | None]:
        """The periods of 2022年、2023年产量分别为3、4万吨: one a figure.

        The years may be a clause of their own before it.
        """
        dated = _ONLY_DATES.search(self._masked[: clause.start], max(0, clause.start - 40))
        told = "分别" in self._text[clause.start : group[0].span.start]
        if dated is not None and told:
            clause = Span(dated.start(), clause.end)
        found = [
            d.value
            for d in self._dates
            if clause.start <= d.span.start < group[0].span.start
            and not (
                _COMPARED_BEFORE.search(self._text[clause.start : d.span.start])
                and not _DATES_LISTED.search(self._masked[clause.start : d.span.start])
            )
        ]
        return found if len(found) > 1 else []

    def _period_of_stock(
        self, subject: Argument, indicator: str, clause: Span, state: _State
    ) -> str | None:
        """The year of publication for what a place has, where nothing dates it."""
        if self._published is None or subject.label != "PLACE":
            return None
        if not _STOCK_NAME.search(indicator) or _SUPPOSED.search(clause.of(self._text)):
            return None
        if _HABIT.search(clause.of(self._text)):
            return None
        year, before = self._published[:4], str(int(self._published[:4]) - 1)
        # In the first quarter a paragraph on last year is not followed by this year's stocks.
        is_report = self._published[5:7] <= "03" and state.paragraph_period == before
        return before if is_report else year

    def _day_of_event(self, start: int, end: int) -> str | None:
        """The last day told before a figure of an event: in its paragraph, else in the lead."""
        paragraph = self._text.rfind("\n", 0, start) + 1
        days = [
            d for d in self._dates if d.value and d.span.end <= end and _DAYS.fullmatch(d.value)
        ]
        near = [d for d in days if d.span.start >= paragraph]
        chosen = near[-1] if near else days[0] if days else None
        return None if chosen is None else chosen.value

    def _names_end_at(self, offset: int) -> bool:
        """Whether the name of a person ends at an offset."""
        return any(e.label == "PERSON" and e.span.end == offset for e in self._entities)

    def _is_aside(self, name: Span) -> bool:
        """Whether a name stands inside a bracket without figures."""
        return any(a.start < name.start and name.end < a.end for a in self._asides)

    def _has_date(self, clause: Span) -> bool:
        return bool(self._dates_in(clause))

    def _indicators(
        self,
        claim: Claim,
        before: str,
        after: str,
        ahead: str,
        noun: str,
        group: Sequence[Quantity],
        state: _State,
    ) -> list[str] | None:
        """Names of what the figures measure; None when they are inherited."""
        if claim.suffix.startswith("相当于") and group[-1].unit not in RATIO_UNITS:
            return []  # a comparison to picture the figure
        if is_goal(after) and not group[-1].is_count and not names_measure(claim.indicator):
            return None
        several = POINTING_SEVERAL.search(strip_marks(before))
        if several and len(group) > 1:
            return pointed_out(several, len(group), state.recent, state.in_sentence)
        phrase = claim.indicator
        last = group[-1]
        dealt = _DEALT_AT.match(after) if strip_marks(before).endswith("以") else None
        if dealt is not None:
            return [f"{dealt['deed']}价"]  # 以43元/吨成交
        if last.unit == "户" and (served := served_need(strip_marks(before), after)):
            return [served]
        granted = _GRANTED.match(after)
        if granted is not None:
            return [granted["what"]]  # 按投资额的一成给予补助
        priced = priced_noun(after)
        if priced:
            return [priced]
        among = share_among(strip_marks(before), after) if last.unit == "%" else ""
        if among and not claim.suffix and not claim.is_change:
            return [among]
        verb = output_verb(strip_marks(before))
        portion = portion_after(ahead) if last.unit in ("%", None) and not phrase else ""
        if portion and not claim.suffix and not claim.is_change and noun:
            return [portion]
        if last.unit == "%" and after.startswith("的") and not claim.suffix:
            share = share_of_noun(strip_marks(before), phrase, noun)
            if share:
                return [share]
        if last.unit == "%" and not claim.suffix and (met := met_share(phrase, noun)):
            return [met]
        if last.unit == "%" and not phrase and not claim.is_change and not claim.suffix:
            if did := deed_after(after):
                return [did]
        deals = is_laying(strip_marks(before)) and not (claim.is_change or claim.suffix)
        if noun and deals and last.unit not in RATIO_UNITS and not names_measure(phrase):
            return [noun]  # 屋顶铺设了4万平方米光伏板
        if noun and verb and not claim.suffix:
            return [verb + noun]
        relative = strip_marks(before).endswith("的") and not (claim.suffix or claim.is_change)
        if noun and relative and not last.is_count and not names_measure(phrase):
            return [noun]  # 攒下来的3万元水费
        if noun and claim.suffix == "完成率":
            return [noun + claim.suffix]
        if noun and (last.is_count or not phrase or is_trade(phrase)) and not claim.is_change:
            joined = phrase if last.is_count and phrase.startswith("新增") else ""
            return [joined + noun]
        if last.is_count and (reached := reached_noun(strip_marks(before), after, last.unit)):
            return [reached]
        if not phrase and not noun and last.is_count and not claim.is_change:
            action = attendance_after(after, last.unit) or action_after(after)
            if action:
                return [action]
        if not phrase or claim.points_back:
            if claim.suffix and state.slots:
                several_slots = len(group) > 1 and len(group) == len(state.slots)
                last_slots = state.slots if several_slots else state.slots[-1:]
                return [join_suffix(slot.indicator, claim.suffix) for slot in last_slots]
            if last.is_count and re.match(r"[\u4e00-\u9fff]", strip_marks(after)[:1]) and not noun:
                return None if claim.to_level else []
            if state.phrase:
                return split_list(state.phrase, len(group))
            return None
        phrase = self._name_of_two(phrase, group[0].span.start)
        names = split_list(phrase, len(group) if len(group) > 1 or claim.for_all else 1)
        if not claim.suffix:
            told = [*state.recent, *state.slots] if claim.is_change else state.recent
            alike = [s for s in told if claim.is_change or s.unit == last.unit]
            for whole in reversed(alike[-2:]):
                level = _GROWTH_NAME.sub("", whole.indicator)
                parts = [part_of_whole(name, level) for name in names]
                if parts != names:
                    names = parts
                    break
        return [name + claim.suffix for name in names]

    def _name_of_two(self, phrase: str, offset: int) -> str:
        """煤电 for the 前者 of a measure, where the sentence spoke of 煤电与风电的…."""
        order = 0 if phrase.startswith("前者") else 1 if phrase.startswith("后者") else None
        if order is None:
            return phrase
        start = max(self._text.rfind(mark, 0, offset) for mark in "。！？\n") + 1
        named = _TWO_NAMED.search(self._text, start, offset)
        return phrase if named is None else named.group(order + 1) + phrase[2:]

    def _slots(
        self,
        names: list[str] | None,
        claim: Claim,
        before: str,
        group: Sequence[Quantity],
        state: _State,
    ) -> list[Slot]:
        subjects = state.subjects or ([state.current] if state.current else [])
        if state.group is not None and len(group) == 1 and not claim.for_all:
            if names and state.each and not claim.is_change and _is_intensive(names[0], group[0]):
                return [Slot(subject, names[0], group[0].unit) for subject in subjects]
            subjects = [state.group]
        count, unit = len(group), group[-1].unit
        if unit is None and claim.is_change:
            unit = "%"  # 减少四分之一
        alone = not names or _FORMER.fullmatch(names[0]) or _LATTER.fullmatch(names[0])
        if alone and _FORMER.search(before) and len(state.recent) >= 2:
            return [state.recent[-2]]
        if alone and _LATTER.search(before) and len(state.recent) >= 2:
            return [state.recent[-1]]
        if names is None:
            if count == 1 and _ALTOGETHER.search(before):
                sums = sum_of_counted(state.in_sentence[-1:], unit)
                if sums:
                    return sums
            if count == 1 and "分别" in before and len(state.slots) > 1 and not claim.for_all:
                state.rest = list(state.slots[1:])  # 分别下降0.4%和增长1.1%
                return state.slots[:1]
            if count == 1 and "分别" in before and len(state.in_sentence) > 1:
                if claim.is_change and _OTHER_CHANGE.match(self._text, group[-1].span.end):
                    first, second = state.in_sentence[-2:]
                    state.rest = [second]
                    return [first]
            if count == 1 and state.rest:
                return [state.rest.pop(0)]
            slots = level_of_change(state.slots, state.recent, unit) or same_measure(
                state.slots, state.recent, unit
            )
            changed = state.changed if claim.is_change and state.fresh and count == 1 else None
            if changed is not None and slots and slots[-1].indicator != changed.indicator:
                slots = [changed]  # 甲能耗下降2%，装机突破9万千瓦；乙不降反升，微增1%
            if claim.is_change and unit == "%":  # 占比 grows by points, what has it by per cent
                slots = [replace(slot, indicator=without_share(slot.indicator)) for slot in slots]
            if claim.is_total or "cumulative" in claim.qualifiers:
                slots = [
                    replace(slot, indicator=slot.indicator.removeprefix("新增")) for slot in slots
                ]
            if (state.fresh or state.moved) and slots and subjects:
                last = slots[-1]
                return [replace(last, subject=subject) for subject in subjects]
            if claim.for_all or count == len(slots):
                return list(slots)
            if count > 1 and (told := told_in_units(group, state.in_sentence)):
                return told
            if count > 1 and len(state.in_sentence) >= count:
                return state.in_sentence[-count:]
            return slots[-1:]
        if not subjects:
            return []
        parts = [s for s in state.in_sentence if group[-1].is_count and s.unit == unit]
        before_it = parts[-1:] or state.in_sentence[-1:]
        if before_it and before_it[0].subject.label == "FORUM" and not state.fresh:
            subjects = [
                s.subject for s in before_it if _SUM_OF_DEALS.fullmatch(names[0]) or s in parts
            ] or subjects
        if len(names) == 1 and len(subjects) == count and count > 1:
            return [Slot(subject, names[0], unit) for subject in subjects]
        if len(names) == 1 and claim.for_all:
            return [Slot(subject, names[0], unit) for subject in subjects]
        return [Slot(subjects[0], name, unit) for name in names]

    def _is_measure(self, quantity: Quantity, slot: Slot, clause: Span) -> bool:
        name = slot.indicator
        if quantity.text in _HALVES and not (names_measure(name) or _SHARE_NAME.search(name)):
            return False  # 时间过半, 不及邻省的一半
        if _RATE_ALONE.fullmatch(name) or _NO_NAME.search(name):
            return False
        if len(name) > 32 or not re.search(r"[\u4e00-\u9fffA-Za-z]", name):
            return False
        if quantity.unit is None and quantity.text[-1].isdigit() and "/" not in quantity.text:
            return _INDEX.search(name) is not None
        if quantity.unit in TIME_UNITS:
            return _TIME_NOUN.search(name) is not None
        if quantity.unit in _TEXT_UNITS:
            return not _LEGAL_TEXT.search(clause.of(self._text))
        return not (quantity.is_count and _EMPTY_NOUN.fullmatch(name))

    def _event_subject(
        self,
        quantity: Quantity,
        indicator: str,
        subject: Argument,
        clause: Span,
        state: _State,
        attends: bool,
    ) -> Argument | None:
        """People are counted for the event at hand, if any; its sessions are no figures."""
        if (attends or _OF_EVENT.search(indicator)) and not (
            state.subject_is_near and subject.label != "FORUM"
        ):
            reach = Span(quantity.span.start, min(clause.end, quantity.span.end + 12))
            shown = _SHOWN.search(self._text, reach.start, reach.end) or _SHOWN.search(indicator)
            fairs = [e for e in self._entities if not shown or not _MEETING.search(e.name)]
            event = find_event(self._text, fairs, quantity.span.start) or find_event(
                self._text, self._entities, quantity.span.start
            )
            if event is not None:
                return _entity_to_argument(event)
        if quantity.unit not in _EVENT_UNITS and not attends:
            return subject
        if subject.label == "ORG" and state.subject_is_near and not attends:
            return subject  # an institution's own teachers
        start = self._text.rfind("\n", 0, clause.start) + 1
        if _EVENT_DRAWS.search(self._text, start, quantity.span.start):
            start = 0
        if _AT_EVENT.search(self._text, start, quantity.span.start):
            start = 0
        forums = [
            e
            for e in self._entities
            if e.label == "FORUM" and start <= e.span.start < quantity.span.start
        ]
        if not forums:
            named = subject.span is None or not _DATELINE.match(self._text, subject.span.end)
            return subject if state.subject_is_near and named else None
        if quantity.unit in ("场", "届"):
            return None
        return _entity_to_argument(forums[-1])


def _is_intensive(name: str, quantity: Quantity) -> bool:
    """Whether a measure of several places holds for each, since it cannot be summed."""
    return "/" in (quantity.unit or "") or _INTENSIVE.search(name) is not None


def _pointed_name(name: str, recent: Sequence[Slot]) -> str:
    """The measure told last that 这个余额 points to; other names as they are."""
    pointing = _THIS_MEASURE.fullmatch(name)
    if pointing is None:
        return name
    told = (s.indicator for s in reversed(recent) if s.indicator.endswith(pointing["noun"]))
    return next(told, name)


def _head_of_clause(told: str) -> str:
    """What a clause tells of, without adverbs; empty for a time (奠基时还是)."""
    head = _CLOSING_ADVERB.sub("", told)
    return "" if head.endswith(("时", "后", "前")) else head


def _are_two_sizes(group: Sequence[Quantity]) -> bool:
    """Whether two figures size one thing: 累计成交4吨、9元, 目标是3个、2亿元."""
    units = {quantity.unit for quantity in group}
    return len(group) == 2 == len(units) and units.isdisjoint({None, *RATIO_UNITS})


def _run_start(run: _Run) -> int:
    """Where the bracket opens behind the first name of a list."""
    subject, quantity = run[0]
    return quantity.span.start - 1 if subject.span is None else subject.span.end


def _unit_of(word: str) -> str | None:
    """The unit that a bare word is, as units after figures are read."""
    quantities = find_quantities(f"1{word}")
    return quantities[0].unit if quantities and quantities[0].span.end == len(word) + 1 else None


def _counted_thing(indicator: str) -> Argument:
    """What is measured as its own subject: 绿氢 of 绿氢成本."""
    thing = _OF_THING.sub("", indicator) or indicator
    return Argument(label="THING", text=thing, name=thing)


def _name_by_aim(name: str, after: str) -> str:
    """What a sum is spent on: 投入 before 9亿元用于旧房改造 becomes 旧房改造投入."""
    spends, aim = _SPENDS.fullmatch(name), _SPENT_ON.match(after)
    return f"{aim['aim']}{spends['verb']}" if spends and aim else name


def _entity_to_argument(event: Entity) -> Argument:
    return Argument(label="FORUM", text=event.text, name=event.name, span=event.span)


def _add_qualifiers(fact: Measures, listed: tuple[Qualifier, ...]) -> Measures:
    """Give 累计 before a list to the later items of the list too."""
    return replace(fact, qualifier=tuple(dict.fromkeys((*fact.qualifier, *listed))))


def _slice(starts: Sequence[int], span: Span) -> slice:
    """The items that begin inside a span, by their offsets in order."""
    return slice(bisect_left(starts, span.start), bisect_left(starts, span.end))


def _set_current(state: _State, argument: Argument) -> None:
    state.current, state.passing = argument, False
    if argument.label == "PLACE" and is_lasting(argument):
        state.topic = argument


def _names_part(told: str, slot: Slot, slots: Sequence[Slot]) -> bool:
    """Whether words begin with what tells one of several measures from the others."""
    length = _shared_length(told, slot.indicator)
    others = [_shared_length(told, other.indicator) for other in slots if other != slot]
    return length > 1 and all(length > other for other in others)


def _shared_length(one: str, other: str) -> int:
    """How many characters two wordings begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _is_thing(mention: Mention) -> bool:
    """Whether a mention is a park or a work, whose name may hold a bracket."""
    return mention.argument is not None and mention.argument.label == "THING"


def _narrows(mention: Mention) -> bool:
    """Whether 主城区 after a city's name is a part of it, as 全市 after it is not."""
    return mention.word.endswith("城区") or mention.word in ("市区", "建成区")


def _modifies(before: str) -> bool:
    return _COUNTED_PLACES.match(before) is not None


def _ends_open(after: str) -> bool:
    """True if the words between two figures end a list item: 12个园区和30座电站."""
    return re.search(r"(?:、|和|及|与|以及)\s*$", after) is not None
