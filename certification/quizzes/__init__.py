"""The room that asks: question banks, quizzes, attempts and their results."""
