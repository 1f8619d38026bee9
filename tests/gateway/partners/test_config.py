"""partners.toml: a wrong file is refused whole, each mistake by its path, and no secret is ever said."""

import sys
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adapters
from contracts import Category, Need, Severity
from gateway.partners.config import ConfigError, PartnerConfig, load
from gateway.partners.shape import Channel, Facility, Limits, Rungs, Share, Standing, Telling
from gateway.settings import Environment, Settings

KIND = '''
"""A kind made up for these tests."""
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from contracts import Adapter


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    base_url: str
    login_url: str | None = None
    page_size: int = Field(50, ge=1)
    key: SecretStr = Field(min_length=4)
    spare: SecretStr | None = None
    a_key: SecretStr | None = None

    @field_validator("key")
    @classmethod
    def _talkative(cls, key: SecretStr) -> SecretStr:
        if "bad" in key.get_secret_value():
            raise ValueError(f"cannot use {key.get_secret_value()}")
        return key

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.page_size == 7:
            raise ValueError(f"{self.key.get_secret_value()} does not go with 7")
        return self


ADAPTER = Adapter(title="Made up", settings=Settings, connect=lambda settings, client: (settings, client))
'''

GOOD = """
    [[partners]]
    id = "rs-a"
    kind = "madeup"
    standing = "live"
    name = "RS A"
    phone = "0741-1"
    limits = { concurrency = 2, queue = 0, attempts = 1 }
    ladder = { attempts_s = [0, 5], call_s = 45 }
      [partners.facility]
      latitude = -1.6
      longitude = 103
      address = "Jl. Contoh 1"
      services = ["igd", "icu"]
      [partners.settings]
      base_url = "https://rs-a.example/fhir"

      [partners.telling]
      categories = ["flood", "domestic_violence"]
      min_severity = "minor"
      areas = ["15.71", "15.71.01.1001"]
      channels = ["wire", "message"]
      shares = ["exact_place", "cautions"]
      sensitive = true
      follows = true
      source_system = "112-jambi"

    [[partners]]
    id = "rs-b"
    standing = "planned"
    name = "RS B"
"""

KEY = {"GERBANG_SECRET_RS_A_KEY": "s3cret-key"}


