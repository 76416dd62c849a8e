"""The only door from stored text to a reader: text, standing and caution leave together or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.caution import Caution, caution, is_machine_written
from articles.drafts import draft_of_frozen
from articles.integrity.claims import extract, normalised
from articles.models import Article, Move, Notice
from articles.querysets import ArticleQuerySet
from articles.readers import EVERYTHING, Variant, variant
from articles.rendering import plain_words
from articles.seals import is_intact, is_proven
from articles.standing import Standing, Told, standing
from articles.states import AiInvolvement, Audience, NoticeKind, State
from editorial.dates import in_words

# What a title says of its text where nothing else may stand beside it: a browser's tab, a share card, a feed's line.
MARKS = {
    Told.CHANGES_REQUESTED: gettext_lazy("Changes requested"),
    Told.OVERDUE: gettext_lazy("Check overdue"),
    Told.SUPERSEDED: gettext_lazy("Older version"),
    Told.RETRACTED: gettext_lazy("Retracted"),
    NoticeKind.SOURCE_ALERT: gettext_lazy("Source retracted or in doubt"),
    NoticeKind.CONCERN: gettext_lazy("Under question"),
}
VARIANTS = {"short_answer": "short answer", "body": "body", "plain_body": "plain-language version"}
UNCHECKED_MARK = gettext_lazy("Not yet checked")
DOUBTED = {
    NoticeKind.SOURCE_ALERT: gettext_lazy("a source was retracted or is in doubt"),
    NoticeKind.CONCERN: gettext_lazy("expression of concern"),
}


@dataclass(frozen=True)
class PublicText:
    """The frozen words of one revision, ready to be printed."""

    title: str
    short_answer: str
    short_answer_html: str
    body: str
    body_html: str
    plain_html: str
    headings: tuple[tuple[str, str], ...]
    references: tuple[dict[str, Any], ...]
    searches: tuple[dict[str, Any], ...]
    disclaimer: str
    authors: tuple[str, ...]
    translators: tuple[str, ...]
    interests: str  # empty where the version is older than the question
    funding: str
    audience: str
    language: str
    number: int
    digest: str
    canonical: str = field(default="", repr=False)  # what the digest is made of

    @property
    def short_answer_words(self) -> str:
        """The short answer without marks and citations, for places that take no HTML."""
        return plain_words(self.short_answer_html)

    @property
    def words(self) -> str:
        """All that is read, without marks and citations."""
        return " ".join(plain_words(f) for f in (self.short_answer_html, self.body_html, self.plain_html) if f)


@dataclass(frozen=True)
class CitingSentence:
    """One frozen sentence that cites a source; `identity` is what verdicts on it are kept under."""

    field: str
    words: str
    identity: str

    @property
    def variant(self) -> str:
        return VARIANTS[self.field]


@dataclass(frozen=True)
class Step:
    """One stop of the tracker: reached or not, when, and by whom."""

    label: str
    is_reached: bool
    at: datetime | None = None
    people: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class PublicArticle:
    """One unit as it may leave the house. `text` is None where only the fact of the page may be told."""

    slug: str
    url: str
    title: str
    topic: str
    topic_slug: str
    standing: Standing
    caution: Caution | None
    text: PublicText | None
    ai_line: str
    ai_disclosure: str
    submitted_at: datetime | None
    updated_at: datetime | None
    withheld_because: str = ""
    reader: str = ""  # who the reader says they are
    variant: Variant = EVERYTHING
    version_line: str = ""  # at the permanent address of one version: which it is, and whether it stands
    open_reports: int = 0
    settled_reports: int = 0

    @property
    def caution_line(self) -> str:
        return self.caution.line if self.caution else ""

    @property
    def checked_line(self) -> str:
        """“Checked by NAME, PROFESSION, on DATE; to be checked again by DATE”, or nothing."""
        told = self.standing
        if told.is_pending or not told.checked_at or not told.check_due:
            return ""
        people = "; ".join(f"{c.name}, {c.profession}" for c in told.checked_by)
        days = {"checked": in_words(told.checked_at), "due": in_words(told.check_due)}
        said = _("Checked by {people}, on {checked}; to be checked again by {due}.")
        if told.read_number:
            said = _("Checked by {people}, on {checked} (version {number}); to be checked again by {due}.")
        return said.format(people=people, number=told.read_number, **days) + self._typing_line

    @property
    def _typing_line(self) -> str:
        """What was done to the text since it was read, and by whom; only the typing of a checked text can be."""
        said = _("Typing corrected on {day}: {reason}, signed by {one} and {other}.")
        return "".join(
            " " + said.format(day=in_words(t.at), reason=t.reason, one=t.proposed_by, other=t.signed_by)
            for t in self.standing.typing[-1:]
        )

    @property
    def standing_line(self) -> str:
        """What a list, a feed or a share card says in one line: the caution, or who checked."""
        return self.caution_line or self.checked_line or self.standing.label

    @property
    def shade(self) -> str:
        """The word that icon and colour follow: the standing, or the doubt that lies over an approved text."""
        return NoticeKind.CONCERN.value if self._doubt else self.standing.state.value

    @property
    def label(self) -> str:
        """The standing in words, with the doubt that lies over an approved text."""
        return f"{self.standing.label}; {DOUBTED[self._doubt]}" if self._doubt else self.standing.label

    @property
    def marked_title(self) -> str:
        """The title, with the standing before it unless a valid check stands behind every sentence."""
        if not self.caution:
            return self.title
        mark = MARKS[self._doubt] if self._doubt else MARKS.get(self.standing.state, UNCHECKED_MARK)
        return f"{mark}: {self.title}"

    @property
    def _doubt(self) -> NoticeKind | None:
        if not self.caution or self.standing.is_pending:
            return None
        kinds = {overlay.kind for overlay in self.standing.overlays}
        return NoticeKind.SOURCE_ALERT if NoticeKind.SOURCE_ALERT in kinds else NoticeKind.CONCERN


def public_article(article: Article, *, at: datetime, reader: str = "") -> PublicArticle:
    """Build the unit for a reader from an article loaded by `for_public`.

    `reader` is an `Audience`, or nothing: it chooses variant, disclaimer and whom the caution speaks to.
    """
    # Two stages: the standing decides which revision may be shown; only then is any text looked at.
    return unit_under(article, _standing(article, at=at), reader=reader)


def unit_under(article: Article, told: Standing, *, reader: str = "") -> PublicArticle:
    """Build the unit under a standing computed for the article or for one of its older versions."""
    revision = told.shown
    data = revision.data if revision else {}
    ai = data.get("ai", {"involvement": article.ai_involvement, "tool": "", "version": "", "accountable": ""})
    audience = data.get("audience", article.audience)
    named = _named_by(article, told)
    topic, topic_slug = _topic(article, named)
    return PublicArticle(
        slug=article.slug,
        url=reverse("article", args=[article.slug]),
        title=named.data["title"] if named else article.slug,
        topic=topic,
        topic_slug=topic_slug,
        standing=told,
        caution=caution(
            told, ai_involvement=ai["involvement"], audience=reader or audience, language=data.get("language", "")
        ),
        text=_text(revision, reader=reader) if revision else None,
        ai_line=ai_line(ai),
        ai_disclosure=_ai_disclosure(ai["involvement"], is_pending=told.is_pending),
        submitted_at=article.latest_revision.submitted_at if article.latest_revision else None,
        updated_at=article.updated_at,
        withheld_because="" if revision else _why_withheld(article, told),
        reader=reader,
        variant=variant(reader, has_plain=bool(data["html"]["plain_body"]), audience=audience)
        if revision
        else EVERYTHING,
        open_reports=article.open_reports,
        settled_reports=article.settled_reports,
    )


def standing_of(article: Article, *, at: datetime) -> Standing:
    """What readers would be told of an article loaded by `for_public`, without looking at any words of it."""
    return _standing(article, at=at)


def for_public(queryset: ArticleQuerySet) -> ArticleQuerySet:
    """Load what the door needs in a constant number of queries, whatever the length of the list."""
    return queryset.for_reader().prefetch_related(Prefetch("notices", notices_of_articles()))


def notices_of_articles() -> QuerySet[Notice]:
    """As the door needs them: each with the revision it is about, without its text."""
    return Notice.objects.select_related("revision").defer("revision__content")


def units(queryset: ArticleQuerySet, *, at: datetime) -> list[PublicArticle]:
    """The units of a list, search or feed: only those whose text may be shown now."""
    return shown(for_public(queryset), at=at)


def shown(articles: Iterable[Article], *, at: datetime) -> list[PublicArticle]:
    """Of articles loaded by `for_public`, the units whose text may be shown now."""
    built = (public_article(article, at=at) for article in articles)
    return [unit for unit in built if unit.text and not unit.standing.is_quarantined]


def draft_preview(article: Article, content: dict[str, Any], *, at: datetime) -> PublicArticle:
    """The working text as a reader would see it, for its author's eyes, under the caution of an unchecked text."""
    told = Standing(Told.SUBMITTED, is_listed=False)
    ai = content["ai"]
    return PublicArticle(
        slug=article.slug,
        url=reverse("article", args=[article.slug]),
        title=content["title"],
        topic=content["topic"],
        topic_slug=article.topic.slug,
        standing=told,
        caution=caution(
            told, ai_involvement=ai["involvement"], audience=content["audience"], language=content["language"]
        ),
        text=_printable(content, digest=""),
        ai_line=ai_line(ai),
        ai_disclosure=_ai_disclosure(ai["involvement"], is_pending=True),
        submitted_at=None,
        updated_at=at,
    )


