"""The report as HTML: what it tells, that texts stay text in a real browser, what students see."""

import copy
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from support import made_class, needs
from support.running import grade_json, solved_up_to

from grader.course.results import Result
from grader.export import html
from grader.export.similarity import Closest, Pair
from grader.files.writing import Unwritable
from grader.vocabulary.complaints import TIME_UP

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSED = (0x8F, 0xB0, 0xA9)  # the colour of the columns: there only if the style is in force
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "'><svg onload=document.title='owned'>",
    "</style></script><script>document.title='owned'</script>",
    "{{7*7}} {% raise %} {#",
    "javascript:document.title='owned'",
    "<![CDATA[x]]> ]]> <!-- --!>",
    "\x1b[31mred\x1b]0;owned\x07",
    "\u202egnp.exe\u2066\u200b",
    "nul\x00 \x85 \ufffe lone \ud800",
    "`one` tick ` <b>bold</b>",
)


@pytest.fixture(scope="module")
def stubs(tmp_path_factory):
    """The real result of the stubs, all chapters."""
    folder = tmp_path_factory.mktemp("stubs")
    return grade_json("all", "--submission", solved_up_to(0, folder / "stubs"), tmp_path=folder)[1]


@pytest.fixture(scope="module")
def class_of_100(stubs):
    return made_class.results_of(stubs)


@pytest.fixture
def small(stubs):
    """Makes a result of chapters 1.1 and 3.2 with these functions right, the others to do."""

    def make(id, right=(), wrong=()):
        result = copy.deepcopy(stubs) | {"submission": id}
        result["chapters"] = [c for c in result["chapters"] if c["id"] in ("1.1", "3.2")]
        for function in (f for c in result["chapters"] for f in c["functions"]):
            if function["name"] in right:
                function |= {"status": "passed", "score": function["max_score"]}
                for check in function["checks"]:
                    check |= {"status": "passed", "message": "", "feedback": ""}
            if name := dict(wrong).get(function["name"]):
                fault = {"message": f"wrong by {id}", "feedback": "a hint", "misconception": name}
                function["status"] = "failed"
                function["checks"][0] |= {"status": "failed", **fault}
        for part in [*result["chapters"], result]:
            inner = part.get("functions") or result["chapters"]
            part["score"] = float(sum(one["score"] for one in inner))
            part["max_score"] = float(sum(one["max_score"] for one in inner))
        return result

    return make


class Text(HTMLParser):
    """The texts of a page, those of one element to a line, and all attributes."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.attributes, self.tags, self.skip = [], [], [], False
        self.feed(page)
        self.all = flat(" ".join(self.texts))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        self.skip = tag in ("style", "script")

    def handle_data(self, data):
        if not self.skip:
            self.texts.append(data)


def flat(text):
    """The text as one line, whatever elements it is made of."""
    return re.sub(r" (?=[,.:;?)])|(?<=\() ", "", " ".join(text.replace("`", "").split()))


def write(results, out, **options):
    return html.write([Result.from_json(result) for result in results], out, **options)


def written(tmp_path, results, **options):
    write(results, tmp_path / "class.html", **options)
    return (tmp_path / "class.html").read_text(encoding="utf-8")


def told(tmp_path, results, **options):
    return Text(written(tmp_path, results, **options)).all


@pytest.fixture
def chromium(tmp_path):
    """Opens a page: `chromium(path)` gives its DOM, the console's complaints, and its picture."""
    from matplotlib.image import imread

    def run(path, place="", size="800,1400"):
        picture, profile = tmp_path / "page.png", tmp_path / "profile"
        command = [
            needs.chromium(),
            *FLAGS,
            f"--user-data-dir={profile}",
            "--enable-logging=stderr",
        ]
        command += ["--dump-dom", f"--screenshot={picture}", f"--window-size={size}"]
        done = subprocess.run(
            [*command, path.as_uri() + place], capture_output=True, timeout=120, check=True
        )
        shutil.rmtree(profile, ignore_errors=True)
        console = [line for line in done.stderr.splitlines() if b"CONSOLE" in line]
        colours = (imread(picture)[..., :3] * 255).round().astype(int)
        return done.stdout.decode(), console, colours

    return run