@pytest.fixture(autouse=True)
def kinds(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put folders beside the real adapters: one that works, one that is none, one that is a file."""
    folder = tmp_path_factory.mktemp("adapters")
    for name, text in {"madeup": KIND, "hollow": ""}.items():
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(text)
    (folder / "flat.py").write_text(KIND)
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(folder)])
    yield
    for name in ("madeup", "hollow", "flat"):
        sys.modules.pop(f"adapters.{name}", None)


def read(
    folder: Path,
    text: str,
    *,
    environment: Mapping[str, str] = KEY,
    live: bool = False,
    allow: tuple[str, ...] = (),
) -> tuple[PartnerConfig, ...]:
    """Load a file with *text*."""
    file = folder / "partners.toml"
    file.write_text(dedent(text), "utf-8")
    chosen = Settings(
        environment=Environment.LIVE if live else Environment.DEMO,
        data_dir=folder,
        outbound_allow=tuple(ip_network(each) for each in allow),
    )
    return load(file, chosen, environment=environment)


def refused(folder: Path, text: str, **more: object) -> tuple[str, ...]:
    """Return the mistakes of a file that is refused."""
    with pytest.raises(ConfigError) as told:
        read(folder, text, **more)  # type: ignore[arg-type]  # handed on
    assert str(folder / "partners.toml") in str(told.value)
    return told.value.mistakes


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    """Everything in it, and sensible limits for who names none."""
    first, second = read(tmp_path, GOOD)
    assert first.limits == Limits(concurrency=2, queue=0, attempts=1)
    assert first.facility == Facility(
        latitude=-1.6, longitude=103.0, address="Jl. Contoh 1", services=frozenset({Need.IGD, Need.ICU})
    )
    assert first.ladder == Rungs(attempts_s=(0, 5), call_s=45)
    assert first.telling == Telling(
        categories=frozenset({Category.FLOOD, Category.DOMESTIC_VIOLENCE}),
        min_severity=Severity.MINOR,
        areas=("15.71", "15.71.01.1001"),
        channels=(Channel.WIRE, Channel.MESSAGE),
        shares=frozenset({Share.EXACT_PLACE, Share.CAUTIONS}),
        sensitive=True,
        follows=True,
        source_system="112-jambi",
    )
    assert (first.phone, first.standing) == ("0741-1", Standing.LIVE)
    assert first.settings is not None
    assert first.settings.model_dump()["key"].get_secret_value() == "s3cret-key"
    assert (second.kind, second.adapter, second.settings, second.facility) == (None, None, None, None)
    assert (second.limits, second.ladder) == (Limits(concurrency=8, queue=16, attempts=3), Rungs())
    assert second.telling is None


def changed(old: str, new: str) -> str:
    """Return the good file with one thing changed."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


WRONG = {
    "unknown key": (changed('phone = "0741-1"', "fone = 1"), "partners[0].fone", "unknown key"),
    "unknown limit": (changed("queue = 0", "wait = 0"), "partners[0].limits.wait", "unknown key"),
    "unknown in facility": (changed("latitude", "lat"), "partners[0].facility.lat", "unknown key"),
    "unknown setting": (changed("base_url", "url = 1\nbase_url"), "partners[0].settings.url", "unknown key"),
    "unknown table": (GOOD + "\n[more]\n", "more", "unknown key"),
    "no id": (changed('id = "rs-a"\n', ""), "partners[0].id", "missing"),
    "no standing": (changed('standing = "planned"\n', ""), "partners[1].standing", "missing"),
    "id with a slash": (changed('"rs-a"', '"rs/a"'), "partners[0].id", "pattern"),
    "id too short": (changed('"rs-b"', '"b"'), "partners[1].id", "pattern"),
    "id twice": (changed('"rs-b"', '"rs-a"'), "partners[1].id", "partners[0]"),
    "standing": (changed('"planned"', '"soon"'), "partners[1].standing", "'planned'"),
    "kind unknown": (changed('"madeup"', '"telex"'), "partners[0].kind", "no folder adapters/telex"),
    "kind a file": (changed('"madeup"', '"flat"'), "partners[0].kind", "no folder adapters/flat"),
    "kind hollow": (changed('"madeup"', '"hollow"'), "partners[0].kind", "no ADAPTER"),
    "kind a path": (changed('"madeup"', '"../madeup"'), "partners[0].kind", "pattern"),
    "kind dotted": (changed('"madeup"', '"hospital.client"'), "partners[0].kind", "pattern"),
    "kind hidden": (changed('"madeup"', '"__pycache__"'), "partners[0].kind", "pattern"),
    "settings without kind": (
        changed('kind = "madeup"\n', "").replace('"wire", ', ""),
        "partners[0].settings",
        "without a kind",
    ),
    "kind without settings": (
        GOOD.split("  [partners.settings]")[0],
        "partners[0].settings",
        "missing",
    ),
    "settings no table": (
        GOOD.split("  [partners.facility]")[0] + "    settings = 5",
        "partners[0].settings",
        "",
    ),
    "concurrency 0": (changed("concurrency = 2", "concurrency = 0"), "partners[0].limits.concurrency", "1"),
    "attempts 9": (changed("attempts = 1", "attempts = 9"), "partners[0].limits.attempts", "5"),
    "queue a text": (changed("queue = 0", 'queue = "0"'), "partners[0].limits.queue", "integer"),
    "latitude north of north": (changed("-1.6", "-91"), "partners[0].facility.latitude", "-90"),
    "latitude true": (changed("-1.6", "true"), "partners[0].facility.latitude", "number"),
    "latitude nan": (changed("-1.6", "nan"), "partners[0].facility.latitude", "finite"),
    "longitude": (changed("103", "181"), "partners[0].facility.longitude", "180"),
    "half a place": (changed("longitude = 103\n", ""), "partners[0].facility", "come together"),
    "service": (changed('"icu"', '"ICU"'), "partners[0].facility.services[1]", "'icu'"),
    "ladder unknown": (changed("call_s", "ring_s"), "partners[0].ladder.ring_s", "unknown key"),
    "ladder a text": (changed("call_s = 45", 'call_s = "45"'), "partners[0].ladder.call_s", "number"),
    "ladder true": (changed("[0, 5]", "[true, 5]"), "partners[0].ladder.attempts_s[0]", "number"),
    "ladder nan": (changed("call_s = 45", "call_s = nan"), "partners[0].ladder.call_s", "90"),
    "ladder too patient": (changed("call_s = 45", "call_s = 91"), "partners[0].ladder.call_s", "90"),
    "no attempts": (changed("[0, 5]", "[]"), "partners[0].ladder.attempts_s", "1 item"),
    "attempts back": (changed("[0, 5]", "[5, 5]"), "partners[0].ladder.attempts_s", "later"),
    "telling unknown": (changed("sensitive", "secret"), "partners[0].telling.secret", "unknown key"),
    "category": (changed('"flood"', '"tsunami"'), "partners[0].telling.categories[0]", "'flood'"),
    "severity": (changed('"minor"', '"bad"'), "partners[0].telling.min_severity", "'extreme'"),
    "share": (changed('"cautions"', '"nik"'), "partners[0].telling.shares[1]", "'cautions'"),
    "area": (changed('"15.71"', '"15.71.1"'), "partners[0].telling.areas[0]", "pattern"),
    "area without its district": (changed('"15.71"', '"15.1001"'), "partners[0].telling.areas[0]", "pattern"),
    "areas no list": (changed('["15.71", "15.71.01.1001"]', '"15.71"'), "partners[0].telling.areas", "tuple"),
    "channel": (changed('"message"]', '"fax"]'), "partners[0].telling.channels[1]", "'message'"),
    "no channel": (changed('["wire", "message"]', "[]"), "partners[0].telling.channels", "1 item"),
    "channel twice": (changed('"message"]', '"wire"]'), "partners[0].telling.channels", "once"),
    "wire without kind": (
        GOOD + "      [partners.telling]\n",
        "partners[1].telling.channels",
        "wire needs a kind",
    ),
    "sensitive a number": (
        changed("sensitive = true", "sensitive = 1"),
        "partners[0].telling.sensitive",
        "bool",
    ),
    "not sensitive": (
        changed("sensitive = true", "sensitive = false"),
        "partners[0].telling.sensitive",
        "true",
    ),
    "follows nobody": (
        changed('source_system = "112-jambi"', ""),
        "partners[0].telling.source_system",
        "missing",
    ),
    "follows not": (changed("follows = true\n", ""), "partners[0].telling.source_system", "without follows"),
    "source with blanks": (
        changed('"112-jambi"', '"112 jambi"'),
        "partners[0].telling.source_system",
        "pattern",
    ),
    "page size": (changed("base_url", "page_size = 0\nbase_url"), "partners[0].settings.page_size", "1"),
    "no base_url": (changed("base_url =", "login_url ="), "partners[0].settings.base_url", "missing"),
    "plain http": (changed("https:", "http:"), "partners[0].settings.base_url", "https wanted"),
    "plain http, optional": (
        changed("base_url", 'login_url = "http://x.example"\nbase_url'),
        "partners[0].settings.login_url",
        "https wanted",
    ),
    "ftp": (changed("https:", "ftp:"), "partners[0].settings.base_url", "no web address"),
    "no url": (
        changed("https://rs-a.example/fhir", "rs-a"),
        "partners[0].settings.base_url",
        "no web address",
    ),
    "password in url": (changed("https://", "https://u:p@"), "partners[0].settings.base_url", "no name and"),
    "private network": (
        changed("rs-a.example", "10.1.1.1"),
        "partners[0].settings.base_url",
        "OUTBOUND_ALLOW",
    ),
    "loopback": (changed("rs-a.example", "127.1"), "partners[0].settings.base_url", "OUTBOUND_ALLOW"),
    "metadata": (changed("rs-a.example", "[::ffff:a9fe:a9fe]"), "partners[0].settings.base_url", "OUTBOUND"),
    "secret in the file": (
        changed("base_url", 'key = "s3cret-key"\nbase_url'),
        "partners[0].settings.key",
        "GERBANG_SECRET_RS_A_KEY",
    ),
    "spare secret in the file": (
        changed("base_url", 'spare = "s3cret-key"\nbase_url'),
        "partners[0].settings.spare",
        "does not belong",
    ),
    "a row that is none": ("partners = [5]", "partners[0]", "table"),
    "no partners": ("", "partners", "missing"),
    "partners a table": ("[partners]\nid = 'rs-a'", "partners", "missing"),
}


@pytest.mark.parametrize(("text", "path", "reason"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_once_by_its_path(tmp_path: Path, text: str, path: str, reason: str) -> None:
    """And nothing that is right is complained of."""
    mistakes = refused(tmp_path, text)
    assert len(mistakes) == 1, mistakes
    assert mistakes[0].startswith(f"{path}: ")
    assert reason in mistakes[0]
    assert "s3cret" not in mistakes[0]


def test_a_partner_with_a_telephone_and_an_inbox_needs_no_kind(tmp_path: Path) -> None:
    """Its duty officers look at our page, or are woken."""
    text = GOOD + '      [partners.telling]\n      channels = ["inbox", "message"]\n'
    second = read(tmp_path, text)[1]
    assert second.telling == Telling(channels=(Channel.INBOX, Channel.MESSAGE))


def test_what_is_wrong_together_is_told_together(tmp_path: Path) -> None:
    """Each by its path."""
    text = (
        changed("[0, 5]", "[5, 0]").replace("sensitive = true", "").replace('source_system = "112-jambi"', "")
    )
    assert [line.split(":")[0] for line in refused(tmp_path, text)] == [
        "partners[0].ladder.attempts_s",
        "partners[0].telling.source_system",
        "partners[0].telling.sensitive",
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nobody should have to start ten times."""
    text = (
        GOOD.replace('phone = "0741-1"', "phone = 1").replace("https:", "http:").replace('"planned"', '"p"')
    )
    paths = [line.split(":")[0] for line in refused(tmp_path, text, environment={})]
    assert paths == [
        "partners[0].phone",
        "partners[0].settings.key",
        "partners[0].settings.base_url",
        "partners[1].standing",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[partners]]\nid = "a"\nname = \n', "line 3, column 8"),
        ("[[partners]]\n\n\nid = 'unclosed\n", "line 4"),
        ("[[partners]]\nid = [1,\n2", "line 3"),
        ("[[partners]]\nid = 1\nid = 2\n", "line 3"),
    ],
)
def test_broken_toml_is_told_by_its_line(tmp_path: Path, text: str, line: str) -> None:
    """Where the parser could not go on."""
    (mistake,) = refused(tmp_path, text)
    assert mistake.startswith(line)


def test_what_cannot_be_read_at_all_is_told(tmp_path: Path) -> None:
    """No file, a folder, no text."""
    file = tmp_path / "partners.toml"
    for make in (
        lambda: None,
        lambda: file.write_bytes(b"# a\n# \xff\n"),
        lambda: (file.unlink(), file.mkdir()),
    ):
        make()
        with pytest.raises(ConfigError, match=r"cannot be read|line 2: not UTF-8"):
            load(file, Settings(data_dir=tmp_path), environment={})


class TestSecrets:
    """From the environment or a file each, named when missing, never said."""

    def test_a_missing_one_is_named_with_both_places(self, tmp_path: Path) -> None:
        """An operator can act on the message alone."""
        (mistake,) = refused(tmp_path, GOOD, environment={})
        assert mistake.startswith("partners[0].settings.key: missing")
        assert "GERBANG_SECRET_RS_A_KEY" in mistake
        assert str(tmp_path / "secrets" / "rs-a.key") in mistake

    def test_a_file_serves_as_well(self, tmp_path: Path) -> None:
        """Without the line break an editor leaves."""
        _secret_file(tmp_path, "from-file\n")
        assert _key(read(tmp_path, GOOD, environment={})) == "from-file"

    def test_the_environment_goes_before_the_file(self, tmp_path: Path) -> None:
        """It is nearer to this start."""
        _secret_file(tmp_path, "from-file")
        assert _key(read(tmp_path, GOOD)) == "s3cret-key"

    @pytest.mark.parametrize("empty", ["", " \n"])
    def test_an_empty_one_is_missing(self, tmp_path: Path, empty: str) -> None:
        """A variable set to nothing is the commonest mistake."""
        _secret_file(tmp_path, empty)
        (mistake,) = refused(tmp_path, GOOD, environment={"GERBANG_SECRET_RS_A_KEY": empty})
        assert "missing" in mistake

    def test_a_file_that_cannot_be_read_is_told(self, tmp_path: Path) -> None:
        """It is not the same as none."""
        (tmp_path / "secrets" / "rs-a.key").mkdir(parents=True)
        (mistake,) = refused(tmp_path, GOOD, environment={})
        assert mistake.startswith("partners[0].settings.key: ")
        assert "cannot be read" in mistake

    def test_a_file_that_is_no_text_is_told_without_its_bytes(self, tmp_path: Path) -> None:
        """The decoder's own message would hold them."""
        _secret_file(tmp_path, "")
        (tmp_path / "secrets" / "rs-a.key").write_bytes(b"s3cret\xff")
        (mistake,) = refused(tmp_path, GOOD, environment={})
        assert "not UTF-8" in mistake
        assert "s3cret" not in mistake

    def test_an_adapters_talkative_validator_is_not_repeated(self, tmp_path: Path) -> None:
        """It put the secret into its message."""
        (mistake,) = refused(tmp_path, GOOD, environment={"GERBANG_SECRET_RS_A_KEY": "bad-s3cret"})
        assert mistake == "partners[0].settings.key: not acceptable"

    def test_not_even_by_a_validator_of_the_whole(self, tmp_path: Path) -> None:
        """It knows every field, and says what it knows."""
        (mistake,) = refused(tmp_path, changed("base_url", "page_size = 7\nbase_url"))
        assert mistake.startswith(
            "partners[0].settings: ••• does not go with 7 (secrets not found: spare: GERBANG_"
        )

    def test_one_that_stands_in_the_file_is_not_even_tried(self, tmp_path: Path) -> None:
        """A validator would speak of it."""
        text = changed("base_url", 'page_size = 7\nkey = "s3cret-key"\nbase_url')
        (mistake,) = refused(tmp_path, text, environment={})
        assert mistake.startswith("partners[0].settings.key: a secret does not belong into this file")
        assert "s3cret" not in mistake

    def test_what_broken_toml_quotes_is_left_out(self, tmp_path: Path) -> None:
        """The parser repeats what it stumbles over."""
        (mistake,) = refused(tmp_path, "[[partners]]\nx = { s3cret = 1, s3cret = 2 }")
        assert mistake.startswith("line 2, column ")
        assert "s3cret" not in mistake

    def test_two_secrets_cannot_share_a_variable(self, tmp_path: Path) -> None:
        """`key` of `rs-a` and `a_key` of `rs` would be one; the operator chooses another id."""
        second = GOOD.split("[[partners]]")[1].replace('"rs-a"', '"rs"')
        environment = KEY | {"GERBANG_SECRET_RS_KEY": "other-key"}
        (mistake,) = refused(tmp_path, f"{GOOD}\n[[partners]]{second}", environment=environment)
        assert mistake.startswith("rs.a_key: its variable GERBANG_SECRET_RS_A_KEY is that of rs-a.key")

    def test_reprs_hold_no_secret(self, tmp_path: Path) -> None:
        """Of the configuration as a whole."""
        assert "s3cret" not in repr(read(tmp_path, GOOD))


def _secret_file(folder: Path, text: str) -> None:
    (folder / "secrets").mkdir(exist_ok=True)
    (folder / "secrets" / "rs-a.key").write_text(text, "utf-8")


def _key(partners: tuple[PartnerConfig, ...]) -> str:
    assert partners[0].settings is not None
    secret: str = partners[0].settings.model_dump()["key"].get_secret_value()
    return secret


canaries = st.text("abcdefghijkmnopqrstuvwxyzBCDEFG0123456789-+/=é•\n'\"\\{}[]", min_size=8, max_size=40).map(
    lambda text: f"Zq{text.strip()}"
)


@given(canary=canaries, wrong=st.sampled_from(sorted(WRONG)), place=st.integers(0, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
def test_no_secret_is_ever_said(tmp_path: Path, canary: str, wrong: str, place: int) -> None:
    """Whatever else is wrong with the file, and wherever the secret stands, rightly or wrongly."""
    text, environment = WRONG[wrong][0], dict(KEY)
    toml = '"' + canary.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if place == 0:
        environment["GERBANG_SECRET_RS_A_KEY"] = canary
    elif place == 1:
        environment["GERBANG_SECRET_RS_A_KEY"] = canary + "bad"
    elif place == 2:
        text = text.replace("base_url", f"key = {toml}\nbase_url", 1)
    elif place == 3:
        text = text.replace("base_url", f"kye = {toml}\nbase_url", 1)
    else:
        text = text.replace("base_url", f"key = {toml} {toml}\nbase_url", 1)
    with pytest.raises(ConfigError) as told:
        read(tmp_path, text, environment=environment)
    said = f"{told.value} {told.value!r} {told.value.__cause__!r} {told.value.mistakes}"
    assert canary not in said
    assert repr(canary)[1:-1] not in said


class TestLive:
    """A live process refuses sandbox addresses and demo credentials, each by its path."""

    def test_a_live_file_is_taken(self, tmp_path: Path) -> None:
        """Nothing in it is a sample."""
        assert len(read(tmp_path, GOOD, live=True)) == 2

    @pytest.mark.parametrize(
        "host",
        """127.0.0.1 127.1 127.9.9.9:8113 2130706433 0x7f.1 localhost localhost:8113 LOCALHOST localhost.
        gerbang.localhost [::1] [::1]:8113 [::ffff:127.0.0.1] 0.0.0.0 [::] 127。0。0。1""".split(),
    )
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_this_machine_is_the_sandboxs(self, tmp_path: Path, host: str, scheme: str) -> None:
        """In whatever spelling, and even if the guard is told to allow it."""
        text = changed("https://rs-a.example", f"{scheme}://{host}")
        allow = ("127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128")
        (mistake,) = refused(tmp_path, text, live=True, allow=allow)
        assert mistake == "partners[0].settings.base_url: a live process refuses sandbox addresses"

    @pytest.mark.parametrize("secret", ["demo-key", "DEMO-key"])
    def test_demo_credentials_are_refused(self, tmp_path: Path, secret: str) -> None:
        """By their path, and not by their text."""
        (mistake,) = refused(tmp_path, GOOD, live=True, environment={"GERBANG_SECRET_RS_A_KEY": secret})
        assert mistake == "partners[0].settings.key: a live process refuses demo credentials"

    def test_spare_ones_too(self, tmp_path: Path) -> None:
        """Optional is no excuse."""
        environment = KEY | {"GERBANG_SECRET_RS_A_SPARE": "demo-spare"}
        (mistake,) = refused(tmp_path, GOOD, live=True, environment=environment)
        assert mistake.startswith("partners[0].settings.spare: ")

    def test_a_demo_takes_both(self, tmp_path: Path) -> None:
        """With plain http, since loopback is not the network."""
        text = changed("https://rs-a.example", "http://127.0.0.1:8113")
        environment = {"GERBANG_SECRET_RS_A_KEY": "demo-key"}
        assert len(read(tmp_path, text, environment=environment, allow=("127.0.0.0/8",))) == 2


def test_a_private_network_that_is_allowed_is_taken(tmp_path: Path) -> None:
    """With https, as everywhere."""
    text = changed("rs-a.example", "10.1.1.1")
    assert len(read(tmp_path, text, live=True, allow=("10.1.0.0/16",))) == 2
