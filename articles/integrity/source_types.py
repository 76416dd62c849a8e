"""What kind of source each entry is, and whether that kind can carry what is said."""

import re
from collections.abc import Iterator

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import UNMAPPED, Found, Level, NotChecked
from articles.integrity.patterns import phrases
from articles.integrity.places import in_reference, in_text
from articles.integrity.registry import rule

PRIMARY = frozenset({"randomised trial", "observational", "case report"})

# GRADE starts observational studies at low certainty; a single case, or an opinion, below that.
LOW_BY_TYPE = {
    "observational": "low",
    "narrative review": "low",
    "secondary summary": "low",
    "website": "low",
    "preprint": "low",
    "case report": "very low",
    "expert opinion": "very low",
}

_PREPRINT_SERVER = phrases("bioRxiv", "medRxiv", "arXiv", "Research Square", "SSRN", "Preprints?(?:.org)?", "PsyArXiv")
_PREPRINT_DOI = re.compile(r"10\.(?:1101/(?:20)?\d\d|21203/rs|2139/ssrn|48550/arxiv|20944/preprints|31234/osf)", re.I)
_TREATMENT_CLAIM = phrases(
    r"(?:treat|reliev|improv|prevent|reduc|cur|heal|help|benefit|eas|lower|shorten)(?:e|s|es|ed|ing|ment)?",
    r"(?:treat|improve)ments?",
    r"treatments?",
    r"therap(?:y|ies)",
    r"effective(?:ly|ness)?",
    r"efficacy",
    r"works?",
    r"recommend(?:s|ed|ation)?",
    r"first-line",
)


_UNTYPED = NotChecked("Some sentences about treatment cite sources whose type is not known.")


def source_type(reference: Reference) -> str:
    """The type in words; empty where nobody has said it."""
    return value(reference, "type").replace("_", " ").replace("-", " ").lower()


@rule("REF-TYPE-UNSUPPORTED", Level.ERROR)
def guidelines_have_an_issuing_body(draft: Draft) -> Iterator[Found]:
    for reference in draft.references:
        if source_type(reference) == "guideline" and not value(reference, "issuing_body"):
            yield in_reference(
                reference,
                "This source is called a guideline, but no issuing body is named. "
                "Name the body that issued it, or choose the type it really is.",
            )


@rule("REF-PREPRINT", Level.INFO)
def preprints_are_pointed_out(draft: Draft) -> Iterator[Found]:
    for reference in draft.references:
        if _is_preprint(reference):
            message = "This source is a preprint: nobody has peer-reviewed it. Look for the published version."
            yield in_reference(reference, message)


def _is_preprint(reference: Reference) -> bool:
    home = f"{value(reference, 'container_title')} {value(reference, 'publisher')}"
    if source_type(reference) == "preprint" or _PREPRINT_DOI.search(value(reference, "doi")):
        return True
    return bool(_PREPRINT_SERVER.search(home))


@rule("REF-PRIMARY", Level.INFO)
def treatment_claims_rest_on_more_than_one_study(draft: Draft) -> Iterator[Found | NotChecked]:
    for sentence in draft.sentences:
        if not draft.citations_in(sentence) or not _TREATMENT_CLAIM.search(sentence.text):
            continue
        types = {source_type(reference) for reference in draft.sources_of(sentence)}
        if not types or "" in types:
            yield UNMAPPED if draft.unmapped else _UNTYPED
        elif types <= PRIMARY:
            message = (
                "This sentence about treatment rests on primary studies alone. "
                "Look for a systematic review or a guideline, or say that it is a single study."
            )
            yield in_text(draft, sentence.field, sentence.start, sentence.end, message)
