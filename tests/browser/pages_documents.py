"""Pages of official documents."""

from tests.browser.view import View, submit

VIEWS = (
    View("office-numbers", "bureau", "keeper", "documents:number-list"),
    View("office-numbers-none", "bureau", "keeper", "documents:number-list", query="?q=无此标题"),
    View("office-number", "bureau", "keeper", "documents:number", ("number",)),
    View("office-number-take", "bureau", "keeper", "documents:number-take"),
    View("office-number-take-errors", "bureau", "keeper", "documents:number-take", act=submit),
    View("office-number-reserve", "bureau", "keeper", "documents:number-reserve"),
    View("office-number-void", "bureau", "keeper", "documents:number-void", ("number-used",)),
    View("office-codes", "bureau", "keeper", "documents:code-list"),
    View("office-code-new", "bureau", "keeper", "documents:code-new"),
)
# Forms of the same shape as those above, and acts without a page.
NOT_LOOKED_AT = frozenset(
    (
        "documents:number-use",
        "documents:number-correct",
        "documents:number-release",
        "documents:number-export",
        "documents:code",
        "documents:code-stop",
        "documents:code-resume",
        "documents:series-close",
        "documents:series-reopen",
        "exports:part",
        "exports:fetch",
    )
)
