#include <ansatz/data/iteration/subset_iterator.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ansatz {

namespace {

struct Mode {
  std::string_view name;
  bool stochastic, uniform, even, lists;
};

constexpr Mode modes[] = {
    {"sequential", false, false, false, false},
    {"shuffled_sequential", true, false, false, true},
    {"random_slice", true, true, false, false},
    {"random_uniform", true, true, false, true},
    {"batchwise_shuffled_sequential", true, false, false, false},
    {"even_sequential", false, true, true, false},
    {"even_shuffled_sequential", true, true, true, true},
    {"even_batchwise_shuffled_sequential", true, true, true, false},
    {"even_sequences", true, false, false, true},
};

constexpr auto names = [] {
  struct {
    std::string_view of[std::size(modes)];
  } out;
  for (std::size_t i = 0; i < std::size(modes); ++i) out.of[i] = modes[i].name;
  return out;
}();

const Mode& mode_called(std::string_view name) {
  const auto found = std::find_if(std::begin(modes), std::end(modes),
                                  [&](const Mode& mode) { return mode.name == name; });
  if (found != std::end(modes)) return *found;
  throw NameError(fmt::format("iteration mode {} is unknown{}", in_quotes(name),
                              allowed_names(name, {std::begin(names.of), std::end(names.of)})));
}

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return a / b + (a % b != 0); }

void check_count(const char* name, std::int64_t value) {
  if (value < 0) throw ValueError(fmt::format("{} {}: at least 0", name, value));
}

}  // namespace

std::span<const std::string_view> iteration_modes() { return names.of; }
bool uniform_batch_size(std::string_view mode) { return mode_called(mode).uniform; }
bool stochastic(std::string_view mode) { return mode_called(mode).stochastic; }

void check_iteration(std::string_view mode, std::int64_t batch_size, std::int64_t num_batches) {
  (void)mode_called(mode);
  check_count("batch_size", batch_size);
  check_count("num_batches", num_batches);
  if (mode == "even_sequences") {
    if (batch_size == 0) throw ValueError("even_sequences: batch_size is needed");
  } else if (mode == "random_slice" || mode == "random_uniform") {
    if (batch_size == 0 || num_batches == 0)
      throw ValueError(fmt::format("{}: both batch_size and num_batches are needed", mode));
  } else if (batch_size == 0 && num_batches == 0) {
    throw ValueError(fmt::format("{}: one of batch_size and num_batches is needed", mode));
  }
}

void SubsetIterator::size_sequential(std::string_view mode, std::int64_t batches, bool even) {
  const auto quotient = [&](std::int64_t a, std::int64_t b) {
    return even ? a / b : quotient_up(a, b);
  };
  const bool given = batch_size_ != 0;
  if (!given) batch_size_ = quotient(dataset_size_, batches);
  const std::int64_t most = batch_size_ ? quotient(dataset_size_, batch_size_) : 0;
  if ((given || even) && batches > most)
    throw ValueError(fmt::format("{}: {} examples give {} batches{} of {}, but num_batches is {}",
                                 mode, dataset_size_, most, even ? " of equal size," : "",
                                 batch_size_, batches));
  num_batches_ = batches ? std::min(batches, most) : most;
  uneven_ = num_batches_ * batch_size_ > dataset_size_;
  num_examples_ = uneven_ ? dataset_size_ : num_batches_ * batch_size_;

  if (!shuffled_) return;
  // Batches that would be empty take part in the shuffling, as in Pylearn2.
  const std::int64_t count = kind_ == Kind::list ? dataset_size_ : std::max(num_batches_, batches);
  in_order_.resize(static_cast<std::size_t>(count));
  std::iota(in_order_.begin(), in_order_.end(), std::int64_t{0});
  order_ = in_order_;
}

void SubsetIterator::size_random(std::string_view mode, std::int64_t batches) {
  if (kind_ == Kind::random_slice && batch_size_ > dataset_size_)
    throw ValueError(fmt::format("{}: batch_size {} is larger than the {} examples there are", mode,
                                 batch_size_, dataset_size_));
  if (dataset_size_ == 0) throw ValueError(fmt::format("{}: there are no examples", mode));
  num_batches_ = batches;
  if (__builtin_mul_overflow(batch_size_, batches, &num_examples_))
    throw ValueError(fmt::format("{}: {} batches of {} are too many", mode, batches, batch_size_));
  if (kind_ == Kind::random_list) order_.resize(static_cast<std::size_t>(batch_size_));
}

