// A small regression, for algorithms that see all of its examples at once.
#pragma once

#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>

#include <cmath>
#include <vector>

namespace ansatz::testing {

/// Features of quite different sizes; targets that are nearly, but not quite, linear in them.
struct Samples : Dataset {
  static constexpr int inputs = 4, rows = 12;
  static double x_at(int row, int i) { return std::sin(1. + row * 1.7 + i * 2.9) * (i + 1); }
  static double y_at(int row) { return std::cos(row * 2.3) + .5 * x_at(row, 0) - x_at(row, 3); }

  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(inputs);
    if (source == "targets") return vector_space(1);
    return {};
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<double> x, y;
    for (int r = 0; r < rows; ++r) {
      for (int i = 0; i < inputs; ++i) x.push_back(x_at(r, i));
      y.push_back(y_at(r));
    }
    Dims wide, one;
    wide.push_back(inputs);
    one.push_back(1);
    std::vector<Column> columns{number_column("features", x, wide),
                                number_column("targets", y, one)};
    return std::make_shared<const Table>(std::move(columns));
  }
};

}  // namespace ansatz::testing
