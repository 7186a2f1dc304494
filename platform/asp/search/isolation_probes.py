"""The probe of search by name."""

from django.utils.translation import gettext_lazy as _

from asp.accounts.models import Account
from asp.accounts.subjects import Subject
from asp.search.models import SearchEntry
from asp.search.services import entry_put, matching
from tenants.context import current_bureau
from tenants.isolation import attempts
from tenants.isolation.attempts import canary, done, one, reading
from tenants.isolation.registry import Finding, broken, held, not_tried, probe
from tenants.keys import uuid7


@probe(
    "search.home",
    control="3.search",
    title=_("Finding what others have"),
    explanation=_(
        "Each office has an index of its own. We put a made-up name there for somebody else and search for it as one of this "
        "office, and try to read the indexes of other offices."
    ),
)
def home() -> Finding:
    table = SearchEntry._meta.db_table
    here = one(
        "SELECT count(*) FROM pg_class WHERE oid = to_regclass(%s) AND relnamespace = %s::regnamespace",
        [table, current_bureau().schema],
    )
    others = [(schema, table, "id") for schema in attempts.other_schemas()]
    if not here or any(done(reading(each)) for each in others):
        return broken(_("The index lies outside of this office's area, or those of others can be read."))
    account = Account.objects.staff().first()
    if account is None:
        return not_tried(_("Nobody works in this office yet."))
    hidden, shared = canary(), canary()
    for word, subject in ((hidden, Subject("person", uuid7())), (shared, Subject.person(account))):
        entry_put(kind="probe", id=uuid7(), title=word, url_path="/", subjects=[subject])
    if not matching(account=account, query=shared).exists():
        return not_tried(_("The search did not find what it should, so nothing can be said of the rest."))
    if matching(account=account, query=hidden).exists():
        return broken(_("Somebody found what is not theirs."))
    return held(_("It found what is theirs, and nothing else."))
