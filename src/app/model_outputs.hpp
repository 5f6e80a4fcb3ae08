// What a trained model makes of data.
#pragma once

#include "trained_model.hpp"

#include <ansatz/data/columns/table_columns.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ansatz::app {

/// One of several outputs of a model: some columns of the rows.
struct Part {
  std::string name;
  std::int64_t width = 0;
  bool classes = false;  ///< whether these are of classes
};

/// Rows of numbers, as they come out of a model.
struct Rows {
  std::int64_t count = 0, width = 0;
  std::vector<double> values;
  std::vector<Part> parts;  ///< where there are several

  const double* row(std::int64_t i) const { return values.data() + i * width; }
};

/// The outputs for all rows of the data, which load_data has read.
/// @param what  "class", "probabilities" or "values": the model's own output; or the name of a
/// layer
///              or target. NameError for others
Rows outputs_of(TrainedModel& model, const std::shared_ptr<const BatchSource>& source,
                const std::string& what, int batch_size, int threads);

/// Numbers as the table has them, from the model's, which are scaled.
void unscale(const TableColumns& columns, Rows& rows);

/// The likeliest class; of one unit, whether it is above 1/2.
std::int64_t class_of(const double* row, std::int64_t width);

/// The true class of each of the first `count` examples. ValueError where the targets are no
/// classes.
std::vector<std::int64_t> labels_of(const TrainedModel& model, const BatchSource& source,
                                    std::int64_t count);

/// A function that the model contributes, such as "gibbs" or "decode", with the model's parameters;
/// null where it has none of this name.
std::unique_ptr<AnyProgram> function_of(const TrainedModel& model, const std::string& name);
/// What a function makes of rows of numbers by their names, which may be more than it reads; each
/// result by its name.
std::map<std::string, Rows> call_with(AnyProgram& program,
                                      const std::map<std::string, Rows>& inputs);
/// What a function with one input makes of some rows of numbers, each result as rows.
std::vector<Rows> call_with(AnyProgram& program, const Rows& input);

}  // namespace ansatz::app
