#include <ansatz/algorithm/bgd.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/base/several_errors.hpp>
#include "epoch_walk.hpp"
#include "lbfgs.hpp"
#include "line_search.hpp"
#include "on_batch.hpp"

#include "../base/say.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

EpochWalk::Keys walk_of(const BGD& bgd) {
  return {"BGD", "shuffled_sequential", bgd.batch_size, bgd.batches_per_iter, bgd.set_batch_size};
}

std::vector<double> first_steps(const BGD& bgd) {
  if (bgd.init_alpha.list.empty()) {
    if (bgd.line_search_mode == "exhaustive") return {.5, 1};
    return {.001, .005, .01, .05, .1};
  }
  return {bgd.init_alpha.list.begin(), bgd.init_alpha.list.end()};
}

class BgdRun final : public AlgorithmRun {
 public:
  BgdRun(const BGD& bgd, Session& session)
      : bgd_(bgd),
        session_(session),
        objective_(session.program("objective")),
        direction_(session.program("direction")),
        load_batch_(session.program("load_batch")),
        go_to_(session.program("go_to")),
        save_point_(session.program("save_point")),
        walk_(random_state(bgd.seed, {2012, 10, 16})),
        steps_(first_steps(bgd)) {
    session.add_setting("scale_step", bgd.scale_step);
    if (bgd.lbfgs()) lbfgs_.emplace(session, bgd.history);
    if (bgd.termination_criterion) criterion_ = bgd.termination_criterion->start(session);
  }

  void setup(Session& session) override {
    walk_.setup(session, walk_of(bgd_));
    for (OnBatch* each : {&objective_, &direction_, &load_batch_}) each->setup(session);
    session.require_finite_parameters();
  }

  void train(Session& session) override {
    walk_.epoch(session, [&](const RowsView& rows) {
      for (OnBatch* each : {&objective_, &direction_, &load_batch_}) each->load(rows);
      // What was drawn for a batch stays, also for the run that goes on with it.
      if (searches_ == 0) load_batch_.call();
      return minimize_and_scale();
    });
    session.require_finite_parameters();
  }

  bool in_epoch() const override { return walk_.in_epoch(); }

  bool continue_learning(Session& session) override {
    return !criterion_ || criterion_->continue_learning(session);
  }
  const CriterionRun* criterion() const override { return criterion_.get(); }

  void state(Archive& archive) override {
    walk_.state(archive);
    archive("steps", steps_);
    archive("norm", norm_);
    archive("averaging", averaging_);
    archive("searches_done", searches_);
    archive("steps_of_batch", batch_steps_);
    archive("norm_of_batch", batch_norm_);
    archive("objective_of_batch", batch_value_);
    if (!archive.saving()) check_restored();
    if (lbfgs_) lbfgs_->state(archive);
    visit_criterion(archive, criterion_.get());
  }

 private:
  // The search indexes and divides by what a file may hold anything of.
  void check_restored() const {
    if (steps_.empty()) throw FileError("BGD: steps is empty, but a line search begins with one");
    for (double step : steps_)
      if (!(step > 0 && std::isfinite(step)))
        throw FileError(fmt::format("BGD: steps has {}, which is no step along a line", step));
    if (!(norm_ >= 0 && std::isfinite(norm_)))
      throw FileError(fmt::format("BGD: norm is {}, which is no length of a direction", norm_));
    if (searches_ < 0 || searches_ >= bgd_.updates_per_batch)
      throw FileError(fmt::format("BGD: searches_done is {}, but a batch has {} line searches",
                                  searches_, bgd_.updates_per_batch));
    if (searches_ == 0) return;
    bool good = !batch_steps_.empty() && batch_norm_ >= 0 && std::isfinite(batch_norm_);
    for (double step : batch_steps_) good = good && step > 0 && std::isfinite(step);
    if (!good) throw FileError("BGD: the line searches of a batch cannot go on from what is saved");
  }

  // Whether to leave the batch after its i-th line search. A batch whose parameters are drawn back
  // towards those before it is not left: these are known to this run alone.
  bool leaves_after(int i) {
    if (!session_.interrupted() || i + 1 >= bgd_.updates_per_batch ||
        session_.setting("scale_step") != 1)
      return false;
    searches_ = i + 1;
    return true;
  }

