// Batches of a design matrix, in order or shuffled.
#pragma once

#include <ansatz/data/sets/mnist.hpp>

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
  void operator()(std::int32_t* order, int count);

 private:
  // <random> takes longer to compile than the rest of this file.
  struct Engine;
  Engine* engine_;
};

/// How an epoch walks over the examples; Pylearn2's names. `even_`: examples that do not fill a
/// batch at the end are left out, so that all batches have the same size.
enum class Iteration { sequential, shuffled_sequential, even_sequential, even_shuffled_sequential };

/// Some examples: features [examples, width], labels [examples], or null when there are none.
struct Minibatch {
  const float* features = nullptr;
  const std::int32_t* labels = nullptr;
  int examples = 0;
  int width = 0;

  /// As arguments of a program: `step({{"x", part.x()}, {"y", part.y()}})`.
  ArrayView x() const { return view(features, {examples, width}); }
  ArrayView y() const { return view(labels, {labels ? examples : 0}); }
};

/// Batches of a design matrix:
///
///     Batches batches(train, 100, Iteration::shuffled_sequential, seed);
///     for (int epoch = 0; epoch < 20; ++epoch)
///       for (auto part : batches) step({{"x", part.x()}, {"y", part.y()}});
///
/// Each loop is an epoch, with a new order when shuffled. In order, a batch points into the
/// design matrix; shuffled, its rows are gathered into one buffer, good until the next batch.
/// Memory is allocated by the constructor only. The design matrix must outlive this.
class Batches {
 public:
  /// features [examples, width]; labels [examples] or null. Throws ValueError unless
  /// batch_size > 0, width > 0 and examples >= 0.
  Batches(const float* features, const std::int32_t* labels, int examples, int width,
          int batch_size, Iteration iteration = Iteration::sequential, std::uint64_t seed = 0);
  Batches(const Digits& digits, int batch_size, Iteration iteration = Iteration::sequential,
          std::uint64_t seed = 0)
      : Batches(digits.images.data(), digits.labels.data(), digits.examples, Digits::features,
                batch_size, iteration, seed) {}
  Batches(Digits&&, int, Iteration = Iteration::sequential, std::uint64_t = 0) = delete;

  /// Batches of an epoch.
  int size() const;

  class Iterator {
   public:
    Minibatch operator*() const { return batches_->batch(position_); }
    Iterator& operator++() { return ++position_, *this; }
    bool operator==(const Iterator& other) const { return position_ == other.position_; }

   private:
    friend class Batches;
    Iterator(Batches* batches, int position) : batches_(batches), position_(position) {}
    Batches* batches_;
    int position_;
  };

  /// Begins an epoch: draws a new order when shuffled.
  Iterator begin();
  Iterator end() { return {this, size()}; }

 private:
  bool shuffled() const;
  Minibatch batch(int position);

  const float* features_;
  const std::int32_t* labels_;
  int examples_, width_, batch_size_;
  Iteration iteration_;
  Shuffle shuffle_;
  std::vector<std::int32_t> order_;
  std::vector<float> feature_buffer_;
  std::vector<std::int32_t> label_buffer_;
};

}  // namespace ansatz
