"""What the review desk shows: the text, its claims and how far they are judged; afterwards, the record."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.models import Revision
from articles.public import VARIANTS, PublicText, ai_line, notices_of_articles, public_article, reviewer_text
from articles.seals import is_intact
from articles.versions import Change, shortened_changes
from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.models import AuditEntry
from editorial.numbers import whole
from reviews import assignments, checklist, claim_cards, claims, comment_cards, policy, receipts, thread_cards
from reviews.completeness import Reading, reading_of
from reviews.differing import compared, others_beside
from reviews.findings import findings_of
from reviews.forms import AcceptForm, DecisionForm, DeclineForm, UnsafeForm
from reviews.invitation_pages import Answers, invitation
from reviews.kinds import ClaimFinding
from reviews.later_checks import later_checks
from reviews.models import Comment, Decision, ReviewAssignment, Thread
from reviews.recheck_forms import AnswerForm
from reviews.thread_cards import Card


def reading(
    assignment: ReviewAssignment,
    *,
    asked: Sequence[Card] | None = None,
    comments: Sequence[Comment] | None = None,
) -> Reading:
    """How far it has come, by the rule that holds now; `asked` and `comments` where one's own are at hand already."""
    points = None if asked is None else [card.thread for card in asked]
    rule = policy.in_force().rule(assignment.revision.article.risk_id)
    return reading_of(assignment, rule=rule, asked=points, comments=comments)


def desk(
    request: StaffRequest,
    assignment: ReviewAssignment,
    *,
    status: int = 200,
    refusal: str = "",
    accept_form: AcceptForm | None = None,
    decline_form: DeclineForm | None = None,
    **forms: Any,
) -> HttpResponse:
    """The invitation until it is accepted, then the text; nothing of a text that was tampered with."""
    if why_not := assignments.why_not_ready(assignment):
        answers = Answers(accept_form, decline_form)
        return invitation(request, assignment, why_not, answers, status=status, refusal=refusal)
    if not is_intact(assignment.revision):
        return render_at_desk(request, "reviews/not_intact.html", "This text cannot be reviewed", status=503)
    request.user.board_member = assignment.reviewer  # who it is is known already: the frame of the page asks for it
    shown = _text(assignment)
    context = {
        "refusal": refusal,
        **shown,
        **_reading(request, assignment, shown["text"], forms.pop("typed", {})),
        **_forms(request, assignment, decline_form, **forms),
    }
    title = context["text"].title
    return render_at_desk(request, "reviews/review_desk.html", title, status=status, **context)


def _text(assignment: ReviewAssignment) -> dict[str, Any]:
    """What is read, and where it stands."""
    revision, now = assignment.revision, clock.now()
    return {
        "assignment": assignment,
        "is_overdue": assignment.due_at <= now,
        "revision": revision,
        "article": revision.article,
        "text": reviewer_text(revision),
        "ai_line": ai_line(revision.data["ai"]),
        "told": public_article(revision.article, at=now),
        "later": later_checks(revision),
    }


def _reading(
    request: StaffRequest, assignment: ReviewAssignment, text: PublicText, typed: Mapping[str, str]
) -> dict[str, Any]:
    """How far it has come: what was said before, what changed since, claim by claim, item by item."""
    last = claims.last_decision(assignment)
    asked = thread_cards.of_reviewer(assignment, last=last.revision if last else None)
    comments = list(assignment.comments.all())
    read = reading(assignment, asked=asked, comments=comments)
    notes = comment_cards.notes(comments, asked, typed)
    return {
        "asked": asked,
        "typed": typed,
        "notes": notes,
        "text": comment_cards.marked(text, notes),
        "variants": VARIANTS.items(),
        "blank": comment_cards.blank(typed, read.claims, request.GET.get("on", "")),
        **_since(assignment, last),
        **_claims(request, assignment, read, last, typed),
    }


def _forms(
    request: StaffRequest,
    assignment: ReviewAssignment,
    decline_form: DeclineForm | None,
    decision_form: DecisionForm | None = None,
    unsafe_form: UnsafeForm | None = None,
) -> dict[str, Any]:
    """What can be said at the end, each about the text as it is served now."""
    served = {"digest": assignment.revision.digest, "receipt": receipts.issue(assignment, to=request.user)}
    return {
        "decision_form": _with_receipt(decision_form, served, assignment),
        "answer_button": "Record what I found" if assignment.recheck else "Record my decision",
        "unsafe_form": _served_anew(unsafe_form, served),
        "unsafe_is_open": unsafe_form is not None,
        "decline_form": decline_form or DeclineForm(auto_id="decline-%s", suggests=False),
        "decline_is_open": decline_form is not None,
    }


