"""Which folder may include which. The house has floors: an include goes down a floor or stays on
its own, never up. Without arguments: says of every wrong include what it climbs. `--picture FILE`
writes the floors as an SVG."""
import argparse
import pathlib
import posixpath
import re
import sys

# From the ground up. What stands on one floor does not know its neighbours.
FLOORS = [
    ["base"],
    ["yaml", "spaces"],
    ["files"],
    ["serial"],
    ["job"],
    ["data", "linear"],
    ["model"],
    ["cost", "program"],
    ["compile", "monitor", "view"],
    ["session"],
    ["termination", "extension", "algorithm"],
    ["registry"],
    ["configurations"],
    ["app"],
]
HOLDS = {
    "app": "the program: one file a command",
    "configurations": "jobs whose programs are compiled into the library",
    "registry": "classes and jobs by name, from YAML",
    "termination": "criteria",
    "extension": "what happens beside the training",
    "algorithm": "SGD, BGD, rules, schedules",
    "session": "a job at work: store, programs, state; run",
    "compile": "loops and trainers on demand",
    "monitor": "channels, computed and recorded",
    "view": "pictures: sheets, curves, pages",
    "cost": "costs and penalties",
    "program": "functions as programs, fed from data",
    "model": "layers, MLP, models of users",
    "linear": "weights: matrix, or another transform",
    "data": "tables, sets, iteration, downloads",
    "job": "the descriptions: Train, Model, Cost, Dataset, Algorithm, Extension …",
    "serial": "model files",
    "files": "npz, csv, idx, safetensors; files replaced whole",
    "yaml": "job files as text",
    "spaces": "Spaces as values, signals, format_as",
    "base": "objects, keys, strings, seeds",
    "dsl": "the language: expressions, ops, passes, plan, kernels; knows nothing of the framework",
}
# The rooms of dsl/, in the order in which a program goes through them from below. Its other
# headers lie at its root, and are what users include.
ROOMS = [["dsl/ir"], ["dsl/plan"], ["dsl/kernels"], ["dsl/ops"], ["dsl/passes/graph"],
         ["dsl/passes/plan"]]
# The roof: headers for users alone, each of which includes all public ones of its folders.
ROOF = {
    "ansatz/layers.hpp": ["ansatz/model"],
    "ansatz/costs.hpp": ["ansatz/cost"],
    "ansatz/training.hpp": ["ansatz/algorithm", "ansatz/termination", "ansatz/extension",
                            "ansatz/session", "ansatz/monitor"],
    "ansatz/data.hpp": ["ansatz/data", "ansatz/files"],
    "ansatz/ansatz.hpp": [],
}
# Private headers that all of src may include: these folders themselves, not folders in them.
SHARED = ["src/base", "src/dsl"]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.MULTILINE)


def sources(root):
    for top in ["dsl", "include/ansatz", "src"]:
        for path in sorted((root / top).rglob("*.[hc]pp")):
            yield path.relative_to(root).as_posix()


def includes(root):
    """{file: [(line, included file)]}, of the project's own files."""
    names = set(sources(root))
    graph = {}
    for name in names:
        text = (root / name).read_text(encoding="utf-8")
        found = []
        for match in INCLUDE.finditer(text):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
            for target in [beside, match[2], "include/" + match[2], "src/" + match[2]]:
                if target in names and not (match[1] == "<" and target == beside):
                    found.append((text.count("\n", 0, match.start(2)) + 1, target))
                    break
        graph[name] = found
    return graph


def folder(name):
    """The folder of the framework that a file belongs to; "dsl" for all of the language."""
    return re.sub(r"^(include/ansatz|src)/", "", name).split("/")[0]


def room(name):
    for floor in ROOMS:
        for each in floor:
            if name.startswith(each + "/"):
                return each
    return name


def level(floors, name):
    return next((i for i, floor in enumerate(floors) if name in floor), None)