def reviewer_text(revision: Any) -> PublicText:
    """One frozen revision for the person asked to judge it: the same words a reader would get."""
    return _text(revision)


def sentences_citing(revision: Any, key: str) -> tuple[CitingSentence, ...]:
    """What a frozen text says on the strength of one of its sources, in every language variant, for the desks."""
    claims = extract(draft_of_frozen(revision.data))
    return tuple(
        CitingSentence(claim.sentence.field, normalised(claim.sentence.text), claim.identity)
        for claim in claims
        if key in claim.keys
    )


def ai_line(ai: dict[str, str]) -> str:
    """One line that says, in every state, what part a machine had in the text."""
    involvement = ai["involvement"]
    if involvement == AiInvolvement.NONE:
        return _("Written by people; no AI system was used.")
    known: dict[str, str] = {
        AiInvolvement.LANGUAGE_HELP: _("An AI system helped with the wording"),
        AiInvolvement.TRANSLATION: _("An AI system translated this text"),
        AiInvolvement.FIRST_DRAFT: _("An AI system wrote the first draft"),
        AiInvolvement.DRAFT_AND_EDITS: _("An AI system wrote the draft and made later edits"),
    }
    what = known.get(involvement, _("Whether an AI system wrote this text is not known; treat it as AI-written"))
    tool = " ".join(part for part in (ai["tool"], ai["version"]) if part)
    answers = " " + _("{person} answers for it.").format(person=ai["accountable"]) if ai["accountable"] else ""
    return f"{what}{f' ({tool})' if tool else ''}.{answers}"


