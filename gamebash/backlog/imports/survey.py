"""What the whole of a file, or its beginning where it is long, says about itself before anything goes in."""

from collections import Counter
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gamebash.backlog.imports.dates import DateOrder, OrderProof
from gamebash.backlog.imports.files import read_rows
from gamebash.backlog.imports.mapping import DATES, Mapping
from gamebash.backlog.imports.shapes import shape_of
from gamebash.backlog.imports.texts import text_of

ROWS_LOOKED_AT = 200_000
WORDS_SHOWN = 40
# A log has many rows for each incident where there are so many times as many rows as ids.
EVENT_LOG_TIMES = 1.5
LEAST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Survey:
    """How many rows and ids there are, the words for severity with their counts, and what proves the order of dates."""

    rows: int = 0
    is_all: bool = True
    ids: int = 0
    words: tuple[tuple[str, int], ...] = ()
    order: DateOrder = DateOrder.UNNEEDED
    proof: str = ""
    encoding: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return what is kept with a run until it is confirmed."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any] | None) -> "Survey":
        """Return the survey kept in a document."""
        if not document:
            return cls()
        words = tuple((str(word), int(count)) for word, count in document["words"])
        return cls(**{**document, "words": words, "order": DateOrder(document["order"])})

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before the file goes in, in words."""
        notes = [self.proof] if self.proof else []
        if self.rows >= LEAST_ROWS and self.ids and self.rows > EVENT_LOG_TIMES * self.ids:
            rows = f"{self.rows:,} rows" if self.is_all else f"its first {self.rows:,} rows"
            notes.append(
                f"It looks like an event log: {rows} of about {self.ids:,} incidents. "
                "The last state of each counts, and the highest number of times it was opened again."
            )
        if self.encoding:
            notes.append(
                f"The file is no UTF-8. It is read as {self.encoding}, which is a guess: look at the texts below."
            )
        return tuple(notes)


def survey_of(path: Path, mapping: Mapping, *, limit: int) -> Survey:
    """Go through a file, its first rows where it is long, by the columns of a mapping."""
    columns = mapping.columns
    id_column, word_column = columns.get("external_id", ""), columns.get("severity", "")
    date_columns = [columns[name] for name in DATES if name in columns]
    proof, words, ids = OrderProof(), Counter[str](), set[int]()
    shape = shape_of(path)
    rows = 0
    for row in islice(read_rows(path, shape, limit=limit), ROWS_LOOKED_AT):
        rows += 1
        get = row.values.get
        if id_column and (text := text_of(get(id_column))):
            ids.add(hash(text))
        if word_column and (text := text_of(get(word_column))[:80]) and (text in words or len(words) < WORDS_SHOWN):
            words[text] += 1
        for column in date_columns:
            if text := text_of(get(column)):
                proof.see(text, row.line)
    encoding = shape.encoding if shape.is_guessed else ""
    counted = tuple(words.most_common())
    return Survey(rows, rows < ROWS_LOOKED_AT, len(ids), counted, proof.order, proof.words, encoding)
