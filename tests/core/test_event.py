from __future__ import annotations

import pytest

from gradloom.core.event import Event


def test_listeners_are_told_in_order_until_they_disconnect() -> None:
    event: Event[[int]] = Event()
    told: list[tuple[str, int]] = []
    stop = event.connect(lambda n: told.append(("a", n)))
    event.connect(lambda n: told.append(("b", n)))
    event.emit(1)
    stop()
    event.emit(2)
    assert told == [("a", 1), ("b", 1), ("b", 2)]


@pytest.mark.expects_log
def test_a_listener_that_raises_hides_nothing_from_the_others() -> None:
    event: Event[[int]] = Event()
    told: list[int] = []

    def fail(sentence: str):
        def listener(n: int) -> None:
            raise ValueError(sentence)

        return listener

    event.connect(fail("first"))
    event.connect(told.append)
    event.connect(fail("second"))
    event.connect(told.append)
    with pytest.raises(ValueError, match="first"):
        event.emit(7)
    assert told == [7, 7]
