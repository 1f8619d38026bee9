"""Nothing lost, nothing out of order, every repeat under its id: whatever fails, whenever we are killed."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.db import migrate
from gateway.notifications.rows import Delivery

from .office import FIRE, FIRST, POLICE, SECOND
from .world import World

LANES = (FIRST, SECOND)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one database; every example copies it."""
    path = tmp_path_factory.mktemp("notifications") / "template.db"
    migrate(f"sqlite:///{path}", environment="demo")
    return path


@pytest.fixture
def world(template: Path) -> Iterator[World]:
    """Give a world in which all is well."""
    made = World(template)
    yield made
    made.close()


@pytest.mark.parametrize("steps", range(12))
def test_killed_at_any_step_it_is_told_once_more_under_its_id(world: World, steps: int) -> None:
    """Before the claim, between claim and message, between message and outcome: a row is due and goes out."""
    world.do(world.office.tell())
    (before,) = world.rows()
    world.life.checkpoints_left = steps
    world.sweep()
    was_killed = world.life.over
    if was_killed:
        world.crash()
        (row,) = world.rows()
        assert row.due_at is not None or row.delivery is Delivery.DELIVERED
        assert row.id == before.id
    world.run(10)
    (row,) = world.rows()
    assert row.delivery is Delivery.DELIVERED
    came = world.systems[POLICE].came
    assert {alert.id for alert in came} == {row.id}
    assert len(came) <= (2 if was_killed else 1)
    assert [each.act for each in world.entries].count("notification.accepted") == 1


def test_killed_before_it_was_accepted_nothing_is_there(world: World) -> None:
    """Neither row, nor number, nor entry."""
    world.life.checkpoints_left = 0
    world.do(world.office.tell())
    world.crash()
    assert (world.rows(), world.entries) == ([], [])
    world.do(world.office.tell())
    assert [row.number for row in world.rows()] == [1]


def test_over_a_restart_the_operator_is_told_to_telephone_in_time(world: World) -> None:
    """Within 90 s of acceptance, however long it was off in between; and the rungs go on."""
    world.do(world.office.tell())
    world.run(5)
    world.crash()
    world.rest(60)
    world.run(40)
    (row,) = world.rows()
    assert row.call
    assert row.call_since is not None
    assert 85 <= (row.call_since - row.accepted_at).total_seconds() <= 90


Step = st.one_of(
    st.tuples(
        st.just("tell"), st.sampled_from(LANES), st.sampled_from(["update", "update", "closed", "cancel"])
    ),
    st.tuples(st.just("run"), st.integers(1, 20), st.none()),
    st.tuples(st.just("kill"), st.integers(0, 25), st.none()),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(Step, max_size=12),
    moods=st.lists(st.sampled_from(["well", "away", "loses"]), max_size=40),
)
def test_the_order_of_every_lane_is_kept(
    template: Path, steps: list[tuple[str, object, object]], moods: list[str]
) -> None:
    """Systems that are away or lose the answer, and a process that is killed in the middle."""
    left = list(moods)
    world = World(template, lambda: left.pop() if left else "well")
    try:
        _tell_all(world, steps)
        left.clear()
        world.run(400)
        _nothing_is_lost(world)
    finally:
        world.close()


def _tell_all(world: World, steps: list[tuple[str, object, object]]) -> None:
    pictures: dict[object, int] = defaultdict(int)
    for about in LANES:
        pictures[about] += 1
        world.do(world.office.tell(about, to=[POLICE, FIRE]))
    for what, which, kind in steps:
        if what == "tell":
            pictures[which] += 1
            world.do(world.office.tell(str(which), pictures[which], str(kind), to=[POLICE, FIRE]))
        elif what == "run":
            world.run(int(str(which)))
        else:
            world.life.checkpoints_left = int(str(which))
        if world.life.over:
            world.crash()
    world.life.checkpoints_left = None


def _nothing_is_lost(world: World) -> None:
    rows = {row.id: row for row in world.rows()}
    assert {row.delivery for row in rows.values()} <= {Delivery.DELIVERED, Delivery.SUPERSEDED}
    assert all(row.kind == "update" for row in rows.values() if row.delivery is Delivery.SUPERSEDED)
    accepted = [entry.object_id for entry in world.entries if entry.act == "notification.accepted"]
    assert sorted(accepted) == sorted(rows)
    for name, system in world.systems.items():
        its = [row for row in rows.values() if row.partner == name]
        assert [row.number for row in its] == list(range(1, len(its) + 1))
        assert {row.id for row in its if row.delivery is Delivery.DELIVERED} <= {
            each.id for each in system.taken
        }
        for about in LANES:
            told = [each.number for each in system.taken if each.incident == about]
            assert told == sorted(told), (name, about)
            assert told[0] == min(row.number for row in its if row.about == about)
