"""A short run of the fuzz target: every note of the corpus, and notes cut and pasted from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_notes import corpus, one_input
from hypothesis import given
from hypothesis import strategies as st

NOTES = [path.read_bytes() for path in corpus()]


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
def test_the_corpus(path: Path) -> None:
    one_input(path.read_bytes())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A note of the corpus with pieces of others, bytes of no meaning, or a part cut out."""
    data = draw(st.sampled_from(NOTES))
    for _ in range(draw(st.integers(1, 4))):
        at, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        piece = draw(st.sampled_from(NOTES)) if draw(st.booleans()) else draw(st.binary(max_size=12))
        start = draw(st.integers(0, len(piece)))
        data = data[:at] + piece[start : start + draw(st.integers(0, 60))] + data[end if draw(st.booleans()) else at :]
    return data[:8000]


@given(mutated())
def test_notes_cut_and_pasted(data: bytes) -> None:
    one_input(data)
