"""A letter of authorisation as PDF, drawn with lines only: no font is needed, and nobody is imitated."""


def letter_pdf() -> bytes:
    """Return a small valid PDF: a page with ruled lines and an empty round mark for the seal."""
    lines = [f"72 {700 - 36 * row} m {520 if row % 3 else 300} {700 - 36 * row} l S" for row in range(10)]
    circle = "0.8 0.1 0.1 RG 2 w 380 200 m 380 233 353 260 320 260 c 287 260 260 233 260 200 c "
    circle += "260 167 287 140 320 140 c 353 140 380 167 380 200 c S"
    content = ("0.6 G 1 w " + " ".join(lines) + " " + circle).encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    output = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(output))
        output += b"%d 0 obj%s endobj\n" % (number, body)
    start = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % place for place in places)
    output += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(output)
