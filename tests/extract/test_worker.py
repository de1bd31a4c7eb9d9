from __future__ import annotations

import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extract.document import SourceDocument
from extract.errors import BrokenFileError, EmptyInputError, ExtractionError, MalformedRecordError
from extract.worker import (
    ClientExtractingError,
    ExtractionAbortedError,
    ExtractionMemoryError,
    ExtractionTimeoutError,
    Extractor,
    ExtractorBusyError,
    ExtractorClosedError,
    ExtractorSettings,
    LocalExtractor,
)

MEBIBYTE = 1 << 20
SETTINGS = ExtractorSettings(seconds=20, start_seconds=60, memory_bytes=1500 * MEBIBYTE, queue=1)


def prepare_nothing() -> None:
    """In the place of the models."""


def fail_to_prepare() -> None:
    raise ValueError("机密的文字")


def find_process(argument: object) -> int:
    return os.getpid()


def double(text: str) -> str:
    return text * 2


def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "done"


def take_memory(mebibytes: int) -> int:
    return len(bytearray(mebibytes * MEBIBYTE))


def refuse(origin: str) -> None:
    raise MalformedRecordError(origin, expected="a line", got="none", offset=3)


def fail(text: str) -> None:
    raise ValueError(text)


def end_process(status: int) -> None:
    os._exit(status)


@pytest.fixture
def make() -> Iterator[Callable[..., Extractor]]:
    """Make extractors without models; they are closed at the end."""
    made: list[Extractor] = []

    def start(
        settings: ExtractorSettings = SETTINGS,
        *,
        observe: Callable[[str | None, float], None] = lambda client, seconds: None,
        prepare: Callable[[], object] = prepare_nothing,
    ) -> Extractor:
        made.append(Extractor(settings, prepare=prepare, observe=observe))
        return made[-1]

    yield start
    for extractor in made:
        extractor.close()


def test_a_task_runs_in_another_process_which_serves_the_next_one_too(
    make: Callable[..., Extractor],
) -> None:
    extractor = make()
    first = extractor.run(find_process, None)
    assert first != os.getpid()
    assert extractor.run(find_process, None) == first
    assert extractor.run(double, "某市") == "某市某市"


def test_no_process_starts_before_the_first_task(
    make: Callable[..., Extractor], tmp_path: Path
) -> None:
    mark = tmp_path / "started"
    extractor = make(prepare=mark.touch)
    assert not mark.exists()
    extractor.run(find_process, None)
    assert mark.exists()


def test_a_task_that_takes_too_long_is_killed_and_the_next_finds_a_new_process(
    make: Callable[..., Extractor],
) -> None:
    extractor = make(ExtractorSettings(seconds=1, memory_bytes=SETTINGS.memory_bytes))
    first = extractor.run(find_process, None)
    with pytest.raises(ExtractionTimeoutError, match="within 1 s"):
        extractor.run(sleep, 600.0)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert extractor.run(find_process, None) != first


def test_a_task_that_takes_too_much_memory_fails_alone(make: Callable[..., Extractor]) -> None:
    extractor = make()
    with pytest.raises(ExtractionMemoryError, match="1500 MiB"):
        extractor.run(take_memory, 4000)
    assert extractor.run(take_memory, 1) == MEBIBYTE


def test_an_error_of_the_input_arrives_as_it_was_raised(make: Callable[..., Extractor]) -> None:
    extractor = make()
    first = extractor.run(find_process, None)
    with pytest.raises(MalformedRecordError) as caught:
        extractor.run(refuse, "a.jsonl:7")
    assert str(caught.value) == "a.jsonl:7: character 3: expected a line, got none"
    assert extractor.run(find_process, None) == first


def test_any_other_error_ends_the_process_and_tells_nobody_its_words(
    make: Callable[..., Extractor], caplog: pytest.LogCaptureFixture
) -> None:
    extractor = make()
    first = extractor.run(find_process, None)
    with pytest.raises(ExtractionAbortedError) as caught:
        extractor.run(fail, "机密的文字")
    assert "机密" not in str(caught.value) + caplog.text
    assert "ValueError in " in caplog.text
    assert "fail (test_worker.py:" in caplog.text
    assert extractor.run(find_process, None) != first


def test_the_end_of_a_process_is_an_error_of_its_task_alone(
    make: Callable[..., Extractor],
) -> None:
    extractor = make()
    with pytest.raises(ExtractionAbortedError, match="status 7"):
        extractor.run(end_process, 7)
    assert extractor.run(double, "a") == "aa"


