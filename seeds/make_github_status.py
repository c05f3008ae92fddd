"""Make ``data/github_status.jsonl`` from the published log: facts only, none of the announcements' sentences.

    python -m seeds.make_github_status path/to/incidents.jsonl.gz

Kept: id, link, title, services, impact, times, and a symptom class from the keyword list in ``gamebash.backlog.symptoms``, taken
from title and updates. Left out: announced maintenance, which is no incident, and every text.
"""

import gzip
import json
import re
import sys
from pathlib import Path

from gamebash.backlog.symptoms import symptom_of

TARGET = Path(__file__).parent / "data" / "github_status.jsonl"

SPELLINGS = {
    "git": "Git Operations", "api": "API Requests", "pull request": "Pull Requests", "issue": "Issues", "webhook": "Webhooks",
    "action": "Actions", "page": "Pages", "package": "Packages", "codespace": "Codespaces", "copilot": "Copilot",
}  # fmt: skip
OTHER = "Other services"


def services_of(row: dict[str, object]) -> list[str]:
    """Return the services named as components; where none are, those that the title names."""
    components = [str(name) for name in row.get("components") or [] if not str(name).startswith("Visit ")]  # type: ignore[attr-defined]
    if components:
        return components
    title = str(row["title"]).casefold()
    named = [service for word, service in SPELLINGS.items() if re.search(rf"\b{word}s?\b", title)]
    return named or [OTHER]


def fact(row: dict[str, object]) -> dict[str, object]:
    """Return what is kept of one incident."""
    messages = [str(update["message"]) for update in row["updates"]]  # type: ignore[attr-defined]
    return {
        "id": row["id"],
        "url": row["url"],
        "title": row["title"],
        "services": services_of(row),
        "impact": row["impact"],
        "started_at": row["started_at"],
        "resolved_at": row["resolved_at"],
        "symptom": symptom_of(str(row["title"]), *messages),
    }


def main(source: Path) -> None:
    """Write the facts, oldest first."""
    with gzip.open(source, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    facts = [fact(row) for row in rows if row["impact"] != "maintenance"]
    facts.sort(key=lambda row: (row["started_at"], row["id"]))
    TARGET.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in facts), encoding="utf-8")
    print(f"{len(facts)} incidents into {TARGET.name}, {len(rows) - len(facts)} announced maintenances left out")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
