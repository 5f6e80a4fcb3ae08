#include <ansatz/algorithm/hessian_free.hpp>

#include <ansatz/base/several_errors.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "epoch_walk.hpp"
#include "on_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

EpochWalk::Keys walk_of(const HessianFree& hf) {
  return {"HessianFree", "shuffled_sequential", hf.batch_size, hf.batches_per_iter,
          hf.set_batch_size};
}

double inner(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.);
}

// All trained parameters' states of one kind as one vector.
class StateVector {
 public:
  StateVector(Session& session, const char* what) : session_(session) {
    for (const ModelParameter& p : session.parameters()) {
      if (p.frozen) continue;
      const std::string parameter(p.name.view());
      names_.push_back(parameter + "." + what);
      counts_.push_back(session.store().shape(parameter).count());
    }
  }
  std::size_t size() const {
    return static_cast<std::size_t>(
        std::accumulate(counts_.begin(), counts_.end(), std::int64_t{}));
  }
  void read(Vector& to) const {
    to.resize(size());
    double* at = to.data();
    for_each([&](const auto* from, std::int64_t n) { at = std::copy(from, from + n, at); });
  }
  void write(const Vector& from) {
    const double* at = from.data();
    for_each([&]<class T>(T* to, std::int64_t n) {
      for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<T>(*at++);
    });
  }

 private:
  template <class F>
  void for_each(F f) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (session_.precision() == ElementType::float64)
        f(session_.store().data<double>(names_[i]), counts_[i]);
      else
        f(session_.store().data<float>(names_[i]), counts_[i]);
    }
  }

  Session& session_;
  std::vector<std::string> names_;
  std::vector<std::int64_t> counts_;
};

// A point that conjugate gradients passed, and q there.
struct Point {
  Vector x;
  double q = 0;
};

class HessianFreeRun final : public AlgorithmRun {
 public:
  HessianFreeRun(const HessianFree& hf, Session& session)
      : hf_(hf),
        session_(session),
        objective_(session.program("objective")),
        gradient_(session.program("gradient")),
        product_(session.program("product")),
        load_batch_(session.program("load_batch")),
        go_to_(session.program("go_to")),
        save_point_(session.program("save_point")),
        gradient_state_(session, "gradient"),
        direction_state_(session, "direction"),
        product_state_(session, "product"),
        step_state_(session, "step"),
        walk_(random_state(hf.seed, {2012, 10, 16})) {
    if (hf.preconditioner_draws > 0) signs_.emplace(session.program("signs"));
    if (hf.termination_criterion) criterion_ = hf.termination_criterion->start(session);
  }

  void setup(Session& session) override {
    walk_.setup(session, walk_of(hf_));
    for (OnBatch* each : functions()) each->setup(session);
    session.require_finite_parameters();
  }

