"""The fictional county 云溪县: six bureaus, two applications under way. All people are invented.

Credit codes belong to the district 999901, which does not exist, and add up; telephone numbers are of
the series 138 0000 and 138 0001.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioning.credit_code import compose
from provisioning.models import Level

PARENT = "云溪县人民政府"


@dataclass(frozen=True)
class Worker:
    """A member of staff: the department by its place in the bureau's list, and the post by name."""

    name: str
    department: int
    post: str = "科员"
    name_en: str = ""
    signs_in: bool = False


@dataclass(frozen=True)
class File:
    """A demonstration file: in the cabinet of `owner` (a name), of a department (its place), or the unit."""

    cabinet: str
    folder: str
    name: str
    text: str


@dataclass(frozen=True)
class Body:
    """A bureau of the county."""

    slug: str
    name: str
    name_en: str
    organisation: str
    level: str
    quota_gb: int
    administrators: tuple[str, str, str]
    contact: str = ""
    departments: tuple[tuple[str, str, int | None], ...] = ()
    staff: tuple[Worker, ...] = ()
    files: tuple[File, ...] = ()
    posts: tuple[tuple[str, str, int], ...] = ()
    functions: tuple[str, ...] = ("library",)
    agency_code: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def credit_code(self) -> str:
        """A valid code of register 11 (state bodies) in a district that does not exist."""
        return compose(register="11", district="999901", organisation=self.organisation)


HOST_ADMINISTRATORS = (
    ("system", "host.system", "顾南乔", "Gu Nanqiao"),
    ("security", "host.security", "沈知远", "Shen Zhiyuan"),
    ("audit", "host.audit", "陆明澈", "Lu Mingche"),
)


def _staff(
    leader: str, leader_post: str, deputy: str, deputy_post: str, clerks: tuple[str, ...]
) -> tuple[Worker, ...]:
    """Two leaders in the first department, then the heads of the others, then clerks in turn."""
    heads = tuple(
        Worker(name, place, "科长", signs_in=place == 1) for place, name in enumerate(clerks[:4], start=0)
    )
    rest = tuple(Worker(name, place % 4, signs_in=place == 1) for place, name in enumerate(clerks[4:]))
    return (
        Worker(leader, 0, leader_post, signs_in=True),
        Worker(deputy, 0, deputy_post),
        *heads,
        *rest,
    )


_TOWN_POSTS = (("镇长", "Town Head", 8), ("副镇长", "Deputy Town Head", 18))
_NOTICE = "云溪县虚构演示文件，不含任何真实信息。\n\n"
_UNIT_FILES = (
    File(
        "",
        "规章制度",
        "文件中心使用说明.txt",
        _NOTICE + "个人文件柜放自己的材料，部门文件柜放本部门共用的材料，单位资料库放全单位都要看的材料。\n",
    ),
    File("", "规章制度", "值班安排表.csv", "日期,带班领导,值班人员\n2026-03-09,甲,乙\n2026-03-10,丙,丁\n"),
)

