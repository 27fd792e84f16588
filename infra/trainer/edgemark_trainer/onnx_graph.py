"""A small builder of ONNX graphs: nodes in order, constants by value, one output name a node."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # what ONNX 1.12, the release with opset 17, writes: old runtimes read it


class GraphBuilder:
    """Collects nodes and initializers; equal integer constants are stored once."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def constant(self, value: NDArray[np.generic] | list[int], name: str = "") -> str:
        """Store a constant (lists are int64) and give its name."""
        array = np.asarray(value, dtype=np.int64) if isinstance(value, list) else value
        name = name or f"c_{'_'.join(map(str, array.reshape(-1)))}"
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Append a node and give the name of its output."""
        output = name or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def save(self, path: Path, classes: int) -> None:
        """Check and write a text model: the two token inputs and the output `logits`."""
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", classes])
        self.write(path, "text_classifier", inputs, [output])

    def save_image_model(self, path: Path, size: int, outputs: Mapping[str, int]) -> None:
        """Check and write an image model: `pixel_values` and outputs of so many columns."""
        shape: list[str | int | None] = ["batch", 3, size, size]
        pixels = helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, shape)
        results = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", columns])
            for name, columns in outputs.items()
        ]
        self.write(path, "image_classifier", [pixels], results)

    def write(
        self,
        path: Path,
        name: str,
        inputs: list[onnx.ValueInfoProto],
        outputs: list[onnx.ValueInfoProto],
    ) -> None:
        """Check and write a model of these inputs and outputs."""
        graph = helper.make_graph(
            self.nodes, name, inputs, outputs, list(self.initializers.values())
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            producer_name="edgemark-trainer",
            ir_version=IR_VERSION,
        )
        onnx.checker.check_model(model, full_check=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(model.SerializeToString())
