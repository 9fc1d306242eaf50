"""Why a minute is not creditable, in words for learner and staff alike (reasons of contract section 3)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: as a heading, as a sentence, and the rule of the pack behind it.

    `anchor` is where that rule stands on the rule set's page; `category-` and `gate-` are completed by the row's
    category. Empty where it is no rule of a pack but one of every record.
    """

    title: Promise
    sentence: Promise
    anchor: str = ""


REASONS = {
    "version": Reason(
        gettext_lazy("Outside the dates of these rules"),
        gettext_lazy("This version of the rules does not cover that day."),
        "version",
    ),
    "before_enrolment": Reason(
        gettext_lazy("Before enrollment"), gettext_lazy("It lies before the day of enrollment.")
    ),
    "school_closed": Reason(
        gettext_lazy("The school was not open"), gettext_lazy("The school was not open on that day.")
    ),
    "overlap": Reason(
        gettext_lazy("Time that another line holds"),
        gettext_lazy("Another line already holds that time. No minute counts twice."),
    ),
    "supervisor_licence": Reason(
        gettext_lazy("Supervisor without a valid license"),
        gettext_lazy("The supervisor’s license was not valid on that day."),
    ),
    "paid": Reason(
        gettext_lazy("Paid work"),
        gettext_lazy("These hours must be unpaid, and the line says that they were paid."),
        "category-",
    ),
    "delivery": Reason(
        gettext_lazy("Taught in a way that is not credited"),
        gettext_lazy("This subject cannot be credited when taught in that way."),
        "category-",
    ),
    "gate": Reason(gettext_lazy("Too early"), gettext_lazy("Something else had to be finished before."), "gate-"),
    "grade": Reason(
        gettext_lazy("Grade below the pass mark"),
        gettext_lazy("The grade of this course is below the pass mark."),
        "grades-least",
    ),
    "attendance": Reason(
        gettext_lazy("Too little attended"), gettext_lazy("The attendance of this course is too low."), "attendance"
    ),
    "transfer_age": Reason(
        gettext_lazy("Transferred from too long ago"),
        gettext_lazy("The transferred course is too old."),
        "transfer-age",
    ),
    "day_cap": Reason(
        gettext_lazy("Above the limit of a day"), gettext_lazy("Only so many hours count on one day."), "pace-day"
    ),
    "week_cap": Reason(
        gettext_lazy("Above the limit of a week"), gettext_lazy("Only so many hours count in one week."), "pace-week"
    ),
    "category_transfer_cap": Reason(
        gettext_lazy("Above a subject’s limit of transferred hours"),
        gettext_lazy("Only so many transferred hours count in this subject."),
        "category-",
    ),
    "transfer_cap": Reason(
        gettext_lazy("Above the limit of transferred hours"),
        gettext_lazy("Only so many transferred hours count."),
        "transfer",
    ),
    "distance_cap": Reason(
        gettext_lazy("Above the limit of distance hours"),
        gettext_lazy("Only so many distance hours count."),
        "distance",
    ),
}
