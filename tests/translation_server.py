"""A real server that speaks the protocols of translation services, in the moods a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SENTENCES = {
    "市长昨天公布了新计划。": "The mayor announced the new plan yesterday.",
    "居民等了三天。": "The residents waited for three days.",
    "渡船因为风暴关闭了。": "The ferry was closed because of the storm.",
    "他们在2024年花10.5亿元修好旧桥。": "They repaired the bridge for 1.05 billion yuan in 2024.",
}
SLOW = 1.5  # seconds


class Service(ThreadingHTTPServer):
    """The server.

    Attributes:
        moods: What happens to the next requests, one each; then all goes well.
        seen: Path, headers and body of each request.
        times: When each came.
        rewrites: What a passage is rewritten as.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.moods: deque[str] = deque()
        self.seen: list[tuple[str, dict[str, str], Any]] = []
        self.times: list[float] = []
        self.rewrites: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def bodies(self, path: str) -> list[Any]:
        return [body for seen, _, body in self.seen if seen == path]


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._handle(None)

    def do_POST(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        self._handle(json.loads(self.rfile.read(size)))

    def _handle(self, body: Any) -> None:
        service = self.server
        service.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        service.times.append(time.monotonic())
        mood = service.moods.popleft() if service.moods and body is not None else "well"
        if mood == "slow":
            time.sleep(SLOW)
        if mood == "drop":
            self.close_connection = True
            self.connection.close()
        elif mood.isdigit():
            told = self.headers.get("authorization") or (body or {}).get("api_key") or ""
            self._send(int(mood), {"error": f"mood {mood} for {told}"})
        elif mood.startswith("after "):
            self._send(429, {"error": "too many"}, {"Retry-After": mood.removeprefix("after ")})
        elif mood == "nonsense":
            self._raw(200, b"<html>busy</html>")
        else:
            self._send(200, self._answer(body, mood))

    def _answer(self, body: Any, mood: str) -> Any:
        if self.path == "/languages":
            return [{"code": "en"}, {"code": "zh-Hans"}, {"code": "zh-Hant"}]
        if self.path == "/translate":
            texts = [SENTENCES.get(q, q) for q in body["q"]]
            return {"translatedText": texts[: len(texts) - (mood == "short")]}
        if self.path == "/v2/translate":
            texts = [SENTENCES.get(q, q) for q in body["text"]]
            rows = [{"text": t, "billed_characters": 2 * len(t)} for t in texts]
            return {"translations": rows[: len(rows) - (mood == "short")]}
        return self._chat(body, mood)

    def _chat(self, body: Any, mood: str) -> Any:
        asked = json.loads(body["messages"][-1]["content"])
        texts = [SENTENCES.get(q, q) for q in asked.get("segments", [])]
        texts = texts[: len(texts) - (mood == "short")]
        content = json.dumps({"translations": texts}, ensure_ascii=False)
        if "passages" in asked:
            rewritten = [self.server.rewrites.get(p["text"], p["text"]) for p in asked["passages"]]
            content = json.dumps({"passages": rewritten}, ensure_ascii=False)
        if mood == "fenced":
            content = f"<think>easy</think>\n```json\n{content}\n```"
        if mood == "chatty":
            content = f"Sure! {content}"
        choice = {"message": {"content": content}, "finish_reason": "stop"}
        return {"choices": [choice], "usage": {"prompt_tokens": 40, "completion_tokens": 10}}

    def _send(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(answer).encode(), headers)

    def _raw(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough of waiting


@contextmanager
def serving() -> Iterator[Service]:
    """A server that ends with the block."""
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
