"""Runs the commands in docs/tutorial and compares what they print.

Pages are run in their order, in one folder, with the installed program and package, as a reader
would. A block ```console holds commands, `$ command` (`> ` goes on with it), and below each what it
prints; a line `...` stands for any lines, `^C` for the key, pressed when the lines above it have
come. Comments before blocks and in front of a page:

    <!-- write: NAME -->    the block is a file that the reader writes
    <!-- needs: SET ... --> data sets without which the page is skipped
    <!-- counts -->         whole numbers that are counts of errors: they may differ by a tenth or 5
    <!-- picture -->        a picture made of characters: only its number of lines is compared

Text must be the same. What measures the machine does not count: numbers before a unit of time,
speed or size, columns of a table from `examples/s` on and those called `seconds`, the line
`threads:`, versions, the number of loops that are precompiled. A number with a decimal point may
differ by a tenth, or by .02: kernels of another processor give other bits. So may stars behind
numbers, `at epoch N` and `@N`. Whole numbers must be the same. A command that is to fail shows its
exit code, by `echo`. Each picture of a page must be made by its commands, of the same size.
"""
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs/tutorial"
BLOCK = re.compile(r"(?:<!-- (write: \S+|counts|picture) -->\n+)?```(\w*)\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")
UNIT = r"(?:ns|us|ms|s|min|h|examples/s|GFLOP/s|GB/s|kB|MB)"
MEASURED = [(rf"\b\d[\d.:]* ?{UNIT}(?![\w/])", "TIME"), (r"^threads: .*", "threads: N"),
            (r"\d+ of \d+ loops", "N of N loops"), (r"\bansatz \d+\.\d+\.\d+", "ansatz VERSION"),
            (r"at epoch \d+|@\d+", "at epoch N"), (r"(\d)\*", r"\1")]


