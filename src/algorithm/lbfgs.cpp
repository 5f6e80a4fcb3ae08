#include "lbfgs.hpp"

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr const char* steps_name = "lbfgs.steps";
constexpr const char* changes_name = "lbfgs.changes";

template <class A, class B>
double dot(const A* a, const B* b, std::int64_t n) {
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i)
    total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return total;
}

}  // namespace

Lbfgs::Lbfgs(Session& session, int history) : session_(session), history_(history) {
  Store& store = session.store();
  for (const ModelParameter& p : session.parameters()) {
    if (p.frozen) continue;
    const std::string name(p.name.view());
    const std::int64_t count = store.shape(name).count();
    parts_.push_back(
        {name, name + ".saved", name + ".gradient", name + ".direction", elements_, count});
    elements_ += count;
  }
  old_gradient_.resize(static_cast<std::size_t>(elements_));
}

template <class T>
T* Lbfgs::row(const char* tensor, std::int64_t index) {
  return session_.store().data<T>(tensor) + index * elements_;
}

void Lbfgs::remember_gradient() {
  const auto copy = [&]<class T>(T) {
    for (const Part& part : parts_) {
      const T* g = session_.store().data<T>(part.gradient);
      std::copy(g, g + part.count, old_gradient_.begin() + part.offset);
    }
  };
  session_.precision() == ElementType::float64 ? copy(double()) : copy(float());
}

template <class T>
void Lbfgs::add_step_as() {
  const Store& store = session_.store();
  const auto for_each_element = [&](auto use) {
    for (const Part& part : parts_) {
      const T* now = store.data<T>(part.parameter);
      const T* before = store.data<T>(part.saved);
      const T* g = store.data<T>(part.gradient);
      const double* old = old_gradient_.data() + part.offset;
      for (std::int64_t i = 0; i < part.count; ++i)
        use(part.offset + i, now[i] - before[i],
            static_cast<T>(static_cast<double>(g[i]) - old[i]));
    }
  };
  // Measured before anything is written: the row is that of the oldest pair, which stays in the
  // history unless this one comes into it.
  double curvature = 0, length = 0;
  for_each_element([&](std::int64_t, T step, T change) {
    curvature += static_cast<double>(step) * static_cast<double>(change);
    length += static_cast<double>(change) * static_cast<double>(change);
  });
  if (!(curvature > 1e-10 * length)) return;
  T* s = row<T>(steps_name, next_);
  T* y = row<T>(changes_name, next_);
  for_each_element([&](std::int64_t i, T step, T change) {
    s[i] = step;
    y[i] = change;
  });
  next_ = (next_ + 1) % history_;
  count_ = std::min(count_ + 1, history_);
}

void Lbfgs::add_step() {
  session_.precision() == ElementType::float64 ? add_step_as<double>() : add_step_as<float>();
}

template <class T>
void Lbfgs::direction_as() {
  const Store& store = session_.store();
  std::vector<double> q(static_cast<std::size_t>(elements_));
  for (const Part& part : parts_) {
    const T* g = store.data<T>(part.gradient);
    std::copy(g, g + part.count, q.begin() + part.offset);
  }
  const auto add = [&](const T* row, double factor) {
    for (std::int64_t i = 0; i < elements_; ++i)
      q[static_cast<std::size_t>(i)] += factor * static_cast<double>(row[i]);
  };
  std::vector<double> alpha(static_cast<std::size_t>(count_)), rho(alpha.size());
  const auto newest = [&](std::int64_t back) { return (next_ - 1 - back + history_) % history_; };
  for (std::int64_t i = 0; i < count_; ++i) {
    const T* s = row<T>(steps_name, newest(i));
    const T* y = row<T>(changes_name, newest(i));
    const auto at = static_cast<std::size_t>(i);
    rho[at] = 1 / dot(y, s, elements_);
    alpha[at] = rho[at] * dot(s, q.data(), elements_);
    add(y, -alpha[at]);
  }
  if (count_ > 0) {
    const T* y = row<T>(changes_name, newest(0));
    const double scale = 1 / rho[0] / dot(y, y, elements_);
    for (double& each : q) each *= scale;
  }
  for (std::int64_t i = count_ - 1; i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    const double beta = rho[at] * dot(row<T>(changes_name, newest(i)), q.data(), elements_);
    add(row<T>(steps_name, newest(i)), alpha[at] - beta);
  }
  for (const Part& part : parts_) {
    T* d = store.data<T>(part.direction);
    for (std::int64_t i = 0; i < part.count; ++i)
      d[i] = static_cast<T>(q[static_cast<std::size_t>(part.offset + i)]);
  }
}

void Lbfgs::compute_direction() {
  session_.precision() == ElementType::float64 ? direction_as<double>() : direction_as<float>();
}

double Lbfgs::slope() const {
  const auto along = [&]<class T>(T) {
    double total = 0;
    for (const Part& part : parts_)
      total -= dot(session_.store().data<T>(part.gradient),
                   session_.store().data<T>(part.direction), part.count);
    return total;
  };
  return session_.precision() == ElementType::float64 ? along(double()) : along(float());
}

void Lbfgs::state(Archive& archive) {
  archive("lbfgs_pairs", count_);
  archive("lbfgs_next", next_);
  if (count_ < 0 || count_ > history_)
    throw FileError(
        fmt::format("lbfgs_pairs is {}, but the history has room for 0 to {}", count_, history_));
  if (next_ < 0 || next_ >= history_)
    throw FileError(fmt::format("lbfgs_next is {}, but the rows of the history are 0 to {}", next_,
                                history_ - 1));
}

}  // namespace ansatz
