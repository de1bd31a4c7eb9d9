"""JSON schemas of the Reconciliation API 0.2, written from the text of its specification."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
TYPE: Schema = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": TEXT, "name": TEXT, "broader": {"type": "array"}},
    "additionalProperties": False,
}
LOCATED: Schema = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {
        "service_url": {"type": "string", "pattern": "^https?://.*[^/]$"},
        "service_path": {"type": "string", "pattern": "^/"},
        "flyout_service_url": {"type": "string", "pattern": "^https?://.*[^/]$"},
        "flyout_service_path": {"type": "string", "pattern": r"\$\{id\}"},
    },
    "additionalProperties": False,
}
SETTING: Schema = {
    "type": "object",
    "required": ["name", "label", "type"],
    "properties": {
        "name": TEXT,
        "label": TEXT,
        "type": {"enum": ["number", "text", "checkbox", "select"]},
        "default": {},
        "help_text": TEXT,
        "choices": {
            "type": "array",
            "items": {"type": "object", "required": ["value", "name"]},
        },
    },
    "if": {"properties": {"type": {"const": "select"}}},
    "then": {"required": ["choices"]},
    "else": {"not": {"required": ["choices"]}},
    "additionalProperties": False,
}
TEMPLATE: Schema = {"type": "string", "pattern": r"^https?://.*\{\{id\}\}"}
MANIFEST: Schema = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "contains": {"const": "0.2"}, "items": TEXT},
        "name": TEXT,
        "identifierSpace": {"type": "string", "format": "uri", "pattern": "^https?://"},
        "schemaSpace": {"type": "string", "format": "uri", "pattern": "^https?://"},
        "documentation": {"type": "string", "pattern": "^https?://"},
        "logo": {"type": "string", "pattern": "^https?://"},
        "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": TYPE, "uniqueItems": True},
        "view": {"type": "object", "required": ["url"], "properties": {"url": TEMPLATE}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": TEMPLATE,
                "width": {"type": "integer", "minimum": 1},
                "height": {"type": "integer", "minimum": 1},
            },
        },
        "suggest": {
            "type": "object",
            "properties": {"entity": LOCATED, "property": LOCATED, "type": LOCATED},
            "additionalProperties": False,
        },
        "extend": {
            "type": "object",
            "properties": {
                "propose_properties": LOCATED,
                "property_settings": {"type": "array", "items": SETTING},
            },
            "additionalProperties": False,
        },
        "batchSize": {"type": "integer", "minimum": 1},
    },
    "additionalProperties": False,
}
CANDIDATE: Schema = {
    "type": "object",
    "required": ["id", "name", "score", "type", "match"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "description": {"type": "string"},
        "type": {"type": "array", "items": TYPE},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "value"],
                "properties": {"id": TEXT, "value": {"type": ["number", "boolean"]}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
RESULT: Schema = {
    "type": "object",
    "required": ["result"],
    "properties": {"result": {"type": "array", "items": CANDIDATE}},
    "additionalProperties": False,
}
RESULT_BATCH: Schema = {"type": "object", "additionalProperties": RESULT}


def suggestions(*, entities: bool) -> Schema:
    """The answer of a suggest service."""
    fields: Schema = {"id": TEXT, "name": TEXT, "description": {"type": "string"}}
    if entities:
        fields["notable"] = {"type": "array", "items": TYPE}
    item = {
        "type": "object",
        "required": ["id", "name"],
        "properties": fields,
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": item}},
        "additionalProperties": False,
    }


def _cell(name: str, schema: Schema) -> Schema:
    return {
        "type": "object",
        "required": [name],
        "properties": {name: schema},
        "additionalProperties": False,
    }


CELL: Schema = {
    "oneOf": [
        {
            "type": "object",
            "required": ["id", "name"],
            "properties": {"id": TEXT, "name": TEXT},
            "additionalProperties": False,
        },
        _cell("str", {"type": "string"}),
        _cell("int", {"type": "integer"}),
        _cell("float", {"type": "number"}),
        _cell("date", {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}),
    ]
}
EXTENSION: Schema = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": TEXT, "name": TEXT, "type": TYPE},
                "additionalProperties": False,
            },
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": CELL},
            },
        },
    },
    "additionalProperties": False,
}
PROPOSAL: Schema = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {
        "type": TEXT,
        "limit": {"type": "integer"},
        "properties": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": TEXT, "name": TEXT},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
FLYOUT: Schema = {
    "type": "object",
    "required": ["id", "html"],
    "properties": {"id": TEXT, "html": TEXT},
    "additionalProperties": False,
}
