#include <ansatz/data/batches.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstring>
#include <limits>
#include <numeric>
#include <thread>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using AnySource = std::shared_ptr<const BatchSource>;
using Doubles = std::vector<double>;

float feature(std::int64_t i, int k) { return static_cast<float>(i) + .25f * float(k); }

// Example i has the features i, i + 1/4 and the label i % 3.
AnySource table(int n) {
  std::vector<float> features;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < 2; ++k) features.push_back(feature(i, k));
    labels.push_back(i % 3);
  }
  return std::make_shared<const Table>(
      Table({number_column("features", features, {2}), label_column("targets", labels, 3)}));
}

// The same as a stream that gives at most 3 at a time.
Stream counting(std::int64_t n, int ahead = 0) {
  Stream out;
  out.columns = {number_column("features", Dims{2}), label_column("targets", 3)};
  out.ahead = ahead;
  out.begin = [n]() -> NextRows {
    return [n, i = std::int64_t{0}](std::int64_t most, std::span<void* const> to) mutable {
      const std::int64_t count = std::min({most, std::int64_t{3}, n - i});
      for (std::int64_t row = 0; row < count; ++row, ++i) {
        for (int k = 0; k < 2; ++k) static_cast<float*>(to[0])[2 * row + k] = feature(i, k);
        static_cast<std::int32_t*>(to[1])[row] = static_cast<std::int32_t>(i % 3);
      }
      return count;
    };
  };
  return out;
}

// Everything that a walk gives: the size of a batch, then its numbers.
Doubles seen(BatchWalk& walk, std::int64_t done = 0, std::int64_t from = 0) {
  Doubles all;
  walk.start(done, from);
  for_each_batch_left(walk, [&](const RowsView& rows) {
    all.push_back(static_cast<double>(rows.size()));
    for (const Column& column : rows.columns) {
      std::vector<double> numbers(static_cast<std::size_t>(rows.size() * column.width()));
      Table::gather(column, rows.subset, ElementType::float64, numbers.data());
      all.insert(all.end(), numbers.begin(), numbers.end());
    }
  });
  return all;
}

Doubles seen(AnySource source, const BatchOrder& order, int epochs = 1) {
  BatchWalk walk(std::move(source), order);
  Doubles all;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const Doubles one = seen(walk);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

std::string npy(const TemporaryFolder& folder, const char* name, const ArrayView& array) {
  const std::string path = folder.path() + "/" + name;
  write_npy(path, array);
  return path;
}

std::string refused(const AnySource& source, const BatchOrder& order) {
  return message_of<ValueError>([&] { BatchWalk walk(source, order); });
}

}  // namespace

TEST_CASE("sources: a stream gives the batches of the table with its numbers", "[data][source]") {
  for (const char* mode : {"sequential", "even_sequential"})
    for (const std::int64_t known : {std::int64_t{10}, BatchSource::unknown})
      for (const int ahead : {0, 2}) {
        Stream description = counting(10, ahead);
        description.examples = known;
        const AnySource source = stream(description);
        for (const std::int64_t size : {1, 4, 5, 10, 11})
          REQUIRE(seen(source, {mode, size, 0, nullptr}, 2) ==
                  seen(table(10), {mode, size, 0, nullptr}, 2));
        REQUIRE(seen(source, {mode, 4, 2, nullptr}) == seen(table(10), {mode, 4, 2, nullptr}));
      }
}

TEST_CASE("sources: an interrupted epoch goes on with the next batch", "[data][source]") {
  BatchWalk whole(stream(counting(10)), {"sequential", 3, 0, nullptr});
  const Doubles rest = seen(whole, 2);
  REQUIRE(rest == Doubles{3, 6, 6.25, 7, 7.25, 8, 8.25, 0, 1, 2, 1, 9, 9.25, 0});
  // Each epoch of data without end begins where the one before ended.
  Stream description = counting(BatchSource::endless);
  description.examples = BatchSource::endless;
  BatchWalk endless(stream(description), {"sequential", 2, 3, nullptr});
  REQUIRE(endless.num_examples() == 6);
  REQUIRE(seen(endless, 2, 6) == Doubles{2, 10, 10.25, 11, 11.25, 1, 2});
  REQUIRE(seen(endless, 2, 0) == Doubles{2, 4, 4.25, 5, 5.25, 1, 2});
}

