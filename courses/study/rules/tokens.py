"""What a beat's token says."""

TOKEN_SECONDS = 15 * 60


def token_payload(session: str, expires: int) -> str:
    """What a beat's token says before it is signed: the session (uuid, hex) and the second at which it ends."""
    return f"{session}.{expires}"


def token_expiry(payload: str, session: str) -> int | None:
    """The second at which this payload ends, if it speaks of this session."""
    name, _dot, expires = payload.partition(".")
    return int(expires) if name == session and expires.isdecimal() else None
