"""What other functions add to the workflow: services that a process can call, and ears for what happens.

    from office.workflow.hooks import Service, listen, service_register

    service_register(Service("leave.book", _("Enter the absence into the calendar"), leave_book))
    listen("documents", on_event)          # instances that were started with owner="documents"

A service gets a `Call` and gives variables for the process, or nothing. It runs in a job, in one transaction
with the step's completion: what it writes to the database happens exactly once, whatever is killed. It may run
again after a failure, so anything else that it does must bear repetition. A listener is called in the transaction
of what happened, as well; both write through the services of their own function.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from office.workflow.models import Instance


@dataclass(frozen=True, slots=True)
class Call:
    """What a service is called with. `values` is the form, `variables` what the process decides by."""

    instance: "Instance"
    node: str
    values: Mapping[str, Any]
    variables: Mapping[str, Any]
    item: Any = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a service gives back: variables, and how the step ended."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """Work that a process may call by `code` ("leave.book")."""

    code: str
    title: str | Promise
    run: Callable[[Call], Result | None]


@dataclass(frozen=True, slots=True)
class Happening:
    """What a listener hears: `kind` is started, step_done, message (thrown by the process), completed, cancelled."""

    kind: str
    instance: "Instance"
    node: str = ""
    outcome: str = ""
    message: str = ""
    account_id: uuid.UUID | None = None


Listener = Callable[[Happening], None]

_services: dict[str, Service] = {}
_listeners: dict[str, list[Listener]] = {}


def service_register(service: Service) -> None:
    """Let processes call `service`. From `AppConfig.ready`; raises ValueError for a code that exists."""
    if service.code in _services:
        raise ValueError(f"two services are called {service.code}")
    _services[service.code] = service


def services() -> Mapping[str, Service]:
    """All services by code."""
    return dict(_services)


def service_find(code: str) -> Service | None:
    """One service, or None."""
    return _services.get(code)


def listen(owner: str, listener: Listener) -> None:
    """Hear what happens to instances that the function `owner` has started. From `AppConfig.ready`."""
    _listeners.setdefault(owner, []).append(listener)


def tell(happening: Happening) -> None:
    """Tell the function that an instance belongs to."""
    for listener in _listeners.get(happening.instance.owner, ()):
        listener(happening)
