// TrainCV: a job for every fold of a data set.
#pragma once

#include "loader.hpp"

#include <vector>

namespace ansatz {

/// Whether the node is a pylearn2.cross_validation.TrainCV.
bool is_cross_validation(const yaml::Node& node);

/// The jobs of its folds, each a tree of a Train: its data sets are Folds, what it writes has
/// "-0", "-1", … before its ending. None, with errors, where its keys are at fault.
std::vector<yaml::Place> fold_jobs(const yaml::Place& job, Loader& loader);

}  // namespace ansatz
