"""How many pages are checked: counted from the records, at most a minute ago."""

import json
from datetime import datetime

from articles.models import Article
from articles.remembering import remembered

FRESH_SECONDS = 60


def counted(*, at: datetime) -> dict[str, int]:
    """`checked` of `all`; over many articles this is too dear to work out for every page."""
    return json.loads(remembered("counted", lambda: json.dumps(Article.objects.counted(at=at)), seconds=FRESH_SECONDS))