TEST_CASE("sources: what a source does not have is refused, with what is allowed",
          "[data][source]") {
  const AnySource source = stream(counting(10));
  CHECK(refused(source, {"shuffled_sequential", 2, 0, nullptr}) ==
        "shuffled_sequential: the data set can be read in its own order only; allowed: sequential, "
        "even_sequential");
  CHECK(refused(source, {"sequential", 0, 5, nullptr}) ==
        "sequential: batch_size is needed, since the number of examples is not known before their "
        "end");
  const AnySource endless = repeated(table(4));
  CHECK_THAT(refused(endless, {"random_uniform", 2, 2, nullptr}), Contains("its own order"));
  CHECK(refused(endless, {"sequential", 2, 0, nullptr}) ==
        "sequential: the number of batches of an epoch is needed, since the data set has no end");
  CHECK_THROWS_WITH(in_memory(endless), Contains("without an end"));
  // As of a table: so many batches there are not.
  const auto message = [&](const AnySource& of) {
    return message_of<ValueError>([&] { (void)seen(of, {"sequential", 3, 5, nullptr}); });
  };
  CHECK(message(source) == message(table(10)));
  CHECK_THAT(message(source), Contains("10 examples give 4 batches of 3"));
  Stream promised = counting(7);
  promised.examples = 10;
  CHECK_THROWS_WITH(seen(stream(promised), {"sequential", 3, 0, nullptr}),
                    Contains("ends after 7 examples, where 10 were promised"));
}

TEST_CASE("sources: values of a stream are checked, with the example's number", "[data][source]") {
  const auto with = [](float number, int label, int ahead) {
    Stream out = counting(10, ahead);
    out.begin = [next = out.begin, number, label]() -> NextRows {
      return [next = next(), number, label, i = 0](auto most, auto to) mutable {
        const std::int64_t count = next(std::min<std::int64_t>(most, 1), to);
        if (i++ == 7) {
          static_cast<float*>(to[0])[1] = number;
          static_cast<std::int32_t*>(to[1])[0] = label;
        }
        return count;
      };
    };
    return stream(out);
  };
  for (const int ahead : {0, 2}) {
    // The batches before the one that fails are there all the same.
    std::int64_t examples = 0;
    const auto walk = [&](const AnySource& source) {
      examples = 0;
      return message_of<ValueError>([&] {
        for_each_batch(source, 2, [&](const RowsView& rows) { examples += rows.size(); });
      });
    };
    CHECK(walk(with(std::numeric_limits<float>::infinity(), 0, ahead)) ==
          "'features': the number inf in example 7 is not finite");
    CHECK(examples == 6);
    CHECK(walk(with(1, 3, ahead)) == "'targets': label 3 in example 7; allowed are 0 to 2");
    CHECK(examples == 6);
  }
}

