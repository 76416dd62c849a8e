"""The ORCID iD of a researcher: read as people paste it, and believed only when its check character fits."""

import re

from django.core.exceptions import ValidationError

WRITTEN = re.compile(r"(?:https?://(?:www\.)?orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dXx])/?")
MODULUS = 11


def normalised(written: str) -> str:
    """Four groups of four, from an iD or its address.

    Raises:
        ValidationError: it is no ORCID iD, or was mistyped.
    """
    found = WRITTEN.fullmatch(written.strip())
    if not found:
        raise ValidationError("An ORCID iD has sixteen digits in four groups, such as 0000-0002-1825-0097.")
    orcid = "-".join(found.groups()).upper()
    if not _adds_up(orcid.replace("-", "")):
        raise ValidationError("This ORCID iD is mistyped: its last character does not fit the others.")
    return orcid


def validate_orcid(value: str) -> None:
    if normalised(value) != value:
        raise ValidationError("Write the ORCID iD in four groups of four, such as 0000-0002-1825-0097.")


def _adds_up(digits: str) -> bool:
    """ISO 7064 MOD 11-2, in which ten is written X."""
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2 % MODULUS
    expected = (MODULUS + 1 - total) % MODULUS
    return digits[-1] == ("X" if expected == 10 else str(expected))
