"""Computes resnet50_64x64.safetensors: torchvision's ResNet-50 in float64 on two images of 64×64 pixels, with parameters that
a formula gives instead of a file (GeneratedTensors in NetworkGoldens.swift has the same one). Without gradients: those of so
deep a network that has learned nothing are chaotic, PyTorch's own in float32 differ from float64's by a third.

    python3 resnet50.py FOLDER        # needs torch, torchvision, safetensors, numpy
    EQUIPOISE_GOLDENS=FOLDER swift test --filter GoldenTests/testNetworks

Not among the cases of every run: making its 23 million parameters takes a debug build most of a minute.
"""
import json
import pathlib
import sys

import numpy
import torch
import torchvision
from safetensors.numpy import save_file

SEED, CLASSES, CASE = 5, 7, "resnet50_64x64"


def generated(name, index, shape):
    element = numpy.arange(1, int(numpy.prod(shape)) + 1, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(SEED * 1000 + index) + element * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z ^= z >> numpy.uint64(31)
    uniform = 2 * ((z >> numpy.uint64(40)).astype(numpy.float64) / 2**24) - 1
    fan_in = numpy.prod(shape[1:])
    if name.endswith("running_mean"):
        values = 0.1 * uniform
    elif name.endswith("running_var"):
        values = 1 + 0.5 * uniform
    elif name.endswith("bias"):
        values = 0.05 * uniform
    elif len(shape) == 4:
        values = uniform * numpy.sqrt(6 / fan_in)
    elif name == "fc.weight":
        values = uniform * numpy.sqrt(3 / fan_in)
    else:
        values = 1 + 0.1 * uniform
    return torch.from_numpy(values.astype(numpy.float32).reshape(shape)).double()


def main():
    torch.manual_seed(SEED)
    network = torchvision.models.resnet50(num_classes=CLASSES).double()
    state = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    names = sorted(state)
    network.load_state_dict({name: generated(name, i, tuple(state[name].shape)) for i, name in enumerate(names)}, strict=False)
    given = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images, labels = torch.randn(2, 64, 64, 3).float(), torch.tensor([3, 6])
    planes = images.double().permute(0, 3, 1, 2)
    captured = []
    network.avgpool.register_forward_hook(lambda module, inputs, output: captured.append(output.flatten(1)))

    network.eval()
    out = {"inference.logits": network(planes)}
    out["inference.features"] = captured.pop()
    network.train()
    out["logits"] = network(planes)
    out["features"] = captured.pop()
    loss = torch.nn.functional.cross_entropy(out["logits"], labels)
    out["loss"] = loss.reshape(1)
    for name, buffer in network.named_buffers():
        if 0 < buffer.dim() and buffer.numel() <= 600: out[f"buffer.{name}"] = buffer

    tensors = {f"out.{name}": tensor.detach().float().numpy() for name, tensor in out.items()}
    tensors |= {
        "in.x": images.numpy(), "in.labels": labels.int().numpy(),
        "in.check.conv1.weight": given["conv1.weight"].float().numpy(),
        "in.check.layer1.0.conv3.weight": given["layer1.0.conv3.weight"].float().numpy(),
    }
    attributes = {
        "classes": CLASSES, "generator_seed": SEED, "generator_tensor_names": names, "gradient_norm_names": [],
    }
    save_file(
        {name: numpy.ascontiguousarray(tensor) for name, tensor in sorted(tensors.items())},
        pathlib.Path(sys.argv[1]) / f"{CASE}.safetensors",
        metadata={
            "format": "1", "kind": "network", "name": "resnet50", "case": CASE, "rtol": "0.002", "atol": "1e-05",
            "attributes": json.dumps(attributes),
            "source": f"torchvision {torchvision.__version__} resnet50 in PyTorch {torch.__version__} float64",
        })


main()
