"""Knows what an article is, freezes it, and tells readers the truth about it."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
