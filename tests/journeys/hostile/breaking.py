"""Ways to break a question: what people mistype, what programs garble, what attackers send."""

import gzip
import json
import random
from collections.abc import Callable
from itertools import pairwise

from .question import CANARY_NAME, CANARY_NIKS, CANARY_NOKARTU, Question

DEEP = 100_000
NIK = CANARY_NIKS[0]
NUMBERS = (*CANARY_NIKS, CANARY_NOKARTU)  # no name: some fields ask for one, and show it again
ARABIC = NIK.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})
FULL_WIDTH = NIK.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})

# JSON texts that stand where a good value stood.
VALUES: tuple[bytes, ...] = (
    *(b"null", b"true", b"false", b"[]", b"{}", b'""', b'" "', b"0", b"-1", b"-0", b"1.5", b"1e2", b"01"),
    *(b"NaN", b"-Infinity", b"1e999", b"-1e999", b"9" * 400, b"-" + b"9" * 5000, b"0x10", b"1_000", b".5"),
    *(rb'"\ud800"', rb'"\udc00\ud800"', rb'"\u0000"', rb'"a\u0000b"', rb'"\x41"', b"'a'", b'"\t"', b'"a'),
    *(b'"\xff\xfe"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xf4\x90\x80\x80"', "\ufeff".encode() + b'"a"'),
    *(f'"{text}"'.encode() for text in (*NUMBERS, ARABIC, FULL_WIDTH, f" {NIK}", f"{NIK}\\n", f"{NIK}0")),
    *(NIK.encode(), b"[" + NIK.encode() + b"]", b'{"nik":"' + NIK.encode() + b'"}', b'"1571-0152-0390-9901"'),
    *(b'"2026-13-45"', b'"0000-00-00"', b'"9999-12-31T23:59:59Z"', b'"2026-11-24T25:00:00+99:99"', b'"now"'),
    *(b'"' + b"x" * 100_000 + b'"', b'"' + "\u202e".encode() * 50 + b'"', b'"<script>alert(1)</script>"'),
    *(b'"\' OR 1=1 --"', b'"${jndi:ldap://a}"', b'"%s%n"', b'"{0.__class__}"', b'"../../etc/passwd"'),
)
# Far too deep for any reader; sent seldom, they are long.
ABYSSES = (
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * 40_000,
    b'{"nik":' * 30_000 + b"1" + b"}" * 30_000,
)
NAMES = (
    "",
    "__proto__",
    "\ud800",
    "nik ",
    "NIK",
    "x" * 5000,
    "a.b",
    "0",
    NIK,
    CANARY_NAME,
    "\u0000",
    "need\u0301",
)
SPLINTERS: tuple[bytes, ...] = (
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"%00",
        b"%ff",
        b"%",
        b"&",
        b"=",
        b";",
        b'"',
        b"{",
        b"}",
        b"[",
        b"\\",
    ),
    *(
        b"\r\n",
        b"..",
        b"/",
        b"//",
        b"?",
        b"#",
        b"+",
        b"9" * 40,
        "é".encode(),
        "\u0663".encode(),
        b"%ED%A0%80",
    ),
    *(NIK.encode(), b"null", b"\\ud800"),
)
TEXTS = (
    *(
        "",
        " ",
        "NaN",
        "nan",
        "inf",
        "1e999",
        "-1e5",
        "9" * 400,
        "9" * 5000,
        "0x1",
        "1_0",
        "+1",
        "true",
        "True",
    ),
    *(NIK, CANARY_NAME, CANARY_NOKARTU, ARABIC, FULL_WIDTH, "\u0661", "\u00b2", "icu\u0000", "ICU", "\ud7ff"),
    *(
        "..",
        "../..",
        "%2e%2e",
        "a/b",
        "a%2fb",
        "a;b",
        "\u202e",
        "x" * 4000,
        "-91",
        "181",
        "<b>",
        "'",
        "\r\nx: y",
    ),
)
TYPES: tuple[bytes | None, ...] = (
    *(None, b"", b"text/plain", b"application/xml", b"application/x-www-form-urlencoded", b"json", b"*/*"),
    *(
        b"multipart/form-data",
        b"multipart/form-data; boundary=" + b"a" * 300,
        b"application/json; charset=utf-16",
    ),
    *(
        b"application/json;",
        b"application/\xff",
        b"application/json; charset=\xff",
        b"application/problem+json",
    ),
    *(b"APPLICATION/JSON", b"application/" + NIK.encode(), b"text/plain, application/json", b"/", b";"),
)
LENGTHS = (b"0", b"1", b"-1", b"+5", b"5, 5", b"99999999999", b"9" * 5000, b"abc", b"\xb2", b"0x10", b"")
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "get",
    NIK,
    "\x00",
    "",
)
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-long", b"a" * 60_000),
    (b"x-nik", NIK.encode()),
    (b"x-forwarded-for", b"127.0.0.1, " + NIK.encode()),
    (b"gerbang-request-id", NIK.encode()),
    (b"referer", b"https://cad.example/?nik=" + NIK.encode()),
    (b"user-agent", CANARY_NAME.encode()),
    (b"cookie", b"nik=" + NIK.encode() + b"; a=\xff"),
    (b"accept", b"\xff\x00"),
    (b"accept-encoding", b"gzip;q=x, \xff"),
    (b"host", b"evil.example:99999999"),
    (b"range", b"bytes=-1-"),
    (b"if-match", b"\xff" * 100),
    (b"idempotency-key", NIK.encode()),
    (b"idempotency-key", b"\xff"),
    (b"idempotency-key", b"a" * 129),
    (b"transfer-encoding", b"chunked"),
    (b"expect", b"100-continue"),
    (b"upgrade", b"websocket"),
    (b"", b"nameless"),
)
KEYS: tuple[bytes, ...] = (
    *(
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic YTpi",
        b"bearer  x",
        b"Bearer \xff\xff",
        b"Bearer " + b"a" * 20_000,
    ),
    *(b"Bearer grb_demo_abcdefghij_" + b"A" * 43, b"Bearer grb_live_abcdefghij_" + b"A" * 43, NIK.encode()),
    *(
        b"Bearer " + NIK.encode(),
        b"Bearer grb_demo_" + NIK.encode() + b"_x",
        b"Bearer \x00",
        "Bearer é".encode(),
    ),
)


