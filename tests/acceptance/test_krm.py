"""The KRM function as kustomize and kpt speak to it: ResourceLists in and out, bad ones told as findings."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import KAITOGEN, Done, kaitogen

PROGRAM = (str(KAITOGEN.with_name("kaitogen-krm")),)
SKU = "Standard_NC24ads_A100_v4"
PATH, LEGACY_PATH = "internal.config.kubernetes.io/path", "config.kubernetes.io/path"
INDEX = "internal.config.kubernetes.io/index"
FOREIGN = """\
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web} # kaitogen.io/ stands here, too
  spec:
    mode: 0644
    text: |
      - apiVersion: no item
      kind: at all
    on: yes
"""


def intent(name: str = "phi", **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": name, **metadata},
        "spec": {"placement": {"instanceType": SKU}, "inference": {"model": "phi-4-mini-instruct"}},
    }


def config(kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "kaitogen.io/v1alpha1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}


def resource_list(
    items: list[Any] | str, function: Any = None, version: str = "config.kubernetes.io/v1"
) -> str:
    text = f"apiVersion: {version}\nkind: ResourceList\n"
    text += (
        "items:\n" + items if isinstance(items, str) else yaml.safe_dump({"items": items}, sort_keys=False)
    )
    return text + (yaml.safe_dump({"functionConfig": function}) if function is not None else "")


def krm(text: str | bytes, *arguments: str | Path, cwd: Path | None = None) -> Done:
    return kaitogen(
        *arguments, stdin=text if isinstance(text, bytes) else text.encode(), cwd=cwd, program=PROGRAM
    )


def answer(done: Done) -> Any:
    found = yaml.safe_load(done.text)
    assert found["kind"] == "ResourceList"
    return found


def names(done: Done) -> list[str]:
    assert done.code == 0, done.said
    return [item["metadata"]["name"] for item in answer(done)["items"]]


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_answer_has_the_version_of_the_question(version: str) -> None:
    done = krm(resource_list([intent()], version=f"config.kubernetes.io/{version}"))
    assert answer(done)["apiVersion"] == f"config.kubernetes.io/{version}"
    assert names(done) == ["phi"]


def test_json_is_read() -> None:
    text = json.dumps({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [intent()]})
    assert names(krm(text)) == ["phi"]


def test_json_with_a_character_in_two_escapes_is_read() -> None:
    noted = intent()
    noted["metadata"]["annotations"] = {"note": "\N{GRINNING FACE}"}
    text = json.dumps({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [noted]})
    assert "\\ud83d\\ude00" in text
    assert answer(krm(text))["items"][0]["metadata"]["annotations"] == {"note": "\N{GRINNING FACE}"}


@pytest.mark.parametrize("indent", [0, 2])
def test_objects_of_others_come_back_as_the_very_text_that_came(indent: int) -> None:
    foreign = "".join(" " * indent + line for line in FOREIGN.splitlines(keepends=True))
    mine = "".join(" " * indent + line for line in yaml.safe_dump([intent()]).splitlines(keepends=True))
    done = krm(resource_list(foreign + mine + foreign.replace("web", "other")))
    assert done.code == 0, done.said
    assert foreign in done.text
    assert foreign.replace("web", "other") in done.text
    assert [one["kind"] for one in answer(done)["items"]] == ["Deployment", "Workspace", "Deployment"]


def test_bookkeeping_of_kustomize_goes_around_the_user_s_own_annotations() -> None:
    noted = {
        "team.example/owner": "search",
        "config.kubernetes.io/depends-on": "/namespaces/default/Secret/token",
        "config.kubernetes.io/local-config": "true",
        "kustomize.config.k8s.io/id": "kind: WorkspaceIntent\n",
        "internal.config.kubernetes.io/prefixes": "dev-",
        "internal.config.kubernetes.io/previousNames": "phi",
        "internal.config.kubernetes.io/previousNamespaces": "default",
        "internal.config.kubernetes.io/previousKinds": "WorkspaceIntent",
        PATH: "invented/by-kustomize.yaml",
    }
    (workspace,) = answer(krm(resource_list([intent("dev-phi", annotations=noted)])))["items"]
    assert workspace["metadata"]["annotations"] == {
        "team.example/owner": "search",
        "config.kubernetes.io/depends-on": "/namespaces/default/Secret/token",
        "internal.config.kubernetes.io/prefixes": "dev-",
        "internal.config.kubernetes.io/previousNames": "phi",
        "internal.config.kubernetes.io/previousNamespaces": "default",
        "internal.config.kubernetes.io/previousKinds": "Workspace",
    }


def test_entries_of_a_set_get_the_prefixes_that_kustomize_put_on_the_set() -> None:
    fleet = intent("b-a-fleet-x", annotations={
        "internal.config.kubernetes.io/prefixes": "a-,b-", "internal.config.kubernetes.io/suffixes": "-x"
    })  # fmt: skip
    spec = fleet["spec"]
    fleet.update(
        kind="WorkspaceIntentSet",
        spec={"defaults": {"spec": spec}, "workspaces": [{"metadata": {"name": "one"}}]},
    )
    assert names(krm(resource_list([fleet]))) == ["b-a-one-x"]


def test_generator_leaves_out_its_own_configuration_as_kustomize_hands_it_over() -> None:
    local = intent(annotations={"config.kubernetes.io/local-config": "true", INDEX: "0"})
    (workspace,) = answer(krm(resource_list([local], local)))["items"]
    assert workspace["kind"] == "Workspace"
    assert "annotations" not in workspace["metadata"]


def test_generator_in_a_package_of_kpt_is_the_same_twice() -> None:
    package = [{**intent("kept", annotations={PATH: "fn.yaml", LEGACY_PATH: "fn.yaml"})}]
    first = krm(resource_list(package, intent("kept")))
    assert [one["kind"] for one in answer(first)["items"]] == ["WorkspaceIntent", "Workspace"]
    written = answer(first)["items"]
    written[1]["metadata"]["annotations"] = {PATH: "models/w.yaml", INDEX: "0"}
    second = krm(resource_list(written, intent("kept")))
    assert answer(second)["items"] == written
    changed = intent("kept")
    changed["spec"]["placement"]["instanceType"] = "Standard_NC48ads_A100_v4"
    third = answer(krm(resource_list(written, changed)))["items"]
    assert len(third) == 2
    assert third[1]["resource"]["instanceType"] == "Standard_NC48ads_A100_v4"
    assert third[1]["metadata"]["annotations"] == {PATH: "models/w.yaml", INDEX: "0"}


def test_transformer_gives_a_workspace_a_file_of_its_own_in_a_package_and_is_done_then() -> None:
    package = [intent(annotations={PATH: "models/phi.intent.yaml", LEGACY_PATH: "models/phi.intent.yaml"})]
    done = krm(resource_list(package, config("WorkspaceTransformer")))
    (workspace,) = answer(done)["items"]
    assert workspace["metadata"]["annotations"][PATH] == "models/workspace_phi.yaml"
    again = krm(resource_list([workspace], config("WorkspaceTransformer")))
    assert answer(again)["items"] == [workspace]


def test_the_number_by_which_comments_find_their_object_is_handed_on() -> None:
    """kpt and kustomize copy comments from the object of the same id; a set's fields of one path mean other things."""
    ids = {"internal.config.kubernetes.io/id": "4", "config.k8s.io/id": "4"}
    (workspace,) = answer(krm(resource_list([intent(annotations=ids)])))["items"]
    assert workspace["metadata"]["annotations"] == ids
    replicated = intent(annotations=ids)
    replicated["spec"]["replicas"] = 2
    (made,) = answer(krm(resource_list([replicated])))["items"]
    assert "annotations" not in made["metadata"]


