"""``/api`` as it is shown: what the description in OpenAPI says, for people who want to try it.

Everything on the page comes from the description: paths, parameters, bodies, answers and schemas.
Its sentences are looked up in the language of the request. Where the store has something better
than the description's examples (a thing that is there), these examples are put in their place.

>>> to_anchor("get", "/page/{segment}/{name}")
'get-page-segment-name'
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask_babel import gettext

from web.examples import Examples

METHODS = ("get", "post", "put", "patch", "delete")
# The variable of a shell that has the secret of a token.
TOKEN_VARIABLE = "TOKEN"
_NOT_IN_ANCHORS = re.compile(r"[^a-z0-9_]+")
_REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Sort:
    """What a value may be: words, with the name of a schema where they end in one."""

    words: str
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter, or what stands in an object: ``where`` is path, query or header, or empty.

    ``choices`` are all values that it may have; ``is_flag`` says that it has none but its being
    there; without it, it is ``default``.
    """

    name: str
    sort: Sort
    meaning: str
    where: str = ""
    required: bool = False
    example: str = ""
    default: str = ""
    choices: Sequence[str] = ()
    is_flag: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A format in which something is sent, with an example where there is one."""

    media_type: str
    schema: str
    example: str = ""
    fields: Sequence[Field] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, or ``default`` for all others, with the formats of the answer."""

    status: str
    meaning: str
    contents: Sequence[Content]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How an operation is asked for, and what it answers; ``address`` is its path on the host."""

    method: str
    address: str
    needs_token: bool
    fields: Sequence[Field]
    body: Sequence[Content]
    answers: Sequence[Answer]

    @property
    def is_plain(self) -> bool:
        """Whether a form without a script can ask for it: a GET whose path is always the same."""
        is_open = self.method == "GET" and not self.needs_token
        return is_open and all(field.where == "query" for field in self.fields)

    @property
    def accepted(self) -> Sequence[str]:
        """The formats of the first answer that has any."""
        contents = next((answer.contents for answer in self.answers if answer.contents), ())
        return [content.media_type for content in contents]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """What a method of a path does; ``template`` is the path as the description has it."""

    anchor: str
    template: str
    summary: str
    call: Call
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations of one tag."""

    anchor: str
    words: str
    operations: Sequence[OperationView]


@dataclass(frozen=True, slots=True)
class SchemaView:
    """A schema of JSON: what it is, and its fields, those of what lies in it with a path."""

    name: str
    meaning: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole page."""

    groups: Sequence[Group]
    schemas: Sequence[SchemaView]


def read_reference(description: Mapping[str, Any], host: str, examples: Examples) -> Reference:
    """The page that a description makes, in the language of the request.

    Args:
        description: as :func:`web.openapi.describe_service` gives it.
        host: scheme and host of the service, without a slash at the end.
        examples: what the store has.
    """
    root = description["servers"][0]["url"].rstrip("/")
    components = description["components"]
    operations = [
        (
            operation["tags"][0],
            _read_operation(template, method, operation, components, host, root, examples),
        )
        for template, item in description["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    return Reference(
        groups=[
            Group(
                tag["name"],
                _translate(tag["description"]),
                [operation for name, operation in operations if name == tag["name"]],
            )
            for tag in description["tags"]
        ],
        schemas=[
            SchemaView(name, _meaning_of(schema), list(_read_fields(schema)))
            for name, schema in components["schemas"].items()
        ],
    )


def to_anchor(method: str, template: str) -> str:
    """The name of an operation's place on the page."""
    return _NOT_IN_ANCHORS.sub("-", f"{method}{template}".lower()).strip("-")


def _read_operation(
    template: str,
    method: str,
    operation: Mapping[str, Any],
    components: Mapping[str, Any],
    host: str,
    root: str,
    examples: Examples,
) -> OperationView:
    known = examples.read if method == "get" else examples.written
    fields = [
        _read_parameter(parameter, known.get((template, parameter["name"])))
        for parameter in operation.get("parameters", ())
    ]
    sent = operation.get("requestBody", {}).get("content", {})
    body = [_read_content(media_type, content, examples) for media_type, content in sent.items()]
    call = Call(
        method=method.upper(),
        address=root + template,
        needs_token="security" in operation,
        fields=fields,
        body=sorted(body, key=lambda content: not content.example),
        answers=list(_read_answers(operation["responses"], components)),
    )
    return OperationView(
        anchor=to_anchor(method, template),
        template=template,
        summary=_translate(operation["summary"]),
        call=call,
        curl=to_curl(call, host),
    )


def _read_parameter(parameter: Mapping[str, Any], known: str | None) -> Field:
    schema = parameter["schema"]
    stated = parameter.get("example", "")
    return Field(
        name=parameter["name"],
        sort=to_sort(schema),
        meaning=_meaning_of(parameter),
        where=parameter["in"],
        required=parameter["required"],
        example=str(stated) if known is None else known,
        default=str(schema.get("default", "")),
        choices=schema.get("enum", ()),
        is_flag=schema.get("maxLength") == 0,
    )


def _read_content(media_type: str, content: Mapping[str, Any], examples: Examples) -> Content:
    schema = content["schema"]
    example = content.get("example", "")
    if isinstance(example, Mapping):
        example = urlencode(example, quote_via=quote)
    if media_type == "text/turtle" and not example:
        example = examples.turtle
    fields = () if "$ref" in schema else tuple(_read_fields(schema))
    return Content(media_type, _name_of(schema), example, fields)


