"""From a pasted text to days, with every contradiction in words and with its line."""

import datetime
import re

from django.utils.translation import gettext_lazy as _

from asp.workdays.arithmetic.statutory import statutory_days
from asp.workdays.notice.findings import Reading, Told
from asp.workdays.notice.text import MOST_CHARACTERS, Sentence, cleaned, sentences
from asp.workdays.words import festival_name, weekday_name

LONGEST_HOLIDAY = 16  # days in one go; more is a slip of the pen
MOST_PROBLEMS = 60
ONE_DAY = datetime.timedelta(days=1)
_DATE = (
    r"(?:(?P<{0}y>\d{{4}})年)?(?:(?P<{0}m>\d{{1,2}})月)?(?P<{0}d>\d{{1,2}})日(?:\((?P<{0}n>[^()]{{0,60}})\))?"
)
_TOKEN = re.compile(
    _DATE.format("a")
    + r"(?:\s*(?:至|到|-|~|—+|–)\s*"
    + _DATE.format("b")
    + r")?|(?P<no>不)?(?P<word>放假|上班|补班|补假)(?:[^0-9年月]{0,10}?,?共?\s*(?P<count>\d{1,3})\s*天)?"
)
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAYS = {each: number for number, each in enumerate("一二三四五六日")} | {"天": 6}
_TITLE = re.compile(r"关于\s*(\d{4})\s*年")
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[(]\d{4}[〕\])]\s*\d{1,4}号")
_ADVICE = re.compile(r"鼓励|建议|提倡|可以")
_DATED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日\s*\Z")
_ROW = re.compile(
    r"^[ \t]*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ \t]+\d{1,2}:\d\d(?::\d\d)?)?[ \t,]+([^\s,]{1,20})(?:[ \t,]+([^\n]{0,60}))?[ \t]*$",
    re.MULTILINE,
)
_OFF = {"休", "放假", "假", "休息", "off", "holiday"}
_WORK = {"班", "上班", "补班", "工作日", "work", "workday"}


def read(text: str, year: int) -> Reading:
    """Read a notice, or a table of dates, as the arrangement of `year`. Never raises; see the reading's problems."""
    found = Reading(year=year)
    if len(text) > MOST_CHARACTERS:
        found.error(
            0, _("The text is too long for a notice: more than {most} characters."), most=MOST_CHARACTERS
        )
        return found
    plain = cleaned(text)
    title = _TITLE.search(plain)
    if title and int(title[1]) != year:
        line = plain.count("\n", 0, title.start()) + 1
        found.error(line, _("The text is about {said}, not about {year}."), said=title[1], year=year)
    number = _NUMBER.search(plain)
    found.number = _as_printed(number[0]) if number else ""
    plain = _read_table(found, plain)
    for sentence in sentences(plain):
        _Sentence(found, sentence).read()
    if not found.days and not found.errors:
        found.error(0, _("No day off and no working day was found in the text."))
    _look_at_the_law(found)
    _look_for_idle_words(found)
    del found.problems[MOST_PROBLEMS:]
    return found


def _as_printed(number: str) -> str:
    return re.sub(r"\s", "", re.sub(r"[\[(](\d{4})[\])]", r"〔\1〕", number))


