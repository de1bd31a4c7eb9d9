"""Institutions: party and state organs, companies, universities, associations, media.

Proposes ORG candidates in ``doc._.candidates``: LAC's ORG words, joined and grown to the
full written name, and noun phrases that end like an institution where LAC saw none.

Examples: ⟦某大学（深圳）⟧, ⟦某市发展改革委⟧, ⟦某某集团有限公司华北分公司⟧.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, Coverage, add_candidates, outermost, overlaps, spans_of
from extract.document_numbers import numbered
from extract.extensions import register_extensions
from extract.facts import Span
from extract.gazetteer import find_places, is_known_place
from extract.lexicons import read_lines, read_rows, split_names
from extract.name_index import NameIndex
from extract.posts import title_pattern
from extract.words import Words

_SUFFIX = (
    "有限责任公司|股份有限公司|有限公司|集团公司|总公司|分公司|子公司|公司|集团|控股|银行"
    "|分行|支行|人民政府|政府|管委会|管理委员会|办事处|办公厅|办公室"
    "|人大常委会|人大|政协|人民代表大会常务委员会|人民代表大会|委员会|专委会|组委会|理事会"
    "|法工委|工委|党工委|党委|纪委|监委|省委|市委|区委|县委|州委|旗委|盟委|常委会|党组"
    "|发展改革委|发改委|改革委|国资委|卫健委|住建委|经信委|科创委|建委|工信委|教委|国务院"
    "|外交部|财政部|[一-鿿]{2,6}部|总局|管理局|监管局|分局|监督局|[一-鿿]{2,8}局"
    "|[一-鿿]{1,6}厅"
    "|大学|学院|分校|党校|研究生院|中学|小学|研究院|科学院|工程院|设计院|规划院|社科院|研究所"
    "|研究中心|实验室|技术中心|创新中心|促进中心|服务中心|信息中心|监测中心|交易中心|监测站"
    "|交易所|事务所|律所|协会|学会|商会|联合会|促进会|研究会|议会|联盟|基金会|工商联|总工会|妇联"
    "|科协|共青团|贸促会|作协|残联|红十字会|文联|侨联|台联"
    "|日报社?|晚报|早报|时报|通讯社|电视台|广播电视台|总台|出版社|报业集团|融媒体?|新闻网"
    "|杂志社|网|医院|法院|检察院|电厂|供电局|电网|石化|总队|支队|大队|调查队|工作室|专家组"
    "|秘书处|使馆|领事馆"
    "|代表处|联络处|事业部|总部|总站|合作社|供销社|总社|智库|设计所|专班|领导小组|指挥部"
    "|宣传部|组织部|统战部|新闻办|国新办|能源署|环境署|规划署|开发署|银监局|证监局|气象局"
    "|海关|税务局|署|处|科|司|电站|水务|能源|科技|动力|汽车"
)
_ORG_END = re.compile(rf"(?:{_SUFFIX})\Z")
# Suffixes strong enough to make an institution of a noun phrase that LAC did not tag.
_STRONG_END = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|分公司|集团|政府|管委会|管理委员会"
    r"|办公厅|办公室|委员会|专委会|组委会|研究院|科学院|研究所|研究中心"
    r"|实验室|协会|学会|商会|联合会|促进会|研究会|议会|联盟|基金会|大学|学院|发展改革委|发改委"
    r"|国资委|卫健委|交易所|设计院|规划院|总队|支队|调查队|工作室|代表处|交易中心|创新中心"
    r"|促进中心|服务中心|监测中心"
    r"|法工委|工委|领导小组|专家委员会|分会|新闻办|宣传部|组织部|统战部|科协|工商联|贸促会"
    r"|秘书处|管理局|能源局|环境局|统计局|规划局|资源局|信息化局|改革局|生态环境厅|工信厅"
    r"|商务厅|财政厅|水利厅|科技厅|住建厅|交通厅|农业农村厅|电视台|日报社?|晚报|新闻网"
    r"|融媒体中心|监测站|监测总站|专家组|检查组|工作组|检测中心|(?:环境|建设|资源|发展|能源"
    r"|交通|农业|外交|财政|商务|教育|科技|经济|工业|卫生|保护|改革|安全|运输)部|总社|司|局|厅"
    r"|银行|电力公司|供电局|供电公司|医院|中心|智库|署|组织|合作机构|总部)\Z"
)
_COMMITTEE = re.compile(
    r"(?:省|市|区|县|州|旗|盟|地|党工)委(?![员会托派])(?:办公厅|办公室|宣传部|组织部|统战部"
    r"|政法委)?"
    r"|(?:自治区|省|市|区|县|州|旗)(?:党委|政府|人大常委会|政协|纪委监委|纪委|人大)"
)
_MEDIA = re.compile(
    r"(?:(?<=[（(，。\s　据【])|^)(?!本报|本台|本网|本刊)(?P<name>[一-鿿]{1,8}?(?:日报|晚报"
    r"|早报|时报|新报|导报|商报|快报|周报|都市报|经济报|报|时讯|快讯|新闻网|观察网|在线|网"
    r"|通讯社|社|融媒体中心|融媒体|融媒|观察|资讯网|电视台|广播电台|客户端|新闻|周刊))"
    r"(?=[ 　]?(?:首席|全媒体|特约|见习|摄影|驻[一-鿿]{1,4})?记者|讯(?:[ 　（(】]|$)"
    r"|[一-鿿]{0,3}\d{1,2}月\d{1,2}日(?:讯|电|消息)|消息|客户端讯)",
    re.M,
)
_LEAD = re.compile(
    r"(?:[、，：；“”《》（）\s]|原(?!子|油|料|平|阳|州)|前(?!海|沿|进|瞻|程|郭)|以及|正会同"
    r"|会同|同时|联合(?!国|会)|由|在|和|与|及"
    r"|同(?![济仁方])|当选|出任|担任|筹建|任|据|经|该|向|对|从|到|赴)+"
)
_TAIL = re.compile(
    r"(?:正会同|会同|主办|承办|协办|指导|支持|联合|共同|举办|召开|印发|发布|牵头|签署"
    r"|签约|出资|投资|参加|出席|启动|建设|等|与|和|及|在|对|向|(?<=[报网社台])讯)+\Z"
)
# 英国驻上海总领事馆: a mission with its country and its seat.
_MISSION = re.compile(
    r"(?<![一-鿿])[一-鿿]{2,5}驻[一-鿿]{1,4}(?:总领事馆|大使馆|领事馆)"
    r"|(?<=[、与和及由])[一-鿿]{2,4}驻[一-鿿]{1,4}(?:总领事馆|大使馆|领事馆)"
)
_COMPANY = re.compile(
    r"（[一-鿿]{2,8}）[一-鿿]{0,8}?(?:股份|集团)?有限(?:责任)?公司(?:[一-鿿]{2,6}分公司)?"
)
_LISTING = re.compile(r"(?:指导|主办|承办|协办|支持)单位(?:分别)?(?:为|是|：|有|包括)")
_NATIONAL = re.compile(r"(?:国家|中国|中央|中共|全国|省|市|区|县|州|自治区)\Z")
_SELF_NAMED = re.compile(
    r"(?:专家|咨询|评审|学术|战略|组织|筹备|统战|宣传|组织|办公|重点实验|分会|专委会"
    r"|专业委员会|代表处|工作室)"
)
_SHORT_HEADS = frozenset("部委局厅办司院所署会")
_HEAD_TAGS = frozenset(("n", "nz", "ORG", "nw", "vn", "v", "LOC"))
_SESSION = re.compile(r"(?:第?[一二三四五六七八九十\d]+届(?:、第?[一二三四五六七八九十\d]+届)*)\Z")
_NAME_TAGS = frozenset(("n", "nz", "vn", "LOC", "ORG", "a", "an", "nw", "m", "s", "PER"))
_LEFT_TAGS = frozenset(("n", "nz", "vn", "LOC", "ORG", "an", "nw", "v", "a", "TIME"))


@cache
def _not_in_institution_name() -> frozenset[str]:
    """Words that no institution begins with or holds: its name begins after them."""
    return frozenset(read_lines("not_in_institution_name.txt"))


_GENERIC = re.compile(
    r"(?:各|有关|相关|低碳|绿色|万立方米|规模以上|规上|主管|职能|政府|所属|直属|市直|省直"
    r"|区直|下属|同级"
    r"|上级|地方|本|该|此|国家|研究|科研|金融|培训|管理|工作|主要|内设|行业|头部|龙头|上市"
    r"|跨国|外资|民营|国有|大型|中小|新能源|用能|发电|控排|重点|排放|试点|示范|母|子|分|总)*"
    r"(?:部门|机构|单位|公司|集团|企业|协会|大学|学院|学校|高校|政府|委员会|办公室|中心|银行"
    r"|医院|研究院|研究所|组织|处|科|司|局|厅|网|署|党委|党组|理事会|法院|网络|办事处|电网"
    r"|联盟|智库|电厂|电站|能源|科技|动力|汽车|水务|实验室|技术中心|研究中心|创新中心"
    r"|服务中心|商会|学会)"
)
_NOT_ORG = re.compile(
    r"[一-鿿]{1,4}族|"
    r"[\d万亿千百]?[一-鿿]?(?:立方米|平方米|千瓦时?|吨|公里)[一-鿿]*|(?:全国|国内|全球"
    r"|世界|国际|区域)?(?:电网|互联网|物联网|管网|路网|局部|全部|内部|部|大厅|客厅|展厅"
    r"|餐厅|处处|学科|百科|司机|科技|动力|汽车|能源|官网|门户网|政府网|市场|农村部分|西部"
    r"|东部|中部|南部|北部|东北部|东南部|西南部|西北部|俱乐部|干部|外部|顶部|底部|总部"
    r"|结局|布局|格局|全局|大局|当局|开局|政务服务大厅|新能源|清洁能源|可再生能源"
    r"|购物中心|数据中心|市中心|城市中心|会展中心|会议中心|国际会议中心|展览中心"
    r"|国际博览中心|文化中心|体育中心|商业中心|区域中心)"
)
# Halls and hotels are places, whatever the tokenizer takes them for.
VENUE_NAME = re.compile(
    r"(?:会展|博览|会议|展览|会议展览|体育)中心(?:[一二三四五六七八九十\d]{1,2}层)?(?:[一-鿿]{1,4}厅)?\Z"
    r"|(?:酒店|宾馆|饭店|大厦|体育馆|大会堂|礼堂)(?:[一-鿿]{1,4}厅)?\Z"
)
_PLACE_KIND = re.compile(r"(?:自治区|[省市区县州旗])\Z")
_INNER_DEPARTMENT = re.compile(r"[一-鿿、]{2,12}?(?:司|局|厅)(?![长属级机])")
_BRACKET = re.compile(r"[（(](?:集团|控股|中国|[一-鿿]{2,8})[）)]")


def find_organizations(words: Words, taken: list[Span]) -> list[Candidate]:
    """Institutions outside ``taken`` (regulations, forums, persons), longest reading."""
    found: dict[Span, Candidate] = {}
    places = [Span(start, end) for start, end, _ in words.places]
    covered = Coverage([*taken, *numbered(words.text)])

    def read(span: Span) -> Iterator[Span]:
        for part in _split_joint(words, span):
            part = _whole_place(words.text, _cut(words.text, part), places)
            name = part.of(words.text)
            if len(name) < 2 or covered.touches(part):
                continue
            if _GENERIC.fullmatch(name) or _NOT_ORG.fullmatch(name) or is_known_place(name):
                continue
            yield part

    parts_of: dict[Span, tuple[Span, ...]] = {}  # several finders propose the same span

    def add(span: Span, score: float, source: str) -> None:
        if span not in parts_of:
            parts_of[span] = tuple(read(span))
        for part in parts_of[span]:
            if source != "organizations.list" and VENUE_NAME.search(part.of(words.text)):
                continue
            if part not in found or found[part].score < score:
                found[part] = Candidate(part, "ORG", score, source)

    def add_whole(span: Span) -> None:
        if not covered.touches(span):
            found[span] = Candidate(span, "ORG", 0.88, "organizations.coordinated")

    taken = [*taken, *numbered(words.text)]
    for span in _listed(words.text):
        add(span, 0.7, "organizations.list")
    for span in _media(words.text):
        add(span, 0.92, "organizations.media")
    for span in _known(words):
        add(span, 0.87, "organizations.lexicon")
    for span in _tagged(words, taken):
        add(span, 0.85, "organizations.lac")
    for span in _phrases(words, taken):
        add(span, 0.84, "organizations.phrase")
    for span in _departments(words):
        add(span, 0.87, "organizations.department")
    for span in _coordinated(words):
        found = {s: c for s, c in found.items() if not overlaps(s, [span])}
        add_whole(span)
    for match in _MISSION.finditer(words.text):
        add(Span(*match.span()), 0.9, "organizations.mission")
    for span in _bracketed(words):
        add(span, 0.88, "organizations.company")
    for span in _committees(words):
        add(span, 0.86, "organizations.committee")
    for span in _repeated(words.text, list(found)):
        add(span, 0.86, "organizations.repeated")
    return outermost(found.values())


def _repeated(text: str, known: list[Span]) -> list[Span]:
    """Further occurrences of long names, with a unit that follows: 某某促进会|某地代表处."""
    names = {s.of(text) for s in known if s.end - s.start >= 6}
    ends = {s.start: s.end for s in known}
    spans = []
    for name in names:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            spans.append(Span(at, ends.get(end, end)))
            at = text.find(name, end)
    return spans


def _whole_place(text: str, span: Span, places: list[Span]) -> Span:
    """和|平区政府: a name that begins inside a place begins with the place."""
    covering = [p for p in places if p.start < span.start < p.end <= span.end]
    if covering and text[max(0, covering[0].start - 1) : span.start] == "其中":
        return span
    return Span(covering[0].start, span.end) if covering else span


def _listed(text: str) -> list[Span]:
    """What stands between 、 after 主办单位为, 协办单位： and their like."""
    spans = []
    for match in _LISTING.finditer(text):
        at = match.end()
        for part in re.compile(r"[^、，。；（）\n]+").finditer(text, at):
            if part.start() > at + 1 or not 3 <= len(part.group()) <= 20:
                break
            if not re.search(r"[的了“”《》]|举办|支持单位", part.group()):
                spans.append(Span(*part.span()))
            at = part.end()
            if text[at : at + 1] != "、":
                break
    return spans


def _media(text: str) -> list[Span]:
    """Media houses where they sign: 某某日报讯, （某某网记者 …）, 据某某社报道."""
    return [Span(m.start("name"), m.end("name")) for m in _MEDIA.finditer(text)]


@cache
def _known_names() -> NameIndex:
    """All central institutions of the lexicon by every name."""
    return NameIndex(
        name
        for row in read_rows("institutions.csv")
        for name in (row["name"], *split_names(row["aliases"]))
        if len(name) >= 3 or re.fullmatch(r"[一-鿿]+(?:部|社|院)", name)
    )


def _known(words: Words) -> list[Span]:
    """Central institutions by name, with a department of theirs that follows."""
    text = words.text
    spans = []
    for start, end in _known_names().find(text):
        department = _INNER_DEPARTMENT.match(text, end)
        if department is not None and words.is_boundary(department.end()):
            inside = words.within(Span(end, department.end()))
            if all(w.tag in ("n", "vn", "nz", "ORG", "a", "v", "c") for w in inside) and not any(
                words.of(w) in _not_in_institution_name() for w in inside
            ):
                end = department.end()
        if words.is_boundary(start) and (words.is_boundary(end) or _ends_before_title(text, end)):
            spans.append(Span(start, end))
    return spans


@cache
def _department_names() -> NameIndex:
    """Departments that all places have, by every name: 发展和改革委员会, 发改委, …."""
    return NameIndex(
        name
        for row in read_rows("departments.csv")
        for name in (row["name"], *split_names(row["aliases"]))
        if len(name) >= 3
    )


def _departments(words: Words) -> list[Span]:
    """A department with the place before it: 某市|工业和信息化局, 省|能源局."""
    text = words.text
    spans = []
    for found, end in _department_names().find(text):
        kind = _PLACE_KIND.search(text[max(0, found - 3) : found])
        start = found - len(kind.group()) if kind else found
        if not (words.is_boundary(end) or _ends_before_title(text, end)):
            continue
        covering = words.at(start)
        if covering is not None and words.words[covering].tag in ("LOC", "ORG"):
            start = words.words[covering].start
        before = words.ending_at(start)
        while before is not None and words.words[before].tag == "LOC":
            start = words.words[before].start
            before = words.ending_at(start)
        if start < found:
            if words.is_boundary(start):
                spans.append(Span(start, end))
    return spans


def _coordinated(words: Words) -> list[Span]:
    """Ministries whose field is a list: 某国|气候、能源与公用事业部, 市|园林和林业局.

    The first part begins with a place and is itself neither a place nor an institution.
    """
    text = words.text
    spans = []
    for match in _COORDINATED.finditer(text):
        end = match.end()
        if not words.is_boundary(end) and not _ends_before_title(text, end):
            continue
        anew = _BEGINS_ANEW.match(match.group()) or _country_before(match.group()[1:])
        if anew:
            continue
        limit = words.layout.sentence_at(match.start()).start
        left = words.extend_left(match.start(), _FIELD_TAGS, _not_in_institution_name(), limit)
        comma = text[left - 1 : left] == "、"
        if comma and left - 1 > limit:
            further = words.extend_left(left - 1, _FIELD_TAGS, _not_in_institution_name(), limit)
            left = further if further < left - 1 else left
        begin = next(
            (
                w.start
                for w in words.within(Span(left, match.start()))
                if w.tag in ("LOC", "ORG") and _country_before(words.of(w)) is not None
            ),
            None,
        )
        if begin is None:
            continue
        first = re.split("、", text[begin : match.start()])[0]
        place = _country_before(first)
        if place is None or len(first) - place < 2 or _FINISHED.search(first):
            continue
        spans.append(Span(begin, end))
    return spans


_COORDINATED = re.compile(r"[与和及][一-鿿]{2,8}?(?:部|署|局|厅)(?![分门属委际队])")
_FIELD_TAGS = frozenset(("n", "nz", "vn", "ORG", "LOC", "an", "nw"))
_FINISHED = re.compile(
    r"(?:[部局厅署委院会社司处所校府网台联报团办队站厂行馆室盟旗镇乡港省市区县州]|公司|集团|大学|中心"
    r"|企业|股份|电气|石化|石油|控股|银行|能源集团)\Z"
)
# 某省某厅与|国家某局: a right side that begins anew is an institution of its own.
_BEGINS_ANEW = re.compile(
    r"[与和及](?:国家|中国|全国|中央|[省市区县州](?!场|容|政)|自治区|该|各|有关|当地)"
)


def _country_before(name: str) -> int | None:
    """Length of the country or other place that ``name`` begins with."""
    found = next(iter(find_places(name)), None)
    return found[1] if found is not None and found[0] == 0 else None


def _bracketed(words: Words) -> list[Span]:
    """Companies with a place in brackets that LAC cuts: 某某锅炉（某地）有限公司."""
    text = words.text
    spans = []
    for match in _COMPANY.finditer(text):
        limit = words.layout.sentence_at(match.start()).start
        start = words.extend_left(
            match.start(), _LEFT_TAGS | {"m"}, _not_in_institution_name(), limit
        )
        if match.start() - start >= 2:
            spans.append(Span(start, match.end()))
    return spans


def _ends_before_title(text: str, end: int) -> bool:
    return title_pattern().match(text, end) is not None


def _tagged(words: Words, taken: list[Span]) -> list[Span]:
    """LAC's ORG words joined with their neighbours and grown to a suffix or a bracket."""
    spans = []
    items = words.words
    for index, word in enumerate(items):
        if word.tag != "ORG" or word.end - word.start < 2:
            continue
        start = word.start
        back = index
        while back and items[back - 1].end == start and items[back - 1].tag in ("ORG", "LOC", "nz"):
            if items[back - 1].tag == "nz" and items[back - 1].end - items[back - 1].start > 6:
                break
            back -= 1
            start = items[back].start
        # 碳|中和某某研究院: a single character that LAC cut off a word.
        if (
            back
            and items[back - 1].end == start
            and items[back - 1].tag == "n"
            and (
                items[back - 1].end - items[back - 1].start == 1
                and words.of(items[back - 1]) in "碳氢氨水电"
            )
        ):
            start = items[back - 1].start
        end = _grow_right(words, index, taken)
        spans.append(Span(_grow_left(words, start), end))
    return spans


