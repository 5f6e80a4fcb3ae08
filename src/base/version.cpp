#include <ansatz/base/version.hpp>

namespace ansatz {

const char* library_version() { return version; }

}  // namespace ansatz
