# SPDX-License-Identifier: MIT
# full.py never|late - a TCP server whose queue is full: who connects waits.  Prints "ready ADDRESS";
# late is an echo from a third of a second on.
import select
import socket
import sys
import threading
import time


def echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)
    connection.close()


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
waiting = []
while not waiting or select.select([], waiting[-1:], [], 0.2)[1]:
    waiting.append(socket.socket())
    waiting[-1].setblocking(False)
    waiting[-1].connect_ex(listener.getsockname())
print("ready %s:%d" % listener.getsockname(), flush=True)
if sys.argv[1] == "never":
    time.sleep(600)
time.sleep(0.3)
listener.listen(64)
while True:
    threading.Thread(target=echo, args=listener.accept()[:1], daemon=True).start()
