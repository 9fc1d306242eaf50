"""A small Stripe-compatible server on loopback: checkout sessions, a page to pay on, idempotent replay, signed events.

Its answers are built on Stripe's published example of a Checkout Session (tests/data/stripe/checkout_session.json,
MIT, github.com/stripe/openapi), since the SDK reads keys that a made-up answer would lack. State lives in memory.
"""

import hashlib
import hmac
import json
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

EXAMPLE = json.loads((Path(__file__).parent / "data/stripe/checkout_session.json").read_text())


class FakeStripe:
    """Start with `with FakeStripe(secret) as stripe:`; `stripe.base` is its address."""

    def __init__(self, webhook_secret: str, webhook_url: str = "") -> None:
        self.webhook_secret = webhook_secret
        self.webhook_url = webhook_url
        self.sessions: dict[str, dict[str, Any]] = {}
        self.replays: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self.down = False
        self._lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: object) -> None:
                pass

            def answer(self, status: int, body: Any, kind: str = "application/json") -> None:
                data = (json.dumps(body) if kind == "application/json" else body).encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                fake.calls.append(("GET", self.path))
                path = urlsplit(self.path).path
                if path.startswith("/pay/"):
                    session = fake.sessions[path.rsplit("/", 1)[1]]
                    amount = session["amount_total"] / 100
                    page = (
                        "<!doctype html><html lang=en><title>Pay</title><main><h1>Test payment page</h1>"
                        f"<p>{amount:.2f} {session['currency']}</p><form method=post><button>Pay now</button></form>"
                        f"<a href='{session['cancel_url']}'>Cancel</a></main></html>"
                    )
                    return self.answer(200, page, "text/html; charset=utf-8")
                if fake.down:
                    return self.answer(500, {"error": {"message": "down", "type": "api_error"}})
                session = fake.sessions.get(path.rsplit("/", 1)[1])
                if session is None:
                    return self.answer(404, {"error": {"message": "No such session", "type": "invalid_request_error"}})
                return self.answer(200, session)

            def do_POST(self) -> None:
                fake.calls.append(("POST", self.path))
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                path = urlsplit(self.path).path
                if path.startswith("/pay/"):
                    session_id = path.rsplit("/", 1)[1]
                    fake.pay(session_id)
                    self.send_response(303)
                    self.send_header("Location", fake.sessions[session_id]["success_url"])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return None
                if fake.down:
                    return self.answer(500, {"error": {"message": "down", "type": "api_error"}})
                return self.answer(200, fake.create(parse_qs(body), self.headers.get("Idempotency-Key", "")))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "FakeStripe":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def create(self, form: dict[str, list[str]], idempotency_key: str) -> dict[str, Any]:
        """A new session, or the one that this idempotency key made before."""
        with self._lock:
            if idempotency_key and idempotency_key in self.replays:
                return self.sessions[self.replays[idempotency_key]]
            number = len(self.sessions) + 1
            session_id = f"cs_test_{number:04d}"
            amount = int(form["line_items[0][price_data][unit_amount]"][0]) * int(form["line_items[0][quantity]"][0])
            session = {
                **EXAMPLE,
                "id": session_id,
                "amount_subtotal": amount,
                "amount_total": amount,
                "currency": form["line_items[0][price_data][currency]"][0],
                "client_reference_id": form["client_reference_id"][0],
                "customer_email": form["customer_email"][0],
                "success_url": form["success_url"][0],
                "cancel_url": form["cancel_url"][0],
                "status": "open",
                "payment_status": "unpaid",
                "payment_intent": None,
                "created": int(time.time()),
                "expires_at": int(time.time()) + 24 * 3600,
                "url": f"{self.base}/pay/{session_id}",
            }
            self.sessions[session_id] = session
            if idempotency_key:
                self.replays[idempotency_key] = session_id
            return session

    def pay(self, session_id: str) -> None:
        """The buyer pays; the event goes out if a webhook address is known."""
        self.sessions[session_id].update(status="complete", payment_status="paid", payment_intent=f"pi_{session_id}")
        if self.webhook_url:
            payload, signature = self.event(session_id)
            request = urllib.request.Request(
                self.webhook_url,
                data=payload,
                headers={"Stripe-Signature": signature, "Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=10):
                pass

    def event(
        self,
        session_id: str,
        *,
        kind: str = "checkout.session.completed",
        event_id: str = "",
        at: int = 0,
        **changes: Any,
    ) -> tuple[bytes, str]:
        """A signed event about a session: (payload, Stripe-Signature)."""
        at = at or int(time.time())
        body = {
            "id": event_id or f"evt_{session_id}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": at,
            "type": kind,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": {**self.sessions[session_id], **changes}},
        }
        payload = json.dumps(body).encode()
        signed = hmac.new(self.webhook_secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
        return payload, f"t={at},v1={signed}"
