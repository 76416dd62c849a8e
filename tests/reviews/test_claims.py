"""Reading claim by claim: who may judge what, what is kept, what carries over, and what an approval asks for."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from articles import editing, retractions
from articles.importers.retractions import ListedPaper
from articles.states import AiInvolvement
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import assignments, checklist, claims, completeness, confirmation, decisions, policy, publication
from reviews.checklist import Said
from reviews.claims import claims_of
from reviews.models import ChecklistAnswer, ClaimVerdict, Decision
from tests import factories
from tests.codes import code_of

pytestmark = pytest.mark.django_db

BODY = (
    "## What it does\n\n"
    "Regular exercise eases back pain by **4 points** of 100 [@hayden2021]. Walking is free.\n\n"
    "Most plans take 30 minutes on three days.\n"
)
PLAIN = "Plan for about 12 weeks."


@pytest.fixture
def reading(ana, rob, eva):
    """Rob's reading of a text with three claims in its body and one in plain language."""
    article = factories.submitted(by=ana, body=BODY, plain_body=PLAIN, short_answer="About 4 points [@hayden2021].")
    return factories.assigned(article, rob, by=eva)


@pytest.fixture
def on(reading):
    return {"by": reading.reviewer.user, "digest": reading.revision.digest}


def read(assignment):
    return completeness.reading_of(assignment, rule=policy.in_force().rule(2))


def again(assignment, *, by, **changes):
    """The article as its author changed it, for the same reviewer to read again."""
    article = factories.fresh(assignment.revision.article)
    editing.change(article, by=by, edition=article.edition, **changes)
    publication.submit(factories.answered(article), by=by)
    return factories.assigned(factories.fresh(article), assignment.reviewer, by=assignment.assigned_by)


# Which sentences


def test_every_claim_of_every_variant_stands_in_reading_order_beside_its_frozen_sources(reading):
    found = claims_of(reading.revision)
    assert [(c.number, c.field, c.kinds) for c in found] == [
        (1, "short_answer", ("citation", "number")),
        (2, "body", ("citation", "number")),
        (3, "body", ("number",)),
        (4, "plain_body", ("number",)),
    ]
    assert [s["doi"] for s in found[1].sources] == ["10.1002/14651858.CD009790.pub2"]
    assert found[1].pieces == (
        ("words", "Regular exercise eases back pain by 4 points of 100 "),
        ("cites", "1"),
        ("words", "."),
    )


def test_texts_with_ai_are_judged_whole_and_others_by_a_sample_that_nobody_chooses(ana, rob, eva):
    body = "\n\n".join(f"Walk for {n} minutes [@hayden2021]." for n in range(1, 41))
    human = factories.submitted(by=ana, risk=1, body=body, ai_involvement=AiInvolvement.NONE)
    machine = factories.submitted(by=ana, risk=1, body=body)
    rule = policy.in_force().rule(1)
    drawn = [claims.required(claims_of(a.latest_revision), a.latest_revision, rule) for a in (human, human, machine)]
    assert drawn[0] == drawn[1]
    assert (len(drawn[0]), len(drawn[2])) == (12, 40)
    few = factories.submitted(
        by=ana, risk=1, body="\n\n".join(body.split("\n\n")[:9]), ai_involvement=AiInvolvement.NONE
    )
    assert len(claims.required(claims_of(few.latest_revision), few.latest_revision, rule)) == claims.FEWEST
    strict = policy.in_force().rule(2)
    assert len(claims.required(claims_of(human.latest_revision), human.latest_revision, strict)) == 40


# Judging


