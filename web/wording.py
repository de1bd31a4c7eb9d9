"""How classes, properties and concepts are called on the pages, in Chinese and English.

The graph's own labels are of things; these are the words around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from rdflib import URIRef

from ontology.terms import (
    DCTERMS,
    ELI,
    ORG,
    OWL,
    PROV,
    QUDT,
    RDF,
    RDFS,
    SDO,
    SKOS,
    SOSA,
    TANPU,
    TIME,
    VOID,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The same in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The words in the language of a code, ``zh`` or ``en``; Chinese where English has none."""
        return self.en or self.zh if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of nodes: its path segment, its class and its words.

    ``color`` names its colours, ``c-…`` of the style sheets; statements have none. ``words`` say
    many of it, ``one`` a single one.
    """

    segment: str
    cls: URIRef
    words: Words
    color: str = ""
    singular: str = ""

    @property
    def one(self) -> Words:
        """The words for a single thing of the kind."""
        return Words(self.words.zh, self.singular or self.words.en)

    @property
    def searchable(self) -> bool:
        """Whether nodes of the kind have names to search for; periods have dates."""
        dated_or_technical = ("period", "instant", "document", "profile", "link", "linkset")
        return self.segment not in dated_or_technical


THING_KINDS: tuple[Kind, ...] = (
    Kind("person", TANPU.Person, Words("人物", "Persons"), "person", singular="Person"),
    Kind("org", TANPU.Institution, Words("机构", "Institutions"), "org", singular="Institution"),
    Kind("forum", TANPU.Forum, Words("会议论坛", "Forums"), "forum", singular="Forum"),
    Kind(
        "series",
        TANPU.ForumSeries,
        Words("系列会议", "Forum series"),
        "forum",
        singular="Forum series",
    ),
    Kind(
        "regulation",
        TANPU.Regulation,
        Words("法规政策", "Regulations"),
        "regulation",
        singular="Regulation",
    ),
    Kind("place", TANPU.Place, Words("地点", "Places"), "place", singular="Place"),
    Kind("post", TANPU.Post, Words("职位", "Posts"), "post", singular="Post"),
    Kind("title", TANPU.Title, Words("职务名称", "Titles"), "post", singular="Title"),
    Kind(
        "indicator", TANPU.Indicator, Words("指标", "Indicators"), "indicator", singular="Indicator"
    ),
    Kind(
        "thing",
        TANPU.CountedThing,
        Words("统计对象", "Counted things"),
        "thing",
        singular="Counted thing",
    ),
    Kind("period", TANPU.Period, Words("时期", "Periods"), "date", singular="Period"),
    Kind("instant", TIME.Instant, Words("日期", "Days"), "date", singular="Day"),
)
STATEMENT_KINDS: tuple[Kind, ...] = (
    Kind("membership", TANPU.Membership, Words("任职", "Posts held"), singular="Post held"),
    Kind(
        "participation",
        TANPU.Participation,
        Words("参会", "Participation"),
        singular="Participation",
    ),
    Kind("organizing", TANPU.Organizing, Words("办会", "Organizing")),
    Kind("subevent", TANPU.Subevent, Words("从属", "Part of")),
    Kind("scheduling", TANPU.Scheduling, Words("会期", "Dates"), singular="Date"),
    Kind("siting", TANPU.Siting, Words("会址", "Venues"), singular="Venue"),
    Kind("theming", TANPU.Theming, Words("主题", "Themes"), singular="Theme"),
    Kind(
        "issuance",
        TANPU.Issuance,
        Words("发布法规", "Regulations issued"),
        singular="Regulation issued",
    ),
    Kind(
        "relation",
        TANPU.LegalRelation,
        Words("法规关系", "Relations of regulations"),
        singular="Relation of regulations",
    ),
    Kind(
        "step",
        TANPU.LegalStep,
        Words("法规日期", "Dates of regulations"),
        singular="Date of a regulation",
    ),
    Kind("ranking", TANPU.Ranking, Words("排名", "Ranks"), singular="Rank"),
    Kind("observation", TANPU.Observation, Words("数据", "Figures"), singular="Figure"),
    Kind("quotation", TANPU.Quotation, Words("言论", "Statements made"), singular="Statement made"),
    Kind("naming", TANPU.Naming, Words("别名", "Other names"), singular="Other name"),
)
DOCUMENT_KIND = Kind(
    "document", TANPU.Document, Words("文章", "Documents"), "document", singular="Document"
)
PROFILE_KIND = Kind("profile", TANPU.Profile, Words("身份依据", "Grounds of identity"))
LINK_KINDS: tuple[Kind, ...] = (
    Kind("link", TANPU.Link, Words("外部链接", "Links to other data"), singular="Link"),
    Kind("linkset", VOID.Linkset, Words("链接集", "Linksets"), singular="Linkset"),
)

KIND_OF_SEGMENT: Mapping[str, Kind] = MappingProxyType(
    {
        kind.segment: kind
        for kind in (*THING_KINDS, *STATEMENT_KINDS, DOCUMENT_KIND, PROFILE_KIND, *LINK_KINDS)
    }
)
KIND_OF_CLASS: Mapping[URIRef, Kind] = MappingProxyType(
    {kind.cls: kind for kind in KIND_OF_SEGMENT.values()}
)

# Labels of the exchange format → the colour of a mark.
COLOR_OF_LABEL: Mapping[str, str] = MappingProxyType(
    {
        "PERSON": "person",
        "POST": "post",
        "ORG": "org",
        "FORUM": "forum",
        "REGULATION": "regulation",
        "PLACE": "place",
        "DATE": "date",
        "THING": "thing",
    }
)
LABEL_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "person": Words("人物", "person"),
        "post": Words("职务", "post"),
        "org": Words("机构", "institution"),
        "forum": Words("会议论坛", "forum"),
        "regulation": Words("法规政策", "regulation"),
        "place": Words("地点", "place"),
        "date": Words("时间", "date"),
    }
)

# Verbs and adverbs of the readings, by concept.
CONCEPT_WORDS: Mapping[URIRef, Words] = MappingProxyType(
    {
        TANPU.RoleAttends: Words("出席", "attended"),
        TANPU.RoleAddresses: Words("致辞", "addressed"),
        TANPU.RoleKeynotes: Words("作主旨演讲", "gave a keynote at"),
        TANPU.RoleDiscusses: Words("参加讨论", "joined the discussion at"),
        TANPU.RoleModerates: Words("主持", "moderated"),
        TANPU.RoleGuides: Words("指导", "guided"),
        TANPU.RoleHosts: Words("主办", "hosted"),
        TANPU.RoleUndertakes: Words("承办", "undertook"),
        TANPU.RoleCoOrganizes: Words("协办", "co-organized"),
        TANPU.RoleSupports: Words("支持", "supported"),
        TANPU.ModeInPerson: Words("", ""),
        TANPU.ModeVideo: Words("以视频方式", "by video"),
        TANPU.ModeWritten: Words("以书面方式", "in writing"),
        TANPU.StatusCurrent: Words("任", "holds the post"),
        TANPU.StatusFormer: Words("曾任", "held the post"),
        TANPU.QualifierExact: Words("", ""),
        TANPU.QualifierOver: Words("超过", "over"),
        TANPU.QualifierUnder: Words("低于", "under"),
        TANPU.QualifierAbout: Words("约", "about"),
        TANPU.QualifierCumulative: Words("累计", "in total"),
        TANPU.QualifierAnnualMean: Words("年均", "on average a year"),
        TANPU.QualifierIncrease: Words("增长", "up"),
        TANPU.QualifierDecrease: Words("下降", "down"),
        TANPU.QualifierTarget: Words("目标", "target"),
        TANPU.MannerDirect: Words("直接引用", "quoted"),
        TANPU.MannerIndirect: Words("间接转述", "reported"),
        TANPU.RelationAmends: Words("修改", "amends"),
        TANPU.RelationRepeals: Words("废止或取代", "repeals or replaces"),
        TANPU.RelationBasedOn: Words("的制定依据是", "is based on"),
        TANPU.RelationImplements: Words("落实", "implements"),
        TANPU.RelationCites: Words("援引", "cites"),
        TANPU.StepAdopted: Words("通过", "was adopted"),
        TANPU.StepInForce: Words("施行", "came into force"),
        TANPU.StepExpires: Words("期满", "expires"),
        TANPU.RankExact: Words("", ""),
        TANPU.RankWithin: Words("以内", "among the first"),
        TANPU.RankFromEnd: Words("倒数", "from the end"),
    }
)

# What a calibrated confidence of at least so much means for a reader, the surest first.
CONFIDENCE_WORDS: Sequence[tuple[float, Words]] = (
    (0.9, Words("把握很大", "very sure")),
    (0.7, Words("把握较大", "fairly sure")),
    (0.5, Words("把握一般", "somewhat sure")),
    (0.0, Words("把握不大", "doubtful")),
)


def confidence_words(confidence: float) -> Words:
    """A confidence from 0 to 1 in words.

    Raises:
        ValueError: for a number below 0.

    >>> confidence_words(0.75).en
    'fairly sure'
    """
    for least, words in CONFIDENCE_WORDS:
        if confidence >= least:
            return words
    raise ValueError(f"expected a confidence from 0 to 1, got {confidence!r}")


# Properties as the pages call them; one that is missing is shown by its compact IRI.
PROPERTY_WORDS: Mapping[URIRef, Words] = MappingProxyType(
    {
        RDF.type: Words("类型", "type"),
        RDFS.label: Words("名称", "label"),
        SKOS.prefLabel: Words("名称", "preferred name"),
        SKOS.altLabel: Words("又称", "other name"),
        SKOS.inScheme: Words("所属体系", "in scheme"),
        ORG.holds: Words("现任", "holds post"),
        TANPU.formerlyHeld: Words("曾任", "formerly held"),
        ORG.subOrganizationOf: Words("上级机构", "part of institution"),
        ORG.postIn: Words("所在机构", "post in"),
        ORG.role: Words("职务", "title"),
        SDO.superEvent: Words("所属会议", "part of event"),
        SDO.startDate: Words("开始日期", "start date"),
        SDO.endDate: Words("结束日期", "end date"),
        SDO.location: Words("地点", "location"),
        SDO.organizer: Words("主办单位", "organizer"),
        SDO.attendee: Words("参会者", "attendee"),
        SDO.containedInPlace: Words("位于", "contained in"),
        SDO.url: Words("网址", "URL"),
        TANPU.theme: Words("主题", "theme"),
        TANPU.divisionCode: Words("行政区划代码", "division code"),
        TANPU.inSeries: Words("所属系列", "in series"),
        TANPU.isoInterval: Words("区间", "interval"),
        ELI.passed_by: Words("发布机关", "passed by"),
        ELI.date_document: Words("发布日期", "date of document"),
        ELI.first_date_entry_in_force: Words("施行日期", "in force from"),
        ELI.date_no_longer_in_force: Words("失效日期", "in force until"),
        ELI.id_local: Words("文号", "document number"),
        ELI.amends: Words("修改", "amends"),
        ELI.repeals: Words("废止", "repeals"),
        ELI.based_on: Words("依据", "based on"),
        ELI.ensures_implementation_of: Words("落实", "implements"),
        ELI.cites: Words("援引", "cites"),
        TIME.hasBeginning: Words("起", "from"),
        TIME.hasEnd: Words("止", "to"),
        TIME.inXSDDate: Words("日期", "date"),
        OWL.sameAs: Words("等同于", "same as"),
        SKOS.exactMatch: Words("完全对应", "exact match"),
        SKOS.closeMatch: Words("相近对应", "close match"),
        DCTERMS.issued: Words("发表日期", "published"),
        DCTERMS.source: Words("来源", "source"),
        DCTERMS.identifier: Words("编号", "identifier"),
        DCTERMS.title: Words("标题", "title"),
        PROV.wasGeneratedBy: Words("由何生成", "generated by"),
        ORG.member: Words("人物", "member"),
        ORG.organization: Words("机构", "organization"),
        TANPU.post: Words("职位", "post"),
        TANPU.status: Words("状态", "status"),
        TANPU.participant: Words("参会者", "participant"),
        TANPU.event: Words("会议", "event"),
        TANPU.participationRole: Words("参会方式", "role"),
        TANPU.mode: Words("出席形式", "mode"),
        TANPU.organizer: Words("办会单位", "organizer"),
        TANPU.organizingRole: Words("办会角色", "role"),
        TANPU.wholeEvent: Words("所属会议", "whole event"),
        TANPU.startDate: Words("开始日期", "start date"),
        TANPU.endDate: Words("结束日期", "end date"),
        TANPU.venue: Words("会址", "venue"),
        TANPU.themeText: Words("主题", "theme"),
        TANPU.issuer: Words("发布机关", "issuer"),
        TANPU.regulation: Words("法规", "regulation"),
        TANPU.issueDate: Words("发布日期", "issue date"),
        SOSA.hasFeatureOfInterest: Words("对象", "subject"),
        SOSA.observedProperty: Words("指标", "indicator"),
        TANPU.period: Words("时期", "period"),
        TANPU.value: Words("数值", "value"),
        TANPU.valueText: Words("原文数值", "value as written"),
        TANPU.unitText: Words("单位", "unit"),
        QUDT.hasUnit: Words("QUDT 单位", "QUDT unit"),
        TANPU.qualifier: Words("限定", "qualifier"),
        TANPU.named: Words("对象", "named"),
        TANPU.alias: Words("别名", "alias"),
        TANPU.speaker: Words("说话者", "speaker"),
        TANPU.words: Words("话语", "words"),
        TANPU.reportingVerb: Words("转述动词", "verb"),
        TANPU.manner: Words("引述方式", "manner"),
        TANPU.relation: Words("关系", "relation"),
        TANPU.relatedRegulation: Words("所涉文件", "related regulation"),
        TANPU.article: Words("条款", "article"),
        TANPU.articleText: Words("条款原文", "article as written"),
        TANPU.step: Words("节点", "step"),
        TANPU.stepDate: Words("日期", "date"),
        TANPU.rankedThing: Words("排名对象", "ranked"),
        TANPU.rankedBy: Words("排名指标", "ranked by"),
        TANPU.rank: Words("名次", "rank"),
        TANPU.rankKind: Words("名次种类", "kind of rank"),
        TANPU.rankText: Words("原文名次", "rank as written"),
        TANPU.rankScope: Words("范围", "among"),
    }
)

# The errors of HTTP itself, which no error of ours stands for.
STATUS_WORDS: Mapping[HTTPStatus, Words] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: Words("请求有误", "Bad request"),
        HTTPStatus.NOT_FOUND: Words("没有这个页面", "No such page"),
        HTTPStatus.METHOD_NOT_ALLOWED: Words("不支持此方法", "Method not allowed"),
        HTTPStatus.PRECONDITION_FAILED: Words("状态不符", "Precondition failed"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Words("请求过大", "Request too large"),
        HTTPStatus.REQUEST_URI_TOO_LONG: Words("地址过长", "Address too long"),
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Words("不支持此格式", "Unsupported media type"),
        HTTPStatus.TOO_MANY_REQUESTS: Words("请求过多", "Too many requests"),
        HTTPStatus.INTERNAL_SERVER_ERROR: Words("内部错误", "Internal error"),
        HTTPStatus.SERVICE_UNAVAILABLE: Words("服务不可用", "Unavailable"),
    }
)
