"""Role templates in the console: drafts, versions, whom they are offered to, and what the host gets to know."""

import threading

import pytest
from django.db import connection, transaction

from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.outbox.models import OutMessage
from office.library.permissions import MANAGE_UNIT as UNIT
from office.library.permissions import USE
from provisioning import errors
from provisioning.models import RoleTemplate, RoleTemplateOffer
from provisioning.services import role_templates
from provisioning.services.role_templates import Draft
from tenants.context import host_context
from tenants.keys import uuid7
from tenants.models import Bureau
from tests.asp.outbox.messages import settle
from tests.support.client import SiteClient
from tests.support.host import host_administrators

pytestmark = pytest.mark.usefixtures("quiet_relay")

LIST = "/role-templates/"


@pytest.fixture
def console():
    return SiteClient("host").login_as(host_administrators()[1])


@pytest.fixture
def actor():
    return Actor.of_account(host_administrators()[1])


@pytest.fixture(autouse=True)
def nobody_else_is_offered_them():
    yield
    with host_context():
        RoleTemplate.objects.update(for_all=False)


def typed(**changes):
    return {
        "name": f"收发员{uuid7().hex[-8:]}",
        "name_en": "Clerk",
        "description": "",
        "codes": [USE],
    } | changes


def drafted(console, **changes):
    response = console.post(f"{LIST}new/", typed(**changes))
    assert response.status_code == 302, response.text[-2000:]
    return response["Location"]


def of(page):
    with host_context():
        return RoleTemplate.objects.get(pk=page.split("/")[-2])


def publish(console, page, *bureaus, **more):
    chosen = (
        {"audience": "some", "bureaus": [str(each.id) for each in bureaus]}
        if bureaus
        else {"audience": "all"}
    )
    return console.post(f"{page}publish/", chosen | more)


def test_a_draft_is_seen_by_nobody_until_it_is_published(console, fresh_bureau):
    page = drafted(console)
    assert "Draft" in console.get(page).text
    with host_context():
        assert not OutMessage.objects.filter(subject=str(of(page).pk)).exists()
    assert publish(console, page, fresh_bureau).status_code == 302
    found = of(page)
    assert (found.version, found.for_all) == (1, False)
    settle(None, fresh_bureau)
    shown = console.get(page).text
    assert "Version 1" in shown
    with host_context():
        assert RoleTemplateOffer.objects.get(template=found).received_version == 1
        actions = list(
            Entry.objects.filter(target_id=found.pk).order_by("id").values_list("action", flat=True)
        )
    assert actions == ["provisioning.template_created", "provisioning.template_published"]


def test_what_is_published_stays_until_the_next_version(console, fresh_bureau):
    page = drafted(console)
    publish(console, page, fresh_bureau)
    first = of(page)
    changed = typed(name=first.name, codes=[USE, UNIT])
    assert console.post(f"{page}change/", changed).status_code == 302
    assert "The draft differs" in console.get(page).text
    with host_context():
        assert of(page).versions.get().codes == [USE]
    publish(console, page, fresh_bureau, note="增加资料库权限")
    with host_context():
        assert [each.codes for each in of(page).versions.all()] == [sorted([USE, UNIT]), [USE]]
    assert "增加资料库权限" in console.get(page).text


def test_who_has_it_gets_the_next_version_too(console, actor, make_bureau):
    a, b = make_bureau(), make_bureau()
    page = drafted(console)
    publish(console, page, a)
    settle(None)
    with host_context():
        draft = role_templates.draft_of(of(page))
        role_templates.template_change(
            actor=actor, template=of(page), draft=Draft(name=draft.name, codes=(UNIT,))
        )
        role_templates.template_publish(actor=actor, template=of(page), bureaus=[b.id])
        waiting = OutMessage.objects.filter(subject=str(of(page).pk)).values_list("to", flat=True)
        assert set(waiting) == {f"b:{a.id}", f"b:{b.id}"}


def test_the_same_again_is_no_new_version(console, actor, make_bureau):
    a, b = make_bureau(), make_bureau()
    page = drafted(console)
    publish(console, page, a)
    assert publish(console, page, a).status_code == 409
    assert publish(console, page, b).status_code == 302
    with host_context():
        assert of(page).version == 1
        assert of(page).offers.count() == 2


