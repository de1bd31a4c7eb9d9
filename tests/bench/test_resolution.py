from __future__ import annotations

from bench.resolution import Row, make_document, run, to_table


def test_a_number_always_makes_the_same_document() -> None:
    assert make_document(7) == make_document(7)
    assert make_document(7) != make_document(8)


def test_made_up_documents_name_figures_that_all_share_and_officials_of_their_city() -> None:
    documents = [make_document(number) for number in range(40)]
    persons = [{e.name for e in d.entities if e.label == "PERSON"} for d in documents]
    assert all("钟知秋" in names and len(names) >= 3 for names in persons)
    assert 0 < sum("方明远" in names for names in persons) < len(documents)


def test_the_smoke_pass_measures_every_size() -> None:
    rows = run(smoke=True)
    assert [row.documents for row in rows] == [5, 20]
    assert rows[0].fold == 1.0


def test_table_has_a_line_for_each_size() -> None:
    table = to_table([Row(5, 0.01, 0.0, 1.0), Row(1000, 0.012, 0.5, 1.2)])
    assert table.splitlines()[-1] == "| 1,000 | 12 | 0.5 | 1.20 |"
