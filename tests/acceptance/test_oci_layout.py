"""OCI image layouts and hydrator.metadata: the same digest everywhere, and what Flux, Argo CD and promoters read."""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import kaitogen

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@pytest.fixture
def models(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    Path("models/fleet.intent.yaml").write_bytes((root / "examples/fleet.intent.yaml").read_bytes())
    return tmp_path


def blob(digest: str, folder: str = "image") -> bytes:
    data = Path(folder, "blobs", *digest.split(":")).read_bytes()
    assert digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    return data


def image(folder: str = "image") -> tuple[str, dict[str, Any]]:
    """The digest and the manifest of the one image in a layout, as a client finds them."""
    assert json.loads(Path(folder, "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    (descriptor,) = json.loads(Path(folder, "index.json").read_text())["manifests"]
    data = blob(descriptor["digest"], folder)
    assert descriptor["size"] == len(data)
    return descriptor["digest"], json.loads(data)


def unpacked(manifest: dict[str, Any], folder: str = "image") -> dict[str, bytes]:
    """The files of the one content layer, taken as Argo CD and Flux take them."""
    (layer,) = [
        one for one in manifest["layers"] if one["mediaType"].endswith(("tar+gzip", "tar.gzip", "tar"))
    ]
    assert layer["mediaType"] == LAYER  # the first on Argo CD's list; Flux takes any
    data = blob(layer["digest"], folder)
    assert layer["size"] == len(data)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
        members = archive.getmembers()
        assert all(
            one.isreg() and (one.mtime, one.uid, one.gid, one.mode) == (0, 0, 0, 0o644) for one in members
        )
        return {one.name: archive.extractfile(one).read() for one in members}  # type: ignore[union-attr]  # regular


def test_image_holds_the_files_of_the_folder(models: Path) -> None:
    done = kaitogen("render", "models", "-o", "rendered", "--kustomization", "--oci-layout", "image")
    digest, manifest = image()
    assert (done.code, done.text) == (0, f"{digest}\n")
    files = {path.name: path.read_bytes() for path in Path("rendered").iterdir() if path.name[0] != "."}
    assert unpacked(manifest) == files
    assert manifest["config"]["mediaType"] == "application/vnd.cncf.flux.config.v1+json"
    config = json.loads(blob(manifest["config"]["digest"]))
    archive = gzip.decompress(blob(manifest["layers"][0]["digest"]))
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(archive).hexdigest()}"]


def test_digest_is_the_same_everywhere(models: Path) -> None:
    """It rests on no compressor, no clock and no user; so it is known here, to the last digit."""
    from kaitogen.files import oci_layout

    files = {"workspace_b.yaml": b"b: 1\n", "workspace_a.yaml": b"a: 1\n"}
    digest = "sha256:d21802f83fccd530ebbee13d832aa92dc3c64d418465dc0f5d80bf35bd0f8930"
    assert oci_layout.layout(files).digest == digest
    assert oci_layout.layout(dict(reversed(files.items()))).digest == digest
    done = kaitogen("render", "models", "--oci-layout", "image", env={"TZ": "Asia/Tokyo"})
    assert kaitogen("render", "models", "--oci-layout", "again").text == done.text


def test_layer_larger_than_a_block_is_whole() -> None:
    from kaitogen.files import oci_layout

    for size in (0, 1, 65_535, 200_000):
        made = oci_layout.layout({"x.yaml": b"a: 1\n" * (size // 5)})
        manifest = json.loads(made.files[f"blobs/{made.digest.replace(':', '/')}"])
        layer = made.files[f"blobs/{manifest['layers'][0]['digest'].replace(':', '/')}"]
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer))) as archive:
            assert archive.getnames() == ["x.yaml"]


def test_layout_is_replaced_whole_and_nothing_else_is(models: Path) -> None:
    kaitogen("render", "models", "--oci-layout", "image")
    before = {path for path in Path("image").rglob("*") if path.is_file()}
    Path("models/fleet.intent.yaml").unlink()
    Path("models/one.intent.yaml").write_bytes(
        Path(__file__).parents[2].joinpath("examples/auto.intent.yaml").read_bytes()
    )
    assert kaitogen("render", "models", "--oci-layout", "image").code == 0
    after = {path for path in Path("image").rglob("*") if path.is_file()}
    assert len(after) == len(before) == 5
    assert len(after & before) == 2  # index.json and oci-layout
    Path("image/index.json").write_text('{"schemaVersion": 2, "manifests": []}')
    done = kaitogen("render", "models", "--oci-layout", "image")
    assert (done.code, "holds something else" in done.said) == (3, True)
    done = kaitogen("render", "models", "--oci-layout", "models")
    assert (done.code, "holds something else" in done.said) == (3, True)
    assert [path.name for path in Path("models").iterdir()] == ["one.intent.yaml"]


def test_check_of_a_layout(models: Path) -> None:
    words = ("render", "models", "-o", "rendered", "--oci-layout", "image", "--check")
    kaitogen(*words[:-1])
    assert kaitogen(*words).code == 0
    Path("image/index.json").write_text("{}")
    done = kaitogen(*words)
    assert (done.code, "b/image/index.json" in done.text) == (1, True)


def test_receipt_has_the_digest_of_the_image(models: Path) -> None:
    done = kaitogen(
        "render", "models", "-o", "rendered", "--oci-layout", "image", "--receipt", "receipt.json"
    )
    statement = json.loads(Path("receipt.json").read_text())
    (found,) = [one for one in statement["subject"] if one["name"] == "oci-image"]
    assert f"sha256:{found['digest']['sha256']}\n" == done.text
    assert kaitogen("verify", "receipt.json", "--against", "rendered").code == 0
    found["digest"]["sha256"] = "0" * 64
    Path("receipt.json").write_text(json.dumps(statement))
    assert "error KG753: the inputs make another oci-image now" in kaitogen("verify", "receipt.json").said


def git(*words: str) -> str:
    config = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    environment = {
        "GIT_AUTHOR_DATE": "1750000000 +0200",
        "GIT_COMMITTER_DATE": "1750000000 +0200",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(
        ["git", *config, *words], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.strip()


@pytest.fixture
def repository(models: Path) -> Path:
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "Serve <phi-4>\n\nFor search.\nAnd chat.\n")
    git("remote", "add", "origin", "https://ann:secret@git.example.com/team/models.git")
    return models


METADATA = ("render", "models", "-o", "rendered", "--hydrator-metadata")


def test_metadata_is_what_the_hydrator_of_argo_cd_writes(repository: Path) -> None:
    assert kaitogen(*METADATA).code == 0
    assert (
        Path("rendered/hydrator.metadata").read_text()
        == f"""\
{{
  "repoURL": "https://git.example.com/team/models.git",
  "drySha": "{git("rev-parse", "HEAD")}",
  "commands": [
    "kaitogen render models --hydrator-metadata"
  ],
  "author": "Ann <ann@example.com>",
  "date": "2025-06-15T15:06:40Z",
  "subject": "Serve <phi-4>",
  "body": "For search.\\nAnd chat."
}}
"""
    )


def test_metadata_is_one_of_the_files_that_are_renewed_and_taken_away(repository: Path) -> None:
    for words in (METADATA, (*METADATA, "--check"), METADATA[:-1]):
        done = kaitogen(*words)
        assert (done.code, done.said, done.output) == (0, "", b"")
    assert not Path("rendered/hydrator.metadata").exists()


def test_metadata_has_no_address_where_there_is_none_to_tell(repository: Path) -> None:
    git("remote", "set-url", "origin", str(repository / "bare"))
    assert kaitogen(*METADATA).code == 0
    assert "repoURL" not in json.loads(Path("rendered/hydrator.metadata").read_text())


@pytest.mark.parametrize("way", ["changed", "new", "gone", "environment", "template"])
def test_metadata_of_what_no_commit_holds_is_refused(way: str, repository: Path) -> None:
    path = Path("models/fleet.intent.yaml")
    words: tuple[str, ...] = ()
    if way == "gone":
        (path.parent / "other.intent.yaml").write_bytes(path.read_bytes())
        path.unlink()
        git("add", "models/other.intent.yaml")
        git("commit", "-q", "-m", "more")
    elif way == "environment":
        Path("models/environments").mkdir()
        text = "apiVersion: kaitogen.io/v1alpha1\nkind: WorkspaceIntentSet\nmetadata: {name: prod}\nspec: {defaults: {metadata: {labels: {a: b}}}}\n"
        Path("models/environments/prod.yaml").write_text(text)
        words = ("--environment", "prod")
    elif way == "template":
        Path("templates/documents").mkdir(parents=True)
        Path("templates/documents/a.yaml.j2").write_text(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ name }}}\n"
        )
        words = ("--templates", "templates")
    elif way == "new":
        path.with_name("more.intent.yaml").write_text("# nothing yet\n")
    else:
        path.write_text(path.read_text() + "# more\n")
    done = kaitogen(*METADATA, *words)
    assert done.code == 3, done.said
    assert "error KG650: hydrator.metadata names the commit that was rendered" in done.said
    assert not Path("rendered").exists()


def test_metadata_needs_a_repository_and_files(models: Path) -> None:
    done = kaitogen(*METADATA, env={"GIT_CEILING_DIRECTORIES": str(models.parent)})
    assert (done.code, "error KG650" in done.said) == (3, True)
    done = kaitogen("render", "models", "--hydrator-metadata")
    assert (done.code, "add -o FOLDER" in done.said) == (2, True)
