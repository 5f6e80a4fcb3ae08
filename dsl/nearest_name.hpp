// "Did you mean": the known name nearest to a wrong one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// Number of insertions, deletions, replacements and swaps of neighbours (upper and lower case
/// are the same) that lead from `a` to `b`.
int edit_distance(std::string_view a, std::string_view b);

/// The known name nearest to `name`; "" if none is near (within a third of its length, at least
/// 2 changes, and no more than half of the longer of both).
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

/// "; allowed: a, b, c; nearest: b", as far as there is something to say.
std::string allowed_names(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace ansatz
