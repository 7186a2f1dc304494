from asp.search.highlight import marked


def test_it_marks_every_place():
    assert marked("预算表和预算", ["预算"]) == [("预算", True), ("表和", False), ("预算", True)]


def test_it_marks_whatever_the_case_and_width():
    assert marked("Ｒeport.docx", ["report"]) == [("Ｒeport", True), (".docx", False)]


def test_pieces_join_to_the_text():
    text = "<b>㎏ﬁle</b>"
    assert "".join(piece for piece, _hit in marked(text, ["kg", "file"])) == text
    assert marked("", ["x"]) == []
