// StoreValues: first values that go into a store.
#pragma once

#include <ansatz/job/model.hpp>
#include <dsl/store.hpp>

namespace ansatz {

/// Sets first values of parameters in a store, rounded to its precision. ShapeError for another
/// number of them than the parameter has elements.
class StoreValues : public InitialValues {
 public:
  explicit StoreValues(const Store& store) : store_(store) {}
  void set(std::string_view parameter, const double* values, std::int64_t count) override;
  void fill(std::string_view parameter, double value) override { store_.fill(parameter, value); }

 private:
  Store store_;
};

}  // namespace ansatz
