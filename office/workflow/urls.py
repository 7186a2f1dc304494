"""Addresses of processes and the to-do list, below /workflow/ in an office."""

from office.workflow import urls_work

app_name = "workflow"

urlpatterns = [*urls_work.urlpatterns]
