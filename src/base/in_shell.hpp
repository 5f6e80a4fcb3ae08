// Words of command lines.
#pragma once

#include <string>

namespace ansatz {

/// A word as a shell reads it: as it is where nothing in it needs quotes.
std::string in_shell(const std::string& word);

}  // namespace ansatz
