#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/template.hpp>

#include "../data/temporary_file.hpp"
#include "reading.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

using Definitions = std::vector<std::string>;

std::string fill(const std::string& text, const Definitions& definitions = {}) {
  Errors errors;
  const std::string out = fill_template("job.yaml", text, definitions, errors);
  return errors.empty() ? out : "faults: " + errors.text();
}

struct ConversionRow {
  const char* conversion;
  const char* value;
  const char* filled;  // as Python 3 gives it
};

constexpr ConversionRow conversion_rows[] = {
    {"s", "50000", "50000"},
    {"s", "abc", "abc"},
    {"5s", "abc", "  abc"},
    {"-5s", "abc", "abc  "},
    {".2s", "abc", "ab"},
    {"05s", "abc", "  abc"},
    {"i", "50000", "50000"},
    {"i", "2.7", "2"},
    {"i", "-2.7", "-2"},
    {"d", "-0.5", "0"},
    {"d", "1e3", "1000"},
    {"i", "1e20", "100000000000000000000"},
    {"5d", "42", "   42"},
    {"-5d", "42", "42   "},
    {"05d", "-42", "-0042"},
    {"+d", "42", "+42"},
    {" d", "42", " 42"},
    {".4d", "42", "0042"},
    {"u", "7", "7"},
    {"x", "255", "ff"},
    {"X", "255", "FF"},
    {"x", "-255", "-ff"},
    {"o", "8", "10"},
    {"f", "1", "1.000000"},
    {"f", ".000205", "0.000205"},
    {"f", ".583961", "0.583961"},
    {".2f", "2.675", "2.67"},
    {"08.3f", "-3.14159", "-003.142"},
    {"+.1f", "2.25", "+2.2"},
    {"e", "12345.678", "1.234568e+04"},
    {".2E", "0.00012", "1.20E-04"},
    {"g", "0.0001", "0.0001"},
    {"g", "0.00001", "1e-05"},
    {"g", "1234567", "1.23457e+06"},
    {".3g", "3.14159", "3.14"},
    {"G", "1e-10", "1E-10"},
    {"f", "-0.0", "-0.000000"},
    {".0f", "0.5", "0"},
    {"i", "0x10", "16"},
};

}  // namespace

TEST_CASE("yaml templates: conversions are Python's", "[yaml][template]") {
  for (const ConversionRow& row : conversion_rows) {
    CAPTURE(row.conversion, row.value);
    CHECK(fill(std::string("%(x)") + row.conversion, {std::string("x=") + row.value}) ==
          row.filled);
  }
}

TEST_CASE("yaml templates: names are filled wherever they stand", "[yaml][template]") {
  CHECK(fill("a: %(a)i%(b)s, '%(save_path)s/x' %%", {"a=1", "b=2", "save_path=out/x=y"}) ==
        "a: 12, 'out/x=y/x' %");
  CHECK(fill("%(a)s", {"a="}).empty());
  CHECK(fill("%(a)s", {"a=@@x"}) == "@x");
}

TEST_CASE("yaml templates: other percent signs are left alone", "[yaml][template]") {
  for (const char* text : {"# 94% accuracy", "%%(a)s", "100 %", "%", "%%", "%d and %s", "a %(",
                           "%(a b)s", "%()s", "50%(about)", "%(a"})
    CHECK(fill(text) == text);
  CHECK(fill("94% of %(a)s, 100 %d", {"a=1"}) == "94% of 1, 100 %d");
}

TEST_CASE("yaml templates: missing and unused names are all told", "[yaml][template]") {
  CHECK(fill("a: %(train_stop)i\nb: %(train_stop)i %(dim)s\n") ==
        "faults: job.yaml:1:4: %(train_stop) has no value; give it with -D train_stop=...\n"
        "job.yaml:2:19: %(dim) has no value; give it with -D dim=...\n");
  CHECK(
      fill("a: %(train_stop)i", {"tran_stop=5", "dim=3"}) ==
      "faults: job.yaml:1:4: %(train_stop) has no value; give it with -D train_stop=...; allowed: "
      "tran_stop, dim; nearest: tran_stop\n"
      "command line: -D 'tran_stop=5': there is no %(tran_stop) to fill in; allowed: train_stop; "
      "nearest: train_stop\n"
      "command line: -D 'dim=3': there is no %(dim) to fill in; allowed: train_stop\n");
  CHECK_THAT(fill("a: 1", {"a=1"}), Contains("there is no %(a) to fill in; -D fills in "));
}

