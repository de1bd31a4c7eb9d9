"""What the figures of a text can be about: places, institutions, named undertakings.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: in an
article on 苏州, 全市 stands for 苏州市; after 青禾储能基地一期在昆山投产, a later 项目总投资 is
about 青禾储能基地一期.

A mention is *weak* when it stands under a preposition or names an organ that only speaks
(市统计局介绍): it tells what the passage is about, but the next figure is not its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from extract.facts import Argument, ArgumentLabel, Entity, Span
from extract.gazetteer import Region, ancestors, lookup_other, lookup_place, split_place_prefix
from extract.reading import is_han
from extract.spokespersons import (
    COMPANY,
    SCHOLAR,
    Speech,
    find_official_speeches,
    find_speeches,
)

_WHOLE = re.compile(
    r"(?:(?<![一二三四五六七八九十届])全(?P<unit>市|省|自治区|区|县|州|盟|旗|镇|乡|村|街道)(?!域|面|块|民)"
    r"|(?<![届次])(?P<nation>全国|我国)(?!性|统一|运动会|碳市场|碳排放权)|(?P<world>全球|世界)"
    r"|[全本](?P<port>[港澳疆])(?!元|币)|(?:该|本|我)(?P<unit2>市|省|自治区|区(?!域)|县|州|盟|旗|镇|乡)"
    r"|(?P<group>[“\"]\d+[+＋]\d+[”\"]城市))"
    r"(?!领先|首|第|前列|前茅|前\d|最[早好佳优先美]|率先|平均|排名|唯一|之|统一|各地|人大|政协|两会|范围|一流|先进|优秀|文明|(?:规模|单体|面积|装机|容量|单机|同类|投资|产能)*最(?![大高低](?:用电)?(?:负荷|出力|气温|需求)))"
)
_PORTS = {"港": "香港", "澳": "澳门", "疆": "新疆"}
_TOWN = re.compile(r"主城区|中心城区|(?<!建成)市区|城区(?!面积)")
_GOVERNED = re.compile(
    r"(?:比|较|与|同|向|从|由|对|于|至|赴|往|距|占|给|被|为|出|居|列|据|经|来自|到|入|前往|落实|按照|贯彻"
    r"|利用|借助|采用|引进|携手|联手|委托|依靠|位居|高于|低于|多于|少于|不及|不如|赶超|好于|优于|相当于|领先|(?<![单光仅只])(?<!原因)是|贡献|撑起|占据|承担|依托|围绕|支持|辐射|覆盖|起点|终点|起于|起自|止于|途经|东起|西起|南起|北起|送|送往|输往|销往|发往|供应|输送给?|运往|出口)(?:了|到)?\s*$"
)
# 不足全省新增量的1%: the whole of a share.
_OF_WHOLE = re.compile(
    r"[^，。；：、]{0,14}的(?:近|约|超过?|逾)?(?:\d|[一二三四五六七八九]成|[二三四五]分之|一半)"
)
# 优良天数最多的是某县，达311天: the place that is told of, not one under 是.
_BEST_IS = re.compile(r"最[\u4e00-\u9fff]{1,3}的(?:依然|仍然|仍|还|则|也|要数)*[是属为]\s*$")
_QUOTE_OPENS = re.compile(r"“(?:\d{4}年?)?$")
_MOTTO = re.compile(r"(?:主题|题|口号)(?:是|为|：|:)?\s*$")
_COUNTED_END = re.compile(
    r"等?(?:[两三四五六七八九十\d]+(?:个|家)?[地市省县区州国家方])?(?:政府|公司|企业|单位)?"
)
_BOUND_BEFORE = re.compile(r"(?:不足|不到|超过?|逾|约|近|接近|达到?|为|就占了?|占了)$")
_CITED = re.compile(
    r"(?:落实|执行|根据|按照?|依据|对照|围绕|学习|贯彻|修订|遵照|参照|结合|宣传|推进|解读)[^，。；]{0,8}$"
)
# 灵泉、银湖两条直流: as many names as are counted, and what they are.
_LISTED_THINGS = re.compile(
    r"(?:(?<=[，。；：\n　])|^)(?P<names>[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,4}){1,4})"
    r"(?P<n>[两二三四五])[条座个台](?P<head>直流|电站|电厂|水库|基地|机组|风电场|储能站|工程|项目|港区)"
)
# 《某某目录》，收录技术路径9项; 国家标准《某某要求》起实施，规定…
_A_LIST = re.compile(r"(?:目录|名单|名录|清单|图谱|案例集)(?:[（(][^（）()]*[)）])?$")
_HOLDS = re.compile(
    r"》?(?:[（(][^（）()]{0,30}[)）])?，?(?:共|首批|已|其)*(?:收录|收入|列入|列出|纳入|包含|涵盖|入选"
    r"|\d+[家个项款种][^，。；]{0,8}(?:上榜|入选|入列|在列))"
)
_DEMANDS = re.compile(r"》?(?:[（(][^（）()]{0,30}[)）])?[^。；]{0,20}?(?:，|)(?:规定|要求|明确)")
_DEPARTMENT = re.compile(
    r"(?:市场营销|营销|市场|调度控制|调控|发展策划|运维检修|安全监察|生产技术|研发|财务|人力资源|综合|建设)"
    r"(?:部|处|中心|科|室)$"
)
_INSIDE = re.compile(r"(?:在|位于|坐落于|地处)\s*$")
_LIST = re.compile(r"\s*(?:、|和|与|及|以及)\s*")
_PARTICIPANTS = re.compile(
    r"\s*等\s*(?:\d+|[一二三四五六七八九十百两多数几]+)余?多?(?:家|个单位|所)"
)
_SPEAKS = re.compile(
    r"\s*(?:（[^（）]{1,16}）)?(?:(?:有关|相关)?(?:负责人|负责同志|人士|工作人员|技术人员|新闻发言人))?(?:介绍|通报|表示|说|发布|公布|披露|印发|出台|提出|显示|数据(?!中心|库|港|产业|要素|资源)|获悉|透露|指出|消息|报道|讯"
    r"|电(?=[（(，,：:\s]|$)|统计(?!局)"
    r"|新闻发言人|了解)"
)
# Who studies a matter speaks of it, not of the own house.
_THINK_TANK = re.compile(r"(?:研究所|研究院|研究中心|智库|社会科学院|规划院)$")
_ORGAN = re.compile(
    r"(?:政府|村委会|居委会|管委会|党支部|党总支|支部|委员会|委|厅|局|部|办|办公室|院办公厅|法院|检察院|人大|政协|总队|海关|署|国务院|党校"
    r"|[^公]司|党组|处|社|报|台|网|记者站|常委会)$"
)
_STATE_ORGAN = re.compile(
    r"(?:国家|国务院|生态环境部|全国|中共中央|中国人民银行|财政部|工业和信息化部|自然资源部|交通运输部|住房和城乡建设部"
    r"|水利部|农业农村部|商务部|科学技术部|科技部|海关总署)(?!.*(?:学院|研究院|研究所|公司|中心|大学))"
)
# Kinds of places and firms, whatever tagged them.
_GENERIC = re.compile(
    r"^全(?:市|省|区|县|镇)|^全州(?!县)|^沿(?:江|河|海|黄|线|湖|边|岸)$|规模以上|规上|限额以上|(?:率|占比|比重|产量|用量|电量|总额|指数)$|^(?:自然村|行政村|村庄|县城|乡村|农村|城镇|社区|城市|乡镇|园区|企业|公司|沿海|内陆)$"
)
_INSTITUTION = re.compile(r"(?:公司|集团|院|会|局|部|社|大学|中心|银行|所|厅|办|委|党)$")

# What is built, run or traded, and the verbs that tell it apart from a kind of such things.
_THING_HEAD = (
    "项目|号线|基地|工程|电站|电厂|风电场|光伏场|产业园|科技园|园区|示范区|生产线|平台|枢纽|管道|专线|码头"
    "|水厂|处理厂|工厂|机组|绿色电力交易|绿电交易"
)
_THING_VERB = (
    "投产|投运|投入使用|投入运营|投入运行|投入商业运行|投用|开工|动工|竣工|建成|并网|启动|落户|落地|奠基|封顶"
    "|上线|开建|揭牌|通车|试运行|点火|交付|完成(?!投资|产值|交易|发电)"
)
_THING = re.compile(
    rf"(?P<name>[^，,。；;：:、！!？?（）()“”《》【】]{{2,32}}?(?:{_THING_HEAD})(?:[一二三四五]期)?)"
    r"(?=(?:于[^，。；]{2,14}?|[在落][^，。；]{2,24}?|正式|顺利|全面|全容量|成功|日前|近日|今天|已|昨日|全部|实现|宣布|如期|同步|相继|首次|一次性|并且?|完成|率先|上个?月|本月|今年|去年|近期|当[天日]|昨天|[今昨]日|\d{1,4}[年月日]){0,4}"
    rf"(?:{_THING_VERB}))"
)
# A place, or 全国 before a market, builds a name with such a noun; a verb between them or a
# count after them tells that it does not (苏州建成零碳产业园15个).
_NAMED_THING = re.compile(
    r"(?P<name>(?:(?![的了是在和与及将已为有以对从把被]|建成|新增|推进|加快|启动|打造|投资|拥有|规划|建设|完成|实现|累计|共|开展"
    r"|形成|依托|年|月)[^，,。；;：:、！!？?（）()“”《》【】\s]|（[^（）]{1,8}）){0,14}?"
    r"(?:交易市场|碳市场|碳普惠平台|交易平台|管理平台|服务平台|补水工程|调水工程|直流工程|输电工程|虚拟电厂"
    r"|产业园|工业园|科技园|物流园|化工园区|产业园区|工业园区|示范园区|产业基地|示范基地|储能电站|抽水蓄能电站|核电站|风电场"
    r"|水电站|热电厂|发电厂|垃圾焚烧厂|污水处理厂|国家公园)(?:[一二三四五]期)?)(?!\s*\d(?!\d{3}年)|建设|扩容|覆盖|数|等|、|[一二三四五六七八九十]+[个座家])"
)
_SEVERAL_IN = re.compile(
    rf"(?P<whole>.+?(?:{_THING_HEAD}))(?:全部|共)?[\d一二两三四五六七八九十]+[台套座条]"
)
_THING_LEAD = re.compile(
    r"^.*(?:的|了|，|将|由|称|悉|解)|^\s+|^.*?\d+(?:年|月|日|号(?!线))(?:[上下]午|底|初|末)?|^(?:今天|昨天|近日|日前|[今去前明]年|[上下]半年|全年|年内|目前|眼下)"
)
# 这条产线, 该竖炉: the work, or the house, that was told of last.
_THIS_WORK = re.compile(
    r"(?:该|此|这一?[条座套台个])(?P<noun>产线|生产线|线路|装置|竖炉|高炉|窑炉|机组|风机|管道|通道|堆场|码头)"
)
# 炼铁厂, 营销部: a part of a house that is named elsewhere.
_BARE_HOUSE = re.compile(r"[\u4e00-\u9fff]{1,4}(?:分?厂|车间|部|处|科|室|中心)")
# 项目, 公司 … at the beginning of a clause points back to the last thing of that kind.
_POINTING = re.compile(
    r"(?:(?<=[，,。；;：:！？\n\s　“”（）()])|^)(?:目前|其中|据悉|如今|而|但)?"
    r"(?P<this>该|本|此|这一|这个|整个|本届|此次)?"
    r"(?P<noun>公司|企业|集团|项目|基地|园区|平台|电站|工程|示范区|高新区|经开区|开发区|新区|产业园|大会|论坛|峰会"
    r"|学院|研究院|协会|联盟|实验室|博览会|对接会|推介会|洽谈会|交易会|年会|交易所|交易中心|市场|港口|机场|电厂|工厂|煤矿|学校|医院)"
    r"(?!数|家|个|、|和|及|与(?![^，。；]{2,24}(?:共建|合建|共同))|等|们|化|类|方|级|内|名|间|上|期间|的|召开|举|是|(?:已?有|共|达|超过?|近|约)?\d+多?[家个户])"
)
# Several subjects taken together: named by a list of as many places, else left out.
_TOGETHER = re.compile(
    r"双方(?=将|共|在|联合)|[两三四五六七八九十](?:市|省|地|区|县|国|家)(?=合计|共计|总计|共有?|联合|将)"
    r"|(?<![\d首第前后等余多个一二两三四五六七八九十])[两三四五六七八九十][市省县州](?![级里委辖区界内外中民人直场值面])"
)
# 甲市、乙市（以下统称“双城”）: a name for several, by which later figures are told.
_COLLECTIVE = re.compile(
    r"[（(](?:以下|下文)?(?:统称|合称|并称)(?:为)?[：:]?\s*[“「]?(?P<name>[^“”「」（）()，。\s]{2,12})[”」]?[）)]"
)
# The name of what 该项目 points back to, where nothing else told that it is one.
_UNDERTAKING_NAME = re.compile(
    r"(?:^|[，,；;：:。！？\s“（]|投向|投给|用于|建设|签署|签订|签约|签下|启动|开工|投资|推进|承建|参与|运营|打造|合作|实施|支持|建成|的|了|为|是|由|在|将|把|对|向|及|和|与|、)"
    r"(?P<name>(?:(?!投向|投给|用于|建设|签署|签订|签约|签下|启动|开工|投资|推进|承建|参与|运营|打造|合作|实施|支持|建成)"
    r"[^，,；;：:。！？\s“”（）《》的了为是由在将把对向及和与、\d]){3,20}(?:项目|工程|电站|基地|平台|产业园|园区))(?=[^一-鿿]|$|投资|协议|合同|贷款|建设|开工|投产|并网|投运|签约|落地)"
)
_NUMERALS = "〇一二三四五六七八九十"
_ANY_POINTING = re.compile(
    r"(?:\ue000|年|月|日)(?P<noun>公司|园区|平台|项目|集团)(?!数|家|个|、|和|及|与|等|们|化|类|方|级)"
)
# 前者, 后者 of two places or institutions that the same sentence joins.
_ONE_OF_TWO = re.compile(r"(?:(?<=[，,；;：:])|^)(?:其中)?(?P<which>前者|后者)")
# 该校, 该行: the last institution of that kind.
_THIS_KIND = re.compile(
    r"该(?P<kind>委员会|协会|学会|联盟|中心|机构|校|行|院|司|厂|馆|站|矿|港|所|店|局)"
)
_KINDS = {
    "校": ("大学", "学院", "学校", "中学", "小学"), "行": ("银行", "分行", "支行", "行"),
    "院": ("院",), "司": ("公司", "集团"), "厂": ("厂",), "馆": ("馆",), "站": ("站",),
    "委员会": ("委员会",), "协会": ("协会",), "学会": ("学会",), "联盟": ("联盟",),
    "中心": ("中心",), "机构": ("院", "所", "中心", "会", "机构"), "矿": ("矿",),
    "局": ("供电局", "电网公司", "管理局", "监管局"),
    "港": ("港",), "所": ("所",), "店": ("店",),
}  # fmt: skip
_FORUM_NOUNS = frozenset(
    {"大会", "论坛", "峰会", "博览会", "对接会", "推介会", "洽谈会", "交易会", "年会"}
)
_KIND = re.compile(
    r"\d{2,}|[个家座批]|以上|以下|各类|一批|重大|重点|多个|所有|全部|主要|有关|相关|部分|其他|等|亿元|万元|新型"
)
# 村里 at the beginning of a clause: the village that the passage is about.
_INSIDE_OF = re.compile(
    r"(?:(?<=[，,。；;：:“\n　])|^)(?P<kind>村|镇|乡|县|市|区|省|街道)里(?!程|面)"
)
# A place of work or carriage that opens a clause and goes on to its own figures.
_SITE = re.compile(
    r"(?:(?<=[，,。；;：:\n　])|^)(?P<name>(?!全[市省县区州国]|各|我[国省市])[\u4e00-\u9fff]{2,9}"
    r"(?:机场|口岸|水库|电站|电厂|风电场|储能站|港区|综合保税区|保护区|湿地公园|灌区|矿区|油田|气田|班列|专列|高铁)"
    r"(?:（[^（）]{1,6}）)?)"
    r"(?=(?:今年|去年|全年|上半年|前?[一二三四1-4]季度|\d{4}年|1[至—\-]\d+月)?"
    r"(?:共|累计|已|年|日|完成|实现|发电|总|面积|占地|运行|开行|接待|旅客|货))"
)
# A park that opens a clause and goes on to what it cost, covers or yields.
# 上线的“某某积分”平台，注册用户…: a quoted name and its kind, before what it has.
_QUOTED_THING = re.compile(
    r"(?P<name>“[^“”，。；]{2,12}”(?:平台|小程序|系统|[Aa][Pp][Pp]|公众号|项目|工程|基地|电站))"
    r"(?=(?:（[^（）]{1,16}）)?，|(?:目前|现|已|将|共|去年|今年|全年){0,3}"
    r"(?:上线|投用|运行|累计|注册|服务|输送|总投资|占地|总?装机|投产|并网|年[产发处供减]))"
)
# 建成一座压缩空气储能电站，规模2万千瓦: what is brought up, before its size.
# 甲乙±800千伏直流工程: its voltage makes it a name.
_LINE_BY_VOLTAGE = re.compile(r"[\u4e00-\u9fff]{2,6}±?\d{3,4}千伏")
_BROUGHT_UP = re.compile(
    r"一(?:座|套|款|台|条|处|个)(?P<name>[\u4e00-\u9fff]{3,16}?"
    r"(?:电站|冷库|设备|装置|系统|生产线|项目|工程|平台|小程序|机组|方案|工厂|公园))"
    r"(?=，(?:规模|总?投资|占地|装机|容量|总?造价|成本|每[座台套]|面积|全长|总面积|年[产发处减供]|单[座台]))"
)
# 总投资2亿元的某某一体化项目（下称…）占地90亩
_DESCRIBED_WORK = re.compile(
    r"(?:的|承建的|建设的)(?P<name>(?![0-9])[^，。；：、！？“”（）的]{4,24}?(?:项目|基地|工程|电站|产业园|平台|办公楼|示范楼))"
    r"(?=(?:（[^（）]{1,20}）)?，?(?:占地|配有|配套|总装机|装机|年[产发处减供]|投用|实测|总面积|已接入))"
)
# 9月开工的某某输电工程，起点甲市…: what was begun or built, before its sizes.
_BEGUN_WORK = re.compile(
    r"(?:开工|动工|投产|投运|竣工|建成|启动|建设|通车|并网)的(?P<name>(?![0-9])[^，。；：、！？“”（）的]{3,24}?"
    r"(?:项目|基地|工程|电站|产业园|生产线|产线|直流|专线|管道|铁路|高速公路|输电线路))"
    r"(?=(?:（[^（）]{1,20}）)?，[^。；]{0,40}?(?:全长|长度?|总?投资|占地|容量|规模|输送|年[产发处供])[约达为超近]{0,2}\d)"
)
# 走进位于某市的某某工厂，屋顶上…: the site that a report comes to, before what it has.
_COME_TO = re.compile(
    r"(?:走进|来到|走入|探访|步入)(?:(?:位于|地处|坐落于|坐落在)?[^，。；的]{1,14}的)?"
    r"(?P<name>(?![的了这那该一])[一-鿿“”]{3,16}?(?:工厂|厂区|智慧园区|零碳园区|产业园|园区|生产基地|基地|电站|风电场|光伏场"
    r"|农场|林场|牧场|码头|港区|社区|小区))(?=，)"
)
_UNDERTAKING = re.compile(
    r"(?:(?<=[，,。；;：:\n　])|^)(?P<name>(?:(?![的了是在和与及将已为有以对从把被]|建成|新增|推进"
    r"|加快|启动|打造|投资|拥有|规划|建设|完成|实现|累计|共|开展|形成|依托|年|月|全[市省县区]|我[国省市]|该|这)(?:[\u4e00-\u9fff]|（[^（）]{1,8}）)){3,20}?"
    r"(?:产业园|科技园|工业园|物流园|产业园区|示范园|生态园|创业园)(?:[一二三四]期)?)"
    r"(?=(?:现|预计|计划|设计)?(?:总投资|投资\d|占地|规划面积|规划占地|总装机|装机|总面积|总建筑面积|年产|年发电|年处理))"
)
# What opens a clause (or stands behind ——), is named by a place, a firm or a quoted name,
# and goes on to what it costs, covers or yields.
# What may stand between the name of a work and what is told of it. So many at most: whatever may
# end in several places must not be repeated without bounds.
_WORK_ADVERBS = (
    r"(?:目前|现|已|共|将|预计|计划|设计|规划|今年以来|今年|去年|前年|全年|[上下]半年|累计|一年|每?年均?|日均?|可"
    r"|全线|全面|\d{1,4}[年月日](?:[初中底末]|\d{1,2}日)?){0,5}"
)
_OPENING_WORK = re.compile(
    r"(?:(?<=[，,。；;：:！？\n\s　—])|^)"
    r"(?P<sited>(?:位于|坐落于|坐落在|落户|地处)[^，。；的]{2,10}的)?(?P<name>"
    r"(?:(?![的了是在将已由被把为有使让令]|建成|新增|推进|加快|启动|打造|规划|完成|实现|累计|开展"
    r"|签署|签订|签约|签下|投资|承建|达成|落户|引进|年|月|全[市省县区州国]|各|该|这|此|其)"
    r"[^，,。；;：:！？、\s　—]){3,28}?"
    r"(?:项目|基地|工程|电站|电厂|储能站|[超充换]电站|超充站|加氢站|变电站|换流站|泵站|水厂|风电场|示范区|园区|产业园|工厂"
    r"|平台|管道|专线|生产线|机组|中心|数据中心|码头|线路|通道|隧道|大桥|林场|牧场|港区|直流)"
    r"(?:[一二三四五]期)?(?:项目|工程)?)"
    rf"(?=(?:（[^（）\d]{{2,12}}）)?{_WORK_ADVERBS}(?:于[^，。；]{{2,12}}?{_WORK_ADVERBS}){{0,2}}"
    r"(?:由|总投资|投资|占地|总装机|装机|总面积|建筑面积|面积|总长|全长|设计|规划|总规模|规模|总容量|年[均可用产发处供节减消输放]"
    r"|产[\u4e00-\u9fff]|供[\u4e00-\u9fff]|发电|处理|涉及|包括|安装|配套|配备|拥有|建有|每[天日年]|利用|位于|坐落|分布|通过|，预计|，总投资|，占地|，设计|采用|运行|接入|服务|覆盖|减排|节约"
    r"|建成|开工|投产|投运|并网|贯通|单[枪机])"
    # or on to a figure of something, not to how many there are
    r"|(?!(?:共有?|已有?|达到?|超过?|近|约|逾|突破|累计|总?数量?|有|为|增至|新增|分别|合计|\s){0,3}\d)"
    r"(?!数|等|和|与|及|的|或|建设|群|类|内|里|有限|公司|集团|管委会|管理|办公室|指挥部|主任|负责|显示|发布|介绍|统计|监测|认证|评审|评估|招标|采购|申报|贷款|债|协议|备忘录|合同|方案|规划|计划|名单)"
    r"[^，,。；;：:！？\n\d（）、]{1,12}\d)"
)
# The short name of a firm that opens a clause: two characters, and a word that ends such names.
_FIRM = re.compile(
    r"(?:(?<=[，,。；;：:！？\n\s　—])|^)(?:再看|又如|例如|比如|以)?(?:位于[^，。；的]{2,10}的)?"
    r"(?P<name>(?P<first>[\u4e00-\u9fff]{2})(?:重卡|财险|产险|人寿|绿能|裕能|锂能|锂业|股份|控股|时代|重工|新材|高科"
    r"|智控|铝业|铜业|钛业|石化|炼化|电气|电缆"
    r"|能源(?!消费|消耗|装机|结构|供应|产业|生产|安全|体系|转型|发电|强度|利用|效率|保供|投资|企业|工程|行业|领域"
    r"|局|部|委|署|合作|基地|化工|革命|发展|活动|审计|站|车|使用|供给|产量|需求|占比|项目|中心|研究|管理|协会|学会|交易))"
    r"(?:股份|集团)?)(?![、和与及]|等|主办|承办|协办)"
)
# 清洁能源 and 新型电气 are kinds of things.
_FIRM_KINDS = re.compile(
    r"清洁|绿色|化石|可再|再生|传统|生物|海洋|一次|二次|工业|全球"
    r"|国际|世界|农村|主体|常规|分散|智慧|综合|合同|强制|新型|大型"
    r"|小型|中型|重点|主要|国内|海外|当地|本地|上述|其他|现代|先进"
    r"|高端|一批|全市|全省|全区|全县|全国|我国|我省|我市|数字|当今"
    r"|信息|工程|低碳|循环|节能|智能|相关|各类|高效|新的|这个|一个"
    r"|电力|机械|建筑|交通|农业|民用|公司|集团|企业|厂区|园区"
)
# 年度某某奖共评出: the prizes count for the award.
_AWARD = re.compile(
    r"(?:年度|(?<=[，。；：\s　】]))(?P<name>[\u4e00-\u9fff“”]{2,16}奖)"
    r"(?=(?:共|已|最终)?(?:评选?出|授予|颁出|评定))"
)
_COUNTED = re.compile(r"(?:[省市县区]级|国家级|\d[万余多]?[家个所座])$")
_LOCAL_KINDS = frozenset({"river", "lake", "mountain", "sea", "water"})
_LOCAL_PLACE = re.compile(
    r"(?:[江河湖海港].{1,6}段|断面|码头|湖|江|河|海|山|池|水库|湾|岛|泊|湿地|公园|保护区|中心|大厦|广场|馆|校区|机场|站|酒店|会展|路|桥|港|学院|大学)$"
)
_DIVISION_END = re.compile(r"[省市区县州盟旗乡镇]$|街道$")


_ENTERS = re.compile(r"(?:走进|来到|步入|走访|探访|踏入)[^，。；]{0,18}$")
# 在某某小学，屋顶光伏装机…: of that house, to the end of the sentence.
_IN_THE_HOUSE = re.compile(r"(?:^|[。；！？\n　：])\s*(?:走?在|位于)$")
_VISITED = re.compile(r"(?:的|内|里)?[^，。；]{0,8}，")
# Kinds of works, none of its own: 抽水蓄能电站日均启停650台次.
_KIND_OF_SITE = re.compile(
    r"(?:抽水蓄能|新型|储能|光伏|太阳能|风电|火电|水电|核电|燃煤|海上|陆上|大型|中型|小型|大中型|集中式|分布式|生活"
    r"|垃圾|污水|生物质|热|国际|民用|沿海|重点|主要|内河|公共|城市|农村){1,3}(?:处理|焚烧|发电)?"
    r"(?:机场|口岸|水库|电站|电厂|风电场|储能站|港区|保护区|灌区|矿区|油田|气田|厂|站)"
)
_LEAD_IN = re.compile(
    r"\s*(?:[\d一二三四五六七八九十]{1,4}[年月日至到\-—]{1,2}|[上下]半年|第?[一二三四]季度|[底末初起]|今年|去年|全年|期间|以来|其中|目前|截至|同时|此外|另外"
    r"|据|而|但|则|又|也|还|由|经|公开信息显示|数据显示|以|如|例如|比如|\s|[●■◆▲◎★○◇△]){0,8}"
)
# 位于某县的某某公司, 排名居前的某某公司 opens the clause as well.
_DESCRIBED = re.compile(
    r"(?<![\u4e00-\u9fff])(?![在与和同由对向为将把从据经以给比按])[\u4e00-\u9fff]{2,12}的$"
)
# What two parties sign may tell its own figures: their loan, their supply.
_SIGNS = re.compile(r"[^，。；：]{0,40}?(?:签订|签署|签下|签约|达成|订立)")
# What an institution does for a meeting, a paper or a loan says nothing of its own figures.
_ACTS_WITH = re.compile(
    r"[^，。；：]{0,12}(?:主办|承办|协办|合办|牵头|给予支持|予以支持|支持单位|签订|签署|签下|参加|参会|出席|列席|印发|发布|联合"
    r"|组织|指导|揭牌|授牌|颁发|见证)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place, institution, thing or word (全市) that a figure may be about.

    ``argument`` is None where a word cannot be resolved (全省 in a text without provinces).
    ``governed`` is true under a preposition: such a place is not even a topic. ``passing``
    is true for the country that a state organ speaks of and for a speaker's company: they are
    forgotten with the sentence. ``local`` is true for an institution that does not open its
    clause: only the figures of this clause are its own. ``members`` are the places that 三市
    takes together; its argument names them all.
    """

    span: Span
    argument: Argument | None
    weak: bool = False
    governed: bool = False
    passing: bool = False
    local: bool = False
    word: str = ""
    members: tuple[Argument, ...] = ()


