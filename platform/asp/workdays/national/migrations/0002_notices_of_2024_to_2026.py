"""The notices of the State Council that were out when this was written (国办发明电〔2023〕7号, 〔2024〕12号, 〔2025〕7号).

Compared on all days of the three years with chinesecalendar 1.11.0 and holidays 0.109.
"""

import datetime

from django.db import migrations

SPRING, QINGMING, LABOUR = "春节", "清明节", "劳动节"
DRAGON, AUTUMN, NATIONAL = "端午节", "中秋节", "国庆节"
BOTH = "国庆节、中秋节"
# Year: number of the notice, (name, first and last day off, days worked).
NOTICES = {
    2024: (
        "国办发明电〔2023〕7号",
        [
            ("元旦", "01-01", "01-01", ""),
            (SPRING, "02-10", "02-17", "02-04 02-18"),
            (QINGMING, "04-04", "04-06", "04-07"),
            (LABOUR, "05-01", "05-05", "04-28 05-11"),
            (DRAGON, "06-10", "06-10", ""),
            (AUTUMN, "09-15", "09-17", "09-14"),
            (NATIONAL, "10-01", "10-07", "09-29 10-12"),
        ],
    ),
    2025: (
        "国办发明电〔2024〕12号",
        [
            ("元旦", "01-01", "01-01", ""),
            (SPRING, "01-28", "02-04", "01-26 02-08"),
            (QINGMING, "04-04", "04-06", ""),
            (LABOUR, "05-01", "05-05", "04-27"),
            (DRAGON, "05-31", "06-02", ""),
            (BOTH, "10-01", "10-08", "09-28 10-11"),
        ],
    ),
    2026: (
        "国办发明电〔2025〕7号",
        [
            ("元旦", "01-01", "01-03", "01-04"),
            (SPRING, "02-15", "02-23", "02-14 02-28"),
            (QINGMING, "04-04", "04-06", ""),
            (LABOUR, "05-01", "05-05", "05-09"),
            (DRAGON, "06-19", "06-21", ""),
            (AUTUMN, "09-25", "09-27", ""),
            (NATIONAL, "10-01", "10-07", "09-20 10-10"),
        ],
    ),
}


def days_of(year, holidays):
    """Yield (date, works, name) of one notice."""
    for name, first, last, worked in holidays:
        day = datetime.date.fromisoformat(f"{year}-{first}")
        while day <= datetime.date.fromisoformat(f"{year}-{last}"):
            yield day, False, name
            day += datetime.timedelta(days=1)
        for each in worked.split():
            yield datetime.date.fromisoformat(f"{year}-{each}"), True, name


def seed(apps, _schema_editor):
    Year = apps.get_model("workdays_national", "Year")
    Day = apps.get_model("workdays_national", "Day")
    Change = apps.get_model("workdays_national", "Change")
    now = datetime.datetime.now(datetime.UTC)
    for number, (year, (notice, holidays)) in enumerate(NOTICES.items(), start=1):
        row = Year.objects.create(
            year=year, source="notice", number=notice, confirmed_by="", confirmed_at=now
        )
        days = [
            Day(year=row, date=day, works=works, name=name) for day, works, name in days_of(year, holidays)
        ]
        Day.objects.bulk_create(days)
        Change.objects.create(
            number=number,
            year=year,
            source="notice",
            notice=notice,
            first=datetime.date(year, 1, 1),
            last=datetime.date(year, 12, 31),
            moved=sum(each.works or each.date.weekday() < 5 for each in days),
            made_by="",
            made_at=now,
        )


class Migration(migrations.Migration):
    dependencies = [("workdays_national", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
