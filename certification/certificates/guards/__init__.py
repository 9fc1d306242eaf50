"""What the database itself refuses in this room's tables (design promise 9: nothing issued is ever overwritten)."""

from certification.guards import OF_RECORD, Shut

from . import batches, education, issued, look, reminders, signers

GUARDS = (*issued.GUARDS, *batches.GUARDS, *education.GUARDS, *look.GUARDS, *reminders.GUARDS, *signers.GUARDS)

SHUT = (
    *(Shut(f"certificates_{table}", OF_RECORD) for table in ("certificateproposal", "letterrequest", "courseanswers")),
    Shut(
        "certificates_letterdecline",
        "(SELECT rec.school_id FROM certificates_letterrequest AS q JOIN records_trainingrecord AS rec "
        "ON rec.id = q.record_id WHERE q.id = NEW.request_id)",
    ),
    Shut("certificates_certificate"),
)
"""What nobody makes any more at a school that has closed; a revocation still comes."""
