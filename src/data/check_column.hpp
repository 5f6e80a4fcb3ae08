// What holds of the columns of every data set.
#pragma once

#include <ansatz/data/source.hpp>

namespace ansatz::data {

/// What is known of a column without its numbers. Throws NameError for one without a name,
/// ValueError for an impossible type or dimension.
void check_kind(const Column& column);
/// That numbers are finite and labels in range. ValueError, with the example's place.
void check_values(const Column& column);
/// The same of some examples only.
void check_values(const Column& column, const Subset& subset);
/// Columns of one source. NameError for two of one name; ValueError for different numbers of
/// examples.
void check_together(const std::vector<Column>& columns);

}  // namespace ansatz::data
