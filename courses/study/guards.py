"""What the database refuses of a school that has closed: nobody studies there."""

from certification.guards import OF_RECORD, Shut

SHUT = (Shut("study_studysession", OF_RECORD),)
