#include <ansatz/data/batches.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <utility>

namespace ansatz {

struct Shuffle::Engine {
  std::mt19937_64 words;

  // Lemire 2019, arXiv:1805.10941: the high half of a product, with the few words refused that
  // would make some results likelier. In 32 bits, since bounds are below 2^31.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t threshold = (std::uint64_t{1} << 32) % bound;
    for (;;) {
      const std::uint64_t product = (words() >> 32) * bound;
      if ((product & 0xffffffffu) >= threshold) return product >> 32;
    }
  }
};

Shuffle::Shuffle(std::uint64_t seed) : engine_(new Engine{std::mt19937_64(seed)}) {}
Shuffle::~Shuffle() { delete engine_; }

void Shuffle::operator()(std::int32_t* order, int count) {
  for (int i = count - 1; i > 0; --i)
    std::swap(order[i], order[engine_->below(static_cast<std::uint64_t>(i) + 1)]);
}

namespace {

bool even(Iteration iteration) {
  return iteration == Iteration::even_sequential ||
         iteration == Iteration::even_shuffled_sequential;
}

}  // namespace

Batches::Batches(const float* features, const std::int32_t* labels, int examples, int width,
                 int batch_size, Iteration iteration, std::uint64_t seed)
    : features_(features),
      labels_(labels),
      examples_(examples),
      width_(width),
      batch_size_(batch_size),
      iteration_(iteration),
      shuffle_(seed) {
  if (batch_size < 1) throw ValueError(fmt::format("batch_size {}: at least 1", batch_size));
  if (width < 1) throw ValueError(fmt::format("width {}: at least 1", width));
  if (examples < 0) throw ValueError(fmt::format("examples {}: at least 0", examples));
  if (!shuffled()) return;
  order_.resize(static_cast<std::size_t>(examples));
  const auto largest = static_cast<std::size_t>(std::min(examples, batch_size));
  feature_buffer_.resize(largest * static_cast<std::size_t>(width));
  if (labels) label_buffer_.resize(largest);
}

bool Batches::shuffled() const {
  return iteration_ == Iteration::shuffled_sequential ||
         iteration_ == Iteration::even_shuffled_sequential;
}

int Batches::size() const {
  const int full = examples_ / batch_size_;
  return even(iteration_) || examples_ % batch_size_ == 0 ? full : full + 1;
}

Batches::Iterator Batches::begin() {
  if (shuffled()) {
    // From the same start every time, so that an epoch depends on the generator's state alone.
    std::iota(order_.begin(), order_.end(), 0);
    shuffle_(order_.data(), examples_);
  }
  return {this, 0};
}

Minibatch Batches::batch(int position) {
  const auto first = static_cast<std::size_t>(position) * static_cast<std::size_t>(batch_size_);
  const auto width = static_cast<std::size_t>(width_);
  const auto count =
      std::min(static_cast<std::size_t>(batch_size_), static_cast<std::size_t>(examples_) - first);
  if (!shuffled())
    return {features_ + first * width, labels_ ? labels_ + first : nullptr, static_cast<int>(count),
            width_};
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(order_[first + i]);
    std::memcpy(feature_buffer_.data() + i * width, features_ + row * width, width * sizeof(float));
    if (labels_) label_buffer_[i] = labels_[row];
  }
  return {feature_buffer_.data(), labels_ ? label_buffer_.data() : nullptr, static_cast<int>(count),
          width_};
}

}  // namespace ansatz
