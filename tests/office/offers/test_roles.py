"""From the console's draft to a role of an office, and on to the next version."""

import pytest
from django.db import transaction
from django.utils import timezone

from asp.accounts.models import Role
from asp.accounts.services import role_create
from asp.audit.actor import Actor
from asp.audit.models import Entry
from asp.notify.models import Notification
from asp.outbox import addresses
from asp.outbox.relay.models import Envelope, EnvelopeState
from asp.outbox.services import message_send
from office.library.permissions import MANAGE_DEPARTMENT as DEPARTMENT
from office.library.permissions import MANAGE_UNIT as UNIT
from office.library.permissions import USE
from office.offers.models import RoleOffer
from provisioning import services as provisioning
from provisioning.models import RoleTemplate, RoleTemplateOffer
from provisioning.services import role_templates
from provisioning.services.role_templates import Draft
from tenants.context import bureau_context, host_context
from tenants.keys import uuid7
from tenants.models import Bureau
from tests.asp.outbox.messages import settle
from tests.support.client import SiteClient
from tests.support.host import host_administrators
from tests.support.people import people

pytestmark = pytest.mark.usefixtures("quiet_relay")


@pytest.fixture
def actor():
    return Actor.of_account(host_administrators()[1])


@pytest.fixture
def template(actor):
    with host_context():
        made = role_templates.template_create(
            actor=actor,
            draft=Draft(name=f"收发员{uuid7().hex[-8:]}", name_en="Registry clerk", codes=(USE, UNIT)),
        )
    yield made
    with host_context():  # what is offered to all would reach the bureaus of other tests
        RoleTemplate.objects.filter(pk=made.pk).update(for_all=False)


@pytest.fixture
def cast(make_bureau):
    return people(make_bureau())


@pytest.fixture
def security(cast):
    return SiteClient(cast.bureau).login_as(cast.security)


def publish(actor, template, *bureaus, note="", **changes):
    with host_context():
        if changes:
            draft = role_templates.draft_of(RoleTemplate.objects.get(pk=template.pk))
            draft = Draft(**{**draft.__dict__, **changes})
            role_templates.template_change(actor=actor, template=template, draft=draft)
        role_templates.template_publish(
            actor=actor, template=template, bureaus=[each.id for each in bureaus], note=note
        )
    settle(None)


def offer(bureau, template):
    with bureau_context(bureau):
        return RoleOffer.objects.filter(pk=template.pk).first()


def codes(bureau, name):
    with bureau_context(bureau):
        return set(Role.objects.get(name=name).permissions.values_list("code", flat=True))


def address(template, act=""):
    return f"/offers/roles/{template.pk}/{act}"


def accept(security, template, version=1, name=None):
    return security.post(address(template, "accept/"), {"version": version, "name": name or template.name})


def told(template):
    settle(None)
    with host_context():
        found = RoleTemplateOffer.objects.filter(template=template)
        return sorted(found.values_list("received_version", "accepted"))


# -- offered ------------------------------------------------------------------------------------------
def test_it_arrives_changes_nothing_and_is_told(actor, template, cast, security):
    with bureau_context(cast.bureau):
        before = list(Role.objects.values_list("name", flat=True))
    publish(actor, template, cast.bureau, note="首版")
    with bureau_context(cast.bureau):
        assert list(Role.objects.values_list("name", flat=True)) == before
        told_ = Notification.objects.filter(kind="offers.role_offered")
        assert list(told_.values_list("account_id", flat=True)) == [cast.security.pk]
        assert Entry.objects.get(action="offers.role_received").actor_name == "host"
    assert "Offered by the host" in security.get("/accounts/roles/").text
    assert "Registry clerk" in security.get("/").text
    page = security.get(address(template)).text
    assert "Manage the unit library" in page
    assert "首版" in page
    settle(cast.bureau)
    assert told(template) == [(1, False)]


