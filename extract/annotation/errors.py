"""What can be wrong with annotations: each names the file, with a line where there is one.

>>> str(MalformedAnnotationError("a.ann:3", expected="an id like T1", got="'X1'"))
"a.ann:3: expected an id like T1, got 'X1'"
"""

from __future__ import annotations

from extract.errors import InputError


class AnnotationError(InputError):
    """An annotated document that is refused; the others of a run go on."""


class MalformedAnnotationError(AnnotationError):
    """A line, a note, a record or a row that does not have the expected form."""


class InconsistentAnnotationError(AnnotationError):
    """Parts that contradict each other: offsets and text, a fact and what fills its roles."""


class UnexportableSpanError(AnnotationError):
    """A span that standoff cannot hold, as it begins or ends with a line break."""


class AmbiguousGoldError(AnnotationError):
    """Entities that a list of strings by label does not give back."""


class OccupiedFileError(AnnotationError):
    """A file that stands there already and may hold corrections."""


class IncompleteFolderError(AnnotationError):
    """A folder without annotated documents, or a document that lacks one of its files."""


class UnreadableDocumentError(AnnotationError):
    """A document that the pipeline cannot annotate; the cause is chained."""
