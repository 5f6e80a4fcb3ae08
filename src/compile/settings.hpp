// How the library was built; the values are in settings.cpp.in, filled in by CMake.
#pragma once

namespace ansatz::compiling::settings {

extern const char* const compiler;
extern const char* const compiler_version;
extern const char* const flags;  ///< separated by blanks
extern const char* const build_type;
extern const char* const build_headers;
extern const char* const installed_headers;

}  // namespace ansatz::compiling::settings
