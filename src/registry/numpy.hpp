// Arrays and generators of NumPy in YAML.
#pragma once

#include <ansatz/base/object.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/registry/registry.hpp>

#include <utility>
#include <vector>

namespace ansatz {

/// Numbers in row-major order.
struct NumpyValues {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
  bool whole = false;  ///< integers
};

/// An array that is described: drawn, or read, when it is asked for.
class ArrayObject : public Object {
 public:
  static constexpr const char* kind_name = "array";
  virtual std::vector<std::int64_t> shape() const = 0;
  virtual bool whole() const { return false; }
  virtual NumpyValues values() const = 0;
  /// Which of a job's arrays it is, where nothing else says what is drawn.
  virtual void set_number(int) {}
};

/// How the rows of a design matrix are images.
class ViewConverterObject : public Object {
 public:
  static constexpr const char* kind_name = "view converter";
  /// Rows, columns and channels; a row has one channel after the other.
  virtual std::vector<int> image_shape() const = 0;
};

/// numpy.random.RandomState of a seed.
class GeneratorObject : public Object {
 public:
  static constexpr const char* kind_name = "generator";
  virtual Seed generator_seed() const = 0;
  /// Whether it has been given to something before: Python would go on drawing where that ended.
  bool used() { return std::exchange(used_, true); }

 private:
  bool used_ = false;
};

}  // namespace ansatz
