"""The service over the sample corpus, as a process, and the kinds of page that it has.

``BROWSER_STORE`` in the environment names another store to look at, which is taken as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "build" / "browser" / "store"
CHROMIUM = Path("/usr/bin/chromium")


@contextmanager
def serve_samples() -> Iterator[str]:
    """The address of a service over the samples, which are read when they have changed."""
    given = os.environ.get("BROWSER_STORE")
    if given is None:
        ingest = [sys.executable, "-m", "cli", "--store", str(STORE), "ingest", "--if-stale"]
        subprocess.run([*ingest, str(ROOT / "samples")], cwd=ROOT, check=True)
    with serve(Path(given or STORE)) as address:
        yield address


@contextmanager
def serve(store: Path) -> Iterator[str]:
    """The address of a service over a store on disk."""
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "--store", str(store), "serve", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            if not address.startswith("http://127.0.0.1:"):
                raise RuntimeError(f"expected the address of the service, got {address!r}")
            yield address.rstrip("/")
        finally:
            process.terminate()


def read_json(address: str, path: str, **arguments: str) -> Any:
    """What the service answers in JSON."""
    request = urllib.request.Request(
        f"{address}{path}?{urlencode(arguments)}", headers={"Accept": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def page_kinds(address: str) -> dict[str, str]:
    """A path for every kind of page, by a short name."""
    richest: dict[str, str] = {}
    for row in read_json(address, "/sparql", query=_LINKS_TO_THINGS)["results"]["bindings"]:
        segment, slash, name = row["thing"]["value"].partition("/id/")[2].partition("/")
        richest.setdefault(segment, segment + slash + name)
    return {
        "home": "/",
        "search": "/search?q=%E5%B8%82",
        "class": "/search?class=person",
        "nothing-found": "/search?q=zzzzzz",
        "documents": "/documents",
        "sparql": "/sparql",
        "sparql-answer": f"/sparql?{urlencode({'query': ANY_FORUMS})}",
        "sparql-refusal": f"/sparql?{urlencode({'query': MALFORMED})}",
        "contradictions": "/contradictions",
        "review": "/review",
        "try": "/try?example=1",
        "api": "/api",
        "ontology": "/ontology",
        "shapes": "/shapes",
        "not-found": "/page/person/nobody-0123456789",
        **{segment: f"/page/{path}" for segment, path in richest.items()},
        **{view: f"/{view}/{richest['forum']}" for view in ("timeline", "neighbourhood", "cite")},
        "cite-document": f"/cite/{richest['document']}",
        "history": f"/history/{richest['document'].removeprefix('document/')}",
    }


ANY_FORUMS = """
PREFIX tanpu: <https://w3id.org/tanpu/ontology#>
SELECT ?forum ?p ?o { ?forum a tanpu:Forum ; ?p ?o } LIMIT 30
"""
MALFORMED = "SELECT ?forum {\n  ?forum a !! ?class\n}"
# One page a class: of the thing that most other things speak of.
_LINKS_TO_THINGS = """
PREFIX tanpu: <https://w3id.org/tanpu/ontology#>
SELECT ?class ?thing (COUNT(?other) AS ?links) {
  VALUES ?class {
    tanpu:Person tanpu:Institution tanpu:Forum tanpu:ForumSeries tanpu:Regulation tanpu:Place
    tanpu:Post tanpu:Title tanpu:Indicator tanpu:CountedThing tanpu:Period tanpu:Membership
    tanpu:Observation tanpu:Document
  }
  ?thing a ?class .
  ?other ?property ?thing .
} GROUP BY ?class ?thing ORDER BY DESC(?links) ?thing
"""
