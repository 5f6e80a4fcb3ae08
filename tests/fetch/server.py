"""A server on this machine that has every fault a mirror may have; see fetch.cpp."""
import http.server
import sys
import threading
import time

SIZE = 300000
cut_once = set()


def content(name):
    seed = sum(name.encode())
    return bytes((seed + i * 31 + i // 251) % 256 for i in range(SIZE))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=(), sent=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if sent is None else body[:sent])
        self.close_connection = True

    def do_GET(self):
        asked = self.headers.get("Range")
        _, kind, name = self.path.split("/", 2)
        if kind == "404":
            self.answer(404, b"<html>nothing here, in a page of some length</html>")
        elif kind == "503":
            self.answer(503, b"busy")
        elif kind == "redirect":
            self.answer(302, b"", [("Location", f"/ok/{name}")])
        elif kind == "elsewhere":
            self.answer(302, b"", [("Location", "file:///etc/passwd")])
        else:
            self.send_content(kind, name, asked)

    def send_content(self, kind, name, asked):
        body = content(name)
        if kind == "wrong":
            body = bytes(len(body))
        elif kind == "long":
            body += b"more"
        elif kind == "short":
            body = body[:1000]
        status, headers = 200, []
        if asked and kind != "norange":
            first = int(asked.removeprefix("bytes=").removesuffix("-"))
            if first >= len(body):
                self.answer(416, b"")
                return
            told = first + 1 if kind == "shifted" else first
            headers = [("Content-Range", f"bytes {told}-{len(body) - 1}/{len(body)}")]
            status, body = 206, body[first:]
        if kind == "slow":
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for at in range(0, len(body), 3000):
                self.wfile.write(body[at:at + 3000])
                time.sleep(.05)
            self.close_connection = True
        elif kind == "stalled":
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:5000])
            self.wfile.flush()
            time.sleep(20)
            self.close_connection = True
        elif kind == "endless":  # until the other side hangs up
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(body)
        elif kind == "headers":
            self.send_response(200)
            while True:
                self.send_header("X-More", "x" * 10000)
                self.flush_headers()
        elif kind == "cut" or (kind == "cutonce" and self.path not in cut_once):
            cut_once.add(self.path)
            self.answer(status, body, headers, len(body) // 2)
        else:
            self.answer(status, body, headers)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments):
        pass  # the other side hung up, as it should


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
# Ends with the test, however that ends: the pipe is then closed.
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
