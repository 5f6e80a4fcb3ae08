// WatchedChannel: a channel whose records a part of a job reads.
#pragma once

#include <ansatz/base/object.hpp>

#include <string>

namespace ansatz {

/// What a criterion or an extension will ask the monitor for, told before the job runs.
struct WatchedChannel {
  const Object* by;
  const char* key;   ///< the key that names it
  std::string name;  ///< "": `objective`, or else the only channel whose name ends in "objective"
};

}  // namespace ansatz
