"""`kaitogen diff` as a user meets it: the other sides, what differs in words, and what cannot be compared."""

import json
from pathlib import Path

import pytest

from kaitogen.files import standard_input
from tests.acceptance.repositories import committed, write
from tests.changes.running import kaitogen
from tests.samples import RIGHT

CONFIGURED = RIGHT.replace("{model: phi-4}", "{model: phi-4, config: {vllm: {max-num-seqs: 64}}}", 1)
LARGER = RIGHT.replace("NC24ads", "NC48ads", 1)
SET = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntentSet
metadata: {name: fleet}
spec:
  defaults:
    spec:
      placement: {instanceType: Standard_NC24ads_A100_v4}
  workspaces:
    - metadata: {name: one}
      spec: {inference: {model: phi-4}}
    - metadata: {name: two}
      spec: {inference: {model: phi-4}}
"""
HALF = "apiVersion: kaito.sh/v1beta1\nkind: Workspace\nmetadata: {name: phi-4}\nresource: [1]\ninference: {adapters: [7, {source: 1}]}\n"
MIRROR = """\
apiVersion: kaito.sh/v1alpha1
kind: ModelMirror
metadata: {name: phi-4}
spec:
  mode: MODE
  source: {registry: huggingface, modelID: microsoft/phi-4}
  storage: {size: 100Gi, storageClassName: nfs}
"""


def test_a_revision_in_words(tmp_path: Path) -> None:
    committed(tmp_path, {"phi-4.intent.yaml": RIGHT})
    assert kaitogen(tmp_path, "diff --against HEAD") == (0, "1 object compared, no difference\n", "")
    write(tmp_path, {"phi-4.intent.yaml": LARGER.replace("name: phi-4", "labels: {team: a}, name: phi-4", 1)})
    done = kaitogen(tmp_path, "diff --against main .")
    assert (done.code, done.said) == (1, "")
    assert done.output == (
        "Workspace phi-4 (KAITO 0.12): refused\n"
        "    metadata.labels.team: (nothing) -> a\n"
        "        in place\n"
        "    resource.instanceType: Standard_NC24ads_A100_v4 -> Standard_NC48ads_A100_v4\n"
        "        refused (U4, KG804): the instance type is fixed once it is set\n"
        "    way out: run it as phi-4-b beside the one that runs, switch to it, then remove the old one: 2 nodes with 3\n"
        "      GPUs meanwhile, 1 node with 1 GPU of which run now\n"
        "\n"
        "1 object compared, 1 different: 1 refused\n"
    )


def test_a_folder_of_rendered_files_is_the_other_side(tmp_path: Path) -> None:
    """Whatever their names and format; what is no object of KAITO's is passed over."""
    write(tmp_path, {"models/phi-4.intent.yaml": CONFIGURED})
    kaitogen(tmp_path, "render -o rendered --kustomization models")
    kaitogen(tmp_path, "render -o as-json --output-format json models")
    for other in ("rendered", "as-json", "models"):
        assert kaitogen(tmp_path, f"diff models --against {other}")[:2] == (
            0,
            "2 objects compared, no difference\n",
        )
    write(tmp_path, {"list.yaml": kaitogen(tmp_path, "render --output-format json models").output})
    assert kaitogen(tmp_path, "diff models --against list.yaml").code == 0
    (tmp_path / "rendered/workspace_phi-4.yaml").unlink()
    done = kaitogen(tmp_path, "diff models --against rendered")
    assert done.output.startswith("Workspace phi-4 (KAITO 0.12): create\n    it takes 1 node with 1 GPU\n")
    (settings,) = (tmp_path / "rendered").glob("configmap_*.yaml")
    done = kaitogen(tmp_path, f"diff {settings} --against models")
    assert (
        "Workspace phi-4 (KAITO 0.12): delete\n    serving ends, and KAITO gives back 1 node" in done.output
    )


