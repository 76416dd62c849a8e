"""The publisher's and the authors' own publications are not evidence for their own text."""

from collections.abc import Iterator, Mapping

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.names import authors, issuers, words
from articles.integrity.places import in_reference, quoted
from articles.integrity.registry import rule


@rule("REF-SELF", Level.ERROR)
def own_publications_are_not_evidence(draft: Draft) -> Iterator[Found | NotChecked]:
    own = {name: words(name) for name in draft.own_names if len("".join(words(name))) > 1}
    if draft.references and not own:
        yield NotChecked("The names of this publisher and its authors are not known here.")
    for reference in draft.references:
        if name := _own_name(own, reference):
            message = (
                f"This source comes from {quoted(name)}, who also stands behind this text, so it is not independent "
                "evidence. Cite what that source rests on instead."
            )
            yield in_reference(reference, message)


def _own_name(own: Mapping[str, tuple[str, ...]], reference: Reference) -> str | None:
    bodies = [words(body) for body in (*issuers(reference), value(reference, "container_title"))]
    people = [(words(value(one, "family")), words(value(one, "given"))) for one in authors(reference)]
    for name, spelled in own.items():
        if any(_contains(body, spelled) for body in bodies) or any(_is_person(spelled, *one) for one in people):
            return name
    return None


def _contains(body: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return f" {' '.join(name)} " in f" {' '.join(body)} "


def _is_person(own: tuple[str, ...], family: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Ana Lind is Lind, Ana, and also Lind, A.; she is not Lind, Arvid."""
    if not family or not given or len(own) <= len(family) or own[-len(family) :] != family:
        return False
    return own[0] == given[0] or (own[0][0] == given[0][0] and 1 in (len(own[0]), len(given[0])))
