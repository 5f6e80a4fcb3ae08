// What threads that write expressions share: see dsl/ir/value.hpp and dsl/ir/graph.hpp.
#include <atomic>
#include <mutex>

#include <dsl/ir/errors.hpp>

namespace ansatz::running {

namespace {

// Made when first used: programs at namespace scope are built before main.
std::recursive_mutex& terms() {
  static std::recursive_mutex mutex;
  return mutex;
}

constinit std::atomic<std::uint64_t> serials{0};

}  // namespace

void lock_terms() { terms().lock(); }
void unlock_terms() { terms().unlock(); }
std::uint64_t next_graph_serial() { return ++serials; }

}  // namespace ansatz::running
