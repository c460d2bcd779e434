"""Receipts of renders: what they hold, and that verify misses no change of an input or an output."""

import hashlib
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaitogen.cli import registry
from kaitogen.commands import receipt
from kaitogen.commands.result import Outcome
from tests.acceptance.command import kaitogen

#: By how many single bytes the files of the fleet are changed; the whole sample where it is asked for.
CHANGES = 10_000 if os.environ.get("KAITOGEN_ALL_CHANGES") else 200
INVENTORY = """\
apiVersion: kaitogen.io/v1alpha1
kind: QuickSelectors
spec:
  selectors:
    search:
      matchLabels: {agentpool: gpua}
"""
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ name + "-about" }}}
data: {team: search}
"""


@pytest.fixture
def fleet(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with intents, an inventory and a template of the user's own, rendered with a receipt."""
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    for name in ("fleet", "tuning"):
        Path(f"models/{name}.intent.yaml").write_bytes((root / f"examples/{name}.intent.yaml").read_bytes())
    Path("nodes.yaml").write_text(INVENTORY)
    Path("templates/documents").mkdir(parents=True)
    Path("templates/documents/about.yaml.j2").write_text(TEMPLATE)
    outcome = run("render", "models", *OPTIONS, "-o", "rendered", "--receipt", "receipt.json")
    assert outcome.exit_code == 0, outcome.stderr
    return tmp_path


OPTIONS = ("--inventory", "nodes.yaml", "--templates", "templates", "--kustomization")
INPUTS = [
    "models/fleet.intent.yaml",
    "models/tuning.intent.yaml",
    "nodes.yaml",
    "templates/documents/about.yaml.j2",
]


def run(*words: str) -> Outcome:
    parsed = registry.parse(words)
    assert parsed is not None
    command, options = parsed
    return command.run(options)


def verified(against: str = "rendered") -> Outcome:
    return run("verify", "receipt.json", "--against", against)


def test_receipt_has_the_digest_of_all_that_was_read_and_made(fleet: Path) -> None:
    statement = json.loads(Path("receipt.json").read_text())
    inputs = {one["name"]: one["digest"]["sha256"] for one in statement["predicate"]["inputs"]}
    assert inputs == {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in INPUTS}
    made = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
    files = [path for path in Path("rendered").iterdir() if not path.name.startswith(".")]
    assert made == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert statement["predicate"]["arguments"] == [
        "models", "--kustomization", "--inventory=nodes.yaml", "--templates=templates"
    ]  # fmt: skip
    assert (
        verified().stderr == "kaitogen: 4 inputs and 9 outputs are as the receipt says, and so is rendered\n"
    )


def test_receipt_is_the_same_wherever_it_is_made(fleet: Path, tmp_path: Path) -> None:
    text = Path("receipt.json").read_bytes()
    assert str(tmp_path).encode() not in text
    words = [str(tmp_path / word) if Path(word).exists() else word for word in OPTIONS]
    outcome = run(
        "render", str(fleet / "models"), *words, "-o", str(fleet / "again"), "--receipt", "again.json"
    )
    assert outcome.exit_code == 0
    assert Path("again.json").read_bytes() == text


def changes(inputs: list[str], number: int) -> Iterator[tuple[str, int, int]]:
    """A file, the place of a byte in it, and what is added to it."""
    chosen = random.Random(20)
    files = inputs + sorted(f"rendered/{name}" for name in os.listdir("rendered") if name[0] != ".")
    for _ in range(number):
        name = chosen.choice(files)
        yield name, chosen.randrange(Path(name).stat().st_size), chosen.randrange(1, 256)


