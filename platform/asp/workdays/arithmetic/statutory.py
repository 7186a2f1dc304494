"""The days that everybody has off by law, for years whose notice is not out yet.

Source: 全国年节及纪念日放假办法 (State Council decrees 644 of 2013 and 795 of 2024; the second, in force since 2025,
adds New Year's Eve and 2 May): 13 days a year, 11 before 2025. Which days around them are off or worked only the
yearly notice says.
"""

import datetime
from collections.abc import Mapping
from functools import cache

NEW_YEAR = "元旦"
SPRING_FESTIVAL = "春节"
QINGMING = "清明节"
LABOUR_DAY = "劳动节"
DRAGON_BOAT = "端午节"
MID_AUTUMN = "中秋节"
NATIONAL_DAY = "国庆节"
NAMES = (NEW_YEAR, SPRING_FESTIVAL, QINGMING, LABOUR_DAY, DRAGON_BOAT, MID_AUTUMN, NATIONAL_DAY)

FIRST_YEAR, LAST_YEAR = 2000, 2099
THIRTEEN_SINCE = 2025

# One word a year from 2000 on: first day of the lunar year (month, day), Qingming's day in April, the fifth of the
# fifth lunar month, the fifteenth of the eighth. Compared on all days with lunardate 0.3.0 and holidays 0.109.
_LUNAR = """
    0205406060912 0124506251001 0212506150921 0201506040911 0122406220928
    0209506110918 0129505311006 0218506190925 0207406080914 0126405281003
    0214506160922 0203506060912 0123406230930 0210406120919 0131506020908
    0219506200927 0208406090915 0128405301004 0216506180924 0205506070913
    0125406251001 0212406140921 0201506030910 0122506220929 0210406100917
    0129405311006 0217506190925 0206506090915 0126405281003 0213406160922
    0203506050912 0123506241001 0211406120919 0131406010908 0219506200927
    0208506100916 0128405301004 0215406180924 0204506070913 0124505271002
    0212406140920 0201406030910 0122406220928 0210506110917 0130405311005
    0217406190925 0206406080915 0126505291004 0214406150922 0202406040911
    0123406230930 0211506130919 0201406010907 0219406200926 0208406100916
    0128505301005 0215406170924 0204406060913 0124406251002 0212506140921
    0202406030909 0121406220928 0209406110917 0129506011006 0217406190925
    0205406080915 0126405281003 0214506160923 0203406040911 0123406230929
    0211406130919 0131506020908 0219406200926 0207406100916 0127405301005
    0215406170924 0205406060912 0124406241001 0212406140920 0202406040910
    0122406220928 0209406110917 0129406011006 0217406190926 0206406070914
    0126405271003 0214406150922 0203406050911 0124406230929 0210406130918
    0130406020908 0218406210927 0207406090916 0127405291005 0215406170924
    0205406060913 0125406240930 0212406140920 0201406040909 0121406230929
"""
_WORDS = _LUNAR.split()


@cache
def statutory_days(year: int) -> Mapping[datetime.date, str]:
    """Return the days that are off by law in `year`, each with the (Chinese) name of its festival.

    Outside 2000–2099 only those that the solar calendar fixes.
    """
    more = year >= THIRTEEN_SINCE
    days = {
        datetime.date(year, 1, 1): NEW_YEAR,
        datetime.date(year, 5, 1): LABOUR_DAY,
        **{datetime.date(year, 10, day): NATIONAL_DAY for day in (1, 2, 3)},
    }
    if more:
        days[datetime.date(year, 5, 2)] = LABOUR_DAY
    if FIRST_YEAR <= year <= LAST_YEAR:
        word = _WORDS[year - FIRST_YEAR]
        spring = _day(year, word[:4])
        for offset in range(-1 if more else 0, 3):
            days[spring + datetime.timedelta(days=offset)] = SPRING_FESTIVAL
        days[datetime.date(year, 4, int(word[4]))] = QINGMING
        days[_day(year, word[5:9])] = DRAGON_BOAT
        # In some years Mid-Autumn falls upon National Day; the day bears both names.
        autumn = _day(year, word[9:])
        days[autumn] = f"{days[autumn]}、{MID_AUTUMN}" if autumn in days else MID_AUTUMN
    return dict(sorted(days.items()))


def _day(year: int, word: str) -> datetime.date:
    return datetime.date(year, int(word[:2]), int(word[2:]))
