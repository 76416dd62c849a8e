"""Who stands behind a working text, and what each of them says of their own interests."""

from collections.abc import Mapping

from articles.models import Article, Contribution
from articles.states import Part
from editorial.models import User


def note(article: Article, person: User, *, interests: str) -> None:
    """Keep what one of its authors says of their own interests. The article's row must be locked."""
    article.contributions.filter(person=person).update(interests=interests)
    article.interests = interests_of(article)


def interests_of(article: Article, *, saying: Mapping[int, str] | None = None) -> str:
    """What readers are told: a sole author's own words, else one line for each author, by name.

    `saying` is what somebody is typing instead, by their id.
    """
    saying = saying or {}
    said = [(each.person.label, saying.get(each.person_id, each.interests)) for each in _people(article)]
    if len(said) == 1:
        return said[0][1]
    return "\n".join(f"{name}: {words}" for name, words in said if words)


def own_interests(article: Article, person: User) -> str:
    return next((each.interests for each in _people(article) if each.person_id == person.pk), "")


def silent(article: Article) -> list[str]:
    """The names of those who have not said yet whether they have any interests."""
    return [each.person.label for each in _people(article) if not each.interests]


def names(article: Article) -> tuple[list[str], list[str]]:
    """The names of its authors, as printed, and of those who translated it."""
    people = _people(article)
    authors = [each.person.label for each in people if each.part != Part.TRANSLATOR]
    return authors, [each.person.label for each in people if each.part == Part.TRANSLATOR]


def may_submit(article: Article, person: User) -> bool:
    """Translators change the text; its authors answer for it."""
    return any(each.person_id == person.pk and each.part != Part.TRANSLATOR for each in _people(article))


def _people(article: Article) -> list[Contribution]:
    kept = list(article.contributions.select_related("person"))
    # A text that is being typed and has never been saved has no such rows yet.
    alone = Contribution(article=article, person=article.author, part=Part.AUTHOR, interests=article.interests)
    return kept or [alone]