def _read_answers(responses: Mapping[str, Any], components: Mapping[str, Any]) -> Iterator[Answer]:
    for status, response in responses.items():
        if "$ref" in response:
            response = components["responses"][response["$ref"].rpartition("/")[2]]
        contents = [
            Content(media_type, _name_of(content["schema"]))
            for media_type, content in response.get("content", {}).items()
        ]
        yield Answer(status, _meaning_of(response), contents)


def _read_fields(schema: Mapping[str, Any], prefix: str = "") -> Iterator[Field]:
    """The fields of an object, and of objects and lists of objects in it."""
    needed = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        path, items = f"{prefix}{name}", inner.get("items", {})
        yield Field(
            name=path,
            sort=to_sort(inner),
            meaning=_meaning_of(inner) or _meaning_of(items),
            required=name in needed,
        )
        yield from _read_fields(inner, f"{path}.")
        yield from _read_fields(items, f"{path}[].")


def _meaning_of(described: Mapping[str, Any]) -> str:
    return _translate(described["description"]) if "description" in described else ""


def _translate(sentence: str) -> str:
    """A sentence of the description in the language of the request."""
    return str(gettext(sentence))


def _name_of(schema: Mapping[str, Any]) -> str:
    """The name of the schema that is referred to; "" where it is written in place."""
    return str(schema.get("$ref", "")).removeprefix(_REFERENCE)


def to_sort(schema: Mapping[str, Any]) -> Sort:
    """What a value may be, in words.

    >>> to_sort({"$ref": "#/components/schemas/Job"})
    Sort(words='', schema='Job')

    Raises:
        ValueError: for a sort of schema that no description of ours has.
    """
    if "$ref" in schema:
        return Sort("", _name_of(schema))
    if "enum" in schema:
        return Sort(" · ".join(str(value) for value in schema["enum"]))
    if "const" in schema:
        return Sort(str(schema["const"]))
    if not schema:
        return Sort(gettext("bytes"))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds == ["array"]:
        inner = to_sort(schema["items"])
        return Sort(" ".join(filter(None, (gettext("list of"), inner.words))), inner.schema)
    if kinds == ["object"] and "additionalProperties" in schema and "properties" not in schema:
        inner = to_sort(schema["additionalProperties"])
        return Sort(" ".join(filter(None, (gettext("object of"), inner.words))), inner.schema)
    words = gettext(" or ").join(_words_of(kind, schema.get("format")) for kind in kinds)
    return Sort(words + _range_of(schema))


def _words_of(kind: str, form: str | None) -> str:
    words = {
        "string": gettext("text"),
        "integer": gettext("whole number"),
        "number": gettext("number"),
        "boolean": gettext("yes or no"),
        "object": gettext("object"),
        "array": gettext("list"),
        "null": gettext("nothing"),
    }
    forms = {
        "iri": gettext("IRI"),
        "iri-reference": gettext("IRI"),
        "date": gettext("date"),
        "date-time": gettext("date and time"),
    }
    found: str | None = words.get(kind) if form is None else forms.get(form)
    if found is None:
        raise ValueError(f"expected a type and format with words, got {kind!r} and {form!r}")
    return found


def _range_of(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None:
        return ""
    return f" ≥ {least}" if most is None else f" {least}–{most}"


# --- the line for a shell ------------------------------------------------------------------


def to_curl(call: Call, host: str) -> str:
    """The command that asks for an operation with the examples of its parameters.

    What has to be there and has no example is written in capitals. The secret of a token is taken
    from the variable :data:`TOKEN_VARIABLE` of the shell.
    """
    path = call.address
    for field in call.fields:
        if field.where == "path":
            path = path.replace(f"{{{field.name}}}", quote(_shown_value(field)))
    asked = [(f.name, _shown_value(f)) for f in call.fields if _is_asked(f, "query")]
    is_seen_whole = call.accepted and not any(a.status.startswith("3") for a in call.answers)
    options = [] if is_seen_whole else ["-i"]
    if call.method == "GET":
        options += ["-G"] if asked else []
    elif call.method != "POST" or not call.body:
        options += ["-X", call.method]
    address = f"{host}{path}"
    if asked and call.method != "GET":
        address += f"?{urlencode(asked, quote_via=quote)}"
    parts = [" ".join(["curl", *options, shlex.quote(address)])]
    if call.method == "GET":
        parts += [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in asked]
    headers = [f"{f.name}: {_shown_value(f)}" for f in call.fields if _is_asked(f, "header")]
    headers += [f"Accept: {media_type}" for media_type in call.accepted[:1]]
    headers += [f"Content-Type: {content.media_type}" for content in call.body[:1]]
    if call.needs_token:
        parts.append(f'-H "Authorization: Bearer ${TOKEN_VARIABLE}"')
    parts += [f"-H {shlex.quote(header)}" for header in headers]
    parts += [f"--data-binary {shlex.quote(content.example)}" for content in call.body[:1]]
    return " \\\n  ".join(parts)


def _is_asked(field: Field, where: str) -> bool:
    return field.where == where and (field.required or bool(field.example))


def _shown_value(field: Field) -> str:
    return field.example or field.name.upper()
