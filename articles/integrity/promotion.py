"""The text informs; it does not sell."""

from collections.abc import Iterator

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import phrases
from articles.integrity.places import in_text, quoted
from articles.integrity.registry import rule

_PROMOTION = phrases(
    r"world[-\s](?:class|leading|renowned)",
    r"(?:guideline|evidence|science|doctor|clinically|physician)[-\s](?:backed|approved|trusted)",
    r"(?:clinically|scientifically|medically)[-\s]proven",
    r"best[-\s]in[-\s]class",
    r"industry[-\s]leading",
    r"market[-\s]leading",
    r"cutting[-\s]edge",
    r"state[-\s]of[-\s]the[-\s]art",
    r"ground-?breaking",
    r"revolutionary",
    r"game[-\s]chang(?:er|ing)",
    r"miracle(?: (?:cure|drug|treatment))?",
    r"miraculous(?:ly)?",
    r"award[-\s]winning",
    r"unrival?led",
    r"unparalleled",
    r"second to none",
    r"top[-\s](?:rated|notch|experts?|doctors?|specialists?|institutions?)",
    r"(?:100|one hundred) ?(?:%|per cent|percent) (?:safe|natural|effective)",
    r"risk-free",
    r"money[-\s]back",
    r"trusted by (?:\w{1,20} ){0,3}(?:doctors|physicians|clinicians|patients|people|thousands|millions|experts)",
    r"guaranteed (?:results?|relief|cure)",
    r"(?:sign up|subscribe|order|buy) (?:now|today)",
)


@rule("PROMO-CLAIM", Level.WARNING)
def the_text_does_not_sell(draft: Draft) -> Iterator[Found]:
    for field, match in draft.matches(_PROMOTION):
        message = f"{quoted(match.group())} advertises. Say what was found and by whom, or leave it out."
        yield in_text(draft, field, match.start(), match.end(), message)
