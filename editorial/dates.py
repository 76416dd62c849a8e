"""Days as they are written in the language that is spoken at the moment."""

from datetime import date

from django.utils.formats import date_format


def in_words(day: date) -> str:
    """“22 November 2026”, or as the language of the page has it."""
    return date_format(day, "DATE_FORMAT")
