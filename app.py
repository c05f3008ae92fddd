"""The application for a server: ``gunicorn app:app``; ``python app.py`` serves on the embedded database."""

from gamebash.factory import create_app

app = create_app()

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
