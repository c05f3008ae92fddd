"""Whatever a file holds: what can be read goes in, what cannot is named with its line, and memory stays small."""

import gzip
import io
import json
import resource
import time
import tracemalloc

import pytest

from gamebash.backlog.imports.files import BUFFER, read_rows, refuse_bomb
from gamebash.backlog.imports.shapes import delimiter_of, shape_of
from gamebash.backlog.records import UnreadableFileError

MEBIBYTE = 1024**2


def written(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows_of(tmp_path, content, **options):
    return list(read_rows(written(tmp_path, content), **options))


def faults(rows):
    return {row.line: row.values[""] for row in rows if row.values.get("")}


def good(rows):
    return [dict(row.values) for row in rows if not row.values.get("")]


def test_rows_longer_or_shorter_than_the_header_are_named_by_the_line_of_the_file(tmp_path):
    text = 'id,title\n1,"two\nlines"\n2\n\n3,a,b\n4,"three\n\nlines"\n5,e\n'
    rows = rows_of(tmp_path, text)
    assert faults(rows) == {4: "1 cells where the header has 2", 6: "3 cells where the header has 2"}
    assert [(row.line, row.values["id"]) for row in rows if "id" in row.values] == [(2, "1"), (7, "4"), (10, "5")]


def test_a_header_that_comes_again_is_no_row(tmp_path):
    assert [row["id"] for row in good(rows_of(tmp_path, "id,a,a\n1,x,y\nid,a,a\n2,z,w\n"))] == ["1", "2"]


def test_two_columns_of_one_name_are_both_kept(tmp_path):
    assert good(rows_of(tmp_path, "id,a,a,\n1,x,y,z\n")) == [{"id": "1", "a": "x", "a (3)": "y", "column 4": "z"}]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a;b;c\n1,5;2,5;x, y, z, w\n2,5;3,5;q, r, s, t\n", ";"),
        ("title, in words\tid\nx\t1\ny\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('a,b\n"x;y;z",2\n"x;y;z;w",3\n', ","),
        ("only\none\n", ","),
    ],
)
def test_the_delimiter_is_found_by_counting_over_lines(text, sign):
    assert delimiter_of(text) == sign


def test_windows_1252_is_read_and_said_to_be_a_guess(tmp_path):
    text = "id,title\n" + "".join(f"{n},Störung… größer als „üblich“\n" for n in range(50))
    path = written(tmp_path, text.encode("cp1252"))
    assert shape_of(path).is_guessed
    assert good(list(read_rows(path)))[7]["title"] == "Störung… größer als „üblich“"
    assert not shape_of(written(tmp_path, text)).is_guessed


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_encodings_with_a_mark_are_no_guess(tmp_path, encoding):
    path = written(tmp_path, "id,title\r\n1,Größe\r\n".encode(encoding))
    assert good(list(read_rows(path))) == [{"id": "1", "title": "Größe"}]
    assert not shape_of(path).is_guessed


def test_bytes_that_are_not_utf_8_reject_only_their_row(tmp_path):
    rows = rows_of(tmp_path, b"id,title\n1,good\n2,b\xc3\xa9 \xff bad\n" + b"3,caf\xc3\xa9\n" * 9)
    assert faults(rows) == {3: "has bytes that are not UTF-8"}
    assert len(good(rows)) == 10
    lines = (
        b'{"id": 1, "t": "caf\xc3\xa9"}\n{"id": 2, "t": "\xff"}\n{"id": 3, "t": "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"}\n'
    )
    assert faults(rows_of(tmp_path, lines)) == {2: "has bytes that are not UTF-8"}


def test_nul_bytes_are_taken_out_and_the_row_is_kept(tmp_path):
    assert good(rows_of(tmp_path, b"id,title\n1,a\x00b\n2,plain text\n"))[0] == {"id": "1", "title": "ab"}
    assert good(rows_of(tmp_path, b'{"id": 1}\n{"id"\x00: 2}\n'))[1] == {"id": 2}


def test_a_cell_of_ten_megabytes_is_read(tmp_path):
    rows = rows_of(tmp_path, b"id,title\n1," + b"x" * (10 * MEBIBYTE) + b"\n2,y\n")
    assert [len(row["title"]) for row in good(rows)] == [10 * MEBIBYTE, 1]


def test_a_cell_that_is_larger_than_any_is_rejected_alone(tmp_path):
    rows = rows_of(tmp_path, b"id,title\n1," + b"x" * (17 * MEBIBYTE) + b"\n2,y\n")
    assert "cannot be read as CSV" in faults(rows)[2]
    assert good(rows) == [{"id": "2", "title": "y"}]