def _grow_right(words: Words, index: int, taken: list[Span]) -> int:
    """End of the name that the word at ``index`` belongs to."""
    text, items = words.text, words.words
    end = items[index].end
    best = end
    at = index + 1
    for _ in range(8):
        bracket = _BRACKET.match(text, end)
        if bracket is not None:
            tail = text[bracket.end() : bracket.end() + 14]
            closed = re.match(
                r"[一-鿿]{0,8}?(?:有限责任公司|股份有限公司|有限公司|公司|集团|研究院|学院)", tail
            )
            name = bracket.group()[1:-1]
            if closed is not None:
                best = end = bracket.end() + closed.end()
            elif re.search(r"(?:大学|学院|公司|集团|学校)\Z", text[items[index].start : end]) and (
                not re.match(r"以下|下称|简称|又称|集团\Z", name)
                and not _takes_from(text[items[index].start : end], name)
            ):
                best = end = bracket.end()
            else:
                break
            at = next((i for i in range(at, len(items)) if items[i].start >= end), len(items))
            continue
        if at >= len(items) or items[at].start != end or items[at].tag not in _NAME_TAGS:
            break
        word = items[at]
        value = words.of(word)
        if (
            word.tag == "PER"
            or value in _not_in_institution_name()
            or overlaps(Span(word.start, word.end), taken)
        ):
            break
        end = word.end
        name = text[items[index].start : end]
        if word.tag == "ORG" or (_ORG_END.search(name) and not _NOT_ORG.fullmatch(value)):
            best = end
        at += 1
    return best


