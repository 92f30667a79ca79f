"""Ringing at a sidecar after a commit: one quick call that nobody waits for."""

import logging
import threading
from urllib.parse import urlsplit

import requests

_logger = logging.getLogger(__name__)

TIMEOUT = 2  # seconds
_lock = threading.Lock()
# Doors where somebody rings now: True if there was news meanwhile.
_ringing = {}


def is_door(url):
    """Whether something may be rung at ``url``."""
    try:
        parts = urlsplit(url)
    except (TypeError, ValueError):
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def ring(url, token):
    """Ring once, or once more after the ring that is under way: the sidecar may have
    looked before this commit. Never blocks and never fails; it looks by itself too."""
    if not is_door(url):
        return
    with _lock:
        if url in _ringing:
            _ringing[url] = True
            return
        _ringing[url] = False
    threading.Thread(target=_ring, args=(url, token), daemon=True).start()


def _ring(url, token):
    while True:
        _post(url, token)
        with _lock:
            if not _ringing[url]:
                del _ringing[url]
                return
            _ringing[url] = False


def _post(url, token):
    try:
        requests.post(
            url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT,
            # The token is for this door alone.
            allow_redirects=False,
        )
    except OSError as error:
        _logger.debug("nobody opened at %s: %s", urlsplit(url).hostname, error)
