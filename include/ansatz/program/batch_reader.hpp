// BatchReader: the rows of a data set as arguments of a program.
#pragma once

#include <ansatz/data/table.hpp>
#include <ansatz/job/any_program.hpp>

namespace ansatz {

/// Gathers the batches of a data set as a program wants them: numbers in its precision, labels as
/// labels or, where it wants vectors, as one-hot rows. Rows that lie ready are not copied.
class BatchReader {
 public:
  /// Reads what `program` has as inputs. NameError for a source the table does not have;
  /// ShapeError, naming both, where its examples are of another size.
  BatchReader(std::shared_ptr<const Table> table, const AnyProgram& program);

  const Table& table() const { return *table_; }
  /// The arguments for these examples; valid until the next call.
  const std::vector<Argument>& arguments(const Subset& subset);

 private:
  struct Input {
    std::string name;
    const Column* column;
    ElementType type;
    Dims dims;  // of a batch; size[0] is set for each
    bool one_hot;
    std::vector<unsigned char> buffer;
  };

  std::shared_ptr<const Table> table_;
  std::vector<Input> inputs_;
  std::vector<Argument> arguments_;
};

}  // namespace ansatz
