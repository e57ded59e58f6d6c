"""Writes small good files for a parser to begin with: `python3 Tools/Fuzz/seeds.py PARSER FOLDER`."""
import gzip
import io
import json
import pathlib
import shutil
import struct
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGES = ROOT / "Tests/DatasetsTests/Images"


def pickle():
    """What Python 2 and NumPy make of {"labels": [3, 300], "data": an array of 2×3 bytes}."""
    return (
        b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03(K\x03M\x2c\x01eU\x04dataq\x04cnumpy.core.multiarray\n_reconstruct\nq\x05"
        b"cnumpy\nndarray\nq\x06K\x00\x85U\x01b\x87Rq\x07(K\x01K\x02K\x03\x86cnumpy\ndtype\nq\x08U\x02u1K\x00K\x01\x87R"
        b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x06\x00\x01\x02\xfd\xfe\xfftbu."
    )


def array(kind, shape, elements, version=1):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + bytes(elements)


def npz(method, names, channels):
    content = io.BytesIO()
    shape = "(2, 1, 2)" if channels == 1 else "(2, 1, 2, 3)"
    with zipfile.ZipFile(content, "w", method) as archive:
        for images, labels in names:
            archive.writestr(f"{images}.npy", array("|u1", shape, range(4 * channels)))
            archive.writestr(f"{labels}.npy", array("<i8", "(2,)", struct.pack("<qq", 1, 0), version=2))
    return content.getvalue()


def safetensors():
    header = {
        "__metadata__": {
            "format": "equipoise images 1", "name": "fuzz", "classes": '["a","b"]', "mean": "[0.500000]",
            "standard_deviation": "[0.250000]", "crc32": "00000000",
        }
    }
    end = 0
    for part in ["test", "train"]:
        for name, kind, shape, length in [
            ("images", "U8", [1, 2, 2, 1], 4), ("labels", "I32", [1], 4), ("names", "U8", [2], 2)
        ]:
            header[f"{part}.{name}"] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + length]}
            end += length
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(range(end))


KERAS = [("x_train", "y_train"), ("x_test", "y_test")]
MEDMNIST = [("train_images", "train_labels"), ("test_images", "test_labels")]
IDX = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(12))
SEEDS = {
    "idx": lambda: [IDX, gzip.compress(IDX), bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 8])],
    "cifar": lambda: [bytes([3]) + bytes(3072), bytes([1, 2]) + bytes(3072)],
    "pickle": lambda: [pickle()],
    "npz": lambda: [npz(zipfile.ZIP_STORED, KERAS, 1), npz(zipfile.ZIP_DEFLATED, MEDMNIST, 3)],
    "stl10": lambda: [bytes([1, 2, 10]), bytes(3 * 96 * 96)],
    "safetensors": lambda: [safetensors()],
    "lists": lambda: [
        b"train/ant/0.png 0\ntrain/bee/0.png 1\n", b"ant\tinsect\nbee\tinsect\n", b"path,label\ntrain/ant/0.png,bee\n"
    ],
}
FILES = {
    "jpeg": sorted(IMAGES.glob("*.jpg")),
    "png": sorted(IMAGES.glob("*.png")),
    "recipe": sorted((ROOT / "Sources/Training/Recipes/fashion-mnist-lt").glob("*.yaml")),
}

parser, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for path in FILES.get(parser, []):
    shutil.copy(path, folder)
for index, content in enumerate(SEEDS.get(parser, list)()):
    (folder / f"seed-{index}").write_bytes(content)