def test_a_verdict_is_kept_changed_and_taken_back_each_with_one_entry(reading, on):
    claim = claims_of(reading.revision)[1]
    entries = AuditEntry.objects.count()
    claims.judge(reading, claim.identity, "supported", place=" p. 12 ", **on)
    claims.judge(reading, claim.identity, "supported", place="p. 12", **on)
    assert AuditEntry.objects.count() == entries + 1, "saying the same again writes nothing"
    claims.judge(reading, claim.identity, "contradicted", note="It says 14 points.", **on)
    kept = ClaimVerdict.objects.get()
    assert (kept.finding, kept.place, kept.note) == ("contradicted", "", "It says 14 points.")
    claims.clear(reading, claim.identity, **on)
    assert not ClaimVerdict.objects.exists()
    assert AuditEntry.objects.count() == entries + 3
    with pytest.raises(Conflict, match="no verdict to take back"):
        claims.clear(reading, claim.identity, **on)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"finding": "splendid"}, "one of the six"),
        ({"finding": "not_supported"}, "write a note for the authors"),
        ({"finding": "wrong_population", "note": " \n"}, "write a note for the authors"),
        ({"identity": "f" * 64}, "no such claim"),
        ({"identity": "\x00"}, "no such claim"),
        ({"note": "x" * 100_000}, "limit is 2,000"),
        ({"note": "x" * 300_000}, "limit is 200 KB"),
        ({"note": "a\x00b"}, "hides or disturbs"),
        ({"place": "\u202epage 2"}, "hides or disturbs"),
        ({"place": "p" * 400}, "limit is 300"),
        ({"finding": "\x00"}, "one of the six"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_makes_no_verdict_is_refused_in_a_sentence_and_leaves_nothing(reading, on, said, refusal):
    entries = AuditEntry.objects.count()
    given = {"identity": claims_of(reading.revision)[0].identity, "finding": "supported"} | said
    with pytest.raises(WorkflowError, match=refusal):
        claims.judge(reading, **given, **on)
    assert not ClaimVerdict.objects.exists()
    assert AuditEntry.objects.count() == entries


def test_a05_only_the_holder_of_an_open_assignment_judges_answers_and_begins(
    reading, on, ana, eva, root, noor, max_the_machine, rita
):
    other = factories.assigned(reading.revision.article, rita, by=eva)
    identity = claims_of(reading.revision)[0].identity
    acts = (
        lambda given: claims.judge(reading, identity, "supported", **given),
        lambda given: claims.clear(reading, identity, **given),
        lambda given: checklist.answer(reading, {"fit": Said("yes")}, **given),
        lambda given: claims.begin(reading, by=given["by"]),
    )
    claims.judge(reading, identity, "supported", **on)
    for somebody in (ana, eva, root, noor, max_the_machine, other.reviewer.user):
        for act in acts:
            with pytest.raises(PermissionDenied):
                act(on | {"by": somebody})
    assignments.take_back(reading, by=eva, reason="Rob is on leave.")
    for act in acts:
        with pytest.raises(Conflict):
            act(on)
    assert ClaimVerdict.objects.count() == 1
    assert not ChecklistAnswer.objects.exists()


def test_nothing_is_judged_about_another_text_than_the_one_that_was_served(reading, on, rita, eva, ana):
    identity = claims_of(reading.revision)[0].identity
    stale = on | {"digest": "0" * 64}
    for act in (
        lambda: claims.judge(reading, identity, "supported", **stale),
        lambda: checklist.answer(reading, {"fit": Said("yes")}, **stale),
    ):
        with pytest.raises(Conflict, match="not the one under review"):
            act()
    other = factories.submitted(by=ana, body="Another text of 9 words [@hayden2021].")
    with pytest.raises(WorkflowError, match="no such claim"):
        claims.judge(reading, claims_of(other.latest_revision)[0].identity, "supported", **on)


def test_two_tabs_do_not_overwrite_each_other_unseen(reading, on):
    identity = claims_of(reading.revision)[0].identity
    first = claims.judge(reading, identity, "not_supported", note="Long careful words.", seen="", **on)
    with pytest.raises(Conflict, match="changed in another tab"):
        claims.judge(reading, identity, "supported", seen="", **on)
    repeated = claims.judge(reading, identity, "not_supported", note="Long careful words.", seen="", **on)
    assert repeated.pk == first.pk
    claims.judge(reading, identity, "supported", seen=claims.mark_of(first), **on)
    assert ClaimVerdict.objects.get().finding == "supported"


def test_a_checklist_answer_is_kept_and_a_no_says_what_is_missing(reading, on):
    entries = AuditEntry.objects.count()
    checklist.answer(reading, {"fit": Said("yes"), "numbers": Said("na")}, **on)
    checklist.answer(reading, {"fit": Said("yes")}, **on)
    assert AuditEntry.objects.count() == entries + 1
    for said, refusal in (
        ({"harm": Said("no")}, "say in the note"),
        ({"harm": Said("na")}, "can be answered with “Yes”, “No”"),
        ({"charm": Said("yes")}, "no item “charm”"),
        ({"harm": Said("perhaps")}, "can be answered with"),
        ({"harm": Said("yes", "\x00")}, "hides or disturbs"),
    ):
        with pytest.raises(WorkflowError, match=refusal):
            checklist.answer(reading, said, **on)
    assert {row.item: row.answer for row in reading.checklist_answers.all()} == {"fit": "yes", "numbers": "na"}
    assert len(checklist.ITEMS) == 12


# What carries over


def test_untouched_claims_carry_over_for_the_same_person_and_changed_ones_are_open(reading, on, ana, rita, eva):
    for claim in claims_of(reading.revision):
        claims.judge(reading, claim.identity, "supported", place=f"p. {claim.number}", **on)
    first = factories.decided(reading, "request_changes")
    second = again(reading, by=ana, plain_body="Plan for about 10 weeks.")
    others = factories.assigned(second.revision.article, rita, by=eva)
    claims.begin(second, by=on["by"])
    claims.begin(second, by=on["by"])
    claims.begin(others, by=rita.user)
    kept = read(second)
    assert [kept.verdicts[c.identity].place for c in kept.claims[:3]] == ["p. 1", "p. 2", "p. 3"]
    assert {verdict.carried_from for verdict in kept.verdicts.values()} == {first}
    assert kept.claims[3].identity not in kept.verdicts
    assert not others.claim_verdicts.exists(), "what somebody else judged is not one's own"
    assert AuditEntry.objects.filter(action="claims.carried_over").count() == 1
    claims.judge(second, kept.claims[0].identity, "supported", place="p. 1", by=on["by"], digest=second.revision.digest)
    assert read(second).verdicts[kept.claims[0].identity].carried_from is None, "said anew, it is today's verdict"


def test_a_claim_whose_source_was_changed_or_retracted_is_judged_again(reading, on, ana):
    for claim in claims_of(reading.revision):
        claims.judge(reading, claim.identity, "supported", **on)
    factories.decided(reading, "request_changes")
    article = factories.fresh(reading.revision.article)
    record = article.references.get().as_record()
    editing.save_reference(article, record | {"year": 2005}, by=ana, key="hayden2021")
    second = again(reading, by=ana, title="Does it help?")
    claims.begin(second, by=on["by"])
    assert {c.number for c in read(second).claims if c.identity in read(second).verdicts} == {3, 4}

    for claim in claims_of(second.revision):
        claims.judge(second, claim.identity, "supported", by=on["by"], digest=second.revision.digest)
    factories.decided(second, "request_changes")
    third = again(second, by=ana, title="Does it help at all?")
    retractions.replace_list([ListedPaper("10.1002/14651858.cd009790.pub2", "", "retraction")])
    claims.begin(third, by=on["by"])
    assert {c.number for c in read(third).claims if c.identity in read(third).verdicts} == {3, 4}


# What an approval asks for


def test_an_approval_lists_what_is_missing_and_where_and_then_freezes_all_of_it(reading, on):
    form = factories.served(reading) | {
        "confirmation": confirmation.proof_of(on["by"], digest=on["digest"], method="password")
    }
    found = claims_of(reading.revision)
    claims.judge(reading, found[0].identity, "supported", place="Table 2", **on)
    claims.judge(reading, found[1].identity, "wrong_population", note="These were athletes.", **on)
    yes = {item.name: Said("yes") for item in checklist.ITEMS if item.name != "fit"}
    checklist.answer(reading, yes | {"harm": Said("no", "No word about fractures.")}, **on)
    with pytest.raises(completeness.Incomplete) as refusal:
        decisions.approve(reading, **form)
    assert [one.anchor for one in refusal.value.missing] == ["claim-3", "claim-2", "check-fit", "check-harm"]
    assert "Claims 3, 4 have no verdict yet" in str(refusal.value)
    assert not Decision.objects.exists()

    for claim in found[1:]:
        claims.judge(reading, claim.identity, "partly", **on)
    checklist.answer(reading, {"fit": Said("yes"), "harm": Said("yes")}, **on)
    decision = decisions.approve(reading, **form)
    assert [(c["number"], c["finding"], c["place"]) for c in decision.claims] == [
        (1, "supported", "Table 2"),
        *((number, "partly", "") for number in (2, 3, 4)),
    ]
    assert decision.claims[1]["sentence"] == "Regular exercise eases back pain by 4 points of 100 [1]."
    assert [answer["item"] for answer in decision.checklist] == [item.name for item in checklist.ITEMS]
    assert decision.confirmed_by == "password"
    assert verify().faults == []


def test_other_decisions_need_no_complete_reading_and_keep_what_was_judged(reading, on):
    claim = claims_of(reading.revision)[2]
    claims.judge(reading, claim.identity, "not_supported", note="It says 20.", **on)
    decision = factories.decided(reading, "unsafe", reason="Ten times the dose.")
    assert [(c["sentence"], c["note"]) for c in decision.claims] == [
        ("Most plans take 30 minutes on three days.", "It says 20.")
    ]
    assert (decision.checklist, decision.confirmed_by) == ([], "")


# Who approves


@pytest.fixture
def rob_with_password(rob, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    rob.user.set_password("right-password")
    rob.user.save()
    return rob.user


def test_a_proof_is_good_for_one_person_one_text_and_some_minutes(assignment, rob_with_password, rita):
    form = factories.read(assignment)
    digest = form["digest"]
    proof = confirmation.confirm(rob_with_password, digest=digest, secret="right-password")
    with clock.at(clock.now() - timedelta(minutes=16)):
        old = confirmation.proof_of(rob_with_password, digest=digest, method="password")
    of_rita = confirmation.proof_of(rita.user, digest=digest, method="password")
    of_another_text = confirmation.proof_of(rob_with_password, digest="0" * 64, method="password")
    receipt = form["receipt"]
    for bad in ("", "forged", proof[:-1], of_rita, of_another_text, receipt):
        with pytest.raises(WorkflowError, match="Confirm that it is you"):
            decisions.approve(assignment, **form, confirmation=bad)
    with pytest.raises(WorkflowError, match="more than 15 minutes ago"):
        decisions.approve(assignment, **form, confirmation=old)
    assert decisions.approve(assignment, **form, confirmation=proof).confirmed_by == "password"


def test_passwords_cannot_be_guessed_and_without_a_count_nobody_is_confirmed(rob_with_password, monkeypatch):
    wrong = {"digest": "d" * 64, "secret": "wrong"}
    for _ in range(confirmation.MOST_WRONG):
        with pytest.raises(WorkflowError, match="not your password"):
            confirmation.confirm(rob_with_password, **wrong)
    with pytest.raises(WorkflowError, match="Too many wrong tries"):
        confirmation.confirm(rob_with_password, digest="d" * 64, secret="right-password")
    assert AuditEntry.objects.filter(action="confirmation.failed").count() == confirmation.MOST_WRONG
    cache.clear()
    for _ in range(2 * confirmation.MOST_WRONG):
        confirmation.confirm(rob_with_password, digest="d" * 64, secret="right-password")

    def broken(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "incr", broken)
    with pytest.raises(WorkflowError, match="cannot be confirmed at the moment"):
        confirmation.confirm(rob_with_password, digest="d" * 64, secret="right-password")


def test_whoever_has_no_password_confirms_by_a_code_which_counts_once(rob):
    with pytest.raises(WorkflowError, match="neither a password nor an app"):
        confirmation.confirm(rob.user, digest="d" * 64, secret="")
    app = TOTP.activate(rob.user, generate_totp_secret()).instance
    proof = confirmation.confirm(rob.user, digest="d" * 64, secret=code_of(app))
    within = {"digest": "d" * 64, "within": confirmation.WITHIN}
    assert confirmation.method_of(proof, by=rob.user, **within) == "code"
    for wrong in (code_of(app), "000000", ""):
        with pytest.raises(WorkflowError, match="not a code that your app shows now"):
            confirmation.confirm(rob.user, digest="d" * 64, secret=wrong)


def test_a_policy_from_before_claims_were_sampled_still_holds(ruth):
    rules = policy.in_force().rules
    laid = policy.lay_down(rules, by=ruth, note="As before.")
    old = {
        risk: {k: v for k, v in rule.items() if k not in ("claim_sample", "confirm_within_minutes")}
        for risk, rule in laid.rules.items()
    }
    policy.ReviewPolicy.objects.create(
        version=laid.version + 1, in_force_from=clock.now(), rules=old, laid_down_by="somebody"
    )
    assert policy.in_force().rule(1).claim_sample == 100
    with pytest.raises(WorkflowError, match="1 to 100 %"):
        policy.lay_down({**rules, 1: policy.Rule(1, 0, True, 36, None, None, 21, claim_sample=0)}, by=ruth, note="x")