def find_mentions(
    text: str, entities: Sequence[Entity], *, home: Argument | None = None
) -> tuple[Mention, ...]:
    """Find and resolve what the figures of a text may be about, in text order.

    Args:
        text: the text as read; spans count its code points.
        entities: named mentions, those of dates left out.
        home: the place the document is about.
    """
    named = _named_mentions(text, entities)
    closed = [e.span for e in entities]
    named += [m for m in _things(text, entities) if not _overlaps(m.span, _spans(named, "THING"))]
    things = _spans(named, "THING")
    named = [
        m
        for m in named
        if (
            m.argument is not None
            and (m.argument.label == "THING" or not _overlaps(m.span, things))
        )
        or m.argument is None
    ]
    named += [
        Mention(Span(s.start, s.start + 1), s.place, weak=True)
        for s in find_official_speeches(text, entities)
    ]
    words = [
        Mention(Span(*match.span()), None, word=match.group())
        for pattern in (_WHOLE, _TOWN)
        for match in pattern.finditer(text)
    ]
    words += [
        Mention(Span(*match.span()), None, word=match.group()) for match in _TOGETHER.finditer(text)
    ]
    words += [
        Mention(Span(_pointing_start(match), match.end()), None, word=match["noun"])
        for pattern in (_POINTING, _ANY_POINTING)
        for match in pattern.finditer(text)
    ]
    words += [
        Mention(Span(*match.span()), None, word=match.group())
        for pattern in (_INSIDE_OF, _THIS_WORK)
        for match in pattern.finditer(text)
    ]
    words += [
        Mention(Span(*match.span()), None, word=match.group())
        for match in _THIS_KIND.finditer(text)
    ]
    named += _collective_mentions(text, entities)
    listed = _listed_things(text)
    covered = [m.span for m in listed]
    named = [m for m in named if not _overlaps(m.span, covered)] + listed
    named += _one_of_two(text, entities)
    speeches = find_speeches(text, entities)
    named += [
        Mention(Span(s.start, s.start + 1), s.company, weak=True, passing=True) for s in speeches
    ]
    starts = {e.span.end: e.span.start for e in entities if e.label == "PLACE"}
    words = [
        w
        for w in words
        if not _overlaps(w.span, closed)
        and not _overlaps(w.span, things)
        and not is_governed(text, Span(starts.get(w.span.start, w.span.start), w.span.end))
    ]
    ordered = sorted([*named, *words], key=lambda m: m.span)
    return tuple(_resolve(text, ordered, entities, speeches, home))