def test_only_those_who_were_chosen_have_it(actor, template, cast, make_bureau):
    other = make_bureau()
    publish(actor, template, cast.bureau)
    assert offer(other, template) is None
    assert SiteClient(other).login_as(people(other).security).get(address(template)).status_code == 404


def test_a_late_older_version_changes_nothing(actor, template, cast):
    publish(actor, template, cast.bureau)
    publish(actor, template, cast.bureau, codes=(USE,))
    body = {"id": str(template.pk), "revision": 1, "version": 1, "name": "旧", "codes": [UNIT]}
    with host_context(), transaction.atomic():
        message_send(to=addresses.bureau(cast.bureau.id), type=role_templates.OFFERED, body=body)
        late = {"id": str(template.pk), "revision": 1}
        message_send(to=addresses.bureau(cast.bureau.id), type=role_templates.WITHDRAWN, body=late)
    settle(None)
    found = offer(cast.bureau, template)
    assert (found.version, found.name, found.codes) == (2, template.name, [USE])
    assert found.withdrawn_at is None


def test_the_same_message_twice_is_one_offer(actor, template, cast):
    publish(actor, template, cast.bureau)
    with host_context():
        sent = Envelope.objects.get(type=role_templates.OFFERED, subject=str(template.pk))
        Envelope.objects.filter(pk=sent.pk).update(
            state=EnvelopeState.WAITING,
            body={"id": str(template.pk), "revision": 9, "version": 9, "name": "x", "codes": []},
        )
        sent.pair.__class__.objects.filter(pk=sent.pair_id).update(ready_at=timezone.now())
    settle(None)
    assert offer(cast.bureau, template).version == 1


def test_a_bureau_cannot_offer_to_another(actor, template, cast, make_bureau):
    other = make_bureau()
    publish(actor, template, cast.bureau)
    body = {"id": str(template.pk), "revision": 9, "version": 9, "name": "假", "codes": [USE]}
    with bureau_context(other):
        for type_ in (role_templates.OFFERED, role_templates.WITHDRAWN):
            message_send(to=addresses.bureau(cast.bureau.id), type=type_, body=body)
    settle(other)
    found = offer(cast.bureau, template)
    assert (found.version, found.withdrawn_at) == (1, None)


def test_a_bureau_speaks_for_itself_alone(actor, template, cast, make_bureau):
    """What a stranger reports of a template that it was not offered counts for nobody."""
    other = make_bureau()
    publish(actor, template, cast.bureau)
    with bureau_context(other):
        for type_ in ("provisioning.role_received.v1", "provisioning.role_decided.v1"):
            body = {"id": template.pk, "version": 7, "accepted": True}
            message_send(to=addresses.HOST, type=type_, body=body)
    settle(other)
    settle(cast.bureau)
    assert told(template) == [(1, False)]


def test_a_suspended_bureau_gets_it_when_it_works_again(actor, template, cast):
    with host_context():
        provisioning.bureau_suspend(actor=actor, bureau=Bureau.objects.get(pk=cast.bureau.id), reason="停用")
    publish(actor, template, cast.bureau)
    publish(actor, template, cast.bureau, codes=(USE,))
    assert offer(cast.bureau, template) is None
    with host_context():
        provisioning.bureau_resume(actor=actor, bureau=Bureau.objects.get(pk=cast.bureau.id))
        Envelope.objects.filter(type=role_templates.OFFERED).first().pair.__class__.objects.update(
            ready_at=timezone.now()
        )
    settle(None)
    assert offer(cast.bureau, template).version == 2


def test_a_bureau_that_is_opened_later_is_offered_what_all_are(actor, template, cast):
    from tests.support.applications import opened

    with host_context():
        role_templates.template_publish(actor=actor, template=template, bureaus=None)
        other = role_templates.template_create(
            actor=actor, draft=Draft(name=f"他{uuid7().hex[-8:]}", codes=(USE,))
        )
        role_templates.template_publish(actor=actor, template=other, bureaus=[cast.bureau.id])
    application, _code = opened()
    bureau = application.bureau.ref
    settle(None)
    assert offer(bureau, template).version == 1
    assert offer(bureau, other) is None
    settle(bureau)
    with host_context():
        assert RoleTemplateOffer.objects.get(template=template, bureau_id=bureau.id).received_version == 1


