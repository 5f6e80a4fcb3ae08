#include <ansatz/data/batches.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

namespace ansatz {

struct Shuffle::Engine {
  std::mt19937_64 words;

  // Lemire 2019, arXiv:1805.10941: the high half of a product, with the few words refused that
  // would make some results likelier. In 32 bits, as bounds below 2^32 allow.
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

void Shuffle::operator()(std::int64_t* order, std::int64_t count) {
  for (std::int64_t i = count - 1; i > 0; --i)
    std::swap(order[i], order[engine_->below(static_cast<std::uint64_t>(i) + 1)]);
}

ArrayView Minibatch::operator[](std::string_view source) const {
  std::vector<std::string_view> known;
  for (const Part& part : parts) {
    if (part.source == source) return part.rows;
    known.push_back(part.source);
  }
  throw NameError(fmt::format("the batches have no source {}{}", in_quotes(source),
                              allowed_names(source, known)));
}

ArrayView Minibatch::y() const {
  for (const Part& part : parts)
    if (part.source == "targets") return part.rows;
  return view(static_cast<const std::int32_t*>(nullptr), {0});
}

namespace {

// An epoch has at most so many examples: a shuffle of more would be no fair one.
constexpr std::int64_t most_examples = std::numeric_limits<std::int32_t>::max();

bool even(Iteration iteration) {
  return iteration == Iteration::even_sequential ||
         iteration == Iteration::even_shuffled_sequential;
}

std::shared_ptr<const Table> table_of(const Digits& digits) {
  Column features = number_column("features", std::vector<float>{}, {Digits::features});
  Column labels = label_column("targets", {}, Digits::classes);
  features.examples = labels.examples = digits.examples;
  features.data = digits.images.data();
  labels.data = digits.labels.data();
  return std::make_shared<const Table>(Table({features, labels}));
}

}  // namespace

Batches::Batches(std::shared_ptr<const BatchSource> source, int batch_size, Iteration iteration,
                 std::uint64_t seed)
    : source_(std::move(source)), batch_size_(batch_size), iteration_(iteration), shuffle_(seed) {
  if (batch_size < 1) throw ValueError(fmt::format("batch_size {}: at least 1", batch_size));
  const char* const mode = shuffled()        ? "shuffled_sequential"
                           : even(iteration) ? "even_sequential"
                                             : "sequential";
  check_iteration(*source_, mode, batch_size, 0);
  for (const Column& column : source_->columns()) parts_.push_back({column.source, {}});
  buffers_.resize(parts_.size());
  if (!shuffled()) {
    walk_ = std::make_unique<BatchWalk>(source_, BatchOrder{mode, batch_size, 0, nullptr});
    return;
  }
  if (source_->examples() > most_examples)
    throw ValueError(fmt::format("{} examples are too many to shuffle: at most {}",
                                 source_->examples(), most_examples));
  cursor_ = source_->open();
  order_.resize(static_cast<std::size_t>(source_->examples()));
  const std::int64_t largest = std::min(source_->examples(), batch_size_);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Column& column = source_->columns()[i];
    buffers_[i].resize(
        static_cast<std::size_t>(largest * column.width() * element_size(column.type)));
  }
}

Batches::Batches(const Digits& digits, int batch_size, Iteration iteration, std::uint64_t seed)
    : Batches(table_of(digits), batch_size, iteration, seed) {}

Batches::Batches(Batches&&) noexcept = default;
Batches::~Batches() = default;

bool Batches::shuffled() const {
  return iteration_ == Iteration::shuffled_sequential ||
         iteration_ == Iteration::even_shuffled_sequential;
}

int Batches::size() const {
  const std::int64_t examples = source_->examples();
  if (examples == BatchSource::unknown)
    throw ValueError("how many batches there are shows at the end of the data");
  const std::int64_t full = examples / batch_size_;
  return static_cast<int>(even(iteration_) || examples % batch_size_ == 0 ? full : full + 1);
}

Batches::Iterator Batches::begin() {
  done_ = 0;
  if (shuffled()) {
    // From the same start every time, so that an epoch depends on the generator's state alone.
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
    shuffle_(order_.data(), std::ssize(order_));
  } else {
    walk_->start();
  }
  next();
  return Iterator(this);
}

bool Batches::read(RowsView& rows) {
  if (!shuffled()) return walk_->next(rows);
  const std::int64_t left = std::ssize(order_) - done_;
  if (left < (even(iteration_) ? batch_size_ : 1)) return false;
  rows = cursor_->read({0, std::min(batch_size_, left), order_.data() + done_});
  done_ += rows.size();
  return true;
}

void Batches::next() {
  RowsView rows;
  at_end_ = !read(rows);
  if (at_end_) return;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Column& column = rows.columns[i];
    Dims dims{rows.size()};
    for (int axis = 0; axis < column.example.rank; ++axis) dims.push_back(column.example[axis]);
    const void* data = Table::direct(column, rows.subset, column.type);
    if (!data) {
      const auto bytes = static_cast<std::size_t>(rows.size() * column.width()) *
                         static_cast<std::size_t>(element_size(column.type));
      if (buffers_[i].size() < bytes) buffers_[i].resize(bytes);
      Table::gather(column, rows.subset, column.type, buffers_[i].data());
      data = buffers_[i].data();
    }
    parts_[i].rows = {data, column.type, dims, true};
  }
  current_ = {parts_, static_cast<int>(rows.size())};
}

}  // namespace ansatz