def _takes_from(name: str, short: str) -> bool:
    """某某有限公司（某某）: the bracket holds a short form, not a part of the name."""
    rest = iter(name)
    return all(character in rest for character in short)


def _grow_left(words: Words, start: int) -> int:
    """Start of the name, with a session number before a congress (十三届全国政协)."""
    text = words.text
    session = _SESSION.search(text, max(0, start - 14), start)
    if session and re.match(r"[一-鿿]{0,4}(?:政协|人大)", text[start : start + 8]):
        return session.start()
    return start


def _cut(text: str, span: Span) -> Span:
    """Takes off what no institution begins or ends with: verbs, and the start of a title."""
    name = span.of(text)
    lead = _LEAD.match(name)
    start = span.start + (lead.end() if lead else 0)
    if text[start - 1 : start + 1] == "其中":
        start += 1
    tail = _TAIL.search(text[start : span.end])
    end = span.end - (len(tail.group()) if tail else 0)
    begins = title_pattern().match(text, end) is not None
    for match in title_pattern().finditer(text, max(start, end - 8), end + 8):
        # 市委|书记, 能源局党组|成员: the institution ends where the title begins; but
        # 自治区党委|常委 keeps its committee.
        party = re.match(r"党(?:委|组)", match.group())
        if is_known_place(text[start : match.start()]) or (begins and not party):
            continue
        if start + 1 < match.start() < end < match.end():
            end = match.start()
            break
        if (
            match.end() == end
            and start + 3 < match.start()
            and _ORG_END.search(text[start : match.start()])
        ):
            end = match.start()
            break
    return Span(start, max(start, end))


