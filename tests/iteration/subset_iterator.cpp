#include <ansatz/data/iteration/subset_iterator.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace ansatz;
using Catch::Contains;

namespace {

using List = std::vector<std::int64_t>;
using Lists = std::vector<List>;

const RandomState start({2012, 10, 5});

Lists epoch(SubsetIterator& batches) {
  Lists out;
  batches.start();
  Subset part;
  while (batches.next(part)) {
    List& list = out.emplace_back();
    for (std::int64_t i = 0; i < part.size; ++i) list.push_back(part[i]);
    if (part.slice()) {
      REQUIRE(part.list().empty());
      REQUIRE(part.stop() == list.back() + 1);
    } else {
      REQUIRE(std::equal(list.begin(), list.end(), part.list().begin(), part.list().end()));
    }
  }
  REQUIRE_FALSE(batches.next(part));
  return out;
}

// Two epochs, one after the other.
Lists epochs(std::string_view mode, std::int64_t n, std::int64_t size, std::int64_t count = 0,
             std::span<const std::int64_t> lengths = {}) {
  RandomState rng = start;
  SubsetIterator batches =
      make_subset_iterator(mode, n, size, count, stochastic(mode) ? &rng : nullptr, lengths);
  Lists out = epoch(batches);
  REQUIRE(std::ssize(out) == batches.num_batches());
  std::int64_t examples = 0;
  for (const List& list : out) examples += std::ssize(list);
  REQUIRE(examples == batches.num_examples());
  for (List& list : epoch(batches)) out.push_back(std::move(list));
  return out;
}

std::string refusal(std::string_view mode, std::int64_t n, std::int64_t size, std::int64_t count,
                    RandomState* rng = nullptr) {
  try {
    make_subset_iterator(mode, n, size, count, rng);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

const List lengths = {3, 1, 2, 3, 1, 3, 2, 3, 3, 1};

}  // namespace

TEST_CASE("sequential: ten examples in batches of three are four slices", "[iteration]") {
  SubsetIterator batches = make_subset_iterator("sequential", 10, 3, 4);
  const Lists slices = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9}};
  CHECK(epoch(batches) == slices);
  CHECK(epoch(batches) == slices);
  CHECK(batches.uneven());
  CHECK(batches.num_examples() == 10);
  SubsetIterator two = make_subset_iterator("sequential", 10, 3, 2);
  CHECK(epoch(two) == Lists{{0, 1, 2}, {3, 4, 5}});
  CHECK(two.num_examples() == 6);
  CHECK_FALSE(two.uneven());
}

TEST_CASE("sequential: the number of batches alone gives their size, rounded up", "[iteration]") {
  SubsetIterator four = make_subset_iterator("sequential", 10, 0, 4);
  CHECK(four.batch_size() == 3);
  CHECK(epoch(four).back() == List{9});
  SubsetIterator six = make_subset_iterator("sequential", 10, 0, 6);
  CHECK(six.batch_size() == 2);
  CHECK(six.num_batches() == 5);
  CHECK(epoch(six).size() == 5);
}

TEST_CASE("shuffled_sequential: orders are those of NumPy's shuffle", "[iteration]") {
  CHECK(epochs("shuffled_sequential", 10, 4) ==
        Lists{{4, 7, 0, 9}, {2, 6, 3, 8}, {1, 5}, {0, 2, 9, 7}, {5, 4, 1, 3}, {6, 8}});
  CHECK(epochs("even_shuffled_sequential", 10, 4) ==
        Lists{{4, 7, 0, 9}, {2, 6, 3, 8}, {0, 2, 9, 7}, {5, 4, 1, 3}});
}

TEST_CASE("shuffled_sequential: SGD's first batch, and every example once", "[iteration]") {
  RandomState rng = start;
  SubsetIterator batches = make_subset_iterator("shuffled_sequential", 50000, 100, 0, &rng);
  List all;
  for (const List& list : epoch(batches)) all.insert(all.end(), list.begin(), list.end());
  CHECK(List(all.begin(), all.begin() + 5) == List{8722, 18180, 30358, 35768, 46266});
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK((all.size() == 50000 && all.front() == 0 && all.back() == 49999));
  CHECK(epoch(batches)[0][0] == 27798);
}

