#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>

#include "../data/temporary_file.hpp"
#include "reading.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

using Keys = std::vector<std::string_view>;

}  // namespace

TEST_CASE("yaml: kinds, tags and the order of keys", "[yaml][read]") {
  const NodePtr root = parse(
      "!obj:a.b.C {\n"
      "  z: [1, x, ],\n"
      "  \"quoted\" : { 'k': 'v' },\n"
      "  a: null, p: !pkl: \"f.pkl\", i: !import 'm.n', j: !import:m.n, f: !float 1e-3,\n"
      "  empty: }\n");
  REQUIRE(root);
  CHECK(root->kind == Kind::mapping);
  CHECK(object_name(*root) == "a.b.C");
  CHECK(root->keys() == Keys{"z", "quoted", "a", "p", "i", "j", "f", "empty"});
  CHECK(at(root, {"z"})->kind == Kind::sequence);
  CHECK(at(root, {"z"})->children.size() == 2);
  CHECK(at(root, {"quoted", "k"})->quoted);
  CHECK(at(root, {"a"})->kind == Kind::null);
  CHECK(is_pickle(*at(root, {"p"}).node));
  CHECK(at(root, {"p"})->text == "f.pkl");
  CHECK(import_name(*at(root, {"i"}).node) == "m.n");
  CHECK(import_name(*at(root, {"j"}).node) == "m.n");
  CHECK(at(root, {"f"})->tag == "!float");
  CHECK(at(root, {"empty"})->kind == Kind::null);
  CHECK(root->find("none") == nullptr);
  CHECK_FALSE(Place(root).find("none"));
}

TEST_CASE("yaml: three spellings of an import", "[yaml][read]") {
  for (const char* text : {"!import 'a.b'", "!import \"a.b\"", "!import a.b", "!import:a.b"})
    CHECK(import_name(*parse(text)) == "a.b");
  CHECK(import_name(*parse("x: !import:a.b\ny: 1")->find("x")->node) == "a.b");
}

TEST_CASE("yaml: an alias is the node of its anchor", "[yaml][read]") {
  const NodePtr root =
      parse("d: &one !obj:x.D {k: 1}\ne: !obj:x.E &two {}\na: *one\nl: [*two, *one]\n");
  REQUIRE(root);
  CHECK(root->find("a")->node == root->find("d")->node);
  CHECK(root->find("l")->node->children[0].node == root->find("e")->node);
  CHECK(root->find("l")->node->children[1].node == root->find("d")->node);
  CHECK(root->find("d")->node->anchor == "one");
  CHECK(object_name(*root->find("e")->node) == "x.E");
  CHECK(root->find("a")->alias);
  CHECK_FALSE(root->find("d")->alias);
  CHECK(root->find("a")->position.text() == "job.yaml:3:4");
  CHECK(root->find("d")->position.text() == "job.yaml:1:9");
}

TEST_CASE("yaml: positions count lines and characters from 1", "[yaml][read]") {
  for (const char* text : {"\xc3\xa4: 1\nm: {b: [x,\n   y], \xc3\xa4: z}\n",
                           "\xef\xbb\xbf\xc3\xa4: 1\r\nm: {b: [x,\r\n   y], \xc3\xa4: z}\r\n",
                           "\xc3\xa4: 1\rm: {b: [x,\r   y], \xc3\xa4: z}"}) {
    const NodePtr root = parse(text);
    REQUIRE(root);
    CHECK(at(root, {"\xc3\xa4"}).position.text() == "job.yaml:1:4");
    CHECK(at(root, {"m", "b", "1"}).position.text() == "job.yaml:3:4");
    CHECK(at(root, {"m", "\xc3\xa4"}).position.text() == "job.yaml:3:11");
    CHECK(at(root, {"m", "\xc3\xa4"}).key_position.text() == "job.yaml:3:8");
    CHECK(at(root, {"m", "\xc3\xa4"}).position.excerpt() ==
          "     y], \xc3\xa4: z}\n            ^\n");
    CHECK(at(root, {"m", "b", "1"}).path == "m.b[1]");
  }
}

TEST_CASE("yaml: a path quotes keys that are no words", "[yaml][read]") {
  CHECK(at(parse("a: {\"b.c\": [{d: 1}]}"), {"a", "b.c", "0", "d"}).path == "a['b.c'][0].d");
}