def _split_joint(words: Words, span: Span) -> list[Span]:
    """甲政府与乙局 is two institutions, 某某研究与促进会 one."""
    text = words.text
    parts = []
    start = span.start
    for title in title_pattern().finditer(text, start + 2, span.end):
        # 某公司总经理助理兼|某局: a title in the middle parts two institutions.
        link = re.match(r"[、，]|兼任?", text[title.end() : span.end])
        if link is not None:
            cut = [Span(start, title.start())]
            rest = title.end() + len(link.group())
            return cut + (_split_joint(words, Span(rest, span.end)) if span.end - rest > 1 else [])
    for match in re.finditer(r"正会同|会同|联合|[、与和及　 ]", span.of(text)):
        at = span.start + match.start()
        left, right = text[start:at], text[at + len(match.group()) : span.end]
        if is_known_place(left) and len(right) >= 3 and _ORG_END.search(right):
            # 某区和某区人民政府, 某市与某某公司: the place before is no part of the name.
            start = at + len(match.group())
            continue
        if (
            _STRONG_END.search(left)
            and len(left) >= 3
            and len(right) >= 3
            and _ORG_END.search(right)
        ):
            if match.group() in "与和及" and not re.match(
                r"(?:国家|中国|中共|省|市|区|县|自治区)|[一-鿿]{2,4}[省市区县]", right
            ):
                index = words.starting_at(at + len(match.group()))
                if index is None or words.words[index].tag not in ("ORG", "LOC", "nz"):
                    continue
            parts.append(Span(start, at))
            start = at + len(match.group())
    parts.append(Span(start, span.end))
    return parts


