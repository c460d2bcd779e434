"""An OCI image layout on disk with one layer of manifests: what oras, crane and skopeo push, and Flux and Argo CD read.

The same files give the same digest on every machine. So the tar has neither times nor owners, and is wrapped as gzip without being
compressed: what a compressor makes differs from one version of zlib to another, and manifests are small.

Argo CD takes an image with one content layer of a media type on its list, which holds that of plain image layers
(util/oci/client.go:238@v3.2.12); Flux's source-controller takes the first layer, and knows its own artifacts by their config.
"""

import json
import os
import struct
import tarfile
from hashlib import sha256
from io import BytesIO
from zlib import crc32

from kaitogen.errors import EnvironmentFailure
from kaitogen.files import atomic
from kaitogen.model import Files, Json
from kaitogen.typed import Final, NamedTuple

INDEX: Final = "index.json"
_MARK: Final = "oci-layout"
_TYPE: Final = "application/vnd.oci.image"
_CONFIG: Final = "application/vnd.cncf.flux.config.v1+json"
#: Says in the index, which no digest is made of, that kaitogen may replace it.
_OURS: Final = {"kaitogen.io/written-by": "kaitogen render"}
#: In bytes: ours names one image.
_MOST_OF_AN_INDEX: Final = 2**20
_MOST_STORED: Final = 0xFFFF  # bytes in a block of deflate that is not compressed (RFC 1951, 3.2.4)


class Layout(NamedTuple):
    """The files of a layout by their paths, the index last, and the digest of the image: sha256 and 64 digits."""

    files: Files
    digest: str


def layout(files: Files) -> Layout:
    """The layout of an image with these files."""
    archive = _tar(files)
    layer = _gzip(archive)
    rootfs = {"type": "layers", "diff_ids": [_digest(archive)]}
    config = _json({"architecture": "", "os": "", "config": {}, "rootfs": rootfs})
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": f"{_TYPE}.manifest.v1+json",
            "config": _descriptor(_CONFIG, config),
            "layers": [_descriptor(f"{_TYPE}.layer.v1.tar+gzip", layer)],
        }
    )
    index = _json(
        {
            "schemaVersion": 2,
            "mediaType": f"{_TYPE}.index.v1+json",
            "manifests": [_descriptor(f"{_TYPE}.manifest.v1+json", manifest)],
            "annotations": _OURS,
        }
    )
    blobs = {_path(_digest(blob)): blob for blob in (layer, config, manifest)}
    version = _json({"imageLayoutVersion": "1.0.0"})
    return Layout({**blobs, _MARK: version, INDEX: index}, _digest(manifest))


def write(folder: str, wanted: Layout) -> None:
    """Make the folder this layout, all or nothing; EnvironmentFailure where something that is not ours is there."""
    parent = os.path.dirname(os.path.realpath(folder))
    with atomic.locked(parent, atomic.LOCK_SECONDS):
        old = _blobs(folder)
        paths = {os.path.join(folder, *name.split("/")): data for name, data in wanted.files.items()}
        atomic.write_files(paths, make_folders=True)
        for name in old - wanted.files.keys():
            atomic.discard(os.path.join(folder, *name.split("/")))


def _blobs(folder: str) -> set[str]:
    """The paths of the blobs that earlier runs wrote there, those of killed runs too; none where there is no layout yet."""
    try:
        names = os.listdir(folder) if os.path.lexists(folder) else []
        # The index comes last: without it a run was killed before there was a layout.
        if {name for name in names if not name.startswith(atomic.PREFIX)} <= {"blobs", _MARK}:
            return set()
        index = _index(folder)
        if isinstance(index, dict) and index.get("annotations") == _OURS:
            blobs = os.listdir(os.path.join(folder, "blobs", "sha256"))
            return {f"blobs/sha256/{name}" for name in blobs if name.isalnum()}
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise atomic.unwritten(folder, error) from error
    fix = "name a folder that is empty or not there, or one that kaitogen render --oci-layout wrote"
    raise EnvironmentFailure(f"{folder} holds something else than a layout of kaitogen's", fix=fix)


def _index(folder: str) -> Json:
    try:
        return json.loads(atomic.read_regular(os.path.join(folder, INDEX), _MOST_OF_AN_INDEX) or b"null")
    except (ValueError, RecursionError):
        return None


def _tar(files: Files) -> bytes:
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(name)  # of mode 0644, user 0 and the year 1970
            entry.size = len(files[name])
            archive.addfile(entry, BytesIO(files[name]))
    return stream.getvalue()


def _gzip(data: bytes) -> bytes:
    """The data as gzip (RFC 1952) in blocks that are not compressed."""
    parts = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for start in range(0, len(data), _MOST_STORED):
        block = data[start : start + _MOST_STORED]
        last = start + _MOST_STORED >= len(data)
        parts += [struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF), block]
    return b"".join([*parts, struct.pack("<II", crc32(data), len(data) & 0xFFFFFFFF)])


def _descriptor(media_type: str, blob: bytes) -> Json:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _digest(blob: bytes) -> str:
    return f"sha256:{sha256(blob).hexdigest()}"


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _json(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
