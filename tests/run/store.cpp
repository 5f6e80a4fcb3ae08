#include <dsl/store.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>

#include "temporary_folder.hpp"

using namespace ansatz;
using Catch::Matchers::Contains;
using Catch::Matchers::Message;

TEST_CASE("store: tensors are zero, aligned, and padded with zeros", "[run][store]") {
  Store store;
  store.add<float>("layer_0/W", {3, 7});
  store.add<double>("b", {});
  store.add<float>("empty", {0, 5});
  for (const char* name : {"layer_0/W", "empty"})
    CHECK(reinterpret_cast<std::uintptr_t>(store.data<float>(name)) % 64 == 0);
  for (int i = 0; i < 32; ++i) CHECK(store.data<float>("layer_0/W")[i] == 0);
  CHECK(*store.data<double>("b") == 0);
  CHECK(store.shape("layer_0/W") == Dims(3, 7));
  CHECK(store.rank("b") == 0);
  CHECK(store.type("b") == ElementType::float64);
  CHECK(store.size() == 3);
  CHECK(store.name(0) == "layer_0/W");
  CHECK(store.name(2) == "empty");
  CHECK_THROWS_AS(store.name(3), NameError);
}

TEST_CASE("store: a copy names the same tensors, a clone has its own", "[run][store]") {
  Store store;
  store.add<float>("W", {2});
  Store same = store, other = store.clone();
  same.fill("W", 3);
  CHECK(store.data<float>("W")[1] == 3);
  CHECK(other.data<float>("W")[1] == 0);
  CHECK(same == store);
  CHECK_FALSE(other == store);
  store = other;
  CHECK(store == other);
}

TEST_CASE("store: errors say what was found, what is allowed and what is near", "[run][store]") {
  Store store;
  store.add<float>("weights", {2, 3});
  const std::vector<float> six(6);
  const std::vector<double> wide(6);
  CHECK_THROWS_MATCHES(store.shape("wieghts"), NameError,
                       Message("the store has no tensor 'wieghts'; allowed: weights; nearest: "
                               "weights"));
  CHECK_THROWS_WITH(store.add<float>("weights", {1}), Contains("already"));
  CHECK_THROWS_WITH(store.add<float>("a b", {1}), Contains("A-Z a-z 0-9 _ . / -"));
  CHECK_THROWS_AS(store.add<float>("", {1}), NameError);
  CHECK_THROWS_AS(store.add<float>("n", {-1}), ShapeError);
  CHECK_THROWS_AS(store.add<float>("n", {INT64_MAX, 4}), ShapeError);
  CHECK_THROWS_AS(store.data<double>("weights"), ValueError);
  CHECK_THROWS_MATCHES(store.set("weights", six.data(), {3, 2}), ShapeError,
                       Message("values for tensor 'weights' have the shape [3, 2]; allowed: "
                               "[2, 3]"));
  CHECK_THROWS_WITH(store.set("weights", wide.data(), {2, 3}), Contains("float64"));
  CHECK_THROWS_AS(store.resize("weights", 4), ShapeError);
  CHECK_THROWS_AS(store.uniform("weights", 1, 0, 1), ValueError);
  const double endless = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(store.uniform("weights", 0, endless, 1), ValueError);
  CHECK_THROWS_AS(store.uniform("weights", -1e308, 1e308, 1), ValueError);
  CHECK_THROWS_AS(store.normal("weights", std::nan(""), 1, 1), ValueError);
  CHECK_THROWS_AS(store.normal("weights", 0, endless, 1), ValueError);
  CHECK_THROWS_AS(store.normal("weights", 0, -1, 1), ValueError);
  CHECK(store.size() == 1);
}

TEST_CASE("store: resizing keeps the rows there were and zeroes new ones", "[run][store]") {
  Store store;
  store.add_resizable<double>("chains", {0, 3});
  CHECK(store.kind("chains") == StoreKind::state);
  const std::uint64_t before = store.version();
  store.resize("chains", 2);
  CHECK(store.version() != before);
  store.fill("chains", 5);
  for (std::int64_t rows : {40, 1, 3}) {
    store.resize("chains", rows);
    CHECK(store.shape("chains") == Dims(rows, 3));
    for (std::int64_t i = 0; i < 3 * rows; ++i) {
      const std::int64_t kept = rows == 40 ? 2 : 1;
      CHECK(store.data<double>("chains")[i] == (i < 3 * kept ? 5 : 0));
    }
  }
}