TEST_CASE("yaml templates: values that do not fit are told", "[yaml][template]") {
  CHECK_THAT(fill("\n a: %(x)i", {"x=abc"}),
             Contains("job.yaml:2:5: %(x)i: %i needs a number, found 'abc'"));
  CHECK_THAT(fill("%(x)f", {"x='1'"}), Contains("%f needs a number"));
  CHECK_THAT(fill("%(x)x", {"x=1.5"}), Contains("%x needs an integer"));
  CHECK_THAT(fill("%(x)i", {"x=.inf"}), Contains("no whole part"));
  CHECK_THAT(fill("%(x)f", {"x=.nan"}), Contains("not a finite number"));
  CHECK_THAT(fill("%(x)i", {"x=99999999999999999999"}), Contains("outside the range"));
  CHECK_THAT(fill("%(x)9999s", {"x=1"}), Contains("a width above 1000"));
  CHECK_THAT(fill("%(x)y", {"x=1"}), Contains("%(x) has no conversion behind it; allowed: s d i"));
}

TEST_CASE("yaml templates: definitions that are none are told", "[yaml][template]") {
  CHECK_THAT(fill("%(x)s", {"x"}), Contains("-D 'x': allowed: name=value"));
  CHECK_THAT(fill("%(x)s", {"=1"}), Contains("allowed: name=value"));
  CHECK_THAT(fill("%(x)s", {"a b=1"}), Contains("allowed: name=value"));
  CHECK_THAT(fill("%(x)s", {"x=1", "x=2"}), Contains("-D x is given twice"));
  CHECK_THAT(fill("%(x)s", {"x=\xff"}), Contains("found the byte 0xff"));
}

TEST_CASE("yaml templates: errors stand where the file has them", "[yaml][template]") {
  Reading reading;
  reading.definitions = {"stop=50000", "name=a very long name"};
  CHECK(faults("x: {stop: %(stop)i, n: %(name)s, x: 1,\n x: %(stop)i, y: *a}", reading) ==
        "job.yaml:2:2: x.x: found duplicate key (x); the first is in line 1\n"
        "job.yaml:2:18: x.y: found '*a', but no such anchor before it; there is none\n");
  CHECK(faults("a: [%(name)s]\na: 1", reading) ==
        "command line: -D 'stop=50000': there is no %(stop) to fill in; allowed: name\n");
  reading.definitions = {"value=[1"};
  CHECK_THAT(faults("a: 1\nb: %(value)s\n", reading), Contains("job.yaml:3:1: "));
  const NodePtr root = parse("{a: %(x)s, b: 2}", defined({"x=[1, 2, 3]"}));
  REQUIRE(root);
  CHECK(at(root, {"a", "2"}).position.text() == "job.yaml:1:5");
  CHECK(at(root, {"b"}).position.text() == "job.yaml:1:15");
}

TEST_CASE("yaml templates: files are filled in with their own positions", "[yaml][template]") {
  const TemporaryFolder folder;
  const std::string part =
      folder.write("part.yaml", "!obj:x.D {\n  stop: %(stop)i,\n  stop: 1\n}\n");
  Reading reading;
  reading.definitions = {"part=@" + part, "stop=5"};
  Errors errors;
  const NodePtr job = read_text("job.yaml", "{d: &d %(part)s, e: *d}", errors, reading);
  REQUIRE(job);
  CHECK(errors.text() ==
        part + ":3:3: d.stop: found duplicate key (stop); the first is in line 2\n");
  CHECK(job->find("e")->node == job->find("d")->node);
  CHECK(job->find("d")->node->find("stop")->node->text == "5");

  const std::string loop = folder.write("loop.yaml", "[%(loop)s]");
  CHECK_THAT(fill("%(loop)s", {"loop=@" + loop}), Contains("would be filled into itself"));
  CHECK_THAT(fill("%(p)s", {"p=@" + folder.path() + "/none.yaml"}),
             Contains("command line: ") && Contains("none.yaml: no such file"));
  CHECK_THAT(fill("%(p)i", {"p=@" + part}), Contains("%(p)i cannot take a file"));
}

TEST_CASE("yaml templates: they cannot grow without bound", "[yaml][template]") {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "%(x)s";
  Reading reading;
  reading.limits.bytes = 1000;
  reading.definitions = {"x=" + std::string(900, 'a')};
  CHECK_THAT(faults(text, reading), Contains("the text grows beyond 1000 bytes"));
}
