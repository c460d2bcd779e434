"""The shipped templates: compiled ahead they make the bytes that Jinja2 makes, and no value gets out of its place."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kaitogen.files import shipped
from kaitogen.model import Document, Request
from kaitogen.pipeline.context import context
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.render import fill
from kaitogen.pipeline.strategies import resolve
from kaitogen.pipeline.templating import environment
from kaitogen.pipeline.validate import validate
from kaitogen.yaml.reader import read
from kaitogen.yaml.writer import flow
from tests.draws import examples

#: What has broken out of quotes, blocks and types in other tools.
NASTY = [
    "yes", "no", "on", "off", "null", "~", "true", "1e3", "0x1f", "017", "0o17", "1_000", "12:30:45", "2024-01-01",
    "9223372036854775808", "-9223372036854775809", "18446744073709551616", ".inf", ".NaN", "-", "- x", "? x", ": x", "x: y", "x #y",
    "# x", "---", "...", "{{ name }}", "{% raw %}", "{a: b}", "[a]", "&a", "*a", "!!str x", "|", ">", "%YAML", "@x", "`x`", "'", '"',
    "\\", "a\nb", "a\n---\nb", "\n", "\t", " x", "x ", "\r\n", "a\x00b", "\x7f", "\x85", "\u2028", "\ufeff", "😀", "é", "\u202e", "=", "<<",
]  # fmt: skip
TEXT = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def intent(annotation: str, key: str, word: str, command: str, number: float = 1) -> dict[str, Any]:
    return {
        "apiVersion": "kaitogen.io/v1alpha1",
        "kind": "WorkspaceIntent",
        "metadata": {"name": "phi", "annotations": {"example.com/note": annotation}},
        "spec": {
            "placement": {"instanceType": "Standard_NC24ads_A100_v4"},
            "inference": {
                "template": {
                    "metadata": {"annotations": {"note": word}},
                    "spec": {"containers": [{"name": "main", "image": "x", "command": [command], "env": [{"name": "A", "value": word}]}]},
                },
                "config": {"custom": {"number": number, key: word, "list": [word, annotation]}},
            },
        },
    }  # fmt: skip


def made(value: dict[str, Any]) -> list[Any]:
    result = generate(Request(documents=(Document("test", 0, value, inline=True),)))
    assert result.ok, result.findings
    return [manifest.data for manifest in result.manifests]


@given(TEXT, TEXT.filter(lambda text: text not in ("configMapName", "vllm", "list", "number")), TEXT, TEXT)
@examples(150)
def test_no_value_changes_the_structure(annotation: str, key: str, word: str, command: str) -> None:
    from kaitogen.pipeline.emit import stream

    value = intent(annotation, key, word, command)
    result = generate(Request(documents=(Document("test", 0, value, inline=True),)))
    assert result.ok, result.findings
    text = stream(result.manifests, "yaml")
    with_ours = [raw.value for raw in read(text)]
    with_pyyaml = list(yaml.safe_load_all(text))
    with_json = json.loads(stream(result.manifests, "json"))["items"]
    assert with_ours == with_pyyaml == with_json
    config_map, workspace = with_ours
    assert workspace["metadata"]["annotations"] == {"example.com/note": annotation}
    main = workspace["inference"]["template"]["spec"]["containers"][0]
    assert (main["command"], main["env"]) == ([command], [{"name": "A", "value": word}])
    inner = config_map["data"]["inference_config.yaml"]
    wanted = {"custom": {"number": 1, key: word, "list": [word, annotation]}}
    assert [raw.value for raw in read(inner)] == [wanted]
    assert yaml.safe_load(inner) == wanted


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64 - 1))
@example(1e-05)
@example(1e16)
@examples(60)
def test_number_stays_the_number_for_every_reader(number: float) -> None:
    config_map, _ = made(intent("a", "b", "c", "d", number))
    inner = config_map["data"]["inference_config.yaml"]
    for value in (next(read(inner)).value, yaml.safe_load(inner)):
        found = value["custom"]["number"]
        assert (found, type(found)) == (number, type(number))


@given(st.data())
@examples(60)
def test_compiled_ahead_and_rendered_live_are_the_same_bytes(data: st.DataObject) -> None:
    words = [data.draw(TEXT) for _ in range(3)]
    value = intent(words[0], "key", words[1], words[2])
    if data.draw(st.booleans()):
        value["spec"]["placement"]["count"] = 3
        value["spec"]["inference"] = {"model": "phi-4", "accessSecret": "x", "runtime": "transformers"}
    specs, _ = validate([Document("test", 0, value, inline=True)])
    planned, _ = resolve(specs)
    jinja = environment.environment([shipped.folder("templates")])
    for spec, plan in planned:
        one = context(spec, plan)
        for name in one.templates:
            values = dict(one.values)
            live = jinja.get_template(name).render(values)
            assert [flow(fill(name, values))] == [flow(raw.value) for raw in read(live)]
            assert [fill(name, values)] == [raw.value for raw in read(live)]


@pytest.mark.checkout
@pytest.mark.parametrize(
    "text", ["a: x-{{ name }}", "{{ name }}: a", "a: 1  # {{ name }}", "a: |\n  {{ name }}\n"]
)
def test_a_shipped_template_holds_whole_values_alone(text: str) -> None:
    from scripts.compile_templates import function

    with pytest.raises(SystemExit, match="odd puts a value where none belongs"):
        function("odd", text)


@pytest.mark.checkout
@pytest.mark.parametrize(
    "text", ["a: {{ name | upper }}", "{% for one in name %}\na: {{ one }}\n{% endfor %}", "a: {{ 1 + 1 }}"]
)
def test_a_shipped_template_computes_nothing(text: str) -> None:
    from scripts.compile_templates import function

    with pytest.raises(SystemExit, match=r"template odd has a (Filter|For|Add); .* if \.\.\. is none"):
        function("odd", text)


@pytest.mark.checkout
def test_compiled_templates_are_not_stale(root: Path) -> None:
    subprocess.run([sys.executable, "-m", "scripts.compile_templates", "--check"], cwd=root, check=True)


def test_encoding_is_the_default_and_refuses_what_yaml_cannot_say() -> None:
    jinja = environment.environment([])
    assert jinja.from_string("a: {{ x }}").render(x="b: c") == 'a: "b: c"'
    assert jinja.from_string("{% macro m() %}a: 1{% endmacro %}x: {{ m() }}").render() == 'x: "a: 1"'
    for odd in ("{{ range }}", "{{ x }}", "{{ [x] }}", "{{ {1: 2} }}", "{{ large * 10 }}"):
        with pytest.raises(Exception, match=r"template|undefined"):
            jinja.from_string(odd).render(large=1e308)
