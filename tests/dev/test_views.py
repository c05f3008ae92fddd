"""The component sheet is for developers only, and keeps to the rules of every page."""

from tests.conftest import make_app


def test_the_sheet_exists_in_debug_mode_and_passes_the_checks_of_every_page(sqlite_template):
    client = make_app(f"sqlite:///{sqlite_template}", DEBUG=True).test_client()
    assert client.get("/dev/components").status_code == 200


def test_there_is_no_sheet_otherwise(sqlite_template):
    client = make_app(f"sqlite:///{sqlite_template}").test_client()
    assert client.get("/dev/components").status_code == 404
