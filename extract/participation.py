"""Facts of the type ``takes_part``: who attended, addressed, moderated … an event, and how.

Adds to ``doc._.facts``. A run of persons belongs to the run of predicates that follows it
(甲、乙通过视频方式出席并致辞), or to the one before where that announces a list
(参加讨论的有甲、乙; 对话嘉宾包括甲).

Examples: 副部长甲以视频方式致辞 → addresses, video; 圆桌论坛由乙主持 → moderates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Mode, ParticipationRole, Span, TakesPart
from extract.posts import Appointment
from extract.references import References

_PREDICATES: tuple[tuple[ParticipationRole, str], ...] = (
    (
        "moderates",
        r"担任[^，。；、]{0,8}?(?:主持人|主持|主席)|主持(?!人邀|召开了?调研|的|[^，。；]{0,6}工作)|任主持人",
    ),
    (
        "keynotes",
        r"(?:主旨|主题|特邀|专题|大会|学术)(?:演讲|报告|发言|讲演)|(?:作"
        r"|做)(?:了)?(?:题为[^，。；]{0,40}?的?)?(?:特邀|学术|专题)?报告"
        r"|发表(?:了)?题为[^，。；]{0,40}?的?演讲|作题为[^，。；]{0,40}?的?(?:演讲|发言)"
        r"|授课|主讲|题为[^，。；]{0,40}?的(?:演讲|报告|讲座|主旨发言|讲演)|的(?:演讲|报告)题为"
        r"|(?:带来|作|做|发表)了?[^，。；“”]{0,16}?(?:演讲|讲座|学术报告|专题报告)",
    ),
    (
        "addresses",
        r"致贺(?:词|电|信)?|致电祝贺|致(?:开幕|闭幕|欢迎|视频|书面)?(?:辞|词)|(?:发表|作|做)(?:了)?(?:重要|视频|书面"
        r"|开幕|闭幕|总结)?讲话|讲话|致欢迎辞|发表(?:了)?(?:视频|开幕|书面)?(?:致辞|演讲"
        r"|发言)|发来(?:了)?(?:书面|视频)?(?:贺信|贺电|贺词|致辞)|宣布[^，。；]{0,16}?开幕"
        r"|总结发言|作总结|介绍情况|作(?:了)?(?:工作|起草|情况)?(?:介绍|说明|发言|推介|解读)|作(?:了)?[^，。；、“”]{0,6}?(?:推介|点评|分享|阐述|致辞|展示)|宣布[^，。；]{0,16}?(?:启动|开馆)"
        r"|宣布(?:开馆|启动|开始)|宣读[^，。；]{0,12}?(?:贺信|致辞)|发言(?![人权])|介绍经验|分享经验|分享(?:了)?(?=[^，。；]{0,16}(?:案例|经验|做法|实践|成果|探索|心得))|作动员",
    ),
    (
        "discusses",
        r"(?:圆桌|高端|巅峰|尖峰|嘉宾)(?:对话|论坛|讨论)|(?:圆桌|对话|讨论|互动)嘉宾|各抒己见"
        r"|建言献策|对话(?!会)|讨论|研讨(?!会)"
        r"|围绕[^，。；]{2,24}(?:交流|探讨|展开)|对谈|交流发言|互动交流|座谈交流|展开交流|展开交锋|交锋(?=[，。；])|同台(?:交流|论道|过招)|(?:连线|视频|线上|现场)发言|分享(?:了)?"
        r"|参与(?:了)?互动",
    ),
    (
        "attends",
        r"嘉宾(?=有|为|是|包括|：|还有)|揭牌|揭幕|颁奖|颁发|共同启动|上台|推杆|登台|登场|介绍了?|通报|宣读|汇报|出席|在座|在列|在席|现身|参加|参会|与会|到会|到场|列席|赴会|莅临|见证|在场"
        r"|参与(?!度)|应邀",
    ),
)
_PREDICATE = re.compile("|".join(f"(?P<{role}>{body})" for role, body in _PREDICATES))
_NAMED = "\ue000"
_RANK = {"attends": 0, "discusses": 1, "addresses": 2, "keynotes": 3, "moderates": 4}
_FORWARD = re.compile(
    r"(?:[^，。；]{0,16}?)(?:的)?(?:嘉宾|领导|人员|专家|代表|包括|来宾)?(?:中|还|主要"
    r"|分别)?(?:有|包括|为|是|：|:|来自)[^，。；、]{0,6}\Z"
)
_VIDEO = re.compile(r"视频|视像|线上|连线|远程|云端|网络|云上|在线|云会")
_WRITTEN = re.compile(r"书面|贺信|贺电|来信|致信")
_PRESS = re.compile(r"(?:记者|通讯员|编辑|摄影)\Z")
# 参加义务植树, 参与起草, 出席股东大会: what is taken part in stands behind the verb.
_TAKES_OBJECT = re.compile(r"(?:参加|参与|出席|列席|莅临|见证|应邀)\Z")
_NO_OBJECT = re.compile(
    r"(?:了|过)?(?:\Z|[，。；：、！）]|并|和|与|的|者|人员|嘉宾|致|讲|作|发|主持|活动(?=[，。；])|仪式|本次|此次|会|上"
    r"|讨论|对话|圆桌|交流|对谈|互动|开|闭|启动|揭|签约|论坛)"
)
_VAGUE_OBJECT = re.compile(r"(?:了)?(?:有关|相关|上述|系列|多项|各项|其他)(?:活动|会议)")
# 主持开幕式的是甲, 出席论坛的还有甲: the deed comes first, who did it follows.
_REPORTS = re.compile(r"介绍了?|通报|汇报")
_FRONTED = re.compile(
    r"(?:了)?(?:[^，。；、]{0,16}?)(?:的|者)(?:嘉宾|领导|专家|代表|人员|来宾)?(?:中|还|主要|分别|则|便|正|依次)*"
    r"(?:是|有|为|包括)"
)
# 主题演讲由三位学者担纲，分别是甲、乙
_SHARED = re.compile(
    r"(?:环节)?由[^，。；]{0,20}?(?:担纲|带来|作出|主讲|分享|呈现|担任|主持)，(?:他们|三人|两人)?(?:分别|依次)?(?:是|为|：)"
)
_OTHER_OF_TWO = re.compile(r"；[前后]者")
_LATTER = re.compile(r"(?:[（(][^（）()]*[)）])?[^，。；]{0,12}，后者[^。；]*")
_OCCASION = re.compile(
    r"(?:[^，。；]{0,48}?(?:会上|论坛上|仪式上|大会上|峰会上|年会上|现场|环节|期间|会议上|活动上|沙龙上|(?:圆桌|对话|讨论|研讨|交流|座谈|报告|演讲)(?:时|中|上))|随后|会议中|其间|席间)(?:，|中，)?"
)
_AT_SESSION = re.compile(
    r"[\s　]*(?:会议?|论坛|大会|座谈会|仪式|开幕式|峰会|年会|发布会|推介会|交流会)上"
)
_SAYS_THERE = re.compile(
    r"(?:[（(][^（）()]{1,24}[)）])?[^，。；：“”]{0,14}?"
    r"(?:说|表示|介绍|指出|认为|强调|谈到|提出|坦言|直言|透露|回应|建议|提醒|呼吁)"
)
_SUBJECT_GAP = re.compile(
    r"(?:教授|院士|博士|先生|女士|董事长|主任|市长|局长|会长|院长)?[、和与及\s（）()]*(?:以及)?(?:原|前|时任|来自)?"
)
_ACTS = re.compile(
    r"(?:教授|院士|博士|先生|女士|董事长|主任|市长|局长|会长|院长)?(?!委托|的|、|率领的|等人?的)[一-鿿]"
)
# 会见了出席论坛的甲: who is met takes part, not who meets.
_MEETS = re.compile(r"会见|会晤|采访|看望|陪同|欢迎|感谢|邀请|接待|拜会|慰问|专访")
_RELATIVE = re.compile(r"[^，。；、]{0,16}的[^，。；]{0,30}")
_ALSO = re.compile(r"(?:则|也|还|亦|同时|专门|特地)*")
_NOT_THERE = re.compile(r"(?:未能?|无法|没有|没能|不能|原定|缺席|拟)(?:亲自|如期|现场)?\Z")
_NOT_AN_EVENT = re.compile(
    r"(?:参加|参与|出席)(?:了)?[^，。；]{0,10}(?:建设|工作|革命|培训班|劳动|植树|调研"
    r"|座谈|会见|签约|投产|开工|奠基|揭牌|竣工|通车|授牌)"
)


@dataclass(frozen=True, slots=True)
class _Person:
    argument: Argument
    span: Span


@dataclass(frozen=True, slots=True)
class _Predicate:
    role: ParticipationRole
    span: Span


def find_participation(
    discourse: Discourse, references: References, appointments: tuple[Appointment, ...]
) -> list[TakesPart]:
    """One fact for each person, event and role."""
    text = discourse.words.text
    outline = _outline(discourse)
    press = {a.person for a in appointments if _PRESS.search(a.title.of(text))}
    found: list[TakesPart] = []
    session: _Session | None = None
    for sentence in discourse.words.layout.sentences:
        if session is None or sentence.start >= session.paragraph.end:
            session = _session_at(discourse, sentence)
        persons = [
            _Person(a, a.span)
            for a in references.within(sentence, "PERSON")
            if a.span and a.span not in press
        ]
        facts = _read_sentence(discourse, sentence, persons, outline) if persons else []
        if not facts and session is not None and session.opened < sentence:
            facts = _session_speakers(text, session, sentence, persons)
        found += facts
    return _settle(found)


@dataclass(frozen=True, slots=True)
class _Session:
    """A paragraph that 会上 opens: who speaks in it, speaks at the event."""

    paragraph: Span
    opened: Span
    event: Argument


def _session_at(discourse: Discourse, sentence: Span) -> _Session | None:
    text = discourse.words.text
    paragraph = discourse.words.layout.paragraph_at(sentence.start)
    lead = text[paragraph.start : sentence.start]
    opening = _AT_SESSION.match(text, sentence.start)
    if lead.strip() or opening is None or discourse.is_other(sentence):
        return None
    event = discourse.event_at(sentence, opening.end())
    return None if event is None else _Session(paragraph, sentence, event)


def _session_speakers(
    text: str, session: _Session, sentence: Span, persons: list[_Person]
) -> list[TakesPart]:
    """会上，甲汇报。乙介绍，…: 乙 takes part too; by video where the words say so."""
    found = []
    for person in persons:
        said = _SAYS_THERE.match(text, person.span.end, sentence.end)
        if said is not None:
            mode: Mode = "video" if _VIDEO.search(said.group()) else "in_person"
            found.append(
                TakesPart(
                    person=person.argument,
                    event=session.event,
                    role="attends",
                    mode=mode,
                    evidence=sentence,
                    confidence=0.55,
                )
            )
    return found


def _outline(discourse: Discourse) -> str:
    """The text with the names of events masked: no deed begins in 某某合|作论坛上致辞."""
    chars = list(discourse.words.text)
    for event in discourse.within(Span(0, len(chars))):
        if event.span is not None:
            chars[event.span.start : event.span.end] = _NAMED * (event.span.end - event.span.start)
    return "".join(chars)


def _read_sentence(
    discourse: Discourse, sentence: Span, persons: list[_Person], outline: str
) -> list[TakesPart]:
    text = discourse.words.text
    predicates = [
        _Predicate(role, Span(*match.span()))
        for match in _PREDICATE.finditer(outline, sentence.start, sentence.end)
        if (role := _role(match)) is not None
        and not _NOT_AN_EVENT.match(text, match.start())
        and not _has_other_object(discourse, sentence, match)
        and _NOT_THERE.search(text[max(0, match.start() - 6) : match.start()]) is None
        and not _done_by_institution(discourse, sentence, match)
    ]
    items: list[_Person | _Predicate] = sorted([*persons, *predicates], key=lambda i: i.span)
    facts: list[TakesPart] = []
    waiting: list[_Person] = []
    run: list[_Predicate] = []
    forward: list[_Predicate] = []
    items = [i for i in items if not _commissions(text, i)]
    for index, item in enumerate(items):
        if isinstance(item, _Predicate):
            run.append(item)
            following = items[index + 1] if index + 1 < len(items) else None
            if isinstance(following, _Person) or following is None:
                own, ahead = _split_run(text, waiting, run, following)
                told = (
                    bool(forward) and _LATTER.match(text, waiting[-1].span.end) if waiting else None
                )
                if told and own:  # 演讲嘉宾是甲、乙，后者以视频参与
                    facts += _facts(discourse, sentence, waiting, forward, known=facts, ahead=True)
                elif waiting and own:
                    facts += _facts(discourse, sentence, waiting, own, known=facts)
                if own:
                    waiting, forward = [], []
                if ahead:
                    if waiting and forward and not own:
                        facts += _facts(
                            discourse, sentence, waiting, forward, known=facts, ahead=True
                        )
                    waiting, forward = [], ahead
                run = []
        else:
            waiting.append(item)
    if waiting and forward:
        facts += _facts(discourse, sentence, waiting, forward, known=facts, ahead=True)
    elif waiting:
        facts += _speakers(discourse, sentence, waiting)
        if not facts:
            facts += _actors(discourse, sentence, waiting)
    return facts


def _actors(discourse: Discourse, sentence: Span, persons: list[_Person]) -> list[TakesPart]:
    """会上，甲发布了方案: whoever acts on the occasion takes part, whatever the deed."""
    text = discourse.words.text
    occasion = _OCCASION.match(text, sentence.start)
    if occasion is None or discourse.is_other(sentence):
        return []
    at = occasion.end()
    subjects: list[_Person] = []
    named = discourse.references.within(Span(at, sentence.end))
    for argument in named:
        assert argument.span is not None
        if argument.span.start < at or not _SUBJECT_GAP.fullmatch(text, at, argument.span.start):
            break
        at = argument.span.end
        subjects += [p for p in persons if p.span == argument.span]
    if not subjects or subjects[-1].span.end != at or not _ACTS.match(text, at):
        return []
    event = discourse.event_at(sentence, subjects[0].span.start)
    if event is None:
        return []
    about = occasion.group()
    role: ParticipationRole = "attends"
    if re.search(r"圆桌|对话|讨论|研讨环节|沙龙", about):
        role = "discusses"
    elif re.search(r"(?:主旨|主题|大会)(?:演讲|报告|发言)", about):
        role = "keynotes"
    return [
        TakesPart(
            person=p.argument,
            event=event,
            role=role,
            mode="in_person",
            evidence=sentence,
            confidence=0.6,
        )
        for p in subjects
    ]


def _has_other_object(discourse: Discourse, sentence: Span, match: re.Match[str]) -> bool:
    """参与起草, 参加义务植树: what is taken part in is no event."""
    text = discourse.words.text
    if _TAKES_OBJECT.search(match.group()) is None:
        return False
    if _VAGUE_OBJECT.match(text, match.end()):
        return True
    if _NO_OBJECT.match(text, match.end()):
        return False
    stop = re.compile(r"[，。；]").search(text, match.end(), sentence.end)
    reach = Span(match.end(), stop.start() if stop else sentence.end)
    return not (
        discourse.within(reach)
        or discourse.generic(reach)
        or _PREDICATE.search(text, reach.start, reach.end)
    )


def _done_by_institution(discourse: Discourse, sentence: Span, match: re.Match[str]) -> bool:
    """某某研究院发来贺信: the deed of an institution, not of the persons before it."""
    text = discourse.words.text
    orgs = discourse.references.within(Span(sentence.start, match.start()), "ORG")
    return match.group().startswith("发来") and any(
        o.span is not None and _ALSO.fullmatch(text, o.span.end, match.start()) for o in orgs
    )


def _commissions(text: str, item: _Person | _Predicate) -> bool:
    """受省长某某委托: who commissions another does not take part."""
    if not isinstance(item, _Person) or not text.startswith("委托", item.span.end):
        return False
    return (
        re.search(r"受[^，。；]{0,30}\Z", text[max(0, item.span.start - 32) : item.span.start])
        is not None
    )


def _role(match: re.Match[str]) -> ParticipationRole | None:
    return next((role for role, _ in _PREDICATES if match.group(role)), None)


def _modifies(text: str, run: list[_Predicate], following: _Person | _Predicate | None) -> bool:
    """出席论坛的甲: the deed stands before the doer, as an attribute."""
    if following is None:
        return False
    return _RELATIVE.fullmatch(text[run[-1].span.end : following.span.start]) is not None


def _announces(text: str, run: list[_Predicate], following: _Person | _Predicate | None) -> bool:
    """参加讨论的有…, 对话嘉宾包括…, 邀请…: the persons come after."""
    if following is None:
        return False
    gap = text[run[-1].span.end : following.span.start]
    if len(gap) > 80:
        return False
    head = re.split(r"[，、]", gap)[0]
    if _FRONTED.match(head) or _SHARED.match(gap):
        return True
    if gap.startswith("的") and "，" not in gap and len(gap) <= 40:
        return True
    if re.match(
        r"[^，。；]{0,16}?(?:嘉宾|人员|专家|领导|代表|者)(?:中|还|主要)?(?:有|包括|为|是|：)", head
    ):
        return True
    return (
        re.search(r"(?:有|包括|为|是|：|由)", head) is not None
        and re.match(
            r"(?:的|者|人|嘉宾|环节|人员|领导|专家|还|代表|部分|主要|时|中|有|包括|：|:|为)", head
        )
        is not None
    )


def _split_run(
    text: str,
    waiting: list[_Person],
    run: list[_Predicate],
    following: _Person | _Predicate | None,
) -> tuple[list[_Predicate], list[_Predicate]]:
    """Predicates of the persons before the run, and those that announce a list after it."""
    met = bool(waiting) and _MEETS.search(text[waiting[-1].span.end : run[0].span.start])
    if met and _modifies(text, run, following):
        return [], run
    if not _announces(text, run, following):
        return (run if waiting else []), []
    if not waiting:
        return [], run
    cut = len(run) - 1
    while cut and not re.search(r"[，；]", text[run[cut - 1].span.end : run[cut].span.start]):
        cut -= 1
    if cut == 0 and _closes(text, waiting, run):
        return run, []
    return run[:cut], run[cut:]


def _closes(text: str, waiting: list[_Person], run: list[_Predicate]) -> bool:
    """Whether the run of predicates ends the clause of the persons before it."""
    between = text[waiting[-1].span.end : run[0].span.start]
    return re.search(r"[，。；]", between) is None


def _facts(
    discourse: Discourse,
    sentence: Span,
    persons: list[_Person],
    run: list[_Predicate],
    *,
    known: list[TakesPart],
    ahead: bool = False,
) -> list[TakesPart]:
    text = discourse.words.text
    if not ahead:  # 前者由甲主持；后者由乙主办，丙作报告
        cut = list(_OTHER_OF_TWO.finditer(text, persons[0].span.start, run[0].span.start))
        persons = [p for p in persons if not cut or p.span.start >= cut[-1].end()]
        if not persons:
            return []
    first = min(persons[0].span.start, run[0].span.start)
    last = max(persons[-1].span.end, run[-1].span.end)
    between = text[persons[-1].span.end : run[0].span.start] if not ahead else ""
    if not ahead and (len(between) > 60 or re.search(r"[。！？]", between)):
        return []
    event = _event(discourse, sentence, persons, run, ahead=ahead)
    if event is None and known and not discourse.is_other(sentence):
        event = known[-1].event
    if event is None:
        return []
    role = max((p.role for p in run), key=lambda r: _RANK[r])
    occasion = text[sentence.start : persons[0].span.start]
    if role == "attends" and re.match(
        r"[^，。；]{0,8}(?:圆桌|对话|讨论|研讨)|[^。；]{0,40}?(?:圆桌|对话|讨论"
        r"|研讨)(?:环节|论坛|会|活动)?[中上]",
        occasion,
    ):
        role = "discusses"
    if role == "attends" and re.match(r"[^，。；]{0,6}(?:主旨|主题)(?:演讲|报告|发言)", occasion):
        role = "keynotes"
    around = text[persons[-1].span.end : last] if not ahead else text[first : persons[0].span.start]
    tail = re.match(r"[^，。；]{0,12}", text[last : sentence.end])
    around += tail.group() if tail and not ahead else ""
    latter = _LATTER.match(text, last, sentence.end)
    around += latter.group() if latter else ""
    if re.match(r"[^，。；]{0,3}线下", around):
        mode: Mode = "in_person"
    elif _WRITTEN.search(around):
        mode = "written"
    elif _VIDEO.search(around):
        mode = "video"
    else:
        lead = text[max(sentence.start, first - 12) : persons[0].span.start]
        mode = "video" if re.search(r"(?:通过|以)视频[^，。；]{0,6}\Z", lead) else "in_person"
    if mode == "written" and role == "attends":
        role = "addresses"
    # 甲、乙作报告，后者以视频方式参会: only the last was not there in person.
    apart = "后者" in around or "其中" in around
    last_names = {persons[-1].argument.name}
    if len(persons) > 1 and text[persons[-2].span.end : persons[-1].span.start] in ("（", "("):
        last_names.add(persons[-2].argument.name)  # 约翰·史密斯（John Smith）
    if mode == "video" and (own := _in_last_clause(text, persons)):
        apart, last_names = True, own
    return [
        TakesPart(
            person=p.argument,
            event=event,
            role=role,
            mode="in_person" if apart and p.argument.name not in last_names else mode,
            evidence=sentence,
            confidence=0.85 if discourse.within(sentence) else 0.75,
        )
        for p in persons
    ]


def _in_last_clause(text: str, persons: list[_Person]) -> set[str]:
    """Who stands in the clause of the deed, where others have a deed of their own before it.

    甲以某题开讲，乙从某国视频接入: only 乙 is not there. Empty for a plain list (甲，乙连线).
    """
    for left, right in reversed(list(pairwise(persons))):
        told, comma, _ = text[left.span.end : right.span.start].partition("，")
        if comma and told:
            return {p.argument.name for p in persons if p.span.start >= right.span.start}
    return set()


def _speakers(discourse: Discourse, sentence: Span, persons: list[_Person]) -> list[TakesPart]:
    """甲在论坛上表示: who speaks at an event takes part in it."""
    text = discourse.words.text
    found = []
    for person in persons:
        match = re.compile(
            r"[^，。；]{0,8}在[^，。；]{0,16}?(?:论坛|大会|会议|峰会|年会|开幕式"
            r"|会)(?:开幕式)?(?:上|期间|中)[^，。；]{0,8}?(?:表示|指出|说|介绍|认为|强调"
            r"|称|呼吁|提出|建议|这样讲|坦言|谈到|提到|断言|直言|透露|回应|提醒|分析|总结)"
        ).match(text, person.span.end)
        named = next(
            (
                m
                for m in discourse.within(sentence)
                if m.span
                and re.fullmatch(
                    r"[^，。；]{0,8}在[^，。；]{0,12}[“「]?",
                    text[person.span.end : m.span.start] or "。",
                )
                and re.match(
                    r"[”」]?(?:开幕式)?(?:上|期间|中)?[^，。；]{0,6}?(?:表示|指出|说|介绍"
                    r"|认为|强调|称|呼吁|提出|建议|坦言|谈到|提到|直言|透露|回应|提醒|披露|谈及)",
                    text[m.span.end :][:16],
                )
            ),
            None,
        )
        if match is None and named is None:
            continue
        event = named or discourse.event_at(sentence, match.end() if match else person.span.end)
        if event is not None and not discourse.is_other(sentence):
            found.append(
                TakesPart(
                    person=person.argument,
                    event=event,
                    role="attends",
                    mode="in_person",
                    evidence=sentence,
                    confidence=0.6,
                )
            )
    return found


def _event(
    discourse: Discourse,
    sentence: Span,
    persons: list[_Person],
    run: list[_Predicate],
    *,
    ahead: bool,
) -> Argument | None:
    """The event of a group: named beside its predicates, else before it, else in focus."""
    text = discourse.words.text
    mentions = discourse.within(sentence)
    start = persons[-1].span.end if not ahead else run[0].span.start
    for mention in mentions:
        assert mention.span is not None
        if mention.span.start >= start and mention.span.start < run[-1].span.end:
            return mention
        gap = text[run[-1].span.end : mention.span.start]
        if mention.span.start >= run[-1].span.end and re.fullmatch(
            r"(?:了|的)?(?:[^，。；]{0,8}的)?(?:分论坛|平行论坛)?[“「‘]?", gap
        ):
            return mention
    offset = min(persons[0].span.start, run[0].span.start)
    before = [m for m in mentions if m.span and m.span.end <= offset]
    if not before:
        spoken = text[sentence.start : run[-1].span.end + 12]
        generic = discourse.generic(Span(sentence.start, min(sentence.end, run[-1].span.end + 14)))
        if discourse.is_other(sentence) and not re.search(r"论坛|大会|峰会|年会", spoken):
            return None
        if generic:
            wording = [g.of(text) for g in generic]
            focus = discourse.focus_before(sentence)
            ceremony = any(re.search(r"开幕|闭幕|本届|大会|年会|峰会", w) for w in wording)
            if focus is not None and focus.name in discourse.parts and not ceremony:
                return focus
            return discourse.meant_by(generic[-1], sentence)
        if all(p.role == "attends" for p in run) and not _same_paragraph(discourse, sentence):
            return None
        # 甲介绍，…: without an occasion it may be said to the reporter.
        reports = all(_REPORTS.fullmatch(p.span.of(text)) for p in run)
        if reports and _OCCASION.match(text, sentence.start) is None:
            return None
    return discourse.event_at(sentence, offset)


def _same_paragraph(discourse: Discourse, sentence: Span) -> bool:
    """Whether this paragraph or the one before spoke of an event."""
    paragraphs = discourse.words.layout.paragraphs
    paragraph = discourse.words.layout.paragraph_at(sentence.start)
    index = paragraphs.index(paragraph)
    before = Span(paragraphs[max(0, index - 1)].start, sentence.end)
    return bool(discourse.within(before) or discourse.generic(before))


def _settle(facts: list[TakesPart]) -> list[TakesPart]:
    """Bare attendance gives way to what the person did at the same event."""
    best: dict[tuple[str, str], list[TakesPart]] = {}
    for fact in facts:
        best.setdefault((fact.person.name, fact.event.name), []).append(fact)
    kept: list[TakesPart] = []
    for claims in best.values():
        active = [c for c in claims if c.role != "attends"]
        chosen = active or claims[:1]
        seen: set[str] = set()
        for claim in chosen:
            if claim.role not in seen:
                seen.add(claim.role)
                mode = next((c.mode for c in claims if c.mode != "in_person"), claim.mode)
                kept.append(
                    claim
                    if claim.mode == mode
                    else TakesPart(
                        person=claim.person,
                        event=claim.event,
                        role=claim.role,
                        mode=mode,
                        evidence=claim.evidence,
                        confidence=claim.confidence,
                    )
                )
    return sorted(kept, key=lambda f: (f.evidence, f.person.span or Span(0, 0)))


@Language.factory(
    "tanpu_participation",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.appointments"],
)
def create_participation(nlp: Language, name: str) -> ParticipationReader:
    """The component by its registered name."""
    return ParticipationReader()


class ParticipationReader:
    """Adds the facts on participants."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        discourse = Discourse.from_doc(doc)
        facts = find_participation(discourse, doc._.references, doc._.appointments)
        doc._.facts = (*doc._.facts, *facts)
        return doc
