"""The cast and what they work on, made through the product's own verbs."""

from dataclasses import asdict
from datetime import date, timedelta
from itertools import count
from typing import Any

from articles import buffers, editing, searches
from articles.importers.records import Author, ReferenceRecord
from articles.models import Article, RecordedSearch, Topic
from articles.states import AiInvolvement, Audience, Part
from editorial import clock
from editorial.audit import record
from editorial.models import User
from reviews import (
    assignments,
    checklist,
    claims,
    coauthors,
    completeness,
    confirmation,
    decisions,
    interests,
    policy,
    publication,
    receipts,
    threads,
    typing_corrections,
)
from reviews.checklist import Said
from reviews.kinds import Answer, ClaimFinding
from reviews.models import (
    BoardMember,
    Credential,
    Decision,
    InterestDeclaration,
    ReviewAssignment,
    Thread,
    TypingCorrection,
)

_serial = count(1)

# What a notice of each kind has to say besides its words.
CORRECTION = {
    "was_wrong": "“One page”",
    "is_right": "“Two pages”",
    "effect": "None.",
    "noticed_by": "reader",
    "noticed_on": "2024-01-02",
}
CONCERN = {"concern": "Two figures may be wrong.", "doing": "We asked for the data.", "expected_on": "2199-12-31"}
RETRACTION = {
    "category": "error",
    "asked_by": "editors",
    "advice": "Do not rely on it.",
    "authors_agree": "yes",
    "replaced_by": "",
}

BODY = (
    "## What exercise can do\n\n"
    "Regular exercise probably eases long-lasting low back pain a little [@hayden2021].\n\n"
    "## When to get help\n\nSee a doctor if pain follows a fall or comes with fever.\n"
)
HAYDEN = ReferenceRecord(
    key="hayden2021",
    type="systematic_review",
    title="Exercise therapy for chronic low back pain",
    authors=(Author(family="Hayden", given="Jill A."), Author(family="Ellis", given="Jenna")),
    container_title="Cochrane Database of Systematic Reviews",
    year=2021,
    issue="9",
    pages="CD009790",
    doi="10.1002/14651858.CD009790.pub2",
)


def person(name: str, **fields: Any) -> User:
    """Somebody with an account and no password: tests sign in by force."""
    username = fields.pop("username", name.lower().replace(" ", "-"))
    user = User(username=username, printed_name=name, email=f"{username}@example.org", **fields)
    user.set_unusable_password()
    user.save()
    return user


def topic(name: str = "Physiotherapy") -> Topic:
    return Topic.objects.get_or_create(name=name, defaults={"slug": name.lower().replace(" ", "-")})[0]


def board_member(name: str, *, specialties: tuple[str, ...] = ("Physiotherapy",), **fields: Any) -> BoardMember:
    """With a verified credential and the word that there are no interests, good for any date a test may set."""
    user = person(name, is_staff=True)
    member = BoardMember.objects.create(
        user=user,
        profession=fields.pop("profession", "Physiotherapist"),
        capacity=fields.pop("capacity", 50),
        joined_at=date(2024, 1, 1),
        **fields,
    )
    member.specialties.set(topic(name) for name in specialties)
    credential(member)
    declared(member)
    return member


def credential(member: BoardMember, *, is_verified: bool = True, **fields: Any) -> Credential:
    """Verified by somebody who has left since, so that no editor is added to the cast."""
    given = {"title": "Licence to practise", "issuer": "Example Council", "register_number": f"EX-{next(_serial)}"}
    if is_verified:
        registrar = User.objects.filter(username="registrar").first() or person("Registrar", is_active=False)
        given |= {"verified_at": clock.now(), "verified_by": registrar}
    return Credential.objects.create(member=member, **(given | fields))


def declared(member: BoardMember, *, items: tuple[interests.Item, ...] = (), **fields: Any) -> InterestDeclaration:
    """Made long ago and valid for long, unless a test says otherwise."""
    far = timedelta(days=3650)
    given = {"declared_at": clock.now() - far, "expires_at": clock.now() + far, "look_back_months": 36}
    given |= {"items": [asdict(item) for item in items], "none_declared": not items}
    declaration = InterestDeclaration.objects.create(member=member, **(given | fields))
    record("interests.declared", by=member.user, about=f"boardmember:{member.pk}", row=declaration)
    return declaration


def draft(*, by: User, risk: int = 2, references: bool = True, **fields: Any) -> Article:
    """A complete draft with one cited source, ready to be submitted."""
    given = {
        "title": f"Does exercise help long-lasting back pain, case {next(_serial)}?",
        "short_answer": "Probably a little, for most people.",
        "body": BODY,
        "topic": topic(),
        "audience": Audience.PATIENT,
        "ai_involvement": AiInvolvement.FIRST_DRAFT,
        "ai_tool": "Example drafter",
        "ai_version": "1",
        "ai_accountable": by,
        "interests": "None.",
        "funding": "Nobody.",
    }
    shared = fields.pop("coauthors", ())
    article = editing.create(by=by, risk=risk, **(given | fields))
    if references:
        editing.add_references(article, [HAYDEN], by=by)
    for each in shared:
        joined(article, each)
    return fresh(article)


