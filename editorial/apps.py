"""Brings in each app's start-up checks and the rows it cannot live without."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EditorialConfig(AppConfig):
    name = "editorial"

    def ready(self) -> None:
        autodiscover_modules("checks", "seeds")
