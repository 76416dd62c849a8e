"""What each kind of article is built of: its sections, with guidance that only its authors ever see."""

import re
from dataclasses import dataclass

from articles.models import Article

GUIDANCE = re.compile(r"<!-- Guide:.*?(?:-->|\Z)", re.DOTALL)
HELP = ("When to get help", "Signs that need an ambulance, a doctor today, or a doctor soon: each with what to do.")
UNKNOWN = ("What is not known", "Say where and when somebody searched before you write that nothing is known.")


@dataclass(frozen=True)
class Outline:
    """The sections of one kind of article, each with what belongs there."""

    slug: str
    name: str
    asks: str
    sections: tuple[tuple[str, str], ...]

    @property
    def body(self) -> str:
        return "\n".join(f"## {heading}\n\n<!-- Guide: {guide} -->\n" for heading, guide in self.sections)


OUTLINES = (
    Outline(
        "condition",
        "Overview of a condition",
        "What is …, and what can be done about it?",
        (
            ("What it is", "One paragraph in everyday words. How common it is, in whom, in which country and year."),
            ("What causes it", "Tell known causes from risks that merely go along with it."),
            ("How it shows", "The usual signs first, the rare ones last."),
            ("How it is found", "Which tests, in which order, and what each can miss."),
            (
                "What can be done",
                "Benefits and harms of each choice, doing nothing included. Numbers out of 100 people.",
            ),
            ("What to expect", "The usual course with and without treatment, each with its source."),
            HELP,
            UNKNOWN,
        ),
    ),
    Outline(
        "treatment",
        "Does a treatment work?",
        "Does … help people with …?",
        (
            ("What was studied", "Who took part, what they got, what it was compared with, for how long."),
            ("How well it works", "Out of 100 people with it and without it. Say how certain that is."),
            ("What harm it can do", "Common harms and rare grave ones, out of 100 or 10,000 people."),
            ("What else there is", "Other treatments and doing nothing, in the same measure."),
            ("What bodies recommend", "Each recommendation with body, country and year."),
            HELP,
            UNKNOWN,
        ),
    ),
    Outline(
        "safety",
        "Safety of a medicine",
        "Is … safe for people who …?",
        (
            ("Who should not take it", "As the regulator's label says it: name the regulator and the year."),
            ("What it can do", "Harms by how often they happen; the dose and length of use they were seen with."),
            ("What it must not be taken with", "Other medicines, food, alcohol: what happens, and how grave it is."),
            ("Pregnancy, children, older people", "What is known for each, and where nothing is known."),
            ("Stopping it", "Whether it can be stopped at once, and who should be asked first."),
            HELP,
            UNKNOWN,
        ),
    ),
    Outline(
        "test",
        "Test or screening",
        "Should I have … to look for …?",
        (
            ("What it looks for", "The condition, and what finding it early can change."),
            ("How it is done", "What happens, how long it takes, what it costs in discomfort."),
            ("How good it is", "Out of 1,000 people tested: found, missed, and alarmed for nothing."),
            ("What good and harm come of it", "Lives and health gained, findings that would never have mattered."),
            ("Who is offered it", "By which body, in which country, from what age, since which year."),
            ("What happens after a result", "The next step for each result, with its own risks."),
            UNKNOWN,
        ),
    ),
    Outline(
        "profession",
        "What a professional does",
        "What does a … do, and when should I see one?",
        (
            ("What they do", "The work itself, and what it is not."),
            ("How they are trained", "Training and register, by country. Link the register."),
            ("When to see one", "Problems they can help with, and how well that is shown."),
            ("How to find one", "How to check that somebody is registered. No names of practices, nothing that sells."),
            ("What to ask", "Questions to bring along."),
            HELP,
        ),
    ),
    Outline(
        "definition",
        "Definition",
        "What is …?",
        (
            ("In one sentence", "The meaning, without a word that needs explaining."),
            ("What it means in practice", "An example. Where numbers matter, how to read them."),
            ("What it is often taken for", "Terms that are mixed up with it, and the difference."),
        ),
    ),
)


def outline(slug: str) -> Outline | None:
    return next((each for each in OUTLINES if each.slug == slug), None)


def holds_guidance(article: Article) -> bool:
    """Whether guidance is left in any text that readers would get."""
    return any(GUIDANCE.search(text) for text in (article.short_answer, article.body, article.plain_body))


def without_guidance(text: str) -> str:
    """The text with guidance blanked: what stands after it stays where it is."""
    return GUIDANCE.sub(lambda guide: re.sub(r"[^\n]", " ", guide[0]), text)
