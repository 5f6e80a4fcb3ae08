#include <ansatz/yaml/overrides.hpp>
#include <ansatz/yaml/write.hpp>

#include "reading.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

constexpr const char* train_job =
    "!obj:t.Train {\n"
    "  dataset: &train !obj:d.MNIST { stop: 50000 },\n"
    "  model: !obj:m.MLP { layers: [ !obj:m.Linear { layer_name: 'h0', dim: 500 },\n"
    "                                !obj:m.Softmax { layer_name: 'y', n_classes: 10 } ] },\n"
    "  algorithm: !obj:a.SGD { learning_rate: &rate .1, other: *rate,\n"
    "                          monitoring_dataset: { train: *train, 'a.b': 1 } },\n"
    "  extensions: [ !obj:e.One { start: 1 }, !obj:e.Two {}, !obj:e.Two {} ]\n"
    "}\n";

std::string applied(const std::vector<std::string>& overrides,
                    const std::vector<std::string>& path) {
  Reading reading;
  reading.overrides = overrides;
  const NodePtr root = parse(train_job, reading);
  return root ? to_yaml(*at(root, path).node) : "faults: " + faults(train_job, reading);
}

std::string complaint(const std::string& override) {
  Reading reading;
  reading.overrides = {override};
  return faults(train_job, reading);
}

}  // namespace

TEST_CASE("yaml overrides: a path leads through keys, indices and names", "[yaml][overrides]") {
  CHECK(applied({"algorithm.learning_rate=.05"}, {"algorithm", "learning_rate"}) == ".05\n");
  CHECK(applied({"model.layers[0].dim=100"}, {"model", "layers", "0", "dim"}) == "100\n");
  CHECK(applied({"model.layers[-1].n_classes=3"}, {"model", "layers", "1", "n_classes"}) == "3\n");
  CHECK(applied({"model.layers.h0.dim=100"}, {"model", "layers", "0", "dim"}) == "100\n");
  CHECK(applied({"extensions.One.start=2"}, {"extensions", "0", "start"}) == "2\n");
  CHECK(applied({"algorithm.monitoring_dataset[\"a.b\"]=2"},
                {"algorithm", "monitoring_dataset", "a.b"}) == "2\n");
  CHECK(applied({"model.layers[1]=!obj:m.Tanh {layer_name: t}"}, {"model", "layers", "1"}) ==
        "!obj:m.Tanh\nlayer_name: t\n");
}

TEST_CASE("yaml overrides: values are YAML, missing keys are added", "[yaml][overrides]") {
  CHECK(applied({"save_path=a=b.pkl"}, {"save_path"}) == "\"a=b.pkl\"\n");
  CHECK(applied({"save_path=\"5\""}, {"save_path"}) == "\"5\"\n");
  CHECK(applied({"model.layers.h0.irange="}, {"model", "layers", "0", "irange"}) == "null\n");
  CHECK(applied({"model.seed=[2013, 1, 4]"}, {"model", "seed"}) == "- 2013\n- 1\n- 4\n");
  CHECK(applied({"model.new={}", "model.new.k=1", "model.new.k=2"}, {"model", "new"}) == "k: 2\n");
}

TEST_CASE("yaml overrides: at an anchor all aliases see it, at an alias that place alone",
          "[yaml][overrides]") {
  CHECK(applied({"algorithm.learning_rate=.5"}, {"algorithm", "other"}) == ".5\n");
  CHECK(applied({"algorithm.other=.5"}, {"algorithm", "learning_rate"}) == ".1\n");
  CHECK(applied({"dataset.stop=7"}, {"algorithm", "monitoring_dataset", "train", "stop"}) == "7\n");
  CHECK(applied({"algorithm.monitoring_dataset.train=null"}, {"dataset", "stop"}) == "50000\n");
  CHECK(applied({"dataset=!obj:d.Other {}"}, {"algorithm", "monitoring_dataset", "train"}) ==
        "!obj:d.Other {}\n");
}

