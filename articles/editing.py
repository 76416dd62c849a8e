"""Creating and changing working text and its references."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from articles import bylines, permissions, search
from articles.citations import KEY, numbering, rekeyed
from articles.drafts import draft_of
from articles.importers.records import ImportProblem, ReferenceRecord, stable_key
from articles.loose_numbers import LEAVE, NO_SOURCE, placeholder, with_keys
from articles.models import Article, Contribution, Reference, RiskClass
from articles.rendering import clean_line, clean_text
from articles.revisions import authors_of
from articles.states import AiInvolvement, Part
from editorial import clock
from editorial.attribution import not_an_edit, saved_by
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry, User

TEXTS = {"short_answer": "the short answer", "body": "the body", "plain_body": "the plain-language version"}
LINES = {
    "ai_tool": ("name of the AI system", 120),
    "ai_version": ("version of the AI system", 60),
    "funding": ("word on who paid for the work", 500),
}
EDITABLE = (
    "title",
    *TEXTS,
    "topic",
    "audience",
    "language",
    "ai_involvement",
    "ai_tool",
    "ai_version",
    "ai_accountable",
    "interests",
    "funding",
)
OWN_INTERESTS = ("word on your interests", 500)
MOST_REFERENCES = 500


@transaction.atomic
def create(*, by: User, risk: int = 2, coauthors: Iterable[User] = (), **fields: Any) -> Article:
    """A new draft whose author is `by`; its address is made from the question and stays.

    Raises:
        PermissionDenied: `by` is a machine or not active: a person must answer for every article.
        UnreadableText: a text holds characters or a length that cannot be accepted.
        ValidationError: a field is missing or contradicts another.
    """
    if by.is_machine or not by.is_active:
        raise PermissionDenied("A person has to be the author; a machine can be named as the tool that was used.")
    people = [person for person in dict.fromkeys(coauthors) if person != by]
    now = clock.now()
    article = Article(author=by, risk=RiskClass.objects.get(pk=risk), created_at=now, edited_at=now)
    _assign(article, fields)
    saved_by(article, by)
    article.full_clean(exclude=["latest_revision", "approval", "slug"])
    _save_at_a_free_address(article)
    permissions.grant_writing(article, by)
    Contribution.objects.create(article=article, person=by, part=Part.AUTHOR, interests=article.interests)
    for person in people:
        take_in(article, person, part=Part.COAUTHOR, by=by)
    record("article.created", by=by, about=article.about, **_named(people))
    return article


@transaction.atomic
def change(article: Article, *, by: User, edition: int, **fields: Any) -> Article:
    """Change the working text, if it still is the one that was opened (`edition`); `interests` are those of `by`.

    Raises:
        PermissionDenied: `by` is not an author of it.
        Conflict: somebody saved in between; nothing was overwritten.
        WorkflowError: somebody who reviews or edits this article would become one of its authors.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    if article.edition != edition:
        raise Conflict(
            "Somebody else saved this article after you opened it, so your version was not saved over theirs."
            " Both are below: bring them together and save again."
        )
    hands = authors_of(article)
    _assign(article, fields)
    _check_may_join(article, article.ai_accountable, hands=hands)
    if "interests" in fields:
        bylines.note(article, by, interests=article.interests)
    # Only a change of the text makes a new edition: a source added in another tab is no reason to refuse this save.
    article.edition += 1
    touch(article, by=by, why="Text edited")
    return article


