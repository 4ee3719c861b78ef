"""SMTP client that sends one message per recipient."""

import shlex
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256
from threading import Timer
from types import TracebackType
from typing import Self
from urllib.parse import quote

from orderwatch import settings
from orderwatch.errors import DeliveryError
from orderwatch.frozen import Frozen
from orderwatch.settings import parse_address
from orderwatch.translation import _

TIMEOUT = 30.0
"""Seconds to wait for one reply of a server."""
MESSAGE_TIMEOUT = 120.0
"""Seconds for one message, even if every reply comes in time."""
_SERVICE_READY = 220
_OK = 250
_REJECTED_CODES = range(400, 600)
"""Reply codes of a server that has not accepted a message."""
_AUTHENTICATED = 235
_TLS_REQUIRED = 530
"""RFC 3207: a server that wants STARTTLS first."""
_PLAIN_PORTS = (25, 587, 2525)
"""Ports on which servers begin without TLS."""
_PERMANENT = 500
_CONNECT_ATTEMPTS = 2
"""Failed connections after which a server counts as down for this run."""


class Security(StrEnum):
    """Encryption of the connection."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Server(Frozen):
    """An SMTP server and its login."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: Callable[[], str] | None = None
    """Called once, when needed."""


class UndeliveredError(DeliveryError):
    """A message that was not delivered to one recipient."""

    def __init__(
        self, message: str, *, permanent: bool = False, maybe_delivered: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        """Whether the server rejected the message for good."""
        self.maybe_delivered = maybe_delivered


def read_password(command: str | Sequence[str]) -> str:
    """Run a command that prints a password, without a shell; return the password."""
    arguments = shlex.split(command) if isinstance(command, str) else list(command)
    try:
        return settings.read_password(arguments)
    except settings.PasswordCommandError as error:
        raise UndeliveredError(
            _("mail.password_command gave no password: {error}").format(error=error)
        ) from None


class SmtpClient:
    """SMTP connection, opened with the first message and reopened if it is lost."""

    def __init__(
        self,
        server: Server,
        *,
        timeout: float = TIMEOUT,
        limit: float = MESSAGE_TIMEOUT,
    ) -> None:
        self._server = server
        self._timeout = timeout
        self._limit = limit
        self._smtp: smtplib.SMTP | None = None
        self._failures: list[UndeliveredError] = []
        self._password: str | None = None
        self._is_greeted = False
        """Whether a server has answered: its mode is the right one."""

    def __enter__(self) -> Self:
        """Return the client; the connection is closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException), self._time_limit(self._smtp):
                self._smtp.quit()
        self._close()

    def send(self, content: bytes, *, sender: str, recipient: str) -> None:
        """Send a message to one recipient; the server has accepted it on return.

        Raises `UndeliveredError`, and can be called again for other recipients.
        """
        # Non-ASCII local parts need a server with SMTPUTF8.
        options = () if (sender + recipient).isascii() else ("SMTPUTF8",)
        try:
            with self._translate_errors():
                smtp = self._open_connection()
                with self._time_limit(smtp):
                    smtp.sendmail(sender, recipient, content, options)
        except UndeliveredError:
            if self._smtp is not None and self._smtp.sock is None:
                self._close()
            raise

    def check_connection(self) -> None:
        """Connect and log in without sending anything.

        Raises `UndeliveredError`.
        """
        with self._translate_errors():
            smtp = self._open_connection()
            with self._time_limit(smtp):
                code, reply = smtp.noop()
        if code != _OK:
            raise _reply_error(self._server.host, code, reply, _("{host} answers: {reply}"))

    def _open_connection(self) -> smtplib.SMTP:
        """Return the open connection, or open one."""
        if self._smtp is not None:
            return self._smtp
        if len(self._failures) >= _CONNECT_ATTEMPTS or any(f.permanent for f in self._failures):
            raise self._failures[-1]
        try:
            with self._translate_errors():
                self._smtp = self._connect()
        except UndeliveredError as error:
            error.maybe_delivered = False
            self._failures.append(error)
            raise
        self._failures.clear()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        # It verifies certificate and host name against the system's root store.
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.security is Security.TLS:
            smtp = smtplib.SMTP_SSL(timeout=self._timeout, context=context)
        else:
            smtp = smtplib.SMTP(timeout=self._timeout)
        # smtplib verifies this name against the certificate, also after STARTTLS.
        smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - set by the constructor only when it connects itself
        try:
            # The timeout limits connecting; the handshake needs a limit of its own.
            reply = smtp.connect(server.host, server.port)
            with self._time_limit(smtp):
                self._handshake(smtp, reply, context)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _handshake(
        self, smtp: smtplib.SMTP, reply: tuple[int, bytes], context: ssl.SSLContext
    ) -> None:
        server = self._server
        if reply[0] != _SERVICE_READY:
            # What is no reply at all can be the alert of a server that expects TLS.
            hint = self._mode_hint() if reply[0] < 0 else ""
            raise _reply_error(
                server.host, *reply, _("{host} does not accept connections: {reply}") + hint
            )
        self._is_greeted = True
        smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise UndeliveredError(
                    _(
                        "{host} does not offer STARTTLS, and without encryption others could "
                        "read the mail; if the server uses TLS from the start, set security = "
                        '"tls"'
                    ).format(host=server.host),
                    permanent=True,
                )
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.user is not None:
            if self._password is None:
                self._password = server.password() if server.password else ""
            _log_in(smtp, server.user, self._password)

    @contextmanager
    def _time_limit(self, smtp: smtplib.SMTP) -> Iterator[None]:
        """Close the socket of a server that replies too slowly to ever finish."""
        timer = Timer(self._limit, _shut_down_socket, [smtp])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate errors of servers and networks to `UndeliveredError`."""
        host = self._server.host
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _reply_error(
                host, code, text, _("{host} refuses the recipient: {reply}")
            ) from error
        except smtplib.SMTPSenderRefused as error:
            text = error.smtp_error
            raise _reply_error(
                host, error.smtp_code, text, _("{host} refuses the sender: {reply}")
            ) from error
        except smtplib.SMTPDataError as error:
            raise _reply_error(
                host, error.smtp_code, error.smtp_error, _("{host} refuses the message: {reply}")
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise _reply_error(
                host, error.smtp_code, b"", _("{host} refuses the user or the password: {reply}")
            ) from error
        except smtplib.SMTPResponseException as error:
            self._close()
            raise _reply_error(
                host, error.smtp_code, error.smtp_error, _("{host} answers: {reply}")
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise UndeliveredError(f"{host}: {error}", permanent=True) from error
        except ssl.SSLCertVerificationError as error:
            raise UndeliveredError(
                _(
                    "the certificate of {host} is not trusted: {verify_message}; nothing was sent"
                ).format(host=host, verify_message=error.verify_message),
                permanent=True,
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            where = _("{host}, port {port}").format(host=host, port=self._server.port)
            hint = "" if self._is_greeted else self._mode_hint(error)
            raise UndeliveredError(
                f"{where}: {_reason(error)}{hint}", maybe_delivered=True
            ) from error

    def _mode_hint(self, error: Exception | None = None) -> str:
        """Return what to set if the server speaks TLS later, or sooner, than expected."""
        port = self._server.port
        if self._server.security is not Security.TLS:
            return _(
                '; if the server uses TLS from the start, as on port 465, set mail.security = "tls"'
            )
        if isinstance(error, ssl.SSLError) or port in _PLAIN_PORTS:
            return _(
                "; the server seems to start without TLS, as on port 587: set "
                'mail.security = "starttls"'
            )
        return ""

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        smtp.login(user, password)
        return
    # smtplib encodes credentials as ASCII; RFC 4616 has UTF-8.
    credentials = b64encode(f"\0{user}\0{password}".encode()).decode()
    code, reply = smtp.docmd("AUTH", f"PLAIN {credentials}")
    if code != _AUTHENTICATED:
        raise smtplib.SMTPAuthenticationError(code, reply)


def _shut_down_socket(smtp: smtplib.SMTP) -> None:
    with suppress(OSError):
        if smtp.sock is not None:
            smtp.sock.shutdown(socket.SHUT_RDWR)


def _reply_error(host: str, code: int, text: bytes | str, message: str) -> UndeliveredError:
    """Return an error with the reply of a server; `message` has {host} and {reply}."""
    answer = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    reply = " ".join([str(code), *answer.split()])
    if code == _TLS_REQUIRED and "starttls" in answer.lower():
        reply = _('{reply}; set mail.security = "starttls"').format(reply=reply)
    return UndeliveredError(
        message.format(host=host, reply=reply),
        permanent=code >= _PERMANENT,
        maybe_delivered=code not in _REJECTED_CODES,
    )


def _reason(error: OSError | smtplib.SMTPException) -> str:
    # smtplib reports a timeout while it reads a reply as a lost connection.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return _("no answer in time")
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return _("the server does not speak TLS")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _("the server closed the connection")
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class Content(Frozen):
    """Content of a message to one recipient."""

    subject: str
    text: str
    html: str
    calendar: bytes
    id: str


def message_id(sender: str, recipient: str, keys: Sequence[str]) -> str:
    """Return a Message-ID derived from sender, recipient and keys; equal on retry."""
    text = "\n".join([recipient, *sorted(keys)])
    return f"<{sha256(text.encode()).hexdigest()[:40]}@{parse_address(sender).domain}>"


def build(content: Content, *, sender: str, recipient: str, date: datetime) -> EmailMessage:
    """Build a message: text, HTML, and the dates as a calendar file."""
    message = EmailMessage()
    from_address, to_address = parse_address(sender), parse_address(recipient)
    message["From"] = from_address
    message["To"] = to_address
    # Python would decode text that looks like an encoded word, line breaks too.
    message["Subject"] = content.subject.replace("=?", "= ?")
    message["Date"] = format_datetime(date)
    message["Message-ID"] = content.id
    message["Auto-Submitted"] = "auto-generated"
    unsubscribe = f"mailto:{quote(from_address.addr_spec, safe='@')}"
    message["List-Unsubscribe"] = f"<{unsubscribe}?subject=unsubscribe>"
    # Every server accepts short ASCII lines.
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    message.add_attachment(
        content.calendar,
        maintype="text",
        subtype="calendar",
        cte="base64",
        filename="deadlines.ics",
        params={"charset": "utf-8", "method": "PUBLISH"},
    )
    return message


def encode(message: EmailMessage) -> bytes:
    """Encode a message as sent over SMTP."""
    addresses = (*message["From"].addresses, *message["To"].addresses)
    is_ascii = all(item.addr_spec.isascii() for item in addresses)
    return message.as_bytes(policy=SMTP if is_ascii else SMTPUTF8)
