"""The best sequence of tags that makes sense."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from extract.tag_paths import Scores, TagScheme, best_tags, make_scheme

# O, and B, I, E, S of two labels.
NAMES = make_scheme([(), (), (1, 2), (1, 2), (), (), (5, 6), (5, 6), ()], ends=[0, 3, 4, 7, 8])
# The first and the other characters of two classes of words.
WORDS = make_scheme([(), (0, 1), (), (2, 3)], ends=range(4))


def best_by_trying(scores: Scores, scheme: TagScheme) -> list[int]:
    """The best of all sequences that the scheme allows."""
    found: tuple[int, ...] = ()
    most = -np.inf
    for path in itertools.product(range(scores.shape[1]), repeat=len(scores)):
        fits = scheme.may_begin[path[0]] and scheme.may_end[path[-1]]
        if fits and all(scheme.may_follow[a, b] for a, b in itertools.pairwise(path)):
            total = sum(scores[at, tag] for at, tag in enumerate(path))
            if total > most:
                found, most = path, total
    return list(found)


@pytest.mark.parametrize("spread", [1.0, 4.0, 8.0, 20.0])  # from no sure character to most
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("scheme", [NAMES, WORDS], ids=["names", "words"])
def test_no_allowed_sequence_has_a_higher_sum(scheme: TagScheme, seed: int, spread: float) -> None:
    generator = np.random.default_rng(seed)
    lengths = [4, 1, 3, 2] if scheme is NAMES else [7, 1, 5, 2]
    size = (sum(lengths), len(scheme.may_begin))
    scores = (generator.normal(size=size) * spread).astype(np.float32)
    tags = best_tags(scores, lengths, scheme)
    at = 0
    for length in lengths:
        expected = best_by_trying(scores[at : at + length], scheme)
        assert tags[at : at + length].tolist() == expected
        at += length


def row(**scores: float) -> list[float]:
    """Scores of one character for O, B, I, E and S of one label."""
    return [scores.get(tag, -30.0) for tag in "OBIES"]


ONE_LABEL = make_scheme([(), (), (1, 2), (1, 2), ()], ends=[0, 3, 4])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([row(B=0.0), row(E=0.0), row(O=0.0)], "BEO"),
        ([row(O=0.0), row(I=0.0, O=-1.0), row(O=0.0)], "OOO"),
        ([row(B=0.0, S=-2.0), row(O=0.0, E=-1.0)], "BE"),
        ([row(B=0.0, S=-1.0), row(O=0.0, E=-2.0)], "SO"),
        # The O seems sure, and yet to go on there loses least.
        ([row(B=0.0, S=-9.0), row(O=0.0, E=-8.5), row(O=0.0)], "BEO"),
        ([row(B=0.0)], "O"),
    ],
)
def test_what_makes_no_sense_gives_way_to_what_loses_least(
    scores: list[list[float]], expected: str
) -> None:
    tags = best_tags(np.array(scores, dtype=np.float32), [len(scores)], ONE_LABEL)
    assert "".join("OBIES"[tag] for tag in tags) == expected


def test_sequences_do_not_go_on_in_each_other() -> None:
    scores = np.array([row(B=0.0, S=-3.0), row(E=0.0, S=-3.0)], dtype=np.float32)
    assert best_tags(scores, [2], ONE_LABEL).tolist() == [1, 3]
    assert best_tags(scores, [1, 1], ONE_LABEL).tolist() == [4, 4]
