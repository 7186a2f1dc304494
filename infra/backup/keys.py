"""Who may open a backup: an age key pair. Taking backups needs the public half only (the recipient)."""

from __future__ import annotations

from pathlib import Path

import pyrage
from pyrage import x25519

from infra.backup.settings import RECIPIENT
from infra.backup.trouble import BackupError
from infra.datadir import DataDir, write_private

IDENTITY = "backup-identity"


def recipient_ensure(data: DataDir) -> str:
    """The embedded stack's recipient; on the first start a key pair is made in `secrets/` (0600).

    The recipient is a file of its own, so that backups go on after the identity was taken away.
    """
    kept = data.path / "secrets" / RECIPIENT
    if kept.exists():
        return kept.read_text(encoding="utf-8").strip()
    identity = x25519.Identity.generate()
    write_private(identity_path(data), f"{identity}\n")
    write_private(kept, f"{identity.to_public()}\n")
    return str(identity.to_public())


def identity_path(data: DataDir) -> Path:
    """Where the embedded stack's identity lies until somebody takes it away."""
    return data.path / "secrets" / IDENTITY


def recipient_read(text: str) -> x25519.Recipient:
    """Raises BackupError."""
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise BackupError("recipient_invalid") from error


def identity_read(path: Path) -> x25519.Identity:
    """The secret half from a file as age-keygen writes it (comments allowed). Raises BackupError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = next(line.strip() for line in lines if line.strip().startswith("AGE-SECRET-KEY-"))
        return x25519.Identity.from_str(found)
    except (OSError, StopIteration, pyrage.IdentityError) as error:
        raise BackupError("identity_missing") from error
