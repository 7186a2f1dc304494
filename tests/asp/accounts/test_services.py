"""Creating and changing accounts; what the database itself guards."""

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction

from asp.accounts import errors, services
from asp.accounts.encryption import DecryptionError, decrypt, encrypt
from asp.accounts.identifiers import login_is_valid, login_normalise, phone_masked, phone_normalise
from asp.accounts.models import Account, AccountKind, AccountState, RecoveryCode, TOTPDevice
from asp.accounts.pinyin import reading, search_text
from asp.audit.models import Entry
from asp.audit.services import record
from tests.asp.accounts import helpers


def create(**given):
    values = {"kind": AccountKind.STAFF, "login": helpers.name(), "name": "陈若水", **given}
    return services.account_create(actor=helpers.ACTOR, **values)


def test_a_new_account_is_invited_and_has_no_password(office):
    with helpers.at(office.bureau):
        account = create(login="  Chen.RuoShui-1 ", email="A@EXAMPLE.org")
        entry = Entry.objects.get(target_id=account.pk)
    assert (account.login, account.email, account.state) == (
        "chen.ruoshui-1",
        "A@example.org",
        AccountState.INVITED,
    )
    assert not account.has_usable_password()
    assert (entry.action, entry.params["login"]) == ("accounts.account_created", "chen.ruoshui-1")


@pytest.mark.parametrize(
    "login", ["", "a", "1abc", "13800138000", "ab cd", "a" * 33, "陈若水", "a/../b", "a\u202eb", "<b>"]
)
def test_a_bad_account_name_is_refused(office, login):
    with helpers.at(office.bureau), pytest.raises(errors.LoginInvalid):
        create(login=login)


def test_two_with_one_name_phone_or_duty_are_refused_in_words(office):
    with helpers.at(office.bureau):
        with pytest.raises(errors.LoginTaken) as taken:
            create(login=office.chen.account.login.upper())
        with pytest.raises(errors.PhoneTaken):
            create(phone=f"+86 {office.chen.account.phone}")
        with pytest.raises(errors.DutyTaken):
            create(kind=AccountKind.ADMINISTRATOR, duty="audit")
    assert office.chen.account.login in taken.value.text


def test_an_administrator_may_share_the_phone_of_a_member_of_staff(fresh_bureau):
    with helpers.at(fresh_bureau):
        create(phone="13800138000")
        create(kind=AccountKind.ADMINISTRATOR, duty="system", phone="13800138000")


def test_the_same_name_in_two_bureaus_is_two_people(office, bureau_b):
    with helpers.at(bureau_b):
        create(login=office.chen.account.login, phone=office.chen.account.phone)


def test_a_refusal_leaves_nothing(office):
    with helpers.at(office.bureau):
        before = Entry.objects.count(), Account.objects.count()
        with pytest.raises(errors.PhoneTaken):
            create(phone=office.chen.account.phone)
        assert (Entry.objects.count(), Account.objects.count()) == before


@pytest.mark.parametrize(
    "phone", ["12345678901", "1380013800", "138001380000", "abc", "١٣٨٠٠١٣٨٠٠٠", "0571-88888888"]
)
def test_a_number_that_is_no_mobile_is_refused(office, phone):
    with helpers.at(office.bureau), pytest.raises(errors.PhoneInvalid):
        create(phone=phone)


def test_the_database_itself_refuses_capitals_and_a_duty_for_staff(office):
    with helpers.at(office.bureau):
        for change in ({"login": "UPPER"}, {"duty": "audit"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Account.objects.filter(pk=office.chen.account.pk).update(**change)


def test_changes_are_audited_by_field(office):
    with helpers.at(office.bureau):
        account = services.account_update(
            actor=helpers.ACTOR, account=office.chen.account, name="曾国强", phone=office.chen.account.phone
        )
        entry = Entry.objects.filter(target_id=account.pk, action="accounts.account_updated").get()
    assert entry.params["fields"] == ["name"]
    assert account.pinyin.startswith("zengguoqiang zgq")


def test_every_sentence_fits_what_is_recorded(office):
    from asp.audit import actions

    with helpers.at(office.bureau):
        stored = list(Entry.objects.filter(action__startswith="accounts."))
    assert stored
    for each in stored:
        assert "–" not in actions.sentence(each.action, each.params), each.action


def test_disabling_ends_sessions_and_links(office):
    client = office.client.login_as(office.chen.account)
    with helpers.at(office.bureau):
        link = services.link_issue(
            actor=helpers.ACTOR, account=office.chen.account, purpose="reset", channel="slip"
        )
        services.account_disable(actor=helpers.ACTOR, account=office.chen.account)
        link.refresh_from_db()
        assert not link.is_live
        assert not office.chen.account.sessions.exists()
    assert client.get("/accounts/profile/").status_code == 302
    with helpers.at(office.bureau):
        assert (
            services.account_enable(actor=helpers.ACTOR, account=office.chen.account).state
            == AccountState.ACTIVE
        )


def test_people_are_found_by_name_login_phone_and_pinyin(fresh_bureau):
    with helpers.at(fresh_bureau):
        zeng = create(name="曾国强", login="zgq99", phone="13812345678")
        create(name="林晓岚")
        for text in ("国强", "zgq99", "1381234", "zengguo", "cengguo", "zgq", "Zeng Guo"):
            assert list(Account.objects.named(text)) == [zeng], text
        assert Account.objects.named("  ").count() == 2
        assert not Account.objects.named("%").exists()


# ----- identifiers and pinyin


def test_identifiers():
    assert login_normalise(" ＡＢＣ.d ") == "abc.d"
    assert login_is_valid("abc.d-e_1")
    assert phone_normalise("") == ""
    assert phone_masked("13800138000") == "138****8000"


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("曾国强", "zeng guo qiang"), ("仇英", "qiu ying"), ("区文杰", "ou wen jie"), ("朴树", "piao shu"),
        ("尉迟恭", "yu chi gong"), ("吕布", "lv bu"), ("单于", "shan yu"), ("单于丹", "chan yu dan"),
        ("解缙", "xie jin"), ("", ""),
    ],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name, syllables):
    assert " ".join(reading(name)) == syllables


def test_search_text_stays_short():
    assert len(search_text("曾" * 100)) <= 300


# ----- encryption


def test_a_value_opens_only_in_its_place_and_unchanged():
    sealed = encrypt("secret", place="a.b")
    assert decrypt(sealed, place="a.b") == "secret"
    assert encrypt("secret", place="a.b") != sealed
    for other in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:], sealed[:20], b""):
        with pytest.raises(DecryptionError):
            decrypt(other, place="a.b")
    with pytest.raises(DecryptionError):
        decrypt(sealed, place="a.c")


def test_the_seed_is_not_in_the_table(office):
    with helpers.at(office.bureau):
        device = TOTPDevice.objects.get(user=office.system.account)
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM accounts_totpdevice WHERE id = %s", [device.pk])
            stored = bytes(cursor.fetchone()[0])
        assert device.key.encode() not in stored
        assert bytes.fromhex(device.key) not in stored
        with pytest.raises(FieldError):
            list(TOTPDevice.objects.filter(key=device.key))


def test_recovery_codes_are_stored_as_keyed_hashes(office):
    with helpers.at(office.bureau):
        stored = str(list(RecoveryCode.objects.values()))
    assert not any(code in stored for code in office.system.recovery_codes)


def test_an_action_without_a_sentence_cannot_be_recorded(office):
    from asp.audit.actions import UnknownActionError

    with helpers.at(office.bureau), pytest.raises(UnknownActionError):
        record(actor=helpers.ACTOR, action="accounts.unheard_of")