def test_a_build_of_kustomize_gets_no_number_since_it_has_no_comments() -> None:
    """By the number it copies them for each object, which takes it longer than the function itself."""
    noted = {"config.k8s.io/id": "4", "kustomize.config.k8s.io/id": "kind: WorkspaceIntent\n"}
    (workspace,) = answer(krm(resource_list([intent(annotations=noted)])))["items"]
    assert "annotations" not in workspace["metadata"]


def test_key_value_pairs_of_kpt() -> None:
    pairs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "function-input"}}
    text = yaml.safe_dump(intent())
    assert names(krm(resource_list([], {**pairs, "data": {"intent": text}}))) == ["phi"]
    assert names(krm(resource_list([intent()], {**pairs, "data": {"mode": "transform"}}))) == ["phi"]
    done = krm(resource_list([], {**pairs, "data": {"mode": "validate", "expect": "1"}}))
    assert (done.code, "KG146" in done.said) == (1, True)
    done = krm(resource_list([], {**pairs, "data": {"mod": "validate"}}))
    assert (done.code, "did you mean mode?" in done.said) == (1, True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"mode": "validate", "files": "a.yaml"}, "files has no effect in mode validate"),
        ({"mode": "transform", "intent": "a"}, "intent has no effect in mode transform"),
        ({"mode": "validate", "inventory": "a.yaml"}, "inventory has no effect in mode validate"),
        ({"files": "a.yaml", "expect": "1"}, "expect has no effect in mode generate"),
        ({"expect": "1"}, "fix: write mode=validate, or remove it"),
        ({"files": "gone.yaml"}, "put the intents under data.intent instead"),
        ({"inventory": "gone.yaml"}, "a container sees no files\n"),
        ({"inventory": "*.yaml"}, "a glob is not read: name each file\n"),
    ],
)
def test_a_pair_that_the_mode_has_no_use_for_is_told_and_a_file_that_is_not_there(
    data: dict[str, str], said: str, tmp_path: Path
) -> None:
    pairs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "function-input"}, "data": data}
    done = krm(resource_list([], pairs), cwd=tmp_path)
    assert (done.code, said in done.said) == (1, True), done.said


