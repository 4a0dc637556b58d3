"""Writes to the mount what load-index has staged in the bucket, by the rules of docs/index-format.md.

An event has an "action"; the answer is JSON. Whatever is refused raises, and the invocation fails
with the message. Every action may be repeated.
"""

import concurrent.futures
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil

import boto3

ID = r"[0-9]{8}T[0-9]{6}-[0-9]{3}"
# Nothing is copied into a folder that is read: folders get their names when they are whole.
COPIED = re.compile(rf"(index/generations/{ID}\.building|models/[^/]+\.loading)(/[^/]+)+")
PIECE = 16 << 20  # bytes that one thread fetches at a time
THREADS = 4

MOUNT = pathlib.Path(os.environ["MOUNT"])
INDEX = MOUNT / "index"
GENERATIONS = INDEX / "generations"
CURRENT = INDEX / "CURRENT"


def handle(event, _context):
    actions = {
        "status": status,
        "copy": copy,
        "check": check,
        "publish-model": publish_model,
        "publish": publish,
        "swap": swap,
        "prune": prune,
    }
    arguments = dict(event)
    action = arguments.pop("action", None)
    if action not in actions:
        raise ValueError(f"action {action!r} is not known, expected one of {sorted(actions)}")
    return actions[action](**arguments)


def status():
    return {
        "current": current(),
        "generations": [name for name in names(GENERATIONS) if re.fullmatch(ID, name)],
        "models": [name for name in names(MOUNT / "models") if not name.endswith(".loading")],
    }


def copy(parts):
    """Copies parts of objects to the same parts of files, and compares what the files have then.

    A part is {"key", "path", "offset", "length", "sha256", "size"}; size is that of the whole file.
    """
    s3 = boto3.client("s3")
    for part in parts:
        if not COPIED.fullmatch(part["path"]) or ".." in part["path"].split("/"):
            raise ValueError(f"{part['path']} is no place to copy to")
        copy_part(s3, part)
    return compare(parts)


def check(parts):
    """Compares files that are whole: their lengths, and what these parts of them have."""
    for part in parts:
        path = MOUNT / part["path"]
        size = path.stat().st_size if path.is_file() else None
        if size != part["size"]:
            raise ValueError(f"{path} has {size} bytes, expected {part['size']}")
    return compare(parts)


def compare(parts):
    for part in parts:
        path = MOUNT / part["path"]
        found = digest(path, part["offset"], part["length"])
        if found != part["sha256"]:
            raise ValueError(
                f"{path} from byte {part['offset']}: SHA-256 is {found}, expected {part['sha256']}"
            )
    return {"parts": len(parts), "bytes": sum(part["length"] for part in parts)}


def publish_model(name, files):
    """Gives a copied model its name. One that is there stays: functions may be reading it."""
    place(MOUNT / "models" / name, MOUNT / "models" / f"{name}.loading", files)
    return {"model": name}


def publish(generation):
    """Makes a copied generation the served one."""
    with build_lock():
        folder = GENERATIONS / wanted(generation)
        copied = GENERATIONS / f"{generation}.building"
        source = copied if copied.exists() else folder
        place(folder, copied, listed(source) | {"manifest.json": None})
        return replace_current(generation)


def swap(generation=None):
    """Serves another generation that is on the mount; without one, that before the served one."""
    with build_lock():
        generation = generation or before(current())
        folder = GENERATIONS / wanted(generation)
        require_files(folder, listed(folder) | {"manifest.json": None})
        return replace_current(generation)


def prune(keep):
    """Removes all but the newest generations, the served one, and those that someone leases."""
    if keep < 1:
        raise ValueError(f"keep is {keep}, expected 1 or more")
    with build_lock():
        for name in names(GENERATIONS):
            if name.endswith(".pruned"):
                remove(name.removesuffix(".pruned"))
        newest_first = sorted(status()["generations"], reverse=True)
        removed = [old for old in newest_first[keep:] if try_remove(old)]
    return {"removed": removed, "generations": status()["generations"]}


