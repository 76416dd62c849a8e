"""What board members declare about themselves: every so often for all their work, and once more for each text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from editorial import clock
from editorial.audit import record
from editorial.dates import in_words
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import policy
from reviews.kinds import Declared, Interest, Kind, Level
from reviews.models import BoardMember, InterestAnswer, InterestDeclaration, Notification, ReviewAssignment
from reviews.notifications import notify

TOLD_BEFORE = timedelta(days=30)
MOST_ITEMS = 30


@dataclass(frozen=True)
class Item:
    """One interest, in the member's own words."""

    kind: str
    what: str
    since: str
    is_major: bool

    @property
    def words(self) -> str:
        said = (
            _("{kind}: {what}, since {since} (major)") if self.is_major else _("{kind}: {what}, since {since} (minor)")
        )
        return said.format(kind=Interest(self.kind).label, what=self.what, since=self.since)


@transaction.atomic
def declare(
    member: BoardMember, *, by: User, items: Sequence[Item] = (), none_declared: bool = False
) -> InterestDeclaration:
    """Replace what the member declared before; valid for as long as the policy in force says.

    Raises:
        PermissionDenied: somebody else's interests.
        WorkflowError: neither an interest nor the word that there is none, both at once, or one that says too little.
    """
    if member.user_id != by.pk or not by.is_active or member.left_at:
        raise PermissionDenied("Only the member can declare their own interests.")
    _refuse_unclear(items, none_declared=none_declared)
    terms, now = policy.in_force().terms, clock.now()
    declaration = InterestDeclaration.objects.create(
        member=member,
        declared_at=now,
        expires_at=policy.add_months(now, terms.interest_months),
        look_back_months=terms.look_back_months,
        none_declared=none_declared,
        items=[asdict(item) for item in items],
    )
    record("interests.declared", by=by, about=f"boardmember:{member.pk}", row=declaration)
    return declaration


def newest(member: BoardMember, *, at: datetime | None = None) -> InterestDeclaration | None:
    """The last one made by then; no query where the member's declarations were prefetched."""
    at = at or clock.now()
    return next((d for d in member.declarations.all() if d.declared_at <= at), None)


def state_of(member: BoardMember, *, at: datetime | None = None) -> Declared:
    """Whether anything was declared that still holds; “none” is an answer, “never asked” is not."""
    at = at or clock.now()
    declaration = newest(member, at=at)
    if declaration is None:
        return Declared.NEVER_ASKED
    if declaration.expires_at <= at:
        return Declared.EXPIRED
    return Declared.NONE if declaration.none_declared else Declared.DECLARED


def is_current(member: BoardMember, *, at: datetime | None = None) -> bool:
    return state_of(member, at=at) in (Declared.NONE, Declared.DECLARED)


def items_of(declaration: InterestDeclaration | None) -> list[Item]:
    return [Item(**item) for item in declaration.items] if declaration else []


def printed(member: BoardMember, *, at: datetime | None = None) -> str:
    """What readers are told of a member's interests, and what a decision keeps."""
    at = at or clock.now()
    declaration = newest(member, at=at)
    if declaration is None:
        return _("Never asked")
    said = "; ".join(item.words for item in items_of(declaration)) or _("none")
    days = {"day": in_words(declaration.declared_at), "end": in_words(declaration.expires_at)}
    if declaration.expires_at <= at:
        return _("Expired on {end}. Declared on {day}: {said}").format(said=said, **days)
    none = declaration.none_declared
    return (_("None declared ({day})") if none else _("Declared on {day}: {said}")).format(said=said, **days)


def frozen(assignment: ReviewAssignment) -> str:
    """What a decision keeps: the declaration as it stands, and the answer about this text."""
    answer = InterestAnswer.objects.filter(assignment=assignment).first()
    about = f"{answer}".lower() if answer and answer.level == Level.NONE else f"{answer or 'not asked'}"
    return f"{printed(assignment.reviewer)}. About this text: {about}"


def check_current(member: BoardMember) -> None:
    """A declaration that still holds, or a refusal that says what to do.

    Raises:
        WorkflowError: never asked, or expired.
    """
    state = state_of(member)
    if state == Declared.NEVER_ASKED:
        raise WorkflowError("You have not declared your interests yet. Declare them under “My interests”, then go on.")
    if state == Declared.EXPIRED:
        raise WorkflowError("Your declaration of interests has expired. Renew it under “My interests”, then go on.")


def remind_of_expiry() -> int:
    """Tell members whose declaration runs out soon or has run out, once for each declaration."""
    now = clock.now()
    newer = InterestDeclaration.objects.filter(member=OuterRef("member"), pk__gt=OuterRef("pk"))
    told = Notification.objects.filter(event=Concat(Value("interests:"), Cast(OuterRef("pk"), CharField())))
    ending = InterestDeclaration.objects.filter(~Exists(newer), expires_at__lte=now + TOLD_BEFORE)
    untold = ending.filter(~Exists(told), member__left_at=None, member__user__is_active=True)
    return sum(
        notify(
            Kind.INTERESTS_EXPIRING,
            [declaration.member.user],
            event=f"interests:{declaration.pk}",
            expires=declaration.expires_at.isoformat(),
        )
        for declaration in untold.select_related("member__user")
    )


def _refuse_unclear(items: Sequence[Item], *, none_declared: bool) -> None:
    if none_declared and items:
        raise WorkflowError("You named an interest and said that there is none. Take one of the two back.")
    if not none_declared and not items:
        raise WorkflowError("Name your interests, or say that you have none: an empty form says neither.")
    if len(items) > MOST_ITEMS:
        raise WorkflowError(f"A declaration holds {MOST_ITEMS} interests at most. Put together what belongs together.")
    for item in items:
        if item.kind not in Interest.values or not item.what.strip() or not item.since.strip():
            raise WorkflowError("Each interest needs a kind, what it is, and since when.")
