"""The house that browser tests walk through: an article in each standing that readers can meet."""

from datetime import timedelta

import pytest

from articles import editing
from articles.models import Article
from editorial import clock
from reviews import publication
from tests import factories

TOO_OLD = 800  # days: past the check date of a medium risk
LONG_AGO = 500  # days: past the check date of a high risk, and past the time it stays up after that


@pytest.fixture
def with_text(ana, rob, rita, eva, ruth) -> dict[str, Article]:
    """One article for each standing under which readers get a text."""
    people = {"by": ana, "reviewer": rob, "editor": eva}
    asked = factories.assigned(factories.submitted(by=ana), rob, by=eva)
    returned = factories.assigned(factories.submitted(by=ana), rob, by=eva)
    factories.decided(returned, "request_changes")
    doubted, retracted, changed = (factories.approved(**people) for _ in range(3))
    publication.raise_concern(
        doubted, by=ruth, text="One of its sources is being looked into.", details=factories.CONCERN
    )
    publication.retract(
        retracted,
        by=ruth,
        text="It overstates the effect.",
        reason="The source was misread.",
        details=factories.RETRACTION,
    )
    editing.change(changed, by=ana, edition=changed.edition, body=factories.BODY.replace("a little", "somewhat"))
    publication.submit(changed, by=ana, change_note="Said it more exactly.")
    return {
        "submitted": factories.submitted(by=ana),
        "under review": asked.revision.article,
        "changes requested": returned.revision.article,
        "approved": factories.approved(**people, plain_body="Moving helps a little."),
        "changed since its check": changed,
        "overdue": factories.approved(**people, days_ago=TOO_OLD),
        "under an expression of concern": doubted,
        "retracted": retracted,
    }


@pytest.fixture
def without_text(ana, rob, rita, eva) -> dict[str, Article]:
    """Articles whose address still answers, without their text."""
    withdrawn = factories.approved(by=ana, reviewer=rob, editor=eva)
    publication.withdraw(withdrawn, by=ana, reason="Written anew elsewhere.")
    return {"withdrawn": withdrawn, "no longer shown": _hidden(ana, [rob, rita], eva)}


def _hidden(author, reviewers, editor) -> Article:
    with clock.at(clock.now() - timedelta(days=LONG_AGO)):
        article = factories.submitted(by=author, risk=3)
        for reviewer in reviewers:
            factories.decided(factories.assigned(article, reviewer, by=editor))
        publication.release(article, by=editor, digest=article.latest_revision.digest)
    return factories.fresh(article)
