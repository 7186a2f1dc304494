"""Pinyin (拼音) of names, for sorting and searching.

pypinyin reads many surnames as ordinary words (曾 céng instead of zēng); the table below corrects them.
The text holds the correct reading first, which sorts, and the ordinary reading too, because people
type either.
"""

import unicodedata

SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai",
    "令狐": "ling hu", "鲜于": "xian yu", "宇文": "yu wen", "欧阳": "ou yang", "上官": "shang guan",
    "皇甫": "huang fu", "诸葛": "zhu ge", "司马": "si ma", "夏侯": "xia hou", "慕容": "mu rong",
    "东方": "dong fang", "司徒": "si tu", "公孙": "gong sun", "独孤": "du gu", "端木": "duan mu",
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "朴": "piao",
    "员": "yun", "任": "ren", "华": "hua", "盖": "ge", "尉": "wei", "缪": "miao", "翟": "zhai",
    "纪": "ji", "冼": "xian", "柏": "bai", "薄": "bo", "卜": "bu", "晁": "chao",
    "种": "chong", "褚": "chu", "都": "du", "过": "guo", "郝": "hao", "黑": "he", "隗": "wei",
    "句": "gou", "阚": "kan", "乐": "yue", "逄": "pang", "繁": "po", "秘": "bi", "召": "shao",
    "佘": "she", "折": "she", "沈": "shen", "石": "shi", "覃": "qin", "眭": "sui",
    "冯": "feng", "哈": "ha", "郇": "xun", "燕": "yan", "应": "ying", "於": "yu", "尹": "yin",
    "幺": "yao", "臧": "zang", "祭": "zhai", "重": "chong", "宓": "mi", "宁": "ning",
    "车": "che", "参": "shen", "牟": "mu", "那": "na", "吕": "lv", "行": "xing",
    "相": "xiang", "訾": "zi", "谌": "chen", "俞": "yu", "长": "chang", "撒": "sa", "莘": "shen",
}  # fmt: skip


def reading(name: str) -> list[str]:
    """The syllables of a Chinese personal name, the surname read as a surname; `ü` is written `v`."""
    name = _clean(name)
    for length in (2, 1):
        # 单于 alone is Mr Shan, 单于丹 is of the house of Chanyu: a surname needs a given name after it.
        if len(name) > length and name[:length] in SURNAMES:
            return [*SURNAMES[name[:length]].split(), *_plain(name[length:])]
    return _plain(name)


def search_text(name: str) -> str:
    """Text to sort by and to search in: `zengguoqiang zgq cengguoqiang cgq`, at most 300 characters."""
    words: list[str] = []
    for syllables in (reading(name), _plain(_clean(name))):
        for word in ("".join(syllables), "".join(each[0] for each in syllables if each)):
            if word and word not in words:
                words.append(word)
    return " ".join(words)[:300]


def _plain(text: str) -> list[str]:
    # Late: its dictionary of phrases takes longer to read than anything else of ours, and few processes need it.
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return [each.strip().lower().replace(" ", "") for each in syllables if each.strip()]


def _clean(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace("·", "").strip()
