"""Samples of tables."""

from detect.classified.column.sample import HEAD, RESERVOIR, TAIL, Sample


def _taken(rows: int, step: int) -> list[str]:
    sample = Sample(1)
    for first in range(0, rows, step):
        sample.take([[str(row) for row in range(first, min(first + step, rows))]])
    return sample.column(0)


def test_a_short_table_is_its_own_sample() -> None:
    assert _taken(600, 100) == [str(row) for row in range(600)]


def test_a_long_table_gives_head_tail_and_rows_from_everywhere() -> None:
    cells = _taken(100_000, 2000)
    assert len(cells) == HEAD + RESERVOIR + TAIL + 1
    assert cells[:HEAD] == [str(row) for row in range(HEAD)]
    assert cells[-2] == "99999"
    drawn = sorted(map(int, cells[HEAD : HEAD + RESERVOIR]))
    assert drawn[0] < 5000
    assert drawn[-1] > 95_000
    assert 40_000 < sum(drawn) / len(drawn) < 60_000


def test_the_longest_cell_is_in_the_sample() -> None:
    sample = Sample(1)
    for first in range(20):
        sample.take(
            [
                ["short"] * 2000
                if first != 7
                else ["short"] * 1500 + ["longest cell"] + ["short"] * 499
            ]
        )
    assert "longest cell" in sample.column(0)


def test_the_same_table_gives_the_same_sample() -> None:
    assert _taken(50_000, 2000) == _taken(50_000, 2000)