def wrong(name, target):
    """What is wrong with including `target` in `name`, or None."""
    if name.startswith("dsl/"):
        if not target.startswith("dsl/"):
            return "the language knows nothing of the framework"
        a, b = level(ROOMS, room(name)), level(ROOMS, room(target))
        if a is not None and b is not None and b > a:
            return f"climbs from {room(name)} up to {room(target)}"
        return None
    if name.startswith("include/") and target.startswith("src/"):
        return "a public header may not include a private one"
    if name.removeprefix("include/") in ROOF:
        return None
    if target.removeprefix("include/") in ROOF:
        return "a header for users: include what is needed of it"
    here, there = folder(name), folder(target)
    shared = target.rsplit("/", 1)[0] in SHARED
    if target.startswith("src/") and target.endswith(".hpp") and not shared and here != there:
        return f"private to src/{there}: make it a header of include/ansatz/{there}"
    if there == "dsl":
        return None
    if here == "dsl":
        return f"climbs from the language up to {there}"
    a, b = level(FLOORS, here), level(FLOORS, there)
    if a is None or b is None:
        return f"the folder {here if a is None else there} stands on no floor of tests/floors.py"
    if b > a:
        return f"climbs from {here} (floor {a}) up to {there} (floor {b})"
    if a == b and here != there:
        return f"{here} and {there} are neighbours on floor {a}, who do not know each other"
    return None


def cycles(graph):
    """Groups of nodes that reach each other, by Tarjan (1972)."""
    order, low, stack, found = {}, {}, [], []

    def visit(node):
        order[node] = low[node] = len(order)
        stack.append(node)
        for target in sorted(graph.get(node, ())):
            if target not in order:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], order[target])
        if low[node] == order[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


def missing_under_the_roof(graph):
    for roof, folders in ROOF.items():
        under = {target for _, target in graph.get("include/" + roof, [])}
        for name in sorted(graph) if under else []:
            if name.startswith(tuple(f"include/{each}/" for each in folders)) and name not in under:
                yield f"include/{roof}: does not include {name}"


def faults(root):
    graph = includes(root)
    yield from missing_under_the_roof(graph)
    for name in sorted(graph):
        for line, target in graph[name]:
            if what := wrong(name, target):
                yield f"{name}:{line}: includes {target}: {what}"
    files = {name: {target for _, target in found} for name, found in graph.items()}
    for group in cycles(files):
        yield f"{', '.join(group)}: include each other"
    rooms = {}
    for name, found in files.items():
        if name.startswith("dsl/"):
            rooms.setdefault(room(name), set()).update(room(t) for t in found)
    for group in cycles({name: found - {name} for name, found in rooms.items()}):
        yield f"{', '.join(group)}: rooms of the language that include each other"


def picture():
    """The floors from above to below, with what each folder holds."""
    width, height, gap, left = 860, 46, 8, 20
    rows = [*reversed(FLOORS), ["dsl"]]
    body = []
    for index, row in enumerate(rows):
        y = 20 + index * (height + gap)
        box = (width - gap * (len(row) - 1)) / len(row)
        for place, name in enumerate(row):
            x = left + place * (box + gap)
            fill = "#fde7c8" if name == "dsl" else "#dbe9f6"
            body.append(
                f'<rect x="{x:.0f}" y="{y}" width="{box:.0f}" height="{height}" rx="4" '
                f'fill="{fill}" stroke="#4a6785"/>\n'
                f'<text x="{x + box / 2:.0f}" y="{y + 20}" font-weight="bold">{name}</text>\n'
                f'<text x="{x + box / 2:.0f}" y="{y + 37}" font-size="12">{HOLDS[name]}</text>')
    total = 30 + len(rows) * (height + gap)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 {total}" width="900" '
            f'height="{total}" font-family="sans-serif" font-size="15" text-anchor="middle" '
            f'fill="#1b2733">\n<rect width="900" height="{total}" fill="#ffffff"/>\n'
            + "\n".join(body) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--picture", type=pathlib.Path, help="write the picture there")
    options = parser.parse_args()
    if options.picture:
        options.picture.write_text(picture())
        return 0
    found = list(faults(options.root))
    print("\n".join(found + [f"floors: {len(found)} wrong includes"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
