#include <ansatz/job/store_values.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

void StoreValues::set(std::string_view parameter, const double* values, std::int64_t count) {
  const Dims shape = store_.shape(parameter);
  if (shape.count() != count)
    throw ShapeError(fmt::format("parameter \"{}\" has {} elements, but {} first values", parameter,
                                 shape.count(), count));
  if (store_.type(parameter) == ElementType::float64) {
    store_.set(parameter, values, shape);
    return;
  }
  float* to = store_.data<float>(parameter);
  for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<float>(values[i]);
}

}  // namespace ansatz