@transaction.atomic
def add_references(
    article: Article, records: Iterable[ReferenceRecord], *, by: User, numbers: Sequence[int] = ()
) -> tuple[list[Reference], list[ImportProblem]]:
    """Add each readable record with a key that stays; what cannot be kept is reported, the others arrive.

    A record that is in the list already, word for word, is not added again. `numbers` are those of a numbered list.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    listed = list(article.references.all())
    kept, taken = {_said(each.as_record()): each for each in listed}, {each.key for each in listed}
    added: list[Reference] = []
    problems: list[ImportProblem] = []
    for given, number in zip_longest(records, numbers):
        reference = _reference_of(article, given, key=stable_key(given, taken), position=len(taken))
        reference.list_number = number
        if same := kept.get(_said(reference.as_record())):
            _number_again(same, number)
            problems.append(ImportProblem(None, given.title, f"It is in the list as [@{same.key}] and was not added."))
        elif reason := _why_not_kept(reference, len(taken)):
            problems.append(ImportProblem(None, given.title or given.key, reason, lost=True))
        else:
            saved_by(reference, by)
            reference.save()
            taken.add(reference.key)
            kept[_said(reference.as_record())] = reference
            added.append(reference)
    if added:
        touch(article, by=by, why=f"{len(added)} reference{'' if len(added) == 1 else 's'} added")
    return added, problems


def _said(record: Mapping[str, Any]) -> str:
    """What a record says of its source, to know it again: its key is only what we call it."""
    return json.dumps({name: said for name, said in record.items() if name != "key"}, sort_keys=True, default=str)


def _number_again(reference: Reference, number: int | None) -> None:
    if number is not None and reference.list_number != number:
        Reference.objects.filter(pk=reference.pk).update(list_number=number)


def _why_not_kept(reference: Reference, held: int) -> str:
    if held >= MOST_REFERENCES:
        return f"An article can hold {MOST_REFERENCES} references."
    try:
        reference.full_clean()
    except ValidationError as error:
        return "; ".join(error.messages)
    return ""


@transaction.atomic
def match_citations(article: Article, choices: Mapping[int, str], *, by: User, edition: int) -> Article:
    """Let the loose numbers of the text be citations: of a key, of no source in the list, or no citation at all.

    Raises:
        PermissionDenied: `by` is not an author of it.
        Conflict: the text or the list has changed since the numbers were looked at; nothing was written.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    draft = draft_of(article)
    keys = set(draft.keys)
    chosen = {number: _cited(number, choice, keys) for number, choice in choices.items()}
    is_stale = article.edition != edition or not set(choices) <= set(draft.loose_numbers)
    if is_stale or any(choice not in {*keys, NO_SOURCE, LEAVE} for choice in choices.values()):
        raise Conflict(
            "The text or its references changed after you opened this page, so nothing was written. Below is how it"
            " stands now, with your choices where they still fit: look them over and store them again."
        )
    for name, text in with_keys(draft, chosen).items():
        setattr(article, name, clean_text(text, name=TEXTS[name]))
    article.references.update(list_number=None)
    article.edition += 1
    touch(article, by=by, why=f"Sources chosen for {len(chosen)} citation number{'' if len(chosen) == 1 else 's'}")
    return article


def _cited(number: int, choice: str, keys: set[str]) -> str:
    return placeholder(number, keys) if choice == NO_SOURCE else choice


@transaction.atomic
def save_reference(
    article: Article, fields: Mapping[str, Any], *, by: User, key: str = "", edition: int | None = None
) -> Reference:
    """Add one source, or change the one that is cited as `key`; renaming a key is refused while sentences use it.

    Raises:
        PermissionDenied: `by` is not an author of it.
        Conflict: it was removed, or saved by somebody else since `edition` of it was opened.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    reference = _still_there(article, key, edition=edition) if key else None
    _check_key(article, fields.get("key", key), was=key)
    reference = reference or Reference(article=article, position=article.references.count(), edition=0)
    for name, value in fields.items():
        setattr(reference, name, value)
    _save_source(reference, by=by)
    touch(article, by=by, why=f"Reference {reference.key} saved")
    return reference


def _still_there(article: Article, key: str, *, edition: int | None) -> Reference:
    reference = article.references.filter(key=key).first()
    if reference is None:
        raise Conflict(f"The reference [@{key}] is gone: somebody removed it. Add it again if it is still needed.")
    if edition not in (None, reference.edition):
        raise Conflict(
            f"Somebody else saved [@{key}] after you opened it, so your version was not saved over theirs."
            " Both are below: bring them together and save again."
        )
    return reference


def _save_source(reference: Reference, *, by: User) -> None:
    reference.edition += 1
    saved_by(reference, by)
    reference.full_clean()
    reference.save()


@transaction.atomic
def merge_references(
    article: Article,
    fields: Mapping[str, Any],
    *,
    keep: str,
    drop: str,
    by: User,
    edition: int,
    seen: Mapping[str, int],
) -> Reference:
    """Make one source of two: `fields` is what is said of it now, and what cited `drop` cites `keep`.

    Raises:
        PermissionDenied: `by` is not an author of it.
        Conflict: the text or one of the two was changed since they were compared; nothing was written.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    kept, dropped = (_still_there(article, key, edition=seen[key]) for key in (keep, drop))
    if article.edition != edition or kept == dropped:
        raise Conflict("The text was changed after you compared the two, so nothing was merged. Compare them again.")
    for name in TEXTS:
        setattr(article, name, rekeyed(getattr(article, name), old=drop, new=keep))
    for name, value in fields.items():
        setattr(kept, name, value)
    saved_by(dropped, by, why=f"Merged into {keep}")
    dropped.delete()
    _save_source(kept, by=by)
    article.edition += 1
    touch(article, by=by, why=f"Reference {drop} merged into {keep}"[:100])
    return kept


