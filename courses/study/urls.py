"""Addresses of the room `study`."""

from django.urls import path

from . import views

app_name = "study"
urlpatterns = [
    path("learn/", views.home, name="home"),
    path("learn/lessons/<uuid:uuid>/", views.lesson, name="lesson"),
    path("learn/lessons/<uuid:uuid>/finish/", views.finish, name="finish"),
    path("learn/lessons/<uuid:uuid>/files/<uuid:block>/", views.download, name="download"),
    path("learn/lessons/<uuid:uuid>/checks/<uuid:block>/", views.answer_check, name="answer_check"),
    path("learn/lessons/<uuid:uuid>/reflections/<uuid:block>/", views.reflect, name="reflect"),
    path("learn/lessons/<uuid:uuid>/notes/", views.keep_note, name="keep_note"),
    path("learn/lessons/<uuid:uuid>/notes/<uuid:note>/delete/", views.delete_note, name="delete_note"),
    path("learn/lessons/<uuid:uuid>/bookmark/", views.bookmark, name="bookmark"),
    path("learn/notes/<uuid:uuid>/", views.notes, name="notes"),
    path("learn/notes/<uuid:uuid>/notes.<str:kind>", views.notes_file, name="notes_file"),
    path("learn/lessons/<uuid:uuid>/questions/", views.questions, name="questions"),
    path("learn/questions/<uuid:uuid>/delete/", views.delete_own_question, name="delete_question"),
    path("learn/announcements/<uuid:uuid>/dismiss/", views.dismiss, name="dismiss_announcement"),
    path("learn/modules/<uuid:uuid>/quiz/", views.quiz, name="quiz"),
    path("learn/glossary/<uuid:uuid>/", views.glossary, name="glossary"),
    path("learn/rules/<uuid:uuid>/", views.rules, name="rules"),
    path("learn/media/<uuid:uuid>/<str:kind>", views.media, name="media"),
    path("learn/visits/<uuid:uuid>/", views.visits, name="visits"),
    path("learn/visits/<uuid:uuid>/<uuid:visit>/", views.visit, name="visit"),
    path("learn/gap/<uuid:uuid>/", views.gap, name="gap"),
    path("learn/gap/<uuid:uuid>/aim/", views.aim, name="aim"),
    path("learn/aims/<uuid:uuid>/drop/", views.drop, name="drop"),
    path("desk/cohorts/", views.cohorts, name="cohorts"),
    path("desk/cohorts/<uuid:uuid>/", views.cohort, name="cohort"),
    path("desk/cohorts/<uuid:uuid>/progress/", views.progress, name="cohort_progress"),
    path("desk/cohorts/<uuid:uuid>/hours/", views.hours_of_cohort, name="cohort_hours"),
    path("desk/lessons/<uuid:uuid>/learners/", views.lesson_learners, name="lesson_learners"),
    path("desk/cohorts/<uuid:uuid>/grades/", views.grades, name="cohort_grades"),
    path("desk/cohorts/<uuid:uuid>/grades.<str:kind>", views.grades_table, name="cohort_grades_table"),
    path("desk/cohorts/<uuid:uuid>/announcements/", views.announcements, name="cohort_announcements"),
    path("desk/programs/<uuid:uuid>/lessons/", views.lessons_of_program, name="program_lessons"),
    path("desk/lessons/<uuid:uuid>/statistics/", views.lesson_statistics, name="lesson_statistics"),
    path("desk/questions/", views.inbox, name="desk_questions"),
    path("desk/questions/<uuid:uuid>/", views.question, name="desk_question"),
    path("desk/questions/<uuid:uuid>/state/", views.set_state, name="desk_question_state"),
    path("desk/questions/<uuid:uuid>/publish/", views.publish, name="desk_question_publish"),
    path("desk/questions/messages/<uuid:uuid>/hide/", views.hide, name="desk_hide_message"),
    path("desk/questions/published/<uuid:uuid>/withdraw/", views.withdraw, name="desk_withdraw_answer"),
]
