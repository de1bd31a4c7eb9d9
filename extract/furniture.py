"""The furniture of an article: headline, line of date and source.

A plain text file carries no metadata, but its first lines often do. What the input says
itself always wins; nothing is guessed from running text.

Examples: a first line without a full stop is the title; 2024-05-09 08:30 来源：某某日报 gives
the publication date 2024-05-09 and the source 某某日报.
"""

from __future__ import annotations

import re
from dataclasses import replace

from extract.dates import find_dates
from extract.document import SourceDocument
from extract.layout import find_layout
from extract.reading import text_to_reading

_MAX_TITLE = 60
_HEAD_PARAGRAPHS = 6
# A line that is nothing but a date, perhaps with time, source, author and clicks.
_DATED = re.compile(
    r"(?:发布(?:时间|日期)|时间|日期|发表于)?[：:\s]*"
    r"(?P<date>(?:19|20)\d{2}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2}))"
)
_SOURCE = re.compile(
    r"(?:来源|稿源|信息来源|文章来源)[：:]\s*(?P<name>[^\s|｜，。；：（）()]{2,30})"
)
_MAX_DATED_LINE = 60


def complete_source(source: SourceDocument) -> SourceDocument:
    r"""The document with title, publication date and source that its own first lines give.

    >>> text = "某市发布新办法\n2024-05-09 08:30 来源：某某日报\n正文第一句。"
    >>> done = complete_source(SourceDocument(id="a", text=text))
    >>> done.title, done.published, done.source
    ('某市发布新办法', '2024-05-09', '某某日报')
    """
    if source.title and source.published and source.source:
        return source
    reading = text_to_reading(source.text)
    layout = find_layout(reading)
    title, published, house = source.title, source.published, source.source
    for index, paragraph in enumerate(layout.paragraphs[:_HEAD_PARAGRAPHS]):
        line = paragraph.of(reading)
        if index < layout.headline and len(line) <= _MAX_DATED_LINE:
            dated = _DATED.match(line)
            if dated is not None and published is None:
                found = find_dates(dated["date"])
                published = found[0].value if found else None
            named = _SOURCE.search(line)
            if named is not None and house is None:
                house = source.text[paragraph.start + named.start("name") :][: len(named["name"])]
            if title is None and dated is None and named is None and len(line) <= _MAX_TITLE:
                title = re.sub(r"\A#+\s*", "", paragraph.of(source.text))
    return replace(source, title=title, published=published, source=house)
