#include <ansatz/data/sets/derived_sets.hpp>

#include <ansatz/base/random_state.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/philox.hpp>

#include "../check_column.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

std::shared_ptr<const BatchSource> DerivedDataset::open_raw() const {
  const Dataset& set = *from();
  const Preprocessing* const how = set.preprocessing();
  if (!how || !how->preprocessor) return set.open();
  if (how->preprocessor->learns())
    throw ValueError(
        "a data set inside another one has a preprocessor that must be fitted; give it to the data "
        "set around it, or save what it makes and read that");
  return how->preprocessor->start()->apply(set.open());
}

std::shared_ptr<const Table> DerivedDataset::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string DerivedDataset::missing_file() const { return from()->missing_file(); }
void DerivedDataset::files(std::vector<std::string>& list) const { from()->files(list); }
std::string DerivedDataset::fetched_as() const { return from()->fetched_as(); }

std::shared_ptr<const Table> FromDataset::load() const {
  const std::shared_ptr<const BatchSource> raw = open_raw();
  const std::int64_t all = raw->examples();
  if (all == BatchSource::unknown || all == BatchSource::endless)
    throw ValueError("from_dataset: the data set must tell how many examples it has");
  if (num_examples > all)
    throw ValueError(fmt::format("from_dataset: num_examples is {}, but the data set has {}",
                                 num_examples, all));
  RandomState rng(std::vector<std::int64_t>{17, 2, 946});
  const std::int64_t first = rng.randint(all - num_examples + 1);
  return std::make_shared<const Table>(in_memory(part_of(raw, first, first + num_examples)));
}

// ---------------------------------------------------------------------------- Binarizer

namespace {

constexpr const char* binarized = "features";

class Binarized final : public BatchSource {
 public:
  Binarized(std::shared_ptr<const BatchSource> raw, ir::RandomKey key)
      : raw_(std::move(raw)), key_(key), columns_(raw_->columns()) {
    for (Column& each : columns_) {
      each.data = nullptr;
      if (each.source != binarized) continue;
      if (each.labels) throw ValueError("Binarizer: the features are labels, not probabilities");
      each.type = ElementType::float32;
    }
  }
  const std::vector<Column>& columns() const override { return columns_; }
  std::int64_t examples() const override { return raw_->examples(); }
  bool random_access() const override { return raw_->random_access(); }
  int ahead() const override { return std::max(raw_->ahead(), 2); }
  std::string facts() const override { return "binarized: " + raw_->facts(); }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const Binarized& of)
        : cursor_(of.raw_->open()), columns_(of.columns_), key_(of.key_) {}
    void begin_epoch(std::int64_t epoch) override {
      key_.step = static_cast<std::uint64_t>(epoch);
      cursor_->begin_epoch(epoch);
    }
    RowsView read(const Subset& wanted) override {
      const RowsView found = cursor_->read(wanted);
      std::size_t place = 0;
      // The other sources as they come, or copied where they do not lie one after the other.
      others_.resize(columns_.size());
      for (const Column& column : found.columns) {
        Column& mine = columns_[place];
        std::vector<unsigned char>& memory = others_[place++];
        const bool drawn = column.source == binarized;
        const ElementType type = drawn ? ElementType::float32 : column.type;
        const void* data = drawn ? nullptr : Table::direct(column, found.subset, type);
        if (!data) {
          memory.resize(
              static_cast<std::size_t>(found.size() * column.width() * element_size(type)));
          Table::gather(column, found.subset, type, memory.data());
          data = memory.data();
        }
        if (drawn) draw(reinterpret_cast<float*>(memory.data()), wanted, found.size(), column);
        mine.data = data;
        mine.examples = found.size();
        mine.first = wanted.slice() ? wanted.start : 0;
      }
      return {columns_, {0, found.size(), nullptr}};
    }

   private:
    void draw(float* values, const Subset& wanted, std::int64_t count, const Column& column) {
      const std::int64_t width = column.width();
      uniform_.resize(static_cast<std::size_t>(width));
      for (std::int64_t i = 0; i < count; ++i) {
        kernels::fill_uniform(key_, 0, wanted[i] * width, uniform_.data(),
                              static_cast<long>(width));
        for (std::int64_t k = 0; k < width; ++k) {
          float& value = *values++;
          if (!(value >= 0 && value <= 1))
            throw ValueError(fmt::format("Binarizer: example {} has {}, which is no probability",
                                         wanted[i], value));
          value = uniform_[static_cast<std::size_t>(k)] < value ? 1.f : 0.f;
        }
      }
    }

    std::unique_ptr<RowCursor> cursor_;
    std::vector<Column> columns_;
    std::vector<std::vector<unsigned char>> others_;
    std::vector<float> uniform_;
    ir::RandomKey key_;
  };

  std::shared_ptr<const BatchSource> raw_;
  ir::RandomKey key_;
  std::vector<Column> columns_;
};

}  // namespace

std::shared_ptr<const BatchSource> Binarizer::open() const {
  RandomState random = random_state(seed, {2013, 2, 22});
  ir::RandomKey key{};
  key.seed = std::uint64_t{random.word()} << 32 | random.word();
  return std::make_shared<const Binarized>(open_raw(), key);
}

// ---------------------------------------------------------------------------- TransformerDataset

std::shared_ptr<const BatchSource> TransformerDataset::open() const {
  if (transformer->learns())
    throw ValueError(
        "TransformerDataset: the transformer has not learned yet; train it first and name its "
        "model file, transformer: !pkl: …, or use a BlockPreprocessor, which is fitted");
  return transformer->start_block()->apply(open_raw());
}

// ---------------------------------------------------------------------------- ZCA_Dataset

void ZCA_Dataset::check() const { data::require_range(start, stop); }

std::shared_ptr<const BatchSource> ZCA_Dataset::open() const {
  check();
  const std::shared_ptr<const BatchSource> raw = open_raw();
  if (!start && !stop) return raw;
  const auto [first, last] = data::range_of(start, stop, raw->examples(), "preprocessed_dataset");
  return part_of(raw, first, last);
}

}  // namespace ansatz