TEST_CASE("yaml overrides: a path through an alias changes what is behind it there alone",
          "[yaml][overrides]") {
  const std::vector<std::string> one = {"algorithm.monitoring_dataset.train.stop=7"};
  CHECK(applied(one, {"algorithm", "monitoring_dataset", "train", "stop"}) == "7\n");
  CHECK(applied(one, {"dataset", "stop"}) == "50000\n");
  // An added key, several overrides, and one at the anchor before or after.
  const std::string path = "algorithm.monitoring_dataset.train";
  CHECK(applied({path + ".start=1", path + ".stop=2", path + ".start=3"},
                {"algorithm", "monitoring_dataset", "train"}) ==
        "!obj:d.MNIST\nstop: 2\nstart: 3\n");
  CHECK(applied({path + ".start=1", path + ".stop=2"}, {"dataset"}) ==
        "!obj:d.MNIST\nstop: 50000\n");
  CHECK(applied({path + ".start=1", "dataset.stop=9"},
                {"algorithm", "monitoring_dataset", "train"}) ==
        "!obj:d.MNIST\nstop: 50000\nstart: 1\n");
  CHECK(applied({"dataset.stop=9", path + ".start=1"},
                {"algorithm", "monitoring_dataset", "train"}) ==
        "!obj:d.MNIST\nstop: 9\nstart: 1\n");

  // Behind the alias, what others share stays theirs, however deep.
  NodePtr root = parse(
      "a: &a {b: {c: [{d: 1}, !obj:x.Y {e: 2}]}, f: &f {g: 3}}\n"
      "h: *a\ni: *a\nj: *f\nk: {<<: *a, l: 4}\n");
  Errors errors;
  apply_overrides(root, {"h.b.c[0].d=5", "h.b.c[1].e=6", "i.f.g=7", "h.b.c[0].d=8", "k.f.g=9"},
                  errors);
  REQUIRE(errors.empty());
  CHECK(at(root, {"h", "b", "c", "0", "d"})->text == "8");
  CHECK(at(root, {"h", "b", "c", "1", "e"})->text == "6");
  CHECK(at(root, {"a", "b", "c", "0", "d"})->text == "1");
  CHECK(at(root, {"a", "b", "c", "1", "e"})->text == "2");
  CHECK(at(root, {"i", "b", "c", "0", "d"})->text == "1");
  CHECK(at(root, {"i", "f", "g"})->text == "7");
  CHECK(at(root, {"k", "f", "g"})->text == "9");
  for (const char* of : {"a", "h"}) CHECK(at(root, {of, "f", "g"})->text == "3");
  CHECK(at(root, {"j", "g"})->text == "3");
}

TEST_CASE("yaml overrides: errors stand on the command line", "[yaml][overrides]") {
  CHECK(complaint("algoritm.learning_rate=1") ==
        "command line: algoritm: there is no 'algoritm' in the file; allowed: dataset, model, "
        "algorithm, extensions; nearest: algorithm\n");
  CHECK(complaint("model.layers.h1.dim=1") ==
        "command line: model.layers.h1: there is no 'h1' in model.layers; allowed: h0, y; nearest: "
        "h0\n");
  CHECK_THAT(complaint("model.layers[2].dim=1"), Contains("is a list of 2, which has no [2]"));
  CHECK_THAT(complaint("model.layers[-3]=1"), Contains("which has no [-3]"));
  CHECK_THAT(complaint("model[0]=1"), Contains("which has keys and no [0]"));
  CHECK_THAT(complaint("dataset.stop.x=1"), Contains("the integer '50000', which has no keys"));
  CHECK_THAT(complaint("extensions.Two.start=1"),
             Contains("extensions.Two: 2 items of extensions are called 'Two'; say which by its "
                      "number, as in extensions[0]"));
  CHECK_THAT(complaint("extensions.Tow.start=1"), Contains("; nearest: Two; by number, [0] to ["));
  CHECK_THAT(complaint("dataset.stop=[1"),
             Contains("command line: dataset.stop") && Contains("expected ',' or ']'"));
  CHECK_THAT(complaint("dataset.stop=!foo 1"), Contains("dataset.stop: unknown tag '!foo'"));
  CHECK_THAT(complaint("dataset.stop=*train"), Contains("no such anchor"));
  for (const char* wrong : {"dataset", "", "=1", "a..b=1", ".a=1", "a.=1", "a[=1", "a[x]=1",
                            "a['b]=1", "a[0]b=1", "a["})
    CHECK_THAT(complaint(wrong), Contains("command line: override '") && Contains("allowed: path"));
}

TEST_CASE("yaml overrides: several are told together, with the text they stand in",
          "[yaml][overrides]") {
  NodePtr root = parse(train_job);
  Errors errors;
  apply_overrides(root, {"x.y=1", "model.nvis=784", "z.y=1"}, errors);
  CHECK(errors.size() == 2);
  CHECK_THAT(errors.text(true), Contains("  x.y=1\n  ^\n") && Contains("  z.y=1\n  ^\n"));
  CHECK(at(root, {"model", "nvis"}).position.text() == "command line");
  CHECK(at(root, {"model", "nvis"}).position.excerpt() == "  model.nvis=784\n             ^\n");
}

TEST_CASE("yaml overrides: a list of jobs is entered by its index", "[yaml][overrides]") {
  NodePtr root = parse("- !obj:T {a: 1}\n- !obj:T {a: 2}\n");
  Errors errors;
  apply_overrides(root, {"[1].a=3"}, errors);
  REQUIRE(errors.empty());
  CHECK(at(root, {"1", "a"})->text == "3");
}
