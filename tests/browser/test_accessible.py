"""Every page: axe finds nothing serious, nothing is cut off on a small telephone, all can be touched."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.running import House

from .conftest import Open, address, shoot
from .people import Person
from .test_deciding import refer
from .test_incidents import report

GRAVE = {"serious", "critical"}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10: 320 CSS pixels without sideways scrolling
DARK = {"color_scheme": "dark"}

FOR_ALL = (
    *("/antrean", "/papan?need=icu", "/papan?need=igd", "/peringatan", "/mitra", "/cari"),
    *("/akun", "/akun/sandi"),
)
PAGES = [
    *(
        ("approver", path)
        for path in (*FOR_ALL, "/wakil", "/konfirmasi", "/rujukan/{waits}", "/rujukan/{goes}")
    ),
    *(
        ("operator", path)
        for path in ("/rujukan/baru", "/rujukan/{waits}", "/rujukan/{goes}", "/rujukan/r-nowhere")
    ),
    *(
        ("operator", path)
        for path in ("/insiden", "/insiden/baru", "/insiden/{fire}", "/alarm", "/peringatan", "/mitra/bpbd")
    ),
    ("approver", "/insiden/{fire}"),
    *(("duty", path) for path in ("/kotak", "/akun", "/akun/bangun")),
    *(("admin", path) for path in ("/peringatan", "/mitra/bpbd")),
]

# Where a change shows first; the others in a soak, since each look opens every page.
LOOKS = ["light", "narrow", *(pytest.param(each, marks=pytest.mark.soak) for each in ("dark", "english"))]
TO_TOUCH = "a, button, summary, select, textarea, input:not([type=hidden])"
TOO_SMALL = (
    f"() => [...document.querySelectorAll('{TO_TOUCH}')]"
    + """
  .filter((each) => each.checkVisibility() && !each.closest("label"))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.height < 44 || box.width < 44))
  .map(([html, box]) => `${html} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

PLANTED = """() => {
  document.getElementById("main").innerHTML =
    "<p class=pale>pale</p><input><button class=tiny>x</button><div class=broad>x</div>";
  const styles = { pale: "color:#aaa", broad: "width:900px", tiny: "min-height:20px;height:20px;padding:0" };
  for (const [name, style] of Object.entries(styles))
    document.querySelector("." + name).style.cssText = style;
}"""


@pytest.fixture(scope="module")
def referrals(house: House) -> dict[str, str]:
    """One referral that waits, one emergency that goes on with everything on it, one incident that alarms."""
    waits = refer(house, kelas="1", source_ref={"system": "112", "ticket": "T-2026-17"})
    goes = refer(house, then="break_glass", criteria=["haemodynamic"], lat=-1.607, lon=103.582, drill=True)
    place = {"address": "Jl. Contoh 7", "landmark": "Pasar", "lat": -1.617, "lon": 103.613}
    told = {"narrative": "Api di atap", "cautions": ["hazmat"], "casualties": {"injured": 2}, "drill": True}
    fire = report(house, category="fire", caller={"name": "Budi", "phone": "0811740112"}, **place, **told)
    report(house, **place, **told)
    with house.client("operator") as operator:
        operator.post(f"/v1/incidents/{fire}/updates", json={"severity": "extreme"}).raise_for_status()
    return {"waits": waits, "goes": goes, "fire": fire}


@pytest.fixture(scope="module")
def signed_in(
    browser: object, house: House, head: Person, operator: Person, officer: Person, admin: Person
) -> dict[str, dict[str, object]]:
    """Sign each of them in once; their cookies serve every look."""
    kept = {}
    people = {"approver": head, "operator": operator, "duty": officer, "admin": admin}
    for role, person in people.items():
        context = browser.new_context()  # type: ignore[attr-defined]  # a browser
        page = context.new_page()
        page.goto(address(house, "/masuk"))
        person.sign_in(page, "/")
        kept[role] = context.storage_state()
        context.close()
    return kept


def faults(page: Page) -> list[str]:
    """Return what axe finds serious or worse, with where."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("role", ["operator", "approver", "duty", "admin"])
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_used_by_everybody(
    open_page: Open,
    house: House,
    signed_in: dict[str, dict[str, object]],
    referrals: dict[str, str],
    role: str,
    look: str,
) -> None:
    """In daylight and in the dark, on a very small telephone, and in English."""
    options = {"storage_state": signed_in[role]} | (DARK if look == "dark" else {})
    page = open_page("/", **options, **({"viewport": NARROW} if look == "narrow" else {}))
    if look == "english":
        page.get_by_role("button", name="English").click()
    for path in (path for who, path in PAGES if who == role):
        page.goto(address(house, path.format(**referrals)))
        for each in page.locator("summary").all():
            each.click()
        name = re.sub(r"\W+", "-", path.strip("/{}")).strip("-")
        shoot(page, f"{role}-{name}-{look}")
        assert (path, faults(page)) == (path, [])
        assert (path, page.evaluate(TOO_WIDE)) == (path, 0)
        assert (path, page.evaluate(TOO_SMALL)) == (path, [])


def test_the_pages_before_signing_in_too(open_page: Open, head: Person) -> None:
    """Password and code."""
    page = open_page("/antrean")
    shoot(page, "sign-in")
    assert faults(page) == []
    page.get_by_label("Nama pengguna").fill(head.login)
    page.get_by_label("Kata sandi").fill(head.password)
    page.locator("main button").click()
    shoot(page, "second-proof")
    assert faults(page) == []


def test_the_check_finds_what_is_wrong(open_page: Open) -> None:
    """Planted faults: a pale text, a field without a name, a tiny button, a page that is too wide."""
    page = open_page("/masuk")
    page.evaluate(PLANTED)
    found = " ".join(faults(page))
    assert "color-contrast" in found
    assert "label" in found
    assert page.evaluate(TOO_WIDE) > 0
    assert any("tiny" in each for each in page.evaluate(TOO_SMALL))
