"""Pictures of the preview: ``python tests/web/preview/shots.py OUT [NAME…]`` (needs Chromium and playwright).

Prints what the browser complained of; a page that asks another machine, or breaks the policy, is named.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from wsgiref.simple_server import make_server

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import preview_site  # noqa: E402

SHOTS = {
    "register": ("/register/", 1366, 768),
    "register-dark": ("/register/?theme=dark", 1366, 768),
    "register-fa": ("/register/?lang=fa", 1366, 768),
    "register-390": ("/register/", 390, 844),
    "register-ar-390": ("/register/?lang=ar", 390, 844),
    "empty": ("/empty/", 1366, 768),
    "nomatch": ("/nomatch/", 1366, 768),
    "place": ("/place/", 1366, 0),
    "place-fa": ("/place/?lang=fa", 1366, 0),
    "place-dark": ("/place/?theme=dark", 1366, 0),
    "place-390": ("/place/", 390, 0),
    "import": ("/import/", 1366, 0),
    "import-390": ("/import/", 390, 0),
    "form": ("/form/", 1366, 0),
    "form-ar-390": ("/form/?lang=ar", 390, 0),
    "world-fa": ("/empty/?lang=fa", 1366, 768),
    "signin-fa": ("/signin/?lang=fa", 1366, 768),
}


def main(out: Path, wanted: list[str]) -> None:
    server = make_server(
        "127.0.0.1", 0, preview_site.application(), server_class=preview_site.Server, handler_class=preview_site.Quiet
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as play:
        chrome = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
            ],
        )
        for name in wanted or SHOTS:
            address, width, height = SHOTS[name]
            page = chrome.new_page(viewport={"width": width, "height": height or 900})
            page.on("console", lambda m, n=name: print(n, m.type, m.text) if m.type in ("error", "warning") else None)
            page.on(
                "request", lambda r: None if r.url.startswith((home, "data:", "blob:")) else print("OUTSIDE", r.url)
            )
            page.goto(home + address)
            if page.query_selector("[data-map]"):
                page.wait_for_selector("[data-map][data-ready]", timeout=60_000)
                page.wait_for_timeout(1200)
            page.screenshot(path=str(out / f"{name}.png"), full_page=not height)
            page.close()
        chrome.close()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    main(folder, sys.argv[2:])
