// Pieces of messages.
#pragma once

#include <string>
#include <string_view>

namespace ansatz::data {

/// Text from a file, fit for a message: in quotes, unprintable bytes escaped, at most 40 of them.
std::string quoted(std::string_view text);

}  // namespace ansatz::data
