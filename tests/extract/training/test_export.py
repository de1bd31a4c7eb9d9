"""What is changed in a model after its export."""

from __future__ import annotations

from pathlib import Path

import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("torch")

from extract.training.export import tell_lengths  # noqa: E402


def write_model(path: Path, *, kind: str, lengths: str) -> Path:
    """A model of one recurrent layer."""
    helper, real = onnx.helper, onnx.TensorProto.FLOAT
    gates = {"GRU": 3, "LSTM": 4}[kind]
    weights = [
        helper.make_tensor(name, real, shape, [0.5] * (gates * 2 * shape[2]))
        for name, shape in (("w", [1, gates * 2, 3]), ("r", [1, gates * 2, 2]))
    ]
    inputs = [helper.make_tensor_value_info("x", real, ["length", "batch", 3])]
    if lengths:
        number = onnx.TensorProto.INT32
        inputs.append(helper.make_tensor_value_info(lengths, number, ["batch"]))
    names = ["x", "w", "r", "", lengths, ""]
    layer = helper.make_node(kind, names, ["y"], hidden_size=2)
    outputs = [helper.make_tensor_value_info("y", real, ["length", 1, "batch", 2])]
    graph = helper.make_graph([layer], "one", inputs, outputs, weights)
    versions = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=8), str(path))
    return path


def test_a_recurrent_layer_stops_at_the_lengths(tmp_path: Path) -> None:
    import numpy as np
    import onnxruntime

    path = write_model(tmp_path / "model.onnx", kind="GRU", lengths="")
    tell_lengths(path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    text = np.ones((3, 2, 3), dtype=np.float32)
    whole, short = np.moveaxis(
        session.run(None, {"x": text, "lengths": np.array([3, 1], dtype=np.int32)})[0][:, 0], 1, 0
    )
    assert np.count_nonzero(whole, axis=1).tolist() == [2, 2, 2]
    assert np.count_nonzero(short, axis=1).tolist() == [2, 0, 0]


@pytest.mark.parametrize(("kind", "lengths"), [("LSTM", ""), ("GRU", "given")])
def test_other_models_are_refused(tmp_path: Path, kind: str, lengths: str) -> None:
    path = write_model(tmp_path / "model.onnx", kind=kind, lengths=lengths)
    with pytest.raises(ValueError, match=r"model\.onnx: expected GRU layers without lengths"):
        tell_lengths(path)