def test_settings_that_kaitogen_names_by_their_content_are_one_object(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": CONFIGURED})
    write(tmp_path, {"a.intent.yaml": CONFIGURED.replace("64", "32")})
    done = kaitogen(tmp_path, "diff --against HEAD --format json")
    told = json.loads(done.output)
    assert [(one["kind"], one["what"], one["verdict"]) for one in told["objects"]] == [
        ("ConfigMap", "renamed", "restart"), ("Workspace", "changed", "restart"),
    ]  # fmt: skip
    (change,) = told["objects"][0]["changes"]
    assert change["path"] == 'data["inference_config.yaml"].vllm.max-num-seqs'
    assert (change["before"], change["after"]) == (64, 32)


@pytest.mark.parametrize(
    ("old", "new", "title", "held"),
    [
        (RIGHT, RIGHT.replace("name: phi-4}", "name: phi-five}", 1), "phi-five (was phi-4", "another name"),
        (CONFIGURED, CONFIGURED.replace("name: phi-4}", "name: b}", 1), "b (was phi-4", "another name"),
        (RIGHT, RIGHT.replace("name: phi-4}", "name: phi-4, namespace: x}", 1), "x/phi-4 (was phi-4", "another namespace"),
    ],
)  # fmt: skip
def test_a_rename_is_one_with_its_cost(old: str, new: str, title: str, held: str, tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": old})
    write(tmp_path, {"a.intent.yaml": new})
    done = kaitogen(tmp_path, "diff --against HEAD")
    assert (
        f"Workspace {title}, KAITO 0.12): recreate (KG824)\n    {held} is another Workspace: " in done.output
    )
    words = " ".join(done.output.split())
    assert "it holds 1 node with 1 GPU, and both together 2 nodes with 2 GPUs" in words
    assert words.endswith(" different: 1 recreate") or "ConfigMap" in words
    said = kaitogen(tmp_path, "validate --against HEAD").said
    assert "a.intent.yaml:3:18: warning KG824: Workspace phi-4 becomes Workspace " in said


def test_a_rename_with_another_change_is_two_objects(tmp_path: Path) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT})
    write(tmp_path, {"a.intent.yaml": LARGER.replace("name: phi-4}", "name: phi-five}", 1)})
    told = json.loads(kaitogen(tmp_path, "diff --against HEAD --format json").output)
    assert [(one["name"], one["verdict"]) for one in told["objects"]] == [
        ("phi-five", "create"),
        ("phi-4", "delete"),
    ]


def test_entries_of_a_set_are_objects_of_their_own(tmp_path: Path) -> None:
    committed(tmp_path, {"fleet.intent.yaml": SET})
    write(
        tmp_path,
        {
            "fleet.intent.yaml": SET.replace(
                "two}\n      spec: {", "two}\n      spec: {placement: {count: 2}, "
            )
        },
    )
    told = json.loads(kaitogen(tmp_path, "diff --against HEAD --format json").output)
    assert [(one["name"], one["verdict"]) for one in told["objects"]] == [("two", "refused")]
    said = kaitogen(tmp_path, "validate --against HEAD").said
    assert (
        "fleet.intent.yaml:12:33: error KG802: resource.count changes from 1 to 2; KAITO 0.12 refuses that: "
        in said
    )


