"""Checks that tell author and reviewer where the sources do not carry the text; each rule is one plain function.

To add a rule, add a file and name it below: the order here is the order of the report.
"""

# ruff: noqa: F401 (importing a file of rules is what puts it on the list)
# isort: off
from articles.integrity import (
    citation_entries,  # CITE-DANGLING, CITE-MAP-UNDEFINED, REF-UNCITED
    identifiers,  # REF-NO-ID, REF-ID-MALFORMED
    saved_records,  # REF-RECORD-MISMATCH
    duplicates,  # REF-DUPLICATE
    source_types,  # REF-TYPE-UNSUPPORTED, REF-PREPRINT, REF-PRIMARY
    own_sources,  # REF-SELF
    concentration,  # REF-CONCENTRATION
    retracted,  # REF-RETRACTED
    ages,  # REF-OLD
    named_bodies,  # NAMED-BODY
    uncertainty,  # DROPPED-UNCERTAINTY
    absences,  # ABSENCE-NO-SEARCH
    uncited_numbers,  # NUMBER-UNCITED
    strong_words,  # STRONG-WORDS
    promotion,  # PROMO-CLAIM
    review_claims,  # STATE-CONTRADICTION
    audience,  # AUDIENCE-CONTRADICTION
    readability,  # READABILITY
    risk,  # RISK-TRIGGER
)
from articles.integrity.draft import Draft
from articles.integrity.findings import Finding, Level, Outcome, RuleResult
from articles.integrity.report import Report, check

# isort: on

__all__ = ["Draft", "Finding", "Level", "Outcome", "Report", "RuleResult", "check"]
