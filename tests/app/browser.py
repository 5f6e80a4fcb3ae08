"""A page in headless Chromium, by the DevTools protocol over a pipe."""
import base64
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

PATH = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="ansatz-chromium-")
        theirs_in, self.out = os.pipe()
        self.inp, theirs_out = os.pipe()

        def pipes():  # it reads from descriptor 3 and writes to 4
            copies = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        self.process = subprocess.Popen(
            [PATH, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--force-color-profile=srgb",
             "--disable-background-networking", "--no-first-run", f"--user-data-dir={self.profile}",
             "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.count, self.session = b"", 0, None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target,
                                flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.size(1240, 900)

    def ask(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                piece = os.read(self.inp, 1 << 16)
                if not piece:
                    raise OSError("Chromium has ended")
                self.buffer += piece
            text, _, self.buffer = self.buffer.partition(b"\0")
            answer = json.loads(text)
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise OSError(f"{method}: {answer['error']}")
                return answer["result"]

    def size(self, width, height):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def run(self, script):
        """The value of an expression of JavaScript."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True,
                          awaitPromise=True)
        if "exceptionDetails" in answer:
            raise ValueError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def wait(self, script, seconds=30):
        """The value as soon as it is true, or the last one."""
        end = time.time() + seconds
        while True:
            try:
                value = self.run(script)
            except ValueError as fault:  # the page is not yet as the script expects it
                value = None if time.time() < end else str(fault)
            if value or time.time() > end:
                return value
            time.sleep(.05)

    def mouse(self, kind, x, y, clicks=0, held=False):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, clickCount=clicks,
                 button="left" if clicks or held else "none", buttons=1 if held else 0)

    def drag(self, x0, x1, y):
        self.mouse("mouseMoved", x0, y)
        self.mouse("mousePressed", x0, y, 1, True)
        for k in range(1, 6):
            self.mouse("mouseMoved", x0 + (x1 - x0) * k / 5, y, 0, True)
        self.mouse("mouseReleased", x1, y, 1)

    def double_click(self, x, y):
        for clicks in (1, 2):
            self.mouse("mousePressed", x, y, clicks, True)
            self.mouse("mouseReleased", x, y, clicks)

    def screenshot(self):
        data = base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
        return data, Pixels(data)

    def close(self):
        try:
            self.session = None
            self.ask("Browser.close")
        except OSError:
            pass
        self.process.wait(20)
        os.close(self.inp)
        os.close(self.out)
        shutil.rmtree(self.profile, ignore_errors=True)


class Pixels:
    """A PNG of 8 bits, not interlaced: pixels[x, y] is (red, green, blue), or (grey,)."""

    def __init__(self, data):
        at, packed = 8, b""
        while at < len(data):
            length, kind = struct.unpack_from(">I4s", data, at)
            body = data[at + 8:at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, bits, colour, *_ = struct.unpack(">IIBBBBB", body)
                assert bits == 8
                self.step = {0: 1, 2: 3, 6: 4}[colour]
            elif kind == b"IDAT":
                packed += body
            at += 12 + length
        raw, n = zlib.decompress(packed), self.width * self.step
        self.rows, before = [], bytes(n)
        for y in range(self.height):
            how, line = raw[y * (n + 1)], bytearray(raw[y * (n + 1) + 1:(y + 1) * (n + 1)])
            self.undo(how, line, before)
            self.rows.append(line)
            before = line

    def undo(self, how, line, up):
        k = self.step
        if how == 0:
            return
        if how == 2:
            line[:] = bytes((a + b) & 255 for a, b in zip(line, up))
            return
        for i, value in enumerate(line):
            a, b, c = (line[i - k], up[i], up[i - k]) if i >= k else (0, up[i], 0)
            if how == 1:
                line[i] = (value + a) & 255
            elif how == 3:
                line[i] = (value + (a + b) // 2) & 255
            else:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
                line[i] = (value + near[2]) & 255

    def __getitem__(self, at):
        x, y = at
        return tuple(self.rows[y][x * self.step:x * self.step + min(self.step, 3)])
