"""ResourceLists in any layout that a tool may write: objects of others come back as the very text that came."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.acceptance.test_krm import answer, config, intent, krm

#: Words that readers disagree about, or that a reader of YAML would write in another way.
ODD = "mode: 0644\n    on: yes\n    y: 1_000\n    octal: 0o17\n    late: 22:30\n"
FOREIGN = f"""\
apiVersion: v1
kind: Service
metadata: {{name: web}} # kaitogen.io/ stands here, too
spec:
    {ODD}    text: |
      - apiVersion: no item
      kind: at all
"""
FLOW = '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {mode: 0644, on: yes, y: 1_000, "kaitogen.io/x": "\\/\\u00e9"}}'
HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
TRANSFORMER = yaml.safe_dump({"functionConfig": config("WorkspaceTransformer")})


def dashed(text: str, dash: str = "- ") -> str:
    lines = text.splitlines(keepends=True)
    return dash + lines[0] + "".join(" " * len(dash) + line for line in lines[1:])


OURS = dashed(yaml.safe_dump(intent()))
LAYOUTS: dict[str, tuple[str, str]] = {
    "a comment at the margin": (HEAD + "items:\n# ours\n" + OURS + dashed(FOREIGN) + "# the end\n" + TRANSFORMER, dashed(FOREIGN)),
    "a comment within, at the margin": (
        HEAD + "items:\n" + dashed(FOREIGN).replace("  spec:", "# why\n  spec:") + OURS,
        dashed(FOREIGN).replace("  spec:", "# why\n  spec:"),
    ),
    "a comment first": ("# list\n" + HEAD + "items: # all of them\n" + dashed(FOREIGN) + OURS, dashed(FOREIGN)),
    "three dashes first": ("---\n" + HEAD + "items:\n" + dashed(FOREIGN) + OURS, dashed(FOREIGN)),
    "the end marked": (HEAD + "items:\n" + OURS + dashed(FOREIGN) + "...\n", dashed(FOREIGN)),
    "wide dashes": (HEAD + "items:\n" + dashed(FOREIGN, "-   ") + OURS, dashed(FOREIGN, "-   ")),
    "the items last and indented": (
        HEAD + TRANSFORMER + "items:\n# x\n" + "".join(f"    {line}" for line in (dashed(FOREIGN) + OURS).splitlines(True)),
        "".join(f"    {line}" for line in dashed(FOREIGN).splitlines(True)),
    ),
    "lines of Windows": ((HEAD + "items:\n" + dashed(FOREIGN) + OURS + TRANSFORMER).replace("\n", "\r\n"), dashed(FOREIGN).replace("\n", "\r\n")),
    "flow in block": (HEAD + f"items:\n# x\n- {FLOW}\n" + OURS, f"- {FLOW}\n"),
    "flow": (f"{{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [{FLOW} , {json.dumps(intent())} , ]}}", FLOW),
    "brackets in block": (HEAD + f"items: [\n {FLOW}, # why\n {json.dumps(intent())} ]\n" + TRANSFORMER, FLOW),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_objects_of_others_come_back_as_they_came_in_any_layout(layout: str) -> None:
    text, foreign = LAYOUTS[layout]
    done = krm(text)
    assert done.code == 0, done.said
    assert foreign.encode() in done.output
    kinds = {item["kind"]: item for item in answer(done)["items"]}
    assert kinds["Service"] == next(one for one in yaml.safe_load(text)["items"] if one["kind"] == "Service")
    assert kinds["Workspace"]["metadata"]["name"] == "phi"
    assert len(kinds) == 2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_changed_where_nothing_is_to_do(layout: str) -> None:
    """A validator that echoes gives all objects back, and a run that fails does too."""
    text, _ = LAYOUTS[layout]
    before = yaml.safe_load(text)["items"]
    broken = krm(text.replace("instanceType", "instanceTyp"))
    assert broken.code == 1
    assert [one["kind"] for one in answer(broken)["items"]] == [one["kind"] for one in before]
    assert answer(broken)["results"]


def test_json_is_answered_in_json() -> None:
    note = "\N{GRINNING FACE}\x85\x7f\N{LINE SEPARATOR}\\"
    foreign = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x", "annotations": {"note": note}}}
    ours = intent()
    ours["metadata"]["annotations"] = {"note": note}
    for indent in (None, 2):
        items = [foreign, ours]
        head = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}
        done = krm(json.dumps(head, indent=indent))
        assert done.code == 0, done.said
        secret, workspace = json.loads(done.text)["items"]
        assert secret == foreign
        assert workspace["metadata"]["annotations"] == {"note": note}
        assert answer(done) == json.loads(done.text)
    wrong = krm(json.dumps({**head, "items": [{**ours, "spec": {}}]}))
    assert json.loads(wrong.text)["results"]
    nothing = krm(json.dumps({**head, "items": []}))
    assert json.loads(nothing.text) == {**head, "items": []}


def shared(*objects: Any, function: Any = None) -> str:
    """A list as PyYAML writes it where objects share parts: with anchors and aliases."""
    head = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": list(objects)}
    return yaml.safe_dump(head | ({} if function is None else {"functionConfig": function}), sort_keys=False)


def service(labels: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "labels": labels}}


def a_service_and_an_intent() -> tuple[str, list[Any]]:
    labels = {"team": "search", "octal": "0644"}
    return shared(intent(labels=labels), service(labels)), [intent(labels=labels), service(labels)]


def a_service_and_the_configuration() -> tuple[str, list[Any]]:
    labels = {"team": "search"}
    function = config("WorkspaceTransformer")
    function["metadata"]["labels"] = labels
    text = shared(service(labels), intent(), function=function)
    before, _, behind = text.partition("functionConfig:")
    head, _, items = before.partition("items:")
    # The configuration first, so that the items have the aliases.
    swapped = f"functionConfig:{behind}".replace("*id001", "&id001\n      team: search")
    items = items.replace("&id001\n      team: search", "*id001")
    return f"{head}{swapped}items:{items}", [service(labels), intent()]


def an_anchor_that_is_made_anew() -> tuple[str, list[Any]]:
    first, second = service({"a": "1"}), service({"a": "2"})
    second["metadata"]["name"] = "other"
    items = dashed(yaml.safe_dump(first).replace("labels:", "labels: &x")) + dashed(
        yaml.safe_dump(second).replace("labels:", "labels: &x")
    )
    third = dashed("apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: *x}\nmode: 0644\n")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"a": "2"}}, "mode": 0o644}
    return f"{HEAD}items:\n{items}{third}{OURS}", [first, second, pod, intent()]


@pytest.mark.parametrize(
    "made", [a_service_and_an_intent, a_service_and_the_configuration, an_anchor_that_is_made_anew]
)
def test_aliases_that_lead_from_one_object_to_another_are_written_out(
    made: Callable[[], tuple[str, list[Any]]],
) -> None:
    text, objects = made()
    assert "*" in text
    done = krm(text)
    assert done.code == 0, done.said
    assert "*" not in done.text
    # PyYAML alone has no anchor of a name that was used before.
    found = answer(done._replace(output=done.output.replace(b" &x\n", b"\n")))["items"]
    expected = [one for one in objects if one["kind"] != "WorkspaceIntent"]
    assert [one for one in found if one["kind"] != "Workspace"] == expected
    assert "mode: 0644" in done.text or "0644" not in text or "octal" in text
    workspace = next(one for one in found if one["kind"] == "Workspace")
    assert workspace["metadata"].get("labels") == objects[0 if objects[0]["kind"] == "WorkspaceIntent" else -1]["metadata"].get("labels")  # fmt: skip


def test_an_object_between_brackets_that_is_an_alias_as_a_whole_is_written_out() -> None:
    pod = "&p {apiVersion: v1, kind: Pod, metadata: {name: p}, mode: 0644}"
    done = krm(f"{HEAD}items: [{pod}, *p, {json.dumps(intent())}]\n")
    assert done.code == 0, done.said
    assert "*p" not in done.text
    assert done.text.count("{apiVersion: v1, kind: Pod, metadata: {name: p}, mode: 0644}") == 2


def test_an_object_between_brackets_stays_one_where_what_it_stands_for_has_lines_of_its_own() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
    block = "shared: &p\n  apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p\n"
    done = krm(f"{HEAD}{block}items: [*p, {json.dumps(intent())}]\n")
    assert done.code == 0, done.said
    assert answer(done)["items"][0] == pod


def test_a_list_may_end_with_a_dash_and_one_that_stands_in_a_list_is_none() -> None:
    assert answer(krm(f"{HEAD}items: # none\n-"))["items"] == [None]
    nested = krm("- items\n- [a, b]\n")
    assert (nested.code, "error KG140" in nested.said) == (1, True)


def test_an_alias_in_its_own_anchor_is_refused_also_where_the_name_stood_for_something_before() -> None:
    pods = "&p {kind: Pod}, &p {kind: Pod, metadata: *p}, {kind: Pod, spec: *p}"
    done = krm(f"{HEAD}items: [{pods}, {json.dumps(intent())}]\n")
    assert (done.code, "error KG104" in done.said) == (1, True)


def test_aliases_within_an_object_and_what_looks_like_one_stay_as_they_are() -> None:
    foreign = dashed(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: &x {a: b}, annotations: *x}\n"
        "script: a && rm -rf *.txt &\n"
    )
    done = krm(f"{HEAD}items:\n{foreign}{OURS}")
    assert done.code == 0, done.said
    assert foreign in done.text


def test_an_alias_bomb_is_refused_whatever_it_is_in() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)]
    bomb = dashed("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n" + "".join(lines))
    done = krm(f"{HEAD}items:\n{bomb}{dashed('kind: Pod' + chr(10) + 'x: *a8' + chr(10))}{OURS}")
    assert (done.code, "KG104" in done.said) == (1, True)


@pytest.mark.parametrize("items", ["# x\n" + "- " * 5_000 + "a\n", "[" * 900_000])
def test_what_is_nested_too_deep_is_told_before_it_is_cut(items: str) -> None:
    """libyaml's scanner looks at all brackets that are open, at each one more."""
    done = krm(f"{HEAD}items:\n {items}")
    assert (done.code, "error KG108: nested more than 100 levels deep" in done.said) == (1, True)


