// Archive: one function saves and restores what an object remembers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

class RandomState;

/// Named values on their way into a model file or out of it:
///
///     void state(Archive& a) override { a("best", best_); a("countdown", countdown_); }
///
/// When restoring, a value whose name the file lacks keeps what it had. FileError when the file
/// holds something else under the name.
class Archive {
 public:
  virtual ~Archive() = default;
  virtual bool saving() const = 0;
  virtual void operator()(std::string_view name, double& value) = 0;
  virtual void operator()(std::string_view name, std::int64_t& value) = 0;
  virtual void operator()(std::string_view name, bool& value) = 0;
  virtual void operator()(std::string_view name, std::string& value) = 0;
  virtual void operator()(std::string_view name, std::vector<double>& value) = 0;
  virtual void operator()(std::string_view name, RandomState& value) = 0;
  /// Names that follow begin with `name` and a dot, until `leave`.
  virtual void enter(std::string_view name) = 0;
  virtual void leave() = 0;
};

/// FileError that names the value, unless it is a count: 0 or above. For values just restored.
void require_count(std::string_view name, std::int64_t value);

}  // namespace ansatz