@pytest.mark.slow
@pytest.mark.needs("chromium")
def test_a_class_of_100_opens_in_a_browser_and_stays_small(class_of_100, chromium, tmp_path):
    messages = [
        check["message"]
        for result in class_of_100
        for chapter in result["chapters"]
        for function in chapter["functions"]
        for check in function["checks"]
        if check["status"] not in ("passed", "todo")
    ]
    assert len(messages) > 1000
    assert sum(map(len, messages)) > 1_500_000
    lines = write(class_of_100, tmp_path / "class.html", similarity=closest(class_of_100))
    assert (tmp_path / "class.html").stat().st_size < 2_000_000
    assert lines == ["messages were cut to 300 characters to keep the page small"]
    dom, console, image = chromium(tmp_path / "class.html")
    assert console == []
    assert (image == PASSED).all(axis=-1).sum() > 5000  # the histogram
    assert len({tuple(colour) for colour in image[::3, ::3].reshape(-1, 3)}) > 20
    right = image[:, 780:785]
    assert (right == right[0, 0]).all(), "the page is wider than 800 pixels"
    assert dom.count("<button>") == 12  # the script runs: its buttons sort the table
    assert len(re.findall(r"<details id=\"s\d+\"", dom)) == 100


def test_the_page_needs_nothing_from_elsewhere(class_of_100, tmp_path):
    write(class_of_100[:5], tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        text = Text(page)
        links = [value for _, key, value in text.attributes if key in ("src", "href", "action")]
        assert all(link.startswith("#") for link in links)
        assert not {"link", "img", "iframe", "object", "form", "base"} & set(text.tags)
        assert not [key for _, key, _ in text.attributes if key.startswith("on") or key == "style"]
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "://" not in page


@pytest.mark.slow
@pytest.mark.needs("chromium")
def test_hostile_texts_are_shown_and_never_run(class_of_100, chromium, tmp_path):
    results = copy.deepcopy(class_of_100[: len(HOSTILE) + 1])
    for result, text in zip(results, [*HOSTILE, "huge " * 60_000], strict=True):
        result["student"] = {"name": text, "login": text, "email": text}
        result["notes"] = [text]
        result["dataset"] = result["grader"] = text
        for function in (f for c in result["chapters"] for f in c["functions"]):
            function["status"] = "failed"
            for check in function["checks"][:1]:
                check |= dict.fromkeys(("name", "message", "feedback", "misconception"), text)
                check["status"] = "failed"
    passage = [[{"where": HOSTILE[0], "text": HOSTILE[1]}] * 2]
    similarity = Closest([Pair(HOSTILE[0], HOSTILE[1], 0.9, 5, passage)], 0.5, 2, HOSTILE)
    write(results, tmp_path / "out", similarity=similarity, title=HOSTILE[0])
    assert (tmp_path / "out/class.html").stat().st_size < 2_000_000
    whole, *pages = tmp_path / "out/class.html", *sorted((tmp_path / "out/students").iterdir())
    for path in (whole, pages[0], pages[1]):
        raw = path.read_bytes().decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066\ud800\ufffe]", raw)
        dom, console, _ = chromium(path, "#s2")
        assert console == []
        assert "<title>owned" not in dom
        assert dom.count("<script") == (1 if path == whole else 0)
        for tag in ("<img", "<b>", "onload=document.title='owned'>"):
            assert tag not in dom
        assert ('<details id="s2" open' in dom) == (path == whole)  # what a link leads to opens
    text = Text(whole.read_text(encoding="utf-8")).all
    for shown in (*HOSTILE[:7], HOSTILE[-1], "red]0;owned", "gnp.exe", "lone"):
        assert flat(shown) in text