def _phrases(words: Words, taken: list[Span]) -> list[Span]:
    """Noun phrases that end in a strong suffix and begin with a proper part."""
    text, items = words.text, words.words
    spans = []
    covered = Coverage(taken)
    for word in items:
        value = words.of(word)
        if word.tag not in _HEAD_TAGS or not _may_be_head(value):
            continue
        if covered.touches(Span(word.start, word.end)):
            continue
        sentence = words.layout.sentence_at(word.start)
        limit = max([sentence.start, *(t.end for t in taken if t.end <= word.start)])
        start = _phrase_start(words, word.start, limit)
        name = text[start : word.end]
        if len(name) >= 4 and _STRONG_END.search(name) and not _NOT_ORG.fullmatch(value):
            spans.append(Span(start, word.end))
    return spans


@lru_cache(maxsize=8192)  # the same nouns come again and again
def _may_be_head(word: str) -> bool:
    """Whether a word can end an institution's name: 研究院, or what the tokenizer left of one."""
    return word in _SHORT_HEADS or _STRONG_END.search(word) is not None


def _phrase_start(words: Words, head: int, limit: int) -> int:
    """Start of the institution whose head word begins at ``head``: its first proper part."""
    text = words.text
    start = words.extend_left(head, _LEFT_TAGS, _not_in_institution_name(), limit)
    reached = [start]
    # 中国|某某|研究|与|促进会: a conjunction inside a name that begins with a proper part.
    if (
        start > limit + 3
        and text[start - 1] in "与和及"
        and not _ORG_END.search(text[max(limit, start - 5) : start - 1])
    ):
        further = words.extend_left(start - 1, _LEFT_TAGS, _not_in_institution_name(), limit)
        if further < start - 1:
            reached.insert(0, further)
    for begin in reached:
        inside = words.within(Span(begin, head))
        for position, word in enumerate(inside):
            value = words.of(word)
            proper = word.tag in ("LOC", "ORG") or (word.tag == "nz" and len(value) >= 2)
            if (proper or _NATIONAL.match(value)) and not (
                begin == reached[0] and len(reached) > 1 and position > 0
            ):
                return word.start
    # A functional name without a place: 专家评审委员会, 统战部, 重点实验室, 某某分会.
    return start if _SELF_NAMED.search(text[start : head + 4]) else head