BODIES = (
    Body(
        slug="fgj",
        agency_code="云发改",
        name="云溪县发展和改革局",
        name_en="Yunxi County Development and Reform Bureau",
        organisation="MB000101",
        level=Level.COUNTY_BUREAU,
        quota_gb=50,
        contact="陶然",
        administrators=("唐以宁", "纪书瑶", "曾予安"),
        departments=(
            ("办公室", "General Office", None),
            ("产业发展科", "Industrial Development Section", None),
            ("投资与项目科", "Investment and Projects Section", None),
            ("价格与收费管理科", "Prices and Charges Section", None),
            ("项目稽查组", "Project Inspection Group", 2),
        ),
        staff=_staff(
            "林晓岚",
            "局长",
            "周启明",
            "副局长",
            ("方既白", "陈若水", "宋听雨", "韩松年", "何静", "陈一鸣", "苏慕言", "江月白", "白露", "仇英杰"),
        ),
        files=(
            *_UNIT_FILES,
            File("0", "会议材料", "局务会议纪要（第3次）.txt", _NOTICE + "议题：2026 年重点项目安排。\n"),
            File(
                "1",
                "县级工程研究中心",
                "认定申报指南（草稿）.txt",
                _NOTICE + "一、申报条件\n二、申报材料\n三、办理流程\n",
            ),
            File(
                "陈若水", "手头的事", "工程研究中心调研提纲.txt", _NOTICE + "1. 场地\n2. 设备\n3. 研发投入\n"
            ),
            File("陈若水", "手头的事", "联系人.csv", "单位,联系人\n云溪清川环保科技有限公司,（虚构）\n"),
        ),
    ),
    Body(
        slug="czj",
        agency_code="云财",
        name="云溪县财政局",
        name_en="Yunxi County Finance Bureau",
        organisation="MB000102",
        level=Level.COUNTY_BUREAU,
        quota_gb=50,
        contact="梁辰",
        administrators=("许清如", "尉迟敬", "任平生"),
        departments=(
            ("办公室", "General Office", None),
            ("预算科", "Budget Section", None),
            ("国库科", "Treasury Section", None),
            ("资产管理科", "Assets Section", None),
        ),
        staff=_staff(
            "秦望舒",
            "局长",
            "查良镛",
            "副局长",
            ("蒋闻笛", "徐行之", "叶知秋", "郑和风", "冯晚晴", "于归", "董思齐", "程门雪", "曹植言", "袁野"),
        ),
        files=(
            *_UNIT_FILES,
            File("1", "2026 年预算", "部门预算编报口径.txt", _NOTICE + "口径与上年一致，新增项目单列。\n"),
        ),
    ),
    Body(
        slug="zrzy",
        agency_code="云自然资",
        name="云溪县自然资源局",
        name_en="Yunxi County Natural Resources Bureau",
        organisation="MB000103",
        level=Level.COUNTY_BUREAU,
        quota_gb=100,
        contact="邓林",
        administrators=("邓清扬", "区文杰", "解语"),
        departments=(
            ("办公室", "General Office", None),
            ("用地审批科", "Land Approval Section", None),
            ("规划科", "Planning Section", None),
            ("不动产登记中心", "Property Registration Centre", None),
        ),
        staff=_staff(
            "卢照川",
            "局长",
            "蔡文心",
            "副局长",
            ("贾岛平", "丁香结", "魏然", "薛涛声", "阎立", "余音", "潘安之", "杜若", "戴月", "夏至"),
        ),
        files=_UNIT_FILES,
    ),
    Body(
        slug="sthj",
        agency_code="云环",
        name="云溪县生态环境局",
        name_en="Yunxi County Ecology and Environment Bureau",
        organisation="MB000104",
        level=Level.VERTICAL,
        quota_gb=50,
        contact="钟鸣",
        administrators=("钟灵", "汪洋之", "田园"),
        departments=(
            ("办公室", "General Office", None),
            ("环境影响评价科", "Environmental Assessment Section", None),
            ("水与土壤科", "Water and Soil Section", None),
            ("监测站", "Monitoring Station", None),
        ),
        staff=_staff(
            "姜太青",
            "局长",
            "范思远",
            "副局长",
            ("方圆", "石破云", "姚望", "谭嗣音", "廖静波", "邹忌言", "熊启", "金玉声", "陆羽茗", "郝晴"),
        ),
        files=_UNIT_FILES,
    ),
    Body(
        slug="slj",
        agency_code="云水",
        name="云溪县水利局",
        name_en="Yunxi County Water Resources Bureau",
        organisation="MB000105",
        level=Level.COUNTY_BUREAU,
        quota_gb=50,
        contact="孔林",
        administrators=("孔令仪", "白云飞", "崔颢然"),
        departments=(
            ("办公室", "General Office", None),
            ("水资源科", "Water Resources Section", None),
            ("河湖管理科", "Rivers and Lakes Section", None),
            ("水旱灾害防御科", "Flood and Drought Section", None),
        ),
        staff=_staff(
            "康有容",
            "局长",
            "毛遂之",
            "副局长",
            ("邱水平", "秦川", "江一帆", "史可鉴", "顾清涟", "侯门", "邵雍和", "孟浩", "龙在田", "万木春"),
        ),
        files=_UNIT_FILES,
    ),
    Body(
        slug="cgz",
        agency_code="云城管",
        name="云溪县城关镇人民政府",
        name_en="Chengguan Town Government, Yunxi County",
        organisation="MB000106",
        level=Level.TOWNSHIP,
        quota_gb=20,
        contact="段落",
        administrators=("段誉之", "雷鸣春", "钱塘"),
        posts=_TOWN_POSTS,
        departments=(
            ("党政综合办公室", "General Office", None),
            ("经济发展办公室", "Economic Development Office", None),
            ("社会事务办公室", "Social Affairs Office", None),
            ("便民服务中心", "Citizens' Service Centre", None),
        ),
        staff=_staff(
            "汤若望川",
            "镇长",
            "尹正",
            "副镇长",
            ("黎明远", "易安", "常青", "武陵", "乔木生", "贺知言", "赖以宁", "龚自清", "文景", "庞博"),
        ),
        files=_UNIT_FILES,
    ),
)

PENDING = Body(
    slug="nync",
    name="云溪县农业农村局",
    name_en="Yunxi County Agriculture and Rural Affairs Bureau",
    organisation="MB000107",
    level=Level.COUNTY_BUREAU,
    quota_gb=50,
    contact="米粒",
    administrators=("禾木", "麦田", "桑榆"),
)

TO_CORRECT = Body(
    slug="maqiaoxiangrenminzhengfu",
    name="云溪县马桥乡人民政府",
    name_en="Maqiao Township Government, Yunxi County",
    organisation="MB000108",
    level=Level.TOWNSHIP,
    quota_gb=200,
    contact="马跃",
    administrators=("马千里", "牛耕野", "杨柳青"),
    texts={
        "general": "请按意见修改后重新提交。",
        "slug": "地址太长，建议改为 mqx。",
        "quota_gb": "乡镇一般先申请 20 GB，以后可以再加。",
    },
)
