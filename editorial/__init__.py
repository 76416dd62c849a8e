"""The house: settings, accounts, the audit chain, and the place where articles and reviews are plugged together."""

from editorial.celery import app as celery_app

__all__ = ["celery_app"]
