"""The S3 client: few verbs, short time-outs, objects that are created once and never overwritten."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.conf import settings

from asp.blobs.errors import StoreUnavailable

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 2
CONNECTIONS = 64
MULTIPART_MINIMUM = 5 * 1024 * 1024  # S3 refuses smaller parts, but for the last

_ABSENT = {"NoSuchKey", "NoSuchUpload", "404", "NotFound"}
_EXISTS = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


class ObjectMissingError(Exception):
    """There is no such object or no such multipart upload."""


class ObjectExistsError(Exception):
    """An object of that name is there already; nothing was written."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing names it."""

    name: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class OpenMultipart:
    """A multipart upload that was begun and neither completed nor aborted."""

    name: str
    id: str
    begun: datetime


def ensure_bucket() -> None:
    """Create the bucket unless it is there."""
    client, bucket = _client(), settings.ASP.s3_bucket
    with translated():
        try:
            client.head_bucket(Bucket=bucket)
        except ClientError as error:
            if _code(error) not in _ABSENT | {"NoSuchBucket"}:
                raise
            try:
                client.create_bucket(Bucket=bucket)
            except ClientError as race:
                if _code(race) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise


def put_new(name: str, data: bytes | bytearray) -> None:
    """Store a whole object. Raises ObjectExistsError, StoreUnavailable."""
    with translated():
        _client().put_object(Bucket=settings.ASP.s3_bucket, Key=name, Body=data, IfNoneMatch="*")


def multipart_begin(name: str) -> str:
    """Begin an object that arrives in parts; return the id of the multipart upload."""
    with translated():
        answer = _client().create_multipart_upload(Bucket=settings.ASP.s3_bucket, Key=name)
    return str(answer["UploadId"])


def multipart_put(name: str, multipart_id: str, number: int, data: bytes | bytearray) -> str:
    """Store part `number` (from 1); return its tag. Raises ObjectMissingError, StoreUnavailable."""
    with translated():
        answer = _client().upload_part(
            Bucket=settings.ASP.s3_bucket, Key=name, UploadId=multipart_id, PartNumber=number, Body=data
        )
    return str(answer["ETag"]).strip('"')


def multipart_complete(name: str, multipart_id: str, tags: Sequence[str]) -> None:
    """Make one object of the parts. Raises ObjectExistsError, ObjectMissingError, StoreUnavailable."""
    parts = [{"PartNumber": index, "ETag": f'"{tag}"'} for index, tag in enumerate(tags, start=1)]
    with translated():
        _client().complete_multipart_upload(
            Bucket=settings.ASP.s3_bucket,
            Key=name,
            UploadId=multipart_id,
            MultipartUpload={"Parts": parts},
            IfNoneMatch="*",
        )


def multipart_abort(name: str, multipart_id: str) -> None:
    """Give the parts up; no error if they are gone already."""
    try:
        with translated():
            _client().abort_multipart_upload(Bucket=settings.ASP.s3_bucket, Key=name, UploadId=multipart_id)
    except ObjectMissingError:
        return


def size_of(name: str) -> int | None:
    """Return the stored size of an object, or None if there is none."""
    try:
        with translated():
            answer = _client().head_object(Bucket=settings.ASP.s3_bucket, Key=name)
    except ObjectMissingError:
        return None
    return int(answer["ContentLength"])


def read(name: str, start: int, end: int) -> bytes:
    """Return bytes `start` up to (not including) `end`. Raises ObjectMissingError, StoreUnavailable."""
    body = open_range(name, start, end)
    try:
        with translated():
            return bytes(body.read())
    finally:
        body.close()


def open_range(name: str, start: int, end: int) -> Any:
    """Return a stream (`read(n)`, `close()`) of bytes `start` up to `end`."""
    with translated():
        answer = _client().get_object(
            Bucket=settings.ASP.s3_bucket, Key=name, Range=f"bytes={start}-{end - 1}"
        )
    return answer["Body"]


def delete(name: str) -> None:
    """Delete an object; no error if there is none."""
    with translated():
        _client().delete_object(Bucket=settings.ASP.s3_bucket, Key=name)


def objects(prefix: str) -> Iterator[StoredObject]:
    """List the objects under `prefix` (a folder name with its slash)."""
    with translated():
        pages = (
            _client().get_paginator("list_objects_v2").paginate(Bucket=settings.ASP.s3_bucket, Prefix=prefix)
        )
        for page in pages:
            for item in page.get("Contents", ()):
                yield StoredObject(item["Key"], int(item["Size"]), item["LastModified"])


def open_multiparts(prefix: str) -> Iterator[OpenMultipart]:
    """List the unfinished multipart uploads under `prefix`."""
    with translated():
        pages = (
            _client()
            .get_paginator("list_multipart_uploads")
            .paginate(Bucket=settings.ASP.s3_bucket, Prefix=prefix)
        )
        for page in pages:
            for item in page.get("Uploads", ()):
                yield OpenMultipart(item["Key"], item["UploadId"], item["Initiated"])


def delete_all(prefix: str) -> int:
    """Delete every object and unfinished upload under `prefix`; return how many objects there were."""
    if len(prefix.rstrip("/")) < 4 or not prefix.endswith("/"):
        raise ValueError(f"refusing to delete everything under {prefix!r}")
    for multipart in list(open_multiparts(prefix)):
        multipart_abort(multipart.name, multipart.id)
    names = [item.name for item in objects(prefix)]
    for name in names:
        delete(name)
    return len(names)


def _client() -> Any:
    asp = settings.ASP
    return _client_for(
        os.getpid(), asp.s3_endpoint_url, asp.s3_region, asp.s3_access_key_id, asp.s3_secret_access_key
    )


# One client per process (sockets do not survive a fork); it belongs to no bureau: the names do.
@lru_cache(maxsize=4)
def _client_for(process: int, endpoint: str, region: str, key_id: str, secret: str) -> Any:  # noqa: ARG001
    # Late: it takes a third of a second, and some processes never ask for an object.
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint or None,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            tcp_keepalive=True,
            # Frames carry tags of their own; not every S3 server takes the newer checksum trailers.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn the errors of boto3 into those of this module."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _ABSENT:
            raise ObjectMissingError(code) from error
        if code in _EXISTS:
            raise ObjectExistsError(code) from error
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
            raise StoreUnavailable from error
        raise
    except (BotoCoreError, HTTPClientError, OSError) as error:
        raise StoreUnavailable from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