def _committees(words: Words) -> list[Span]:
    """市委, 省政府, 市人大常委会 and their like, with the place before them."""
    text = words.text
    spans = []
    for match in _COMMITTEE.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] in ("各", "全", "该", "本") or not (
            words.is_boundary(end) or re.match(r"[书副常政宣组统秘专作]|委员", text[end : end + 2])
        ):
            continue
        if text[start - 1 : start] == "团":
            start -= 1
        index = words.at(start)
        before = words.ending_at(start)
        if index is not None and words.words[index].start < start:
            inner = words.words[index]
            if inner.tag not in ("LOC", "ORG") and not words.is_boundary(start):
                continue
            start = inner.start if inner.tag in ("LOC", "ORG") else start
        elif before is not None and words.words[before].tag == "LOC":
            start = words.words[before].start
        spans.append(Span(start, end))
    return spans


@Language.factory("tanpu_organizations", assigns=["doc._.candidates"])
def create_organizations(nlp: Language, name: str) -> OrganizationFinder:
    """The component by its registered name."""
    return OrganizationFinder()


class OrganizationFinder:
    """Adds ORG candidates outside regulations, forums and persons."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        taken = [s for label in ("REGULATION", "FORUM", "PERSON") for s in spans_of(doc, label)]
        add_candidates(doc, find_organizations(Words.from_doc(doc), taken))
        return doc