TEST_CASE("sources: a mapped file gives what is read from it, in any order", "[data][source]") {
  const TemporaryFolder folder;
  std::vector<double> x(40);
  std::iota(x.begin(), x.end(), 0.);
  const std::vector<std::int32_t> y{3, 1, 4, 1, 5, 0, 2, 6, 5, 3};
  const std::string features = npy(folder, "x.npy", view(x.data(), {10, 4})),
                    labels = npy(folder, "y.npy", view(y.data(), {10}));
  const AnySource mapped = side_by_side({mapped_npy(features), mapped_npy(labels, "targets", 7)});
  const AnySource read = std::make_shared<const Table>(
      Table({number_column("features", x, {4}), label_column("targets", y, 7)}));
  REQUIRE(mapped->random_access());
  REQUIRE(mapped->examples() == 10);
  for (const char* mode : {"sequential", "shuffled_sequential", "random_uniform", "random_slice",
                           "even_batchwise_shuffled_sequential"}) {
    RandomState one(7), other(7);
    const bool draws = stochastic(mode);
    REQUIRE(seen(mapped, {mode, 3, 3, draws ? &one : nullptr}, 3) ==
            seen(read, {mode, 3, 3, draws ? &other : nullptr}, 3));
  }
  CHECK_THROWS_WITH(mapped_npy(labels), Contains("y.npy has dimensions [10]"));
  const std::string none = npy(folder, "none.npy", view(x.data(), {0, 4}));
  CHECK_THROWS_WITH(mapped_npy(none), Contains("none.npy has dimensions [0, 4]: no examples"));
  const std::vector<std::int64_t> wide(y.begin(), y.end());
  const std::string other = npy(folder, "z.npy", view(wide.data(), {10}));
  CHECK_THROWS_WITH(mapped_npy(other, "targets", 7), Contains("mapped are labels of int32"));
  const std::string cut = folder.write("cut.npy", std::string_view("\x93NUMPY\1\0v\0{", 11));
  CHECK_THROWS_WITH(mapped_npy(cut), Contains("ends too early"));
  CHECK_THROWS_WITH(mapped_npy(folder.path()), Contains("folder"));
  x[13] = std::numeric_limits<double>::quiet_NaN();
  // A file of the same size is another one: facts look at numbers, too.
  std::vector<double> changed = x;
  changed[17] += 1;
  const auto facts = [&](const std::vector<double>& numbers) {
    return mapped_npy(npy(folder, "known.npy", view(numbers.data(), {10, 4})))->facts();
  };
  CHECK(facts(x) == facts(x));
  CHECK(facts(x) != facts(changed));
  CHECK_THAT(facts(x), Contains("mapped from a file of 320 bytes, 10 of its examples "));

  const AnySource bad = mapped_npy(npy(folder, "bad.npy", view(x.data(), {10, 4})));
  CHECK_THROWS_WITH(for_each_batch(bad, 2, [](const RowsView&) {}),
                    Contains("the number nan in example 3 of " + folder.path() + "/bad.npy"));
}

TEST_CASE("sources: rows made on the fly are those of a table of them", "[data][source]") {
  const auto squares = [](std::span<const ArrayView> in, std::span<void* const> out) {
    const auto* x = static_cast<const float*>(in[0].data);
    for (std::int64_t i = 0; i < in[0].dims[0]; ++i)
      static_cast<double*>(out[0])[i] =
          static_cast<double>(x[2 * i]) * static_cast<double>(x[2 * i]);
  };
  Doubles values(10);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>(i)] = i * i;
  const AnySource expected =
      std::make_shared<const Table>(Table({number_column("square", values, {1})}));
  for (const int ahead : {0, 2}) {
    const std::vector<Column> columns{number_column("square", Dims{1}, ElementType::float64)};
    const AnySource made = transformed(table(10), columns, squares, ahead);
    for (const char* mode : {"sequential", "shuffled_sequential", "even_shuffled_sequential"}) {
      RandomState one(3), other(3);
      const bool draws = stochastic(mode);
      REQUIRE(seen(made, {mode, 4, 0, draws ? &one : nullptr}, 2) ==
              seen(expected, {mode, 4, 0, draws ? &other : nullptr}, 2));
    }
    const AnySource streamed = transformed(stream(counting(10)), columns, squares, ahead);
    REQUIRE_FALSE(streamed->random_access());
    REQUIRE(seen(streamed, {"sequential", 4, 0, nullptr}) ==
            seen(expected, {"sequential", 4, 0, nullptr}));
    REQUIRE(seen(std::make_shared<const Table>(in_memory(streamed)),
                 {"sequential", 4, 0, nullptr}) == seen(expected, {"sequential", 4, 0, nullptr}));
  }
}

TEST_CASE("sources: again and again, across the end of a batch", "[data][source]") {
  for (const AnySource& four : {table(4), stream(counting(4))}) {
    BatchWalk walk(repeated(four), {"sequential", 5, 2, nullptr});
    const auto first = [&](std::int64_t from) {
      Doubles all;
      walk.start(0, from);
      for_each_batch_left(walk, [&](const RowsView& rows) {
        for (int i = 0; i < rows.size(); ++i)
          all.push_back(static_cast<const float*>(rows.columns[0].data)[2 * i]);
      });
      return all;
    };
    REQUIRE(first(0) == Doubles{0, 1, 2, 3, 0, 1, 2, 3, 0, 1});
    REQUIRE(first(10) == Doubles{2, 3, 0, 1, 2, 3, 0, 1, 2, 3});
  }
  CHECK_THROWS_WITH(repeated(table(0)), Contains("no examples"));
}

