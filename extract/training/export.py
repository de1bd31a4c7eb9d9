"""Writing a trained tagger as ONNX, in eight bits where that costs nothing.

A tagger whose characters meet in recurrent layers alone is told how long each text is, so that
texts of different lengths can go through it together.
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from extract.tagger import Alphabet
from extract.training.encoders import GruEncoder
from extract.training.model import Tagger

logger = logging.getLogger(__name__)


def export_tagger(
    model: Tagger, alphabet: Alphabet, folder: Path, *, eight_bits: list[str]
) -> None:
    """Write ``model.onnx`` and ``alphabet.json`` to ``folder``.

    ``eight_bits`` names the kinds of ONNX node whose weights become eight-bit integers
    (``Gather``, ``MatMul``, ``LSTM``); the others stay as they were trained.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain, prepared = folder / "plain.onnx", folder / "prepared.onnx"
    model.eval()
    with warnings.catch_warnings():
        # The tracer warns that batch sizes other than the traced one may fail; they do not.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (torch.ones((2, 7), dtype=torch.long),),
            str(plain),
            input_names=["ids"],
            output_names=["scores"],
            dynamic_axes={"ids": {0: "batch", 1: "length"}, "scores": {0: "batch", 1: "length"}},
            opset_version=17,
            dynamo=False,
        )
    quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
    target = folder / "model.onnx"
    if eight_bits:
        quantize_dynamic(
            str(prepared),
            str(target),
            weight_type=QuantType.QInt8,
            op_types_to_quantize=eight_bits,
        )
        prepared.unlink()
    else:
        prepared.rename(target)
    plain.unlink()
    if isinstance(model.encoder, GruEncoder):
        tell_lengths(target)
    row = {"characters": alphabet.characters}
    (folder / "alphabet.json").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    logger.info("%s: %.1f MB", target, target.stat().st_size / 1e6)


def tell_lengths(path: Path) -> None:
    """Add an input ``lengths`` (batch) to a model in ONNX; its GRU layers stop there.

    Source: ONNX operator GRU, version 14, its input ``sequence_lens``.

    Raises:
        ValueError: It has no GRU layer, or one that is told the lengths already.
    """
    model = onnx.load(str(path))
    layers = [node for node in model.graph.node if node.op_type == "GRU"]
    if not layers or any(node.input[4] for node in layers):
        got = [list(node.input) for node in layers]
        raise ValueError(f"{path}: expected GRU layers without lengths, got those of {got!r}")
    for node in layers:
        node.input[4] = "lengths"
    model.graph.input.append(
        onnx.helper.make_tensor_value_info("lengths", onnx.TensorProto.INT32, ["batch"])
    )
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
