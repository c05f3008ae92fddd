"""A small SMTP server on loopback that keeps what it is sent, and can be told to refuse."""

import socketserver
import threading
from contextlib import contextmanager


class _Talk(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 here")
        for raw in self.rfile:
            verb = raw[:4].upper()
            if verb == b"QUIT":
                self.say("221 bye")
                return
            if verb == b"DATA":
                if self.server.refuses:
                    self.say("451 not now")
                    continue
                self.say("354 go on")
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line)
                self.server.letters.append(b"".join(lines).decode())
            self.say("250 fine")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def smtp_server():
    """Yield a server with ``address``, ``letters`` and ``refuses``."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.letters, server.refuses = [], False
        server.address = f"smtp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
