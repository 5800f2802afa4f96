"""Where workers come from: a process that forks them, or one by one where none can fork."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, NoReturn, Protocol

from unspun.workers.limits import WorkerError
from unspun.workers.worker import work

_BOOT = (
    "import sys; sys.path[:] = sys.argv[2:]; from unspun.workers import nursery; "
    "nursery.nurse(int(sys.argv[1]))"
)
_ORDER = struct.Struct("!cq")
SELDOM = 50_000, 20, 50
"""How often cycles are looked for: results are trees, and large ones take long to search."""
_HANDLES = 4096  # file descriptors that may be open
START, END = b"s", b"e"


def nurse(handle: int) -> NoReturn:
    """Fork workers on order until our side closes the control channel."""
    control = socket.socket(fileno=handle)
    try:
        prepare = pickle.loads(_frame(control))  # noqa: S301 - our own
    except EOFError:  # our side was interrupted meanwhile
        os._exit(0)
    prepare()
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):  # what a crashing library writes is no message of ours
        os.dup2(silent, stream)
    gc.collect()
    gc.freeze()  # keeps the shared pages shared
    gc.set_threshold(*SELDOM)
    children: set[int] = set()
    while True:
        order, handles, _, _ = socket.recv_fds(control, _ORDER.size, 1)
        if len(order) < _ORDER.size:
            break
        kind, pid = _ORDER.unpack(order)
        if kind == START:
            pid = os.fork()
            if pid == 0:
                control.close()
                work(Connection(handles[0]))
            os.close(handles[0])
            children.add(pid)
            control.sendall(_ORDER.pack(kind, pid))
        else:
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
            _, status = os.waitpid(pid, 0)
            children.discard(pid)
            control.sendall(_ORDER.pack(kind, os.waitstatus_to_exitcode(status)))
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    os._exit(0)


def _frame(control: socket.socket) -> bytes:
    (size,) = struct.unpack("!q", _exactly(control, 8))
    return _exactly(control, size)


def _exactly(control: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = control.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


class Source(Protocol):
    """Where workers come from."""

    def start(self) -> tuple[Connection, int]:
        """A new worker: its channel and its process number."""

    def end(self, pid: int) -> int:
        """Kill a worker, if it still lives, and tell its exit status, negative for a signal."""

    def close(self) -> None:
        """No more workers."""


class Nursery:
    """Our end of the nursery process."""

    def __init__(self, prepare: Callable[[], object]) -> None:
        self._control, theirs = socket.socketpair()
        handle = theirs.fileno()
        command = [sys.executable, "-P", "-c", _BOOT, str(handle), *sys.path]
        one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        # Ctrl-C is ours alone to answer, also while the nursery is still starting
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command, pass_fds=[handle], stdin=subprocess.DEVNULL, env={**os.environ, **one}
            )
        finally:
            theirs.close()
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        frame = pickle.dumps(prepare)
        with suppress(OSError):  # it died at once: the first order will say so
            self._control.sendall(struct.pack("!q", len(frame)) + frame)

    def start(self) -> tuple[Connection, int]:
        """A new worker: its channel and its process number."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            pid = self._order(START, 0, [theirs.fileno()])
            return Connection(ours.detach()), pid

    def end(self, pid: int) -> int:
        """Kill a worker, if it still lives, and tell its exit status."""
        return self._order(END, pid, [])

    def _order(self, kind: bytes, pid: int, handles: list[int]) -> int:
        try:
            socket.send_fds(self._control, [_ORDER.pack(kind, pid)], handles)
            answer: int = _ORDER.unpack(_exactly(self._control, _ORDER.size))[1]
        except (OSError, EOFError) as error:
            status = self._process.wait()
            raise WorkerError(
                f"worker processes cannot be started (status {status}); "
                "with workers=0 everything runs in one process"
            ) from error
        return answer

    def close(self) -> None:
        """No more workers."""
        self._control.close()
        self._process.wait()


class Forker:
    """Workers forked from this very process, which must have no other thread."""

    def start(self) -> tuple[Connection, int]:
        """A new worker: its channel and its process number."""
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            handle = theirs.detach()
            os.closerange(3, handle)  # nothing that others wait for is held open here
            os.closerange(handle + 1, _HANDLES)
            work(Connection(handle))
        theirs.close()
        return Connection(ours.detach()), pid

    def end(self, pid: int) -> int:
        """Kill a worker, if it still lives, and tell its exit status."""
        os.kill(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def close(self) -> None:
        """No more workers: whoever was not ended sees its channel closed."""


class Spawner:
    """Workers of their own make, where processes cannot fork."""

    def __init__(self) -> None:
        self._context = get_context("spawn")
        self._processes: dict[int, Any] = {}

    def start(self) -> tuple[Connection, int]:
        """A new worker: its channel and its process number."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        assert process.pid is not None  # noqa: S101 - it was started
        self._processes[process.pid] = process
        return ours, process.pid

    def end(self, pid: int) -> int:
        """Kill a worker, if it still lives, and tell its exit status."""
        process = self._processes.pop(pid)
        process.kill()
        process.join()
        return int(process.exitcode)

    def close(self) -> None:
        """No more workers."""
        for pid in list(self._processes):
            self.end(pid)