  // False: the run was interrupted within the batch.
  bool minimize_and_scale() {
    const double scale = session_.setting("scale_step");
    std::vector<std::vector<double>> before;
    if (scale != 1)
      for_each_parameter([&](auto* p, std::int64_t n) { before.emplace_back(p, p + n); });
    if (!(lbfgs_ ? minimize_lbfgs() : minimize())) return false;
    searches_ = 0;
    batch_steps_.clear();
    batch_norm_ = batch_value_ = 0;
    if (scale == 1) return true;
    auto old = before.begin();
    for_each_parameter([&]<class T>(T* p, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i)
        p[i] = static_cast<T>((1 - scale) * (*old)[static_cast<std::size_t>(i)] +
                              scale * static_cast<double>(p[i]));
      ++old;
    });
    return true;
  }

  template <class F>
  void for_each_parameter(F f) {
    const Store& store = session_.store();
    for (const ModelParameter& p : session_.parameters()) {
      const std::int64_t n = store.shape(p.name.view()).count();
      if (session_.precision() == ElementType::float64)
        f(store.data<double>(p.name.view()), n);
      else
        f(store.data<float>(p.name.view()), n);
    }
  }

  double objective() {
    objective_.call();
    return objective_.result("objective");
  }
  void go_to(double step) {
    go_to_.set("line_search.alpha", step);
    go_to_.call(nullptr, 0);
  }
  double objective_at(double step) {
    go_to(step);
    const double value = objective();
    if (bgd_.verbose_optimization) say(stderr, "\t{} {}\n", step, value);
    return value;
  }
  static void require_finite(double value, const char* what) {
    if (!std::isfinite(value))
      throw ValueError(
          fmt::format("BGD: the {} is {} at the beginning of a line search", what, value));
  }

  bool minimize() {
    const int first = static_cast<int>(searches_);
    std::vector<double> steps = first ? batch_steps_ : steps_;
    double norm = first ? batch_norm_ : bgd_.reset_conjugate ? 0 : norm_;
    double value = first ? batch_value_ : objective();
    const double tolerance = session_.precision() == ElementType::float64 ? 3e-7 : 1e-6;
    const Objective at = [this](double step) { return objective_at(step); };
    for (int i = first; i < bgd_.updates_per_batch; ++i) {
      require_finite(value, "objective");
      if (i == 0) session_.report_loss(value);
      if (bgd_.verbose_optimization) say(stderr, "line search {}: {}\n", i + 1, value);
      save_point_.call(nullptr, 0);
      if (bgd_.conjugate) direction_.program().set("line_search.old_norm", norm);
      direction_.call();
      norm = direction_.result("norm");
      require_finite(norm, "length of the gradient");
      if (norm == 0) break;
      LineStep step;
      if (bgd_.line_search_mode == "exhaustive")
        step = search_exhaustive(at, value, steps, bgd_.min_init_alpha);
      else
        step = search_listed(at, value, steps, tolerance);
      go_to(step.size);
      record(step.size, norm);
      // Without a step, constraints alone may have changed the parameters.
      value = step.size > 0 ? step.objective : objective();
      if (step.converged) break;
      if (leaves_after(i)) {
        batch_steps_ = steps;
        batch_norm_ = norm;
        batch_value_ = value;
        return false;
      }
    }
    if (!bgd_.reset_alpha) steps_ = steps;
    norm_ = norm;
    return true;
  }

  LinePoint measure() {
    direction_.call();
    return {direction_.result("objective"), direction_.result("slope")};
  }

  bool minimize_lbfgs() {
    const int done = static_cast<int>(searches_);
    if (bgd_.reset_conjugate && done == 0) lbfgs_->forget();
    double value = done ? batch_value_ : measure().value;
    for (int i = done; i < bgd_.updates_per_batch; ++i) {
      // A run that goes on within a batch has not called the function yet.
      const double norm = done && i == done ? batch_norm_ : direction_.result("norm");
      require_finite(value, "objective");
      require_finite(norm, "length of the gradient");
      if (i == 0) session_.report_loss(value);
      if (norm == 0) break;
      lbfgs_->remember_gradient();
      lbfgs_->compute_direction();
      if (!(lbfgs_->slope() < 0)) {
        lbfgs_->forget();
        lbfgs_->compute_direction();
      }
      save_point_.call(nullptr, 0);
      double last = 0;
      const auto at = [&](double step) {
        go_to(last = step);
        const LinePoint p = measure();
        if (bgd_.verbose_optimization) say(stderr, "\t{} {} {}\n", step, p.value, p.slope);
        return p;
      };
      const double first = lbfgs_->empty() ? std::min(1., 1 / norm) : 1.;
      const LineStep step = search_wolfe(at, {value, lbfgs_->slope()}, first);
      if (step.size == 0) {
        value = at(0).value;
        if (lbfgs_->empty()) break;
        lbfgs_->forget();
        continue;
      }
      if (last != step.size) at(step.size);
      value = step.objective;
      lbfgs_->add_step();
      record(step.size, norm);
      if (leaves_after(i)) {
        batch_steps_ = steps_;
        batch_norm_ = direction_.result("norm");
        batch_value_ = value;
        return false;
      }
    }
    return true;
  }

  void record(double step, double norm) {
    const double weight = averaging_ ? .01 : 1;
    averaging_ = true;
    const auto average = [&](const char* name, double value) {
      session_.set_setting(name, weight * value + (1 - weight) * session_.setting(name));
    };
    average("ave_step_size", step);
    average("ave_grad_size", norm);
    average("ave_grad_mult", step / norm);
  }

  const BGD& bgd_;
  Session& session_;
  OnBatch objective_, direction_, load_batch_;
  AnyProgram& go_to_;
  AnyProgram& save_point_;
  EpochWalk walk_;
  std::vector<double> steps_;  // first ones of a batch
  double norm_ = 0;            // of the last direction
  bool averaging_ = false;
  // Of a batch that a run was interrupted in: line searches done, and what the next begins with.
  std::int64_t searches_ = 0;
  std::vector<double> batch_steps_;
  double batch_norm_ = 0, batch_value_ = 0;
  std::optional<Lbfgs> lbfgs_;
  std::unique_ptr<CriterionRun> criterion_;
};

}  // namespace

