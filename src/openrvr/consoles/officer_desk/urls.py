from django.urls import path

from openrvr.consoles.officer_desk import chat, silent, statements, views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("state", views.state, name="desk_state"),
    path("queue", views.queue, name="desk_queue"),
    path("case", views.case, name="desk_case"),
    path("duty", views.duty, name="desk_duty"),
    path("waiting/<int:waiting_id>/answer", views.answer, name="desk_answer"),
    path("rings/<int:ring_id>/pass", views.pass_on, name="desk_pass_on"),
    path("calls/<uuid:call_id>/seen", views.seen, name="desk_seen"),
    path("calls/<uuid:call_id>/readings", views.readings, name="desk_readings"),
    path("calls/<uuid:call_id>/hang-up", views.hang_up, name="desk_hang_up"),
    path("calls/<uuid:call_id>/hearing", silent.ask_hearing, name="desk_hearing"),
    path("calls/<uuid:call_id>/alarm", silent.relay_alarm, name="desk_alarm"),
    path("calls/<uuid:call_id>/photograph", views.photograph, name="desk_photograph"),
    path("calls/<uuid:call_id>/statement", statements.begin, name="desk_statement_begin"),
    path("statements/<int:statement_id>/write", statements.write, name="desk_statement_write"),
    path("statements/<int:statement_id>/show", statements.show, name="desk_statement_show"),
    path(
        "statements/<int:statement_id>/take-back",
        statements.take_back,
        name="desk_statement_take_back",
    ),
    path("cases/<slug:reference>/physical", views.physical, name="desk_physical"),
    path("cases/<slug:reference>/write", views.write, name="desk_write"),
    path("cases/<slug:reference>/follow-up", views.follow_up, name="desk_follow_up"),
    path("cases/<slug:reference>/promises/<int:promise_id>/take", views.take, name="desk_take"),
    path("cases/<slug:reference>/chat/", chat.lines, name="desk_chat"),
    path("cases/<slug:reference>/chat/say", chat.say, name="desk_chat_say"),
    path("cases/<slug:reference>/chat/shown", chat.shown, name="desk_chat_shown"),
    path("cases/<slug:reference>/close", views.close, name="desk_close"),
]
