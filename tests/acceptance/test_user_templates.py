"""`--templates DIR`: what a user's templates can do, and what they cannot."""

import errno
import io
import os
import subprocess
from pathlib import Path

import pytest

from kaitogen.errors import EnvironmentFailure
from kaitogen.model import Diagnostic
from kaitogen.pipeline.templating import subprocess_renderer
from tests.acceptance.command import Done, kaitogen

INTENT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata: {name: phi, namespace: inference}
spec:
  placement: {instanceType: Standard_NC24ads_A100_v4}
  inference: {model: phi-4}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ name ~ "-front" }}
  namespace: {{ namespace }}
spec:
  selector: {{ label_selector.matchLabels }}
  ports:
{% for port in (80, 5000) %}
    - port: {{ port }}
{% endfor %}
"""


def render(tmp_path: Path, **templates: str) -> Done:
    folder = tmp_path / "templates"
    for name, text in templates.items():
        path = folder / (name.replace("__", "/") + ".yaml.j2")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "phi.intent.yaml").write_text(INTENT, encoding="utf-8")
    return kaitogen("render", "--templates", folder, tmp_path / "phi.intent.yaml")


def refused(done: Done, code: str, *words: str) -> None:
    assert (done.code, done.output) == (1, b""), done.said
    assert f"error {code}:" in done.said
    assert "phi.intent.yaml:3:18" in done.said
    for word in words:
        assert word in done.said


def test_documents_of_ones_own_follow_the_workspace(tmp_path: Path) -> None:
    done = render(tmp_path, documents__service=SERVICE)
    assert done.code == 0, done.said
    workspace, service = done.text.split("---\n")
    assert "kind: Workspace" in workspace
    assert service == (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: phi-front\n  namespace: inference\nspec:\n"
        "  selector:\n    apps: phi\n  ports:\n    - port: 80\n    - port: 5000\n"
    )


def test_shipped_template_can_be_replaced(tmp_path: Path) -> None:
    done = render(
        tmp_path,
        strategies__auto="  instanceType: {{ instance_type }}\n  labelSelector: {matchLabels: {own: {{ name }}}}\n",
    )
    assert done.code == 0, done.said
    assert "      own: phi\n" in done.text


def test_shipped_template_can_be_included(tmp_path: Path) -> None:
    plain = kaitogen("render", "-", stdin=INTENT.encode())
    done = render(
        tmp_path, documents__copy="{% if false %}{% endif %}", preset="  preset: {name: {{ preset.name }}}\n"
    )
    assert done.output == plain.output


@pytest.mark.parametrize(
    ("template", "code", "words"),
    [
        ("{{ ''.__class__.__mro__ }}", "KG505", "sandbox"),
        ("{{ name.format.__globals__ }}", "KG505", "sandbox"),
        ("{{ labels.update({'a': 'b'}) }}", "KG505", "sandbox"),
        ("{{ cycler.__init__.__globals__ }}", "KG505", "sandbox"),
        ("{{ ('%s' % 1).__class__ }}", "KG505", "sandbox"),
        ("{{ nothing_of_that_name }}", "KG504", "undefined"),
        ("{{ lipsum() }}", "KG504", "undefined"),
        ("{{ [1, 2] | random }}", "KG501", "random"),
        ("{% if %}", "KG501", "line 1"),
        ('{% include "no-such.yaml.j2" %}', "KG502", "no-such"),
        ('{% include "../phi.intent.yaml" %}', "KG502", "phi.intent"),
        ('{% include "/etc/passwd" %}', "KG502", "passwd"),
        ('{% include "documents/link.yaml.j2" %}', "KG502", "link"),
        ('{% include "documents/it.yaml.j2" %}', "KG503", "include themselves"),
        ("{% for i in range(10**9) %}{% endfor %}", "KG503", "Range too big"),
        ("{{ 'a' * 10**10 }}", "KG503", "memory"),
        ("{% for i in range(90000) %}{{ 'a' * 100 }}{% endfor %}", "KG503", "4 MiB"),
        ("a: [", "KG507", "line 2 of its output"),
        ("just text", "KG507", "no Kubernetes object"),
        ("a: 1\na: 2\n", "KG507", "stands twice"),
        ("kind: Service\n", "KG507", "apiVersion"),
        ("apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: [b]}\n", "KG507", "metadata.namespace"),
        ("{{ namespace.nothing.at_all }}", "KG504", "no attribute"),
        ("{{ 1 / 0 }}", "KG506", "division"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_bad_template_is_one_finding(tmp_path: Path, template: str, code: str, words: str) -> None:
    (tmp_path / "templates" / "documents").mkdir(parents=True)
    os.symlink("/etc/passwd", tmp_path / "templates" / "documents" / "link.yaml.j2.txt")
    os.symlink("/etc/passwd", tmp_path / "templates" / "link.yaml.j2")
    if "documents/link" in template:
        os.symlink("/etc/passwd", tmp_path / "templates" / "documents" / "link.yaml.j2.inc")
        template = template.replace("documents/link.yaml.j2", "documents/link.yaml.j2.inc")
    refused(render(tmp_path, documents__it=template), code, words)


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in range(10**5) %}{% for j in range(10**5) %}{% endfor %}{% endfor %}",
        "{{ 10 ** (10 ** 9) }}",
        "{% set b = dict(x='a' * 1000) %}{% for i in range(99999) %}{% for j in range(99999) %}{% set c = b.x ~ b.x * j %}{% endfor %}{% endfor %}",
    ],
    ids=["loops", "power", "growing text"],
)
def test_endless_template_ends(tmp_path: Path, template: str) -> None:
    """Each would run for hours: that the command ends at all is what is tested."""
    refused(render(tmp_path, documents__it=template), "KG503")


def test_a_child_that_breaks_is_not_taken_for_a_slow_one() -> None:
    """The end of its pipe comes before its own end, which has to be waited for to be told."""
    command = ["sh", "-c", "exec >&-; sleep 0.2; exit 1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as child:
        stream = child.stdout
        assert isinstance(stream, io.FileIO)
        [answer] = subprocess_renderer._answers(stream, 1, child.pid)
    assert isinstance(answer, Diagnostic)
    assert "broke the process" in answer.message


def test_templates_leave_no_process_behind(tmp_path: Path) -> None:
    done = render(
        tmp_path,
        documents__it="{% for i in range(10**5) %}{% for j in range(10**5) %}{% endfor %}{% endfor %}",
    )
    assert done.code == 1
    running = [
        path for path in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path).encode() in _cmdline(path)
    ]
    assert running == []


def _cmdline(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_values_are_encoded_in_a_users_template_too(tmp_path: Path) -> None:
    intent = INTENT.replace("name: phi, ", 'name: phi, annotations: {note: "a\\n---\\nkind: Secret"}, ')
    (tmp_path / "templates" / "documents").mkdir(parents=True)
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  note: {{ annotations.note }}\n"
    (tmp_path / "templates" / "documents" / "it.yaml.j2").write_text(text, encoding="utf-8")
    done = kaitogen("render", "--templates", tmp_path / "templates", "-", stdin=intent.encode())
    assert done.code == 0, done.said
    assert done.text.endswith("data:\n  note: |-\n    a\n    ---\n    kind: Secret\n")
    assert "kind: Secret" not in [line for line in done.text.splitlines() if not line.startswith(" ")]


def test_no_name_of_an_object_leads_out_of_the_folder_or_hides_another(tmp_path: Path) -> None:
    objects = [("v1", "A", "a"), ("../../b/v1", "A", "a"), ("v1", "A", "A:"), ("v1", "A", "A/"), ("v1", "A", "A "),
               ("v1", ".a", "a"), ("v1", "../a", "a")]  # fmt: skip
    text = "".join(
        f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: '{name}'}}\n"
        for version, kind, name in objects
    )
    plain = render(tmp_path, documents__it=text)
    assert plain.code == 0, plain.said
    out = tmp_path / "out"
    command = ("render", "--templates", tmp_path / "templates", tmp_path / "phi.intent.yaml", "-o", out)
    for _ in range(2):
        assert kaitogen(*command).code == 0
        made = [path for path in out.iterdir() if path.name != ".kaitogen-files"]
        assert len(made) == len(objects) + 1
        assert not [path.name for path in made if path.name.startswith(".")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "phi.intent.yaml", "templates"]


def test_folder_of_templates_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "documents").mkdir()

    def forbidden(path: str) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", forbidden)
    with pytest.raises(EnvironmentFailure, match="documents cannot be read: permission denied"):
        subprocess_renderer.added_documents(str(tmp_path))
