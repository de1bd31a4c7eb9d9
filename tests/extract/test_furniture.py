"""Title, publication date and source from the first lines of a plain text."""

from __future__ import annotations

import pytest

from extract.document import SourceDocument
from extract.furniture import complete_source

BODY = "江城市生态环境局昨天公布了新的办法，明年起施行。"


@pytest.mark.parametrize(
    ("text", "title", "published", "source"),
    [
        (f"江城公布新办法\n{BODY}", "江城公布新办法", None, None),
        (f"\n\n江城公布新办法\n2024-05-09 08:30\n{BODY}", "江城公布新办法", "2024-05-09", None),
        (
            f"江城公布新办法\n发布时间：2024年5月9日 来源：江城晚报\n{BODY}",
            "江城公布新办法",
            "2024-05-09",
            "江城晚报",
        ),
        (f"# 江城公布新办法\n\n{BODY}", "江城公布新办法", None, None),
        (BODY, None, None, None),
        (f"{BODY}\n2024-05-09 来源：江城晚报", None, None, None),
        (f"江城公布新办法\n2024年江城论坛开幕\n{BODY}", "江城公布新办法", None, None),
    ],
)
def test_first_lines_complete_what_the_input_does_not_say(text, title, published, source):
    done = complete_source(SourceDocument(id="a", text=text))
    assert (done.title, done.published, done.source) == (title, published, source)


def test_what_the_input_says_wins():
    given = SourceDocument(
        id="a",
        text=f"江城公布新办法\n2024-05-09 来源：江城晚报\n{BODY}",
        title="另一个标题",
        published="2024-05-10",
        source="江城日报",
    )
    assert complete_source(given) == given


def test_the_text_is_left_as_it_was_read():
    text = f"  江城公布新办法 \r\n2024-05-09\r\n{BODY}"
    assert complete_source(SourceDocument(id="a", text=text)).text == text
