"""What `make run` leaves behind is whole, whenever it is killed."""

from pathlib import Path

import pytest

from sandbox.demo.files import DemoEnv


def test_a_killed_write_leaves_the_keys_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first admin key is shown once: half a demo.env would lock everybody out of the demo."""
    kept = DemoEnv(tmp_path / "demo.env")
    kept.write({"GERBANG_KEY_ADMIN": "the only one"})
    whole = Path.write_text

    def killed(path: Path, text: str, **options: str) -> int:
        whole(path, text[: len(text) // 2], **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", killed)
    with pytest.raises(KeyboardInterrupt):
        kept.write({"GERBANG_KEY_ADMIN": "the only one", "GERBANG_URL": "http://127.0.0.1:1"})

    assert kept.read() == {"GERBANG_KEY_ADMIN": "the only one"}


def test_the_keys_are_their_owners_alone(tmp_path: Path) -> None:
    """The file holds keys; nobody else on the machine reads it."""
    kept = DemoEnv(tmp_path / "demo.env")
    kept.write({"GERBANG_KEY_ADMIN": "one"})
    kept.write({"GERBANG_KEY_ADMIN": "another"})
    assert kept.path.stat().st_mode & 0o777 == 0o600
