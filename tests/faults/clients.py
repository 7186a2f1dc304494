"""Clients that do what browsers do, note what they saw acknowledged, and try again after every trouble."""

import base64
import hashlib
import json
import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asp.accounts.testing import totp_code
from tests.faults.browser import Answer, Browser, Unanswered
from tests.faults.ledger import Approved, Kept, Ledger
from tests.support import applications

TUS = {"Tus-Resumable": "1.0.0"}
OCTETS = {**TUS, "Content-Type": "application/offset+octet-stream"}
CHUNK = 1536 * 1024  # no divisor of a part: the server has to keep tails
PATIENCE = 75.0
# For work in the background nobody sits and waits: people come back later, and it must be done then.
PATIENCE_FOR_WORK = 300.0
PAUSE = 0.25
LOOK_AGAIN = 2.0  # at a page that shows the work of others: as often as people do
QUOTA_GB = 3


class GaveUp(AssertionError):
    """A client was kept waiting longer than anybody would."""


def patiently(
    ledger: Ledger,
    what: str,
    attempt: Callable[[], Answer | None],
    *,
    patience: float = PATIENCE,
    pause: float = PAUSE,
) -> Answer:
    """Repeat `attempt` until it gives an answer. It gives None, or raises Unanswered, after a trouble."""
    deadline = time.monotonic() + patience
    last = ""
    while time.monotonic() < deadline:
        try:
            answer = attempt()
        except Unanswered as error:
            last = str(error)
            ledger.trouble(last)
        else:
            if answer is not None:
                return answer
        time.sleep(pause)
    raise GaveUp(f"{what}: no success within {patience:.0f} s; {last or ledger.troubles[-1:]}")


def passing(ledger: Ledger, answer: Answer, what: str, *also: int) -> bool:
    """Whether this answer says "try again": the system is in trouble and says so. A 500 would say nothing."""
    if answer.status == 500:
        ledger.blame(f"{what}: 500 instead of a clear answer: {answer.text[:200]}")
    if answer.status in (500, 502, 503, 504, *also):
        ledger.trouble(f"{what}: {answer.status}")
        return True
    return False


def once(
    ledger: Ledger, browser: Browser, path: str, values: Mapping[str, object] | None = None, *also: int
) -> Answer:
    """Send a form in until it is answered, each time under the same key; `also` are refusals that may come.

    Every third act's first answer is lost on its way; every third is sent once more when all is done. A repeat has
    no second effect (the checkers look for it) and gets the answer of the first. Uploads have a protocol of
    their own for that.
    """
    key, number, replayed = secrets.token_urlsafe(12), ledger.begin(), 0

    def attempt() -> Answer | None:
        answer = browser.post(path, values, key=key)
        return None if passing(ledger, answer, f"POST {path}") else answer

    if unheard := number % 3 == 1:
        browser.post_unheard(path, values, key=key)
    answer = patiently(ledger, f"POST {path}", attempt)
    replayed += answer.is_repeated
    if answer.status != 302 and answer.status not in also:
        ledger.blame(f"POST {path}: {answer.words}")
    if number % 3 == 2 and answer.status == 302:
        again = patiently(ledger, f"POST {path} once more", attempt)
        replayed += again.is_repeated
        if not again.is_repeated or (again.status, again.location) != (302, answer.location):
            ledger.blame(f"POST {path} was answered with {answer.location}, once more with {again.words}")
    ledger.hear(unheard=unheard, replayed=replayed)
    return answer


def sign_in(browser: Browser, login: str, password: str, totp: str = "") -> Browser:
    """Through the gate, with the second factor if there is one."""
    browser.get("/accounts/sign-in/")
    answer = browser.post("/accounts/sign-in/", {"identifier": login, "password": password})
    assert answer.status == 302, f"sign-in of {login} at {browser.host}: {answer.words}"
    if totp:
        assert "/accounts/sign-in/code/" in answer.location
        browser.get(answer.location)
        answer = browser.post(answer.location, {"code": totp_code(totp)})
        assert answer.status == 302, f"second factor of {login}: {answer.words}"
    browser.get("/accounts/profile/")  # the token for forms is a new one now
    return browser


