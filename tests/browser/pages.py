"""Every page that a person can open: who opens it, where it is, and what has to be done to see it."""

from playwright.sync_api import Page

from tests.browser import pages_documents, pages_processes
from tests.browser.view import Act, View, submit
from tests.browser.window import World

__all__ = ["NOTICE", "NOT_LOOKED_AT", "VIEWS", "Act", "View", "track"]

# ----- acts


def begin(page: Page) -> None:
    """A form of one's own, or the one that this browser has begun."""
    form = page.locator("form[action$='/begin/'] button:not([disabled])")
    with page.expect_navigation():
        (form if form.count() else page.locator("a[href*='/apply/'].btn-primary")).first.click()


def begin_and_submit(page: Page) -> None:
    begin(page)
    submit(page)


def refused(page: Page) -> None:
    """A sign-in that fails."""
    page.fill("[name=identifier]", "nobody.here")
    page.fill("[name=password]", "Wrong-Password-2026")
    submit(page)


def forgotten(page: Page) -> None:
    """Ask for a new password. Nobody has that name, so nothing is sent; the answer is the same."""
    page.fill("[name=identifier]", "nobody.here")
    submit(page)


def fetch_activation(page: Page) -> None:
    """As an administrator who has tracked the application: get the link, which is shown once."""
    with page.expect_navigation():
        page.click("form[action*='/activation/'] button")


def track(world: World, key: str) -> Act:
    """Look an application up by its tracking code."""

    def act(page: Page) -> None:
        if page.url.endswith("/track/"):
            page.fill("main [name=code]", world.codes[key]["code"])
            page.fill("main [name=phone]", world.codes[key]["phone"])
            submit(page)

    return act


def slips(page: Page) -> None:
    """Print slips for everybody who is not active yet, in this tab."""
    form = page.locator("form:has(input[name=everybody])")
    form.evaluate("form => form.removeAttribute('target')")
    with page.expect_navigation():
        form.locator("button").click()


def slip(page: Page) -> None:
    """Print a slip for a new password."""
    with page.expect_navigation():
        page.click("form:has(input[value=slip]) button")


def more(page: Page) -> None:
    """Open the phone's sheet with everything that the bar at the bottom has no room for."""
    page.click("[data-tb-open=tb-more]")


def export(page: Page) -> None:
    """Ask for an export, unless one is there already."""
    if not page.locator("#audit-exports a").count():
        page.click("button[name=kind][value=csv]")
        page.wait_for_selector("#audit-exports a[href*='/audit/exports/']", timeout=60_000)


NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。2月13日（周六）、2月14日（周日）上班。"""
WRONG_NOTICE = NOTICE.replace("周六", "周日").replace("共7天", "共8天")


def set_no_day(page: Page) -> None:
    """Send the form for an own day as it is."""
    with page.expect_navigation():
        page.click("form:has([name=reason]) button[type=submit]")


def notice(text: str) -> Act:
    """Paste a notice and look at what it would change."""

    def act(page: Page) -> None:
        page.fill("main [name=year]", "2027")
        page.fill("main form[novalidate] [name=text]", text)
        submit(page)

    return act


# ----- pages

HALL = (
    View("hall-home", "hall", view="provisioning:home"),
    View("hall-home-none", "hall", view="provisioning:home", query="?q=xyz"),
    View("hall-apply", "hall", view="provisioning:apply"),
    View("hall-form", "hall", "draft", view="provisioning:apply", act=begin),
    View("hall-form-errors", "hall", "draft", view="provisioning:apply", act=begin_and_submit),
    View("hall-correction", "hall", "correction", view="provisioning:apply-form", args=("correction",)),
    View("hall-receipt", "hall", "waiting", view="provisioning:apply-receipt", args=("waiting",)),
    View(
        "hall-receipt-print",
        "hall",
        "waiting",
        view="provisioning:apply-receipt",
        args=("waiting",),
        query="?print=1",
    ),
    View("hall-track", "hall", view="provisioning:track"),
    View("hall-track-errors", "hall", view="provisioning:track", act=submit),
    View(
        "hall-activation",
        "hall",
        "track-activation",
        "provisioning:track-activation",
        address="/track/",
        act=fetch_activation,
    ),
    View("hall-not-found", "hall", address="/nowhere/", status=404),
)
GATE = (
    View("gate-sign-in", "fgj", view="accounts:sign-in"),
    View("gate-sign-in-refused", "fgj", view="accounts:sign-in", act=refused),
    View("gate-sign-in-host", "host", view="accounts:sign-in"),
    View("gate-second-factor", "host", "host-pending", view="accounts:second-factor"),
    View("gate-activation", "fgj", "newcomer", "accounts:activate"),
    View("gate-activation-administrator", "jtj", "starting", "accounts:activate"),
    View("gate-setting-up", "jtj", view="accounts:sign-in"),
    View("gate-forgotten", "fgj", view="accounts:forgotten", mail=True),
    View("gate-forgotten-sent", "fgj", view="accounts:forgotten", act=forgotten, mail=True),
    View("gate-forgotten-no-mail", "fgj", view="accounts:forgotten"),
    View("gate-suspended", "slj", view="workbench:home", status=503),
    View("gate-password-required", "bureau", "forced", "accounts:password-required"),
    View("gate-enrol", "bureau", "unenrolled", "accounts:enrol"),
    View("gate-link-unknown", "fgj", address="/accounts/link/" + "x" * 43 + "/", status=404),
)
HOST = (
    View("host-overview", "host", "host-system", "provisioning:overview"),
    View("host-applications", "host", "host-system", "provisioning:application-list"),
    View("host-application", "host", "host-system", "provisioning:application-detail", ("waiting",)),
    View("host-application-decided", "host", "host-system", "provisioning:application-detail", ("decided",)),
    View(
        "host-application-correction",
        "host",
        "host-system",
        "provisioning:application-detail",
        ("correction",),
    ),
    View("host-opening", "host", "host-system", "provisioning:opening-detail", ("opening",)),
    View("host-bureaus", "host", "host-system", "provisioning:bureau-list"),
    View("host-bureaus-none", "host", "host-system", "provisioning:bureau-list", query="?q=xyz"),
    View("host-bureau", "host", "host-system", "provisioning:bureau-detail", ("bureau",)),
    View("host-jobs", "host", "host-system", "jobs:list"),
    View("host-notifications", "host", "host-system", "notify:list"),
    View("host-jobs-regular", "host", "host-system", "jobs:regular"),
    View("host-jobs-offices", "host", "host-system", "jobs:offices"),
    View("host-job", "host", "host-system", "jobs:detail", ("host-job",)),
    View("host-announcements", "host", "host-system", "provisioning:announcement-list"),
    View("host-announcement", "host", "host-system", "provisioning:announcement-detail", ("announcement",)),
    View("host-announcement-new", "host", "host-system", "provisioning:announcement-create"),
    View(
        "host-announcement-wrong",
        "host",
        "host-system",
        "provisioning:announcement-create",
        act=submit,
        status=200,
    ),
    View("host-versions", "host", "host-system", "provisioning:versions"),
    View("host-messages", "host", "host-system", "outbox:list"),
    View("host-messages-dead", "host", "host-system", "outbox:list", query="?state=dead"),
    View("host-messages-none", "host", "host-system", "outbox:list", query="?state=held"),
    View("host-message", "host", "host-system", "outbox:detail", ("dead-message",)),
    View("host-route", "host", "host-system", "outbox:route", ("bureau",)),
    View("host-overview-security", "host", "host-security", "provisioning:overview"),
    View("host-accounts", "host", "host-security", "accounts:account-list"),
    View("host-role-templates", "host", "host-security", "provisioning:role-template-list"),
    View("host-role-template", "host", "host-security", "provisioning:role-template-detail", ("template",)),
    View(
        "host-role-template-draft", "host", "host-security", "provisioning:role-template-detail", ("draft",)
    ),
    View("host-role-template-new", "host", "host-security", "provisioning:role-template-create"),
    View(
        "host-role-template-wrong",
        "host",
        "host-security",
        "provisioning:role-template-create",
        act=submit,
    ),
    View(
        "host-role-template-change", "host", "host-security", "provisioning:role-template-change", ("draft",)
    ),
    View("host-overview-audit", "host", "host-audit", "provisioning:overview"),
    View("host-audit", "host", "host-audit", "audit:entry-list"),
    View("host-health", "host", "host-system", "operations:health", query="?fresh=1"),
    View("host-health-audit", "host", "host-audit", "operations:health", widths=(390,)),
    View("host-backups", "host", "host-system", "operations:backups"),
    View("host-workdays", "host", "host-system", "workdays:year", query="?year=2026"),
    View("host-workdays-provisional", "host", "host-system", "workdays:year", query="?year=2031"),
    View("host-workdays-import", "host", "host-system", "workdays:import"),
    View("host-workdays-preview", "host", "host-system", "workdays:import", act=notice(NOTICE)),
    View("host-workdays-refused", "host", "host-system", "workdays:import", act=notice(WRONG_NOTICE)),
    View("host-profile", "host", "host-system", "accounts:profile"),
)
ADMINISTRATION = (
    View("office-workbench-system", "bureau", "system", "workbench:home", empty=True),
    View("office-notices", "bureau", "clerk", "notices:list", empty=True),
    View("office-notifications", "bureau", "clerk", "notify:list"),
    View("office-notify-settings", "bureau", "clerk", "notify:settings"),
    View("office-notice", "bureau", "clerk", "notices:detail", ("notice",)),
    View("office-departments", "bureau", "system", "organization:department-list", empty=True),
    View("office-department", "bureau", "system", "organization:department-edit", ("department",)),
    View("office-department-new", "bureau", "system", "organization:department-create"),
    View("office-posts", "bureau", "system", "organization:post-list", empty=True),
    View("office-post", "bureau", "system", "organization:post-edit", ("post",)),
    View("office-post-new", "bureau", "system", "organization:post-create"),
    View("office-staff", "bureau", "system", "organization:member-list", empty=True),
    View("office-staff-many", "bureau", "full-system", "organization:member-list"),
    View("office-staff-none", "bureau", "system", "organization:member-list", query="?q=xyz"),
    View("office-person", "bureau", "system", "organization:member-edit", ("member",)),
    View("office-person-new", "bureau", "system", "organization:member-create", empty=True),
    View("office-person-errors", "bureau", "system", "organization:member-create", act=submit),
    View("office-imports", "bureau", "system", "organization:import-list", empty=True),
    View("office-import-wrong", "bureau", "system", "organization:import-detail", ("import",)),
    View("office-import-new", "bureau", "system", "organization:import-detail", ("import",), "?kind=new"),
    View(
        "office-import-changed",
        "bureau",
        "system",
        "organization:import-detail",
        ("import",),
        "?kind=changed",
    ),
    View("office-import-done", "bureau", "full-system", "organization:import-detail", ("full-import",)),
    View("office-slips", "bureau", "system", "organization:member-list", act=slips),
    View("office-workdays", "bureau", "clerk", "workdays:year", query="?year=2026"),
    View("office-workdays-own", "bureau", "system", "workdays:local", empty=True),
    View("office-workdays-wrong", "bureau", "system", "workdays:local", act=set_no_day),
    View("office-jobs", "bureau", "system", "jobs:list", empty=True),
    View("office-jobs-regular", "bureau", "system", "jobs:regular"),
    View("office-job", "bureau", "system", "jobs:detail", ("job",)),
    View("office-workbench-security", "bureau", "security", "workbench:home", empty=True),
    View("office-accounts", "bureau", "security", "accounts:account-list", empty=True),
    View("office-account", "bureau", "security", "accounts:account-detail", ("account",)),
    View("office-account-slip", "bureau", "security", "accounts:account-detail", ("account",), act=slip),
    View("office-roles", "bureau", "security", "accounts:role-list", empty=True),
    View("office-role", "bureau", "security", "accounts:role-detail", ("role",)),
    View("office-role-edit", "bureau", "security", "accounts:role-update", ("role",)),
    View("office-role-new", "bureau", "security", "accounts:role-create"),
    View("office-offer", "bureau", "security", "offers:role", ("offer",)),
    View("office-offer-news", "bureau", "security", "offers:role", ("taken-offer",)),
    View("office-workbench-audit", "bureau", "audit", "workbench:home", empty=True),
    View("office-audit", "bureau", "audit", "audit:entry-list", empty=True),
    View("office-audit-entry", "bureau", "audit", "audit:entry-detail", ("entry",)),
    View("office-self-test", "bureau", "audit", "assurance:home", empty=True),
    View("office-self-test-before", "bureau", "audit", "assurance:detail", ("self-test",)),
    View("office-audit-export", "bureau", "audit", "audit:entry-list", act=export),
    View("office-audit-none", "bureau", "audit", "audit:entry-list", query="?person=xyz"),
)
STAFF = (
    View("office-workbench", "bureau", "clerk", "workbench:home", empty=True),
    View("office-more", "bureau", "clerk", "workbench:home", act=more, widths=(390,)),
    View("office-files", "bureau", "clerk", "library:home", empty=True),
    View("office-files-details", "bureau", "clerk", "library:node", ("guide",)),
    View("office-files-folder-details", "bureau", "clerk", "library:node", ("tender",), "?details=1"),
    View("office-files-empty-folder", "bureau", "clerk", "library:node", ("empty-folder",)),
    View("office-files-department", "bureau", "clerk", "library:node", ("section",)),
    View("office-files-many", "bureau", "clerk", "library:node", ("projects",)),
    View("office-files-unit", "bureau", "clerk", "library:node", ("unit",)),
    View("office-files-shared", "bureau", "clerk", "library:shared", empty=True),
    View("office-files-recent", "bureau", "clerk", "library:recent", empty=True),
    View("office-files-trash", "bureau", "clerk", "library:trash", empty=True),
    View("office-files-trash-clear", "bureau", "clerk", "library:trash-empty"),
    View("office-files-folder-new", "bureau", "clerk", "library:folder-create", ("personal",)),
    View("office-files-rename", "bureau", "clerk", "library:rename", ("guide",)),
    View("office-files-move", "bureau", "clerk", "library:move", query="?node={guide}"),
    View("office-search", "bureau", "clerk", "search:results", query="?q=申报"),
    View("office-search-none", "bureau", "clerk", "search:results", query="?q=xyzxyz"),
    View("office-search-start", "bureau", "clerk", "search:results"),
    View("office-profile", "bureau", "clerk", "accounts:profile"),
    View("office-security", "bureau", "clerk", "accounts:security"),
    View("office-second-factor", "bureau", "clerk", "accounts:factor-enrol"),
    View("office-factor-remove", "bureau", "leader", "accounts:factor-remove"),
    View("office-recovery-codes", "bureau", "leader", "accounts:recovery-codes"),
    View("office-sessions", "bureau", "clerk", "accounts:sessions"),
    View("office-forbidden", "bureau", "clerk", "organization:member-list", status=403),
    View("office-not-found", "bureau", "clerk", address="/library/nowhere/", status=404),
)
# What else has an address: acts, parts of pages, files; and pages that look like another one.
NOT_LOOKED_AT = frozenset(
    {
        *pages_processes.NOT_LOOKED_AT,
        *pages_documents.NOT_LOOKED_AT,
        *("healthz", "readyz", "ui:accent", "ui:set-language", "ui:set-theme"),
        *("accounts:start-over", "accounts:sign-out", "accounts:sessions-end-others", "accounts:session-end"),
        *("accounts:account-unlock", "accounts:account-disable", "accounts:account-enable"),
        *("accounts:factor-reset", "accounts:account-sessions-end", "accounts:account-link"),
        *(
            "accounts:role-delete",
            "accounts:grant-create",
            "accounts:grant-revoke",
            "accounts:subject-picker",
        ),
        *("assurance:part", "assurance:run"),
        "workdays:local-remove",
        *("forms:find-person", "forms:find-department"),
        "operations:health-line",  # stands on the overview
        "operations:backup-now",
        *("audit:chain", "audit:verify", "audit:exports", "audit:export", "audit:export-fetch"),
        *("jobs:progress", "jobs:cancel", "jobs:retry"),
        *("jobs:regular-run", "live:ticket", "notify:bell", "notify:open", "notify:read-all"),
        *(
            "organization:department-move",
            "organization:department-shift",
            "organization:department-dissolve",
        ),
        *("organization:post-remove", "organization:member-export", "organization:member-act"),
        *("organization:import-template", "organization:import-options", "organization:import-confirm"),
        *("organization:import-discard", "organization:import-refused"),
        *("library:trash-put", "library:trash-restore", "library:trash-erase", "library:details"),
        *("library:names", "library:download", "library:version-download", "library:version-restore"),
        *("library:subjects", "library:access-grant", "library:access-change", "library:access-revoke"),
        *("provisioning:apply-begin", "provisioning:apply-address", "provisioning:apply-save"),
        *("provisioning:apply-letter", "provisioning:apply-discard", "provisioning:track-leave"),
        "provisioning:track-detail",
        *("provisioning:application-letter", "provisioning:application-correct"),
        *("provisioning:application-reject", "provisioning:application-approve"),
        *("provisioning:opening-start", "provisioning:opening-steps", "provisioning:opening-stop"),
        *("provisioning:bureau-export", "provisioning:bureau-names", "provisioning:bureau-resources"),
        *("provisioning:bureau-address", "provisioning:bureau-suspend", "provisioning:bureau-resume"),
        *("provisioning:versions-part", "provisioning:fleet-upgrade", "provisioning:bureau-upgrade"),
        *("provisioning:announcement-withdraw", "outbox:replay", "outbox:discard", "audit:heads"),
        *("provisioning:role-template-publish", "provisioning:role-template-withdraw"),
        *("provisioning:role-template-discard", "offers:accept", "offers:decline", "offers:merge"),
    }
)
VIEWS = (*HALL, *GATE, *HOST, *ADMINISTRATION, *STAFF, *pages_processes.VIEWS, *pages_documents.VIEWS)
