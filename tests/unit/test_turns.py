"""Who waits takes turns by client, and nobody takes all places."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from fmnist.ui.server.lines import Full, Line, Places


def run(task):
    """What a coroutine returns, in a thread of its own: in this one Playwright's loop may run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, task).result()


def worked(calls, most=1, cancelled=()):
    """The order in which clients work who all come at once; some give up while they wait."""
    order = []

    async def work(line, client):
        async with line.turn(client):
            order.append(client)
            await asyncio.sleep(0)

    async def all_work():
        line = Line(most)
        async with line.turn("first"):
            tasks = [asyncio.create_task(work(line, client)) for client in calls]
            await asyncio.sleep(0)
            for number in cancelled:
                tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert line.free == most and not line.waiting
        return order

    return run(all_work())


def test_who_asks_much_waits_behind_who_asks_little():
    assert worked("aaaaabac") == list("abcaaaaa")
    assert worked("aabbcc") == list("abcabc")


def test_who_gives_up_holds_nobody_up():
    assert worked("aabb", cancelled=[0, 2]) == ["a", "b"]
    assert worked("ab", cancelled=[0, 1]) == []


def test_no_more_work_at_a_time_than_there_are_places():
    async def busy():
        line, now, most = Line(3), 0, 0

        async def work(client):
            nonlocal now, most
            async with line.turn(client):
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*(work(str(number % 4)) for number in range(40)))
        return most

    assert run(busy()) == 3


def test_an_error_gives_the_turn_back():
    async def failing():
        line = Line(1)
        with pytest.raises(ZeroDivisionError):
            async with line.turn("a"):
                raise ZeroDivisionError
        async with asyncio.timeout(1), line.turn("b"):
            pass

    run(failing())


def test_places_are_few_for_all_and_fewer_for_one():
    places = Places(3, 2)
    with places.place("a"), places.place("a"):
        with pytest.raises(Full), places.place("a"):
            pass
        with places.place("b"), pytest.raises(Full), places.place("c"):
            pass
        with places.place("c"):
            pass
    assert not places.taken
