"""A strict reader of calendar files: what RFC 5545 asks of them, checked on the bytes."""

import re

LONGEST_LINE = 75
CONTENT_LINE = re.compile(
    r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:,]*)(?:,(?:\"[^\"]*\"|[^\";:,]*))*)*):(.*)"
)
UTC_MOMENT = re.compile(r"\d{8}T\d{6}Z")
A_DATE = re.compile(r"\d{8}")
TEXTS = {"SUMMARY", "DESCRIPTION"}
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LAST-MODIFIED", "URL"}
STATES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}


def events_of(file):
    """Return the events of a calendar as dicts; an assertion fails where the file breaks the RFC."""
    events = []
    stack = []
    calendar = {}
    for name, params, value in _lines(file):
        if name == "BEGIN":
            assert value in {"VCALENDAR", "VEVENT"}
            assert stack == ([] if value == "VCALENDAR" else ["VCALENDAR"])
            stack.append(value)
            if value == "VEVENT":
                events.append({})
            continue
        if name == "END":
            assert stack.pop() == value
            continue
        assert stack, f"{name} outside of everything"
        into = calendar if stack[-1] == "VCALENDAR" else events[-1]
        assert name not in into or name not in ONCE | {"PRODID", "VERSION", "METHOD", "CALSCALE"}, f"{name} twice"
        into[name] = (params, value)
    assert stack == []
    assert calendar["VERSION"][1] == "2.0"
    assert calendar["PRODID"][1]
    for event in events:
        _check(event)
    uids = [event["UID"][1] for event in events]
    assert len(set(uids)) == len(uids), "a UID stands twice"
    return [{name: _unescaped(name, value) for name, (_, value) in event.items()} for event in events]


def _lines(file):
    assert file.endswith(b"\r\n"), "the last line has no CRLF"
    physical = file[:-2].split(b"\r\n")
    for line in physical:
        assert b"\r" not in line
        assert b"\n" not in line
        assert len(line) <= LONGEST_LINE, f"{len(line)} octets: {line!r}"
        line.decode("utf-8")  # A fold must not cut a letter in two.
    unfolded = []
    for line in physical:
        if line[:1] in {b" ", b"\t"}:
            assert unfolded, "the file begins with a fold"
            unfolded[-1] += line[1:]
        else:
            assert line, "an empty line"
            unfolded.append(line)
    for line in unfolded:
        found = CONTENT_LINE.fullmatch(line.decode("utf-8"))
        assert found, f"no content line: {line!r}"
        yield found[1].upper(), found[2].upper(), found[3]


def _check(event):
    for name in ("UID", "DTSTAMP", "DTSTART"):
        assert name in event, f"{name} is missing"
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert UTC_MOMENT.fullmatch(event[name][1]), f"{name} is not in UTC"
    assert ("DTEND" in event) != ("DURATION" in event)
    for name in ("DTSTART", "DTEND"):
        params, value = event[name]
        assert params == ";VALUE=DATE"
        assert A_DATE.fullmatch(value)
    assert event["DTEND"][1] > event["DTSTART"][1]
    assert int(event["SEQUENCE"][1]) >= 0
    assert event["STATUS"][1] in STATES
    for name in TEXTS & set(event):
        assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", event[name][1]), f"{name} has a bare comma or semicolon"
        assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", event[name][1]), f"{name} has an unknown escape"


def _unescaped(name, value):
    if name not in TEXTS:
        return value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