@pytest.mark.parametrize(("inputs", "number"), [(INPUTS, CHANGES // 20), (INPUTS[:-1], CHANGES)])
def test_no_change_of_a_single_byte_is_missed(inputs: list[str], number: int, fleet: Path) -> None:
    if (
        inputs != INPUTS
    ):  # templates of the user's own are filled in by a process of their own, which takes long
        run("render", "models", *OPTIONS[:2], "-o", "rendered", "--receipt", "receipt.json")
    for name, at, more in changes(inputs, number):
        before = Path(name).read_bytes()
        after = before[:at] + bytes([(before[at] + more) % 256]) + before[at + 1 :]
        Path(name).write_bytes(after)
        outcome = verified()
        Path(name).write_bytes(before)
        # What was one line may be two now, or two one: it still begins where the first of them did.
        line = before.count(b"\n", 0, at) + 1
        code = "KG753" if name.startswith("rendered/") else "KG752"
        assert outcome.exit_code == 1, (name, at, more)
        assert f"{name}:{line}: error {code}: " in outcome.stderr, (name, at, more, outcome.stderr)
        assert "1 error" in outcome.stderr, (name, at, more, outcome.stderr)
    assert verified().exit_code == 0


@pytest.mark.parametrize(
    "name", ["models/fleet.intent.yaml", "nodes.yaml", "templates/documents/about.yaml.j2"]
)
def test_input_that_is_gone_is_named(name: str, fleet: Path) -> None:
    Path(name).unlink()
    outcome = verified()
    assert outcome.exit_code == 1
    assert f"{name}: error KG752: the receipt was made from it, and it is read no more" in outcome.stderr


@pytest.mark.parametrize("name", ["models/more.intent.yaml", "templates/documents/more.yaml.j2"])
def test_input_that_is_new_is_named(name: str, fleet: Path) -> None:
    text = "# nothing yet\n" if name.startswith("models") else TEMPLATE.replace("about", "more")
    Path(name).write_text(text)
    outcome = verified()
    assert f"{name}: error KG752: the receipt was made without it" in outcome.stderr


def test_output_that_is_gone_or_new_is_named(fleet: Path) -> None:
    Path("rendered/kustomization.yaml").unlink()
    outcome = verified()
    assert (
        "rendered/kustomization.yaml: error KG753: the receipt has it, and it is not there" in outcome.stderr
    )
    Path("more.intent.yaml").write_text(
        Path(INPUTS[0]).read_text().replace("name: phi-4-mini", "name: phi-9")
    )
    outcome = run("render", "more.intent.yaml", "-o", "rendered")
    assert outcome.exit_code == 0, outcome.stderr
    assert "and the receipt does not have it" in verified().stderr


def test_receipt_of_standard_output(fleet: Path) -> None:
    done = kaitogen("render", "-", "--receipt", "stream.json", stdin=Path(INPUTS[0]).read_bytes())
    Path("manifests.yaml").write_bytes(done.output)
    piped = Path(INPUTS[0]).read_bytes()
    against = ("verify", "stream.json", "--against", "manifests.yaml")
    done = kaitogen(*against, stdin=piped)
    assert (done.code, done.said) == (
        0, "kaitogen: 1 input and 1 output are as the receipt says, and so is manifests.yaml\n"
    )  # fmt: skip
    assert "<stdin>:1: error KG752" in kaitogen(*against, stdin=b"# " + piped).said
    Path("manifests.yaml").write_bytes(b"")
    assert "manifests.yaml:1: error KG753" in kaitogen(*against, stdin=piped).said


def test_tampered_output_and_receipt_do_not_agree_with_the_inputs(fleet: Path) -> None:
    path = Path("rendered/kustomization.yaml")
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(path.read_text() + "# by hand\n")
    Path("receipt.json").write_text(
        Path("receipt.json").read_text().replace(old, hashlib.sha256(path.read_bytes()).hexdigest())
    )
    outcome = verified()
    assert outcome.exit_code == 1
    assert "receipt.json: error KG753: the inputs make another kustomization.yaml now" in outcome.stderr


def test_receipt_that_says_more_or_less_is_none_of_ours(fleet: Path) -> None:
    statement = json.loads(Path("receipt.json").read_text())
    Path("receipt.json").write_text(json.dumps(statement))  # another layout is no other statement
    assert verified().exit_code == 0
    statement["predicate"]["reviewed"] = True
    Path("receipt.json").write_text(json.dumps(statement))
    assert "error KG751: what it says is not what kaitogen says of this render" in verified().stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no in-toto statement"),
        ('{"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://kaitogen.io/render/v1"}', "are not what"),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_told(text: str, words: str, fleet: Path) -> None:
    Path("receipt.json").write_text(text)
    outcome = verified()
    assert outcome.exit_code == 1
    assert "error KG751" in outcome.stderr
    assert words in outcome.stderr


def test_arguments_of_a_receipt_are_those_of_render_alone(fleet: Path) -> None:
    statement = json.loads(Path("receipt.json").read_text())
    for words in (["--such"], ["models", "--output-format=xml"]):
        statement["predicate"]["arguments"] = words
        Path("receipt.json").write_text(json.dumps(statement))
        assert "its arguments are none of kaitogen render" in verified().stderr


@pytest.mark.parametrize("name", [[], {}, 1, None])
def test_a_name_that_is_no_text_is_told(name: object, fleet: Path) -> None:
    statement = json.loads(Path("receipt.json").read_text())
    statement["subject"][0]["name"] = name
    Path("receipt.json").write_text(json.dumps(statement))
    assert "error KG751: inputs, subject or arguments are not what kaitogen writes there" in verified().stderr


@pytest.mark.parametrize("word", ["--templates=a\0b", "a\0b", "--templates=a\ud800b", "-oa\ud800b"])
def test_what_no_shell_hands_over_is_no_argument_of_a_receipt(word: str, fleet: Path) -> None:
    statement = json.loads(Path("receipt.json").read_text())
    statement["predicate"]["arguments"] = ["models", word]
    Path("receipt.json").write_text(json.dumps(statement))
    assert "error KG751: inputs, subject or arguments are not what kaitogen writes there" in verified().stderr


@pytest.mark.parametrize("how", [["--live"], ["--live", "--kubeconfig=models/evil.yaml"], ["--context=evil"]])
def test_a_receipt_asks_no_cluster_and_runs_none_of_its_programs(how: list[str], fleet: Path) -> None:
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "sh",
            "args": ["-c", "echo >ran"],
        }
    }
    evil = {
        "current-context": "evil",
        "contexts": [{"name": "evil", "context": {"cluster": "evil", "user": "evil"}}],
        "clusters": [{"name": "evil", "cluster": {"server": "http://127.0.0.1:1"}}],
        "users": [{"name": "evil", "user": user}],
    }
    Path("models/evil.yaml").write_text(json.dumps(evil))
    statement = json.loads(Path("receipt.json").read_text())
    statement["predicate"]["arguments"] = ["models", *how]
    Path("receipt.json").write_text(json.dumps(statement))
    assert "error KG751: its arguments ask a cluster" in verified().stderr
    assert not Path("ran").exists()


def test_a_template_that_is_none_is_no_input(fleet: Path) -> None:
    """The sums of its lines would say what is in it, and a device would never end."""
    for name, target in (("secret", "../models/fleet.intent.yaml"), ("zero", "/dev/zero")):
        Path(f"templates/{name}.yaml.j2").symlink_to(target)
    assert run("render", "models", *OPTIONS, "-o", "other", "--receipt", "other.json").exit_code == 0
    inputs = json.loads(Path("other.json").read_text())["predicate"]["inputs"]
    assert [one["name"] for one in inputs] == INPUTS


@pytest.mark.parametrize("inside", [True, False])
def test_a_name_in_a_receipt_leads_to_nothing_outside(*, inside: bool, fleet: Path) -> None:
    """With the sums of its lines, a file that anybody may not read would be found out, one line at a time."""
    secret = fleet / "repository" / "secret" if inside else fleet / "secret"
    Path("repository").mkdir()
    secret.write_text("top\nsecret\n")
    os.chdir("repository")
    statement = json.loads(Path("../receipt.json").read_text())
    sums = receipt.described("secret", b"top\nother\n")
    statement["predicate"] |= {"arguments": ["none"], "inputs": [sums | {"name": os.path.relpath(secret)}]}
    Path("receipt.json").write_text(json.dumps(statement))
    said = run("verify", "receipt.json").stderr
    assert ("not what the receipt was made from, from line 2 on" in said) is inside
    assert ("the receipt was made from it, and it is read no more" in said) is not inside


def test_another_kaitogen_is_a_warning(fleet: Path) -> None:
    text = Path("receipt.json").read_text()
    Path("receipt.json").write_text(text.replace('"version": "', '"version": "0.0.'))
    outcome = verified()
    assert outcome.exit_code == 0
    assert "warning KG754: rendered by kaitogen with version 0.0." in outcome.stderr
    assert run("verify", "receipt.json", "--strict").exit_code == 1


def test_check_compares_the_receipt_too(fleet: Path) -> None:
    words = ("render", "models", *OPTIONS, "-o", "rendered", "--receipt", "receipt.json", "--check")
    assert run(*words).exit_code == 0
    Path("receipt.json").write_text("{}\n")
    outcome = run(*words)
    assert (outcome.exit_code, b"+++ b/receipt.json" in outcome.stdout) == (1, True)
    assert Path("receipt.json").read_text() == "{}\n"


def test_no_receipt_of_what_was_not_rendered_and_none_of_a_cluster(fleet: Path) -> None:
    Path("models/fleet.intent.yaml").write_text("kind: [\n")
    assert run("render", "models", "-o", "none", "--receipt", "none.json").exit_code == 1
    assert not Path("none").exists()
    assert not Path("none.json").exists()
    done = kaitogen("render", "models", "--live", "--receipt", "none.json")
    assert (done.code, "--save-inventory" in done.said) == (2, True)
