"""Finding articles of any state by their question's words or their author, for those who may know that they exist."""

import re

from django.db import connection

MOST_FOUND = 500
MOST_WORDS = 8
WORD = re.compile(r"\w+", re.UNICODE)

FIND = {
    "sqlite": "SELECT rowid AS id FROM articles_titles WHERE articles_titles MATCH %s ORDER BY rowid DESC LIMIT %s",
    "postgresql": "SELECT id FROM articles_article WHERE to_tsvector('simple', title) @@ to_tsquery('simple', %s)"
    " ORDER BY id DESC LIMIT %s",
}
OF_AN_AUTHOR = (
    "SELECT id FROM articles_article WHERE author_id IN"
    " (SELECT id FROM editorial_user WHERE LOWER(printed_name) LIKE %s ESCAPE '!')"
    " ORDER BY id DESC LIMIT %s"
)

BUILD = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS articles_titles USING fts5"
        "(title, content='articles_article', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
        "DROP TRIGGER IF EXISTS title_added",
        "DROP TRIGGER IF EXISTS title_removed",
        "DROP TRIGGER IF EXISTS title_changed",
        "CREATE TRIGGER title_added AFTER INSERT ON articles_article BEGIN"
        " INSERT INTO articles_titles(rowid, title) VALUES (new.id, new.title); END",
        "CREATE TRIGGER title_removed AFTER DELETE ON articles_article BEGIN"
        " INSERT INTO articles_titles(articles_titles, rowid, title) VALUES ('delete', old.id, old.title); END",
        "CREATE TRIGGER title_changed AFTER UPDATE OF title ON articles_article BEGIN"
        " INSERT INTO articles_titles(articles_titles, rowid, title) VALUES ('delete', old.id, old.title);"
        " INSERT INTO articles_titles(rowid, title) VALUES (new.id, new.title); END",
        # A table that was rebuilt has lost its triggers, and the index what happened meanwhile.
        "INSERT INTO articles_titles(articles_titles) VALUES ('rebuild')",
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS title_words ON articles_article USING gin (to_tsvector('simple', title))",
    ),
}


def having(text: str) -> list[int]:
    """Keys of the newest with words in their question that begin so, and of the newest whose author is called so."""
    words = WORD.findall(text.casefold())[:MOST_WORDS]
    if not words:
        return []
    name = re.sub(r"([%_!])", r"!\1", text.strip().lower())
    with connection.cursor() as cursor:
        both = f"SELECT id FROM ({FIND[connection.vendor]}) AS a UNION SELECT id FROM ({OF_AN_AUTHOR}) AS b"  # noqa: S608
        cursor.execute(both, [_asked(words), MOST_FOUND, f"%{name}%", MOST_FOUND])
        return [pk for (pk,) in cursor.fetchall()]


def build() -> None:
    """Put the database's own index in place; safe to call again after each migration."""
    with connection.cursor() as cursor:
        for statement in BUILD[connection.vendor]:
            cursor.execute(statement)


def _asked(words: list[str]) -> str:
    """In quotes, so that no word can be an operator; each stands for whatever begins with it."""
    if connection.vendor == "postgresql":
        return " & ".join(f"'{word}':*" for word in words)
    return " ".join(f'"{word}"*' for word in words)
