"""Questions to an API server that misbehaves in every way that one can: what is asked again, and what is said."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kaitogen.files.cluster import Access, Cluster, connect
from kaitogen.files.cluster.asking import Limits
from kaitogen.nodes.facts import entry
from kaitogen.nodes.status import held
from tests.unit.files.cluster.scripted import (
    CERTIFICATES,
    Question,
    Reply,
    answering,
    kubeconfig,
    page,
    raised,
    refusal,
)

QUICK = Limits(connect=2, read=0.3, whole=0.6, tries=3, first=0.01, wait=1, size=100_000)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a kubeconfig nor a proxy of the machine may answer here."""
    for name in ("KUBECONFIG", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)


Asking = Callable[..., Any]


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    """A cluster that gives these replies, with the questions that it got."""

    @contextmanager
    def begin(*replies: Reply, **options: Any) -> Iterator[tuple[Cluster, list[Question], list[str]]]:
        changes = {key: options.pop(key) for key in ("user", "cluster") if key in options}
        limits = options.pop("limits", QUICK)
        with answering(*replies, **options) as server:
            told: list[str] = []
            file = kubeconfig(tmp_path, server.address, **changes)
            with connect(Access(str(file)), progress=told.append, limits=limits) as cluster:
                yield cluster, server.asked, told

    return begin


def _names(nodes: list[Any]) -> list[str]:
    return [node["name"] for node in nodes]


def test_pages_are_put_together(asking: Asking) -> None:
    with asking(page("a", "b", following="x y"), page("c")) as (cluster, asked, told):
        assert _names(cluster.nodes(entry)) == ["a", "b", "c"]
        assert cluster.name == "test"
    assert [one.query for one in asked] == [{"limit": "250"}, {"limit": "250", "continue": "x y"}]
    assert asked[0].headers["authorization"] == "Bearer secret-of-the-test"
    assert [words.split(",")[0] for words in told] == ["nodes so far: 2", "nodes so far: 3"]


def test_a_list_that_expires_starts_again_once(asking: Asking) -> None:
    gone = refusal(410, "The provided continue parameter is too old")
    with asking(page("old", following="x"), gone, page("new")) as (cluster, _, told):
        assert _names(cluster.nodes(entry)) == ["new"]
        assert "expired; asking again from the start" in " ".join(told)
    with asking(page("old", following="x"), gone, page("new", following="y"), gone) as (cluster, _, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "expired twice" in words) == ("KG630", True)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(asking: Asking, status: int) -> None:
    with asking(refusal(status), refusal(status), page("a")) as (cluster, asked, told):
        assert _names(cluster.nodes(entry)) == ["a"]
        assert len(asked) == 3
        assert f"answers {status}; asking again" in told[0]


def test_a_busy_server_is_given_up(asking: Asking) -> None:
    with asking(refusal(429, "too many requests, please try again later")) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked)) == ("KG630", 3)
        assert "answers 429 too many requests, please try again later (3 tries)" in words


def test_the_pause_that_a_server_asks_for_is_kept(asking: Asking) -> None:
    with asking(refusal(429, Retry_After="0.3"), page("a")) as (cluster, _, _):
        begin = time.monotonic()
        cluster.nodes(entry)
        assert time.monotonic() - begin >= 0.3


@pytest.mark.parametrize("pause", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_nobody_waits_for_an_hour(asking: Asking, pause: str) -> None:
    with asking(refusal(503, Retry_After=pause), page("a")) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked), "asks to come back in" in words) == ("KG630", 1, True)


@pytest.mark.parametrize("pause", ["soon", "-5", "nan", "inf"])
def test_a_pause_that_is_none(asking: Asking, pause: str) -> None:
    with asking(refusal(503, Retry_After=pause), page("a")) as (cluster, _, _):
        assert _names(cluster.nodes(entry)) == ["a"]


