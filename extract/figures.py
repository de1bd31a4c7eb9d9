"""Statistical observations as a component: see ``extract.observations`` for the reading.

Adds ``measures`` to ``doc._.facts``.

Examples: 建成充电桩超过8000个 → 充电桩, 8000, 个, over; PM2.5平均浓度降至30微克/立方米.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.observations import find_observations
from extract.setting import find_home, find_site
from extract.words import Words


@Language.factory(
    "tanpu_figures",
    assigns=["doc._.facts"],
    requires=["doc._.entities", "doc._.dates", "doc._.references"],
)
def create_figures(nlp: Language, name: str) -> FigureReader:
    """The component by its registered name."""
    return FigureReader()


class FigureReader:
    """Adds the facts on figures."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        facts = find_observations(
            doc._.reading,
            entities=doc._.entities,
            dates=doc._.dates,
            sentences=words.layout.sentences,
            home=find_home(doc._.reading, doc._.entities, doc._.references.home),
            site=find_site(doc._.reading, doc._.entities),
            umbrellas=frozenset(Discourse.from_doc(doc).umbrellas),
            original=words.source,
            published=doc._.published,
        )
        doc._.facts = (*doc._.facts, *facts)
        return doc
