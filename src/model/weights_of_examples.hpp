// Examples as the first weights of a model: what `random_patches_src` asks for.
#pragma once

#include <ansatz/job/dataset.hpp>

#include <vector>

namespace ansatz {

/// Examples in a row, times `factor`, as columns, [features, examples]. ValueError, beginning with
/// `who`, for examples of another length or of labels.
std::vector<double> weights_of_examples(const char* who, const Shared<Dataset>& dataset,
                                        int examples, std::int64_t features, double factor);

}  // namespace ansatz
