// BatchReader: the rows of a data set as arguments of a program.
#pragma once

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/job/any_program.hpp>

namespace ansatz {

/// Gives rows to a program as it wants them: numbers in its precision, labels as labels or, where
/// it wants vectors, as one-hot rows. Rows that lie ready are not copied.
class BatchReader {
 public:
  /// Reads what `program` has as inputs. NameError for a source that `source` does not have;
  /// ShapeError, naming both, where its examples are of another size.
  BatchReader(const BatchSource& source, const AnyProgram& program);

  /// The arguments for these examples of the source; valid until the next call.
  const std::vector<Argument>& arguments(const RowsView& rows);

 private:
  struct Input {
    std::string name;
    std::size_t column;  // of the source
    ElementType type;
    Dims dims;  // of a batch; size[0] is set for each
    bool one_hot;
    std::vector<unsigned char> buffer;
  };

  std::vector<Input> inputs_;
  std::vector<std::string> counts_;  // arguments that are the number of examples
  std::vector<Argument> arguments_;
};

}  // namespace ansatz
