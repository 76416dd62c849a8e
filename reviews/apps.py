"""Knows the people who judge articles, and who must hear about it."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