def test_a_cut_connection_is_tried_again_and_given_up(asking: Asking) -> None:
    with asking(page("a")._replace(cut=20), page("b")._replace(cut=0), page("c")) as (cluster, _, told):
        assert _names(cluster.nodes(entry)) == ["c"]
        assert "the connection was cut" in told[0]
    with asking(page("a")._replace(cut=20)) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked)) == ("KG624", 3)
        assert words.endswith("the connection was cut (3 tries)")


def test_a_server_that_says_nothing(asking: Asking) -> None:
    with asking(page("a")._replace(late=2), page("b")) as (cluster, _, told):
        assert _names(cluster.nodes(entry)) == ["b"]
        assert "does not answer within 0.3 s" in told[0]


def test_an_answer_that_comes_byte_by_byte(asking: Asking) -> None:
    limits = QUICK._replace(tries=2, whole=0.3)
    with asking(page("a")._replace(drip=0.02), limits=limits) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked)) == ("KG624", 2)
        assert words.endswith("did not finish an answer within 0.3 s (2 tries)")


def test_an_answer_that_never_ends(asking: Asking) -> None:
    with asking(Reply(b"[" * 200_000)) as (cluster, _, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "MiB in one page" in words) == ("KG629", True)
    body = b'{"items": [' + b"[]," * 100 + b"0]}"
    with asking(Reply(body), limits=QUICK._replace(values=100)) as (cluster, _, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "more than 100 values in one page" in words) == ("KG629", True)
    with asking(page("a", following="x")) as (cluster, _, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "never ends" in words) == ("KG629", True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>please log in: secret</html>"),
        Reply(b"\xff\xfe"),
        Reply(b"[" * 90_000),
        Reply(b"9" * 9_000),
        Reply(["a"]),
        Reply({"items": []}),
        Reply({"metadata": {}, "items": {}}),
        Reply({"metadata": {}, "items": ["a"]}),
        Reply({"metadata": {}, "items": [{"metadata": {"name": 3}}]}),
        Reply({"metadata": {"continue": 3}, "items": []}),
        Reply(b"404 page not found\n", 404),
        Reply(b"", 302, {"Location": "https://127.0.0.1:1/secret"}),
        Reply({"message": "no such thing"}, 418),
    ],
    ids=lambda reply: f"{reply.status}-{reply.data()[:12]!r}",
)
def test_nonsense(asking: Asking, reply: Reply) -> None:
    with asking(reply) as (cluster, asked, _):
        code, _, _ = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked)) == ("KG629", 1)


def test_an_expired_token(asking: Asking) -> None:
    with asking(refusal(401, "Unauthorized")) as (cluster, asked, _):
        code, words, fix = raised(lambda: cluster.nodes(entry))
        assert (code, len(asked)) == ("KG626", 1)
        assert "are not accepted (401)" in words
        assert "log in again" in fix


def test_a_refusal_prints_what_would_allow_it(asking: Asking) -> None:
    message = (
        'nodes is forbidden: User "ci" cannot list resource "nodes" in API group "" at the cluster scope'
    )
    with asking(refusal(403, message)) as (cluster, _, _):
        code, words, fix = raised(lambda: cluster.nodes(entry))
        assert (code, words.partition(": ")[2]) == ("KG627", "ci may not list nodes")
        assert '{apiGroups: [""], resources: [nodes], verbs: [list]}' in fix
        assert '{kind: User, apiGroup: rbac.authorization.k8s.io, name: "ci"}' in fix
    account = message.replace('"ci"', '"system:serviceaccount:kaito:reader"')
    with asking(refusal(403, account)) as (cluster, _, _):
        assert (
            '{kind: ServiceAccount, name: "reader", namespace: "kaito"}'
            in raised(lambda: cluster.nodes(entry))[2]
        )
    with asking(refusal(403, message.replace('"ci"', '"system:anonymous"'))) as (cluster, _, _):
        code, words, fix = raised(lambda: cluster.nodes(entry))
        assert ("no credentials were sent" in words, "apiGroups" in fix) == (True, False)


