"""The two scripts in a real browser: the form that subscribes, and the worker that shows what wakes."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

import gateway

STATIC = Path(gateway.__file__).parent / "console" / "static"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
KEY = "B" + "A" * 86  # 65 bytes, the first 4
PAGE = f"""<!doctype html><title>t</title>
<form method="post" action="/sent" data-push data-key="{KEY}" data-denied="denied" data-failed="failed"
 data-unsupported="unsupported"><input type="hidden" name="csrf" value="c">
<input type="hidden" name="subscription">
<button>on</button><p role="status" data-push-said></p></form><script src="/push.js"></script>"""
# Chromium's own push service is Google's: the browser's side is played here, keyed as it would be.
PLAYED = """
  const kept = {{ options: {{ applicationServerKey: Uint8Array.from({earlier}).buffer }},
                  unsubscribe: async () => {{ window.ended = true; }},
                  toJSON: () => ({{ endpoint: "earlier" }}) }};
  PushManager.prototype.getSubscription = async () => ({there} ? kept : null);
  PushManager.prototype.subscribe = async (options) => {{
    if ({fails}) throw new Error("no service");
    return {{ toJSON: () => ({{ endpoint: "new", key: options.applicationServerKey.length,
                               seen: options.userVisibleOnly, ended: window.ended === true }}) }};
  }};
  Notification.requestPermission = async () => "{permission}";
"""


class Server(BaseHTTPRequestHandler):
    """The page, the scripts, and a place that keeps what is sent."""

    def __init__(self, sent: list[dict[str, list[str]]], *rest: Any) -> None:
        self.sent = sent
        super().__init__(*rest)

    def do_GET(self) -> None:
        """Serve a script or the page."""
        script = STATIC / self.path.lstrip("/")
        is_script = script.suffix == ".js"
        self._answer(
            script.read_bytes() if is_script else PAGE.encode(), "javascript" if is_script else "html"
        )

    def do_POST(self) -> None:
        """Keep the form."""
        self.sent.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
        self._answer(b"kept", "html")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", f"text/{kind}")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Stage:
    """A browser before the page, and what the page has sent."""

    def __init__(self, context: BrowserContext, url: str, sent: list[dict[str, list[str]]]) -> None:
        self.context, self.url, self.sent = context, url, sent

    def page(self, **played: object) -> Page:
        """Open the page with a browser that does as told."""
        told = {"permission": "granted", "there": "false", "earlier": "[]", "fails": "false"} | played
        page = self.context.new_page()
        page.add_init_script(PLAYED.format(**told))
        page.goto(self.url)
        return page

    def subscribed(self, **played: object) -> dict[str, Any]:
        """Press the button; return the subscription that was sent."""
        page = self.page(**played)
        with page.expect_navigation():
            page.click("button")
        form = self.sent.pop()
        assert form["csrf"] == ["c"]
        return dict(json.loads(form["subscription"][0]))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Start server and browser."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    sent: list[dict[str, list[str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, sent))
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(permissions=["notifications"])
        yield Stage(context, url, sent)
        browser.close()
    server.shutdown()
    server.server_close()


def test_the_form_takes_the_subscription_along(stage: Stage) -> None:
    """Like any other form, with its token."""
    assert stage.subscribed() == {"endpoint": "new", "key": 65, "seen": True, "ended": False}


def test_a_browser_that_is_subscribed_stays_so(stage: Stage) -> None:
    """The same key: the same subscription."""
    same = json.dumps([4, *[0] * 64])
    assert stage.subscribed(there="true", earlier=same) == {"endpoint": "earlier"}


def test_a_subscription_to_an_earlier_key_is_replaced(stage: Stage) -> None:
    """Nobody could send to it."""
    assert stage.subscribed(there="true", earlier="[1, 2]")["ended"] is True


@pytest.mark.parametrize(
    ("played", "said"), [({"permission": "denied"}, "denied"), ({"fails": "true"}, "failed")]
)
def test_what_goes_wrong_is_said(stage: Stage, played: dict[str, object], said: str) -> None:
    """And the button can be pressed again."""
    page = stage.page(**played)
    page.click("button")
    page.wait_for_function(f"document.querySelector('[role=status]').textContent === '{said}'")
    page.wait_for_function("!document.querySelector('button').disabled")
    assert stage.sent == []


def notified(stage: Stage, data: str) -> dict[str, Any]:
    """Deliver a push as the browser would; return the notification that is shown."""
    page = stage.page()
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    session = stage.context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    found: list[dict[str, Any]] = []
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    worker = {"origin": stage.url, "registrationId": found[-1]["registrationId"], "data": data}
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready;
      for (let turn = 0; turn < 10; turn++) {
        const [one] = await registration.getNotifications();
        if (one) {
          const { title, body, data, requireInteraction } = one;
          one.close();
          return { title, body, link: data.link, stays: requireInteraction };
        }
        await new Promise((done) => setTimeout(done, 100));
      }
      return {};
    }"""
    for _ in range(8):  # a worker that is not awake yet drops what is delivered by the developer's tools
        session.send("ServiceWorker.deliverPushMessage", worker)
        if found_one := page.evaluate(shown):
            return dict(found_one)
    return {}


def test_a_push_is_shown_and_leads_into_this_console(stage: Stage) -> None:
    """The path of the link, on whatever name the console was opened by."""
    told = {"title": "T", "text": "B", "link": "https://other.example/rujukan/r-a", "urgent": True}
    shown = notified(stage, json.dumps(told))
    assert shown == {"title": "T", "body": "B", "link": "/rujukan/r-a", "stays": True}


def test_a_push_nobody_can_read_wakes_all_the_same(stage: Stage) -> None:
    """A browser takes the permission away from whoever shows nothing."""
    assert notified(stage, "no json")["link"] == "/antrean"
