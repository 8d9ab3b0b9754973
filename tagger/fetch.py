"""An address on the web -> the bytes of a picture. The only module of the program that opens a connection.

Called only where the user named the address. What the other end says is not trusted: kind, size and time are bounded,
redirects are followed a few times and looked at again, and an address inside the own network is refused unless the
caller allows it, whatever name leads there. Knows no captions and no files. Proxies are not used: through one, nobody
here could tell where a name leads.

Source: RFC 9110 section 15.4 (redirects), RFC 6890 (addresses that are not global).
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Never
from urllib.parse import quote, urlsplit, urlunsplit

import tagger
from tagger.core.errors import FetchError

MAX_BYTES = 50 << 20
TIMEOUT_SECONDS = 20.0
_CHUNK = 1 << 16
_REDIRECTS = 5
_KINDS = ("image/", "application/octet-stream", "binary/octet-stream")  # object stores often know no better
_MAGIC = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF....WEBP|BM|II\*\0|MM\0\*|....ftyp(?:avi[fs]|hei[cfsx]|hev|mif1|msf1)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture as it came: its bytes, the ``kind`` that the server calls it, the last ``address`` of all redirects."""

    content: bytes
    kind: str
    address: str


def is_address(text: str) -> bool:
    """Whether ``text`` is an address rather than the path of a file."""
    return text.lower().startswith(("http://", "https://"))


def fetch(
    address: str,
    *,
    max_bytes: int = MAX_BYTES,
    timeout: float = TIMEOUT_SECONDS,
    allow_private: bool = False,
) -> Fetched:
    """Load the picture at ``address`` (http or https) within ``timeout`` seconds for all of it.

    ``allow_private`` permits addresses that are not global: the own machine, the home network. Raises FetchError.
    """
    deadline = time.monotonic() + timeout
    opener = _opener(allow_private=allow_private)
    agent = f"tagger/{tagger.__version__}"
    try:
        request = urllib.request.Request(_quoted(address), headers={"User-Agent": agent, "Accept": "image/*"})  # noqa: S310
        with opener.open(request, timeout=timeout) as response:
            kind = response.headers.get_content_type()
            if not kind.startswith(_KINDS) or kind == "image/svg+xml":
                raise FetchError(address, f"is not a picture but {kind}", "name the picture itself, not its page")
            content = _bounded(response, address, max_bytes, deadline)
            final = response.geturl()
    except FetchError:
        raise
    except urllib.error.HTTPError as error:
        error.close()
        if 300 <= error.code < 400:
            cause = "redirects too often, or to something that is not the web"
            raise FetchError(address, cause, "check the address in a browser") from error
        reason = " ".join(str(error.reason).split())
        raise FetchError(address, f"the server answers {error.code} {reason}", "check the address") from error
    except urllib.error.URLError as error:
        raise _failed(address, error.reason, timeout) from error
    except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
        raise _failed(address, error, timeout) from error
    if not _MAGIC.match(content):
        raise FetchError(address, "what came is no picture that is known here", "check the address in a browser")
    return Fetched(content, kind, final)


def _quoted(address: str) -> str:
    """``address`` as it goes over the wire: other letters than ASCII's encoded, no user name, no fragment."""
    parts = urlsplit(address)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError(address, "is not an address that begins with http:// or https://", "write it in full")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    host = f"[{host}]" if ":" in host else host
    netloc = f"{host}:{parts.port}" if parts.port else host
    safe = "/%:=&?~#+!$,;'@()*[]"
    path, query = (quote(part, safe=safe) for part in (parts.path or "/", parts.query))
    return urlunsplit((parts.scheme.lower(), netloc, path, query, ""))


def _bounded(response: Any, address: str, max_bytes: int, deadline: float) -> bytes:
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > max_bytes:
            raise FetchError(address, f"is larger than {max_bytes >> 20} MB", "download it by hand if it is a photo")
        if time.monotonic() > deadline:  # the socket's own time-out starts again with every byte
            raise FetchError(address, "takes too long", "try again later")
    return bytes(content)


def _failed(address: str, reason: object, timeout: float) -> FetchError:
    if isinstance(reason, FetchError):
        return FetchError(address, reason.cause, reason.hint)
    if isinstance(reason, TimeoutError):
        return FetchError(address, f"no answer within {timeout:g} seconds", "try again later")
    if isinstance(reason, ssl.SSLError):
        return FetchError(address, f"no safe connection: {reason.reason or reason}", "its certificate may be wrong")
    if isinstance(reason, socket.gaierror):
        return FetchError(address, "there is no such host", "check the address and the network")
    text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    return FetchError(address, f"cannot be loaded: {text or type(reason).__name__}", "check the address")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows few redirects."""

    max_redirections = _REDIRECTS
    max_repeats = 2


def _opener(*, allow_private: bool) -> urllib.request.OpenerDirector:
    """An opener for http and https alone, without proxies, cookies, local files and passwords."""

    def connect(target: tuple[str, int], timeout: float | None = None, source_address: Any = None) -> socket.socket:
        return _connected(target, timeout, source_address, allow_private=allow_private)

    class Plain(urllib.request.HTTPHandler):
        def http_open(self, req: Any) -> Any:
            return self.do_open(lambda *a, **k: _using(http.client.HTTPConnection(*a, **k), connect), req)

    class Secure(urllib.request.HTTPSHandler):
        def https_open(self, req: Any) -> Any:
            context = ssl.create_default_context()
            return self.do_open(
                lambda *a, **k: _using(http.client.HTTPSConnection(*a, context=context, **k), connect),
                req,
            )

    opener = urllib.request.OpenerDirector()
    for handler in (Plain(), Secure(), _Redirects(), urllib.request.HTTPErrorProcessor(), _Refused()):
        opener.add_handler(handler)
    return opener


class _Refused(urllib.request.HTTPDefaultErrorHandler):
    """Raises for every status that nothing else handles."""

    def http_error_default(self, req: Any, fp: Any, code: int, msg: str, hdrs: Any) -> Never:
        raise urllib.error.HTTPError(req.full_url, code, msg, hdrs, fp)


def _using(connection: Any, connect: Any) -> Any:
    # The hook by which http.client itself is given a socket; the check is on the address that is really connected to.
    connection._create_connection = connect
    return connection


def _connected(target: tuple[str, int], timeout: float | None, source: Any, *, allow_private: bool) -> socket.socket:
    """Connect to the first address of the host that answers; all others than global ones are refused."""
    host, port = target
    failure: OSError = socket.gaierror(f"no address for {host}")
    for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not allow_private and not _is_global(str(place[0])):
            raise FetchError(host, "is an address inside your own network", "--allow-private permits it")
        try:
            return socket.create_connection((str(place[0]), port), timeout, source)
        except OSError as error:
            failure = error
    raise failure


def _is_global(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast
