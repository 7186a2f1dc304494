"""`manage.py host`: the host's three administrators."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from asp.accounts.models import Account, AccountState
from tests.asp.accounts import helpers
from tests.support.client import SiteClient


def run(*arguments):
    out = StringIO()
    with override("en"):
        call_command("host", *arguments, stdout=out)
    return out.getvalue()


def test_it_does_not_make_a_second_set(host_administrators):
    assert run("init", "--if-missing") == ""
    with pytest.raises(CommandError, match="three administrators"):
        run("init")
    assert len(host_administrators) == 3


def test_it_makes_a_link_for_one_who_lost_it(host_administrators):
    person = host_administrators["audit"]
    url = run("link", person.account.login.upper()).strip()
    assert url.startswith("http://host.localhost")
    page = SiteClient("host").get("/" + url.split("/", 3)[3])
    assert page.status_code == 200
    with pytest.raises(CommandError, match="no administrator"):
        run("link", "nobody")


def test_it_makes_what_is_missing_all_or_nothing(host_administrators):
    person = host_administrators["audit"].account
    with helpers.at("host"):
        Account.objects.filter(pk=person.pk).update(state=AccountState.DISABLED)
        before = Account.objects.count()
    try:
        with pytest.raises(CommandError, match="letter"):
            run("init", "--audit-login", "1", "--audit-name", "审计", "--audit-email", "a@example.org")
        with helpers.at("host"):
            assert Account.objects.count() == before
        login = helpers.name()
        text = run("init", "--audit-login", login, "--audit-name", "审计", "--audit-email", "a@example.org")
        assert text.count("/accounts/link/") == 1
        assert login in text
    finally:
        with helpers.at("host"):
            Account.objects.exclude(pk=person.pk).filter(duty="audit").update(state=AccountState.DISABLED)
            Account.objects.filter(pk=person.pk).update(state=AccountState.ACTIVE)
