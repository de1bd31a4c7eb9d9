"""The errors of the service, and the one table from errors to HTTP.

The error classes of all packages know no HTTP. :data:`ERROR_TABLE` gives each base its
status and title; the first row whose class fits decides. What is sent is
``application/problem+json`` (RFC 9457), a page or plain text, as the client asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from logging import ERROR, INFO, getLogger
from math import ceil
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from extract.errors import (
    ComponentError,
    ExtractionError,
    InputError,
    OverlongInputError,
    UnsupportedInputError,
)
from extract.worker import (
    ClientExtractingError,
    ExtractionMemoryError,
    ExtractionTimeoutError,
    ExtractorBusyError,
    WorkerError,
)
from graph.checking import CheckError, CheckMemoryError, CheckTimeoutError, ClientCheckingError
from graph.conversion import UnmappableTermError
from graph.decisions.file import DecisionError
from graph.drafts import DefaultGraphError, OtherGraphError
from graph.errors import GraphError
from graph.evaluation import EvaluationError, ResultTooLargeError, UnreadableStoreError
from graph.federation.errors import (
    EndpointError,
    EndpointResultTooLargeError,
    EndpointTimeoutError,
)
from graph.gate import (
    ForeignGraphError,
    GateError,
    OtherIdentityError,
    ProtectedGraphError,
    ShapeViolationError,
)
from graph.journal import JournalError
from graph.payloads import UnparsableGraphError, UnusableGraphError
from graph.querytext import InvalidQueryError, QueryTooComplexError, UnsupportedQueryError
from graph.resolution.apply import RefusedResolutionError
from graph.store import (
    GraphNotFoundError,
    ReadOnlyStoreError,
    StoreError,
    StoreLockedError,
    StoreWriteError,
)
from graph.tokens import InvalidTokenError, TokenError
from graph.tombstones import TombstoneError
from graph.trial import UpdateFailedError
from graph.updatetext import DatasetConflictError
from graph.workers import (
    ClientBusyError,
    ClientGoneError,
    OverloadedError,
    QueryMemoryError,
    QueryTimeoutError,
    RunnerError,
    WorkerDiedError,
)
from graph.xml_graphs import UnwritableGraphError
from web.negotiation import HTML, best_media_type
from web.records import note_error
from web.wording import STATUS_WORDS, Words

PROBLEM_JSON = "application/problem+json"
PLAIN_TEXT = "text/plain"
TURTLE = "text/turtle"
# What RFC 6750 has in WWW-Authenticate; the message of the error says the rest.
BEARER = 'Bearer realm="tanpu"'

logger = getLogger(__name__)


class WebError(Exception):
    """Base of the errors that the service itself raises."""


class ConfigError(WebError):
    """A setting is unknown or has a value that cannot be used."""


class MalformedRequestError(WebError):
    """A parameter is missing, repeated or has a value that cannot be read."""


class MalformedIriError(MalformedRequestError):
    """The path is not an IRI that this service could ever have minted."""


class UnknownIriError(WebError):
    """The IRI is well formed but the store says nothing about it."""


class GoneIriError(WebError):
    """The store once said something about an IRI; ``documents`` are the ids of those that did.

    ``removed`` is when the IRI's own document was removed, in UTC; None where it is of none, or
    that is not known.
    """

    def __init__(
        self,
        message: str,
        *,
        iri: str,
        documents: Sequence[str],
        removed: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.iri = iri
        self.documents = tuple(documents)
        self.removed = removed


class SeveralThingsError(WebError):
    """A name was published for what turned out to be several things; ``choices`` are their IRIs."""

    def __init__(self, segment: str, choices: Sequence[str]) -> None:
        super().__init__(f"the name is that of several things: {', '.join(choices)}")
        self.segment = segment
        self.choices = tuple(choices)


class NotAcceptableError(WebError):
    """None of the formats on offer fits the Accept header."""


class UpdateRefusedError(MalformedRequestError):
    """An update stands where only a query may."""


class MissingTokenError(WebError):
    """Something that needs a token was asked without one."""


class MalformedAuthorizationError(WebError):
    """The header that should hold a token cannot be read."""


class InsufficientScopeError(WebError):
    """A token does not allow what was asked with it."""


class ConflictError(WebError):
    """Something that is to be made is there already."""


class UnprocessableError(WebError):
    """A body that is well formed and says nothing that could be done."""


class BudgetSpentError(WebError):
    """A client has used the computing that it may use; it may go on after some seconds."""

    def __init__(self, message: str, *, wait_seconds: float) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class RateExceededError(BudgetSpentError):
    """A client has sent as many documents as it may; it may send more after some seconds."""


class ForeignAddressError(WebError):
    """Something for operators was asked from an address that is not among theirs."""


class StoreUnreadableError(WebError):
    """The store cannot be read at the moment."""


class BrokenAnswerError(ConnectionAbortedError):
    """A result ends early after its beginning has been sent: the connection must not look whole.

    Raised while the server sends, where no table of errors applies.
    """


@dataclass(frozen=True, slots=True)
class Problem:
    """How an error looks from outside: an HTTP status, a short title, when to ask again.

    ``retry_after`` counts seconds; None says that asking again does not help. ``challenge``
    says how the client may prove who it is. ``told`` is the detail for clients where the error's
    own message names files of the operator, who finds it in the log; None is that message.
    """

    status: HTTPStatus
    words: Words
    retry_after: int | None = None
    challenge: str | None = None
    told: str | None = None

    @property
    def title(self) -> str:
        """The title for programs and people alike, in both languages where we have both."""
        zh, en = self.words.zh, self.words.en
        return en if zh == en else f"{zh} {en}"


# Makes a page of a problem, its detail, and the line and column where a text went wrong.
ShowProblem = Callable[[Problem, str, Mapping[str, int]], str]

# What more than one row of the table has.
INTERNAL_ERROR = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, Words("内部错误", "Internal error"))
UNREADABLE_STORE = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Words("图谱不可读", "Store unreadable"),
    told="expected a store that can be used, got none; the log of the service says why",
)
UNREADABLE_TEXT = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, Words("文章不可读", "Unreadable text"))
MALFORMED_IDENTIFIER = Problem(
    HTTPStatus.BAD_REQUEST, Words("标识格式有误", "Malformed identifier")
)

ERROR_TABLE: Mapping[type[Exception], Problem] = {
    MissingTokenError: Problem(
        HTTPStatus.UNAUTHORIZED, Words("需要令牌", "Token needed"), challenge=BEARER
    ),
    InvalidTokenError: Problem(
        HTTPStatus.UNAUTHORIZED,
        Words("令牌无效", "Invalid token"),
        challenge=f'{BEARER}, error="invalid_token"',
    ),
    MalformedAuthorizationError: Problem(
        HTTPStatus.BAD_REQUEST,
        Words("令牌格式有误", "Malformed token"),
        challenge=f'{BEARER}, error="invalid_request"',
    ),
    InsufficientScopeError: Problem(
        HTTPStatus.FORBIDDEN,
        Words("令牌权限不足", "Insufficient scope"),
        challenge=f'{BEARER}, error="insufficient_scope"',
    ),
    ForeignGraphError: Problem(
        HTTPStatus.FORBIDDEN,
        Words("令牌权限不足", "Insufficient scope"),
        challenge=f'{BEARER}, error="insufficient_scope", scope="admin"',
    ),
    TokenError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("令牌不可读", "Tokens unreadable"),
        told="expected tokens that can be used, got others; the log of the service says why",
    ),
    ProtectedGraphError: Problem(HTTPStatus.FORBIDDEN, Words("只读的图", "Read-only graph")),
    RefusedResolutionError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, Words("牵连的文档不合约束", "Another document is refused")
    ),
    DecisionError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("决定不可读", "Decisions unreadable"),
        told="expected decisions that can be used, got others; the log of the service says why",
    ),
    JournalError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("记录不可用", "Journal unavailable"),
        retry_after=5,
        told="expected a journal that can be used, got none; the log of the service says why",
    ),
    OtherIdentityError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, Words("所指实体有变", "Entities have other identifiers")
    ),
    GateError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, Words("不合约束", "Refused by the shapes")),
    DefaultGraphError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, Words("默认图只读", "Read-only default graph")
    ),
    OtherGraphError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, Words("涉及别的图", "Other graph")),
    UnprocessableError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, Words("无法处理", "Unprocessable content")
    ),
    ConflictError: Problem(HTTPStatus.CONFLICT, Words("已经存在", "Conflict")),
    CheckTimeoutError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("检查超时", "Checking took too long")
    ),
    CheckMemoryError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("检查内存超限", "Checking took too much memory")
    ),
    ClientCheckingError: Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        Words("同时检查过多", "Too many checks at once"),
        retry_after=5,
    ),
    CheckError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("检查中断", "Checking broke off"), retry_after=5
    ),
    UpdateFailedError: Problem(HTTPStatus.BAD_REQUEST, Words("更新未成", "Update failed")),
    UnparsableGraphError: Problem(HTTPStatus.BAD_REQUEST, Words("数据语法有误", "Syntax error")),
    UnusableGraphError: Problem(HTTPStatus.BAD_REQUEST, Words("数据不合用", "Unusable data")),
    StoreLockedError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("图谱正在写入", "Store is being written"),
        retry_after=5,
        told="expected to be the only writer, but somebody else writes at the moment",
    ),
    StoreWriteError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Words("图谱写不进", "Store cannot be written"),
        told="expected a disk that takes what is written, got none; nothing was acknowledged",
    ),
    UpdateRefusedError: Problem(HTTPStatus.BAD_REQUEST, Words("此处只能查询", "Queries only")),
    InvalidQueryError: Problem(HTTPStatus.BAD_REQUEST, Words("查询语法有误", "Query syntax error")),
    QueryTooComplexError: Problem(
        HTTPStatus.BAD_REQUEST, Words("查询过于复杂", "Query too complex")
    ),
    UnsupportedQueryError: Problem(
        HTTPStatus.BAD_REQUEST, Words("查询不受支持", "Query not supported")
    ),
    DatasetConflictError: Problem(
        HTTPStatus.BAD_REQUEST, Words("数据集冲突", "Conflicting dataset")
    ),
    ResultTooLargeError: Problem(HTTPStatus.BAD_REQUEST, Words("结果过大", "Result too large")),
    EndpointResultTooLargeError: Problem(
        HTTPStatus.BAD_REQUEST, Words("外部结果过大", "Result of SERVICE too large")
    ),
    EndpointTimeoutError: Problem(
        HTTPStatus.GATEWAY_TIMEOUT, Words("外部端点超时", "Endpoint of SERVICE timed out")
    ),
    EndpointError: Problem(
        HTTPStatus.BAD_GATEWAY, Words("外部端点出错", "Endpoint of SERVICE failed")
    ),
    UnreadableStoreError: UNREADABLE_STORE,
    EvaluationError: INTERNAL_ERROR,
    QueryTimeoutError: Problem(HTTPStatus.SERVICE_UNAVAILABLE, Words("查询超时", "Query timeout")),
    WorkerDiedError: Problem(HTTPStatus.SERVICE_UNAVAILABLE, Words("查询中断", "Query aborted")),
    OverloadedError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("服务繁忙", "Overloaded"), retry_after=1
    ),
    ClientBusyError: Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        Words("同时查询过多", "Too many queries at once"),
        retry_after=1,
    ),
    BudgetSpentError: Problem(
        HTTPStatus.TOO_MANY_REQUESTS, Words("请求过多", "Too many requests"), retry_after=1
    ),
    RateExceededError: Problem(
        HTTPStatus.TOO_MANY_REQUESTS, Words("文章过多", "Too many documents"), retry_after=1
    ),
    ForeignAddressError: Problem(HTTPStatus.FORBIDDEN, Words("不对外开放", "Not open to all")),
    QueryMemoryError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("查询内存超限", "Query out of memory")
    ),
    RunnerError: Problem(HTTPStatus.SERVICE_UNAVAILABLE, Words("服务不可用", "Unavailable")),
    ReadOnlyStoreError: Problem(HTTPStatus.FORBIDDEN, Words("只读端点", "Read-only endpoint")),
    UnmappableTermError: MALFORMED_IDENTIFIER,
    GraphNotFoundError: Problem(HTTPStatus.NOT_FOUND, Words("未收录", "Not found")),
    StoreError: UNREADABLE_STORE,
    TombstoneError: UNREADABLE_STORE,
    GraphError: INTERNAL_ERROR,
    ExtractionTimeoutError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("读取超时", "Reading took too long")
    ),
    ExtractionMemoryError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("读取内存超限", "Reading took too much memory")
    ),
    ExtractorBusyError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, Words("服务繁忙", "Overloaded"), retry_after=5
    ),
    ClientExtractingError: Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        Words("同时读取过多", "Too many texts at once"),
        retry_after=5,
    ),
    WorkerError: Problem(HTTPStatus.SERVICE_UNAVAILABLE, Words("读取中断", "Reading broke off")),
    UnsupportedInputError: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Words("不支持的文件", "Unsupported file")
    ),
    OverlongInputError: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Words("文章过长", "Text too long")
    ),
    InputError: UNREADABLE_TEXT,
    ComponentError: UNREADABLE_TEXT,
    ExtractionError: INTERNAL_ERROR,
    MalformedIriError: MALFORMED_IDENTIFIER,
    MalformedRequestError: Problem(HTTPStatus.BAD_REQUEST, Words("请求有误", "Bad request")),
    UnknownIriError: Problem(HTTPStatus.NOT_FOUND, Words("未收录", "Not found")),
    GoneIriError: Problem(HTTPStatus.GONE, Words("已不再收录", "No longer in the graph")),
    SeveralThingsError: Problem(
        HTTPStatus.MULTIPLE_CHOICES, Words("同名的不同事物", "Several things of this name")
    ),
    NotAcceptableError: Problem(HTTPStatus.NOT_ACCEPTABLE, Words("无此格式", "No such format")),
    UnwritableGraphError: Problem(
        HTTPStatus.NOT_ACCEPTABLE, Words("此格式写不下", "Not writable in this format")
    ),
    StoreUnreadableError: UNREADABLE_STORE,
}


def init_app(app: Flask) -> None:
    """Answers every error of the table, and HTTP's own errors, in the form asked for."""
    for error_class in ERROR_TABLE:
        app.register_error_handler(error_class, answer_known_error)
    app.register_error_handler(HTTPException, answer_http_error)


