"""Small extractions built by hand: sentences made of names, with the facts that they say."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.document import SourceDocument
from extract.facts import (
    Alias,
    Argument,
    ArgumentLabel,
    Entity,
    EntityLabel,
    Extraction,
    Fact,
    HeldOn,
    HoldsPost,
    Issues,
    PartOf,
    Span,
    Status,
    TakesPart,
)


@dataclass
class Article:
    """A document that grows by sentences; each method returns the article itself."""

    id: str
    published: str | None = None
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def names(self, label: EntityLabel, *names: str) -> Article:
        """Name things and say nothing of them."""
        for name in names:
            self._write(label, name)
        self.text += "。"
        return self

    def post(
        self,
        person: str,
        org: str,
        title: str,
        status: Status = "current",
        *,
        of: ArgumentLabel = "ORG",
    ) -> Article:
        """A person's post at an institution, or of a place."""
        start = len(self.text)
        roles = {
            "org": self._write(of, org),
            "post": self._write("POST", title),
            "person": self._write("PERSON", person),
        }
        self.facts.append(HoldsPost(**roles, status=status, evidence=self._end(start)))
        return self

    def attends(self, person: str, forum: str) -> Article:
        start = len(self.text)
        roles = {"person": self._write("PERSON", person), "event": self._write("FORUM", forum)}
        self.facts.append(TakesPart(**roles, evidence=self._end(start)))
        return self

    def held(self, forum: str, day: str) -> Article:
        start = len(self.text)
        event = self._write("FORUM", forum)
        self.facts.append(
            HeldOn(event=event, start_date=day, end_date=day, evidence=self._end(start))
        )
        return self

    def part(self, forum: str, whole: str) -> Article:
        start = len(self.text)
        roles = {"event": self._write("FORUM", forum), "whole": self._write("FORUM", whole)}
        self.facts.append(PartOf(**roles, evidence=self._end(start)))
        return self

    def issued(self, org: str, regulation: str) -> Article:
        start = len(self.text)
        roles = {
            "org": self._write("ORG", org),
            "regulation": self._write("REGULATION", regulation),
        }
        self.facts.append(Issues(**roles, evidence=self._end(start)))
        return self

    def called(self, label: EntityLabel, name: str, alias: str) -> Article:
        """The text gives something another name."""
        start = len(self.text)
        argument = self._write(label, name)
        self.text += f"（简称{alias}）"
        self.facts.append(Alias(name=argument, alias=alias, evidence=self._end(start)))
        return self

    def done(self) -> Extraction:
        return Extraction(
            document=SourceDocument(id=self.id, text=self.text or "无。", published=self.published),
            entities=tuple(self.entities),
            facts=tuple(self.facts),
            pipeline="by hand",
        )

    def _write(self, label: ArgumentLabel, name: str) -> Argument:
        span = Span(len(self.text), len(self.text) + len(name))
        self.text += name
        if label != "THING":
            self.entities.append(Entity(span=span, label=label, text=name, name=name))
        return Argument(label=label, text=name, name=name, span=span)

    def _end(self, start: int) -> Span:
        self.text += "。"
        return Span(start, len(self.text))
