"""Mail over SMTP, where it is configured."""

import smtplib
import threading
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app

log = structlog.get_logger()

TIMEOUT_SECONDS = 10


def is_configured() -> bool:
    """Say whether this installation can send mail."""
    return bool(current_app.config.get("GAMEBASH_MAIL"))


def send(to: str, subject: str, text: str) -> bool:
    """Send a mail and say whether the server took it; a failure is logged without address or text."""
    where = urlsplit(str(current_app.config["GAMEBASH_MAIL"]))
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = current_app.config["GAMEBASH_MAIL_FROM"], to, subject
    message.set_content(text)
    kind = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(where.hostname or "localhost", where.port or 0, timeout=TIMEOUT_SECONDS) as server:
            if where.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if where.username:
                server.login(unquote(where.username), unquote(where.password or ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException):
        log.exception("mail failed")
        return False
    return True


def send_soon(to: str, subject: str, text: str) -> None:
    """Send a mail without making anybody wait, so that how long an answer takes tells nothing."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def work() -> None:
        with app.app_context():
            send(to, subject, text)

    threading.Thread(target=work, daemon=True).start()
