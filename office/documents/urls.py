"""Addresses of official documents, below /documents/ in an office."""

from django.urls import path

from office.documents.views import codes, numbers

app_name = "documents"
urlpatterns = [
    path("numbers/", numbers.number_list, name="number-list"),
    path("numbers/take/", numbers.take, name="number-take"),
    path("numbers/reserve/", numbers.reserve, name="number-reserve"),
    path("numbers/export/", numbers.export, name="number-export"),
    path("numbers/<uuid:number_id>/", numbers.number, name="number"),
    path("numbers/<uuid:number_id>/use/", numbers.use, name="number-use"),
    path("numbers/<uuid:number_id>/correct/", numbers.correct, name="number-correct"),
    path("numbers/<uuid:number_id>/void/", numbers.void, name="number-void"),
    path("numbers/<uuid:number_id>/release/", numbers.release, name="number-release"),
    path("codes/", codes.code_list, name="code-list"),
    path("codes/new/", codes.code_new, name="code-new"),
    path("codes/<uuid:code_id>/", codes.code, name="code"),
    path("codes/<uuid:code_id>/stop/", codes.stop, name="code-stop"),
    path("codes/<uuid:code_id>/resume/", codes.resume, name="code-resume"),
    path("registers/<uuid:series_id>/close/", codes.series_close, name="series-close"),
    path("registers/<uuid:series_id>/reopen/", codes.series_reopen, name="series-reopen"),
]
