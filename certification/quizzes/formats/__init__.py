"""Files of questions: GIFT, Moodle XML and QTI in, GIFT and Moodle XML out. Pure: no Django, no database, no clock."""
