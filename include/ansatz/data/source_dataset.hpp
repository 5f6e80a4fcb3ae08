// SourceDataset: a BatchSource given by the program, as a data set of a job.
#pragma once

#include <ansatz/data/source.hpp>
#include <ansatz/job/dataset.hpp>

namespace ansatz {

/// The Space of the examples of a column.
SpaceInfo space_of(const Column& column);

/// A column of examples of a Space, without numbers. Error for a Space that data sets do not have:
/// a CompositeSpace, a NullSpace, images in another order than b01c.
Column column_of(std::string source, const SpaceInfo& space,
                 ElementType type = ElementType::float32);

/// Data from anywhere: in memory, mapped, streamed, without end, made on the fly. It holds its
/// source, so it exists at run time only.
///
///     SourceDataset data(stream({.columns = …, .begin = …}));
class SourceDataset : public Dataset {
 public:
  explicit SourceDataset(std::shared_ptr<const BatchSource> source) : source_(std::move(source)) {}

  SpaceInfo source_space(std::string_view source) const override;
  /// All of it in memory. ValueError for a source without an end.
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override { return source_; }

 private:
  std::shared_ptr<const BatchSource> source_;
};

}  // namespace ansatz