@transaction.atomic
def remove_reference(article: Article, key: str, *, by: User, edition: int | None = None) -> None:
    """Take one source off the list; nothing happens where it is gone already.

    Raises:
        PermissionDenied: `by` is not an author of it.
        Conflict: somebody saved it since `edition` of it was looked at.
    """
    article = Article.objects.lock(article.pk)
    check_may_write(article, by=by)
    reference = article.references.filter(key=key).first()
    if reference is None:
        return
    if edition not in (None, reference.edition):
        raise Conflict(f"Somebody saved [@{key}] after you opened this page. It is still there, as they left it.")
    saved_by(reference, by)
    reference.delete()
    touch(article, by=by, why=f"Reference {key} removed")


@transaction.atomic
def set_risk(article: Article, level: int, *, by: User, reason: str = "") -> None:
    """Raise the risk class as an author or editor; lower it only as an editor, with a reason.

    Raises:
        PermissionDenied: only an editor who had no hand in the text lowers a risk.
        WorkflowError: a lowering without a reason.
    """
    article = Article.objects.lock(article.pk)
    lowering = level < article.risk_id
    if not by.is_editor and not (by.is_active and is_author(article, by)):
        raise PermissionDenied("Only its authors and the editors can set the risk class of an article.")
    if lowering and (not by.is_editor or by.pk in authors_of(article)):
        raise PermissionDenied("Only an editor who had no hand in the text can lower its risk class.")
    if lowering and not reason.strip():
        raise WorkflowError("Lowering a risk class needs a reason, which goes on record. Say why it is safe.")
    article.risk_lowered_from = article.risk_id if lowering else article.risk_lowered_from
    article.risk = RiskClass.objects.get(pk=level)
    article.risk_reason = reason.strip()
    not_an_edit(article)
    article.save(update_fields=["risk", "risk_reason", "risk_lowered_from"])
    record("article.risk_set", by=by, about=article.about, level=level, reason=reason.strip())
    # The class decides what may be shown before it is checked, and only that can be found.
    search.index(article)


def is_author(article: Article, person: User) -> bool:
    return article.author_id == person.pk or article.coauthors.filter(pk=person.pk).exists()


def check_may_write(article: Article, *, by: User) -> None:
    if not by.is_active or by.is_machine or not is_author(article, by):
        raise PermissionDenied("Only the authors of this article can change its text.")


