#include <ansatz/base/random_state.hpp>
#include <ansatz/linear/sparse_transform.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

// numpy.sort(rng.permutation(inputs)[:count]) for each unit.
std::vector<double> any_inputs(RandomState& rng, int outputs, int inputs, int count) {
  std::vector<double> chosen;
  for (int j = 0; j < outputs; ++j) {
    std::vector<std::int64_t> order = rng.permutation(inputs);
    std::sort(order.begin(), order.begin() + count);
    chosen.insert(chosen.end(), order.begin(), order.begin() + count);
  }
  return chosen;
}

// Row and column of each unit's window by rng.randint(rows - window's + 1) and so on.
std::vector<double> windows(RandomState& rng, int outputs, const SpaceInfo& image,
                            const RowsColumns& window) {
  std::vector<double> chosen;
  for (int j = 0; j < outputs; ++j) {
    const std::int64_t row = rng.randint(image.rows() - window.rows + 1);
    const std::int64_t column = rng.randint(image.columns() - window.columns + 1);
    for (std::int64_t r = row; r < row + window.rows; ++r)
      for (std::int64_t c = column; c < column + window.columns; ++c)
        for (int k = 0; k < image.channels(); ++k)
          chosen.push_back(static_cast<double>((r * image.columns() + c) * image.channels() + k));
  }
  return chosen;
}

}  // namespace

std::vector<double> SparseTransform::numbers(const Between& at, int, std::string_view owner) const {
  const int outputs = at.output.total_dimension(), inputs = at.input.total_dimension();
  if (indices.empty()) {
    RandomState random = random_state(rng, {2012, 7, 18});
    if (rf_shape) return windows(random, outputs, at.input, rf_shape);
    return any_inputs(random, outputs, inputs, num_inputs);
  }
  std::vector<double> chosen = read_numbers(owner, "indices", indices, shape(at));
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (!(chosen[i] >= 0 && chosen[i] < inputs && chosen[i] == std::floor(chosen[i])))
      throw ValueError(fmt::format(
          "{}: indices {} holds {} for unit {}; allowed: whole numbers 0 "
          "to {}, the inputs",
          owner, indices, chosen[i], i / static_cast<std::size_t>(num_inputs), inputs - 1));
  return chosen;
}

}  // namespace ansatz
