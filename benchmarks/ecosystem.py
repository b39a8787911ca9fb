"""
Which findings come and go between two versions of gitops-lint, on public repositories.

    python -m benchmarks.ecosystem OLD NEW [--repositories FILE] [--found-in FOLDER] [--markdown FILE]

OLD and NEW are each a Git ref of this project (`main`, `v0.1.0`, `HEAD~3`), a folder with a checkout of it (`.`), or
`command:` and a command line. The repositories are taken from a folder, or cloned with the git of the user.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.differences import Answer, Comparison, as_markdown, as_text, findings_of
from benchmarks.processes import ProgramError, run
from benchmarks.program import ROOT, Program

# a crash of a rule (3) still comes with a report, and is told
ENDS = (0, 1, 3)
CRASHED = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the list: a repository on GitHub, and a commit of it."""

    name: str
    commit: str


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ecosystem", description="Show which findings come and go between two versions."
    )
    parser.add_argument("old", help="a Git ref of this project, a folder with a checkout, or command:WORDS")
    parser.add_argument("new", help="the same")
    parser.add_argument(
        "--old-flags", default="", help="flags of `check` for the old version, such as --old-flags=--ignore=x"
    )
    parser.add_argument("--new-flags", default="", help="the same for the new one")
    parser.add_argument(
        "--repositories", type=Path, default=Path(__file__).with_name("repositories.txt"), metavar="FILE"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only repositories whose name holds this")
    parser.add_argument(
        "--found-in", type=Path, metavar="FOLDER", help="where owner+name or owner/name lie; used as they are"
    )
    parser.add_argument("--clones", type=Path, metavar="FOLDER", help="where clones are kept (default: they are not)")
    parser.add_argument(
        "--max-per-rule", type=int, default=20, metavar="N", help="differences shown of a rule; 0 shows all"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the comparison there, for a pull request")
    given = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="gitops-lint-ecosystem-") as work:
            old = version(given.old, given.old_flags, Path(work, "old"))
            new = version(given.new, given.new_flags, Path(work, "new"))
            wanted = [one for one in read_list(given.repositories) if given.only in one.name]
            caches = [Path(work, "old-cache"), Path(work, "new-cache")]
            warm(old, caches[0])
            if (new.command, new.environment) == (old.command, old.environment):
                shutil.copytree(caches[0], caches[1])
            else:
                warm(new, caches[1])
            comparisons = []
            for name, folder in folders(wanted, given.found_in, given.clones or Path(work, "clones")):
                print(f"{name} …", file=sys.stderr, flush=True)
                comparisons.append(Comparison(name, answer(old, folder, caches[0]), answer(new, folder, caches[1])))
    except ProgramError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(as_text(comparisons, given.max_per_rule), end="")
    if given.markdown:
        given.markdown.write_text(as_markdown(comparisons, given.max_per_rule), encoding="utf-8")
    return 1 if any(one.worse for one in comparisons) else 0


def read_list(file: Path) -> list[Wanted]:
    """The repositories of a list: a name and a commit on each line, `#` starts a comment. Raises ProgramError."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or words[0].count("/") != 1:
            raise ProgramError(f"{file}:{number}: `{line}` is not OWNER/NAME COMMIT")
        found.append(Wanted(words[0], words[1]))
    return found


def version(word: str, flags: str, target: Path) -> Program:
    """
    How a version is started. target: where a Git ref is unpacked.

    A checkout runs from its sources: its rules are checked in the first run and then come from its cache, so that the
    times of all others can be compared. Raises ProgramError.
    """
    given = tuple(shlex.split(flags))
    if word.startswith("command:"):
        return Program(tuple(shlex.split(word.removeprefix("command:"))), flags=given)
    folder = Path(word)
    if not (folder / "gitops_lint").is_dir():
        packed = run(("git", "archive", word, "gitops_lint", "rules", "schemas", "pyproject.toml"), folder=ROOT).output
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(target, filter="data")
        folder = target
    rest = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([str(folder.absolute()), *([rest] if rest else [])])
    return Program((sys.executable, "-m", "gitops_lint"), {"PYTHONPATH": path}, given)


def folders(wanted: Sequence[Wanted], found_in: Path | None, clones: Path) -> Iterator[tuple[str, Path]]:
    """The name and the folder of each repository; one that is not found in the folder given is left out, and told."""
    for one in wanted:
        if found_in is None:
            yield one.name, cloned(one, clones)
            continue
        there = [found_in / one.name.replace("/", "+"), found_in / one.name]
        folder = next((folder for folder in there if folder.is_dir()), None)
        if folder is None:
            print(f"{one.name} is not in {found_in}", file=sys.stderr)
        else:
            yield one.name, folder


def cloned(one: Wanted, clones: Path) -> Path:
    """That commit alone, checked out with the git of the user; a clone that is there is used again. Raises ProgramError."""
    folder = clones / one.name.replace("/", "+")
    if not folder.is_dir():
        unfinished = clones / f"unfinished+{one.name.replace('/', '+')}"
        unfinished.mkdir(parents=True, exist_ok=True)
        for words in (
            ("init", "--quiet"),
            ("remote", "add", "origin", f"https://github.com/{one.name}.git"),
            ("fetch", "--quiet", "--depth=1", "origin", one.commit),
            ("checkout", "--quiet", "FETCH_HEAD"),
        ):
            run(("git", *words), folder=unfinished)
        unfinished.rename(folder)
    return folder


def warm(program: Program, cache: Path) -> None:
    """A cache in which the rules of a version are; its times are then those of an installed one. Raises ProgramError."""
    with tempfile.TemporaryDirectory() as empty:
        Path(empty, ".git").mkdir()
        program.check(Path(empty), cache)


def answer(program: Program, folder: Path, cache: Path) -> Answer:
    """What a version says of a repository; that it fails is an answer, too."""
    try:
        done = program.check(folder, cache, statuses=ENDS)
        return Answer(findings_of(json.loads(done.output)), done.cpu, crashed=done.status == CRASHED)
    except (ProgramError, ValueError) as error:
        return Answer({}, 0, failure=str(error))


if __name__ == "__main__":
    sys.exit(main())
