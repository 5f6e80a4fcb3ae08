#include <ansatz/model/density/parzen_windows.hpp>

#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "stored_values.hpp"

#include <fmt/format.h>

namespace ansatz {

namespace {

// Keeps the first examples.
class KeepExamples final : public ModelRun {
 public:
  KeepExamples(const ParzenWindows& how, Session& session)
      : session_(session), nvis_(how.nvis), samples_(how.samples) {}
  void train_all(const Table& data) override {
    const Column& x = data.column("features");
    if (x.labels || x.width() != nvis_)
      throw ShapeError(fmt::format("ParzenWindows: nvis is {}, but examples are {}", nvis_,
                                   x.labels ? "labels" : fmt::format("of {} numbers", x.width())));
    if (x.examples < samples_)
      throw ValueError(fmt::format("ParzenWindows: samples is {}, but there are {} examples",
                                   samples_, x.examples));
    std::vector<double> kept(static_cast<std::size_t>(samples_ * nvis_));
    Table::gather(x, {0, samples_, nullptr}, ElementType::float64, kept.data());
    store_values(session_, "samples", kept);
    kept_ = true;
  }
  bool continue_learning() override { return !kept_; }

 private:
  Session& session_;
  std::int64_t nvis_, samples_;
  bool kept_ = false;
};

}  // namespace

std::unique_ptr<ModelRun> ParzenWindows::start(Session& session) const {
  return std::make_unique<KeepExamples>(*this, session);
}

}  // namespace ansatz
