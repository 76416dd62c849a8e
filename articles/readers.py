"""Who a reader says they are, and which variant of a text that chooses: never another claim, always said openly."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.states import Audience

COOKIE = "reader"
KEPT_SECONDS = 365 * 24 * 60 * 60
NAMES = {
    Audience.PATIENT: gettext_lazy("Patient or family"),
    Audience.PROFESSIONAL: gettext_lazy("Health professional"),
    Audience.STUDENT: gettext_lazy("Student or researcher"),
}
WRITTEN_FOR = {
    Audience.PATIENT: gettext_lazy("patients and families"),
    Audience.PROFESSIONAL: gettext_lazy("health professionals"),
    Audience.STUDENT: gettext_lazy("students and researchers"),
}


@dataclass(frozen=True)
class Variant:
    """Which parts of a text are shown, and a sentence about it; with no choice, everything is."""

    shows_full: bool = True
    shows_plain: bool = True
    says: str = ""


EVERYTHING = Variant()


def known(kind: str | None) -> str:
    """The kind of reader, or nothing: what a cookie holds may be anything."""
    return kind if kind in Audience.values else ""


def variant(kind: str, *, has_plain: bool, audience: str) -> Variant:
    """For patients the plain-language part where there is one; for the others the full text."""
    if not kind:
        return EVERYTHING
    if kind == Audience.PATIENT:
        return _for_patients(has_plain=has_plain)
    reader, meant = Audience(kind), Audience(audience)
    says = _("You are reading the full text.")
    if reader != meant:
        other = _("It was written for {meant}; there is no separate version for {reader}.")
        says += " " + other.format(meant=WRITTEN_FOR[meant], reader=WRITTEN_FOR[reader])
    if has_plain:
        says += " " + _("The plain-language version is left out.")
    return Variant(shows_plain=False, says=says)


def _for_patients(*, has_plain: bool) -> Variant:
    if has_plain:
        return Variant(shows_full=False, says=_("You are reading the plain-language version. The full text says more."))
    return Variant(says=_("There is no plain-language version of this text. You are reading the full text."))