void SubsetIterator::size_sequences(std::int64_t batches, std::span<const std::int64_t> lengths) {
  if (std::ssize(lengths) != dataset_size_)
    throw ValueError(
        fmt::format("even_sequences: {} lengths for {} examples", lengths.size(), dataset_size_));
  in_order_.resize(static_cast<std::size_t>(dataset_size_));
  std::iota(in_order_.begin(), in_order_.end(), std::int64_t{0});
  const auto length = [&](std::int64_t i) { return lengths[static_cast<std::size_t>(i)]; };
  std::stable_sort(in_order_.begin(), in_order_.end(),
                   [&](std::int64_t a, std::int64_t b) { return length(a) < length(b); });
  order_ = in_order_;
  std::int64_t most = 0;
  for (std::int64_t begin = 0, end = 0; begin < dataset_size_; begin = end) {
    const auto length_at = [&](std::int64_t i) {
      return length(in_order_[static_cast<std::size_t>(i)]);
    };
    while (end < dataset_size_ && length_at(end) == length_at(begin)) ++end;
    groups_.push_back({begin, end, 0});
    most += quotient_up(end - begin, batch_size_);
    uneven_ = uneven_ || (end - begin) % batch_size_ != 0;
  }
  if (batches > most)
    throw ValueError(
        fmt::format("even_sequences: {} examples give {} batches of equal lengths and "
                    "at most {} examples, but num_batches is {}",
                    dataset_size_, most, batch_size_, batches));
  shuffled_groups_ = groups_;
  num_batches_ = batches ? batches : most;
  num_examples_ =
      num_batches_ == most ? dataset_size_ : std::min(dataset_size_, num_batches_ * batch_size_);
}

SubsetIterator make_subset_iterator(std::string_view mode, std::int64_t dataset_size,
                                    std::int64_t batch_size, std::int64_t num_batches,
                                    RandomState* rng, std::span<const std::int64_t> lengths) {
  using Kind = SubsetIterator::Kind;
  const Mode& known = mode_called(mode);
  check_count("dataset_size", dataset_size);
  check_iteration(mode, batch_size, num_batches);
  if (rng && !known.stochastic)
    throw ValueError(fmt::format("{}: a random generator is given, but nothing is drawn", mode));

  SubsetIterator out;
  out.dataset_size_ = dataset_size;
  out.batch_size_ = batch_size;
  out.shuffled_ = known.stochastic;
  if (known.stochastic && !rng) out.own_rng_ = std::make_unique<RandomState>(42);
  out.rng_ = rng ? rng : out.own_rng_.get();
  if (mode == "random_slice" || mode == "random_uniform") {
    out.kind_ = known.lists ? Kind::random_list : Kind::random_slice;
    out.size_random(mode, num_batches);
  } else if (mode == "even_sequences") {
    out.kind_ = Kind::sequences;
    out.size_sequences(num_batches, lengths);
  } else {
    out.kind_ = known.lists ? Kind::list : Kind::slices;
    out.size_sequential(mode, num_batches, known.even);
  }
  return out;
}

void SubsetIterator::start() {
  started_ = true;
  done_ = place_ = 0;
  if (!shuffled_ || kind_ == Kind::random_slice || kind_ == Kind::random_list) return;
  // From the same start every time, so that an epoch depends on the generator's state alone.
  std::copy(in_order_.begin(), in_order_.end(), order_.begin());
  if (kind_ != Kind::sequences) return rng_->shuffle(order_);
  std::copy(groups_.begin(), groups_.end(), shuffled_groups_.begin());
  rng_->shuffle(shuffled_groups_);
  for (const Group& group : shuffled_groups_)
    rng_->shuffle(std::span(order_.data() + group.begin, order_.data() + group.end));
}

// The next length in turn that has examples left.
Subset SubsetIterator::next_of_sequences() {
  for (;; ++place_) {
    if (place_ == std::ssize(shuffled_groups_)) place_ = 0;
    Group& group = shuffled_groups_[static_cast<std::size_t>(place_)];
    const std::int64_t first = group.begin + group.used;
    if (first == group.end) continue;
    const std::int64_t count = std::min(batch_size_, group.end - first);
    group.used += count;
    ++place_;
    return {0, count, order_.data() + first};
  }
}

bool SubsetIterator::next(Subset& batch) {
  if (!started_) start();
  if (done_ == num_batches_) return false;
  const auto slice = [&](std::int64_t number) {
    const std::int64_t first = number * batch_size_;
    return Subset{first, std::min(batch_size_, dataset_size_ - first), nullptr};
  };
  switch (kind_) {
    case Kind::slices:
      if (!shuffled_) {
        batch = slice(done_);
        break;
      }
      // Numbers past the end stand for empty batches, which are passed over.
      while (order_[static_cast<std::size_t>(place_)] * batch_size_ >= dataset_size_) ++place_;
      batch = slice(order_[static_cast<std::size_t>(place_++)]);
      break;
    case Kind::list: {
      const Subset part = slice(done_);
      batch = {0, part.size, order_.data() + part.start};
      break;
    }
    case Kind::random_slice:
      batch = {rng_->randint(0, dataset_size_ - batch_size_ + 1), batch_size_, nullptr};
      break;
    case Kind::random_list:
      rng_->randint(0, dataset_size_, order_);
      batch = {0, batch_size_, order_.data()};
      break;
    case Kind::sequences:
      batch = next_of_sequences();
      break;
  }
  ++done_;
  return true;
}

}  // namespace ansatz
