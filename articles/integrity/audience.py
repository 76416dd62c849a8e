"""Text and disclaimer speak to the audience the article is for."""

from collections.abc import Iterator

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import one_of, phrases
from articles.integrity.places import in_text, quoted
from articles.integrity.registry import rule

_CLINICIANS = one_of("clinicians physicians doctors prescribers pharmacists")
_PROFESSIONALS = (
    r"(?:(?:(?:health|medical|healthcare|health care|clinical|licensed|qualified)[-\s]){0,2}"
    rf"(?:professionals|providers|practitioners|personnel)|{_CLINICIANS})"
)
_LAY = r"(?:patients|the (?:general )?public|lay readers|lay people|consumers|carers|families)"
_MEANT = r"(?:intended|written|meant|designed|provided|for use)(?: (?:only|solely|primarily|exclusively|to be used))?"
_DUTIES = one_of("verify confirm check use consult rely exercise apply")
_YOUR_CLINICIAN = (
    r"your (?:own )?(?:doctor|GP|physician|pharmacist|nurse|midwife|health ?care (?:provider|team|professional))"
)

_FOR_PROFESSIONALS = phrases(
    rf"{_MEANT} (?:for|by)(?: (?:use|the use))?(?: (?:by|of))? {_PROFESSIONALS}",
    rf"for {_PROFESSIONALS} only",
    rf"{_PROFESSIONALS} (?:should|must) (?:\w{{1,20}}ly )?{_DUTIES}",
    r"(?:in|to|with|for) your patients?",
    r"application in patient care",
    r"use your clinical judge?ment",
)
_FOR_PATIENTS = phrases(
    rf"{_MEANT} for {_LAY}",
    rf"(?:ask|tell|see|call|talk to|speak to|speak with|consult|contact) {_YOUR_CLINICIAN}",
    rf"{_YOUR_CLINICIAN} (?:will|may|can|should)",
)
_NAMES = {"patient": "patients", "professional": "professionals", "student": "students and researchers"}


@rule("AUDIENCE-CONTRADICTION", Level.WARNING)
def text_and_disclaimer_fit_the_audience(draft: Draft) -> Iterator[Found]:
    for field in draft.texts:
        # The plain-language body is for patients whoever the article is for.
        audience = "patient" if field == "plain_body" else draft.audience
        pattern, other = (_FOR_PROFESSIONALS, "professionals") if audience == "patient" else (_FOR_PATIENTS, "patients")
        for _, match in draft.matches(pattern, fields=(field,)):
            says = f"{quoted(match.group())} speaks to {other}, but this text is for {_NAMES[audience]}."
            message = f"{says} Rewrite it, or change the audience."
            yield in_text(draft, field, match.start(), match.end(), message)
