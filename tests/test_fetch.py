"""Pictures from an address: what is taken, what is refused, and that nothing runs away."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest

from tagger import fetch as module
from tagger.core.errors import FetchError
from tagger.fetch import fetch, is_address

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class _Site(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        name = self.path.partition("?")[0].strip("/")
        answer = getattr(self, f"_{name}", None)
        if answer is None:
            self.send_error(404)
        else:
            answer()

    def _send(self, body: bytes, kind: str = "image/png") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def _picture(self) -> None:
        self._send(PNG)

    def _page(self) -> None:
        self._send(b"<html>", "text/html; charset=utf-8")

    def _drawing(self) -> None:
        self._send(b"<svg/>", "image/svg+xml")

    def _liar(self) -> None:
        self._send(b"<html>no picture</html>")

    def _unlabelled(self) -> None:
        self._send(PNG, "application/octet-stream")

    def _endless(self) -> None:
        self._send(PNG)
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            pass

    def _drip(self) -> None:
        self._send(PNG)
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass

    def _hang(self) -> None:
        time.sleep(3)

    def _to(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path.partition("?")[2])
        self.end_headers()

    def _round(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/round")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_picture(site: str) -> None:
    found = fetch(f"{site}/picture?größe=1 2#top", allow_private=True)
    assert found.content == PNG
    assert found.kind == "image/png"
    path, agent = _Site.asked[-1]
    assert path == "/picture?gr%C3%B6%C3%9Fe=1%202"
    assert agent.startswith("tagger/")


def test_redirects_are_followed_and_told(site: str) -> None:
    assert fetch(f"{site}/to?/picture", allow_private=True).address == f"{site}/picture"
    assert fetch(f"{site}/unlabelled", allow_private=True).content == PNG


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("/nothing", "answers 404"),
        ("/page", "is not a picture but text/html"),
        ("/drawing", "is not a picture but image/svg"),
        ("/liar", "is no picture that is known"),
        ("/round", "redirect"),
        ("/to?ftp://127.0.0.1/x", "not the web|unknown"),
        ("/to?file:///etc/passwd", "not the web"),
    ],
)
def test_refusals(site: str, path: str, cause: str) -> None:
    with pytest.raises(FetchError, match=cause) as caught:
        fetch(site + path, allow_private=True)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_size_and_time_are_bounded(site: str) -> None:
    with pytest.raises(FetchError, match="larger than 1 MB"):
        fetch(f"{site}/endless", allow_private=True, max_bytes=1 << 20)
    for path in ("/hang", "/drip"):
        started = time.monotonic()
        with pytest.raises(FetchError, match=r"no answer within|too long"):
            fetch(site + path, allow_private=True, timeout=0.4)
        assert time.monotonic() - started < 2.5


def test_addresses_of_the_own_network_are_refused_whatever_name_leads_there(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = len(_Site.asked)
    port = site.rpartition(":")[2]
    for host in (
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "169.254.169.254",
    ):
        with pytest.raises(FetchError, match=r"inside your own network|no such host|cannot be loaded"):
            fetch(f"http://{host}:{port}/picture")
    real = socket.getaddrinfo

    def resolve(host: object, *arguments: object, **options: object) -> object:
        return real("127.0.0.1" if host == "photos.example.org" else host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(FetchError, match="inside your own network"):
        fetch(f"http://photos.example.org:{port}/picture")
    assert len(_Site.asked) == asked


def test_a_redirect_into_the_own_network_is_refused(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_is_global", lambda text: text == "127.0.0.1")
    with pytest.raises(FetchError, match="inside your own network"):
        fetch(f"{site}/to?http://10.1.2.3/picture")


@pytest.mark.parametrize("address", ["ftp://a/b", "http://", "file:///etc/passwd", "nonsense", "http://[::1/x"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(FetchError):
        fetch(address)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError, match="refused"):
        fetch(f"http://127.0.0.1:{port}/x", allow_private=True)


def test_proxies_of_the_environment_are_not_used(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(f"{site}/picture", allow_private=True).content == PNG


def test_is_address() -> None:
    assert is_address("https://example.org/a.jpg")
    assert is_address("HTTP://example.org/a.jpg")
    assert not is_address("https:/a.jpg")
    assert not is_address("photos")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("192.168.1.1", False), ("100.64.0.1", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("::ffff:10.0.0.1", False), ("2002:0a00:0001::1", False),
        ("0.0.0.1", False), ("224.0.0.1", False), ("::", False),
    ],
)  # fmt: skip
def test_global_addresses(text: str, expected: bool) -> None:
    assert module._is_global(text) is expected
