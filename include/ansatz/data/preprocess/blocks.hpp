// Blocks as preprocessors, one on the other, and those that are maps of rows.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/block.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What a block makes of the features: a model's output, the directions of a PCA, distances to
/// means. One that learns is fitted as other preprocessors are; a model that was trained before is
/// applied as it is.
///
///     BlockPreprocessor(KMeans(10, 784))
///     !obj:BlockPreprocessor { block: !pkl: "autoencoder.pkl" }
class BlockPreprocessor : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.BlockPreprocessor";
  static constexpr const char* doc = "what a block makes of the features";
  Shared<Block> block;

  constexpr BlockPreprocessor() {}
  template <class B>
    requires std::is_base_of_v<Block, B>
  constexpr explicit BlockPreprocessor(const B& what) : block(what) {}
  constexpr explicit BlockPreprocessor(const Shared<Block>& what) : block(what) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("block", &BlockPreprocessor::block, "a block, such as a model");
  }
  constexpr bool learns() const override { return block->learns(); }
  constexpr SpaceInfo output_space(const SpaceInfo& features) const override {
    return block->output_space(features);
  }
  std::shared_ptr<PreprocessorRun> start() const override { return block->start_block(); }
};

/// Blocks, each on what the one before makes. Those that learn are fitted in their order.
///
///     StackedBlocks(CovEigPCA(num_components(64)), KMeans(10, 64))
class StackedBlocks : public Block {
 public:
  static constexpr const char* yaml = "pylearn2.blocks.StackedBlocks";
  static constexpr const char* doc = "blocks, each on what the one before makes";
  ir::List<Shared<Block>> layers;

  constexpr StackedBlocks() {}
  template <class... B>
    requires(sizeof...(B) > 0 && (std::is_base_of_v<Block, B> && ...))
  constexpr explicit StackedBlocks(const B&... blocks) {
    (layers.push_back(Shared<Block>(blocks)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("layers", &StackedBlocks::layers, "the blocks, from the input up");
  }
  void check() const;
  constexpr SpaceInfo input_space() const override {
    SpaceInfo space;
    if (!layers.empty()) space = layers[0]->input_space();
    return space;
  }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    SpaceInfo space = input;
    for (const Shared<Block>& each : layers) space = each->output_space(space);
    return space;
  }
  constexpr bool learns() const override {
    for (const Shared<Block>& each : layers)
      if (each->learns()) return true;
    return false;
  }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// Each example divided by its length; 0 stays 0. The block of MakeUnitNorm.
class ExamplewiseUnitNormBlock : public Block {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ExamplewiseUnitNormBlock";
  static constexpr const char* doc = "each example divided by its length";
  SpaceInfo space;

  template <class K>
  static constexpr void keys(K& key) {
    key("input_space", &ExamplewiseUnitNormBlock::space,
        "accepted and ignored: it is the features' Space");
  }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override { return input; }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// x <- x * multiply + add or, with multiply_first false, (x + add) * multiply; each a number for
/// all features or one for each of them.
///
///     !obj:ExamplewiseAddScaleTransform { add: -.5, multiply: 2. }
class ExamplewiseAddScaleTransform : public Block {
 public:
  static constexpr const char* yaml =
      "pylearn2.datasets.preprocessing.ExamplewiseAddScaleTransform";
  static constexpr const char* doc = "numbers added to the features, and multiplied with them";
  ir::List<double> add, multiply;
  bool multiply_first = false;
  SpaceInfo space;

  constexpr ExamplewiseAddScaleTransform() {}
  template <KeyOf<ExamplewiseAddScaleTransform>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit ExamplewiseAddScaleTransform(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = ExamplewiseAddScaleTransform;
    key("add", &Self::add, "added to each feature: one number, or one a feature; default 0");
    key("multiply", &Self::multiply, "factor of each feature: likewise; default 1");
    key("multiply_first", &Self::multiply_first, "whether the factor comes first");
    key("input_space", &Self::space, "accepted and ignored: it is the features' Space");
  }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override { return input; }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// Some of the features, in this order.
class ColumnSubsetBlock : public Block {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ColumnSubsetBlock";
  static constexpr const char* doc = "some of the features";
  ir::List<int> columns;
  int total = 0;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("columns", &ColumnSubsetBlock::columns, "which features, from 0").at_least(0);
    key.required("total", &ColumnSubsetBlock::total, "how many there are").at_least(1);
  }
  void check() const;
  constexpr SpaceInfo input_space() const override { return vector_space(total); }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override {
    return vector_space(columns.size());
  }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// Puts the features where a ColumnSubsetBlock of the same columns took them from, and zeros
/// between.
class ZeroColumnInsertBlock : public Block {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ZeroColumnInsertBlock";
  static constexpr const char* doc = "features that are 0, put between others";
  ir::List<int> columns;
  int total = 0;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("columns", &ZeroColumnInsertBlock::columns, "where the features go, from 0")
        .at_least(0);
    key.required("total", &ZeroColumnInsertBlock::total, "how many there are then").at_least(1);
  }
  void check() const;
  constexpr SpaceInfo input_space() const override { return vector_space(columns.size()); }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return vector_space(total); }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

}  // namespace ansatz