def joined(article: Article, person: User, *, by: User | None = None, interests: str = "None.", **asked: Any) -> None:
    """Its author asks somebody to write along, and they do."""
    asked = {"part": Part.COAUTHOR} | asked
    invitation = coauthors.invite(article, to=person.username, by=by or article.author, **asked)
    coauthors.accept(invitation, by=person, interests=interests)


def recorded_search(article: Article, *, by: User, **fields: Any) -> RecordedSearch:
    said = {"where": "PubMed", "terms": "tidal balance", "searched_on": date(2026, 9, 1), "hits": 0, "note": ""}
    return searches.save(article, said | fields, by=by)


def fresh(article: Article) -> Article:
    return Article.objects.for_reader().get(pk=article.pk)


def submitted(*, by: User, **fields: Any) -> Article:
    article = draft(by=by, **fields)
    publication.submit(article, by=by)
    return fresh(article)


def assigned(
    article: Article, member: BoardMember, *, by: User, accepted: bool = True, **fields: Any
) -> ReviewAssignment:
    """Invited and, unless a test is about that, accepted without an interest."""
    assignment = assignments.assign(article, member, by=by, **fields)
    if accepted:
        assignments.accept(assignment, by=member.user)
        assignment.refresh_from_db()
    return assignment


def decided(assignment: ReviewAssignment, verdict: str = "approve", *, reason: str = "Please mend this.") -> Decision:
    """The reviewer opens the desk, reads claim by claim, and decides on what was served."""
    if verdict == "approve":
        return decisions.approve(assignment, **ready_to_approve(assignment))
    verb = {"request_changes": decisions.request_changes, "reject": decisions.reject, "unsafe": decisions.flag_unsafe}
    return verb[verdict](assignment, reason=reason, **served(assignment))


def served(assignment: ReviewAssignment) -> dict[str, Any]:
    """What a freshly opened desk carries."""
    by = assignment.reviewer.user
    return {"by": by, "digest": assignment.revision.digest, "receipt": receipts.issue(assignment, to=by)}


def ready_to_approve(assignment: ReviewAssignment) -> dict[str, Any]:
    """The whole reading through its verbs, and what an approval then takes."""
    form = read(assignment)
    proof = confirmation.proof_of(form["by"], digest=form["digest"], method=confirmation.PASSWORD)
    return {**form, "confirmation": proof}


def read(assignment: ReviewAssignment) -> dict[str, Any]:
    """Every claim that has to be judged is supported, and every item of the checklist answered with yes."""
    form = served(assignment)
    on = {"by": form["by"], "digest": form["digest"]}
    claims.begin(assignment, by=form["by"])
    rule = policy.in_force().rule(fresh(assignment.revision.article).risk_id)
    reading = completeness.reading_of(assignment, rule=rule)
    for point in Thread.objects.opened_in(assignment).unsettled():
        threads.settle(assignment, point.pk, **on)
    for identity in sorted(reading.required - reading.verdicts.keys()):
        claims.judge(assignment, identity, ClaimFinding.SUPPORTED, **on)
    checklist.answer(assignment, {item.name: Said(Answer.YES) for item in checklist.ITEMS}, **on)
    return form


def answered(article: Article, *, words: str = "We changed it.") -> Article:
    """Its author has a response to everything that reviewers asked for."""
    open_points = Thread.objects.unanswered().filter(article=article)
    said = {point.pk: threads.Response(words, point.seen) for point in open_points}
    threads.respond(article, said, by=article.author)
    return fresh(article)


def approved_again(article: Article, *, reviewer: BoardMember, editor: User, why: str = "", **changes: Any) -> Article:
    """Its author changes it, and the new text goes the whole way too."""
    editing.change(article, by=article.author, edition=article.edition, **changes)
    publication.submit(article, by=article.author, change_note=why)
    decided(assigned(fresh(article), reviewer, by=editor))
    article = fresh(article)
    publication.release(article, by=editor, digest=article.latest_revision.digest)
    return fresh(article)


def typing_proposed(article: Article, *, by: User, was: str = "doctor", becomes: str = "docter") -> TypingCorrection:
    """One word of the body mended, as the approved text has it."""
    standing = fresh(article).approval.revision.data
    texts = {part: standing[part].replace(was, becomes, 1) for part in ("short_answer", "body", "plain_body")}
    return typing_corrections.propose(article, by=by, texts=texts, reason="A missing word")


def typing_signed(correction: TypingCorrection, *, by: User) -> Article:
    proof = confirmation.proof_of(by, digest=correction.digest, method=confirmation.PASSWORD)
    typing_corrections.sign(correction, by=by, digest=correction.digest, confirmation=proof)
    return fresh(correction.article)


def approved(*, by: User, reviewer: BoardMember, editor: User, days_ago: int = 0, **fields: Any) -> Article:
    """Submitted, assigned, approved and released: the whole way through the real verbs."""
    with clock.at(clock.now() - timedelta(days=days_ago)):
        article = submitted(by=by, **fields)
        decided(assigned(article, reviewer, by=editor))
        publication.release(article, by=editor, digest=article.latest_revision.digest)
    return fresh(article)


def unsaved_words(article, *, by, tab="0" * 32, step=1, **fields):
    edition = article.edition if article else 0
    return buffers.keep(article, by=by, tab=tab, step=step, edition=edition, fields=fields)
