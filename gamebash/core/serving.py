"""What stands between a web server and the pages: proxies in front, static files, compression."""

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from gamebash.core.config import ROOT

A_YEAR = 365 * 24 * 3600

compress = Compress()


def init_app(app: Flask) -> None:
    """Serve static files (kept for a year: their address carries a hash), and believe as many proxies as are named."""
    app.config.setdefault("COMPRESS_ALGORITHM", ["gzip"])
    app.config.setdefault("COMPRESS_MIN_SIZE", 1024)
    compress.init_app(app)
    files = WhiteNoise(app.wsgi_app, max_age=A_YEAR, autorefresh=app.debug)
    files.add_files(str(ROOT / "static"), prefix="static/")
    app.wsgi_app = files  # type: ignore[method-assign]
    hops = int(app.config.get("GAMEBASH_TRUSTED_PROXIES", 0))
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