TEST_CASE("random modes: starts and examples are drawn batch by batch", "[iteration]") {
  RandomState rng = start;
  SubsetIterator slices = make_subset_iterator("random_slice", 10, 3, 5, &rng);
  CHECK(epoch(slices) == Lists{{5, 6, 7}, {1, 2, 3}, {1, 2, 3}, {3, 4, 5}, {3, 4, 5}});
  rng = start;
  SubsetIterator lists = make_subset_iterator("random_uniform", 10, 3, 3, &rng);
  CHECK(epoch(lists) == Lists{{5, 1, 9}, {3, 3, 7}, {2, 3, 4}});
  CHECK(lists.num_examples() == 9);
}

TEST_CASE("batchwise_shuffled_sequential: slices change places", "[iteration]") {
  CHECK(epochs("batchwise_shuffled_sequential", 10, 3) ==
        Lists{{0, 1, 2}, {6, 7, 8}, {9}, {3, 4, 5}, {0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9}});
  const Lists even = epochs("even_batchwise_shuffled_sequential", 10, 3);
  CHECK(Lists(even.begin(), even.begin() + 3) == Lists{{0, 1, 2}, {6, 7, 8}, {3, 4, 5}});
  // Six batches of two from ten: the sixth is empty, but takes part in the shuffling.
  const Lists six = epochs("batchwise_shuffled_sequential", 10, 0, 6);
  CHECK(Lists(six.begin(), six.begin() + 5) == Lists{{0, 1}, {6, 7}, {4, 5}, {8, 9}, {2, 3}});
}

TEST_CASE("even modes: examples that do not fill a batch are left out", "[iteration]") {
  for (const char* mode :
       {"even_sequential", "even_shuffled_sequential", "even_batchwise_shuffled_sequential"}) {
    CHECK(make_subset_iterator(mode, 50, 20, 0).num_batches() == 2);
    CHECK(make_subset_iterator(mode, 50, 0, 3).batch_size() == 16);
    for (const List& list : epochs(mode, 50, 20)) CHECK(list.size() == 20);
    CHECK_THAT(refusal(mode, 50, 20, 3), Contains("give 2 batches of equal size, of 20"));
    CHECK_THAT(refusal(mode, 5, 0, 6), Contains("num_batches is 6"));
  }
}

TEST_CASE("even_sequences: a batch has one length, and equal seeds give equal batches",
          "[iteration]") {
  // As a program in Python with numpy.random gives them.
  CHECK(epochs("even_sequences", 10, 2, 0, lengths) ==
        Lists{{1, 9}, {0, 3}, {6, 2}, {4}, {5, 8}, {7}, {8, 3}, {6, 2}, {9, 1}, {5, 7}, {4}, {0}});
  SubsetIterator three = make_subset_iterator("even_sequences", 10, 2, 3, nullptr, lengths);
  CHECK(epoch(three).size() == 3);
  CHECK(three.uneven());
  CHECK_THROWS_AS(make_subset_iterator("even_sequences", 10, 2, 7, nullptr, lengths), ValueError);
  CHECK_THROWS_AS(make_subset_iterator("even_sequences", 10, 0, 2, nullptr, lengths), ValueError);
  CHECK_THROWS_AS(make_subset_iterator("even_sequences", 9, 2, 0, nullptr, lengths), ValueError);
}

TEST_CASE("iteration: without a generator a mode uses RandomState(42)", "[iteration]") {
  SubsetIterator batches = make_subset_iterator("shuffled_sequential", 10, 10, 0);
  SubsetIterator moved = std::move(batches);
  CHECK(epoch(moved) == Lists{{8, 1, 5, 0, 7, 2, 9, 4, 3, 6}});
}

