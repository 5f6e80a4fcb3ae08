"""Adds one of each to a copy of the tree, in one file each, and builds what that changes.

    check.py SOURCE BUILD

The files are those of tests/extend/files; docs/extending.md shows them. Nothing else of the copy is
touched. What their lists are made of is configured and compiled anew, the rest is that of BUILD.
The program linked of both must know the new classes, hold them to the rules of their keys, train a
job of them, and have the new command.
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

JOB = """!obj:pylearn2.train.Train {
  dataset: &train !obj:Parity { bits: 4 },
  model: !obj:MLP { nvis: 4, layers: [
    !obj:Softsign { layer_name: h, dim: 8, irange: .5, softsign_width: .5 },
    !obj:Softmax { layer_name: y, n_classes: 2, irange: .5 } ] },
  algorithm: !obj:SGD {
    batch_size: 16, learning_rate: .01, learning_rule: !obj:SignDescent { step_factor: 2 },
    monitoring_dataset: *train,
    cost: !obj:SumOfCosts { costs: [ !obj:Default {}, !obj:LogPenalty { strength: .0001 } ] },
    termination_criterion: !obj:ExampleCounter { max_examples: 640 } },
  extensions: [ !obj:LargestOutput {} ],
  save_path: extended.ansatz,
  save_freq: 1
}
"""
# A program of a user, who sets keys of the new classes by their names.
USER = """#include <ansatz/algorithm/rules/sign_descent.hpp>
#include <ansatz/model/layers/softsign.hpp>
#include <dsl/ops.hpp>
using namespace ansatz;
static_assert(KeyOf<decltype(softsign_width(.5)), Softsign<>>);
double width() { return Softsign("h", 3, softsign_width(.5)).softsign_width; }
constexpr auto factor_of_two = step_factor(2.);
static_assert(factor_of_two.value == 2);
struct Two : VectorSpace<2> {};
constexpr auto f(const Expr<Two>& x) { return softsign(x); }
"""


def call(*words, **options):
    done = subprocess.run([str(w) for w in words], text=True, capture_output=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))[:300]}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def copy_tree(source, to):
    """Folders are folders and files are links, so that new files lie beside them."""
    for top in ["dsl", "include", "src", "cmake"]:
        shutil.copytree(source / top, to / top,
                        copy_function=lambda a, b: pathlib.Path(b).symlink_to(a))
    for name in ["CMakeLists.txt", "LICENSE"]:
        (to / name).symlink_to(source / name)


def add_files(files, to):
    added = []
    for path in sorted(p for p in files.rglob("*.?pp")):
        name = path.relative_to(files)
        if (to / name).exists():
            sys.exit(f"{name} is there already")
        shutil.copyfile(path, to / name)
        added.append(name)
    return added


def cached(build, names):
    values = {}
    for line in (build / "CMakeCache.txt").read_text().split("\n"):
        key, equals, value = line.partition("=")
        if equals and key.split(":")[0] in names:
            values[key.split(":")[0]] = value
    return values


def link(build, new, program):
    """The link command of `ansatz` in BUILD, with what is new before it."""
    commands = call("ninja", "-C", build, "-t", "commands", "ansatz").strip().split("\n")
    words = shlex.split(commands[-1].replace(": && ", "").replace("&& :", ""))
    words = words[next(i for i, w in enumerate(words) if w.endswith("++")):]
    # Not the whole library: what is new takes the place of what it has.
    words = [w for w in words if "whole-archive" not in w and w != "-Wl,--pop-state"]
    words[words.index("-o") + 1] = str(program)
    # Units of several sources have both what is new and what is not.
    call(*words[:1], "-Wl,--allow-multiple-definition", *new, *words[1:], cwd=build)


def main(source, build):
    source, build = source.resolve(), build.resolve()
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        made = tree / "build"
        tree.mkdir()
        copy_tree(source, tree)
        added = add_files(source / "tests/extend/files", tree)
        known = cached(build, ["CMAKE_CXX_COMPILER", "CMAKE_C_COMPILER", "CMAKE_BUILD_TYPE",
                               "CMAKE_CXX_FLAGS", "ANSATZ_ARCH"])
        call("cmake", "-G", "Ninja", "-S", tree, "-B", made, "-D", "ANSATZ_TESTS=OFF", "-D",
             "ANSATZ_EXAMPLES=OFF", "-D", "ANSATZ_BENCHMARKS=OFF", "-D",
             "ANSATZ_JOIN_SOURCES=OFF",
             *[f"-D{key}={value}" for key, value in known.items()])

        areas = {"classes_" + "_".join(["ansatz", *name.parts[2:-1]])
                 for name in added if name.parts[0] == "include"}
        objects = [f"CMakeFiles/ansatz.dir/generated/{area}.cpp.o"
                   for area in sorted(areas | {"classes"})]
        objects += [f"CMakeFiles/ansatz_program.dir/{name}.o"
                    for name in added if name.parts[:2] == ("src", "app")]
        call("ninja", "-C", made, *objects)

        user = pathlib.Path(folder) / "user.cpp"
        user.write_text(USER)
        entry = next(e for e in json.loads(call("ninja", "-C", made, "-t", "compdb"))
                     if e["output"] == objects[0])
        # A program's own source, which has the functions of keys; the library's have not.
        words = [word for word in shlex.split(entry["command"])
                 if word != "-DANSATZ_WITHOUT_KEY_FUNCTIONS"]
        words = words[next(i for i, w in enumerate(words) if w.endswith("++")):words.index("-MD")]
        call(*words, "-fsyntax-only", user, cwd=made)

        program = pathlib.Path(folder) / "ansatz"
        link(build, [made / o for o in objects], program)
        listed = {c["short_name"]: c for c in json.loads(call(program, "list", "--format", "json"))
                  ["classes"]}
        for name, kind, key in [("Softsign", "layer", "softsign_width"),
                                ("LogPenalty", "cost", "strength"),
                                ("ExampleCounter", "termination criterion", "max_examples"),
                                ("LargestOutput", "extension", "output_channel"),
                                ("SignDescent", "learning rule", "step_factor"),
                                ("Parity", "data set", "bits")]:
            assert listed[name]["kind"] == kind, listed[name]
            assert key in [k["name"] for k in listed[name]["keys"]], listed[name]
        assert "ansatz.train_extensions.MaxOutput" in listed["LargestOutput"]["names"]
        assert "Adam" in listed and "MLP" in listed and len(listed) > 80, sorted(listed)

        job = pathlib.Path(folder) / "job.yaml"
        job.write_text(JOB.replace("step_factor: 2", "step_factor: 10"))
        wrong = subprocess.run([program, "check", job], text=True, capture_output=True)
        assert wrong.returncode == 3, wrong
        assert "step_factor: found 10; allowed: numbers above 0, below 10" in wrong.stderr, wrong
        job.write_text(JOB)
        call(program, "train", job, cwd=folder)
        records = call(program, "print-monitor", "extended.ansatz", cwd=folder)
        assert "largest_output" in records, records
        assert call(program, "greet", "house") == "hello, house\n"
    print(f"extend: {len(added)} files added, each class and command known")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
