// What a job predicts from what, as the summary before the training says it.
#pragma once

#include <string>

namespace ansatz {

class Session;

/// "predicts income (2 classes: <=50K, >50K) from 14 columns (105 numbers)", and a line about
/// missing values that were filled in; of data without names, "predicts targets (10 classes) from
/// features (784 numbers)". "" where the job has no data; "reads …" where it has no targets.
std::string what_is_predicted(Session& session);

}  // namespace ansatz