  void train(Session& session) override {
    walk_.epoch(session, [&](const RowsView& rows) {
      RowsView part = rows;
      if (hf_.curvature_batch_size > 0)
        part.subset.size = std::min<std::int64_t>(part.subset.size, hf_.curvature_batch_size);
      for (OnBatch* each : {&objective_, &gradient_, &load_batch_}) each->load(rows);
      product_.load(part);
      if (signs_) signs_->load(part);
      examples_ = static_cast<double>(part.size());
      // What was drawn for a batch stays, also for the run that goes on with it.
      if (!loaded_) load_batch_.call();
      loaded_ = !make_step();
      return !loaded_;
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
    archive("batch_loaded", loaded_);
    visit_criterion(archive, criterion_.get());
  }

 private:
  std::vector<OnBatch*> functions() {
    std::vector<OnBatch*> all{&objective_, &gradient_, &product_, &load_batch_};
    if (signs_) all.push_back(&*signs_);
    return all;
  }

  double damping() const { return session_.setting("damping"); }

  // (G + lambda) v
  void damped_product(const Vector& v, Vector& to) {
    direction_state_.write(v);
    product_.call();
    product_state_.read(to);
    const double lambda = damping();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += lambda * v[i];
  }

  Vector preconditioner() {
    Vector m(gradient_state_.size(), 1.);
    if (!signs_) return m;
    Vector squares(m.size(), 0.), g;
    for (int draw = 0; draw < hf_.preconditioner_draws; ++draw) {
      signs_->call();
      product_state_.read(g);
      for (std::size_t i = 0; i < g.size(); ++i) squares[i] += g[i] * g[i];
    }
    // The gradients of a mean over the examples are those of the examples over their number.
    const double to_mean = examples_ / hf_.preconditioner_draws, lambda = damping();
    for (std::size_t i = 0; i < m.size(); ++i) m[i] = std::pow(squares[i] * to_mean + lambda, .75);
    return m;
  }

  // Minimises q from near the last step on; returns the points passed, the last one last.
  std::vector<Point> minimize_model(const Vector& g) {
    const Vector m = preconditioner();
    const std::size_t n = g.size();
    Vector x, r(n), y(n), Ad;
    step_state_.read(x);
    for (double& each : x) each *= hf_.cg_decay;
    damped_product(x, r);
    for (std::size_t i = 0; i < n; ++i) r[i] = -g[i] - r[i];
    const auto solve = [&] {
      for (std::size_t i = 0; i < n; ++i) y[i] = r[i] / m[i];
    };
    const auto model = [&] { return -.5 * (inner(x, r) - inner(x, g)); };
    solve();
    Vector d = y;
    double rho = inner(r, y);
    std::vector<double> q{model()};
    std::vector<Point> points;
    double next_kept = 1;
    int k = 0;
    while (k < hf_.max_cg_iters && rho > 0 && std::isfinite(rho)) {
      damped_product(d, Ad);
      const double curvature = inner(d, Ad);
      if (!(curvature > 0)) break;  // rounding, or a loss that is not convex
      const double alpha = rho / curvature;
      for (std::size_t i = 0; i < n; ++i) x[i] += alpha * d[i], r[i] -= alpha * Ad[i];
      solve();
      const double now = inner(r, y), beta = now / rho;
      rho = now;
      for (std::size_t i = 0; i < n; ++i) d[i] = y[i] + beta * d[i];
      ++k;
      q.push_back(model());
      // From a start that is worse than no step, q may still be above 0.
      const int window = std::max(10, k / 10);
      const bool ends = k > window && q.back() < 0 &&
                        (q.back() - q[q.size() - 1 - static_cast<std::size_t>(window)]) / q.back() <
                            window * hf_.tol;
      if (ends || k >= next_kept || k == hf_.max_cg_iters) {
        points.push_back({x, q.back()});
        while (next_kept <= k) next_kept = std::ceil(next_kept * 1.3);
      }
      if (ends || session_.interrupted()) break;
    }
    if (k > 0 && (points.empty() || points.back().q != q.back())) points.push_back({x, q.back()});
    session_.set_setting("cg_iterations", k);
    return points;
  }

  double objective_at(double step) {
    go_to_.set("line_search.step", step);
    go_to_.call(nullptr, 0);
    objective_.call();
    const double value = objective_.result("objective");
    return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
  }

  // False: the run was interrupted before the step, and goes on with the same batch.
  bool make_step() {
    gradient_.call();
    const double before = gradient_.result("objective");
    if (!std::isfinite(before))
      throw ValueError(fmt::format("HessianFree: the objective is {} before a step", before));
    Vector g;
    gradient_state_.read(g);
    const double norm = std::sqrt(inner(g, g));
    if (!std::isfinite(norm))
      throw ValueError(fmt::format("HessianFree: the gradient's length is {}", norm));
    session_.report_loss(before);
    session_.set_setting("gradient_norm", norm);
    save_point_.call(nullptr, 0);
    const std::uint64_t draws = signs_ ? signs_->program().step_count() : 0;
    const std::vector<Point> points = minimize_model(g);
    if (session_.interrupted()) {
      if (signs_) signs_->program().step_count(draws);
      return false;
    }
    if (points.empty()) {
      report(0, 0);
      return true;
    }

    // The cost at a point as the direction's end.
    const auto cost_of = [&](const Point& p) {
      direction_state_.write(p.x);
      return objective_at(1);
    };
    auto best = points.rbegin();
    double value = cost_of(*best);
    for (auto earlier = best + 1; earlier != points.rend(); ++earlier) {
      const double there = cost_of(*earlier);
      if (!(there < value)) break;
      best = earlier;
      value = there;
    }
    const double ratio = best->q < 0 ? (value - before) / best->q : -1;
    const double slope = inner(g, best->x);
    direction_state_.write(best->x);
    double step = 1;
    for (int tries = 0; !(value <= before + .01 * step * std::min(slope, 0.)); ++tries) {
      if (tries == 60) {
        step = 0;
        break;
      }
      step *= .8;
      value = objective_at(step);
    }
    objective_at(step);
    // No step to go on from, where the last one led nowhere.
    step_state_.write(step > 0 ? best->x : Vector(g.size(), 0.));
    report(ratio, step);
    return true;
  }

  void report(double ratio, double step) {
    double lambda = damping();
    if (ratio > .75)
      lambda *= 2. / 3;
    else if (!(ratio >= .25))
      lambda *= 3. / 2;
    session_.set_setting("damping", std::clamp(lambda, 1e-12, 1e12));
    session_.set_setting("reduction_ratio", ratio);
    session_.set_setting("step_size", step);
  }

  const HessianFree& hf_;
  Session& session_;
  OnBatch objective_, gradient_, product_, load_batch_;
  std::optional<OnBatch> signs_;
  AnyProgram& go_to_;
  AnyProgram& save_point_;
  StateVector gradient_state_, direction_state_, product_state_, step_state_;
  EpochWalk walk_;
  bool loaded_ = false;  // the batch that the run was interrupted in
  double examples_ = 0;  // of the curvature
  std::unique_ptr<CriterionRun> criterion_;
};

}  // namespace

void HessianFree::check_job(const JobFacts& facts) const {
  check_each([&] { EpochWalk::check(facts.job, walk_of(*this)); },
             [&] { check_monitoring(facts.job, "HessianFree"); });
}

std::unique_ptr<AlgorithmRun> HessianFree::start(Session& session) const {
  check_job(session.facts());
  return std::make_unique<HessianFreeRun>(*this, session);
}

}  // namespace ansatz
