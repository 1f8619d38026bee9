"""Whose word counts for which log, over rotations, years and writers; nothing of the house wrote these."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.evidence.verify import INCOMPLETE, INTACT, TAMPERED, Report, check

from .producer import Log, Pen, begun, policy, write


def checked(folder: Path, logs: list[Log], trusts: str) -> Report:
    """Write the logs and check them by that policy alone."""
    (folder / "trusts.txt").write_text(trusts)
    return check(write(folder / "export", logs, trusts), folder / "trusts.txt")


def next_year(before: Log, name: str, seed: int, **says: object) -> Log:
    """Return the year that follows, signed once by both keys and once by its own."""
    log = Log(name)
    log.pen = log.new_pen(seed)
    assert before.pen is not None
    return log.open(after=before, **says).add(3).sign(before.pen, log.pen).add(3).sign()


def old_year() -> Log:
    """Return the log of 2025, signed to its end."""
    return begun("2025/gerbang-1").add(9).sign()


def first_key(log: Log) -> Pen:
    """Return the key that opened a log of `begun`."""
    return log.new_pen(1)


def test_what_others_write_by_the_description_verifies(tmp_path: Path) -> None:
    """Rotations, years and two writers, by a program that shares nothing with the gateway."""
    one = begun("2024/gerbang-1").add(20).sign().rotate(11).add(5).sign().rotate(12).add(5).sign()
    two = next_year(one, "2025/gerbang-1", 13).rotate(14).add(2).sign()
    three = next_year(two, "2026/gerbang-1", 15)
    other = begun("2026/gerbang-2", seed=20).add(30).sign()
    report = checked(tmp_path, [one, two, three, other], policy(first_key(one), other.new_pen(20)))
    assert (report.code, report.verdict, len(report.heads)) == (INTACT, "INTACT", 4), report
    head = report.heads["2026/gerbang-1"]
    assert (head.seq, head.signed, head.leaf) == (7, 7, three.leaves[-1].hex())
    assert (head.note, head.root) == (three.notes[-1], three.notes[-1].split("\n")[2])


def test_a_log_from_before_the_years_is_vouched_for_by_the_next(tmp_path: Path) -> None:
    """It has no key and no checkpoint: the first year's first entry holds its end."""
    legacy = Log("gerbang-1").add(30)
    year = Log("2026/gerbang-1")
    year.pen = year.new_pen(2)
    year.open(after=legacy).add(3).sign()
    assert checked(tmp_path, [legacy, year], policy(year.pen)).code == INTACT


def test_a_log_opened_and_handed_over_before_its_first_checkpoint(tmp_path: Path) -> None:
    """The year before vouches for the key in force, though the first one never signed alone."""
    old = old_year()
    new = Log("2026/gerbang-1")
    first, second = new.new_pen(2), new.new_pen(3)
    new.pen = first
    new.open(after=old).add(act="log.key_rotated", detail={"vkey": second.vkey, "was": first.vkey})
    assert old.pen is not None
    new.sign(old.pen, first, second)
    assert checked(tmp_path, [old, new], policy(first_key(old))).code == INTACT


def hands_over_to_a_foreign_name() -> tuple[list[Log], str]:
    """Use one writer's key to have a key of another writer's log trusted, and forge that log."""
    thief, victim = begun().add(3).sign(), begun("2026/gerbang-2", seed=7)
    planted = Pen(victim.origin, 99)
    assert thief.pen is not None
    thief.add(act="log.key_rotated", detail={"vkey": planted.vkey, "was": thief.pen.vkey})
    thief.sign(thief.pen, planted)
    forged = begun("2026/gerbang-2", seed=99).add(3).sign()
    return [thief, forged], policy(first_key(thief), victim.new_pen(7))


def continues_another_writer() -> tuple[list[Log], str]:
    """Use an old key of one writer to open a log of another's name."""
    thief = begun("2025/gerbang-2").add(3).sign()
    return [thief, next_year(thief, "2026/gerbang-1", 99)], policy(first_key(thief))


def continues_itself() -> tuple[list[Log], str]:
    """Name itself as the year before."""
    log = begun()
    log.replace(1, detail=log.records[0]["detail"] | {"after": log.name, "size": 0})
    return [log.add(3).sign()], policy(first_key(log))


def forgets_the_year_before() -> tuple[list[Log], str]:
    """Begin anew, as if nothing had been, with a key that the policy names."""
    old, new = old_year(), begun(seed=2).add(3).sign()
    return [old, new], policy(first_key(old), new.new_pen(2))


def skips_a_year() -> tuple[list[Log], str]:
    """Continue a year that another log has continued already."""
    old = old_year()
    middle, new = next_year(old, "2026/gerbang-1", 2), next_year(old, "2027/gerbang-1", 3)
    return [old, middle, new], policy(first_key(old))


def signs_with_the_retired_key() -> tuple[list[Log], str]:
    """Go on signing with the key that has handed over."""
    log = begun().add(3).sign()
    old = first_key(log)
    return [log.rotate(2).add(3).sign(old)], policy(old, log.new_pen(2))


def vouches_with_the_retired_key() -> tuple[list[Log], str]:
    """Hand over a second time, by the word of the first key instead of the second."""
    log = begun().add(3).sign()
    old = first_key(log)
    log.rotate(2).add(3).sign()
    third = log.new_pen(3)
    log.add(act="log.key_rotated", detail={"vkey": third.vkey, "was": old.vkey})
    return [log.sign(old, third)], policy(old)


