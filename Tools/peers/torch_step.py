"""Times PyTorch on the work of `equipoise bench step` and `equipoise bench inference`, and prints a line of JSON.

    python Tools/peers/torch_step.py step --threads 2 --layout nhwc
    python Tools/peers/torch_step.py inference --batch 256 --device cuda --tf32 --amp bf16 --compile

`step` is one training step of DASO (Oh, Kim, Kweon, CVPR 2022) with WRN-28-2 on random images of 32x32x3 that already
lie on the device: the moving-average network's features of the labelled images enter the prototype queues; one joint
forward pass of the labelled, weak and strong images; cross entropy, thresholded consistency with blended pseudo-labels,
and semantic alignment; backward pass, SGD with Nesterov momentum and weight decay, moving averages of parameters and
running statistics. `inference` is the network in evaluation mode, softmax, and the most probable class.
"""

import argparse
import json
import os
import resource
import statistics
import time

arguments = argparse.ArgumentParser(description="Times PyTorch on the work of equipoise bench.")
arguments.add_argument("work", choices=["step", "inference"])
arguments.add_argument("--device", default="cpu", help="cpu, cuda (AMD's GPUs too) or xpu")
arguments.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
arguments.add_argument("--layout", choices=["nchw", "nhwc"], default="nhwc")
arguments.add_argument("--labelled", type=int, default=64)
arguments.add_argument("--unlabelled", type=int, default=128)
arguments.add_argument("--batch", type=int, default=256)
arguments.add_argument("--steps", type=int, default=7)
arguments.add_argument("--warm-up", type=int, default=2)
arguments.add_argument("--tf32", action="store_true", help="round the operands of products to TF32")
arguments.add_argument("--amp", choices=["none", "bf16", "fp16"], default="none", help="automatic mixed precision")
arguments.add_argument("--compile", action="store_true", help="torch.compile the networks")
options = arguments.parse_args()

# Read when PyTorch is loaded.
os.environ["OMP_NUM_THREADS"] = str(options.threads)

import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(options.threads)
torch.manual_seed(0)
torch.backends.cuda.matmul.allow_tf32 = options.tf32
torch.backends.cudnn.allow_tf32 = options.tf32
torch.backends.cudnn.benchmark = True

CLASSES = 10
NEGATIVE_SLOPE = 0.1
QUEUE_LENGTH = 256
TEMPERATURE = 0.05
CONFIDENCE_THRESHOLD = 0.95
MOVING_AVERAGE_DECAY = 0.999
MEMORY_FORMAT = torch.channels_last if options.layout == "nhwc" else torch.contiguous_format
# PyTorch's module for the device's kind, torch.cuda or torch.xpu; nothing for a CPU.
GPU = None if options.device == "cpu" else getattr(torch, options.device.split(":")[0])
MIXED_PRECISION = {"none": None, "bf16": torch.bfloat16, "fp16": torch.float16}[options.amp]


def activation(x):
    return functional.leaky_relu(x, NEGATIVE_SLOPE, inplace=True)


class Block(nn.Module):
    """A pre-activation residual block; the first one of the network activates what its shortcut carries, too."""

    def __init__(self, inputs, outputs, stride, activates_shortcut):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, 0, bias=False) if inputs != outputs else None
        self.activates_shortcut = activates_shortcut

    def forward(self, x):
        activated = activation(self.bn1(x))
        if self.activates_shortcut:
            x = activated
        residual = x if self.shortcut is None else self.shortcut(x)
        return residual + self.conv2(activation(self.bn2(self.conv1(activated))))


class WideResNet(nn.Module):
    """WRN-28-2 (Zagoruyko and Komodakis, BMVC 2016)."""

    def __init__(self, depth=28, width=2):
        super().__init__()
        channels = [16, 16 * width, 32 * width, 64 * width]
        blocks = []
        for stage in range(3):
            for index in range((depth - 4) // 6):
                is_first = index == 0
                blocks.append(Block(
                    channels[stage] if is_first else channels[stage + 1], channels[stage + 1],
                    stride=2 if is_first and stage > 0 else 1, activates_shortcut=is_first and stage == 0))
        self.conv1 = nn.Conv2d(3, channels[0], 3, 1, 1, bias=False)
        self.blocks = nn.Sequential(*blocks)
        self.bn1 = nn.BatchNorm2d(channels[3])
        self.classifier = nn.Linear(channels[3], CLASSES)
        self.feature_width = channels[3]

    def features(self, images):
        return activation(self.bn1(self.blocks(self.conv1(images)))).mean((2, 3))

    def forward(self, images):
        features = self.features(images)
        return features, self.classifier(features)


def forward_operations(network):
    """Floating-point operations of one image's convolutions and classifier, a multiply-add counting as two."""
    total = network.classifier.in_features * network.classifier.out_features * 2

    def count(layer, _, output):
        nonlocal total
        total += 2 * layer.weight.numel() * output.shape[2] * output.shape[3]

    hooks = [layer.register_forward_hook(count) for layer in network.modules() if isinstance(layer, nn.Conv2d)]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, 32, 32))
    for hook in hooks:
        hook.remove()
    return total


