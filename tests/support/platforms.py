"""How learning platforms read what an instructor uploads, after their own sources.

Moodle: `assignfeedback_file_zip_importer` in mod/assign/feedback/file/importziplib.php.
Canvas: `infer_comment_context_from_filename` in app/models/abstract_assignment.rb.
Brightspace has no public source: by its help, folders keep the names of the download.
"""

import io
import zipfile


def files(data):
    """name -> bytes of the files in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def moodle_takes(data, participants):
    """participant's number -> {name of the feedback file: bytes}; other files are ignored."""
    taken = {}
    for path, content in files(data).items():
        if path.rpartition("/")[2].startswith((".", "~")):
            continue
        parts = path.split("/")
        while parts:
            info = parts.pop(0).split("_", 4)
            plugins = (["assignfeedback", "file"], ["assignsubmission", "file"])
            if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in participants:
                continue
            if info[2:4] not in plugins:
                continue
            name = "/".join([*info[4:5], *parts]).removeprefix("/")
            taken.setdefault(int(info[1]), {})[name] = content
            break
    return taken


def canvas_takes(data, attachments):
    """`(user's number -> [bytes of a file that is attached to a comment], ignored names)`.

    attachments: user's number, as text, or the letters of an anonymous one -> the numbers of the
        files of the current submission, as text
    """
    taken, ignored = {}, []
    for path, content in files(data).items():
        name = path.rpartition("/")[2]
        parts = [part for part in name.split("_") if part != "LATE"]
        numbers = [part for part in parts if part.isascii() and part.isdigit()]
        found = parts[1:3] if parts[0] == "anon" else numbers[:2]
        user, attachment = (*found, None, None)[:2]
        if parts[-1].startswith("link") or name.startswith("._"):
            attachment = None
        if attachment in attachments.get(user, ()):
            taken.setdefault(user, []).append(content)
        else:
            ignored.append(name)
    return taken, ignored


def brightspace_takes(data, folders):
    """folder, as it was downloaded -> {name: bytes}."""
    taken = {}
    for path, content in files(data).items():
        folder, _, name = path.partition("/")
        if folder in folders and name:
            taken.setdefault(folder, {})[name] = content
    return taken
