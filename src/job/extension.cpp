#include <ansatz/job/extension.hpp>

namespace ansatz {

std::unique_ptr<ExtensionRun> Extension::start(Session&) const {
  return std::make_unique<ExtensionRun>();
}

}  // namespace ansatz
