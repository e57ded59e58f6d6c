"""Times torchvision on the work of `equipoise bench data`, and prints a line of JSON.

    python Tools/peers/torchvision_augmentation.py --workers 2 --images tensor
    python Tools/peers/torchvision_augmentation.py --images pil --labelled 64 --unlabelled 128

A step's views of random images of 32x32x3 by transforms v2: of each labelled image a weak one, of each unlabelled image
a weak and a strong one. Weak: a crop of the image padded by 4 pixels by reflection, mirrored in half of the cases,
normalised. Strong: the same crop and mirror image, RandAugment with two operations, a square of half the image's side
filled, normalised. Each view draws its own numbers. `DataLoader` spreads the views over worker processes, 32 at a time,
which stay ahead of whoever takes them; each takes one core. What a step takes is the time between its first view and the
next step's, all workers being busy all the time.
"""

import argparse
import json
import os
import resource
import statistics
import time

arguments = argparse.ArgumentParser(description="Times torchvision on the work of equipoise bench data.")
arguments.add_argument("--labelled", type=int, default=64)
arguments.add_argument("--unlabelled", type=int, default=128)
arguments.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
arguments.add_argument("--images", choices=["tensor", "pil"], default="tensor", help="what the operations work on")
arguments.add_argument("--steps", type=int, default=7)
arguments.add_argument("--warm-up", type=int, default=2)
options = arguments.parse_args()

import torch
import torchvision
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

IMAGES = 10_000
SIDE = 32
VIEWS_AT_A_TIME = 32
MEAN, DEVIATION = [0.5, 0.5, 0.5], [0.25, 0.25, 0.25]

shifts = [v2.RandomCrop(SIDE, padding=4, padding_mode="reflect"), v2.RandomHorizontalFlip()]
normalisation = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, DEVIATION)]
weak = v2.Compose([*shifts, *normalisation])
strong = v2.Compose([
    *shifts, v2.RandAugment(num_ops=2, magnitude=10), *normalisation,
    v2.RandomErasing(p=1, scale=(0.25, 0.25), ratio=(1, 1), value=0)])


class Views(Dataset):
    """The views of one step after another."""

    def __init__(self, steps):
        generator = torch.Generator().manual_seed(0)
        pixels = torch.randint(0, 256, (IMAGES, 3, SIDE, SIDE), dtype=torch.uint8, generator=generator)
        self.images = [v2.functional.to_pil_image(image) for image in pixels] if options.images == "pil" else pixels
        weak_count = options.labelled + options.unlabelled
        self.transforms = [weak] * weak_count + [strong] * options.unlabelled
        self.steps = steps

    def __len__(self):
        return self.steps * len(self.transforms)

    def __getitem__(self, index):
        return self.transforms[index % len(self.transforms)](self.images[index * 7919 % IMAGES])


views = options.labelled + 2 * options.unlabelled
loads = -(-views // VIEWS_AT_A_TIME)
# Whole loads a step, and more of them than are taken, so that no worker runs out of work.
steps = options.warm_up + options.steps + 4
torch.set_num_threads(1)
loader = iter(DataLoader(
    Views(steps), batch_size=VIEWS_AT_A_TIME, num_workers=options.workers,
    prefetch_factor=2 if options.workers else None))
times = []
for step in range(options.warm_up + options.steps):
    start = time.perf_counter()
    for _ in range(loads):
        next(loader)
    if step >= options.warm_up:
        times.append((time.perf_counter() - start) * views / (loads * VIEWS_AT_A_TIME))
median = statistics.median(times)
print(json.dumps({
    "engine": f"torchvision {torchvision.__version__}, PyTorch {torch.__version__}", "device": "cpu",
    "threads": options.workers, "images": options.images, "labelled": options.labelled,
    "unlabelled": options.unlabelled, "median_ms": round(median * 1e3, 2), "min_ms": round(min(times) * 1e3, 2),
    "mean_ms": round(statistics.mean(times) * 1e3, 2), "images_per_second": round(views / median, 1),
    "resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
