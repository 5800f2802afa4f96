"""The compiled kernels: an extension of each `_name.c` in the package, where a compiler is."""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup

ROOT = Path(__file__).parent
COMMON = "src/unspun/kernels"  # the header of them all


def kernel(source: Path) -> Extension:
    """An extension that an installation can go without."""
    path = source.relative_to(ROOT)
    name = ".".join(path.with_suffix("").parts[1:])
    header = f"{COMMON}/kernel.h"
    return Extension(
        name, [path.as_posix()], include_dirs=[COMMON], depends=[header], optional=True
    )


setup(ext_modules=[kernel(source) for source in sorted((ROOT / "src").rglob("_*.c"))])
