"""Who may import whom, and which file alone may do what: the rules that keep the promise readable from the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

HOME = Path(settings.HOME)
OURS = ("editorial", "articles", "reviews")

# The house: where the two apps are plugged together. It may know everybody, and nobody below may know it.
HOUSE = (
    "editorial.settings",
    "editorial.urls",
    "editorial.account_urls",
    "editorial.celery",
    "editorial.management",
    "editorial.demo",
)
MAY_IMPORT = {
    "editorial": {"editorial"},
    "articles": {"editorial", "articles"},
    "reviews": {"editorial", "articles", "reviews"},
    "house": {"editorial", "articles", "reviews", "house"},
}

# Files that speak HTTP. Whatever they call is told who acts and at what moment, never with which request.
SPEAKS_HTTP = re.compile(
    r"[/_](views|pages?|api|feeds|headers|channels|adapter|admin\w*|middleware|limits|context|health"
    r"|review_desk|desk_site)\.py$"
)

# Every place that takes frozen text out of a revision, and what it takes.
OUT_OF_A_REVISION = {
    "articles/models.py": {"self.content"},  # reads it
    "articles/seals.py": {"revision.content"},  # proves it
    "articles/public.py": {"revision.data", "revision.content", "named.data"},  # the door
    # The desks, for the people whose work it is: what changed since, the AI statement, the question.
    "reviews/desk_page.py": {"revision.data", "compared.data", "assignment.revision.data"},
    "reviews/invitation_pages.py": {"revision.data"},
    "reviews/editor_page.py": {"revision.data", "article.latest_revision.data"},
    "reviews/claims.py": {"revision.data"},
    "reviews/later_checks.py": {"revision.data"},
    "reviews/history_pages.py": {"article.latest_revision.data"},
    "reviews/point_pages.py": {"newest.data"},
    "articles/versions.py": {"revision.data"},
    "reviews/views.py": {"last.data"},
    "reviews/dissent_pages.py": {"decision.revision.data"},
    "reviews/typing_pages.py": {"read.data", "correction.revision.data", "article.approval.revision.data"}
    | {"article.approval.of_quorum.revision.data"},
    # A sentence that somebody asked about, and what became of it.
    "reviews/thread_cards.py": {"revision.data"},
    "articles/counterparts.py": {"old.content", "self.content"},
    # Verbs that judge by the text and show nothing of it: the topic it was submitted under, words that raise its class.
    "reviews/matching.py": {"revision.data", "article.latest_revision.data"},
    "reviews/publication.py": {"frozen.data"},
    "articles/check_runs.py": {"revision.data"},
    "reviews/typing_corrections.py": {"standing.revision.data", "standing.of_quorum.revision.data"},
}
OF_AN_AUDIT_ENTRY = {"reviews/source_alerts.py": {"last.data"}}
# Other things called so: forms, answers, Markdown tokens, audit entries.
OF_SOMETHING_ELSE = re.compile(r"^(form|response|token|child|tokens\[index\]|entry|answer|field|error)$")
FORM_CLASS_FILES = re.compile(r"(^|/)forms(/|\.py)|author_forms\.py|_forms\.py")


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for app in OURS for path in (HOME / app).rglob("*.py") if "migrations" not in path.parts]
    return {path.relative_to(HOME).as_posix(): ast.parse(path.read_text()) for path in sorted(paths)}


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def layer_of(module: str) -> str:
    # The package itself only hands out the queue, as Celery asks.
    is_house = module == "editorial" or any(module == name or module.startswith(f"{name}.") for name in HOUSE)
    return "house" if is_house else module.split(".")[0]


def imports_of(path: str) -> Iterator[str]:
    """Full names; `from articles import editing` imports a module of ours just as well as a name."""
    for node in ast.walk(sources()[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.split("/")[: -node.level] if node.level else []
            yield from (".".join([*package, *filter(None, [node.module]), alias.name]) for alias in node.names)


def nodes(*kinds: type) -> Iterator[tuple[str, ast.AST]]:
    for path, tree in sources().items():
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, kinds))


def where(path: str, node: ast.AST) -> str:
    return f"{path}:{node.lineno}: {ast.unparse(node)[:90]}"


# Imports


def test_imports_flow_one_way():
    broken = [
        f"{path} imports {name}"
        for path in sources()
        for name in imports_of(path)
        if name.split(".")[0] in OURS and layer_of(name) not in MAY_IMPORT[layer_of(module_of(path))]
    ]
    assert broken == []


def test_articles_never_names_reviews_nor_what_reviews_hang_on_its_models():
    hung = set(_accessors_from_reviews())
    assert "board_member" in hung
    broken = [where(path, node) for path, node in nodes(ast.Attribute) if _is_upward(path) and node.attr in hung]
    broken += [
        where(path, node)
        for path, node in nodes(ast.Constant)
        if _is_upward(path) and isinstance(node.value, str) and _names_reviews(node.value, hung)
    ]
    assert broken == []


def _is_upward(path: str) -> bool:
    return path.startswith("articles/")


def _accessors_from_reviews() -> Iterator[str]:
    for model in apps.get_app_config("reviews").get_models():
        for field in model._meta.get_fields():
            other = field.remote_field.model if getattr(field, "remote_field", None) and field.concrete else None
            if other and other._meta.app_label != "reviews" and not field.remote_field.hidden:
                yield field.remote_field.get_accessor_name()


def _names_reviews(words: str, hung: set[str]) -> bool:
    return words.startswith(("reviews.", "reviews/")) or re.split("__", words)[0] in hung


def test_everything_is_imported_at_the_top_of_its_file():
    functions = [(path, node) for path, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)]
    inside = [
        where(path, inner)
        for path, function in functions
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_no_signals_between_our_apps():
    """Only the end of a migration is heard, to lay down what must be there."""
    heard = {
        name
        for path in sources()
        for name in imports_of(path)
        if name.startswith(
            ("django.db.models.signals", "django.dispatch", "django.core.signals", "simple_history.signals")
        )
    }
    assert heard == {"django.db.models.signals.post_migrate"}


# One place for each act


def test_only_transitions_assigns_the_state_of_an_article():
    found = {path for path, node in nodes(ast.Attribute) if _is_stored(node, "state")}
    assert found == {"articles/transitions.py"}


def test_no_queryset_or_constructor_sets_a_state_either():
    """A message of the outbox has a state too, which is said by `Delivery`."""
    writes = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "Article", "setattr"}
    found = {
        where(path, node)
        for path, node in nodes(ast.Call)
        if _called(node) in writes and _mentions_state(node) and not _is_about_delivery(path, node)
    }
    assert found == set()


def _is_about_delivery(path: str, node: ast.Call) -> bool:
    return path == "reviews/delivery.py" or any(
        keyword.arg == "state" and ast.unparse(keyword.value).startswith("Delivery.") for keyword in node.keywords
    )


def test_a_form_can_never_hold_the_state():
    assert not apps.get_model("articles.Article")._meta.get_field("state").editable
    assert not apps.get_model("articles.Article")._meta.get_field("approval").editable


def _is_stored(node: ast.Attribute, name: str) -> bool:
    return node.attr == name and isinstance(node.ctx, ast.Store | ast.Del)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _mentions_state(node: ast.Call) -> bool:
    words = {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)}
    return any(keyword.arg == "state" for keyword in node.keywords) or "state" in words


def test_approvals_are_written_by_transitions_alone():
    made = {path for path, node in nodes(ast.Call) if ast.unparse(node.func) in ("Approval", "Approval.objects.create")}
    assigned = {path for path, node in nodes(ast.Attribute) if _is_stored(node, "approval")}
    assert made | assigned == {"articles/transitions.py"}


def test_frozen_text_leaves_only_through_the_door_and_the_desks():
    allowed = {
        (path, words) for table in (OUT_OF_A_REVISION, OF_AN_AUDIT_ENTRY) for path in table for words in table[path]
    }
    found = {
        (path, ast.unparse(node))
        for path, node in nodes(ast.Attribute)
        if node.attr in ("data", "content") and not _is_something_else(path, node)
    }
    assert found - allowed == set()


def _is_something_else(path: str, node: ast.Attribute) -> bool:
    of = ast.unparse(node.value)
    is_form = of == "self" and FORM_CLASS_FILES.search(path)
    return bool(is_form or OF_SOMETHING_ELSE.match(of))


def test_no_query_picks_frozen_text_past_the_door():
    picks = {"values", "values_list", "only", "F", "Func", "annotate", "earliest", "filter", "Subquery"}
    found = [
        where(path, node)
        for path, node in nodes(ast.Call)
        if _called(node) in picks
        for argument in [*node.args, *(k.value for k in node.keywords)]
        if isinstance(argument, ast.Constant) and re.fullmatch(r"(\w+__)?content", str(argument.value))
    ]
    assert found == []


def test_only_permissions_writes_object_permissions():
    writers = {
        path
        for path in sources()
        for name in imports_of(path)
        if name.startswith("guardian.") and "get_objects" not in name and "models" not in name
    }
    assert writers == {"articles/permissions.py"}
    named = {path for path, node in nodes(ast.Name) if node.id == "ArticleUserObjectPermission"}
    assert named <= {"articles/permissions.py"}


def test_audit_entries_are_written_by_the_chain_alone():
    made = {
        path
        for path, node in nodes(ast.Call)
        if ast.unparse(node.func) in ("AuditEntry", "AuditEntry.objects.create", "AuditEntry.objects.bulk_create")
    }
    assert made == {"editorial/audit.py"}


# Requests, doors, readers


def test_no_request_below_views():
    found = {
        path
        for path, node in nodes(ast.arg)
        if node.arg == "request" or (node.annotation and "HttpRequest" in ast.unparse(node.annotation))
    }
    assert len(found) > 10
    assert [path for path in sorted(found) if not SPEAKS_HTTP.search(path)] == []


NARROWED = {
    "Article": {"visible_to", "editable_by", "public", "checked", "counted"},
    "ReviewAssignment": {"visible_to", "held_by", "none"},
    "Notification": {"visible_to", "inbox_of"},
}


def test_inv9_what_speaks_http_finds_through_visible_to():
    """`for_public` decides by the standing; what is looked up beside an object already found names that object."""
    of_a_found_one = re.compile(r"\.filter\((pk=revision\.article_id|revision(__article)?=)")
    found = [
        where(path, node)
        for path, node in nodes(ast.Call)
        if SPEAKS_HTTP.search(path) and _unscoped(node) and not of_a_found_one.search(ast.unparse(node))
    ]
    allowed = re.compile(
        r"articles/\w+\.py:\d+: Article\.objects\.(filter\(slug=slug\)|all\(\))"  # within for_public
        r"|articles/feeds\.py:\d+: Article\.objects\.aggregate\(last=Max\('pk'\)\)"  # how many files, not which rows
        r"|reviews/editor_page\.py:\d+: Article\.objects\.all\(\)"  # re-reads the one it found
        r"|reviews/health\.py:\d+: Notification\.objects\.filter"  # counts, for the watchman
        r"|reviews/desk_page\.py:\d+: ReviewAssignment\.objects\.select_related"  # what `visible_to` is put behind
    )
    assert [each for each in found if not allowed.match(each)] == []


def _unscoped(node: ast.Call) -> str:
    """The model that this call reads without narrowing, if it is the first call on its manager."""
    if not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Attribute):
        return ""
    manager = node.func.value
    model = manager.value.id if isinstance(manager.value, ast.Name) and manager.attr == "objects" else ""
    return model if model in NARROWED and node.func.attr not in NARROWED[model] else ""


# Templates


TEMPLATES = HOME / "templates"


def test_html_is_trusted_in_one_template():
    trusting = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off")
    found = [path.relative_to(TEMPLATES).as_posix() for path in _templates() if trusting.search(path.read_text())]
    assert found == ["articles/_frozen.html"]


def test_few_functions_say_that_html_is_safe():
    """Each of these marks what was escaped or made from constants a line before."""
    found = {path for path, node in nodes(ast.Call) if _called(node) in ("mark_safe", "SafeString")}
    assert found == {"articles/metadata.py", "articles/views.py"}


def test_nothing_a_reader_sees_is_named_so_that_text_extractors_delete_it():
    named = re.compile(r"""(?:class|id)\s*=\s*["'][^"']*(banner|alert|warning|notice|caution)""", re.IGNORECASE)
    shunned = re.compile(r"""<aside\b|role\s*=\s*["']alert""", re.IGNORECASE)
    desks = ("admin/", "reviews/", "desk/", "email/")
    public = [path for path in _templates() if not path.relative_to(TEMPLATES).as_posix().startswith(desks)]
    assert len(public) > 10
    found = [path.name for path in public if named.search(path.read_text()) or shunned.search(path.read_text())]
    assert found == []


def _templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".xml", ".txt"))


# Names, texts, locks


@pytest.mark.parametrize("name", ["utils", "helpers", "services", "base", "common", "misc"])
def test_no_file_is_named_for_nothing(name):
    folders = [*OURS, "tests", "benchmarks"]
    assert [
        path for folder in folders for path in (HOME / folder).rglob(f"*{name}*.py") if path.stem.strip("_") == name
    ] == []


def test_every_module_says_in_one_sentence_what_it_is_for():
    silent = [
        path
        for path, tree in sources().items()
        if tree.body and not (ast.get_docstring(tree) or "").split("\n\n")[0].rstrip().endswith((".", ":"))
    ]
    assert silent == []


@pytest.mark.parametrize("lock", sorted(HOME.glob("requirements*.lock")), ids=lambda path: path.name)
def test_a_lock_file_names_no_address_and_every_hash(lock):
    text = lock.read_text()
    assert "://" not in text
    assert "--index-url" not in text
    pins = re.findall(r"^[a-z0-9][\w.\[\],-]*==", text, re.MULTILINE | re.IGNORECASE)
    assert len(pins) > 20
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pins)


def test_there_are_lock_files():
    assert {path.name for path in HOME.glob("requirements*.lock")} == {"requirements.lock", "requirements-dev.lock"}