def _pointing_start(match: re.Match[str]) -> int:
    this = match.groupdict().get("this")
    return match.start("noun") - len(this or "")


def is_governed(text: str, span: Span) -> bool:
    """Tell a place under a preposition from one that figures are about."""
    before = text[max(0, span.start - 4) : span.start]
    after = text[span.end : span.end + 1]
    if _BEST_IS.search(text, max(0, span.start - 12), span.start) and after in "，：":
        return False
    if _GOVERNED.search(before):
        return True
    if _OF_WHOLE.match(text, span.end) and _BOUND_BEFORE.search(before):
        return True
    return _INSIDE.search(before) is not None and after not in "，,"


def is_lasting(argument: Argument) -> bool:
    """Whether later sentences may go on about it: a division or region, not a lake or a hall."""
    if argument.label != "PLACE":
        return False
    if lookup_place(argument.name) is not None:
        return True
    if _TOWN.search(argument.name):
        return False
    other = lookup_other(argument.name)
    if isinstance(other, Region) and other.kind in _LOCAL_KINDS:
        return False
    return _LOCAL_PLACE.search(argument.name) is None


def _spans(mentions: Iterable[Mention], label: str) -> list[Span]:
    return [m.span for m in mentions if m.argument is not None and m.argument.label == label]


def _overlaps(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _named_mentions(text: str, entities: Sequence[Entity]) -> list[Mention]:
    found: list[Mention] = []
    following = {e.span.start: e for e in entities}
    list_governed, list_end = False, -1
    acting = _acting_spans(text, entities)
    for entity in entities:
        if entity.label not in ("PLACE", "ORG", "REGULATION"):
            continue
        if _opens_quoted_name(text, entity.span) or _is_in_motto(text, entity.span):
            continue  # “长江两岸青山”: the name of something else
        counted = _COUNTED.search(text, max(0, entity.span.start - 6), entity.span.start)
        if entity.label == "ORG" and (counted or _is_cut_off(text, entity)):
            continue
        if _GENERIC.search(entity.name):
            found += _place_before(entity)
            continue
        after = following.get(entity.span.end)
        governed = is_governed(text, entity.span)
        speaks = _SPEAKS.match(text, entity.span.end) is not None
        if list_end >= 0 and _LIST.fullmatch(text, list_end, entity.span.start):
            governed = governed or list_governed
        list_governed, list_end = governed, entity.span.end
        argument = Argument(
            label="PLACE" if entity.label == "PLACE" else "ORG",
            text=entity.text,
            name=entity.name,
            span=entity.span,
        )
        if entity.label == "PLACE":
            holder = after is not None and after.label in ("POST", "ORG")
            speaks_for = holder and lookup_place(entity.name) is None  # a constituency
            found.append(
                Mention(
                    entity.span,
                    argument,
                    weak=holder or governed,
                    governed=governed or speaks_for,
                )
            )
        elif entity.label == "ORG":
            holder = after is not None and after.label in ("POST", "PERSON")
            among = _PARTICIPANTS.match(text, entity.span.end) is not None
            if _ORGAN.search(entity.name) and not COMPANY.search(entity.name):
                found.append(_organ_mention(entity, holder=holder))
            elif holder and (
                SCHOLAR.match(text, entity.span.end) or _THINK_TANK.search(entity.name)
            ):
                found.append(Mention(entity.span, None, weak=True))
            elif holder or (not governed and _speaks_for_itself(text, entity, speaks=speaks)):
                found.append(Mention(entity.span, argument, weak=True, passing=True))
            elif governed or speaks or among:
                found.append(Mention(entity.span, None, weak=True))
                while among and len(found) > 1 and _joined(text, found[-2], found[-1]):
                    found[-2:] = [
                        replace(found[-1], span=Span(found[-2].span.start, found[-1].span.end))
                    ]
            elif entity.span in acting:
                found.append(Mention(entity.span, None, weak=True))
            else:
                local = not (_opens_clause(text, entity.span) or _is_entered(text, entity.span))
                found.append(Mention(entity.span, argument, local=local))
        else:
            cited = _CITED.search(text, max(0, entity.span.start - 14), entity.span.start)
            if _lists_or_rules(text, entity.span):
                title = Argument(label="THING", text=entity.text, name=entity.name)
                found.append(Mention(entity.span, title, weak=True, passing=True))
                continue
            found.append(
                Mention(
                    entity.span, _authority_place(entity), weak=True, governed=cited is not None
                )
            )
    return found


def _lists_or_rules(text: str, span: Span) -> bool:
    """Whether a list or a standard goes on to what it holds or demands of products."""
    goes_on = _HOLDS.match(text, span.end) is not None
    standard = text[max(0, span.start - 6) : span.start].endswith(("标准《", "标准“"))
    return (goes_on and _A_LIST.search(span.of(text)) is not None) or (
        standard and _DEMANDS.match(text, span.end) is not None
    )


def _speaks_for_itself(text: str, entity: Entity, *, speaks: bool) -> bool:
    """Whether a company talks, or an institution signs: what follows may be of its own."""
    return (speaks and COMPANY.search(entity.name) is not None) or _SIGNS.match(
        text, entity.span.end
    ) is not None


def _is_in_motto(text: str, span: Span) -> bool:
    """Whether a name stands in the quoted motto of something: 主题为“低碳一小步 海湾一片蓝”."""
    opened = text.rfind("“", max(0, span.start - 30), span.start)
    if opened < 0 or "”" in text[opened : span.start]:
        return False
    return _MOTTO.search(text, max(0, opened - 8), opened) is not None


def _opens_quoted_name(text: str, span: Span) -> bool:
    """Whether a name is the beginning of a longer quoted one of up to 16 characters.

    A year may stand before it: “2031年某湖大洪水”.
    """
    if _QUOTE_OPENS.search(text, max(0, span.start - 7), span.start) is None:
        return False
    close = text.find("”", span.end, span.end + 16)
    return close > span.end and not re.search(r"[，。；：！？]", text[span.end : close])


def _acting_spans(text: str, entities: Sequence[Entity]) -> frozenset[Span]:
    """The institutions, each of a list of them, that host, sign or attend something."""
    acting: set[Span] = set()
    following: Entity | None = None
    for entity in reversed([e for e in entities if e.label == "ORG"]):
        listed = (
            following is not None
            and following.span in acting
            and _LIST.fullmatch(text, entity.span.end, following.span.start) is not None
        )
        if listed or _ACTS_WITH.match(text, entity.span.end):
            acting.add(entity.span)
        following = entity
    return frozenset(acting)


def _opens_clause(text: str, span: Span) -> bool:
    """Whether nothing but dates and adverbs stands between the clause's start and a name."""
    before = text[max(0, span.start - 24) : span.start]
    start = max(before.rfind(mark) for mark in "，。；：！？\n　“”（）】")
    lead = _DESCRIBED.sub("", before[start + 1 :])
    return _LEAD_IN.fullmatch(lead) is not None


def _is_entered(text: str, span: Span) -> bool:
    """走进某某公司，…: what follows is about the house that is visited."""
    before = text[max(0, span.start - 24) : span.start]
    if _IN_THE_HOUSE.search(before) and text.startswith(("，", ","), span.end):
        return True
    return _ENTERS.search(before) is not None and _VISITED.match(text, span.end) is not None


def _is_cut_off(text: str, entity: Entity) -> bool:
    """Tell the rest of 车辆中电动汽车, tagged from 中 on, from a name such as 中交集团."""
    before = text[max(0, entity.span.start - 1) : entity.span.start]
    return (
        entity.text.startswith("中")
        and is_han(before or "，")
        and _INSTITUTION.search(entity.name) is None
    )


def _place_before(entity: Entity) -> list[Mention]:
    """The place that a kind of firms is named with: 某市规模以上工业企业."""
    division, rest = split_place_prefix(entity.text)
    if division is None or not rest:
        return []
    span = Span(entity.span.start, entity.span.end - len(rest))
    text = entity.text.removesuffix(rest)
    return [Mention(span, Argument(label="PLACE", text=text, name=division.name, span=span))]


def _joined(text: str, left: Mention, right: Mention) -> bool:
    return _LIST.fullmatch(text, left.span.end, right.span.start) is not None


def _organ_mention(entity: Entity, *, holder: bool) -> Mention:
    """An organ stands for the place whose authority it is; a state organ for the country."""
    if not holder and _STATE_ORGAN.match(entity.name):
        nation = Argument(label="PLACE", text="全国", name="中国")
        return Mention(entity.span, nation, weak=True, passing=True)
    return Mention(entity.span, _authority_place(entity), weak=True)


def _authority_place(entity: Entity) -> Argument | None:
    """The place whose authority an organ or a regulation's name begins with."""
    name = entity.name.lstrip("《").removeprefix("中共").removeprefix("中国共产党")
    division, rest = split_place_prefix(name)
    if division is None or not rest:
        return None
    aliases = (division.short,) if division.short != division.name else ()
    text = name.removesuffix(rest)
    return Argument(label="PLACE", text=text, name=division.name, span=None, aliases=aliases)


def _things(text: str, entities: Sequence[Entity]) -> list[Mention]:
    """Undertakings by name, where a verb says that they were begun, built or run."""
    found: list[Mention] = []
    orgs = [e.span for e in entities if e.label in ("ORG", "FORUM", "REGULATION", "PERSON", "POST")]
    for match in _THING.finditer(text):
        start, end = match.span("name")
        start = max([start, *(o.end for o in orgs if start < o.end <= end)])
        lead = _THING_LEAD.match(text[start:end])
        while lead is not None and lead.end() > 0:
            start += lead.end()
            lead = _THING_LEAD.match(text[start:end])
        name = re.sub(r"\s", "", text[start:end])
        several = _SEVERAL_IN.match(name)
        if several is not None:  # 某某电站4台机组
            name = several["whole"]
            end = start + len(name)
        if len(name) < 5 or _KIND.search(name):
            continue
        span = Span(start, end)
        if _overlaps(span, orgs):
            continue
        argument = Argument(label="THING", text=text[start:end], name=name, span=span)
        found.append(Mention(span, argument))
    for match in chain(
        _SITE.finditer(text),
        _COME_TO.finditer(text),
        _UNDERTAKING.finditer(text),
        _AWARD.finditer(text),
        _QUOTED_THING.finditer(text),
        _BROUGHT_UP.finditer(text),
        _DESCRIBED_WORK.finditer(text),
        _BEGUN_WORK.finditer(text),
    ):
        span = Span(*match.span("name"))
        if _KIND_OF_SITE.fullmatch(match["name"]):
            continue
        if not _overlaps(span, [*orgs, *(m.span for m in found)]) and not _KIND.search(
            match["name"]
        ):
            argument = Argument(label="THING", text=match["name"], name=match["name"], span=span)
            found.append(Mention(span, argument))
    named = [e.span for e in entities if e.label in ("PLACE", "ORG")]
    firms = [
        Span(*match.span("name"))
        for match in _FIRM.finditer(text)
        if _FIRM_KINDS.fullmatch(match["first"]) is None
    ]
    for match in _OPENING_WORK.finditer(text):
        span = Span(*match.span("name"))
        begins = any(n.start == span.start and n.end < span.end for n in named)
        begins = begins or split_place_prefix(match["name"])[0] is not None
        line = _LINE_BY_VOLTAGE.match(match["name"]) is not None
        begins = begins or line
        if _overlaps(span, [m.span for m in found]) or (not begins and _KIND.search(match["name"])):
            continue
        definite = match["name"][0] in "第首" or "”" in match["name"]
        definite = definite or match["sited"] is not None  # 落户某区的制氧装备基地
        # 某某绿能某市基地: a place within, or a firm at the beginning
        begins = begins or any(span.start < n.start and n.end < span.end for n in named)
        begins = begins or any(f.start == span.start and f.end < span.end for f in firms)
        if any(n.start < span.end < n.end for n in named):
            continue  # 某某数据中心有限公司
        if begins or definite or text.endswith("——", 0, span.start):
            argument = Argument(label="THING", text=match["name"], name=match["name"], span=span)
            found.append(Mention(span, argument))
    for firm in firms:
        if split_place_prefix(firm.of(text))[1] and not _overlaps(
            firm, [*(e.span for e in entities), *(m.span for m in found)]
        ):
            name = firm.of(text)
            argument = Argument(label="ORG", text=name, name=name, span=firm)
            found.append(Mention(firm, argument))
    for owner in _owners(text, entities):
        rest = _NAMED_THING.match(text, owner.end)
        if rest is not None and not is_governed(text, owner):
            span = Span(owner.start, rest.end())
            name = re.sub(r"\s", "", span.of(text))
            argument = Argument(label="THING", text=span.of(text), name=name, span=span)
            if not _overlaps(span, [*orgs, *(m.span for m in found)]):
                found.append(Mention(span, argument))
    return found


def _listed_things(text: str) -> list[Mention]:
    """The works that 甲、乙两条直流 names together, each by its own name."""
    found: list[Mention] = []
    for match in _LISTED_THINGS.finditer(text):
        names = match["names"].split("、")
        if _NUMERALS.find(match["n"].replace("两", "二")) != len(names):
            continue
        members = tuple(
            Argument(label="THING", text=name, name=name + match["head"], aliases=(name,))
            for name in names
        )
        joined = "、".join(names)
        argument = Argument(label="THING", text=match.group(), name=joined, aliases=(joined,))
        found.append(Mention(Span(*match.span()), argument, members=members))
    return found


def _owners(text: str, entities: Sequence[Entity]) -> list[Span]:
    """Places, and 全国, that may begin the name of a market, a platform or a work."""
    places = [e.span for e in entities if e.label == "PLACE"]
    return [*places, *(Span(*m.span()) for m in re.finditer("全国", text))]


def _resolve(
    text: str,
    mentions: Sequence[Mention],
    entities: Sequence[Entity],
    speeches: Sequence[Speech],
    home: Argument | None,
) -> list[Mention]:
    """Fill in what 全市, 主城区 and 项目 stand for, in text order."""
    resolved: list[Mention] = []
    topics: list[tuple[int, Argument]] = [] if home is None else [(-1, home)]
    owners = [e for e in entities if e.label in ("ORG", "PLACE", "FORUM")]
    for mention in mentions:
        if mention.word:
            paragraph = text.rfind("\n", 0, mention.span.start) + 1
            speech = _speech_at(speeches, paragraph, mention.span.start)
            if speech is not None and mention.word in ("公司", "企业", "集团"):
                argument: Argument | None = replace(speech.company, span=mention.span)
            else:
                argument = _resolve_word(text, mention, topics, resolved, owners, paragraph, home)
            together = _TOGETHER.match(text, mention.span.start, mention.span.end + 2)
            if together is not None:
                members = _members(text, mention, entities)
                mention = replace(mention, members=members)
                argument = _taken_together(mention) if members else None
            if argument is None and not mention.word.startswith("全") and together is None:
                continue
            mention = replace(mention, argument=argument)
        resolved.append(mention)
        argument = mention.argument
        if (
            argument is not None
            and argument.label == "PLACE"
            and not (mention.governed or mention.passing)
        ):
            topics.append((mention.span.start, argument))
    return resolved


def _speech_at(speeches: Sequence[Speech], paragraph: int, offset: int) -> Speech | None:
    """The last speech of the paragraph that began before an offset."""
    before = [s for s in speeches if paragraph <= s.start <= offset]
    return before[-1] if before else None


def _resolve_word(
    text: str,
    mention: Mention,
    topics: Sequence[tuple[int, Argument]],
    earlier: Sequence[Mention],
    owners: Sequence[Entity],
    paragraph: int,
    home: Argument | None,
) -> Argument | None:
    inside = _INSIDE_OF.fullmatch(mention.word)
    if inside is not None:
        near = [topic for _, topic in reversed(topics)]
        ends = (topic for topic in near if topic.name.endswith(inside["kind"]))
        topic = next(ends, None)
        return None if topic is None else replace(topic, span=None)
    match = _WHOLE.fullmatch(mention.word)
    if match is not None:
        if match["nation"]:
            return Argument(label="PLACE", text=mention.word, name="中国", span=mention.span)
        if match["world"]:
            return Argument(label="PLACE", text=mention.word, name="全球", span=mention.span)
        if match["group"]:
            return Argument(label="PLACE", text=mention.word, name=mention.word, span=mention.span)
        if match["port"]:
            division = lookup_place(_PORTS[match["port"]])
            if division is None:
                return None
            return Argument(
                label="PLACE",
                text=mention.word,
                name=division.name,
                aliases=(_PORTS[match["port"]],),
            )
        this = mention.word.startswith("该") and match["unit2"]
        told = [
            m.argument
            for m in earlier
            if m.argument is not None and m.argument.label == "PLACE" and m.span.start >= paragraph
        ]
        if this and told and told[-1].name.endswith(this):
            return replace(told[-1], span=None)  # 荷兰某市首席建筑师说，该市…
        near = [topic for start, topic in topics if start >= paragraph]
        if mention.word.startswith("该") and near and _is_foreign_city(near[-1]):
            return replace(near[-1], span=None)  # 卡托维兹…，该市
        far = [topic for start, topic in topics if start < paragraph and topic is not home]
        return _topic_of_level(
            [*reversed(near), *([home] if home else []), *reversed(far)],
            match["unit"] or match["unit2"],
        )
    if _TOWN.fullmatch(mention.word):
        place = topics[-1][1] if topics else None
        # 杭州主城区…，市区…: both are parts of the city, not one of the other.
        city = "" if place is None else _TOWN.sub("", place.name)
        if not _DIVISION_END.search(city):
            return None
        return Argument(
            label="PLACE", text=mention.word, name=city + mention.word, span=mention.span
        )
    if _TOGETHER.match(text, mention.span.start, mention.span.end + 2):
        return None
    return _antecedent(mention, earlier, owners, text)


def _is_foreign_city(place: Argument) -> bool:
    """Whether a place may be called 该市 without being a division of China or a country."""
    known = lookup_place(place.name) is not None or lookup_other(place.name) is not None
    return not known and is_lasting(place) and place.name[-1] not in "省市县区州国"


def _collective_mentions(text: str, entities: Sequence[Entity]) -> list[Mention]:
    """Where the name that a bracket gives to several places or institutions stands again."""
    found: list[Mention] = []
    for definition in _COLLECTIVE.finditer(text):
        run: list[Entity] = []
        for entity in reversed([e for e in entities if e.label in ("PLACE", "ORG")]):
            if entity.span.end > definition.start():
                continue
            end = run[0].span.start if run else definition.start()
            gap = text[entity.span.end : end]
            if not (_LIST.fullmatch(gap) or (not run and _COUNTED_END.fullmatch(gap))):
                break
            run.insert(0, entity)
        alias = definition["name"]
        name = "、".join(e.name for e in run) or alias
        members = tuple(
            Argument(label="PLACE" if e.label == "PLACE" else "ORG", text=e.text, name=e.name)
            for e in run
        )
        at = text.find(alias, definition.end())
        while at >= 0:
            span = Span(at, at + len(alias))
            argument = Argument(label="THING", text=alias, name=name, span=span, aliases=(alias,))
            found.append(Mention(span, argument, word="", members=members))
            at = text.find(alias, span.end)
    return found


def _one_of_two(text: str, entities: Sequence[Entity]) -> list[Mention]:
    """What 前者 and 后者 stand for, where the sentence joined just two places or institutions."""
    pairs: list[tuple[Entity, Entity]] = []
    run: list[Entity] = []
    for entity in [*(e for e in entities if e.label in ("PLACE", "ORG")), None]:
        goes_on = (
            entity is not None
            and bool(run)
            and entity.label == run[-1].label
            and _LIST.fullmatch(text, run[-1].span.end, entity.span.start) is not None
        )
        if not goes_on:
            if len(run) == 2:
                pairs.append((run[0], run[1]))
            run = []
        if entity is not None:
            run.append(entity)
    found: list[Mention] = []
    for match in _ONE_OF_TWO.finditer(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in "。！？\n") + 1
        before = [p for p in pairs if start <= p[0].span.start and p[1].span.end <= match.start()]
        if before:
            meant = before[-1][0 if match["which"] == "前者" else 1]
            label: ArgumentLabel = "PLACE" if meant.label == "PLACE" else "ORG"
            span = Span(*match.span("which"))
            argument = Argument(label=label, text=meant.text, name=meant.name, span=span)
            found.append(Mention(span, argument))
    return found


def _members(text: str, mention: Mention, entities: Sequence[Entity]) -> tuple[Argument, ...]:
    """The places that 三市 takes together: the last list of three before it, else the next."""
    count = _NUMERALS.find(mention.word[0].replace("两", "二"))
    lists: list[list[Entity]] = []
    for entity in entities:
        if entity.label != "PLACE":
            continue
        if lists and _LIST.fullmatch(text, lists[-1][-1].span.end, entity.span.start):
            lists[-1].append(entity)
        else:
            lists.append([entity])
    fitting = [run for run in lists if len(run) == count]
    before = [run for run in fitting if run[-1].span.end <= mention.span.start]
    meant = before[-1] if before else fitting[0] if fitting else []
    return tuple(Argument(label="PLACE", text=e.text, name=e.name, span=e.span) for e in meant)


def _taken_together(mention: Mention) -> Argument:
    """三市 as one subject, named by its members."""
    name = "、".join(member.name for member in mention.members)
    return Argument(
        label="THING", text=mention.word, name=name, span=mention.span, aliases=(mention.word,)
    )


def _antecedent(
    mention: Mention, earlier: Sequence[Mention], owners: Sequence[Entity], text: str
) -> Argument | None:
    """The last thing of the kind that 项目, 公司, 该校 or 大会 names."""
    label: ArgumentLabel
    noun = mention.word
    this_work = _THIS_WORK.fullmatch(noun)
    if this_work is not None:
        return _work_before(mention, earlier, this_work["noun"])
    if _THIS_KIND.fullmatch(noun):
        ends = _KINDS[noun[1:]]
        kin = [
            (e, name)
            for e in owners
            if e.span.end <= mention.span.start and (name := _of_kind(e.name, ends))
        ]
        if not kin or kin[-1][0].label == "FORUM":
            return None
        meant, name = kin[-1]
        label = "ORG" if meant.label == "ORG" else "PLACE"
        text = meant.text if name == meant.name else name
        return Argument(label=label, text=text, name=name, span=mention.span)
    if noun in ("公司", "企业", "集团"):
        near = text.rfind("\n", 0, mention.span.start) if noun == "企业" else 0
        names = [
            e for e in owners if e.label == "ORG" and COMPANY.search(e.name)
            and near <= e.span.start < mention.span.start
        ]  # fmt: skip
    else:
        names = [
            e for e in owners
            if e.span.end <= mention.span.start and _ends_with_noun(e.name, noun)
        ]  # fmt: skip
    things = [
        m.argument
        for m in earlier
        if m.argument is not None
        and m.argument.label == "THING"
        and (noun == "项目" or m.argument.name.rstrip("一二三四五期").endswith(noun))
    ]
    last = names[-1] if names else None
    headline = text.find("\n")
    pointed = text[mention.span.start] in "该本此这"
    if pointed:
        told = _undertaking_before(text, mention, noun)
        nearest = max([(t.span.start if t.span else 0) for t in things[-1:]], default=0)
        nearest = max(nearest, last.span.start if last is not None else 0)
        if told is not None and told.span is not None and told.span.start > nearest:
            return replace(told, span=mention.span)
    if last is not None and not pointed and names[0].span.end <= headline:
        last = names[0]  # 研究院 in a report on its opening, whatever else was named
    if things and (last is None or (things[-1].span or last.span) > last.span):
        return replace(things[-1], span=mention.span)
    if last is None:
        return None
    label = "ORG"
    if last.label in ("FORUM", "PLACE"):
        label = last.label
    return Argument(label=label, text=last.text, name=last.name, span=mention.span)


def _work_before(mention: Mention, earlier: Sequence[Mention], noun: str) -> Argument | None:
    """What 这条产线 points back to: a work of that noun, else what was told of last."""
    told = [
        m.argument
        for m in earlier
        if m.argument is not None and m.argument.label in ("THING", "ORG") and not m.governed
    ]
    named = [a for a in told if a.label == "THING" and a.name.endswith(noun)]
    meant = (named or [a for a in told if not _BARE_HOUSE.fullmatch(a.name)])[-1:]
    return replace(meant[0], span=mention.span) if meant else None


def _of_kind(name: str, ends: tuple[str, ...]) -> str:
    """The name of an institution of a kind, without its department; empty for other kinds."""
    if name.endswith(ends):
        return name
    department = _DEPARTMENT.search(name)
    house = name[: department.start()] if department else ""
    return house if house.endswith(ends) else ""


def _undertaking_before(text: str, mention: Mention, noun: str) -> Argument | None:
    """The last name in the paragraph that ends in the noun: 投向某海上风电项目，该项目….

    Such a name need not open its clause, as those of :func:`_things` must.
    """
    paragraph = text.rfind("\n", 0, mention.span.start) + 1
    start = max(paragraph, mention.span.start - 120)
    names = [
        match
        for match in _UNDERTAKING_NAME.finditer(text, start, mention.span.start)
        if match["name"].endswith(noun) and not _KIND.search(match["name"])
    ]
    if not names:
        return None
    name = names[-1]["name"]
    return Argument(label="THING", text=name, name=name, span=Span(*names[-1].span("name")))


def _ends_with_noun(name: str, noun: str) -> bool:
    if noun in _FORUM_NOUNS:
        return name.endswith(noun) or (noun == "大会" and name.endswith(("大会", "年会")))
    if noun == "学校":
        return name.endswith(_KINDS["校"]) and not name.endswith("科学院")
    if noun == "园区":
        return name.endswith(("园区", "产业园", "工业园", "科技园", "物流园", "开发区", "经开区"))
    return name.endswith(noun) and len(name) > len(noun)


def _topic_of_level(topics: Sequence[Argument], unit: str) -> Argument | None:
    """The nearest place whose full name ends in the unit of 全市, else one above."""
    for topic in topics:
        division = lookup_place(topic.name)
        name = topic.name if division is None else division.name
        if name.endswith(unit) or (unit == "区" and name.endswith("自治区")):
            return replace(topic, span=None)
    for topic in topics:
        division = lookup_place(topic.name)
        for above in () if division is None else ancestors(division):
            if above.name.endswith(unit):
                return Argument(label="PLACE", text=above.short, name=above.name)
    for topic in topics:
        if (
            lookup_place(topic.name) is None
            and is_lasting(topic)
            and topic.name[-1:] not in "省市县"
            and topic.name not in ("中国", "全球")
        ):
            return replace(topic, span=None)
    return None
