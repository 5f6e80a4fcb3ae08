// What there is: the registered classes and configurations.
#pragma once

#include <string>

namespace ansatz {

/// Every class with its keys, their types, defaults and a line on each, and every configuration.
/// @param format  "text", "json", or "markdown", which is docs/reference.md
/// @param name    only the class or configuration of this name; "" for all
/// NameError, with the nearest name, for a name that is neither; ValueError for another format.
std::string listing(const std::string& format, const std::string& name = "");

}  // namespace ansatz
