"""Running instances on another version of their process (动态修改流程)."""

from django.db import transaction

from asp.audit.actor import Actor
from asp.forms import Carrying, carry
from office.workflow import errors
from office.workflow.bpmn.spec import Migration, migrate
from office.workflow.desk import Desk
from office.workflow.desk.versions import START, version_of
from office.workflow.models import Instance, ProcessVersion
from office.workflow.services.hands import reason_given


@transaction.atomic
def move_preview(*, instance: Instance, version: ProcessVersion) -> tuple[Migration, Carrying]:
    """What moving would mean for its steps, and for what stands in its form. Changes nothing.

    Raises NotRunning, VersionSame.
    """
    desk = Desk(actor=Actor.system("worker"))
    case = desk.case(instance.pk)
    _check(case.instance, version)
    target = version_of(version.pk)
    found, _state = migrate(case.state, target.spec, dry=True)
    return found, carry(case.version.form, target.form, case.instance.values)


@transaction.atomic
def move(*, actor: Actor, instance: Instance, version: ProcessVersion, reason: str) -> Instance:
    """Let an instance go on in another version; what it waits for keeps its people and its deadlines.

    Raises OpinionMissing, NotRunning, VersionSame, NotMigratable.
    """
    words = reason_given(reason)
    desk = Desk(actor=actor)
    case = desk.case(instance.pk)
    _check(case.instance, version)
    before, target = case.version, version_of(version.pk)
    case.instance.values = carry(before.form, target.form, case.instance.values).values
    case.instance.version = version
    case.interactive = False
    case.event("moved", opinion=words, params={"old": before.row.number, "new": version.number})
    amended = any(each.node == START for each in case.open_steps())
    state = case.state
    case.version = target
    case.touched = True
    if not amended:  # otherwise it begins anew in the new version as soon as the form is sent
        _found, moved = migrate(state, target.spec)
        case.__dict__["state"] = moved
        case.sync()
    desk.flush()
    return case.instance


def _check(instance: Instance, version: ProcessVersion) -> None:
    if not instance.is_running:
        raise errors.NotRunning(params={"title": instance.title})
    if version.process_id != instance.process_id or version.pk == instance.version_id:
        raise errors.VersionSame
