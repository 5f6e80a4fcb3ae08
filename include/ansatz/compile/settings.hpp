// How the library was built; the values are in settings.cpp.in, filled in by CMake.
#pragma once

namespace ansatz::compiling::settings {

extern const char* const compiler;
extern const char* const compiler_version;
extern const char* const flags;        ///< of any compiler, separated by blanks
extern const char* const gnu_flags;    ///< of g++ alone
extern const char* const clang_flags;  ///< of clang alone
extern const char* const build_type;
extern const char* const build_headers;
extern const char* const installed_headers;

}  // namespace ansatz::compiling::settings