def test_what_ends_an_idle_process_harms_no_task(make: Callable[..., Extractor]) -> None:
    extractor = make()
    os.kill(extractor.run(find_process, None), 9)
    time.sleep(0.2)
    assert extractor.run(double, "a") == "aa"


def test_a_process_that_cannot_load_its_models_is_an_error_without_words(
    make: Callable[..., Extractor], caplog: pytest.LogCaptureFixture
) -> None:
    extractor = make(prepare=fail_to_prepare)
    with pytest.raises(ExtractionAbortedError, match="cannot start"):
        extractor.run(double, "a")
    assert "机密" not in caplog.text


def test_more_tasks_than_may_wait_are_refused_at_once(make: Callable[..., Extractor]) -> None:
    extractor = make()
    extractor.run(double, "")
    running = [threading.Thread(target=extractor.run, args=(sleep, 1.0)) for _ in range(2)]
    for thread in running:
        thread.start()
    await_places(extractor, 2)
    with pytest.raises(ExtractorBusyError, match="at most 1 waiting"):
        extractor.run(double, "a")
    for thread in running:
        thread.join()
    assert extractor.run(double, "a") == "aa"


def test_one_client_has_one_task_at_a_time_and_others_wait_for_theirs(
    make: Callable[..., Extractor],
) -> None:
    extractor = make()
    extractor.run(double, "")
    thread = threading.Thread(
        target=extractor.run, args=(sleep, 1.0), kwargs={"client": "192.0.2.1"}
    )
    thread.start()
    await_places(extractor, 1)
    with pytest.raises(ClientExtractingError, match="at most 1"):
        extractor.run(double, "a", client="192.0.2.1")
    assert extractor.run(double, "a", client="192.0.2.2") == "aa"
    thread.join()
    assert extractor.run(double, "a", client="192.0.2.1") == "aa"


def test_each_task_is_told_with_its_client_also_when_it_fails(
    make: Callable[..., Extractor],
) -> None:
    told: list[tuple[str | None, float]] = []
    extractor = make(
        ExtractorSettings(seconds=1, memory_bytes=SETTINGS.memory_bytes),
        observe=lambda client, seconds: told.append((client, seconds)),
    )
    extractor.run(double, "a", client="x")
    with pytest.raises(ExtractionTimeoutError):
        extractor.run(sleep, 60.0, client="y")
    assert [client for client, _ in told] == ["x", "y"]
    assert told[0][1] < told[1][1]
    assert told[1][1] >= 1


def test_closing_kills_the_process_and_refuses_what_comes_later(
    make: Callable[..., Extractor],
) -> None:
    extractor = make()
    process = extractor.run(find_process, None)
    failures: list[ExtractionError] = []

    def run() -> None:
        try:
            extractor.run(sleep, 600.0)
        except ExtractionError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    await_places(extractor, 1)
    extractor.close()
    thread.join()
    assert [type(error) for error in failures] in ([ExtractionAbortedError], [ExtractorClosedError])
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(ExtractorClosedError):
        extractor.run(double, "a")


def test_the_local_one_extracts_with_the_pipeline_at_hand(simple_pipeline: None) -> None:
    extraction = LocalExtractor().extract(SourceDocument(id="a", text="甲市很大。"))
    assert [entity.text for entity in extraction.entities] == ["甲市"]


def test_the_pipeline_is_loaded_in_the_process() -> None:
    extractor = Extractor(ExtractorSettings(seconds=120, start_seconds=300))
    try:
        extraction = extractor.extract(SourceDocument(id="a", text="北湾市市长韦一诺出席。"))
    finally:
        extractor.close()
    assert ("PERSON", "韦一诺") in {(e.label, e.text) for e in extraction.entities}


@pytest.mark.parametrize(
    "error",
    [
        EmptyInputError("a.txt", expected="text", got="nothing"),
        BrokenFileError("a.pdf", expected="a PDF", got="0x00", offset=4, unit="byte"),
    ],
)
def test_errors_of_inputs_pass_between_processes(error: EmptyInputError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert (again.origin, again.offset, again.unit) == (error.origin, error.offset, error.unit)


def await_places(extractor: Extractor, count: int) -> None:
    """Wait until so many tasks run or wait."""
    for _ in range(500):
        if extractor.places_taken() == count:
            return
        time.sleep(0.01)
    raise AssertionError(f"expected {count} tasks")
