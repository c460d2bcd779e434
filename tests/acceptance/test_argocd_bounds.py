"""The bounds of `kaitogen argocd generate`: whatever meets one ends at once, and says which file it was."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kaitogen.commands import bounds
from kaitogen.integrations.argocd import calls
from tests.acceptance.command import KAITOGEN, Done
from tests.acceptance.test_argocd import SET, generate, write
from tests.draws import one_in

ROOT = Path(__file__).resolve().parents[2]
#: Work that meets its bounds where no file of ours would; what `bounded` makes of it is printed.
PROGRAM = """\
import signal
from kaitogen.commands import bounds
from kaitogen.commands.result import Outcome, deliver

bounds._GRACE = {grace}

def work():
{work}
    return Outcome(b"made")

made = bounds.bounded(work, {seconds}, {mebibytes}, lambda finding: Outcome(stderr=finding.message, exit_code=3))
raise SystemExit(deliver(made))
"""


#: Enough of it that the system looks at how much the process has taken.
WORK = "    end = time.process_time() + 0.1\n    while time.process_time() < end:\n        pass"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application that takes seconds, and hundreds of MiB."""
    folder = tmp_path_factory.mktemp("large")
    entries = "".join(f"    - metadata: {{name: n{number}}}\n" for number in range(100_000))
    write(folder / "large.intent.yaml", SET.partition("  workspaces:")[0] + "  workspaces:\n" + entries)
    write(folder / "small.intent.yaml", SET)
    return folder


def run(work: str, seconds: int = 20, mebibytes: int = 64, grace: int = bounds._GRACE) -> Done:
    indented = "".join(f"    {line}\n" for line in work.splitlines())
    program = PROGRAM.format(work=indented, seconds=seconds, mebibytes=mebibytes, grace=grace)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=600, check=False)
    return Done(done.returncode, done.stdout, done.stderr.decode())


def test_time_limit_names_the_file(large: Path) -> None:
    done = generate(large, None, "--time-limit", "1")
    assert done.code == 3
    assert "large.intent.yaml" in done.said
    assert "KG610" in done.said
    assert "took more than 1 s" in done.said


@pytest.mark.parametrize("mebibytes", one_in(4, [20, 48, 56, 64, 80, 96, 128]))
def test_memory_limit_names_the_file_wherever_it_is_met(large: Path, mebibytes: int) -> None:
    """While the file is read, checked or expanded: each limit is met somewhere else."""
    done = generate(large, None, "--memory-limit", str(mebibytes))
    assert done.code == 3
    assert done.said.startswith(f"large.intent.yaml: error KG611: needed more than {mebibytes} MiB of memory")


def test_form_gets_what_is_always_there_where_the_intents_are_too_large_for_an_answer(large: Path) -> None:
    program = (
        "from kaitogen.integrations.argocd import announce\nfrom kaitogen.commands.result import deliver\n"
        "announce.MEBIBYTES = 32\nraise SystemExit(deliver(announce.run({})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=large, capture_output=True, check=True)
    static = yaml.safe_load((ROOT / "plugin.yaml").read_text(encoding="utf-8"))["spec"]["parameters"][
        "static"
    ]
    assert json.loads(done.stdout) == static


def test_one_step_that_takes_more_than_there_is_ends_as_well() -> None:
    assert run("held = bytearray(2**31)") == Done(3, b"", "needed more than 64 MiB of memory and was stopped")


def test_stop_that_nobody_lets_through_ends_the_process() -> None:
    work = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    done = run(work, seconds=1)
    assert (done.code, done.output) == (3, b"")
    assert "took more than 1 s" in done.said


def test_where_python_answers_no_more_the_system_ends_the_process() -> None:
    """Out of memory, CPython may turn in a circle where it sees no signal; here it is kept from seeing one."""
    deaf = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\nwhile True:\n    pass"
    assert run(deaf, seconds=1, grace=0).code == -signal.SIGXCPU


def test_work_within_its_bounds_is_left_alone() -> None:
    assert run("import time\ntime.sleep(0.2)") == Done(0, b"made", "")


def test_bounds_hold_for_the_work_alone() -> None:
    """Processor time counts from the start of a process: a bound that stayed, or counted from there, would end one that lives on."""
    program = (
        "import resource, sys, time\n"
        "while time.process_time() < 4:\n    pass\n"
        "kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)\n"
        "def state():\n"
        "    return [resource.getrlimit(kind) for kind in kinds], signal.getsignal(signal.SIGALRM), sys.unraisablehook\n"
        + PROGRAM.format(work=WORK, seconds=3, mebibytes=64, grace=0)
        .rpartition("raise")[0]
        .replace("made =", "before = state()\nmade =")
        + "assert (made.stdout, state()) == (b'made', before)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_a_child_for_templates_holds_counts() -> None:
    work = (
        "import os, time\nfrom kaitogen.pipeline import current\nreader, writer = os.pipe()\nchild = os.fork()\n"
        "if child == 0:\n    time.sleep(0.2)\n    held = bytearray(60 * 2**20)\n    time.sleep(30)\n    os._exit(0)\n"
        "current.child = child\ntry:\n    time.sleep(20)\nfinally:\n    os.kill(child, 9)"
    )
    assert run(work) == Done(3, b"", "needed more than 64 MiB of memory and was stopped")


@pytest.mark.parametrize(
    ("number", "words"),
    [(signal.SIGKILL, "error KG611: was killed, most likely"), (signal.SIGXCPU, "error KG610: answered no more"), (signal.SIGSEGV, "error KG610: was ended from outside (SIGSEGV)")],
)  # fmt: skip
def test_whatever_ends_the_call_something_is_said(number: signal.Signals, words: str, large: Path) -> None:
    process = subprocess.Popen(
        [KAITOGEN, "argocd", "generate"], cwd=large, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text(encoding="ascii").split()):
        pass
    os.kill(int(found[0]), number)
    output, said = process.communicate()
    assert (process.returncode, output) == (3, b"")
    assert words in said.decode()


def test_end_of_the_call_is_handed_on(large: Path) -> None:
    process = subprocess.Popen([KAITOGEN, "argocd", "generate"], cwd=large, stderr=subprocess.PIPE)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text(encoding="ascii").split()):
        pass
    process.terminate()
    _, said = process.communicate()
    assert (process.returncode, b"SIGTERM" in said) == (3, True)
    assert not Path(f"/proc/{found[0]}").exists()


def test_calls_wait_for_a_place_and_say_so(tmp_path: Path) -> None:
    write(tmp_path / "intent.yaml", SET)
    held = calls.place(1, 60)
    assert held is not None
    done = generate(tmp_path, None, "--calls-at-once", "1", "--time-limit", "1")
    assert (done.code, done.output) == (3, b"")
    assert done.said.startswith("kaitogen: 1 other calls are at work in this sidecar")
    assert generate(tmp_path, None, "--calls-at-once", "4").code == 0
    held.close()
    assert generate(tmp_path, None, "--calls-at-once", "1").code == 0
