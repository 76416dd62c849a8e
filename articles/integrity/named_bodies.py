"""A recommendation given to an organisation rests on a source which that organisation issued."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from articles.integrity.draft import Draft, value
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.names import acronyms, issuers, same_body, significant
from articles.integrity.patterns import one_of, vocabulary
from articles.integrity.places import in_text, quoted
from articles.integrity.registry import rule

_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’&-]{0,30}"
_LINK = r"(?:of|for|and|on|the|in|&|de|des|la)"
_NAME = re.compile(rf"\b{_WORD}(?:\s{{1,2}}(?:{_LINK}\s{{1,2}}){{0,2}}{_WORD}){{0,9}}")

_KINDS = vocabulary(
    "academy administration agency alliance association associations authority board bureau centre centres "
    "collaboration college commission committee confederation consortium council department federation foundation "
    "forum group institute institutes league ministry network office organisation panel service services society "
    "societies task taskforce trust union university"
)
_RECOMMENDS = one_of("recommend(?:s|ed)? advise[sd]? endorse[sd]? urge[sd]? warn(?:s|ed)?")
_SAYS = one_of(
    rf"{_RECOMMENDS} suggest(?:s|ed)? recogni[sz]e[sd]? support(?:s|ed)? state[sd]? says? said emphasi[sz]e[sd]? "
    r"stress(?:es|ed)? call(?:s|ed)?\sfor consider(?:s|ed)? prefer(?:s|red)? list(?:s|ed)? approve[sd]? "
    r"prioriti[sz]e[sd]? classif(?:y|ies|ied) discourage[sd]? oppose[sd]? caution(?:s|ed)? agree[sd]? conclude[sd]? "
    r"propose[sd]? favou?r(?:s|ed)? mention(?:s|ed)?"
)
_KIND_OF_DOCUMENT = one_of("guidelines? guidance statements? recommendations? standards? consensus")
_DOCUMENT = rf"(?:(?:clinical|practice|current|joint|national|\d{{4}})\s){{0,3}}{_KIND_OF_DOCUMENT}"
_BRACKET = r"(?:\s?\([^()]{1,40}\))?(?:['’]s?)?"
_ADVERB = r"(?:\s(?:\w+ly|also|now|both|all|has|have))?"
_THEN_SAYS = re.compile(rf"{_BRACKET}{_ADVERB}\s(?:{_SAYS})\b")
_THEN_RECOMMENDS = re.compile(rf"{_BRACKET}{_ADVERB}\s(?:{_RECOMMENDS})\b")
_THEN_DOCUMENT = re.compile(rf"{_BRACKET}\s{_DOCUMENT}{_ADVERB}\s(?:{_SAYS})\b")
_BY = r"(?:recommended|advised|endorsed|supported|approved|suggested)\sby"
_AFTER_SOURCE = re.compile(rf"(?:{_BY}|according\sto|{_DOCUMENT}\s(?:of|from|by))\s(?:the\s)?$", re.IGNORECASE)
_OPENERS = vocabulary(
    "the in an a if when while both although as for also however but and current currently recent recently since "
    "because our this these that where what which why how does do is are has"
)
# Each is compared with every source and every other body; no honest article names as many.
MOST_BODIES = 100
_NOT_BODIES = vocabulary("dr prof professor guidelines guideline review reviews study trial table figure")


class _Named(NamedTuple):
    name: str
    start: int
    end: int


@rule("NAMED-BODY", Level.ERROR)
def recommendations_cite_who_made_them(draft: Draft) -> Iterator[Found | NotChecked]:
    issued = [(value(reference, "key"), list(issuers(reference))) for reference in draft.references]
    told: list[str] = []
    for field, body in _named_bodies(draft):
        if any(same_body(body.name, name) for name in told):
            continue
        if len(told) == MOST_BODIES:
            yield NotChecked(f"The text names more than {MOST_BODIES} bodies; only the first were looked at.")
            return
        told.append(body.name)
        keys = {key for key, names in issued if any(same_body(body.name, name) for name in names)}
        if keys and draft.unmapped:
            yield NotChecked(
                f"Whether a source of {quoted(body.name)} is cited: the loose numbers are not matched yet."
            )
        elif not keys & draft.cited_keys:
            yield in_text(draft, field, body.start, body.end, _uncited(body.name))


def _uncited(name: str) -> str:
    return (
        f"The text says what {quoted(name)} recommends or says, but cites no source issued by it. "
        "Cite its own document, with its year, or take the name out."
    )


def _named_bodies(draft: Draft) -> Iterator[tuple[str, _Named]]:
    for sentence in draft.sentences:
        for match in _NAME.finditer(sentence.text):
            if _speaks(sentence.text, match):
                for body in _apart(match):
                    yield sentence.field, _Named(body.name, sentence.start + body.start, sentence.start + body.end)


def _speaks(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 120]
    known = _is_body(match.group())
    if known and (_THEN_SAYS.match(after) or _THEN_DOCUMENT.match(after)):
        return True
    if known and _AFTER_SOURCE.search(text[max(0, match.start() - 80) : match.start()]):
        return True
    return _could_be_body(match.group()) and bool(_THEN_RECOMMENDS.match(after))


def _is_body(name: str) -> bool:
    words = name.split()
    if len(words) == 1:
        return acronyms(name) == [name.removesuffix("'s").removesuffix("’s").casefold()]
    return bool(_KINDS & set(significant(name)) or acronyms(name))


def _could_be_body(name: str) -> bool:
    """Two capitalised words that recommend are a body, unless they are a person with a title or "Recent Guidelines"."""
    words = [word for word in significant(name) if word not in _OPENERS]
    return len(words) > 1 and not _NOT_BODIES & set(words)


def _apart(match: re.Match[str]) -> Iterator[_Named]:
    """“The A Society and the B College” are two bodies; the “Institute for Health and Care Excellence” is one."""
    position = match.start()
    for part in _parts(match.group()):
        start = match.string.index(part, position)
        position = start + len(part)
        name = _without_opener(part)
        yield _Named(name, position - len(name), position)


def _parts(name: str) -> list[str]:
    parts = re.split(r"\s+and\s+(?:the\s+)?", name)
    return parts if len(parts) > 1 and all(_is_body(part) for part in parts) else [name]


def _without_opener(name: str) -> str:
    first, _, rest = name.partition(" ")
    return _without_opener(rest.lstrip()) if rest and first.lower() in _OPENERS else name