def copy_part(s3, part):
    path = MOUNT / part["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    target = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        end = part["offset"] + part["length"]
        starts = range(part["offset"], end, PIECE)

        def fetch(start):
            last = min(start + PIECE, end) - 1
            answer = s3.get_object(
                Bucket=os.environ["BUCKET"], Key=part["key"], Range=f"bytes={start}-{last}"
            )
            write_at(target, answer["Body"].read(), start)

        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(fetch, starts))
        os.fsync(target)
    finally:
        os.close(target)


def write_at(target, data, offset):
    """One write may take less than it is given."""
    view = memoryview(data)
    while view:
        written = os.pwrite(target, view, offset)
        view = view[written:]
        offset += written


def digest(path, offset, length):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(offset)
        while length > 0 and (block := file.read(min(length, 1 << 20))):
            sha.update(block)
            length -= len(block)
    return sha.hexdigest()


def place(folder, copied, files):
    """Renames what was copied to its final name, once; later calls find it there."""
    if not folder.exists():
        require_files(copied, files)
        for path in sorted(copied.rglob("*"), reverse=True):
            force(path)
        force(copied)
        rename(copied, folder)
    require_files(folder, files)
    shutil.rmtree(copied, ignore_errors=True)


def require_files(folder, files):
    """Exactly these files are there, with these lengths; None is any length."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is not there: load it first, or see status for what is")
    found = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }
    expected = {path: found.get(path) if size is None else size for path, size in files.items()}
    if found != expected:
        odd = sorted(set(found.items()) ^ set(expected.items()), key=str)
        raise ValueError(f"{folder} does not have the files of its list; what differs: {odd}")


def listed(folder):
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise ValueError(f"{manifest} is not there: load the generation first")
    return {file["path"]: file["length"] for file in json.loads(manifest.read_bytes())["files"]}


def replace_current(generation):
    previous = current()
    following = INDEX / "CURRENT.next"
    following.write_text(f"{generation}\n")
    force(following)
    rename(following, CURRENT)
    return {"previous": previous, "current": current()}


def current():
    return CURRENT.read_text().strip() if CURRENT.exists() else None


def before(generation):
    older = [name for name in status()["generations"] if generation and name < generation]
    if not older:
        raise ValueError(f"no generation is older than the served one, {generation}")
    return max(older)


def wanted(generation):
    if not re.fullmatch(ID, generation):
        raise ValueError(f"{generation!r} is no generation's id, such as 20261123T004029-053")
    return generation


def try_remove(generation):
    folder = GENERATIONS / generation
    hidden = GENERATIONS / f"{generation}.pruned"
    if is_used(generation):
        return False
    rename(folder, hidden)
    # Who leased it before the rename is seen now, and who comes after it sees no folder.
    if is_used(generation):
        rename(hidden, folder)
        return False
    return remove(generation)


def remove(generation):
    if generation in leased():
        return False
    shutil.rmtree(GENERATIONS / f"{generation}.pruned")
    return True


def is_used(generation):
    return generation == current() or generation in leased()


def leased():
    """The generations that someone reads; removes the leases of the dead."""
    return {
        name.split(".")[0] for name in names(INDEX / "leases") if is_held(INDEX / "leases" / name)
    }


def is_held(lease):
    try:
        with open(lease, "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lease.unlink(missing_ok=True)
        return False
    except FileNotFoundError:
        return False
    except OSError:
        # Locked by its reader, or of another user: then it counts as held too.
        return True


@contextlib.contextmanager
def build_lock():
    """One build, load or prune at a time; the lock ends with the process."""
    GENERATIONS.mkdir(parents=True, exist_ok=True)
    with open(INDEX / "BUILD.lock", "ab") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RuntimeError(f"another build or load changes {INDEX}; wait for it") from error
        yield


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def rename(source, target):
    os.rename(source, target)
    force(target.parent)


def force(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