def seen(text):
    """Lines as they count: without what measures the machine, and without space at their ends."""
    lines, width, seconds = [], None, None
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line:
            seconds = None
        if seconds:
            line = line[:seconds[0]] + line[seconds[1]:]
        elif found := re.search(r"  +seconds(?=  )", line):  # the header of another
            seconds = found.span()
        if " examples/s " in line and " epoch " in line:  # the header of a table
            width = len(line[:line.index("examples/s")].rstrip())
        elif width and not re.match(r" *\d+ ", line):
            width = None
        line = line.rsplit("\r", 1)[-1]
        line = line[:width].rstrip() if width else line.rstrip()
        for pattern, word in MEASURED:
            line = re.sub(pattern, word, line)
        lines.append(line.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


def close(wanted, found, counts):
    a, b = float(wanted), float(found)
    if wanted == found:
        return True
    if re.fullmatch(r"[-+]?\d+", wanted) and re.fullmatch(r"[-+]?\d+", found):
        return counts and abs(a - b) <= max(5, .1 * abs(a))
    return abs(a - b) <= max(.02, .1 * abs(a))


def same(wanted, found, counts):
    if wanted == found:
        return True
    if NUMBER.sub("#", wanted).split() != NUMBER.sub("#", found).split():
        return False
    return all(close(w, f, counts)
               for w, f in zip(NUMBER.findall(wanted), NUMBER.findall(found)))


def alike(wanted, found, counts=False):
    """Whether lines are those that are wanted, of which `...` stands for any."""
    reach = {0}  # how many of the lines found the lines wanted so far may stand for
    for line in wanted:
        if line == "...":
            reach = set(range(min(reach), len(found) + 1)) if reach else reach
        else:
            reach = {i + 1 for i in reach if i < len(found) and same(line, found[i], counts)}
    return len(found) in reach


def commands_of(block):
    """(command, the lines below it) of each."""
    out = []
    for line in block.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            out.append(([line[2:]], []))
        elif line.startswith("> ") and out and not out[-1][1]:
            out[-1][0].append(line[2:])
        elif out:
            out[-1][1].append(line)
    return [("\n".join(command), lines) for command, lines in out]


def run(command, lines, folder, environment):
    """(what it prints, its exit code)."""
    process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=environment, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    text, before = "", lines.index("^C") if "^C" in lines else None
    for line in process.stdout:
        text += line
        if before is not None and alike(seen("\n".join(lines[:before])), seen(text)):
            os.killpg(process.pid, signal.SIGINT)
            text, before = text + "^C\n", None
    return text, process.wait()


def size_of(path):
    """Of a picture, in its own units."""
    data = path.read_bytes()
    if data[1:4] == b"PNG":
        return struct.unpack(">II", data[16:24])
    return tuple(re.findall(rb'<svg[^>]*?\b(?:width|height)="([\d.]+)', data)) + tuple(
        re.findall(rb'<svg[^>]*? viewBox="([^"]*)"', data)[:1])


def written(command, text):
    return "".join(f"{'>' if i else '$'} {line}\n"
                   for i, line in enumerate(command.split("\n"))) + text


class Page:
    def __init__(self, path, folder, environment, write):
        self.path, self.folder, self.environment = path, folder, environment
        self.write, self.faults = write, []
        self.text = path.read_text()

    def missing(self):
        """The data set that is not there, or None."""
        for needs in re.findall(r"<!-- needs: (.*?) -->", self.text):
            for name in needs.split():
                found = subprocess.run(["ansatz", "data", "path", name], env=self.environment,
                                       capture_output=True, text=True)
                if found.returncode:
                    return name
        return None

    def block(self, match):
        mark, language, text = match[1] or "", match[2], match[3]
        if mark.startswith("write: "):
            path = self.folder / mark[7:]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if language != "console":
            return match[0]
        out = ""
        for command, lines in commands_of(text):
            found, code = run(command, lines, self.folder, self.environment)
            wanted, said = seen("\n".join(lines)), seen(found)
            right = (len(wanted) == len(said) if mark == "picture" else
                     alike(wanted, said, mark == "counts"))
            if code and "^C" not in lines:
                self.faults.append(f"{self.path.name}: $ {command}\nended with {code}:\n{found}")
            elif not right and not self.write:
                self.faults.append(f"{self.path.name}: $ {command}\nprints\n{found}instead of\n" +
                                   "\n".join(lines))
            kept = right or "^C" in lines
            if "^C" in lines and not right and self.write:
                self.faults.append(f"{self.path.name}: $ {command}\nprints\n{found}")
            out += written(command, "".join(f"{line}\n" for line in lines) if kept else found)
        return match[0].replace(text, out) if self.write else match[0]

    def pictures(self):
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", self.text):
            made, shown = self.folder / name, self.path.parent / name
            if not made.exists():
                self.faults.append(f"{self.path.name}: no command makes {name}")
            elif self.write:
                shutil.copy(made, shown)
            elif not shown.exists() or size_of(made) != size_of(shown):
                self.faults.append(f"{self.path.name}: {name} is not the picture that is made")

    def run(self):
        self.text = BLOCK.sub(self.block, self.text)
        if self.write:
            self.path.write_text(self.text)
        self.pictures()


def cached(build, key):
    found = re.search(rf"^{key}:\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found[1] if found else ""


def faults(build, only=(), write=False):
    """What is wrong with the pages, run with what `build` holds."""
    build = pathlib.Path(build).resolve()
    top, folder = build / "tutorial", build / "tutorial/work"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for script in PAGES.glob("*.py"):  # which a page has its reader copy
        shutil.copy(script, folder)
    installed = subprocess.run(["cmake", "--install", build, "--prefix", top / "prefix"],
                               capture_output=True, text=True)
    if installed.returncode:
        return [f"cmake --install: {installed.stderr}"]
    environment = {**os.environ, "PATH": f"{top / 'prefix/bin'}:{os.environ['PATH']}",
                   "HOME": str(folder), "CMAKE_PREFIX_PATH": str(top / "prefix"),
                   "CXX": cached(build, "CMAKE_CXX_COMPILER"), "LC_ALL": "C.UTF-8",
                   "CXXFLAGS": cached(build, "CMAKE_CXX_FLAGS"), "COLUMNS": "100", "TERM": "dumb"}
    os.environ["PATH"] = environment["PATH"]
    paths = sorted(PAGES.glob("[0-9]*.md"))
    out = [f"docs/tutorial has no page {name}" for name in only
           if not any(name in path.name for path in paths)]
    for path in paths:
        page = Page(path, folder, environment, write)
        if only and not any(name in path.name for name in only):
            continue
        if name := page.missing():
            print(f"{path.name}: skipped, as the data set {name} is not there")
            continue
        page.run()
        out += page.faults
    return out