TEST_CASE("yaml: << takes over keys that are not there", "[yaml][read]") {
  const NodePtr root =
      parse("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], z: 5, w: 6}\nd: {<<: *a}");
  REQUIRE(root);
  const Node& c = *root->find("c")->node;
  CHECK(c.keys() == Keys{"x", "y", "z", "w"});
  CHECK(c.find("y")->node == root->find("a")->node->find("y")->node);
  CHECK(c.find("z")->node->text == "5");
  CHECK(root->find("d")->node->keys() == Keys{"x", "y"});
  CHECK_THAT(faults("a: {<<: 5}"), Contains("job.yaml:1:9") && Contains("behind <<"));
  CHECK_THAT(faults("a: {<<: [5]}"), Contains("behind <<"));
  CHECK(parse("a: {\"<<\": 5}")->find("a")->node->keys() == Keys{"<<"});
}

TEST_CASE("yaml: aliases cost nothing, however much they stand for", "[yaml][read]") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    std::string items = before;
    for (int k = 1; k < 10; ++k) items += ", " + before;
    const std::string name = "a" + std::to_string(i);
    text += name + ": &" + name + " [" + items + "]\n";
  }
  const NodePtr root = parse(text);
  REQUIRE(root);
  CHECK(root->children.size() == 60);
}

TEST_CASE("yaml: depth, number and size are bounded", "[yaml][read]") {
  const std::string open(101, '['), close(101, ']');
  CHECK_THAT(faults(open + close), Contains("nested more than 100 deep"));
  CHECK(parse(open.substr(1) + close.substr(1)));
  CHECK_THAT(faults(std::string(3000, '[')), Contains("job.yaml:1:"));
  // Through aliases as well.
  std::string chain = "- &a0 [x]\n";
  for (int i = 1; i < 120; ++i)
    chain += "- &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  CHECK_THAT(faults(chain), Contains("nested more than 100 deep"));

  Reading few;
  few.limits.nodes = 5;
  CHECK(parse("[1, 2, 3, 4]", few));
  CHECK_THAT(faults("[1, 2, 3, 4, 5]", few), Contains("more than 5 values"));
  CHECK_THAT(faults("[&a {x: 1}, {<<: *a}]", few), Contains("more than 5 values"));
  Reading small;
  small.limits.bytes = 10;
  CHECK(parse("0123456789", small));
  CHECK_THAT(faults("0123456789a", small), Contains("11 bytes; at most 10 are read"));
}

TEST_CASE("yaml: an empty text is null", "[yaml][read]") {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "~"}) {
    const NodePtr root = parse(text);
    REQUIRE(root);
    CHECK(root->kind == Kind::null);
  }
}

TEST_CASE("yaml: a list at the top is a list of jobs", "[yaml][read]") {
  const auto two = jobs(parse("- !obj:T {a: 1}\n- !obj:T {a: 2}\n"));
  REQUIRE(two.size() == 2);
  CHECK(two[1].path == "[1]");
  CHECK(two[1].find("a")->path == "[1].a");
  const auto one = jobs(parse("!obj:T {a: 1}\n"));
  REQUIRE(one.size() == 1);
  CHECK(one[0].path.empty());
  CHECK(jobs(nullptr).empty());
}

TEST_CASE("yaml: files are pasted together and keep their positions", "[yaml][read]") {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.yaml", "!obj:x.T\na: &a 1");
  const std::string b = folder.write("b.yaml", "b: *a\n");
  Errors errors;
  const NodePtr root = read_files({a, b}, errors);
  REQUIRE(errors.empty());
  CHECK(root->find("b")->node == root->find("a")->node);
  CHECK(root->find("b")->key_position.text() == b + ":1:1");
  read_files({a, b, b}, errors);
  CHECK(errors.text() == b + ":1:1: b: found duplicate key (b); the first is in line 1\n");
}

TEST_CASE("yaml: files that cannot be read are named", "[yaml][read]") {
  const TemporaryFolder folder;
  folder.write("job.yaml", "a: 1");
  const auto complaint = [](const std::string& path) {
    Errors errors;
    CHECK_FALSE(read_file(path, errors));
    return errors.text();
  };
  CHECK(complaint(folder.path() + "/jog.yaml") ==
        folder.path() + "/jog.yaml: no such file; nearest: " + folder.path() + "/job.yaml\n");
  CHECK_THAT(complaint(folder.path()), Contains("not a file, but a folder"));
  CHECK_THAT(complaint("/dev/null"), Contains("not a file"));
  const std::string big = folder.write("big.yaml", std::string(100, ' '));
  Reading reading;
  reading.limits.bytes = 99;
  Errors errors;
  CHECK_FALSE(read_file(big, errors, reading));
  CHECK_THAT(errors.text(), Contains("more than 99 bytes"));
}
