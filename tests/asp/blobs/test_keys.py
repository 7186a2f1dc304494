"""Keys open for what they were wrapped for, and for nothing else."""

import dataclasses

import pytest
from django.conf import settings

from asp.blobs import keys
from tenants.keys import uuid7
from tenants.site import BureauRef, Site

HOST, HALL = Site("host"), Site("hall")


def bureau() -> Site:
    return Site("bureau", BureauRef(id=uuid7(), schema="b_x", wrapped_key=keys.new_wrapped_bureau_key()))


def test_every_bureau_has_a_key_of_its_own() -> None:
    one, other = bureau(), bureau()
    assert len(keys.site_key(one)) == 32
    assert keys.site_key(one) != keys.site_key(other)
    assert keys.site_key(one) == keys.site_key(one)


def test_host_and_hall_share_the_hosts_key() -> None:
    assert keys.site_key(HOST) == keys.site_key(HALL)
    assert keys.site_key(HOST) != settings.ASP.master_key


def test_the_wrapped_key_does_not_show_the_key() -> None:
    site = bureau()
    assert keys.site_key(site) not in site.bureau.wrapped_key
    assert settings.ASP.master_key not in site.bureau.wrapped_key


def test_a_blobs_key_opens_only_in_its_own_bureau_and_for_its_own_id() -> None:
    one, other, blob_id, key = bureau(), bureau(), uuid7(), keys.new_key()
    wrapped = keys.wrap_blob_key(site=one, key=key, object_id=blob_id)
    assert keys.unwrap_blob_key(site=one, wrapped=wrapped, object_id=blob_id) == key
    for site, object_id in ((other, blob_id), (HOST, blob_id), (one, uuid7())):
        with pytest.raises(keys.WrongKeyError):
            keys.unwrap_blob_key(site=site, wrapped=wrapped, object_id=object_id)


@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_a_damaged_key_is_found(position: int) -> None:
    site, blob_id = bureau(), uuid7()
    wrapped = bytearray(keys.wrap_blob_key(site=site, key=keys.new_key(), object_id=blob_id))
    wrapped[position] ^= 1
    with pytest.raises(keys.WrongKeyError):
        keys.unwrap_blob_key(site=site, wrapped=bytes(wrapped), object_id=blob_id)


def test_another_master_key_is_named_as_the_cause(settings) -> None:  # type: ignore[no-untyped-def]
    site = bureau()
    keys.site_key(site)
    settings.ASP = dataclasses.replace(settings.ASP, master_key=bytes(32))
    with pytest.raises(keys.WrongKeyError, match="MASTER_KEY"):
        keys.site_key(site)


def test_a_schema_in_the_pool_has_no_key() -> None:
    with pytest.raises(keys.WrongKeyError, match="pool"):
        keys.site_key(Site("bureau", BureauRef(id=None, schema="b_y")))