def on_device(network):
    return network.to(options.device, memory_format=MEMORY_FORMAT)


def random_images(count):
    return torch.randn(count, 3, 32, 32).to(options.device, memory_format=MEMORY_FORMAT)


def mixed_precision():
    return torch.autocast(
        options.device.split(":")[0], dtype=MIXED_PRECISION or torch.bfloat16, enabled=MIXED_PRECISION is not None)


def compiled(function):
    return torch.compile(function) if options.compile else function


def floats(network):
    return list(network.parameters()) + [buffer for buffer in network.buffers() if buffer.is_floating_point()]


def training_step():
    """The step as a function that returns the loss, and its work: images of all views, floating-point operations."""
    student, teacher = WideResNet(), WideResNet()
    operations = forward_operations(student)
    teacher.load_state_dict(student.state_dict())
    student, teacher = on_device(student).train(), on_device(teacher).train()
    teacher.requires_grad_(False)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.03, momentum=0.9, nesterov=True, weight_decay=5e-4)
    labelled, weak, strong = (
        random_images(count) for count in (options.labelled, options.unlabelled, options.unlabelled))
    labels = torch.randint(0, CLASSES, (options.labelled,), device=options.device)
    queues = torch.randn(CLASSES, QUEUE_LENGTH, student.feature_width, device=options.device)
    blend = torch.rand(CLASSES, device=options.device)
    forward, teacher_features = compiled(student), compiled(teacher.features)

    def similarities(features, prototypes):
        return functional.normalize(features, dim=1) @ prototypes.t() / TEMPERATURE

    def step():
        with mixed_precision():
            with torch.no_grad():
                places = torch.randint(0, QUEUE_LENGTH, (options.labelled,), device=options.device)
                queues[labels, places] = teacher_features(labelled).float()
            features, logits = forward(torch.cat([labelled, weak, strong]))
        features, logits = features.float(), logits.float()
        labelled_logits = logits[:options.labelled]
        weak_logits, strong_logits = logits[options.labelled:].chunk(2)
        weak_features, strong_features = features[options.labelled:].chunk(2)
        prototypes = functional.normalize(queues.mean(1), dim=1)
        with torch.no_grad():
            linear = weak_logits.softmax(1)
            semantic = similarities(weak_features, prototypes).softmax(1)
            weight = blend[linear.argmax(1)][:, None]
            confidence, pseudo_labels = ((1 - weight) * linear + weight * semantic).max(1)
            mask = confidence.ge(CONFIDENCE_THRESHOLD).float()
        supervised = functional.cross_entropy(labelled_logits, labels)
        consistency = (functional.cross_entropy(strong_logits, pseudo_labels, reduction="none") * mask).mean()
        alignment = -(semantic * similarities(strong_features, prototypes).log_softmax(1)).sum(1).mean()
        loss = supervised + consistency + alignment
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(floats(teacher), floats(student), 1 - MOVING_AVERAGE_DECAY)
        return loss.detach()

    views = options.labelled + 2 * options.unlabelled
    # Forward, and two products backward, over all views; the teacher's forward pass over the labelled images.
    return step, views, (3 * views + options.labelled) * operations


def inference():
    """The classification as a function that returns the classes, and its work: images, floating-point operations."""
    network = WideResNet()
    operations = forward_operations(network)
    network = on_device(network).eval()
    images = random_images(options.batch)
    forward = compiled(network)

    def classify():
        with torch.no_grad(), mixed_precision():
            _, logits = forward(images)
            return logits.float().softmax(1).argmax(1)

    return classify, options.batch, options.batch * operations


def seconds(work):
    start = time.perf_counter()
    work().cpu()  # waits for the device
    return time.perf_counter() - start


def memory():
    """The most bytes that the process had resident, and on a GPU the most that PyTorch held of its memory."""
    result = {"resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    if GPU is not None:
        result["peak_bytes"] = GPU.max_memory_reserved()
    return result


work, images, operations = training_step() if options.work == "step" else inference()
for _ in range(options.warm_up):
    seconds(work)
times = [seconds(work) for _ in range(options.steps)]
median = statistics.median(times)
sizes = (
    {"labelled": options.labelled, "unlabelled": options.unlabelled} if options.work == "step"
    else {"batch": options.batch})
print(json.dumps({
    "engine": f"PyTorch {torch.__version__}", "device": options.device,
    "device_name": GPU.get_device_name(options.device) if GPU else "CPU", "threads": options.threads,
    "layout": options.layout, "amp": options.amp, "tf32": options.tf32, "compile": options.compile, **sizes,
    "median_ms": round(median * 1e3, 2), "min_ms": round(min(times) * 1e3, 2),
    "mean_ms": round(statistics.mean(times) * 1e3, 2), "images_per_second": round(images / median, 1),
    "conv_gflops": round(operations / median * 1e-9, 1), **memory()}))
