"""Pages that follow runs: `ansatz train --watch`, `ansatz watch`, and the page of `ansatz report`.

    watch.py ANSATZ [--pictures FOLDER]

What a page shows is looked at in headless Chromium; where that (Debian's package `chromium`) is not
installed, the server alone is tried. Screenshots are kept in FOLDER on demand.
"""
import ctypes
import http.client
import json
import math
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

import browser
from expect import expect, failures, temporary_folder

program = str(pathlib.Path(sys.argv[1]).resolve())
pictures = pathlib.Path(sys.argv[3]) if sys.argv[2:3] == ["--pictures"] else None
folder = temporary_folder("watch")
ODD = "<img src=x onerror=\"window.injected=1\">'_objective"


class Server:
    """A command that serves a page; port 0 is any."""

    def __init__(self, *arguments, stack=None):
        self.out = folder / f"out{time.monotonic_ns()}"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [program, *map(str, arguments), "--json"], cwd=folder, stdout=out,
                stderr=subprocess.PIPE, text=True, preexec_fn=stack and (
                    lambda: resource.setrlimit(resource.RLIMIT_STACK, (stack, stack))))
        while not self.events("page") and self.process.poll() is None:
            time.sleep(.01)
        self.address = (self.events("page") or [{"address": ""}])[0]["address"]
        self.port = urllib.parse.urlsplit(self.address).port if self.address else 0

    def events(self, name):
        """Those that it has printed until now."""
        lines = self.out.read_text().split("\n")[:-1]
        return [e for e in map(json.loads, lines) if e["event"] == name]

    def get(self, path, timeout=30, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.putrequest("GET", path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body, answer.headers

    def news(self, board="", version=0):
        return json.loads(self.get(f"/news?board={board}&version={version}")[1])

    def wait(self, until, seconds=30):
        """All news, as soon as they are as they should be."""
        end = time.time() + seconds
        while True:
            news = self.news()
            if until(news) or time.time() > end:
                return news
            time.sleep(.1)

    def end(self, by=signal.SIGTERM):
        if by:
            self.process.send_signal(by)
        err = self.process.communicate(timeout=120)[1]
        return self.process.returncode, err


def run(*arguments, before=None):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                            cwd=folder, preexec_fn=before)
    return result.returncode, result.stdout, result.stderr


def without_rights():
    """Root reads what nobody may: without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, no more."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def job(epochs, examples=2000, more=""):
    return f"""!obj:Train {{
  dataset: &train !obj:random_dense_design_matrix {{ num_examples: {examples}, dim: 50,
    num_classes: 3 }},
  model: !obj:MLP {{ nvis: 50, layers: [ !obj:Softmax {{ layer_name: y, n_classes: 3,
    irange: .1 }} ] }},
  algorithm: !obj:SGD {{ batch_size: 20, learning_rate: .01,
    monitoring_dataset: {{ train: *train }},
    termination_criterion: !obj:EpochCounter {{ max_epochs: {epochs} }} }},
  save_path: m.pkl, save_freq: 1 {more}
}}
"""


def values_of(run_, channel):
    return next(c["y"] for c in run_["records"]["channels"] if c["name"] == channel)


def merged(news, more):
    """What a page makes of news: the lengths of the records by the names of their runs."""
    sizes = {r["id"]: len(r["records"]["epochs"]) for r in news["runs"]}
    for r in more["runs"]:
        if "records" in r:
            sizes[r["id"]] = len(r["records"]["epochs"])
        elif "more" in r:
            assert r["more"]["from"] == sizes[r["id"]]
            sizes[r["id"]] += len(r["more"]["epochs"])
    return sizes


def check_train():
    (folder / "job.yaml").write_text(job(60))
    code, out, err = run("train", "job.yaml", "-q", "save_path=alone.pkl")
    expect("a run that nobody watches", code == 0, err)
    begin = time.time()
    server = Server("train", "job.yaml", "--watch", "--watch-port", 0)
    status, page, headers = server.get("/")
    expect("train --watch: the page", status == 200 and b"id=\"data\"" in page
           and headers["Content-Type"].startswith("text/html")
           and "default-src 'none'" in headers["Content-Security-Policy"]
           and "Access-Control-Allow-Origin" not in headers, status, headers)

    # Some ask for everything and take nothing, some never finish what they ask.
    greedy = []
    for text in (b"GET /news HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\nHo") * 4:
        greedy.append(socket.create_connection(("127.0.0.1", server.port)))
        greedy[-1].sendall(text)
    answers, answered, faults = [], [], []

    def client():
        try:
            board, version = "", 0
            for _ in range(3):
                news = json.loads(server.get(f"/news?board={board}&version={version}", 60)[1])
                board, version = news["board"], news["version"]
                answers.append(news)
                answered.append(time.time())
                time.sleep(.2)
        except (OSError, ValueError, http.client.HTTPException) as fault:
            faults.append((time.time(), fault))

    clients = [threading.Thread(target=client) for _ in range(200)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    took = time.time() - begin
    # The run may be over before the last one has asked; then nobody is answered any more.
    faults = [fault for at, fault in faults if at < max(answered, default=0) - .5]
    grown = max((len(r["records"]["epochs"]) for a in answers for r in a["runs"]
                 if "records" in r), default=0)
    expect(f"200 clients: {len(answers)} answers, {took:.1f} s", not faults and len(answers) >= 200
           and grown > 0, len(answers), faults[:3])
    code, err = server.end(None)
    for each in greedy:
        each.close()
    expect("train --watch: the run goes its way", code == 0
           and server.events("end")[0]["epochs_seen"] == 60, err)
    def told(name):  # what does not measure time
        channels = json.loads(run("monitor", "json", name)[1])["channels"]
        return {k: v["values"] for k, v in channels.items() if "seconds" not in k}
    expect("train --watch: the same records as alone", told("m.pkl") == told("alone.pkl"))

    (folder / "job.yaml").write_text(job(100000))
    server = Server("train", "job.yaml", "--watch", "--watch-port", 0)
    first = server.wait(lambda n: n["runs"] and len(n["runs"][0]["records"]["epochs"]) > 2)
    time.sleep(.5)
    second = server.news(first["board"], first["version"])
    third = server.news(first["board"], second["version"])
    name = first["runs"][0]["path"]
    run_ = first["runs"][0]
    expect("train --watch: records come as they are made", name == "m.pkl" and not second["all"]
           and run_["state"] == "running" and "job" in run_["facts"]
           and merged(first, second)[run_["id"]] > len(run_["records"]["epochs"])
           and "facts" not in second["runs"][0] and "more" in second["runs"][0]
           and third["version"] >= second["version"], str(second)[:500])
    other = server.news("0123", 1 << 60)
    expect("news: of another board there are all", other["all"] and "records" in other["runs"][0])
    facts = run_["facts"]
    expect("train --watch: job and data", facts["parameters"] == 153 and not facts["filters"]
           and "2000 examples" in facts["data"]["dataset"], facts)
    code, err = server.end()
    expect("train --watch: SIGTERM ends it as ever", code == 143, code, err)
    values = json.loads(run("monitor", "json", "m.pkl")[1])["channels"]["train_objective"]["values"]
    shown = values_of(run_, "train_objective")
    expect("train --watch: the values are the records'", values[:len(shown)] == shown
           and len(values) > len(shown), shown[:3], values[:3])


def check_refusals():
    (folder / "empty").mkdir(exist_ok=True)
    # Threads with a small stack, as machines may have them that give programs all they want.
    server = Server("watch", "empty", "--port", 0, stack=1 << 20)
    good = (f"127.0.0.1:{server.port}", "localhost", "localhost:1", f"[::1]:{server.port}")
    bad = ("attacker.example", f"attacker.example:{server.port}", "127.0.0.1.attacker.example",
           "192.168.1.1", "", "localhost.attacker.example:80")
    expect("Host: this machine's names are answered",
           all(server.get("/news", Host=h)[0] == 200 for h in good))
    expect("Host: others are not (DNS rebinding)",
           all(server.get(p, Host=h)[0] == 403 for h in bad for p in ("/", "/news")))
    own = f"http://127.0.0.1:{server.port}"
    expect("Origin: the page's own is answered", server.get("/news", Origin=own)[0] == 200)
    expect("Origin: others are not", all(server.get("/news", Origin=o)[0] == 403 for o in
           ("http://attacker.example", "null", own + "0", "https" + own[4:])))
    expect("other paths are not found", server.get("/etc/passwd")[0] == 404
           and server.get("/../../etc/passwd")[0] in (400, 404))

    def raw(data):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
            try:
                s.sendall(data)
                return s.recv(1000)
            except OSError:
                return b""
    head = b"GET /news HTTP/1.1\r\nHost: localhost\r\n"
    for name, data in (("a line without end", head + b"X: " + b"x" * 200000),
                       ("headers without end", head + b"A: b\r\n" * 50000),
                       ("a method that could change something", head.replace(b"GET", b"POST")
                        + b"Content-Length: 99999999999\r\n\r\n" + b"x" * 50000),
                       ("ranges without end", head + b"Range: bytes=" + b"0-1," * 3800
                        + b"0-1\r\n\r\n"),
                       ("no HTTP", b"\0\xff\n\n" * 100)):
        answer = raw(data)
        expect(f"{name}: refused, and others are answered", b" 200 " not in answer.split(b"\r\n")[0]
               and server.process.poll() is None and server.get("/news")[0] == 200, answer[:100])
    for ranges in (b"0-1," * 1900 + b"0-1", b"1" * 7800 + b"-"):
        answer = raw(head + b"rAnGe: bytes=" + ranges + b"\r\n\r\n")
        expect("many ranges: the whole is told", answer.startswith(b"HTTP/1.1 200")
               and server.get("/news")[0] == 200, answer[:100])
    # Ten times as many as are answered at once; each would be waited for for 5 seconds.
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(160)]
    for s in silent:
        s.sendall(b"GET /ne")
    start = time.monotonic()
    status = server.get("/news")[0]
    took = time.monotonic() - start
    expect("clients that ask for nothing keep nobody waiting for long", status == 200 and took < 20,
           status, took)
    for s in silent:
        s.close()
    code, out, err = run("watch", "empty", "--port", server.port)
    expect("a port that is taken is named", code == 1 and str(server.port) in err
           and "taken" in err and err.count("\n") == 1, code, err)
    code, err = server.end(signal.SIGINT)
    expect("watch: Ctrl-C is its end", code == 0, code, err)
    two = [Server("watch", "empty"), Server("watch", "empty")]
    expect("without --port: the next one that is free", two[0].port != two[1].port
           and all(s.get("/news")[0] == 200 for s in two), two[0].address, two[1].address)
    for each in two:
        each.end()
    (folder / "job.yaml").write_text(job(1))
    for arguments, wanted, word in ((["none"], 1, "none"), (["job.yaml"], 1, "CSVLogger"), ([], 2,
                                    "paths"), (["empty", "--port", "65536"], 2, "65535"),
                                    (["empty", "--host", "203.0.113.7"], 1, "203.0.113.7")):
        code, out, err = run("watch", *arguments)
        expect(f"watch {' '.join(arguments)}: one error", code == wanted and word in err, code, err)
    (folder / "closed.pkl").touch(mode=0)
    code, out, err = run("watch", "closed.pkl", before=without_rights)
    expect("watch closed.pkl: why", code == 1
           and "closed.pkl cannot be read: Permission denied" in err, code, err)
    code, out, err = run("train", "job.yaml", "--watch-port", "8000")
    expect("--watch-port without --watch", code == 2 and "--watch" in err, err)
    server = Server("watch", "empty", "--host", "0.0.0.0", "--port", 0)
    expect("--host 0.0.0.0: numbers are answered, and it is told",
           server.get("/news", Host="192.168.1.1")[0] == 200
           and server.get("/news", Host="attacker.example")[0] == 403
           and "0.0.0.0" in server.events("warning")[0]["text"])
    server.end()


HEAD = "epochs_seen,batches_seen,examples_seen,seconds,"


def row(epoch, *values):
    return ",".join(map(repr, (epoch, 10 * epoch, 200 * epoch, epoch / 4, *values))) + "\n"


def check_files():
    runs = folder / "runs"
    (runs / "deep/er").mkdir(parents=True)
    (runs / ".hidden").mkdir()
    server = Server("watch", "runs", "--port", 0)
    expect("watch: an empty folder", server.news()["runs"] == [])
    table = runs / "m.csv"
    table.write_text(HEAD + "train_objective\n" + row(0, 2.5))
    news = server.wait(lambda n: n["runs"])
    expect("watch: a table is a run", news["runs"][0]["path"] == "runs/m.csv"
           and values_of(news["runs"][0], "train_objective") == [2.5], str(news)[:500])
    with table.open("a") as f:
        f.write(row(1, 2.0) + row(2, 1.5)[:-3])
    more = server.wait(lambda n: len(n["runs"][0]["records"]["epochs"]) > 1)
    expect("watch: a line that is being written is not read",
           values_of(more["runs"][0], "train_objective") == [2.5, 2.0])
    delta = server.news(news["board"], news["version"])
    expect("watch: only what is new is told", [r["more"]["channels"][0]["y"] for r in delta["runs"]]
           == [[2.0]] and delta["runs"][0]["more"]["from"] == 1, delta)
    with table.open("a") as f:
        f.write(row(2, 1.5)[-3:])
    (runs / "other.csv").write_text("name,age\n")
    (runs / "broken.pkl").write_bytes(b"\x10\0\0\0\0\0\0\0{\"a\": 1}")
    shutil.copy(folder / "m.pkl", runs / ".hidden/m.pkl")
    shutil.copy(folder / "alone.pkl", runs / "deep/er/a.pkl")
    news = server.wait(lambda n: len(n["runs"]) > 1
                       and len(n["runs"][0]["records"]["epochs"]) > 2)
    expect("watch: models in folders, nothing hidden, nothing broken", sorted(
        r["path"] for r in news["runs"]) == ["runs/deep/er/a.pkl", "runs/m.csv"], str(news)[:300])
    saved = json.loads(run("monitor", "json", "alone.pkl")[1])["channels"]["train_objective"]
    deep = next(r for r in news["runs"] if r["path"].endswith("a.pkl"))
    expect("watch: the model's records", values_of(deep, "train_objective") == saved["values"]
           and "learning_rate" in deep["facts"]["job"] and deep["facts"]["parameters"] == 153
           and [r["path"] for r in news["table"]["rows"]])

    # A model beside its table: one run, which grows by the table.
    (folder / "job.yaml").write_text(job(3, 200, ", extensions: [ !obj:CSVLogger { filename: "
                                             "runs/both.csv } ]"))
    code, out, err = run("train", "job.yaml", "-q", "save_path=runs/both.pkl")
    news = server.wait(lambda n: any("both" in r["path"] for r in n["runs"]))
    names = [r["path"] for r in news["runs"] if "both" in r["path"]]
    before = next(r for r in news["runs"] if r["path"] == "runs/both.pkl")
    with (runs / "both.csv").open("a") as f:
        last = (runs / "both.csv").read_text().splitlines()[-1].split(",")
        f.write(",".join(["4", *last[1:]]) + "\n")
    news = server.wait(lambda n: any(len(r["records"]["epochs"]) == 5 for r in n["runs"]
                                     if r["path"] == "runs/both.pkl"))
    after = next(r for r in news["runs"] if r["path"] == "runs/both.pkl")
    expect("watch: a table beside a model is of its run", names == ["runs/both.pkl"]
           and before["records"]["epochs"] == [0, 1, 2, 3]
           and after["records"]["epochs"] == [0, 1, 2, 3, 4] and after["id"] == before["id"]
           and after["facts"]["job"], names, str(after)[:300], err)
    # Another table in the same file, as where a new one is given the inode of the old one.
    with table.open("r+") as f:
        f.write(HEAD + "valid_objective\n" + "".join(row(i, 10.5 + i) for i in range(6)))
    news = server.wait(lambda n: any(len(r["records"]["epochs"]) == 6 for r in n["runs"]
                                     if r["path"] == "runs/m.csv"))
    other = next(r for r in news["runs"] if r["path"] == "runs/m.csv")
    expect("watch: another table in the place of one", [c["name"] for c in other["records"][
        "channels"]] == ["valid_objective"]
           and values_of(other, "valid_objective") == [10.5 + i for i in range(6)], other)
    with table.open("r+") as f:
        f.write(HEAD + "valid_objective\n" + "".join(row(i, 30.25 + i) for i in range(8)))
    news = server.wait(lambda n: any(len(r["records"]["epochs"]) == 8 for r in n["runs"]
                                     if r["path"] == "runs/m.csv"))
    other = next(r for r in news["runs"] if r["path"] == "runs/m.csv")
    expect("watch: another table with the same names",
           values_of(other, "valid_objective") == [30.25 + i for i in range(8)], other)
    # Time that grows with the square of the channels would be minutes.
    table.unlink()
    many = 100000
    (runs / "wide.csv").write_text(HEAD + ",".join(f"c{i}" for i in range(many)) + "\n"
                                   + row(0, *[1] * many))
    start = time.monotonic()
    news = server.wait(lambda n: any(r["path"] == "runs/wide.csv" for r in n["runs"]), 60)
    took = time.monotonic() - start
    expect("watch: a wide table", len(news["runs"][-1]["records"]["channels"]) == many
           and took < 40, took)
    (runs / "wide.csv").unlink()
    news = server.wait(lambda n: not any("wide" in r["path"] for r in n["runs"]))
    (runs / "both.pkl").unlink()
    (runs / "both.csv").unlink()
    gone = server.wait(lambda n: not any("both" in r["path"] for r in n["runs"]))
    delta = server.news(news["board"], news["version"])
    expect("watch: what is removed goes", delta["gone"] == [after["id"]] and not gone["gone"],
           delta["gone"])
    server.end()


# ----------------------------------------------------------------------------------- the page

GRAPH = "document.querySelectorAll('.plot')[%d].graph"


def placed(page, chart, points):
    """Where a chart has points (x, y) on the page: as it says itself, and by its axes."""
    told = page.run(f"""(() => {{ const g = {GRAPH % chart}, a = g.getArea(),
      box = g.graphDiv.getBoundingClientRect();
      return {{ x: g.xAxisRange(), y: g.yAxisRange(), area: [a.x, a.y, a.w, a.h],
        box: [box.left, box.top],
        points: {json.dumps(points)}.map(([x, y]) => g.toDomCoords(x, y)) }}; }})()""")
    (x0, x1), (y0, y1), (left, top, w, h) = told["x"], told["y"], told["area"]
    said = [(told["box"][0] + p[0], told["box"][1] + p[1]) for p in told["points"]]
    by_axes = [(told["box"][0] + left + (x - x0) / (x1 - x0) * w,
                told["box"][1] + top + (y1 - y) / (y1 - y0) * h) for x, y in points]
    return said, by_axes


def near(pixels, x, y, colour, reach=2):
    """Whether the colour is found there."""
    return any(sum(abs(a - b) for a, b in zip(pixels[i, j], colour)) < 60
               for i in range(max(0, round(x) - reach), min(pixels.width, round(x) + reach + 1))
               for j in range(max(0, round(y) - reach), min(pixels.height, round(y) + reach + 1)))


def keep(name, data):
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
        (pictures / f"{name}.png").write_bytes(data)


def check_drawn(page, what, values, chart=0):
    """The curve on the screen against the records."""
    points = list(enumerate(values))
    said, by_axes = placed(page, chart, points)
    data, pixels = page.screenshot()
    keep(what.replace(" ", "-"), data)
    r, g, b = (int(v) for v in re.findall(r"\d+", page.run(
        "getComputedStyle(document.querySelectorAll('.chart')[%d].querySelector('.swatch'))"
        ".borderTopColor" % chart))[:3])
    found = [near(pixels, x, y, (r, g, b)) for x, y in said]
    beside = [near(pixels, x, y + d, (r, g, b)) for x, y in said[1:-1] for d in (-40, 40)]
    expect(f"{what}: the line goes through the records", all(found)
           and all(math.dist(p, q) < 1.5 for p, q in zip(said, by_axes))
           and sum(beside) < len(beside) / 4, found, beside, said[:3], by_axes[:3])


def check_zoom_and_hover(page, what, values):
    """By the mouse alone."""
    said, _ = placed(page, 0, list(enumerate(values)))
    x, y = said[3]
    page.mouse("mouseMoved", x, y)
    wanted = f"{values[3]:.5g}"
    text = page.wait("document.querySelector('.legend').textContent.includes('%s')"
                     " && document.querySelector('.legend').textContent" % wanted, 5)
    expect(f"{what}: the value under the pointer", text and "epochs 3" in text, text, wanted)
    whole = page.run(f"{GRAPH % 0}.xAxisRange()")
    page.drag(said[2][0], said[6][0], said[2][1] + 20)
    page.wait(f"{GRAPH % 0}.isZoomed('x')", 5)
    low, high = page.run(f"{GRAPH % 0}.xAxisRange()")
    expect(f"{what}: dragging zooms", abs(low - 2) < .2 and abs(high - 6) < .2, low, high)
    return whole


def unzoom(page, what, whole):
    box = page.run("(() => { const b = document.querySelector('.plot').getBoundingClientRect();"
                   " return [b.left + b.width / 2, b.top + b.height / 3]; })()")
    page.double_click(*box)
    page.wait(f"!{GRAPH % 0}.isZoomed('x')", 5)
    now = page.run(f"{GRAPH % 0}.xAxisRange()")
    expect(f"{what}: a double click shows all", now[0] <= whole[0] + .01
           and now[1] >= whole[1] - .01, now, whole)


def check_page():
    runs = folder / "live"
    runs.mkdir()
    values = [2 * .8 ** i + (.3 if i % 5 == 4 else 0) for i in range(12)]
    odd = ODD.replace('"', '""')
    table = runs / "one.csv"
    table.write_text(HEAD + f'train_objective,"{odd}"\n'
                     + "".join(row(i, v, 3 - i / 9) for i, v in enumerate(values)))
    server = Server("watch", "live", "--port", 0)
    page = browser.Browser()
    page.scheme("light")
    page.open(server.address)
    drawn = page.wait(f"!!{GRAPH % 0} && document.querySelectorAll('.plot').length === 2")
    names = page.run("[...document.querySelectorAll('.chart h3')].map((h) => h.textContent)")
    chart = names.index("objective") if drawn and "objective" in names else 0
    expect("page: a chart a channel, whatever its name", drawn and sorted(names) == sorted(
        ["objective", ODD]), names)
    expect("page: a name is no markup", page.run("window.injected === undefined"
           " && document.querySelectorAll('main img').length === 0"))
    # Which of them stands first, is not for this test to say.
    page.run(f"document.querySelectorAll('.chart')[0].before(document.querySelectorAll('.chart')"
             f"[{chart}])")
    check_drawn(page, "page", values)
    whole = check_zoom_and_hover(page, "page", values)
    keep("page-zoomed", page.screenshot()[0])
    values += [.5, .9, .4]
    with table.open("a") as f:
        f.write("".join(row(i, values[i], 1) for i in range(12, 15)))
    grown = page.wait(f"{GRAPH % 0}.numRows() === 15")
    low, high = page.run(f"{GRAPH % 0}.xAxisRange()")
    expect("page: the curve grows, and stays zoomed", grown and abs(low - 2) < .2
           and abs(high - 6) < .2, grown, low, high)
    unzoom(page, "page", whole)
    page.mouse("mouseMoved", 5, 5)
    check_drawn(page, "page grown", values)
    (runs / "two.csv").write_text(HEAD + "train_objective\n"
                                  + "".join(row(i, 1.9 - i / 20) for i in range(15)))
    listed = page.wait("document.querySelectorAll('main > .scroll tr').length === 3"
                       " && document.querySelector('main table').textContent")
    expect("page: a run that comes is listed", listed and "two.csv" in listed and ("s ago" in listed
           or "now" in listed), listed)
    expect("page: and drawn", page.wait(f"[...document.querySelectorAll('.plot')].some((p) =>"
                                        " p.graph && p.graph.numColumns() === 3)"))
    page.scheme("dark")
    page.open(server.address)
    page.wait("[...document.querySelectorAll('.plot')].some((p) => p.graph &&"
              " p.graph.numColumns() === 3)")
    data, pixels = page.screenshot()
    keep("page-dark", data)
    expect("page: dark where the system is", sum(pixels[3, 3]) < 150, pixels[3, 3])
    wide = page.run("document.documentElement.scrollWidth <= innerWidth")
    page.size(480, 900)
    data, pixels = page.screenshot()
    keep("page-narrow", data)
    expect("page: nothing is cut off", wide and page.run(
        "document.documentElement.scrollWidth <= innerWidth"))
    page.size(1240, 900)
    server.end()
    lost = page.wait("document.querySelector('.status').className.includes('lost')"
                     " && document.querySelector('.status').textContent")
    expect("page: says that nobody answers any more, and keeps what it has", lost
           and page.run("document.querySelectorAll('.plot canvas').length > 0"), lost)

    (folder / "job.yaml").write_text(job(9, 200))
    run("train", "job.yaml", "-q", "save_path=r.pkl")
    values = json.loads(run("monitor", "json", "r.pkl")[1])["channels"]["train_objective"]["values"]
    code, out, err = run("report", "r.pkl", "-o", "r.html")
    page.scheme("light")
    page.open((folder / "r.html").as_uri())
    page.wait(f"!!{GRAPH % 0}")
    names = page.run("[...document.querySelectorAll('.chart h3')].map((h) => h.textContent)")
    page.run("document.querySelectorAll('.chart')[0].before(document.querySelectorAll('.chart')"
             f"[{names.index('objective')}]); scrollTo(0, 0)")
    check_drawn(page, "report", values)
    unzoom(page, "report", check_zoom_and_hover(page, "report", values))
    page.close()


begin = time.time()
check_train()
check_refusals()
check_files()
code, out, err = run("report", "alone.pkl", "-o", "none.html")
if not browser.PATH:
    print("Chromium is not installed: what pages show was not looked at (apt-get install chromium)")
elif code == 0:
    check_page()
print(f"{len(failures)} failed, {time.time() - begin:.1f} s")
sys.exit(1 if failures else 0)
