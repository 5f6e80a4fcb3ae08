"""tests/floors.py finds every kind of wrong include, and says what it climbs."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import floors  # noqa: E402


def said(files):
    """What is found in a tree of these files: {name: [included, ...]}."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, included in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#pragma once\n" + "".join(f"#include {i}\n" for i in included))
        return list(floors.faults(root))


class Floors(unittest.TestCase):
    def test_down_and_beside_are_right(self):
        self.assertEqual(said({
            "include/ansatz/model/a.hpp": ["<ansatz/job/b.hpp>", "<dsl/expr.hpp>"],
            "include/ansatz/job/b.hpp": ["<ansatz/job/c.hpp>"],
            "include/ansatz/job/c.hpp": [],
            "dsl/expr.hpp": ["<dsl/ir/graph.hpp>"],
            "dsl/ir/graph.hpp": [],
            "src/model/a.cpp": ["<ansatz/model/a.hpp>", '"../base/say.hpp"', '"own.hpp"'],
            "src/model/own.hpp": [],
            "src/base/say.hpp": [],
        }), [])

    def test_up(self):
        self.assertEqual(
            said({"include/ansatz/job/b.hpp": ["<ansatz/model/a.hpp>"],
                  "include/ansatz/model/a.hpp": []}),
            ["include/ansatz/job/b.hpp:2: includes include/ansatz/model/a.hpp: "
             "climbs from job (floor 4) up to model (floor 6)"])

    def test_neighbours(self):
        found = said({"src/extension/e.cpp": ["<ansatz/algorithm/sgd.hpp>"],
                      "include/ansatz/algorithm/sgd.hpp": []})
        self.assertEqual(len(found), 1)
        self.assertIn("extension and algorithm are neighbours", found[0])

    def test_language_to_framework(self):
        found = said({"dsl/expr.hpp": ["<ansatz/base/object.hpp>"],
                      "include/ansatz/base/object.hpp": []})
        self.assertIn("the language knows nothing of the framework", found[0])
        found = said({"src/dsl/run/store.cpp": ["<ansatz/files/npz.hpp>"],
                      "include/ansatz/files/npz.hpp": []})
        self.assertIn("climbs from the language up to files", found[0])

    def test_rooms(self):
        found = said({"dsl/ir/graph.hpp": ["<dsl/ops/add.hpp>"], "dsl/ops/add.hpp": []})
        self.assertIn("climbs from dsl/ir up to dsl/ops", found[0])
        found = said({"dsl/ir/graph.hpp": ["<dsl/expr.hpp>"], "dsl/expr.hpp": ["<dsl/ir/list.hpp>"],
                      "dsl/ir/list.hpp": []})
        self.assertEqual(found, ["dsl/expr.hpp, dsl/ir: rooms of the language that include each "
                                 "other"])

    def test_private(self):
        found = said({"src/session/run.cpp": ['"../model/own.hpp"'], "src/model/own.hpp": []})
        self.assertIn("private to src/model", found[0])
        found = said({"include/ansatz/model/a.hpp": ['"../../../src/model/own.hpp"'],
                      "src/model/own.hpp": []})
        self.assertIn("a public header may not include a private one", found[0])

    def test_each_other(self):
        found = said({"include/ansatz/job/a.hpp": ["<ansatz/job/b.hpp>"],
                      "include/ansatz/job/b.hpp": ["<ansatz/job/a.hpp>"]})
        self.assertEqual(found, ["include/ansatz/job/a.hpp, include/ansatz/job/b.hpp: include each "
                                 "other"])

    def test_roof(self):
        found = said({"include/ansatz/costs.hpp": ["<ansatz/cost/a.hpp>"],
                      "include/ansatz/cost/a.hpp": ["<ansatz/costs.hpp>"],
                      "include/ansatz/cost/b.hpp": []})
        self.assertEqual(len(found), 3)
        self.assertIn("does not include include/ansatz/cost/b.hpp", found[0])
        self.assertIn("a header for users", found[1])

    def test_a_folder_of_no_floor(self):
        found = said({"src/attic/a.cpp": ["<ansatz/base/object.hpp>"],
                      "include/ansatz/base/object.hpp": []})
        self.assertIn("the folder attic stands on no floor", found[0])

    def test_every_folder_is_in_the_picture(self):
        for floor in [*floors.FLOORS, ["dsl"]]:
            for name in floor:
                self.assertIn(f">{name}</text>", floors.picture())


if __name__ == "__main__":
    unittest.main()
