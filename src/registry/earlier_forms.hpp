// What job files say in the words of earlier versions of Pylearn2, whose own files still have them.
#pragma once

#include <ansatz/yaml/errors.hpp>

namespace ansatz {

/// Puts today's names of classes and keys into the place of earlier ones: `pylearn2.kmeans.KMeans`,
/// `init_momentum` of SGD, `callbacks` of Train. A key is told in a warning; one whose present form
/// is there, too, stays, and is an unknown key.
void bring_up_to_date(const yaml::NodePtr& root, yaml::Errors& errors);

}  // namespace ansatz
