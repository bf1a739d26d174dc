"""What Gradescope takes as an autograder's results, and what its students see of them."""

import json

import jsonschema

FORMAT = {"enum": ["text", "simple_format", "html", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT, NUMBER, DATA = {"type": "string"}, {"type": "number"}, {"type": "object"}
TEST = {
    "type": "object",
    "properties": {
        "score": NUMBER,
        "max_score": NUMBER,
        "status": {"enum": ["passed", "failed"]},
        "name": TEXT,
        "name_format": FORMAT,
        "number": TEXT,
        "output": TEXT,
        "output_format": FORMAT,
        "tags": {"type": "array", "items": TEXT},
        "visibility": VISIBILITY,
        "extra_data": DATA,
    },
    "additionalProperties": False,
}
SCHEMA = {
    "type": "object",
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": TEXT,
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": DATA,
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": TEXT, "value": {}, "order": {"enum": ["asc", "desc"]}},
                "required": ["name", "value"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["score"],
    "additionalProperties": False,
}


def valid(file):
    """What is in the file, once it is what Gradescope takes."""
    document = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    return document


def seen(document):
    """All that a student can come to see: Gradescope keeps `extra_data` to itself."""
    tests = [{k: v for k, v in test.items() if k != "extra_data"} for test in document["tests"]]
    return json.dumps({k: v for k, v in document.items() if k != "extra_data"} | {"tests": tests})
