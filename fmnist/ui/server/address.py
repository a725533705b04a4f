"""Find the address at which the page is served.

This module imports little, so that a wrong address is reported at once.
"""

import errno
import os
import socket
import sys

from fmnist.ui import SERVER_PORT

PORTS = 100  # to try, beginning with the one asked for


def listening() -> socket.socket:
    """A socket that listens at $GRADIO_SERVER_NAME and $GRADIO_SERVER_PORT.

    By default at 127.0.0.1:7860. If the port is taken, at the next free one, which it prints. Exits
    with a sentence if it cannot listen.
    """
    return listening_at(os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1", SERVER_PORT)


def listening_at(host: str, port: str) -> socket.socket:
    """The same for a host and a port."""
    if not port.isdecimal() or not 1 <= int(port) < 2**16:
        sys.exit(f"“{port}” is not a port: set GRADIO_SERVER_PORT to a number from 1 to 65535.")
    host = host.strip("[]")  # as URLs write IPv6 addresses
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(int(port), min(int(port) + PORTS, 2**16)):
        try:
            listener = socket.create_server((host, number), family=family, backlog=2048)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            reason = (error.strerror or "").partition(" (while")[0]  # the rest repeats the address
            sys.exit(
                f"The page cannot be served at {host}:{number} ({reason}): set GRADIO_SERVER_NAME "
                "to an address of this machine, such as 0.0.0.0, and GRADIO_SERVER_PORT to a port "
                "that you may use."
            )
        # Accepted connections inherit this. asyncio sets it only where the listener's `proto` says
        # TCP, which create_server does not; without it the end of every other answer waits for the
        # browser's acknowledgement, 40 ms (J. Nagle, RFC 896, and delayed ones, RFC 1122).
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if number != int(port):
            print(f"Port {port} is taken: the page uses port {number}.", flush=True)
        return listener
    sys.exit(f"No port from {port} to {number} is free: set GRADIO_SERVER_PORT to another one.")


def address_of(listener: socket.socket) -> str:
    """The page's URL for a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
