#include <ansatz/model/coding/dictionaries.hpp>

#include <ansatz/base/random_state.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/session/archive.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "stored_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

class DictionaryRun final : public ModelRun {
 public:
  DictionaryRun(const Dictionary& how, Session& session)
      : how_(how.copy()), session_(session), random_(random_state(how.seed, {1, 2, 3})) {
    // The generator goes on behind the first values.
    std::vector<double> drawn(static_cast<std::size_t>(how.nhid * how.nvis));
    random_.randn(drawn);
  }

  void train_all(const Table& data) override {
    const double before = objective_;
    const Column& x = features(data);
    learn(rows_of(x, 0, x.examples), x.examples);
    ++epochs_;
    if (how_->verbose)
      session_.note(fmt::format("epoch {}: objective {:.6g}", epochs_, objective_));
    done_ = (epochs_ > 1 && before - objective_ < how_->convergence_th * before) ||
            (how_->max_iter && epochs_ >= *how_->max_iter);
  }
  bool continue_learning() override { return !done_; }
  bool train_batch(const Table& data, int batch_size) override {
    const Column& x = features(data);
    if (batch_size > x.examples)
      throw ValueError(fmt::format("a batch of {} examples is wanted, but there are {}", batch_size,
                                   x.examples));
    const std::int64_t from = random_.randint(x.examples - batch_size + 1);
    learn(rows_of(x, from, batch_size), batch_size);
    return true;
  }
  void state(Archive& archive) override {
    archive("objective", objective_);
    archive("epochs", epochs_);
    archive("done", done_);
    archive("batches", random_);
  }

 private:
  const Column& features(const Table& data) const {
    const Column& x = data.column("features");
    if (x.labels || x.width() != how_->nvis)
      throw ShapeError(fmt::format("nvis is {}, but examples are {}", how_->nvis,
                                   x.labels ? "labels" : fmt::format("of {} numbers", x.width())));
    if (x.examples == 0) throw ValueError("there are no examples");
    return x;
  }
  static std::vector<double> rows_of(const Column& x, std::int64_t from, std::int64_t count) {
    std::vector<double> rows(static_cast<std::size_t>(count * x.width()));
    Table::gather(x, {from, count, nullptr}, ElementType::float64, rows.data());
    return rows;
  }
  void learn(const std::vector<double>& x, std::int64_t count) {
    std::vector<double> W = stored_values(session_, "W"), codes;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::vector<double> code = how_->code(W, x.data() + i * how_->nvis);
      codes.insert(codes.end(), code.begin(), code.end());
    }
    how_->improve(W, x.data(), codes.data(), count);
    objective_ = how_->objective(W, x.data(), codes.data(), count);
    store_values(session_, "W", W);
  }

  std::shared_ptr<const Dictionary> how_;
  Session& session_;
  RandomState random_;
  double objective_ = 0;
  std::int64_t epochs_ = 0;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ModelRun> Dictionary::start(Session& session) const {
  return std::make_unique<DictionaryRun>(*this, session);
}

}  // namespace ansatz
