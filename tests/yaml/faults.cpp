#include <ansatz/yaml/read.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "reading.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

struct FaultRow {
  const char* text;
  const char* where;  // line:column and, where there is one, the path
  const char* what;
};

constexpr FaultRow fault_rows[] = {
    {"a: 1\nb: {x: 1, x: 2}\n", "2:11: b.x", "found duplicate key (x); the first is in line 2"},
    {"nvis: 1\nnvis: 2\n", "2:1: nvis", "found duplicate key (nvis)"},
    {"a: [1, 2\nb: 3\n", "2:2: a[2]",
     "expected ',' or ']' before this, in the list that begins in "
     "line 1, column 4"},
    {"{a: 1\n b: 2}", "2:3", "expected ',' or '}' before this, in the mapping that begins"},
    {"{a: 'x' b: 2}", "1:9", "expected ',' or '}'"},
    {"{a: 1", "1:6", "found the end of the text"},
    {"{a: [1, 2}", "1:10", "closes none that is open, or one of the other kind"},
    {"[1, 2]]", "1:7", "closes none that is open"},
    {"}", "1:1", "closes none that is open"},
    {"a: b: c", "1:5", "no value can stand behind this ':'"},
    {"a:\n\t- b\n", "2:2: a", "no list item can stand here"},
    {"a:\n  b: 1\n c: 2\n", "3:2", "this line does not belong to the mapping"},
    {"- a\nb: 1\n", "2:1", "found more behind the end of the first value"},
    {"a: @b", "1:4: a", "nothing can begin with this character"},
    {"a: %b", "1:4: a", "nothing can begin with this character"},
    {"a: \"b", "1:6", "text in quotes has no end"},
    {"a: 'b", "1:6", "text in quotes has no end"},
    {"a: \"b\n--- c\n", "2:1", "text in quotes has no end before this line"},
    {"a: \"\\q\"", "1:7", "in double quotes a backslash begins an escape"},
    {"a: \"\\xzz\"", "1:9: a", "a hexadecimal escape with other digits"},
    {"a: >x\n b", "1:5", "nothing but - + and a digit can stand behind | or >"},
    {"- |# c\n  x\n", "1:4: [0]", "nothing but - + and a digit can stand behind | or >"},
    {"- &p |\n  a: b\n- {c: d}}\n", "3:9", "closes none that is open"},
    {"- &p x\n  y\n- &q z\n  y\n-x\n", "5:1", "found more behind the end of the first value"},
    {"a: {~: 1}", "1:5: a", "found ~ as a key, which is nothing; allowed: a word or a number"},
    {"null: 1", "1:1", "found null as a key, which is nothing"},
    {"a: &\n b", "1:5", "no name behind '&'"},
    {"a: *\n", "1:5", "no name behind '*'"},
    {"a: &x &y b", "1:7", "a second anchor on the same value"},
    {"a: !obj:x !obj:y {}", "1:11", "a second tag on the same value"},
    {"a: &train 1\nb: *trian\n", "2:4: b",
     "found '*trian', but no such anchor before it; allowed: "
     "train; nearest: train"},
    {"a: *b", "1:4: a", "no such anchor before it; there is none"},
    {"a: &a [1, *a]", "1:11: a[1]", "found *a inside of &a"},
    {"a: &a {b: {c: *a}}", "1:15: a.b.c", "found *a inside of &a"},
    {"a: &x 1\nb: &x 2\n", "2:4: b", "found the anchor &x a second time; the first is in line 1"},
    {"a:\n  - b\n c: 1\n", "3:2", "this line does not belong to the mapping"},
    {"- 'a'\n  'b'\n", "2:3: [1]", "this line does not belong to the list"},
    {": x", "1:1", "found a value without a key"},
    {"a: {[1]: x}", "1:5: a", "found a list of 1 as a key"},
    {"? {b: 1}\n: x", "1:3", "found a mapping of 1 keys as a key"},
    {"a: {!obj:x.Y , b: 1}", "1:5: a", "found the tag '!obj:x.Y' on a key"},
    {"a\n...\nb\n", "3:1", "found more behind the end of the first value"},
    {"a: 1\n---\nb: 1\n", "3:1", "found more behind the end of the first value"},
    {"a: !obj:x.Y", "1:4: a",
     "found nothing behind '!obj:x.Y'; allowed: its keys in braces, {} "
     "for none"},
    {"a: !obj:x.Y [1]", "1:4: a", "found a list behind '!obj:x.Y'"},
    {"a: !obj:x.Y z", "1:4: a", "found 'z' behind '!obj:x.Y'"},
    {"a: !obj: {}", "1:4: a", "allowed: the name of a class behind !obj:"},
    {"a: !obj:x..y {}", "1:4: a", "allowed: the name of a class behind !obj:"},
    {"a: !obj:os/system {}", "1:4: a", "allowed: the name of a class behind !obj:"},
    {"a: !pkl:f.pkl", "1:4: a", "put a space between !pkl: and the file's name"},
    {"a: !pkl: [f]", "1:4: a", "found no file behind !pkl:"},
    {"a: !import", "1:4: a", "allowed: !import 'module.name' or !import:module.name"},
    {"a: !import:x y", "1:4: a", "found '!import:x' before 'y'"},
    {"a: !float [1]", "1:4: a", "found something else behind !float"},
    {"a: !!int [1]", "1:4: a", "found something else behind !!int"},
    {"a: !ojb:x.Y {}", "1:4: a", "unknown tag '!ojb:x.Y'; allowed: !obj:, "},
    {"a: !pickle x", "1:4: a", "unknown tag '!pickle'"},
    {"a: !!python/object/apply:os.system [ls]", "1:4: a", "a job cannot run code"},
    {"a: \x01", "1:4", "found the character U+0001, which YAML does not allow"},
    {"a: \xff", "1:4", "found the byte 0xff; allowed: UTF-8"},
    {"a: \xc3", "1:4", "found the byte 0xc3; allowed: UTF-8"},
    {"a: \xed\xa0\x80", "1:4", "allowed: UTF-8"},
    {"\xff\xfe"
     "a",
     "1:1", "found UTF-16; allowed: UTF-8"},
    {"a: [x, }", "1:8", "closes none that is open"},
    {"%YAML 1.2 3\n--- a", "1:1", "YAML directives must have exactly one argument"},
};

}  // namespace

