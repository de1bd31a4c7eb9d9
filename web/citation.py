"""A reference to a page of this service or to an article, as BibTeX, RIS and GB/T 7714.

Source: GB/T 7714—2015 (clause 4.6, electronic resources), the RIS format as reference managers
read it, and BibTeX as plain TeX does.

>>> article = Citation(key="a", title="云梦峰会", url="https://news.example/1", author="云梦新报",
...     accessed="2031-05-08", issued="2031-05-07", medium="EB/OL")
>>> citation_to_gbt(article)
'云梦新报. 云梦峰会[EB/OL]. (2031-05-07)[2031-05-08]. https://news.example/1.'
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Medium = Literal["DB/OL", "EB/OL"]

# Line breaks, other control characters, and the marks that reorder the text around them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "#$%&_"},
}
_NOT_IN_KEY = re.compile(r"[^A-Za-z0-9:_.-]+")
_RIS_TYPES = {"DB/OL": "DBASE", "EB/OL": "ELEC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reference says.

    Attributes:
        key: of the entry in a bibliography; what BibTeX cannot take is left out.
        title: of the article, or the name of the thing.
        url: the stable address.
        accessed: the day on which it was read, as an ISO date.
        author: who is responsible: a media house, or this service; "" where nobody is known.
        issued: the day of publication as an ISO date; None where it is not known.
        medium: an article (``EB/OL``) or an entry of a data base (``DB/OL``).
    """

    key: str
    title: str
    url: str
    accessed: str
    author: str = ""
    issued: str | None = None
    medium: Medium = "DB/OL"


def citation_to_bibtex(citation: Citation) -> str:
    r"""An entry of type ``misc``, which every style knows.

    >>> print(citation_to_bibtex(Citation(key="a b", title="50% 减排", url="http://x/1",
    ...     accessed="2031-05-08")))
    @misc{ab,
      title = {50\% 减排},
      howpublished = {[DB/OL]},
      url = {http://x/1},
      urldate = {2031-05-08}
    }
    <BLANKLINE>
    """
    fields = [("title", _to_tex(citation.title))]
    if citation.author:
        # In braces of its own: the name of a house is not parted into first and last name.
        fields.insert(0, ("author", f"{{{_to_tex(citation.author)}}}"))
    if citation.issued is not None:
        year, *rest = citation.issued.split("-")
        fields.append(("year", year))
        if rest:
            fields.append(("month", str(int(rest[0]))))
    fields += [
        ("howpublished", f"[{citation.medium}]"),
        ("url", _to_line(citation.url)),
        ("urldate", citation.accessed),
    ]
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields)
    key = _NOT_IN_KEY.sub("", citation.key) or "tanpu"
    return f"@misc{{{key},\n{body}\n}}\n"


def citation_to_ris(citation: Citation) -> str:
    r"""A record of tagged lines, which end with CR LF.

    >>> citation_to_ris(Citation(key="a", title="云梦峰会", url="http://x/1",
    ...     accessed="2031-05-08")).split("\r\n")[1]
    'TI  - 云梦峰会'
    """
    lines = [("TY", _RIS_TYPES[citation.medium]), ("TI", _to_line(citation.title))]
    if citation.author:
        lines.append(("AU", _to_line(citation.author)))
    if citation.issued is not None:
        year, *rest = citation.issued.split("-")
        lines += [("PY", year), ("DA", "/".join([year, *rest, "", ""][:3]) + "/")]
    lines += [
        ("UR", _to_line(citation.url)),
        ("Y2", citation.accessed.replace("-", "/") + "/"),
        ("ID", _to_line(citation.key)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def citation_to_gbt(citation: Citation) -> str:
    """A line of a list of references: who, what, when published, when read, where.

    >>> citation_to_gbt(Citation(key="a", title="峰会", url="http://x/1", accessed="2031-05-08"))
    '峰会[DB/OL]. [2031-05-08]. http://x/1.'
    """
    author = f"{_to_line(citation.author)}. " if citation.author else ""
    issued = f"({citation.issued})" if citation.issued is not None else ""
    return (
        f"{author}{_to_line(citation.title)}[{citation.medium}]. "
        f"{issued}[{citation.accessed}]. {_to_line(citation.url)}."
    )


def _to_line(text: str) -> str:
    """The text on one line, without characters that are not seen."""
    return _UNSEEN.sub(" ", text).strip()


def _to_tex(text: str) -> str:
    """The text with what TeX would read as a command written out."""
    return "".join(_TEX.get(character, character) for character in _to_line(text))
