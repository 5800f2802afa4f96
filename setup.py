"""The compiled kernels: an extension of each `_name.c` in the package, where a compiler is."""

from __future__ import annotations

from pathlib import Path

from setuptools import Extension, setup

ROOT = Path(__file__).parent
COMMON = "src/unspun/kernels"  # the headers that kernels of several rooms include


def kernel(source: Path) -> Extension:
    """An extension that an installation can go without."""
    path = source.relative_to(ROOT)
    name = ".".join(path.with_suffix("").parts[1:])
    folders = (ROOT / COMMON, source.parent)
    headers = [h.relative_to(ROOT).as_posix() for folder in folders for h in folder.glob("*.h")]
    return Extension(
        name, [path.as_posix()], include_dirs=[COMMON], depends=sorted(headers), optional=True
    )


setup(ext_modules=[kernel(source) for source in sorted((ROOT / "src").rglob("_*.c"))])
