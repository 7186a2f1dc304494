"""Conditions: a small language without functions, attributes or surprises, which always ends at once.

Written like Python (`amount > 1000 and review_outcome == "agree"`), or as modelling tools write them:
`${amount > 1000 && ok}`, `#{…}`, FEEL's `=amount > 1000` with a single `=` between values, `true`, `null`,
`gt`, `eq` … A value that is missing is null; whatever cannot be compared or computed is null or false, so
that a condition never fails while a process runs.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simpleeval import EvalWithCompoundTypes

from office.workflow.bpmn import limits

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"[^"\\\n]*"|'[^'\\\n]*')
    |(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\*\*|//|<<|>>|&&|\|\||==|!=|<>|<=|>=|[=<>!+\-*/%(),\[\]])
    |(?P<end>$)
    )""",
    re.VERBOSE,
)
_SIGNS = {"&&": "and", "||": "or", "=": "==", "<>": "!=", "!": "~"}
_WORDS = {
    "true": "True", "false": "False", "null": "None",
    "gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!=", "mod": "%", "div": "/",
}  # fmt: skip
_WRAPPED = re.compile(r"^[$#]\{(.*)\}$", re.DOTALL)
_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Invert, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Constant, ast.Name, ast.Load, ast.Tuple, ast.List, ast.IfExp,
)  # fmt: skip


class ExpressionError(ValueError):
    """An expression that is not taken; `code` and `params` are those of a finding."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that has been taken: its text, the names it uses."""

    source: str
    names: frozenset[str]
    _tree: ast.expr

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """Its value with these variables; names that are missing are null."""
        known = {each: _bounded(names.get(each)) for each in self.names}
        evaluator = EvalWithCompoundTypes(operators=_OPERATORS, functions={}, names=known)
        return _bounded(evaluator.eval(self.source, previously_parsed=self._tree))

    @property
    def constant(self) -> bool | None:
        """True or false if no variable decides; otherwise None."""
        return None if self.names else bool(self.evaluate({}))


@lru_cache(maxsize=2048)
def parse(source: str) -> Expression:
    """Take an expression.

    Raises ExpressionError: empty, too long, not understood, with something that is not allowed.
    """
    if len(source) > limits.EXPRESSION_LENGTH:
        raise ExpressionError("expression_long", limit=limits.EXPRESSION_LENGTH)
    text = _unwrap(source)
    if not text:
        raise ExpressionError("expression_empty")
    python = " ".join(_translate(text))
    try:
        tree = ast.parse(python, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("expression_syntax", text=_short(source)) from None
    names = _inspect(tree)
    return Expression(source, frozenset(names), tree.body)


def evaluate(source: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression. Raises ExpressionError."""
    return parse(source).evaluate(names)


def plain(source: str) -> str:
    """The expression as it is stored and shown: without the wrapping of the tool that wrote it."""
    return _unwrap(source)


def _unwrap(source: str) -> str:
    text = source.strip()
    if wrapped := _WRAPPED.match(text):
        return wrapped[1].strip()
    if text.startswith("=") and not text.startswith("=="):
        return text[1:].strip()
    return text


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


def _translate(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ExpressionError("expression_forbidden", what=text[place:].strip()[:1] or "?")
        place = found.end()
        if found["sign"] in ("**", "//", "<<", ">>"):
            raise ExpressionError("expression_forbidden", what=found["sign"])
        if found["sign"]:
            yield _SIGNS.get(found["sign"], found["sign"])
        elif found["name"]:
            if found["name"].startswith("__"):
                raise ExpressionError("expression_forbidden", what=found["name"][:40])
            yield _WORDS.get(found["name"], found["name"])
        elif found["text"] or found["number"]:
            yield found["text"] or found["number"]
        if found["end"] is not None and place >= len(text):
            return


def _shape(node: ast.AST) -> str:
    """How something that is not allowed looks like, for those who do not know what it is called."""
    if isinstance(node, ast.Call):
        return f"{node.func.id[:40]}(…)" if isinstance(node.func, ast.Name) else "….…(…)"
    if isinstance(node, ast.Attribute):
        return f"….{node.attr[:40]}"
    return "…[…]" if isinstance(node, ast.Subscript) else type(node).__name__


def _inspect(tree: ast.Expression) -> set[str]:
    names: set[str] = set()
    count = 0
    open_nodes: list[tuple[ast.AST, int]] = [(tree, 0)]
    while open_nodes:
        node, depth = open_nodes.pop()
        count += 1
        if not isinstance(node, _ALLOWED):
            raise ExpressionError("expression_forbidden", what=_shape(node))
        if count > limits.EXPRESSION_NODES or depth > limits.EXPRESSION_DEPTH:
            raise ExpressionError("expression_complex")
        if isinstance(node, ast.Tuple | ast.List) and len(node.elts) > limits.EXPRESSION_ITEMS:
            raise ExpressionError("expression_complex")
        if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | None):
            raise ExpressionError("expression_forbidden", what=type(node.value).__name__)
        if isinstance(node, ast.Name):
            names.add(node.id)
        open_nodes.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return names


# ----- operators that give null instead of failing, and results that stay small


def _bounded(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= limits.NUMBER else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value[: limits.TEXT_LENGTH]
    if isinstance(value, list | tuple):
        return [_bounded(each) for each in value[: limits.COLLECTION]]
    return None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arithmetic(act: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if not (_number(left) and _number(right)):
            return None
        try:
            return _bounded(act(left, right))
        except (ArithmeticError, ValueError):
            return None

    return apply


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return _bounded(left + right)
    return _arithmetic(operator.add)(left, right)


def _ordered(act: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        alike = (_number(left) and _number(right)) or (isinstance(left, str) and isinstance(right, str))
        return alike and act(left, right)

    return apply


def _contains(item: Any, whole: Any) -> bool:
    if isinstance(whole, str):
        return isinstance(item, str) and item in whole
    return isinstance(whole, list | tuple) and item in whole


def _signed(act: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: _bounded(act(value)) if _number(value) else None


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic(operator.sub),
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.Mod: _arithmetic(operator.mod),
    ast.USub: _signed(operator.neg),
    ast.UAdd: _signed(operator.pos),
    ast.Not: operator.not_,
    ast.Invert: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda item, whole: not _contains(item, whole),
}
