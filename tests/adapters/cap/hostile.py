"""
Documents that are meant to do harm; `python -m tests.adapters.cap.hostile NAME` reads one within bounds.

It runs by itself, so that what would take all memory, or the process, takes only that.
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from adapters.cap.read import read
from contracts import Garbled
from tests.adapters.cap.cases import VALID

MEMORY = 400 * 1024 * 1024  # bytes of address space; Python and lxml alone take some 150 MB
SECRET = "synthetic-content-of-a-file"

_HEAD = VALID.index("<alert")
_BODY = VALID[_HEAD:]


def _with(doctype: str, inside: str = "") -> bytes:
    return (VALID[:_HEAD] + doctype + _BODY.replace("Keterangan contoh.", inside)).encode()


def _laughs() -> bytes:
    entities = ['<!ENTITY l0 "ha">']
    entities += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return _with(f"<!DOCTYPE alert [{''.join(entities)}]>", "&l9;")


def _quadratic() -> bytes:
    return _with(f'<!DOCTYPE alert [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 50_000)


def _nested(closed: bool) -> bytes:
    depth = 100_000
    return b"<a>" * depth + (b"</a>" * depth if closed else b"")


def _attributes(count: int) -> bytes:
    told = " ".join(f'a{n}=""' for n in range(count))
    return VALID.replace("<area>", f"<area {told}>").encode()


def _file(name: str) -> str:
    return Path(name).resolve().as_uri()


DOCUMENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "external entity": (
        lambda: _with(f'<!DOCTYPE alert [<!ENTITY x SYSTEM "{_file(sys.argv[2])}">]>', "&x;"),
        "xml.doctype",
    ),
    "external parameter entity": (
        lambda: _with(f'<!DOCTYPE alert [<!ENTITY % x SYSTEM "{_file(sys.argv[2])}"> %x;]>'),
        "xml.doctype",
    ),
    "external document type": (
        lambda: _with(f'<!DOCTYPE alert SYSTEM "{_file(sys.argv[2])}">'),
        "xml.doctype",
    ),
    "harmless entity": (lambda: _with('<!DOCTYPE alert [<!ENTITY k "x">]>', "&k;"), "xml.doctype"),
    "document type in odd letters": (lambda: _with("<!DocType alert>"), "xml.doctype"),
    "undefined entity": (lambda: _with("", "&nowhere;"), "xml.syntax"),
    "billion laughs": (_laughs, "xml.doctype"),
    "quadratic blow-up": (_quadratic, "xml.doctype"),
    "100,000 deep": (lambda: _nested(closed=True), "xml.too_long"),
    "100,000 deep and open": (lambda: _nested(closed=False), "xml.syntax"),
    "1,000,000 attributes": (lambda: _attributes(1_000_000), "xml.too_long"),
    "50,000 attributes": (lambda: _attributes(50_000), "cap.attribute"),
    "100,000 elements": (
        lambda: VALID.replace("<area>", "<a/>" * 100_000 + "<area>").encode(),
        "cap.unknown_element",
    ),
    "polygon of 60,000 digits": (
        lambda: VALID.replace("-1.60,103.65", "-1.60," + "9" * 60_000).encode(),
        "cap.form.polygon",
    ),
    "UTF-16": (lambda: VALID.replace("UTF-8", "UTF-16").encode("utf-16"), "xml.encoding"),
    "UTF-16 without a word of it": (lambda: _BODY.encode("utf-16-le"), "xml.syntax"),
    "latin-1": (lambda: VALID.replace("UTF-8", "iso-8859-1").encode("latin-1"), "xml.encoding"),
    "latin-1 called UTF-8": (lambda: VALID.replace("Peta", "Pet\xe4").encode("latin-1"), "xml.encoding"),
    "UTF-7": (lambda: VALID.replace("UTF-8", "UTF-7").encode(), "xml.encoding"),
    "truncated": (lambda: VALID.encode()[:900], "xml.syntax"),
    "nothing": (lambda: b"", "xml.syntax"),
    "blanks": (lambda: b"\n  \n", "xml.syntax"),
    "a zero byte": (lambda: VALID.replace("Peta", "Pe\0ta").encode(), "xml.syntax"),
    "two roots": (lambda: VALID.encode() + _BODY.encode(), "xml.syntax"),
    "a page": (lambda: b"<!DOCTYPE html><html><body>502</body></html>", "xml.doctype"),
}


def main() -> None:
    """Say the code, the seconds it took, and whether anything of the file came out."""
    make, _ = DOCUMENTS[sys.argv[1]]
    body = make()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    started = time.monotonic()
    try:
        message = repr(read(body))
    except Garbled as wrong:
        message = wrong.detail
    sys.stdout.write(f"{message} {time.monotonic() - started:.3f} {SECRET in message}\n")


if __name__ == "__main__":
    main()