def problem_of(error: Exception) -> Problem:
    """The row of the table for ``error``.

    Raises:
        KeyError: when no row fits, which is a gap in the table.
    """
    for error_class in type(error).__mro__:
        if error_class in ERROR_TABLE:
            return ERROR_TABLE[error_class]
    raise KeyError(type(error))


def answer_known_error(error: Exception, *, show: ShowProblem | None = None) -> Response:
    """The response to an error of the table; its message is meant for the client.

    Args:
        error: of a class in :data:`ERROR_TABLE`.
        show: makes the page of whoever reads HTML; None is the bare page of a problem.
    """
    problem = problem_of(error)
    note_error(error)
    if isinstance(error, BudgetSpentError):
        problem = replace(problem, retry_after=max(1, ceil(error.wait_seconds)))
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Nobody has to do anything about a client that went.
        level = INFO if isinstance(error, ClientGoneError) else ERROR
        logger.log(level, "%s %s: %s", request.method, request.path, error)
    if isinstance(error, ShapeViolationError) and _wants_report():
        turtle = "".join(report.turtle for _, report in sorted(error.reports.items()))
        response = Response(turtle, status=problem.status, content_type=f"{TURTLE}; charset=utf-8")
        response.vary.add("Accept")
        return response
    detail = str(error) if problem.told is None else problem.told
    return _answer(problem, detail, _place(error), _members(error), show or show_problem)


