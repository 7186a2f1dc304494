"""Addresses of the insight and the simulator, below /workflow/ in an office."""

from django.urls import path

from office.workflow.views import insight, simulating

urlpatterns = [
    path("insight/", insight.insight_overview, name="insight"),
    path("insight/export/", insight.insight_export, name="insight-export"),
    path("insight/instances/", insight.insight_instances, name="insight-instances"),
    path("insight/instances/export/", insight.insight_instances_export, name="insight-instances-export"),
    path("insight/<uuid:process_id>/", insight.insight_process, name="insight-process"),
    path("insight/<uuid:process_id>/export/", insight.insight_export, name="insight-process-export"),
    path("processes/<uuid:process_id>/simulate/", simulating.simulate, name="simulate"),
]
