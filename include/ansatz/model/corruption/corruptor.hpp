// Corruptor: noise for inputs, drawn anew at every evaluation
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/block.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What spoils a batch: what a denoising autoencoder is trained to undo (Vincent et al. 2008), and
/// what denoising score matching and generative stochastic networks are made with. As Pylearn2's
/// Corruptor. The numbers drawn are those of the program (docs/random-numbers.md), so that they
/// depend on the seed of the job, the step and the example.
///
/// It is a block as well: as a preprocessor or a transformer it spoils data while they are read,
/// with draws of the key `rng`; data in memory once.
class Corruptor : public Block {
 public:
  static constexpr const char* kind_name = "corruptor";
  Seed rng;

  /// x, spoiled: [batch, …], of the same shape. Gradients go through what is left of x.
  constexpr virtual AnyExpr corrupt(const AnyExpr& x) const = 0;
  /// -log p(corrupted | x), up to what does not depend on the two: [batch]. Error for a corruptor
  /// that has none; GaussianCorruptor has.
  constexpr virtual AnyExpr corruption_free_energy(const AnyExpr& corrupted,
                                                   const AnyExpr& /*x*/) const {
    graph_error("this corruptor has no corruption_free_energy; GaussianCorruptor has");
    return corrupted;
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override { return input; }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start_block() const override;

 protected:
  template <class K>
  static constexpr void rng_key(K& key) {
    key("rng", &Corruptor::rng,
        "seed of the draws where it spoils data as a block, default 2001; in a model they are "
        "those of the job");
  }
};

}  // namespace ansatz