# -- uploads ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class File:
    """A file to be sent; its bytes follow from its number."""

    number: int
    size: int

    @property
    def name(self) -> str:
        return f"资料-{self.number:03d}.bin"

    def content(self) -> bytes:
        return random.Random(self.number).randbytes(self.size)


def metadata(**values: str) -> dict[str, str]:
    """The header Upload-Metadata."""
    pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
    return {"Upload-Metadata": ",".join(pairs)}


class Uploader:
    """Sends one file as tus clients do: declare, PATCH by PATCH, ask by HEAD after every trouble."""

    def __init__(self, browser: Browser, ledger: Ledger, *, purpose: str, target: str) -> None:
        self.browser = browser
        self.ledger = ledger
        self.purpose = purpose
        self.target = target
        self.result: dict[str, str] = {}

    def declare(self, name: str, size: int) -> str:
        """Declare the upload and return its path."""
        headers = {
            **TUS,
            "Upload-Length": str(size),
            **metadata(filename=name, purpose=self.purpose, target=self.target),
        }

        def attempt() -> Answer | None:
            answer = self.browser.request("POST", "/uploads/", headers=headers)
            if passing(self.ledger, answer, "declaring an upload", 429):
                return None
            assert answer.status == 201, f"declaring {name}: {answer.status} {answer.text[:300]}"
            return answer

        return patiently(self.ledger, f"declaring {name}", attempt).location

    def offset(self, path: str, *, least: int) -> int:
        """Ask how much has arrived. What was acknowledged before must still be there."""

        def attempt() -> Answer | None:
            answer = self.browser.request("HEAD", path, headers=TUS)
            return None if passing(self.ledger, answer, f"HEAD {path}") else answer

        answer = patiently(self.ledger, f"HEAD {path}", attempt)
        if answer.status != 200:
            self.ledger.blame(f"upload {path}: declared with 201, but HEAD says {answer.status}")
            raise GaveUp(f"HEAD {path}: {answer.status}")
        found = int(answer.headers["upload-offset"])
        if found < least:
            self.ledger.blame(f"upload {path}: {least} bytes were acknowledged, HEAD knows of {found}")
        self._note_result(answer)
        self.ledger.resume()
        return found

    def patch(self, path: str, content: bytes, offset: int) -> Answer:
        """Send one piece from `offset` on."""
        piece = content[offset : offset + CHUNK]
        return self.browser.request("PATCH", path, piece, {**OCTETS, "Upload-Offset": str(offset)})

    def send(self, path: str, content: bytes, *, cut_at: int | None = None) -> None:
        """Send everything, and go on after every trouble; with `cut_at`, break off once by ourselves."""
        acknowledged = offset = 0
        deadline = time.monotonic() + PATIENCE
        while offset < len(content):
            if time.monotonic() > deadline:
                raise GaveUp(f"{path}: {offset} of {len(content)} bytes after {PATIENCE:.0f} s")
            if cut_at is not None and offset >= cut_at:
                piece = content[offset : offset + CHUNK]
                headers = {**OCTETS, "Upload-Offset": str(offset)}
                self.browser.cut_off("PATCH", path, piece, headers, sent=len(piece) // 2)
                cut_at = None
                offset = self.offset(path, least=acknowledged)
                continue
            try:
                answer = self.patch(path, content, offset)
            except Unanswered as error:
                self.ledger.trouble(str(error))
                offset = self.offset(path, least=acknowledged)
                continue
            if answer.status == 204:
                acknowledged = offset = int(answer.headers["upload-offset"])
                self._note_result(answer)
            elif passing(self.ledger, answer, f"PATCH {path}", 409, 423):
                time.sleep(PAUSE)  # what the server asks for by Retry-After is longer; we press it
                offset = self.offset(path, least=acknowledged)
            else:
                raise GaveUp(f"PATCH {path} at {offset}: {answer.status} {answer.text[:300]}")

    def _note_result(self, answer: Answer) -> None:
        if "tb-result" in answer.headers:
            self.result = json.loads(answer.headers["tb-result"])


def upload(browser: Browser, ledger: Ledger, *, folder: str, file: File) -> Kept:
    """Put a file into a folder of the file centre."""
    uploader = Uploader(browser, ledger, purpose="library.file", target=folder)
    content = file.content()
    path = uploader.declare(file.name, file.size)
    uploader.send(path, content, cut_at=file.size // 2 if file.number % 4 == 0 else None)
    if "id" not in uploader.result:
        ledger.blame(f"{file.name}: all bytes were acknowledged, but no result was told")
    kept = Kept(
        name=file.name,
        folder=folder,
        size=file.size,
        sha256=hashlib.sha256(content).hexdigest(),
        node=str(uploader.result.get("id", "")),
    )
    ledger.keep(kept)
    return kept


def download_problem(browser: Browser, ledger: Ledger, kept: Kept) -> str:
    """Fetch a file through the content origin; say what is wrong with it."""

    def attempt() -> Answer | None:
        answer = browser.get(f"/library/{kept.node}/download/")
        if answer.status == 302:
            host, _slash, _rest = answer.headers["location"].split("//", 1)[1].partition("/")
            content = Browser(port=browser.port, host=host.rpartition(":")[0])
            answer = content.get(answer.location)
        return None if passing(ledger, answer, f"download of {kept.name}") else answer

    answer = patiently(ledger, f"download of {kept.name}", attempt)
    if answer.status != 200:
        return f"{kept.name} was acknowledged, but its download says {answer.words[:160]}"
    if hashlib.sha256(answer.body).hexdigest() != kept.sha256:
        return f"{kept.name}: the download has other bytes than were sent ({len(answer.body)} of {kept.size})"
    return ""


# -- openings -----------------------------------------------------------------------------------------
class Applicant:
    """A body's representative at the hall."""

    def __init__(self, browser: Browser, ledger: Ledger) -> None:
        self.browser = browser
        self.ledger = ledger
        self.typed = applications.values(quota_gb="10")
        self.application = ""

    def apply(self) -> "Applicant":
        """Draft, letter, form: until the receipt with the tracking code is shown."""
        self._ask("GET", "/apply/")
        form = self._ask("POST", "/apply/begin/").location
        self.application = form.split("/")[2]
        letter = Uploader(self.browser, self.ledger, purpose="provisioning.letter", target=self.application)
        letter.send(letter.declare("授权书.pdf", len(applications.PDF)), applications.PDF)
        self._ask("GET", form)
        sent = self._ask("POST", form, self.typed)
        assert "/receipt/" in sent.location, f"application {self.application}: {sent.words}"
        receipt = self._ask("GET", sent.location)
        if receipt.status != 200:
            self.ledger.blame(
                f"application {self.application} was taken, but has no receipt: {receipt.words}"
            )
        return self

    def _ask(self, method: str, path: str, values: dict[str, object] | None = None) -> Answer:
        def attempt() -> Answer | None:
            answer = self.browser.get(path)
            return None if passing(self.ledger, answer, f"{method} {path}") else answer

        if method == "POST":
            answer = once(self.ledger, self.browser, path, values)
        else:
            answer = patiently(self.ledger, f"{method} {path}", attempt)
        assert answer.status == (302 if method == "POST" else 200), f"{method} {path}: {answer.words}"
        return answer


def approval(applicant: Applicant) -> dict[str, object]:
    """What the console's form sends."""
    return {
        "approve-revision": 1,
        "approve-slug": applicant.typed["slug"],
        "approve-quota_gb": QUOTA_GB,
        "approve-functions": applicant.typed["functions"],
    }


def approve(console: Browser, ledger: Ledger, applicant: Applicant) -> Answer:
    """Approve an application at the console, until it is acknowledged."""
    answer = once(
        ledger, console, f"/applications/{applicant.application}/approve/", approval(applicant), 409
    )
    if not note_approval(ledger, applicant, answer):
        ledger.blame(f"approving {applicant.application}: it is said to have been decided by another request")
    return answer


def note_approval(ledger: Ledger, applicant: Applicant, answer: Answer) -> bool:
    """Note what the answer acknowledged; return whether it was this very request that decided.

    409 says that another request has decided already.
    """
    decided = answer.status == 302 and "/applications/openings/" in answer.location
    if not decided and answer.status != 409:
        ledger.blame(f"approving {applicant.application}: {answer.headers.get('location')} {answer.words}")
    else:
        ledger.approve(
            Approved(
                application=applicant.application,
                slug=str(applicant.typed["slug"]),
                credit_code=str(applicant.typed["credit_code"]),
                quota_gb=QUOTA_GB,
            )
        )
    return decided
