"""Addresses of the pages of work, below /workflow/ in an office; `urls.py` puts them together with the others."""

from django.urls import path

from office.workflow.views import absences, acts, batch, instance, oversight, starting, todo

urlpatterns = [
    path("", todo.todo, name="todo"),
    path("read/", todo.todo, {"tab": "read"}, name="todo-read"),
    path("done/", todo.todo, {"tab": "done"}, name="todo-done"),
    path("started/", todo.todo, {"tab": "started"}, name="todo-started"),
    path("followed/", todo.todo, {"tab": "followed"}, name="todo-followed"),
    path("delegated/", todo.todo, {"tab": "delegated"}, name="todo-delegated"),
    path("count/", todo.count, name="count"),
    path("brief/", todo.brief, name="brief"),
    path("batch/", batch.batch, name="batch"),
    path("start/", starting.catalogue, name="catalogue"),
    path("start/<uuid:process_id>/", starting.start, name="start"),
    path("start/<uuid:process_id>/ask/", starting.ask, name="start-ask"),
    path("start/<uuid:process_id>/next/", starting.following, name="start-next"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<uuid:absence_id>/end/", absences.end, name="absence-end"),
    path("files/<uuid:file_id>/", instance.file, name="file"),
    path("<uuid:instance_id>/", instance.instance, name="instance"),
    path("<uuid:instance_id>/ask/", instance.ask, name="ask"),
    path("<uuid:instance_id>/next/", instance.following, name="next"),
    path("<uuid:instance_id>/print/", instance.paper, name="print"),
    path("<uuid:instance_id>/complete/", acts.complete, name="complete"),
    path("<uuid:instance_id>/return/", acts.send_back, name="return"),
    path("<uuid:instance_id>/reject/", acts.reject, name="reject"),
    path("<uuid:instance_id>/withdraw/", acts.withdraw, name="withdraw"),
    path("<uuid:instance_id>/hand-over/", acts.hand_over, name="hand-over"),
    path("<uuid:instance_id>/signers/", acts.add_signers, name="add-signers"),
    path("<uuid:instance_id>/urge/", acts.urge, name="urge"),
    path("<uuid:instance_id>/follow/", acts.follow, name="follow"),
    path("<uuid:instance_id>/cancel/", acts.cancel, name="cancel"),
    path("<uuid:instance_id>/suspend/", oversight.suspend, name="suspend"),
    path("<uuid:instance_id>/resume/", oversight.resume, name="resume"),
    path("<uuid:instance_id>/retry/", oversight.retry, name="retry"),
    path("<uuid:instance_id>/reassign/", oversight.reassign, name="reassign"),
    path("<uuid:instance_id>/move/", oversight.move, name="move"),
]
