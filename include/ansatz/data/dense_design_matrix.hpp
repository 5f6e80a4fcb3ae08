// DenseDesignMatrix: numbers given by the program, as a data set of a job.
#pragma once

#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>

namespace ansatz {

/// A data set in memory. It holds its table, so it exists at run time only; what it knows about
/// itself, its Spaces, it tells the job.
///
///     DenseDesignMatrix data(Table({number_column("features", x, {784}), …}));
class DenseDesignMatrix : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.dense_design_matrix.DenseDesignMatrix";
  explicit DenseDesignMatrix(Table table)
      : table_(std::make_shared<const Table>(std::move(table))) {}
  explicit DenseDesignMatrix(std::shared_ptr<const Table> table) : table_(std::move(table)) {}
  /// Whose features are preprocessed.
  /// @param fit  whether the preprocessor learns from this data set
  DenseDesignMatrix(Table table, const Shared<Preprocessor>& how, bool fit = false)
      : DenseDesignMatrix(std::move(table)) {
    preprocessor = how;
    fit_preprocessor = fit;
  }
  const Preprocessing* preprocessing() const override { return this; }

  SpaceInfo source_space(std::string_view source) const override;
  std::shared_ptr<const Table> load() const override { return table_; }

 private:
  std::shared_ptr<const Table> table_;
};

}  // namespace ansatz
