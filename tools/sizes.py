"""Sizes and shares of the code base: ``python -m tools.sizes`` prints what docs/contributor.md promises."""

import ast
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef)


def modules() -> dict[Path, str]:
    """Return the text of every module of ours, migrations left out."""
    paths = sorted((ROOT / "gamebash").rglob("*.py"))
    return {path: path.read_text() for path in paths if "migrations" not in path.parts}


def functions(text: str) -> list[tuple[str, int, int]]:
    """Return name, lines and parameters (self left out) of each function in a module."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, BLOCKS):
            names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            found.append(
                (
                    node.name,
                    (node.end_lineno or node.lineno) - node.lineno + 1,
                    len([n for n in names if n not in {"self", "cls"}]),
                )
            )
    return found


def templates() -> dict[Path, int]:
    """Return the lines of each template."""
    return {path: len(path.read_text().splitlines()) for path in sorted((ROOT / "templates").rglob("*.html"))}


def spread(values: list[int]) -> str:
    """Return median, ninth decile and maximum."""
    ordered = sorted(values)
    return f"median {statistics.median(ordered):.0f}, p90 {ordered[int(len(ordered) * 0.9)]}, max {ordered[-1]}"


def main() -> None:
    """Print the table."""
    texts = modules()
    every = [one for text in texts.values() for one in functions(text)]
    views = [one for path, text in texts.items() if re.search(r"views", path.stem) for one in functions(text)]
    print(f"modules     {len(texts):5}  lines: {spread([text.count(chr(10)) for text in texts.values()])}")
    print(f"functions   {len(every):5}  lines: {spread([lines for _, lines, _ in every])}")
    print(f"parameters         of a function: {spread([count for _, _, count in every])}")
    print(f"views       {len(views):5}  lines: {spread([lines for _, lines, _ in views])}")
    print(f"templates   {len(templates()):5}  lines: {spread(list(templates().values()))}")
    code = sum(text.count("\n") for text in texts.values())
    tests = sum(path.read_text().count("\n") for path in (ROOT / "tests").rglob("*.py"))
    print(f"lines of code {code}, of tests {tests}")


if __name__ == "__main__":
    main()
