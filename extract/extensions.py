"""The ``Doc`` attributes that the components of the pipeline hand on to each other."""

from __future__ import annotations

from spacy.tokens import Doc

_EXTENSIONS: tuple[tuple[str, object], ...] = (
    ("candidates", ()),
    ("published", None),
    ("aliases", ()),
    ("appointments", ()),
    ("chosen", ()),
    ("coreferences", ()),
    ("dates", ()),
    ("discourse", None),
    ("entities", ()),
    ("reading", None),
    ("words", None),
    ("references", None),
    ("source", None),
    ("tagged", None),
    ("written", None),
    ("facts", ()),
)


def register_extensions() -> None:
    """Declare the ``Doc`` attributes of the pipeline; may be called again."""
    if Doc.has_extension(_EXTENSIONS[-1][0]):
        return  # the last one tells of all; components ask for each document
    for name, default in _EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)
