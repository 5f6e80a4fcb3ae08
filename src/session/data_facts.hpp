// What a run's file says of its data, so that it does not go on with other data unawares.
#pragma once

#include <ansatz/data/source.hpp>

#include <string>

namespace ansatz {

/// "60000 examples; features float32 [784] 1a2b3c4d; targets int32 of 10 labels 5e6f7081": sizes,
/// types, and the CRC-32 of the numbers of each column. Of what is not in memory, what it says of
/// itself.
std::string facts_of(const BatchSource& source);

}  // namespace ansatz
