"""The names of what figures measure, out of the words before and after a figure.

Sets no ``Doc`` attribute itself: `extract.claims` and `extract.observations` build on it. Two
examples: 目前已累计建成换热站 gives 换热站; 进口、出口额 before two figures gives
进口额 and 出口额.

The functions read masked text: each character of a date is `DATE_MARK`, of a subject
`SUBJECT_MARK`, of a bracketed note `NOTE_MARK`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.ornaments import without_ornaments

DATE_MARK = "\ue000"
SUBJECT_MARK = "\ue001"
NOTE_MARK = "\ue002"

# Connectors, adverbs and prepositions before an indicator; the look-aheads keep nouns that
# begin with the same character (在建项目, 从业人员, 近岸海域, 并网容量).
_HEAD = re.compile(
    r"^(?:[这该此本][座个家片条种项一]?(?:电站|电厂|项目|企业|公司|园区|工厂|基地|平台|工程|车间|小区|学校|医院|商场|酒店|村|镇|县城?)(?=.{2})|(?:我们|咱们?|俺们)(?:这个?)?(?:镇|村|县|市|区|公司|企业|厂|园区|学校|社区|集团)(?=.{2})|[今本上历往]届(?:的)?|[今首当](?:日|天|晚)(?!均)|[本上]周[一二三四五六日天末]?|[本上]月|[这该此本][座个家片条种项一]?[^的，]{2,10}的|[该本](?:行|司|校|院|厂|县|市|区|省|州|局|中心|地|所|站)(?=.{2})"
    r"|(?:局方|当局|政府|港府|市府|有关部门|官方|机构|业内|分析师?|专家)?(?:预测|估计|预料|预期|估算|料)(?!性)"
    r"|(?:局方|当局|港府|官方)|(?:首|第)[一二三四五六七八九十]+(?:个月|季度?)末?|我们的?|咱们的?|他们的?|它们?的?|届时|更是|却|竟|亦|就(?!业)|(?:近|过去|前)[一二两三四五六七八九十]年(?:来|间)?|分别|依次|其中|台阶|大关|关口|门槛|而且|而|但是?|不过|却|另外|另|此外|同时|与此同时|单看|并且|并(?![网购轨])|且|也|还(?![田林款])|则|均(?!价)"
    r"|全[省市县区州国](?=最)|又|即|如果|假如|倘若|若(?!干)|如今|如(?!期)|目前|当前|当季|当月|单月|当年|现在|现有|现已|现(?![代金货役场价])|截至|截止|到(?![位达会])|至"
    r"|在(?![建岗校册线用营役职])|自(?![然主治动愿筹行有来贡发给建产供备用])|再(?![生次造])|从(?!业)|以来|以(?![旧上下内])|期间|时期|年底|[一二两三四五六七八九十\d]+年前|据了解|据统计"
    r"|据悉|初步核算|预计|力争|争取|确保|实现(?!率)|完成(?![率度])|共(?![享用建同性])|全部|已经|已|将|累计|每年"
    r"|年均(?!浓度|气温|值|降水)|[一二两三四五六七八九十]+年(?=累计|总共|共)|[单光仅]是|先后|目标是|目标为|提出|要求|明确|规定|要(?!素)|须|必须|应当|应(?![用急收付])|原则上|仅|仍|使(?!用)"
    r"|让|令|把|的(?!士)|了|、|和(?!谐)|及|与(?!会)|以及|[一二三四五六七八九十两]+(?:市|省|县|区|地|州|国)(?!级)"
    r"|等(?![级效])|分[^，]{1,4}看|总体上|从总量看|达到|达(?![标产成])|可(?![再持降循支吸调用控]|回收物)|当地|本地|由[负正降升增减]转[负正降升增减]|止跌回升|能够|拟(?=[新建投])"
    r"|计划(?=[新建投实完培改开引安再在到于]|未来|[一二两三四五六七八九十\d]+年)|[未今][来后][一二三四五六七八九十两\d]+年|[^，]{0,6}期间|超额(?=完成|实现)|提前(?=完成|实现)"
    r"|(?:[一二三四五]期)?(?:工程|项目|全部|全面)?(?:建成|达产|投产|投运|竣工)(?:投产|达产|投运)?后|超过|超(?![低充快长大导高级额])"
    r"|突破|约定|约(?!束)|近(?![岸零海地])|共计|总计|合计|通过(?![率量])|有(?![色效机轨毒害偿关])|—+|[一二三四五]是|首先|其次|再次|最后"
    r"|[该本](?:镇|乡|村|街道|地区)|[该本](?:公司|企业|集团|项目|园区|基地|工程|校|院|厂)(?=.{3})|(?:位于|坐落于|地处)[^的]{1,15}的"
    r"|下一步|双方|各方|\d+年(?:之内|以内|[内来间])|[一二两三四五六七八九十]+年(?:之内|以内|[内来间里])|会上|现场|首批|第[一二三四五六七八九十]+批|首次|一次性|成功|大力|积极|持续|加快|全面|扎实|深入|稳步)"
)
# Verbs that only say that something exists or was reached; those that change what is
# counted (淘汰, 改造, 节约) stay in the indicator's name.
EXISTENCE_VERBS = (
    "新?开工建设|开工|续建|新建成|建成投运|建成投产|建成并网|建成(?!区)|新建|建设|荣获|获得|获评|取得|拥有|创建|培育形成|培育|认定|发布|公布|签订|推广应用|推广"
    "|带动(?!就业)|带来|形成|吸引|配套建设|配套(?![一-鿿])|覆盖|开展|实施|布局|设立|设置|组建|支撑|保障|换来|拉动|推动|提供|手握|握有|持有|创造|纳入|涉及|包括"
    "|包含|打造|建起|建有|设有|列出|部署|提出|确定|梳理|谋划|集聚|聚集|汇聚|入选|评选出|评选|评出|颁出|选出|命名|划定|遍及|辐射|架设"
    "|敷设|铺设|配备|配置|孵化|承担|完成|实现|达成|栽植|栽种|种植|种下|投入使用|投用|增设|加装|新设|安排|落地|投放|招引|引进|引育|储备|排定|下达|发放|落实"
    "|考察|参观|走访|调研|投运|投产|开通|开设|运营|运行着|接入|出台|制定|修订|受理|接到|办理|办结|惠及|服务|举办|组织|建立|成立|具备|拨付|筹集|募集"
)
_HEAD_VERB = re.compile(
    rf"^(?:{EXISTENCE_VERBS})(?:了|有|出|起|的)?"
    r"(?!规模|能力|总值|率|量|额|业|面积|资金|水平|成本|类|性|周期|期|商|费|值|者|用地|强度|收入|时间|次数|里程|机构|单位|价格|机组|容量|人|电价|项目$)"
)
# Verbs that end a counted noun: 24家企业入驻. Verbs that also build nouns (建设) are left out.
_PREDICATES = (
    "支撑|支持|保障|保证|换来|入驻|落户|入选|参加|参与|参会|与会|参展|出席|到会|投产|投运|投用|获评|荣获|获得|授牌|纳入|建成|竣工|开工|上线|开通|完工"
    "|实现|完成|形成|带动|惠及|分布|遍及|覆盖|助力|推动|促进|签约|亮相|集聚|通过|达成|正在|推进|建有|拥有|发布|印发|举行"
    "|举办|召开|作出|列入|开展|提供|接受|受益|位于|来自|开始|取得|进入|运行|累计|(?<!公)共(?![享用建同和])|发言|演讲|揭牌|报名|(?<!流)交流(?!充|电)|聚(?![乙氨酯])|交付|注册|登记|报到|签到|增收|受益|致富|脱贫"
    "|投入(?=使用|运营|运行|生产|商业)|设立|制定|建立|采用|表示|认为|加入|享受|办理|进行|展开|划分|分为|分成|装(?=[了有着])|装上|安装|用上|集中(?![度式区供])"
)
_INNER_VERB = re.compile(
    rf"^.{{2,}}?(?:累计|共计|先后|已经|已|共|正在|计划|将|总计)+(?:{EXISTENCE_VERBS})(?:了|有|出|起)?(?P<noun>.{{2,}})$"
    r"|^(?:该|本)?(?:公司|企业|集团|项目|园区|基地|工程|单位|平台|学校)(?:目前|现|已|共|每年|可)*"
    rf"(?:{EXISTENCE_VERBS})(?:了|有)?(?P<noun2>.{{2,}})$"
    r"|^.{6,}(?:纳入|覆盖|建成|拥有|培育|获评|吸引|推广应用|创建|签订)(?:了|有)?(?P<noun3>.{3,})$"
)
_NOUN_STOP = re.compile(
    rf"[，,；;。：:！？!?（）()、\s{DATE_MARK}{SUBJECT_MARK}{NOTE_MARK}]|(?:{_PREDICATES})|被|已|将|均|分别|共同|占|达到?|为|是|的|了|在|等|于|以[上下内]|之内|左右"
    r"|(?:增长|下降|提高)(?![，。；、\s]|$)|以(?=[“‘\w])|用于|作(?=质押|抵押|担保|为|价|了|出)|派(?=[代员出])|发生|同比|全部|成为|位居|居(?![民住])|可(?![再持回降循调])|(?<![用节储产势功性职智动赋氢核电光风热蓄])能(?![源力耗级量效])|都(?!市)|仅|相当|能够|中(?=[，有已]|$)"
)
_ACTION = re.compile(rf"^(?:{_PREDICATES})[^，。；、：（）\s]{{0,6}}?(?=[，。；、：（）\s]|$)")
# An action with a yearly or daily quantity names what is measured together with its object.
_PORTION = re.compile(
    r"^(?:以上)?的?(?P<who>[\u4e00-\u9fff]{2,8}?)(?:已经?|均|都|将)?"
    rf"(?P<what>(?:{_PREDICATES})了?[\u4e00-\u9fff]{{2,10}})(?=[，。；])"
)
_OUTPUT_VERB = re.compile(
    r"(?P<verb>(?:年|日|月|每年|每日|每天|年均)(?:可|约)?(?:生产|产|处理|加工|输送|节约|减少|减排|消纳|供应|供|发|储|替代|回收|利用)"
    r"|替代|消纳|输送|节约|减排|减少排放|回收|改造|淘汰|压减|削减|新增|净增)(?:了|约|超|超过|近|至少)*$"
)
_PARALLEL = (
    "细颗粒物|可吸入颗粒物|二氧化硫|二氧化氮|氮氧化物|一氧化碳|臭氧|挥发性有机物|化学需氧量|氨氮|总磷|总氮"
    "|二氧化碳|甲烷|PM2.5|PM10|PM₂.₅|PM₁₀|SO2|SO₂|NO2|NO₂|NOx|CO2|CO₂|CO|O3|O₃|VOCs|COD"
    "|城镇|农村|乡村|城乡|城市|第一|第二|第三|一产|二产|三产|轻|重|进口|出口|风电|光伏|水电|火电|核电|煤电"
    "|气电|风力|光伏发电(?!量)|太阳能|生物质|生物质能|风能|水能|煤炭|石油|原油|天然气|电力|国有|民营|外资"
    "|工业|农业|建筑业|服务业|制造业|采矿业|陆上|海上|集中式|分布式|抽水蓄能|新型|居民|非居民|公共|私人"
    "|风力发电(?!量)|太阳能发电(?!量)|公交车|出租车|巡游出租车|网约车|私家车|公务车|环卫车|物流车|重卡"
)
_PARTS = (
    "集中式光伏|分布式光伏|光热|地热|氢能|垃圾发电|生物质发电|新型储能|电化学储能"
    "|第一产业|第二产业|第三产业|城乡居民生活|居民生活|工业用电|城镇居民|农村居民|化工|冶金|建材|钢铁|有色|石化|水泥|纺织"
    "|巡游出租车|巡游车|公务车|环卫车|物流车|渣土车|校车|重卡|船舶|机场|港口"
    "|交通|建筑|公交车|出租车|网约车|私家车|货车|客车|乘用车|商用车|公共领域|私人领域|陆上风电|海上风电"
)
_PARALLEL_START = re.compile(
    "^(?:" + "|".join(sorted(_PARALLEL.split("|"), key=len, reverse=True)) + ")"
)
_PARALLEL_WHOLE = re.compile(rf"(?:{_PARALLEL}|{_PARTS})(?:类|行业|领域|部门)?")
_SHARED_START = re.compile(
    r"^(?:单位地区生产总值|单位国内生产总值|单位生产总值|单位GDP|单位产品|万元地区生产总值|万元GDP|万元国内生产总值"
    r"|万元工业增加值|单位工业增加值|规模以上工业|规上工业|人均)"
)
# 四大高耗能行业 between a list and what it shares: it only sums the list up.
_SUMMED_UP = re.compile(
    r"(?:等|这)?(?:[一二两三四五六七八九十]|\d){1,4}(?:大|个|类|项|种)[^、]{0,8}?(?:行业|领域|产业|部门|污染物|指标|品种|板块)(?:的)?"
)
_NOUNS = (
    "比重|比例|占比|浓度|天数|增加值|总值|总额|产值|产量|销量|数量|总量|规模|容量|装机|收入|支出|投资|面积"
    "|能耗|强度|排放|排放量|消费量|发电量|用电量|用水量|供热量|供气量|处理量|运输量|货运量|客运量|吞吐量|成交量|成交额"
    "|交易量|交易额|价格|能力|覆盖率|利用率|里程|蓄积量|储量|保有量|率|指数|数|额|量|值"
)
_INDICATOR_NOUN = re.compile(rf"[\w·“”%、₂₃.]{{1,48}}(?:{_NOUNS})")
_ENDS_AS_INDICATOR = re.compile(rf"(?:{_NOUNS})$")
_HEAD_NOUN = re.compile(
    r"(?:综合能源消费量|能源消费量|消费量|装机容量|装机规模|装机|用电量|发电量|上网电量|用水量|增加值|总产值|产值|产量|销量|总额"
    r"|投资|收入|支出|排放量|排放|(?:单位[\u4e00-\u9fff]{2,6})?(?:能耗|煤耗|电耗|水耗|强度)|浓度|面积|货运量|客运量|运输量|吞吐量|成交量|成交额|交易量|交易额|零售额|保有量|产能|占比|比重)$"
)


_COUNTERPARTS = (("夜间", "昼间"), ("昼间", "夜间"), ("农村", "城镇"), ("城镇", "农村"))
# 助力园区实现, 园区内分两期建设: what is helped or where it stands is no part of the name.
_HELPS = re.compile(
    r"^(?:助力|推动|支撑|促进|帮助|带动|保障)[^，]{0,10}?(?:实现|达到|完成)(?=.{3})"
    r"|^(?:园区|厂区|基地|校园|港区|项目|矿区|库区)内(?:分[两二三四]期)?(?=.{2})|^分[两二三四]期(?=.{2})"
)
# 全部建成后每年可减排: when and that it can is no part of the name.
_ONCE_DONE = re.compile(
    r"^.{0,16}?(?:建成|投产|达产|投运|完工|投用|运行|实施|改造)后(?:每年|年均)?(?:预计|可|将|能|约)*(?=.{2})"
)
# 以沙漠、戈壁为重点的 before a size: what is stressed is no part of the name.
_FOCUSED = re.compile(r"^.{2,30}?为(?:重点|主体|核心|代表|支撑|依托)的?")
# 省级财政安排 before 专项资金: who pays is no part of the name.
_PAYER = re.compile(
    r"^(?:中央|省级?|市级?|县级?|区级?|自治区|各级|本级|地方|公共)*财政(?:已|共|累计|将|拟|先后)*"
    r"(?:安排|下达|拨付|投入|统筹|筹集|拿出|列支)了?(?=.{3})"
)
# 某集团牵头的 before 贷款: a relative clause is no part of the name.
_RELATIVE = re.compile(
    r"^.{2,20}?(?:牵头|承建|负责|支持|参与|主导|投资|建设|运营|发起|设立|建成|投运|组织|提供|发放|实施|打造|开发|研制"
    r"|生产|签订|签署|推出|引进|供应|管理|发行|挂牌|上市|登记|备案|落户|印发|发布)的(?=.{2})"
)
# 一股, 一片: a single thing that is pictured, not counted.
_SINGLE = re.compile(r"^一[股片座条根台个位名张辆艘块颗株棵支](?![一体])")
_PRICED = re.compile(
    r"\s*的(?P<noun>[\u4e00-\u9fff]{0,4}?(?:价格|单价|均价|电价|气价|利率|费率))(?=[\u4e00-\u9fff])"
)
_RELATED = re.compile(
    r"(?:来自|从事|身着)[^，。；]{1,24}的(?P<noun>[\u4e00-\u9fff]{2,4}?)(?=[，。；与到赴出参])"
)
_REACHES = re.compile(
    r"(?P<verb>惠及|覆盖|涉及|辐射|带动|服务|联结|联通|通达|遍布|涵盖|连接|帮扶|受益)(?:了|约|近|超|逾|全[市省县州区])*$"
)
# 可满足6万户家庭一年的用电
_SERVED = re.compile(
    r"(?:家庭|居民|用户|住户)?(?:[一全整]整?年|一[天日月]|每年)?的?(?P<need>(?:日常|生活|取暖|基本)?(?:用电|用气|用水|用热|供暖|取暖|需求){1,2})"
)
_SERVES = re.compile(r"(?P<verb>满足|供应?|保障|解决)(?:了|约|近|超过?|逾)*$")
_HEADS = {"户": "户数", "人": "人数", "人次": "人次"}
_SHORT_NOUN = re.compile(r"[村镇乡县市区州国省户家店厂校](?=[，。；、：（）\s]|$)")
# Verbs of trade and grant that say nothing of what is traded: 批出12亿元贷款.
_TRADES = re.compile(
    r"(?:获|获得|成功)?(?:批出|批复|授出|核发|核准|投放|发放|下达|拨付|购入|购买|买入|买下|采购|认购|收购|签下|拿下|赢得|争取到?|捐赠|捐出|支付|签发|开出|发出|送出|发行|落实|引入|引进)了?"
)
_RECEIVES = re.compile(
    r"(?:以|用|将|把)?手[中头里]的?$|(?:能|可|已|都|就)?(?:拿到|领到|收到|得到|分到|分得|领取)了?$"
)
_GIVES_TO = re.compile(
    r"^(?:[则再还已共又先后]+)?[向为给对][^，、]{2,16}?(?=发放|提供|投放|授信|捐赠|支付|批出|拨付|输送|供应|放贷|放款|贷款)"
)
_ATTENDS = re.compile(r"(?P<verb>参会|与会|参展|出席|参加|报名|到会|到场|参赛)")
_THREE_SECTORS = re.compile(r"^三[次大]产业(?P<rest>.*)$")
_GIVES = re.compile(r"(?:贡献|提供|承担|创造|消耗|产生|满足|支撑|占据|集聚|吸纳|带来|排放)了?$")
_AMONG_THESE = re.compile(
    r"(?P<whole>[\u4e00-\u9fff]{3,12})[中里](?:已经?|还|仍)?有(?:近|约|超过?|逾)?$"
)
_DEED = re.compile(r"(?P<what>[\u4e00-\u9fff]{1,4}了[\u4e00-\u9fff]{2,12})(?=[，。；]|\Z)")
_LAYS = re.compile(
    r"(?:铺设|铺|架设|敷设|安装|装|栽植|栽种|种植|种|修建|新建|建设|建|盖|搭建|卖|售|销售|买|用|烧|产|生产"
    r"|运|运输|收|回收|交|养|挖|开采|送|外送|拉|捕集|注入)(?:起|上|下|成|掉|出)?了$"
)
_DID = re.compile(r"(?P<what>[\u4e00-\u9fff]{2,12})(?=[，。；]|\Z)")
_MEETS = re.compile(r"(?:满足|贡献|提供|承担|支撑|占据|保障|覆盖)了?[^，。；、]{0,8}$")
_JOINER = re.compile(r"(?:和|、|以及|与|及)?(?:近|约|超过?|逾)?")
_DURATION = re.compile(
    r"(?:前|近|连续|最近|过去)?[一二两三四五六七八九十\d]+(?:年半?|个月|个季度|个季|天)(?:间|来|内)?"
)
# 糖产量已连续19个榨季, 单位能耗5年: for how long is no part of the name.
_LASTED = re.compile(
    r"(?<=.{2})(?:已经?|也)?连续第?[一二三四五六七八九十]*年?$"
    r"|(?<=.{2})(?:未来)?[一二两三四五六七八九十]+年内$"
    r"|(?<=.{2})(?:已经?|也)?(?:连续|近|前|过去)?\d+(?:年|个(?:月|季度?|[\u4e00-\u9fff]季))(?:间|来|内)?$"
)
_ACTING_NOUN = re.compile(
    r"^(?P<who>.{2,14}(?:企业|产业|行业|单位|部门|机构|用户|车辆|工业|服务业|制造业))(?:共|累计|已)*(?:实现|完成)(?P<what>.{2,})$"
)


# 绿色工厂迄今累计培育, 占比至今: since when is no part of the name, nor a verb of existence.
_SO_FAR = re.compile(
    r"(?<=.{2})(?:迄今|至今|眼下|目前|如今|当下|同期)(?:为止)?(?:已经?|共|累计|总共)*"
    rf"(?:{EXISTENCE_VERBS})?了?$"
)
# 纳入企业, 接入用户: the bare noun would not say which ones are counted.
_WHICH_ONES = re.compile(
    r"(?:纳入|接入|参与|入选|入驻|上榜)(?:企业|单位|用户|项目|机构|主体|城市|园区)$"
)


# 今年计划再投2亿元
_INVESTS = re.compile(r"(?:计划|拟|预计)?(?:再|新|追加)?投了?")
_FOR_EACH = re.compile(r"(?:单[个家户站座]|每[个家户站座])(?:最高|最多|至多)?")


def clean_indicator(phrase: str) -> str:
    """Strip connectors, adverbs, verbs and quotes from the words that name an indicator.

    >>> clean_indicator("目前已累计建成换热站")
    '换热站'
    """
    phrase = re.sub(r"^(?:[^、]+、)+[^、]*?等(?=[^级于].)", "", phrase)
    phrase = re.sub(r"已经?(?=累计)|[“”‘’\"]|《[^》]*》", "", without_ornaments(phrase))
    previous = None
    while previous != phrase:
        previous = phrase
        phrase = _HEAD.sub("", phrase, count=1)
        if _WHICH_ONES.fullmatch(phrase):
            break
        if len(phrase) > 3 or _HEAD_VERB.fullmatch(phrase):
            phrase = _HEAD_VERB.sub("", phrase, count=1)
    if _SINGLE.match(phrase):
        return ""
    phrase = _HELPS.sub("", _ONCE_DONE.sub("", phrase))
    phrase = _PAYER.sub("", _FOCUSED.sub("", phrase))
    phrase = _GIVES_TO.sub("", _RELATIVE.sub("", phrase))
    inner = _INNER_VERB.match(phrase)
    acting = _ACTING_NOUN.match(phrase)
    if acting and not inner:
        phrase = acting["who"] + acting["what"]
    if inner:
        phrase = inner["noun"] or inner["noun2"] or inner["noun3"]
    phrase = re.sub(r"(?:、|和|及|与|以及|，)+$", "", phrase)
    phrase = re.sub(r"(?<=.{4})(?:近|前|连续)?[一二两三四五六七八九十]年(?:来|间)?$", "", phrase)
    phrase = _SO_FAR.sub("", _LASTED.sub("", phrase))
    if _DURATION.fullmatch(phrase) or _FOR_EACH.fullmatch(phrase):
        return ""
    if _INVESTS.fullmatch(phrase):
        return "投资"
    return phrase if len(phrase) > 1 else ""


def noun_after(after: str) -> tuple[str, int]:
    """The counted noun after a figure (24家企业入驻) and how many characters it uses.

    >>> noun_after("企业入驻，")
    ('企业', 2)
    """
    lead = re.match(
        r"\s*(?:及?以[上下]|以内|之内|左右|上下|多|余)?\s*的?\s*(?=[\u4e00-\u9fff“A-Za-z])", after
    )
    if lead is None:
        return "", 0
    rest = after[lead.end() :]
    priced = _PRICED.match(after)
    if priced is not None:  # 每吨108元的价格买下
        return priced["noun"], priced.end()
    related = _RELATED.match(rest)
    if related is not None:  # 90名来自甲、乙的嘉宾
        return related["noun"], lead.end() + related.end()
    divisions = re.match(rf"(?P<level>[省市县区旗]){NOTE_MARK}+", rest)
    if divisions:
        name = "省区市" if divisions["level"] == "省" else "县市区"
        return name, lead.end() + divisions.end()
    if rest.startswith("“"):
        closing = rest.find("”")
        body = rest[: closing + 1] if closing > 0 else ""
        noun = body + _until_stop(rest[len(body) :])
    else:
        noun = _until_stop(rest)
    used = lead.end() + len(noun)
    noun = re.sub(r"(?:、|和|及|与|以及)$", "", noun).strip()
    clean = without_ornaments(noun.replace("“", "").replace("”", ""))
    if clean in ("台阶", "大关", "关口", "门槛"):
        return "", 0
    return (clean, used) if len(clean) > 1 else ("", 0)


def action_after(after: str) -> str:
    """What the counted things did, where no noun follows (31家完成清缴): 完成清缴.

    >>> action_after("完成清缴，")
    '完成清缴'
    """
    match = _ACTION.match(after)
    return match.group() if match and 3 < len(match.group()) <= 8 else ""


def attendance_after(after: str, unit: str | None) -> str:
    """What 350人参会 and 120家参展 count; empty where nobody attends.

    >>> attendance_after("参会。", "人")
    '参会人数'
    """
    match = _ATTENDS.match(after)
    if match is None:
        return ""
    return match["verb"] + ("人数" if unit in ("人", "名", "位") else "数量")


def priced_noun(after: str) -> str:
    """What 以每吨108元的价格买下 gives: 价格; empty where no price is named.

    >>> priced_noun("的价格买下")
    '价格'
    """
    match = _PRICED.match(after)
    return "" if match is None else match["noun"]


def is_trade(phrase: str) -> bool:
    """Whether a phrase is nothing but a verb of trade or grant: 批出, 买下."""
    return _TRADES.fullmatch(phrase) is not None or _RECEIVES.search(phrase) is not None


def served_need(before: str, after: str) -> str:
    """What 可满足6万户家庭一年的用电 counts; empty where no need of homes is named.

    >>> served_need("可满足约", "家庭一年的用电，")
    '满足家庭用电'
    """
    verb, need = _SERVES.search(before), _SERVED.match(after)
    return f"{verb['verb']}家庭{need['need']}" if verb and need else ""


def reached_noun(before: str, after: str, unit: str | None = None) -> str:
    """What 惠及119个村 and 惠及2.1万户 count, where no longer noun says it: 惠及村, 惠及户数.

    >>> reached_noun("惠及", "村；")
    '惠及村'
    """
    verb, noun = _REACHES.search(before), _SHORT_NOUN.match(after)
    if verb and unit in _HEADS and not after.strip():
        return f"{verb['verb']}{_HEADS[unit]}"
    return f"{verb['verb']}{noun.group()}" if verb and noun else ""


def output_verb(phrase: str) -> str:
    """The verb of 年产…吨绿氢 and 替代…的煤, that belongs to the indicator; empty if none."""
    match = _OUTPUT_VERB.search(phrase)
    return match["verb"].replace("可", "").replace("约", "") if match else ""


def portion_after(after: str) -> str:
    """What a portion of some things did: 八成的企业已开展碳盘查 gives 企业开展碳盘查占比.

    >>> portion_after("的企业已开展碳盘查，")
    '企业开展碳盘查占比'
    """
    match = _PORTION.match(after)
    return f"{match['who']}{match['what'].replace('了', '')}占比" if match else ""


def deed_after(after: str) -> str:
    """What a portion did that the clause before names: 六成设立了碳管理岗位.

    >>> deed_after("设立了碳管理岗位，")
    '设立碳管理岗位占比'
    """
    match = _DEED.match(after)
    return f"{match['what'].replace('了', '')}占比" if match else ""


def is_laying(before: str) -> bool:
    """Whether words end in a verb of building or trade that the thing follows: 屋顶铺设了.

    >>> is_laying("屋顶铺设了")
    True
    """
    return _LAYS.search(before) is not None


def share_of_noun(before: str, indicator: str, noun: str) -> str:
    """What 贡献了六成的发电量 tells the share of; empty where it tells none.

    >>> share_of_noun("贡献了近", "贡献", "发电量")
    '发电量占比'
    """
    if not noun or not (_GIVES.search(indicator) or _JOINER.fullmatch(before)):
        return ""
    return f"{_GIVES.sub('', indicator)}{noun}占比"


def share_among(before: str, after: str) -> str:
    """What 受检的台账中有8%缺少签字 tells the share of; empty where it tells none.

    >>> share_among("受检的台账中有", "缺少签字，")
    '受检的台账缺少签字占比'
    """
    among, did = _AMONG_THESE.search(before), _DID.match(after)
    return f"{among['whole']}{did['what']}占比" if among and did else ""


def met_share(indicator: str, noun: str) -> str:
    """What 能满足园区三成用电 tells the share of; empty where it tells none.

    >>> met_share("能满足园区", "用电")
    '用电占比'
    """
    return f"{noun}占比" if noun and _MEETS.search(indicator) else ""


def names_measure(phrase: str) -> bool:
    """Whether a phrase ends as the name of a measure does: 占比, 浓度, 总量."""
    return _ENDS_AS_INDICATOR.search(phrase) is not None


def last_indicator(phrase: str) -> str:
    """The last phrase that ends like an indicator, for clauses without figures."""
    found = [m.group() for m in _INDICATOR_NOUN.finditer(phrase)]
    return clean_indicator(found[-1]) if found else ""


def part_of_whole(part: str, whole: str) -> str:
    """Give 第一产业, a part of 全社会用电量, the head that it leaves out.

    >>> part_of_whole("第一产业", "全社会用电量")
    '第一产业用电量'
    """
    for kind in ("级", "类"):
        own, rank, rest = part.partition(kind)
        before, _, shared = whole.partition(kind)
        if rank and not rest and shared and own and len(own) <= 4 and len(before) <= 4:
            return part + shared
    for one, other in _COUNTERPARTS:
        twin = part.replace(one, other)
        if one in part and whole.endswith(twin) and whole != twin:
            return whole.removesuffix(twin) + part
        if part == one and other in whole:
            return whole.replace(other, one)
    for length in range(_open_length(part, whole), 1, -1):
        at = whole.find(part[-length:])
        if 0 <= at <= 4 and (rest := whole[at + length :]):
            return part + rest  # 城镇|居民 beside 全体|居民|人均可支配收入
    head = _HEAD_NOUN.search(whole)
    if head is None or _HEAD_NOUN.search(part) or not _PARALLEL_WHOLE.fullmatch(part):
        return part
    return part + head.group()


def _open_length(part: str, whole: str) -> int:
    """How much of a part may be shared with a whole: nothing of a name that is complete."""
    complete = part in whole or _ENDS_AS_INDICATOR.search(part) is not None
    return 0 if complete else len(part) - 1


def split_list(phrase: str, count: int) -> list[str]:
    """Split 进口、出口额 into two full names when there are two figures.

    >>> split_list("进口、出口额", 2)
    ['进口额', '出口额']
    """
    if count == 1:
        return [phrase]
    both = phrase.removesuffix("产销")
    if count == 2 and both != phrase and both:
        return [f"{both}产量", f"{both}销量"]
    sectors = _THREE_SECTORS.match(phrase)
    if sectors is not None and count == 3:
        return [f"第{number}产业{sectors['rest']}" for number in "一二三"]
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
    summed = _SUMMED_UP.search(last)
    if summed and summed.start() > 0 and summed.end() < len(last):
        return last[: summed.start()], last[summed.end() :]
    own, of, head = last.partition("的")
    if of and all("的" not in item for item in others):
        return own, head
    parallel = _PARALLEL_START.match(last)
    if parallel and all(_PARALLEL_START.fullmatch(item) for item in others):
        return parallel.group(), last[parallel.end() :]
    lengths = {len(item) for item in others}
    length = lengths.pop() if len(lengths) == 1 else len(last)
    if len(last) > length + 1 and (
        length <= 2 or (length == 3 and _ENDS_AS_INDICATOR.search(last))
    ):
        return last[:length], last[length:]
    shared = _HEAD_NOUN.search(last)
    if shared and shared.start() > 1 and not any(_ENDS_AS_INDICATOR.search(i) for i in others):
        return last[: shared.start()], shared.group()
    return last, ""


def _until_stop(text: str) -> str:
    stop = _NOUN_STOP.search(text)
    return text if stop is None else text[: stop.start()]
