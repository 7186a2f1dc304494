"""Conditions (显示条件) and computed fields (计算字段): a small language that always ends.

Python's notation, evaluated by `simpleeval`, of which only names, constants, comparisons, logic and arithmetic are
left, plus `sum`, `min`, `max`, `round` and `len`. No attribute, index, power, shift, text arithmetic or loop: the work
grows with the length of the text, and that is at most 500 characters. Numbers are decimals of 28 digits.

Absent values (nothing filled in, or a field that is not asked) are None. They count as nothing in sums and
differences, make products and quotients absent, and fulfil no comparison but `== None`. So are a division by zero and
a number beyond 10^18: what cannot be said is absent, and no expression fails while somebody types.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from simpleeval import InvalidExpression, SimpleEval

LONGEST: Final = 500
MOST_NODES: Final = 400
DEEPEST: Final = 80
LARGEST: Final = Decimal(10) ** 18
_CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP, traps=[DivisionByZero, InvalidOperation, Overflow])

Value = Any  # Decimal, str, bool, None, or a list of them

_LOGIC = (ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.IfExp)
_COMPARISON = (ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_ARITHMETIC = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod)
_LEAVES = (ast.Expression, ast.Name, ast.Load, ast.Constant, ast.List, ast.Tuple, ast.Call)
_ALLOWED = frozenset((*_LOGIC, *_COMPARISON, *_ARITHMETIC, *_LEAVES))


class ExpressionError(ValueError):
    """The text is no expression that can be used. `message` is lazy, with places for `params`."""

    def __init__(self, message: Promise, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(str(message))


@dataclass(frozen=True)
class Expression:
    """A text that was read: its tree, with decimals for numbers, and the names it uses."""

    text: str
    tree: ast.expr
    names: frozenset[str]


def expression_read(text: str) -> Expression:
    """Read `text`. Raises ExpressionError; whether the names exist is for the definition to say."""
    if len(text) > LONGEST:
        raise ExpressionError(_("Longer than {most} characters."), most=LONGEST)
    tree = _parsed(text)
    names: set[str] = set()
    called: set[int] = set()
    for number, (node, depth) in enumerate(_walk(tree)):
        if number >= MOST_NODES or depth > DEEPEST:
            raise ExpressionError(_("Too long or too deeply nested."))
        if type(node) not in _ALLOWED:
            raise ExpressionError(_("Only comparisons, and, or, not, + − * / % and the functions {names} can be used."), names=", ".join(FUNCTIONS))  # fmt: skip
        if isinstance(node, ast.Call):
            called.add(id(node.func))
            _check_call(node)
        elif isinstance(node, ast.Constant):
            node.value = _constant(node.value)
        elif isinstance(node, ast.Name) and id(node) not in called:
            if node.id in FUNCTIONS:
                raise ExpressionError(_("“{name}” needs brackets."), name=node.id)
            names.add(node.id)
    return Expression(text, tree, frozenset(names))


def evaluate(expression: Expression, names: Mapping[str, Value]) -> Value:
    """The value of an expression. Every name that it uses must be in `names`."""
    with localcontext(_CONTEXT):
        try:
            return _bounded(_Evaluator(names).eval(expression.text, previously_parsed=expression.tree))
        except RecursionError:  # pragma: no cover - DEEPEST stands before it
            return None


def _parsed(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python has opinions about comparing constants
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(_("This cannot be read as a condition or a calculation.")) from None


def _walk(tree: ast.expr) -> Iterator[tuple[ast.AST, int]]:
    """Every node with its depth, a call before its name, without recursion."""
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        raise ExpressionError(_("There are only the functions {names}."), names=", ".join(FUNCTIONS))
    least, most = _ARGUMENTS[name]
    if node.keywords or not least <= len(node.args) <= most:
        raise ExpressionError(_("“{name}” has too few or too many values in its brackets."), name=name)


def _constant(value: Any) -> Value:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) < LARGEST:
        return Decimal(value)
    if isinstance(value, float) and abs(value) < LARGEST:
        return Decimal(repr(value))
    raise ExpressionError(_("Only texts in quotation marks and ordinary numbers can be used."))


# ----- what the operators do with what is there, and with what is not


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _bounded(value: Value) -> Value:
    return None if isinstance(value, Decimal) and abs(value) > LARGEST else value


def _additive(work: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Value]:
    def act(left: Value, right: Value) -> Value:
        first, second = _number(left), _number(right)
        if first is None and second is None:
            return None
        return _bounded(work(first or Decimal(0), second or Decimal(0)))

    return act


def _multiplicative(work: Callable[[Decimal, Decimal], Decimal]) -> Callable[[Value, Value], Value]:
    def act(left: Value, right: Value) -> Value:
        first, second = _number(left), _number(right)
        if first is None or second is None:
            return None
        try:
            return _bounded(work(first, second))
        except (DivisionByZero, InvalidOperation, Overflow):
            return None

    return act


def _ordered(work: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    def act(left: Value, right: Value) -> bool:
        same = isinstance(left, Decimal) and isinstance(right, Decimal)
        same = same or (isinstance(left, str) and isinstance(right, str))
        return same and work(left, right)

    return act


def _equal(left: Value, right: Value) -> bool:
    # True == 1 is Python's, not people's.
    return type(left) is type(right) and bool(left == right)


def _within(left: Value, right: Value) -> bool:
    if isinstance(right, list):
        return any(_equal(left, each) for each in right)
    return isinstance(left, str) and isinstance(right, str) and left != "" and left in right


def _signed(work: Callable[[Decimal], Decimal]) -> Callable[[Value], Value]:
    return lambda value: work(value) if isinstance(value, Decimal) else None


_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: _additive(operator.add),
    ast.Sub: _additive(operator.sub),
    ast.Mult: _multiplicative(operator.mul),
    ast.Div: _multiplicative(operator.truediv),
    ast.Mod: _multiplicative(operator.mod),
    ast.Eq: _equal,
    ast.NotEq: lambda left, right: not _equal(left, right),
    ast.Lt: _ordered(operator.lt),
    ast.LtE: _ordered(operator.le),
    ast.Gt: _ordered(operator.gt),
    ast.GtE: _ordered(operator.ge),
    ast.In: _within,
    ast.NotIn: lambda left, right: not _within(left, right),
    ast.Not: operator.not_,
    ast.USub: _signed(operator.neg),
    ast.UAdd: _signed(operator.pos),
}


def _numbers(values: tuple[Value, ...]) -> list[Decimal]:
    flat: list[Decimal] = []
    for value in values:
        flat.extend(
            each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Decimal)
        )
    return flat


def _sum(*values: Value) -> Value:
    return _bounded(sum(_numbers(values), Decimal(0)))


def _least(*values: Value) -> Value:
    return min(_numbers(values), default=None)


def _most(*values: Value) -> Value:
    return max(_numbers(values), default=None)


def _round(value: Value, places: Value = None) -> Value:
    if not isinstance(value, Decimal):
        return None
    wanted = int(places) if isinstance(places, Decimal) and 0 <= places <= 6 else 0
    try:
        return value.quantize(Decimal(1).scaleb(-wanted), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return None


def _len(value: Value) -> Value:
    return Decimal(len(value)) if isinstance(value, (str, list)) else Decimal(0)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "sum": _sum,
    "min": _least,
    "max": _most,
    "round": _round,
    "len": _len,
}
_ARGUMENTS = {"sum": (1, 50), "min": (1, 50), "max": (1, 50), "round": (1, 2), "len": (1, 1)}


class _Evaluator(SimpleEval):
    """simpleeval with nothing but what is named here."""

    def __init__(self, names: Mapping[str, Value]) -> None:
        super().__init__(operators=_OPERATORS, functions=FUNCTIONS, names=names)
        self.nodes = {
            ast.Name: self._eval_name,
            ast.UnaryOp: self._eval_unaryop,
            ast.BinOp: self._eval_binop,
            ast.BoolOp: self._eval_boolop,
            ast.Compare: self._eval_compare,
            ast.IfExp: self._eval_ifexp,
            ast.Call: self._eval_call,
            ast.Constant: self._eval_constant,
            ast.List: self._eval_list,
            ast.Tuple: self._eval_list,
        }

    def _eval_list(self, node: ast.List | ast.Tuple) -> list[Value]:
        return [self._eval(each) for each in node.elts]


def rename(text: str, old: str, new: str) -> str:
    """`text` with the name `old` written as `new`; unchanged if it cannot be read or does not use it."""
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return text
    lines = text.splitlines(keepends=True)
    places = sorted(
        ((node.lineno - 1, node.col_offset) for node, _depth in _walk(tree.body)
         if isinstance(node, ast.Name) and node.id == old),
        reverse=True,
    )  # fmt: skip
    for line, column in places:
        raw = lines[line].encode()
        lines[line] = (raw[:column] + new.encode() + raw[column + len(old.encode()) :]).decode()
    return "".join(lines)


__all__ = [
    "DEEPEST",
    "FUNCTIONS",
    "LONGEST",
    "Expression",
    "ExpressionError",
    "InvalidExpression",
    "Value",
    "evaluate",
    "expression_read",
    "rename",
]
