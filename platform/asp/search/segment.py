"""Cutting names into words; the index and the query are cut by the same code.

Chinese has no spaces, so runs of Han characters become single characters and pairs of neighbours; a
query of several characters asks for all its pairs. Latin words and numbers stay whole and are found by
their beginning. Han runs can also be found by pinyin initials (`ysb` finds 预算表).
"""

import re
import unicodedata

# The Han blocks that names use, compatibility ideographs included, and kana and Hangul with them.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3040-\u30ff\uac00-\ud7af"
RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
PARTS = re.compile(r"[0-9]+|[^0-9]+")
IS_HAN = re.compile(rf"[{HAN}]")
# Initials live in the same index as Latin words; the mark keeps them apart.
INITIALS_MARK = "~"
INITIALS_MAX = 12
MOST_WORDS = 600
WORD_MAX = 64
QUERY_MAX = 100


def normalise(text: str) -> str:
    """Return `text` as it is compared: compatibility forms folded, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def index_words(*texts: str) -> list[str]:
    """Return the words under which something called `texts` is found."""
    words: dict[str, None] = {}
    for text in texts:
        for run in RUNS.findall(normalise(text)):
            if IS_HAN.match(run):
                words.update(dict.fromkeys(run))
                words.update(dict.fromkeys(_pairs(run)))
                words.update(dict.fromkeys(_initials(run)))
            else:
                words[run[:WORD_MAX]] = None
                words.update(dict.fromkeys(part[:WORD_MAX] for part in PARTS.findall(run)))
            if len(words) >= MOST_WORDS:
                return list(words)[:MOST_WORDS]
    return list(words)


def query_terms(query: str) -> list[str]:
    """Return the parts of a query as people see them: Han runs and Latin words, normalised."""
    return RUNS.findall(normalise(query[:QUERY_MAX]))


def query_expression(query: str) -> str:
    """Return the query for PostgreSQL's `tsquery`, or an empty string if it has no word.

    Everything asked for must be there. The words consist of letters and digits only, so nothing a
    person types can become an operator.
    """
    clauses: list[str] = []
    for run in query_terms(query):
        if IS_HAN.match(run):
            clauses.extend(_quoted(word) for word in (_pairs(run) if len(run) > 1 else [run]))
        else:
            word = run[:WORD_MAX]
            clauses.append(f"({_quoted(word)}:* | {_quoted(INITIALS_MARK + word)}:*)")
    return " & ".join(dict.fromkeys(clauses))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _initials(run: str) -> list[str]:
    # A character without a reading keeps its place as a question mark, at which a word of initials ends.
    # Late, as in asp.accounts.pinyin: its dictionaries take a third of a second to read.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(run, style=Style.NORMAL, errors=lambda unread: "?" * len(unread))
    letters = "".join(each if each.startswith("?") else each[:1] for each in syllables)
    text = "".join(letter if letter.isascii() and letter.isalpha() else "?" for letter in letters)
    found = []
    for start in range(len(text)):
        piece = text[start : start + INITIALS_MAX].partition("?")[0]
        if piece:
            found.append(INITIALS_MARK + piece)
    return found


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
