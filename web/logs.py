"""How the lines of the log look: one JSON object each, or text for a terminal."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from web.config import LogFormat
from web.records import FIELDS, current_trace

_TEXT = "tanpu: %(levelname)s %(name)s: %(message)s"


def make_formatter(log_format: LogFormat) -> logging.Formatter:
    """The formatter of a format.

    A JSON line has ``time`` (UTC), ``level``, ``logger`` and ``message``, and whatever else was
    logged beside the message; one that is written while a request is answered has its
    ``request_id``.
    """
    if log_format == "text":
        return logging.Formatter(_TEXT)
    return _LineFormatter(
        "%(levelname)s %(name)s %(message)s",
        timestamp="time",
        rename_fields={"levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )


# Made once: ``json.dumps`` makes an encoder for each line.
_to_json = json.JSONEncoder(ensure_ascii=False).encode


class _LineFormatter(JsonFormatter):
    """Lines of JSON; those of requests, of which there are many, without looking for extras."""

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        """Fill in what a line has."""
        super().add_fields(log_data, record, message_dict)
        request_id = current_trace().request_id
        if request_id:
            log_data["request_id"] = request_id

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        fields = getattr(record, FIELDS, None)
        if fields is None:
            return super().format(record)
        line = {
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        return _to_json(line)
