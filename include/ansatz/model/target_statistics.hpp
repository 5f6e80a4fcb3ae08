// Means and precisions of data, for the first values of output layers.
#pragma once

#include <ansatz/job/dataset.hpp>
#include <ansatz/job/initialization.hpp>

namespace ansatz {

// Each reads the data set. ValueError for one without examples and for labels, which have no mean.

/// The mean of each number of the targets: as init_bias, a model begins by predicting it.
Numbers mean_of_targets(const Dataset& dataset);
/// The same of the features.
Numbers mean_of_features(const Dataset& dataset);

/// 1 / variance of each number of the targets, the variance limited to [min_var, max_var]: as
/// init_beta of LinearGaussian, the best for a model that predicts the mean.
Numbers beta_from_targets(const Dataset& dataset, double min_var = 1e-6, double max_var = 1e6);
/// The same of the features.
Numbers beta_from_features(const Dataset& dataset, double min_var = 1e-6, double max_var = 1e6);

}  // namespace ansatz
