"""Every message of the gate, by its code."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FINDINGS = {
    # the file
    "too_large": _("The file is larger than {limit} MB."),
    "encoding": _("The file is not written in the encoding that it names ({name}). Save it as UTF-8."),
    "doctype": _("The file declares a document type or entities. These are not taken; save it without them."),
    "not_xml": _("This is not well-formed XML (line {line}). Save it again in the tool that drew it."),
    "not_bpmn": _("This is not a BPMN 2.0 file. Save the drawing as BPMN 2.0 (XML)."),
    "no_process": _("The drawing has no process with steps. Draw a start, steps and an end."),
    "several_processes": _("Several processes are drawn. Mark the one that runs as executable, alone."),
    "other_process": _("This process is not the one that runs; it is only drawn."),
    "too_many": _("The process has {count} events, steps and gateways; {limit} are possible. Divide it."),
    "too_many_flows": _("The process has {count} flows; {limit} are possible. Divide it."),
    # elements
    "no_id": _("An element has no id ({kind}). Draw it again."),
    "long_id": _("The id is longer than {limit} characters."),
    "duplicate_id": _("The id is used twice, also by “{other}”. Draw one of the two again."),
    "unknown": _("Elements of this kind are not understood: {kind}. Remove it, or draw something else."),
    "script": _("Scripts are not run here. Use a service, or a condition on a flow."),
    "complex_gateway": _("Complex gateways are not run. Use exclusive, inclusive or parallel ones."),
    "ad_hoc": _("Ad-hoc sub-processes are not run: say in which order things are done."),
    "transaction": _("Transactions are not run. Use an ordinary sub-process."),
    "event_sub_process": _("Event sub-processes are not run. Use an event on the border of a step."),
    "standard_loop": _("Loops on a step are not run. Draw the loop with a gateway, or name a collection."),
    "loop_collection": _("Say for which collection this is done (a field with several values)."),
    "loop_cardinality": _("The number is not used: all performers of the step take part."),
    "loop_until": _(
        "The condition that ends this early is not used. Remove it; set with the step how many must agree."
    ),
    "loop_foreign": _(
        "The collection “{name}” of another tool is not used: all performers of the step take part."
    ),
    "event_kind": _("Events of this kind are not run here: {kind}. Use a time or a message, or flows."),
    "event_empty": _("It is not said what is waited for. Choose a time or a message."),
    "compensation": _("Compensation is not run. Draw the way back with flows."),
    "quantity": _("Quantities other than 1 are not run ({what}). Draw what is done several times."),
    "event_gateway_all": _("An event gateway that waits for all events is not run. Use a parallel gateway."),
    "foreign": _("Additions of other tools were left out: {what}."),
    "foreign_acts": _("An addition of another tool would act here and is not run: {what}. Remove it."),
    "foreign_expression": _(
        "An addition of another tool contains an expression that is not run: {what}. Remove it."
    ),
    "extension": _("This setting of the step is not understood: {what}."),
    "amount": _("This is not an amount of working days, days or hours: {text}."),
    "performer_ref": _("It is not said which one is meant (performer of the kind {kind})."),
    "performers_many": _("More than {limit} performers are named. Use a role or a department."),
    # people and names
    "no_performers": _("Nobody does this step. Name at least one performer."),
    "former_unknown": _("The performer is who did “{ref}”, but there is no such step."),
    "former_later": _("The performer is who did “{ref}”, but that step does not come before this one."),
    "head_unknown": _(
        "The head of “{ref}” does it, but no step, no person or department in the form is called so."
    ),
    "chosen_unclear": _("The performer is chosen in the step before, but no step comes directly before."),
    "field_unknown": _("The form has no field “{ref}”."),
    "field_person": _("The field “{ref}” does not hold a person."),
    "role_unknown": _("There is no role “{ref}”."),
    "performer_gone": _("Somebody who is named here does not work here any more, or was removed ({kind})."),
    "service_missing": _(
        "It is not said which service does this. Choose one, or make it a step of a person."
    ),
    "service_unknown": _("There is no service “{ref}”."),
    "process_missing": _("It is not said which process is called. Choose one."),
    "process_unknown": _("There is no published process “{ref}”."),
    "process_recursion": _("The processes call one another in a circle: {path}."),
    "process_depth": _("Processes call processes more than {limit} times deep."),
    "outcome_repeated": _("Two outcomes of the step have the same name: {label}."),
    "escalation_alone": _("There is an escalation but no deadline that it follows."),
    "share_alone": _("A share that must agree needs outcomes to agree or disagree with."),
    "message_missing": _("It is not said which message. Give the message or the event a name."),
    # expressions and times
    "expression_empty": _("The condition is empty."),
    "expression_long": _("The condition is longer than {limit} characters."),
    "expression_syntax": _("The condition is not understood: {text}"),
    "expression_forbidden": _("This is not allowed in conditions: {what}"),
    "expression_complex": _("The condition is too complicated."),
    "expression_name": _("The condition uses a name that does not exist: {name}"),
    "expression_constant": _("The condition is always {value}, whatever is filled in."),
    "collection_name": _("There is no field or variable “{name}” with several values."),
    "name_invalid": _("“{name}” cannot be the name of a variable: letters, digits and _ only."),
    "timer_empty": _("It is not said how long to wait. Fill it in."),
    "timer_text": _("This is not a time, duration or repetition after ISO 8601: {text}"),
    "timer_cycle": _("Repetitions are possible on the border of a step only, without ending it."),
    # structure
    "no_start": _("There is no start event. Draw one, with a flow to what comes first."),
    "several_starts": _("There is more than one start event. Keep one of them."),
    "start_kind": _("Processes are started by people: use a start event without a sign in it."),
    "start_incoming": _("A flow leads to a start event. Lead it to the step behind."),
    "end_outgoing": _("A flow leads away from an end event. Remove the flow, or the event."),
    "no_end": _("There is no end event. Draw one, with a flow to it."),
    "dead_end": _("Nothing follows. Lead on to a step or to an end event."),
    "unreachable": _("Nothing leads here from the start. Draw a flow to it, or remove it."),
    "no_way_out": _("No end can be reached from here. Lead on to an end event."),
    "loop_without_exit": _("The loop never ends: no end can be reached from it ({path})."),
    "loop_without_wait": _("The loop waits for nobody and would run for ever ({path})."),
    "flow_ends": _(
        "The flow does not connect two elements of the same process. Draw it again, or remove it."
    ),
    "flow_twice": _("Several flows lead from here to “{name}”, which would wait for each. Keep one."),
    "flow_condition": _("The flow needs a condition, or must be the default of its gateway."),
    "no_default": _("If no condition holds, the process cannot go on. Choose a default flow."),
    "default_foreign": _("The default flow does not leave from here. Choose one that does."),
    "condition_misplaced": _("Conditions do not count on flows that leave here. Draw a gateway before them."),
    "event_gateway": _("An event gateway needs at least two flows, each to a timer or a message."),
    "boundary_host": _("The event is not on the border of a step. Put it on one, without a flow to it."),
    "boundary_kind": _("On the border of this step, an event of this kind never happens. Remove it."),
    "link_partner": _("There is no other end of the link “{name}”, or there are several."),
    "error_uncaught": _("Nothing catches this error: the process goes on as after an ordinary end."),
    "join_never": _(
        "The parallel gateway waits for branches that may never arrive. Use the kind that divided them."
    ),
    "runs_twice": _("Several branches arrive here one by one: what follows is done several times."),
    "name_clash": _("Two elements would give the same variable “{name}”. Change one id."),
    "passes": _("The task has no performer and no service: it passes by itself."),
    "engine": _("The engine does not accept the process: {text}"),
}

# What an event waits for or says, as a word in the sentence of `event_kind`.
EVENT_KINDS = {
    "signal": pgettext_lazy("event", "signal"),
    "conditional": pgettext_lazy("event", "condition"),
    "compensate": pgettext_lazy("event", "compensation"),
    "cancel": pgettext_lazy("event", "cancellation"),
    "multiple": pgettext_lazy("event", "several in one"),
    "unknown": pgettext_lazy("event", "unknown"),
    "error": pgettext_lazy("event", "error"),
    "escalation": pgettext_lazy("event", "escalation"),
    "terminate": pgettext_lazy("event", "termination"),
    "timer": pgettext_lazy("event", "time"),
    "message": pgettext_lazy("event", "message"),
    "link": pgettext_lazy("event", "link"),
}
