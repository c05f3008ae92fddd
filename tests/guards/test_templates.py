"""What every template and every file for browsers keeps to."""

import re
from pathlib import Path

import pytest

from tests.conftest import make_app

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
MARKUP_FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an on… attribute": re.compile(r"\son[a-z]+=", re.IGNORECASE),
    "hx-on": re.compile(r"hx-on\b"),
    "a value that needs evaluation": re.compile(r"\b(js|javascript):"),
    "text marked safe": re.compile(r"\|\s*safe\b"),
}
ICON = re.compile(r"""(?:\b(?:icon|draw)\(|\bicon=)"([a-z0-9-]+)\"""")
ASSET = re.compile(r"""asset\("([^"~]+)"\)""")


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def environment(sqlite_template):
    return make_app(f"sqlite:///{sqlite_template}").jinja_env


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles_within_its_size(environment, path):
    assert environment.get_template(str(path.relative_to(ROOT / "templates")))
    assert len(path.read_text().splitlines()) <= 200


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_needs_neither_inline_code_nor_trust(path):
    text = path.read_text()
    assert [what for what, pattern in MARKUP_FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_names_icons_and_files_that_exist(path):
    known = set((ROOT / "static" / "icons" / "lucide.txt").read_text().split())
    assert [name for name in ICON.findall(path.read_text()) if name not in known] == []
    files = [name for name in ASSET.findall(path.read_text()) if not name.startswith("vendor/")]
    assert [name for name in files if not (ROOT / "static" / name).is_file()] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_evaluates_nothing_and_writes_no_styles(path):
    text = path.read_text()
    assert re.findall(r"\beval\(|new Function|\.style\b|innerHTML|insertAdjacentHTML|document\.write", text) == []
    assert len(text.splitlines()) <= 150


@pytest.mark.parametrize("path", SHEETS, ids=name_of)
def test_a_sheet_fetches_nothing_from_elsewhere(path):
    text = path.read_text()
    assert re.findall(r"url\([\"']?(?:https?:)?//", text) == []
    assert "@import" not in text
