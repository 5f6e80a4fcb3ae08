// Block: what makes examples of examples.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/spaces/space_info.hpp>

#include <memory>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class PreprocessorRun;

/// The description of a map of examples, one of each, which may have to learn what it does:
/// Pylearn2's Block. Models are blocks (an MLP, k-means, PCA), and so are StackedBlocks and some
/// maps of rows. A BlockPreprocessor does it to a data set, a TransformerDataset while that is
/// read. One that works on rows alone has a RowPreprocessor as its run.
class Block : public Object {
 public:
  static constexpr const char* kind_name = "block";

  /// What it takes; NullSpace: vectors of any size, or what the block below gives.
  constexpr virtual SpaceInfo input_space() const { return {}; }
  /// The Space of what it makes of examples of a Space; NullSpace: that shows when it has learned.
  constexpr virtual SpaceInfo output_space(const SpaceInfo& input) const = 0;
  /// Whether it must be fitted before it can be applied.
  constexpr virtual bool learns() const = 0;
  /// The block at work on the source "features"; the block must outlive its `fit`.
  virtual std::shared_ptr<PreprocessorRun> start_block() const = 0;
};

}  // namespace ansatz