def test_a_refusal_in_a_namespace(asking: Asking) -> None:
    with asking(refusal(403, 'workspaces.kaito.sh is forbidden: User "ci" cannot')) as (cluster, _, _):
        _, words, fix = raised(lambda: cluster.of_kaito("Workspace", "inference"))
        assert "ci may not list workspaces.kaito.sh in namespace inference" in words
        assert 'kind: Role\nmetadata: {name: kaitogen-list-workspaces, namespace: "inference"}' in fix


def test_workspaces_of_the_newest_version_that_is_served(asking: Asking) -> None:
    missing = Reply(b"404 page not found\n", 404)
    with asking(missing, page("a", kind="WorkspaceList")) as (cluster, asked, _):
        assert cluster.of_kaito("Workspace") == [
            {"apiVersion": "kaito.sh/v1alpha1", "kind": "Workspace", "metadata": {"name": "a"}}
        ]
    assert [one.path for one in asked] == [
        f"/apis/kaito.sh/{version}/workspaces" for version in ("v1beta1", "v1alpha1")
    ]
    with asking(missing) as (cluster, _, _):
        assert raised(lambda: cluster.of_kaito("Workspace"))[0] == "KG628"
    with asking(Reply(b"<html>", 404)) as (cluster, _, _):
        assert raised(lambda: cluster.of_kaito("Workspace"))[0] == "KG629"


def test_one_config_map(asking: Asking) -> None:
    found = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "y"}}
    with asking(Reply(found), refusal(404, "not found"), Reply(b"404 page not found", 404)) as (
        cluster,
        asked,
        _,
    ):
        assert cluster.config_map("../b", "a") == found
        assert cluster.config_map("b", "a") is None
        assert raised(lambda: cluster.config_map("b", "a"))[0] == "KG629"
    assert asked[0].path == "/api/v1/namespaces/..%2Fb/configmaps/a"


@pytest.mark.parametrize("dots", [".", ".."])
def test_a_name_of_dots_leads_nowhere_else(dots: str, asking: Asking) -> None:
    with asking(refusal(404)) as (cluster, asked, _):
        cluster.config_map(dots, dots)
        cluster.of_kaito("InferenceSet", dots)
    quoted = dots.replace(".", "%2E")
    assert [one.path for one in asked] == [
        f"/api/v1/namespaces/{quoted}/configmaps/{quoted}",
        f"/apis/kaito.sh/v1beta1/namespaces/{quoted}/inferencesets",
        f"/apis/kaito.sh/v1alpha1/namespaces/{quoted}/inferencesets",
    ]


def test_what_is_large_or_secret_is_left_out(asking: Asking) -> None:
    node = {
        "metadata": {
            "name": "a",
            "labels": {"x": "y"},
            "managedFields": [1],
            "annotations": {"key": "secret"},
        },
        "spec": {"taints": []},
        "status": {"capacity": {"nvidia.com/gpu": "1"}, "images": [1]},
    }
    with asking(Reply({"metadata": {}, "items": [node]})) as (cluster, _, _):
        assert cluster.nodes(entry) == [
            {"name": "a", "ready": False, "labels": {"x": "y"}, "capacity": {"nvidia.com/gpu": 1}}
        ]


def test_pods_that_hold_something(asking: Asking) -> None:
    gpu = {"resources": {"limits": {"nvidia.com/gpu": "1"}}, "env": [{"name": "key", "value": "secret"}]}
    plain = {"resources": {"requests": {"cpu": "1"}}}
    pods = [
        {"metadata": {"name": name, "namespace": "b"}, "spec": {"nodeName": "n", "containers": [one]}}
        for name, one in (("gpu", gpu), ("plain", plain))
    ]
    with asking(Reply({"metadata": {}, "items": [*pods, {"metadata": {"name": "odd"}}]})) as (
        cluster,
        asked,
        _,
    ):
        (pod,) = cluster.pods(held)
    assert pod == ("n", {"nvidia.com/gpu": 1})
    assert asked[0].query["fieldSelector"].startswith("spec.nodeName!=,")