def _claims(
    request: StaffRequest,
    assignment: ReviewAssignment,
    read: Reading,
    last: Decision | None,
    typed: Mapping[str, str],
) -> dict[str, Any]:
    """The reading as far as it has come, with what was typed and refused just now still in its place."""
    findings = findings_of(assignment.revision)
    cards = claim_cards.cards(read, assignment.revision, findings, last, typed)
    show = request.GET.get("show", "")
    return {
        "reading": read,
        "missing": read.missing,
        "cards": [(card, card.is_shown(show)) for card in cards],
        "with_findings": sum(card.has_findings for card in cards),
        "choices": list(enumerate(ClaimFinding, start=1)),
        "filters": claim_cards.FILTERS,
        "show": show,
        "opened": _opened(request, read, typed),
        "items": [_item(item, read, typed) for item in read.items],
        "findings": findings,
        "elsewhere": replace(findings, said=claim_cards.elsewhere(findings, cards)),
    }


def _item(item: checklist.Item, read: Reading, typed: Mapping[str, str]) -> dict[str, Any]:
    """One item of the checklist with what was answered, or typed and refused just now."""
    kept = read.answers.get(item.name)
    return {
        "item": item,
        "answer": typed.get(f"answer-{item.name}", kept.answer if kept else ""),
        "note": typed.get(f"note-{item.name}", kept.note if kept else ""),
    }


def _opened(request: StaffRequest, read: Reading, typed: Mapping[str, str]) -> int:
    """The number of the claim that is unfolded: the one just refused, the one asked for, or the first to do."""
    for claim in read.claims:
        if claim.identity == typed.get("identity"):
            return claim.number
    if (asked := whole(request.GET.get("claim"), digits=5)) is not None:
        return asked
    undone = (claim.number for claim in read.claims if claim.identity in read.required - read.verdicts.keys())
    return next(undone, 1)


def answer_form(assignment: ReviewAssignment, data: Any = None, **kwargs: Any) -> DecisionForm:
    """What is asked at the end: a decision, or what was found on reading an approved text again."""
    if assignment.recheck:
        return AnswerForm(data, recheck=assignment.recheck, **kwargs)
    return DecisionForm(data, **kwargs)


def _with_receipt(form: DecisionForm | None, served: dict[str, str], assignment: ReviewAssignment) -> DecisionForm:
    """Every serving of the text carries a new receipt, and the statement has to be made anew for it."""
    if form is None:
        return answer_form(assignment, initial=served, auto_id="decide-%s")
    typed = {name: value for name, value in form.data.items() if name not in ("statement", "password")}
    return answer_form(assignment, typed | served, auto_id="decide-%s")


def _served_anew(form: UnsafeForm | None, served: dict[str, str]) -> UnsafeForm:
    typed = {"reason": form.data.get("reason", "")} | served if form else None
    return UnsafeForm(typed, initial=served, auto_id="unsafe-%s")


def record(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    """What was decided and by whom, claim by claim; the text itself went back with the loan of access."""
    decision = assignment.decision
    entry = AuditEntry.objects.filter(subject=f"reviews.decision:{decision.pk}").first()
    others = others_beside(decision)
    return render_at_desk(
        request,
        "reviews/decision_record.html",
        assignment.revision.data["title"],
        assignment=assignment,
        decision=decision,
        record_number=entry.record_number if entry else "",
        others=others,
        judged=compared(decision, others),
        points=thread_cards.without_text(Thread.objects.opened_in(assignment)),
        article=assignment.revision.article,
    )


def _since(assignment: ReviewAssignment, last: Decision | None) -> dict[str, Any]:
    """What changed since this reviewer last decided or, for who has not read it before, since it was last approved."""
    approval = assignment.revision.article.approval
    checked = approval.revision if approval else None
    compared_to = last.revision if last else checked
    return {
        "last_look": last,
        "compared": compared_to,
        "changes": _changes(compared_to, assignment.revision),
    }


def _changes(compared: Revision | None, revision: Revision) -> list[Change]:
    if compared is None or compared.pk == revision.pk:
        return []
    return shortened_changes(compared.data, revision.data)


def is_held(request: StaffRequest, assignment: ReviewAssignment) -> bool:
    reviewer = assignment.reviewer
    return assignment.is_open and reviewer.user_id == request.user.pk and reviewer.left_at is None


def loaded() -> Any:
    """Assignments with all that the desk says of them."""
    every = ReviewAssignment.objects.select_related(
        "revision__article__topic", "reviewer__user", "discipline", "assigned_by", "decision", "recheck"
    )
    return assignments.with_readiness(every)


def to_show() -> Any:
    """The same with all that the text is shown with: what the public door needs of its article, in two queries."""
    of_article = ("risk", "topic", "latest_revision", "approval__revision")
    notices = Prefetch("revision__article__notices", notices_of_articles())
    shown = loaded().select_related(*(f"revision__article__{name}" for name in of_article))
    return shown.prefetch_related(notices)


def render_at_desk(
    request: StaffRequest, template: str, title: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    frame = admin.site.each_context(request)
    context |= {"title": title, "home_url": reverse("admin:index")}
    return render(request, template, frame | context, status=status)