class _Sentence:
    """Days wait until a word says what they are; a range may leave out the month or the year."""

    def __init__(self, found: Reading, sentence: Sentence) -> None:
        self.found, self.sentence = found, sentence
        self.waiting: list[tuple[datetime.date, int]] = []
        self.month: int | None = None

    def read(self) -> None:
        """Note the days of the sentence, and what is wrong with them."""
        text = self.sentence.text
        if _ADVICE.search(text):
            if re.search(r"\d日", text):
                self.found.doubt(
                    self.sentence.line(0),
                    _("Left out, because it only recommends: “{text}”"),
                    text=_short(text),
                )
            return
        for token in _TOKEN.finditer(text):
            if token["word"]:
                self._settle(token)
            else:
                self._days(token)
        if self.waiting and not _DATED.search(text):
            self.found.doubt(
                self.waiting[0][1],
                _("Not used, because it says neither that a day is off nor that it is worked: “{text}”"),
                text=_short(text),
            )

    def _days(self, token: re.Match[str]) -> None:
        line = self.sentence.line(token.start())
        first = self._day(token, "a", line)
        if first is None:
            return
        self._check_weekday(token["an"], first, line)
        if token["bd"] is None:
            self.waiting.append((first, line))
            return
        last = self._day(token, "b", line)
        if last is None:
            return
        self._check_weekday(token["bn"], last, line)
        if last < first:
            self.found.error(line, _("{first} comes after {last}."), first=first, last=last)
        elif (last - first).days >= LONGEST_HOLIDAY:
            self.found.error(
                line,
                _("From {first} to {last} are {days} days: no holiday is that long."),
                first=first,
                last=last,
                days=(last - first).days + 1,
            )
        else:
            self.waiting += [(first + n * ONE_DAY, line) for n in range((last - first).days + 1)]

    def _day(self, token: re.Match[str], end: str, line: int) -> datetime.date | None:
        month = int(token[f"{end}m"]) if token[f"{end}m"] else self.month
        if month is None:
            self.found.error(line, _("“{text}” does not say in which month."), text=_short(token[0]))
            return None
        self.month = month
        year = int(token[f"{end}y"]) if token[f"{end}y"] else self.found.year
        if not token[f"{end}y"] and end == "a" and month == 12 and "元旦" in self.sentence.heading:
            year -= 1
        try:
            day = datetime.date(year, month, int(token[f"{end}d"]))
        except ValueError:
            self.found.error(line, _("There is no such day: “{text}”."), text=_short(token[0]))
            return None
        return day

    def _check_weekday(self, note: str | None, day: datetime.date, line: int) -> None:
        said = _WEEKDAY.search(note or "")
        if said and _WEEKDAYS[said[1]] != day.weekday():
            self.found.error(
                line,
                _("{day} is a {real}; the text says {said}."),
                day=day,
                real=weekday_name(day.weekday()),
                said=weekday_name(_WEEKDAYS[said[1]]),
            )

    def _settle(self, token: re.Match[str]) -> None:
        line = self.sentence.line(token.start())
        if not self.waiting:
            return
        if token["no"]:
            self.found.error(line, _("This cannot be understood: “{text}”"), text=_short(self.sentence.text))
        elif token["count"] and int(token["count"]) != len(self.waiting):
            self.found.error(
                line,
                _("The text says {said} days, the dates are {real}."),
                said=token["count"],
                real=len(self.waiting),
            )
        else:
            works = token["word"] in ("上班", "补班")
            for day, at in self.waiting:
                if not _belongs(self.found, day):
                    _tell_stray(self.found, day, at)
                    break
                _tell(self.found, day, Told(works, self.sentence.heading, at))
        self.waiting = []


def _belongs(found: Reading, day: datetime.date) -> bool:
    """Whether a notice of the year may speak of the day: in the year, or in the December before it."""
    return datetime.date(found.year - 1, 12, 1) <= day <= datetime.date(found.year, 12, 31)


def _tell_stray(found: Reading, day: datetime.date, line: int) -> None:
    found.error(line, _("{day} does not belong to the arrangement of {year}."), day=day, year=found.year)


def _tell(found: Reading, day: datetime.date, told: Told) -> None:
    known = found.days.get(day)
    if known is None:
        found.days[day] = told
    elif known.works != told.works:
        found.error(
            told.line, _("{day} is said to be both off and worked (line {other})."), day=day, other=known.line
        )
    else:
        found.doubt(told.line, _("{day} is named twice (line {other})."), day=day, other=known.line)


def _read_table(found: Reading, text: str) -> str:
    """Take the rows of a table of dates out of the text."""

    def row(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start(1)) + 1
        word = match[4].casefold()
        try:
            day = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            found.error(line, _("There is no such day: “{text}”."), text=_short(match[0]))
            return ""
        if word not in _OFF | _WORK:
            found.error(line, _("“{word}” is neither “off” nor “work”."), word=match[4])
        elif not _belongs(found, day):
            _tell_stray(found, day, line)
        else:
            found.is_table = True
            _tell(found, day, Told(word in _WORK, (match[5] or "").strip(), line))
        return ""

    return _ROW.sub(row, text)


def _look_at_the_law(found: Reading) -> None:
    """The statutory days are off by law, whatever else a notice arranges."""
    if not found.days:
        return
    for day, name in statutory_days(found.year).items():
        told = found.days.get(day)
        if told is not None and told.works:
            found.error(
                told.line,
                _("{day} is off by law ({name}); the text has it worked."),
                day=day,
                name=festival_name(name),
            )
        elif told is None and day.weekday() < 5 and not found.errors:
            found.doubt(
                0,
                _("{day} is off by law ({name}); the text does not say so. It stays off."),
                day=day,
                name=festival_name(name),
            )


def _look_for_idle_words(found: Reading) -> None:
    """A working day that is made up for lies on a weekend."""
    for day, told in found.days.items():
        if told.works and day.weekday() < 5:
            found.doubt(told.line, _("{day} is a working day anyway."), day=day)


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= 40 else text.strip()[:39] + "…"
