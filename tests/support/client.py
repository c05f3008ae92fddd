"""A test client that checks each HTML page it gets."""

from flask.testing import FlaskClient

from tests.support import html


class PageClient(FlaskClient):
    """Flask's client; ``check_pages = False`` switches the checks off."""

    check_pages = True

    def open(self, *args, **kwargs):
        response = super().open(*args, **kwargs)
        if (
            self.check_pages
            and response.mimetype == "text/html"
            and response.status_code not in {301, 302, 303, 307, 308}
        ):
            text = response.get_data(as_text=True)
            if text.lstrip().lower().startswith("<!doctype"):
                html.check_page(text)
        return response