def in_splinters(chance: random.Random, text: bytes) -> bytes:
    """Return *text* with one to three of its bytes changed, taken out, repeated, or strange ones put in."""
    broken = bytearray(text)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(broken) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            broken[at:at] = chance.choice(SPLINTERS)
        elif kind == 1:
            del broken[at : at + chance.randrange(1, 8)]
        elif kind == 2 and at < len(broken):
            broken[at] = chance.randrange(256)
        else:
            broken[at:at] = broken[:at][-20:]
    return bytes(broken)


def _a_value(chance: random.Random, question: Question) -> None:
    if question.pairs:
        at = chance.randrange(len(question.pairs))
        value = chance.choice(ABYSSES) if chance.random() < 0.01 else chance.choice(VALUES)
        question.pairs[at] = (question.pairs[at][0], value)


def _a_name(chance: random.Random, question: Question) -> None:
    name = json.dumps(chance.choice(NAMES)).encode()
    if question.pairs and chance.random() < 0.5:
        at = chance.randrange(len(question.pairs))
        question.pairs[at] = (name, question.pairs[at][1])
    elif question.pairs is not None:
        question.pairs.append((name, chance.choice(VALUES)))


def _a_repetition(chance: random.Random, question: Question) -> None:
    if question.pairs:
        name, _ = chance.choice(question.pairs)
        question.pairs.insert(chance.randrange(len(question.pairs) + 1), (name, chance.choice(VALUES)))


def _an_absence(chance: random.Random, question: Question) -> None:
    if question.pairs:
        question.pairs.pop(chance.randrange(len(question.pairs)))
    elif question.query:
        question.query.pop(chance.randrange(len(question.query)))


def _the_body(chance: random.Random, question: Question) -> None:
    question.raw_body = in_splinters(chance, question.body)


