"""The three S3 requests that probes need, signed with the standard library.

A full client takes a second to import; this runs before anything else and inside `/readyz`.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Client:
    """Path-style requests to one bucket, AWS signature version 4."""

    endpoint: str
    region: str
    bucket: str
    access_key: str
    secret_key: str
    timeout: float = 2.0

    @classmethod
    def of(cls, environment: Mapping[str, str], *, timeout: float = 2.0) -> Client:
        """Client for the S3_… variables of `environment`."""
        return cls(
            endpoint=environment["S3_ENDPOINT_URL"],
            region=environment["S3_REGION"],
            bucket=environment["S3_BUCKET"],
            access_key=environment["S3_ACCESS_KEY_ID"],
            secret_key=environment["S3_SECRET_ACCESS_KEY"],
            timeout=timeout,
        )

    def put(self, key: str, content: bytes) -> bool:
        return self.request("PUT", key, content)[0] == 200

    def get(self, key: str) -> bytes | None:
        status, body = self.request("GET", key)
        return body if status == 200 else None

    def bucket_status(self) -> int:
        """HTTP status of asking for the bucket: 200, 403, 404 …, or 0 when nobody answers."""
        return self.request("HEAD", "")[0]

    def request(self, method: str, key: str, content: bytes = b"") -> tuple[int, bytes]:
        """Status and body; status 0 when the connection fails or takes too long."""
        parts = urlsplit(self.endpoint)
        path = f"{parts.path.rstrip('/')}/{self.bucket}"
        if key:
            path = f"{path}/{quote(key)}"
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self.timeout)
        try:
            connection.request(
                method, path, body=content or None, headers=self._headers(method, parts.netloc, path, content)
            )
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def _headers(self, method: str, host: str, path: str, content: bytes) -> dict[str, str]:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(content).hexdigest()
        signed = "host;x-amz-content-sha256;x-amz-date"
        canonical = (
            f"{method}\n{path}\n\nhost:{host}\nx-amz-content-sha256:{digest}\nx-amz-date:{moment}\n\n"
            f"{signed}\n{digest}"
        )
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"AWS4{self.secret_key}".encode()
        for part in (moment[:8], self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        return {
            "Host": host,
            "x-amz-content-sha256": digest,
            "x-amz-date": moment,
            "Authorization": (
                f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, "
                f"SignedHeaders={signed}, Signature={signature}"
            ),
        }
