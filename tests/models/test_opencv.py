"""Which OpenCV is installed is told from metadata, of which these tests make their own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from gouji.document.errors import ExitCode, MissingPartError
from gouji.models.opencv import check_single_opencv


def install(site: Path, name: str, version: str, *, hashed: bool = True) -> None:
    """What an installer leaves behind; the files of an earlier one are overwritten, as installers do."""
    content = f"opencv_version = '{version}'\n".encode()
    (site / "cv2").mkdir(parents=True, exist_ok=True)
    (site / "cv2" / "version.py").write_bytes(content)
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    record = f"cv2/version.py,sha256={digest},{len(content)}\n" if hashed else "cv2/version.py,,\n"
    (info / "RECORD").write_text(record)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of packages, the only one there is."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    return folder


@pytest.mark.parametrize("hashed", [True, False])
def test_the_only_one_is_named(site: Path, *, hashed: bool) -> None:
    install(site, "opencv-contrib-python", "4.10.0.84", hashed=hashed)
    assert check_single_opencv() == "opencv-contrib-python 4.10.0.84"


def test_none_is_a_missing_part(site: Path) -> None:
    with pytest.raises(MissingPartError, match="No OpenCV"):
        check_single_opencv()


def test_two_in_one_folder_are_refused(site: Path) -> None:
    install(site, "opencv-python-headless", "5.0.0.93")
    install(site, "opencv-contrib-python", "4.10.0.84")
    with pytest.raises(MissingPartError) as caught:
        check_single_opencv()
    message = str(caught.value)
    assert "opencv-python-headless 5.0.0.93 and opencv-contrib-python 4.10.0.84" in message
    assert str(site / "cv2") in message
    assert "docs/paddle.md" in message
    assert caught.value.exit_code is ExitCode.MISSING_PART


def test_two_in_different_folders_do_not_collide(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    install(other, "opencv-python-headless", "5.0.0.93")
    install(site, "opencv-contrib-python", "4.10.0.84")
    monkeypatch.setattr(sys, "path", [str(site), str(other)])
    assert check_single_opencv() == "opencv-contrib-python 4.10.0.84"
    monkeypatch.setattr(sys, "path", [str(other), str(site)])
    assert check_single_opencv() == "opencv-python-headless 5.0.0.93"


def test_one_that_was_overwritten_is_refused(site: Path) -> None:
    install(site, "opencv-python-headless", "5.0.0.93")
    (site / "cv2" / "version.py").write_text("opencv_version = '4.10.0.84'\n")
    with pytest.raises(MissingPartError, match=r"opencv-python-headless==5\.0\.0\.93"):
        check_single_opencv()


def test_one_that_lost_its_files_is_refused(site: Path) -> None:
    install(site, "opencv-contrib-python", "4.10.0.84")
    (site / "cv2" / "version.py").unlink()
    with pytest.raises(MissingPartError, match="missing"):
        check_single_opencv()


def test_this_environment_holds_one_and_the_check_imports_none() -> None:
    code = (
        "import sys; from gouji.models.opencv import check_single_opencv; "
        "print(check_single_opencv()); assert 'cv2' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("opencv-")
