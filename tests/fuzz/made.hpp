// Random functions and their graphs made at run time: the language and its passes are compiled in
// one file, not in every test of them.
#pragma once

#include <dsl/function.hpp>

namespace fuzz {

/// What a function may be made of.
struct Mix {
  int ops = 10;
  int outputs = 3;
  bool smooth = false;    ///< no op whose derivative jumps: for finite differences
  bool random = true;     ///< random sites
  bool gradients = true;  ///< of a cost, some of them inside further ops
  bool shown = true;      ///< the gradients are outputs
  bool updates = true;
  bool kernels = true;  ///< convolutions, pools, embeddings, concatenations
  bool loops = true;    ///< `repeat`
  bool steps = true;    ///< comparisons and rounding: a value may jump with the last bit
};

/// How many of `count` random functions to make: the share that the environment's ANSATZ_TEST_SHARE
/// asks for (5: every fifth), since a sanitizer makes each of them slower.
int share_of(int count);

/// `random_function(seed, mix)`, called at run time.
ansatz::Function made(int seed, const Mix& mix = {});

/// The graph as written.
ansatz::ir::Graph written_graph(const ansatz::Function& f);

/// The graph that says what is meant: gradients carried out, composites expanded, no more.
ansatz::ir::Graph plain_graph(const ansatz::Function& f);

}  // namespace fuzz