TEST_CASE("iteration: an epoch depends on the generator's state alone", "[iteration]") {
  for (const std::string_view mode : iteration_modes()) {
    if (!stochastic(mode)) continue;
    RandomState rng = start;
    SubsetIterator batches = make_subset_iterator(mode, 10, 2, 4, &rng, lengths);
    epoch(batches);
    const RandomState::State between = rng.state();
    const Lists second = epoch(batches);
    RandomState restored(1);
    restored.set_state(between);
    SubsetIterator later = make_subset_iterator(mode, 10, 2, 4, &restored, lengths);
    Subset part;
    REQUIRE(later.next(part));  // starts by itself
    CHECK(part[0] == second[0][0]);
    restored.set_state(between);
    CHECK(epoch(later) == second);
    CHECK(restored.state() == rng.state());
  }
}

TEST_CASE("iteration: modes say what they are", "[iteration]") {
  CHECK(iteration_modes().size() == 9);
  const auto among = [](std::string_view mode, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), mode) != list.end();
  };
  for (const std::string_view mode : iteration_modes()) {
    CAPTURE(mode);
    CHECK(stochastic(mode) != among(mode, {"sequential", "even_sequential"}));
    CHECK(uniform_batch_size(mode) ==
          among(mode, {"random_slice", "random_uniform", "even_sequential",
                       "even_shuffled_sequential", "even_batchwise_shuffled_sequential"}));
  }
}

TEST_CASE("iteration: an unknown mode lists all of them", "[iteration]") {
  CHECK_THROWS_WITH(make_subset_iterator("shufled_sequential", 10, 2, 0),
                    Contains("'shufled_sequential'") && Contains("random_slice") &&
                        Contains("even_sequences") && Contains("nearest: shuffled_sequential"));
  CHECK_THROWS_AS(stochastic(""), NameError);
}

TEST_CASE("iteration: what the examples do not give is refused", "[iteration]") {
  RandomState rng = start;
  CHECK_THAT(refusal("sequential", 10, 3, 5),
             Contains("10 examples give 4 batches of 3, but num_batches is 5"));
  CHECK_THAT(refusal("shuffled_sequential", 10, 3, 5), Contains("num_batches is 5"));
  CHECK_THAT(refusal("batchwise_shuffled_sequential", 10, 3, 5), Contains("num_batches is 5"));
  CHECK_THAT(refusal("sequential", 10, 3, 0, &rng), Contains("nothing is drawn"));
  for (const char* mode : {"sequential", "shuffled_sequential", "even_sequential"})
    CHECK_THAT(refusal(mode, 10, 0, 0), Contains("one of batch_size and num_batches"));
  for (const char* mode : {"random_slice", "random_uniform"}) {
    CHECK_THAT(refusal(mode, 10, 3, 0), Contains("both batch_size and num_batches"));
    CHECK_THAT(refusal(mode, 10, 0, 3), Contains("both batch_size and num_batches"));
    CHECK(refusal(mode, 0, 3, 3) != "");
  }
  CHECK_THAT(refusal("random_slice", 10, 11, 1), Contains("larger than the 10 examples"));
  CHECK_THAT(refusal("sequential", -1, 3, 0), Contains("dataset_size -1"));
  CHECK_THAT(refusal("sequential", 10, -3, 0), Contains("batch_size -3"));
  CHECK_THAT(refusal("sequential", 10, 3, -1), Contains("num_batches -1"));
}

TEST_CASE("iteration: odd sizes are safe", "[iteration]") {
  for (const std::string_view mode : iteration_modes()) {
    if (mode.starts_with("random")) continue;
    for (const std::int64_t n : {0, 1, 7})
      for (const std::int64_t size : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1} << 62}) {
        const List equal(static_cast<std::size_t>(n), 5);
        std::int64_t seen = 0;
        SubsetIterator batches = make_subset_iterator(mode, n, size, 0, nullptr, equal);
        for (const List& list : epoch(batches)) seen += std::ssize(list);
        CHECK(seen == (mode.starts_with("even") && mode != "even_sequences" ? n / size * size : n));
      }
  }
}
