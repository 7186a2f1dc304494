"""Marking what was found."""

import unicodedata
from collections.abc import Sequence


def marked(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """Cut `text` into pieces, each with whether it is one of the (normalised) `terms`.

    Pieces joined give `text` back; the template decides how a mark looks, and escapes.
    """
    folded = [_fold(char) for char in text]
    positions = [index for index, piece in enumerate(folded) for _ in piece]
    flat = "".join(folded)
    hit = [False] * len(text)
    for term in terms:
        start = flat.find(term)
        while term and start >= 0:
            for place in positions[start : start + len(term)]:
                hit[place] = True
            start = flat.find(term, start + len(term))
    pieces: list[tuple[str, bool]] = []
    for char, is_hit in zip(text, hit, strict=True):
        if pieces and pieces[-1][1] == is_hit:
            pieces[-1] = (pieces[-1][0] + char, is_hit)
        else:
            pieces.append((char, is_hit))
    return pieces


def _fold(char: str) -> str:
    return unicodedata.normalize("NFKC", char).lower()