void BGD::check() const {
  const std::string_view mode = line_search_mode, how = method;
  if (!mode.empty() && mode != "exhaustive")
    throw ValueError(fmt::format("BGD: line_search_mode is \"{}\"{}", mode,
                                 allowed_names(mode, {"exhaustive"})));
  if (how != "gradient" && how != "lbfgs")
    throw NameError(
        fmt::format("BGD: method is \"{}\"{}", how, allowed_names(how, {"gradient", "lbfgs"})));
  if (updates_per_batch < 1)
    throw ValueError(
        fmt::format("BGD: updates_per_batch must be at least 1, but is {}", updates_per_batch));
  if (history < 1)
    throw ValueError(fmt::format("BGD: history must be at least 1, but is {}", history));
  if (!(scale_step > 0))
    throw ValueError(fmt::format("BGD: scale_step must be above 0, but is {}", scale_step));
  if (!(min_init_alpha >= 0))
    throw ValueError(
        fmt::format("BGD: min_init_alpha must not be negative, but is {}", min_init_alpha));
  double before = 0;
  for (double step : init_alpha.list) {
    if (!(step > before))
      throw ValueError(
          fmt::format("BGD: init_alpha must rise, from above 0; {} follows {}", step, before));
    before = step;
  }
}

void BGD::check_job(const JobFacts& facts) const {
  check_each([&] { EpochWalk::check(facts.job, walk_of(*this)); },
             [&] { check_monitoring(facts.job, "BGD"); });
}

void BGD::add_settings(JobFacts& facts) const { facts.settings["scale_step"] = scale_step; }

std::unique_ptr<AlgorithmRun> BGD::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<BgdRun>(*this, session);
}

}  // namespace ansatz