def announces_without_word() -> tuple[list[Log], str]:
    """Write, without any key, that a key of one's own takes over, and sign with it."""
    log = begun().add(3).sign()
    mine = log.new_pen(66)
    log.add(act="log.key_rotated", detail={"vkey": mine.vkey, "was": first_key(log).vkey})
    return [log.sign(mine)], policy(first_key(log))


def signs_for_another_house() -> tuple[list[Log], str]:
    """Open a log of the same name in another house."""
    other = begun(authority="lain.example").add(3).sign()
    return [other], policy(first_key(begun()))


def opens_under_another_name() -> tuple[list[Log], str]:
    """Say in the first entry that it is another log."""
    log = begun()
    log.replace(1, detail=log.records[0]["detail"] | {"origin": f"{log.authority}/audit/2026/gerbang-9"})
    return [log.add(3).sign()], policy(first_key(log))


Forgery = Callable[[], tuple[list[Log], str]]
FORGERIES: dict[Forgery, str] = {
    hands_over_to_a_foreign_name: "2026/gerbang-1/5: hands over to a key of another log",
    continues_another_writer: "2026/gerbang-1/1: continues 2025/gerbang-2, the log of another writer",
    continues_itself: "2026/gerbang-1/1: continues 2026/gerbang-1, the log of another writer",
    forgets_the_year_before: "2026/gerbang-1/1: does not continue 2025/gerbang-1, the log before it",
    skips_a_year: "2027/gerbang-1/1: does not continue 2026/gerbang-1, the log before it",
    signs_with_the_retired_key: "2026/gerbang-1, checkpoint 8: is not signed by the key in force there",
    vouches_with_the_retired_key: "checkpoint 9: is signed by a key that nobody you trust vouches for",
    announces_without_word: "checkpoint 5: is signed by a key that nobody you trust vouches for",
    signs_for_another_house: "checkpoint 4: is signed by a key that nobody you trust vouches for",
    opens_under_another_name: "2026/gerbang-1/1: it opens another log than it stands in",
}


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
def test_no_key_counts_beyond_its_log(tmp_path: Path, forgery: Forgery) -> None:
    """Whoever holds a key, a retired one or none cannot bring another into force."""
    logs, trusts = forgery()
    report = checked(tmp_path, logs, trusts)
    assert report.code == TAMPERED, report
    assert FORGERIES[forgery] in str(report.damage)


WRONG_ENDS: dict[str, tuple[dict[str, object], str]] = {
    "larger": ({"size": 12}, "2025/gerbang-1/11: cut off"),
    "smaller": ({"size": 8}, "2025/gerbang-1/8: written after its log had ended"),
    "another root": ({"root": "x"}, "2025/gerbang-1: rewritten"),
    "another leaf": ({"leaf": "0" * 64}, "2025/gerbang-1: rewritten"),
    "another checkpoint": ({"checkpoint": "x"}, "2025/gerbang-1: its last checkpoint is not the one"),
    "no size": ({"size": None}, "2025/gerbang-1/None: written after"),
}


@pytest.mark.parametrize("name", WRONG_ENDS)
def test_the_year_before_must_end_as_the_next_says(tmp_path: Path, name: str) -> None:
    """Size, root, leaf and checkpoint, each of them."""
    says, said = WRONG_ENDS[name]
    old = old_year()
    report = checked(tmp_path, [old, next_year(old, "2026/gerbang-1", 2, **says)], policy(first_key(old)))
    assert report.code == TAMPERED
    assert said in str(report.damage)


def test_the_last_checkpoint_of_a_year_cannot_be_dropped(tmp_path: Path) -> None:
    """The next year's first entry holds it."""
    old = begun("2025/gerbang-1").add(5).sign().add(5).sign()
    new = next_year(old, "2026/gerbang-1", 2)
    del old.notes[-1]
    report = checked(tmp_path, [old, new], policy(first_key(old)))
    assert "2025/gerbang-1: its last checkpoint is not the one" in str(report.damage)


def test_a_year_before_that_is_not_there_makes_no_tampering(tmp_path: Path) -> None:
    """Its key, the only one in the policy, still vouches; the evidence is incomplete, and says where."""
    old = old_year()
    report = checked(tmp_path, [next_year(old, "2026/gerbang-1", 2)], policy(first_key(old)))
    assert (report.code, report.missing) == (
        INCOMPLETE,
        "the log 2025/gerbang-1, which 2026/gerbang-1 continues, is not in the export",
    ), report.damage


@pytest.mark.parametrize("cut", ["rotation", "year"])
def test_a_key_the_policy_knows_must_turn_up(tmp_path: Path, cut: str) -> None:
    """An end cut off with the entry that announced a key: the policy's own lines are what is left of it."""
    old = old_year()
    logs = [old, next_year(old, "2026/gerbang-1", 2).rotate(3)]
    trusts = policy(first_key(old), logs[1].new_pen(2), logs[1].new_pen(3))
    (tmp_path / "whole").mkdir()
    assert checked(tmp_path / "whole", logs, trusts).code == INTACT
    del logs[1].records[7:], logs[1].leaves[7:], logs[1].notes[2:]
    report = checked(tmp_path, logs if cut == "rotation" else logs[:1], trusts)
    assert (report.code, report.missing) == (
        INCOMPLETE,
        "2026/gerbang-1: the policy names a key of it that no entry here announces",
    ), report.damage


def test_a_policy_may_know_other_writers(tmp_path: Path) -> None:
    """One inspectorate, one policy, many houses: what the export does not hold of them is no lack."""
    log = begun().add(3).sign()
    others = Pen("lain.example/audit/2026/gerbang-1", 5), Pen(f"{log.authority}/audit/2026/gerbang-2", 6)
    assert checked(tmp_path, [log], policy(first_key(log), *others)).code == INTACT