def test_a_students_page_tells_nothing_hidden_and_nobody_else(class_of_100, tmp_path):
    write(class_of_100, tmp_path / "out")
    for result in class_of_100[::9]:
        path = tmp_path / "out" / "students" / f"{result['submission']}.html"
        page = path.read_text(encoding="utf-8")
        assert result["student"]["name"] in page
        for hidden in (str(result["seed"]), made_class.HIDDEN, "0.73313", "printed", "class.html"):
            assert hidden not in page
        others = [other for other in class_of_100 if other is not result]
        assert not [other for other in others if other["student"]["name"] in page]
        assert not [other for other in others if other["submission"] in page]
        text = Text(page).all
        for function in (f for c in result["chapters"] for f in c["functions"]):
            for check in function["checks"]:
                if check["status"] not in ("passed", "todo"):
                    assert flat(check["feedback"]) in text
                    if check["misconception"]:
                        assert check["misconception"].replace("_", " ") in text


def test_the_numbers_of_the_class(small, tmp_path):
    results = [
        small("none"),
        small("half", right=("normalize", "one_hot")),
        small("most", right=("normalize", "one_hot", "softmax", "relu", "tanh", "leaky_relu")),
    ]
    page = told(tmp_path, results)
    assert [result["score"] for result in results] == [0, 10, 17]
    assert "submissions 3 mean 45% median 50% middle half 25\u201368% full marks 0" in page
    bins = "1, 0, 0, 0, 0, 1, 0, 0, 1, 0 submissions"
    assert bins in (tmp_path / "class.html").read_text(encoding="utf-8")
    assert "normalize 2 0 1 4 6" in page
    assert "softmax 1 0 2 1 3" in page
    assert "1.1 Getting started with NumPy arrays 6.7 10" in page
    assert "Nothing written yet: 1 student none" in page


def test_misconceptions_are_counted_explained_and_lead_to_the_students(small, tmp_path):
    column, integers = {"normalize": "each_column_by_itself"}, {"relu": "integers_stay_integers"}
    results = [
        small("ada", wrong=integers),
        small("ben", wrong=column),
        small("eve", wrong=column | integers),
        small("jun", wrong=column),
        small("kim", wrong={"tanh": "mean_not_taken + sign_flipped"}),
        small("lea", wrong={"tanh": "no_such_name"}),
    ]
    page = told(tmp_path, results)
    talk = page[page.index("What to talk about") : page.rindex("Who needs help")]
    order = ["each column by itself in normalize (1.1): 3 students", "integers stay integers"]
    order += ["mean not taken, sign flipped in tanh (3.2): 1 student", "no such name in tanh"]
    assert [talk.index(text) for text in order] == sorted(talk.index(text) for text in order)
    assert "You scaled every column with its own mean" in talk
    assert "The answer is exactly n times too large, and there are n examples" in talk
    assert "The answer has the wrong sign: the value given instead of the correct value." in talk
    section = page[page.index("The misconceptions of the class") : page.index("Each student")]
    assert "ben eve jun Example: ben" in section
    assert "wrong by eve" in page[page.index("Each student") :]


def test_a_file_that_cannot_be_imported_is_one_misconception_of_all_its_functions(small, tmp_path):
    broken = dict.fromkeys(("relu", "tanh", "softmax"), "module_not_there")
    page = told(tmp_path, [small("ada", wrong=broken), small("ben", wrong=broken)])
    assert "module not there in relu, tanh, softmax (3.2): 2 students" in page


def test_what_an_instructor_should_look_at_is_marked(small, tmp_path):
    crashed, plain = small("ada", right=("relu",)), small("ben", right=("relu", "tanh"))
    crashed["chapters"][0]["functions"][0]["status"] = "crashed"
    crashed |= {"notes": ["two files `a.py`: the later one was taken"], "isolation": "sandbox"}
    page = told(tmp_path, [crashed, plain | {"isolation": "none"}])
    look = page[page.index("To look at by hand") : page.index("Chapters and functions")]
    assert "Graded without a sandbox: 1 of 2" in look
    assert "ada: 1 crashed" in look
    assert "two files a.py: the later one was taken" in look


def test_who_fails_again_and_again_is_told_to_be_stuck(small, tmp_path):
    wrong = dict.fromkeys(("relu", "tanh", "softmax"), "absolute_value")
    good = [small(f"s{i}", right=("normalize", "one_hot", "relu")) for i in range(5)]
    page = told(tmp_path, [*good, small("eve", right=("one_hot",), wrong=wrong)])
    help = page[page.rindex("Who needs help") : page.index("To look at by hand")]
    assert "eve 20% 1 3 4 relu (3.2), failed; stuck" in help
    assert "s1" not in help


