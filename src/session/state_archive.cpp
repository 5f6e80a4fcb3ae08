#include "state_archive.hpp"

#include <ansatz/base/random_state.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

// A value that the saved state does not have stays as it is: a part may be newer than the file.
template <class T>
void StateArchive::value_of(std::string_view name, T& value) {
  if (saving_)
    values_[path(name)] = value;
  else if (values_.contains(path(name)))
    value = state_value<T>(values_, path(name));
}

void StateArchive::operator()(std::string_view name, double& value) { value_of(name, value); }
void StateArchive::operator()(std::string_view name, std::int64_t& value) { value_of(name, value); }
void StateArchive::operator()(std::string_view name, bool& value) { value_of(name, value); }
void StateArchive::operator()(std::string_view name, std::string& value) { value_of(name, value); }
void StateArchive::operator()(std::string_view name, std::vector<double>& value) {
  value_of(name, value);
}

void StateArchive::operator()(std::string_view name, RandomState& value) {
  if (saving_) {
    random_[path(name)] = value.state();
    return;
  }
  const auto found = random_.find(path(name));
  if (found != random_.end()) value.set_state(found->second);
}

void StateArchive::enter(std::string_view name) {
  lengths_.push_back(prefix_.size());
  prefix_ += std::string(name) + ".";
}
void StateArchive::leave() {
  prefix_.resize(lengths_.back());
  lengths_.pop_back();
}

void require_count(std::string_view name, std::int64_t value) {
  if (value < 0)
    throw FileError(
        fmt::format("the saved state has {} as '{}', where a count belongs", value, name));
}

}  // namespace ansatz
