"""`--templates DIR`: what a user's templates can do, and what they cannot."""

import errno
import io
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from jinja2 import Environment, TemplateNotFound

from kaitogen.errors import EnvironmentFailure
from kaitogen.model import Diagnostic, Request
from kaitogen.pipeline.generate import generate
from kaitogen.pipeline.templating import fence, subprocess_renderer
from kaitogen.pipeline.templating.environment import FolderLoader, environment
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
        ("{#" + "a" * 2**20 + "#}", "KG502", "larger than 1 MiB"),
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


def test_names_of_files_are_right_on_every_disk_and_for_every_program(tmp_path: Path) -> None:
    names = [
        "a",
        "A",
        "\u00e9",
        "\u00c9",
        "\uac00",
        "\u1100\u1161",
        "\u8c48",
        "\uf900",
        "-a",
        "x" * 253,
        "x" * 252 + "y",
        "\u00e9" * 253,
    ]
    text = "".join(f"---\napiVersion: v1\nkind: '{kind}'\nmetadata: {{name: '{name}', namespace: '{space}'}}\n"
                   for name in names for kind in ("Foo", "-bar") for space in ("", "-n"))  # fmt: skip
    render(tmp_path, documents__it=text)
    out = tmp_path / "out"
    command = ("render", "--templates", tmp_path / "templates", tmp_path / "phi.intent.yaml", "-o", out)
    done = kaitogen(*command)
    assert done.code == 0, done.said
    made = [name for name in os.listdir(out) if name != ".kaitogen-files"]
    assert len({normalize("NFD", name).casefold() for name in made}) == len(made) == 4 * len(names) + 1
    assert not [name for name in made if name.startswith(("-", ".")) or len(name.encode()) > 255]
    assert kaitogen(*command, "--check").code == 0


def test_a_child_that_answers_without_end_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_renderer, "_MOST_ANSWERED", 1000)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"\x7f" * 2000)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb", buffering=0) as stream:
        (answer,) = subprocess_renderer._answers(stream, 1, child)
        assert len(stream.read()) == 2000 - 8 - 1000
    assert isinstance(answer, Diagnostic)
    assert answer.code == "KG503"


def test_no_name_of_a_file_is_a_device_of_windows(tmp_path: Path) -> None:
    text = "".join(f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n"
                   for kind in ("Con.a", "NUL.a", "COM1.a", "lpt\u00b9.a", "Console.a"))  # fmt: skip
    render(tmp_path, documents__it=text)
    out = tmp_path / "out"
    kaitogen("render", "--templates", tmp_path / "templates", tmp_path / "phi.intent.yaml", "-o", out)
    assert sorted(os.listdir(out)) == [
        ".kaitogen-files", "_com1.a_a.yaml", "_con.a_a.yaml", "_lpt\u00b9.a_a.yaml", "_nul.a_a.yaml", "console.a_a.yaml",
        "inference_workspace_phi.yaml",
    ]  # fmt: skip


def test_templates_that_become_links_while_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside" / "documents").mkdir(parents=True)
    (tmp_path / "outside" / "documents" / "a.yaml.j2").write_text("s3cr3t: 1\n")
    (tmp_path / "templates" / "documents").mkdir(parents=True)
    (tmp_path / "templates" / "documents" / "a.yaml.j2").write_text("a: 1\n")
    loader = FolderLoader([str(tmp_path / "templates")])

    def looked_at(path: str) -> bool:
        if path.startswith(str(tmp_path)):
            (tmp_path / "templates").rename(tmp_path / "old")
            (tmp_path / "templates").symlink_to("outside")
        return True

    monkeypatch.setattr(os.path, "isfile", looked_at)
    with pytest.raises(TemplateNotFound):
        loader.get_source(Environment(), "documents/a.yaml.j2")
    with pytest.raises(TemplateNotFound):
        loader.get_source(Environment(), "documents/a.yaml.j2")


