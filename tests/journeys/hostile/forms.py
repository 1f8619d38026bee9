"""Whole forms of the console, and ways to break them; every page that takes one must be named here."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import FastAPI

from gateway.console.guard import ConsoleRoute

from .breaking import OF_ANY, in_splinters
from .people import PASSWORD, Cases, Cookie, SignedIn
from .question import BY_TELEPHONE, CANARY_NAME, CANARY_NIKS, CANARY_NOKARTU, Question

NIK = CANARY_NIKS[0]
MARKUP = '"><gerbang-markup>'  # no page may hold it as it is
HOST = b"localhost:8112"
PLACE = ("/rujukan/r-aaaaaaaaaaaaa", "/antrean", "/papan?need=icu")
EVENTS = "submit break_glass worsened approve_by_telephone choose ask depart arrive cancel".split()
NOTES = ("Contoh", f"{CANARY_NAME} {NIK}")
CASE: Mapping[str, Sequence[str]] = {"version": ("2", "2", "3"), "screen": ("0" * 64,), "note": NOTES}
CODE: Mapping[str, Sequence[str]] = {"code": ("000000", "123 456"), "answer": ("", "{}"), "next": PLACE}

FIRST: Mapping[str, Sequence[str]] = {"version": ("1", "1", "2")}
INCIDENT: Mapping[str, Sequence[str]] = {
    "category": ("other", "public_facility"),
    "severity": ("minor", "severe"),
    "urgent": ("yes", "no", ""),
    "point": ("-1.6, 103.6",),
    "address": (f"Rumah {CANARY_NAME}",),
    "landmark": ("Tugu Keris",),
    "area_code": ("15.71", "15.71.01"),
    "narrative": NOTES,
    "cautions": ("armed", "hazmat"),
    "dead": ("0",),
    "injured": ("2",),
    "caller_name": (CANARY_NAME,),
    "caller_phone": ("081200000001",),
}

# What each form takes: good values, or as good as anybody's who has not the telephone in hand.
FORMS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "/masuk": {"login": ("orang.operator",), "password": (PASSWORD,), "next": PLACE},
    "/masuk/kode": CODE,
    "/masuk/passkey": {},
    "/keluar": {},
    "/konfirmasi": CODE,
    "/konfirmasi/passkey": {},
    "/akun/sandi": {"old": ("bukan ini",), "new": (NIK,), "again": (NIK,)},
    "/akun/kode": {},
    "/akun/kode/uji": {"code": ("000000",)},
    "/akun/passkey": {},
    "/akun/passkey/tambah": {"answer": ("{}", "[]"), "label": ("HP",)},
    "/akun/passkey/hapus": {"name": ("k-aaaaaaaaaa",)},
    "/akun/sesi/akhiri": {"name": ("s-aaaaaaaaaa",)},
    "/akun/bangun": {"subscription": ("{}", '{"endpoint":"https://push.example/1","keys":{}}')},
    "/akun/bangun/hapus": {"contact": ("c-aaaaaaaaaaaaaaaa",)},
    "/wakil": {"deputy": ("a-aaaaaaaaaa",), "since": ("2026-11-25",), "until": ("2026-11-26", "2999-12-31")},
    "/wakil/cabut": {"id": ("d-aaaaaaaaaa",)},
    "/cari": {"q": ("T-1", NIK)},
    "/bahasa": {"bahasa": ("id", "en"), "next": PLACE},
    "/rujukan/baru": {
        "need": ("icu", "igd"),
        "criterion": ("reduced_consciousness",),
        "hospitals": BY_TELEPHONE,
        "name": (CANARY_NAME,),
        "nik": (NIK,),
        "nokartu": (CANARY_NOKARTU,),
        "sex": ("female",),
        "birth_date": ("1990-03-12",),
        "age_years": ("70",),
        "phone": ("0741 555",),
        "kelas": ("1",),
        "rule": ("first",),
        "diagnosis": ("I61.9",),
        "situation": NOTES,
        "transport": ("Ambulans 7",),
        "callback_phone": ("0741 555",),
        "place": ("-1.6, 103.6",),
        "ticket": tuple(f"B-{number}" for number in range(50)),
        "repeat": tuple(f"form-{number}" for number in range(50)),
        "drill": ("on",),
    },
    "/insiden/baru": {
        **INCIDENT,
        "repeat": tuple(f"form-{number}" for number in range(50)),
        "ticket": tuple(f"B-{number}" for number in range(50)),
        "drill": ("on",),
    },
    "/insiden/{incident}/perbarui": {**INCIDENT, **FIRST, "was_point": ("",), "was_area": ("15.71",)},
    "/insiden/{incident}/tutup": {**FIRST, "outcome": ("handled", "not_needed"), "note": NOTES},
    "/insiden/{incident}/batal": {**FIRST, "reason": ("prank", "mistake"), "note": NOTES},
    "/insiden/{incident}/gabung": {**FIRST, "into": ()},
    "/insiden/{incident}/kaitkan": {"other": ()},
    "/insiden/{incident}/beritahu": {"partner": ("satpol-pp", "rsud-sayoeti")},
    "/insiden/{incident}/terima": FIRST,
    "/insiden/{incident}/tolak": FIRST,
    "/insiden/{incident}/telepon": {
        "notification": (),
        "state": ("accepted", "refused", "closed"),
        "channel": ("phone", "radio"),
        "person": ("Petugas Contoh",),
        "post": ("Piket",),
        "reference": ("LP-7",),
        "reason": ("Tidak ada petugas",),
    },
    "/pemberitahuan/{notification}/dilihat": {},
    "/kotak/{about}/diterima": {"seen": ("1", "999")},
    "/kotak/{about}/langkah": {"state": ("dispatched", "on_scene", "closed"), "reference": ("LP-7",)},
    "/kotak/{about}/nomor": {"reference": ("LP-7",)},
    "/kotak/{about}/tidak-bisa": {"reason": ("Tidak ada petugas",)},
    "/mitra/{partner}/kedudukan": {"standing": ("onboarding", "live"), "reason": ("Uji coba",)},
    "/mitra/{partner}/uji": {},
    "/mitra/{partner}/ulang": {"notification": ()},
    "/rujukan/{referral}/keputusan": {**CASE, "event": ("approve", "reject"), "hospitals": BY_TELEPHONE},
    "/rujukan/{referral}/tindakan": {
        **CASE,
        "event": EVENTS,
        "criterion": ("reduced_consciousness",),
        "hospital": BY_TELEPHONE,
        "hospitals": BY_TELEPHONE,
    },
    "/rujukan/{referral}/dilihat": CASE,
    "/rujukan/{referral}/tinjauan": {**CASE, "verdict": ("sesuai", "tidak_sesuai")},
    "/rujukan/{referral}/persetujuan-telepon": {**CASE, "verdict": ("sesuai", "tidak_sesuai")},
    "/rujukan/{referral}/jawaban": {
        **CASE,
        "hospital": BY_TELEPHONE,
        "state": ("accepted", "declined", "failed"),
        "channel": ("phone",),
        "person": ("Perawat jaga (contoh)",),
        "reason": ("full",),
        "bed_held_min": ("30",),
    },
}
COMPULSORY = frozenset(
    {"event", "version", "verdict", "need", "bahasa", "state", "channel", "person", "hospital"}
)
COMPULSORY |= {"note", "login", "password", "category", "outcome", "reason", "partner", "standing", "seen"}
COMPULSORY |= {"into", "other", "notification", "reference"}
# They show the patient or the incident, or what was typed, to whoever is signed in for it.
SHOWING = ("/rujukan/", "/insiden/", "/kotak/", "/mitra/")
PARTNERS = ("rsud-sayoeti", "bpbd", "damkar")
# Whoever has neither the person's telephone nor their password gets no further than a refusal.
NEVER_WELL = frozenset(
    f"POST {path}"
    for path in (
        *("/masuk/kode", "/masuk/passkey", "/konfirmasi", "/konfirmasi/passkey", "/akun/sandi"),
        *("/akun/kode/uji", "/akun/bangun", "/akun/bangun/hapus", "/wakil"),
    )
)
FOR_HALF = (
    "/masuk",
    "/masuk/kode",
    "/masuk/passkey",
    "/keluar",
)  # whoever is signed in is signed out by them
STRANGE = (
    *("", " ", NIK, CANARY_NOKARTU, f"{NIK}\n", f"NIK {NIK}", MARKUP, "\x00", "a\x00b", "\ud800", "\u202e"),
    *("9" * 400, "-1", "1e999", "NaN", "{{ 7*7 }}", "${7*7}", "//evil.example", "javascript:alert(1)"),
    *("x" * 5000, "9999-12-31", "0000-00-00", "\uff11\uff15\uff17\uff11", "'; DROP TABLE referral; --"),
)


@dataclass(frozen=True, slots=True)
class Form:
    """One page that takes a form."""

    path: str
    roles: tuple[str, ...]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"POST {self.path}"

    @property
    def weight(self) -> int:
        """How often it is sent."""
        return 5 + 3 * len(FORMS[self.path])

    def question(
        self, chance: random.Random, people: SignedIn, cases: Cases, there: Mapping[str, Sequence[str]]
    ) -> Question:
        """Return the form as somebody signed in sends it, broken or not; *there* is what it may name."""
        cookie, referral = self._whose(chance, people), cases.one(chance, self.path)
        path = self.path.replace("{referral}", referral).replace("{partner}", chance.choice(PARTNERS))
        for name, values in there.items():
            path = path.replace(f"{{{name}}}", values[0])
        question = Question("POST", path.encode(), headers=[(b"host", HOST)])
        question.headers.append((b"cookie", b"gerbang=" + _broken_now_and_then(chance, cookie.text).encode()))
        question.headers.append((b"sec-fetch-site", chance.choice((b"same-origin",) * 9 + (b"cross-site",))))
        question.headers.append((b"content-type", b"application/x-www-form-urlencoded"))
        question.raw_body = _written(
            chance, _as_seen(chance, self._fields(chance, cookie, people, there), self._seen(cases, referral))
        )
        if chance.random() < 0.3:
            chance.choice(OF_ANY)(chance, question)
        return question

    def _whose(self, chance: random.Random, people: SignedIn) -> Cookie:
        if self.path in FOR_HALF:
            return chance.choice(people.half)
        fit = [role for role in people.whole if role in self.roles]
        return people.whole[chance.choice(fit if fit and chance.random() < 0.9 else sorted(people.whole))]

    def _seen(self, cases: Cases, referral: str) -> tuple[str, str] | None:
        return cases.seen.get(referral) if "{referral}" in self.path else None

    def _fields(
        self, chance: random.Random, cookie: Cookie, people: SignedIn, there: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, str]]:
        good = {name: values or there[name] for name, values in FORMS[self.path].items()}
        taken = [(name, chance.choice(values)) for name, values in good.items() if _taken(chance, name)]
        tokens = (cookie.csrf,) * 12 + ("", "0" * 32, "\u00e9", people.half[0].csrf)
        return [("csrf", chance.choice(tokens)), *taken]


def forms(app: FastAPI) -> list[Form]:
    """Return every page that takes a form; KeyError for one that is not named above."""
    found = [route for route in app.routes if isinstance(route, ConsoleRoute) and "POST" in route.methods]
    for route in found:
        FORMS[route.path]
    return [Form(route.path, tuple(map(str, getattr(route.rule, "roles", ())))) for route in found]


def _as_seen(
    chance: random.Random, fields: list[tuple[str, str]], seen: tuple[str, str] | None
) -> list[tuple[str, str]]:
    """Return the fields with the version and the screen that were shown, mostly."""
    if seen is None or "version" not in dict(fields) or chance.random() < 0.1:
        return fields
    others = [pair for pair in fields if pair[0] not in ("version", "screen")]
    return [*others, ("version", seen[0]), ("screen", seen[1])]


def _taken(chance: random.Random, name: str) -> bool:
    return chance.random() < (0.97 if name in COMPULSORY else 0.5)


def _broken_now_and_then(chance: random.Random, text: str) -> str:
    return chance.choice((text,) * 20 + ("", "x" * 5000, NIK, text[:-1]))


def _written(chance: random.Random, fields: list[tuple[str, str]]) -> bytes:
    """Return the form's body, its fields broken in none to two ways."""
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        at = chance.randrange(len(fields))
        way = chance.randrange(5)
        if way < 3:
            fields[at] = (fields[at][0], chance.choice(STRANGE))
        elif way == 3:
            fields.insert(at, (chance.choice(fields)[0], chance.choice(STRANGE)))
        else:
            fields.append((chance.choice(STRANGE), chance.choice(STRANGE)))
    body = urlencode(fields, errors="surrogatepass").encode()
    return in_splinters(chance, body) if chance.random() < 0.1 else body