def _wants_report() -> bool:
    """Whether the client likes the report of the shapes best as SHACL words it."""
    accept = request.headers.get("Accept")
    return best_media_type(accept, [PROBLEM_JSON, HTML, PLAIN_TEXT, TURTLE]) == TURTLE


def _members(error: Exception) -> dict[str, Any]:
    """What the JSON of a problem has beside what all have."""
    if isinstance(error, GoneIriError):
        when = {} if error.removed is None else {"removed": error.removed.isoformat()}
        return {"documents": list(error.documents), **when}
    if isinstance(error, OtherIdentityError):
        return {"identities": [conflict.to_json() for conflict in error.conflicts]}
    if not isinstance(error, ShapeViolationError):
        return {}
    return {"reports": {name: report.to_json() for name, report in sorted(error.reports.items())}}


def answer_http_error(error: HTTPException) -> Response:
    """The response to an error of HTTP itself, such as a wrong method, or to a defect.

    Flask hands unexpected exceptions in as an internal server error whose text says
    nothing about them; they are logged, and no trace leaves the process.
    """
    note_error(getattr(error, "original_exception", None) or error)
    response = error.get_response()
    status = HTTPStatus(response.status_code)
    if status < HTTPStatus.BAD_REQUEST:
        return Response(response.get_data(), status=status, headers=response.headers)
    words = STATUS_WORDS.get(status, Words(status.phrase, status.phrase))
    # What the library says of each error of a kind, in English, is said by the heading already.
    show = _show_heading if error.description == type(error).description else show_problem
    answer = _answer(Problem(status, words), error.description or status.phrase, {}, {}, show)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def _place(error: Exception) -> dict[str, int]:
    """Line and column where a text went wrong, both from 1, as far as they are known."""
    if not isinstance(error, InvalidQueryError | UnparsableGraphError):
        return {}
    places = {"line": error.line, "column": error.column}
    return {name: number for name, number in places.items() if number is not None}


