"""The people of the house, how they come in, and the chain of entries that says who did what."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from editorial import clock
from editorial.languages import names_of
from editorial.orcid import validate_orcid
from editorial.outgoing import Delivery, Outgoing, OutgoingQuerySet


class User(AbstractUser):
    """A person, or a machine that a person answers for; deactivated when they leave, never deleted."""

    never_deleted = True

    printed_name = models.CharField(
        "name as printed", max_length=120, blank=True, help_text="How readers see this person: Dr Ada Example."
    )
    affiliation = models.CharField(
        max_length=160, blank=True, help_text="Where this person works: University Hospital of Example."
    )
    orcid = models.CharField("ORCID iD", max_length=19, blank=True, validators=[validate_orcid])
    languages = models.JSONField(default=list, blank=True, help_text="Codes of the languages this person works in.")
    is_machine = models.BooleanField(
        "machine account", default=False, help_text="An AI system or script. Machines can never review or edit."
    )
    is_managing_editor = models.BooleanField(
        "managing editor", default=False, help_text="Assigns reviewers, watches the queue, releases."
    )
    is_responsible_editor = models.BooleanField(
        "responsible editor", default=False, help_text="Holds editorial responsibility and is named in public."
    )

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_machine=False)
                | models.Q(is_managing_editor=False, is_responsible_editor=False, is_superuser=False),
                name="no_machine_is_an_editor",
                violation_error_message="A machine account cannot be an editor or an administrator.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name that goes on record."""
        return self.printed_name or self.get_full_name() or self.username

    @property
    def language_names(self) -> str:
        return names_of(self.languages)

    @property
    def is_editor(self) -> bool:
        """Holds an editor's office; being a superuser does not count."""
        return self.is_active and (self.is_managing_editor or self.is_responsible_editor)


class Invitation(models.Model):
    """One address that was asked to open an account; its link is derived when the mail is written, and stored nowhere.

    `serial` is part of the link: a new one makes every link that was sent before worthless.
    """

    never_deleted = True

    class Role(models.TextChoices):
        AUTHOR = "author", "Author"
        BOARD_MEMBER = "board_member", "Board member"

    email = models.EmailField("e-mail address")
    role = models.CharField(
        "invited as",
        max_length=12,
        choices=Role,
        default=Role.AUTHOR,
        help_text="A board member may open the review desk; an editor still has to enter them among the board.",
    )
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_as = models.OneToOneField(User, models.PROTECT, null=True, related_name="invitation")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(accepted_at=None, revoked_at=None), name="one_open_invitation_per_address"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="not_both_accepted_and_taken_back"
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.email}"

    @property
    def standing(self) -> str:
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "taken back"
        return "open" if clock.now() < self.expires_at else "too old"


class AccountRequest(models.Model):
    """Somebody who asked for an account, where the site takes requests."""

    never_deleted = True

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Invited"
        DECLINED = "declined", "Declined"

    name = models.CharField(max_length=120)
    email = models.EmailField("e-mail address")
    affiliation = models.CharField(max_length=160, blank=True)
    why = models.TextField(max_length=2000)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email"], condition=Q(answered_at=None), name="one_open_request_per_address"
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.name}"


class AccountMail(Outgoing):
    """A letter about an account: it may go to somebody who has none yet, and no link stands in the row."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", "Invitation"
        REQUEST_RECEIVED = "request_received", "Somebody asks for an account"
        REQUEST_DECLINED = "request_declined", "A request was declined"
        VERIFY = "verify", "Verify an e-mail address"
        RESET = "reset", "Choose a new password"
        NO_ACCOUNT = "no_account", "No account has this address"
        CHANGED = "changed", "Something about the account was changed"

    kind = models.CharField(max_length=20, choices=Kind)
    to = models.EmailField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="+")
    account_request = models.ForeignKey(AccountRequest, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = "account mail"
        verbose_name_plural = "account mail"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[Delivery.DUE, Delivery.SENT]) | ~Q(outcome=""),
                name="account_mail_end_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="account_outbox_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"

    @property
    def address(self) -> str:
        return self.to

    @property
    def addressee(self) -> str:
        return self.user.label if self.user else self.to

    @property
    def subject_matter(self) -> str:
        return self.get_kind_display()


class AuditEntry(models.Model):
    """One act, chained by hash to the one before it."""

    append_only = True

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, db_index=True)
    subject = models.CharField(max_length=80, blank=True, db_index=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.sequence} · {self.action} · {self.actor_label}"

    @property
    def record_number(self) -> str:
        """What an e-mail quotes, so that mailboxes anchor the chain: number and the start of the hash."""
        return f"{self.sequence}:{self.hash[:16]}"


class AuditHead(models.Model):
    """The single row that writers of the chain queue for; it remembers how long the chain is."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_head")]

    def __str__(self) -> str:
        return f"head at {self.sequence}"
