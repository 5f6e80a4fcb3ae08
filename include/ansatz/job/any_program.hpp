// AnyProgram: a program whose precision is not known.
#pragma once

#include <dsl/program.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// A Program<float> or Program<double>, as the framework sees it; results are read as doubles.
class AnyProgram {
 public:
  virtual ~AnyProgram() = default;
  virtual ElementType precision() const = 0;

  virtual void call(const Argument* arguments, int count) = 0;
  virtual int results() const = 0;
  virtual std::string_view result_name(int index) const = 0;
  /// The value of a result of one element, of the last call.
  virtual double number(int index) const = 0;
  /// A result of any shape, of the last call; valid until the next.
  virtual ArrayView result(int index) const = 0;

  virtual Store store() const = 0;
  virtual void bind(const Store& store) = 0;
  virtual bool has_setting(std::string_view name) const = 0;
  virtual void set(std::string_view name, double value) = 0;
  virtual double get(std::string_view name) const = 0;
  virtual void seed(std::uint64_t seed) = 0;
  virtual std::uint64_t step_count() const = 0;
  virtual void step_count(std::uint64_t count) = 0;
  virtual void threads(int count) = 0;
  virtual void check(bool on) = 0;
  virtual const ir::PlanView& plan() const = 0;
  virtual int loops() const = 0;
  virtual int compiled_loops() const = 0;
};

/// Hides the precision of a program. T: float or double.
template <class T>
std::unique_ptr<AnyProgram> erase(Program<T> program);

/// A function of a job, ready to run.
struct JobProgram {
  std::string name;
  std::unique_ptr<AnyProgram> program;
};
using JobPrograms = std::vector<JobProgram>;

/// Names of the named scalars of a plan.
std::vector<std::string> settings_of(const ir::PlanView& plan);

}  // namespace ansatz