def test_five_thousand_columns_are_read(tmp_path):
    names = ",".join(f"c{number}" for number in range(5_000))
    assert len(good(rows_of(tmp_path, f"{names}\n{names.replace('c', 'v')}\n"))[0]) == 5_000


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_in_silence(tmp_path):
    rows = rows_of(tmp_path, 'id,title\n1,a\n2,"b\n3,c\n4,d\n')
    assert faults(rows) == {3: "a quote is opened here and never closed"}
    with pytest.raises(UnreadableFileError, match="begins on line 3 has a quote that is not closed"):
        rows_of(tmp_path, 'id,title\n1,a\n2,"b\n' + "3,cccccccccccccccccccccccccccccc\n" * 600_000)


def test_formulas_stay_text(tmp_path):
    assert good(rows_of(tmp_path, "id,title\n1,\"=cmd|'/c calc'!A1\"\n"))[0]["title"] == "=cmd|'/c calc'!A1"


@pytest.mark.parametrize(
    "text",
    [
        '{"page": {"next": null, "list": [1, 2]}, "tags": ["a"], "incidents": [{"id": 7}, {"id": "8"}], "total": 2}',
        '[{"id": 7},\n {"id": "8"}]',
        '\ufeff{\n "count": 2,\n "incidents": [\n  {"id": 7},\n  {"id": "8"}\n ]\n}\n',
    ],
)
def test_the_one_list_of_objects_in_a_document_is_read(tmp_path, text):
    assert [row["id"] for row in good(rows_of(tmp_path, text))] == [7, "8"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [{"id": 1}], "b": [{"id": 2}]}', "two lists of objects, 'a' and 'b'"),
        ('{"a": 1, "b": ["x"]}', "holds no list of incidents"),
        ('{"incidents": [{"id": 1}, {"id": 2}', "after item 2"),
        ('{"incidents": [{"id": 1}, oops]}', "after item 1"),
        ("[" * 100_000, "after item 0"),
        (b"PK\x03\x04" + b"x" * 100, "save the sheet as CSV"),
    ],
)
def test_a_document_that_cannot_be_read_says_where(tmp_path, text, message):
    with pytest.raises(UnreadableFileError, match=message):
        rows_of(tmp_path, text)


@pytest.mark.parametrize("broken", ['{"id": 2, oops', "[" * 100_000, '"text"', "3", '{"id": ' + "9" * 5_000 + "}"])
def test_a_broken_line_rejects_only_itself(tmp_path, broken):
    rows = rows_of(tmp_path, f'{{"id": 1}}\n\n{broken}\n{{"id": 3}}\n')
    assert list(faults(rows)) == [3]
    assert [row["id"] for row in good(rows)] == [1, 3]


def test_a_broken_first_line_does_not_hide_the_others(tmp_path):
    rows = rows_of(tmp_path, '{"id": 1, oops\n{"id": 2}\n{"id": 3}\n')
    assert (list(faults(rows)), len(good(rows))) == ([1], 2)


def bomb(tmp_path, line, megabytes):
    path = tmp_path / "bomb.gz"
    block = gzip.compress(line * (16 * MEBIBYTE // len(line)))
    with path.open("wb") as file:
        file.write(gzip.compress(b"id,title\n"))
        for _ in range(megabytes // 16):
            file.write(block)
    return path


@pytest.mark.parametrize("line", [b"0", b"1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", b'{"id": 1}, '])
def test_a_gzip_bomb_stops_within_seconds_and_without_memory(tmp_path, line):
    path = bomb(tmp_path, line, 4_096)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(UnreadableFileError, match="unpacks to more than"):
        refuse_bomb(path)
    assert time.monotonic() - begun < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


def test_the_cap_on_what_a_file_unpacks_to_can_be_set(tmp_path):
    path = written(tmp_path, gzip.compress(b"id,title\n" + b"1,one\n" * 900_000))
    with pytest.raises(UnreadableFileError, match="unpacks to more than 1 MiB"):
        list(read_rows(path, limit=MEBIBYTE))


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path, kind):
    def file_of(rows):
        out = io.StringIO()
        items = ({"id": n, "title": f"checkout failed {n} " * 8} for n in range(rows))
        if kind == "csv":
            out.write("id,title\n" + "".join(f"{one['id']},{one['title']}\n" for one in items))
        elif kind == "json":
            out.write("[" + ",".join(map(json.dumps, items)) + "]")
        else:
            out.write("\n".join(map(json.dumps, items)))
        return written(tmp_path, out.getvalue())

    def peak(rows):
        path = file_of(rows)
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path)) == rows
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(100)
    small, large = peak(10_000), peak(80_000)
    assert large < small + 2 * BUFFER