def show_problem(problem: Problem, detail: str, place: Mapping[str, int]) -> str:
    """The bare page of a problem."""
    return render_template("error.html", problem=problem, detail=detail, place=place)


def _show_heading(problem: Problem, detail: str, place: Mapping[str, int]) -> str:
    """The bare page of a problem, without its detail."""
    return show_problem(problem, "", place)


def _answer(
    problem: Problem,
    detail: str,
    place: Mapping[str, int],
    members: Mapping[str, Any],
    show: ShowProblem,
) -> Response:
    accept = request.headers.get("Accept")
    media_type = best_media_type(accept, [PROBLEM_JSON, HTML, PLAIN_TEXT]) or PROBLEM_JSON
    if media_type == HTML:
        response = Response(show(problem, detail, place), mimetype=HTML)
    elif media_type == PLAIN_TEXT:
        response = Response(f"{problem.status} {problem.title}\n{detail}\n", mimetype=PLAIN_TEXT)
    else:
        response = jsonify(
            {
                "type": "about:blank",
                "title": problem.title,
                "status": problem.status,
                "detail": detail,
                "instance": request.path,
                **place,
                **members,
            }
        )
        response.mimetype = PROBLEM_JSON
    response.status_code = problem.status
    if problem.challenge is not None:
        response.headers["WWW-Authenticate"] = problem.challenge
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    response.vary.add("Accept")
    return response