@pytest.mark.parametrize("key", ["items", '"items"'])
def test_items_twice_are_told_in_another_layout_too(key: str) -> None:
    item = json.dumps(intent())
    done = krm(
        f'{{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{item}], {key}: []}}'
    )
    assert (done.code, "error KG103" in done.said) == (1, True)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("between", ["---", "--- # next", "---   "])
def test_documents_are_told_apart_however_their_lines_end(between: str, end: str) -> None:
    from tests.acceptance.command import kaitogen

    workspace = answer(krm(f"{HEAD}items:\n{OURS}"))["items"][0]
    other = {**workspace, "metadata": {"name": "other"}}
    other["resource"] = {**workspace["resource"], "labelSelector": {"matchLabels": {"apps": "other"}}}
    text = f"{between}\n".join(map(yaml.safe_dump, (workspace, other))).replace("\n", end)
    done = kaitogen("kustomize", "check", "--expect", "2", stdin=text.encode())
    assert (done.code, done.said) == (0, "kaitogen: no findings\n")


def test_ten_thousand_objects_in_another_layout_are_answered() -> None:
    from tests.acceptance.test_krm import FOREIGN as OTHER

    item = OTHER + yaml.safe_dump([intent("phi-NUMBER")])
    items = "".join(item.replace("NUMBER", str(number)) for number in range(500))
    done = krm((HEAD + "items:\n" + items).replace("\n", "\r\n"))
    assert done.code == 0, done.said[-2000:]
    assert done.output.count(b"kind: Deployment\r\n") == done.output.count(b"kind: Workspace\n") == 500
