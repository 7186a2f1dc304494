"""Pages of processes and of the to-do list."""

from playwright.sync_api import Page

from tests.browser.view import View, submit


def decide_all(page: Page) -> None:
    """Answer the first batch; whoever looks again repeats the answer, and reads the same report."""
    if page.locator("main form [name=outcome]").count():
        with page.expect_navigation():
            page.locator("main form:has([name=outcome]) button[type=submit]").first.click()
        return
    with page.expect_navigation():
        page.evaluate(REPEAT)


REPEAT = """() => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: "/workflow/batch/"});
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const fields = [["csrfmiddlewaretoken", token], ["outcome", "agree"], ["key", "none"],
    ...new URLSearchParams(location.search)];
  for (const [name, value] of fields)
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  document.body.append(form);
  form.submit();
}"""


def drawn(page: Page) -> None:
    """Wait until the drawing stands."""
    page.locator("[data-element-id=process-start], [data-element-id^=StartEvent], .djs-shape").first.wait_for(
        state="attached"
    )


TODO_PAGES = (
    View("office-todo", "bureau", "clerk", "workflow:todo", empty=True),
    View("office-todo-read", "bureau", "clerk", "workflow:todo-read"),
    View("office-todo-done", "bureau", "clerk", "workflow:todo-done"),
    View("office-todo-started", "bureau", "clerk", "workflow:todo-started", empty=True),
    View("office-todo-followed", "bureau", "clerk", "workflow:todo-followed"),
    View("office-todo-delegated", "bureau", "clerk", "workflow:todo-delegated"),
    View(
        "office-todo-batch",
        "bureau",
        "clerk",
        "workflow:batch",
        query="?item={item-1}&item={item-2}&item={sign-item}",
    ),
    View(
        "office-todo-batch-done",
        "bureau",
        "clerk",
        "workflow:batch",
        query="?item={item-3}&item={item-5}",
        act=decide_all,
    ),
    View("office-absences", "bureau", "clerk", "workflow:absences", empty=True),
)
INSTANCES = (
    View("office-catalogue", "bureau", "clerk", "workflow:catalogue", empty=True),
    View("office-start", "bureau", "clerk", "workflow:start", ("purchase",)),
    View("office-start-errors", "bureau", "clerk", "workflow:start", ("open-flow",), act=submit),
    View("office-instance", "bureau", "clerk", "workflow:instance", ("waiting-0",)),
    View("office-instance-centre", "bureau", "clerk", "workflow:instance", ("centre-item",)),
    View("office-instance-done", "bureau", "clerk", "workflow:instance", ("done",)),
    View("office-instance-suspended", "bureau", "designer", "workflow:instance", ("suspended",)),
    View("office-instance-stranded", "bureau", "designer", "workflow:instance", ("stranded",)),
    View("office-instance-print", "bureau", "clerk", "workflow:print", ("done",)),
    View("office-instance-return", "bureau", "clerk", "workflow:return", ("to-sign",), "?item={sign-item}"),
    View(
        "office-instance-hand-over",
        "bureau",
        "clerk",
        "workflow:hand-over",
        ("waiting-0",),
        "?item={item-0}",
    ),
    View("office-instance-reassign", "bureau", "designer", "workflow:reassign", ("stranded",)),
    View("office-instance-move", "bureau", "designer", "workflow:move", ("stranded",)),
)
PROCESSES = (
    View("office-processes", "bureau", "designer", "workflow:process-list", empty=True),
    View("office-process", "bureau", "designer", "workflow:process", ("centre",)),
    View("office-process-new", "bureau", "designer", "workflow:process-create"),
    View("office-process-settings", "bureau", "designer", "workflow:process-settings", ("centre",)),
    View("office-process-form", "bureau", "designer", "workflow:draft-form", ("centre",)),
    View("office-process-steps", "bureau", "designer", "workflow:draft-steps", ("centre",), "?at=experts"),
    View("office-process-designer", "bureau", "designer", "workflow:draft-designer", ("centre",), act=drawn),
    View("office-process-check", "bureau", "designer", "workflow:draft-gate", ("centre",)),
    View("office-process-faults", "bureau", "designer", "workflow:draft-gate", ("faulty",)),
    View("office-process-version", "bureau", "designer", "workflow:version", ("centre", "2")),
    View("office-templates", "bureau", "designer", "workflow:template-list"),
    View(
        "office-template",
        "bureau",
        "designer",
        "workflow:template-adopt",
        query="?template=business_trip",
    ),
    View("office-template-news", "bureau", "designer", "workflow:template-news", ("old-template",)),
    View("office-insight", "bureau", "designer", "workflow:insight", empty=True),
    View("office-insight-process", "bureau", "designer", "workflow:insight-process", ("process",)),
    View("office-insight-instances", "bureau", "designer", "workflow:insight-instances"),
    View("office-simulation", "bureau", "designer", "workflow:simulate", ("centre",)),
)
VIEWS = (*TODO_PAGES, *INSTANCES, *PROCESSES)
# Acts, parts of pages, files; and pages that look like another one.
NOT_LOOKED_AT = frozenset(
    {
        *("workflow:count", "workflow:brief"),  # parts of every page and of the workbench
        *("workflow:start-ask", "workflow:start-next", "workflow:ask", "workflow:next"),  # parts of the form
        *("workflow:complete", "workflow:follow", "workflow:absence-end", "workflow:file"),
        # One form with a reason or words, as handing over has it.
        *("workflow:withdraw", "workflow:add-signers", "workflow:urge", "workflow:cancel", "workflow:reject"),
        *("workflow:suspend", "workflow:resume", "workflow:retry"),
        *("workflow:performer-find", "workflow:audience-find"),  # what a search field finds
        *("workflow:process-stop", "workflow:process-resume", "workflow:draft-designer-save"),
        *("workflow:draft-publish", "workflow:draft-upload", "workflow:draft-download"),
        "workflow:version-restore",
        *("workflow:insight-export", "workflow:insight-process-export", "workflow:insight-instances-export"),
    }
)
