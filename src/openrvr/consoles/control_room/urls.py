from django.urls import path

from openrvr.consoles.control_room import chat, presses, views

_case = "reports/<slug:reference>/"

urlpatterns = [
    path("", views.page, name="control_room"),
    path("room", views.room, name="control_room_room"),
    path("promises/<int:promise_id>/take", presses.take, name="control_room_take"),
    path("promises/<int:promise_id>/keep", presses.keep, name="control_room_keep"),
    path("promises/<int:promise_id>/hand-over", presses.hand_over, name="control_room_hand_over"),
    path("reports/", views.new_report, name="control_room_new"),
    path(_case, views.page, name="case"),
    path(f"{_case}desk", views.desk, name="control_room_desk"),
    path(f"{_case}write", views.write, name="control_room_write"),
    path(f"{_case}grade", presses.grade, name="control_room_grade"),
    path(f"{_case}criterion", presses.criterion, name="control_room_criterion"),
    path(f"{_case}accept", presses.accept, name="control_room_accept"),
    path(f"{_case}decline", presses.decline, name="control_room_decline"),
    path(f"{_case}appointment", presses.appointment, name="control_room_appointment"),
    path(f"{_case}not-eligible", presses.not_eligible, name="control_room_not_eligible"),
    path(f"{_case}send", presses.send, name="control_room_send"),
    path(f"{_case}revoke", presses.revoke, name="control_room_revoke"),
    path(f"{_case}give-back", presses.give_back, name="control_room_give_back"),
    path(f"{_case}physical", presses.physical, name="control_room_physical"),
    path(f"{_case}chat/", chat.lines, name="control_room_chat"),
    path(f"{_case}chat/say", chat.say, name="control_room_chat_say"),
    path(f"{_case}chat/shown", chat.shown, name="control_room_chat_shown"),
    path(f"{_case}close", presses.close, name="control_room_close"),
]
