"""Facts of the type ``alias``: another name that the text gives to something.

Adds to ``doc._.facts``.

Examples: 某某条例（以下简称《条例》） → 条例; 《某某方案》（某政发〔2022〕1号） → the number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from extract.aliases import AliasDefinition
from extract.extensions import register_extensions
from extract.facts import Alias, Argument
from extract.references import References
from extract.words import Words


def find_names(
    words: Words, definitions: Sequence[AliasDefinition], references: References
) -> list[Alias]:
    """One fact for each definition."""
    found = []
    for definition in definitions:
        named = references.arguments.get(definition.named)
        if named is None:
            wording = re.sub(r"\s+", "", definition.named.of(words.source))
            named = Argument(label="THING", text=wording, name=wording, span=definition.named)
        found.append(
            Alias(
                name=named,
                alias=re.sub(r"\s+", " ", definition.alias_span.of(words.source)),
                evidence=words.layout.sentence_at(definition.alias_span.start),
                confidence=0.97 if definition.kind == "defined" else 0.9,
            )
        )
    return found


@Language.factory(
    "tanpu_naming",
    assigns=["doc._.facts"],
    requires=["doc._.aliases", "doc._.references"],
)
def create_naming(nlp: Language, name: str) -> NamingReader:
    """The component by its registered name."""
    return NamingReader()


class NamingReader:
    """Adds the facts of names given."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        facts = find_names(Words.from_doc(doc), doc._.aliases, doc._.references)
        doc._.facts = (*doc._.facts, *facts)
        return doc