def test_the_order_of_documents_and_files_does_not_count(tmp_path: Path) -> None:
    other = RIGHT.replace("phi-4}", "b}", 1)
    committed(tmp_path, {"a.intent.yaml": RIGHT, "b.intent.yaml": other})
    write(tmp_path, {"a.intent.yaml": f"{other}---\n{RIGHT}"})
    (tmp_path / "b.intent.yaml").unlink()
    assert kaitogen(tmp_path, "diff --against HEAD").code == 0


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("diff .", 2, "nothing is named"),
        ("diff --against HEAD --live .", 2, "both name the other side"),
        ("diff --context a --against HEAD .", 2, "add --live"),
        ("diff --against main .", 2, "main is a revision and a file or folder\nwrite ./main for what is here, or refs/heads/main"),
        ("diff --against HEAD -", 2, "standard input has no revision"),
        ("diff --against nowhere .", 3, "nowhere: error KG641: names no commit of this repository"),
        ("validate --against nowhere .", 3, "nowhere: error KG641"),
        ("diff --against ./main .", 1, ""),
        ("diff --against refs/heads/main .", 0, ""),
    ],
)  # fmt: skip
def test_other_sides_that_are_none(
    line: str, code: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(tmp_path, {"a.intent.yaml": RIGHT, "main/note.txt": "none"})

    monkeypatch.setattr(standard_input, "read", lambda _limit: b"")
    done = kaitogen(tmp_path, line)
    assert done.code == code
    assert words in done.said


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (HALF, HALF.replace("phi-4", "a", 1), ""),
        ("a: [", HALF, "b.yaml:2:1: error KG102"),
        (HALF.replace("name: phi-4", "labels: {}"), HALF, "b.yaml:3:1: error KG825"),
        (HALF, f"{HALF}---\n{HALF}", "KG826: Workspace phi-4 is here twice; the first is in a.yaml, document 1"),
        (f"{HALF}---\n{HALF}", HALF, "KG826: Workspace phi-4 is here twice; the first is in b.yaml, document 1"),
        (HALF.replace("name: phi-4", "name: 7"), HALF, "KG825"),
        ("kind: List\napiVersion: v1\nitems: [{kind: List, apiVersion: v1, items: [1, [], null]}]\n", HALF, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_told_and_nothing_comes_out(
    before: str, after: str, found: str, tmp_path: Path
) -> None:
    write(tmp_path, {"b.yaml": before, "a.yaml": after})
    done = kaitogen(tmp_path, "diff a.yaml --against b.yaml")
    assert done.code == 1
    assert found in done.said
    assert bool(done.output) == (not found)


def test_a_side_that_is_too_large_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.intent.yaml": RIGHT, "b.yaml": "#" * (16 * 2**20 + 1)})
    done = kaitogen(tmp_path, "diff a.intent.yaml --against b.yaml")
    assert (done.code, done.output) == (1, "")
    assert "b.yaml: error KG109: larger than 16 MiB" in done.said


@pytest.mark.parametrize("path", ["models", "models/a.intent.yaml"])
def test_what_is_gone_from_its_path_is_deleted(path: str, tmp_path: Path) -> None:
    committed(tmp_path, {"models/a.intent.yaml": RIGHT, "models/note.txt": "none"})
    (tmp_path / "models/a.intent.yaml").unlink()
    done = kaitogen(tmp_path, f"diff {path} --against HEAD")
    assert (done.code, done.said) == (1, "")
    assert done.output.startswith("Workspace phi-4 (KAITO 0.12): delete\n")
    assert kaitogen(tmp_path, "diff nowhere --against HEAD").code == 3


def test_what_is_piped_in_is_compared_with_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    write(tmp_path, {"a.intent.yaml": RIGHT})
    built = kaitogen(tmp_path, "render a.intent.yaml").output.replace("NC24ads", "NC48ads").encode()
    monkeypatch.setattr(standard_input, "read", lambda _limit: built)
    assert "KG804" in kaitogen(tmp_path, "diff - --against a.intent.yaml").output
    assert "<stdin>:6:17: error KG804" in kaitogen(tmp_path, "validate - --against a.intent.yaml").said


def test_both_sides_are_told_in_one_run(tmp_path: Path) -> None:
    write(tmp_path, {"a.intent.yaml": RIGHT.replace("spec:", "spek:", 1), "b.yaml": "kind: ["})
    said = kaitogen(tmp_path, "diff a.intent.yaml --against b.yaml").said
    assert {"KG120", "KG102"} <= {word.rstrip(":") for word in said.split() if word.startswith("KG")}


def test_what_kaito_refuses_of_an_object_does_not_keep_it_from_being_compared(tmp_path: Path) -> None:
    """That is what validate says; here it may be what runs."""
    wrong = RIGHT.replace("{model: phi-4}", "{model: nobody-knows}", 1)
    committed(tmp_path, {"a.intent.yaml": wrong})
    write(tmp_path, {"a.intent.yaml": RIGHT})
    assert "inference.preset.name: nobody-knows -> phi-4" in kaitogen(tmp_path, "diff --against HEAD").output


def test_nor_does_what_it_refuses_of_another_kind(tmp_path: Path) -> None:
    """A static mirror with a source and a storage: KG922."""
    committed(tmp_path, {"mirror.yaml": MIRROR.replace("MODE", "Static")})
    write(tmp_path, {"mirror.yaml": MIRROR.replace("MODE", "Managed")})
    assert "spec.mode: Static -> Managed" in kaitogen(tmp_path, "diff --against HEAD mirror.yaml").output


def test_markdown_cannot_be_broken_by_values(tmp_path: Path) -> None:
    plain = HALF.replace("resource: [1]\n", "")
    annotations = """{"x|y": "a|b`c", "b_*": "<b>", c: "|"}"""
    write(
        tmp_path,
        {"b.yaml": plain, "a.yaml": plain.replace("{name", f"{{annotations: {annotations}, name", 1)},
    )
    done = kaitogen(tmp_path, "diff a.yaml --against b.yaml --format markdown")
    assert done.output.startswith("**1 object compared, 1 different: 1 refused** (against `b.yaml`)\n")
    rows = [line for line in done.output.splitlines() if "metadata.annotations" in line]
    assert [row.replace("\\|", "").count("|") for row in rows] == [5, 5, 5]
    assert '| `` "a\\|b`c" `` |' in rows[0]


def test_a_text_of_several_lines_is_shown_by_its_lines(tmp_path: Path) -> None:
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  notes.txt: |\n    one\n    two\n    three\n"
    write(tmp_path, {"b.yaml": config, "a.yaml": config.replace("two", "2")})
    done = kaitogen(tmp_path, "diff a.yaml --against b.yaml")
    assert (
        '    data["notes.txt"]:\n      @@ -1,3 +1,3 @@\n       one\n      -two\n      +2\n       three\n'
        in done.output
    )


def test_the_environments_of_a_folder_are_no_intents(tmp_path: Path) -> None:
    environment = RIGHT.replace("kind: WorkspaceIntent", "kind: WorkspaceIntentSet").partition("spec:")[0]
    environment += "spec:\n  workspaces: [{metadata: {name: phi-4}, spec: {placement: {count: 2}}}]\n"
    for side in ("old", "new"):
        write(tmp_path, {f"{side}/a.intent.yaml": RIGHT, f"{side}/environments/prod.yaml": environment})
    done = kaitogen(tmp_path, "diff new --against ./old")
    assert (done.code, done.output, done.said) == (0, "1 object compared, no difference\n", "")
    assert kaitogen(tmp_path, "diff new --against ./old/environments/prod.yaml").code == 1


def test_an_intent_that_is_there_twice_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.intent.yaml": f"{RIGHT}---\n{RIGHT}", "other/a.intent.yaml": RIGHT})
    done = kaitogen(tmp_path, "diff a.intent.yaml --against ./other")
    assert [line.split()[2] for line in done.said.splitlines() if line.startswith("a.intent.yaml:")] == [
        "KG220:"
    ]
