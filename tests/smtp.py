"""A mail server on this machine that keeps what it is given and misbehaves when told to."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller


@dataclass
class SmtpSink:
    """What arrived, and how the server is to answer from now on."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refused_recipients: set[str] = field(default_factory=set)
    is_failing: bool = False
    hangs_up_after_data: bool = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused_recipients:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.is_failing:
            return "451 4.3.0 Try again later"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs_up_after_data:
            # The message is in the mailbox, and the sender will never hear so.
            server.transport.abort()
        return "250 OK"


class _OnAnyPort(Controller):
    def _trigger_server(self):
        self.handler.port = self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def smtp_sink(settings):
    """Mail of this test, and of the workers it starts, goes out by SMTP to the sink."""
    sink = SmtpSink()
    controller = _OnAnyPort(sink, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    yield sink
    controller.stop()
