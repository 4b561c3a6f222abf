"""A report as an accessible PDF (PDF/UA-1): title, language, structure and headings.

WeasyPrint is loaded when this module is: it takes most of a second, and Pango must be there.
"""

from __future__ import annotations

from weasyprint import CSS, HTML, URLFetcher

LOOK = CSS(
    string="""
    @page { size: A4; margin: 22mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font: 9pt sans-serif } }
    html { font: 10.5pt/1.45 "Liberation Sans", Arial, sans-serif; color: #0b0c0c }
    h1 { font-size: 22pt; line-height: 1.15; margin: 0 0 4mm; string-set: title content() }
    h2 { font-size: 15pt; margin: 8mm 0 2mm; break-after: avoid }
    h3 { font-size: 12pt; margin: 5mm 0 1mm; break-after: avoid }
    table { width: 100%; border-collapse: collapse; margin: 0 0 4mm }
    th, td { text-align: left; vertical-align: top; padding: 1.5mm 3mm 1.5mm 0; border-bottom: 0.3mm solid #b1b4b6 }
    tr { break-inside: avoid }
    th span { font-weight: normal }
    dl { margin: 0 0 4mm }
    dt { font-weight: bold; break-after: avoid; margin-top: 1.5mm }
    dd { margin: 0 }
    caption { text-align: left; font-weight: bold; padding: 0 0 1mm }
    p { margin: 0 0 2.5mm }
    .mono { font-family: "Liberation Mono", monospace; font-size: 8.5pt; overflow-wrap: anywhere }
    """
)


NOTHING_FROM_OUTSIDE = URLFetcher(allowed_protocols=(), fail_on_errors=True)
"""A report is made of its own words alone."""


def as_pdf(html: str) -> bytes:
    """Return a whole HTML document as a tagged PDF."""
    document = HTML(string=html, url_fetcher=NOTHING_FROM_OUTSIDE)
    made: bytes = document.write_pdf(stylesheets=[LOOK], pdf_variant="pdf/ua-1")
    return made