def test_what_follows_from_another_mistake_or_was_not_graded_is_not_the_most_often_wrong(
    small, tmp_path
):
    wrong = dict.fromkeys(("relu", "tanh", "softmax", "leaky_relu"), "absolute_value")
    result = small("ada", right=("normalize",), wrong=wrong)
    functions = {f["name"]: f for c in result["chapters"] for f in c["functions"]}
    functions["tanh"]["because_of"] = [{"id": "3.2", "name": "relu"}]
    functions["softmax"]["checks"][0]["message"] = TIME_UP
    functions["leaky_relu"]["checks"][0]["message"] = "not run: `relu` comes first"
    page = told(tmp_path, [result])
    assert "Most often wrong: relu (3.2), 1 of 1." in page


def closest(results):
    ids = [result["submission"] for result in results]
    passage = [{"where": f"ch3_2.py, lines {i} to 9", "text": f"def relu{i}(Z): x"} for i in (1, 2)]
    pairs = [Pair(ids[0], ids[1], 0.93, 310, [passage]), Pair(ids[2], ids[3], 0.5, 90, [])]
    pairs.append(Pair(ids[4], ids[5], 0.3, 20, [passage]))
    return Closest(pairs, typical=0.31, compared=97, notes=["3 left out: too little code"])


def test_the_closest_pairs_stand_beside_what_is_usual_and_accuse_nobody(class_of_100, tmp_path):
    names = [result["student"]["name"] for result in class_of_100]
    page = told(tmp_path, class_of_100[:10], similarity=closest(class_of_100))
    assert f"{names[0]} and {names[1]}: 93%, 310 lines (62 points above the usual)" in page
    assert "Two submissions of this class usually share 31%" in page
    assert "ch3_2.py, lines 1 to 9 def relu1(Z): x ch3_2.py, lines 2 to 9 def relu2(Z): x" in page
    assert "3 left out: too little code" in page
    assert f"{names[2]} and {names[3]}: 50%" in page
    assert f"{names[4]} and" not in page  # no closer than any two
    assert "by itself it proves nothing" in page
    assert not re.search("cheat|plagiari|guilty|suspic|copied", page, re.I)
    assert "closest pair" not in told(tmp_path, class_of_100[:10])


def test_no_submission_one_and_results_of_an_older_grader(small, tmp_path):
    assert "These results contain no submissions." in told(tmp_path, [])
    bare = small("../some/where/my exercises", wrong={"relu": "absolute_value"})
    bare["sandbox"] = None
    for function in (f for c in bare["chapters"] for f in c["functions"]):
        del function["because_of"], function["score_with_reference"]
        for check in function["checks"]:
            del check["feedback"]
    write([bare], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out/students").iterdir()] == ["my-exercises.html"]
    assert "my exercises" in (tmp_path / "out/class.html").read_text(encoding="utf-8")
    nothing = small("nothing graded") | {"chapters": [], "score": 0.0, "max_score": 0.0}
    assert "nothing graded" in told(tmp_path, [nothing])


def test_pages_have_safe_names_of_their_own(small, tmp_path):
    ids = ["Ada", "ada", "..", "a/b:c\\ada", "ADA", "con\x1b[0m<x>", "\u00e9" * 300]
    write([small(id) for id in ids], tmp_path / "out")
    names = [path.name for path in (tmp_path / "out/students").iterdir()]
    assert len({name.lower() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,90}", name) for name in names)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_what_cannot_be_written_is_one_line(small, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "nowhere" / "class.html"):
        with pytest.raises(Unwritable, match=r"^`.*: name another.*$"):
            write([small("ada")], out)


def test_results_read_back_from_json_give_the_same_page(class_of_100, tmp_path):
    again = json.loads(json.dumps(class_of_100[:5]))
    assert written(tmp_path, again) == written(tmp_path, class_of_100[:5])
