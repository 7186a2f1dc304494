"""Steps that a service does (服务环节): called in a job, in one transaction with the step's completion."""

import uuid

from django.db import transaction

from asp.audit.actor import Actor
from office.workflow import errors, hooks
from office.workflow.desk import Desk
from office.workflow.desk.telling import overseers
from office.workflow.models import Instance, Step, StepState

UNKNOWN = "workflow.service_unknown"


@transaction.atomic
def service_call(*, actor: Actor, step_id: uuid.UUID) -> bool:
    """Let the registered service do its step, and the process go on; False if there is nothing to do any more.

    Raises whatever the service raises; nothing has happened then.
    """
    found = Step.objects.get(pk=step_id)
    desk = Desk(actor=actor)
    case = desk.case(found.instance_id)
    step = case.steps.get(step_id)
    if step is None or not step.is_open or step.kind != "service" or not case.instance.is_running:
        return False
    node = case.version.node(step.node, step.process)
    service = hooks.service_find(node.service) if node is not None else None
    if service is None:
        raise LookupError(f"no service is called {node.service if node else step.node}")
    case.interactive = False
    call = hooks.Call(case.instance, step.node, case.values, case.state.variables, step.item)
    result = service.run(call) or hooks.Result()
    case.event("service", step=step, outcome=result.outcome or "", params={"service": service.code})
    case.complete(step, result.outcome or "", result.variables)
    desk.flush()
    return True


@transaction.atomic
def service_failed(*, actor: Actor, step_id: uuid.UUID, code: str) -> None:
    """Note that a service cannot do its step: those who oversee processes look after it."""
    found = Step.objects.get(pk=step_id)
    desk = Desk(actor=actor)
    case = desk.case(found.instance_id)
    step = case.steps.get(step_id)
    if step is None or not step.is_open:
        return
    step.state = StepState.FAILED
    desk.change(step)
    case.touched = True
    case.event("failed", step=step, params={"code": code})
    people = [each.pk for each in overseers()]
    desk.telling.tell("stranded", case.instance, people, step=step.name, step_en=step.name_en)
    desk.flush()


@transaction.atomic
def service_retry(*, actor: Actor, step: Step) -> Instance:
    """Let a service try once more, by one who oversees. Raises AlreadyDone, NotRunning."""
    desk = Desk(actor=actor)
    case = desk.case(step.instance_id)
    case.check_running()
    held = case.steps.get(step.pk)
    if held is None or held.state != StepState.FAILED:
        raise errors.AlreadyDone
    held.state = StepState.OPEN
    desk.change(held)
    desk.call(held)
    case.touched = True
    case.event("retried", step=held)
    desk.flush()
    return case.instance