TEST_CASE("store: draws follow seed and distribution", "[run][store]") {
  Store store;
  store.add<double>("a", {10000});
  store.add<double>("b", {10000});
  // the first number of std::mt19937_64 with its default seed
  store.uniform("a", -2, 6, 5489);
  CHECK(store.data<double>("a")[0] == -2 + 8 * (double(14514284786278117030u >> 11) * 0x1p-53));
  store.uniform("a", -2, 6, 7);
  store.uniform("b", -2, 6, 7);
  double mean = 0, low = 9, high = -9;
  for (int i = 0; i < 10000; ++i) {
    const double x = store.data<double>("a")[i];
    REQUIRE(x == store.data<double>("b")[i]);
    mean += x / 10000;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  CHECK(mean == Approx(2).margin(0.1));
  CHECK(low >= -2);
  CHECK(low < -1.99);
  CHECK(high < 6);
  CHECK(high > 5.99);
  store.uniform("b", -2, 6, 8);
  CHECK(store.data<double>("a")[0] != store.data<double>("b")[0]);

  store.normal("a", 1, 0.5, 3);
  double first = 0, second = 0;
  int beyond = 0;
  for (int i = 0; i < 10000; ++i) {
    const double z = (store.data<double>("a")[i] - 1) / 0.5;
    first += z / 10000;
    second += z * z / 10000;
    beyond += std::abs(z) > 1.96;
  }
  CHECK(first == Approx(0).margin(0.04));
  CHECK(second == Approx(1).margin(0.06));
  CHECK(beyond == Approx(500).margin(80));
}

TEST_CASE("store: a file gives back what was saved", "[run][store][npz]") {
  const TemporaryFolder folder;
  Store store;
  store.add<float>("layer.0/W", {4, 5});
  store.add<double>("bias-1", {3});
  store.add<float>("scalar", {});
  store.add_resizable<float>("chains", {0, 2});
  store.resize("chains", 6);
  store.normal("layer.0/W", 0, 1, 1);
  store.uniform("bias-1", -1, 1, 2);
  store.fill("scalar", -0.0);
  store.fill("chains", INFINITY);
  store.save_npz(folder / "model.npz");

  Store other;
  other.add_resizable<float>("chains", {1, 2});
  other.add<float>("scalar", {});
  other.add<double>("bias-1", {3});
  other.add<float>("layer.0/W", {4, 5});
  other.load_npz(folder / "model.npz");
  CHECK(other.shape("chains") == Dims(6, 2));
  CHECK(other.data<float>("chains")[11] == INFINITY);
  CHECK(std::signbit(*other.data<float>("scalar")));
  for (int i = 0; i < 20; ++i)
    CHECK(other.data<float>("layer.0/W")[i] == store.data<float>("layer.0/W")[i]);
  for (int i = 0; i < 3; ++i)
    CHECK(other.data<double>("bias-1")[i] == store.data<double>("bias-1")[i]);
}

TEST_CASE("store: a file that does not fit is refused with every difference, nothing changed",
          "[run][store][npz]") {
  const TemporaryFolder folder;
  Store store;
  store.add<float>("weights", {2, 2});
  store.add<float>("bias", {2});
  store.add<float>("gain", {2});
  store.add<float>("same", {1});
  store.fill("same", 4);
  store.save_npz(folder / "a.npz");
  Store other;
  other.add<float>("wieghts", {2, 2});
  other.add<float>("bias", {3});
  other.add<double>("gain", {2});
  other.add<float>("same", {1});
  CHECK_THROWS_MATCHES(other.load_npz(folder / "a.npz"), FileError,
                       Message("'" + (folder / "a.npz") +
                               "' does not hold the tensors of this store:"
                               "\n  'wieghts' is missing; nearest in the file: weights"
                               "\n  'weights' is unknown; nearest in the store: wieghts"
                               "\n  'bias' has the shape [2] in the file, [3] in the store"
                               "\n  'gain' holds float32 in the file, float64 in the store"));
  CHECK(*other.data<float>("same") == 0);
  CHECK_THROWS_WITH(other.load_npz(folder / "none.npz"), Contains("none.npz"));
}

TEST_CASE("store: copy takes over another's values, the best say", "[store]") {
  Store store;
  store.add<double>("W", Dims{2, 2});
  store.add_resizable<float>("h", Dims{1, 3});
  store.fill("W", 2);
  const Store best = store.clone();
  store.fill("W", 7);
  store.resize("h", 4);
  store.copy(best);
  CHECK(store.data<double>("W")[3] == 2);
  CHECK(store.shape("h")[0] == 1);
  CHECK(best.data<double>("W") != store.data<double>("W"));
  Store other;
  other.add<double>("W", Dims{2, 3});
  other.add<double>("V", Dims{1});
  other.fill("W", 1);
  CHECK_THROWS_WITH(other.copy(store), Contains("'W' has the shape [2, 2] in the other, "
                                                "[2, 3] in the store") &&
                                           Contains("'V' is missing") &&
                                           Contains("'h' is unknown"));
  CHECK(other.data<double>("W")[0] == 1);
}

TEST_CASE("store: a file is read in part, by patterns", "[store]") {
  const TemporaryFolder folder;
  const std::string path = folder / "part.npz";
  Store saved;
  for (const char* name : {"h0_W", "h0_b", "y_W"}) saved.add<double>(name, Dims{2});
  saved.fill("h0_W", 1), saved.fill("h0_b", 2), saved.fill("y_W", 3);
  saved.save_npz(path);
  Store store;
  store.add<double>("h0_W", Dims{2});
  store.add<double>("h0_b", Dims{2});
  store.add<double>("y_W", Dims{5});
  CHECK(store.load_npz(path, {"h0_*"}) == 2);
  CHECK(store.data<double>("h0_W")[1] == 1);
  CHECK(store.data<double>("h0_b")[0] == 2);
  CHECK(store.data<double>("y_W")[0] == 0);
  store.fill("h0_W", 9);
  CHECK_THROWS_WITH(store.load_npz(path, {"*_W", "q*"}),
                    Contains("'y_W' has the shape [2] in the file, [5] in the store") &&
                        Contains("no tensor of the file fits 'q*'"));
  CHECK(store.data<double>("h0_W")[0] == 9);
}
