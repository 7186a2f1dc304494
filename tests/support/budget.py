"""How many statements a page may send. A new page has the default without saying so."""

DEFAULT = 25

# Pages that need more, each with its reason. Numbers here may only shrink.
HEAVIER: dict[str, int] = {}


def budget_of(name: str) -> int:
    """Return the number of statements that the page called `name` may send."""
    return HEAVIER.get(name, DEFAULT)