@pytest.mark.parametrize(
    ("certificate", "words"), [("elsewhere", "is not valid for"), ("expired", "has expired")]
)
def test_a_bad_certificate(asking: Asking, certificate: str, words: str) -> None:
    with asking(page("a"), certificate=certificate) as (cluster, asked, _):
        code, said, _ = raised(lambda: cluster.nodes(entry))
        assert (code, words in said, asked) == ("KG625", True, [])


def test_a_certificate_of_somebody_else(asking: Asking, tmp_path: Path) -> None:
    stranger = {"certificate-authority": str(CERTIFICATES / "stranger.pem")}
    with asking(page("a"), cluster=stranger) as (cluster, asked, _):
        assert (raised(lambda: cluster.nodes(entry))[0], asked) == ("KG625", [])
    careless = {"certificate-authority": None, "insecure-skip-tls-verify": True}
    with asking(page("a"), certificate="elsewhere", cluster=careless) as (cluster, _, _):
        assert _names(cluster.nodes(entry)) == ["a"]
    with asking(page("a"), cluster={**stranger, "insecure-skip-tls-verify": "no"}) as (cluster, _, _):
        assert raised(lambda: cluster.nodes(entry))[0] == "KG625"


def test_client_certificates(asking: Asking) -> None:
    mine = str(CERTIFICATES / "client.pem")
    user = {"client-certificate": mine, "client-key": mine}
    with asking(page("a"), clients=True, user=user) as (cluster, _, _):
        assert _names(cluster.nodes(entry)) == ["a"]
    with asking(page("a"), clients=True) as (cluster, _, _):
        # Whether the server's word arrives before the end of the connection is a matter of luck.
        assert raised(lambda: cluster.nodes(entry))[0] in {"KG624", "KG626"}


def test_a_server_that_speaks_no_tls(asking: Asking) -> None:
    with asking(page("a"), certificate=None) as (cluster, _, _):
        assert raised(lambda: cluster.nodes(entry))[0] == "KG629"


def test_a_proxy_is_asked_unless_the_surroundings_say_not_to(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = {"proxy-url": "http://127.0.0.1:1"}
    with asking(page("a"), cluster=nobody) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "the proxy on the way to it" in words, asked) == ("KG624", True, [])
    monkeypatch.setenv("NO_PROXY", "example.com,127.0.0.0/8")
    with asking(page("a"), cluster=nobody) as (cluster, _, _):
        assert _names(cluster.nodes(entry)) == ["a"]
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with asking(page("a")) as (cluster, _, _):
        assert "the proxy on the way to it" in raised(lambda: cluster.nodes(entry))[1]


def test_a_certificate_for_another_name(asking: Asking) -> None:
    with asking(page("a"), cluster={"tls-server-name": "nowhere.example"}) as (cluster, asked, _):
        code, words, _ = raised(lambda: cluster.nodes(entry))
        assert (code, "nowhere.example" in words, asked) == ("KG625", True, [])


def test_nobody_there(tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, "https://user:secret@127.0.0.1:1/prefix")
    with connect(Access(str(file)), limits=QUICK) as cluster:
        code, words, _ = raised(lambda: cluster.nodes(entry))
    assert (code, words) == ("KG624", "cluster test at 127.0.0.1:1: connection refused")


def test_a_name_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    file = kubeconfig(tmp_path, "https://nowhere.example")
    with connect(Access(str(file)), limits=QUICK) as cluster:
        code, words, _ = raised(lambda: cluster.nodes(entry))
    assert (code, words.partition(": ")[2]) == ("KG624", "its name is not known to the name servers")