def _the_body_whole(chance: random.Random, question: Question) -> None:
    body = question.body
    question.raw_body = chance.choice(
        (
            *(
                b"",
                b" ",
                b"null",
                b"[]",
                b'"a"',
                b"1",
                b"\x00",
                b"[" + body + b"]",
                body + body,
                body + b"\n",
            ),
            *(
                "\ufeff".encode() + body,
                body.decode("utf-8", "replace").encode("utf-16"),
                gzip.compress(body),
            ),
            *(
                b"nik=" + NIK.encode(),
                b"--a\r\n\r\n" + body,
                body[:-1],
                json.dumps(NIK).encode(),
                b"x" * 300_000,
            ),
            *((chance.choice(ABYSSES) if chance.random() < 0.05 else b"[[[[" + body),),
        )
    )


def _the_chunks(chance: random.Random, question: Question) -> None:
    question.chunks = chance.choice((2, 3, 7, 50))
    question.gives_up = chance.random() < 0.2


def _the_type(chance: random.Random, question: Question) -> None:
    said = [header for header in question.headers if header[0] != b"content-type"]
    types = [chance.choice(TYPES) for _ in range(chance.choice((1, 1, 1, 2)))]
    question.headers = said + [(b"content-type", each) for each in types if each is not None]


def _the_length(chance: random.Random, question: Question) -> None:
    question.headers.append((b"content-length", chance.choice(LENGTHS)))


def _a_header(chance: random.Random, question: Question) -> None:
    if chance.random() < 0.05:
        question.headers += [(b"x-%d" % number, b"a" * 50) for number in range(500)]
    question.headers.append(chance.choice(HEADERS))


def _a_headers_bytes(chance: random.Random, question: Question) -> None:
    at = chance.randrange(len(question.headers)) if question.headers else None
    if at is not None:
        name, value = question.headers[at]
        question.headers[at] = (name, in_splinters(chance, value))


def _the_key(chance: random.Random, question: Question) -> None:
    said = [header for header in question.headers if header[0] != b"authorization"]
    question.headers = [*said, (b"authorization", chance.choice(KEYS))]


def _a_parameter(chance: random.Random, question: Question) -> None:
    if question.query and chance.random() < 0.7:
        at = chance.randrange(len(question.query))
        question.query[at] = (question.query[at][0], chance.choice(TEXTS))
    else:
        question.query.append((chance.choice((*NAMES[1:2], *NAMES[3:], "nik", "need")), chance.choice(TEXTS)))


def _many_parameters(chance: random.Random, question: Question) -> None:
    question.query += [(f"a{number}", NIK) for number in range(chance.choice((31, 32, 33, 2000)))]


def _the_query(chance: random.Random, question: Question) -> None:
    question.raw_query = in_splinters(chance, question.query_string)


def _a_step_of_the_path(chance: random.Random, question: Question) -> None:
    steps = question.path.split(b"/")
    steps[chance.randrange(len(steps))] = chance.choice(TEXTS).encode("utf-8", "surrogatepass")
    question.path = b"/".join(steps)


def _the_path(chance: random.Random, question: Question) -> None:
    question.path = in_splinters(chance, question.path)


def _the_method(chance: random.Random, question: Question) -> None:
    question.method = chance.choice(METHODS)


Way = Callable[[random.Random, Question], None]

OF_BODY: tuple[Way, ...] = (
    *(_a_value, _a_value, _a_value, _a_name, _a_repetition, _an_absence),
    *(_the_body, _the_body_whole, _the_chunks, _the_type, _the_length),
)
OF_ANY: tuple[Way, ...] = (
    *(_a_parameter, _a_parameter, _many_parameters, _the_query, _an_absence),
    *(_a_step_of_the_path, _the_path, _the_method, _a_header, _a_headers_bytes, _the_key, _the_length),
)


def broken(chance: random.Random, question: Question) -> Question:
    """Break *question* in one to three ways; now and then in none."""
    ways = OF_ANY if question.pairs is None else (*OF_BODY, *OF_BODY, *OF_ANY)
    for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 2, 3))):
        chance.choice(ways)(chance, question)
    return question


def in_chunks(body: bytes, count: int) -> list[bytes]:
    """Return *body* in *count* pieces, some of them perhaps empty."""
    ends = [len(body) * number // count for number in range(count + 1)]
    return [body[start:end] for start, end in pairwise(ends)]
