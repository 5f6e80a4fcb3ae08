// The version of the library. CMakeLists.txt reads it from here.
#pragma once

namespace ansatz {

/// The version of these headers: major.minor.patch.
inline constexpr const char* version = "0.1.0";

/// The version libansatz.a was compiled from. Differs from `version` only when the headers and
/// the library of two installations were mixed.
const char* library_version();

}  // namespace ansatz