def _standing(article: Article, *, at: datetime) -> Standing:
    approval = article.approval
    proven = approval is not None and is_proven(approval) and approval.revision.article_id == article.pk
    told = standing(article, article.notices.all(), approval_is_proven=proven, at=at)
    if told.shown and not is_intact(told.shown):
        # Stored text that is not what it was named by belongs to nobody; it does not leave the house.
        return Standing(Told.SUBMITTED, None, told.is_listed, overlays=told.overlays, is_quarantined=True)
    return told


def _named_by(article: Article, told: Standing) -> Any:
    """The revision that names a page: the one shown or, where none is, one that was checked before one that was not."""
    if told.shown or not told.is_listed:
        return told.shown
    return article.approval.revision if article.approval else article.latest_revision


def _topic(article: Article, named: Any) -> tuple[str, str]:
    """Name and slug as they were frozen: what an author chose since is not what anybody checked."""
    frozen = named.data if named else {}
    name = frozen.get("topic", article.topic.name)
    return name, article.topic.slug if name == article.topic.name else frozen.get("topic_slug", article.topic.slug)


def _text(revision: Any, *, reader: str = "") -> PublicText:
    return _printable(revision.data, digest=revision.digest, canonical=revision.content, reader=reader)


def _printable(content: dict[str, Any], *, digest: str, canonical: str = "", reader: str = "") -> PublicText:
    html, disclaimers = content["html"], content["disclaimers"]
    return PublicText(
        title=content["title"],
        short_answer=content["short_answer"],
        short_answer_html=html["short_answer"],
        body=content["body"],
        body_html=html["body"],
        plain_html=html["plain_body"],
        headings=tuple((anchor, text) for anchor, text in html["headings"]),
        references=tuple(content["references"]),
        searches=tuple(content.get("searches", ())),  # older revisions were frozen without
        disclaimer=disclaimers.get(reader) or disclaimers[content["audience"]],
        authors=tuple(content["authors"]),
        translators=tuple(content.get("translators", ())),
        interests=content.get("declared", {}).get("interests", ""),
        funding=content.get("declared", {}).get("funding", ""),
        audience=str(Audience(content["audience"]).label),
        language=content["language"],
        number=content["revision"],
        digest=digest,
        canonical=canonical,
    )


