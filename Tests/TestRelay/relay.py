"""An SMTP relay for tests: aiosmtpd with TLS, or a script of replies.

Its one argument is JSON; it prints `listening PORT`, then an event a line, and ends with its
standard input. How it treats a mail hangs on the part of the recipient before the `@`.
"""

import asyncio
import json
import os
import ssl
import sys


def tell(**event):
    print(json.dumps(event), flush=True)


def context(settings):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(settings["certificate"], settings["key"])
    return made


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        tell(ehlo=hostname, tls=session.ssl is not None)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if getattr(session, "isFull", False):
            return "421 4.7.0 enough for one session"
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "later":
            return "450 4.2.0 mailbox busy"
        if name == "never":
            return f"550 5.1.1 <{address}>: no such user"
        if name == "stranger":
            return "530 5.7.0 authentication required"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "hang":
            tell(hanging=True)
            await asyncio.sleep(3600)
        if name == "close":
            server.transport.abort()
        if name == "spam":
            return "554 5.7.1 this looks like spam"
        if name == "busy":
            return "451 4.3.0 queue file write error"
        session.isFull = name == "last"
        tell(
            sender=envelope.mail_from,
            recipient=envelope.rcpt_tos[0],
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=getattr(session.auth_data, "login", b"").decode(),
            content=envelope.original_content.decode("latin-1"),
        )
        return "250 2.0.0 queued"


def mail_server(settings):
    from aiosmtpd.smtp import SMTP, AuthResult

    def authenticate(server, session, envelope, mechanism, data):
        tell(mechanism=mechanism)
        known = settings["users"].get(data.login.decode())
        right = known is not None and known.encode() == data.password
        # "Not handled" makes aiosmtpd answer a failure by itself.
        return AuthResult(success=right, handled=False, auth_data=data)

    starts = settings["security"] == "starttls"

    def make():
        tell(session=True)
        return SMTP(
            Handler(),
            tls_context=context(settings) if starts else None,
            require_starttls=starts,
            authenticator=authenticate,
            auth_required="users" in settings,
            auth_require_tls=starts,
            auth_exclude_mechanism=settings.get("without", []),
            hostname="relay.example",
        )

    return make, context(settings) if settings["security"] == "tls" else None


def script_server(settings):
    class Script(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.rest, self.left = transport, b"", list(settings["script"])
            self.answer()

        def data_received(self, data):
            *lines, self.rest = (self.rest + data).split(b"\n")
            for line in lines:
                tell(line=line.decode("latin-1").rstrip("\r"))
                self.answer()

        # A reply for each line; null hangs, the end of the script closes.
        def answer(self):
            if not self.left:
                self.transport.close()
            elif (reply := self.left.pop(0)) is not None:
                self.transport.write(reply.encode())

    return Script, None


async def main():
    settings = json.loads(sys.argv[1])
    make, tls = script_server(settings) if "script" in settings else mail_server(settings)
    loop = asyncio.get_running_loop()
    # A test that waits for what does not come ends, too.
    loop.call_later(120, os._exit, 1)
    server = await loop.create_server(make, "127.0.0.1", settings.get("port", 0), ssl=tls)
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
