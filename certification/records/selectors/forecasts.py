"""Reads when a record's hours would be there, at the pace of the last weeks."""

from datetime import date

from certification.requirements import rules as hour_rules
from certification.requirements.selectors import spec_for

from .. import rules
from .transcripts import Transcript


def forecast_of(transcript: Transcript, today: date) -> rules.Forecast | None:
    """The forecast of a record that is still open; None where there is nothing honest to say. No query.

    The pace is what the window's taught lines add to the counted total: what lies above a maximum is no progress.
    """
    record, lines = transcript.record, transcript.entries
    if record.sealed_at is not None or record.completed_on is not None:
        return None
    since, until = rules.window(today)
    taught = [line.source not in hour_rules.UNHURRIED for line in lines]
    without = [
        0 if is_taught and since <= line.date <= until else line.creditable
        for line, is_taught in zip(lines, taught, strict=True)
    ]
    spec = spec_for(record.rule_set)
    before = hour_rules.counted_total(spec, transcript.rule_entries, without)
    return rules.forecast(
        gained=transcript.evaluation.total.counted - before,
        studied={line.date for line, is_taught in zip(lines, taught, strict=True) if is_taught and line.creditable},
        lacking=rules.lacking(transcript.evaluation),
        today=today,
        pace=spec.pace,
        program_start=record.program_start_on,
    )
