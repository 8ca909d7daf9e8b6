"""GOV.UK Notify, through its own Python client.

Statuses and errors: Notify's API documentation, "Error codes" and "Delivery status of text
messages". The template is one that the force makes in Notify with the single field ((words)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from requests.exceptions import RequestException

from openrvr.foundation.messages.models import Message, MessageState
from openrvr.foundation.messages.ports import (
    ProviderBusy,
    ProviderRefused,
    ProviderTrouble,
    Receipt,
)

SECONDS = 5
TOO_MANY = 429
_STATES = {
    "delivered": MessageState.DELIVERED,
    "permanent-failure": MessageState.PERMANENT_FAILURE,
    "temporary-failure": MessageState.TEMPORARY_FAILURE,
    "technical-failure": MessageState.TECHNICAL_FAILURE,
}


@dataclass(frozen=True)
class NotifyConfiguration:
    api_key: str
    template_id: str
    sender_id: str = ""
    base_url: str = ""


class Notify:
    """Sends by Notify. One client a process: it keeps its connection open."""

    name = "notify"

    def __init__(self, configuration: NotifyConfiguration) -> None:
        self._configuration = configuration
        options = {"base_url": configuration.base_url} if configuration.base_url else {}
        self._client: Any = NotificationsAPIClient(
            configuration.api_key, timeout=SECONDS, **options
        )

    def send(self, message: Message) -> str:
        try:
            answer = self._client.send_sms_notification(
                phone_number=message.number,
                template_id=self._configuration.template_id,
                personalisation={"words": message.words},
                reference=str(message.pk),
                sms_sender_id=self._configuration.sender_id or None,
            )
        except HTTPError as error:
            raise _told_apart(error) from error
        except RequestException as error:
            raise ProviderTrouble(
                f"GOV.UK Notify did not answer: {type(error).__name__}."
            ) from error
        return str(answer["id"])

    def find(self, message: Message) -> str | None:
        try:
            found = self._client.get_all_notifications(reference=str(message.pk))
        except (HTTPError, RequestException) as error:
            raise ProviderTrouble("GOV.UK Notify did not say whether it has the text.") from error
        notifications = found["notifications"]
        return str(notifications[0]["id"]) if notifications else None


def receipt(body: dict[str, Any]) -> Receipt | None:
    """What Notify's callback says; None for a status that changes nothing.

    Raises KeyError for a body that is not Notify's.
    """
    state = _STATES.get(str(body["status"]))
    if state is None:
        return None
    trouble = "" if state is MessageState.DELIVERED else str(body["status"])
    return Receipt(str(body["id"]), state, trouble)


def _told_apart(error: HTTPError) -> Exception:
    if getattr(error.response, "status_code", None) is None:
        # The client says 503 for a request that nobody answered.
        return ProviderTrouble("GOV.UK Notify did not answer in time.")
    status = error.status_code
    if status == TOO_MANY:
        return ProviderBusy("GOV.UK Notify's rate limit was reached.")
    if status >= 500:
        return ProviderTrouble(f"GOV.UK Notify failed with status {status}.")
    return ProviderRefused(f"GOV.UK Notify refused the text: {_sentence(error)}")


def _sentence(error: HTTPError) -> str:
    errors = error.message
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("message", ""))
    return str(errors)
