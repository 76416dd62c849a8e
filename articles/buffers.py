"""Words that were typed and not saved: kept tab by tab, offered again, never in the way of what is stored."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from articles import bylines, versions
from articles.models import Article, Buffer, Topic
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from editorial.numbers import whole

FIELDS = (
    *("title", "short_answer", "body", "plain_body", "topic", "audience"),
    *("ai_involvement", "ai_tool", "ai_version", "ai_accountable", "interests", "funding"),
)
WRITTEN = ("title", "short_answer", "body", "plain_body", "interests", "funding")
TAB = re.compile(r"[0-9a-f]{32}")
LONGEST = 900_000  # characters: three texts of the most that can be saved, and some
MOST_TABS = 60
KEPT = timedelta(days=30)


@transaction.atomic
def keep(
    article: Article | None, *, by: User, tab: str, step: int, edition: int, fields: Mapping[str, str]
) -> Buffer | None:
    """Keep what stands in one tab; None where that tab has saved its words as text. Changes nothing of the article.

    Raises:
        WorkflowError: it is longer than any text can be, or there are words from too many tabs already.
    """
    said = {name: _storable(fields[name]) for name in FIELDS if name in fields}
    if not TAB.fullmatch(tab) or sum(map(len, said.values())) > LONGEST:
        raise WorkflowError("This is longer than a text can be, so it is kept on this device only. Shorten it.")
    now = clock.now()
    new = {"article": article, "edition": edition, "step": step, "fields": said, "saved_at": now}
    others = Buffer.objects.filter(user=by, settled_at=None).exclude(tab=tab)
    if others.count() >= MOST_TABS:
        raise WorkflowError(
            f"There are unsaved words of yours from {MOST_TABS} tabs already, so these are kept on this device only."
            " Open the other texts, and take up or discard what waits there."
        )
    kept, is_new = Buffer.objects.select_for_update().get_or_create(user=by, tab=tab, defaults=new)
    if kept.settled_at:
        return None
    if not is_new and kept.step < step:
        for name, value in new.items():
            setattr(kept, name, value)
        kept.save()
    return kept


@transaction.atomic
def settle(article: Article, *, by: User, tab: str, taken: str = "") -> None:
    """The words of this tab are saved as text: they are not offered again, nor taken in when they arrive late.

    `taken` names what the tab had taken up; words added to that since then stay.
    """
    now = clock.now()
    if TAB.fullmatch(tab):
        done = {"article": article, "edition": article.edition, "step": 0, "fields": {}}
        Buffer.objects.update_or_create(user=by, tab=tab, defaults={**done, "saved_at": now, "settled_at": now})
    if named := re.fullmatch(r"(\d{1,15})-(\d{1,15})", taken):
        Buffer.objects.filter(user=by, pk=int(named[1]), step=int(named[2])).delete()


@transaction.atomic
def discard(buffer: Buffer, *, step: int) -> None:
    """Delete words their writer has looked at.

    Raises:
        Conflict: more was typed since; nothing was deleted.
    """
    if not Buffer.objects.filter(pk=buffer.pk, step=step).delete()[0]:
        raise Conflict("More words arrived from that tab after you opened this page, so nothing was discarded.")


def waiting(article: Article | None, *, by: User, besides: str = "") -> list[Buffer]:
    """What this person typed and never saved, newest first; what is stored word for word does not wait."""
    mine = Buffer.objects.filter(user=by, article=article, settled_at=None).exclude(tab=besides)
    stored = stored_fields(article, by=by) if article else {}
    return [buffer for buffer in mine if _says_more(buffer.fields, stored)]


def forget() -> int:
    """Delete what nobody came back to for thirty days; returns how many."""
    gone, _ = Buffer.objects.filter(saved_at__lt=clock.now() - KEPT).delete()
    if gone:
        record("words.forgotten", by=None, count=gone)
    return gone


def stored_fields(article: Article, *, by: User) -> dict[str, str]:
    """The working text as its form would show it to one of its authors."""
    texts = {name: str(getattr(article, name)) for name in FIELDS if name != "topic"}
    return texts | {
        "topic": str(article.topic_id),
        "ai_accountable": str(article.ai_accountable_id or ""),
        "interests": bylines.own_interests(article, by),
    }


def changes(article: Article, buffer: Buffer) -> list[Any]:
    """How the unsaved words differ from what is stored, in the words that readers would see."""
    stored, said = versions.working_text(article), buffer.fields
    topic = said.get("topic", "")
    own = {buffer.user_id: said["interests"]} if "interests" in said else {}
    named = Topic.objects.filter(pk=whole(topic) or 0).first()
    typed = {
        **stored,
        **{name: said.get(name, stored[name]) for name in ("title", "short_answer", "body", "plain_body", "audience")},
        "topic": named.name if named else stored["topic"],
        "declared": {
            "interests": bylines.interests_of(article, saying=own),
            "funding": said.get("funding", article.funding),
        },
        "ai": stored["ai"] | {"involvement": said.get("ai_involvement", stored["ai"]["involvement"])},
    }
    return versions.changes(stored, typed)


def _says_more(said: Mapping[str, str], stored: Mapping[str, str]) -> bool:
    if not stored:
        return any(said.get(name, "").strip() for name in WRITTEN)
    return any(words.strip() != stored[name].strip() for name, words in said.items() if name in stored)


def _storable(words: str) -> str:
    """As a browser's text field has it, without what no database takes; the form still judges every character."""
    lines = words.replace("\r\n", "\n").replace("\0", "\ufffd")
    return lines.encode(errors="replace").decode()
