"""`results.jsonl`: what is read from it, what is written, what is refused."""

import json

import pytest
from support.class_runs import lines, plain_result

from grader.classroom import ledger
from grader.course.results import Result


def results(objects):
    return [Result.from_json(each) for each in objects]


@pytest.mark.needs("sandbox")
def test_read_takes_the_file_its_folder_and_the_result_of_grade_run(tmp_path, graded):
    _, out, _ = graded
    assert ledger.read(out) == ledger.read(out / "results.jsonl") == results(lines(out))
    single = tmp_path / "one.json"
    single.write_text(json.dumps(lines(out)[0], indent=1))
    assert ledger.read(single) == results(lines(out))[:1]


@pytest.mark.needs("sandbox")
def test_the_last_line_of_a_submission_wins(tmp_path, graded):
    first, second, *_ = lines(graded[1])
    file = tmp_path / "results.jsonl"
    newer = first | {"score": 1.0}
    file.write_text("".join(json.dumps(line) + "\n" for line in (first, second, newer)))
    assert ledger.read(file) == results([newer, second])
    opened = ledger.Ledger(file)
    opened.compact(lambda result: result)
    opened.close()
    assert sorted(map(json.dumps, lines(tmp_path))) == sorted(map(json.dumps, [newer, second]))


@pytest.mark.parametrize(
    "data",
    [
        b"no results\n",
        b"PK\x03\x04\xff\xfe",
        b"[" * 100_000,
        b'{"schema": 1}\n',
        b'{"schema": 1, "submission": 3, "score": 0, "max_score": 0, "chapters": []}\n',
        b'{"schema": 1, "submission": "a", "score": "9", "max_score": 0, "chapters": []}\n',
    ],
)
def test_what_holds_no_results_is_one_line(tmp_path, data):
    file = tmp_path / "results.jsonl"
    file.write_bytes(data)
    with pytest.raises(ledger.Unreadable) as caught:
        ledger.read(file)
    assert f"`{file}`" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_results_that_are_not_there_are_one_line(tmp_path):
    with pytest.raises(ledger.Unreadable, match="cannot be read"):
        ledger.read(tmp_path)


def test_text_from_submissions_cannot_break_a_line(tmp_path):
    result = plain_result({"dataset": "d", "isolation": "none", "seed": 1, "chapters": ["1.1"]})
    names = ["a\u2028b", "c\nd", "e\x85f", "\ud800", '"}\n{"schema": 1']
    opened = ledger.Ledger(tmp_path / "results.jsonl")
    for name in names:
        opened.append(Result.from_json(result | {"submission": name}))
    opened.close()
    assert [r.submission for r in ledger.read(tmp_path)] == names
    assert (tmp_path / "results.jsonl").read_bytes().count(b"\n") == len(names)


def test_the_main_process_keeps_no_result(tmp_path):
    result = plain_result({"dataset": "d", "isolation": "none", "seed": 1, "chapters": []})
    opened = ledger.Ledger(tmp_path / "results.jsonl")
    opened.append(Result.from_json(result | {"submission": "a", "graded": "x" * 1_000_000}))
    assert len(repr(opened.entries)) < 1000
    opened.close()
