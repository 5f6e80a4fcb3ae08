#include <ansatz/yaml/write.hpp>

#include "reading.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;

namespace {

std::string canonical(const std::string& text) { return to_yaml(*parse(text)); }

}  // namespace

TEST_CASE("yaml writer: block style, quotes where they are needed", "[yaml][write]") {
  CHECK(canonical("!obj:t.Train { dataset: &d !obj:d.D { which_set: 'train', axes: ['b', 0, 1] },\n"
                  "  algorithm: {monitoring: {'train': *d}}, save_path: \"${X}/a b.pkl\",\n"
                  "  e: {}, l: [], n: null, r: 1e-3, s: '5', b: yes, 0: [[1, 2], [a: 1, b]] }") ==
        "!obj:t.Train\n"
        "dataset: &d !obj:d.D\n"
        "  which_set: train\n"
        "  axes:\n"
        "    - b\n"
        "    - 0\n"
        "    - 1\n"
        "algorithm:\n"
        "  monitoring:\n"
        "    train: *d\n"
        "save_path: \"${X}/a b.pkl\"\n"
        "e: {}\n"
        "l: []\n"
        "n: null\n"
        "r: 1e-3\n"
        "s: \"5\"\n"
        "b: yes\n"
        "0:\n"
        "  - - 1\n"
        "    - 2\n"
        "  - - a: 1\n"
        "    - b\n");
}

TEST_CASE("yaml writer: what it writes reads as the same tree", "[yaml][write]") {
  const std::string texts[] = {
      "5",
      "''",
      "~",
      "!import:a.b",
      "- &a [x]\n- *a\n- {k: *a}",
      "[\"\\\"\\\\ \\t\\n\\x01\\u0085\\u2028\\uFEFF\xc3\xa9\", '#', ': ', '- a', '*a', '&a', '!x']",
      "[1:30, 0x1F, .inf, -.5, 1_000, '1e3', 'yes', '~', 'null', '=', '<<', '---', '...', '-']",
      "{'5': 1, 5a: 2, 'yes': 3, 'a b': 4, \"a: b\": 5, '': 6}",
      "!float '1e-3'",
      "[!!str 5, !!int '7', !!null '', !pkl: \"f\", !float 1]",
      "a: &x {<<: &y {k: 1, l: 2}, k: 3}\nb: [*x, *y]",
      "{? " + std::string(1500, 'k') + " : {a: 1}}",
      "[[], {}, [[]], [{}], {a: []}, [[[a]]]]",
      "['%%(a)s', 5%]",
      "|\n  line\n\n  another  \n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const NodePtr root = parse(text);
    REQUIRE(root);
    const std::string written = to_yaml(*root);
    CAPTURE(written);
    const NodePtr again = parse(written, as_written());
    REQUIRE(again);
    CHECK(same(*root, *again));
    CHECK(to_yaml(*again) == written);
  }
}

TEST_CASE("yaml writer: names of anchors stay different", "[yaml][write]") {
  const NodePtr root = parse("a: &id001 [1]\nb: *id001\nc: {<<: &m {k: [2]}}\nd: {<<: *m}\n");
  REQUIRE(root);
  CHECK(to_yaml(*root) ==
        "a: &id001\n  - 1\nb: *id001\nc:\n  k: &id002\n    - 2\nd:\n  k: *id002\n");
}

TEST_CASE("yaml writer: trees differ by value, type, key, order and sharing", "[yaml][write]") {
  const std::pair<const char*, const char*> pairs[] = {
      {"[1]", "[2]"},
      {"[1]", "['1']"},
      {"{a: 1}", "{b: 1}"},
      {"{a: 1, b: 2}", "{b: 2, a: 1}"},
      {"[&a [], *a]", "[[], []]"},
      {"!obj:X {}", "!obj:Y {}"},
      {"[&a [], &b [], *a]", "[&a [], &b [], *b]"},
      {"[]", "{}"},
      {"~", "''"},
      {"[1]", "[1, 1]"},
  };
  for (const auto& [a, b] : pairs) {
    CAPTURE(a, b);
    CHECK_FALSE(same(*parse(a), *parse(b)));
    CHECK(same(*parse(a), *parse(a)));
  }
  CHECK(same(*parse("[&a [], *a]"), *parse("[&other [], *other]")));
}
