"""A visitor that counts bytes: pages and what they load, compressed as they come over the wire."""

import gzip
import http.client
import re
from html import unescape
from typing import Final, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

PARTS: Final = re.compile(
    r'<(?:link|script|img|source|use)\b[^>]*?\s(?:href|src)="(?!#)([^"]+)"', re.IGNORECASE
)
INSIDE_CSS: Final = re.compile(r"url\([\"']?([^)\"']+)")


class Answer(NamedTuple):
    """What came: `wire` is the size of the body as sent."""

    status: int
    kind: str
    encoding: str
    caching: str
    text: str
    wire: int


class Visitor:
    """A browser's cookies and Accept-Encoding, without a cache of its own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.cookies: dict[str, str] = {"hub_language": "en"}
        self._parts: dict[str, Answer] = {}

    def sign_in(self, email: str, password: str) -> None:
        self.post("/accounts/login/", {"login": email, "password": password})
        self.cookies["hub_language"] = "en"

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """The form of the page at `path`, sent with these fields; it is taken and leads on."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).text)
        assert token
        answer = self._ask("POST", path, urlencode({"csrfmiddlewaretoken": token[1], **fields}))
        assert answer.status == 302, answer
        return answer

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def parts(self, page: Answer, path: str) -> dict[str, Answer]:
        """What the page loads by itself: styles, scripts, icons, fonts and what those load."""
        found: dict[str, Answer] = {}
        waiting = [(path, unescape(name)) for name in PARTS.findall(page.text)]
        while waiting:
            where, name = waiting.pop()
            address = urlsplit(urljoin(where, name)).path
            if address not in found:
                part = found[address] = self._part(address)
                if part.kind == "text/css":
                    waiting += [(address, one) for one in INSIDE_CSS.findall(part.text)]
        return found

    def _part(self, address: str) -> Answer:
        if address not in self._parts:
            self._parts[address] = self.get(address)
            assert self._parts[address].status == 200, address
        return self._parts[address]

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=30)
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            raw = response.read()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        encoding = response.getheader("Content-Encoding", "")
        plain = gzip.decompress(raw) if encoding == "gzip" else raw
        kind = response.getheader("Content-Type", "").partition(";")[0]
        text = plain.decode(errors="replace") if kind.startswith("text/") else ""
        caching = response.getheader("Cache-Control", "")
        return Answer(response.status, kind, encoding, caching, text, len(raw))
