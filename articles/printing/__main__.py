"""The child's side: limits itself, lays out the one document it is given, and ends."""

import contextlib
import json
import resource
import sys
from math import ceil
from pathlib import Path

from articles.printing.layout import LACKS_A_LIBRARY, MOST_BYTES

try:
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except OSError as missing:  # of the system's libraries, which no package of ours brings
    print(missing, file=sys.stderr)  # noqa: T201
    sys.exit(LACKS_A_LIBRARY)

MAX_MEMORY = 1536 * 1024 * 1024
HERE = Path(__file__).resolve().parent
OURS = {f"desk:{path.name}": path for path in (HERE / "fonts").glob("*.ttf")}


class OurFontsOnly(URLFetcher):
    """Whatever a text names, nothing is read or fetched for it but our own typefaces."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in OURS:
            raise ValueError(f"{url[:80]} is not ours.")
        return URLFetcherResponse(url, OURS[url].read_bytes(), {"Content-Type": "font/ttf"})


def limit(seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds) + 1))
    # Some systems, macOS among them, know no limit of this kind; the others hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def main() -> int:
    job = json.loads(sys.stdin.buffer.read())
    limit(job["seconds"])
    style = f"<style>{(HERE / 'page.css').read_text()}</style>"
    html = job["html"].replace("</head>", f"{style}</head>", 1)
    document = HTML(string=html, base_url="desk:", url_fetcher=OurFontsOnly())
    made = document.write_pdf(pdf_variant="pdf/ua-1")
    sys.stdout.buffer.write(made if len(made) <= MOST_BYTES else b"")
    return 0


if __name__ == "__main__":
    sys.exit(main())
