// Programs of one model and one cost in double, to look at values and gradients.
#pragma once

#include <ansatz/job/cost.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <dsl/build.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ansatz::testing {

/// An MLP of vectors with these layers, their types not part of its own: quick to compile.
Shared<Model> stack(int inputs, std::initializer_list<Shared<Layer>> layers);
/// The same, of images.
Shared<Model> image_stack(int rows, int columns, int channels, Axes axes,
                          std::initializer_list<Shared<Layer>> layers);
SpaceInfo composite(std::initializer_list<SpaceInfo> parts);

/// A batch: numbers, row-major, or labels, by source (components: "features.0", …).
struct Minibatch {
  int examples = 0;
  std::map<std::string, std::vector<double>> numbers;
  std::map<std::string, std::vector<int>> labels;
};

/// First values, as a model sets them.
struct Values final : InitialValues {
  std::map<std::string, std::vector<double>> of;
  const Model& model;

  explicit Values(const Model& m) : model(m) { m.initialize(*this); }
  void set(std::string_view parameter, const double* values, std::int64_t count) override {
    of[std::string(parameter)].assign(values, values + count);
  }
  void fill(std::string_view parameter, double value) override;
};

/// The outputs of a function by name, each its values.
using Computed = std::map<std::string, std::vector<double>>;

/// A function of a model at work: parameters begin as the model initializes them.
class Probe {
 public:
  /// Outputs as `function` has them.
  Probe(const Model& model, const Data& data, const Function& function);
  Computed operator()(const Minibatch& minibatch);
  std::vector<double> get(const std::string& parameter) const;
  void set(const std::string& parameter, const std::vector<double>& values);
  /// Sets all parameters that are trained to numbers uniform in [-size, size).
  void randomize(double size, unsigned seed);
  Program<double>& program() { return program_; }

 private:
  Data data_;
  ir::List<ModelParameter> parameters_;
  Program<double> program_;
};

/// What the model reads, in the Space it names.
Data inputs_of(const Model& model);
/// What the model and the cost read, in the Spaces they name.
Data data_of(const Model& model, const Cost& cost);
/// Outputs "y" (of several values: "y.0", …), "cost" and, for each parameter, "grad.NAME".
Function everything(const Model& model, const Cost& cost, const Data& data);
Function everything(const Model& model, const Cost& cost);

/// The matrix product of x [rows, inner] and w [inner, columns], plus b [columns] if not empty.
std::vector<double> affine(const std::vector<double>& x, const std::vector<double>& w,
                           const std::vector<double>& b, int inner);
/// Of a matrix, row-major.
std::vector<double> transposed(const std::vector<double>& x, int columns);
/// The largest difference of two lists, infinite when their lengths differ.
double difference(const std::vector<double>& a, const std::vector<double>& b);

/// An index into a vector.
inline std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Uniform in [-1, 1).
std::vector<double> random_numbers(int count, unsigned seed);
/// Numbers for every source of numbers, labels for every source of labels.
Minibatch random_batch(const Data& data, int examples, unsigned seed);

/// Holds the gradients against central differences of the cost, for all elements of parameters
/// that are trained; relative to the largest. Random numbers are the same at every call. Returns
/// the largest difference.
double gradient_error(const Model& model, const Cost& cost, const Minibatch& minibatch,
                      double size = .7, unsigned seed = 3);

/// Names of the model's parameters, in its order.
std::vector<std::string> parameter_names(const Model& model);
/// Names of the model's channels, sorted.
std::vector<std::string> channel_names(const Model& model, bool with_targets = true);
/// Names of a list's channels, in its order.
std::vector<std::string> names_of(const ChannelList& list);

/// What is thrown, as text; "" when nothing is.
template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace ansatz::testing
