// Batches: a data set for programs of one's own, in order or shuffled.
#pragma once

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/data/table.hpp>

#include <optional>
#include <utility>

namespace ansatz {

/// A seeded shuffle with the same result under every standard library: std::mt19937_64, whose
/// numbers the standard fixes, and Fisher and Yates' shuffle (Durstenfeld 1964) with unbiased
/// draws, where std::shuffle and std::uniform_int_distribution are free to differ.
class Shuffle {
 public:
  explicit Shuffle(std::uint64_t seed = 0);
  Shuffle(Shuffle&& other) noexcept : engine_(other.engine_) { other.engine_ = nullptr; }
  Shuffle& operator=(Shuffle&& other) noexcept {
    std::swap(engine_, other.engine_);
    return *this;
  }
  ~Shuffle();

  /// Brings order[0 .. count) into a random order, each as likely as any other.
  void operator()(std::int64_t* order, std::int64_t count);

 private:
  // <random> takes longer to compile than the rest of this file.
  struct Engine;
  Engine* engine_;
};

/// How an epoch walks over the examples; Pylearn2's names. `even_`: examples that do not fill a
/// batch at the end are left out, so that all batches have the same size.
enum class Iteration { sequential, shuffled_sequential, even_sequential, even_shuffled_sequential };

/// Some examples: an array [examples, …] of each source, in the element type that the data have.
struct Minibatch {
  struct Part {
    std::string_view source;
    ArrayView rows;
  };
  std::span<const Part> parts;
  int examples = 0;

  /// As an argument of a program: `step({{"x", part["image"]}})`. NameError, with the sources there
  /// are, when there is none.
  ArrayView operator[](std::string_view source) const;
  /// `part["features"]`.
  ArrayView x() const { return (*this)["features"]; }
  /// `part["targets"]`; where there are none, no labels.
  ArrayView y() const;
};

/// Batches of a data set, of any sources and types:
///
///     Batches batches(train, 100, Iteration::shuffled_sequential, seed);
///     for (int epoch = 0; epoch < 20; ++epoch)
///       for (auto part : batches) step({{"x", part["features"]}, {"y", part["targets"]}});
///
/// Each loop is an epoch, with a new order when shuffled. In order, a batch of a table points into
/// it; shuffled, its rows are gathered into buffers, good until the next batch, which are allocated
/// by the constructor.
class Batches {
 public:
  /// Throws ValueError unless batch_size > 0; for a source without an end; and for a shuffled one
  /// without random access.
  Batches(std::shared_ptr<const BatchSource> source, int batch_size,
          Iteration iteration = Iteration::sequential, std::uint64_t seed = 0);
  Batches(const Table& table, int batch_size, Iteration iteration = Iteration::sequential,
          std::uint64_t seed = 0)
      : Batches(std::make_shared<const Table>(table), batch_size, iteration, seed) {}
  /// Of digits, which must outlive this: features [examples, 784] and labels.
  Batches(const Digits& digits, int batch_size, Iteration iteration = Iteration::sequential,
          std::uint64_t seed = 0);
  Batches(Digits&&, int, Iteration = Iteration::sequential, std::uint64_t = 0) = delete;
  Batches(Batches&&) noexcept;
  ~Batches();

  /// Batches of an epoch. ValueError where the number of examples shows at their end.
  int size() const;

  class Iterator {
   public:
    Minibatch operator*() const { return batches_->current_; }
    Iterator& operator++() { return batches_->next(), *this; }
    bool operator==(const Iterator& other) const { return at_end() == other.at_end(); }

   private:
    friend class Batches;
    explicit Iterator(Batches* batches) : batches_(batches) {}
    bool at_end() const { return !batches_ || batches_->at_end_; }
    Batches* batches_;
  };

  /// Begins an epoch: draws a new order when shuffled.
  Iterator begin();
  Iterator end() { return Iterator(nullptr); }

 private:
  bool shuffled() const;
  void next();
  bool read(RowsView& rows);

  std::shared_ptr<const BatchSource> source_;
  std::int64_t batch_size_;
  Iteration iteration_;
  Shuffle shuffle_;
  std::vector<std::int64_t> order_;  // of a shuffled epoch, and how far it has come
  std::int64_t done_ = 0;
  bool at_end_ = true;
  std::unique_ptr<BatchWalk> walk_;    // in order
  std::unique_ptr<RowCursor> cursor_;  // shuffled
  std::vector<std::vector<unsigned char>> buffers_;
  std::vector<Minibatch::Part> parts_;
  Minibatch current_;
};

}  // namespace ansatz