def test_withdrawn_and_offered_again(console, fresh_bureau):
    page = drafted(console)
    assert console.post(f"{page}withdraw/").status_code == 409
    publish(console, page, fresh_bureau)
    assert console.post(f"{page}withdraw/").status_code == 302
    assert console.post(f"{page}withdraw/").status_code == 409
    assert "Withdrawn" in console.get(page).text
    assert publish(console, page, fresh_bureau).status_code == 302
    with host_context():
        found = of(page)
    assert (found.version, found.revision, found.withdrawn_at) == (1, 3, None)


def test_a_draft_can_be_removed_what_was_published_cannot(console, fresh_bureau):
    page = drafted(console)
    assert console.post(f"{page}discard/").status_code == 302
    assert console.get(page).status_code == 404
    page = drafted(console)
    publish(console, page, fresh_bureau)
    assert console.post(f"{page}discard/").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"codes": []},
        {"codes": ["library.nothing"]},
        {"name": "长" * 61},
        {"description": "长" * 301},
    ],
    ids=str,
)
def test_bad_input_is_said_and_nothing_is_kept(console, wrong):
    with host_context():
        before = RoleTemplate.objects.count()
    assert console.post(f"{LIST}new/", typed(**wrong)).status_code == 422
    with host_context():
        assert RoleTemplate.objects.count() == before


def test_two_of_one_name_are_refused(console, actor):
    page = drafted(console)
    name = of(page).name
    refused = console.post(f"{LIST}new/", typed(name=name))
    assert refused.status_code == 422
    assert "There is already a template called" in refused.text
    with host_context(), pytest.raises(errors.TemplateNameTaken):
        role_templates.template_create(actor=actor, draft=Draft(name=name, codes=(USE,)))


@pytest.mark.parametrize(
    "wrong", [{"audience": "some"}, {"audience": "some", "bureaus": ["x"]}, {"audience": "x"}]
)
def test_whom_it_is_for_has_to_be_said(console, wrong):
    page = drafted(console)
    assert console.post(f"{page}publish/", wrong).status_code == 422
    assert of(page).version == 0


def test_no_permission_of_administrators_can_be_offered(actor):
    with host_context(), pytest.raises(errors.TemplateCodeUnknown):
        role_templates.template_create(actor=actor, draft=Draft(name="越权", codes=("audit.read",)))


def test_the_host_sees_numbers_and_no_names(console, actor, make_bureau):
    bureau = make_bureau(name="云溪县不该出现局")
    page = drafted(console)
    publish(console, page, bureau)
    settle(None, bureau)
    shown = console.get(page).text
    form = shown.index('name="bureaus"')
    assert "不该出现" not in shown[:form].split("In the bureaus")[1]
    assert "不该出现" not in console.get(LIST).text


def test_a_bureau_that_is_opened_meanwhile_is_not_missed(actor):
    """Publishing waits for an opening that is about to commit, and then sees its bureau."""
    with host_context():
        template = role_templates.template_create(
            actor=actor, draft=Draft(name=f"同时{uuid7().hex[-8:]}", codes=(USE,))
        )
    told = threading.Event()

    def publish_meanwhile():
        try:
            with host_context():
                told.set()
                role_templates.template_publish(actor=actor, template=template, bureaus=None)
        finally:
            connection.close()

    publisher = threading.Thread(target=publish_meanwhile)
    with host_context(), transaction.atomic():
        made = Bureau.objects.create(
            slug=f"t{uuid7().hex[-10:]}",
            name="同时开通局",
            schema_name=f"b_{uuid7().hex[-12:]}",
            storage_prefix=uuid7().hex[-12:],
            wrapped_key=b"x",
            quota_bytes=1,
            state="suspended",
            version="none",
        )
        role_templates.templates_offer_to(made.id)
        publisher.start()
        assert told.wait(5)
        publisher.join(0.5)
        assert publisher.is_alive(), "it does not wait"
    publisher.join(10)
    with host_context():
        found = RoleTemplateOffer.objects.filter(template=template, bureau_id=made.id)
        assert found.count() == 1
        Bureau.objects.filter(pk=made.pk).update(state="closed")


@pytest.mark.parametrize("path", ["", "new/", "{id}/", "{id}/change/"])
def test_only_the_hosts_security_administrator(console, path):
    page = LIST + path.format(id=of(drafted(console)).pk)
    system, _security, audit = host_administrators()
    for other in (system, audit):
        assert SiteClient("host").login_as(other).get(page).status_code == 403
    assert SiteClient("host").get(page).status_code == 302
    assert console.get(page).status_code == 200
    assert console.get(f"{LIST}01900000-0000-7000-8000-000000000000/").status_code == 404