def _assign(article: Article, fields: Mapping[str, Any]) -> None:
    if unknown := set(fields) - set(EDITABLE):
        raise ValueError(f"not part of the working text: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(article, name, value)
    article.title = clean_line(article.title, name="the question", limit=300)
    for name, spoken in TEXTS.items():
        setattr(article, name, clean_text(getattr(article, name), name=spoken))
    if "interests" in fields:
        article.interests = clean_line(article.interests, name=OWN_INTERESTS[0], limit=OWN_INTERESTS[1])
    for name, (spoken, limit) in LINES.items():
        setattr(article, name, clean_line(getattr(article, name), name=spoken, limit=limit))
    if article.ai_involvement == AiInvolvement.NONE:
        article.ai_tool = article.ai_version = ""
        article.ai_accountable = None


def _check_may_join(article: Article, person: User | None, *, hands: set[int]) -> None:
    """One person, one duty: whoever reads this article for the house, or has acted on it, stays out of its text."""
    if person is None or person.pk in hands:
        return
    if permissions.may_read(article, person) or _has_acted_on(article, person):
        raise WorkflowError(
            f"{person.label} reviews or edits this article, and nobody can judge a text and write it too."
            " Choose somebody else."
        )


def _has_acted_on(article: Article, person: User) -> bool:
    return AuditEntry.objects.filter(about=article.about, actor=person).exists()


def _check_key(article: Article, key: str, *, was: str) -> None:
    if not KEY.fullmatch(key):
        raise WorkflowError(
            f"“{key}” cannot be a citation key. Use letters, digits, and : . / _ - between them, at most 80 characters."
        )
    if was and key != was and was in numbering(article.short_answer, article.body, article.plain_body):
        raise WorkflowError(
            f"Sentences cite [@{was}], so its key stays. Change those citations to [@{key}] first, then rename it."
        )


def touch(article: Article, *, by: User, why: str) -> None:
    """Say that the working text changed, in its own history and in the audit chain."""
    article.edited_at = clock.now()
    saved_by(article, by, why=why)
    article.full_clean(exclude=["latest_revision", "approval"])
    article.save()
    record("article.edited", by=by, about=article.about, edition=article.edition, why=why)


def take_in(article: Article, person: User, *, part: Part, by: User, interests: str = "") -> None:
    """Make somebody one of those who write this text. The article's row must be locked.

    Raises:
        PermissionDenied: only active people write.
        WorkflowError: they review or edit this article.
    """
    if person.is_machine or not person.is_active:
        raise PermissionDenied(f"{person.label} cannot be a co-author: only active people can.")
    _check_may_join(article, person, hands=authors_of(article))
    interests = clean_line(interests, name=OWN_INTERESTS[0], limit=OWN_INTERESTS[1])
    Contribution.objects.create(article=article, person=person, part=part, interests=interests)
    saved_by(article, by, why=f"{part.label}: {person.label}"[:100])
    article.coauthors.add(person)
    permissions.grant_writing(article, person)
    save_people(article, by=by)


def take_off(article: Article, person: User, *, by: User) -> None:
    """End somebody's part in this text: what they wrote stays, with their name in its history."""
    article.contributions.filter(person=person).delete()
    saved_by(article, by, why=f"No longer an author: {person.label}"[:100])
    article.coauthors.remove(person)
    permissions.revoke_writing(article, person)
    save_people(article, by=by)


def say_interests(article: Article, *, by: User, interests: str) -> None:
    """What `by` says of their own interests. The article's row must be locked."""
    bylines.note(article, by, interests=clean_line(interests, name=OWN_INTERESTS[0], limit=OWN_INTERESTS[1]))
    save_people(article, by=by, why=f"Interests of {by.label}")


def save_people(article: Article, *, by: User, why: str = "People") -> None:
    """Store who answers for what; a change of people overwrites nobody's words, so the edition stays."""
    article.interests = bylines.interests_of(article)
    article.edited_at = clock.now()
    saved_by(article, by, why=why[:100])
    article.save(update_fields=["interests", "edited_at", "ai_accountable"])


def _named(people: Iterable[User]) -> dict[str, Any]:
    names = sorted(person.label for person in people)
    return {"coauthors": names} if names else {}


def take_over_typing(article: Article, frozen: Mapping[str, str], mended: Mapping[str, str], *, why: str) -> list[str]:
    """Mend the working text as the frozen one was, where its authors have not changed it since.

    The texts that they are changing stay theirs; returns the names of those. The article must be locked.
    """
    differing = [name for name in TEXTS if frozen[name] != mended[name]]
    same = [name for name in differing if getattr(article, name) == frozen[name]]
    for name in same:
        setattr(article, name, mended[name])
    if same:
        # Whoever has it open in another tab is told before they save the old words over these.
        article.edition += 1
        saved_by(article, None, why=why)
        article.save(update_fields=[*same, "edition"])
        record("article.typing_taken_over", by=None, about=article.about, edition=article.edition)
    return [TEXTS[name] for name in differing if name not in same]


def _reference_of(article: Article, given: ReferenceRecord, *, key: str, position: int) -> Reference:
    fields = asdict(given)
    fields["authors"] = [{k: v for k, v in author.items() if v} for author in fields["authors"]]
    return Reference(article=article, position=position, **(fields | {"key": key}))


def _save_at_a_free_address(article: Article) -> None:
    """Two tabs may send one question at the same moment: whoever comes second gets the next address."""
    for is_last in (False, False, True):
        article.slug = _free_slug(article.title)
        try:
            with transaction.atomic():
                article.save()
            return
        except IntegrityError:
            if is_last:
                raise


def _free_slug(title: str) -> str:
    stem = slugify(title)[:100].strip("-") or "article"
    taken = set(Article.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