TEST_CASE("yaml: every kind of faulty text has its message and place", "[yaml][faults]") {
  std::set<std::string> distinct;
  for (const FaultRow& row : fault_rows) {
    CAPTURE(row.text);
    const std::string words = faults(row.text);
    CHECK_THAT(words, Catch::StartsWith(std::string("job.yaml:") + row.where + ": "));
    CHECK_THAT(words, Contains(row.what));
    distinct.insert(row.what);
  }
  CHECK(distinct.size() >= 40);
}

TEST_CASE("yaml: all faults of a file are told at once, in the order of the text",
          "[yaml][faults]") {
  const std::string text =
      "model: !obj:m.MLP {\n"
      "  layers: [ !obj:m.L { dim: 1, dim: 2 }, !obh:m.L {} ],\n"
      "  nvis: 1,\n"
      "  nvis: 2\n"
      "}\n"
      "model: 3\n";
  CHECK(faults(text) ==
        "job.yaml:2:32: model.layers[0].dim: found duplicate key (dim); the first is in line 2\n"
        "job.yaml:2:42: model.layers[1]: unknown tag '!obh:m.L'; allowed: !obj:, !pkl:, !import, "
        "!import:, !float, !!str, !!int, !!float, !!bool, !!null; nearest: !obj:\n"
        "job.yaml:4:3: model.nvis: found duplicate key (nvis); the first is in line 3\n"
        "job.yaml:6:1: model: found duplicate key (model); the first is in line 1\n");
  Errors errors;
  CHECK(read_text("job.yaml", text, errors));  // further faults can be looked for
  CHECK(errors.size() == 4);
}

TEST_CASE("yaml errors: what a class does not know names the nearest key", "[yaml][faults]") {
  const Place layer = at(parse("m:\n  - {dim: 1,\n     layr_name: h0}\n"), {"m", "0"});
  Errors errors;
  errors.add_unknown_key(layer, "layr_name", {"dim", "layer_name"});
  CHECK(errors.text(true) ==
        "job.yaml:3:6: m[0].layr_name: unknown key 'layr_name'; allowed: dim, layer_name; nearest: "
        "layer_name\n"
        "       layr_name: h0}\n"
        "       ^\n");
}

TEST_CASE("yaml errors: warnings are told but stop nothing", "[yaml][faults]") {
  const Place place(parse("{a: 1}"));
  Errors errors;
  errors.warn(*place.find("a"), "no such file");
  CHECK(errors.empty());
  CHECK(errors.text() == "job.yaml:1:5: a: warning: no such file\n");
  CHECK_NOTHROW(errors.raise());
  errors.add(place, "wrong");
  CHECK(errors.size() == 1);
  CHECK(errors.text() == "job.yaml:1:1: wrong\njob.yaml:1:5: a: warning: no such file\n");
  CHECK(message_of<FileError>([&] { errors.raise(); }) ==
        "job.yaml:1:1: wrong\njob.yaml:1:5: a: warning: no such file");
}

TEST_CASE("yaml errors: a flood of them stays readable", "[yaml][faults]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a: 1\n";
  CHECK_THAT(faults(text), Catch::EndsWith("... and 799 more errors\n"));
  for (int i = 0; i < 9000; ++i) text += "a: 1\n";
  Errors errors;
  CHECK_FALSE(read_text("job.yaml", text, errors));  // given up
  CHECK(errors.size() < 1100);
}

TEST_CASE("yaml errors: of a long line the part around the column is shown", "[yaml][faults]") {
  Errors errors;
  read_text("job.yaml", "{" + std::string(500, ' ') + "a: 1, a: 2" + std::string(500, ' ') + "}",
            errors);
  const std::string excerpt = errors.sorted()[0].position.excerpt();
  CHECK(excerpt.size() < 250);
  CHECK_THAT(excerpt, Contains("a: 1, a: 2"));
}
