"""Finds the OpenCL drivers of a machine, also where no file in /etc/OpenCL/vendors names them."""

import glob
import os
import pathlib
import subprocess

# What the makers call their drivers.
NAMES = {
    "NVIDIA": ["libnvidia-opencl.so.1"],
    "AMD": ["libamdocl64.so", "libamdocl64.so.2"],
    "Intel": ["libigdrcl.so"],
    "Mesa": ["libRusticlOpenCL.so.1"],
}
FOLDERS = [
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu/intel-opencl", "/usr/lib/x86_64-linux-gnu/nvidia/*",
    "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib64/intel-opencl", "/usr/lib", "/usr/lib64/nvidia",
    "/usr/local/lib", "/usr/local/lib/intel-opencl", "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib",
    "/usr/local/cuda/lib64", "/usr/local/cuda/compat", "/opt/rocm*/lib", "/opt/rocm*/opencl/lib", "/opt/amdgpu*/lib/*",
    "/run/opengl-driver/lib",
]


def linker_cache():
    """Every library that the system's loader knows, by name."""
    for program in ("ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"):
        try:
            text = subprocess.run([program, "-p"], capture_output=True, text=True).stdout
        except OSError:
            continue
        pairs = (line.split(" => ") for line in text.splitlines() if " => " in line)
        return {name.split()[0]: pathlib.Path(path.strip()) for name, path in pairs}
    return {}


def registered():
    """The libraries that the system's files name."""
    # A folder, or a single file.
    place = os.environ.get("OCL_ICD_VENDORS") or "/etc/OpenCL/vendors"
    files = [place] if place.endswith(".icd") else sorted(glob.glob(f"{place}/*.icd"))
    for file in files:
        try:
            library = pathlib.Path(file).read_text().strip()
        except OSError:
            continue
        if library:
            yield pathlib.Path(library)


def unregistered(known):
    """Drivers beside these, the first of each maker."""
    cache = linker_cache()
    given = [folder for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder]
    folders = given + [folder for pattern in FOLDERS for folder in sorted(glob.glob(pattern))]
    known_names = {path.name.split(".so")[0] for path in known}
    for names in NAMES.values():
        if any(name.split(".so")[0] in known_names for name in names):
            continue
        places = [pathlib.Path(folder) / name for folder in folders for name in names]
        places += [cache[name] for name in names if name in cache]
        found = next((place for place in places if place.exists()), None)
        if found:
            yield found


def register(folder):
    """Writes a file for each driver into the folder, for OCL_ICD_VENDORS; the libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    libraries = list(registered())
    libraries += unregistered(libraries)
    for number, library in enumerate(libraries):
        (folder / f"{number}-{library.name}.icd").write_text(f"{library}\n")
    return libraries


def complaints(libraries):
    """What the machine's devices say should be there, and is not."""
    names = " ".join(path.name for path in libraries)
    if os.path.exists("/dev/nvidiactl") and "nvidia" not in names:
        yield ("an NVIDIA GPU is there, but not its OpenCL driver libnvidia-opencl.so.1: in a container, start it with "
               "NVIDIA_DRIVER_CAPABILITIES=compute,utility")
    if os.path.exists("/dev/kfd") and "amdocl" not in names:
        yield "an AMD GPU is there, but not its OpenCL driver libamdocl64.so: install ROCm's rocm-opencl"
    if not libraries:
        yield "no OpenCL driver was found"
