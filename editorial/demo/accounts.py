"""The people of the demonstration, and how to sign in as each."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from articles.models import Topic
from editorial.models import User
from reviews import credentials, interests
from reviews.models import BoardMember

HERE = Path(__file__).parent
PASSWORD = "read-before-you-sign"  # noqa: S105 (printed on purpose; the demo refuses to load in production)
SHOWN = (
    ("ana", "writes articles herself"),
    ("tomas", "writes with an AI drafting tool"),
    ("eva", "managing editor: assigns, watches the queue, releases"),
    ("ruth", "responsible editor: releases, corrects, retracts"),
    ("rita", "board member, physiotherapist"),
    ("jonas", "board member, neurologist"),
    ("mei", "board member, pharmacist"),
    ("admin", "superuser: manages accounts, and can approve nothing"),
)


def printed() -> str:
    """The lines the console shows under the address."""
    rows = "\n".join(f"    {username:<7} {duty}" for username, duty in SHOWN)
    factor = (
        "a second factor is asked for"
        if settings.REQUIRE_SECOND_FACTOR
        else "no second factor is asked for in the demo"
    )
    return f"  Sign in as (password for all: {PASSWORD}; {factor})\n{rows}"


def create() -> dict[str, User]:
    """Topics, accounts and board members; one hash for all, since the password is public anyway."""
    topics = {row["slug"]: Topic.objects.create(**row) for row in _read("topics.yaml")}
    password = make_password(PASSWORD)
    people = {row["username"]: _person(row, password=password, topics=topics) for row in _read("people.yaml")}
    people["admin"] = User.objects.create(
        username="admin", printed_name="Site administrator", is_staff=True, is_superuser=True, password=password
    )
    return people


def _person(row: dict[str, Any], *, password: str, topics: dict[str, Topic]) -> User:
    user = User.objects.create(
        username=row["username"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        printed_name=row["printed_name"],
        email=row["email"],
        password=password,
        is_staff=row["role"] != "author",
        is_managing_editor=row["role"] == "managing_editor",
        is_responsible_editor=row["role"] == "responsible_editor",
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if row["role"] == "board_member":
        member = BoardMember.objects.create(
            user=user,
            profession=row["profession"],
            biography=row["bio"],
            joined_at=date(2023, 9, 1),
        )
        member.specialties.set(topics[slug] for slug in row["specialties"])
    return user


def stand_up(people: dict[str, User]) -> None:
    """The board as it worked all along: credentials verified by the managing editor, interests declared once a year."""
    rows = [row for row in _read("people.yaml") if row["role"] == "board_member"]
    for row in rows:
        member = people[row["username"]].board_member
        credentials.verify(credentials.add(member, by=people["eva"], **row["credential"]), by=people["eva"])
        declare(people, row["username"])


def declare(people: dict[str, User], *usernames: str) -> None:
    for row in _read("people.yaml"):
        if row["username"] in usernames:
            items = [interests.Item(is_major=False, **item) for item in row["interests"].get("items", [])]
            member = people[row["username"]].board_member
            interests.declare(member, by=member.user, items=items, none_declared=not items)


def _read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