def test_validator_echoes_for_kpt_and_not_for_kustomize() -> None:
    workspaces = answer(krm(resource_list([intent()])))["items"]
    assert answer(krm(resource_list(workspaces, config("WorkspaceValidator"))))["items"] == workspaces
    workspaces[0]["metadata"]["annotations"] = {"kustomize.config.k8s.io/id": "kind: Workspace\n"}
    silent = krm(resource_list(workspaces, config("WorkspaceValidator")))
    assert answer(silent)["items"] == []
    done = krm(resource_list([intent()]))
    asked = krm(resource_list(answer(done)["items"], config("WorkspaceValidator", echo=False)))
    assert answer(asked)["items"] == []
    echoed = krm(resource_list(workspaces, config("WorkspaceValidator", echo=True)))
    assert answer(echoed)["items"] == workspaces


def test_findings_are_results_and_words_and_a_failure() -> None:
    wrong = intent(annotations={PATH: "models.yaml"})
    wrong["spec"]["placement"]["instanceTyp"] = SKU
    done = krm(resource_list([wrong, intent("good")]))
    assert done.code == 1
    assert "models.yaml: error KG120" in done.said
    found = answer(done)
    assert [one["kind"] for one in found["items"]] == ["WorkspaceIntent", "WorkspaceIntent"]
    (result,) = found["results"]
    assert result["severity"] == "error"
    assert result["field"] == {"path": "spec.placement.instanceTyp"}
    assert result["file"] == {"path": "models.yaml"}
    assert result["tags"] == {"code": "KG120"}
    assert result["resourceRef"]["name"] == "phi"
    assert "did you mean instanceType?" in result["message"]


