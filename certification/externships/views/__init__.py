"""Pages: the learner's shifts, the supervisor's without an account, and the school's registers and lists."""
