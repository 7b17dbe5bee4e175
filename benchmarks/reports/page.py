"""The report as one HTML page that asks nothing of any other place."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from benchmarks.metrics.intervals import Rate, Unsupported
from benchmarks.reports import plots
from benchmarks.reports.sections import ReportSection, ReportTable
from benchmarks.runs.score_set import StoredEvaluation

_TEMPLATE = Path(__file__).with_name("page.html")
_DET = "FNMR over FMR with 95 % bands, as far as the comparisons support it"
_CMC = "Mates found up to a rank, with 95 % bands"


def render(evaluation: StoredEvaluation, sections: Sequence[ReportSection], draws: int) -> str:
    """Return the page as HTML."""
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        date=escape(evaluation.date),
        command=escape(evaluation.command),
        made_with=escape(_made_with(evaluation)),
        draws=f"{draws:,}",
        sections="\n".join(_section(section) for section in sections),
        provenance=_table(_provenance(evaluation)),
    )


def _section(section: ReportSection) -> str:
    drawn = [(plots.det(section.det), _DET)] if section.det else []
    drawn += [(plots.cmc(section.cmc), _CMC)] if section.cmc else []
    for name, ratios in section.ratios.items():
        drawn.append((plots.tippett(ratios), f"Tippett plot: {name}"))
        drawn.append((plots.cross_entropy(ratios), f"Empirical cross-entropy: {name}"))
    figures = "".join(_figure(svg, caption) for svg, caption in drawn)
    return (
        f"<h2>{escape(section.title)}</h2>\n"
        + "\n".join(_table(table) for table in section.tables if table.rows)
        + (f'\n<p class="note">{escape(section.note)}</p>' if section.note else "")
        + (f'\n<div class="plots">{figures}</div>' if figures else "")
    )


def _table(table: ReportTable) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heads)
    rows = "\n".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in table.rows)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table></div>'


def _cell(value: object) -> str:
    text = escape(str(value))
    if isinstance(value, Unsupported):
        return f'<td class="refused">{text}</td>'
    if isinstance(value, Rate):
        nowrap = ' class="rate"' if value.value else ""
        return f"<td{nowrap}>{text.replace(' (', '<br>(')}</td>"
    return f"<td>{text}</td>"


def _figure(svg: bytes, caption: str) -> str:
    source = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    return f'<figure><img alt="{escape(caption)}" src="{source}"><figcaption>{escape(caption)}</figcaption></figure>'


def _made_with(evaluation: StoredEvaluation) -> str:
    provenance = evaluation.provenance
    if not provenance:
        return ""
    machine = provenance["machine"]
    version = f"version {provenance['version']}" + (f", commit {provenance['commit']}" if provenance["commit"] else "")
    return f", {version}, on {machine['cores']} cores of {machine['processor']}, Python {machine['python']}"


def _provenance(evaluation: StoredEvaluation) -> ReportTable:
    heads = ["part", "system", "subjects", "images", "model", "calibration", "protocol"]
    rows = [
        [
            score_set.part,
            score_set.system,
            f"{score_set.subject_count:,}",
            f"{len(score_set.samples.subject):,}",
            _short(score_set.model),
            _short(score_set.calibration) or "none",
            score_set.protocol,
        ]
        for score_set in evaluation.sets
    ]
    return ReportTable(heads, rows)


def _short(digests: str) -> str:
    """Shorten SHA-256 digests, and leave versions as they are."""
    return ", ".join(word[:12] for word in digests.split()) if len(digests) >= 64 else digests