def _ai_disclosure(involvement: str, *, is_pending: bool) -> str:
    if involvement == AiInvolvement.NONE:
        return "human-only"
    return "ai-autonomous" if is_pending and is_machine_written(involvement) else "ai-assisted"


def _why_withheld(article: Article, told: Standing) -> str:
    """Why there is no text to read, in one or two sentences."""
    unsafe = [n for n in article.notices.all() if n.kind == NoticeKind.UNSAFE]
    resolved = {n.resolves_id for n in article.notices.all()}
    if still_open := [n for n in unsafe if n.pk not in resolved]:
        return still_open[-1].text
    raised = [n for n in article.notices.all() if n.kind == NoticeKind.CLASS_RAISED and n.pk not in resolved]
    if told.state == Told.OVERDUE and raised:
        return raised[-1].text
    if told.state == Told.OVERDUE:
        return _(
            "The date to check this text again has passed. It stays hidden until health professionals have read it."
        )
    return _("A text of this kind is only shown once it is approved. It stays hidden until then.")


def tracker(told: Standing, article: Article) -> tuple[Step, ...]:
    """Submitted → Under review → Approved, with dates and people, and the side states when they apply."""
    revision = told.shown or article.latest_revision
    # A text whose typing was corrected has come the way of the one that was read.
    numbers = {told.read_number, revision.number} if revision else ()
    moves = list(article.moves.filter(revision__number__in=[n for n in numbers if n]))
    steps = [_step(State.SUBMITTED, _("Submitted"), moves), _step(State.UNDER_REVIEW, _("Under review"), moves)]
    if told.state in (Told.CHANGES_REQUESTED, Told.REJECTED, Told.WITHDRAWN, Told.RETRACTED):
        steps.append(_step(State(told.state), told.label, moves))
    if told.state not in (Told.REJECTED, Told.WITHDRAWN, Told.RETRACTED):
        people = tuple(f"{c.name}, {c.profession}" for c in told.checked_by)
        steps.append(Step(_("Approved"), bool(told.checked_at), told.checked_at, people))
    steps += [Step(_("Typing corrected"), True, t.at, (t.proposed_by, t.signed_by)) for t in told.typing]
    if told.state == Told.OVERDUE:
        steps.append(Step(_("Check overdue"), True, told.check_due))
    if told.replaced_by:
        steps.append(Step(_("Replaced by version {number}").format(number=told.replaced_by), True, told.replaced_at))
    return tuple(steps)


def _step(state: State, label: str, moves: Iterable[Move]) -> Step:
    move = next((m for m in moves if m.target == state), None)
    if move is None:
        return Step(label, False)
    return Step(label, True, move.at, tuple(f"{p['name']}, {p['profession']}" for p in move.people))
