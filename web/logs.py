"""How the lines of the log look: one JSON object each, or text for a terminal."""

from __future__ import annotations

import logging

from pythonjsonlogger.json import JsonFormatter

from web.config import LogFormat

_TEXT = "tanpu: %(levelname)s %(name)s: %(message)s"


def make_formatter(log_format: LogFormat) -> logging.Formatter:
    """The formatter of a format.

    A JSON line has ``time`` (UTC), ``level``, ``logger`` and ``message``, and whatever else was
    logged beside the message.
    """
    if log_format == "text":
        return logging.Formatter(_TEXT)
    return JsonFormatter(
        "%(levelname)s %(name)s %(message)s",
        timestamp="time",
        rename_fields={"levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )
