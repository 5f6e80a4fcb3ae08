#include <ansatz/model/corruption/corruptors.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <ansatz/spaces/signal.hpp>
#include <dsl/build.hpp>

#include <algorithm>
#include <mutex>
#include <optional>

namespace ansatz {

namespace {

// Computes in double, whatever a job around it does.
class CorruptorRun final : public RowPreprocessor {
 public:
  explicit CorruptorRun(const Corruptor& how) : RowPreprocessor("Corruptor"), how_(how) {
    RandomState random = how.rng.empty() ? RandomState(2001) : random_state(how.rng, {});
    seed_ = std::uint64_t{random.word()} << 32 | random.word();
  }

 protected:
  // Asked when it is applied; the corruptor may be gone when rows are read.
  std::int64_t width(std::int64_t features) const override {
    const std::lock_guard lock(one_at_a_time_);
    if (program_ && features == features_) return features;
    features_ = features;
    Function f;
    const Signal x = input_of("features", vector_space(static_cast<int>(features)));
    f.add(output("made", how_.corrupt(x.value())));
    program_.emplace(build<double>(f));
    program_->seed(seed_);
    return features;
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t features) const override {
    // Several may read what it makes, and a program is one caller's at a time.
    const std::lock_guard lock(one_at_a_time_);
    const Argument argument("features", view(in, Dims{count, features}));
    const Results<double> made = program_->call(&argument, 1);
    std::copy_n(made["made"].data(), count * features, out);
  }

 private:
  const Corruptor& how_;
  std::uint64_t seed_ = 0;
  mutable std::mutex one_at_a_time_;
  mutable std::optional<Program<double>> program_;
  mutable std::int64_t features_ = 0;
};

}  // namespace

std::shared_ptr<PreprocessorRun> Corruptor::start_block() const {
  return std::make_shared<CorruptorRun>(*this);
}

void ComposedCorruptor::check() const {
  if (corruptors.empty())
    throw KeyFaults("corruptors", "a ComposedCorruptor needs at least one corruptor");
}

}  // namespace ansatz
