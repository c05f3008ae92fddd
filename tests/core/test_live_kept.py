"""What was painted lately is kept within a limit, and what is asked for stays longest."""

from gamebash.core.live.kept import Kept


def test_what_nobody_asks_for_goes_first_and_the_limit_holds():
    kept = Kept(100)
    kept.put("asked for", 0, 10)
    for number in range(1, 40):
        kept.put(number, number, 10)
        assert kept.get("asked for") == 0
    assert kept.get(1) is None
    assert kept.get(39) == 39
    assert sum(kept.get(number) is not None for number in range(1, 40)) <= 12


def test_a_value_is_returned_as_it_was_put():
    kept = Kept(10)
    assert kept.get("nothing") is None
    assert kept.put("word", "painted", 5) == "painted"
    assert kept.get("word") == "painted"
