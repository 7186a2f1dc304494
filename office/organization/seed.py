"""First rows of a new office."""

from office.organization.models import Post

# The usual ladder of a county bureau. Departments differ too much to guess.
POSTS = (
    ("局长", "Director", 10),
    ("副局长", "Deputy Director", 20),
    ("科长", "Section Chief", 30),
    ("副科长", "Deputy Section Chief", 40),
    ("科员", "Section Member", 50),
)


def seed() -> None:
    """Give a fresh schema the usual posts; run by the pool, as the schema's own database role."""
    Post.objects.bulk_create([Post(name=name, name_en=name_en, rank=rank) for name, name_en, rank in POSTS])
