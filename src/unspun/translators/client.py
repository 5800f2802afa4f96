"""Questions to a server: time-outs, repeated attempts, rate limits, and a key that is never shown.

A key comes from an environment variable or a file, is read when a request is made and is kept
nowhere: not in an object that travels to workers, not in a message.
"""

from __future__ import annotations

import email.utils
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from unspun.config import RewriteConfig, TranslateConfig
from unspun.errors import ConfigError, ModelError
from unspun.extras import need
from unspun.translators.cache import Cache

FIRST_WAIT, MOST_WAIT = 0.5, 30.0  # seconds before the second attempt, doubled each time
LONGEST_ASKED = 120.0  # seconds that a server may ask for by Retry-After
FAILURES = 3  # questions in a row without answer after which a server counts as gone
_SHOWN = 160  # characters of a server's own message that are passed on
_KEY_REFUSED = (401, 403)
_PAID_OUT = (402, 456)  # 456 is DeepL's: quota exceeded
_TRY_AGAIN = (408, 425, 429)
_TOO_MUCH = (400, 413, 414, 422)


class UnansweredError(Exception):
    """A question that got no answer after all attempts; the reason is the message."""


class RefusedError(Exception):
    """A question that the server would not take as it is."""


class MalformedError(Exception):
    """An answer that is not in the form that was asked for."""


class Asked(NamedTuple):
    """An answer, and how many requests it took."""

    value: Any
    requests: int


@dataclass
class Client:
    """One server.

    Attributes:
        config: Time-outs, attempts, rate.
        url: Where it answers.
        variable: The environment variable of the key.
        cache: Where turns are taken, so that all processes keep the rate together.
    """

    config: TranslateConfig | RewriteConfig
    url: str
    variable: str
    cache: Cache | None = None
    requests: int = 0
    _failed: int = 0
    _next: float = 0.0
    _http: dict[int, Any] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_http": {}}

    def __del__(self) -> None:
        session = self._http.pop(os.getpid(), None)
        if session is not None:
            session.close()

    def key(self) -> str:
        """The key; empty where there is none.

        Raises:
            ConfigError: for a file that cannot be read.
        """
        if not self.config.key_file:
            return os.environ.get(self.config.key_env or self.variable, "").strip()
        try:
            return Path(self.config.key_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise ConfigError(
                f"{self.config.key_file}: the key cannot be read ({reason})"
            ) from None

    def ask(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        read: Callable[[Any], Any],
        headers: Mapping[str, str],
    ) -> Asked:
        """Ask until there is an answer in the right form, or the attempts are used up.

        Args:
            path: Below the server's address.
            body: What is sent as JSON; None to send nothing.
            read: Takes what is wanted from the answer; raises `MalformedError`.
            headers: Of the request.

        Raises:
            ConfigError: where the key is refused, or nothing answers at that address.
            ModelError: where the server is gone, or the quota used up.
            RefusedError: where the server does not take this question.
            UnansweredError: where this question got no answer.
        """
        before = self.requests
        reason, wait, muddled = "", FIRST_WAIT, False
        for attempt in range(self.config.retries + 1):
            if attempt:
                time.sleep(wait)
            self.requests += 1
            reason, asked_wait = self._once(path, body, headers)
            muddled = reason == ""
            if muddled:
                try:
                    value = read(asked_wait)
                except MalformedError as error:
                    reason, asked_wait = f"malformed answer: {error}", None
                else:
                    self._failed = 0
                    return Asked(value, self.requests - before)
            wait = _wait(attempt, asked_wait)
            if wait > LONGEST_ASKED:
                reason = f"{reason}; it asks to wait {wait:.0f} s"
                break
        self._failed += not muddled  # the server is there, the question is too hard for it
        if self._failed >= FAILURES:
            raise ModelError(f"{self.url}: gave no answer {FAILURES} times in a row ({reason})")
        raise UnansweredError(reason)

    def _once(
        self, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[str, Any]:
        """One request: no reason and the answer, or why there is none and how long to wait."""
        httpx = need("httpx", "an engine at a server", "translate")
        session = self._session(httpx)
        self._take_turn()
        try:
            response = session.request(
                "GET" if body is None else "POST",
                f"{self.url}{path}",
                json=body,
                headers=dict(headers),
            )
        except httpx.TimeoutException:
            return f"no answer within {self.config.timeout:g} s", None
        except httpx.TransportError as error:
            return f"no connection ({type(error).__name__})", None
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise ConfigError(f"{self.url}: no address of a server ({error})") from None
        return self._judged(response)

    def _judged(self, response: Any) -> tuple[str, Any]:  # noqa: ANN401 - httpx is optional
        status: int = response.status_code
        if status < 300:  # noqa: PLR2004 - HTTP
            try:
                return "", response.json()
            except (ValueError, UnicodeError):
                return "malformed answer: not JSON", None
        said = f"status {status}{self._said(response)}"
        if status in _KEY_REFUSED:
            raise ConfigError(
                f"{self.url}: refuses the key ({said}); it is read from "
                f"{self.config.key_file or self.config.key_env or self.variable}"
            )
        if status in _PAID_OUT:
            raise ModelError(f"{self.url}: the quota is used up ({said})")
        if status in _TRY_AGAIN or status >= 500:  # noqa: PLR2004 - HTTP
            return said, _retry_after(response.headers.get("retry-after"))
        if status in _TOO_MUCH:
            raise RefusedError(said)
        raise ConfigError(f"{self.url}: no such service there ({said})")

    def _said(self, response: Any) -> str:  # noqa: ANN401 - httpx is optional
        """What the server says about it, without the key should it repeat that."""
        key = self.key()
        text = " ".join(response.text.split())
        if key:
            text = text.replace(key, "***")
        return f": {text[:_SHOWN]}" if text else ""

    def _session(self, httpx: Any) -> Any:  # noqa: ANN401 - httpx is optional
        own = os.getpid()  # a connection must not cross a fork
        if own not in self._http:
            self._http[own] = httpx.Client(timeout=self.config.timeout)
        return self._http[own]

    def _take_turn(self) -> None:
        if self.config.rate <= 0:
            return
        gap = 1 / self.config.rate
        if self.cache is not None:
            time.sleep(self.cache.turn(self.url, gap))
            return
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + gap


def _wait(attempt: int, asked: float | None) -> float:
    if asked is not None:
        return asked
    most = min(MOST_WAIT, FIRST_WAIT * 2**attempt)
    return float(most * random.uniform(0.5, 1.0))  # noqa: S311 - lest all workers come at once


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header: a number, or a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
