from django.apps import AppConfig


class NationalConfig(AppConfig):
    """Shared-schema tables of an app that has others in every bureau; bureaus may read them."""

    name = "asp.workdays.national"
    label = "workdays_national"
