"""How well duplicates are found among bug reports: ``python -m tests.bench.duplicates REPORTS DUPLICATES``.

REPORTS is a log that gamebash can import, DUPLICATES a CSV of an id and the ids (with commas) of its duplicates. Every report
named there looks for its partners among all other reports.
"""

import csv
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from gamebash.backlog.alike import ALIKE, terms, weighed
from gamebash.backlog.imports.files import read_rows
from gamebash.backlog.imports.mapping import guess
from gamebash.backlog.imports.reading import Reader
from gamebash.backlog.records import IncidentRecord


def main(reports, duplicates):
    path = Path(reports)
    mapping = guess(list(islice(read_rows(path), 500)))
    read = Reader(mapping, now=datetime.now(UTC)).read_file(path)
    records = {one.external_id: one for one in read if isinstance(one, IncidentRecord)}
    words = {key: terms(one.title, one.description) for key, one in records.items()}
    counts = Counter(word for found in words.values() for word in found)
    weights = {key: weighed(found, len(words), counts) for key, found in words.items()}
    having = defaultdict(list)
    for key, found in weights.items():
        for word, weight in found.items():
            having[word].append((key, weight))
    partners = defaultdict(set)
    with Path(duplicates).open(newline="", encoding="utf-8") as file:
        for key, others in list(csv.reader(file))[1:]:
            partners[key] |= {one.strip() for one in others.split(",")} & records.keys()
    ranks, scores = [], []
    for key, wanted in partners.items():
        if key in records and wanted:
            found = Counter()
            for word, weight in weights[key].items():
                for other, theirs in having[word]:
                    found[other] += weight * theirs
            del found[key]
            order = [other for other, _ in found.most_common(10)]
            ranks.append(next((place for place, other in enumerate(order, 1) if other in wanted), None))
            scores.append((found[order[0]] >= ALIKE, order[0] in wanted))
    said = [right for is_said, right in scores if is_said]
    hits = {k: sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in (1, 5, 10)}
    print(
        f"{len(records)} reports, {len(ranks)} with a partner: "
        + ", ".join(f"r@{k} {share:.3f}" for k, share in hits.items())
    )
    print(f"said to be the same (from {ALIKE}): {len(said)}, of which right {sum(said)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
