"""Addresses of making processes, below /workflow/processes/ in an office."""

from django.urls import path

from office.workflow.views import designer, draft, manage, steps, templates

urlpatterns = [
    path("", manage.process_list, name="process-list"),
    path("new/", manage.process_new, name="process-create"),
    path("people/", steps.find, name="performer-find"),
    path("audience/", manage.audience_find, name="audience-find"),
    path("templates/", templates.template_list, name="template-list"),
    path("templates/adopt/", templates.adopt, name="template-adopt"),
    path("<uuid:process_id>/", manage.process_page, name="process"),
    path("<uuid:process_id>/settings/", manage.process_settings, name="process-settings"),
    path("<uuid:process_id>/stop/", manage.stop, name="process-stop"),
    path("<uuid:process_id>/resume/", manage.resume, name="process-resume"),
    path("<uuid:process_id>/news/", templates.news, name="template-news"),
    path("<uuid:process_id>/form/", draft.form, name="draft-form"),
    path("<uuid:process_id>/steps/", steps.steps, name="draft-steps"),
    path("<uuid:process_id>/designer/", designer.designer, name="draft-designer"),
    path("<uuid:process_id>/designer/save/", designer.save, name="draft-designer-save"),
    path("<uuid:process_id>/check/", draft.gate, name="draft-gate"),
    path("<uuid:process_id>/publish/", draft.publish, name="draft-publish"),
    path("<uuid:process_id>/upload/", draft.upload, name="draft-upload"),
    path("<uuid:process_id>/download/", draft.download, name="draft-download"),
    path("<uuid:process_id>/versions/<int:number>/", draft.version, name="version"),
    path("<uuid:process_id>/versions/<int:number>/restore/", draft.restore, name="version-restore"),
]