TEST_CASE("sources: side by side they end together, or it is said", "[data][source]") {
  const auto named = [](const char* name, std::int64_t n) {
    Stream out = counting(n);
    out.columns[0].source = name;
    out.columns[1].source = std::string(name) + "_label";
    return stream(out);
  };
  const AnySource both = side_by_side({named("a", 9), table(9), named("b", 9)});
  CHECK(both->examples() == 9);
  CHECK_FALSE(both->random_access());
  Doubles sums;
  for_each_batch(both, 4, [&](const RowsView& rows) {
    for (int i = 0; i < rows.size(); ++i) {
      double sum = 0;
      for (const std::size_t k : {0, 2, 4})
        sum += static_cast<double>(static_cast<const float*>(rows.columns[k].data)[2 * i]);
      sums.push_back(sum);
    }
  });
  CHECK(sums == Doubles{0, 3, 6, 9, 12, 15, 18, 21, 24});
  CHECK_THROWS_AS(side_by_side({table(3), table(3)}), NameError);
  CHECK_THROWS_WITH(side_by_side({table(3), table(4)}), Contains("3 examples"));
  CHECK_THROWS_WITH(
      for_each_batch(side_by_side({named("a", 9), named("b", 8)}), 4, [](const RowsView&) {}),
      Contains("'b' ends before or after 'a'"));
}

TEST_CASE("sources: a thread reads ahead, no further than it may, and ends at once",
          "[data][source][threads]") {
  std::atomic<std::int64_t> given = 0;
  Stream description = counting(BatchSource::endless, 3);
  description.examples = BatchSource::endless;
  description.begin = [begin = description.begin, &given]() -> NextRows {
    return [next = begin(), &given](std::int64_t most, std::span<void* const> to) mutable {
      const std::int64_t count = next(most, to);
      given += count;
      return count;
    };
  };
  {
    BatchWalk walk(stream(description), {"sequential", 10, 1'000'000, nullptr});
    walk.start();
    RowsView rows;
    REQUIRE(walk.next(rows));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    // The batch in use, and three ahead.
    while (given < 40 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(given == 40);
    REQUIRE(walk.next(rows));
    // An epoch that is left and begun anew has the same batches.
    walk.start();
    REQUIRE(walk.next(rows));
    CHECK(static_cast<const float*>(rows.columns[0].data)[2] == 1);
  }
  // Nothing is asked for after the walk has ended.
  const std::int64_t last = given;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(given == last);
  RandomState one(5), other(5);
  const AnySource prepared = prefetched(table(100), 4);
  CHECK(prepared->ahead() == 4);
  CHECK(table(100)->ahead() == 0);
  REQUIRE(seen(prepared, {"random_uniform", 7, 40, &one}, 3) ==
          seen(table(100), {"random_uniform", 7, 40, &other}, 3));
  // The generator stands where it would without the thread.
  CHECK(one.random_sample() == other.random_sample());
}

TEST_CASE("batches: of a stream, in its order", "[data][batches]") {
  for (const int ahead : {0, 2}) {
    Batches batches(stream(counting(7, ahead)), 3);
    for (int epoch = 0; epoch < 2; ++epoch) {
      Doubles firsts;
      for (const Minibatch part : batches) {
        REQUIRE(part.x().dims == Dims{part.examples, 2});
        firsts.push_back(static_cast<const float*>(part.x().data)[0]);
      }
      REQUIRE(firsts == Doubles{0, 3, 6});
    }
    REQUIRE_THROWS_AS(batches.size(), ValueError);
  }
  REQUIRE_THROWS_WITH(Batches(stream(counting(7)), 3, Iteration::shuffled_sequential),
                      Contains("allowed: sequential"));
}