def test_a_folder_of_templates_outside_of_what_may_be_read(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "linked").symlink_to(tmp_path / "templates")
    (tmp_path / "app" / "phi.intent.yaml").write_text(INTENT)
    request = Request((str(tmp_path / "app"),), templates=str(tmp_path / "app" / "linked"))
    assert generate(request).manifests
    (refusal,) = generate(request._replace(within=str(tmp_path / "app"))).findings
    assert (refusal.code, refusal.file) == ("KG155", "--templates")


def test_folder_of_templates_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "documents").mkdir()

    def forbidden(path: str) -> list[str]:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "listdir", forbidden)
    with pytest.raises(EnvironmentFailure, match="documents cannot be read: permission denied"):
        subprocess_renderer.added_documents(str(tmp_path))


ADDRESSES = [
    "{{ range|string }}", "{{ range|pprint }}", "{{ cycler('a')|string }}", "{{ joiner()|string }}", "{{ name.upper|string }}",
    "{{ [name.upper, range]|string }}", "{{ [name.upper]|join }}", "{{ name.upper ~ '' }}", "{{ '%s' % range }}", "{{ '%r' % [range] }}",
    "{{ '{}'.format(range) }}", "{{ '{0.upper}'.format(name) }}", "{{ '{a[0]}'.format_map({'a': [range]}) }}",
    "{{ ['a']|map('upper')|string }}", "{{ ['a']|map(attribute='upper')|list|string }}", "{{ name|attr('upper')|string }}",
    "{{ name['upper']|upper }}", "{{ dict|string }}", "{{ dict(a=range)|string }}", "{{ namespace(a=range)|string }}",
    "{{ 'ab'|batch(1)|title }}", "{{ range|e }}", "{{ range|forceescape }}",
    "{% for one in (1, 2) %}{{ loop.cycle|string }}{% endfor %}", "{% set f %}{{ range|center(90) }}{% endset %}{{ f }}",
    "{% macro m(a) %}{{ a|string }}{% endmacro %}{{ m(range) }}", "{{ ['a']|map('string')|map('upper')|pprint }}",
    "{{ {'a': 1}.items|string }}", "{{ (name.upper,)|string }}", "{{ range|replace('function', '') }}",
]  # fmt: skip


@pytest.mark.parametrize("expression", ADDRESSES)
def test_nothing_but_data_becomes_text(expression: str) -> None:
    """Python's text of a function holds an address: other bytes at each call."""
    jinja = environment([])
    with pytest.raises(TypeError, match=r"a template (makes text of|puts) a "):
        jinja.from_string(expression).render(name="phi")


def test_super_becomes_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text("{% block b %}x{% endblock %}", encoding="utf-8")
    for text in ("{{ super|string }}", "{{ super ~ '' }}"):
        (tmp_path / "b.j2").write_text(
            "{% extends 'a.j2' %}{% block b %}" + text + "{% endblock %}", encoding="utf-8"
        )
        with pytest.raises(TypeError, match="makes text of a BlockReference"):
            environment([str(tmp_path)]).get_template("b.j2").render()


@pytest.mark.parametrize(
    ("expression", "made"),
    [("{{ range(3)|list }}", "[0, 1, 2]"), ("{{ ['a', 'b']|map('upper')|join('-') }}", "A-B"), ("{{ name.upper() }}", "PHI"),
     ("{% set c = cycler(1, 2) %}{{ c.next() }}{{ c.next() }}{{ c.current }}", "121"), ("{% set j = joiner('+') %}{{ j() }}{{ j() }}", '"""+"'),
     ("{% set n = namespace(a=1) %}{% set n.a = 2 %}{{ n.a }}", "2"), ("{{ '{}-{}'.format(name, 1) }}", "phi-1"),
     ("{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", "a1"), ("{{ 'ab'|batch(1)|list }}", '[[a], [b]]'),
     ("{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(1) %}2{% endcall %}", '1"2"'),
     ("{{ [{'n': 'b'}, {'n': 'a'}]|sort(attribute='n')|map(attribute='n')|first }}", "a"), ("{{ '%s' % name }}", "phi"),
     ("{{ {'a': 1}|dictsort|string }}", "\"[('a', 1)]\""), ("{{ nothing|default('d') }}", "d"), ("{{ dict(a=1) }}", "{a: 1}"),
     ("{{ ['a']|map('upper') is iterable }}", "true"), ("{{ name.upper is callable }}", "true")],
)  # fmt: skip
def test_what_is_data_still_does(expression: str, made: str) -> None:
    assert environment([]).from_string(expression).render(name="phi") == made


