"""The gitops-lint that is measured: the wheel of this checkout, unpacked, or a command that the user names."""

from __future__ import annotations

import compileall
import os
import shlex
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.processes import ProgramError, Run, run

ROOT = Path(__file__).parent.parent
CACHE_VARIABLE = "GITOPS_LINT_CACHE_DIR"
# findings are what a run is for, so status 1 is as good as 0; a crash ends with 3
ENDS = (0, 1)


@dataclass(frozen=True, slots=True)
class Program:
    """
    How gitops-lint is started.

    command: its words. environment: what is set for it. flags: given to every `check`.
    """

    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def check(
        self,
        folder: Path,
        cache: Path,
        *,
        flags: Sequence[str] = (),
        statuses: Sequence[int] = ENDS,
        watched: bool = False,
    ) -> Run:
        """
        One `gitops-lint check` of a folder, with a JSON report. cache: the cache folder it uses.

        Raises ProgramError where it ends otherwise than statuses say.
        """
        words = (*self.command, "check", "--format", "json", *self.flags, *flags, ".")
        return run(words, folder=folder, environment=self._with(cache), statuses=statuses, watched=watched)

    def asked(self, *words: str) -> Run:
        """One run of another command, such as `--version`."""
        return run((*self.command, *words), environment=self.environment)

    def imported(self, *words: str) -> set[str]:
        """The top-level modules that are imported for a command; the command must be `python -m …`."""
        if self.command[0] != sys.executable:
            return set()
        code = (
            "import runpy, sys\n"
            f"sys.argv = ['gitops-lint', *{list(words)!r}]\n"
            "sys.stdout, out = open('/dev/null', 'w'), sys.stdout\n"
            "try:\n    runpy.run_module('gitops_lint', run_name='__main__', alter_sys=True)\n"
            "except SystemExit:\n    pass\n"
            "print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})), file=out)\n"
        )
        return set(run((sys.executable, "-c", code), environment=self.environment).output.decode().split())

    def _with(self, cache: Path) -> dict[str, str]:
        return {**self.environment, CACHE_VARIABLE: str(cache)}


def this_checkout(work: Path) -> Program:
    """
    The wheel of this checkout as an installation would have it: rules checked, modules compiled. work: a folder for it.

    A checkout that runs from its sources checks all rules in its first run and keeps them in the cache; users never wait
    for that, so it is not measured. Raises ProgramError where the wheel cannot be built.
    """
    run((sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(work)), folder=ROOT)
    (wheel,) = work.glob("*.whl")
    target = work / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)
    compileall.compile_dir(target, quiet=2)
    # not behind what PYTHONPATH holds already: that may be another gitops-lint
    rest = os.environ.get("PYTHONPATH", "")
    return Program(
        (sys.executable, "-m", "gitops_lint"), {"PYTHONPATH": os.pathsep.join([str(target), *([rest] if rest else [])])}
    )


def named(command: str) -> Program:
    """A command of the user's. Raises ProgramError where there are no words in it."""
    words = tuple(shlex.split(command))
    if not words:
        raise ProgramError("`--command` is empty")
    return Program(words)