BAD: dict[str, tuple[str | bytes, str, str]] = {
    "nothing": ("", "KG140", "nothing came in"),
    "an-intent-alone": (yaml.safe_dump(intent()), "KG140", "is not a ResourceList"),
    "two-documents": (resource_list([]) + "---\n" + resource_list([]), "KG140", "2 documents"),
    "other-group": (resource_list([], version="v1"), "KG140", "is not a ResourceList"),
    "no-version": ("kind: List\nitems: []\n", "KG140", "a document without apiVersion is not a ResourceList"),
    "items-no-list": ("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: 7\n", "KG140", "not a list"),
    "broken-yaml": ("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: [\n", "KG102", "<stdin>:"),
    "items-twice": (resource_list([]) + "items: []\n", "KG103", "key items stands twice"),
    "items-twice-quoted": (resource_list([]) + "\"items\": []\n", "KG103", "key items stands twice"),
    "not-text": (b"\xff\xfe\x00", "KG101", "0xff"),
    "unknown-kind": (resource_list([], config("WorkspaceGenertor")), "KG141", "did you mean WorkspaceGenerator?"),
    "no-kind": (resource_list([], {"metadata": {"name": "x"}}), "KG141", "has no kind"),
    "unknown-field": (resource_list([], config("WorkspaceGenerator", file=["a"])), "KG120", "write files instead"),
    "no-intents": (resource_list([], config("WorkspaceGenerator")), "KG121", "neither intents nor files"),
    "outside": (resource_list([], config("WorkspaceGenerator", files=["../x"])), "KG142", "leads to"),
    "root": (resource_list([], config("WorkspaceGenerator", files=["/etc/passwd"])), "KG142", "leads to"),
    "glob": (resource_list([], config("WorkspaceGenerator", files=["*.yaml"])), "KG143", "a glob is not read: name each file"),
    "no-file": (resource_list([], config("WorkspaceGenerator", files=["gone.yaml"])), "KG143", "a container sees no"),
    "missing-name": (resource_list([], {**intent(), "metadata": {}}), "KG121", "name"),
    "half-an-intent": (resource_list([{**intent(), "spec": {}}]), "KG212", "item 1 (WorkspaceIntent phi)"),
    "misspelt-intent": (resource_list([{**intent(), "kind": "WorkspaceIntnt"}]), "KG123", "WorkspaceIntent"),
    "newer-version": (resource_list([{**intent(), "apiVersion": "kaitogen.io/v9"}]), "KG123", "v1alpha1"),
    "twice": (resource_list([intent(), intent()]), "KG220", "made twice"),
    "no-such-provisioner": (resource_list([], config("WorkspaceValidator", target={"kaito": "0.6", "nodeProvisioner": "byo"})), "KG219", "it came with 0.7"),
    "ambiguous-scalar": (resource_list("- " + yaml.safe_dump(intent()).replace("\n", "\n  ").replace("name: phi", "name: 017")), "KG107", "octal"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_and_nothing_stray_is_printed(case: str, tmp_path: Path) -> None:
    text, code, words = BAD[case]
    done = krm(text, cwd=tmp_path)
    assert done.code == 1
    assert code in done.said
    assert words in done.said
    if done.output:
        assert answer(done)["results"]


def test_generator_without_any_intent_is_told(tmp_path: Path) -> None:
    (tmp_path / "later.intent.yaml").write_text("# nothing yet\n")
    done = krm(resource_list([], config("WorkspaceGenerator", files=["later.intent.yaml"])), cwd=tmp_path)
    assert (done.code, "error KG147" in done.said) == (1, True)


def test_workspace_that_is_there_already_is_not_made_a_second_time() -> None:
    workspaces = answer(krm(resource_list([intent()])))["items"]
    done = krm(resource_list([*workspaces, intent()]))
    assert (done.code, "KG144" in done.said) == (1, True)


def test_ten_thousand_objects_are_answered() -> None:
    item = FOREIGN + yaml.safe_dump([intent("phi-NUMBER")])
    text = resource_list("".join(item.replace("NUMBER", str(number)) for number in range(5_000)))
    done = krm(text)
    assert done.code == 0, done.said[-2000:]
    assert done.text.count("\n  kind: Workspace\n") == 5_000
    assert done.text.count("\n  kind: Deployment\n") == 5_000
    assert "kind: WorkspaceIntent" not in done.text


def test_legacy_plugin_reads_documents_and_prints_documents(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(yaml.safe_dump(config("WorkspaceTransformer")))
    foreign = "kind: Deployment\nmetadata:\n  name: web\nspec:\n  mode: 0644\n"
    done = krm(f"{foreign}---\n{yaml.safe_dump(intent())}", tmp_path / "config")
    assert done.text.startswith(f"{foreign}---\napiVersion: kaito.sh/v1beta1\nkind: Workspace\n")
    done = krm(yaml.safe_dump(intent()), tmp_path / "config-that-is-not-there")
    assert (done.code, done.output) == (3, b"")
    broken = {**intent(), "spec": {}}
    done = krm(yaml.safe_dump(broken), tmp_path / "config")
    assert (done.code, done.output) == (1, b"")


def test_both_names_of_the_command_are_one() -> None:
    text = resource_list([intent()]).encode()
    assert kaitogen("krm", stdin=text).output == krm(text).output


@pytest.mark.parametrize("number", [1, 40])
def test_warnings_do_not_stop_unless_asked_to(number: int) -> None:
    counted = intent()
    counted["spec"]["placement"]["count"] = number + 1
    assert krm(resource_list([counted], config("WorkspaceTransformer"))).code == 0
    done = krm(resource_list([counted], config("WorkspaceTransformer", strict=True)))
    assert (done.code, "warning" in done.said) == (1, True)
