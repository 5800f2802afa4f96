"""Documents a second through translation: a local model, and a server with and without its cache.

    python bench/translate.py [--documents 100]

The model is made on the spot (tests/tiny_model.py): its answers are a dictionary's, but its network
has the size of an OPUS-MT model (Transformer base: 6 layers, 512 wide, 32,000 words), so that a
sentence costs what it costs there, in 32-bit numbers. The server is on this machine and thinks for
30 ms a request. A document is an English page with four Chinese sentences in it, all of them
distinct; the local model gets a tenth of the documents. One thread, as in a worker of `unspun run`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

import tiny_model  # noqa: E402
from unspun import pipeline, translators  # noqa: E402
from unspun.config import Config  # noqa: E402
from unspun.model import Document  # noqa: E402
from unspun.translators.folders import read  # noqa: E402

THOUGHT = 0.03  # seconds that the server takes for a request
WHO = ["市长", "委员会", "他们", "居民"]
DID = ["公布了", "修好", "读", "关闭"]
WHAT = ["新计划", "旧桥", "报告", "港口", "灯塔", "渡船"]
ENGLISH = (
    "The council met in the hall by the harbour. Nobody had read the report that the office sent "
    "round in the spring, and so the chair read it aloud, page by page, until the lamps were lit. "
)


class Server(BaseHTTPRequestHandler):
    """LibreTranslate's protocol; the answer is the same sentence, in English letters."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        """The languages."""
        self.say([{"code": "en"}, {"code": "zh-Hans"}])

    def do_POST(self) -> None:
        """A batch of sentences."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(THOUGHT)
        self.say({"translatedText": [english(text) for text in body["q"]]})

    def say(self, answer: object) -> None:
        """Answer with JSON."""
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def english(text: str) -> str:
    for word, meaning in tiny_model.WORDS.items():
        text = text.replace(word, meaning.replace("▁", " "))
    return " ".join(text.split())


def document(draw: random.Random, number: int) -> Document:
    sentences = [
        f"{draw.choice(WHO)}在{draw.randint(1000, 9999)}年花{draw.randint(10, 9999)}元"
        f"{draw.choice(DID)}{draw.choice(WHAT)}。"
        for _ in range(4)
    ]
    chinese = "".join(sentences)
    return Document(str(number), f"{ENGLISH * 3}\n\n{chinese}\n\n{ENGLISH * 3}\n")


def measure(name: str, documents: list[Document], values: Mapping[str, object]) -> None:
    config = Config.from_dict({"translate": {"to": "en", **values}})
    engine = translators.open_engine(config.translate)
    warm = Document("warm", "他们修好旧桥。")
    pipeline.process(warm, config, stages=pipeline.TRANSLATE, translator=engine)
    started = time.perf_counter()
    made = asked = cached = 0
    for item in documents:
        result = pipeline.process(item, config, stages=pipeline.TRANSLATE, translator=engine)
        made += len(result.ledger)
        asked += result.usage.segments
        cached += result.usage.cached
    seconds = time.perf_counter() - started
    print(
        f"{name:34} {len(documents) / seconds:8.1f} documents/s"
        f"   {made} translations, {asked} asked for, {cached} from the cache"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    draw = random.Random(7)  # noqa: S311 - the same documents each time
    documents = [document(draw, n) for n in range(parser.parse_args().documents)]
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadingHTTPServer(("127.0.0.1", 0), Server) as s,
    ):
        threading.Thread(target=s.serve_forever, daemon=True).start()
        place = Path(folder)
        model = tiny_model.build(place / "base-zh-en", size=tiny_model.BASE)
        size = (model / "model.bin").stat().st_size
        started = time.perf_counter()
        _ = read(model).sha256
        print(f"model of {size / 1e6:.0f} MB hashed in {time.perf_counter() - started:.2f} s")
        local: dict[str, object] = {"models": [str(model)], "cache": ""}
        few = documents[: max(1, len(documents) // 10)]
        plain = [Document(d.id, f"{ENGLISH * 6} Page {d.id}.\n") for d in documents]
        measure("English pages, nothing to do", plain, local)
        measure("local model, beam 4", few, local)
        measure("local model, greedy", few, {**local, "beam": 1})
        kept = {**local, "cache": str(place / "local.sqlite")}
        measure("local model, cache cold", few, kept)
        measure("local model, cache warm", few, kept)
        url = f"http://127.0.0.1:{s.server_address[1]}"
        server = {"engine": "libretranslate", "url": url, "cache": str(place / "server.sqlite")}
        measure("server of 30 ms, cache cold", documents, server)
        measure("server of 30 ms, cache warm", documents, server)
        s.shutdown()


if __name__ == "__main__":
    main()
