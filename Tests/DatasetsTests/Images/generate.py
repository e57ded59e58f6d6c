#!/usr/bin/env python3
"""Writes the images of this folder, all made of formulas, and beside each the pixels that are right for it.

NAME.pixels: one byte each for height and width, then red, green, blue row by row, as Pillow's
`ImageOps.exif_transpose(image).convert("RGB")` gives them. Of 16 bits Pillow keeps the high byte (and cuts grey at 255);
right is the rounded value, so these are computed here. Needs Pillow, NumPy, torchvision and libturbojpeg:

    python3 generate.py
"""
import ctypes
import ctypes.util
import io
import pathlib
import struct
import zlib

import numpy
from PIL import Image, ImageOps
from torchvision import transforms
from torchvision.transforms import functional

FOLDER = pathlib.Path(__file__).resolve().parent
HEIGHT, WIDTH = 19, 26


def picture(channels, most=255, dtype=numpy.uint8):
    """Slopes and waves, another one in each channel."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [
        0.5 + 0.3 * numpy.sin(x / (2 + c) + c) + 0.2 * numpy.cos(y / (3 - c / 2)) for c in range(channels)
    ]
    return numpy.round(numpy.stack(planes, axis=-1).clip(0, 1) * most).astype(dtype)


def write(name, data, pixels=None):
    (FOLDER / name).write_bytes(data)
    if pixels is None:
        pixels = numpy.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    (FOLDER / f"{name}.pixels").write_bytes(bytes(pixels.shape[:2]) + pixels.astype(numpy.uint8).tobytes())


# JPEG


def jpeg(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85, **options)
    return buffer.getvalue()


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def ycck():
    """CMYK turned into luma and chroma, as only Adobe's programs do; Pillow cannot write it, TurboJPEG can."""
    library = ctypes.CDLL(ctypes.util.find_library("turbojpeg"))
    library.tjInitCompress.restype = ctypes.c_void_p
    inks = (255 - picture(4)).tobytes()
    data, size = ctypes.POINTER(ctypes.c_ubyte)(), ctypes.c_ulong()
    handle = ctypes.c_void_p(library.tjInitCompress())
    cmyk_format, subsampling_420 = 11, 2
    assert library.tjCompress2(handle, inks, WIDTH, 0, HEIGHT, cmyk_format, ctypes.byref(data), ctypes.byref(size),
                               subsampling_420, 85, 0) == 0
    return ctypes.string_at(data, size.value)


colour = Image.fromarray(picture(3))
for subsampling in ("4:4:4", "4:2:2", "4:2:0", "4:1:1"):
    write(f"{subsampling.replace(':', '')}.jpg", jpeg(colour, subsampling=subsampling))
write("progressive.jpg", jpeg(colour, progressive=True))
write("grey.jpg", jpeg(Image.fromarray(picture(1)[..., 0])))
write("cmyk.jpg", jpeg(Image.fromarray(picture(4), "CMYK")))
write("ycck.jpg", ycck())
for value in range(1, 9):
    write(f"orientation-{value}.jpg", jpeg(colour, exif=orientation(value)))
# As some cameras write it: as a signed number of 32 bits.
odd = b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 9, 1, 6, 0)
write("orientation-signed.jpg", jpeg(colour, exif=odd))

# PNG

COLOUR_TYPES = {1: 0, 3: 2, 2: 4, 4: 6}
PALETTE = 3
ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(samples, depth):
    """Rows without filter, `depth` bits a sample."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        bits = "".join(f"{int(sample):0{depth}b}" for sample in row)
        bits += "0" * (-len(bits) % 8)
        rows.append(b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big"))
    return b"".join(rows)


def png(samples, depth, colour_type=None, extra=b"", interlaced=False):
    """`extra` is put before the image's data."""
    kind = COLOUR_TYPES[samples.shape[2]] if colour_type is None else colour_type
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, kind, 0, 0, int(interlaced))
    if interlaced:
        data = b"".join(packed(samples[y::dy, x::dx], depth) for y, x, dy, dx in ADAM7)
    else:
        data = packed(samples, depth)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data))
            + chunk(b"IEND", b""))


def rgb(samples):
    """Without alpha, grey in all channels."""
    colours = samples[..., : 1 if samples.shape[2] < 3 else 3]
    return numpy.broadcast_to(colours, (HEIGHT, WIDTH, 3))


for depth in (1, 2, 4, 8):
    samples = picture(1, (1 << depth) - 1)
    write(f"grey-{depth}.png", png(samples, depth))
for channels, name in ((1, "grey"), (2, "grey-alpha"), (3, "rgb"), (4, "rgba")):
    wide = picture(channels, 65535, numpy.uint16)
    write(f"{name}-16.png", png(wide, 16), rgb(numpy.floor(wide / 257 + 0.5)))
    if channels > 1:
        write(f"{name}-8.png", png(picture(channels), 8))
colours = chunk(b"PLTE", bytes(range(0, 48)))
transparency = chunk(b"tRNS", bytes(range(0, 160, 10)))
write("palette.png", png(picture(1, 15), 4, PALETTE, colours))
write("palette-transparent.png", png(picture(1, 15), 4, PALETTE, colours + transparency))
write("grey-transparent.png", png(picture(1), 8, extra=chunk(b"tRNS", struct.pack(">H", 128))))
write("interlaced.png", png(picture(3), 8, interlaced=True))
write("gamma.png", png(picture(3), 8, extra=chunk(b"gAMA", struct.pack(">I", 100000))))
write("profile.png", png(picture(3), 8, extra=chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(200)))))
write("orientation-6.png", png(picture(3), 8, extra=chunk(b"eXIf", orientation(6).tobytes()[6:])))

# Pillow's resize

for name, (rows, columns) in {"smaller": (7, 9), "larger": (31, 40), "narrower": (19, 5)}.items():
    resized = numpy.asarray(colour.resize((columns, rows), Image.Resampling.BILINEAR))
    (FOLDER / f"resized-{name}.pixels").write_bytes(bytes(resized.shape[:2]) + resized.tobytes())
(FOLDER / "resized.pixels").write_bytes(bytes((HEIGHT, WIDTH)) + picture(3).tobytes())

# torchvision's Resize and CenterCrop of Pillow's images

upright = colour.transpose(Image.Transpose.TRANSPOSE)
for name, side, image in (("wide", 10, colour), ("wider", 14, colour), ("tall", 10, upright)):
    covered = numpy.asarray(transforms.Compose([transforms.Resize(side), transforms.CenterCrop(side)])(image))
    (FOLDER / f"covered-{name}.pixels").write_bytes(bytes(covered.shape[:2]) + covered.tobytes())

# torchvision's adjust_hue and gaussian_blur of Pillow's images. Colours of few steps have hues that are whole in 255ths, where
# rounding counts.

steps = Image.fromarray(numpy.round(picture(3) / 15).astype(numpy.uint8) // 2 * 30)
for name, result in {
    "hue": steps, "hue-turned": functional.adjust_hue(steps, 0.1), "hue-turned-back": functional.adjust_hue(steps, -0.063),
    "blurred-little": functional.gaussian_blur(colour, 3, 0.4), "blurred": functional.gaussian_blur(colour, 7, 1.7),
}.items():
    (FOLDER / f"{name}.pixels").write_bytes(bytes((HEIGHT, WIDTH)) + numpy.asarray(result).tobytes())