# -- accepted, declined, withdrawn --------------------------------------------------------------------
def test_accepting_makes_a_role_of_the_offices_own(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    assert accept(security, template).status_code == 302
    assert codes(cast.bureau, template.name) == {USE, UNIT}
    found = offer(cast.bureau, template)
    assert found.base["codes"] == [UNIT, USE]
    assert found.taken_version == 1
    with bureau_context(cast.bureau):
        assert Entry.objects.filter(action="offers.role_accepted", actor_id=cast.security.pk).count() == 1
    settle(cast.bureau)
    assert told(template) == [(1, True)]
    assert accept(security, template, name="另一个").status_code == 409
    with bureau_context(cast.bureau):
        role = Role.objects.get(name=template.name)
    assert "Made of a role that the host offers" in security.get(f"/accounts/roles/{role.pk}/").text


def test_what_the_office_does_not_know_is_shown_and_left_out(actor, template, make_bureau):
    cast = people(make_bureau(functions=()))
    security = SiteClient(cast.bureau).login_as(cast.security)
    with host_context():
        RoleTemplate.objects.filter(pk=template.pk).update(codes=[UNIT, "future.use"])
    publish(actor, template, cast.bureau)
    page = security.get(address(template)).text
    assert "its function is not switched on here" in page
    assert "not known to this version" in page
    assert accept(security, template).status_code == 302
    assert codes(cast.bureau, template.name) == set()
    with bureau_context(cast.bureau):
        entry = Entry.objects.get(action="offers.role_accepted")
    assert entry.params["left_out"] == ["future.use", UNIT]
    with host_context():
        Bureau.objects.filter(pk=cast.bureau.id).update(functions=["library"])
        bureau = Bureau.objects.get(pk=cast.bureau.id).ref
    from tenants import routing

    routing.forget(f"{bureau.slug}.localhost")
    page = security.get(address(template)).text
    assert f'value="code:{UNIT}"' in page
    assert (
        security.post(address(template, "merge/"), {"version": 1, "taken": [f"code:{UNIT}"]}).status_code
        == 302
    )
    assert codes(bureau, template.name) == {UNIT}


def test_a_name_that_is_taken_is_said_and_another_can_be_chosen(actor, template, cast, security):
    with bureau_context(cast.bureau):
        role_create(actor=Actor.of_account(cast.security), name=template.name)
    publish(actor, template, cast.bureau)
    refused = accept(security, template)
    assert refused.status_code == 422
    assert "There is already a role called" in refused.text
    assert not offer(cast.bureau, template).is_taken
    assert accept(security, template, name="本局收发员").status_code == 302
    assert codes(cast.bureau, "本局收发员") == {USE, UNIT}


def test_declining_is_told_and_a_newer_version_asks_again(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    assert security.post(address(template, "decline/"), {"version": 1}).status_code == 302
    assert "declined" in security.get("/accounts/roles/").text
    assert "Roles offered by the host" not in security.get("/").text
    settle(cast.bureau)
    assert told(template) == [(1, False)]
    publish(actor, template, cast.bureau, codes=(USE,))
    assert "to be decided" in security.get("/accounts/roles/").text


def test_one_that_is_withdrawn_cannot_be_accepted_and_roles_stay(
    actor, template, cast, security, make_bureau
):
    user = people(make_bureau())
    using = SiteClient(user.bureau).login_as(user.security)
    publish(actor, template, cast.bureau, user.bureau)
    accept(using, template)
    page = security.get(address(template))
    assert page.status_code == 200
    with host_context():
        role_templates.template_withdraw(actor=actor, template=template)
    settle(None)
    assert security.get(address(template)).status_code == 404
    assert accept(security, template).status_code == 404
    assert codes(user.bureau, template.name) == {USE, UNIT}
    assert "No longer offered" in using.get(address(template)).text


def test_a_removed_role_counts_as_declined(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    accept(security, template)
    with bureau_context(cast.bureau):
        role = Role.objects.get(name=template.name)
    assert security.post(f"/accounts/roles/{role.pk}/delete/", {"confirm_name": role.name}).status_code == 302
    settle(cast.bureau)
    assert told(template) == [(1, False)]
    assert accept(security, template).status_code == 302


# -- the next version ---------------------------------------------------------------------------------
def test_a_new_version_changes_nothing_until_it_is_taken_over(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    accept(security, template)
    with bureau_context(cast.bureau):
        role = Role.objects.get(name=template.name)
    security.post(
        f"/accounts/roles/{role.pk}/edit/",
        {"name": template.name, "name_en": "", "description": "本局改过", "codes": [USE]},
    )
    publish(actor, template, cast.bureau, description="登记与分发", codes=(USE, UNIT, DEPARTMENT))
    assert codes(cast.bureau, template.name) == {USE}
    page = security.get(address(template)).text
    assert f'value="code:{DEPARTMENT}"' in page
    assert "changed here as well" in page
    assert "this office's own change" in page
    merge = {"version": 2, "taken": [f"code:{DEPARTMENT}"]}
    assert security.post(address(template, "merge/"), merge).status_code == 302
    assert codes(cast.bureau, template.name) == {USE, DEPARTMENT}
    with bureau_context(cast.bureau):
        assert Role.objects.get(pk=role.pk).description == "本局改过"
        entry = Entry.objects.get(action="offers.role_merged")
    assert entry.params["taken"] == [f"code:{DEPARTMENT}"]
    assert entry.params["kept"] == ["description"]
    assert "new version" not in security.get("/accounts/roles/").text


def test_none_of_it_can_be_taken_over(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    accept(security, template)
    publish(actor, template, cast.bureau, codes=(USE,))
    assert "new version 2" in security.get("/accounts/roles/").text
    assert security.post(address(template, "merge/"), {"version": 2}).status_code == 302
    assert codes(cast.bureau, template.name) == {USE, UNIT}
    assert "new version" not in security.get("/accounts/roles/").text


def test_an_old_page_decides_nothing(actor, template, cast, security):
    publish(actor, template, cast.bureau)
    publish(actor, template, cast.bureau, codes=(USE,))
    assert accept(security, template, version=1).status_code == 409
    assert security.post(address(template, "decline/"), {"version": 1}).status_code == 409
    accept(security, template, version=2)
    publish(actor, template, cast.bureau, codes=(USE, UNIT))
    old = {"version": 2, "taken": [f"code:{UNIT}"]}
    assert security.post(address(template, "merge/"), old).status_code == 409
    assert codes(cast.bureau, template.name) == {USE}
    bad = {"version": 3, "taken": ["code:nothing"]}
    assert security.post(address(template, "merge/"), bad).status_code == 409


@pytest.mark.parametrize("act", ["", "accept/", "decline/", "merge/"])
def test_only_the_security_administrator(actor, template, cast, act, make_bureau):
    publish(actor, template, cast.bureau)
    ask = "post" if act else "get"
    for who in ("system", "audit", "head"):
        client = SiteClient(cast.bureau).login_as(getattr(cast, who))
        assert getattr(client, ask)(address(template, act)).status_code == 403
    assert getattr(SiteClient(cast.bureau), ask)(address(template, act)).status_code == 302
    other = people(make_bureau())
    client = SiteClient(other.bureau).login_as(other.security)
    assert getattr(client, ask)(address(template, act), {"version": 1}).status_code == 404


def test_text_is_never_markup(actor, template, cast, security):
    publish(actor, template, cast.bureau, description="<script>alert(1)</script>", note="<img src=x>")
    for page in (security.get(address(template)), security.get("/accounts/roles/"), security.get("/")):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
