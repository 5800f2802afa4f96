"""A web server on this machine that lists folders, as archives of data do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; files in pieces, too, where they are asked for, and some not at all."""

    ranges = True
    failing: ClassVar[frozenset[str]] = frozenset()
    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if path.name in self.failing:
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        if not self.ranges or wanted is None or not path.is_file():
            super().do_GET()
            return
        self.asked[path.name] += 1
        data, start = path.read_bytes(), int(wanted[1])
        piece = data[start : int(wanted[2]) + 1 if wanted[2] else None]
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Range", f"bytes {start}-{start + len(piece) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        self.wfile.write(piece)

    def end_headers(self) -> None:
        if self.ranges:
            self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nobody reads it."""


@contextmanager
def serving(
    folder: Path, *, ranges: bool = True, failing: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Counter[str]]]:
    """The address of a folder while it is served, and how often pieces of files were asked for."""
    asked: Counter[str] = Counter()
    kind = type("Handler", (Handler,), {"ranges": ranges, "failing": failing, "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