def in_a_child(work: Callable[[], object], folder: Path) -> dict[str, str]:
    """What the work ends in, in a process behind the fence: its value or the name of its error; and which fences hold."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = {"fences": " ".join(fence.enter(writer, (str(folder), *subprocess_renderer._CODE)))}
        try:
            told["value"] = str(work())
        except Exception as error:  # noqa: BLE001 - whatever it is, its name is told
            told["value"] = type(error).__name__
        os.write(fence.ANSWERS, json.dumps(told).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        told = json.loads(stream.read())
    os.waitpid(child, 0)
    return dict(told)


#: What a template would do that got out of Jinja2's sandbox, and how it ends.
WAYS_OUT: dict[str, tuple[Callable[[Path], object], str]] = {
    "environment": (lambda _: dict(os.environ), "{}"),
    "descriptors": (lambda _: [one for one in range(4, 200) if os.path.exists(f"/dev/fd/{one}")], "[]"),
    "many descriptors": (lambda folder: [os.open(folder / "in", os.O_RDONLY) for _ in range(32)], "OSError"),
    "standard output": (lambda _: os.write(1, b"x") and os.ttyname(1), "OSError"),
    "file elsewhere": (lambda folder: (folder.parent / "secret").read_bytes(), "PermissionError"),
    "folder elsewhere": (lambda folder: os.listdir(folder.parent), "PermissionError"),
    "own memory": (lambda _: os.open("/proc/self/mem", os.O_RDONLY), "PermissionError"),
    "new file": (lambda folder: (folder / "new").write_bytes(b""), "PermissionError"),
    "removed file": (lambda folder: os.unlink(folder / "in"), "PermissionError"),
    "other mode": (lambda folder: os.chmod(folder / "in", 0o777), "PermissionError"),
    "network": (lambda _: socket.socket(), "PermissionError"),
    "process": (lambda _: os.fork(), "PermissionError"),
    "program": (lambda _: os.execv("/bin/sh", ["sh", "-c", "exit 7"]), "PermissionError"),
    "signal": (lambda _: os.kill(os.getppid(), 0), "PermissionError"),
    "higher limit": (lambda _: resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1)), "ValueError"),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fences are Linux's")
@pytest.mark.parametrize("way", WAYS_OUT)
def test_what_gets_out_of_the_sandbox_is_still_fenced(way: str, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "in").write_bytes(b"in")
    (tmp_path / "secret").write_bytes(b"secret")
    work, expected = WAYS_OUT[way]
    told = in_a_child(lambda: work(folder), folder)
    assert told == {"fences": "landlock seccomp", "value": expected}
    assert (folder / "in").stat().st_mode & 0o777 != 0o777


def test_page_counts_the_system_calls_that_are_left(root: Path) -> None:
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    intel, arm = (len(fence._CALLS[machine][1]) for machine in ("x86_64", "aarch64"))
    assert f"{intel} system calls ({arm} on arm64)" in page


def test_behind_the_fence_templates_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"text")
    assert in_a_child((tmp_path / "in").read_bytes, tmp_path)["value"] == "b'text'"


def test_templates_are_bounded_over_all_intents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_renderer, "MAX_TOTAL", 1_000)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.yaml.j2").write_text(
        "{% for n in range(900) %}#{% endfor %}", encoding="utf-8"
    )
    many = "---\n".join(INTENT.replace("name: phi", f"name: phi-{one}") for one in range(2))
    (tmp_path / "many.intent.yaml").write_text(many, encoding="utf-8")
    result = generate(Request((str(tmp_path / "many.intent.yaml"),), templates=str(tmp_path)))
    assert [one.code for one in result.findings] == ["KG503"]
    assert result.manifests == ()
