#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/exceptions.hpp>

#include "allocations.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <set>

using namespace ansatz;

namespace {

using Order = std::vector<std::int64_t>;

Order shuffled(Shuffle& shuffle, int n) {
  Order order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  shuffle(order.data(), n);
  return order;
}

// Example i of width 3 holds i, i + 1/4, i + 1/2; its label is 10 i; its weight is the double i
// / 3.
struct Data {
  explicit Data(int n) {
    std::vector<float> features;
    std::vector<std::int32_t> labels;
    std::vector<double> weights;
    for (int i = 0; i < n; ++i) {
      for (int k = 0; k < 3; ++k) features.push_back(static_cast<float>(i) + .25f * float(k));
      labels.push_back(10 * i);
      weights.push_back(i / 3.);
    }
    table =
        Table({number_column("features", features, {3}),
               label_column("targets", labels, 10 * n + 1), number_column("weight", weights, {})});
  }
  Batches batches(int size, Iteration iteration, std::uint64_t seed = 0) const {
    return {table, size, iteration, seed};
  }
  Table table;
};

// The examples of an epoch in their order; checks each row, its label and its weight.
Order epoch(Batches& batches, std::vector<int>* sizes = nullptr) {
  Order seen;
  for (const Minibatch batch : batches) {
    if (sizes) sizes->push_back(batch.examples);
    REQUIRE(batch.x().dims == Dims{batch.examples, 3});
    REQUIRE(batch.y().dims == Dims{batch.examples});
    REQUIRE(batch["weight"].dims == Dims{batch.examples});
    REQUIRE(batch["weight"].type == ElementType::float64);
    const auto* features = static_cast<const float*>(batch.x().data);
    const auto* labels = static_cast<const std::int32_t*>(batch.y().data);
    const auto* weights = static_cast<const double*>(batch["weight"].data);
    for (int i = 0; i < batch.examples; ++i) {
      const float first = features[3 * i];
      REQUIRE(features[3 * i + 1] == first + .25f);
      REQUIRE(features[3 * i + 2] == first + .5f);
      REQUIRE(labels[i] == 10 * static_cast<int>(first));
      REQUIRE(weights[i] == static_cast<double>(first) / 3.);
      seen.push_back(static_cast<int>(first));
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("shuffle: orders are those of an independent computation", "[data][shuffle]") {
  // MT19937-64 and Lemire's bounded numbers written anew in Python.
  Shuffle shuffle(2012);
  REQUIRE(shuffled(shuffle, 10) == Order{9, 3, 1, 2, 5, 4, 0, 6, 7, 8});
  REQUIRE(shuffled(shuffle, 10) == Order{2, 9, 7, 6, 1, 8, 0, 3, 5, 4});
}

TEST_CASE("shuffle: every order is equally likely", "[data][shuffle]") {
  Shuffle shuffle(1);
  std::vector<double> count(24);
  for (int i = 0; i < 24'000; ++i) {
    Order order = shuffled(shuffle, 4);
    std::size_t rank = 0;
    while (std::prev_permutation(order.begin(), order.end())) ++rank;
    ++count[rank];
  }
  double chi_square = 0;
  for (const double c : count) chi_square += (c - 1000) * (c - 1000) / 1000;
  REQUIRE(chi_square < 49.7);  // 23 degrees of freedom, 1 in 1000
}

TEST_CASE("shuffle: nothing and one thing stay as they are", "[data][shuffle]") {
  Shuffle shuffle(1);
  shuffle(nullptr, 0);
  REQUIRE(shuffled(shuffle, 1) == Order{0});
}

TEST_CASE("batches: in order, they point into the design matrix", "[data][batches]") {
  const Data data(10);
  Batches batches = data.batches(4, Iteration::sequential);
  REQUIRE(batches.size() == 3);
  std::vector<int> sizes;
  REQUIRE(epoch(batches, &sizes) == Order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  REQUIRE(sizes == std::vector<int>{4, 4, 2});
  REQUIRE((*batches.begin()).x().data == data.table.column("features").data);
}

TEST_CASE("batches: shuffled, every epoch has each example once in another order",
          "[data][batches]") {
  const Data data(103);
  Batches batches = data.batches(10, Iteration::shuffled_sequential, 5);
  Batches again = data.batches(10, Iteration::shuffled_sequential, 5);
  std::set<Order> orders;
  for (int e = 0; e < 3; ++e) {
    Order order = epoch(batches);
    REQUIRE(epoch(again) == order);
    orders.insert(order);
    std::sort(order.begin(), order.end());
    REQUIRE(order.size() == 103);
    for (int i = 0; i < 103; ++i) REQUIRE(order[static_cast<std::size_t>(i)] == i);
  }
  REQUIRE(orders.size() == 3);
  Batches other = data.batches(10, Iteration::shuffled_sequential, 6);
  REQUIRE(orders.count(epoch(other)) == 0);
}

TEST_CASE("batches: even ones all have the same size", "[data][batches]") {
  const Data data(10);
  for (const Iteration iteration :
       {Iteration::even_sequential, Iteration::even_shuffled_sequential}) {
    Batches batches = data.batches(4, iteration);
    std::vector<int> sizes;
    REQUIRE(epoch(batches, &sizes).size() == 8);
    REQUIRE(sizes == std::vector<int>{4, 4});
  }
}

TEST_CASE("batches: odd sizes are safe", "[data][batches]") {
  for (const Iteration iteration :
       {Iteration::sequential, Iteration::shuffled_sequential, Iteration::even_sequential,
        Iteration::even_shuffled_sequential}) {
    for (const int n : {0, 1, 7})
      for (const int size : {1, 7, 8, 2'000'000'000}) {
        const Data data(n);
        Batches batches = data.batches(size, iteration);
        const bool even = iteration == Iteration::even_sequential ||
                          iteration == Iteration::even_shuffled_sequential;
        REQUIRE(static_cast<int>(epoch(batches).size()) == (even ? n / size * size : n));
      }
  }
  const Data data(3);
  REQUIRE_THROWS_AS(data.batches(0, Iteration::sequential), ValueError);
}

TEST_CASE("batches: of any sources; one that is not there is named with those that are",
          "[data][batches]") {
  Batches unlabelled(Table({number_column("image", std::vector<float>{1, 2, 3}, {1})}), 2,
                     Iteration::shuffled_sequential);
  for (const Minibatch batch : unlabelled) {
    REQUIRE(batch.y().data == nullptr);
    REQUIRE(batch.y().dims == Dims{0});
    REQUIRE(batch["image"].dims == Dims{batch.examples, 1});
    REQUIRE_THROWS_WITH(batch["imag"],
                        Catch::Contains("no source 'imag'; allowed: image; nearest: image"));
  }
}

TEST_CASE("batches: an epoch and a drawn batch of digits allocate nothing", "[data][batches]") {
  const DigitStream stream(2);
  Digits digits = stream.digits(0, 130);
  Batches batches(digits, 32, Iteration::shuffled_sequential, 1);
  const long before = testing::allocations();
  double sum = 0;
  for (int e = 0; e < 3; ++e)
    for (const Minibatch batch : batches)
      sum += static_cast<double>(static_cast<const float*>(batch.x().data)[400]);
  stream.batch(1000, 130, digits.images.data(), digits.labels.data());
  const long after = testing::allocations();
  REQUIRE(sum >= 0);
  REQUIRE(after == before);
  REQUIRE(before > 0);
}
