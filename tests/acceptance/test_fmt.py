"""`kaitogen fmt` on files: in place, with their mode, all or none, and as a filter."""

from pathlib import Path

from tests.acceptance.command import kaitogen

RIGHT = """\
apiVersion: kaitogen.io/v1alpha1
kind: WorkspaceIntent
metadata:
  name: phi  # the small one
spec:
  inference:
    model: phi-4
"""
MIXED = """\
kind: WorkspaceIntent
apiVersion: 'kaitogen.io/v1alpha1'
spec:
    inference: {model: "phi-4",
      }
metadata:
  name: phi  # the small one
"""


def test_a_file_is_rewritten_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "phi.intent.yaml"
    path.write_text(MIXED, encoding="utf-8")
    path.chmod(0o640)
    done = kaitogen("fmt", tmp_path)
    assert (done.code, done.text, done.said) == (0, "", "kaitogen: 1 of 1 file changed\n")
    assert path.read_text(encoding="utf-8") == RIGHT
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["phi.intent.yaml"]
    before = path.stat().st_mtime_ns
    assert kaitogen("fmt", tmp_path).said == "kaitogen: 0 of 1 file changed\n"
    assert path.stat().st_mtime_ns == before


def test_check_shows_a_diff_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "phi.intent.yaml"
    path.write_text(MIXED, encoding="utf-8")
    done = kaitogen("fmt", "--check", "phi.intent.yaml", cwd=tmp_path)
    assert done.code == 1
    assert done.text.startswith("--- a/phi.intent.yaml\n+++ b/phi.intent.yaml\n")
    assert '-    inference: {model: "phi-4",\n' in done.text
    assert done.said == "kaitogen: 1 file would change; run kaitogen fmt\n"
    assert path.read_text(encoding="utf-8") == MIXED
    path.write_text(RIGHT, encoding="utf-8")
    done = kaitogen("fmt", "--check", path)
    assert (done.code, done.text, done.said) == (0, "", "")


def test_where_one_file_is_wrong_none_is_written(tmp_path: Path) -> None:
    mixed, wrong = tmp_path / "a.intent.yaml", tmp_path / "b.intent.yaml"
    mixed.write_text(MIXED, encoding="utf-8")
    wrong.write_text(RIGHT + "  a: &x !!str 1\n  a: 2\n", encoding="utf-8")
    done = kaitogen("fmt", tmp_path)
    assert done.code == 1
    assert "KG105" in done.said
    assert "nothing was written" in done.said
    assert mixed.read_text(encoding="utf-8") == MIXED


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.yaml", tmp_path / "phi.intent.yaml"
    path.write_text(MIXED, encoding="utf-8")
    link.symlink_to(path)
    assert kaitogen("fmt", link).code == 0
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == RIGHT


def test_standard_input_is_filtered() -> None:
    done = kaitogen("fmt", "-", stdin=MIXED.encode())
    assert (done.code, done.text, done.said) == (0, RIGHT, "")


def test_what_init_and_the_examples_write_is_in_order(root: Path) -> None:
    done = kaitogen("fmt", "--check", root / "examples")
    assert (done.code, done.text) == (0, "")
    for strategy in ("auto", "count", "explicit"):
        text = kaitogen("init", "--strategy", strategy).output
        assert kaitogen("fmt", "-", stdin=text).output == text


def test_a_file_that_would_take_minutes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "big.intent.yaml"
    path.write_text(RIGHT + "# long\n" * 40_000, encoding="utf-8")
    done = kaitogen("fmt", path)
    assert done.code == 1
    assert "KG179" in done.said
    assert "larger than 256 KiB" in done.said
